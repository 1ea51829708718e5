"""The graph of what rests on what, as text, DOT and SVG. Border: the kind of statement; fill: its verdict.

A solid border is the paper's own words, a dashed one another reading of them, a dotted one an amendment (a tag on what it amends,
in the SVG), a thick one a claim that is unsupported: the paper's argument for it rests on one that fails.
"""
from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from wellposed.graph import FAILING
from wellposed.report import layout

Results = Mapping[str, Mapping[str, Any]]
FILL = {  # verdict -> (light, dark)
    "proved": ("#d3efd9", "#1d4a2a"), "supported": ("#d5eef2", "#16444d"), "refuted": ("#fbd5d1", "#6b211b"),
    "contradicted": ("#fbd5d1", "#6b211b"), "ill-posed": ("#f0d4f3", "#55235c"), "conditional": ("#fce8bf", "#5c430c"),
    "cited": ("#e2e6ee", "#343b49"), "undecided": ("#ffffff", "#16181b"),
}
CHAR, SMALL, HEIGHT, PAD, MARGIN, GRID_WIDTH = 7.3, 6.7, 40.0, 20.0, 8.0, 1150.0


def nodes_of(results: Results) -> list[str]:
    """The claims that stand in the picture: the paper's own, and readings that an edge touches. Amendments are tags there."""
    touched = {n for edge in edges_of(results) for n in edge}
    return [n for n, r in results.items() if not r["amends"] and (n in touched or not r["reading_of"])]


def edges_of(results: Results) -> list[tuple[str, str]]:
    """(a, b): the paper's argument for b rests on a."""
    return [(below, name) for name, r in results.items() for below in r["rests_on"] if below in results]


def word(result: Mapping[str, Any]) -> str:
    return result["verdict"] + (", unsupported" if result["effective"] == "unsupported" else "")


def text(results: Results) -> list[str]:
    """For every claim that an edge touches or that is mended: what it rests on, and what mends it."""
    out, alone = [], 0
    touched = {n for edge in edges_of(results) for n in edge}
    for name, r in results.items():
        mend = results.get(r["amendment"] or "")
        if name not in touched and not mend:
            alone += not r["amends"]
            continue
        out.append(f"{name} [{word(r)}]")
        out += [f"  rests on  {b} [{word(results[b])}]" for b in r["rests_on"] if b in results]
        out += [f"  mended by {mend['id']} [{word(mend)}]"] if mend else []
    return [*out, f"{alone} more rest on nothing, and nothing rests on them"] if alone else out


def dot(results: Results) -> str:
    """For graphviz: `wellposed graph --dot | dot -Tpdf`. Amendments and readings point at what they belong to."""
    def quoted(words: str) -> str:
        return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'

    out = ["digraph wellposed {", "  rankdir=LR;", '  node [shape=box, style="filled", fontname="monospace"];']
    for name, r in results.items():
        style = "dotted" if r["amends"] else "dashed" if r["reading_of"] else "solid"
        wide = 3 if r["effective"] == "unsupported" else 1
        label = quoted(name)[:-1] + "\\n" + quoted(f"{' '.join(r['covers'])} {word(r)}".strip())[1:]
        fill = FILL[r["verdict"]][0]
        out.append(f'  {quoted(name)} [label={label}, fillcolor="{fill}", style="filled,{style}", penwidth={wide}];')
    out += [f"  {quoted(a)} -> {quoted(b)};" for a, b in edges_of(results)]
    for kind in ("amends", "reading_of"):
        out += [f"  {quoted(n)} -> {quoted(r[kind])} [style=dotted, constraint=false];"
                for n, r in results.items() if r[kind] in results]
    return "\n".join([*out, "}"]) + "\n"


STYLE = "".join(f".g-{v}>rect,circle.g-{v}{{fill:{light}}}" for v, (light, _) in FILL.items()) + (
    "svg.graph{--g-ink:#1a1a1a;--g-line:#8a8a8a;--g-bad:#b3261e;font:12px ui-monospace,monospace}"
    ".g-node>rect,circle{stroke:var(--g-ink);stroke-width:1}.g-node>text{fill:var(--g-ink)}"
    ".g-node>.g-small{font-size:11px;opacity:.8}"
    ".g-reading>rect{stroke-dasharray:5 3}.g-unsupported>rect{stroke-width:3}"
    ".g-edge{fill:none;stroke:var(--g-line);stroke-width:1.2}.g-falls{stroke:var(--g-bad);stroke-width:1.6}"
    "@media(prefers-color-scheme:dark){svg.graph{--g-ink:#e8e6e1;--g-line:#777b82;--g-bad:#ff9a91}"
    + "".join(f".g-{v}>rect,circle.g-{v}{{fill:{dark}}}" for v, (_, dark) in FILL.items()) + "}"
    "@media print{svg.graph{--g-ink:#000}}"
)


