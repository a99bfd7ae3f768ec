"""What `judging` has to say, in the reader's language: it speaks in codes with parameters, the catalogue knows the sentences."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext

from kechuang.judging import Message


class _Names(Mapping[Any, str]):
    """Names of the declaration (prizes, rounds) are sentences of the catalogue; `given` are those known only here."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given

    def __getitem__(self, key: Any) -> str:
        if not isinstance(key, str) or not key:
            raise KeyError(key)
        return gettext(self.given.get(key, key))

    def __iter__(self) -> Any:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)


def words(message: Message | Mapping[str, Any], names: Mapping[str, str] | None = None) -> str:
    """One message, fresh from `judging` or as it was stored, as a sentence in the language of now."""
    found = message if isinstance(message, Message) else Message.read(message)
    return found.said(gettext, _Names(names or {}))


def sentences(messages: Iterable[Message | Mapping[str, Any]], names: Mapping[str, str] | None = None) -> list[str]:
    return [words(message, names) for message in messages]
