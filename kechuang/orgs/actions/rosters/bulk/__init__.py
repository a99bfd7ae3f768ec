"""A whole city's roster from a file: streamed, in batches, with the same checks and sentences as the page; and taken back."""

from kechuang.orgs.actions.rosters.bulk.run import Report, import_roster
from kechuang.orgs.actions.rosters.bulk.undo import UndoReport, undo_import, why_not_undo_import

__all__ = ["Report", "UndoReport", "import_roster", "undo_import", "why_not_undo_import"]
