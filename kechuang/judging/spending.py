"""Where to spend the next review: on the entries whose prize is least certain, by the experts who tell most.

The value of a review is what it is expected to add to the probability that an entry gets the prize it deserves. Before the
review is given its result is not known, so the gain is averaged over what it may turn out to be (value of information,
Raiffa & Schlaifer 1961; as a rule for allocating further observations: Chick & Inoue 2001). Reviews are given one by one,
each to the entry that gains most from it.
"""

import heapq
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kechuang.judging.arrays import Floats, Ints
from kechuang.judging.messages import Message, say
from kechuang.judging.ranking.choose import Choice, choose
from kechuang.judging.ranking.rank import Ratios, entry_errors, tier_limits
from kechuang.judging.ranking.table import Sheet, bare, read_sheet
from kechuang.judging.threads import single_threaded

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
LEAST = 1e-9
CERTAIN = 1.2815515655446004
"""Standard errors from a border at which an entry stands on its side with nine chances in ten."""


@dataclass(frozen=True)
class BorderEntry:
    """An entry whose prize is less than nine tenths certain; `doubt` is the probability that it stands on the wrong side."""

    entry: Any
    tier: str
    doubt: float


@dataclass(frozen=True)
class NextReview:
    """One review to give: `experts` in the order in which they tell most; `gain` in certainty of the entry's prize."""

    entry: Any
    tier: str
    experts: tuple[Any, ...]
    gain: float


@dataclass(frozen=True)
class Advice:
    """`settled` is the number of border entries that the reviews are expected to clear, `borders` counts them by tier."""

    reviews: tuple[NextReview, ...]
    border: tuple[BorderEntry, ...]
    borders: Mapping[str, int]
    settled: float
    message: Message


@dataclass(frozen=True)
class _State:
    """What is known of the entries, and what one more review does to an error."""

    choice: Choice
    estimate: Floats
    error: Floats
    level: Floats
    noise: float
    judges: int

    def error_after(self, at: int, count: int, told: float) -> float:
        """Standard error of an entry that has `count` scores, `told` (a precision) of them new."""
        level = 1 / (1 / max(self.level[at], LEAST) + told)
        unmet = max(self.judges - count, 0) / self.judges
        return float(np.sqrt(unmet**2 * level + self.noise * unmet / self.judges))


@single_threaded
def next_reviews(
    entries: Any,
    judges: Any,
    scores: Any,
    budget: int,
    *,
    prize_ratios: Ratios,
    groups: Mapping[Any, Hashable] | None = None,
    candidates: Mapping[Any, Iterable[Any]] | None = None,
    capacity: Mapping[Any, int] | None = None,
    most_per_entry: int = 2,
    method: str = "auto",
) -> Advice:
    """Up to `budget` further reviews, worth most first.

    `prize_ratios` are shares of each group's entries; `groups` names the group (division) of an entry that is ranked apart.
    `candidates` are the experts who may judge an entry (those who did are left out; default: every judge), `capacity`
    how many more reviews each may be given. An expert new to the round may be named too: they tell as much as the average.
    """
    sheet = read_sheet(entries, judges, scores)
    state = _state(sheet, choose(sheet, method))
    names, borders = _borders(sheet, state.estimate, prize_ratios, groups)
    plan = _Plan(sheet, state, borders, _Experts(sheet, state, candidates, capacity), most_per_entry)
    chosen = plan.spend(budget)
    near = _near(sheet, state, names, borders)
    settled = plan.settled()
    counts = {name: sum(row.tier == name for row in near) for name in names}
    reviews = tuple(
        NextReview(bare(sheet.items[at]), names[borders.tier[at]], tuple(experts), float(gain))
        for at, experts, gain in chosen
    )
    said = _sentence(counts, len(near), len(reviews), settled)
    return Advice(reviews, tuple(near), counts, settled, said)


def _sentence(counts: Mapping[str, int], near: int, reviews: int, settled: float) -> Message:
    if not near:
        return say("spend.settled")
    if not reviews:
        return say("spend.nobody", n=near)
    where = tuple(say("spend.where", tier=name, n=n) for name, n in counts.items() if n)
    return say("spend.offer", n=near, where=where, reviews=reviews, settled=round(settled))


