"""LaTeX as HTML with presentation MathML, and as plain text: no script, no font, nothing from elsewhere.

A formula becomes several `<math>` elements, cut before the relations and the sums at its top level, so that a narrow page can
break the line there; words at its top level become words of the page. What `tex` cannot read is shown as its escaped source.
"""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from html import escape

from wellposed.report.tex import NotRead, Node, parse

CALLIGRAPHIC = {"B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ"}
BLACKBOARD = {"R": "ℝ", "N": "ℕ", "Z": "ℤ", "Q": "ℚ", "C": "ℂ", "P": "ℙ", "E": "𝔼", "D": "𝔻"}
SIGN = set("+−±∓")


def html(source: str) -> str:
    """The formula for a page; its source in <code> if it is not in the subset."""
    try:
        return "".join(escape(c) if isinstance(c, str) else _math(c) for c in _chunks(parse(source)))
    except NotRead:
        return f"<code>{escape(source)}</code>"


def plain(source: str) -> str:
    """The formula on one line of text; its source if it is not in the subset."""
    try:
        words = " ".join(_words(parse(source)).split()).replace("( ", "(").replace(" )", ")")
        return re.sub(r"\b(log|exp|ln|sin|cos) \(", r"\1(", words)
    except NotRead:
        return source


def _math(nodes: list[Node]) -> str:
    """One element. A sign that begins it was cut from the term before it, unless nothing came before: `_chunks` marks those."""
    head, *rest = nodes
    first = f'<mo form="infix">{escape(head.word)}</mo>' if head.role == "sum" else _element(head)
    return f"<math>{first}{''.join(map(_element, rest))}</math>"


def _chunks(row: Iterable[Node]) -> list[list[Node] | str]:
    """Words, spaces and formulas, in order; a new formula begins before a relation or a sign that no bracket encloses."""
    out: list[list[Node] | str] = [[]]
    depth = bars = 0
    for node in row:
        if node.kind == "fence":
            depth += (node.word in "([{⟨⌊⌈") - (node.word in ")]}⟩⌋⌉")
            bars += node.word in "|‖"
        inside = depth > 0 or bars % 2
        if node.kind == "text":
            out += [node.word, []]
        elif node.kind == "space" and not inside and float(node.word) >= 0.25:
            out += ["\u2003" if float(node.word) >= 1 else " ", []]
        elif not inside and out[-1] and _breaks(node, out[-1][-1]):
            out += [" ", [replace(node, role="sum") if node.word in SIGN else node]]
        else:
            out[-1].append(node)
    return [c for c in out if c]


def _breaks(node: Node, before: Node) -> bool:
    """Whether a line may end before this node."""
    if node.kind not in ("mo", "over", "under"):
        return False
    return node.role == "relation" or node.word == "∧" or node.word in SIGN and _operand(before)


def _operand(before: Node) -> bool:
    return not (before.kind == "mo" and before.role or before.word in ("(", "[", "{", ",") or before.kind == "space")


def _element(node: Node | None) -> str:
    if node is None:
        return "<mrow></mrow>"
    return ELEMENTS[node.kind](node)


def _mi(n: Node) -> str:
    faces = {"mathbb": BLACKBOARD, "mathcal": CALLIGRAPHIC, "mathscr": CALLIGRAPHIC}
    if n.role in faces and len(n.word) == 1:
        start = 0x1D538 if n.role == "mathbb" else 0x1D49C
        letter = faces[n.role].get(n.word) or (chr(start + ord(n.word) - ord("A")) if "A" <= n.word <= "Z" else n.word)
        return f"<mi>{letter}</mi>"
    face = n.role and len(n.word) == 1 and n.role not in ("mathit", "function")
    upright = ' mathvariant="normal"' if face or "Α" <= n.word <= "Ω" else ""
    if n.role in ("function", "limits"):
        return f"<mi>{escape(n.word)}</mi>" + ('<mspace width="0.17em"></mspace>' if n.role == "function" else "")
    return f"<mi{upright}>{escape(n.word)}</mi>"


def _mn(n: Node) -> str:
    return f"<mn>{escape(n.word)}</mn>"


def _mo(n: Node) -> str:
    if n.role == "relation" or n.role == "binary" and n.word not in SIGN:
        return f'<mo form="infix">{escape(n.word)}</mo>'
    return f"<mo>{escape(n.word)}</mo>"


def _fence(n: Node) -> str:
    return f'<mo stretchy="false" lspace="0" rspace="0">{escape(n.word)}</mo>'


def _space(n: Node) -> str:
    return f'<mspace width="{n.word}em"></mspace>'


