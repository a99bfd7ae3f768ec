"""Taking a table of entries in as submitted applications: every row ends accepted or refused with a reason, twice adds nothing."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.engine.applications import tallies
from kechuang.engine.applications.actions import new_public_id
from kechuang.engine.applications.models import Application
from kechuang.engine.applications.perform import perform_many
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import CallState
from kechuang.engine.programme.declaration import Programme
from kechuang.orgs.actions import create_org
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.enums import Stage
from kechuang.orgs.models import Org

HEADINGS: dict[str, tuple[str, ...]] = {
    "external_no": ("entry_no", "entry no", "no", "id", "编号", "作品编号", "报名编号", "序号"),
    "title": ("title", "project title", "作品名称", "名称", "题目", "标题", "作品题目"),
    "title_en": ("title_en", "english title", "英文名称", "英文题目"),
    "abstract": ("abstract", "summary", "摘要", "简介", "内容简介"),
    "discipline": ("category", "discipline", "field", "学科", "类别", "学科类别", "组别"),
    "stage": ("stage", "level", "学段", "组别学段"),
    "school": ("school", "学校", "学校名称", "所在学校", "学校标识码", "school_code"),
    "country": ("country", "国家", "国家或地区"),
    "region": ("region", "state", "地区", "省份", "省"),
    "team_size": ("team_size", "team size", "人数", "团队人数"),
}
"""What a column may be called, in Chinese and English; a mapping file overrides it."""


@dataclass(frozen=True)
class ColumnMapping:
    """A mapping file: column names by our field, values by field, defaults for what the table does not say."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass
class ImportReport:
    """`accepted` counts every good row; `added` those that were new; `refused` pairs row number and sentence."""

    rows_in: int = 0
    accepted: int = 0
    added: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class _Draft:
    row: int
    application: Application


def plain(text: Any) -> str:
    """Full-width and case folded, blanks squeezed: how names are compared."""
    return " ".join(unicodedata.normalize("NFKC", str(text if text is not None else "")).split()).casefold()


def columns_of(headings: Iterable[str], mapping: ColumnMapping) -> dict[str, str]:
    """Our field → the table's heading. Refused when there is no title or no number to tell rows apart."""
    by_plain = {plain(heading): heading for heading in headings}
    found = {name: by_plain[plain(heading)] for name, heading in mapping.columns.items() if plain(heading) in by_plain}
    for name, known in HEADINGS.items():
        found.setdefault(name, next((by_plain[plain(h)] for h in known if plain(h) in by_plain), ""))
    found = {name: heading for name, heading in found.items() if heading}
    missing = [label for name, label in (("title", _("作品名称")), ("external_no", _("编号"))) if name not in found]
    if missing:
        raise Refused(_("表格里找不到这些列：%(names)s。可以用映射文件指明列名。") % {"names": "、".join(missing)})
    return found


def import_entries(
    call: Call,
    headings: Iterable[str],
    rows: Iterable[tuple[int, Mapping[str, Any]]],
    *,
    by: Actor,
    mapping: ColumnMapping | None = None,
    org_of: Callable[[Mapping[str, str]], Org | str] | None = None,
    step: Callable[[int], None] = lambda _done: None,
) -> ImportReport:
    """Import `rows` (row number, heading → cell) into a published call.

    `org_of` tells the organisation of a row, or the sentence why there is none; by default a school of the call by name or code,
    or else the delegation of the row's country and region. `step` is told how many rows are done.
    """
    require(by, "call.edit", call.org)
    if call.state != CallState.PUBLISHED:
        raise Refused(_("只有已发布的申报通知才能导入作品。"))
    importer = _Importer(call, mapping or ColumnMapping(), columns_of(headings, mapping or ColumnMapping()), org_of)
    report = ImportReport()
    drafts: list[_Draft] = []
    for number, row in rows:
        report.rows_in += 1
        importer.take(number, row, drafts, report)
        if len(drafts) >= 500:
            _store(call, drafts, by, report)
            step(report.rows_in)
            drafts = []
    _store(call, drafts, by, report)
    step(report.rows_in)
    return report


