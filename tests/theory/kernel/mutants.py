"""Copies of the kernel from which one condition was removed: the source as a syntax tree with one change, loaded under another
name.

`sites()` lists the changes, `load(site)` gives a kernel as a namespace with `apply`, `Theorem`, `KernelError`, `RULES`,
`Sequent`. Only `theory.terms` and `theory.printing` are shared with the real kernel, so that the same examples can be run on
both.
"""
from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType, SimpleNamespace

import theory
from tests.theory.kernel.conditions import HELPERS
from theory.terms import fam, le, lt

ROOT = Path(theory.__file__).parent
RULE_MODULES = ("logic", "order", "elementary", "families", "analysis")
# in the order in which they import one another
MODULES = ("theory.normal", "theory.calculus", "theory.ground", "theory.kernel.core",
           *(f"theory.kernel.{m}" for m in RULE_MODULES))
PREFIX = "mutant_of_"
TRUE, FALSE, NONE = ast.Constant(True), ast.Constant(False), ast.Constant(None)
RELATIONS = ("le", "lt", "eq")


def _source(module: str) -> ast.Module:
    return ast.parse((ROOT.parent / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Site:
    """`node` (a child of `parent`) becomes `new`. `within`: the function, `sort`: what kind of change."""
    module: str
    within: str
    sort: str
    parent: ast.AST
    node: ast.AST
    new: ast.AST

    @property
    def label(self) -> str:
        text = " ".join(ast.unparse(self.node).split())
        return f"{self.module.removeprefix('theory.')}.{self.within}:{self.node.lineno} {self.sort}: {text[:150]}"


TREES = {module: _source(module) for module in MODULES}


def expression(text: str) -> ast.AST:
    return ast.parse(text, mode="eval").body


def sites() -> list[Site]:
    out: list[Site] = []
    for module, tree in TREES.items():
        _visit(module, tree, "", out, module.startswith("theory.kernel"))
    return out


def _visit(module: str, parent: ast.AST, within: str, out: list[Site], kernel: bool) -> None:
    for node in ast.iter_child_nodes(parent):
        name = node.name if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else within
        for sort, new in (_of_rule(node, parent) if kernel else _of_helper(node)):
            out.append(Site(module, within, sort, parent, node, new))
        _visit(module, node, name, out, kernel)


def _of_rule(node: ast.AST, parent: ast.AST):
    """Changes in the package of rules: conditions removed or weakened, hypotheses lost, strictness confused."""
    called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    if called in HELPERS and called != "KernelError":
        yield "removed", _without(node)
        if called == "fresh_":
            yield from (("fresh in less", _with_argument(node, 1, part)) for part in _parts(node.args[1]))
        if called == "relation_":
            ops = ast.literal_eval(node.args[1]) if isinstance(node.args[1], ast.Tuple) else ()
            for op in RELATIONS if ops else ():
                if op not in ops:
                    yield f"also {op}", _with_argument(node, 1, ast.Constant((*ops, op)))
        if called in ("_discharge", "_conditions") and isinstance(node.args[-1], ast.Constant) and node.args[-1].value is True:
            yield "open interval", _with_argument(node, len(node.args) - 1, FALSE)
    if isinstance(node, ast.Raise):
        yield "removed", ast.Pass()
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        for position in range(len(node.values)):
            yield "without a part", ast.BoolOp(node.op, [TRUE if q == position else v for q, v in enumerate(node.values)])
    if isinstance(node, ast.Compare) and len(node.ops) == 2:
        yield "without a part", ast.Compare(node.left, node.ops[:1], node.comparators[:1])
        yield "without a part", ast.Compare(node.comparators[0], node.ops[1:], node.comparators[1:])
    if isinstance(node, ast.IfExp):
        yield "always the first", node.body
        yield "always the second", node.orelse
    in_fresh = isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) and parent.func.id == "fresh_"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr) and not in_fresh:
        yield "hypotheses lost", node.right
        yield "hypotheses lost", node.left
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.BitOr):
        yield "hypotheses lost", ast.Pass()


