"""What a programme declares. Plain frozen data, the same object whether written in Python, built in the browser, or frozen in a call."""

from dataclasses import dataclass, field
from functools import cached_property

from kechuang.engine.programme.pools import PoolPlan
from kechuang.engine.programme.publishing import CataloguePlan, SimilarityPlan
from kechuang.engine.workflow.states import _

QUESTION_KINDS = frozenset(
    {"text", "long_text", "number", "date", "choice", "choices", "yes_no", "file", "files", "table", "url", "statement"}
)
ROUND_KINDS = frozenset({"scoring", "panel", "test"})
METHODS = frozenset({"mean", "median", "trimmed", "zscore", "additive", "mixed", "auto"})
ASSIGNMENT_MODES = frozenset({"total", "fair", "maximin"})
SPREADS = frozenset({"", "org", "district"})
APPLICANTS = frozenset({"team", "school", "organisation", "person"})
"""Who applies: a team of pupils, a school, an organisation (of `Programme.org_kinds`), a person (who holds one of `Programme.roles`)."""
ORG_KINDS = frozenset({"school", "enterprise", "university", "institute", "museum", "youth_centre", "association"})
PERSON_ROLES = frozenset(
    {"teacher", "school_officer", "school_team_head", "expert", "partner_officer", "engineer", "pupil"}
)
HONOUR_TIERS = frozenset({"district", "city"})
DENOMINATORS = frozenset({"schools"})
EXPERT_KINDS = frozenset({"teaching_adviser", "teacher", "scientist", "engineer"})
CERTIFICATE_PLACES = frozenset({"names", "school", "title", "call", "prize", "advisers"})
"""What a certificate's sentence may have filled in, in braces."""
CERTIFICATE_LOOKS = frozenset({"gold", "red_gold", "modern", "letter", "plaque"})
PALETTES = frozenset({"gold", "red", "blue", "green", "purple", "ink"})
ORIENTATIONS = frozenset({"landscape", "portrait"})
CERTIFICATE_LANGUAGES = frozenset({"zh", "en", "both"})
NUMBER_PLACES = frozenset({"beside", "corner"})
SIGNATURES_MOST = 2
ISSUERS_MOST = 4
REPORT_TIMES = frozenset({"yearly", "middle", "end"})
STEP_CODES = ("apply", "endorse", "recommend", "screen", "review", "test", "defence", "notice", "award")


