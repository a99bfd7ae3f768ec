"""The walls: no planted value where it may not be read, no page that breaks or says back what a hostile hand types.

One world for all of it, made once. The long walks run with `--walls` (`make walls`); `--hostile N` sends each form N times more.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse

from kechuang.base import clock
from kechuang.base.models import Mail
from tests.walls.attack import Attack, Forms
from tests.walls.crawl import Reader, name_of
from tests.walls.forms import Form
from tests.walls.marks import FAR, OWN
from tests.walls.may import ASKED_BY, NOBODY, SCHOOL_IS_PUBLIC, SHOWN_ON, who_may
from tests.walls.planted import Planted
from tests.walls.reading import words_in
from tests.web.matrix.people import ANONYMOUS, EVERYBODY
from tests.web.matrix.world import DAY
from tests.web.test_matrix import ALL, BACKEND, ROWS

READERS = (
    ANONYMOUS, "pupil", "guardian", "teacher", "school", "other_school", "district", "other_district", "city", "expert", "chair", "inspector",
    "auditor", "operator", "security", "far_guardian",
)  # fmt: skip
STRANGERS = ("school", "district", "expert")
"""Who tries the pages of another district's things."""
ATTACKERS = ("pupil", "school", "city", "expert")
THERE = {
    "school": "other_school", "teacher": "other_teacher", "district": "other_district", "other_district": "district", "city": "city",
    "inspector": "inspector", "far_guardian": "guardian",
}  # fmt: skip
"""What a persona is to the things of the other district, in the words of the matrix for the own ones."""
LIKE = {"chair": "expert", "far_guardian": "guardian", "far_pupil": "pupil"}
"""Whose pages a persona opens that the matrix does not know."""
HIDDEN = (
    (FAR, "pupil name"), (OWN, "pupil name"), (OWN, "pupil's number"), (FAR, "pupil's phone"), (OWN, "third comment"), (FAR, "title"),
)  # fmt: skip
"""What searches are tried with."""
SKIPPED = frozenset({"account_logout"})
OPEN = frozenset(name for name, row in ROWS.items() if set(row.see) == EVERYBODY) - {
    "home",
    "certificate",
    "notice",
    "work",
    "api_document",
}
"""Pages that are the same to all: read by a stranger and a pupil, and not once more by each of the others."""

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@dataclass
class Crawl:
    """What the readers saw, each when first asked about: mark → who → on which pages; their forms; and what was odd."""

    world: Planted
    readers: dict[str, Reader]
    done: set[str] = field(default_factory=set)
    seen: dict[tuple[str, str], dict[str, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    broken: list[str] = field(default_factory=list)
    unsafe: list[str] = field(default_factory=list)
    pages: int = 0
    found: dict[str, Forms] = field(default_factory=lambda: defaultdict(Forms))

    def forms(self, who: str) -> list[Form]:
        self.walk(who)
        return self.found[who].found

    def walk(self, who: str) -> None:
        if who in self.done:
            return
        self.done.add(who)
        for answer in self.readers[who].crawl(seeds(self.world, who), skipped(who)):
            self.pages += 1
            if answer.response.status_code >= 500:
                self.broken.append(f"{who} {answer.address} {answer.response.status_code}")
            self.found[who].note(answer.response, answer.address)
            self.unsafe += [f"{answer.address}: {problem}" for problem in unsafe(answer.response)]
            for mark in self.world.marks.found_in(words_in(answer.response)):
                self.seen[mark][who].add(answer.name)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    many = dict.fromkeys(settings.RATE_LIMITS, "1000000/1000000")
    place = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"), TOTP_ROLES=[], RATE_LIMITS=many)
    with django_db_blocker.unblock(), place, clock.travel(DAY), transaction.atomic():
        yield Planted()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def readers(world: Planted) -> dict[str, Reader]:
    found = {ANONYMOUS: Reader(ANONYMOUS)}
    for who in READERS:
        if who != ANONYMOUS:
            client = Client()
            client.force_login(world.people[who].user, backend=BACKEND)
            found[who] = Reader(who, client.cookies["sessionid"].value)
    return found


def seeds(world: Planted, who: str) -> list[str]:
    """Where a persona begins: the first page, the desk, and what the matrix lets it open."""
    own = [reverse(name, args=row.at(world)) for name, row in ROWS.items() if LIKE.get(who, who) in row.see]
    return ["/", "/desk/", "/me/", *(() if who in LIKE else [*judged(world), *own])]


def judged(world: Planted) -> list[str]:
    """The planted round, by address: of many rounds a crawl reads the first two."""
    place = [world.judged_round.call.slug, world.judged_round.code]
    entries = world.judged_round.entries.order_by("pk").values_list("alias", flat=True)
    return [reverse("conflicts", args=place), *(reverse("round_entry", args=[*place, alias]) for alias in entries)]


def skipped(who: str) -> frozenset[str]:
    return SKIPPED if who in {ANONYMOUS, "pupil"} else SKIPPED | OPEN


@pytest.fixture(scope="module")
def crawl(world: Planted, readers: dict[str, Reader]) -> Crawl:
    return Crawl(world, readers)


def unsafe(response: Any) -> list[str]:
    """What the headers and the markup of an answer lack of the policy: no inline script or style, no sniffing, no leaking of addresses."""
    policy = response.headers.get("Content-Security-Policy", "")
    wrong = []
    # What somebody uploaded is shown under a policy of its own, in which no script runs whatever the file holds.
    is_file = policy.startswith("default-src 'none'") and "script-src" not in policy
    if not is_file and ("script-src 'self'" not in policy or "'unsafe" in policy or "object-src 'none'" not in policy):
        wrong.append(f"policy {policy!r}")
    if response.headers.get("X-Content-Type-Options") != "nosniff":
        wrong.append("no nosniff")
    if response.headers.get("Referrer-Policy") != "same-origin":
        wrong.append("no referrer policy")
    if not response.streaming and response.headers.get("Content-Type", "").startswith("text/html"):
        wrong += [f"inline {inline}" for inline in inline_parts(response.content.decode())]
    return wrong


def inline_parts(text: str) -> list[str]:
    """Script, style and handlers that stand in the page itself."""
    found = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:json|ld\+json)\")[^>]*>", text)
    found += re.findall(r"<style[^>]*>", text)
    return found + re.findall(r"<[a-z][^>]*\s(?:style|on[a-z]+)=\"[^>]*>", text)[:3]


