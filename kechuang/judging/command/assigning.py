"""`assign IN.npz|IN.xlsx|IN.csv OUT.csv`.

npz: `affinity`, `conflict`, `demand`, `load_lb`, `load_ub`, or sparse `expert`, `entry`, `w` with pairs `ce`, `cp`.
xlsx: sheets `affinity` (expert, entry, affinity), and if wanted `conflicts` (expert, entry), `experts` (expert,
load_max, load_min), `entries` (entry, demand). csv: the affinity sheet alone, with `--demand` and `--load-max`.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kechuang.judging.assignment import Assignment, assign
from kechuang.judging.command.tables import FileRefused, Row, column, number, read_rows, read_sheets, write_rows


@dataclass(frozen=True)
class Task:
    affinity: Any
    demand: Any
    load_max: Any
    load_min: Any
    conflicts: Any
    experts: list[Any]
    entries: list[Any]


def add_to(commands: Any) -> None:
    found = commands.add_parser("assign", help="为作品分配评审专家")
    found.add_argument("source", type=Path)
    found.add_argument("target", type=Path)
    found.add_argument("--mode", choices=("total", "fair", "maximin"), default="fair")
    found.add_argument("--demand", type=int)
    found.add_argument("--load-max", type=int)
    found.add_argument("--load-min", type=int)
    found.add_argument("--seed", type=int, default=0)
    found.add_argument("--json", action="store_true")
    found.set_defaults(run=run)


def run(options: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    task = read_npz(options) if options.source.suffix == ".npz" else read_table(options)
    result = assign(
        task.affinity, task.demand, task.load_max, task.load_min, task.conflicts, mode=options.mode, seed=options.seed
    )
    write_rows(options.target, ("expert", "entry"), ((task.experts[e], task.entries[p]) for e, p in result.pairs))
    return _report(result, task), result.complete


def _report(result: Assignment, task: Task) -> dict[str, Any]:
    return {
        "pairs": len(result.pairs),
        "total": result.total,
        "worst": result.worst,
        "bound": result.bound,
        "worst_bound": result.worst_bound,
        "mode": result.mode,
        "shortfall": {str(task.entries[entry]): n for entry, n in result.shortfall.items()},
        "load_shortfall": {str(task.experts[expert]): n for expert, n in result.load_shortfall.items()},
        "messages": [_named(message, task) for message in result.messages],
        "seconds": round(result.seconds, 3),
    }


def _named(message: Any, task: Task) -> str:
    """The message with names instead of positions."""
    params = dict(message.params)
    if "entry" in params:
        params["entry"] = task.entries[params["entry"]]
    if "names" in params:
        params["names"] = tuple(task.entries[at] for at in params["names"])
    if "expert" in params:
        params["expert"] = task.experts[params["expert"]]
    return type(message)(message.code, params).text


def read_npz(options: argparse.Namespace) -> Task:
    with np.load(options.source, allow_pickle=False) as stored:
        held = {name: stored[name] for name in stored.files}
    demand, load_max = _either(options.demand, held, "demand"), _either(options.load_max, held, "load_ub")
    load_min = options.load_min if options.load_min is not None else held.get("load_lb", 0)
    if "affinity" in held:
        affinity, conflicts = held["affinity"], held.get("conflict")
    else:
        affinity, conflicts = _sparse(held), np.column_stack([held["ce"], held["cp"]]) if "ce" in held else None
    experts, entries = affinity.shape
    return Task(affinity, demand, load_max, load_min, conflicts, list(range(experts)), list(range(entries)))


def _either(option: int | None, held: dict[str, Any], name: str) -> Any:
    if option is not None:
        return option
    if name not in held:
        raise FileRefused(f"npz 中缺少 {name}，也没有在命令行给出")
    return held[name]


def _sparse(held: dict[str, Any]) -> Any:
    from scipy import sparse  # noqa: PLC0415 -- slow import

    missing = {"expert", "entry", "w"} - set(held)
    if missing:
        raise FileRefused(f"npz 中缺少 {', '.join(sorted(missing))}")
    experts = len(held["load_ub"]) if "load_ub" in held else int(held["expert"].max()) + 1
    entries = len(held["demand"]) if "demand" in held else int(held["entry"].max()) + 1
    return sparse.coo_array((held["w"], (held["expert"], held["entry"])), shape=(experts, entries))


def read_table(options: argparse.Namespace) -> Task:
    from scipy import sparse  # noqa: PLC0415 -- slow import

    sheets = (
        dict(read_sheets(options.source))
        if options.source.suffix == ".xlsx"
        else {"affinity": read_rows(options.source)}
    )
    pairs = sheets.get("affinity") or next(iter(sheets.values()))
    expert_names, entry_names = column(pairs, "expert", "专家"), column(pairs, "entry", "作品", "item")
    experts = list(dict.fromkeys([*_listed(sheets.get("experts"), "expert", "专家"), *expert_names]))
    entries = list(dict.fromkeys([*_listed(sheets.get("entries"), "entry", "作品"), *entry_names]))
    expert_at, entry_at = {n: at for at, n in enumerate(experts)}, {n: at for at, n in enumerate(entries)}
    weight = np.array([number(text) for text in column(pairs, "affinity", "w", "匹配度")])
    place = ([expert_at[name] for name in expert_names], [entry_at[name] for name in entry_names])
    if len(set(zip(*place, strict=True))) != len(weight):
        raise FileRefused("同一专家与作品出现了两行")
    held = ~np.isnan(weight)
    rows, columns = np.array(place[0])[held], np.array(place[1])[held]
    return Task(
        affinity=sparse.coo_array((weight[held], (rows, columns)), shape=(len(experts), len(entries))),
        demand=_numbers(
            sheets.get("entries"), entries, ("entry", "作品"), ("demand", "评审数"), options.demand, "--demand"
        ),
        load_max=_numbers(
            sheets.get("experts"), experts, ("expert", "专家"), ("load_max", "上限"), options.load_max, "--load-max"
        ),
        load_min=_numbers(
            sheets.get("experts"), experts, ("expert", "专家"), ("load_min", "下限"), options.load_min or 0, ""
        ),
        conflicts=_conflicts(sheets.get("conflicts") or [], expert_at, entry_at),
        experts=experts,
        entries=entries,
    )


def _listed(rows: list[Row] | None, *names: str) -> list[str]:
    return column(rows, *names) if rows else []


def _numbers(
    rows: list[Row] | None,
    keys: list[str],
    names: tuple[str, ...],
    heading: tuple[str, ...],
    default: int | None,
    option: str,
) -> Any:
    """A number per key from its sheet, else the one from the command line."""
    given: dict[str, float] = {}
    if rows and any(name in rows[0] for name in heading):
        given = dict(zip(column(rows, *names), map(number, column(rows, *heading)), strict=True))
    found = [given.get(key, float("nan")) for key in keys]
    filled = [default if value != value else value for value in found]
    if any(value is None for value in filled):
        raise FileRefused(f"缺少列 {'/'.join(heading)}，也没有给出 {option}")
    return np.array(filled, dtype=float)


def _conflicts(rows: list[Row], expert_at: dict[str, int], entry_at: dict[str, int]) -> list[tuple[int, int]]:
    """Index pairs; a name that nobody else uses is refused, since a mistyped conflict would be a broken one."""
    if not rows:
        return []
    named = list(zip(column(rows, "expert", "专家"), column(rows, "entry", "作品"), strict=True))
    for expert, entry in named:
        if expert not in expert_at or entry not in entry_at:
            raise FileRefused(f"回避表中的“{expert} – {entry}”在专家或作品中找不到")
    return [(expert_at[expert], entry_at[entry]) for expert, entry in named]
