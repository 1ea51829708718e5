"""The rules that a line can say: most of them, as patterns.

A line reads `name arguments : premise ; premise => conclusion`. In it `a` stands for a real or a formula, bound by an argument or
by the first premise that shows it; `f g phi` may be bodies of binders, with #0 for the bound variable; `(@ f j)` is f at j.
Arguments: `'x` a variable's name, `'x#n` also: not free in n; `f'x` the argument f as a body over x; `0side` only when it is 0.
`[x h k] c` is a premise with conclusion c over x: its hypotheses h, k are discharged and x is free in no other; `[_ h]` only
discharges. Several lines of one name are alternatives.
"""
from __future__ import annotations

import re
from fractions import Fraction
from typing import Callable, NamedTuple

from theory.checker.nodes import Bad, Node, abstract, beta, kind, node, num

OPEN, INDEX = "[x (lt a #0) (lt #0 b) (le a #0) (le #0 b)]", "[i (nat #0) (lt #0 n)]"
REST, MIX = "(add 1 (mul -1 t))", "(add (mul c f) (mul d g))"
SHELL = "(mul f (mul (mul n (vol n)) (pow #0 (add n (mul -1 1)))))"
SLICE = "(mul (mul (mul 2 pi) #0) (mul (vol n) (pow (add 1 (mul -1 (mul #0 #0))) (mul n (inv 2)))))"
SCHEMAS = f"""
imp_intro phi : [_ phi] A => (imp phi A)
imp_elim : (imp A B) ; A => B
and_intro : A ; B => (and A B)
and_elim 0side : (and A B) => A
and_elim 1side : (and A B) => B
or_intro other 0side : A => (or A other)
or_intro other 1side : A => (or other A)
or_elim : (or A B) ; [_ A] C ; [_ B] C => C
forall_intro 'x : [x] phi => (forall phi)
forall_elim t : (forall phi) => (@ phi t)
exists_intro 'x phi'x t : (@ phi t) => (exists phi)
exists_elim 'x#phi : (exists phi) ; [x phi] A => A
by_order a b : [_ (le a b)] A ; [_ (lt b a)] A => A
rewrite 'x phi'x : (eq a b) ; (@ phi a) => (@ phi b)
antisymmetric : (le a b) ; (le b a) => (eq a b)
product : (lt 0 a) ; (lt 0 b) => (lt 0 (mul a b))
product : (le 0 a) ; (le 0 b) => (le 0 (mul a b))
product : (lt 0 a) ; (le 0 b) => (le 0 (mul a b))
product : (le 0 a) ; (lt 0 b) => (le 0 (mul a b))
square a : => (le 0 (mul a a))
inverse : (lt 0 a) => (eq (mul a (inv a)) 1)
inverse : (lt a 0) => (eq (mul a (inv a)) 1)
inverse_positive : (lt 0 a) => (lt 0 (inv a))
absolute : (le 0 a) => (eq (abs a) a)
absolute : (le a 0) => (eq (abs a) (mul -1 a))
exp_tangent a : => (le (add 1 a) (exp a))
exp_positive a : => (lt 0 (exp a))
exp_log : (lt 0 a) => (eq (exp (log a)) a)
log_exp a : => (eq (log (exp a)) a)
power_exp e : (lt 0 a) => (eq (pow a e) (exp (mul e (log a))))
power_of_zero : (lt 0 e) => (eq (pow 0 e) 0)
power_step a : (nat k) => (eq (pow a (add k 1)) (mul (pow a k) a))
nat_nonnegative : (nat a) => (le 0 a)
nat_gap : (nat a) ; (nat b) ; (lt a b) => (le (add a 1) b)
nat_difference : (nat a) ; (nat b) ; (le b a) => (nat (add a (mul -1 b)))
induction 'k phi'k : (@ phi 0) ; [k (nat #0) phi] (@ phi (add #0 1)) ; (nat t) => (@ phi t)
archimedes 'k : [k (nat #0)] (le a (add b (mul c (inv (add #0 1))))) => (le a b)
gamma_step : (lt 0 s) => (eq (gamma (add s 1)) (mul s (gamma s)))
gamma_step_negative : (nat m) ; (lt (add (mul -1 m) (mul -1 1)) s) ; (lt s (mul -1 m)) =>
  (eq (gamma (add s 1)) (mul s (gamma s)))
gamma_positive : (lt 0 s) => (lt 0 (gamma s))
gamma_one : => (eq (gamma 1) 1)
gamma_half : => (eq (mul (gamma 1/2) (gamma 1/2)) pi)
gamma_logconvex : (lt 0 a) ; (lt 0 b) ; (le 0 t) ; (le t 1) =>
  (le (log (gamma (add (mul t a) (mul {REST} b)))) (add (mul t (log (gamma a))) (mul {REST} (log (gamma b)))))
sum_termwise 'i#n n : {INDEX} (le f g) => (le (sum n f) (sum n g))
sum_termwise 'i#n n : {INDEX} (lt f g) => (le (sum n f) (sum n g))
sum_termwise 'i#n n : {INDEX} (eq f g) => (eq (sum n f) (sum n g))
sum_strict 'i#n n j : {INDEX} (le f g) ; (lt (@ f j) (@ g j)) ; (nat j) ; (lt j n) => (lt (sum n f) (sum n g))
sum_add 'i#n n f'i g'i : => (eq (sum n (add f g)) (add (sum n f) (sum n g)))
sum_scale 'i#n#c n c f'i : => (eq (sum n (mul c f)) (mul c (sum n f)))
sum_constant c : (nat n) => (eq (sum n c) (mul n c))
sum_term 'i#n n j : {INDEX} (le 0 f) ; (nat j) ; (lt j n) => (le (@ f j) (sum n f))
sum_term 'i#n n j : {INDEX} (lt 0 f) ; (nat j) ; (lt j n) => (le (@ f j) (sum n f))
sum_empty 'i f'i : => (eq (sum 0 f) 0)
sum_step 'i f'i : (nat n) => (eq (sum (add n 1) f) (add (sum n f) (@ f n)))
max_bound 'i n f'i : (nat j) ; (lt j n) => (le (@ f j) (max n f))
max_attained 'i#n f'i : (lt 0 n) => (exists (and (and (nat #0) (lt #0 n)) (eq (max n f) f)))
deriv_value : (deriv f at v) ; (eq v w) => (deriv f at w)
integral_monotone 'x#a#b : {OPEN} (le f g) ; (integrable a b f) ; (integrable a b g) ; (le a b) => (le (int a b f) (int a b g))
integral_monotone 'x#a#b : {OPEN} (lt f g) ; (integrable a b f) ; (integrable a b g) ; (le a b) => (le (int a b f) (int a b g))
integral_monotone 'x#a#b : {OPEN} (eq f g) ; (integrable a b f) ; (integrable a b g) ; (le a b) => (eq (int a b f) (int a b g))
integral_strict 'x#a#b : {OPEN} (lt f g) ; (integrable a b f) ; (integrable a b g) ; (lt a b) => (lt (int a b f) (int a b g))
integral_linear 'x#c#d c f'x d g'x : (integrable a b f) ; (integrable a b g) =>
  (and (integrable a b {MIX}) (eq (int a b {MIX}) (add (mul c (int a b f)) (mul d (int a b g)))))
ball_polar 't#n#r f't : (nat n) ; (le 1 n) ; (le 0 r) ; (integrable 0 r {SHELL}) => (eq (ball n r f) (int 0 r {SHELL}))
vol_zero : => (eq (vol 0) 1)
vol_one : => (eq (vol 1) 2)
vol_slices 's#n : (nat n) => (eq (vol (add n 2)) (int 0 1 {SLICE}))
"""
BODIES = {"f", "g", "phi"}          # what may stand for the body of a binder
FORMULAS = {"phi", "goal", "other"}   # arguments that are formulas; the others are reals