def _state(sheet: Sheet, choice: Choice) -> _State:
    errors = entry_errors(sheet, choice)
    if choice.fit is not None:
        level, noise = choice.fit.level_variances(), choice.fit.variances.error
    else:
        noise = float(sheet.score.var()) or 1.0
        level = noise / sheet.counts
    return _State(choice, choice.estimate, np.maximum(errors, LEAST), level, noise, len(sheet.judges))


@dataclass(frozen=True)
class _Borders:
    """For each entry the score of the border nearest to it (NaN: none) and the tier above that border."""

    score: Floats
    tier: Ints


def _borders(
    sheet: Sheet, estimate: Floats, ratios: Ratios, groups: Mapping[Any, Hashable] | None
) -> tuple[tuple[str, ...], _Borders]:
    names, _limits = tier_limits(ratios, len(sheet.items))
    score, tier = np.full(len(estimate), np.nan), np.zeros(len(estimate), dtype=np.int64)
    for members in _members(sheet, groups):
        ordered = np.sort(estimate[members])[::-1]
        _names, limits = tier_limits(ratios, len(members))
        cuts = [
            (n, (ordered[limit - 1] + ordered[limit]) / 2) for n, limit in enumerate(limits) if 0 < limit < len(ordered)
        ]
        if not cuts:
            continue
        away = np.abs(estimate[members][:, None] - np.array([cut for _n, cut in cuts])[None, :])
        nearest = np.argmin(away, axis=1)
        score[members] = np.array([cut for _n, cut in cuts])[nearest]
        tier[members] = np.array([n for n, _cut in cuts])[nearest]
    return names, _Borders(score, tier)


def _members(sheet: Sheet, groups: Mapping[Any, Hashable] | None) -> list[Ints]:
    if groups is None:
        return [np.arange(len(sheet.items))]
    found: dict[Hashable, list[int]] = defaultdict(list)
    for at, item in enumerate(sheet.items):
        found[groups.get(bare(item))].append(at)
    return [np.array(places, dtype=np.int64) for places in found.values()]


def _normal(value: Any) -> Any:
    from scipy.special import ndtr  # noqa: PLC0415 -- slow import

    return ndtr(value)


def _doubt(distance: float, error: float) -> float:
    """Probability of standing on the wrong side of a border at that distance."""
    return float(_normal(-abs(distance) / max(error, LEAST)))


def doubt_after(distance: float, error: float, after: float) -> float:
    """The same as expected after a review that brings the error from `error` to `after`."""
    moved = np.sqrt(max(error**2 - after**2, 0.0))
    return float(WEIGHTS @ _normal(-np.abs(distance + moved * NODES) / max(after, LEAST)))


def cleared(distance: float, error: float, after: float) -> float:
    """Probability that the prize is then nine tenths certain."""
    moved = float(np.sqrt(max(error**2 - after**2, 0.0)))
    if moved < LEAST:
        return float(abs(distance) > CERTAIN * after)
    reach = CERTAIN * after
    return float(1 - _normal((reach - distance) / moved) + _normal((-reach - distance) / moved))


def _near(sheet: Sheet, state: _State, names: Sequence[str], borders: _Borders) -> list[BorderEntry]:
    """Entries less than nine tenths certain of their side of the nearest border, most doubtful first."""
    distance = state.estimate - borders.score
    inside = np.nonzero(np.abs(distance) < CERTAIN * state.error)[0]
    rows = [
        BorderEntry(bare(sheet.items[at]), names[borders.tier[at]], _doubt(float(distance[at]), float(state.error[at])))
        for at in inside
    ]
    return sorted(rows, key=lambda row: (-row.doubt, str(row.entry)))


