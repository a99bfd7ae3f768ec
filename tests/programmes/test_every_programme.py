"""Each declared programme, and a tenth that only this file knows, from the call to the award and the register."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from kechuang import programmes
from kechuang.base import clock
from kechuang.engine.honours.models import Honour
from kechuang.engine.honours.queries import granting, progress_on, register_on
from kechuang.engine.programme import codec
from kechuang.engine.programme.declaration import (
    CertificatePlan,
    Criterion,
    Discipline,
    HonourLevel,
    HonourPlan,
    NoticePlan,
    Prize,
    PrizePlan,
    Programme,
    Question,
    RoundPlan,
    Rubric,
    Section,
    Step,
    Target,
    Words,
)
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.engine.programme.validation import problems
from tests.programmes.driver import run

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 9, 7, 9, tzinfo=timezone.get_default_timezone())
OTHERS = sorted(code for code in PROGRAMMES if code != "innovation_contest")
"""The contest has tests of its own (tests/journeys/test_contest.py)."""

TENTH = Programme(
    code="science_libraries",
    name="科普阅览室", name_en="Science Reading Rooms", policy="示例",
    workflow="direct", district_workflow="direct",
    applicant="organisation", org_kinds=("museum", "association"), stages=(),
    disciplines=(Discipline("room", "阅览室", "Reading room"),),
    words=Words("阅览室", "阅览室名称", "概况", "类别"),
    form=(Section("facts", "概况", (Question("books", "藏书", "number", minimum=100, maximum=100_000),)),),
    rubrics=(Rubric("standard", "标准", (), (Criterion("use", "使用", 60), Criterion("books", "藏书", 40))),),
    rounds=(RoundPlan("preliminary", "评审", blind=False, method="mean"),),
    prizes=PrizePlan((Prize("five", "五星", "Five stars", least=90), Prize("four", "四星", "Four stars", least=80)), cap=1),
    notice=NoticePlan(), certificate=CertificatePlan("证书", "{names}在{call}中评为{prize}。", number_prefix="KXYL"),
    honour=HonourPlan((HonourLevel("five", "五星阅览室", "Five-star room"), HonourLevel("four", "四星阅览室", "Four-star room")), years=5,
                      number_prefix="YLS", targets=(Target("four", count=20),)),
    steps=(Step("apply", "申报"), Step("screen", "审查"), Step("review", "评审"), Step("notice", "公示"), Step("award", "授牌")),
    consents=(), needs_approval_number=False,
)  # fmt: skip
"""Nothing of the platform knows it: no code but this declaration."""


@pytest.mark.parametrize("code", OTHERS)
def test_programme_runs_from_call_to_award(code):
    with clock.travel(MONDAY):
        made, awards = run(PROGRAMMES[code])

        plan = made.plan
        assert awards
        assert {award.application.state for award in awards} == {"awarded"}
        assert all(award.certificates.exists() for award in awards)
        with clock.travel(MONDAY + timedelta(days=40)):
            held = register_on(code, clock.today()) if plan.honour else []
        assert len(held) == (len(awards) if plan.honour else 0)
        assert Honour.objects.count() == len(held)


@pytest.mark.parametrize("code", [code for code in OTHERS if PROGRAMMES[code].rounds])
def test_a_district_runs_a_programme_of_its_own(code):
    """By the course that the declaration gives districts; pools of people are the city's alone."""
    with clock.travel(MONDAY):
        made, awards = run(PROGRAMMES[code], of_district=True)

        assert made.call.workflow.name == PROGRAMMES[code].district_workflow
        assert {award.application.state for award in awards} == {"awarded"}
        assert {award.call.org for award in awards} == {made.ground.districts[0]}


def test_tenth_programme_takes_one_file_and_no_engine_change():
    assert [text % params for text, params in problems(TENTH)] == []
    assert codec.from_json(codec.to_json(TENTH)) == TENTH
    with clock.travel(MONDAY):
        _made, awards = run(TENTH)

    assert [award.prize for award in awards] == ["five", "five", "four"]
    with clock.travel(MONDAY + timedelta(days=40)):
        register = register_on("science_libraries", clock.today())
        assert {one.title for one in register} == {"五星阅览室", "四星阅览室"}
        assert [one.until.year for one in register] == [2031, 2031, 2031]
        assert "science_libraries" in granting()
        assert [(one.held, one.wanted) for one in progress_on("science_libraries", clock.today())] == [(3, 20)]


def test_declarations_are_short_and_have_their_readme():
    packages = [path for path in Path(programmes.__path__[0]).iterdir() if (path / "programme.py").exists()]

    assert [path.name for path in packages if not (path / "README.md").exists()] == []
    lines = {path.name: len((path / "programme.py").read_text(encoding="utf-8").splitlines()) for path in packages}
    assert {name: n for name, n in lines.items() if n > 140} == {}
