"""What a withdrawn consent does to pages that are already public."""

from django.db import transaction

from kechuang.base import audit
from kechuang.engine.publicity.disclosing import unname
from kechuang.engine.publicity.lines import public_names
from kechuang.engine.publicity.models import NoticeLine
from kechuang.orgs.models import Person, User


@transaction.atomic
def withdraw_names(person: Person, *, by: User | None = None) -> int:
    """Without the consent for 公示姓名 the lines of that pupil's teams say only that a pupil took part; returns how many."""
    lines = list(
        NoticeLine.objects.filter(application__members__person=person, is_struck=False).select_related(
            "notice__decision__call__org"
        )
    )
    names = public_names({line.application_id for line in lines}, "publicity")
    for line in lines:
        line.names = names[line.application_id][:200]
    NoticeLine.objects.bulk_update(lines, ["names"])
    unname(person, "公示姓名的同意已撤回")
    audit.record_many(
        [
            {"action": "withdraw_names", "by": by, "on": line.notice, "scope_path": line.notice.scope_path}
            for line in lines
        ]
    )
    return len(lines)
