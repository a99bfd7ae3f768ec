"""Draws the pictures of docs/judging.md (severity of raters, intervals at a prize border) and prints the figures of its example.

The example is real: essays of Austrian pupils that ten raters all scored (essay-ptam4.csv of KECHUANG_BENCHMARKS, from the R package
sirt). Three raters an essay are drawn with one seed; what all ten say is the truth the example is held against. The numbers come
from the functions that the product uses.
"""

import csv
import os
from pathlib import Path

import numpy as np

from kechuang.judging import next_reviews, rank

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
DATA = Path(os.environ.get("KECHUANG_BENCHMARKS", ROOT.parent / "shared" / "benchmarks")) / "score" / "essay-ptam4.csv"
EACH, SEED, SHARE, MORE = 3, 1, 0.25, 8
WIDTH, ROW, LEFT, RIGHT = 720, 24, 96, 24
INK, LINE, DOT, ACCENT = "#16233B", "#9AA7B8", "#1D5FBF", "#C0362C"
Scores = dict[str, dict[str, float]]
Given = tuple[list[str], list[str], list[float]]


def panel() -> Scores:
    """Essay → rater → score of the full panel, under names of this example: P01 is the first essay of the file, R01 the first rater."""
    scores: Scores = {}
    with DATA.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            essay, rater = f"P{int(row['item'][1:]):02d}", f"R{int(row['judge'][1:]):02d}"
            scores.setdefault(essay, {})[rater] = float(row["score"])
    return scores


def drawn(scores: Scores) -> Given:
    """Of each essay the scores of EACH raters, as a round has them."""
    random = np.random.default_rng(SEED)
    essays, raters, given = [], [], []
    for essay in sorted(scores):
        names = sorted(scores[essay])
        for place in sorted(random.choice(len(names), EACH, replace=False)):
            essays.append(essay)
            raters.append(names[place])
            given.append(scores[essay][names[place]])
    return essays, raters, given


def with_more(scores: Scores, rows: Given, reviews) -> Given:
    """The rows and, for each advised review, what that rater really gave."""
    more = [(review.entry, review.experts[0]) for review in reviews]
    essays, raters, given = rows
    return (
        [*essays, *(essay for essay, _rater in more)],
        [*raters, *(rater for _essay, rater in more)],
        [*given, *(scores[essay][rater] for essay, rater in more)],
    )


def dots(title: str, rows: list[tuple[str, float, float, float]], border: float, words: str) -> str:
    """An SVG of dots with their intervals, one row each, and one upright line."""
    low, high = min(row[2] for row in rows), max(row[3] for row in rows)
    low, high = min(low, border), max(high, border)
    height = ROW * len(rows) + 64

    def x(value: float) -> float:
        return round(LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" font-family="sans-serif" font-size="13">',
        f"<title>{title}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#FFFFFF"/>',
        f'<line x1="{x(border)}" y1="28" x2="{x(border)}" y2="{height - 28}" stroke="{ACCENT}" stroke-dasharray="4 3"/>',
        f'<text x="{x(border)}" y="18" fill="{ACCENT}" text-anchor="middle">{words}</text>',
    ]
    for number, (label, value, start, end) in enumerate(rows):
        y = 44 + ROW * number
        parts += [
            f'<text x="{LEFT - 12}" y="{y + 4}" fill="{INK}" text-anchor="end">{label}</text>',
            f'<line x1="{x(start)}" y1="{y}" x2="{x(end)}" y2="{y}" stroke="{LINE}" stroke-width="2"/>',
            f'<circle cx="{x(value)}" cy="{y}" r="4.5" fill="{DOT}"/>',
        ]
    parts += [
        f'<text x="{LEFT}" y="{height - 8}" fill="{INK}">{low:.1f}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{height - 8}" fill="{INK}" text-anchor="end">{high:.1f}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def draw(found, limit: int, border: float) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    judges = sorted(found.severity, key=lambda row: row.value)
    bars = [(f"{row.judge}", row.value, row.value - 1.645 * row.error, row.value + 1.645 * row.error) for row in judges]
    (FOLDER / "judging-severity.svg").write_text(dots("Severity of ten raters", bars, 0.0, "average rater"), "utf-8")
    near = found.table[max(0, limit - 6) : limit + 6]
    lines = [(f"{row.rank}. {row.entry}", row.estimate, row.low, row.high) for row in near]
    picture = dots("Intervals at the border", lines, border, "border of the first prize")
    (FOLDER / "judging-border.svg").write_text(picture, "utf-8")


def tell(found, rows: Given, scores: Scores, limit: int) -> None:
    """The essays around the border: mean, estimate, chance of the prize, what was given, and the mean of the full panel."""
    for row in found.table[limit - 4 : limit + 4]:
        given = [(rater, score) for essay, rater, score in zip(*rows, strict=True) if essay == row.entry]
        truth = sum(scores[row.entry].values()) / len(scores[row.entry])
        print(row.rank, row.entry, f"mean {row.mean:.2f} estimate {row.estimate:.2f} ± {row.error:.2f}", end=" ")
        print(f"p {row.tiers[0]:.2f} all ten {truth:.1f}", given)


def main() -> None:
    scores = panel()
    rows = drawn(scores)
    found = rank(*rows, prize_ratios={"first": SHARE})
    limit = int(SHARE * len(scores))
    border = (found.table[limit - 1].estimate + found.table[limit].estimate) / 2
    draw(found, limit, border)
    print(found.method, [message.code for message in found.reasons], found.variances, f"border {border:.2f}")
    print([(row.judge, round(row.value, 2), round(row.error, 2)) for row in found.severity])
    tell(found, rows, scores, limit)
    advice = next_reviews(*rows, MORE, prize_ratios={"first": SHARE})
    print(len(advice.border), "on the border,", f"{advice.settled:.2f} settled by", MORE)
    print([(r.entry, r.experts[0], round(r.gain, 3)) for r in advice.reviews])
    after = with_more(scores, rows, advice.reviews)
    tell(rank(*after, prize_ratios={"first": SHARE}), after, scores, limit)
    truth = sorted(scores, key=lambda essay: -sum(scores[essay].values()))
    print("all ten raters:", [(essay, round(sum(scores[essay].values()) / 10, 1)) for essay in truth[: limit + 4]])


if __name__ == "__main__":
    main()
