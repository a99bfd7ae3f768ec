import pytest

from kechuang.engine.workflow.library import LIBRARY, ONE_TIER, TWO_TIER
from kechuang.engine.workflow.states import STATES
from kechuang.engine.workflow.workflow import Move, Workflow, WorkflowError, mermaid


def a_move(name="go", source=("draft",), target="awarded", **more):
    return Move(name, "走", source, target, "application.submit", **more)


def a_workflow(*moves, finals=("awarded",)):
    return Workflow("test", "draft", frozenset(finals), moves or (a_move(),))


def test_two_tier_knows_every_state_of_the_vocabulary():
    assert TWO_TIER.states == frozenset(STATES)


def test_one_tier_leads_from_the_school_to_the_screening():
    assert ONE_TIER.move("endorse").target == "recommended"
    assert ONE_TIER.states == frozenset(STATES) - {"endorsed", "not_recommended"}


@pytest.mark.parametrize(
    ("workflow", "complaint"),
    [
        (lambda: a_workflow(a_move(), a_move()), "declared twice"),
        (lambda: a_workflow(a_move(target="nirvana"), finals=("nirvana",)), "unknown state 'nirvana'"),
        (lambda: a_workflow(a_move(), a_move("stray", ("submitted",))), "'submitted' cannot be reached"),
        (lambda: a_workflow(a_move(), a_move("stay", target="submitted")), "'submitted' is a dead end"),
        (lambda: a_workflow(a_move(undoes="nothing")), "undoes unknown 'nothing'"),
        (lambda: a_workflow(a_move(authority="king")), "unknown authority 'king'"),
    ],
)
def test_workflow_that_makes_no_sense_is_refused(workflow, complaint):
    with pytest.raises(WorkflowError, match=complaint):
        workflow()


def test_with_guards_adds_to_one_move_only():
    guarded = TWO_TIER.with_guards("submit", "runs_a_club")

    assert guarded.move("submit").guards == (*TWO_TIER.move("submit").guards, "runs_a_club")
    assert guarded.move("endorse") == TWO_TIER.move("endorse")
    assert "runs_a_club" not in TWO_TIER.move("submit").guards


def test_with_guards_refuses_an_unknown_move():
    with pytest.raises(WorkflowError, match="no move 'fly'"):
        TWO_TIER.with_guards("fly", "anything")


def test_every_undo_leads_back_where_its_move_began():
    for workflow in LIBRARY.values():
        for move in workflow.moves:
            if move.undoes:
                assert move.target in workflow.move(move.undoes).source, (workflow.name, move.name)


def test_mermaid_draws_each_move_once():
    drawing = mermaid(a_workflow())

    assert drawing == "stateDiagram-v2\n    [*] --> draft\n    draft --> awarded: go\n    awarded --> [*]\n"


@pytest.mark.parametrize(
    ("name", "state", "words"),
    [
        ("two_tier", "draft", "填写完整后提交学校审核"),
        ("direct", "draft", "填写完整后提交"),
        ("one_tier", "submitted", "学校审核后报送主办单位"),
        ("two_tier", "submitted", "学校审核后报送区级推荐"),
        ("direct", "recommended", "主办单位资格审查后进入专家评审"),
        ("granted", "recommended", "主办单位审查后授予"),
        ("granted", "awarded", STATES["awarded"].then),
    ],
)
def test_what_comes_next_is_what_the_course_has(name, state, words):
    assert LIBRARY[name].then(state) == words


def test_what_a_tier_sees_to_falls_to_the_next_office():
    assert LIBRARY["two_tier"].in_place_of("recommend") == "recommend"
    assert LIBRARY["direct"].in_place_of("recommend") == "screen"
    assert LIBRARY["granted"].in_place_of("endorse") == "grant"
    assert LIBRARY["direct"].in_place_of("adopt") == "adopt"
