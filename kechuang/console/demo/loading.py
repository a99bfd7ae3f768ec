"""The demo city in every state: an edition that is over, one that is open, and district contests in review, defence and notice."""

from datetime import date, timedelta

from kechuang.base.clock import travel
from kechuang.base.errors import Refused
from kechuang.base.jobs import run_pending_jobs
from kechuang.console.demo import city as people
from kechuang.console.demo.cases import course_cases
from kechuang.console.demo.corners import revoke_one, step
from kechuang.console.demo.editions import Tell, schools_as
from kechuang.console.demo.guests import guest_engineers
from kechuang.console.demo.personas import HOME, expert_pool, office_personas, school_personas, this_years_affairs
from kechuang.console.demo.praise import clubs_and_commendations
from kechuang.console.demo.selections import FEATURE_SCHOOLS, feature_schools
from kechuang.console.demo.shelves import shelves
from kechuang.console.demo.stars import STARS, pupils_of, stars
from kechuang.console.demo.story import Story
from kechuang.console.demo.terms import Terms, holders_with_duties
from kechuang.console.demo.works import WORKS
from kechuang.engine.applications import actions
from kechuang.engine.applications.perform import perform
from kechuang.engine.calls.actions import set_quotas
from kechuang.engine.models import Reviewer
from kechuang.engine.publicity.actions.objections import file_objection
from kechuang.engine.reviews.actions.day import set_chair
from kechuang.engine.reviews.queries.summary import refresh_summaries
from kechuang.orgs.models import Org

CITY_SUMMARY = "把你在学校、家里、社区发现的问题，做成一件发明或一项研究。小学到高中都能参加，1 至 3 人一队，全程免费；优秀作品会推荐参加上一级比赛，并在成果展示中与全市同学见面。"
EARLY: tuple[tuple[str, ...], ...] = (
    (), (), (), ("return",), ("decline",), ("endorse",), ("endorse",), ("endorse",), ("endorse", "pass_over"), ("endorse", "recommend", "ask_completion"),
    ("endorse", "recommend", "screen"), ("endorse", "recommend", "reject"), ("endorse", "recommend"), ("withdraw",), ("disqualify",),
)  # fmt: skip
"""How far the entries of the open contest have come; the first ones stay where they are."""
DISTRICT_SUMMARY = "本区中小学生的发明和研究，先在区里交流。学校审核后由专家匿名评审，入围作品到现场问辩。"


def load(day: date, *, tell: Tell) -> None:
    """Build everything as of `day`. Runs once, in an empty database."""
    with travel(day - timedelta(days=480)):
        city = people.build()
        school_personas(city, city.schools[HOME][3])
        office_personas(city)
    home = city.schools[HOME][3]
    experts = expert_pool(city)
    tell("  上一届全市大赛……")
    _past_edition(city, experts, day)
    tell("  区赛：评审中、问辩、公示……")
    _district(city, experts, day, "440305", 60).review(expert=experts[0])
    _district(city, experts, day, "440306", 73).defence(day)
    _in_notice(city, experts, day, tell)
    tell("  本届全市大赛（正在申报）……")
    _open_edition(city, day)
    tell("  特色学校：已认定的和正在申报的……")
    feature_schools(city, experts, day, home)
    others = [school for school in city.all_schools() if school.org != home.org]
    Terms(city, "feature_schools", FEATURE_SCHOOLS, schools_as(others), experts, day).under_way(tell)
    tell("  客座教师库和明日科创之星……")
    guest_engineers(city, day, home)
    stars(city, experts, day, home)
    pupils = pupils_of([*others[:13], home, *others[13:]])
    Terms(city, "tomorrow_stars", STARS, pupils, experts[1:], day, pupils_of, group_by="all").under_way(tell)
    tell("  实践基地、带头人、馆校结合、“1+N”实验室：各个阶段……")
    holders_with_duties(city, experts, day, home, tell=tell)
    tell("  课程案例：案例库、评审中、正在征集……")
    course_cases(city, day, home, tell=tell)
    tell("  科技社团评比和通报表扬：各个阶段……")
    clubs_and_commendations(city, day, home, tell=tell)
    run_pending_jobs()
    shelves(city, day)
    refresh_summaries()


def _story(
    city: people.DemoCity, org: Org, begins: date, title: str, schools: list[people.School], experts: list[Reviewer]
) -> Story:
    officer = (
        city.officer
        if org == city.org
        else next(o for o in city.unit_officers.values() if o.memberships[0].org_id == org.pk)
    )
    year = begins.year
    return Story(city, org, officer, f"{title}（{year}）", year, year - 1983, begins, schools, experts=experts)


