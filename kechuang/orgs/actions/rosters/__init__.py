"""Rosters: a template out, a table in, a verdict for each row, the good rows taken, the others sent back."""

from kechuang.orgs.actions.rosters.take import take_good_rows
from kechuang.orgs.actions.rosters.undo import undo_roster, why_not_undoable
from kechuang.orgs.actions.rosters.upload import (
    check_rows,
    discard_roster,
    roster_template,
    rows_back,
    take_later,
    undo_later,
    upload_roster,
)

__all__ = [
    "check_rows",
    "discard_roster",
    "roster_template",
    "rows_back",
    "take_good_rows",
    "take_later",
    "undo_later",
    "undo_roster",
    "upload_roster",
    "why_not_undoable",
]