@dataclass(frozen=True)
class Condition:
    """Show a question only when `question` has one of `values`."""

    question: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One question of the form. `criterion`: the item of the rubric that it rates, explains or proves. `required_from` names the state that first insists on the answer ("" = never)."""

    code: str
    label: str
    kind: str = "text"
    help: str = ""
    required_from: str = "submitted"
    choices: tuple[str, ...] = ()
    max_length: int = 0
    minimum: float | None = None
    maximum: float | None = None
    file_types: tuple[str, ...] = ()
    max_megabytes: int = 15
    max_files: int = 1
    columns: tuple[str, ...] = ()
    show_if: Condition | None = None
    stages: tuple[str, ...] = ()
    hidden_when_blind: bool = False
    criterion: str = ""


@dataclass(frozen=True)
class Section:
    code: str
    name: str
    questions: tuple[Question, ...]
    help: str = ""


@dataclass(frozen=True)
class Level:
    """An anchor of a criterion: from `points` on, `text` describes the work."""

    points: float
    text: str


@dataclass(frozen=True)
class Criterion:
    code: str
    name: str
    points: float
    help: str = ""
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True)
class Gate:
    """A pass/fail question to the expert, not points (三自: domain.md §2.6)."""

    code: str
    label: str


@dataclass(frozen=True)
class Rubric:
    """Criteria for the stages it names; a round uses the rubric whose stages hold the application's, and, where a rubric names
    `rounds`, that of the round."""

    code: str
    name: str
    stages: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    gates: tuple[Gate, ...] = ()
    rounds: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        return sum(criterion.points for criterion in self.criteria)


def self_evaluation(rubric: Rubric, *, proofs: int = 3) -> Section:
    """自评: for each item of the rubric the own points, the reason, and the evidence."""
    questions: list[Question] = []
    for item in rubric.criteria:
        code, least = item.code, 0.0
        questions += [
            Question(f"{code}_points", item.name, "number", item.help, minimum=least, maximum=item.points, criterion=code),
            Question(f"{code}_words", _("自评说明"), "long_text", max_length=800, criterion=code),
            Question(f"{code}_proof", _("佐证材料"), "files", required_from="", file_types=("pdf", "jpg", "png"), max_files=proofs, criterion=code),
        ]  # fmt: skip
    return Section(
        "self", _("逐项自评"), tuple(questions), _("每一项写自评分和理由，并上传佐证材料；区级和专家会逐项核对。")
    )


@dataclass(frozen=True)
class Discipline:
    code: str
    name: str
    name_en: str
    stages: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class TeamRule:
    """CASTIC entry rules (domain.md §2.3): at most three pupils, of one city and one school stage, at most two advisers."""

    max_members: int = 3
    max_advisers: int = 2
    one_stage: bool = True
    entries_per_pupil: int = 1


@dataclass(frozen=True)
class Pledge:
    """A declaration that the applicant signs: originality, use of AI, ethics and safety."""

    code: str
    name: str
    text: str
    asks_detail: bool = False
    detail_label: str = ""


@dataclass(frozen=True)
class Coverage:
    """Of each entry's experts at least `least` are of this kind (a teacher researcher and an engineer, say)."""

    kind: str
    least: int = 1


@dataclass(frozen=True)
class CheckItem:
    """One line of the checklist of an on-site visit."""

    code: str
    text: str


@dataclass(frozen=True)
class RoundPlan:
    """One review round. A test is written elsewhere: the office enters one mark of `full_marks` for each candidate. A panel with a `checklist` goes to the place: it records each visit, which both sides sign. `shortlist_share`: the share of each division that goes on to the next round (1 = no cut).

    `assignment` is what the solver seeks: the best total ("total"), that and among the best the fairest ("fair"), or the
    best worst-served entry ("maximin"). `spread` allows at most `spread_most` of an entry's experts from one organisation
    ("org") or district. `samples` entries are scored by every expert first, so that severity can be compared.
    """

    code: str
    name: str
    kind: str = "scoring"
    blind: bool = True
    reviews_per_entry: int = 3
    load_max: int = 40
    method: str = "mixed"
    spread_threshold: float = 15
    shortlist_share: float = 1.0
    avoid_same_district: bool = False
    minutes_per_entry: int = 15
    weight: float = 1.0
    assignment: str = "fair"
    coverage: tuple[Coverage, ...] = ()
    spread: str = ""
    spread_most: int = 1
    samples: int = 0
    checklist: tuple[CheckItem, ...] = ()
    full_marks: float = 100


@dataclass(frozen=True)
class Prize:
    code: str
    name: str
    name_en: str
    share: float = 0.0
    least: float | None = None
    rule: str = ""


@dataclass(frozen=True)
class PrizePlan:
    """By share, or by points where the prizes name the `least` points they need (first the highest): then whoever reaches
    them has the prize, unless the registered prize `rule` holds them back, and no share is cut.

    `share` of each prize is its share of the awarded; `cap` the share of the entries that may be awarded at all.

    The cap is always rounded down; `rounding` says how the borders between prizes are cut ("nearest": half up, so that a
    small division may have a first prize; "down": never more than the share).
    """

    prizes: tuple[Prize, ...]
    cap: float = 0.6
    tie_break: tuple[str, ...] = ()
    rounding: str = "nearest"


@dataclass(frozen=True)
class HonourLevel:
    """The title that the prize of this code carries. `tier`: whose title it is; `subsidy`: yuan a year that its holder is proposed for."""

    prize: str
    title: str
    title_en: str
    tier: str = "city"
    subsidy: int = 0