def _past_edition(city: people.DemoCity, experts: list[Reviewer], day: date) -> None:
    """Over: awarded, certified, shown."""
    story = _story(city, city.org, day - timedelta(days=400), "深圳市青少年科技创新大赛", city.all_schools(), experts)
    story.publish(
        title_en=f"Shenzhen Youth Science and Technology Innovation Contest {story.year}",
        indexable=False,
        summary=CITY_SUMMARY,
    )
    story.apply(42)
    story.endorse()
    story.recommend()
    story.screen()
    round = story.open_preliminary()
    story.score(round)
    story.shortlist(round)
    defence = story.open_defence()
    story.score(defence, days=76)
    decision = story.decide(defence)
    story.award(story.announce(decision))
    with travel(day - timedelta(days=150)):
        revoke_one(story.call, by=story.officer)


class _DistrictStory:
    """A district's own contest, at some days since it began."""

    def __init__(self, story: Story) -> None:
        self.story = story
        story.publish(summary=DISTRICT_SUMMARY)
        story.apply(12)
        story.endorse()
        story.screen()
        self.round = story.open_preliminary()

    def review(self, *, expert: Reviewer) -> None:
        self.story.score(self.round, 0.55, skip=expert, days=58)
        set_chair(self.round, expert.pk, by=self.story.officer)

    def defence(self, day: date) -> None:
        self.story.score(self.round)
        self.story.shortlist(self.round)
        self.story.open_defence(self.story.at((day - self.story.begins).days + 2, 9))


def _district(city: people.DemoCity, experts: list[Reviewer], day: date, code: str, days: int) -> _DistrictStory:
    unit = city.units[code]
    title = f"{unit.short_name}青少年科技创新大赛"
    return _DistrictStory(_story(city, unit, day - timedelta(days=days), title, city.schools[code], experts))


def _in_notice(city: people.DemoCity, experts: list[Reviewer], day: date, tell: Tell) -> None:
    """Published yesterday, with one objection; needs the holiday table of the year."""
    found = _district(city, experts, day, "440307", 79)
    story = found.story
    story.score(found.round)
    story.shortlist(found.round)
    defence = story.open_defence()
    story.score(defence, days=76)
    decision = story.decide(defence)
    try:
        notice = story.announce(decision, days=78)
    except Refused as refused:
        tell(f"  公示没有装入：{refused.sentence}")
        return
    line = notice.lines.first()
    if line:
        file_objection(
            notice, application=line.application, name="演示人", document_no="11010519491231002X", unit="演示单位", phone="13800000000", signed=True,
            statement="作品介绍中的一张照片与公开资料里的照片很相似，请核对照片来源。", client_token="demo-objection",  # noqa: S106 -- an idempotency token
        )  # fmt: skip


def _open_edition(city: people.DemoCity, day: date) -> None:
    """Open for applications now, with entries in every early state."""
    story = _story(city, city.org, day - timedelta(days=20), "深圳市青少年科技创新大赛", city.all_schools(), [])
    story.publish(
        title_en=f"Shenzhen Youth Science and Technology Innovation Contest {story.year}", summary=CITY_SUMMARY
    )
    set_quotas(story.call, {(unit.pk, ""): 4 for unit in city.units.values()}, by=city.officer)
    _at_the_visitors_school(story, city.schools[HOME][3])
    this_years_affairs(city.schools[HOME][3], city.schools[HOME][2])
    entries = story.apply(26)
    home = {school.org.pk: school for school in city.all_schools()}
    with travel(story.at(18)):
        for place, entry in enumerate(entries):
            for move in EARLY[place % len(EARLY)]:
                step(city, entry, (move,))
        drafts = story.apply(6, submit=False, start=26)
        for draft in drafts[:2]:
            actions.save_answers(
                draft, {"novelty": "", "result": ""}, version=draft.version, by=home[draft.org_id].teachers[0]
            )


def _at_the_visitors_school(story: Story, school: people.School) -> None:
    """What the named sign-ins find waiting: a draft that needs a guardian, entries to endorse and to recommend."""
    junior = [work for work in WORKS if work[1] == "junior"]
    with travel(story.at(18, 16)):
        story.enter(school, junior[3], team=[story.city.waiting_pupil], consent=False)
        for number, work in enumerate(junior[4:9], 1):
            entry = story.enter(school, work, team=[school.pupils["junior"][number]], number=number)
            entry = actions.submit_application(entry, by=school.teachers[0])
            if number > 2:
                perform(entry, "endorse", by=school.officer)
