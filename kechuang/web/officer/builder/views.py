"""The call builder: one small form per section; each save replaces that part of the declaration and nothing else."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from kechuang.base.errors import Refused
from kechuang.engine.calls.actions import edit_call
from kechuang.engine.calls.models import Call
from kechuang.engine.programme.declaration import Programme
from kechuang.web.officer.builder import duties, edits
from kechuang.web.officer.builder.forms import SECTIONS, SectionForm, sample_sentence
from kechuang.web.officer.builder.items import COLLECTIONS, QUESTION_KINDS, Collection, ItemForm
from kechuang.web.officer.builder.problems import hindrances
from kechuang.web.officer.pages import CallPage, taken

FORMS: dict[str, type[SectionForm]] = {form.name: form for form in SECTIONS}
LISTS = {
    "form": (_l("表单与题目"), "officer/call_form.html"),
    "rubrics": (_l("评分标准"), "officer/call_rubrics.html"),
    "rounds": (_l("评审轮次"), "officer/call_rounds.html"),
    "pledges": (_l("声明与承诺"), "officer/call_pledges.html"),
}
"""Sections that are a list of items; each item has its own page."""
ORDER = (
    "basics",
    "kind",
    "approval",
    "who",
    "divisions",
    "words",
    "form",
    "pledges",
    "steps",
    "quotas",
    "rubrics",
    "rounds",
    "prizes",
    "honour",
    "duties",
    "similarity",
    "catalogue",
    "pool",
    "notice",
    "certificate",
    "design",
)
ELSEWHERE = {"quotas": (_l("推荐名额"), "quotas"), "design": (_l("证书设计"), "certificate_design")}
"""Sections with a page of their own, which outlasts the draft."""


def title_of(section: str) -> Any:
    if section in ELSEWHERE:
        return ELSEWHERE[section][0]
    return LISTS[section][0] if section in LISTS else FORMS[section].title


def address_of(call: Call, section: str) -> str:
    if section in ELSEWHERE:
        return reverse(ELSEWHERE[section][1], args=[call.slug])
    return reverse("call_edit", args=[call.slug, section])


def contents(call: Call, current: str = "") -> list[dict[str, Any]]:
    """The builder's table of contents, with the number of problems in each section."""
    troubled = [problem.section for problem in hindrances(call)]
    return [
        {
            "label": title_of(name),
            "url": address_of(call, name),
            "state": _mark(name, current, troubled),
            "problems": troubled.count(name),
        }
        for name in ORDER
    ]


def _mark(name: str, current: str, troubled: list[str]) -> str:
    if name == current:
        return "now"
    return "problem" if name in troubled else "done"


class BuilderPage(CallPage):
    abstract = True
    permission = "call.edit"

    def draft_at(self, slug: str) -> Call:
        """The call, while it may still be edited."""
        call = self.own_call_at(slug)
        if call.is_frozen:
            raise Refused(_("“%(call)s”已经发布，设置已冻结，只能延长步骤时间和调整名额。") % {"call": call})
        return call

    def refuse(self, sentence: str) -> HttpResponse:
        if self.request.method == "GET" and self.kwargs.get("slug"):
            messages.error(self.request, sentence)
            return redirect("office_call", self.kwargs["slug"])
        return super().refuse(sentence)

    def around(self, call: Call, section: str) -> dict[str, Any]:
        """What every builder page shows around its form."""
        problems = hindrances(call)
        here = [problem for problem in problems if problem.section == section]
        place = ORDER.index(section)
        return {
            "call": call, "section": section, "section_title": title_of(section), "contents": contents(call, section),
            "problems_here": here, "problem_count": len(problems),
            "next_url": address_of(call, ORDER[place + 1]) if place + 1 < len(ORDER) else reverse("call_publish", args=[call.slug]),
        }  # fmt: skip


