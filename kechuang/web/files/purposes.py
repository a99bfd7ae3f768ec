"""What an upload is for decides who may send it, how large it may be, and where it goes once it is whole.

A face registers its purpose under a name; the browser sends `name:rest` with the upload.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from kechuang.base.enums import FileKind
from kechuang.base.files.tus import TusError
from kechuang.base.models import StoredFile
from kechuang.orgs.actor import Actor

KINDS_OF_ENDING = {
    "pdf": FileKind.PDF,
    "jpg": FileKind.IMAGE,
    "jpeg": FileKind.IMAGE,
    "png": FileKind.IMAGE,
    "webp": FileKind.IMAGE,
    "mp4": FileKind.VIDEO,
    "mov": FileKind.VIDEO,
    "xlsx": FileKind.SHEET,
    "csv": FileKind.SHEET,
    "docx": FileKind.DOCUMENT,
    "pptx": FileKind.DOCUMENT,
}


@dataclass(frozen=True)
class Slot:
    """The place an upload is meant for. `take` puts the finished file there and may be called twice."""

    kinds: frozenset[FileKind]
    max_bytes: int
    scope_path: str
    take: Callable[[StoredFile], None]


Finder = Callable[[Actor, Sequence[str]], Slot]
PURPOSES: dict[str, Finder] = {}


def purpose(name: str) -> Callable[[Finder], Finder]:
    """`@purpose("application")` on a function that finds the slot for an actor, or refuses."""

    def keep(finder: Finder) -> Finder:
        if PURPOSES.get(name, finder) is not finder:
            raise ImproperlyConfigured(f"upload purpose {name!r} is registered twice")
        PURPOSES[name] = finder
        return finder

    return keep


def slot_for(actor: Actor, text: str) -> Slot:
    name, *rest = text.split(":")
    finder = PURPOSES.get(name)
    if finder is None:
        raise TusError(400, _("没有说明文件要放在哪里，请刷新页面后重新上传。"))
    return finder(actor, rest)


def kinds_of(endings: Sequence[str]) -> frozenset[FileKind]:
    """The kinds that a question's `file_types` stand for; none named means papers and pictures."""
    named = frozenset(
        KINDS_OF_ENDING[ending.lower().lstrip(".")]
        for ending in endings
        if ending.lower().lstrip(".") in KINDS_OF_ENDING
    )
    return named or frozenset({FileKind.PDF, FileKind.IMAGE})
