"""Min-cost flow with exact whole-number costs, its prices, and the face of all optimal flows.

The face matters because fairness is asked for among the optima only: an arc with a positive reduced cost is used by
no optimum, one with a negative reduced cost is full in every optimum, and what is left over may be re-solved freely.
"""

from dataclasses import dataclass, replace

import numpy as np

from kechuang.judging.arrays import Bools, Ints


@dataclass(frozen=True)
class Network:
    tail: Ints
    head: Ints
    capacity: Ints
    cost: Ints
    supply: Ints

    def with_cost(self, cost: Ints) -> "Network":
        return replace(self, cost=cost)

    def solve(self) -> Ints:
        """Flow on each arc of a cheapest feasible flow."""
        from ortools.graph.python import min_cost_flow  # noqa: PLC0415 -- slow import

        solver = min_cost_flow.SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(
            self.tail.astype(np.int32), self.head.astype(np.int32), self.capacity, self.cost
        )
        solver.set_nodes_supplies(np.arange(len(self.supply), dtype=np.int32), self.supply)
        status = solver.solve()
        if status != solver.OPTIMAL:
            raise ArithmeticError(f"min-cost flow ended with status {status}")
        return solver.flows(np.arange(len(self.tail), dtype=np.int32)).astype(np.int64, copy=False)


def prices(network: Network, flow: Ints) -> Ints:
    """Node potentials proving that `flow` is optimal (Bellman–Ford over the residual arcs)."""
    ahead, back = flow < network.capacity, flow > 0
    tail = np.concatenate([network.tail[ahead], network.head[back]])
    head = np.concatenate([network.head[ahead], network.tail[back]])
    cost = np.concatenate([network.cost[ahead], -network.cost[back]])
    order = np.argsort(head, kind="stable")
    return _shortest(tail[order], head[order], cost[order], len(network.supply))


def _shortest(tail: Ints, head: Ints, cost: Ints, nodes: int) -> Ints:
    distance = np.zeros(nodes, dtype=np.int64)
    if not len(head):
        return distance
    targets, starts = np.unique(head, return_index=True)
    for _ in range(nodes + 1):
        best = np.minimum.reduceat(distance[tail] + cost, starts)
        better = best < distance[targets]
        if not better.any():
            return distance
        distance[targets[better]] = best[better]
    raise ArithmeticError("the flow given is not optimal")


def reduced_cost(network: Network, price: Ints) -> Ints:
    return network.cost + price[network.tail] - price[network.head]


@dataclass(frozen=True)
class Face:
    """All optimal flows: `free` arcs may change, the others keep their flow."""

    network: Network
    free: Bools
    base: Ints

    def solve(self, cost: Ints) -> Ints:
        """The cheapest among the optimal flows under a second cost, given for all arcs."""
        flow = self.base.copy()
        if self.free.any():
            flow[self.free] = self.network.with_cost(cost[self.free]).solve()
        return flow


def optimal_face(network: Network, flow: Ints) -> Face:
    free = reduced_cost(network, prices(network, flow)) == 0
    base = np.where(free, 0, flow)
    supply = network.supply.copy()
    np.subtract.at(supply, network.tail, base)
    np.add.at(supply, network.head, base)
    part = Network(network.tail[free], network.head[free], network.capacity[free], network.cost[free], supply)
    return Face(part, free, base)
