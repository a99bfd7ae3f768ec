"""Saved views and the columns of a list: one's own, and those that colleagues of the same unit share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base import audit
from kechuang.base.errors import Refused
from kechuang.base.models import ListChoice, SavedView
from kechuang.base.prepared import NUMBER, TEXT, Prepared, Several
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org
from kechuang.web.officer.pages import CallPage
from kechuang.web.officer.queue.filters import COLUMNS, Listing

PAGE = "office_applications"
_VIEWS: Prepared[SavedView] = Prepared(
    lambda user, paths: SavedView.objects.filter(Q(user=user) | Q(shared_path__in=paths), page=PAGE),
    NUMBER,
    Several(TEXT),
)
_CHOICES: Prepared[ListChoice] = Prepared(lambda user: ListChoice.objects.filter(user=user, page=PAGE), NUMBER)


@dataclass(frozen=True)
class Shelf:
    """The views an officer sees on this list, own ones first, and what the officer chose for each."""

    views: list[SavedView]
    choices: dict[int | None, ListChoice]
    user_id: int

    def open_view(self, text: str) -> SavedView | None:
        """The view whose filters are the present ones."""
        return next((view for view in self.views if view.query == text), None)

    @property
    def first(self) -> SavedView | None:
        """The view that the officer wants to begin with."""
        return next((view for view in self.views if view.pk in self.choices and self.choices[view.pk].opens), None)

    def columns(self, view: SavedView | None) -> tuple[str, ...]:
        choice = self.choices.get(view.pk if view else None)
        return tuple(choice.columns) if choice else ()

    def is_own(self, view: SavedView) -> bool:
        return view.user_id == self.user_id


def unit_of(actor: Actor) -> Org | None:
    """The office whose officers share views: the one in which the actor reads applications."""
    return next(iter(actor.orgs_for("application.view")), None)


def shelf_of(actor: Actor) -> Shelf:
    """Two queries."""
    assert actor.user is not None
    paths = [org.path for org in actor.orgs_for("application.view")]
    views = sorted(_VIEWS(actor.user.pk, paths), key=lambda view: (view.user_id != actor.user.pk, view.pk))  # type: ignore[union-attr]
    choices = {choice.view_id: choice for choice in _CHOICES(actor.user.pk)}
    return Shelf(views, choices, actor.user.pk)


class SaveView(CallPage):
    """Keep the present filters as a tab; rename, share or drop one's own; say which one the list opens with."""

    permission = "application.view"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        call = self.call_at(slug)
        text = Listing(call, self.actor, QueryDict(request.POST.get("query", ""))).text
        do = self._doings().get(request.POST.get("do", "save"), self._save)
        return self.done(do(text), f"{reverse(PAGE, args=[slug])}?{text or 'sort=waiting'}")

    def _doings(self) -> dict[str, Callable[[str], str]]:
        return {
            "save": self._save, "rename": self._rename, "drop": self._drop, "share": self._share, "unshare": self._unshare,
            "open": self._open, "unopen": self._unopen,
        }  # fmt: skip

    @property
    def _name(self) -> str:
        name = self.request.POST.get("name", "").strip()[:40]
        if not name:
            raise Refused(_("请给这个视图起个名字，例如“福田小学组”。"))
        return name

    def _own(self) -> SavedView:
        view: SavedView = self.find(SavedView.objects.filter(user=self.actor.user, page=PAGE), pk=self._key())
        return view

    def _key(self) -> int:
        given = self.request.POST.get("view", "")
        return int(given) if given.isdecimal() else 0

    def _save(self, text: str) -> str:
        SavedView.objects.update_or_create(
            user=self.actor.user, page=PAGE, name=self._name, defaults={"query": text[:1000]}
        )
        return _("已保存视图“%(name)s”，它会一直显示在列表上方。") % {"name": self._name}

    def _rename(self, text: str) -> str:
        view = self._own()
        if SavedView.objects.filter(user=self.actor.user, page=PAGE, name=self._name).exclude(pk=view.pk).exists():
            raise Refused(_("您已经有一个叫“%(name)s”的视图，请换一个名字。") % {"name": self._name})
        view.name = self._name
        view.save(update_fields=["name"])
        return _("已改名为“%(name)s”。") % {"name": view.name}

    def _drop(self, text: str) -> str:
        view = self._own()
        view.delete()
        return _("已删除视图“%(name)s”。") % {"name": view.name}

    def _share(self, text: str) -> str:
        view, unit = self._own(), unit_of(self.actor)
        if unit is None:
            raise Refused(_("您没有可以共享的单位。"))
        view.shared_path = unit.path
        view.save(update_fields=["shared_path"])
        audit.record("share_view", by=self.actor, on=view, scope_path=unit.path, detail={"name": view.name})
        return _("%(unit)s的同事现在也能看到“%(name)s”。") % {"unit": unit.label, "name": view.name}

    def _unshare(self, text: str) -> str:
        view = self._own()
        view.shared_path = ""
        view.save(update_fields=["shared_path"])
        return _("“%(name)s”现在只有您自己看得到。") % {"name": view.name}

    @transaction.atomic
    def _open(self, text: str) -> str:
        view = next((view for view in shelf_of(self.actor).views if view.pk == self._key()), None)
        self._unopen(text)
        if view is None:
            raise Refused(_("这个视图已经不在了。"))
        ListChoice.objects.update_or_create(user=self.actor.user, page=PAGE, view=view, defaults={"opens": True})
        return _("以后打开列表时先看“%(name)s”。") % {"name": view.name}

    def _unopen(self, text: str) -> str:
        ListChoice.objects.filter(user=self.actor.user, page=PAGE, opens=True).update(opens=False)
        return _("以后打开列表时先看等您办理的。")


class ChooseColumns(CallPage):
    """The columns that the officer wants to see, for the view that is open."""

    permission = "application.view"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        text = Listing(self.call_at(slug), self.actor, QueryDict(request.POST.get("query", ""))).text
        kept = QueryDict(text, mutable=True)
        kept.pop("col", None)
        columns = [name for name in COLUMNS if name in request.POST.getlist("col")]
        view = shelf_of(self.actor).open_view(text)
        found: dict[str, Any] = {"user": self.actor.user, "page": PAGE, "view": view}
        ListChoice.objects.update_or_create(**found, defaults={"columns": columns})
        told = _("已记住这些列。") if columns else _("已恢复默认的列。")
        return self.done(told, f"{reverse(PAGE, args=[slug])}?{kept.urlencode() or 'sort=waiting'}")