def _of_helper(node: ast.AST):
    """Changes in the normal form, the calculus and the ground judgement: guards removed, conditions dropped."""
    if isinstance(node, ast.Raise):
        yield "removed", ast.Pass()
    if isinstance(node, (ast.If, ast.IfExp)):
        for value in (TRUE, FALSE):
            if isinstance(node, ast.If):
                yield f"always {value.value}", ast.If(value, node.body, node.orelse)
            else:
                yield f"always {value.value}", ast.IfExp(value, node.body, node.orelse)
    if isinstance(node, ast.BoolOp):
        keep = TRUE if isinstance(node.op, ast.And) else FALSE
        for position in range(len(node.values)):
            yield "without a part", ast.BoolOp(node.op, [keep if q == position else v for q, v in enumerate(node.values)])
    if isinstance(node, ast.List) and node.elts:
        yield "condition dropped", ast.List([], node.ctx)


def _parts(formulas: ast.AST) -> list[ast.AST]:
    """The set of formulas of `fresh_`, each time without one of its pieces."""
    if isinstance(formulas, ast.BinOp):
        return [formulas.left, formulas.right, *(ast.BinOp(formulas.left, formulas.op, p) for p in _parts(formulas.right))]
    if isinstance(formulas, ast.Set) and len(formulas.elts) > 1:
        return [ast.Set([e for e in formulas.elts if e is not gone]) for gone in formulas.elts]
    return []


def _with_argument(call: ast.Call, position: int, value: ast.AST) -> ast.Call:
    return ast.Call(call.func, [value if q == position else a for q, a in enumerate(call.args)], call.keywords)


def _without(call: ast.Call) -> ast.AST:
    """What the call gives, without what it requires."""
    name, args = call.func.id, call.args
    if name in ("require", "fresh_", "is_"):
        return NONE
    if name in ("real_", "prop_"):
        return args[0]
    if name == "relation_":
        return ast.Attribute(ast.Attribute(args[0], "concl", ast.Load()), "args", ast.Load())
    if name == "variable_":
        return ast.Call(ast.Name("unchecked_variable", ast.Load()), args[:1], [])
    if name == "_conditions":
        return expression("frozenset()")
    return ast.Call(ast.Name("unchecked_discharge", ast.Load()), args, [])


def unchecked_discharge(p, x, a, b, where, closed):
    v = fam(x)
    return p.hyps - {le(a, v), le(v, b)} - (set() if closed else {lt(a, v), lt(v, b)})


# ------------------------------------------------------------ loading
class _Renamed(ast.NodeTransformer):
    def visit_ImportFrom(self, node: ast.ImportFrom):
        if node.module in MODULES:
            return ast.copy_location(ast.ImportFrom(PREFIX + node.module.replace(".", "_"), node.names, 0), node)
        return node


def _code(module: str, site: Site | None = None):
    tree = TREES[module]
    if site is None:
        return compile(_Renamed().visit(_source(module)), module, "exec")
    undo = _replace(site.parent, site.node, ast.copy_location(site.new, site.node))
    try:
        text = ast.unparse(ast.fix_missing_locations(tree))
    finally:
        undo()
    return compile(_Renamed().visit(ast.parse(text)), module, "exec")


def _replace(parent: ast.AST, old: ast.AST, new: ast.AST):
    for field, value in ast.iter_fields(parent):
        if value is old:
            setattr(parent, field, new)
            return lambda: setattr(parent, field, old)
        if isinstance(value, list) and any(v is old for v in value):
            position = next(q for q, v in enumerate(value) if v is old)
            value[position] = new
            return lambda: value.__setitem__(position, old)
    raise LookupError("the node is not a child of its parent")


@lru_cache(maxsize=None)
def _plain(module: str):
    return _code(module)


def load(site: Site | None = None) -> SimpleNamespace:
    """A fresh kernel, with this change."""
    loaded: dict[str, ModuleType] = {}
    try:
        for module in MODULES:
            code = _code(module, site) if site is not None and module == site.module else _plain(module)
            name = PREFIX + module.replace(".", "_")
            made = loaded[name] = sys.modules[name] = ModuleType(name)
            made.__dict__.update(unchecked_variable=fam, unchecked_discharge=unchecked_discharge)
            exec(code, made.__dict__)
    finally:
        for name in loaded:
            sys.modules.pop(name, None)
    core = loaded[PREFIX + "theory_kernel_core"]
    return SimpleNamespace(apply=core.apply, Theorem=core.Theorem, KernelError=core.KernelError, RULES=core.RULES,
                           Sequent=core.Sequent)
