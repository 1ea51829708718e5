"""Which code a claim's evidence depends on, found by reading imports and never by running them.

Two parts: the engine (the language, the kernel, the routes, what they import of `numerics`), which every claim depends on, and the modules
that the claim's own module imports, directly or not. An edit of the face changes neither.
"""
from __future__ import annotations

import ast
import hashlib
import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from theory.claim import ClaimError
from wellposed.files import ROOT

ENGINES = ("python-flint", "mpmath", "sympy", "hypothesis", "z3-solver", "numpy")
DISPLAY = ("theory/to_sympy.py",)  # no evidence depends on these
ENGINE_FILES = ("theory/*.py", "theory/kernel/**/*.py", "theory/routes/**/*.py")     # and what of numerics they import
FLOORS = ("numerics", "theory", "empirics")


def versions() -> dict[str, str]:
    """What the evidence was computed with. An engine that is missing is a version too: installing it changes the key."""
    out = {"python": platform.python_version()}
    for name in ENGINES:
        try:
            out[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            out[name] = "none"
    return out


class Sources:
    """Digests of code. Each file is read once in the life of this object.

    packages: top-level package -> its folder, for papers outside the repository; those of the repository are known.
    """

    def __init__(self, packages: Mapping[str, Path] = {}, root: Path = ROOT):
        self.root = root
        self.folders = {name: root / name for name in FLOORS} | dict(packages)
        self._bytes: dict[Path, bytes] = {}
        self._imports: dict[Path, tuple[Path, ...]] = {}
        engine_files = sorted({path for pattern in ENGINE_FILES for path in root.glob(pattern)
                               if str(path.relative_to(root)) not in DISPLAY})
        self.engine = self._digest(self._reach(engine_files))

    def of(self, module: str) -> str:
        """The digest of a module and of everything of the project that it imports."""
        start = self._find(module)
        if not start:
            raise ClaimError(f"the source of {module} is not at hand, so nothing can tell when it changes")
        return self._digest(self._reach(start))

    def everything(self, package: str) -> str:
        """The digest of all modules of a package: for what is imported by names that no reading of imports can see."""
        return self._digest(self.folders[package].rglob("*.py"))

    def _digest(self, files: Iterable[Path]) -> str:
        total = hashlib.sha256()
        for path in sorted(files):
            total.update(json.dumps([path.name, hashlib.sha256(self._read(path)).hexdigest()]).encode())
        return total.hexdigest()

    def _read(self, path: Path) -> bytes:
        if path not in self._bytes:
            self._bytes[path] = path.read_bytes()
        return self._bytes[path]

    def _reach(self, start: Iterable[Path]) -> set[Path]:
        seen: set[Path] = set()
        stack = list(start)
        while stack:
            path = stack.pop()
            if path not in seen:
                seen.add(path)
                stack.extend(self._imported(path))
        return seen

    def _imported(self, path: Path) -> tuple[Path, ...]:
        if path not in self._imports:
            try:
                tree = ast.parse(self._read(path))
            except (SyntaxError, ValueError) as error:
                raise ClaimError(f"{path} is no Python source: {str(error).splitlines()[0]}") from error
            names = set(_imports(tree, self._package(path)))
            self._imports[path] = tuple(sorted({found for name in names for found in self._find(name)}))
        return self._imports[path]

    def _package(self, path: Path) -> list[str]:
        """The dotted package that a file belongs to, for relative imports."""
        for name, folder in self.folders.items():
            if path.is_relative_to(folder):
                return [name, *path.relative_to(folder).parent.parts]
        return []

    def _find(self, module: str) -> list[Path]:
        """The files that importing a dotted name runs: the packages on the way and the module itself."""
        head, *rest = module.split(".")
        if head not in self.folders:
            return []
        place, files = self.folders[head], []
        for step in [None, *rest]:
            place = place if step is None else place / step
            if (place / "__init__.py").is_file():
                files.append(place / "__init__.py")
            elif place.with_suffix(".py").is_file():
                files.append(place.with_suffix(".py"))
        return files


def _imports(tree: ast.AST, package: list[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[:len(package) - node.level + 1] if node.level else []
            name = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            yield name
            yield from (f"{name}.{alias.name}" for alias in node.names)  # `from package import module`
