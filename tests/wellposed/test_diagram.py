"""The graph as text, DOT and SVG, and the layout under it."""
from __future__ import annotations

import random
import xml.etree.ElementTree as ET

import pytest

from tests.wellposed.samples import NASTY, entry, paper
from wellposed.report import diagram, layout

KNOWN = {r["id"]: r for r in paper()}


def test_text_tells_what_rests_on_what_and_what_mends():
    assert diagram.text(KNOWN) == [
        "toy.lem [refuted]", "  mended by toy.lem.mended [proved]", "toy.prop [proved, unsupported]", "  rests on  toy.lem [refuted]",
        "1 more rest on nothing, and nothing rests on them"]


def test_dot_shows_the_kind_of_statement_by_border_and_the_verdict_by_fill():
    lines = diagram.dot(KNOWN | {"toy.x": entry("toy.x", reading_of="toy.lem")}).splitlines()
    line = {name: next(x for x in lines if x.startswith(f'  "{name}" [')) for name in ("toy.lem", "toy.lem.mended", "toy.prop", "toy.x")}
    assert diagram.FILL["refuted"][0] in line["toy.lem"] and "filled,solid" in line["toy.lem"]
    assert "filled,dotted" in line["toy.lem.mended"] and "filled,dashed" in line["toy.x"] and "penwidth=3" in line["toy.prop"]
    assert '  "toy.lem" -> "toy.prop";' in lines and any(x.startswith('  "toy.lem.mended" -> "toy.lem" [style=dotted') for x in lines)


def test_dot_escapes():
    text = diagram.dot({'a."b\\': entry('a."b\\')})
    assert r'"a.\"b\\" [label="a.\"b\\\nA1 proved"' in text


def test_svg_is_well_formed_linked_and_says_the_verdict():
    root = ET.fromstring(diagram.svg(KNOWN, standalone=True))
    links = [a.get("href") for a in root.iter("{http://www.w3.org/2000/svg}a")]
    assert set(links) == {"#toy.lem", "#toy.lem.mended", "#toy.prop", "#toy.open"}
    words = " ".join(root.itertext())
    assert "toy.prop: proved, unsupported" in words and "mended by toy.lem.mended: proved" in words and "A1 refuted" in words
    assert len([p for p in root.iter("{http://www.w3.org/2000/svg}path")]) == 1


def test_svg_of_nothing_and_of_nasty_words():
    ET.fromstring(diagram.svg({}, standalone=True))
    text = diagram.svg({"toy.a": entry("toy.a", covers=["<b>&"])}, standalone=True)
    ET.fromstring(text)
    assert "<b>" not in text and "<script>" not in diagram.svg({NASTY.replace("\x1b", "").replace("\x07", ""): entry("toy.a")})


def test_every_verdict_has_a_fill():
    from theory.claim import VERDICTS

    assert set(diagram.FILL) == set(VERDICTS)


@pytest.mark.parametrize("seed", range(20))
def test_the_layout_overlaps_nothing_and_every_edge_goes_right(seed):
    chance = random.Random(seed)
    nodes = [f"n{k}" for k in range(chance.randint(1, 30))]
    edges = [(a, b) for k, a in enumerate(nodes) for b in nodes[k + 1:] if chance.random() < 2 / len(nodes)]
    drawing = layout.draw(nodes, edges, {n: (chance.randint(20, 90), 40) for n in nodes})
    boxes = drawing.boxes
    assert set(boxes) == set(nodes) and set(drawing.paths) == set(edges)
    for k, a in enumerate(nodes):
        p = boxes[a]
        assert 0 <= p.x and 0 <= p.y and p.x + p.width <= drawing.width and p.y + p.height <= drawing.height
        for b in nodes[k + 1:]:
            q = boxes[b]
            assert p.x + p.width <= q.x or q.x + q.width <= p.x or p.y + p.height <= q.y or q.y + q.height <= p.y
    for (a, b), points in drawing.paths.items():
        xs = [x for x, _ in points]
        assert xs == sorted(xs) and xs[0] == boxes[a].x + boxes[a].width and xs[-1] == boxes[b].x


def test_connected_parts_come_largest_first():
    assert layout.parts(list("abcde"), [("b", "d"), ("d", "e")]) == [["b", "d", "e"], ["a"], ["c"]]
