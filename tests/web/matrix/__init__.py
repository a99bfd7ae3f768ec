"""The permission matrix: every address of the project × everybody. One module per face; a new address without a row fails."""

import pytest

pytest.register_assert_rewrite("tests.web.matrix.answers")
