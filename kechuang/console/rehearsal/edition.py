"""A whole edition, from the call to the verified certificate, through the actions that the pages use."""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from kechuang.base import audit, workdays
from kechuang.base.clock import travel
from kechuang.base.jobs import run_pending_jobs
from kechuang.base.tables import Row, read_table
from kechuang.console.rehearsal.city import build_city, delegation_of, hire_experts
from kechuang.console.rehearsal.report import Report
from kechuang.console.rehearsal.simulation import Judge, Simulation, award_level, kendall_tau, precision_at
from kechuang.engine.applications.batch import Outcome
from kechuang.engine.applications.importing import HEADINGS, ColumnMapping, columns_of, import_entries
from kechuang.engine.applications.people import reporting_unit_id
from kechuang.engine.applications.perform import perform_many
from kechuang.engine.awards.actions import award_call
from kechuang.engine.awards.queries import verify, verify_file
from kechuang.engine.calls.actions import create_call, edit_call, publish_call, set_quotas
from kechuang.engine.decisions.actions import finalise_decision, propose_decision, rank_round
from kechuang.engine.decisions.rules import run_ranking
from kechuang.engine.enums import CertificateState
from kechuang.engine.models import (
    Application,
    Assignment,
    Call,
    Certificate,
    Conflict,
    Decision,
    RankingRecord,
    Reviewer,
    ReviewRound,
)
from kechuang.engine.publicity.actions.notices import close_notice, draft_notice, publish_notice
from kechuang.engine.replaying import replay_call
from kechuang.engine.reviews.actions.assigning import add_extra_reviewers, assign_reviewers
from kechuang.engine.reviews.actions.conflicts import find_conflicts
from kechuang.engine.reviews.actions.panels import create_panel
from kechuang.engine.reviews.actions.rounds import close_round, invite_reviewers, open_round
from kechuang.engine.reviews.actions.scoring import submit_scores
from kechuang.engine.reviews.actions.timetabling import build_timetable
from kechuang.engine.reviews.queries.progress import spread_alarms
from kechuang.engine.reviews.rules import ScoreSheet

PROGRAMME = "innovation_contest"
RECOMMENDED_SHARE = 0.8
COMMENT = "演练评语：选题明确，方法可行，数据记录需要更完整。"
WEEKS = {"apply": 3, "endorse": 4, "recommend": 6, "screen": 7, "review": 10, "defence": 12, "notice": 15, "award": 16}
METHODS_COMPARED = ("auto", "mixed", "additive", "mean", "median", "trimmed", "zscore")
Step = Callable[[str, int, int], None]


