"""The pool of guest engineers in the demo city: thirty people in every state, and visits of every kind at the visitor's school."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from kechuang.base.checksums import org_check_digit, uscc_check_digit
from kechuang.base.clock import travel
from kechuang.base.enums import FileKind
from kechuang.base.files import accept
from kechuang.base.models import StoredFile
from kechuang.base.pdf import render
from kechuang.console.demo.city import BUILDER, DemoCity, School, staff
from kechuang.console.demo.corners import revoke_one
from kechuang.console.demo.story import REPORT
from kechuang.engine.applications import actions
from kechuang.engine.applications.models import Attachment
from kechuang.engine.applications.perform import perform, perform_many
from kechuang.engine.calls.actions import create_call, edit_call, publish_call
from kechuang.engine.models import Application, Call, GuestVisit, PoolMember
from kechuang.engine.programme.registry import PROGRAMMES
from kechuang.engine.visits import actions as visits
from kechuang.engine.visits.upkeep import lapse_invitations
from kechuang.orgs.actions import create_org
from kechuang.orgs.actor import Actor
from kechuang.orgs.enums import OrgKind, Role
from kechuang.orgs.models import Org

CODE = "guest_engineers"
GRANTED, EXPIRED = 25, 2
FIRMS = ("示范机器人公司", "示范生物科技公司", "示范通信公司", "示范新能源公司")
TOPICS = (
    ("机器人", "人工智能", "双足机器人怎样不摔倒", "算法工程师"),
    ("无人机", "编程", "一百架无人机怎样编队", "飞控工程师"),
    ("芯片与电子", "物联网", "一粒沙子怎样变成芯片", "芯片设计师"),
    ("基因与生物", "环境保护", "用 DNA 找出河里的鱼", "研究员"),
    ("新能源", "新材料", "电池为什么会老", "材料工程师"),
    ("航空航天", "工业设计", "卫星怎样在太空展开翅膀", "结构工程师"),
    ("海洋", "环境保护", "珊瑚为什么会变白", "副研究员"),
    ("5G 与通信", "编程", "一条消息怎样穿过城市", "通信工程师"),
    ("虚拟现实", "工业设计", "眼睛怎样被虚拟世界骗过", "交互工程师"),
)
AREAS = ("全市", "南山区", "福田区", "宝安区", "龙岗区", "龙华区")
TIMES = ("工作日上午", "工作日下午", "课后服务时段", "周末和假期")


@dataclass
class Pool:
    city: DemoCity
    day: date
    home: School
    call: Call = field(init=False)
    employers: list[Org] = field(default_factory=list)
    proof: bytes = b""

    def at(self, days: float, hour: int = 10) -> datetime:
        return timezone.make_aware(datetime.combine(self.day, time(hour))) + timedelta(days=days)

    @property
    def officer(self) -> Actor:
        assert self.city.officer
        return self.city.officer

    def publish(self) -> None:
        with travel(self.at(-330)):
            plan = PROGRAMMES[CODE]
            call = create_call(CODE, self.city.org, by=self.officer, title="科技创新客座教师征集", title_en="Call for Guest Engineers", year=self.day.year, is_demo=True)  # fmt: skip
            steps = tuple(replace(s, opens_at=self.at(-325, 9).isoformat()) for s in plan.steps)
            self.call = publish_call(edit_call(call, by=self.officer, plan=replace(plan, steps=steps)), by=self.officer)
            partners = [
                org for org in self.city.partners if org.partner_kind in {"enterprise", "university", "institute"}
            ]
            self.employers = partners + [self._firm(n, name) for n, name in enumerate(FIRMS, 11)]
        self.proof = render(REPORT, {"title": "在职证明", "kind": "证明材料", "about": "示范内容。"})

    def _firm(self, number: int, name: str) -> Org:
        return create_org(kind=OrgKind.PARTNER, code=f"P{number:03d}", name=name, parent=self.city.org, partner_kind="enterprise", by=BUILDER, is_demo=True)  # fmt: skip

    # --- applying --------------------------------------------------------------------------------------------------

    def apply(self, number: int, *, submit: bool = True) -> Application:
        employer = self.employers[number % len(self.employers)]
        name, username = ("唐工程师", "engineer") if number == 0 else ("", f"engineer{number + 1}")
        by = staff(self.city, username, Role.ENGINEER, employer, name=name)
        draft = actions.begin_application(self.call, employer, by=by)
        draft, errors = actions.save_answers(draft, answers(employer, number), version=draft.version, by=by)
        assert not errors, errors
        stored = accept(
            ContentFile(self.proof, "在职证明.pdf"), kind=FileKind.PDF, max_bytes=2**20, by=by, scope_path=employer.path
        )
        self._attach(draft, stored, by)
        return actions.submit_application(draft, by=by, signs={"ethics": ""}) if submit else draft

    def _attach(self, draft: Application, stored: StoredFile, by: Actor) -> None:
        Attachment.objects.create(application=draft, question="proof", stored=stored, added_by=by.user)

    def people(self) -> None:
        """Two from a year ago whose vetting ran out, most since then, one barred from the pool, some on the way."""
        entries = []
        for number in range(GRANTED):
            with travel(self.at(-300 + 9 * number)):
                entry = self.apply(number)
                entries.append(entry)
        for number, entry in enumerate(entries):
            checked = self.day - timedelta(
                days=358 if 2 <= number < 2 + EXPIRED else 340 if number == 5 else 20 + number
            )
            with travel(self.at((checked - self.day).days)):
                visits.record_vetting(entry.person, "clear", checked, by=self.officer)  # type: ignore[arg-type]
        with travel(self.at(-60)):
            fresh = list(Application.objects.filter(pk__in=[e.pk for e in entries]))
            perform_many(fresh, "grant", by=self.officer)
        self._on_the_way()

    def _on_the_way(self) -> None:
        with travel(self.at(-6)):
            waiting = [self.apply(GRANTED + n) for n in range(4)]
            leaver = self.apply(GRANTED + 5)
            self.apply(GRANTED + 4, submit=False)
        with travel(self.at(-3)):
            visits.record_vetting(waiting[0].person, "clear", self.day - timedelta(days=3), by=self.officer)  # type: ignore[arg-type]
            perform(waiting[1], "ask_completion", by=self.officer, reason="请补充在职证明，原件看不清公章。")
            perform(leaver, "withdraw", by=Actor.of(leaver.created_by))
            perform(waiting[2], "reject", by=self.officer, reason="单位来函说明已离职。")

    # --- visits ----------------------------------------------------------------------------------------------------

    def members(self) -> list[PoolMember]:
        return list(PoolMember.objects.filter(programme_code=CODE).select_related("person__user", "org").order_by("pk"))

    def visits(self) -> None:
        members = self.members()
        me, others = members[0], members[6:]
        for n, days in enumerate((-50, -40, -30)):
            self._done(me, days, (5, 5, 4)[n])
        self._done(others[0], -20, 4)
        self._done(others[1], -2, 0)
        self._asked(me, 6)
        self._asked(others[2], 9)
        self._agreed(me, 4)
        self._agreed(others[3], 8)
        with travel(self.at(-8)):
            self._answer(self._invited(others[4], -1), "accept", "好的，我带一台样机来。")
            self._answer(self._invited(others[5], 5), "decline", "那一周在外地参加展会，下个月可以。")
            self._invited(others[6], -2)
            late = self._answer(self._invited(others[7], -3), "accept", "没问题。")
            gone = self._answer(self._invited(others[8], 3), "accept", "期待见面。")
        with travel(self.at(-1)):
            lapse_invitations()
            visits.record_no_show(late, by=self.home.officer, reason="等了四十分钟没有来，电话未接通。")
            visits.cancel_visit(gone, by=self.home.officer, reason="当天临时安排全校体检，改期再约。")
        with travel(self.at(-1, 15)):
            visits.stop_person(others[9].person, reason="有家长反映其推销课程，正在核查。", by=self.officer)
            tags = {kind: others[10].words(kind) for kind in ("fields", "languages", "times", "areas")}
            by = Actor.of(others[10].person.user)
            visits.update_card(
                others[10], by=by, post=others[10].post, about=others[10].about, is_paused=True, tags=tags
            )

    def _invited(self, member: PoolMember, days: int, hour: int = 15) -> GuestVisit:
        _one, _two, topic, _post = TOPICS[member.pk % len(TOPICS)]
        teacher = self.home.teachers[member.pk % len(self.home.teachers)].person
        assert teacher is not None
        wanted = visits.Invitation(
            kind=("lecture", "activity", "training")[member.pk % 3], topic=topic, audience=("七年级（2）班", "科技社团", "全体科学教师")[member.pk % 3],
            place=("报告厅", "创客教室", "会议室")[member.pk % 3], starts_at=self.at(days, hour), minutes=60, people=(45, 24, 18)[member.pk % 3],
            teacher=teacher, message="学生看过您的介绍，都很期待。",
        )  # fmt: skip
        return visits.invite(member, self.home.org, wanted, by=self.home.officer)

    def _answer(self, visit: GuestVisit, act: str, words: str) -> GuestVisit:
        by = Actor.of(visit.member.person.user)
        answer = visits.accept_invitation if act == "accept" else visits.decline_invitation
        return answer(visit, by=by, words=words)

    def _asked(self, member: PoolMember, days: int) -> None:
        with travel(self.at(-1)):
            self._invited(member, days, 16)

    def _agreed(self, member: PoolMember, days: int) -> None:
        with travel(self.at(-2)):
            self._answer(self._invited(member, days), "accept", "可以，请准备投影和一张大桌子。")

    def _done(self, member: PoolMember, days: int, rating: int) -> None:
        with travel(self.at(days - 9)):
            visit = self._answer(self._invited(member, days), "accept", "乐意前来。")
        with travel(self.at(days, 17)):
            visits.confirm_visit(visit, by=self.home.officer, came=visit.people - 2)
            if rating:
                visits.rate_visit(visit, rating, "讲得清楚，学生问了一节课的问题。", by=self.home.officer)
                visits.report_visit(visit, "学生准备充分，建议下次分小组动手。", by=Actor.of(member.person.user))


def answers(employer: Org, number: int) -> dict[str, object]:
    one, two, topic, post = TOPICS[number % len(TOPICS)]
    first8 = f"MA5{number + 10000:05d}"
    body = f"91440300{first8}{org_check_digit(first8)}"
    return {
        "abstract": f"从事{one}工作多年，愿意把真实的工程问题带进课堂。", "discipline": "scientist" if "研究" in post else "engineer",
        "employer": employer.name, "uscc": body + uscc_check_digit(body), "post": post, "grade": ("高级职称", "中级职称")[number % 2], "years": f"{6 + number % 15}",
        "fields": [one, two], "about": f"《{topic}》：用一节课讲清楚原理，带学生做一个能带走的小实验。",
        "languages": ["普通话", *(["英语"] if number % 4 == 0 else ["粤语"] if number % 5 == 0 else [])],
        "times": list(dict.fromkeys((TIMES[number % 4], TIMES[(number + 1) % 4]))), "areas": list(dict.fromkeys((AREAS[number % 6], AREAS[(number * 2 + 1) % 6]))),
    }  # fmt: skip


def guest_engineers(city: DemoCity, day: date, home: School) -> Iterable[PoolMember]:
    pool = Pool(city, day, home)
    pool.publish()
    pool.people()
    pool.visits()
    with travel(pool.at(-5, 9)):
        revoke_one(pool.call, by=pool.officer)
    return pool.members()
