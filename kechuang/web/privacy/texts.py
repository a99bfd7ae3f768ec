"""The consent texts: every purpose with the version in force, its history, and writing the next version."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base import clock
from kechuang.orgs.actions.consents import publish_text
from kechuang.orgs.enums import ConsentPurpose
from kechuang.orgs.models import Consent, ConsentText
from kechuang.web.officer.builder.widgets import DateInput
from kechuang.web.officer.pages import OfficePage, taken


class Texts(OfficePage):
    permission = "consent.edit"
    template = "privacy/texts.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        today = clock.today()
        texts = list(ConsentText.objects.order_by("purpose", "version"))
        rows = []
        for purpose in ConsentPurpose:
            own = [text for text in texts if text.purpose == purpose]
            due = [text for text in own if text.effective_from <= today]
            rows.append((purpose, due[-1] if due else None, [text for text in own if text.effective_from > today]))
        return self.render(rows=rows)


class TextForm(forms.Form):
    """Title and the six items of 儿童个人信息网络保护规定 art. 10, all of them required."""

    title = forms.CharField(label=_l("标题"), max_length=100)
    effective_from = forms.DateField(label=_l("生效日期"), widget=DateInput, help_text=_l("最早从明天起。"))
    asks_again = forms.BooleanField(
        label=_l("须重新征得同意"),
        required=False,
        help_text=_l("目的、方式或种类有变化时必须勾选：生效后，以前的同意不再有效。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ConsentText.ITEMS:
            label = ConsentText._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            self.fields[name] = forms.CharField(label=label, widget=forms.Textarea({"rows": 4}), max_length=4000)


class TextPage(OfficePage):
    permission = "consent.edit"
    template = "privacy/text.html"

    def get(self, request: HttpRequest, purpose: str) -> HttpResponse:
        last = self.versions(purpose)[0]
        facts = {name: getattr(last, name) for name in ("title", *ConsentText.ITEMS)}
        return self.shown(purpose, TextForm(initial=facts | {"effective_from": clock.today() + timedelta(days=7)}))

    def post(self, request: HttpRequest, purpose: str) -> HttpResponse:
        self.versions(purpose)
        form = TextForm(request.POST)
        if taken(form, lambda: publish_text(purpose, by=self.actor, **form.cleaned_data)) is None:
            return self.shown(purpose, form, status=422)
        return self.done(_("新版本已保存，到生效日期自动启用。"), "consent_text", purpose)

    def versions(self, purpose: str) -> list[ConsentText]:
        found = list(
            ConsentText.objects.filter(purpose=purpose).select_related("written_by__person").order_by("-version")
        )
        if not found:
            raise Http404
        return found

    def shown(self, purpose: str, form: TextForm, status: int = 200) -> HttpResponse:
        versions = self.versions(purpose)
        counts = Consent.objects.filter(text__in=versions).order_by().values("text").annotate(
            yes=Count("pk", filter=Q(answer="granted")), no=Count("pk", filter=~Q(answer="granted"))
        )  # fmt: skip
        by_text = {row["text"]: row for row in counts}
        rows = [(text, by_text.get(text.pk, {"yes": 0, "no": 0})) for text in versions]
        return self.render(purpose=ConsentPurpose(purpose), rows=rows, form=form, today=clock.today(), status=status)