class Edition:
    """One rehearsal in the (scratch) database that is configured now."""

    def __init__(self, path: Path, *, experts: int | None, seed: int, step: Step) -> None:
        self.path, self.expert_count, self.seed, self.step = path, experts, seed, step
        self.report = Report(file=path.name, seed=seed)
        self.simulation = Simulation(seed)
        year = max(workdays.years_with_table())
        self.day_one = date(year, 3, 2)
        self.quality: dict[int, float] = {}
        self.level: dict[str, int] = {}
        self.judges: dict[int, Judge] = {}

    def run(self) -> Report:
        """Every step in order; the report says what did not add up."""
        self._in_week(0, "city", self.prepare)
        self._in_week(1, "import", self.take_entries_in)
        self._in_week(3.5, "endorse", self.endorse)
        self._in_week(5, "recommend", self.recommend)
        self._in_week(6.5, "screen", self.screen)
        for number, plan in enumerate(self.call.plan.rounds):
            self._in_week(8 + 2 * number, f"round_{plan.code}", lambda n=number: self.judge(n))
        self._in_week(13, "decide", self.decide)
        self._in_week(13.2, "notice", self.announce)
        self._in_week(15.5, "award", self.award)
        self._in_week(15.6, "certificates", self.print_certificates)
        self._in_week(15.7, "verify", self.verify_certificates)
        self._in_week(15.8, "replay", self.replay_rankings)
        self._in_week(15.9, "audit", self.verify_audit)
        self.compare()
        return self.report

    def _in_week(self, week: float, name: str, do: Callable[[], None]) -> None:
        self.step(name, 0, 1)
        moment = timezone.make_aware(datetime.combine(self.day_one, time(10))) + timedelta(weeks=week)
        with travel(moment), self.report.timed(name):
            do()

    # --- before the call ---------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        table = read_table(self.path)
        self.headings, self.rows = table.headings, list(table.rows)
        columns = columns_of(self.headings, ColumnMapping())
        self.award_heading = next(
            (h for h in self.headings if h.strip().casefold() in {"grand_award", "award", "奖项", "获奖等级"}), ""
        )
        self.city = build_city(delegation_of(self._cells(row, columns)) for row in self.rows)
        self.level = {
            str(row.get(columns["external_no"])): award_level(str(row.get(self.award_heading, "") or ""))
            for row in self.rows
        }
        self.call = self._published_call()

    @staticmethod
    def _cells(row: Row, columns: dict[str, str]) -> dict[str, str]:
        return {name: " ".join(str(row.get(columns.get(name, ""), "") or "").split()) for name in HEADINGS}

    def _published_call(self) -> Call:
        officer = self.city.officer
        call = create_call(
            PROGRAMME, self.city.city, by=officer, title=f"演练：{self.path.stem}", year=self.day_one.year
        )
        steps = tuple(
            replace(step, opens_at=self._at(WEEKS[step.code] - 4), closes_at=self._at(WEEKS[step.code]))
            for step in call.plan.steps
        )
        until = self.day_one + timedelta(days=364)
        call = edit_call(call, by=officer, plan=replace(call.plan, steps=steps), approval_number="演练〔0000〕0 号",
                         approval_from=self.day_one, approval_until=until)  # fmt: skip
        return publish_call(call, by=officer)

    def _at(self, weeks: float) -> str:
        return (timezone.make_aware(datetime.combine(self.day_one, time(0))) + timedelta(weeks=weeks)).isoformat()

    # --- from import to screening ------------------------------------------------------------------------------------

    def take_entries_in(self) -> None:
        rows = [(row.number, row) for row in self.rows]
        report = import_entries(self.call, self.headings, rows, by=self.city.officer, org_of=self.city.school_of,
                                step=lambda done: self.step("import", done, len(rows)))  # fmt: skip
        again = import_entries(self.call, self.headings, rows, by=self.city.officer, org_of=self.city.school_of)
        self.report.rows_in, self.report.accepted, self.report.refused = (
            report.rows_in,
            report.added,
            len(report.refused),
        )
        self.report.refusals = [{"row": number, "reason": sentence} for number, sentence in report.refused]
        self.report.check(report.rows_in == report.added + len(report.refused), "导入的行数与接受、退回之和不符。")
        self.report.check(again.added == 0, "重复导入增加了作品。")
        entries = list(self._entries().order_by("pk"))
        drawn = self.simulation.qualities([self.level.get(entry.external_no, 0) for entry in entries])
        self.quality = {entry.pk: float(value) for entry, value in zip(entries, drawn, strict=True)}
        impressions = self.simulation.impressions(drawn)
        self.impression = {entry.pk: float(value) for entry, value in zip(entries, impressions, strict=True)}

    def _entries(self, *states: str) -> Any:
        entries = Application.objects.filter(call=self.call).select_related("org")
        return entries.filter(state__in=states) if states else entries

    def endorse(self) -> None:
        by_school: dict[int, list[Application]] = defaultdict(list)
        for entry in self._entries("submitted").order_by("pk"):
            by_school[entry.org_id].append(entry)
        for done, (school, entries) in enumerate(by_school.items()):
            self.step("endorse", done, len(by_school))
            self.report.endorsed += self._all_done(
                perform_many(entries, "endorse", by=self.city.school_officers[school])
            )

    def recommend(self) -> None:
        """Each district recommends the best it sees, within its places, and passes over the rest."""
        by_district: dict[int, list[Application]] = defaultdict(list)
        for entry in self._entries("endorsed").order_by("pk"):
            by_district[reporting_unit_id(entry.org.path)].append(entry)
        places = {
            (district, ""): math.ceil(RECOMMENDED_SHARE * len(entries)) for district, entries in by_district.items()
        }
        set_quotas(self.call, places, by=self.city.officer)
        officers = {officer.memberships[0].org_id: officer for officer in self.city.district_officers}
        for done, (district, entries) in enumerate(sorted(by_district.items())):
            self.step("recommend", done, len(by_district))
            entries.sort(key=lambda entry: (-self.impression[entry.pk], entry.pk))
            outcome = perform_many(entries, "recommend", by=officers[district])
            self._recommended_best(outcome, entries, places[district, ""])
            perform_many([entry for entry, _why in outcome.refused], "pass_over", by=officers[district])
        self.report.check(not self._entries("endorsed").exists(), "有作品既没有被推荐，也没有列入未推荐名单。")

    def _recommended_best(self, outcome: Outcome, entries: list[Application], places: int) -> None:
        self.report.recommended += len(outcome.done)
        self.report.check(len(outcome.done) == places, "推荐数与名额不符。")

    def screen(self) -> None:
        self.report.screened = self._all_done(
            perform_many(self._entries("recommended").order_by("pk"), "screen", by=self.city.officer)
        )
        self._hire()

    def _all_done(self, outcome: Outcome) -> int:
        self.report.check(not outcome.refused, f"有 {len(outcome.refused)} 件没有办成：{outcome.refused[:1]}")
        return len(outcome.done)

    def _hire(self) -> None:
        demand = Counter(self._entries("screened").values_list("discipline", flat=True))
        plan = self.call.plan
        reviews = sum(demand.values()) * plan.rounds[0].reviews_per_entry
        count = self.expert_count or max(60, math.ceil(reviews / 24))
        disciplines = {discipline.code: discipline for discipline in plan.disciplines}
        self.experts = hire_experts(self.city, count, demand, disciplines)
        self.report.experts = len(self.experts)
        self.judges = {
            e.pk: judge for e, judge in zip(self.experts, self.simulation.judges(len(self.experts)), strict=True)
        }

    # --- rounds ------------------------------------------------------------------------------------------------------

    def judge(self, number: int) -> None:
        """Open, find conflicts, assign, score, settle wide spreads, close, rank; shortlist unless it is the last round."""
        plan, officer = self.call.plan.rounds[number], self.city.officer
        round = open_round(self.call, plan.code, by=officer, seed=self.seed + number,
                           closes_at=timezone.make_aware(datetime.combine(self.day_one, time(0))) + timedelta(weeks=14))  # fmt: skip
        if plan.kind == "panel":
            self._seat_panels(round, officer)
        else:
            self._assign(round, officer, self.seed + number)
        self._score(round, officer)
        if plan.kind == "scoring":
            self._settle_spreads(round, officer)
        self._count_broken(round)
        close_round(round, by=officer)
        record = rank_round(round, by=officer, seed=self.seed)
        self._compare_methods(record)
        self.last = round
        if number + 1 < len(self.call.plan.rounds):
            decision = propose_decision(round, Decision.Kind.SHORTLIST, by=officer, record=record)
            finalise_decision(decision, by=officer)
            self.report.shortlisted = decision.lines.filter(is_chosen=True).count()

    def _compare_methods(self, record: RankingRecord) -> None:
        """Kendall's tau-b of each method's order with the true quality, on the scores of this round."""
        quality = {row[0]: self.quality[row[1]] for row in record.inputs["entries"]}
        for method in METHODS_COMPARED:
            with self.report.timed("compare"):
                table = run_ranking({**record.inputs, "method": method})["table"]
            found = kendall_tau([row["estimate"] for row in table], [quality[row["entry"]] for row in table])
            self.report.methods.setdefault(method, {})[record.inputs["round"]] = round_to(found)

    def _assign(self, round: ReviewRound, officer: Any, seed: int) -> None:
        invite_reviewers(round, self.experts, by=officer)
        self.report.conflicts += find_conflicts(round, by=officer)
        assigned = assign_reviewers(round, by=officer, seed=seed)
        self.report.optimality = round_to(assigned.total / assigned.bound if assigned.bound else 1.0)
        self.report.shortfall += sum(assigned.shortfall.values())

    def _seat_panels(self, round: ReviewRound, officer: Any) -> None:
        """Panels of three per discipline, of experts who work at no school that enters; nobody on two while others are free."""
        size = self.call.plan.round(round.code).reviews_per_entry
        demand = Counter(round.entries.values_list("application__discipline", flat=True))
        neutral = [expert for number, expert in enumerate(self.experts) if number % 2 == 0]
        seated: Counter[int] = Counter()
        for code, entries in sorted(demand.items()):
            for number in range(1, math.ceil(entries / 40) + 1):
                able = sorted(
                    neutral, key=lambda e: (seated[e.pk], code not in e.fields[:1], code not in e.fields, e.pk)
                )
                seated.update(expert.pk for expert in able[:size])
                create_panel(
                    round,
                    name=f"{code}{number} 组",
                    room=f"{code}{number} 室",
                    reviewers=able[:size],
                    disciplines=[code],
                    by=officer,
                )
        self.report.conflicts += find_conflicts(round, by=officer)
        start = timezone.make_aware(datetime.combine(self.day_one, time(9))) + timedelta(weeks=10, days=2)
        built = build_timetable(round, start=start, by=officer, seed=self.seed)
        self.report.check(not built.unplaced, f"有 {len(built.unplaced)} 件入围作品没有排上问辩时间。")

    def _score(self, round: ReviewRound, officer: Any) -> None:
        waiting = (
            Assignment.objects.filter(round=round, state="assigned").select_related("entry__application").order_by("pk")
        )
        sheets = {assignment.pk: self._sheet(assignment) for assignment in waiting}
        for chunk in _chunks(sheets, 600):
            self.report.scores += submit_scores(round, chunk, by=officer)
            self.step("scores", self.report.scores, len(sheets))

    def _sheet(self, assignment: Assignment) -> ScoreSheet:
        entry = assignment.entry.application
        rubric = self.call.plan.rubric_for(entry.stage)
        pair = (
            int(hashlib.sha256(entry.external_no.encode()).hexdigest()[:8], 16),
            self._place(assignment.reviewer_id),
        )
        marks = self.simulation.marks(rubric, self.quality[entry.pk], self.judges[assignment.reviewer_id], pair)
        return ScoreSheet(marks, {gate.code: True for gate in rubric.gates}, COMMENT, COMMENT)

    def _place(self, reviewer: int) -> int:
        return list(self.judges).index(reviewer)

    def _settle_spreads(self, round: ReviewRound, officer: Any) -> None:
        alarmed = round.entries.filter(pk__in=[alarm.entry_id for alarm in spread_alarms(round)])
        added = add_extra_reviewers(round, alarmed, by=officer) if alarmed else []
        self.report.extra_reviews += len(added)
        self._score(round, officer)

    def _count_broken(self, round: ReviewRound) -> None:
        """Pairs that stand although a conflict is known, or although expert and entry are of one school (counted apart)."""
        pairs = set(
            Assignment.objects.filter(round=round)
            .exclude(state__in=("void", "recused"))
            .values_list("reviewer", "entry__application")
        )
        self.report.assigned_pairs += len(pairs)
        known = set(Conflict.objects.filter(call=self.call).values_list("reviewer", "application"))
        schools = dict(self._entries().values_list("pk", "org"))
        employers = defaultdict(set)
        for reviewer, org in Reviewer.objects.values_list("pk", "affiliations__org"):
            employers[reviewer].add(org)
        self.report.conflicts_broken += sum(pair in known or schools[pair[1]] in employers[pair[0]] for pair in pairs)

    # --- decision to certificate -------------------------------------------------------------------------------------

    def decide(self) -> None:
        decision = propose_decision(self.last, Decision.Kind.AWARD, by=self.city.officer)
        self.decision = finalise_decision(decision, by=self.city.officer)

    def announce(self) -> None:
        notice = publish_notice(draft_notice(self.decision, by=self.city.officer), by=self.city.officer)
        closing = timezone.make_aware(datetime.combine(notice.ends_on + timedelta(days=1), time(9)))
        with travel(closing):
            self.notice = close_notice(notice, by=self.city.officer)

    def award(self) -> None:
        award_call(self.notice, by=self.city.officer)
        won = list(self.call.awards.select_related("application").order_by("application__external_no"))
        plan = self.call.plan.prizes
        self.report.awards = {prize.code: sum(a.prize == prize.code for a in won) for prize in plan.prizes}
        self.report.awarded, self.report.award_cap = len(won), plan.cap
        listing = "\n".join(f"{award.application.external_no}\t{award.prize}" for award in won)
        self.report.awards_digest = hashlib.sha256(listing.encode()).hexdigest()
        self._check_shares(won)

    def _check_shares(self, won: Iterable[Any]) -> None:
        """Per division at most the cap of the entries, and of the awarded at most each prize's share from the top down."""
        entered = Counter(self._entries().exclude(round_entries=None).values_list("division", flat=True))
        entered = Counter(dict(self._in_first_round()))
        given: dict[str, Counter[str]] = defaultdict(Counter)
        for award in won:
            given[award.application.division][award.prize] += 1
        plan = self.call.plan.prizes
        for division, prizes in given.items():
            total = sum(prizes.values())
            self.report.check(total <= plan.cap * entered[division] + 1e-9, f"{division} 的获奖数超过了总比例上限。")
            best = plan.prizes[0]
            self.report.check(
                prizes[best.code] <= math.ceil(best.share * total), f"{division} 的{best.name}超过了比例。"
            )

    def _in_first_round(self) -> list[tuple[str, int]]:
        first = ReviewRound.objects.filter(call=self.call).order_by("number").first()
        return list(Counter(first.entries.values_list("application__division", flat=True)).items())

    def print_certificates(self) -> None:
        run_pending_jobs()
        issued = Certificate.objects.filter(award__call=self.call, state=CertificateState.ISSUED, stored__isnull=False)
        self.report.certificates_issued = issued.count()
        self.report.check(self.report.certificates_issued >= self.report.awarded, "有获奖作品没有证书。")

    def verify_certificates(self) -> None:
        """Each certificate by its number and by its file, as a stranger would."""
        for certificate in (
            Certificate.objects.filter(award__call=self.call).select_related("stored").iterator(chunk_size=200)
        ):
            with certificate.stored.open() as pdf:
                fine = verify(certificate.number).is_valid and verify_file(pdf).is_valid
            self.report.certificates_verified += fine
        self.report.check(self.report.certificates_verified == self.report.certificates_issued, "有证书没有通过核验。")

    def replay_rankings(self) -> None:
        """Assignments, the timetable, rankings and decisions."""
        again = list(replay_call(self.call))
        self.report.replayed = all(row.ok for row in again)
        changed = "、".join(row.what for row in again if not row.ok)
        self.report.check(self.report.replayed, f"用保存的输入重算，结果不一致：{changed}。")

    def verify_audit(self) -> None:
        found = audit.verify()
        self.report.audit_ok, self.report.audit_rows = found.ok, found.rows
        self.report.check(found.ok, f"审计链已断：{found.first_broken}")

    # --- the ranking against the real awards --------------------------------------------------------------------------

    def compare(self) -> None:
        """Precision at the number of real awards, and Kendall's tau-b, of the whole order: defence first, then preliminary."""
        self.report.check(self.report.conflicts_broken == 0, "有专家评了应当回避的作品。")
        self.report.check(self.report.shortfall == 0, f"评审分配短缺 {self.report.shortfall} 个评审。")
        numbers = dict(self._entries().values_list("pk", "external_no"))
        estimates = self._estimates()
        order = [
            numbers[pk]
            for pk in sorted(estimates, key=lambda pk: (tuple(-value for value in estimates[pk]), numbers[pk]))
        ]
        self.report.ranked = len(order)
        self.report.precision_at_awards = round_to(precision_at(order, self.level))
        places = [-place for place, _number in enumerate(order)]
        self.report.kendall_tau = round_to(kendall_tau(places, [self.level.get(number, 0) for number in order]))

    def _estimates(self) -> dict[int, tuple[float, float]]:
        """Entry → (0 or the deciding estimate, estimate of the first round)."""
        found: dict[int, tuple[float, float]] = {}
        for decision in Decision.objects.filter(call=self.call, state="final").order_by("round__number", "pk"):
            for pk, estimate in decision.lines.filter(estimate__isnull=False).values_list("application", "estimate"):
                first = found.get(pk, (0.0, estimate))[1]
                found[pk] = (estimate if decision.kind == Decision.Kind.AWARD else 0.0, first)
        return found


def round_to(value: float) -> float:
    return round(value, 4)


def _chunks(items: dict[int, ScoreSheet], size: int) -> Iterable[dict[int, ScoreSheet]]:
    keys = list(items)
    for start in range(0, len(keys), size):
        yield {key: items[key] for key in keys[start : start + size]}


def fonts_ready() -> bool:
    """Certificates need their fonts; told before the long work, not after it."""
    return any(Path(folder).is_dir() for folder in getattr(settings, "FONT_DIRS", ()))
