"""What the storm prints, and whether it adds up."""

from __future__ import annotations

from collections import Counter
from typing import Any

STEPS = ("whole entry", "submit", "save", "upload piece", "sign", "begin", "form page", "review page", "receipt page")


def show(
    *, entries: int, warm_up: int, late: int, clients: int, seconds: float, deeds: list[str],
    tallies: list[dict[str, Any]], late_tallies: list[dict[str, Any]], checked: dict[str, Any],
) -> bool:  # fmt: skip
    """Print everything; True when nothing is wrong."""
    told, took = _told(tallies), _took(tallies)
    requests = sum(len(values) for step, values in took.items() if step != "whole entry")
    stormed = len(took.get("whole entry", []))
    print(
        f"The storm: {stormed} entries by {clients} clients in {seconds:.1f} s: {stormed / seconds:.1f} entries/s, {requests / seconds:.0f} requests/s"
    )
    for deed in deeds:
        print(f"  {deed}")
    print(f"  {'':14}{'count':>8}{'p50 ms':>10}{'p99 ms':>10}{'longest ms':>12}")
    for step in STEPS:
        if values := sorted(took.get(step, [])):
            print(
                f"  {step:14}{len(values):8}{1000 * _at(values, 0.5):10.0f}{1000 * _at(values, 0.99):10.0f}{1000 * values[-1]:12.0f}"
            )
    retries, retried = (sum(tally[name] for tally in tallies) for name in ("retries", "retried_entries"))
    print(
        f"  told meanwhile: {_words(told)}; {retries} requests of {retried} entries were sent again, and all went through"
    )
    refused, sentence = _late(late_tallies)
    print(f"At the deadline {late} more pressed the button: {late - refused} in time, {refused} refused: {sentence}")
    print(f"Afterwards: {checked['entries']} entries, {checked['files']} files ({checked['without_place']} without a place), "
          f"{checked['audit_rows']} audit rows")  # fmt: skip
    wrong = _wrong(
        entries, warm_up, late, stormed, refused, told + _told(late_tallies), [*tallies, *late_tallies], checked
    )
    for line in wrong[:20]:
        print(f"WRONG: {line}")
    print("Everything adds up." if not wrong else f"{len(wrong)} things do not add up.")
    return not wrong


def _wrong(
    entries: int, warm_up: int, late: int, stormed: int, refused: int, told: Counter[str], tallies: list[dict[str, Any]], checked: dict[str, Any]
) -> list[str]:  # fmt: skip
    wrong = [line for tally in tallies for line in tally["wrong"]] + list(checked["problems"])
    wrong += [f"{count} bare answers: {kind}" for kind, count in told.items() if kind.startswith("bare")]
    if stormed != entries - warm_up:
        wrong.append(f"{entries - warm_up - stormed} entries of the storm were not acknowledged")
    if checked["entries"] != entries + late - refused:
        wrong.append(f"{checked['entries']} entries are there, {entries + late - refused} were acknowledged")
    if not refused:
        wrong.append("nobody was late: the deadline was not tried")
    return wrong


def _late(tallies: list[dict[str, Any]]) -> tuple[int, str]:
    pages = [page for tally in tallies for page in tally["late"]]
    return len(pages), _sentence(pages[0]) if pages else "–"


def _sentence(page: str) -> str:
    """The rule as the page shows it."""
    at = page.find("以服务器时间为准")
    return page[page.rfind(">", 0, at) + 1 : page.find("<", at)].strip()


def _told(tallies: list[dict[str, Any]]) -> Counter[str]:
    told: Counter[str] = Counter()
    for tally in tallies:
        told.update(tally["told"])
    return told


def _took(tallies: list[dict[str, Any]]) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {}
    for tally in tallies:
        for step, values in tally["took"].items():
            took.setdefault(step, []).extend(values)
    return took


def _words(told: Counter[str]) -> str:
    return ", ".join(f"{count} × {kind}" for kind, count in told.most_common()) or "nothing"


def _at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]
