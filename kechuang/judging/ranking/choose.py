"""Which method `auto` takes, and why, in words a parent can follow."""

from dataclasses import dataclass

import numpy as np

from kechuang.judging.arrays import Floats
from kechuang.judging.messages import Message, say
from kechuang.judging.ranking import evidence, simple
from kechuang.judging.ranking.gain import ENOUGH, Others, gain_estimate
from kechuang.judging.ranking.mixed import Fit, fit_reml
from kechuang.judging.ranking.table import Sheet
from kechuang.judging.ranking.uncertainty import panel_estimate

SEVERITY_SHOWN = 2.71
"""Likelihood ratio from which judges are taken to differ in severity: 5 % for a variance that cannot be negative."""
SEVERITY_SHOWN_APART = 9.0
"""The same where groups of judges share nothing: correcting across them cannot be checked, so it needs clear proof (0.1 %)."""
FEWEST_FOR_CRITERIA = 30
METHODS = ("auto", "mean", "median", "trimmed", "zscore", "additive", "mixed")


@dataclass(frozen=True)
class Choice:
    """The method taken with its estimates; `fit` is the mixed model if it could be fitted."""

    method: str
    estimate: Floats
    fit: Fit | None
    reasons: tuple[Message, ...]


def choose(sheet: Sheet, method: str) -> Choice:
    if method not in METHODS:
        raise ValueError(f"method: expected one of {', '.join(METHODS)}, got {method!r}")
    fit = fit_reml(sheet) if fits_a_model(sheet) else None
    if method == "auto":
        return _automatic(sheet, fit)
    if method == "mixed":
        return _mixed(sheet, fit, (_chosen(method),))
    return Choice(method, simple.METHODS[method](sheet), fit, (_chosen(method), *_warnings(sheet, method)))


def _chosen(method: str) -> Message:
    return say("rank.chosen", method=say(f"method.{method}"))


def fits_a_model(sheet: Sheet) -> bool:
    """Severity shows only where entries have several scores and judges several entries."""
    several = len(sheet.score) > max(len(sheet.items), len(sheet.judges)) + 2
    return several and len(sheet.items) > 2 and len(sheet.judges) > 1 and float(sheet.score.var()) > 0


def _automatic(sheet: Sheet, fit: Fit | None) -> Choice:
    """Each correction only where the scores themselves show that it is needed: severity, then gain, then criteria."""
    if sheet.full:
        return Choice("mean", simple.mean(sheet), fit, (say("rank.auto_mean_full"),))
    if fit is None:
        return Choice("mean", simple.mean(sheet), None, (say("rank.auto_mean_single"),))
    shown, apart = evidence.judges_differ(fit), sheet.component[0] > 1
    if shown < (SEVERITY_SHOWN_APART if apart else SEVERITY_SHOWN):
        return Choice("mean", simple.mean(sheet), fit, (say("rank.auto_mean_even", evidence=shown),))
    return _corrected(sheet, fit, (say("rank.auto_mixed", judge_share=_relative_spread(fit)),), apart=apart)


def _relative_spread(fit: Fit) -> float:
    """How far judges differ, as a share of how far entries differ (standard deviations, at most ten times)."""
    return float(np.sqrt(min(fit.variances.judge_share, 100.0)))


def _corrected(sheet: Sheet, fit: Fit, reasons: tuple[Message, ...], *, apart: bool) -> Choice:
    if apart:
        return Choice("mixed", panel_estimate(fit), fit, reasons)
    others = Others.of(fit)
    if others.evidence >= ENOUGH:
        said = say("rank.auto_gain", evidence=others.evidence)
        return Choice("gain", gain_estimate(others), fit, (*reasons, said))
    reasons = (*reasons, say("rank.auto_no_gain", evidence=others.evidence))
    if len(sheet.score) >= FEWEST_FOR_CRITERIA and evidence.criteria_tell_more(sheet) > evidence.ONE_SIDED:
        return Choice("criteria", evidence.criteria_estimate(sheet), fit, (*reasons, say("rank.auto_criteria")))
    return Choice("mixed", panel_estimate(fit), fit, reasons)


def _mixed(sheet: Sheet, fit: Fit | None, reasons: tuple[Message, ...]) -> Choice:
    if fit is None:
        return Choice("mean", simple.mean(sheet), None, (*reasons, say("rank.too_few")))
    return Choice("mixed", panel_estimate(fit), fit, reasons)


def _warnings(sheet: Sheet, method: str) -> tuple[Message, ...]:
    if method == "zscore":
        return (say("rank.warn_zscore"),)
    if method == "trimmed" and np.any(sheet.counts < simple.TRIM_FROM):
        return (say("rank.warn_trimmed", needed=simple.TRIM_FROM),)
    return ()
