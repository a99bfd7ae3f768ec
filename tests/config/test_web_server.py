"""What a web process holds from the beginning: it is counted for each of them."""

import os
import subprocess
import sys

HEAVY = ("numpy", "scipy", "ortools", "xlsxwriter", "openpyxl", "typst", "pypdfium2", "playwright")
LOADED = f"""
import sys
import config.wsgi
from config.web_server import _warm
_warm()
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_web_process_begins_without_what_only_few_pages_need():
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOADED], env=dict(os.environ), capture_output=True, text=True, check=True
    )

    assert found.stdout.split() == []
