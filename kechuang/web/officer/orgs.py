"""The organisation tree: finding, entering, and every change with its day and reason, so that past years still add up."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base.errors import Refused
from kechuang.orgs.actions import close_org, create_org, edit_org, merge_orgs, move_org, rename_org, split_org
from kechuang.orgs.enums import OrgKind, Ownership, PartnerKind, SchoolKind
from kechuang.orgs.models import Membership, Org, OrgEvent
from kechuang.orgs.queries import predecessors, successors
from kechuang.orgs.rules import PARENTS
from kechuang.web.officer.builder.widgets import DateInput, Lines
from kechuang.web.officer.pages import OfficePage, taken

PER_PAGE = 100
DEPTHS = ("depth-0", "depth-1", "depth-2", "depth-3")


class Orgs(OfficePage):
    """The tree as a list in its order; a search shows where each find hangs."""

    permission = "org.view"
    template = "officer/orgs.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = {name: request.GET.get(name, "").strip() for name in ("q", "kind", "under", "closed")}
        pages = Paginator(self.rows(wanted), PER_PAGE)
        page = pages.get_page(request.GET.get("page"))
        shortest = min((len(path.strip("/").split("/")) for path in self.actor.paths(self.permission)), default=1)
        return self.render(
            page=page, total=pages.count, wanted=wanted, kinds=OrgKind.choices, may_edit=bool(self.actor.paths("org.edit")),
            rows=[{"org": org, "shape": DEPTHS[max(0, min(3, len(org.ancestor_ids) + 1 - shortest))]} for org in page.object_list], districts=self.districts(),
        )  # fmt: skip

    def rows(self, wanted: dict[str, str]) -> QuerySet[Org]:
        rows = Org.objects.visible_to(self.actor).select_related("parent").annotate(people=current_people())
        if not wanted["closed"]:
            rows = rows.current()
        if wanted["kind"] in OrgKind.values:
            rows = rows.filter(kind=wanted["kind"])
        if wanted["under"].isdecimal():
            rows = rows.filter(path__contains=f"/{wanted['under']}/")
        for word in wanted["q"].split():
            rows = rows.filter(
                Q(name__icontains=word) | Q(short_name__icontains=word) | Q(code=word) | Q(school_code=word)
            )
        return rows.order_by("path")

    def districts(self) -> list[Org]:
        return list(Org.objects.visible_to(self.actor).filter(kind=OrgKind.DISTRICT).current().order_by("path"))


def current_people() -> Count:
    open_now = Q(memberships__ended_at__isnull=True, memberships__until__isnull=True)
    return Count("memberships__person", filter=open_now, distinct=True)


class FactsForm(forms.Form):
    """Facts without a history of their own; which of them make sense follows from the kind."""

    short_name = forms.CharField(label=_l("简称"), max_length=40, required=False)
    name_en = forms.CharField(label=_l("英文名称"), max_length=200, required=False)
    school_kind = forms.ChoiceField(label=_l("学校类型"), choices=[("", "—"), *SchoolKind.choices], required=False)
    ownership = forms.ChoiceField(label=_l("办学性质"), choices=[("", "—"), *Ownership.choices], required=False)
    school_code = forms.CharField(
        label=_l("学校标识码"), max_length=10, required=False, help_text=_l("10 位；更名不变，类型变更才换码。")
    )
    partner_kind = forms.ChoiceField(
        label=_l("合作单位类型"), choices=[("", "—"), *PartnerKind.choices], required=False
    )
    uscc = forms.CharField(label=_l("统一社会信用代码"), max_length=18, required=False)
    gb2260 = forms.CharField(label=_l("行政区划代码"), max_length=6, required=False)

    ONLY_FOR = {
        "school_kind": (OrgKind.SCHOOL,), "ownership": (OrgKind.SCHOOL, OrgKind.CAMPUS), "school_code": (OrgKind.SCHOOL,),
        "partner_kind": (OrgKind.PARTNER,), "gb2260": (OrgKind.CITY, OrgKind.DISTRICT),
    }  # fmt: skip

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kinds in self.ONLY_FOR.items():
            if kind not in kinds:
                del self.fields[name]


class NewOrgForm(FactsForm):
    name = forms.CharField(label=_l("名称"), max_length=120)
    code = forms.CharField(label=_l("平台代码"), max_length=32, help_text=_l("不能重复；学校可用学校标识码。"))
    opened_on = forms.DateField(label=_l("设立日期"), required=False, widget=DateInput)

    field_order = ("name", "code", "opened_on")


class OrgNew(OfficePage):
    permission = "org.edit"
    template = "officer/org_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        kind = self.kind()
        return self.show(NewOrgForm(kind), self.parent(), kind)

    def show(self, form: FactsForm, parent: Org, kind: str, status: int = 200) -> HttpResponse:
        kinds = [(k.value, k.label) for k in OrgKind if parent.kind in PARENTS[k]]
        return self.render(status=status, form=form, parent=parent, kind=kind, kinds=kinds)

    def kind(self) -> str:
        """What may hang under this parent: a school where that is possible."""
        possible = [str(k) for k in OrgKind if self.parent().kind in PARENTS[k]]
        given = self.request.GET.get("kind", OrgKind.SCHOOL)
        return given if given in possible or not possible else possible[0]

    def parent(self) -> Org:
        code = self.request.GET.get("under", "")
        mine: list[Org] = self.actor.orgs_for(self.permission)
        found: Org = self.find(Org.objects.visible_to(self.actor, self.permission), code=code) if code else mine[0]
        return found

    def post(self, request: HttpRequest) -> HttpResponse:
        parent, kind = self.parent(), self.kind()
        form = NewOrgForm(kind, request.POST)
        org = taken(form, lambda: create_org(kind=kind, parent=parent, by=self.actor, **form.cleaned_data))
        if org is None:
            return self.show(form, parent, kind, status=422)
        return self.done(_("已登记“%(org)s”。") % {"org": org}, "org", org.code)


class ChangeForm(forms.Form):
    on = forms.DateField(
        label=_l("生效日期"), widget=DateInput, required=False, help_text=_l("留空表示今天；不能晚于今天。")
    )
    reason = forms.CharField(label=_l("依据"), max_length=500, help_text=_l("例如：批复文号"))


class RenameForm(ChangeForm):
    name = forms.CharField(label=_l("新名称"), max_length=120)
    field_order = ("name",)


class OtherOrgForm(ChangeForm):
    code = forms.CharField(label=_l("对方机构的平台代码"), max_length=32)
    field_order = ("code",)


class SplitForm(ChangeForm):
    codes = Lines(label=_l("分立后的机构代码"), help_text=_l("每行一个，须先登记；第一个承接学生和历史数据。"))
    closes = forms.BooleanField(label=_l("原机构同时撤销"), required=False, initial=True)
    field_order = ("codes", "closes")


CHANGES: dict[str, tuple[Any, type[ChangeForm]]] = {
    "rename": (_l("更名"), RenameForm),
    "move": (_l("划转到另一上级机构"), OtherOrgForm),
    "merge": (_l("并入另一机构"), OtherOrgForm),
    "split": (_l("分立"), SplitForm),
    "close": (_l("撤销"), ChangeForm),
}


class OrgPage(OfficePage):
    permission = "org.view"
    template = "officer/org.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        org = self.org(code)
        history = OrgEvent.objects.filter(Q(org=org) | Q(successor=org)).select_related(
            "org", "successor", "old_parent", "new_parent", "by"
        )
        people = (
            Membership.objects.current()
            .filter(org=org)
            .order_by()
            .values("role")
            .annotate(n=Count("pk"))
            .order_by("role")
        )
        return self.render(
            org=org, facts=facts_of(org), may_edit=self.actor.can("org.edit", org), changes=[(name, label) for name, (label, _f) in CHANGES.items()],
            children=list(Org.objects.filter(parent=org).current().annotate(people=current_people()).order_by("kind", "name")[:300]),
            history=history.order_by(F("on").desc(), "-pk"), people=[(Membership(role=row["role"]).get_role_display(), row["n"]) for row in people],
            after=[] if org.is_open else successors(org), before=predecessors(org), sees_people=self.actor.can("person.view", org),
        )  # fmt: skip

    def org(self, code: str) -> Org:
        found: Org = self.find(Org.objects.visible_to(self.actor).select_related("parent", "group"), code=code)
        return found


def facts_of(org: Org) -> list[tuple[Any, Any]]:
    pairs = [
        (_("机构类型"), org.get_kind_display()), (_("平台代码"), org.code), (_("上级机构"), org.parent), (_("简称"), org.short_name),
        (_("学校类型"), org.get_school_kind_display()), (_("办学性质"), org.get_ownership_display()), (_("学校标识码"), org.school_code),
        (_("教育集团"), org.group), (_("合作单位类型"), org.get_partner_kind_display()), (_("统一社会信用代码"), org.uscc),
        (_("行政区划代码"), org.gb2260), (_("设立日期"), org.opened_on), (_("撤销日期"), org.closed_on),
    ]  # fmt: skip
    return [(label, value) for label, value in pairs if value]


class OrgEdit(OrgPage):
    permission = "org.edit"
    template = "officer/org_edit.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        org = self.org(code)
        self.demand("org.edit", org)
        return self.render(
            org=org, form=FactsForm(org.kind, initial={name: getattr(org, name) for name in FactsForm.base_fields})
        )

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        org = self.org(code)
        self.demand("org.edit", org)
        form = FactsForm(org.kind, request.POST)
        if taken(form, lambda: edit_org(org, by=self.actor, **form.cleaned_data)) is None:
            return self.render(status=422, org=org, form=form)
        return self.done(_("已保存。"), "org", org.code)


class OrgChange(OrgPage):
    """One change of the tree, with its day and its reason."""

    permission = "org.edit"
    template = "officer/org_change.html"

    def get(self, request: HttpRequest, code: str, change: str) -> HttpResponse:
        return self.show(self.own(code), change, self.form(change)())

    def own(self, code: str) -> Org:
        org = self.org(code)
        self.demand("org.edit", org)
        return org

    def form(self, change: str) -> type[ChangeForm]:
        if change not in CHANGES:
            raise Refused(_("没有这项变更。"))
        return CHANGES[change][1]

    def show(self, org: Org, change: str, form: forms.Form, status: int = 200) -> HttpResponse:
        return self.render(status=status, org=org, change=change, title=CHANGES[change][0], form=form)

    def post(self, request: HttpRequest, code: str, change: str) -> HttpResponse:
        org = self.own(code)
        form = self.form(change)(request.POST)
        result = taken(form, lambda: self.carry_out(org, change, form.cleaned_data))
        if result is None:
            return self.show(org, change, form, status=422)
        return self.done(_("已登记变更，历史数据保持可比。"), "org", result.code)

    def carry_out(self, org: Org, change: str, given: dict[str, Any]) -> Org:
        how = {"by": self.actor, "on": given["on"], "reason": given["reason"]}
        changed: Org = getattr(self, change)(org, given, how)
        return changed

    def rename(self, org: Org, given: dict[str, Any], how: dict[str, Any]) -> Org:
        return rename_org(org, given["name"], **how)

    def move(self, org: Org, given: dict[str, Any], how: dict[str, Any]) -> Org:
        return move_org(org, self.other(given["code"]), **how)

    def merge(self, org: Org, given: dict[str, Any], how: dict[str, Any]) -> Org:
        return merge_orgs([org], self.other(given["code"]), **how)

    def split(self, org: Org, given: dict[str, Any], how: dict[str, Any]) -> Org:
        split_org(org, [self.other(code) for code in given["codes"]], closes=given["closes"], **how)
        return org

    def close(self, org: Org, given: dict[str, Any], how: dict[str, Any]) -> Org:
        return close_org(org, **how)

    def other(self, code: str) -> Org:
        org = Org.objects.visible_to(self.actor, "org.edit").filter(code=code.strip()).first()
        if org is None:
            raise Refused(_("在您的管辖范围内没有代码为“%(code)s”的机构。") % {"code": code})
        return org
