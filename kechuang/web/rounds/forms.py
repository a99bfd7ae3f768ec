"""Forms of the organiser's pages. They read what was typed; what it means is decided by the actions."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base import clock
from kechuang.base.names import listed
from kechuang.engine.enums import ExpertKind
from kechuang.engine.models import Reviewer
from kechuang.engine.reviews.actions import Hours, Post
from kechuang.engine.reviews.models import Affiliation
from kechuang.orgs.enums import Stage
from kechuang.orgs.models import Org
from kechuang.web.rounds.pages import discipline_names


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def moment(label: Any, **words: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, widget=MomentInput, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **words
    )


def org_named(text: str) -> Org:
    """The organisation somebody means: by code, by whole name, or by the one name that contains the words."""
    text = text.strip()
    found = list(Org.objects.current().filter(Q(code=text) | Q(name=text) | Q(short_name=text))[:2])
    found = found if len(found) == 1 else list(Org.objects.current().filter(name__icontains=text).order_by("name")[:6])
    if not found:
        raise forms.ValidationError(
            _("平台上没有名称含“%(text)s”的单位；不是学校、高校、科研院所等平台上的单位时，不必登记任职。")
            % {"text": text}
        )
    if len(found) > 1:
        names = listed(org.name for org in found[:5])
        raise forms.ValidationError(
            _("名称含“%(text)s”的单位不止一个：%(names)s。请写全称。") % {"text": text, "names": names}
        )
    return found[0]


class PostForm(forms.Form):
    """One employer or sponsor of an expert, by name."""

    org = forms.CharField(
        label=_l("单位"), max_length=120, required=False, help_text=_l("学校、高校、科研院所等的全称或代码。")
    )
    kind = forms.ChoiceField(label=_l("关系"), choices=Affiliation.Kind.choices, required=False)
    since = forms.DateField(label=_l("从"), required=False, widget=DateInput)
    until = forms.DateField(label=_l("到"), required=False, widget=DateInput, help_text=_l("留空表示至今。"))

    def clean_org(self) -> Org | None:
        text = self.cleaned_data["org"]
        return org_named(text) if text.strip() else None

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", _("结束日期早于开始日期，请核对。"))
        if (since or until) and not found.get("org") and "org" not in self.errors:
            self.add_error("org", _("请写明是哪个单位的任职，或清空这一行的日期。"))
        return found

    def post(self) -> Post | None:
        facts = self.cleaned_data
        if not facts.get("org") or facts.get("DELETE"):
            return None
        return Post(facts["org"], facts["kind"] or Affiliation.Kind.EMPLOYER, facts["since"], facts["until"])


PostFormSet = forms.formset_factory(PostForm, extra=1, can_delete=True, max_num=20)


def posts_of(formset: Any) -> list[Post]:
    """The posts of a valid formset, once each; the blank line at its end is nobody's employer."""
    found = [form.post() for form in formset.forms if form.has_changed() or form.initial]
    return list({(post.org.pk, post.kind): post for post in found if post}.values())


