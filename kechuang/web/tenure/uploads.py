"""Where an upload for a report goes: to its question, within the question's types, size and number."""

from collections.abc import Sequence

from django.http import Http404

from kechuang.base.models import StoredFile
from kechuang.engine.tenure.actions.reports import attach_report_file, file_question
from kechuang.engine.tenure.models import Report
from kechuang.orgs.actor import Actor
from kechuang.web.files.purposes import Slot, kinds_of, purpose


@purpose("report")
def report_slot(actor: Actor, rest: Sequence[str]) -> Slot:
    """`report:<public id>:<question>`, for the holder only."""
    public_id, code = (*rest, "", "")[:2]
    rows = Report.objects.visible_to(actor).select_related("honour__org", "honour__person", "call__org")
    report = rows.filter(public_id=public_id).first()
    if report is None or not report.belongs_to(actor):
        raise Http404
    question = file_question(report, code)

    def take(stored: StoredFile) -> None:
        attach_report_file(report, code, stored, by=actor)

    return Slot(kinds_of(question.file_types), question.max_megabytes * 1024 * 1024, report.scope_path, take)