class Sequent(NamedTuple):
    hyps: frozenset
    concl: Node


RULES: dict[str, Callable] = {}     # name -> f(premise sequents, arguments) -> Sequent


def need(holds: bool, reason: str) -> None:
    if not holds:
        raise Bad(reason)


# patterns
def _parse(tokens: list):
    token = tokens.pop(0)
    if token == "(":
        parts = []
        while tokens[0] != ")":
            parts.append(_parse(tokens))
        tokens.pop(0)
        return tuple(parts)
    if token == "#0":
        return node("bv", data=0)
    if token == "pi":
        return node("pi")
    return num(Fraction(token)) if token[0] in "-0123456789" else token


def _pattern(text: str):
    return _parse(re.findall(r"[()]|[^\s()]+", text))


def build(pattern, env: dict) -> Node:
    if isinstance(pattern, Node):
        return pattern
    if isinstance(pattern, str):
        need(pattern in env, f"{pattern} is not determined")
        return env[pattern]
    args = [build(p, env) for p in pattern[1:]]
    return beta(*args) if pattern[0] == "@" else node(pattern[0], *args)


def match(pattern, t: Node, env: dict) -> bool:
    """Does t have this shape? Binds what the pattern names, in env."""
    if isinstance(pattern, tuple) and pattern[0] != "@":
        fits = t.op == pattern[0] and len(t.args) == len(pattern) - 1
        return fits and all(match(p, a, env) for p, a in zip(pattern[1:], t.args))
    if isinstance(pattern, str) and pattern not in env:
        env[pattern] = t
        return t.loose == 0 or pattern in BODIES
    return build(pattern, env) is t


