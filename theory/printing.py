"""Terms as text (one line, for terminals and traces) and as LaTeX (for reports)."""
from __future__ import annotations

from fractions import Fraction

from theory.terms import Term, fam, open_

INDEX_NAMES = ["i", "j", "k", "m", "p", "q", "i'", "j'", "k'"]
REAL_NAMES = ["t", "u", "s", "w", "t'", "u'", "s'"]
RELATION = {"le": ("<=", r"\le"), "lt": ("<", "<"), "eq": ("=", "=")}
GREEK = set("alpha beta gamma delta eps zeta eta theta kappa lambda mu nu xi rho sigma tau phi chi psi omega".split())


def text(t: Term, names: dict[Term, str] | None = None) -> str:
    """One line of plain text. names: abbreviations for subterms, as `abbreviate` makes them."""
    return _Printer(latex=False, names=names).show(t, 0)


def latex(t: Term, names: dict[Term, str] | None = None) -> str:
    """LaTeX without delimiters."""
    return _Printer(latex=True, names=names).show(t, 0)


def _split_sign(t: Term) -> tuple[bool, Term]:
    """(is negative, absolute part) for a product with a negative literal in front; a minimum, -max(-f), is no negative."""
    if t.op == "num" and t.data < 0:
        return True, Term("num", (), -t.data)
    if t.op == "mul" and t.args[0].op == "num" and t.args[0].data < 0:
        head, rest = -t.args[0].data, t.args[1:]
        if head == 1 and len(rest) == 1 and rest[0].op == "max" and _split_sign(rest[0].args[1])[0]:
            return False, t
        if head != 1:
            return True, Term("mul", (Term("num", (), head), *rest))
        return True, rest[0] if len(rest) == 1 else Term("mul", rest)
    return False, t


def _ranges_over_naturals(t: Term) -> bool:
    """Whether a quantifier's guard starts with `nat`."""
    guard = t.args[0]
    while guard.op in ("imp", "and"):
        guard = guard.args[0]
    return t.op in ("forall", "exists") and guard.op == "nat"


