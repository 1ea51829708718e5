"""A layered drawing of a graph without cycles: columns from left to right, edges from a node to nodes in columns further right.

Pure geometry: sizes in, positions out, the same for the same input. Long edges run through dummies, one per column they cross, so
that they pass between nodes and not behind them; the order inside a column follows the mean place of the neighbours.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ROW_GAP, COLUMN_GAP, LANE = 10.0, 56.0, 8.0
SWEEPS = 8


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawing:
    """boxes: node -> its place. paths: edge -> its points, from the right of one box to the left of the other."""

    boxes: Mapping[str, Box]
    paths: Mapping[tuple[str, str], Sequence[tuple[float, float]]]
    width: float
    height: float


def columns(nodes: Sequence[str], edges: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The length of the longest way that leads to each node. The graph must have no cycle."""
    before: dict[str, list[str]] = {n: [] for n in nodes}
    for a, b in edges:
        before[b].append(a)
    depth: dict[str, int] = {}

    def find(n: str) -> int:
        if n not in depth:
            depth[n] = max((find(a) + 1 for a in before[n]), default=0)
        return depth[n]

    for n in nodes:
        find(n)
    return depth


def draw(nodes: Sequence[str], edges: Sequence[tuple[str, str]], size: Mapping[str, tuple[float, float]]) -> Drawing:
    """Place the nodes (size: width and height of each) in columns, in this order where nothing else decides."""
    depth = columns(nodes, edges)
    chains = {edge: _chain(edge, depth) for edge in edges}
    layers: list[list] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for n in nodes:
        layers[depth[n]].append(n)
    for edge, chain in chains.items():
        for step in chain[1:-1]:
            layers[step[2]].append(step)
    links: dict = {}
    for chain in chains.values():
        for a, b in zip(chain, chain[1:]):
            links.setdefault(a, ([], []))[1].append(b)
            links.setdefault(b, ([], []))[0].append(a)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        place = {item: (k + 0.5) / len(layer) for layer in layers for k, item in enumerate(layer)}
        for layer in layers if forward else reversed(layers):
            def mean(item):
                near = links.get(item, ((), ()))[0 if forward else 1]
                return sum(place[a] for a in near) / len(near) if near else place[item]
            layer.sort(key=mean)        # stable: equal means keep their order
            place |= {item: (k + 0.5) / len(layer) for k, item in enumerate(layer)}
    return _positions(layers, chains, size)


def _chain(edge: tuple[str, str], depth: Mapping[str, int]) -> list:
    a, b = edge
    return [a, *((a, b, k) for k in range(depth[a] + 1, depth[b])), b]


def _positions(layers: list[list], chains: Mapping, size: Mapping[str, tuple[float, float]]) -> Drawing:
    def high(item) -> float:
        return size[item][1] if isinstance(item, str) else LANE

    heights = [sum(map(high, layer)) + ROW_GAP * max(0, len(layer) - 1) for layer in layers]
    total = max(heights, default=0.0)
    boxes: dict[str, Box] = {}
    lanes: dict = {}
    x = 0.0
    for layer, height in zip(layers, heights):
        wide = max((size[i][0] for i in layer if isinstance(i, str)), default=0.0)
        y = (total - height) / 2
        for item in layer:
            if isinstance(item, str):
                boxes[item] = Box(x, y, wide, size[item][1])
            else:
                lanes[item] = [(x, y + LANE / 2), (x + wide, y + LANE / 2)]
            y += high(item) + ROW_GAP
        x += wide + COLUMN_GAP
    paths = {}
    for edge, chain in chains.items():
        a, b = boxes[edge[0]], boxes[edge[1]]
        middle = [point for step in chain[1:-1] for point in lanes[step]]
        paths[edge] = [(a.x + a.width, a.y + a.height / 2), *middle, (b.x, b.y + b.height / 2)]
    return Drawing(boxes, paths, max(0.0, x - COLUMN_GAP), total)


def parts(nodes: Sequence[str], edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The connected parts, the largest first; the order inside each is that of `nodes`."""
    group = {n: n for n in nodes}

    def root(n: str) -> str:
        while group[n] != n:
            group[n] = group[group[n]]
            n = group[n]
        return n

    for a, b in edges:
        group[root(a)] = root(b)
    out: dict[str, list[str]] = {}
    for n in nodes:
        out.setdefault(root(n), []).append(n)
    return sorted(out.values(), key=len, reverse=True)
