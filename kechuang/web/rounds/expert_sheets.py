"""The pool as Excel: out, as a template, and in again by way of a preview that says what each row would do."""

import base64
from collections.abc import Container
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from kechuang.base.errors import Refused
from kechuang.base.tables import Column, annotate, in_any_language, read_table, write_template
from kechuang.engine.calls.templates import known_programmes
from kechuang.engine.models import Reviewer
from kechuang.engine.reviews import actions
from kechuang.engine.reviews.actions import Enrolment, Newcomer, Post
from kechuang.orgs.enums import Stage
from kechuang.orgs.models import Person, User
from kechuang.web.rounds.experts import crumbs, host_of
from kechuang.web.rounds.forms import org_named
from kechuang.web.rounds.pages import OrganiserPage, discipline_names, download

MAX_ROWS = 500
MAX_BYTES = 1024 * 1024
KEPT = "expert_upload"
SEPARATORS = "，,；;/"
HEADINGS = NAME, SIGN_IN, EMAIL, FIELDS, STAGES, WORKPLACE, TITLE, LOAD, POSTS = (
    gettext_noop("姓名"),
    gettext_noop("登录名"),
    gettext_noop("电子邮箱"),
    gettext_noop("专业领域"),
    gettext_noop("学段"),
    gettext_noop("工作单位"),
    gettext_noop("职称"),
    gettext_noop("最大评审量"),
    gettext_noop("任职机构"),
)


def columns() -> list[Column]:
    stages = "、".join(str(stage.label) for stage in Stage)
    return [
        Column(_(NAME), 12, required=True, sample="王研究员"),
        Column(_(SIGN_IN), 16, required=True, sample="wang.yj", note=_("字母或数字，全平台唯一；已有账号的人填原登录名。")),
        Column(_(EMAIL), 24, sample="wang@example.edu.cn"),
        Column(_(FIELDS), 30, required=True, sample="物理学、工程学", note=_("学科名称或代码，用顿号分开：%(all)s") % {"all": "、".join(discipline_names().values())}),
        Column(_(STAGES), 14, sample=stages, note=_("可填%(all)s，用顿号分开。") % {"all": stages}),
        Column(_(WORKPLACE), 26, sample="示范大学"),
        Column(_(TITLE), 12, sample="教授"),
        Column(_(LOAD), 12, "integer", sample=40),
        Column(_(POSTS), 26, sample="", note=_("平台上的单位全称或代码，用来查回避；校外单位可不填。")),
    ]  # fmt: skip


class ExpertTemplate(OrganiserPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        notes = (_("一行一位专家。带 * 的列必填。"), _("上传后先预览，确认无误才写入。"))
        return download(write_template(columns(), title=_("专家"), notes=notes), _("专家导入模板.xlsx"))


class ExpertSheet(OrganiserPage):
    """The pool as filtered names people, so it goes out by way of a second person."""

    limit = "export"

    def get(self, request: HttpRequest) -> HttpResponse:
        kept = {name: value for name in ("q", "field", "active") if (value := request.GET.get(name, ""))}
        return redirect(f"{reverse('export_new')}?{urlencode({'kind': 'experts', **kept})}")


@dataclass(frozen=True)
class Words:
    """What may be written for a discipline and for a stage, in every language → its code."""

    fields: dict[str, str]
    stages: dict[str, str]

    @classmethod
    def of_the_platform(cls) -> "Words":
        with translation.override(settings.LANGUAGE_CODE):
            stages = {str(stage.label): stage.value for stage in Stage}
        fields = {d.name: d.code for plan in known_programmes().values() for d in plan.disciplines}
        return cls(*(
            {said: named[name] for said, name in in_any_language(named).items()} | {code: code for code in named.values()}
            for named in (fields, stages)
        ))  # fmt: skip


@dataclass
class Line:
    """A row of the upload: what it would do, or why it cannot be taken."""

    number: int
    name: str
    username: str
    enrolment: Enrolment | None = None
    known: bool = False
    reason: str = ""


def read_lines(data: bytes, page: OrganiserPage) -> list[Line]:
    """Every row, checked for itself and against the others and the pool."""
    table = read_table(data, max_rows=MAX_ROWS, max_bytes=MAX_BYTES, required=(NAME, SIGN_IN, FIELDS), known=HEADINGS)
    rows = list(table.rows)
    names = [str(row.get(SIGN_IN) or "").strip().lower() for row in rows]
    people = {p.user.username.lower(): p for p in _known(names, page)}
    foreign = set(_with_name(User.objects.all(), "username", names).values_list("low", flat=True)) - people.keys()
    taken = set(Reviewer.objects.filter(person__in=people.values(), is_active=True).values_list("person_id", flat=True))
    seen: set[str] = set()
    words = Words.of_the_platform()
    lines = []
    for row in rows:
        username = str(row.get(SIGN_IN) or "").strip()
        line = Line(row.number, str(row.get(NAME) or "").strip(), username, known=username.lower() in people)
        try:
            line.enrolment = _enrolment(row, people.get(username.lower()), taken, seen | foreign, words)
        except Refused as refused:
            line.reason = refused.sentence
        seen.add(username.lower())
        lines.append(line)
    return lines


def _known(names: list[str], page: OrganiserPage) -> list[Person]:
    return list(
        _with_name(Person.objects.visible_to(page.actor, "person.view"), "user__username", names).select_related("user")
    )


def _with_name(rows: Any, field: str, names: list[str]) -> Any:
    """Sign-in names do not tell capitals apart."""
    return rows.annotate(low=Lower(field)).filter(low__in=names)


def _enrolment(row: Any, person: Person | None, taken: set[int], seen: set[str], words: Words) -> Enrolment:
    name, username, email = (str(row.get(heading) or "").strip() for heading in (NAME, SIGN_IN, EMAIL))
    if not name or not username:
        raise Refused(_("缺姓名或登录名。"))
    if username.lower() in seen:
        raise Refused(
            _("登录名“%(username)s”在前面的行里已经出现过，或已被别人使用，请换一个。") % {"username": username}
        )
    if person and person.name != name:
        raise Refused(_("登录名“%(username)s”属于另一个人，请核对姓名。") % {"username": username})
    if person and person.pk in taken:
        raise Refused(_("%(name)s已在专家库中，请在页面上修改其资料。") % {"name": name})
    if email:
        _check_email(email)
    who = person or Newcomer(name, username, email)
    return Enrolment(
        who,
        _fields(row, words),
        _stages(row, words),
        str(row.get(WORKPLACE) or ""),
        str(row.get(TITLE) or ""),
        _load(row),
        _posts(row),
    )


def _check_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("电子邮箱“%(email)s”写法不对。") % {"email": email}) from None