def svg(results: Results, link=lambda name: f"#{name}", standalone: bool = False) -> str:
    """One picture: connected parts below each other, the largest first, then the claims that stand alone, in a grid."""
    nodes, edges = nodes_of(results), edges_of(results)
    edges = [e for e in edges if e[0] in nodes and e[1] in nodes]
    size = {n: (max(len(_label(n)) * CHAR, len(_below(results[n])) * SMALL) + PAD, HEIGHT) for n in nodes}
    out, y, width = [], MARGIN, 0.0
    groups = layout.parts(nodes, edges)
    for part in groups:
        if len(part) > 1:
            inside = set(part)
            drawing = layout.draw(part, [e for e in edges if e[0] in inside], size)
            out += [_edge(points, results[a]["verdict"] in FAILING, y) for (a, _), points in drawing.paths.items()]
            out += [_node(results, n, box, y, link) for n, box in drawing.boxes.items()]
            y, width = y + drawing.height + 3 * MARGIN, max(width, drawing.width)
    single = [part[0] for part in groups if len(part) == 1]
    cell = max((size[n][0] for n in single), default=0.0) + 12
    across = max(1, int(max(width, GRID_WIDTH) // cell)) if single else 1
    for k, n in enumerate(single):
        box = layout.Box(k % across * cell, k // across * (HEIGHT + layout.ROW_GAP), cell - 12, HEIGHT)
        out.append(_node(results, n, box, y, link))
    if single:
        y += -(-len(single) // across) * (HEIGHT + layout.ROW_GAP)
        width = max(width, min(across, len(single)) * cell)
    wide, high = round(width + 2 * MARGIN), round(y + MARGIN)
    space = ' xmlns="http://www.w3.org/2000/svg"' if standalone else ""
    style = f"<style>{STYLE}</style>" if standalone else ""
    return (f'<svg class="graph"{space} width="{wide}" height="{high}" viewBox="{-MARGIN:g} 0 {wide} {high}" role="img" '
            f'aria-label="which claims rest on which">{style}' + "".join(out) + "</svg>")


def _label(name: str) -> str:
    return name.partition(".")[2] or name


def _below(result: Mapping[str, Any]) -> str:
    """The second line of a node: rows and verdict; that it is unsupported is told by its border and its title."""
    rows = " ".join(result["covers"])
    return f"{rows if len(rows) < 14 else rows[:12] + '…'} {result['verdict']}".strip()


def _edge(points, falls: bool, y: float) -> str:
    """Straight through the lanes, curved between the columns."""
    (x0, y0), *rest = points
    path = f"M{x0:.0f} {y0 + y:.0f}"
    for k, (x, to) in enumerate(rest):
        mid = (x0 + x) / 2
        path += f"L{x:.0f} {to + y:.0f}" if k % 2 else f"C{mid:.0f} {y0 + y:.0f} {mid:.0f} {to + y:.0f} {x:.0f} {to + y:.0f}"
        x0, y0 = x, to
    return f'<path class="g-edge{" g-falls" if falls else ""}" d="{path}"/>'


def _node(results: Results, name: str, box: layout.Box, y: float, link) -> str:
    r = results[name]
    kind = "".join([" g-reading" if r["reading_of"] else "", " g-unsupported" if r["effective"] == "unsupported" else ""])
    x, top = box.x, box.y + y
    out = (f'<a href="{escape(link(name))}"><g class="g-node g-{escape(r["verdict"])}{kind}">'
           f'<title>{escape(name)}: {escape(word(r))}</title>'
           f'<rect x="{x:.0f}" y="{top:.0f}" width="{box.width:.0f}" height="{box.height:.0f}" rx="5"/>'
           f'<text x="{x + 8:.0f}" y="{top + 17:.0f}">{escape(_label(name))}</text>'
           f'<text class="g-small" x="{x + 8:.0f}" y="{top + 33:.0f}">{escape(_below(r))}</text></g></a>')
    mend = results.get(r["amendment"] or "")
    if mend:
        out += (f'<a href="{escape(link(mend["id"]))}"><circle class="g-{escape(mend["verdict"])}" cx="{x + box.width - 2:.0f}" '
                f'cy="{top + 2:.0f}" r="7"><title>mended by {escape(mend["id"])}: {escape(word(mend))}</title></circle></a>')
    return out