# --- planted values --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", READERS)
@pytest.mark.walls
def test_no_reader_gets_a_value_that_is_not_theirs(crawl: Crawl, who: str):
    """In pages, headers, sheets, PDF, archives, feeds, calendars and JSON that each persona reaches."""
    crawl.walk(who)
    may = who_may()

    leaks = {
        mark: sorted(beyond)
        for mark, pages in crawl.seen.items()
        if (beyond := pages[who] - SHOWN_ON.get(mark, NOBODY))
        and mark[1] not in SCHOOL_IS_PUBLIC
        and who not in may.get(mark, NOBODY)
    }

    assert leaks == {}
    assert crawl.broken == []


@pytest.mark.parametrize("who", READERS)
@pytest.mark.walls
def test_every_answer_carries_the_policy_and_no_page_has_inline_parts(crawl: Crawl, who: str):
    crawl.walk(who)

    assert crawl.unsafe == []


@pytest.mark.parametrize(
    ("who", "found"),
    [
        ("pupil", {"pupil name", "title", "answer", "pupil mail", "message", "reason of return"}),
        ("school", {"pupil name", "guardian name", "name in roster", "school"}),
        ("city", {"pupil name", "third comment", "reason of conflict", "objector's phone", "title"}),
        ("expert", {"expert comment"}),
        ("auditor", {"reason in audit"}),
        ("operator", {"error of job"}),
    ],
)
@pytest.mark.walls
def test_there_was_something_to_leak(crawl: Crawl, who: str, found: set[str]):
    """Values whose readers were on the way are found there: the net has no hole."""
    crawl.walk(who)

    assert found <= {what for (_side, what), pages in crawl.seen.items() if pages[who]}


