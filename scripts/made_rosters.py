"""Made rosters for `make bench`: schools of one district and their pupils, with numbers that pass every check. Seeded."""

import csv
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "子涵宇轩欣怡浩然梓萱思远嘉俊杰雨桐明哲诗天佑博文一诺"
PUPILS_PER_SCHOOL = 2000
BIRTHS = 3650


def resident_id(number: int) -> tuple[date, str]:
    """The `number`th made resident ID: birthdays in turn, a serial of three digits, another area when these run out."""
    rest, day = divmod(number, BIRTHS)
    area, serial = divmod(rest, 1000)
    born = date(2008, 9, 1) + timedelta(days=day)
    first17 = f"4403{area + 1:02d}{born:%Y%m%d}{serial:03d}"
    return born, first17 + "10X98765432"[sum(w * int(c) for w, c in zip(WEIGHTS, first17, strict=True)) % 11]


def grade_of(born: date) -> int:
    return min(12, max(1, 2026 - born.year - 6 + (born.month < 9)))


def school_code(school: int) -> str:
    return f"3444{school:06d}"


def write_schools(path: Path, schools: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["学校名称", "学校标识码", "学校类型", "办学性质"])
        table.writerows([f"测算第{n}学校", school_code(n), "十二年一贯制学校", "公办"] for n in range(1, schools + 1))


def pupils(rows: int, first: int, seed: int) -> Iterator[list[str]]:
    draw = random.Random(seed)  # noqa: S311 -- made data, not a secret
    for number in range(first, first + rows):
        born, document = resident_id(number)
        name = draw.choice(SURNAMES) + draw.choice(GIVEN) + draw.choice(GIVEN)
        school = school_code(1 + number // PUPILS_PER_SCHOOL)
        yield [school, name, str(grade_of(born)), f"{draw.randrange(1, 11)}班", document, f"G{document}"]


def write_pupils(path: Path, rows: int, first: int = 0, seed: int = 1) -> None:
    """`rows` pupils, numbered from `first`, 2,000 to a school; each has a document number and a 学籍号."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["学校标识码", "姓名", "年级", "班级", "证件号码", "学籍号"])
        table.writerows(pupils(rows, first, seed))


if __name__ == "__main__":
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    write_schools(folder / "schools.csv", 1 + count // PUPILS_PER_SCHOOL)
    write_pupils(folder / "pupils.csv", count)
