"""Reading texts into fingerprints, comparing a call, and asking for it: by an officer, and by itself a minute after a submission."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock, jobs
from kechuang.base.errors import Refused
from kechuang.base.files.reading import words_of
from kechuang.base.models import Job
from kechuang.engine.applications.batch import Batch
from kechuang.engine.applications.models import IN_THE_RACE, Application, Attachment
from kechuang.engine.applications.perform import on_moved
from kechuang.engine.calls.models import Call
from kechuang.engine.programme.codec import digest
from kechuang.engine.programme.declaration import Programme
from kechuang.engine.similarity.models import Fingerprint, SimilarityReport
from kechuang.orgs.actor import Actor, require

if TYPE_CHECKING:
    from kechuang.engine.similarity import rules

COMPARE = "similarity.compare"
SOON = timedelta(minutes=1)
STANDING = (*IN_THE_RACE, "not_awarded", "not_endorsed", "not_recommended", "rejected", "disqualified", "revoked")
"""What is compared with: all that was ever handed in, also what was turned down; drafts and what was withdrawn are nobody's business."""
CHUNK = 200
Step = Callable[[int], None]
T = TypeVar("T")


def chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    """CHUNK by CHUNK, so that a city's texts are never in memory at once."""
    left = iter(rows)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def compared_questions(plan: Programme) -> tuple[list[str], list[str]]:
    """The questions whose words, and those whose papers are compared."""
    named = set(plan.similarity.questions) if plan.similarity else set()
    texts = [
        q.code for q in plan.questions() if (q.code in named or not named) and q.kind in {"text", "long_text", "table"}
    ]
    if not named:
        texts = [q.code for q in plan.questions() if q.kind == "long_text"]
    papers = [q.code for q in plan.questions() if (q.code in named or not named) and q.kind in {"file", "files"}]
    return texts, papers


@transaction.atomic
def ask_comparison(call: Call, *, by: Actor) -> Job:
    """An officer wants it now. What is already waiting is not asked for twice."""
    require(by, "application.screen", call)
    if call.plan.similarity is None:
        raise Refused(_("这个项目没有设置查重。"))
    audit.record("ask_comparison", by=by, on=call, scope_path=call.scope_path)
    return jobs.enqueue(COMPARE, args={"call": call.pk}, by=by, scope_path=call.scope_path, key=f"similarity:{call.pk}")


@on_moved
def compare_soon(batch: Batch) -> None:
    """A minute after a submission: many submissions are one comparison."""
    if batch.call.plan.similarity is None or batch.move.target not in IN_THE_RACE:
        return
    if batch.move.authority == "applicant" or "draft" in batch.move.source:
        jobs.enqueue(
            COMPARE, args={"call": batch.call.pk}, scope_path=batch.call.scope_path, key=f"similarity:{batch.call.pk}", after=SOON
        )  # fmt: skip


# --- reading -------------------------------------------------------------------------------------------------------


def read_texts(call: Call, step: Step = lambda n: None) -> int:
    """Bring the fingerprints of a call's entries up to date; returns how many were read anew."""
    texts, papers = compared_questions(call.plan)
    entries = Application.objects.filter(call=call, state__in=STANDING).order_by("pk")
    known = dict(Fingerprint.objects.filter(application__call=call, edition=0).values_list("application", "digest"))
    done = read = 0
    for chunk in chunks(entries.iterator(chunk_size=CHUNK)):
        attached = _attached(chunk, papers)
        fresh = []
        for entry in chunk:
            mark = digest(
                [[entry.answers.get(code) for code in texts], [a.stored.sha256 for a in attached.get(entry.pk, [])]]
            )
            if known.get(entry.pk) != mark:
                fresh.append(_print(call, entry.pk, mark, text_of(call.plan, entry, attached.get(entry.pk, []))))
            done += 1
        _save(fresh)
        read += len(fresh)
        step(done)
    return read


def _attached(entries: Sequence[Application], codes: Sequence[str]) -> dict[int, list[Attachment]]:
    found: dict[int, list[Attachment]] = {}
    rows = Attachment.objects.filter(application__in=entries, question__in=codes).select_related("stored")
    for row in rows.order_by("question", "order", "pk"):
        found.setdefault(row.application_id, []).append(row)
    return found


def text_of(plan: Programme, entry: Application, papers: Sequence[Attachment]) -> str:
    """The answers, then the papers, one after the other. A paper that cannot be read has no words."""
    texts, _papers = compared_questions(plan)
    return "\n".join([*(_plain(entry.answers.get(code)) for code in texts), *(_words(paper) for paper in papers)])


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(_plain(one) for one in value)
    return "" if value is None else str(value)