@pytest.mark.walls
def test_blind_pages_name_neither_school_nor_people(world: Planted, readers: dict[str, Reader], crawl: Crawl):
    """An expert's own pages: school names, which are public elsewhere, do not stand there either."""
    mine = {"reviews", "score", "declare", "consistency", "chair_round", "chair_judges", "chair_judge", "review_file", "desk", "inbox",
            "calendar_feed", "reminders", "api_my_deadlines", "api_my_applications"}  # fmt: skip
    for who in ("expert", "chair"):
        crawl.walk(who)
        named = {
            mark: pages[who] & mine for mark, pages in crawl.seen.items() if mark[1] == "school" and pages.get(who)
        }
        assert {mark: pages for mark, pages in named.items() if pages} == {}


def test_strangers_get_nothing_of_another_district(world: Planted, readers: dict[str, Reader]):
    """The permission matrix once more over the other district's things: who stands to them as another stood to the own ones gets the same."""
    wrong = {}
    for name, place in foreign(world):
        for who, like in THERE.items():
            got = readers[who].ask(reverse(name, args=place)).status_code
            if (got in {200, 302}) != (like in ROWS[name].see):
                wrong[f"{who} {name}"] = got

    assert wrong == {}


def test_what_a_stranger_asks_for_looks_as_if_it_were_not_there(world: Planted, readers: dict[str, Reader]):
    """A thing of another district and a thing that does not exist get the same answer, word for word; public pages are nobody's secret."""
    told = {}
    for name, place in foreign(world):
        for who in (who for who in STRANGERS if who in ROWS[name].see and ANONYMOUS not in ROWS[name].see):
            made_up = [_made_up(arg, place, n) for n, arg in enumerate(place)]
            real, unreal = (_plain(readers[who], reverse(name, args=where)) for where in (place, made_up))
            if real != unreal:
                told[f"{who} {name}"] = (real[0], unreal[0])

    assert told == {}


def foreign(world: Planted) -> Iterator[tuple[str, list[Any]]]:
    """The pages of the other district's school, pupil, entry, paper and roster."""
    for name, row in ROWS.items():
        here, there = row.at(world), row.at(world.far)
        if here != there and "get" in next(one for one in ALL if one.name == name).methods:
            yield name, there


def _made_up(arg: Any, place: list[Any], position: int) -> Any:
    return f"zz{str(arg)[2:]}" if position == (1 if len(place) > 1 and "call" in str(place[0]) else 0) else arg


def _plain(reader: Reader, address: str) -> tuple[int, str]:
    """An answer without what differs by nature: the request's number, the form's token, the address itself."""
    response = reader.ask(address)
    text = response.content.decode()
    for own in (response["X-Request-ID"], address, quote(address, safe="")):
        text = text.replace(own, "")
    return response.status_code, "" if response.status_code == 200 else re.sub(r"\w{64}", "", text)


@pytest.mark.walls
def test_a_search_finds_nothing_by_a_hidden_value(world: Planted, readers: dict[str, Reader], crawl: Crawl):
    """Each search box of each persona: a hidden value finds exactly what a word finds that stands nowhere."""
    may, told = who_may(), []
    for who in ("anonymous", "school", "other_district", "expert", "teacher", "inspector", "auditor"):
        kept = [mark for mark in HIDDEN if who not in may.get(mark, NOBODY)]
        for form, box in boxes(crawl, who):
            nothing = _searched(readers[who], form, box, "ZqNothingWhateverQz")
            found = {mark: _searched(readers[who], form, box, world.marks.planted[mark]) for mark in kept}
            told += [f"{who} {form.action} {box} {mark}" for mark, page in found.items() if page != nothing]

    assert told == []


def boxes(crawl: Crawl, who: str) -> Iterator[tuple[Any, str]]:
    for form in crawl.forms(who):
        for name, one in form.fields.items():
            if (
                form.method == "get"
                and one.kind in {"text", "search"}
                and name_of(form.action) not in {"verify", "guardian_join", "components"}
            ):
                yield form, name


def _searched(reader: Reader, form: Any, box: str, word: str) -> str:
    response = reader.ask(form.action, "get", form.filled() | {box: word})
    text = response.content.decode("utf-8", "replace")
    for spelt in {word, quote(word), word.lower()}:
        text = text.replace(spelt, "")
    return re.sub(r'(?:value|content|data-csrf)="\w{64}"|编号 \w+', "", text)


