"""One named sign-in per role, all of one school and one district, so that a visitor sees both ends of every step."""

from dataclasses import dataclass
from datetime import date

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from kechuang.base.checksums import resident_check_digit
from kechuang.base.clock import today
from kechuang.console.demo.city import BUILDER, DemoCity, School, staff
from kechuang.engine.models import Reviewer
from kechuang.engine.reviews.actions.pool import Post, add_reviewer
from kechuang.orgs.actions import (
    bind_guardian,
    create_person,
    create_pupil,
    give_class,
    record_identifiers,
)
from kechuang.orgs.actions.transfers import ask_transfer
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import Role
from kechuang.orgs.models import User

PASSWORD = "Kechuang-2026!"  # noqa: S105 -- printed on purpose: the demo city is for looking at
PIN = "258147"
HOME = "440305"


@dataclass(frozen=True)
class SignIn:
    role: str
    username: str
    secret: str
    what: str


def school_personas(city: DemoCity, school: School) -> None:
    """Teacher, head of the working group, pupil and guardian at the visitor's school; rename its officer and district."""
    teacher = staff(city, "teacher", Role.TEACHER, school.org, name="林老师")
    school.teachers.insert(0, teacher)
    staff(city, "head", Role.SCHOOL_TEAM_HEAD, school.org, title="校长", name="周校长")
    _rename(school.officer, "school")
    _rename(city.unit_officers[HOME], "district")
    pupil = create_pupil(name="陈小禾", school=school.org, grade=7, class_name="2班", birth_on=date(today().year - 12, 9, 2),
                         code="pupil-01", is_demo=True, by=BUILDER)  # fmt: skip
    guardian = create_person(name="陈女士", username="guardian", by=BUILDER, is_demo=True)
    bind_guardian(guardian, pupil, "mother", by=BUILDER)
    city.waiting_pupil = pupil


def this_years_affairs(school: School, neighbour: School) -> None:
    """At the visitor's school, today: the teacher's class, and a pupil of the neighbour's that it asks for."""
    give_class(school.teachers[0].person, school.org, 7, "2班", by=school.officer)
    pupil = neighbour.pupils["junior"][5]
    born = pupil.pupil.birth_on
    body = f"440305{born:%Y%m%d}012"
    number = f"J{body}{resident_check_digit(body)}"
    record_identifiers(pupil, xueji=number, by=neighbour.officer, org=neighbour.org)
    ask_transfer(
        school.org,
        name=pupil.name,
        number=number,
        grade=pupil.pupil.grade,
        class_name="2班",
        note="随家庭搬迁",
        by=school.officer,
    )


def _rename(actor: Actor, username: str) -> None:
    User.objects.filter(pk=actor.user.pk).update(username=username)
    actor.user.username = username


def office_personas(city: DemoCity) -> None:
    staff(city, "inspector", Role.INSPECTOR, city.org, name="高督学")
    city.partner_officers[city.partners[0].pk] = staff(
        city, "partner", Role.PARTNER_OFFICER, city.partners[0], name="方主任"
    )
    for username, role in (("system", Role.SYSTEM_ADMIN), ("security", Role.SECURITY_ADMIN), ("auditor", Role.AUDITOR)):
        staff(city, username, role, city.org)


def expert_pool(city: DemoCity) -> list[Reviewer]:
    """Fourteen experts over all disciplines; two of them teach at schools that enter, so that conflicts are found."""
    disciplines = (
        "TD",
        "MS",
        "LS",
        "ES1",
        "SO1",
        "MA",
        "PH",
        "CH",
        "ZO",
        "BO",
        "MI",
        "BC",
        "BM",
        "EV",
        "CS",
        "EN",
        "EG",
        "SO",
        "star",
    )
    schools = city.all_schools()
    found = []
    for number in range(14):
        username = "expert" if number == 0 else f"expert{number + 1}"
        account = staff(city, username, Role.EXPERT, city.org, name="沈教授" if number == 0 else "")
        employer = schools[7].org if number == 5 else schools[11].org if number == 9 else city.partners[1 + number % 4]
        found.append(
            add_reviewer(account.person, by=city.officer, fields=disciplines, affiliations=(Post(employer),),
                         employer_name=employer.name, title="教授" if number % 3 == 0 else "高级教师", max_load=60)
        )  # fmt: skip
    return found


def open_accounts() -> list[SignIn]:
    """Give the personas their passwords, PIN and TOTP secrets; safe to repeat."""
    rows = []
    for username, role, what in PERSONAS:
        user = User.objects.get(username=username)
        is_pupil = username.startswith("pupil")
        user.set_password(PIN if is_pupil else PASSWORD)
        user.must_change_password = False
        user.save()
        secret = _totp(user) if username in {"system", "security", "auditor"} else ""
        rows.append(
            SignIn(
                role, username, PIN if is_pupil else PASSWORD, what + (f"（动态口令密钥 {secret}）" if secret else "")
            )
        )
    return rows


def _totp(user: User) -> str:
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 -- app ready
    from allauth.mfa.utils import decrypt  # noqa: PLC0415 -- app ready

    known = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if known:
        return decrypt(known.data["secret"])
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


PERSONAS = (
    ("pupil-01", "学生", "参加比赛、看进度、本人同意"),
    ("guardian", "监护人", "替未满 14 周岁的孩子逐项同意或拒绝"),
    ("teacher", "指导教师", "带队申报：填表、上传、提交"),
    ("school", "学校管理员", "审核报送、名册、账号"),
    ("head", "校级工作小组组长", "看本校申报，审核"),
    ("district", "区级管理员", "按名额推荐，主办区赛"),
    ("city", "市级管理员", "发布通知、资格审查、组织评审、公示、授奖"),
    ("city2", "市级管理员（复核）", "处理异议复核"),
    ("expert", "评审专家", "匿名评分"),
    ("engineer", "客座工程师", "答复学校的邀请、写反馈、改名片"),
    ("partner", "合作单位", "科技馆、高校、企业"),
    ("inspector", "督导人员", "查看名单和过程，不能改"),
    ("system", "系统管理员", "后台任务、节假日表；须动态口令"),
    ("security", "安全管理员", "授权；须动态口令"),
    ("auditor", "审计管理员", "审计日志；须动态口令"),
)
