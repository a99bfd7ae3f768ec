"""Scenes as databases of a cluster: built once, kept for the next run, built anew when the models or the scene changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.bench.cluster import Cluster
from tests.bench.servers import ROOT, collect_static, production, python

SOURCES = (
    "kechuang/base/migrations",
    "kechuang/orgs/migrations",
    "kechuang/engine/migrations",
    "kechuang/programmes/innovation_contest",
    "tests/bench/scene",
)


def fingerprint() -> str:
    """Of all that the rows of a scene follow from."""
    digest = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((ROOT / folder).glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def prepared(cluster: Cluster, entries: int, *, fresh: bool = False) -> dict[str, str]:
    """The environment of a production process on the scene of so many entries, built when it is not there."""
    name = f"scene_{entries}_{fingerprint()}"
    environment = production(cluster.url(name), f"{cluster.name}-{entries}")
    collect_static(environment)
    if fresh or not cluster.has(name):
        for old in cluster.execute(f"SELECT datname FROM pg_database WHERE starts_with(datname, 'scene_{entries}_')"):
            cluster.drop(str(old[0]))
        building = f"building_{entries}"
        cluster.create(building)
        python(
            {**environment, "DATABASE_URL": cluster.url(building)}, "-m", "tests.bench.scene", "--entries", str(entries)
        )
        cluster.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
        Path(environment["KECHUANG_VAR"]).mkdir(parents=True, exist_ok=True)
    return environment
