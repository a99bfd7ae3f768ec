"""A disk without room, by whatever name it comes: the system's error, SQLite's, PostgreSQL's. Trying again helps once somebody has made room."""

import errno
from collections.abc import Iterator

from django.utils.translation import gettext as _

SYSTEM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
SQLITE = frozenset({13, 778})
"""SQLITE_FULL, and SQLITE_IOERR_WRITE, which a file system without room may answer as well."""
POSTGRESQL = "53100"


def is_full(error: BaseException | None) -> bool:
    return any(_says_so(one) for one in _chain(error))


def full_words() -> str:
    return _("服务器的存储空间已满，这一步没有保存。以前保存和提交的内容都在，没有丢失。请稍后再试，并告诉系统管理员。")


def _says_so(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in SYSTEM:
        return True
    return getattr(error, "sqlite_errorcode", None) in SQLITE or getattr(error, "sqlstate", None) == POSTGRESQL


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
