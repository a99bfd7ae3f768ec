"""Made entries of one call that only want their prize: for the bench of certificates and its tests."""

from typing import Any


def made(count: int) -> Any:
    """A call with `count` entries of one pupil each, and the entries: rows only."""
    from kechuang.base import clock  # noqa: PLC0415 -- app ready
    from kechuang.base.ids import new_public_id  # noqa: PLC0415 -- app ready
    from kechuang.engine.models import Application, Call, TeamMember  # noqa: PLC0415 -- app ready
    from kechuang.engine.programme import codec  # noqa: PLC0415 -- app ready
    from kechuang.orgs.models import Org, Person  # noqa: PLC0415 -- app ready
    from kechuang.programmes.innovation_contest.programme import INNOVATION_CONTEST  # noqa: PLC0415 -- app ready

    city = Org.objects.create(kind="city", code="440300", name="示范市教育局")
    district = Org.objects.create(kind="district", code="440305", name="南海区教育局", parent=city)
    school = Org.objects.create(
        kind="school", code="S1", name="示范第一实验学校", parent=district, school_kind="twelve_year"
    )
    call = Call.objects.create(
        programme_code="innovation_contest", org=city, slug="bench", title="第42届示范市青少年科技创新大赛", year=2026, approval_number="示教函〔2026〕88号",
        declaration=codec.to_json(INNOVATION_CONTEST),
    )  # fmt: skip
    people = Person.objects.bulk_create(
        [
            Person(name=f"{'陈林王李赵欧阳'[n % 7]}{chr(0x4E00 + n % 9000)}{chr(0x5300 + n % 777)}")
            for n in range(count)
        ],
        batch_size=500,
    )
    facts = {
        "call": call,
        "org": school,
        "stage": "junior",
        "discipline": "PH",
        "state": "awarded",
        "submitted_at": clock.now(),
    }
    entries = [
        Application(
            public_id=new_public_id(), title=f"校园雨水花园的水质监测与净化研究（{n}）", receipt_no=f"B{n}", **facts
        )
        for n in range(count)
    ]
    Application.objects.bulk_create(entries, batch_size=500)
    TeamMember.objects.bulk_create(
        [
            TeamMember(call=call, application=e, person=p, school=school, grade=8)
            for e, p in zip(entries, people, strict=True)
        ],
        batch_size=500,
    )
    return call, entries