def _row(n: Node) -> str:
    return f"<mrow>{''.join(map(_element, n.parts))}</mrow>"


def _single(n: Node | None) -> str:
    """An element that counts as one child."""
    made = _element(n)
    return f"<mrow>{made}</mrow>" if n is not None and n.kind == "mi" and n.role == "function" else made


def _frac(n: Node) -> str:
    return f"<mfrac>{_single(n.parts[0])}{_single(n.parts[1])}</mfrac>"


def _binom(n: Node) -> str:
    return f'<mrow><mo>(</mo><mfrac linethickness="0">{_single(n.parts[0])}{_single(n.parts[1])}</mfrac><mo>)</mo></mrow>'


def _sqrt(n: Node) -> str:
    return f"<msqrt>{_single(n.parts[0])}</msqrt>"


def _root(n: Node) -> str:
    return f"<mroot>{_single(n.parts[0])}{_single(n.parts[1])}</mroot>"


def _accent(n: Node) -> str:
    return f'<mover accent="true">{_single(n.parts[0])}<mo stretchy="false">{escape(n.word)}</mo></mover>'


def _over(n: Node) -> str:
    return f"<mover>{_single(n.parts[0])}{_single(n.parts[1])}</mover>"


def _under(n: Node) -> str:
    return f"<munder>{_single(n.parts[0])}{_single(n.parts[1])}</munder>"


def _fenced(n: Node) -> str:
    left, _, right = n.word.partition("\0")
    a = f'<mo fence="true" form="prefix">{escape(left)}</mo>' if left else ""
    b = f'<mo fence="true" form="postfix">{escape(right)}</mo>' if right else ""
    return f"<mrow>{a}{''.join(map(_element, n.parts))}{b}</mrow>"


def _scripts(n: Node) -> str:
    base, sub, sup = n.parts
    under = base is not None and base.role in ("limits", "big")
    tags = {(True, True): "munderover", (True, False): "munder", (False, True): "mover"} if under else {
        (True, True): "msubsup", (True, False): "msub", (False, True): "msup"}
    tag = tags[sub is not None, sup is not None]
    inner = "".join(_single(p) for p in (base, sub, sup) if p is not None)
    return f"<{tag}>{inner}</{tag}>" + ('<mspace width="0.17em"></mspace>' if under else "")


def _mtext(n: Node) -> str:
    return f"<mtext>{escape(n.word).replace(' ', chr(0xA0))}</mtext>"


ELEMENTS = {"mi": _mi, "mn": _mn, "mo": _mo, "fence": _fence, "text": _mtext, "space": _space, "row": _row, "frac": _frac,
            "binom": _binom, "sqrt": _sqrt, "root": _root, "accent": _accent, "over": _over, "under": _under, "fenced": _fenced,
            "scripts": _scripts}


# plain text

def _words(nodes: Iterable[Node | None]) -> str:
    out, before = "", None
    for n in filter(None, nodes):
        signed = n.kind == "mo" and n.word in SIGN and (before is None or not _operand(before))
        out += n.word if signed else _word(n)
        before = n
    return out


def _word(n: Node) -> str:
    if n.kind == "frac":
        return f"{_closed(n.parts[0])}/{_closed(n.parts[1])} "
    if n.kind == "sqrt":
        return f"√{_closed(n.parts[0])}"
    if n.kind == "scripts":
        base, sub, sup = n.parts
        return _word(base) + (f"_{_closed(sub)}" if sub else "") + (f"^{_closed(sup)}" if sup else "") + (
            " " if base.role in ("limits", "big", "integral", "function") else "")
    if n.kind == "fenced":
        left, _, right = n.word.partition("\0")
        return f"{left}{_words(n.parts)}{right}"
    if n.kind == "space":
        return " " if float(n.word) >= 0.2 else ""
    if n.kind in ("over", "under"):
        return f" {_word(n.parts[0]).strip()}{_words(n.parts[1:])} "
    if n.kind in ("accent", "root", "binom"):
        return f"{_words(n.parts)}{n.word}"
    if n.kind == "mo" and n.role in ("relation", "binary") and n.word not in "·∗:":
        return f" {n.word} "
    if n.kind == "mi" and n.role == "function":
        return f"{n.word} "
    if n.kind == "mi" and n.role == "mathbb":
        return BLACKBOARD.get(n.word, n.word)
    return n.word + (" " if n.word == "," else "") if n.kind != "row" else _words(n.parts)


def _closed(n: Node | None) -> str:
    inner = _words([n]).strip()
    return inner if len(inner) <= 1 or n is not None and n.kind in ("mi", "mn", "fenced") else f"({inner})"
