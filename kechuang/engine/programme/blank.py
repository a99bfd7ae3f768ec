"""The declaration that a wholly new recognition begins with: the least that makes sense for who applies, to be changed in the builder."""

from kechuang.engine.programme.declaration import (
    ORG_KINDS,
    CertificatePlan,
    Criterion,
    Discipline,
    NoticePlan,
    Prize,
    PrizePlan,
    Programme,
    Question,
    RoundPlan,
    Rubric,
    Section,
    Step,
    Words,
)
from kechuang.engine.workflow.states import _

STAGES = ("primary", "junior", "senior")
WORKFLOWS = {
    "team": ("two_tier", "one_tier"),
    "school": ("district_city", "direct"),
    "organisation": ("direct", "direct"),
    "person": ("two_tier", "one_tier"),
}
"""The city's and a district's own course, by who applies."""
WORDS = {
    "team": Words(),
    "school": Words(_("申报"), _("申报名称"), _("概况"), _("类别")),
    "organisation": Words(_("申报"), _("申报名称"), _("概况"), _("类别")),
    "person": Words(_("申报"), _("申报名称"), _("概况"), _("类别")),
}
SENTENCES = {
    "team": _("{names}同学：\n{school}的作品《{title}》在{call}中荣获{prize}。特发此证。"),
    "school": _("{names}在{call}中被评为{prize}。特发此证。"),
    "organisation": _("{names}在{call}中被评为{prize}。特发此证。"),
    "person": _("{names}在{call}中被评为{prize}。特发此证。"),
}
DATED = ("apply", "endorse", "recommend", "screen", "review", "notice", "award")
STEP_NAMES = {
    "apply": _("申报"), "endorse": _("学校审核"), "recommend": _("区级推荐"), "screen": _("资格审查"), "review": _("评审"), "notice": _("公示"),
    "award": _("授奖"),
}  # fmt: skip
SKIPPED = {
    "two_tier": frozenset[str](),
    "one_tier": frozenset({"recommend"}),
    "district_city": frozenset({"endorse"}),
    "direct": frozenset({"endorse", "recommend"}),
    "granted": frozenset({"endorse", "recommend", "screen", "review", "notice"}),
}
"""Steps that a workflow does not go through."""


def steps_for(workflow: str) -> tuple[Step, ...]:
    return tuple(Step(code, STEP_NAMES[code]) for code in DATED if code not in SKIPPED.get(workflow, frozenset()))


def blank(code: str, name: str, applicant: str, *, name_en: str = "", policy: str = "") -> Programme:
    """One question, one rubric, one round, one prize, and a certificate with a number series of its own."""
    is_team = applicant == "team"
    workflow, district = WORKFLOWS[applicant]
    stages = STAGES if is_team else ()
    return Programme(
        code=code, name=name, name_en=name_en, policy=policy, workflow=workflow, district_workflow=district, applicant=applicant, stages=stages,
        disciplines=(Discipline(f"{code}_1", _("综合"), "General", stages),),
        form=(Section("facts", _("基本情况"), (Question("reasons", _("申报理由"), "long_text", max_length=2000),)),),
        rubrics=(Rubric("standard", _("评审标准"), stages, (Criterion("quality", _("质量"), 60), Criterion("effect", _("成效"), 40))),),
        rounds=(RoundPlan("preliminary", _("评审"), method="mean", blind=is_team),),
        prizes=PrizePlan((Prize("winner", _("优秀奖"), "Award", 1.0),), cap=0.6 if is_team else 1.0),
        notice=NoticePlan(), certificate=CertificatePlan(_("荣誉证书"), SENTENCES[applicant], number_prefix="KCZY"),
        steps=steps_for(workflow), words=WORDS[applicant], consents=("entering",) if is_team else (), needs_approval_number=is_team,
        org_kinds=tuple(sorted(ORG_KINDS - {"school"})) if applicant == "organisation" else (), roles=("teacher",) if applicant == "person" else (),
    )  # fmt: skip
