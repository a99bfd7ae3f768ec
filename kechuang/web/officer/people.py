"""People within an office's scope: finding them, their roles, their accounts and, for a reason that is logged, their identifiers."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from kechuang.base.errors import Refused
from kechuang.orgs import looking
from kechuang.orgs.actions import (
    confirm_guardian,
    create_person,
    create_pupil,
    end_guardianship,
    end_membership,
    give_class,
    grant_membership,
    invite_guardian,
    issue_password,
    lift_lockout,
    look_as,
    look_at_identifiers,
    open_account,
    reset_pin,
    reset_second_factor,
    revoke_invitations,
    sign_out_everywhere,
    take_class,
    update_pupil,
)
from kechuang.orgs.actions.guardians import open_invitations
from kechuang.orgs.actions.links import invite_link
from kechuang.orgs.actor import Actor, may_hand_out
from kechuang.orgs.enums import ConsentPurpose, Grade, GuardianRelation, Role
from kechuang.orgs.models import ClassCharge, Guardianship, Membership, Org, Person
from kechuang.orgs.queries import consents_of
from kechuang.orgs.rules import LOOK_MINUTES, may_be_looked_as
from kechuang.orgs.scoping import under
from kechuang.orgs.signin.adapters import factors_of
from kechuang.orgs.signin.lockout import locked_anywhere
from kechuang.orgs.signin.pictures import shown
from kechuang.web.account.elsewhere import doors
from kechuang.web.officer.builder.widgets import DateInput
from kechuang.web.officer.pages import OfficePage, taken

PER_PAGE = 50
STAFF_ROLES = [role for role in Role if role not in {Role.PUPIL, Role.GUARDIAN}]


def people_of(actor: Actor) -> QuerySet[Person]:
    """The people of the office's subtree (never one's own family by this way)."""
    held = Membership.objects.current().filter(under("org__path", actor.paths("person.view")), person=OuterRef("pk"))
    return Person.objects.filter(Exists(held))


def with_roles(people: QuerySet[Person]) -> QuerySet[Person]:
    current = Membership.objects.current().select_related("org").order_by("pk")
    return people.select_related("user", "pupil__school").prefetch_related(
        Prefetch("memberships", current, to_attr="roles_now")
    )


def searched(people: QuerySet[Person], wanted: dict[str, Any]) -> QuerySet[Person]:
    """By words in name, sign-in name or number; by role, school, grade and class."""
    for word in str(wanted.get("q", "")).split():
        people = people.filter(
            Q(name__icontains=word) | Q(user__username__iexact=word) | Q(public_id=word) | Q(staff_number=word)
        )
    if wanted.get("role") in Role.values:
        people = people.filter(Exists(Membership.objects.current().filter(person=OuterRef("pk"), role=wanted["role"])))
    if str(wanted.get("school", "")).isdecimal():
        people = people.filter(
            Exists(Membership.objects.current().filter(person=OuterRef("pk"), org=int(wanted["school"])))
        )
    if str(wanted.get("grade", "")).isdecimal():
        people = people.filter(pupil__grade=int(wanted["grade"]))
    if wanted.get("class"):
        people = people.filter(pupil__class_name=wanted["class"])
    if wanted.get("unconfirmed"):
        people = people.filter(
            Exists(Guardianship.objects.filter(pupil=OuterRef("pk"), confirmed_at__isnull=True, ended_at__isnull=True))
        )
    return people


def keeps_accounts(actor: Actor) -> bool:
    """Sign-in names are for those who hand them out; a teacher finds pupils by name and class."""
    return bool(actor.paths("roster.upload") or actor.paths("membership.grant"))


class People(OfficePage):
    permission = "person.view"
    template = "officer/people.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = {
            name: request.GET.get(name, "").strip() for name in ("q", "role", "school", "grade", "class", "unconfirmed")
        }
        pages = Paginator(with_roles(searched(people_of(self.actor), wanted)).order_by("name", "pk"), PER_PAGE)
        page = pages.get_page(request.GET.get("page"))
        return self.render(
            page=page, total=pages.count, wanted=wanted, roles=Role.choices, grades=Grade.choices, chips=self.chips(wanted),
            keeps_accounts=keeps_accounts(self.actor),
            may_add=bool(self.actor.paths("membership.grant")), may_add_pupil=bool(self.actor.paths("roster.upload")),
            may_decide_support=bool(self.actor.paths("support.approve")),
        )  # fmt: skip

    def chips(self, wanted: dict[str, str]) -> list[dict[str, str]]:
        words = {"q": wanted["q"], "class": wanted["class"], "unconfirmed": _("监护关系待确认")}
        words["role"] = str(dict(Role.choices).get(wanted["role"], ""))
        words["grade"] = str(dict(Grade.choices).get(int(wanted["grade"]), "")) if wanted["grade"].isdecimal() else ""
        words["school"] = _("指定机构")
        found = []
        for name, value in wanted.items():
            if value and words.get(name):
                rest = self.request.GET.copy()
                rest.pop(name, None)
                rest.pop("page", None)
                found.append({"label": words[name], "url": f"?{rest.urlencode()}"})
        return found


class GrantForm(forms.Form):
    org_code = forms.CharField(
        label=_l("机构代码"), max_length=32, help_text=_l("在“机构”中可以查到；默认是您自己的机构。")
    )
    role = forms.ChoiceField(label=_l("角色"), choices=[(role.value, role.label) for role in STAFF_ROLES])
    title = forms.CharField(label=_l("职务"), max_length=60, required=False)
    since = forms.DateField(label=_l("开始日期"), required=False, widget=DateInput, help_text=_l("留空表示今天。"))
    until = forms.DateField(
        label=_l("截止日期"), required=False, widget=DateInput, help_text=_l("留空表示长期；到期自动失效。")
    )

    def clean_org_code(self) -> Org:
        org = Org.objects.current().filter(code=self.cleaned_data["org_code"].strip()).first()
        if org is None:
            raise forms.ValidationError(
                _("没有代码为“%(code)s”的机构，请在“机构”中核对。") % {"code": self.cleaned_data["org_code"]}
            )
        return org


class PersonPage(OfficePage):
    """One person: roles, account, class, guardians and consents. Identifiers only on request."""

    permission = "person.view"
    template = "officer/person.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.show(self.person(public_id))

    def person(self, public_id: str) -> Person:
        found: Person = self.find(people_of(self.actor).select_related("user", "pupil__school"), public_id=public_id)
        return found

    def show(self, person: Person, status: int = 200, **extra: Any) -> HttpResponse:
        record = getattr(person, "pupil", None)
        inside = under("org__path", self.actor.paths("person.view"))
        roles = list(
            Membership.objects.filter(inside, person=person)
            .select_related("org", "granted_by")
            .order_by("ended_at", "pk")
        )
        guardians = (
            list(Guardianship.objects.filter(pupil=person, ended_at__isnull=True).select_related("guardian"))
            if record
            else []
        )
        keeps = record is not None and self.actor.can("roster.upload", record)
        home = self.actor.orgs_for("membership.grant")
        forms_here = {"grant": GrantForm(initial={"org_code": home[0].code if home else ""})}
        return self.render(
            keeps_accounts=keeps_accounts(self.actor),
            status=status, person=person, record=record, roles=roles, guardians=guardians, keeps=keeps, relations=GuardianRelation.choices,
            consents=[(ConsentPurpose(p).label, stands) for p, stands in consents_of(person).items()] if record else [],
            has_factor=person.user is not None and not record and factors_of(person.user).exists(),
            locked_until=locked_anywhere(person.user.username) if person.user else None,
            invitations=open_invitations(person).count() if keeps else 0,
            charges=list(ClassCharge.objects.current().filter(teacher=person)) if not record else [],
            charged_schools=[r.org for r in roles if r.is_current and r.role == Role.TEACHER and self.actor.can("roster.upload", r)],
            look_minutes=LOOK_MINUTES if self.may_look_as(person, roles) else (),
            may_link=bool(doors()),
            may_grant=bool(home), may_look=bool(self.actor.paths("person.see_identifiers")), grades=Grade.choices,
            may_open=[r for r in roles if r.is_current and self.actor.can("membership.grant", r) and r.role not in {Role.PUPIL, Role.GUARDIAN}],
            **(forms_here | extra),
        )  # fmt: skip

    def may_look_as(self, person: Person, roles: list[Membership]) -> bool:
        """Whether to offer it; the action looks again at everything the person holds."""
        current = [role for role in roles if role.is_current]
        if person.user is None or person == self.actor.person or not may_be_looked_as(role.role for role in current):
            return False
        return all(self.actor.can("person.look_as", m) and may_hand_out(self.actor, m.role, m.org) for m in current)

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        person = self.person(public_id)
        acts = {
            "grant": self.grant, "end": self.end, "pin": self.pin, "pictures": self.pictures, "give_class": self.give_class, "take_class": self.take_class, "revoke": self.revoke, "password": self.password, "account": self.account, "look": self.look,
            "link": self.link, "factor": self.factor, "devices": self.devices, "unlock": self.unlock, "look_as": self.look_as, "invite": self.invite, "confirm": self.confirm, "unbind": self.unbind, "class": self.move_class,
        }  # fmt: skip
        act = acts.get(request.POST.get("do", ""))
        if act is None:
            raise Refused(_("没有这项操作，请刷新页面后再试。"))
        return act(person)

    def again(self, person: Person, sentence: str) -> HttpResponse:
        return self.done(sentence, "person", person.public_id)

    def grant(self, person: Person) -> HttpResponse:
        form = GrantForm(self.request.POST)
        if taken(form, lambda: self.give(person, form.cleaned_data)) is None:
            return self.show(person, status=422, grant=form)
        return self.again(person, _("已授予角色。"))

    def give(self, person: Person, given: dict[str, Any]) -> Membership:
        facts = {name: given[name] for name in ("since", "until", "title")}
        return grant_membership(person, given["org_code"], given["role"], by=self.actor, **facts)

    def end(self, person: Person) -> HttpResponse:
        membership = self.find(self.roles_in_reach(person), pk=self.number("membership"))
        end_membership(membership, by=self.actor, reason=self.request.POST.get("reason", ""))
        return self.again(person, _("已结束该角色，立即生效。"))

    def roles_in_reach(self, person: Person) -> QuerySet[Membership]:
        return Membership.objects.filter(under("org__path", self.actor.paths("person.view")), person=person)

    def number(self, name: str) -> int:
        text = self.request.POST.get(name, "")
        return int(text) if text.isdecimal() else 0

    def pin(self, person: Person) -> HttpResponse:
        return self.show(
            person,
            once={"label": _("新口令"), "text": reset_pin(person, by=self.actor), "username": person.user.username},
        )

    def pictures(self, person: Person) -> HttpResponse:
        chosen = shown(reset_pin(person, by=self.actor, pictures=True))
        words = " → ".join(str(picture.word) for picture in chosen)
        return self.show(
            person,
            once={"label": _("新的图片口令"), "text": words, "username": person.user.username, "pictures": chosen},
        )

    def give_class(self, person: Person) -> HttpResponse:
        schools = {m.org_id: m.org for m in Membership.objects.current().filter(person=person, role=Role.TEACHER).select_related("org")}  # fmt: skip
        school = schools.get(self.number("school"))
        if school is None:
            raise Refused(_("请选择学校。"))
        class_name = self.request.POST.get("class_name", "").strip()[:20]
        give_class(person, school, self.number("grade"), class_name, by=self.actor)
        return self.again(person, _("已登记负责的班级，到学年结束为止。"))

    def take_class(self, person: Person) -> HttpResponse:
        take_class(self.find(ClassCharge.objects.filter(teacher=person), pk=self.number("charge")), by=self.actor)
        return self.again(person, _("已取消负责这个班级，立即生效。"))

    def revoke(self, person: Person) -> HttpResponse:
        n = revoke_invitations(person, by=self.actor)
        return self.again(person, _("没用过的监护人注册码已作废。") if n else _("没有还能用的注册码。"))

    def password(self, person: Person) -> HttpResponse:
        password = issue_password(person, by=self.actor, org=self.office_of(person))
        return self.show(
            person, once={"label": _("新密码（首次登录须修改）"), "text": password, "username": person.user.username}
        )

    def office_of(self, person: Person) -> Org:
        """The widest office of the actor in which the person works."""
        paths = [m.org.path for m in Membership.objects.current().filter(person=person).select_related("org")]
        fitting = [
            org for org in self.actor.orgs_for("membership.grant") if any(path.startswith(org.path) for path in paths)
        ]
        if not fitting:
            raise Refused(_("这个人不在您可以管理账号的机构里。"))
        return fitting[0]

    def account(self, person: Person) -> HttpResponse:
        username = self.request.POST.get("username", "").strip()
        if not username:
            raise Refused(_("请填写登录名。"))
        password = open_account(
            person,
            username,
            by=self.actor,
            org=self.office_of(person),
            email=self.request.POST.get("email", "").strip(),
        )
        return self.show(
            person, once={"label": _("首次登录密码（登录后须修改）"), "text": password, "username": username}
        )

    def link(self, person: Person) -> HttpResponse:
        code = invite_link(person, by=self.actor, org=self.office_of(person))
        return self.show(
            person, once={"label": _("统一身份绑定码（14 天内有效，只能用一次）"), "text": code, "username": ""}
        )

    def factor(self, person: Person) -> HttpResponse:
        reset_second_factor(
            person, by=self.actor, org=self.office_of(person), reason=self.request.POST.get("reason", "")
        )
        return self.again(person, _("两步验证已重置，本人下次登录时重新设置。"))

    def devices(self, person: Person) -> HttpResponse:
        n = sign_out_everywhere(person, by=self.actor, org=self.office_of(person))
        said = ngettext("已让 %(n)d 台设备退出登录。", "已让 %(n)d 台设备退出登录。", n) % {"n": n}
        return self.again(person, said if n else _("这个账号现在没有登录在任何设备上。"))

    def unlock(self, person: Person) -> HttpResponse:
        lifted = lift_lockout(person, by=self.actor)
        return self.again(person, _("已解除锁定，现在就可以再登录。") if lifted else _("这个账号没有被锁定。"))

    def look_as(self, person: Person) -> HttpResponse:
        look = look_as(
            person, reason=self.request.POST.get("reason", ""), minutes=self.number("minutes"), by=self.actor
        )
        self.request.session[looking.KEY] = look.pk
        return redirect("desk")

    def look(self, person: Person) -> HttpResponse:
        record = look_at_identifiers(person, reason=self.request.POST.get("reason", ""), by=self.actor)
        return self.show(person, identifiers=record)

    def invite(self, person: Person) -> HttpResponse:
        relation = self.request.POST.get("relation", "")
        if relation not in GuardianRelation.values:
            raise Refused(_("请选择监护人与学生的关系。"))
        code = invite_guardian(person, relation, by=self.actor)
        return self.show(
            person, once={"label": _("监护人注册码（60 天内有效，只能用一次）"), "text": code, "username": ""}
        )

    def confirm(self, person: Person) -> HttpResponse:
        confirm_guardian(
            self.find(Guardianship.objects.filter(pupil=person), pk=self.number("guardianship")), by=self.actor
        )
        return self.again(person, _("已确认监护关系。"))

    def unbind(self, person: Person) -> HttpResponse:
        bound = self.find(Guardianship.objects.filter(pupil=person), pk=self.number("guardianship"))
        if not self.request.POST.get("reason", "").strip():
            raise Refused(_("请写明解除监护关系的理由。"))
        end_guardianship(bound, by=self.actor, reason=self.request.POST["reason"])
        return self.again(person, _("已解除监护关系，以前的答复仍保留。"))

    def move_class(self, person: Person) -> HttpResponse:
        grade = self.number("grade")
        update_pupil(
            person, by=self.actor, grade=grade, class_name=self.request.POST.get("class_name", "").strip()[:20]
        )
        return self.again(person, _("已更新年级和班级。"))


class NewPersonForm(forms.Form):
    kind = forms.ChoiceField(
        label=_l("身份"),
        choices=(("staff", _l("教师或管理人员")), ("pupil", _l("学生"))),
        widget=forms.RadioSelect,
        initial="staff",
    )
    name = forms.CharField(label=_l("姓名"), max_length=60)
    org_code = forms.CharField(label=_l("所在机构代码"), max_length=32)
    role = forms.ChoiceField(
        label=_l("角色（教师或管理人员）"), choices=[(role.value, role.label) for role in STAFF_ROLES], required=False
    )
    username = forms.CharField(
        label=_l("登录名（教师或管理人员）"),
        max_length=64,
        required=False,
        help_text=_l("留空则暂不开账号。学生的登录码由系统生成。"),
    )
    email = forms.EmailField(label=_l("电子邮箱"), required=False)
    grade = forms.TypedChoiceField(
        label=_l("年级（学生）"),
        choices=[("", _l("请选择")), *Grade.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    class_name = forms.CharField(label=_l("班级（学生）"), max_length=20, required=False)
    birth_on = forms.DateField(
        label=_l("出生日期（学生）"),
        required=False,
        widget=DateInput,
        help_text=_l("未满 14 周岁的，参赛须由监护人同意。"),
    )

    def clean_org_code(self) -> Org:
        return GrantForm.clean_org_code(self)  # type: ignore[arg-type]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == "pupil" and not cleaned.get("grade"):
            self.add_error("grade", _("请选择学生的年级。"))
        return cleaned


class PersonNew(OfficePage):
    permission = "membership.grant"
    template = "officer/person_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        home = self.actor.orgs_for(self.permission)
        return self.render(form=NewPersonForm(initial={"org_code": home[0].code, "role": Role.TEACHER}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewPersonForm(request.POST)
        person = taken(form, lambda: self.create(form.cleaned_data))
        if person is None:
            return self.render(status=422, form=form)
        return self.done(_("已登记 %(name)s。") % {"name": person.name}, "person", person.public_id)

    def create(self, given: dict[str, Any]) -> Person:
        return self.pupil(given) if given["kind"] == "pupil" else self.staff(given)

    def pupil(self, given: dict[str, Any]) -> Person:
        return create_pupil(
            name=given["name"],
            school=given["org_code"],
            grade=given["grade"],
            class_name=given["class_name"],
            birth_on=given["birth_on"],
            by=self.actor,
        )

    def staff(self, given: dict[str, Any]) -> Person:
        with transaction.atomic():
            person = create_person(name=given["name"], by=self.actor, org=given["org_code"])
            grant_membership(person, given["org_code"], given["role"], by=self.actor)
            if given["username"]:
                open_account(person, given["username"], by=self.actor, org=given["org_code"], email=given["email"])
        return person
