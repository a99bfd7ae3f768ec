"""The designer of a call's certificates: choose a look, see the sheet as it will be printed, until the first award freezes it."""

from base64 import b64encode
from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.engine.awards import designs
from kechuang.engine.awards.designing import design_certificates, why_not_design
from kechuang.engine.awards.models import SealPicture
from kechuang.engine.awards.printing import sample_pdf, sample_picture
from kechuang.engine.awards.seals import usable_pictures
from kechuang.engine.calls.models import Call
from kechuang.engine.enums import PictureKind
from kechuang.engine.programme.declaration import CertificateDesign, CertificatePlan, Signature
from kechuang.engine.programme.validation import certificate_problems
from kechuang.web.officer.builder.views import contents
from kechuang.web.officer.pages import CallPage, taken

PPI = 84
PLACES = "{names} {school} {title} {call} {prize} {advisers}"
CHOICES = {
    "look": designs.LOOKS,
    "palette": designs.PALETTES,
    "orientation": designs.ORIENTATIONS,
    "languages": designs.LANGUAGES,
    "number": designs.NUMBER_PLACES,
}


class DesignForm(forms.Form):
    """Over the design inside a CertificatePlan; the pictures offered are those of the call's own organisation."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    look = forms.ChoiceField(label=_l("版式"), widget=forms.RadioSelect)
    palette = forms.ChoiceField(label=_l("配色"), widget=forms.RadioSelect)
    orientation = forms.ChoiceField(label=_l("纸张方向（A4）"), widget=forms.RadioSelect)
    languages = forms.ChoiceField(label=_l("语言"), widget=forms.RadioSelect)
    title_en = forms.CharField(
        label=_l("英文标题"), max_length=60, required=False, help_text=_l("留空用 CERTIFICATE OF HONOUR。")
    )
    sentence_en = forms.CharField(
        label=_l("英文正文"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_l("可用 {names} {school} {title} {call} {prize} {advisers}；留空用标准英文正文。"),
    )  # fmt: skip
    seal = forms.ChoiceField(label=_l("印章"), required=False)
    signature_1 = forms.ChoiceField(label=_l("签名一"), required=False)
    signature_2 = forms.ChoiceField(label=_l("签名二"), required=False)
    number = forms.ChoiceField(label=_l("证书编号的位置"), widget=forms.RadioSelect)
    qr = forms.BooleanField(
        label=_l("印核验二维码"), required=False, help_text=_l("不印二维码时，核验网址和核验码仍以文字印出。")
    )

    def __init__(self, call: Call, data: Any = None) -> None:
        self.plan = call.plan.certificate
        super().__init__(data, initial={**_initial(self.plan), "version": call.version})
        self.pictures = {one.public_id: one for one in usable_pictures(call.org).defer("png")}
        for name, choices in CHOICES.items():
            self.fields[name].choices = list(choices.items())
        self.fields["seal"].choices = [("", _("画出的圆章（用落款单位名称）")), *self._named(PictureKind.SEAL)]
        signatures = [("", _("不要")), *self._named(PictureKind.SIGNATURE)]
        self.fields["signature_1"].choices = self.fields["signature_2"].choices = signatures

    def _named(self, kind: str) -> list[tuple[str, str]]:
        return [(key, str(one)) for key, one in self.pictures.items() if one.kind == kind]

    def chosen(self) -> CertificatePlan:
        given = self.cleaned_data
        signatures = [self.pictures[key] for key in (given["signature_1"], given["signature_2"]) if key]
        design = CertificateDesign(
            **{name: given[name] for name in (*CHOICES, "qr", "seal")}, signatures=tuple(map(_signature, signatures))
        )
        return replace(self.plan, title_en=given["title_en"], sentence_en=given["sentence_en"], design=design)


def _signature(picture: SealPicture) -> Signature:
    return Signature(picture.public_id, picture.name, picture.post)


def _initial(plan: CertificatePlan) -> dict[str, Any]:
    design = plan.design
    signed = [one.picture for one in design.signatures] + ["", ""]
    facts = {name: getattr(design, name) for name in (*CHOICES, "qr", "seal")}
    return facts | {
        "title_en": plan.title_en, "sentence_en": plan.sentence_en, "signature_1": signed[0], "signature_2": signed[1],
    }  # fmt: skip


class DesignPage(CallPage):
    abstract = True
    permission = "call.edit"

    def looked_at(self, call: Call, plan: CertificatePlan | None = None) -> dict[str, Any]:
        """The sheet as a picture in the page, or the reasons why there is none."""
        if plan is not None and (found := [_(text) % params for text, params in certificate_problems(plan)]):
            return {"problems": found}
        png = sample_picture(call, plan=plan, ppi=PPI)
        return {"picture": f"data:image/png;base64,{b64encode(png).decode()}"}


class CertificateDesignPage(DesignPage):
    """The design of a call's certificates."""

    template = "officer/certificate_design.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.own_call_at(slug)
        return self.show(call, DesignForm(call))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.own_call_at(slug)
        form = DesignForm(call, request.POST)
        if taken(form, lambda: self.keep(call, form)) is None:
            return self.show(call, form, status=422)
        return self.done(_("证书设计已保存。授奖之前还可以再改。"), "certificate_design", slug)

    def keep(self, call: Call, form: DesignForm) -> Call:
        return design_certificates(call, form.chosen(), by=self.actor, version=form.cleaned_data["version"])

    def show(self, call: Call, form: DesignForm, status: int = 200) -> HttpResponse:
        plan = form.chosen() if form.is_bound and not form.errors.keys() - {"__all__"} else None
        return self.render(
            status=status, call=call, form=form, frozen=why_not_design(call), **self.looked_at(call, plan),
            contents=[] if call.is_frozen else contents(call, "design"), may_keep_seals=self.actor.can("seal.keep", call.org),
        )  # fmt: skip


class CertificateDesignPreview(DesignPage):
    """The sheet of a design that is still being chosen: nothing is kept. A sheet is dear to set, so the askings are limited."""

    template = "officer/certificate_design.html#sheet"
    limit = "preview"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.own_call_at(slug)
        form = DesignForm(call, request.POST)
        if not form.is_valid():
            return self.render(problems=[text for texts in form.errors.values() for text in texts])
        return self.render(**self.looked_at(call, form.chosen()))


class CertificateSample(DesignPage):
    """The sample sheet as PDF, in the design as it is kept: to be printed and put before whoever signs it."""

    limit = "preview"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.own_call_at(slug)
        pdf = sample_pdf(call, adviser="adviser" in request.GET)
        response = HttpResponse(pdf, content_type="application/pdf")
        response.headers["Content-Disposition"] = "inline"
        response.headers["Cache-Control"] = "private, no-store"
        return response
