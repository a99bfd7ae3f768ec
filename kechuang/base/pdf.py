"""PDF from a Typst template and plain data. The template is code; what people wrote arrives as JSON and is never source."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from functools import lru_cache
from multiprocessing import get_context
from os import cpu_count, getpid
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused

if TYPE_CHECKING:
    import typst

FAMILIES = ("noto-serif-sc", "noto-sans-sc")
WEIGHTS = ("400Regular", "500Medium", "600SemiBold", "700Bold")
EPOCH = datetime(2022, 1, 1, tzinfo=UTC)

_one_at_a_time = Lock()


class FontsMissing(Refused):
    """The Chinese fonts are not where settings.FONT_DIRS says."""


def font_dirs() -> list[str]:
    """The folders of the weights that templates use; the other weights would only cost memory."""
    roots = [Path(place) for place in settings.FONT_DIRS]
    found = [root / family / weight for root in roots for family in FAMILIES for weight in WEIGHTS]
    found = [folder for folder in found if folder.is_dir()]
    if {folder.parent.name for folder in found} != set(FAMILIES):
        places = "、".join(map(str, roots))
        raise FontsMissing(
            _("找不到制作 PDF 所需的中文字体（应在 %(places)s）。请在项目目录运行 make setup，然后重试。")
            % {"places": places}
        )
    return [str(folder) for folder in found]


def render(template: Path | str, data: dict[str, Any], *, made_at: datetime | None = None) -> bytes:
    """The PDF of `template` filled with `data`. The same arguments give the same bytes, so a retry changes nothing."""
    return _render(str(template), tuple(font_dirs()), _packed(data), _stamp(made_at))


def render_picture(template: Path | str, data: dict[str, Any], *, ppi: int = 96) -> bytes:
    """The first page of `template` filled with `data`, as a PNG for the screen."""
    with _one_at_a_time:
        pages = _compiler(tuple(font_dirs()), getpid()).compile(
            input=str(template), format="png", ppi=ppi, sys_inputs={"data": _packed(data)}, timestamp=_stamp(None)
        )
    page = pages[0] if isinstance(pages, list) else pages
    assert isinstance(page, bytes)
    return page


class Press:
    """Prints many pages of one template, on several cores where that pays: each process keeps one compiler.

    with Press(template, expected=3000) as press:
        pdfs = press.print(batch)
    """

    worth_a_pool = 150

    def __init__(self, template: Path | str, *, expected: int, processes: int | None = None) -> None:
        self.template = str(template)
        self.fonts = tuple(font_dirs())
        wanted = processes or settings.PDF_PROCESSES or cpu_count() or 1
        self.processes = wanted if expected >= self.worth_a_pool else 1
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self.processes > 1:
            self._pool = ProcessPoolExecutor(self.processes, mp_context=get_context("spawn"))
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def start(self, rows: Iterable[tuple[dict[str, Any], datetime | None]]) -> Run:
        """Begin printing `rows` of (data, made at); with several processes it goes on while the caller does something else."""
        tasks = [(self.template, self.fonts, _packed(data), _stamp(made_at)) for data, made_at in rows]
        if self._pool is None:
            return Run(tasks=tasks)
        return Run(futures=[self._pool.submit(_render, *task) for task in tasks])

    def print(self, rows: Iterable[tuple[dict[str, Any], datetime | None]]) -> list[bytes]:
        return self.start(rows).pages()


class Run:
    """Pages under way."""

    def __init__(
        self, tasks: Sequence[tuple[str, tuple[str, ...], str, int]] = (), futures: Sequence[Future[bytes]] = ()
    ) -> None:
        self._tasks, self._futures = tasks, futures

    def pages(self) -> list[bytes]:
        return [future.result() for future in self._futures] + [_render(*task) for task in self._tasks]


def _packed(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, default=str)


def _stamp(made_at: datetime | None) -> int:
    return int((made_at or EPOCH).timestamp())


@lru_cache(maxsize=1)
def _compiler(fonts: tuple[str, ...], process: int) -> typst.Compiler:
    """Reading the fonts takes far longer than setting a page. Keyed by process: a compiler does not survive a fork."""
    import typst  # noqa: PLC0415 -- slow import

    return typst.Compiler(font_paths=list(fonts), ignore_system_fonts=True, root="/")


def _render(template: str, fonts: tuple[str, ...], data: str, stamp: int) -> bytes:
    with _one_at_a_time:
        pdf = _compiler(fonts, getpid()).compile(input=template, sys_inputs={"data": data}, timestamp=stamp)
    assert isinstance(pdf, bytes)
    return pdf