def _split(value: Any, known: Container[str]) -> list[str]:
    """At any of the marks, and at spaces where what stands between the marks is nothing known: English names have them."""
    text = str(value or "")
    for mark in SEPARATORS:
        text = text.replace(mark, "、")
    parts = [part.strip() for part in text.split("、")]
    return [one for part in parts for one in ([part] if part in known else part.split())]


def _fields(row: Any, words: Words) -> tuple[str, ...]:
    given = _split(row.get(FIELDS), words.fields)
    strange = [one for one in given if one not in words.fields]
    if strange or not given:
        raise Refused(_("专业领域“%(names)s”不在学科表中，请按模板说明填写。") % {"names": "、".join(strange)})
    return tuple(dict.fromkeys(words.fields[one] for one in given))


def _stages(row: Any, words: Words) -> tuple[str, ...]:
    given = _split(row.get(STAGES), words.stages)
    if any(one not in words.stages for one in given):
        raise Refused(_("学段只能填小学、初中、高中。"))
    return tuple(words.stages[one] for one in given)


def _load(row: Any) -> int:
    value = row.get(LOAD) or 40
    if not str(value).isdecimal() or not 1 <= int(value) <= 500:
        raise Refused(_("最大评审量“%(value)s”应是 1 至 500 的整数。") % {"value": value})
    return int(value)


def _posts(row: Any) -> tuple[Post, ...]:
    try:
        return tuple(
            Post(org_named(name)) for name in str(row.get(POSTS) or "").replace(";", "；").split("；") if name.strip()
        )
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None


class ExpertUpload(OrganiserPage):
    """Choose a file; then see row by row what it would do. Nothing is written yet."""

    template = "rounds/expert_upload.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(breadcrumbs=crumbs(_("导入专家")))

    def post(self, request: HttpRequest) -> HttpResponse:
        file = request.FILES.get("file")
        if file is None:
            raise Refused(_("请先选择填好的 Excel 或 CSV 文件。"))
        if file.size > MAX_BYTES:
            raise Refused(_("文件超过 1 MB。请删去图片等多余内容后再上传。"))
        data = file.read()
        read_lines(data, self)
        request.session[KEPT] = {"name": file.name, "data": base64.b64encode(data).decode()}
        return redirect("expert_take")


class Kept(OrganiserPage):
    abstract = True

    def kept(self) -> bytes:
        found = self.request.session.get(KEPT)
        if not found:
            raise Refused(_("没有待确认的文件，请重新上传。"))
        return base64.b64decode(found["data"])


class ExpertTake(Kept):
    template = "rounds/expert_take.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if KEPT not in request.session:
            return redirect("expert_upload")
        lines = read_lines(self.kept(), self)
        good, bad = [line for line in lines if line.enrolment], [line for line in lines if line.reason]
        return self.render(
            good=good,
            bad=bad,
            file=request.session[KEPT]["name"],
            names=discipline_names(),
            breadcrumbs=crumbs(_("导入专家")),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        good = [line.enrolment for line in read_lines(self.kept(), self) if line.enrolment]
        if not good:
            raise Refused(_("没有可以写入的行，请按原因修改后重新上传。"))
        taken = actions.enrol_experts(good, org=host_of(self), by=self.actor)
        request.session.pop(KEPT, None)
        return self.done(
            ngettext("已把 %(n)s 位专家加入专家库。", "已把 %(n)s 位专家加入专家库。", len(taken)) % {"n": len(taken)},
            "experts",
        )


class ExpertRefused(Kept):
    """The same file with the reason beside each row that cannot be taken."""

    def get(self, request: HttpRequest) -> HttpResponse:
        data = self.kept()
        reasons = {line.number: line.reason for line in read_lines(data, self) if line.reason}
        name = request.session[KEPT]["name"]
        return download(annotate(data, reasons), _("有问题的行-%(name)s") % {"name": name})
