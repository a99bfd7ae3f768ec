"""The editors' desk: shelves, what stands on them, and the front page."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kechuang.base.errors import Refused
from kechuang.engine.catalogue.models import Case
from kechuang.engine.showcase import shelving
from kechuang.engine.showcase.finding import find
from kechuang.engine.showcase.models import Shelf, ShelfItem, Work
from kechuang.engine.showcase.places import public_orgs
from kechuang.engine.showcase.shelves import filled
from kechuang.web.showcase.forms import FrontForm, ShelfForm
from kechuang.web.views import Page

OFFERED = 12


class ShelfOffice(Page):
    abstract = True
    permission = "showcase.edit"

    def shelf_at(self, slug: str) -> Shelf:
        rows = Shelf.objects.visible_to(self.actor).select_related("org")
        shelf: Shelf = self.find(rows, slug=slug)
        return shelf

    def crumbs(self, here: str) -> list[dict[str, str]]:
        return [{"label": _("专题"), "url": reverse("shelves")}, {"label": here, "url": ""}]


class Shelves(ShelfOffice):
    """All shelves of the office's line: the front page first, then the public ones, then the drafts."""

    template = "showcase/shelves.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Shelf.objects.visible_to(self.actor).select_related("org").annotate(n=Count("items"))
        shelves = sorted(rows, key=lambda one: (one.front_order is None, one.front_order or 0, not one.is_public))
        return self.render(shelves=shelves)


class ShelfNew(ShelfOffice):
    template = "showcase/shelf_new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(form=ShelfForm(), breadcrumbs=self.crumbs(_("新建专题")))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ShelfForm(request.POST)
        if not form.is_valid():
            return self.render(form=form, breadcrumbs=self.crumbs(_("新建专题")), status=422)
        org = self.actor.orgs_for(self.permission)[0]
        shelf = shelving.create_shelf(org, form.cleaned_data, by=self.actor)
        return self.done(_("专题已建立，现在加入作品、案例和学校。"), "shelf_edit", shelf.slug)


class ShelfEdit(ShelfOffice):
    """Everything about one shelf: its words, its things in order, a search to add more, where it is shown."""

    template = "showcase/shelf_edit.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        shelf = self.shelf_at(slug)
        return self.shown(shelf, form=ShelfForm(instance=shelf))

    def shown(self, shelf: Shelf, status: int = 200, **given: Any) -> HttpResponse:
        text = self.request.GET.get("q", "").strip()[:100]
        front = FrontForm(initial={"order": shelf.front_order or 1, "until": shelf.front_until})
        facts: dict[str, Any] = {"front": front, "may_front": self.actor.can("showcase.front", shelf)} | given
        hidden = set(shelf.items.values_list("pk", flat=True))
        items = filled([shelf])[0].items
        hidden -= {one.item for one in items}
        return self.render(
            shelf=shelf, items=items, hidden=ShelfItem.objects.filter(pk__in=hidden), text=text,
            found=find(text, OFFERED) if text else None, breadcrumbs=self.crumbs(shelf.title), status=status, **facts,
        )  # fmt: skip

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        shelf = self.shelf_at(slug)
        form = ShelfForm(request.POST, instance=shelf)
        if not form.is_valid():
            return self.shown(shelf, 422, form=form)
        shelving.edit_shelf(shelf, form.cleaned_data, by=self.actor)
        return self.done(_("已保存。"), "shelf_edit", slug)


class ShelfItems(ShelfOffice):
    """Add (`do=work:slug`, `case:slug`, `school:code`), take out, move up or down (`do=out:5`, `up:5`, `down:5`)."""

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        shelf = self.shelf_at(slug)
        act, _colon, key = request.POST.get("do", "").partition(":")
        if act in {"out", "up", "down"}:
            item: ShelfItem = self.find(shelf.items.select_related("shelf__org"), pk=int(key) if key.isdecimal() else 0)
            if act == "out":
                shelving.unshelve(item, by=self.actor)
            else:
                shelving.move_item(item, -1 if act == "up" else 1, by=self.actor)
        else:
            thing = self._thing(act, key)
            shelving.shelve(shelf, thing, words=request.POST.get("words", ""), by=self.actor)
        query = request.POST.get("q", "").strip()[:100]
        return redirect(reverse("shelf_edit", args=[slug]) + (f"?q={query}#add" if query else "#items"))

    def _thing(self, kind: str, key: str) -> Any:
        """Only what is public can be put on a shelf."""
        if kind == "work":
            return self.find(Work.objects.public(), slug=key)
        return self.find(Case.objects.public(), slug=key) if kind == "case" else self.find(public_orgs(), code=key)


class ShelfShow(ShelfOffice):
    """Show it, take it back, throw it away: by what the button says."""

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        shelf, do = self.shelf_at(slug), request.POST.get("do")
        if do == "drop":
            shelving.drop_shelf(shelf, by=self.actor)
            return self.done(_("专题已删除。"), "shelves")
        shelving.show_shelf(shelf, do == "show", by=self.actor)
        return self.done(_("专题已公开。") if do == "show" else _("专题不再公开。"), "shelf_edit", slug)


class ShelfFront(ShelfOffice):
    permission = "showcase.front"

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        shelf = self.shelf_at(slug)
        self.demand(self.permission, shelf)
        if request.POST.get("do") == "off":
            shelving.place_on_front(shelf, None, by=self.actor)
            return self.done(_("已从首页撤下。"), "shelf_edit", slug)
        form = FrontForm(request.POST)
        if not form.is_valid():
            raise Refused(_("请填首页次序（1 至 99）；日期可以不填。"))
        shelving.place_on_front(shelf, form.cleaned_data["order"], form.cleaned_data["until"], by=self.actor)
        return self.done(_("已放到首页。"), "shelf_edit", slug)