class ExpertForm(forms.Form):
    """The particulars of an expert."""

    fields_known = forms.MultipleChoiceField(
        label=_l("专业领域"), widget=forms.CheckboxSelectMultiple, help_text=_l("按专业领域分配作品，至少选一个。")
    )
    stages = forms.MultipleChoiceField(
        label=_l("熟悉的学段"), widget=forms.CheckboxSelectMultiple, choices=Stage.choices, required=False
    )
    employer_name = forms.CharField(label=_l("工作单位"), max_length=200, required=False)
    title = forms.CharField(label=_l("职称"), max_length=80, required=False)
    kind = forms.ChoiceField(
        label=_l("专家类别"), choices=(("", _l("未填")), *ExpertKind.choices), required=False,
        help_text=_l("通知可以要求每件作品都有某一类专家，如教研员和工程师各一位。"),
    )  # fmt: skip
    max_load = forms.IntegerField(
        label=_l("最大评审量"), min_value=1, max_value=500, initial=40, help_text=_l("一轮最多评几件。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields_known"].choices = list(discipline_names().items())

    @property
    def particulars(self) -> dict[str, Any]:
        facts = self.cleaned_data
        return {
            "fields": facts["fields_known"], "stages": facts["stages"], "employer_name": facts["employer_name"], "title": facts["title"],
            "kind": facts["kind"],
            "max_load": facts["max_load"],
        }  # fmt: skip


class NewcomerForm(forms.Form):
    name = forms.CharField(label=_l("姓名"), max_length=60)
    username = forms.CharField(
        label=_l("登录名"), max_length=60, help_text=_l("字母、数字，全平台唯一；初始密码在“人员”中发放。")
    )
    email = forms.EmailField(label=_l("电子邮箱"), required=False, help_text=_l("用来收邀请和催办。"))


class OpenForm(forms.Form):
    opens_at = moment(_l("评审开始"), required=False, help_text=_l("留空则按通知中的日程。"))
    closes_at = moment(_l("评审截止"), required=False, help_text=_l("留空则按通知中的日程。"))


class TimesForm(forms.Form):
    closes_at = moment(_l("新的截止时间"), help_text=_l("须晚于现在。"))


class ConflictForm(forms.Form):
    reviewer = forms.ModelChoiceField(Reviewer.objects.none(), label=_l("专家"), empty_label=_l("请选择"))
    entry = forms.CharField(
        label=_l("评审编号"), max_length=20, help_text=_l("例如 E-0042，在“分配”页可以按学校或作品名查到。")
    )
    kind = forms.ChoiceField(label=_l("类别"))
    reason = forms.CharField(label=_l("事由"), widget=forms.Textarea(attrs={"rows": 2}), max_length=400)


class AddAssignmentForm(forms.Form):
    reviewer = forms.ModelChoiceField(Reviewer.objects.none(), label=_l("专家"), empty_label=_l("请选择"))
    reason = forms.CharField(label=_l("理由"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class PanelForm(forms.Form):
    name = forms.CharField(label=_l("专家组"), max_length=80, help_text=_l("例如：物质科学组。"))
    room = forms.CharField(label=_l("地点"), max_length=120, help_text=_l("例如：B 栋 203 室。"))
    reviewers = forms.ModelMultipleChoiceField(
        Reviewer.objects.none(), label=_l("专家"), widget=forms.CheckboxSelectMultiple
    )
    disciplines = forms.MultipleChoiceField(
        label=_l("负责的学科"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_l("不选表示接受没有指定专家组的学科。"),
    )
    away = forms.CharField(
        label=_l("不能开会的时段"), widget=forms.Textarea(attrs={"rows": 2}), required=False,
        help_text=_l("专家不能到场或场地不能用的时段，每行一段，例如 2026-12-05 13:30-15:00。"),
    )  # fmt: skip

    def clean_away(self) -> list[tuple[datetime, datetime]]:
        lines = [line.strip() for line in self.cleaned_data["away"].splitlines() if line.strip()]
        return [span_of(line) for line in lines]

    def __init__(self, *args: Any, reviewers: Any, disciplines: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewers"].queryset = reviewers
        self.fields["reviewers"].label_from_instance = lambda row: (
            f"{row.person.name} · {row.employer_name}" if row.employer_name else row.person.name
        )
        self.fields["disciplines"].choices = list(disciplines)


def span_of(line: str) -> tuple[datetime, datetime]:
    """A day with two times, as people write it."""
    found = re.fullmatch(
        r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\s+(\d{1,2}):(\d{2})\s*[-–—~\u81f3]\s*(\d{1,2}):(\d{2})", line
    )
    try:
        year, month, day, *times = map(int, found.groups() if found else ())
        zone = timezone.get_current_timezone()
        start, end = (datetime(year, month, day, *clock, tzinfo=zone) for clock in (times[:2], times[2:]))
    except ValueError:
        raise forms.ValidationError(_("看不懂“%(line)s”，请写成 2026-12-05 13:30-15:00。") % {"line": line}) from None
    if start >= end:
        raise forms.ValidationError(_("看不懂“%(line)s”，请写成 2026-12-05 13:30-15:00。") % {"line": line})
    return start, end


def span_words(away: Iterable[Sequence[str]]) -> str:
    spans = [[clock.local(datetime.fromisoformat(at)) for at in span] for span in away]
    return "\n".join(f"{start:%Y-%m-%d %H:%M}-{end:%H:%M}" for start, end in spans)


class BuildForm(forms.Form):
    """When the defence begins, how long each takes, and the hours of a day."""

    day = forms.DateField(label=_l("第一天"), widget=DateInput)
    opens = forms.TimeField(label=_l("每天开始"), widget=TimeInput, initial=time(9))
    closes = forms.TimeField(label=_l("每天结束"), widget=TimeInput, initial=time(17, 30))
    lunch_from = forms.TimeField(label=_l("午休开始"), widget=TimeInput, initial=time(12))
    lunch_until = forms.TimeField(label=_l("午休结束"), widget=TimeInput, initial=time(13, 30))
    minutes = forms.IntegerField(label=_l("每件时长（分钟）"), min_value=3, max_value=120)
    buffer = forms.IntegerField(label=_l("两件之间（分钟）"), min_value=0, max_value=60, initial=0)
    far_districts = forms.MultipleChoiceField(
        label=_l("路远的区"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_l("这些区的作品尽量排在一天中较晚的时间。"),
    )

    def __init__(self, *args: Any, districts: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        initial = kwargs.get("initial") or {}
        initial["far_districts"] = initial.pop("far", [])
        super().__init__(*args, **kwargs)
        self.fields["far_districts"].choices = [(str(pk), name) for pk, name in districts]

    @property
    def far(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["far_districts"]]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("opens") and found.get("closes") and found["closes"] <= found["opens"]:
            self.add_error("closes", _("每天结束的时间应晚于开始的时间。"))
        if found.get("lunch_from") and found.get("lunch_until") and found["lunch_until"] < found["lunch_from"]:
            self.add_error("lunch_until", _("午休结束的时间应晚于开始的时间。"))
        return found

    @property
    def start(self) -> datetime:
        day: date = self.cleaned_data["day"]
        return timezone.make_aware(datetime.combine(day, self.cleaned_data["opens"]))

    @property
    def hours(self) -> Hours:
        facts = self.cleaned_data
        lunch = (_hour(facts["lunch_from"]), _hour(facts["lunch_until"]))
        return Hours(_hour(facts["opens"]), _hour(facts["closes"]), lunch, facts["buffer"])


def _hour(at: time) -> float:
    return at.hour + at.minute / 60


class SlotForm(forms.Form):
    panel = forms.ModelChoiceField(None, label=_l("专家组"), empty_label=None)
    starts_at = moment(_l("开始时间"))
