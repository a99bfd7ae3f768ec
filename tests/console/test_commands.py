import csv
import json

import pytest
from django.core.management import CommandError, call_command

from kechuang.base import audit
from kechuang.base.models import AuditEntry
from kechuang.engine.models import Application
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Membership, Org, User
from tests.factories.engine import a_call

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "entries.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        rows = csv.writer(file)
        rows.writerow(["编号", "作品名称", "学科", "学段", "国家", "人数"])
        rows.writerow(["1", "桥", "物理学", "高中", "某国", "1"])
        rows.writerow(["2", "炼金", "炼金术", "高中", "某国", "1"])
    return path


def test_import_entries_reports_each_refused_row_and_adds_nothing_twice(table, capsys):
    call = a_call()

    call_command("import_entries", call.slug, table, json=True)
    first = json.loads(capsys.readouterr().out)
    call_command("import_entries", str(call.pk), table, json=True)
    second = json.loads(capsys.readouterr().out)

    assert (first["rows_in"], first["accepted"], first["added"], first["refused"]) == (2, 1, 1, 1)
    assert first["refusals"][0]["row"] == 3
    assert (second["accepted"], second["added"]) == (1, 0)
    assert Application.objects.count() == 1


def test_import_entries_names_the_calls_there_are(table):
    call = a_call()

    with pytest.raises(CommandError, match=f"没有“nothing”这个申报通知。现有：{call.slug}"):
        call_command("import_entries", "nothing", table)


def test_import_entries_refuses_an_unreadable_mapping(table, tmp_path):
    broken = tmp_path / "mapping.json"
    broken.write_text("[1, 2", encoding="utf-8")

    with pytest.raises(CommandError, match="映射文件读不懂"):
        call_command("import_entries", a_call().slug, table, mapping=broken)


def test_verify_audit_ends_with_one_when_a_row_was_changed_behind_its_back(capsys):
    for n in range(3):
        audit.record("test", by=Actor.system("test"), detail={"n": n})
    call_command("verify_audit", json=True)
    assert json.loads(capsys.readouterr().out)["ok"] is True
    entry = AuditEntry.objects.order_by("pk")[1]
    super(type(AuditEntry.objects.all()), AuditEntry.objects.filter(pk=entry.pk)).update(action="forged")

    with pytest.raises(SystemExit) as end:
        call_command("verify_audit", json=True)

    report = json.loads(capsys.readouterr().out)
    assert end.value.code == 1
    assert report["first_broken"]["entry_id"] == entry.pk


def test_create_admin_makes_the_city_and_an_account_that_must_change_its_password(capsys):
    call_command("create_admin", "anquan", name="安老师", city="某市教育局")

    user = User.objects.get(username="anquan")
    assert user.must_change_password
    assert Membership.objects.get(person__user=user).role == "security_admin"
    assert Org.objects.get(kind="city").name == "某市教育局"
    assert "首次密码" in capsys.readouterr().out


def test_create_admin_refuses_a_name_that_is_taken(capsys):
    call_command("create_admin", "anquan", name="安老师")

    with pytest.raises(CommandError, match="已被使用"):
        call_command("create_admin", "anquan", name="另一位", role="auditor")

    assert Membership.objects.count() == 1
