"""What editors do: make a shelf, fill it, put it in order, show it, and choose what stands on the front page (行动计划 五(三) 重点宣传)."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from kechuang.base import audit, clock
from kechuang.base.errors import Refused
from kechuang.base.ids import new_public_id
from kechuang.engine.catalogue.models import Case
from kechuang.engine.showcase.models import Shelf, ShelfItem, Work
from kechuang.orgs.actor import Actor, require
from kechuang.orgs.models import Org

KINDS: dict[type, str] = {Work: "work", Case: "case", Org: "school"}
"""What may stand on a shelf, and the column that holds it."""
MOST = 60
FACTS = ("title", "title_en", "words", "theme", "year")


@transaction.atomic
def create_shelf(org: Org, facts: dict[str, Any], *, by: Actor) -> Shelf:
    """A shelf of `org`, not yet public."""
    require(by, "showcase.edit", org)
    shelf = Shelf(slug=new_public_id(), org=org, created_by=by.user, **{name: facts[name] for name in FACTS})
    shelf.save()
    audit.record("create_shelf", by=by, on=shelf, scope_path=shelf.scope_path)
    return shelf


@transaction.atomic
def edit_shelf(shelf: Shelf, facts: dict[str, Any], *, by: Actor) -> Shelf:
    require(by, "showcase.edit", shelf)
    for name in FACTS:
        setattr(shelf, name, facts[name])
    shelf.save(update_fields=FACTS)
    audit.record("edit_shelf", by=by, on=shelf, scope_path=shelf.scope_path)
    return shelf


@transaction.atomic
def shelve(shelf: Shelf, thing: Any, *, by: Actor, words: str = "") -> ShelfItem:
    """Put a thing at the end of the shelf; what already stands there stays where it is."""
    require(by, "showcase.edit", shelf)
    Shelf.objects.select_for_update().get(pk=shelf.pk)
    column = KINDS[type(thing)]
    found = shelf.items.filter(**{column: thing}).first()
    if found is not None:
        return found
    if shelf.items.count() >= MOST:
        raise Refused(_("一个专题最多放 %(n)s 件，请再建一个专题。") % {"n": MOST})
    last = shelf.items.aggregate(last=Max("order"))["last"] or 0
    item = ShelfItem.objects.create(shelf=shelf, order=last + 1, words=words[:200], **{column: thing})
    audit.record("shelve", by=by, on=shelf, scope_path=shelf.scope_path, detail={column: thing})
    return item


@transaction.atomic
def unshelve(item: ShelfItem, *, by: Actor) -> None:
    require(by, "showcase.edit", item.shelf)
    audit.record("unshelve", by=by, on=item.shelf, scope_path=item.shelf.scope_path, detail={"item": str(item)})
    item.delete()


@transaction.atomic
def move_item(item: ShelfItem, places: int, *, by: Actor) -> None:
    """Move an item so many places towards the end (or, negative, the beginning) of its shelf."""
    require(by, "showcase.edit", item.shelf)
    items = list(item.shelf.items.select_for_update().order_by("order", "id"))
    there = max(0, min(len(items) - 1, items.index(item) + places))
    items.remove(item)
    items.insert(there, item)
    for order, one in enumerate(items, 1):
        one.order = order
    ShelfItem.objects.bulk_update(items, ["order"])
    audit.record("move_item", by=by, on=item.shelf, scope_path=item.shelf.scope_path, detail={"to": there + 1})


@transaction.atomic
def show_shelf(shelf: Shelf, is_public: bool, *, by: Actor) -> Shelf:
    """Show it to everybody, or take it back; taken back it also leaves the front page."""
    require(by, "showcase.edit", shelf)
    if is_public and not shelf.items.exists():
        raise Refused(_("专题里还没有内容。先加入作品、案例或学校，再公开。"))
    shelf.is_public = is_public
    if not is_public:
        shelf.front_order, shelf.front_until = None, None
    shelf.save(update_fields=["is_public", "front_order", "front_until"])
    audit.record("show_shelf", by=by, on=shelf, scope_path=shelf.scope_path, detail={"public": is_public})
    return shelf


@transaction.atomic
def place_on_front(shelf: Shelf, order: int | None, until: date | None = None, *, by: Actor) -> Shelf:
    """Choose its place on the front page and the last day there; None takes it off."""
    require(by, "showcase.front", shelf)
    if order is not None and not shelf.is_public:
        raise Refused(_("先公开专题，再放到首页。"))
    if until is not None and until < clock.today():
        raise Refused(_("“到哪一天”已经过去，请填今天或以后的日期。"))
    shelf.front_order, shelf.front_until = order, until if order is not None else None
    shelf.save(update_fields=["front_order", "front_until"])
    audit.record("place_on_front", by=by, on=shelf, scope_path=shelf.scope_path, detail={"order": order})
    return shelf


@transaction.atomic
def drop_shelf(shelf: Shelf, *, by: Actor) -> None:
    """Only what is not public is thrown away."""
    require(by, "showcase.edit", shelf)
    if shelf.is_public:
        raise Refused(_("先取消公开，再删除专题。"))
    audit.record("drop_shelf", by=by, on=shelf, scope_path=shelf.scope_path, detail={"title": shelf.title})
    shelf.delete()
