"""Clubs, projects and commendations in the demo city, in every stage: who is nominated by whom, and what is told of them."""

from collections.abc import Callable, Sequence
from datetime import date

from kechuang.console.demo.city import DemoCity, School
from kechuang.console.demo.editions import FACTS, Applicant, Tell, commission
from kechuang.console.demo.terms import Terms
from kechuang.orgs.actor import Actor

CLUBS = "clubs_and_projects"
UNITS, TEACHERS, PUPILS = "commended_units", "commended_teachers", "commended_pupils"
TITLES = (
    ("机器人社", "club"), ("湿地观鸟社", "club"), ("每周一课：校园小实验", "project"), ("天文社", "club"), ("木工与结构社", "club"),
    ("楼顶气象站", "project"), ("编程社", "club"), ("无人机社", "club"), ("一米菜园", "project"), ("电子制作社", "club"),
    ("科普剧社", "club"), ("跨年级导师制", "project"),
)  # fmt: skip
DEEDS = (
    "把雨水花园讲给全校听", "教社区老人用手机看病", "带着低年级做实验的一年", "为图书馆写的找书程序", "记录校门口的车流", "修好三十台旧风扇",
    "河口观测日记", "给盲文书做目录", "食堂剩饭的半年账", "把天文望远镜搬进小区", "做一份台风前的清单", "用传感器照看校园的树",
)  # fmt: skip
STAGE = {"primary": 5, "junior": 5, "senior": 6}
"""The pupil of each list who is commended: contests and stars begin at the other ends."""


def clubs_and_commendations(city: DemoCity, day: date, home: School, *, tell: Tell) -> None:
    """All four, the visitor's school, teacher and pupils among those who are named."""
    others = [school for school in city.all_schools() if school.org != home.org]
    turned = [home, *others[20:], *others[:20]]
    programmes = (CLUBS, UNITS, TEACHERS, PUPILS)
    judges = commission(city, "commission", programmes, employer="示范教育评估中心", title="研究员")
    of_units, of_teachers, of_pupils = units_of(city), teachers_named, pupils_with_deeds
    of_each: tuple[tuple[str, str, list[Applicant], Callable[[Sequence[School]], list[Applicant]]], ...] = (
        (CLUBS, "科技社团与特色项目评比", clubs_of(turned), clubs_of),
        (UNITS, "科技创新教育通报表扬（单位）", _mixed(_partners(city), of_units(turned)), of_units),
        (TEACHERS, "科技创新教育通报表扬（教师）", of_teachers(turned), of_teachers),
        (PUPILS, "科技创新教育通报表扬（学生）", of_pupils(turned), of_pupils),
    )
    for programme, title, applicants, of in of_each:
        Terms(city, programme, title, applicants, judges, day, of, group_by="all").tell(tell)


# --- who is named, and by whom -------------------------------------------------------------------------------------------


def clubs_of(schools: Sequence[School]) -> list[Applicant]:
    turned = [TITLES[number % len(TITLES)] for number in range(len(schools))]
    return [
        Applicant(school.org, school.officer, title, kind)
        for school, (title, kind) in zip(schools, turned, strict=True)
    ]


def units_of(city: DemoCity) -> Callable[[Sequence[School]], list[Applicant]]:
    """Schools, each nominated by the office of its district."""
    officers = {officer.memberships[0].org_id: officer for officer in city.unit_officers.values()}
    return lambda schools: [
        Applicant(school.org, officers[school.org.parent_id or 0], kind="school") for school in schools
    ]


def _partners(city: DemoCity) -> list[Applicant]:
    assert city.officer
    return [Applicant(org, city.officer, kind="partner") for org in city.partners]


def _mixed(some: list[Applicant], others: list[Applicant]) -> list[Applicant]:
    """One of each in turn, then the rest."""
    pairs = [one for pair in zip(some, others, strict=False) for one in pair]
    return pairs + others[len(some) :]


def teachers_named(schools: Sequence[School]) -> list[Applicant]:
    """Each nominated by the school."""
    return [Applicant(school.org, school.officer, person=school.teachers[0].person) for school in schools]


def pupils_with_deeds(schools: Sequence[School]) -> list[Applicant]:
    found = []
    for number, school in enumerate(schools):
        stage = list(school.pupils)[number % len(school.pupils)]
        pupil = school.pupils[stage][STAGE[stage]]
        found.append(Applicant(school.org, Actor.of(pupil.user), DEEDS[number % len(DEEDS)]))
    return found


# --- what the forms say --------------------------------------------------------------------------------------------------

FACTS[CLUBS] = {
    "abstract": "每周两次活动，低年级跟着高年级做；一学期一个大题目，期末向全校展示，器材由学校提供，不收费。",
    "founded": "2021-09-01", "members": "36", "weekly": "2", "teacher": "指导教师一",
    "activity": "上学期完成两个专题，共三十二次活动，都有照片和记录；下学期走进社区两次，校园开放日展出作品十四件。",
    "results": "三十六名学生每人至少完成一件作品，其中九人第一次自己提出题目；四名学生把做法教给了另一所学校。",
}  # fmt: skip
FACTS[UNITS] = {
    "abstract": "连续三年开放场地和设备，派出人员进校上课，参加的学生逐年增加。",
    "deeds": "三年开放二百六十天，接待学生一万八千人次；派出导师二十二人，到十一所学校上课九十六节。",
    "benefit": "受益学校十一所，其中四所是远郊学校；九百名学生完成了自己的课题。",
}
FACTS[TEACHERS] = {
    "abstract": "坚持每周一次科创课，带出一支年轻的教师队伍。",
    "deeds": "九年开发校本课程三门，每周任课八节；组织区级教研二十七次，带教青年教师六人。",
    "benefit": "任课班级四百余名学生人人有作品；课程被七所学校采用。",
}
FACTS[PUPILS] = {
    "abstract": "从身边的一件小事做起，坚持了一年，带动了同学。",
    "deeds": "一年里记录四十六周的数据，做了三次改进，把结果讲给八个班的同学和社区的居民听。",
    "benefit": "八个班三百多名同学参加了其中的活动，社区采用了其中的建议。",
}
"""Facts and figures, all invented."""