class _Printer:
    """Precedences: 0 anything, 1 sum, 2 product, 3 power."""

    def __init__(self, latex: bool, names: dict[Term, str] | None = None):
        self.tex = latex
        self.names = names or {}
        self.used: list[str] = []

    def bound(self, t: Term, position: int) -> tuple[str, Term]:
        taken = {name for name, _ in t.free} | set(self.used)
        pool = INDEX_NAMES if t.op in ("sum", "max") or _ranges_over_naturals(t) else REAL_NAMES
        name = next((n for n in pool if n not in taken), f"v{len(self.used)}")
        return name, open_(t.args[position], fam(name))

    def name(self, raw: str) -> str:
        if not self.tex:
            return raw
        head, _, tail = raw.partition("_")
        head = {"eps": r"\varepsilon"}.get(head, "\\" + head if head in GREEK else head)
        return f"{head}_{{{tail}}}" if tail else head

    def paren(self, s: str, condition: bool) -> str:
        if not condition:
            return s
        return rf"\left({s}\right)" if self.tex else f"({s})"

    def show(self, t: Term, level: int) -> str:
        if t in self.names:
            return self.names[t]
        method = getattr(self, "_" + t.op, None)
        if method:
            return method(t, level)
        if t.op in RELATION:
            sign = RELATION[t.op][self.tex]
            return f"{self.show(t.args[0], 0)} {sign} {self.show(t.args[1], 0)}"
        raise AssertionError(t.op)  # every operator of SIGNATURE has a printer; a test walks them all

    def _num(self, t, level):
        q: Fraction = t.data
        if q.denominator == 1:
            return self.paren(str(q), q < 0 and level >= 1)
        body = rf"\frac{{{abs(q.numerator)}}}{{{q.denominator}}}" if self.tex else f"{abs(q.numerator)}/{q.denominator}"
        return self.paren(("-" if q < 0 else "") + body, level >= 2 and not self.tex or q < 0 and level >= 1)

    def _bv(self, t, level):
        return f"?{t.data}"

    def _pi(self, t, level):
        return r"\pi" if self.tex else "pi"

    def _fam(self, t, level):
        name = self.name(t.data)
        if not t.args:
            return name
        inner = ",".join(self.show(a, 0) for a in t.args)
        return f"{name}_{{{inner}}}" if self.tex else f"{name}[{inner}]"

    def _add(self, t, level):
        parts: list[Term] = []
        stack = list(reversed(t.args))
        while stack:
            a = stack.pop()
            if a.op == "add" and a not in self.names:
                stack.extend(reversed(a.args))
            else:
                parts.append(a)
        out = ""
        for k, a in enumerate(parts):
            negative, body = (False, a) if a in self.names else _split_sign(a)
            shown = self.show(body, 2 if negative and body.op == "add" else 1 if k == 0 and not negative else 2 if body.op == "add" else 1)
            out += (("-" if negative else "") if k == 0 else (" - " if negative else " + ")) + shown
        return self.paren(out, level >= 2)

    def _mul(self, t, level):
        if t.args[0].op == "num" and t.args[0].data == -1 and len(t.args) == 2 and t.args[1].op == "max" and not _split_sign(t)[0]:
            return self.paren(self._as_min(t.args[1]), self.tex and level >= 2)
        negative, body = _split_sign(t)
        if negative:
            return self.paren("-" + self.show(body, 2), level >= 1)
        factors: list[Term] = []
        stack = list(reversed(t.args))
        while stack:
            a = stack.pop()
            if a.op == "mul" and a not in self.names and not _split_sign(a)[0]:
                stack.extend(reversed(a.args))
            else:
                factors.append(a)
        above = [a for a in factors if a.op != "inv"]
        below = [a.args[0] for a in factors if a.op == "inv"]
        if self.tex:
            top = r" \, ".join(self.show(a, 2) for a in above) or "1"
            if below:
                return rf"\frac{{{top}}}{{{' '.join(self.show(b, 2 if len(below) > 1 else 0) for b in below)}}}"
            return self.paren(top, level >= 3)
        top = "*".join(self.show(a, 2) for a in above) or "1"
        for b in below:
            top += "/" + self.show(b, 3)
        return self.paren(top, level >= 3)

    def _as_min(self, t: Term) -> str:
        name, body = self.bound(t, 1)
        inner = _split_sign(body)[1]
        self.used.append(name)
        shown = self.show(inner, 2)
        self.used.pop()
        return self._indexed("min", name, t.args[0], shown)

    def _indexed(self, word, name, n, shown):
        if self.tex:
            return rf"\{word}_{{{name}<{self.show(n, 0)}}} {shown}"
        return f"{word}[{name}<{self.show(n, 0)}]({shown})"

    def _indexed_term(self, t, word):
        name, body = self.bound(t, 1)
        self.used.append(name)
        shown = self.show(body, 2 if self.tex else 0)
        self.used.pop()
        return self._indexed(word, name, t.args[0], shown)

    def _sum(self, t, level):
        return self.paren(self._indexed_term(t, "sum"), self.tex and level >= 3)

    def _max(self, t, level):
        return self.paren(self._indexed_term(t, "max"), self.tex and level >= 3)

    def _inv(self, t, level):
        if self.tex:
            return rf"\frac{{1}}{{{self.show(t.args[0], 0)}}}"
        return self.paren("1/" + self.show(t.args[0], 3), level >= 3)

    def _pow(self, t, level):
        base, e = t.args
        if e.op == "num" and e.data == Fraction(1, 2):
            return rf"\sqrt{{{self.show(base, 0)}}}" if self.tex else f"sqrt({self.show(base, 0)})"
        shown = self.show(base, 3)
        if base.op in ("pow", "exp", "sum", "max"):
            shown = self.paren(self.show(base, 0), True)
        if self.tex:
            return f"{shown}^{{{self.show(e, 0)}}}"
        return f"{shown}^{self.show(e, 3)}"

    def _call(self, t, tex_name, name):
        inner = self.show(t.args[0], 0)
        return rf"{tex_name}\left({inner}\right)" if self.tex else f"{name}({inner})"

    def _exp(self, t, level):
        return f"e^{{{self.show(t.args[0], 0)}}}" if self.tex else f"exp({self.show(t.args[0], 0)})"

    def _log(self, t, level):
        return self._call(t, r"\log", "log")

    def _gamma(self, t, level):
        return self._call(t, r"\Gamma", "Gamma")

    def _abs(self, t, level):
        inner = self.show(t.args[0], 0)
        return rf"\left|{inner}\right|" if self.tex else f"|{inner}|"

    def _vol(self, t, level):
        inner = self.show(t.args[0], 0)
        return rf"V_{{{inner}}}(1)" if self.tex else f"vol({inner})"

    def _int(self, t, level):
        name, body = self.bound(t, 2)
        self.used.append(name)
        a, b, shown = self.show(t.args[0], 0), self.show(t.args[1], 0), self.show(body, 1)
        self.used.pop()
        if self.tex:
            return self.paren(rf"\int_{{{a}}}^{{{b}}} {shown}\,d{name}", level >= 2)
        return f"int[{name}={a}..{b}]({shown})"

    def _ball(self, t, level):
        name, body = self.bound(t, 2)
        self.used.append(name)
        n, r = self.show(t.args[0], 0), self.show(t.args[1], 0)
        inner = open_(t.args[2], fam(r"\|x\|" if self.tex else "|x|"))
        shown = _Printer(self.tex, self.names).show(inner, 1)
        self.used.pop()
        if self.tex:
            return self.paren(rf"\int_{{x\in\mathbb{{R}}^{{{n}}},\,\|x\|\le {r}}} {shown}\,dx", level >= 2)
        return f"int[x in R^{n}, |x|<={r}]({shown})"

    def _nat(self, t, level):
        inner = self.show(t.args[0], 0)
        return rf"{inner}\in\mathbb{{N}}" if self.tex else f"{inner} in N"

    def _and(self, t, level):
        return f"{self._part(t.args[0])} {chr(92) + 'land' if self.tex else 'and'} {self._part(t.args[1], t.op)}"

    def _or(self, t, level):
        return f"{self._part(t.args[0])} {chr(92) + 'lor' if self.tex else 'or'} {self._part(t.args[1], t.op)}"

    def _imp(self, t, level):
        return f"{self._part(t.args[0])} {chr(92) + 'Rightarrow' if self.tex else '=>'} {self._part(t.args[1])}"

    def _part(self, t, same=None):
        return self.paren(self.show(t, 0), t.op in ("and", "or", "imp", "forall", "exists") and t.op != same)

    def _quantifier(self, t, word, tex_word, guard_op):
        name, body = self.bound(t, 0)
        self.used.append(name)
        guard = ""
        if body.op == guard_op and body.args[0].op == "and" and body.args[0].args[0] == Term("nat", (fam(name),)) \
                and body.args[0].args[1].op == "lt" and body.args[0].args[1].args[0] == fam(name):
            guard, body = "<" + self.show(body.args[0].args[1].args[1], 0), body.args[1]
        shown = self._part(body)
        self.used.pop()
        return rf"{tex_word} {self.name(name)}{guard}:\; {shown}" if self.tex else f"{word} {name}{guard}: {shown}"

    def _forall(self, t, level):
        return self._quantifier(t, "for all", r"\forall", "imp")

    def _exists(self, t, level):
        return self._quantifier(t, "there is", r"\exists", "and")

    def _integrable(self, t, level):
        name, body = self.bound(t, 2)
        a, b = self.show(t.args[0], 0), self.show(t.args[1], 0)
        shown = self.show(body, 0)
        return rf"{name}\mapsto {shown} \text{{ integrable on }} [{a},{b}]" if self.tex else f"{name} -> {shown} integrable on [{a}, {b}]"

    def _deriv(self, t, level):
        name, body = self.bound(t, 0)
        self.used.append(name)
        shown = self.show(body, 2)
        self.used.pop()
        at, value = self.show(t.args[1], 0), self.show(t.args[2], 1)
        if self.tex:
            return rf"\left.\frac{{d}}{{d{name}}} {shown}\right|_{{{name}={at}}} = {value}"
        return f"d/d{name} {shown} at {name}={at} is {value}"