class _Experts:
    """Who may be asked for an entry, in the order in which they tell most: the surer their severity, the more."""

    def __init__(
        self,
        sheet: Sheet,
        state: _State,
        candidates: Mapping[Any, Iterable[Any]] | None,
        capacity: Mapping[Any, int] | None,
    ) -> None:
        self.sheet, self.candidates = sheet, candidates
        self.room = dict(capacity) if capacity is not None else None
        fit = state.choice.fit
        error = fit.judge_errors() ** 2 if fit is not None else np.zeros(len(sheet.judges))
        self.unknown = fit.variances.judge if fit is not None else 0.0
        self.vague = {bare(judge): float(value) for judge, value in zip(sheet.judges, error, strict=True)}
        self.noise = state.noise
        self.met: dict[int, set[Any]] = defaultdict(set)
        for item, judge in zip(sheet.item, sheet.judge, strict=True):
            self.met[int(item)].add(bare(sheet.judges[judge]))

    def told_by(self, expert: Any) -> float:
        """Precision that one score by this expert adds."""
        return 1 / (self.noise + self.vague.get(expert, self.unknown))

    def of(self, at: int) -> list[Any]:
        """Those who may judge the entry, have room and have not judged it."""
        pool = self.vague if self.candidates is None else self.candidates.get(bare(self.sheet.items[at]), ())
        free = [e for e in pool if e not in self.met[at] and (self.room is None or self.room.get(e, 0) > 0)]
        load = self.room or {}
        return sorted(free, key=lambda e: (-round(self.told_by(e), 9), -load.get(e, 0), str(e)))

    def take(self, at: int, expert: Any) -> None:
        self.met[at].add(expert)
        if self.room is not None:
            self.room[expert] -= 1


class _Plan:
    """Greedy: always the review that gains most now; an entry's gain is computed anew after each."""

    def __init__(self, sheet: Sheet, state: _State, borders: _Borders, experts: _Experts, most: int) -> None:
        self.state, self.experts, self.most = state, experts, most
        self.distance = state.estimate - borders.score
        self.count = sheet.counts.copy()
        self.given = np.zeros(len(self.count), dtype=np.int64)
        self.told = np.zeros(len(self.count))

    def spend(self, budget: int) -> list[tuple[int, list[Any], float]]:
        open_ = np.nonzero(~np.isnan(self.distance))[0]
        heap = [(-gain, int(at)) for at in open_ if (gain := self._gain(int(at))) > LEAST]
        heapq.heapify(heap)
        chosen: list[tuple[int, list[Any], float]] = []
        while heap and len(chosen) < budget:
            _old, at = heapq.heappop(heap)
            experts = self.experts.of(at)
            gain = self._gain(at, experts)
            if gain <= LEAST:
                continue
            if heap and gain < -heap[0][0] - LEAST:
                heapq.heappush(heap, (-gain, at))
                continue
            self._give(at, experts[0])
            chosen.append((at, experts[:3], gain))
            if self.given[at] < self.most:
                heapq.heappush(heap, (-self._gain(at), at))
        return chosen

    def _give(self, at: int, expert: Any) -> None:
        self.told[at] += self.experts.told_by(expert)
        self.given[at] += 1
        self.experts.take(at, expert)

    def _error(self, at: int, more: int = 0, told: float = 0.0) -> float:
        return self.state.error_after(at, int(self.count[at] + self.given[at] + more), float(self.told[at]) + told)

    def _gain(self, at: int, experts: list[Any] | None = None) -> float:
        experts = self.experts.of(at) if experts is None else experts
        if not experts:
            return 0.0
        distance, first = float(self.distance[at]), float(self.state.error[at])
        now = min(first, self._error(at)) if self.given[at] else first
        then = min(now, self._error(at, 1, self.experts.told_by(experts[0])))
        return doubt_after(distance, first, now) - doubt_after(distance, first, then)

    def settled(self) -> float:
        """Expected number of border entries that the reviews given clear."""
        found = 0.0
        for at in np.nonzero(self.given)[0]:
            distance, error = float(self.distance[at]), float(self.state.error[at])
            if abs(distance) < CERTAIN * error:
                found += cleared(distance, error, min(error, self._error(int(at))))
        return found
