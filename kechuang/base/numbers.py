from django.db import models, transaction

from kechuang.base.models import NumberSeries


def next_number(kind: str, year: int) -> int:
    """The next number of a series, without gaps: a transaction that fails gives its number back."""
    return next_numbers(kind, year, 1)[0]


@transaction.atomic(savepoint=False)
def next_numbers(kind: str, year: int, count: int) -> range:
    """`count` numbers in a row. The series stays locked until the caller's transaction ends."""
    series = NumberSeries.objects.filter(kind=kind, year=year)
    if not series.update(last=models.F("last") + count):
        NumberSeries.objects.get_or_create(kind=kind, year=year)
        series.update(last=models.F("last") + count)
    last = series.values_list("last", flat=True).get()
    return range(last - count + 1, last + 1)
