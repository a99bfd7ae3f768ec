"""What teachers and authors fill in about a case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kechuang.base import clock
from kechuang.engine.catalogue.actions import teaching_orgs
from kechuang.engine.catalogue.models import Case, CaseVersion
from kechuang.engine.catalogue.rules import STARS
from kechuang.engine.programme.publishing import CataloguePlan
from kechuang.orgs.actor import Actor
from kechuang.web.officer.builder.widgets import DateInput

LONGEST = 6000


class AdoptForm(forms.Form):
    org = forms.ChoiceField(label=_("学校"))
    class_name = forms.CharField(label=_("班级"), max_length=60, help_text=_("例如：五（2）班"))
    begins_on = forms.DateField(label=_("开课日期"), widget=DateInput)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.orgs = {str(org.pk): org for org in teaching_orgs(actor)}
        self.fields["org"].choices = [(pk, org.name) for pk, org in self.orgs.items()]  # type: ignore[attr-defined]
        self.fields["begins_on"].initial = clock.today()


class StoryForm(forms.Form):
    story = forms.CharField(
        label=_("上得怎么样"), widget=forms.Textarea({"rows": 4}), max_length=2000,
        help_text=_("用了几课时、改了什么、学生做出了什么。同行和作者会看到学校，看不到您的姓名；请不要写学生姓名。"),
    )  # fmt: skip


class RateForm(forms.Form):
    stars = forms.TypedChoiceField(
        label=_("评分"), coerce=int, choices=[(n, "★" * n) for n in reversed(STARS)], widget=forms.RadioSelect
    )
    words = forms.CharField(label=_("一句话评价"), required=False, max_length=300)


class VersionForm(forms.Form):
    """The long answers of the last version to write on, its files to keep, a few new ones."""

    news = forms.CharField(label=_("这一版改了什么"), max_length=300)

    def __init__(self, version: CaseVersion, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = [part for part in version.content if part["kind"] == "long_text"]
        for part in self.parts:
            self.fields[f"text-{part['code']}"] = forms.CharField(
                label=_(part["label"]), initial=part["value"], max_length=LONGEST, widget=forms.Textarea({"rows": 6})
            )
        files = [(str(file.pk), _(file.label)) for file in version.files.all()]
        self.fields["keep"] = forms.MultipleChoiceField(
            label=_("保留的材料"), choices=files, initial=[pk for pk, _label in files], required=False,
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        self.fields["added"] = forms.FileField(
            label=_("新增一份材料"), required=False, help_text=_("PDF、Word、PowerPoint、Excel 或图片，不超过 30 MB")
        )

    def texts(self) -> dict[str, str]:
        return {part["code"]: self.cleaned_data[f"text-{part['code']}"] for part in self.parts}


class LicenceForm(forms.Form):
    """Only what is wider than now can be chosen."""

    licence = forms.ChoiceField(label=_("改为"))

    def __init__(self, case: Case, plan: CataloguePlan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = [one.code for one in plan.licences]
        wider = plan.licences[: order.index(case.licence)] if case.licence in order else ()
        self.fields["licence"].choices = [(one.code, _(one.name)) for one in wider]  # type: ignore[attr-defined]