@dataclass(frozen=True)
class Target:
    """What the plan wants by a day: so many holders of a level (or a higher one), or such a share of `of` that are open then."""

    level: str
    count: int = 0
    share: float = 0.0
    of: str = ""
    by: str = ""


@dataclass(frozen=True)
class ReportPlan:
    """What a holder hands in: each year ("yearly"), once at mid-term ("middle"), once before the title ends ("end").

    It can be written from `open_days` before its day on.
    """

    code: str
    name: str
    form: tuple[Section, ...]
    when: str = "yearly"
    open_days: int = 60


@dataclass(frozen=True)
class SpotCheckPlan:
    """What an officer looks at, unannounced or not, with a drawn share of the holders."""

    checklist: tuple[CheckItem, ...]
    share: float = 0.2


@dataclass(frozen=True)
class StudioPlan:
    """A circle of colleagues around the person who holds the honour: they join by invitation and their own yes."""

    name: str
    roles: tuple[str, ...] = ("teacher",)
    most: int = 12


@dataclass(frozen=True)
class PartnerPlan:
    """Another organisation that says yes before the applicant may submit; with the honour an agreement of at least `years` begins."""

    kinds: tuple[str, ...]
    label: str
    years: int = 3


@dataclass(frozen=True)
class HonourPlan:
    """An honour lasts: its levels (the highest first), its years (0 = without end), its plaque, its yearly check; and what its holder does meanwhile.

    `public`: whether the public register lists the holders; where not, they alone and the offices see it.
    """

    levels: tuple[HonourLevel, ...]
    years: int = 3
    number_prefix: str = "KCRY"
    plaque: bool = True
    yearly_check: bool = True
    targets: tuple[Target, ...] = ()
    public: bool = True
    reports: tuple[ReportPlan, ...] = ()
    spot_checks: SpotCheckPlan | None = None
    studio: StudioPlan | None = None

    def report(self, code: str) -> ReportPlan | None:
        return next((report for report in self.reports if report.code == code), None)

    def level(self, code: str) -> HonourLevel | None:
        return next((level for level in self.levels if level.prize == code), None)

    def height(self, code: str) -> int:
        """The greater, the higher; 0 for what is no level."""
        codes = [level.prize for level in self.levels]
        return len(codes) - codes.index(code) if code in codes else 0


@dataclass(frozen=True)
class NoticePlan:
    """公示: working days of the notice and of the answer to an objection."""

    working_days: int = 5
    answer_working_days: int = 5
    consent_purpose: str = "publicity"


@dataclass(frozen=True)
class Signature:
    """Who signs a certificate: the registered picture of the signature, its owner, and the office they hold."""

    picture: str
    name: str
    post: str = ""


@dataclass(frozen=True)
class CertificateDesign:
    """How the certificates of a call look on A4. `seal` and the signatures name registered pictures (engine/awards/pictures).

    `languages`: Chinese, English, or both on one sheet. `number`: beside the QR or in the corner. Without `qr` the address and
    the code to verify with stand there in words all the same.
    """

    look: str = "gold"
    palette: str = "gold"
    orientation: str = "landscape"
    languages: str = "zh"
    number: str = "beside"
    qr: bool = True
    seal: str = ""
    signatures: tuple[Signature, ...] = ()


@dataclass(frozen=True)
class CertificatePlan:
    """`sentence` is set like a letter, with {names} {school} {title} {call} {prize} {advisers}; the legal footer is not optional.

    `title_en` and `sentence_en` are for sheets in English; where they are empty, ours stand there.
    """

    title: str
    sentence: str
    adviser_sentence: str = ""
    issuers: tuple[str, ...] = ()
    number_prefix: str = "KC"
    title_en: str = ""
    sentence_en: str = ""
    design: CertificateDesign = CertificateDesign()


@dataclass(frozen=True)
class Words:
    """What the pages of a programme call an entry and its basic facts."""

    entry: str = _("作品")
    title: str = _("作品名称")
    abstract: str = _("摘要")
    kind: str = _("学科")


