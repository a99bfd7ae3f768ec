"""Two people saved the same application: what each wrote, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kechuang.engine.applications.models import Application
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


def differences(current: Application, changes: Mapping[str, Any]) -> list[Difference]:
    """The fields whose stored value is not the one that was sent."""
    plan, stored = current.call.plan, values_of(current)
    fields = EntryForm(plan, {}, target="submitted").fields
    questions = {question.code: question for question in plan.questions()}
    found = []
    for name, mine in changes.items():
        theirs = stored.get(name, "")
        if name in fields and _plain(mine) != _plain(theirs):
            words = [_words(questions.get(name), value) for value in (mine, theirs)]
            found.append(Difference(name, str(fields[name].label), mine, theirs, *words))
    return found


def _plain(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value or ""


def _words(question: Any, value: Any) -> str:
    if question is not None and question.kind == "table":
        return "\n".join(" | ".join(map(str, row)) for row in value or [])
    return spoken(question, value) if question is not None and value else str(value or "")
