"""Every action that the audit ledger may name has words for whoever reads the ledger."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import kechuang
from kechuang.web import acts
from tests.web.english import CJK

PACKAGE = Path(kechuang.__file__).parent
SHARED = "pin"
"""The one helper that other modules call as well."""


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def helpers(module: ast.Module) -> dict[str, int]:
    """Functions that hand their own parameter `action` on to the ledger, and which of their arguments it is."""
    found = {}
    for function in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)):
        names = [argument.arg for argument in function.args.args]
        if any(ast.unparse(call).startswith("audit.record(action") for call in calls(function)):
            found[function.name] = names.index("action")
    return found


def literals(node: ast.expr) -> list[str]:
    """One word, or the words of a choice between two."""
    if isinstance(node, ast.IfExp):
        return [*literals(node.body), *literals(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def in_rows(call: ast.Call) -> Iterator[str]:
    """The actions of the dicts that are given to `record_many`."""
    for row in (node for node in ast.walk(call) if isinstance(node, ast.Dict)):
        for key, value in zip(row.keys, row.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "action":
                yield from literals(value)


def recorded() -> set[str]:
    """Every action that stands in the code: given to the ledger, directly or by a helper, or in rows for `record_many`."""
    texts = [path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")]
    trees = [ast.parse(text) for text in texts if "audit.record" in text or f"{SHARED}(" in text]
    own = [helpers(tree) for tree in trees]
    shared = {name: place for places in own for name, place in places.items() if name == SHARED}
    found: set[str] = set()
    for tree, of_its_own in zip(trees, own, strict=True):
        places = {"audit.record": 0} | shared | of_its_own
        for call in calls(tree):
            function = ast.unparse(call.func)
            if function in places and len(call.args) > places[function]:
                found |= set(literals(call.args[places[function]]))
            if function == "audit.record_many":
                found |= set(in_rows(call))
    return found


def test_every_action_that_is_recorded_has_words_and_none_has_them_in_vain():
    found = recorded()

    assert {"sign_in", "declare_conflict", "allow_look", "add_reviewer", "start_defence"} <= found
    assert sorted(found - acts.ACTS.keys()) == []
    assert sorted(acts.ACTS.keys() - found) == []


def test_every_move_of_an_application_has_words():
    assert acts.name_of("application.endorse") == "审核通过并报送"
    assert acts.name_of("application.of_an_older_version") == "application.of_an_older_version"


@pytest.mark.parametrize("words", [acts.ACTS, acts.MOVES], ids=["acts", "moves"])
def test_words_differ_and_are_said_in_english(words):
    with translation.override("en"):
        english = {action: acts.name_of(action) for action in words}

    assert [said for said in english.values() if CJK.search(said)] == []
    if words is acts.ACTS:
        assert len(set(map(str, words.values()))) == len(set(english.values())) == len(words)
