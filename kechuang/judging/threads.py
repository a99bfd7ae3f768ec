"""One thread for the linear algebra of a ranking: the same order of sums on every machine, and no idle spinning.

Two threads on matrices of this size burn several times the CPU of one, and another number of threads adds in another order.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

P = ParamSpec("P")
R = TypeVar("R")


@cache
def _controller() -> "ThreadpoolController":
    from scipy import linalg  # noqa: F401, PLC0415 -- slow import
    from threadpoolctl import ThreadpoolController  # noqa: PLC0415 -- slow import

    return ThreadpoolController()


def single_threaded(function: Callable[P, R]) -> Callable[P, R]:
    """The function with BLAS held to one thread while it runs."""

    @wraps(function)
    def held(*args: P.args, **kwargs: P.kwargs) -> R:
        with _controller().limit(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return held
