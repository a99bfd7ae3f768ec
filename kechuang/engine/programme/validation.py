"""What makes a declaration refuse to start, or a call refuse to be published: each problem is one sentence."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from string import Formatter

from kechuang.engine.programme import cataloguing, holding
from kechuang.engine.programme.declaration import (
    APPLICANTS,
    ASSIGNMENT_MODES,
    CERTIFICATE_LANGUAGES,
    CERTIFICATE_LOOKS,
    CERTIFICATE_PLACES,
    DENOMINATORS,
    EXPERT_KINDS,
    HONOUR_TIERS,
    ISSUERS_MOST,
    METHODS,
    NUMBER_PLACES,
    ORG_KINDS,
    ORIENTATIONS,
    PALETTES,
    PERSON_ROLES,
    ROUND_KINDS,
    SIGNATURES_MOST,
    SPREADS,
    STEP_CODES,
    CertificatePlan,
    Programme,
    RoundPlan,
    Rubric,
)
from kechuang.engine.programme.pools import pool_problems
from kechuang.engine.programme.questions import CODE, of_questions
from kechuang.engine.workflow.library import LIBRARY
from kechuang.engine.workflow.states import _

STAGES = frozenset({"primary", "junior", "senior"})


def problems(programme: Programme) -> list[tuple[str, dict[str, object]]]:
    """All that is wrong with `programme`, as (sentence, parameters); empty when it makes sense."""
    return [
        *_codes(programme),
        *_applicant(programme),
        *_form(programme),
        *_rubrics(programme),
        *_rounds(programme),
        *_prizes(programme),
        *_honour(programme),
        *cataloguing.problems(programme),
        *certificate_problems(programme.certificate),
        *pool_problems(programme),
        *holding.problems(programme),
        *_steps(programme),
        *_workflow(programme),
    ]


def _codes(programme: Programme) -> Iterator[tuple[str, dict[str, object]]]:
    groups: tuple[tuple[str, Iterable[str]], ...] = (
        (_("题目"), (q.code for q in programme.questions())),
        (_("学科"), (d.code for d in programme.disciplines)),
        (_("奖项"), (p.code for p in programme.prizes.prizes)),
        (_("轮次"), (r.code for r in programme.rounds)),
        (_("步骤"), (s.code for s in programme.steps)),
        (_("声明"), (p.code for p in programme.pledges)),
    )
    for what, codes in groups:
        for code, count in Counter(codes).items():
            if count > 1:
                yield (
                    _("%(what)s代码“%(code)s”出现了 %(count)s 次，每个代码只能用一次。"),
                    {"what": what, "code": code, "count": count},
                )
            if not CODE.match(code):
                yield _("%(what)s代码“%(code)s”只能用字母、数字和下划线，并以字母开头。"), {"what": what, "code": code}
    if not STAGES.issuperset(programme.stages) or _lacks_stages(programme):
        yield _("请至少选择一个学段（小学、初中、高中）。"), {}
    if not programme.disciplines:
        yield _("请至少设置一个学科。"), {}
    elif not _lacks_stages(programme) and any(
        discipline.code not in {code for _stage, code in programme.divisions()} for discipline in programme.disciplines
    ):
        yield _("有的学科或类别不属于任何一个学段，谁也不能选它。"), {}


def _lacks_stages(programme: Programme) -> bool:
    """Pupils enter by stages. Where there is none, that alone is said, not what follows from it."""
    return programme.applicant == "team" and not programme.stages


def _applicant(programme: Programme) -> Iterator[tuple[str, dict[str, object]]]:
    """Who applies, and that what goes with it is said for that kind and for no other."""
    kind = programme.applicant
    if kind not in APPLICANTS:
        yield _("申报主体“%(kind)s”不存在。"), {"kind": kind}
    if (kind == "organisation") != bool(programme.org_kinds) or not ORG_KINDS.issuperset(programme.org_kinds):
        yield _("面向单位的项目须写明哪些类型的单位可以申报，其他项目不写。"), {}
    if (kind == "person") != bool(programme.roles) or not PERSON_ROLES.issuperset(programme.roles):
        yield _("面向个人的项目须写明哪些身份的人可以申报，其他项目不写。"), {}
    if programme.nominated and kind == "team":
        yield _("学生团队自己申报，不由别的单位提名。"), {}
    if programme.may_nominate and (kind != "person" or programme.nominated):
        yield _("“也可以由单位推荐”只用于个人申报的项目。"), {}
    if programme.entries_each < 0:
        yield _("每个申报主体的申报数不能为负。"), {}
    if programme.verified_least is not None and not 0 <= programme.verified_least <= 100:
        yield _("核分的最低分应为 0 至 100。"), {}
    if not programme.of_pupils and programme.consents:
        yield _("监护人同意只用于学生申报的项目；其他申报主体用声明代替。"), {}
    if "pupil" in programme.roles and (len(programme.roles) > 1 or programme.nominated or not programme.stages):
        yield _("学生个人申报的项目只面向学生，由本人申报，并写明学段。"), {}


def _form(programme: Programme) -> Iterator[tuple[str, dict[str, object]]]:
    criteria = {criterion.code for rubric in programme.rubrics for criterion in rubric.criteria}
    yield from of_questions(programme.questions(), criteria)


def _rubrics(programme: Programme) -> Iterator[tuple[str, dict[str, object]]]:
    known = {plan.code for plan in programme.rounds if plan.kind != "test"}
    for code in [plan.code for plan in programme.rounds if plan.kind != "test"] or [""]:
        found = list(_rubrics_of(programme, [r for r in programme.rubrics if not r.rounds or code in r.rounds]))
        yield from found
        if found:
            break
    for rubric in programme.rubrics:
        if not known.issuperset(rubric.rounds):
            yield _("评分标准“%(name)s”引用了不存在的评审轮次。"), {"name": rubric.name}
        yield from _criteria(rubric)


def _rubrics_of(programme: Programme, rubrics: list[Rubric]) -> Iterator[tuple[str, dict[str, object]]]:
    """Of one round: one rubric for each stage, or one for all."""
    covered = Counter(stage for rubric in rubrics for stage in rubric.stages)
    if not programme.stages and not _lacks_stages(programme) and (len(rubrics) > 1 or covered):
        yield _("不分学段的项目只有一份评分标准，不写学段。"), {}
    for stage in programme.stages:
        if covered[stage] != 1:
            yield (
                _("学段“%(stage)s”应当恰好有一份评分标准，现在有 %(count)s 份。"),
                {"stage": stage, "count": covered[stage]},
            )


def _criteria(rubric: Rubric) -> Iterator[tuple[str, dict[str, object]]]:
    if not rubric.criteria:
        yield _("评分标准“%(name)s”没有评分项。"), {"name": rubric.name}
    for criterion in rubric.criteria:
        if criterion.points <= 0:
            yield _("评分项“%(name)s”的分值必须大于 0。"), {"name": criterion.name}
        if any(not 0 <= level.points <= criterion.points for level in criterion.levels):
            yield _("评分项“%(name)s”的档位分值超出了该项分值。"), {"name": criterion.name}
    if rubric.criteria and abs(rubric.total - 100) > 1e-9:
        yield (
            _("评分标准“%(name)s”各项合计 %(total)s 分，应为 100 分。"),
            {"name": rubric.name, "total": f"{rubric.total:g}"},
        )


def _rounds(programme: Programme) -> Iterator[tuple[str, dict[str, object]]]:
    if not programme.rounds and _is_reviewed(programme):
        yield _("请至少设置一轮评审。"), {}
    for plan in programme.rounds:
        name: dict[str, object] = {"name": plan.name}
        if plan.kind not in ROUND_KINDS:
            yield _("评审轮次“%(name)s”的类型不存在。"), name
        if plan.method not in METHODS:
            yield _("评审轮次“%(name)s”的计分方法不存在。"), name
        if plan.reviews_per_entry < 1 or plan.load_max < 1:
            yield _("评审轮次“%(name)s”的每件评审数和专家最大评审量都至少为 1。"), name
        if not 0 < plan.shortlist_share <= 1:
            yield _("评审轮次“%(name)s”的入围比例应大于 0 且不超过 100%%。"), name
        if plan.weight < 0:
            yield _("评审轮次“%(name)s”的权重不能为负。"), name
        yield from _of_its_kind(plan, name)
        yield from _assignment(plan, name)


def _of_its_kind(plan: RoundPlan, name: dict[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    """What only a panel or only a test has."""
    if not 0 < plan.full_marks <= 1000:
        yield _("评审轮次“%(name)s”的满分应大于 0 且不超过 1000。"), name
    if plan.checklist and plan.kind != "panel":
        yield _("只有专家组的轮次可以有实地考察清单。"), name
    if len({item.code for item in plan.checklist}) != len(plan.checklist):
        yield _("评审轮次“%(name)s”的考察清单里有重复的代码。"), name


def _is_reviewed(programme: Programme) -> bool:
    """Whether any of its workflows leads through a review."""
    flows = [LIBRARY[name] for name in (programme.workflow, programme.district_workflow) if name in LIBRARY]
    return any(move.name == "begin_review" for flow in flows for move in flow.moves)


def _assignment(plan: RoundPlan, name: dict[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    """How experts are given: the mode, who must be among them, how many may come from one place, the common samples."""
    if plan.assignment not in ASSIGNMENT_MODES:
        yield _("评审轮次“%(name)s”的分配目标不存在。"), name
    if any(need.kind not in EXPERT_KINDS or need.least < 1 for need in plan.coverage):
        yield _("评审轮次“%(name)s”的专家组成要求有误。"), name
    if sum(need.least for need in plan.coverage) > plan.reviews_per_entry:
        yield _("评审轮次“%(name)s”要求的各类专家合计多于每件作品的专家数。"), name
    if plan.spread not in SPREADS or plan.spread_most < 1:
        yield _("评审轮次“%(name)s”的同单位专家上限有误。"), name
    if not 0 <= plan.samples <= 20:
        yield _("评审轮次“%(name)s”的试评作品应为 0 至 20 件。"), name


def _prizes(programme: Programme) -> Iterator[tuple[str, dict[str, object]]]:
    plan = programme.prizes
    if not plan.prizes:
        yield _("请至少设置一个奖项等级。"), {}
        return
    total = sum(prize.share for prize in plan.prizes)
    least = [prize.least for prize in plan.prizes]
    if any(points is not None for points in least):
        yield from _points(least)
    elif abs(total - 1) > 1e-9 or any(prize.share <= 0 for prize in plan.prizes):
        yield _("各奖项占获奖数的比例都应大于 0，合计应为 100%%，现在是 %(total)s%%。"), {"total": f"{total * 100:g}"}
    if plan.rounding not in {"nearest", "down"}:
        yield _("奖项取整方式不存在。"), {}
    if not 0 < plan.cap <= 1:
        yield _("获奖总比例应大于 0 且不超过 100%%。"), {}
    criteria = {criterion.code for rubric in programme.rubrics for criterion in rubric.criteria}
    for code in plan.tie_break:
        if code not in criteria:
            yield _("同分排序规则引用了不存在的评分项“%(code)s”。"), {"code": code}


def _points(least: list[float | None]) -> Iterator[tuple[str, dict[str, object]]]:
    """Prizes by points: each says how many it needs, the first the most."""
    given = [points for points in least if points is not None]
    if len(given) != len(least) or any(not 0 <= points <= 100 for points in given):
        yield _("按分数定等级时，每个等级都要写明最低分（0 至 100）。"), {}
    elif given != sorted(set(given), reverse=True):
        yield _("按分数定等级时，等级由高到低排列，最低分也要由高到低。"), {}


def _honour(programme: Programme) -> Iterator[tuple[str, dict[str, object]]]:
    plan = programme.honour
    if plan is None:
        return
    prizes, levels = {prize.code for prize in programme.prizes.prizes}, [level.prize for level in plan.levels]
    if not levels or len(set(levels)) != len(levels) or not prizes.issuperset(levels):
        yield _("称号的每个等级对应一个奖项，每个奖项只对应一个等级。"), {}
    if any(level.tier not in HONOUR_TIERS for level in plan.levels):
        yield _("称号的级别只能是市级或区级。"), {}
    if programme.applicant == "team":
        yield _("称号授予单位或个人，不授予学生团队。"), {}
    if programme.of_pupils and plan.public:
        yield _("学生的称号不进公开名册。"), {}
    if not 0 <= plan.years <= 20:
        yield _("称号的有效期应为 0 至 20 年（0 为长期有效）。"), {}
    for target in plan.targets:
        by_share = 0 < target.share <= 1 and target.of in DENOMINATORS and not target.count
        by_count = target.count > 0 and not target.share and not target.of
        if target.level not in levels or not (by_share or by_count):
            yield _("目标须写明等级，并且只写数量或者只写比例；写比例的还要写明分母。"), {}


def certificate_problems(plan: CertificatePlan) -> Iterator[tuple[str, dict[str, object]]]:
    design = plan.design
    if not plan.title.strip() or not plan.sentence.strip():
        yield _("证书没有标题或正文。"), {}
    for sentence in (plan.sentence, plan.adviser_sentence, plan.sentence_en):
        if unknown := _unknown_places(sentence):
            yield _("证书正文里有不认识的位置 %(places)s。"), {"places": unknown}
    if len(plan.issuers) > ISSUERS_MOST:
        yield _("证书的落款单位最多 %(most)s 个。"), {"most": ISSUERS_MOST}
    chosen = (
        (design.look, CERTIFICATE_LOOKS, _("版式")),
        (design.palette, PALETTES, _("配色")),
        (design.orientation, ORIENTATIONS, _("纸张方向")),
        (design.languages, CERTIFICATE_LANGUAGES, _("语言")),
        (design.number, NUMBER_PLACES, _("编号位置")),
    )
    for value, known, what in chosen:
        if value not in known:
            yield _("证书的%(what)s“%(value)s”不存在。"), {"what": what, "value": value}
    if len(design.signatures) > SIGNATURES_MOST or len({one.picture for one in design.signatures}) < len(
        design.signatures
    ):
        yield _("证书上最多 %(most)s 个签名，同一个签名只用一次。"), {"most": SIGNATURES_MOST}


def _unknown_places(sentence: str) -> str:
    """What stands in braces and is nothing that is filled in ("" = all is well)."""
    try:
        places = [place for _text, place, _spec, _conversion in Formatter().parse(sentence) if place is not None]
    except ValueError:
        return "{ }"
    return " ".join(f"{{{place}}}" for place in places if place not in CERTIFICATE_PLACES)


def _steps(programme: Programme) -> Iterator[tuple[str, dict[str, object]]]:
    latest: datetime | None = None
    for step in programme.steps:
        name: dict[str, object] = {"name": step.name}
        if step.code not in STEP_CODES:
            yield _("步骤“%(name)s”的代码不存在。"), name
        try:
            opens, closes = (datetime.fromisoformat(text) if text else None for text in (step.opens_at, step.closes_at))
        except ValueError:
            yield _("步骤“%(name)s”的时间无法识别。"), name
            continue
        if opens and closes and opens >= closes:
            yield _("步骤“%(name)s”的开始时间应早于截止时间。"), name
        if latest and closes and closes < latest:
            yield _("步骤“%(name)s”的截止时间早于前一步骤的截止时间。"), name
        latest = closes or latest


def _workflow(programme: Programme) -> Iterator[tuple[str, dict[str, object]]]:
    for name in {programme.workflow, programme.district_workflow}:
        if name not in LIBRARY:
            yield _("流程“%(name)s”不存在。"), {"name": name}
            continue
        moves = {move.name for move in LIBRARY[name].moves}
        for move, what in (*programme.guards, *programme.effects):
            if name == programme.workflow and move not in moves:
                yield _("“%(what)s”所挂的动作“%(move)s”不在流程中。"), {"what": what, "move": move}
