"""What is typed about a visit, a card and a vetting; what it means is decided by the actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.engine.enums import TagKind, VettingResult
from kechuang.engine.programme.declaration import Programme
from kechuang.engine.visits.actions import Invitation
from kechuang.engine.visits.models import PoolMember
from kechuang.engine.visits.queries import choices_of, staff_of
from kechuang.orgs.models import Org, Person
from kechuang.web.rounds.forms import DateInput, moment


class InviteForm(forms.Form):
    """An invitation in the name of one of the actor's schools."""

    org = forms.ChoiceField(label=_l("以哪所学校的名义"))
    kind = forms.ChoiceField(label=_l("邀请事项"))
    topic = forms.CharField(label=_l("主题"), max_length=120)
    audience = forms.CharField(
        label=_l("班级或对象"), max_length=120, help_text=_l("例如：初二（3）班，或全体科创教师。")
    )
    people = forms.IntegerField(label=_l("预计人数"), min_value=1, max_value=5000, initial=40)
    place = forms.CharField(label=_l("地点"), max_length=120)
    starts_at = moment(_l("开始时间"))
    minutes = forms.IntegerField(label=_l("时长（分钟）"), min_value=20, max_value=480, initial=40)
    teacher = forms.ChoiceField(
        label=_l("全程陪同的教职工"), help_text=_l("必须指定。活动后由另一位教职工确认到校情况。")
    )
    message = forms.CharField(
        label=_l("想对对方说的话"), max_length=2000, required=False, widget=forms.Textarea({"rows": 4})
    )

    def __init__(self, *args: Any, plan: Programme, orgs: list[Org], me: Person | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert plan.pool is not None
        self.orgs = {str(org.pk): org for org in orgs}
        self.staff = {f"{org.pk}-{person.pk}": (org, person) for org in orgs for person in staff_of(org)}
        self._choose("kind", [(kind.code, _(kind.name)) for kind in plan.pool.kinds])
        self._choose("org", [(key, org.name) for key, org in self.orgs.items()])
        several = len(orgs) > 1
        names = [(key, f"{p.name}（{org.label}）" if several else p.name) for key, (org, p) in self.staff.items()]
        self._choose("teacher", [("", _("请选择")), *names])
        mine = [key for key, (_org, person) in self.staff.items() if me is not None and person.pk == me.pk]
        self.fields["teacher"].initial = mine[0] if mine else ""
        if not several:
            del self.fields["org"]

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        org, _person = self.staff.get(cleaned.get("teacher", ""), (None, None))
        if org is not None and org.pk != self.school.pk:
            self.add_error("teacher", _("陪同的教职工须是所选学校的。"))
        return cleaned

    @property
    def school(self) -> Org:
        return self.orgs.get(self.cleaned_data.get("org", "")) or next(iter(self.orgs.values()))

    def invitation(self) -> Invitation:
        given = {name: value for name, value in self.cleaned_data.items() if name not in {"org", "teacher"}}
        return Invitation(teacher=self.staff[self.cleaned_data["teacher"]][1], **given)

    field_order = ("kind", "topic", "org", "audience", "people", "place", "starts_at", "minutes", "teacher", "message")


class CardForm(forms.Form):
    """The owner's card: what schools find the owner by."""

    post = forms.CharField(label=_l("职务或职称"), max_length=120, required=False)
    about = forms.CharField(
        label=_l("能讲什么、做过什么"), max_length=2000, required=False, widget=forms.Textarea({"rows": 5})
    )
    is_paused = forms.BooleanField(
        label=_l("暂不接受邀请"), required=False, help_text=_l("勾选后学校暂时查不到您，随时可以恢复。")
    )

    def __init__(self, *args: Any, plan: Programme, member: PoolMember, **kwargs: Any) -> None:
        held = {kind: member.words(kind) for kind in TagKind.values}
        initial = {"post": member.post, "about": member.about, "is_paused": member.is_paused, **held}
        super().__init__(*args, initial=initial, **kwargs)
        for kind, texts in choices_of(plan).items():
            self.fields[kind] = forms.MultipleChoiceField(
                label=TagKind(kind).label,
                choices=[(text, _(text)) for text in texts],
                widget=forms.CheckboxSelectMultiple,
            )
        self.order_fields([*TagKind.values, "post", "about", "is_paused"])

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        tags = {kind: given[kind] for kind in TagKind.values}
        return {"post": given["post"], "about": given["about"], "is_paused": given["is_paused"], "tags": tags}


class VettingForm(forms.Form):
    """Result and day: nothing else is kept."""

    result = forms.ChoiceField(label=_l("查询结果"), choices=VettingResult.choices, widget=forms.RadioSelect)
    checked_on = forms.DateField(label=_l("查询日期"), widget=DateInput)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_l("理由"), max_length=2000, widget=forms.Textarea({"rows": 3}))


class RatingForm(forms.Form):
    rating = forms.TypedChoiceField(label=_l("评分"), coerce=int, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_l("评价"), max_length=2000, required=False, widget=forms.Textarea({"rows": 3}), help_text=_l("学生的反应、讲得是否清楚；对方会看到。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rating"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [
            (5, _("5 分 · 很好")), (4, _("4 分 · 好")), (3, _("3 分 · 一般")), (2, _("2 分 · 较差")), (1, _("1 分 · 差")),
        ]  # fmt: skip
