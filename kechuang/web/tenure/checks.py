"""Spot checks in the office: draw, see that the draw can be drawn again, record what was found."""

from datetime import date

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base import clock
from kechuang.base.errors import Refused
from kechuang.engine.enums import CheckResult
from kechuang.engine.tenure.actions import checks as actions
from kechuang.engine.tenure.models import Draw, SpotCheck
from kechuang.engine.tenure.queries.checks import checked_programmes, checks_seen, draws_seen
from kechuang.orgs.actor import Actor
from kechuang.web.views import Page

CHECK = "honour.check"


class DrawForm(forms.Form):
    programme = forms.ChoiceField(label=gettext_lazy("抽查的项目"))
    org = forms.ChoiceField(label=gettext_lazy("抽查单位"))
    title = forms.CharField(label=gettext_lazy("名称"), max_length=120, help_text=gettext_lazy("例如：2026 年秋季抽查"))
    percent = forms.IntegerField(
        label=gettext_lazy("抽查比例（%）"), min_value=1, max_value=100, initial=20,
        help_text=gettext_lazy("每个区、每个等级各按这个比例抽取，至少一个。"),
    )  # fmt: skip
    seed = forms.IntegerField(
        label=gettext_lazy("随机种子"), required=False, min_value=0, max_value=actions.LARGEST - 1,
        help_text=gettext_lazy("不填就由平台生成；可以填公开摇出的数字，让任何人都能核对。"),
    )  # fmt: skip

    def __init__(self, *args: object, actor: Actor, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.orgs = {str(org.pk): org for org in actor.orgs_for(CHECK)}
        self.fields["programme"].choices = [(code, _(plan.name)) for code, plan in checked_programmes().items()]  # type: ignore[attr-defined]
        self.fields["org"].choices = [(key, org.name) for key, org in self.orgs.items()]  # type: ignore[attr-defined]
        if len(self.orgs) == 1:
            self.fields["org"].initial = next(iter(self.orgs))


class SpotChecks(Page):
    """The draws of the office and of those below, and the form of a new one."""

    permission = CHECK
    template = "tenure/spot_checks.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(DrawForm(actor=self.actor))

    def shown(self, form: DrawForm) -> HttpResponse:
        names = {code: plan.name for code, plan in checked_programmes().items()}
        rows = [(row, names.get(row.programme_code, row.programme_code)) for row in draws_seen(self.actor)[:100]]
        return self.render(rows=rows, form=form, status=422 if form.errors else 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DrawForm(request.POST, actor=self.actor)
        if not form.is_valid():
            return self.shown(form)
        told = form.cleaned_data
        try:
            row = actions.draw_sample(
                told["programme"], form.orgs[told["org"]], share=told["percent"] / 100, seed=told["seed"], title=told["title"], by=self.actor
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return self.shown(form)
        return self.done(_("已抽取。名单、比例和随机种子已存档。"), "spot_draw", row.public_id)


class SpotDraw(Page):
    """One draw: whom it drew, what came of it, and whether it comes out the same again."""

    permission = CHECK
    template = "tenure/spot_draw.html"

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        row: Draw = self.find(draws_seen(self.actor), public_id=public_id)
        checks = list(checks_seen(self.actor).filter(draw=row).order_by("honour__number"))
        drawn = sorted(row.checks.values_list("honour__number", flat=True))
        plan = checked_programmes().get(row.programme_code)
        return self.render(draw=row, checks=checks, is_same=row.again == drawn, programme=plan, pool=len(row.pool))


class SpotCheckPage(Page):
    """The record of one check; a bad result leads on to warning or rectification."""

    permission = CHECK
    template = "tenure/spot_check.html"

    def at(self, public_id: str, pk: int) -> SpotCheck:
        check: SpotCheck = self.find(checks_seen(self.actor).filter(draw__public_id=public_id), pk=pk)
        return check

    def get(self, request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
        return self.shown(self.at(public_id, pk))

    def shown(self, check: SpotCheck, refusal: str = "") -> HttpResponse:
        typed = self.request.POST if refusal else {}
        lines = [
            {
                "code": code, "text": text, "answer": typed.get(f"answer-{code}") or check.found.get(code, {}).get("answer", ""),
                "note": typed.get(f"note-{code}") or check.found.get(code, {}).get("note", ""),
            }
            for code, text in check.checklist
        ]  # fmt: skip
        return self.render(
            check=check, honour=check.honour, draw=check.draw, lines=lines, today=clock.today(), results=CheckResult.choices,
            answers=[("yes", _("符合")), ("partly", _("部分符合")), ("no", _("不符合"))], refusal=refusal, next_url=follow_up(check),
            result=typed.get("result", check.result), remark=typed.get("remark", check.remark), status=422 if refusal else 200,
        )  # fmt: skip

    def post(self, request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
        check, post = self.at(public_id, pk), request.POST
        found = {
            code: {"answer": post.get(f"answer-{code}", ""), "note": post.get(f"note-{code}", "")}
            for code, _text in check.checklist
        }
        try:
            actions.record_check(
                check, visited_on=_day(post.get("visited_on", "")), found=found, result=post.get("result", ""),
                remark=post.get("remark", "")[:4000], by=self.actor,
            )  # fmt: skip
        except Refused as refusal:
            return self.shown(check, refusal.sentence)
        return self.done(_("检查记录已保存，持有者会收到通知。"), "spot_check", public_id, str(pk))


def follow_up(check: SpotCheck) -> str:
    """Where a bad result leads: the honour's page with rectification and its reason filled in."""
    if check.result != CheckResult.BAD:
        return ""
    words = _("%(day)s 抽查不符合要求：%(remark)s") % {"day": check.visited_on, "remark": check.remark}
    asked = urlencode({"kind": "rectify", "reason": words})
    return f"{reverse('office_honour', args=[check.honour.number])}?{asked}#record"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(_("请填写检查日期。")) from None
