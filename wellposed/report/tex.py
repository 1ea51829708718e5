"""The LaTeX that claims are printed in, parsed: the subset that our transcriptions and `theory.printing` write, nothing more.

`parse` gives a row, a list of nodes; whatever is not in the subset raises `NotRead`, and the caller shows the source as it is.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TOKEN = re.compile(r":=|\\[a-zA-Z]+\*?|\\.|[0-9]+(?:\.[0-9]+)?|\s+|.", re.S)
GREEK = dict(zip(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho varrho sigma tau "
    "upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell infty partial nabla emptyset "
    "varnothing top prime hbar".split(),
    "α β γ δ ϵ ε ζ η θ ϑ ι κ λ μ ν ξ π ρ ϱ σ τ υ ϕ φ χ ψ ω Γ Δ Θ Λ Ξ Π Σ Υ Φ Ψ Ω ℓ ∞ ∂ ∇ ∅ ∅ ⊤ ′ ℏ".split(), strict=True))
RELATIONS = dict(zip(
    "le leq ge geq ne neq approx sim simeq propto equiv in notin subset subseteq supset ll gg Rightarrow implies iff "
    "Leftrightarrow to rightarrow leftarrow mapsto vdash mid colon lesssim gtrsim ni".split(),
    "≤ ≤ ≥ ≥ ≠ ≠ ≈ ∼ ≃ ∝ ≡ ∈ ∉ ⊂ ⊆ ⊃ ≪ ≫ ⇒ ⇒ ⇔ ⇔ → → ← ↦ ⊢ ∣ : ≲ ≳ ∋".split(), strict=True))
BINARY = dict(zip("cdot times pm mp circ cap cup setminus land lor wedge vee oplus otimes odot star ast div".split(),
                  "· × ± ∓ ∘ ∩ ∪ ∖ ∧ ∨ ∧ ∨ ⊕ ⊗ ⊙ ⋆ ∗ ÷".split(), strict=True))
PLAIN = dict(zip("forall exists lnot neg ldots dots cdots vdots dagger".split(), "∀ ∃ ¬ ¬ … … ⋯ ⋮ †".split(), strict=True))
FENCES = {r"\|": "‖", r"\{": "{", r"\}": "}", r"\langle": "⟨", r"\rangle": "⟩", r"\lfloor": "⌊", r"\rfloor": "⌋", r"\lceil": "⌈",
          r"\rceil": "⌉", r"\lVert": "‖", r"\rVert": "‖", r"\Vert": "‖", r"\vert": "|", r"\lvert": "|", r"\rvert": "|",
          "(": "(", ")": ")", "[": "[", "]": "]", "|": "|"}
FUNCTIONS = set("log ln exp sin cos tan arg det dim ker Pr".split())
LIMITS = set("max min sup inf lim limsup liminf argmax argmin".split())
BIG = {"sum": "∑", "prod": "∏", "bigcup": "⋃", "bigcap": "⋂"}
SPACES = {r"\,": .17, r"\:": .22, r"\;": .28, r"\!": 0, r"\quad": 1, r"\qquad": 2, "\\ ": .3, "~": .3, r"\enspace": .5}
ACCENTS = {"tilde": "~", "widetilde": "~", "hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "vec": "→", "dot": "˙"}
TEXTS = {"text", "textrm", "mbox", "textit", "textbf", "textsf"}
WORDS = {"mathrm", "mathsf", "mathit", "mathbf", "mathbb", "mathcal", "mathscr", "mathtt",
         "operatorname", "operatorname*", "boldsymbol"}
ESCAPED = {"\\%": "%", "\\&": "&", "\\_": "_", "\\#": "#", "\\$": "$", "\\ ": " ", "\\,": " ", "~": " "}
SIZES = {f"{b}{side}" for b in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")} | {
    "displaystyle", "textstyle", "limits", "nolimits", "scriptstyle"}


class NotRead(ValueError):
    """A construction outside the subset."""


@dataclass(frozen=True)
class Node:
    """kind: mi, mn, mo, fence, text, space, row, frac, sqrt, root, scripts, accent, over, under, fenced, binom.

    word: the characters. role: relation, binary, function, limits, big or a face (mathbb, ...).
    parts: sub-nodes; a missing one is None.
    """

    kind: str
    word: str = ""
    role: str = ""
    parts: tuple[Node | None, ...] = field(default=())


def parse(source: str) -> list[Node]:
    """The nodes of a formula. Raises NotRead."""
    return _Reader(source).row(None)


class _Reader:
    def __init__(self, source: str):
        self.tokens = TOKEN.findall(source)
        self.at = 0

    def peek(self) -> str | None:
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> str:
        token = self.peek()
        if token is None:
            raise NotRead("it ends too early")
        self.at += 1
        return token

    def row(self, until: str | None) -> list[Node]:
        out: list[Node] = []
        while (token := self.peek()) is not None and token != until:
            if token in ("}", r"\right", "&", r"\\"):
                raise NotRead(f"an unexpected {token}")
            if token in ("^", "_", "'"):
                out.append(self.scripts(out.pop() if out and out[-1].kind != "space" else Node("row")))
            else:
                out += self.atom()
        if token != until:
            raise NotRead(f"no {until}")
        return out

    def scripts(self, base: Node) -> Node:
        sub = sup = None
        while (token := self.peek()) in ("^", "_", "'"):
            self.take()
            if token == "'":
                sup = Node("row", parts=(*(sup.parts if sup else ()), Node("mo", "′")))
            elif token == "^" and sup is None:
                sup = self.argument()
            elif token == "_" and sub is None:
                sub = self.argument()
            else:
                raise NotRead("two scripts in one place")
        return Node("scripts", parts=(base, sub, sup))

    def argument(self) -> Node:
        """{...} or one token; digits are taken one by one, as TeX does."""
        token = self.peek()
        if token == "{":
            self.take()
            row = self.row("}")
            self.take()
            return row[0] if len(row) == 1 else Node("row", parts=tuple(row))
        if token is not None and token[0].isdigit() and len(token) > 1:
            self.tokens[self.at:self.at + 1] = list(token)
        atoms = list(self.atom())
        if len(atoms) != 1:
            raise NotRead("an argument is missing")
        return atoms[0]

    def raw(self) -> str:
        """The characters of a {...} that holds words."""
        if (first := self.take()) != "{":
            if not first.isalnum():
                raise NotRead("words without braces")
            return first
        depth, out = 1, []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            depth += (token == "{") - (token == "}")
            if depth == 0:
                return "".join(out)
            if token == "$":
                raise NotRead("mathematics inside words")
            symbol = PLAIN.get(token[1:]) or ESCAPED.get(token)
            if token.startswith("\\") and symbol is None and token[1:] not in TEXTS | WORDS:
                raise NotRead(f"{token} inside words")
            out.append(symbol or ("" if token in "{}" or token.startswith("\\") else token))
        raise NotRead("no end of the words")

    def atom(self) -> Iterator[Node]:
        token = self.take()
        name = token[1:] if token.startswith("\\") else ""
        if token == "{":
            row = self.row("}")
            self.take()
            yield row[0] if len(row) == 1 else Node("row", parts=tuple(row))
        elif token == r"\left":
            left = self._fence()
            row = self.row(r"\right")
            self.take()
            yield Node("fenced", f"{left}\0{self._fence()}", parts=tuple(row))
        elif token in SPACES:
            yield Node("space", str(SPACES[token]))
        elif name in SIZES:
            return
        elif name in ("frac", "tfrac", "dfrac", "binom", "tbinom"):
            yield Node("binom" if name.endswith("binom") else "frac", parts=(self.argument(), self.argument()))
        elif name == "sqrt":
            if self.peek() == "[":
                self.take()
                degree = Node("row", parts=tuple(self.row("]")))
                self.take()
                yield Node("root", parts=(self.argument(), degree))
            else:
                yield Node("sqrt", parts=(self.argument(),))
        elif name in ("overset", "stackrel", "underset"):
            mark, base = self.argument(), self.argument()
            yield Node("under" if name == "underset" else "over", role=base.role, parts=(base, mark))
        elif name in ACCENTS:
            yield Node("accent", ACCENTS[name], parts=(self.argument(),))
        elif name in TEXTS:
            yield Node("text", self.raw())
        elif name in WORDS:
            yield Node("mi", self.raw(), "limits" if name == "operatorname*" else name)
        else:
            yield self._symbol(token, name)

    def _symbol(self, token: str, name: str) -> Node:
        if token == r"\%":
            return Node("mo", "%")
        if token in FENCES:
            return Node("fence", FENCES[token])
        for table, kind, role in ((GREEK, "mi", ""), (RELATIONS, "mo", "relation"), (BINARY, "mo", "binary"), (PLAIN, "mo", "")):
            if name in table:
                return Node(kind, table[name], role)
        if name in FUNCTIONS | LIMITS:
            word = {"argmax": "arg max", "argmin": "arg min"}.get(name, name)
            return Node("mi", word, "limits" if name in LIMITS else "function")
        if name in BIG:
            return Node("mo", BIG[name], "big")
        if name == "int":
            return Node("mo", "∫", "integral")
        if name == "not":
            return Node("mo", "¬")
        if name:
            raise NotRead(f"{token} is not known")
        if token[0].isdigit():
            return Node("mn", token)
        if token in ("=", "<", ">", ":", ":="):
            return Node("mo", token, "relation")
        if token in "+-*":
            return Node("mo", {"-": "−", "*": "∗"}.get(token, token), "binary")
        if token in ",;.!/?%…":
            return Node("mo", token)
        if token.isalpha():
            return Node("mi", token)
        raise NotRead(f"{token!r} is not known")

    def _fence(self) -> str:
        token = self.take()
        if token == ".":
            return ""
        if token not in FENCES:
            raise NotRead(f"{token} is no fence")
        return FENCES[token]
