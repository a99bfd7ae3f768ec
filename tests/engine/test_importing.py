import pytest

from kechuang.base.errors import Refused
from kechuang.engine.applications.importing import ColumnMapping, import_entries
from kechuang.engine.models import Application
from kechuang.orgs.actor import Actor
from kechuang.orgs.models import Org
from tests.factories.engine import a_call, a_ground, an_actor

pytestmark = pytest.mark.django_db
HEADINGS = ["编号", "作品名称", "学科", "学段", "学校", "人数"]


@pytest.fixture
def call():
    return a_call(a_ground())


def take(call, *rows, headings=HEADINGS, **more):
    table = [(n, dict(zip(headings, row, strict=True))) for n, row in enumerate(rows, 2)]
    return import_entries(call, headings, table, by=Actor.system("test"), **more)


def a_school_name(call):
    return Org.objects.schools().filter(path__startswith=call.org.path).first().name


def test_rows_come_in_as_submitted_applications_with_receipts(call):
    report = take(call, ["1", "桥", "物理学", "高中", a_school_name(call), 2])

    application = Application.objects.get()
    assert (report.rows_in, report.accepted, report.added, report.refused) == (1, 1, 1, [])
    assert (application.state, application.division, application.team_size, application.imported) == (
        "submitted",
        "senior.PH",
        2,
        True,
    )
    assert application.receipt_no
    assert application.movements.get().move == "take_in"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({0: ""}, "没有编号"),
        ({1: ""}, "没有作品名称"),
        ({1: "长" * 301}, "超过 300 个字符"),
        ({2: "炼金术"}, "学科“炼金术”不在本次申报的学科里"),
        ({3: "大学"}, "不在本次申报的学科里"),
        ({4: "没有这所学校"}, "找不到学校“没有这所学校”"),
        ({4: ""}, "没有写明学校"),
        ({5: "0"}, "团队人数“0”不在 1 至 3 之间"),
        ({5: "many"}, "团队人数“many”"),
    ],
)
def test_a_bad_row_is_refused_by_number_and_the_good_one_taken(call, changes, sentence):
    good = ["1", "桥", "物理学", "高中", a_school_name(call), 1]
    bad = ["2", *good[1:]]
    for place, value in changes.items():
        bad[place] = value

    report = take(call, good, bad)

    assert report.added == 1
    [(row, said)] = report.refused
    assert row == 3
    assert sentence in said
    assert report.rows_in == report.accepted + len(report.refused)


def test_the_same_number_twice_in_a_file_names_the_first_row(call):
    row = ["7", "桥", "物理学", "高中", a_school_name(call), 1]

    report = take(call, row, row)

    assert report.refused == [(3, "编号 7 与第 2 行重复。")]


def test_twice_adds_nothing(call):
    rows = [[str(n), f"作品{n}", "数学", "初中", a_school_name(call), 1] for n in range(5)]
    take(call, *rows)

    again = take(call, *rows)

    assert (again.accepted, again.added, again.refused) == (5, 0, [])
    assert Application.objects.count() == 5


def test_international_table_comes_from_delegations(call):
    headings = ["entry_no", "title", "category", "country", "region", "team_size", "grand_award"]

    report = take(call, ["A-1", "A Bridge", "Plant Sciences", "Brazil", "SP", "1", ""], headings=headings)

    application = Application.objects.get()
    assert report.added == 1
    assert (application.division, application.org.kind, application.org.name) == (
        "senior.BO",
        "delegation",
        "Brazil SP代表团",
    )


def test_mapping_names_columns_values_and_defaults(call):
    mapping = ColumnMapping(
        columns={"title": "Projekt"}, values={"discipline": {"Fysik": "PH"}}, defaults={"stage": "junior"}
    )
    headings = ["id", "Projekt", "discipline", "school"]

    report = take(call, ["9", "Bro", "Fysik", a_school_name(call)], headings=headings, mapping=mapping)

    assert report.refused == []
    assert Application.objects.get().division == "junior.PH"


def test_a_table_without_titles_is_refused_whole(call):
    with pytest.raises(Refused, match="表格里找不到这些列：作品名称"):
        take(call, ["1"], headings=["编号"])


def test_a_draft_call_takes_nothing_in(call):
    call.state = "draft"

    with pytest.raises(Refused, match="已发布"):
        take(call)


def test_an_officer_of_a_school_may_not_import(call):
    from django.core.exceptions import PermissionDenied

    school = Org.objects.schools().filter(path__startswith=call.org.path).first()

    with pytest.raises(PermissionDenied):
        import_entries(call, HEADINGS, [], by=an_actor("school_officer", school))
