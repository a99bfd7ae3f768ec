"""A published call and the pupils who are about to enter it, in the (empty, migrated) database of DATABASE_URL.

`python -m tests.bench.storm.scene make COUNT` prints what the clients need as JSON; `deadline SECONDS` lets the call close that many
seconds from now, which is the one thing the storm does behind the product's back: a published call is frozen.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import transaction  # noqa: E402 -- app ready

from kechuang.base import clock  # noqa: E402 -- app ready
from kechuang.engine.calls.models import Call  # noqa: E402 -- app ready
from kechuang.engine.programme import codec  # noqa: E402 -- app ready
from kechuang.orgs.actions import create_org, load_consent_texts  # noqa: E402 -- app ready
from kechuang.orgs.enums import OrgKind, Role  # noqa: E402 -- app ready
from kechuang.orgs.models import Consent, ConsentText, Org, Person, PupilRecord  # noqa: E402 -- app ready
from tests.bench.scene import calls, sign_ins  # noqa: E402 -- app ready
from tests.bench.scene.city import BUILDER, City, account, people  # noqa: E402 -- app ready
from tests.bench.scene.words import Writer  # noqa: E402 -- app ready

SCHOOLS = 20
GRADE, AGE = 9, 15
"""From 14 on a pupil answers for the own consent."""


@transaction.atomic
def make(count: int) -> dict[str, Any]:
    """Everything the clients are told: the call's name, the answers, and for each pupil school and session."""
    city = _city()
    call = calls.published(
        city, "第四十届青少年科技创新大赛", clock.now() - timedelta(days=20), count, year=clock.today().year
    )
    pupils = _pupils(city.schools, count)
    keys = sign_ins.sign_in(pupil.user for pupil in pupils if pupil.user)
    entrants = [
        {"school": city.schools[n % SCHOOLS].pk, "session": keys[pupil.user_id], "pupil": pupil.public_id}
        for n, pupil in enumerate(pupils)
        if pupil.user_id
    ]
    return {
        "slug": call.slug,
        "answers": _answers(call),
        "pledges": [pledge.code for pledge in call.plan.pledges],
        "entrants": entrants,
    }


def _city() -> City:
    load_consent_texts()
    org = create_org(kind=OrgKind.CITY, code="440300", name="示范市教育局", short_name="示范市", by=BUILDER)
    district = create_org(kind=OrgKind.DISTRICT, code="U01", name="示范东区", parent=org, by=BUILDER)
    city = City(org, account("city", "陈市级", Role.CITY_OFFICER, org), [district])
    city.schools = [
        create_org(kind=OrgKind.SCHOOL, code=f"S{n:03d}", name=f"示范第{n + 1}学校", parent=district, school_kind="twelve_year",
                   stages=["primary", "junior", "senior"], ownership="public", by=BUILDER)
        for n in range(SCHOOLS)
    ]  # fmt: skip
    return city


def _pupils(schools: list[Org], count: int) -> list[Person]:
    writer, year = Writer(7), clock.today().year
    homes = [schools[n % SCHOOLS] for n in range(count)]
    pupils = people(
        "storm", [writer.name() for _ in range(count)], [(home, Role.PUPIL) for home in homes], has_pin=True
    )
    born = clock.today().replace(year=year - AGE, month=1, day=15)
    PupilRecord.objects.bulk_create(
        [
            PupilRecord(person=p, school=home, grade=GRADE, class_name="3班", birth_on=born)
            for p, home in zip(pupils, homes, strict=True)
        ]
    )
    text = ConsentText.objects.in_force("entering")
    Consent.objects.bulk_create(
        [
            Consent(pupil=p, text=text, purpose="entering", answer="granted", age_then=AGE, by=p, answered_as="pupil")
            for p in pupils
        ]
    )
    return pupils


def _answers(call: Call) -> dict[str, Any]:
    """An answer to every question that is answered in words, as the page sends it."""
    by_kind = {"text": "监测", "long_text": Writer(3).text(280), "date": "2026-03-01", "yes_no": "no", "number": "3"}
    found: dict[str, Any] = {
        "title": "红树林鸟类声音监测",
        "stage": "junior",
        "discipline": "EV",
        "abstract": Writer(5).text(220),
    }
    for question in call.plan.questions():
        if question.kind in by_kind:
            found[question.code] = by_kind[question.kind]
        elif question.kind == "choice":
            found[question.code] = question.choices[0]
    return {f"a-{name}": value for name, value in found.items()}


@transaction.atomic
def deadline(seconds: float) -> dict[str, Any]:
    """Close the applications `seconds` from now: in the two places in which a published call keeps it."""
    call = Call.objects.select_for_update(of=("self",)).get()
    at = clock.now() + timedelta(seconds=seconds)
    for step in call.declaration["steps"]:
        if step["code"] == "apply":
            step["closes_at"] = at.isoformat()
    call.closes_at, call.declaration_digest = at, codec.digest(call.declaration)
    call.save(update_fields=["closes_at", "declaration", "declaration_digest"])
    return {"at": at.timestamp()}


if __name__ == "__main__":
    act, argument = sys.argv[1:]
    print(json.dumps(make(int(argument)) if act == "make" else deadline(float(argument)), ensure_ascii=False))
