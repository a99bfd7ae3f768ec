"""One measured run: the load, and what it cost the web processes and the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.bench import cost, flows, load
from tests.bench.cluster import Cluster
from tests.bench.report import Sample
from tests.bench.servers import Servers


def measured(work: Callable[[], load.Load], *, web: int, database: int) -> Sample:
    """Run `work` (which hands back a Load) and attribute the CPU of both families of processes to its answers."""
    web_before, database_before = cost.cpu_seconds(web), cost.cpu_seconds(database)
    found = work()
    web_after, database_after = cost.cpu_seconds(web), cost.cpu_seconds(database)
    return Sample(
        found.rate,
        found.p50,
        found.p95,
        found.p99,
        1000 * (web_after - web_before) / found.count,
        1000 * (database_after - database_before) / found.count,
    )


def of_flows(
    name: str, items: Sequence[flows.Item], servers: Servers, cluster: Cluster, seconds: float
) -> tuple[Sample, int]:
    """One run, and how many of the items it used up (those that were under way at the end among them)."""
    found: list[load.Load] = []

    def work() -> load.Load:
        found.append(flows.ask(servers.port, name, items, seconds=seconds))
        return found[0]

    sample = measured(work, web=servers.pid, database=cluster.pid)
    return sample, found[0].count


def of_pages(
    pages: Sequence[load.Page], *, port: int, web: int, database: int, seconds: float, clients: int = load.CLIENTS
) -> Sample:
    return measured(lambda: load.ask(port, pages, seconds=seconds, clients=clients), web=web, database=database)
