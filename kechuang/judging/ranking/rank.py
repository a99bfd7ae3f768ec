"""`rank`: from score rows to a ranking that says how sure it is and what it rests on."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kechuang.judging.arrays import Floats, Ints
from kechuang.judging.messages import Message, say
from kechuang.judging.normal import NORMAL_90
from kechuang.judging.ranking.choose import Choice, choose
from kechuang.judging.ranking.result import Components, RankedEntry, Ranking, Severity
from kechuang.judging.ranking.simple import INEFFICIENCY
from kechuang.judging.ranking.table import Sheet, bare, read_sheet
from kechuang.judging.ranking.uncertainty import Draws, model_draws, model_errors, plain_draws, plain_errors
from kechuang.judging.threads import single_threaded

SEVERE = 3.0  # a judge is named when their severity is this many standard errors and half an entry spread from 0

MODELS = ("mixed", "gain", "criteria")
"""Methods whose errors are those of the mixed model."""

Ratios = Mapping[str, float] | Sequence[float]


@single_threaded
def rank(
    entries: Any,
    judges: Any,
    scores: Any,
    *,
    criteria: Any = None,
    method: str = "auto",
    prize_ratios: Ratios | None = None,
    seed: int = 0,
) -> Ranking:
    """Rank entries from rows (entry, judge, score); missing scores (None, NaN) are left out.

    `prize_ratios` are shares of all ranked entries per tier, best first ({"一等奖": 0.09, …}); the table then says how
    probable each tier is. Equal inputs and seed give equal results; labels and row order do not matter.
    """
    sheet = read_sheet(entries, judges, scores, criteria)
    choice = choose(sheet, method)
    draws, errors = _draws(sheet, choice, seed)
    names, limits = tier_limits(prize_ratios, len(sheet.items))
    return Ranking(
        table=_table(sheet, choice, draws, errors, limits),
        severity=_severity(sheet, choice),
        components=components_of(sheet),
        method=choice.method,
        reasons=choice.reasons,
        alarms=_alarms(sheet, choice),
        variances=_variances(choice),
        tier_names=names,
    )


@single_threaded
def judge_severity(entries: Any, judges: Any, scores: Any, *, method: str = "auto") -> tuple[Severity, ...]:
    """What `rank` says of the judges, without ranking: a NaN error where severity cannot be told apart from the entries."""
    sheet = read_sheet(entries, judges, scores)
    return _severity(sheet, choose(sheet, method))


def _draws(sheet: Sheet, choice: Choice, seed: int) -> tuple[Draws, Floats]:
    if choice.fit is not None and choice.method in MODELS:
        return model_draws(choice.fit, choice.estimate, seed)
    return plain_draws(sheet, choice.estimate, INEFFICIENCY[choice.method], seed)


def entry_errors(sheet: Sheet, choice: Choice) -> Floats:
    """Standard errors of the estimates."""
    if choice.fit is not None and choice.method in MODELS:
        return model_errors(choice.fit)
    return plain_errors(sheet, INEFFICIENCY[choice.method])


def tier_limits(ratios: Ratios | None, entries: int) -> tuple[tuple[str, ...], Ints]:
    """Tier names and cumulative numbers of entries, rounded down."""
    if ratios is None:
        return (), np.zeros(0, dtype=np.int64)
    named = dict(ratios) if isinstance(ratios, Mapping) else {str(n + 1): share for n, share in enumerate(ratios)}
    total = np.cumsum(np.array(list(named.values()), dtype=float))
    if np.any(np.diff(total) < 0) or total[-1] > 1 + 1e-9:
        raise ValueError("prize_ratios: expected shares of the entries, none below 0, together at most 1")
    return tuple(named), np.floor(total * entries + 1e-9).astype(np.int64)


def _table(sheet: Sheet, choice: Choice, draws: Draws, errors: Floats, limits: Ints) -> tuple[RankedEntry, ...]:
    estimate = choice.estimate
    low, high = draws.rank_interval()
    tiers = draws.tier_probabilities(limits) if len(limits) else np.zeros((len(estimate), 0))
    rounded = np.round(estimate, 9)
    ranks = 1 + np.searchsorted(np.sort(-rounded), -rounded, side="left")
    means, component = sheet.item_means(sheet.score), sheet.component[1]
    rows = [
        RankedEntry(
            entry=bare(sheet.items[at]),
            estimate=float(estimate[at]),
            error=float(errors[at]),
            low=float(estimate[at] - NORMAL_90 * errors[at]),
            high=float(estimate[at] + NORMAL_90 * errors[at]),
            rank=int(ranks[at]),
            rank_low=int(min(low[at], ranks[at])),
            rank_high=int(max(high[at], ranks[at])),
            scores=int(sheet.counts[at]),
            mean=float(means[at]),
            component=int(component[at]),
            tiers=tuple(float(p) for p in tiers[at]),
        )
        for at in np.lexsort((np.arange(len(rounded)), ranks))
    ]
    return tuple(rows)


def _severity(sheet: Sheet, choice: Choice) -> tuple[Severity, ...]:
    if choice.fit is not None:
        value, error = choice.fit.judge, choice.fit.judge_errors()
    else:
        value = sheet.judge_means(sheet.score - sheet.item_means(sheet.score)[sheet.item])
        error = np.full(len(value), np.nan)
    return tuple(
        Severity(bare(judge), float(value[at]), float(error[at]), int(sheet.judge_counts[at]))
        for at, judge in enumerate(sheet.judges)
    )


def components_of(sheet: Sheet) -> Components:
    """The groups of entries and judges that nothing links, with what a rank across them rests on."""
    count, label = sheet.component
    of_item, of_judge = label[: len(sheet.items)], label[len(sheet.items) :]
    entries = [tuple(bare(x) for x in sheet.items[of_item == group]) for group in range(count)]
    judges = [tuple(bare(x) for x in sheet.judges[of_judge == group]) for group in range(count)]
    order = sorted(range(count), key=lambda group: (-len(entries[group]), group))
    message = say("rank.one_component") if count == 1 else say("rank.components", count=count)
    return Components(count, tuple(entries[g] for g in order), tuple(judges[g] for g in order), message)


def _alarms(sheet: Sheet, choice: Choice) -> tuple[Message, ...]:
    found = []
    if sheet.component[0] > 1:
        found.append(say("rank.components", count=sheet.component[0]))
    if lonely := int((sheet.counts == 1).sum()):
        found.append(say("rank.lonely_entries", count=lonely))
    if lonely := int((sheet.judge_counts == 1).sum()):
        found.append(say("rank.lonely_judges", count=lonely))
    if sheet.unscored:
        found.append(say("rank.no_scores", count=len(sheet.unscored)))
    return (*found, *_severe_judges(sheet, choice))


def _severe_judges(sheet: Sheet, choice: Choice) -> list[Message]:
    if choice.fit is None:
        return []
    least = 0.5 * float(np.sqrt(choice.fit.variances.item))
    return [
        say(
            "rank.generous_judge" if row.value > 0 else "rank.severe_judge",
            judge=row.judge,
            amount=abs(row.value),
            error=row.error,
        )
        for row in _severity(sheet, choice)
        if abs(row.value) > max(SEVERE * row.error, least)
    ]


def _variances(choice: Choice) -> dict[str, float]:
    if choice.fit is None:
        return {}
    v = choice.fit.variances
    return {"entry": float(v.item), "judge": float(v.judge), "error": float(v.error)}
