from django.db import models, transaction

from kechuang.base.models import NumberSeries
from kechuang.base.prepared import NUMBER, TEXT, Update

_COUNT = Update(
    lambda count, kind, year: (
        NumberSeries.objects.filter(kind=kind, year=year),
        {"last": models.F("last") + count},
    ),
    NUMBER,
    TEXT,
    NUMBER,
    returning="last",
)


def next_number(kind: str, year: int) -> int:
    """The next number of a series, without gaps: a transaction that fails gives its number back."""
    return next_numbers(kind, year, 1)[0]


@transaction.atomic(savepoint=False)
def next_numbers(kind: str, year: int, count: int) -> range:
    """`count` numbers in a row. The series stays locked until the caller's transaction ends."""
    counted = _COUNT.returned(count, kind, year)
    if not counted:
        NumberSeries.objects.get_or_create(kind=kind, year=year)
        counted = _COUNT.returned(count, kind, year)
    return range(counted[0] - count + 1, counted[0] + 1)