class Schema:
    def __init__(self, line: str):
        left, conclusion = line.split("=>")
        head, _, premises = left.partition(":")
        self.name, *self.arguments = head.split()
        self.conclusion = _pattern(conclusion)
        self.premises = []
        for p in filter(str.strip, premises.split(";")):
            variable, discharged, shape = re.match(r"\s*(?:\[(\w+)(.*?)\])?(.*)", p).groups()
            self.premises.append((variable, list(_pattern(f"({discharged or ''})")), _pattern(shape)))

    def __call__(self, premises: list[Sequent], arguments: dict) -> Sequent:
        env = read(self.arguments, arguments)
        need(len(premises) == len(self.premises), f"{len(self.premises)} premises are needed")
        for p, (variable, _, shape) in zip(premises, self.premises):
            said = abstract(p.concl, arguments[variable]) if variable in arguments else p.concl
            need(match(shape, said, env), "a premise has another shape")
        hyps: frozenset = frozenset()
        for p, (variable, discharged, _) in zip(premises, self.premises):
            gone, over = {build(d, env) for d in discharged}, variable in arguments
            rest = {h for h in p.hyps if (abstract(h, arguments[variable]) if over else h) not in gone}
            if over:
                fresh(arguments[variable], rest)
            hyps |= rest
        for word in filter(lambda w: "#" in w, self.arguments):
            x, *places = word[1:].split("#")
            fresh(arguments[x], [env[a] for a in places])
        return Sequent(hyps, build(self.conclusion, env))


def fresh(x: str, terms) -> None:
    need(all((x, 0) not in t.free for t in terms), f"{x} is free where it may not be")


def read(words: list[str], arguments: dict) -> dict:
    """The arguments of a step, checked against the words of a rule's heading; bodies are abstracted."""
    names = {re.split("[#']", w.lstrip("'01"))[0] for w in words}
    need(arguments.keys() == names, f"the arguments must be {sorted(names)}")
    env: dict = {}
    for word in sorted(words, key=lambda w: w[0] != "'"):     # names of variables first
        name, _, over = re.split("#", word.lstrip("'01"))[0].partition("'")
        value = arguments[name]
        if word[0] == "'":
            need(type(value) is str and value != "", f"{name} must be the name of a variable")
        elif word[0] in "01":
            need(type(value) is int and value == int(word[0]), f"{name} must be 0 or 1")
        else:
            need(type(value) is Node and kind(value) == ("p" if name in FORMULAS else "r"), f"{name} has the wrong kind")
            env[name] = abstract(value, arguments[over]) if over else value
    return env


def _either(schemas: list[Schema]) -> Callable:
    """The first schema that fits; when none does, the reason of the last."""
    def step(premises, arguments):
        for s in schemas[:-1]:
            try:
                return s(premises, arguments)
            except Bad:
                continue
        return schemas[-1](premises, arguments)
    return step


_lines = [Schema(line) for line in SCHEMAS.strip().replace("=>\n", "=>").splitlines()]
RULES.update({s.name: _either([t for t in _lines if t.name == s.name]) for s in _lines})
