"""回避申报: where I work, whom my employer sponsors, which entries I know of. Asked before anything is given out, and open until the end."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.base.errors import Refused
from kechuang.engine.models import RoundEntry, RoundReviewer
from kechuang.engine.reviews.actions import declare_affiliations, declare_conflict
from kechuang.web.reviewer.views import ReviewerPage
from kechuang.web.rounds.forms import PostForm, posts_of

Posts = forms.formset_factory(PostForm, extra=2, max_num=10)


class EntryForm(forms.Form):
    alias = forms.CharField(label=gettext_lazy("评审编号"), max_length=20, help_text=gettext_lazy("例如 E-0042。"))
    reason = forms.CharField(label=gettext_lazy("回避理由"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class Declare(ReviewerPage):
    """Two forms: employers and sponsored schools ("none" is an answer too), and one entry by its number."""

    template = "reviewer/declare.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self.invitation(pk), Posts(), EntryForm(auto_id="entry_%s"))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.invitation(pk)
        return self.of_entry(row) if "alias" in request.POST else self.of_posts(row)

    def of_posts(self, row: RoundReviewer) -> HttpResponse:
        posts = Posts(self.request.POST)
        if not posts.is_valid():
            return self.show(row, posts, EntryForm(auto_id="entry_%s"), status=422)
        declare_affiliations(row.round, posts_of(posts), by=self.actor)
        return self.done(_("回避申报已记录，分配作品时会自动避开。以后有变化可以再来补充。"), "reviews")

    def of_entry(self, row: RoundReviewer) -> HttpResponse:
        form = EntryForm(self.request.POST, auto_id="entry_%s")
        if not form.is_valid():
            return self.show(row, Posts(), form, status=422)
        alias = form.cleaned_data["alias"].strip().upper()
        try:
            declare_conflict(row.reviewer, self.entry(row, alias), reason=form.cleaned_data["reason"], by=self.actor)
        except Refused as refused:
            form.add_error("alias", refused.sentence)
            return self.show(row, Posts(), form, status=422)
        return self.done(_("已登记回避 %(alias)s，组委会会另请专家评审。") % {"alias": alias}, "reviews")

    @staticmethod
    def entry(row: RoundReviewer, alias: str) -> RoundEntry:
        entry = row.round.entries.filter(alias=alias).select_related("round__call__org").first()
        if entry is None:
            raise Refused(_("本轮没有编号为“%(alias)s”的作品，请核对。") % {"alias": alias})
        return entry

    def invitation(self, pk: int) -> RoundReviewer:
        person = self.actor.person
        mine = RoundReviewer.objects.filter(reviewer__person=person) if person else RoundReviewer.objects.none()
        rows = mine.exclude(round__state="planned").select_related("round__call__org", "reviewer__person")
        row: RoundReviewer = self.find(rows, round=pk)
        return row

    def show(self, row: RoundReviewer, posts: Any, form: EntryForm, status: int = 200) -> HttpResponse:
        known = row.reviewer.affiliations.select_related("org")
        return self.render(
            status=status, invitation=row, round=row.round, plan=row.round.plan, posts=posts, form=form, known=known
        )
