"""The pictures of seals and signatures that an office keeps: registered by one, approved by another, ended for good."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base.files.refusal import FileRefused
from kechuang.engine.awards.models import SealPicture
from kechuang.engine.awards.pictures import png_of
from kechuang.engine.awards.seals import MAX_BYTES, approve_picture, end_picture, register_picture
from kechuang.engine.enums import PictureKind
from kechuang.web.officer.pages import OfficePage, taken


class PictureForm(forms.Form):
    kind = forms.ChoiceField(label=_l("类型"), choices=PictureKind.choices, widget=forms.RadioSelect, initial="seal")
    org = forms.TypedChoiceField(label=_l("所属机构"), coerce=int)
    name = forms.CharField(
        label=_l("单位全称或姓名"), max_length=60, help_text=_l("印章写单位全称，和证书落款一致；签名写姓名。")
    )
    post = forms.CharField(label=_l("职务（只用于签名）"), max_length=30, required=False)

    def __init__(self, actor: Any, data: Any = None) -> None:
        super().__init__(data)
        self.orgs = {org.pk: org for org in actor.orgs_for("seal.keep")}
        self.fields["org"].choices = [(org.pk, org.name) for org in self.orgs.values()]


class SealPage(OfficePage):
    abstract = True
    permission = "seal.keep"

    def picture_at(self, public_id: str) -> SealPicture:
        rows = SealPicture.objects.visible_to(self.actor).select_related("org")
        picture: SealPicture = self.find(rows, public_id=public_id)
        return picture


class Seals(SealPage):
    template = "officer/seals.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(PictureForm(self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PictureForm(self.actor, request.POST)
        if taken(form, lambda: self.register(form)) is None:
            return self.show(form, status=422)
        return self.done(_("已登记。请另一位有权限的同事批准后使用。"), "seals")

    def register(self, form: PictureForm) -> SealPicture:
        upload = self.request.FILES.get("file")
        if upload is None:
            raise FileRefused(_("请选择图片文件。"))
        given = form.cleaned_data
        return register_picture(
            form.orgs[given["org"]], given["kind"], upload.read(MAX_BYTES + 1), name=given["name"], post=given["post"], by=self.actor
        )  # fmt: skip

    def show(self, form: PictureForm, status: int = 200) -> HttpResponse:
        rows = SealPicture.objects.visible_to(self.actor).defer("png").order_by("state", "kind", "-pk")
        rows = rows.select_related("org", "registered_by__person", "approved_by__person")
        lines = [
            {"picture": one, "registrar": _named(one.registered_by), "approver": _named(one.approved_by)}
            for one in rows
        ]
        return self.render(status=status, form=form, lines=lines, me=self.actor.user, most=MAX_BYTES)


def _named(user: Any) -> str:
    """Whose account it is; the platform's own acts are nobody's."""
    if user is None:
        return _("系统")
    person = getattr(user, "person", None)
    return str(person or user.username)


class SealImage(SealPage):
    """The picture itself: for its keepers alone, kept by nobody on the way."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        response = HttpResponse(png_of(self.picture_at(public_id)), content_type="image/png")
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class SealApprove(SealPage):
    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        approve_picture(self.picture_at(public_id), by=self.actor)
        return self.done(_("已批准，可以在证书设计里选用。"), "seals")


class SealEnd(SealPage):
    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        end_picture(self.picture_at(public_id), reason=request.POST.get("reason", ""), by=self.actor)
        return self.done(_("已停用。已经发出的证书不受影响。"), "seals")