class _Importer:
    """Checks rows against the call and what is already there."""

    def __init__(
        self, call: Call, mapping: ColumnMapping, columns: dict[str, str], org_of: Callable[..., Org | str] | None
    ) -> None:
        self.call, self.mapping, self.columns = call, mapping, columns
        self.org_of = org_of or _Finder(call)
        self.disciplines = discipline_names(call.plan)
        self.known = set(call.applications.exclude(external_no="").values_list("external_no", flat=True))
        self.seen: dict[str, int] = {}

    def cells(self, row: Mapping[str, Any]) -> dict[str, str]:
        found = {}
        for name in HEADINGS:
            heading = self.columns.get(name)
            raw = row.get(heading) if heading else None
            text = " ".join(str(raw).split()) if raw is not None else ""
            text = self.mapping.values.get(name, {}).get(text, text)
            found[name] = text or str(self.mapping.defaults.get(name, ""))
        return found

    def take(self, number: int, row: Mapping[str, Any], drafts: list[_Draft], report: ImportReport) -> None:
        cells = self.cells(row)
        if cells["external_no"] in self.known:
            report.accepted += 1
            return
        application, sentence = self.application_of(cells)
        if application is None:
            report.refused.append((number, sentence))
            return
        self.seen[application.external_no] = number
        drafts.append(_Draft(number, application))

    def application_of(self, cells: dict[str, str]) -> tuple[Application | None, str]:
        sentence = self.problem(cells)
        if sentence:
            return None, sentence
        discipline, stage = self.division_of(cells)
        if not discipline:
            return None, _("学科“%(name)s”不在本次申报的学科里（学段：%(stage)s）。") % {
                "name": cells["discipline"],
                "stage": cells["stage"] or "—",
            }
        org = self.org_of(cells)
        if isinstance(org, str):
            return None, org
        application = Application(
            public_id=new_public_id(), call=self.call, org=org, title=cells["title"], title_en=cells["title_en"], abstract=cells["abstract"],
            stage=stage, discipline=discipline, division=f"{stage}.{discipline}", team_size=int(cells["team_size"] or 1),
            external_no=cells["external_no"], imported=True, saved_at=clock.now(),
        )  # fmt: skip
        return application, ""

    def problem(self, cells: dict[str, str]) -> str:
        number, limit = cells["external_no"], self.call.plan.team.max_members
        if not number or len(number) > 80:
            return _("没有编号，或编号超过 80 个字符。")
        if number in self.seen:
            return _("编号 %(number)s 与第 %(row)s 行重复。") % {"number": number, "row": self.seen[number]}
        if not cells["title"] or len(cells["title"]) > 300:
            return _("没有作品名称，或名称超过 300 个字符。")
        size = cells["team_size"] or "1"
        if not size.isdigit() or not 1 <= int(size) <= limit:
            return _("团队人数“%(size)s”不在 1 至 %(max)s 之间。") % {"size": size, "max": limit}
        return ""

    def division_of(self, cells: dict[str, str]) -> tuple[str, str]:
        """(discipline code, stage), or empty. Without a stage the only one that has the discipline counts, else the highest."""
        stage = STAGE_NAMES.get(plain(cells["stage"]), "")
        stages = [stage] if stage else [s for s in ("senior", "junior", "primary") if s in self.call.plan.stages]
        if cells["stage"] and not stage:
            return "", ""
        for candidate in stages:
            if code := self.disciplines.get((candidate, plain(cells["discipline"]))):
                return code, candidate
        return "", ""


STAGE_NAMES = {plain(name): stage.value for stage in Stage for name in (stage.value, stage.name)} | {
    "小学": "primary", "小学组": "primary", "初中": "junior", "初中组": "junior", "高中": "senior", "高中组": "senior", "中职": "senior",
}  # fmt: skip


def discipline_names(plan: Programme) -> dict[tuple[str, str], str]:
    """(stage, plain name, code or alias) → code."""
    names: dict[tuple[str, str], str] = {}
    for discipline in plan.disciplines:
        for stage in discipline.stages:
            for name in (discipline.code, discipline.name, discipline.name_en, *discipline.aliases):
                names.setdefault((stage, plain(name)), discipline.code)
    return names


class _Finder:
    """A school of the call by name, short name or code; rows that name a country come from its delegation."""

    def __init__(self, call: Call) -> None:
        self.call = call
        schools = Org.objects.filter(path__startswith=call.org.path, kind__in=("school", "campus"))
        self.schools = {
            plain(key): org for org in schools for key in (org.name, org.short_name, org.code, org.school_code) if key
        }
        self.delegations = {
            org.code: org for org in Org.objects.filter(path__startswith=call.org.path, kind="delegation")
        }

    def __call__(self, cells: Mapping[str, str]) -> Org | str:
        if cells["school"]:
            found = self.schools.get(plain(cells["school"]))
            return found or _("找不到学校“%(name)s”。请用学校全称、简称或学校标识码。") % {"name": cells["school"]}
        if not cells["country"]:
            return _("没有写明学校，也没有写明国家或地区。")
        return self._delegation(cells["country"], cells["region"])

    def _delegation(self, country: str, region: str) -> Org | str:
        name = f"{country} {region}".strip()
        code = "DLG-" + plain(name).replace(" ", "-")[:50].upper()
        if code not in self.delegations:
            if self.call.org.kind != "city":
                return _("只有市级申报接受外地代表团的作品。")
            self.delegations[code] = _create_delegation(self.call.org, code, name)
        return self.delegations[code]


def _create_delegation(city: Org, code: str, name: str) -> Org:
    return create_org(
        kind="delegation",
        code=code,
        name=_("%(name)s代表团") % {"name": name},
        parent=city,
        by=Actor.system("import-entries"),
    )


def _store(call: Call, drafts: list[_Draft], by: Actor, report: ImportReport) -> None:
    """One transaction a batch: rows are either wholly in as submitted applications, or not at all."""
    if not drafts:
        return
    with transaction.atomic():
        created = Application.objects.bulk_create([draft.application for draft in drafts])
        tallies.begun(created)
        outcome = perform_many(created, "take_in", by=by)
        if outcome.refused:
            raise Refused(outcome.refused[0][1])
        audit.record("import_entries", by=by, on=call, detail={"rows": len(drafts)}, scope_path=call.scope_path)
    report.accepted += len(drafts)
    report.added += len(drafts)
