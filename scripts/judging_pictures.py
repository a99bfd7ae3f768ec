"""Draws the pictures of docs/judging.md (severity of judges, intervals at a prize border) and prints the figures of its example.

The scores are made here, from one seed; the numbers come from the functions that the product uses.
"""

from pathlib import Path

import numpy as np

from kechuang.judging import next_reviews, rank

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
ENTRIES, JUDGES, EACH, SHARE = 24, 8, 3, 0.25
WIDTH, ROW, LEFT, RIGHT = 720, 24, 96, 24
INK, LINE, DOT, ACCENT = "#16233B", "#9AA7B8", "#1D5FBF", "#C0362C"


def made_scores() -> tuple[list[str], list[str], list[float]]:
    """24 entries, three of eight judges each; judge H is severe, judge A generous."""
    random = np.random.default_rng(7)
    quality = np.sort(random.normal(78, 5, ENTRIES))[::-1]
    severity = np.array([4.5, 1.5, 1.0, 0.5, 0.0, -1.0, -1.5, -5.0])
    entries, judges, scores = [], [], []
    for entry in range(ENTRIES):
        for judge in sorted(random.choice(JUDGES, EACH, replace=False)):
            entries.append(f"E{entry + 1:02d}")
            judges.append("ABCDEFGH"[judge])
            scores.append(round(float(quality[entry] + severity[judge] + random.normal(0, 2.0)), 1))
    return entries, judges, scores


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


def main() -> None:
    rows = made_scores()
    found = rank(*rows, prize_ratios={"first": SHARE})
    limit = int(SHARE * ENTRIES)
    border = (found.table[limit - 1].estimate + found.table[limit].estimate) / 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    judges = sorted(found.severity, key=lambda row: row.value)
    bars = [(f"{row.judge}", row.value, row.value - 1.645 * row.error, row.value + 1.645 * row.error) for row in judges]
    (FOLDER / "judging-severity.svg").write_text(dots("Severity of eight judges", bars, 0.0, "average judge"), "utf-8")
    near = found.table[max(0, limit - 6) : limit + 6]
    lines = [(f"{row.rank}. {row.entry}", row.estimate, row.low, row.high) for row in near]
    (FOLDER / "judging-border.svg").write_text(
        dots("Intervals at the border", lines, border, "border of the first prize"), "utf-8"
    )
    print(
        found.method, [message.code for message in found.reasons], {k: round(v, 2) for k, v in found.variances.items()}
    )
    print("border", round(border, 2))
    for row in near:
        given = [(judge, score) for entry, judge, score in zip(*rows, strict=True) if entry == row.entry]
        print(
            row.rank,
            row.entry,
            f"mean {row.mean:.2f} estimate {row.estimate:.2f} ± {row.error:.2f}",
            f"p {row.tiers[0]:.2f}",
            given,
        )
    print([(row.judge, round(row.value, 2), round(row.error, 2)) for row in judges])
    advice = next_reviews(*rows, 4, prize_ratios={"first": SHARE})
    print(
        len(advice.border),
        round(advice.settled, 2),
        [(r.entry, r.experts[0], round(r.gain, 3)) for r in advice.reviews],
    )
    means = sorted(found.table, key=lambda row: -row.mean)
    print("by mean", [row.entry for row in means[: limit + 2]])


if __name__ == "__main__":
    main()
