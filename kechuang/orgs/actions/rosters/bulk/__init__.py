"""A whole city's roster from a file: streamed, in batches, with the same checks and sentences as the page."""

from kechuang.orgs.actions.rosters.bulk.run import Report, import_roster

__all__ = ["Report", "import_roster"]
