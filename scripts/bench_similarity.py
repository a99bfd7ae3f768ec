"""Seconds of one processor and megabytes to compare the texts of a whole edition: 10,000 made entries of some 2,000 letters, of which one in twenty
copies a passage. Pure: neither database nor files. Usage: python scripts/bench_similarity.py [ENTRIES]"""

import random
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kechuang.engine.similarity import rules

LETTERS, COPIED, EVERY = 2000, 200, 20
SIGNS = "".join(chr(0x4E00 + n) for n in range(1200))


def made(count: int) -> tuple[list[str], set[int]]:
    """The texts, and which of them hold a passage of an earlier one."""
    rng = random.Random(1)  # noqa: S311 -- made texts
    form = "".join(rng.choices(SIGNS, k=80))
    texts, copies = [], set()
    for number in range(count):
        text = form + "".join(rng.choices(SIGNS, k=LETTERS))
        if number and number % EVERY == 0:
            source = texts[rng.randrange(number)]
            at = rng.randrange(100, LETTERS - COPIED)
            text = text[:500] + source[at : at + COPIED] + text[500:]
            copies.add(number)
        texts.append(text)
    return texts, copies


def timed(label: str, began: float) -> float:
    now = time.process_time()
    print(f"{label:<44}{now - began:8.2f} s")
    return now


def main(count: int) -> None:
    texts, copies = made(count)
    began = at = time.process_time()
    letters = [rules.letters_of(text).text for text in texts]
    prints = [rules.prints_of(text) for text in letters]
    at = timed(f"read and fingerprint {count:,} entries", at)
    near = rules.partners(prints, range(count))
    at = timed("find who shares anything", at)
    pairs = [(one, other) for one, others in near.items() for other in others]
    found = {one for one, other in pairs if rules.passages(letters[one], letters[other])}
    timed(f"compare {len(pairs):,} pairs letter by letter", at)
    print(f"{'all':<44}{time.process_time() - began:8.2f} s")
    print(f"copies found: {len(copies & found):,} of {len(copies):,}; kept hashes: {sum(map(len, prints)):,};", end=" ")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
