"""Draws the parts of the product and who imports whom, as a Mermaid diagram, from the code itself.

A part is a top-level package; of the engine, each stage. An arrow stands for an import (settings, URLs and start-up name modules in
strings: these count too). Arrows that follow from longer ways are left out, so an arrow down means "may use this and all below it".
Prints the diagram; `scripts/generate_docs.py` writes it into docs/architecture.md.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAGES = (
    "workflow", "programme", "calls", "applications", "similarity", "reviews", "decisions", "publicity", "awards", "honours", "visits",
    "talent", "partnerships", "tenure", "credentials", "catalogue", "showcase",
)  # fmt: skip
PARTS = ("config", "web", "console", "programmes", *reversed(STAGES), "orgs", "judging", "base")
LABELS = {
    "config": "config: settings, urls, command line",
    "web": "web: pages by audience",
    "console": "console: commands, demo, rehearsal",
    "programmes": "programmes: declarations",
    "orgs": "orgs: organisations, people, rights, consent",
    "judging": "judging: assignment, ranking, timetables",
    "base": "base: audit, files, jobs, messages, tables",
}
Edges = set[tuple[str, str]]


def part_of(dotted: str) -> str:
    """The part a module belongs to; "" for the engine's own root (its vocabulary and start-up) and for foreign modules."""
    words = dotted.split(".")
    if words[0] == "config":
        return "config"
    if words[0] != "kechuang" or len(words) < 2:
        return ""
    if words[1] == "engine":
        return words[2] if len(words) > 2 and words[2] in STAGES else ""
    return words[1] if words[1] in PARTS else ""


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the product with its part and syntax tree."""
    for top in ("config", "kechuang"):
        for path in sorted((ROOT / top).rglob("*.py")):
            dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            if "migrations" not in path.parts and part_of(dotted):
                yield part_of(dotted), ast.parse(path.read_text(encoding="utf-8"))


def names_of_models() -> dict[str, str]:
    """Which stage a model handed on by `kechuang.engine.models` comes from."""
    tree = ast.parse((ROOT / "kechuang/engine/models.py").read_text(encoding="utf-8"))
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name: part_of(node.module or "") for node in froms for alias in node.names}


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """Like ast.walk, without what only the type checker reads."""
    for child in ast.iter_child_nodes(node):
        if not is_for_types(child):
            yield child
            yield from walk(child)


def used_by(node: ast.AST, models: dict[str, str]) -> Iterator[str]:
    """The parts that one node of the syntax tree refers to."""
    if isinstance(node, ast.Import):
        yield from (part_of(alias.name) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module == "kechuang.engine.models":
        yield from (models.get(alias.name, "") for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from (part_of(node.module) or part_of(f"{node.module}.{alias.name}") for alias in node.names)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("kechuang."):
        yield part_of(node.value) if " " not in node.value else ""


def imports() -> Edges:
    """All pairs (part, part it uses)."""
    models = names_of_models()
    edges = {(part, used) for part, tree in sources() for node in walk(tree) for used in used_by(node, models) if used}
    return {(part, used) for part, used in edges if part != used}


def reachable(start: str, edges: Edges) -> set[str]:
    found: set[str] = set()
    frontier = [start]
    while frontier:
        here = frontier.pop()
        new = {used for part, used in edges if part == here} - found
        found |= new
        frontier.extend(new)
    return found


def without_shortcuts(edges: Edges) -> Edges:
    """Only the arrows that do not follow from others."""
    return {
        (part, used)
        for part, used in edges
        if not any(used in reachable(other, edges) for first, other in edges if first == part and other != used)
    }


def diagram() -> str:
    edges = without_shortcuts(imports())
    order = {part: place for place, part in enumerate(PARTS)}
    lines = ["flowchart TD"]
    lines += [f'    {part}["{LABELS[part]}"]' for part in PARTS if part not in STAGES]
    lines += ["    subgraph engine", *(f"        {part}" for part in PARTS if part in STAGES), "    end"]
    lines += [f"    {part} --> {used}" for part, used in sorted(edges, key=lambda e: (order[e[0]], order[e[1]]))]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(diagram(), end="")