@dataclass(frozen=True)
class Step:
    """A dated step of a call; times are ISO strings with offset ("" while not yet set)."""

    code: str
    name: str
    opens_at: str = ""
    closes_at: str = ""


@dataclass(frozen=True)
class Programme:
    """The whole declaration. The engine runs on this and never on the programme's name.

    `applicant` is one of APPLICANTS. Where the programme knows no school stages (`stages` empty), an entry is divided by its
    kind (`disciplines`) alone. `nominated`: another body than the applicant fills the application in, and the applicant must
    lie in its charge; `may_nominate`: an employer may do so for its people, who may also apply by themselves. `entries_each`: live entries of one applicant (0 = no limit). `verified_least`:
    before it recommends, an office scores the rubric's items beside the self-evaluation, and so many points are needed. `rolling`: the call has no deadline.
    `names_entry`: what a person or organisation hands in has a name of its own, instead of the applicant's.
    `talent`: its awards go into the talent file of a pupil who consents to it.
    """

    code: str
    name: str
    name_en: str
    policy: str
    workflow: str
    applicant: str
    stages: tuple[str, ...]
    disciplines: tuple[Discipline, ...]
    form: tuple[Section, ...]
    rubrics: tuple[Rubric, ...]
    rounds: tuple[RoundPlan, ...]
    prizes: PrizePlan
    notice: NoticePlan
    certificate: CertificatePlan
    steps: tuple[Step, ...]
    team: TeamRule = TeamRule()
    pledges: tuple[Pledge, ...] = ()
    consents: tuple[str, ...] = ("entering",)
    district_workflow: str = "one_tier"
    needs_approval_number: bool = True
    summary: str = ""
    who: str = ""
    org_kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    nominated: bool = False
    may_nominate: bool = False
    entries_each: int = 1
    rolling: bool = False
    words: Words = Words()
    honour: HonourPlan | None = None
    catalogue: CataloguePlan | None = None
    similarity: SimilarityPlan | None = None
    names_entry: bool = False
    pool: PoolPlan | None = None
    talent: bool = False
    partner: PartnerPlan | None = None
    verified_least: float | None = None
    quota_rule: str = ""
    guards: tuple[tuple[str, str], ...] = ()
    effects: tuple[tuple[str, str], ...] = ()
    rule_version: str = "1"
    extra: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.form for question in section.questions)

    def questions(self) -> tuple[Question, ...]:
        return self._questions

    def question(self, code: str) -> Question:
        return next(question for question in self.questions() if question.code == code)

    @property
    def of_pupils(self) -> bool:
        """Whether it is pupils who apply, as a team or each for itself: then consent, masking and one entry each are asked."""
        return self.applicant == "team" or "pupil" in self.roles

    def rubric_for(self, stage: str, round: str = "") -> Rubric:
        """The rubric of a stage, in a round where the rounds have rubrics of their own (without one: the first)."""
        of_stage = (rubric for rubric in self.rubrics if stage in rubric.stages or not rubric.stages)
        return next(rubric for rubric in of_stage if not round or not rubric.rounds or round in rubric.rounds)

    def discipline(self, code: str) -> Discipline:
        return next(discipline for discipline in self.disciplines if discipline.code == code)

    def divisions(self) -> tuple[tuple[str, str], ...]:
        """All (stage, discipline code) pairs, in the declared order; the stage is "" where there are none."""
        return tuple(
            (stage, d.code) for stage in self.stages or ("",) for d in self.disciplines if stage in (d.stages or ("",))
        )

    def round(self, code: str) -> RoundPlan:
        return next(plan for plan in self.rounds if plan.code == code)

    def step(self, code: str) -> Step | None:
        return next((step for step in self.steps if step.code == code), None)

    def prize(self, code: str) -> Prize | None:
        return next((prize for prize in self.prizes.prizes if prize.code == code), None)