def test_no_order_of_a_list_tells_what_is_blind(world: Planted, readers: dict[str, Reader]):
    """An expert sorts by what is hidden, and gets the list as it always stands."""
    usual = _order(readers["expert"].ask("/reviews/"))

    assert len(usual) > 1
    for key in ("sort", "order", "o", "ordering"):
        for by in (
            "school",
            "-school",
            "application__org__name",
            "members__person__name",
            "application__title",
            "score__total",
            "district",
        ):
            assert _order(readers["expert"].ask(f"/reviews/?{key}={by}")) == usual


def _order(response: Any) -> list[str]:
    return re.findall(r"/reviews/(\d+)/", response.content.decode())


@pytest.mark.walls
def test_no_letter_carries_a_value_that_is_not_its_readers(world: Planted):
    may = who_may()
    readers = {person.user.email: who for who, person in world.people.items() if person.user and person.user.email}
    letters = [
        (readers[one.address], f"{one.subject}\n{one.body}") for one in Mail.objects.all() if one.address in readers
    ]
    carried = {
        (who, mark) for who, text in letters for mark in world.marks.found_in(text) if mark[1] not in SCHOOL_IS_PUBLIC
    }

    assert letters
    assert {(who, mark) for who, mark in carried if who not in may.get(mark, NOBODY)} - ASKED_BY == set()


def test_an_inline_part_would_be_seen():
    assert inline_parts('<script>a()</script><p style="x">') == ["<script>", '<p style="x">']
    assert inline_parts('<script src="/a.js"></script><a onclick="b()">') == ['<a onclick="b()">']
    assert inline_parts('<script type="application/json">{}</script><p class="x">') == []


# --- hostile forms ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ATTACKERS)
@pytest.mark.walls
def test_no_form_breaks_or_says_back_what_a_hostile_hand_types(
    world: Planted, readers: dict[str, Reader], crawl: Crawl, who: str, request: pytest.FixtureRequest
):
    may, forms = who_may(), crawl.forms(who)
    hidden = {
        mark for mark in world.marks.planted if mark[1] not in SCHOOL_IS_PUBLIC and who not in may.get(mark, NOBODY)
    }
    attack = Attack(readers[who], world.marks, hidden, ids_of(world.far))

    for form in forms:
        attack.on(form, request.config.getoption("--hostile"))

    assert len(forms) > 5
    assert {200, 302, 422} & set(attack.statuses)
    assert attack.sent > 2 * len(forms)
    assert attack.wrong == []


def test_a_page_that_says_a_script_back_or_sends_away_would_be_seen(world: Planted, readers: dict[str, Reader]):
    form = Form("/", "/", "post")

    def found(body: str, **headers: str) -> list[str]:
        attack = Attack(readers[ANONYMOUS], world.marks, {(FAR, "pupil name")}, [])
        attack.check(form, {}, HttpResponse(body, status=302 if headers else 200, headers=headers))
        return attack.wrong

    assert found("<p>&lt;script&gt;zqAlert(1)</p>") == []
    assert "says a script back" in found("<p><script>zqAlert(1)</script>")[0]
    assert "says a script back" in found('<a href="javascript:zqAlert(1)">')[0]
    assert "sends on" in found("", Location="//zq.example/")[0]
    assert "shows" in found(world.marks.planted[FAR, "pupil name"])[0]


def ids_of(far: Any) -> list[str]:
    """What a hostile hand puts where a page has put an id of one's own."""
    rows = (far.school, far.pupil, far.teacher, far.sent, far.draft, far.roster, far.paper.stored)
    return [str(getattr(row, name)) for row in rows for name in ("pk", "public_id", "code") if hasattr(row, name)]


@pytest.mark.walls
def test_no_address_breaks_on_an_odd_part(world: Planted, readers: dict[str, Reader]):
    """Huge numbers, NUL, path names and other alphabets in place of each id."""
    broken = []
    for address in ALL:
        place = ROWS[address.name].at(world)
        if not place or "get" not in address.methods:
            continue
        for odd in ("9" * 25, "%00", "..%2f..%2fetc%2fpasswd", "%E2%80%AE%F0%9F%A7%91", "a" * 3000):
            parts = [str(part) for part in place]
            path = reverse(address.name, args=place).replace(f"/{parts[-1]}", f"/{odd}")
            response = readers["city"].ask(path)
            if response.status_code >= 500:
                broken.append(f"{path[:120]} {response.status_code}")

    assert broken == []
