"""Two people saved the same application: what each wrote, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kechuang.engine.applications.models import Application
from kechuang.engine.applications.rules import plain
from kechuang.web.applicant.forms import EntryForm, values_of
from kechuang.web.applicant.reading import spoken


@dataclass(frozen=True)
class Difference:
    name: str
    label: str
    mine: Any
    theirs: Any
    mine_words: str
    theirs_words: str


def differences(
    current: Application, changes: Mapping[str, Any], was: Mapping[str, Any] | None = None
) -> list[Difference]:
    """The fields whose stored value is not the one that was sent; with `was`, only those that somebody else changed as well."""
    plan, stored = current.call.plan, values_of(current)
    fields = EntryForm(plan, {}, target="submitted").fields
    questions = {question.code: question for question in plan.questions()}
    found = []
    for name, mine in changes.items():
        theirs = stored.get(name, "")
        is_alone = was is not None and name in was and plain(was[name]) == plain(theirs)
        if name in fields and plain(mine) != plain(theirs) and not is_alone:
            words = [_words(questions.get(name), value) for value in (mine, theirs)]
            found.append(Difference(name, str(fields[name].label), mine, theirs, *words))
    return found


def _words(question: Any, value: Any) -> str:
    if question is not None and question.kind == "table":
        return "\n".join(" | ".join(map(str, row)) for row in value or [])
    return spoken(question, value) if question is not None and value else str(value or "")