def _words(paper: Attachment) -> str:
    try:
        return "\n".join(part.text for part in words_of(paper.stored))
    except Exception:  # noqa: BLE001 -- a damaged paper hinders nothing
        return ""


def _print(call: Call, pk: int, mark: str, text: str, edition: int = 0) -> Fingerprint:
    from kechuang.engine.similarity import rules  # noqa: PLC0415 -- slow import

    letters = rules.letters_of(text)
    return Fingerprint(
        application_id=pk, edition=edition, programme_code=call.programme_code, digest=mark, text=text,
        prints=rules.prints_of(letters.text).tobytes(), letters=len(letters), made_at=clock.now(),
    )  # fmt: skip


def _save(rows: Sequence[Fingerprint]) -> None:
    Fingerprint.objects.bulk_create(
        rows, batch_size=100, update_conflicts=True, unique_fields=["application", "edition"],
        update_fields=["digest", "text", "prints", "letters", "made_at", "programme_code"],
    )  # fmt: skip


def keep_text(application: Application, edition: int, text: str) -> None:
    """A later published version: other entries are compared with it as well."""
    if application.call.plan.similarity is not None:
        _save([_print(application.call, application.pk, digest([text]), text, edition)])


# --- comparing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """What a comparison did: entries looked at, texts they were compared with, reports at or above the alarm."""

    entries: int
    texts: int
    alarms: int


def compare_call(call: Call, step: Step = lambda n: None) -> Compared:
    """Compare every entry of the call with all others of its programme, earlier editions and published versions included."""
    from kechuang.engine.similarity import rules  # noqa: PLC0415 -- slow import

    read_texts(call, step)
    rows = list(
        Fingerprint.objects.filter(programme_code=call.programme_code)
        .order_by("pk")
        .values_list("pk", "application", "edition", "prints")
    )
    prints = [rules.kept_prints(row[3]) for row in rows]
    own = set(Application.objects.filter(call=call, state__in=STANDING).values_list("pk", flat=True))
    places = [n for n, row in enumerate(rows) if row[1] in own and row[2] == 0]
    near = rules.partners(prints, places)
    alarm, alarms = call.plan.similarity.alarm_share if call.plan.similarity else 1.0, 0
    for chunk in chunks(_reports(rows, places, near, len(rows) - 1)):
        alarms += sum(report.share >= alarm for report in chunk)
        SimilarityReport.objects.bulk_create(
            chunk, update_conflicts=True, unique_fields=["application"],
            update_fields=["share", "found", "compared", "digest", "made_at"],
        )  # fmt: skip
    return Compared(len(places), len(rows), alarms)


def _reports(
    rows: Sequence[Any], places: Sequence[int], near: dict[int, list[int]], compared: int
) -> Iterator[SimilarityReport]:
    """One report for each entry; texts are read only of those that share anything, chunk by chunk."""
    from kechuang.engine.similarity import rules  # noqa: PLC0415 -- slow import

    for chunk in chunks(places):
        wanted = {rows[n][0] for place in chunk for n in (place, *near.get(place, []))}
        texts = {f.pk: f for f in Fingerprint.objects.filter(pk__in=wanted).defer("prints")}
        letters = {pk: rules.letters_of(f.text) for pk, f in texts.items()}
        for place in chunk:
            mine = rows[place][0]
            others = [rows[n][0] for n in near.get(place, []) if rows[n][1] != rows[place][1]]
            share, found = _found(letters, mine, others)
            yield SimilarityReport(
                application_id=rows[place][1], share=share, found=found, compared=compared, digest=texts[mine].digest, made_at=clock.now()
            )  # fmt: skip


def _found(letters: dict[int, rules.Letters], mine: int, others: Sequence[int]) -> tuple[float, list[dict[str, Any]]]:
    from kechuang.engine.similarity import rules  # noqa: PLC0415 -- slow import

    text = letters[mine]
    every: list[rules.Passage] = []
    rows: list[dict[str, Any]] = []
    for other in others:
        found = rules.passages(text.text, letters[other].text)
        if found:
            every += found
            spans = [_span(one, text, letters[other]) for one in sorted(found, key=len, reverse=True)[:20]]
            rows.append({"with": other, "share": rules.share_covered(len(text), found), "spans": sorted(spans)})
    rows.sort(key=lambda row: -row["share"])
    return rules.share_covered(len(text), every), rows


def _span(passage: rules.Passage, text: rules.Letters, other: rules.Letters) -> list[int]:
    """Places in the texts themselves, punctuation and all."""
    there = passage.other + len(passage)
    return [
        text.places[passage.start],
        text.places[passage.end - 1] + 1,
        other.places[passage.other],
        other.places[there - 1] + 1,
    ]
