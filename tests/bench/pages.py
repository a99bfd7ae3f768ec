"""The pages of each row of the table, as somebody signed in asks for them: `python -m tests.bench.pages` prints them as JSON.

Each row has many addresses and people, so that no cache of one page makes a figure. Beside each stands how many queries one request
costs, counted in this process after a first request has filled what processes keep.
"""

import json
import os
import sys
from collections.abc import Iterable
from urllib.parse import quote

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from kechuang.engine.models import Application, Assignment, Call, Work  # noqa: E402
from kechuang.orgs.enums import OrgKind  # noqa: E402
from kechuang.orgs.models import Org, User  # noqa: E402
from kechuang.web.sharing import MAX_PAGES  # noqa: E402
from tests.bench.bars import ANEW, KEPT  # noqa: E402
from tests.bench.flows import CSRF  # noqa: E402
from tests.bench.load import Page  # noqa: E402
from tests.bench.scene.sign_ins import sign_in  # noqa: E402

MANY = 200
FORGOTTEN = 3 * MAX_PAGES
"""So many addresses in turn, and none of them is kept when its turn comes again."""
LISTS = ("state=in_review&sort=title", "state=in_review&stage=junior&sort=-received", "state=in_review&discipline=PH&sort=school", "sort=waiting",
         "state=in_review&stage=senior&sort=division&page=3")  # fmt: skip
FINDS = ("q=雨水", "q=监测", "q=实验学校", "q=垃圾 回收")
SEARCHES = ("q=雨水", "q=监测&stage=junior", "discipline=PH", "q=垃圾 回收", "stage=senior&page=2")


def call_of(count_word: str) -> Call:
    """The call under review has the most entries, the past one the works, the open one neither."""
    rows = Call.objects.order_by("year")
    return {"past": rows[0], "under_review": rows[1], "open": rows[2]}[count_word]


class Visitors:
    """Cookie headers of those who are signed in: session and form token, as any browser has them after signing in."""

    def __init__(self, users: Iterable[User]) -> None:
        self.keys = sign_in(users)

    def cookie(self, user: int) -> str:
        return f"{settings.SESSION_COOKIE_NAME}={self.keys[user]}; {settings.CSRF_COOKIE_NAME}={CSRF}"


def rows() -> dict[str, list[Page]]:
    """Row → pages."""
    call = call_of("under_review")
    officer = User.objects.get(username="city")
    entries = list(call.applications.order_by("public_id").values_list("public_id", "created_by_id")[:MANY])
    waiting = list(
        Assignment.objects.filter(round__call=call, state__in=["assigned", "draft"])
        .order_by("entry__alias").values_list("pk", "reviewer__person__user_id")[:MANY]
    )  # fmt: skip
    experts = User.objects.filter(username__startswith="expert")
    owners = User.objects.filter(pk__in=[owner for _id, owner in entries])
    visitors = Visitors({user.pk: user for user in (*experts, *owners, officer)}.values())
    desk, applications = visitors.cookie(officer.pk), reverse("office_applications", args=[call.slug])
    sheet = reverse("office_sheet", args=[call.slug])
    schools = Org.objects.current().filter(kind=OrgKind.SCHOOL).order_by("code").values_list("code", flat=True)[:MANY]
    works = Work.objects.public().order_by("slug").values_list("slug", flat=True)[:MANY]
    return {
        "home": [("/", "")],
        "landing": [(reverse("call", args=[call.slug]), "")],
        "gallery": [(f"/works/?page={n}" if n > 1 else "/works/", "") for n in range(1, 4)],
        "search": [(f"/works/?{quoted(query)}", "") for query in SEARCHES],
        "work": [(reverse("work", args=[slug]), "") for slug in works],
        "showcase": [(reverse("showcase"), "")],
        "find": [(f"{reverse('showcase_search')}?{quoted(query)}", "") for query in FINDS],
        "school": [(reverse("school", args=[code]), "") for code in schools],
        "register": [(reverse("registers"), "")],
        "officer_home": [(reverse("desk"), desk)],
        "officer_list": [(f"{applications}?{query}", desk) for query in LISTS],
        "expert_desk": [(reverse("reviews"), visitors.cookie(user.pk)) for user in experts],
        "officer_entry": [(reverse("application", args=[public_id]), desk) for public_id, _owner in entries],
        "score_form": [(reverse("score", args=[pk]), visitors.cookie(user)) for pk, user in waiting],
        "own_page": [(reverse("application", args=[public_id]), visitors.cookie(owner)) for public_id, owner in entries],
        "csv": [(f"{reverse('office_csv', args=[call.slug])}?sort=received", desk)],
        "xlsx": [(f"{sheet}?sort=received", desk)],
    }  # fmt: skip


def with_anew(pages: dict[str, list[Page]]) -> dict[str, list[Page]]:
    """After each row of a kept page the same page under addresses that nobody has asked for: what it costs to make it anew."""
    found = {}
    for name, asked in pages.items():
        found[name] = asked
        if name in KEPT:
            found[f"{name}{ANEW}"] = [
                (f"{path}{'&' if '?' in path else '?'}v={turn}", cookie)
                for turn in range(-(-FORGOTTEN // len(asked)))
                for path, cookie in asked
            ]
    return found


def quoted(query: str) -> str:
    return quote(query, safe="=&")


def queries_of(first: Page, then: Page) -> int:
    """Of the second page, after the first one has filled what a process keeps."""
    _path, cookie = first
    client = Client(headers={"X-Forwarded-Proto": "https"})
    client.cookies.load(cookie)
    for path, _cookie in (first, then):
        with CaptureQueriesContext(connection) as found:
            response = client.get(path)
            b"".join(response) if response.streaming else response.content
        if response.status_code != 200:
            raise SystemExit(f"{path} answers {response.status_code} {response.get('Location', '')}")
    return len(found)


def main() -> int:
    found = with_anew(rows())
    wanted = (
        [name for name in found if name.removesuffix(ANEW) in sys.argv[1].split(",")]
        if len(sys.argv) > 1
        else list(found)
    )
    counts = {name: queries_of(found[name][0], found[name][-1 if name.endswith(ANEW) else 0]) for name in wanted}
    row = Application.objects.order_by("?").values_list("pk", flat=True)[:MANY]
    json.dump({"pages": {name: found[name] for name in wanted}, "queries": counts, "rows": list(row)}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
