"""What the worker does for agreements: tell both sides before the last day."""

from kechuang.base import clock
from kechuang.engine.partnerships.messages import tell_ending
from kechuang.engine.partnerships.queries import running
from kechuang.engine.partnerships.rules import SOON


def remind_of_ends() -> int:
    """Safe to repeat and to run twice at once: each message names its occasion."""
    day = clock.today()
    rows = running(day).filter(until__lte=day + SOON).select_related("honour__org", "honour__person", "partner")
    return sum(tell_ending(agreement) for agreement in rows.order_by("pk"))
