"""A made table of entries for `make bench`: as many projects, fields, team sizes and awards as a large fair has. Seeded."""

import csv
import random
import sys
from pathlib import Path

FIELDS = (
    "Mathematics", "Physics and Astronomy", "Chemistry", "Animal Sciences", "Plant Sciences", "Microbiology", "Biochemistry",
    "Biomedical Engineering", "Environmental Engineering", "Systems Software", "Robotics and Intelligent Machines",
    "Energy: Physical", "Behavioral and Social Sciences",
)  # fmt: skip
AWARDS = (("", 750), ("Fourth", 105), ("Third", 80), ("Second", 52), ("First", 13))


def write(path: Path, rows: int, seed: int = 1) -> None:
    """`rows` entries of 130 delegations, a quarter of them awarded."""
    draw = random.Random(seed)  # noqa: S311 -- made data, not a secret
    names, weights = zip(*AWARDS, strict=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["entry_no", "title", "category", "country", "region", "team_size", "grand_award"])
        for number in range(1, rows + 1):
            award = draw.choices(names, weights)[0]
            size = draw.choices((1, 2, 3), (78, 17, 5))[0]
            place = draw.randrange(130)
            table.writerow(
                [
                    f"M-{number:05d}",
                    f"Made project {number}",
                    draw.choice(FIELDS),
                    "Country",
                    f"R{place:03d}",
                    size,
                    award,
                ]
            )


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
