"""Columns are told apart as Django tells them apart, only faster."""

from django.db.models import Count, F
from django.db.models.expressions import Col, Expression

from kechuang.base.models import AuditEntry, Mail


def test_columns_are_equal_when_alias_and_field_are():
    field, other = Mail._meta.get_field("id"), Mail._meta.get_field("state")

    assert Col("a", field) == Col("a", field)
    assert hash(Col("a", field)) == hash(Col("a", field))
    assert len({Col("a", field), Col("b", field), Col("a", other), Col("a", AuditEntry._meta.get_field("id"))}) == 4
    assert Col("a", field, other) != Col("a", field)
    assert Col("a", field) != F("a")


def test_it_agrees_with_djangos_own_comparison():
    slow = Expression.__dict__["identity"].func
    columns = [
        Col(alias, model._meta.get_field(name))
        for alias in ("t", "u")
        for model, name in ((Mail, "id"), (Mail, "state"), (AuditEntry, "id"))
    ]

    for one in columns:
        for two in columns:
            assert (one == two) == (slow(one) == slow(two))


def test_ordered_and_grouped_queries_read_as_before():
    grouped = str(Mail.objects.order_by("state").values("state").annotate(n=Count("pk")).query)
    ordered = str(Mail.objects.order_by("state", "-pk").query)

    assert grouped.endswith("GROUP BY 1 ORDER BY 1 ASC")
    assert ordered.endswith('ORDER BY "base_mail"."state" ASC, "base_mail"."id" DESC')
