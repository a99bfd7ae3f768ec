"""Log lines as JSON, each with the id of the request that caused it."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request under way in this thread; empty in jobs and commands."""

EXTRAS = ("view", "method", "status", "ms", "user", "job")
NUMBERS = re.compile(r"(?<![\w-])[GJL]?\d{15,18}[\dXx]?(?![\w-])|(?<![\w-])1[3-9]\d{9}(?![\w-])")
"""Document numbers, 学籍号 and mobile phones, wherever a message carries one."""

IN_ADDRESS = re.compile(r"(\w+://[^\s:/@]*:)[^\s@]+@")
"""The password of a database or a mail server, as errors of their clients repeat it."""


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """One object a line: at, level, logger, message, request_id, and what the caller gave as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_numbers(record.getMessage()),
        }
        if found := getattr(record, "request_id", ""):
            line["request_id"] = found
        line |= {name: getattr(record, name) for name in EXTRAS if hasattr(record, name)}
        if record.exc_info:
            line["exception"] = without_numbers(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def without_numbers(text: str) -> str:
    """The text with anything that looks like a person's number, or a password inside an address, blotted out."""
    return IN_ADDRESS.sub(r"\1[…]@", NUMBERS.sub("[…]", text))


def logging_settings(form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to stderr, `form` is "json" or "plain"."""
    plain = "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "kechuang.base.watching.logs.RequestIdFilter"}},
        "formatters": {"json": {"()": "kechuang.base.watching.logs.JsonFormatter"}, "plain": {"format": plain}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": form}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "kechuang": {"level": level},
            "django": {"level": "WARNING", "handlers": [], "propagate": True},
            "django.server": {"level": "WARNING", "handlers": [], "propagate": True},
        },
    }