class CallEdit(BuilderPage):
    """One section of the builder."""

    template = "officer/call_edit.html"

    def get(self, request: HttpRequest, slug: str, section: str) -> HttpResponse:
        call = self.draft_at(slug)
        if section in LISTS:
            return self.render(LISTS[section][1], **self.around(call, section), plan=call.plan, kinds=QUESTION_KINDS)
        return self.show(call, section, self.form_of(section)(call))

    def post(self, request: HttpRequest, slug: str, section: str) -> HttpResponse:
        call = self.draft_at(slug)
        form = self.form_of(section)(call, request.POST)
        if taken(form, lambda: form.save(by=self.actor)) is None:
            return self.show(call, section, form, status=422)
        return self.done(_("已保存“%(section)s”。") % {"section": form.title}, self.after(call, section))

    def after(self, call: Call, section: str) -> str:
        """On to the next section with “保存并继续”, else back to this one."""
        if "next" not in self.request.POST:
            return address_of(call, section)
        return str(self.around(call, section)["next_url"])

    def form_of(self, section: str) -> type[SectionForm]:
        if section not in FORMS:
            raise Http404
        return FORMS[section]

    def show(self, call: Call, section: str, form: SectionForm, status: int = 200) -> HttpResponse:
        return self.render(
            "officer/call_duties.html" if section == "duties" else "", status=status, form=form, plan=call.plan, kinds=QUESTION_KINDS,
            previews=self.previews(call, section, form), **self.around(call, section),
        )  # fmt: skip

    def previews(self, call: Call, section: str, form: SectionForm) -> list[str]:
        if section != "certificate":
            return []
        return [
            sample_sentence(text, call) for name in ("sentence", "adviser_sentence") if (text := form[name].value())
        ]


class CertificatePreview(BuilderPage):
    """The certificate's sentence with sample names, as the officer types it."""

    template = "officer/call_edit.html#certificate_preview"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.draft_at(slug)
        texts = [request.POST.get(name, "") for name in ("sentence", "adviser_sentence")]
        return self.render(previews=[sample_sentence(text, call) for text in texts if text.strip()], call=call)


class CallItem(BuilderPage):
    """One item of the declaration: a question, a criterion, a round …"""

    template = "officer/call_item.html"

    def get(self, request: HttpRequest, slug: str, kind: str, holder: str, code: str) -> HttpResponse:
        call = self.draft_at(slug)
        of = collection(kind)
        item = self.item_at(call.plan, of, holder, code)
        return self.show(call, of, kind, holder, code, of.form(call.plan, holder, item, version=call.version))

    def post(self, request: HttpRequest, slug: str, kind: str, holder: str, code: str) -> HttpResponse:
        call = self.draft_at(slug)
        of = collection(kind)
        item = self.item_at(call.plan, of, holder, code)
        form = of.form(call.plan, holder, item, request.POST, version=call.version)
        if taken(form, lambda: self.put_back(call, of, holder, form)) is None:
            return self.show(call, of, kind, holder, code, form, status=422)
        return self.done(_("已保存。"), address_of(call, of.section))

    def put_back(self, call: Call, of: Collection, holder: str, form: ItemForm) -> Call:
        plan = of.put_back(call.plan, holder, edits.put(of.items(call.plan, holder), form.built()))
        changed: Call = edit_call(call, by=self.actor, version=form.cleaned_data["version"], plan=plan)
        return changed

    def item_at(self, plan: Programme, of: Collection, holder: str, code: str) -> Any:
        if of.holders and holder not in {one.code for one in of.holders(plan)}:
            raise Http404
        if code == "new":
            kind = self.request.GET.get("kind", "")
            return of.new_item(plan, kind if kind in dict(QUESTION_KINDS) else "")
        item = edits.find(of.items(plan, holder), code)
        if item is None:
            raise Http404
        return item

    def show(
        self, call: Call, of: Collection, kind: str, holder: str, code: str, form: ItemForm, status: int = 200
    ) -> HttpResponse:
        return self.render(
            status=status, form=form, kind=kind, code=code, is_new=code == "new", item_title=of.title,
            question_kind=dict(QUESTION_KINDS).get(getattr(form.item, "kind", ""), "") if kind in {"question", "report_question"} else "",
            back_url=address_of(call, of.section), **self.around(call, of.section),
        )  # fmt: skip


class CallItemOrder(BuilderPage):
    """Move an item up or down, or take it out."""

    def post(self, request: HttpRequest, slug: str, kind: str, holder: str, code: str) -> HttpResponse:
        call = self.draft_at(slug)
        of = collection(kind)
        items = of.items(call.plan, holder)
        if edits.find(items, code) is None:
            raise Http404
        steps = {"up": -1, "down": 1}
        do = request.POST.get("do", "")
        changed = edits.shifted(items, code, steps[do]) if do in steps else edits.without(items, code)
        version = request.POST.get("version", "")
        edit_call(
            call,
            by=self.actor,
            version=int(version) if version.isdecimal() else None,
            plan=of.put_back(call.plan, holder, changed),
        )
        sentence = _("已调整顺序。") if do in steps else _("已删除。")
        return self.done(sentence, address_of(call, of.section))


def collection(kind: str) -> Collection:
    found = (COLLECTIONS | duties.COLLECTIONS).get(kind)
    if found is None:
        raise Http404
    return found
