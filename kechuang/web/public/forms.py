"""Forms of the open pages. What an objection must hold is a rule of the engine; the form only carries it."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kechuang.engine.publicity import rules
from kechuang.engine.publicity.models import NoticeLine, PublicNotice


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return list(files.getlist(name)) if hasattr(files, "getlist") else [files[name]] if files.get(name) else []


class FilesField(forms.FileField):
    """Several files of one input; each is checked by its content when the objection is filed."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        uploads = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(upload, initial) for upload in uploads]


def _entries(notice: PublicNotice) -> list[tuple[str, str]]:
    lines = notice.lines.filter(is_struck=False).order_by("title")
    chosen = [(str(line.application_id), _entry(line)) for line in lines]
    return [("", str(_("整份公示，或名单以外的作品"))), *chosen]


def _entry(line: NoticeLine) -> str:
    return f"{line.title[:60]}（{line.school}）"


class ObjectionForm(forms.Form):
    """What is wanted, and the sentence where it lacks, comes from the engine (rules.objection_problems)."""

    token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    application = forms.ChoiceField(label=_("涉及的作品"), required=False)
    statement = forms.CharField(
        label=_("异议内容和依据"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("写明哪件作品、什么问题、依据是什么。只凭猜测的内容无法核查。"),
    )  # fmt: skip
    evidence = FilesField(
        label=_("证据材料"), required=False, help_text=_("PDF、图片或视频，最多 5 个，每个不超过 20 MB。没有可以不传。")
    )
    name = forms.CharField(
        label=_("您的真实姓名"), required=False, max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    document_no = forms.CharField(
        label=_("身份证件号码"), required=False, max_length=40,
        help_text=_("用于核实身份，加密保存，仅经办人可见，不会告知被反映人。"),
    )  # fmt: skip
    unit = forms.CharField(label=_("单位"), required=False, max_length=120, help_text=_("没有单位的请填“无”。"))
    phone = forms.CharField(
        label=_("联系电话"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(
        label=_("电子邮箱（选填）"),
        required=False,
        error_messages={"invalid": _("这个邮箱地址不完整，请检查，例如 name@example.com。")},
    )
    signed = forms.BooleanField(label=_("以上内容属实，本人愿意承担相应责任（勾选即为签名）"), required=False)

    def __init__(self, *args: Any, notice: PublicNotice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["application"].choices = _entries(notice)
        self.fields["token"].initial = secrets.token_urlsafe(24)
        self.use_required_attribute = False
        for name, sentence in rules.objection_problems({}, signed=False).items():
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = sentence

    def clean_application(self) -> int | None:
        return int(self.cleaned_data["application"]) if self.cleaned_data["application"] else None


class FollowForm(forms.Form):
    code = forms.CharField(
        label=_("查询码"), max_length=40, help_text=_("提交异议后回执上的 16 位字母和数字，大小写和短横线都可以省略。"),
        error_messages={"required": _("请填写回执上的查询码。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


class VerifyForm(forms.Form):
    """A number, a code, or the file itself: the sheet, the badge, the credential."""

    number = forms.CharField(
        label=_("证书编号或核验码"), max_length=60, required=False,
        help_text=_("印在证书左下角。只有核验码能看到（遮盖后的）姓名。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    file = forms.FileField(
        label=_("或者选择证书或凭证的文件"), required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/png,application/json,.pdf,.png,.json,.jwt,.txt"}),
        help_text=_("PDF 证书、徽章图片或数字凭证。核对是否为本平台签发、有没有改动或撤销；文件不会被保存。"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not found.get("number", "").strip() and not found.get("file"):
            self.add_error("number", _("请填写证书编号或核验码，或者选择证书或凭证的文件。"))
        return found
