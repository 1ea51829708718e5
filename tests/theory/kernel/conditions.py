"""The names of the kernel's side conditions, read from its source."""
from __future__ import annotations

import ast
from pathlib import Path

import theory.kernel

SOURCES = sorted(Path(theory.kernel.__file__).parent.glob("*.py"))
# helper -> (position of its name argument, suffix of the condition); all of them end in `require`
HELPERS = {"require": (1, ""), "real_": (1, ".real"), "prop_": (1, ".prop"), "variable_": (1, ".variable"),
           "fresh_": (2, ".fresh"),
           "is_": (2, ""), "relation_": (2, ""), "_discharge": (4, ".fresh"), "_conditions": (5, ""), "KernelError": (0, "")}


def calls(tree: ast.AST) -> list[ast.Call]:
    """Every call of a helper."""
    return [c for c in ast.walk(tree) if isinstance(c, ast.Call) and isinstance(c.func, ast.Name) and c.func.id in HELPERS]


def conditions() -> set[str]:
    """Every name that is written out; names that a helper passes on are met where the helper is called."""
    found = set()
    for path in SOURCES:
        for c in calls(ast.parse(path.read_text(encoding="utf-8"))):
            position, suffix = HELPERS[c.func.id]
            name = c.args[position]
            if isinstance(name, ast.Constant):
                found.add(name.value + suffix)
    return found
