"""A workflow is data: states, moves, and the names of the guards and effects that the engine looks up in its registry."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from kechuang.engine.workflow.states import STATES, THEN_WITHOUT

NEXT_OFFICE = {"endorse": "recommend", "recommend": "screen", "screen": "grant"}
AUTHORITIES = frozenset({"applicant", "org", "call"})


class WorkflowError(ValueError):
    """A workflow that makes no sense; raised when it is built, so a wrong declaration stops the start-up."""


@dataclass(frozen=True)
class Move:
    """One step that a person may take.

    `source` states → `target` state; `needs` is the permission, `authority` where it must be held: over the applicant's
    organisation (`org`), over the organisation that owns the call (`call`), or as one of the applicants (`applicant`). `step` names the call's dated step whose opening and closing time
    bind the move; `guards` and `effects` are names in the registry; `undoes` marks the lawful way back of another move.
    """

    name: str
    label: str
    source: tuple[str, ...]
    target: str
    needs: str
    authority: str = "org"
    step: str = ""
    needs_reason: bool = False
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    undoes: str = ""
    tone: str = "primary"
    by_hand: bool = True


@dataclass(frozen=True)
class Workflow:
    """A checked set of moves. Derive variants with `with_guards`, `with_effects` and `without_tier`; never copy one under a prefix."""

    name: str
    start: str
    finals: frozenset[str]
    moves: tuple[Move, ...]
    _index: dict[str, Move] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {move.name: move for move in self.moves})
        problems = list(_problems(self))
        if problems:
            raise WorkflowError(f"workflow {self.name}: " + "; ".join(problems))

    def move(self, name: str) -> Move:
        try:
            return self._index[name]
        except KeyError:
            raise WorkflowError(f"workflow {self.name} has no move {name!r}") from None

    def in_place_of(self, name: str) -> str:
        """`name`, or in a course without that tier the move of the next office: what was to be seen to before is still seen to."""
        here: str | None = name
        while here is not None and here not in self._index:
            here = NEXT_OFFICE.get(here)
        return here or name

    def moves_from(self, state: str) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if state in move.source)

    def then(self, state: str) -> str:
        """What comes next from `state` in this course, in the words that citizens read (not yet translated)."""
        move, words = THEN_WITHOUT.get(state, ("", ""))
        return words if words and move not in self._index else STATES[state].then

    @property
    def states(self) -> frozenset[str]:
        return frozenset({self.start, *self.finals}).union(*({move.target, *move.source} for move in self.moves))

    def with_guards(self, name: str, *guards: str) -> "Workflow":
        """The same workflow whose move `name` is also bound by `guards`."""
        return self._replacing(name, lambda move: replace(move, guards=(*move.guards, *guards)))

    def with_effects(self, name: str, *effects: str) -> "Workflow":
        """The same workflow whose move `name` also has `effects`, after the ones it had."""
        return self._replacing(name, lambda move: replace(move, effects=(*move.effects, *effects)))

    def without_tier(self, state: str, *, straight_to: str, name: str) -> "Workflow":
        """A variant without one tier: whatever led to `state` leads `straight_to`, and the moves that start only there go."""
        kept = []
        for move in self.moves:
            source = tuple(s for s in move.source if s != state)
            if not source:
                continue
            target = straight_to if move.target == state else move.target
            kept.append(replace(move, source=source, target=target))
        kept = _drop_unreachable(self.start, kept)
        finals = frozenset(s for s in self.finals if any(m.target == s for m in kept))
        return Workflow(name, self.start, finals, tuple(kept))

    def _replacing(self, name: str, change: Callable[[Move], Move]) -> "Workflow":
        self.move(name)
        return replace(self, moves=tuple(change(move) if move.name == name else move for move in self.moves))


def _drop_unreachable(start: str, moves: list[Move]) -> list[Move]:
    while True:
        reached = _reachable(start, moves)
        trimmed = [
            replace(move, source=tuple(s for s in move.source if s in reached))
            for move in moves
            if reached.intersection(move.source)
        ]
        trimmed = [move for move in trimmed if not (move.undoes and set(move.source) == {move.target})]
        if trimmed == moves:
            return moves
        moves = trimmed


def _reachable(start: str, moves: Iterable[Move]) -> set[str]:
    reached, frontier = {start}, [start]
    while frontier:
        state = frontier.pop()
        for move in moves:
            if state in move.source and move.target not in reached:
                reached.add(move.target)
                frontier.append(move.target)
    return reached


def _problems(workflow: Workflow) -> Iterable[str]:
    names = [move.name for move in workflow.moves]
    yield from (f"move {name!r} is declared twice" for name in sorted({n for n in names if names.count(n) > 1}))
    yield from (f"unknown state {state!r}" for state in sorted(workflow.states - STATES.keys()))
    reached = _reachable(workflow.start, workflow.moves)
    yield from (f"state {state!r} cannot be reached" for state in sorted(workflow.states - reached))
    leaving = {state for move in workflow.moves for state in move.source}
    yield from (f"state {state!r} is a dead end" for state in sorted(workflow.states - leaving - workflow.finals))
    known = set(names)
    yield from (
        f"move {m.name!r} has unknown authority {m.authority!r}"
        for m in workflow.moves
        if m.authority not in AUTHORITIES
    )
    yield from (
        f"move {m.name!r} undoes unknown {m.undoes!r}" for m in workflow.moves if m.undoes and m.undoes not in known
    )


def mermaid(workflow: Workflow) -> str:
    """The workflow as a Mermaid state diagram for the docs (compared with the committed page by a test)."""
    lines = ["stateDiagram-v2", f"    [*] --> {workflow.start}"]
    for move in workflow.moves:
        lines += [f"    {source} --> {move.target}: {move.name}" for source in move.source]
    lines += [f"    {state} --> [*]" for state in sorted(workflow.finals)]
    return "\n".join(lines) + "\n"
