import json
import math
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from kechuang.base import anchors, audit, clock
from kechuang.base.errors import Refused
from kechuang.base.models import AppendOnlyError, AuditEntry, AuditHead, AuditSeal

pytestmark = pytest.mark.django_db


def write(count: int) -> list[AuditEntry]:
    return [
        audit.record("test.happen", by=None, on="thing", detail={"n": n}, reason=f"第 {n} 次") for n in range(count)
    ]


def sql(statement: str, *values: object) -> None:
    """Damage done behind the back of the platform, straight in the database."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def broken() -> dict:
    report = audit.verify()
    assert not report.ok
    return report.first_broken


def test_an_untouched_ledger_verifies():
    write(5)

    report = audit.verify()

    assert (report.ok, report.rows, report.first_broken) == (True, 5, None)
    assert report.head == AuditSeal.objects.get(seq=5).hash


def test_an_empty_ledger_verifies():
    assert audit.verify() == audit.AuditReport(ok=True, rows=0, head="")


def test_record_names_the_user_and_the_row():
    user = get_user_model().objects.create(username="officer")
    subject = AuditHead.objects.create()

    entry = audit.record("call.publish", by=user, on=subject, scope_path="/1/", reason="因为")

    stored = AuditEntry.objects.get()
    assert stored == entry
    assert (stored.by_id, stored.by_name) == (user.pk, "officer")
    assert (stored.on_type, stored.on_id, stored.scope_path) == ("base.audithead", str(subject.pk), "/1/")


def test_an_actor_is_recorded_by_its_user():
    user = get_user_model().objects.create(username="officer")

    class Actor:
        pass

    actor = Actor()
    actor.user = user

    assert audit.record("a", by=actor).by_name == "officer"


def test_the_row_stays_when_the_account_goes():
    user = get_user_model().objects.create(username="officer")
    audit.record("a", by=user)

    user.delete()

    assert audit.verify().ok
    assert AuditEntry.objects.get().by_name == "officer"


def test_rows_cannot_be_changed_or_deleted_through_the_models():
    entry = write(1)[0]
    entry.action = "other"

    for attempt in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(action="other"),
        lambda: AuditEntry.objects.bulk_update([entry], ["action"]),
    ):
        with pytest.raises(AppendOnlyError):
            attempt()
    assert AuditEntry.objects.get().action == "test.happen"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action", "test.other"),
        ("reason", ""),
        ("by_name", "x"),
        ("scope_path", "/9/"),
        ("on_id", "7"),
        ("mac", "0" * 64),
    ],
)
def test_a_changed_column_is_found(column, value):
    entries = write(4)
    audit.seal()

    sql(f"UPDATE base_auditentry SET {column} = %s WHERE id = %s", value, entries[2].pk)

    found = broken()
    assert (found["what"], found["entry_id"], found["seq"]) == ("changed", entries[2].pk, 3)
    assert str(entries[2].pk) in found["sentence"]


def test_a_changed_time_and_detail_are_found():
    entries = write(2)
    sql("UPDATE base_auditentry SET detail = %s WHERE id = %s", json.dumps({"n": 9}), entries[1].pk)

    assert (broken()["what"], broken()["entry_id"]) == ("inserted", entries[1].pk)

    sql("UPDATE base_auditentry SET at = %s WHERE id = %s", datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC")), entries[0].pk)
    assert (broken()["what"], broken()["entry_id"]) == ("changed", entries[0].pk)


@pytest.mark.parametrize("position", [0, 2, 4])
def test_a_deleted_row_is_found(position):
    entries = write(5)
    audit.seal()

    sql("DELETE FROM base_auditentry WHERE id = %s", entries[position].pk)

    assert (broken()["what"], broken()["entry_id"]) == ("missing", entries[position].pk)


def test_a_row_deleted_with_its_link_is_found():
    entries = write(5)
    audit.seal()

    sql("DELETE FROM base_auditentry WHERE id = %s", entries[1].pk)
    sql("DELETE FROM base_auditseal WHERE seq = 2")

    assert (broken()["what"], broken()["seq"]) == ("missing", 2)


def test_a_tail_cut_off_with_its_links_is_found():
    entries = write(5)
    audit.seal()

    sql("DELETE FROM base_auditentry WHERE id >= %s", entries[3].pk)
    sql("DELETE FROM base_auditseal WHERE seq >= 4")

    assert (broken()["what"], broken()["seq"]) == ("missing", 4)


def test_a_whole_chain_cut_off_is_found():
    write(3)
    audit.seal()

    sql("DELETE FROM base_auditentry")
    sql("DELETE FROM base_auditseal")

    assert (broken()["what"], broken()["seq"]) == ("missing", 1)


def test_a_forged_head_is_found():
    write(3)
    audit.seal()

    sql("DELETE FROM base_auditseal WHERE seq = 3")
    sql("UPDATE base_audithead SET seq = 2, hash = (SELECT hash FROM base_auditseal WHERE seq = 2)")

    assert broken()["what"] == "changed"


def test_a_deleted_head_is_found():
    write(3)
    audit.seal()

    sql("DELETE FROM base_audithead")
    write(1)

    assert broken()["what"] == "missing"


def test_an_inserted_row_is_found():
    write(2)
    audit.seal()

    sql(
        "INSERT INTO base_auditentry (at, action, by_name, on_type, on_id, scope_path, reason, detail, token, mac)"
        " VALUES (%s, 'award.issue', 'mayor', '', '', '', '', '{}', 'feed', %s)",
        clock.now(),
        "0" * 64,
    )

    found = broken()
    assert (found["what"], found["row"]["by_name"]) == ("inserted", "mayor")


def test_an_inserted_copy_of_a_genuine_row_is_found():
    write(2)
    audit.seal()

    sql(
        "INSERT INTO base_auditentry (at, action, by_name, on_type, on_id, scope_path, reason, detail, token, mac)"
        " SELECT at, action, by_name, on_type, on_id, scope_path, reason, detail, 'copy', mac FROM base_auditentry"
        " WHERE id = (SELECT min(id) FROM base_auditentry)"
    )

    assert broken()["what"] == "inserted"


def test_two_rows_swapped_are_found():
    first, _, third = write(3)
    audit.seal()

    sql("UPDATE base_auditentry SET id = 999999 WHERE id = %s", first.pk)
    sql("UPDATE base_auditentry SET id = %s WHERE id = %s", first.pk, third.pk)
    sql("UPDATE base_auditentry SET id = %s WHERE id = 999999", third.pk)

    assert (broken()["what"], broken()["entry_id"]) == ("out_of_order", first.pk)


def test_two_links_swapped_are_found():
    write(3)
    audit.seal()

    sql("UPDATE base_auditseal SET seq = 99 WHERE seq = 1")
    sql("UPDATE base_auditseal SET seq = 1 WHERE seq = 2")
    sql("UPDATE base_auditseal SET seq = 2 WHERE seq = 99")

    assert (broken()["what"], broken()["seq"]) == ("changed", 1)


def test_another_key_does_not_verify(settings):
    write(1)
    audit.seal()

    settings.AUDIT_KEY = "some other key"

    assert broken()["what"] == "changed"


def test_sealing_twice_seals_once():
    write(3)

    assert (audit.seal(), audit.seal()) == (3, 0)


def test_a_row_that_commits_late_is_sealed_behind_the_newer_one():
    first, second = write(2)
    late = AuditEntry.objects.filter(pk=first.pk).values().get()
    sql("DELETE FROM base_auditentry WHERE id = %s", first.pk)
    audit.seal()
    AuditEntry.objects.bulk_create([AuditEntry(**late)])

    audit.seal()

    assert list(AuditSeal.objects.values_list("entry_id", flat=True)) == [second.pk, first.pk]
    assert audit.verify().ok


def test_many_rows_are_one_insert(django_assert_num_queries):
    rows = [{"action": "a", "by": None, "detail": {"n": n}} for n in range(1500)]

    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 17):
        audit.record_many(rows)

    assert audit.verify().rows == 1500


ODD = {
    "decimal": Decimal("1.50"), "float": 0.1, "whole": 1.0, "huge": 1e20, "tiny": 1e-7, "minus": -0.0, "nan": math.nan,
    "moment": datetime(2026, 1, 1, 8, tzinfo=ZoneInfo("Asia/Shanghai")), "set": {"b", "a"}, "nul": "a\x00b",
    "lone": "\ud800", "nested": [{"张": None}], 7: True, "long": 2**70,
}  # fmt: skip


def test_odd_values_verify_after_a_round_trip_through_the_database():
    audit.record("odd", by=None, detail=ODD, reason="nul \x00")

    assert audit.verify().ok
    assert AuditEntry.objects.get().detail["set"] == ["a", "b"]


def test_the_same_content_has_the_same_mac_in_any_timezone_and_key_order():
    utc = datetime(2026, 1, 1, 0, 0, 0, 123456, tzinfo=ZoneInfo("UTC"))
    content = ("a", None, "", "", "", "", "")

    here = audit._mac((utc.astimezone(ZoneInfo("Asia/Shanghai")), *content, {"a": 1, "b": 2}, "t"))
    there = audit._mac((utc, *content, {"b": 2.0, "a": 1}, "t"))

    assert here == there


def test_an_anchor_witnesses_the_chain_and_is_dropped_once(settings, tmp_path):
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchors.jsonl"
    write(3)
    audit.seal()

    first, again = anchors.drop_anchor(), anchors.drop_anchor()

    assert (first.seq, again) == (3, None)
    assert audit.verify().ok
    copied = anchors.read_lines(settings.AUDIT_ANCHOR_FILE.read_text().splitlines())
    assert copied == anchors.kept()
    assert json.loads(settings.AUDIT_ANCHOR_FILE.read_text())["key"] == anchors.public_key_hex()


def test_a_chain_written_anew_with_the_key_is_found_by_a_copied_anchor():
    write(3)
    audit.seal()
    anchors.drop_anchor()
    copy = anchors.kept()
    for table in ("auditanchor", "auditseal", "audithead", "auditentry"):
        sql(f"DELETE FROM base_{table}")
    write(3)

    assert audit.verify().ok
    report = audit.verify(copy)

    assert (report.ok, report.first_broken["what"], report.first_broken["seq"]) == (False, "anchor", 3)


def test_a_chain_shorter_than_its_anchor_is_found():
    write(3)
    audit.seal()
    anchors.drop_anchor()
    copy = anchors.kept()
    for table in ("auditanchor", "auditseal", "audithead", "auditentry"):
        sql(f"DELETE FROM base_{table}")
    write(2)

    assert audit.verify(copy).first_broken["seq"] == 3


def test_a_forged_anchor_is_found():
    write(2)
    audit.seal()
    anchors.drop_anchor()
    sql("UPDATE base_auditanchor SET signature = %s", "00" * 64)

    assert broken()["what"] == "anchor"


def test_an_unreadable_line_of_anchors_is_named():
    with pytest.raises(Refused, match="第 2 行"):
        anchors.read_lines(["", "{"])
