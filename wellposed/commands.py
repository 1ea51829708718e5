"""What each command of the command line does: parsed arguments in, an exit code out, text on stdout."""
from __future__ import annotations

import difflib
import fnmatch
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from theory.claim import ROUTES, ClaimError, StoreError, WellposedError
from theory.registry import Registry, load
from wellposed import certificates, gate, graph, lock
from wellposed.cache import warn
from wellposed.files import Home, read_json, to_json, write_text
from wellposed.progress import Progress
from wellposed.report import facts, terminal
from wellposed.run import Run, report_json, verify


def _home(args) -> Home:
    folder = args.home or os.environ.get("WELLPOSED_HOME") or (args.papers[0] if args.papers else None)
    if folder and not Path(folder).is_dir():
        raise WellposedError(f"{folder} is no folder")
    return Home(folder)


def select(registry: Registry, patterns: Sequence[str] = (), paper: str | None = None) -> list[str]:
    """The claim ids that the patterns name, in the registry's order; without a pattern all of the papers being worked on."""
    if paper is not None and paper not in registry.rows:
        raise ClaimError(f"there is no paper {paper}; there are {', '.join(registry.rows)}")
    names = [n for n, claim in registry.claims.items() if paper in (None, claim.paper)]
    if not patterns:
        return [n for n in names if paper or registry.claims[n].paper in registry.papers]
    chosen: set[str] = set()
    for pattern in patterns:
        hits = fnmatch.filter(names, pattern)
        if not hits:
            close = difflib.get_close_matches(pattern, names, 3, 0.5)
            raise ClaimError(
                f"there is no claim {pattern}" + (f"; close to it: {', '.join(close)}" if close else "; see `wellposed list`")
            )
        chosen.update(hits)
    return [n for n in names if n in chosen]


def _run(args, registry: Registry, ids: Sequence[str]) -> Run:
    return verify(registry, ids, _home(args), args.papers, args.jobs, args.fresh, Progress())


def _judge(args, run: Run) -> int:
    """What is not as expected goes to stderr, one line each; the exit code follows."""
    said = [f"a mutant survives: {line}" for line in run.survivors()]
    if run.home.lock.exists():
        said += [
            f"differs from claims.lock: {x}" for x in lock.differences(run.shown(), lock.read(run.home.lock), complete=False)
        ]
    if args.as_printed:
        said += [f"does not hold as printed: {r['id']} ({r['verdict']})" for r in facts.printed_claims(run.shown())
                 if r["verdict"] not in ("proved", "supported", "cited")]
    for line in said:
        print(terminal.clean(line), file=sys.stderr)
    return 1 if said else 0


def do_verify(args) -> int:
    registry = load(args.papers)
    if _home(args).lock.exists():
        lock.read(_home(args).lock)  # a broken lock is told before a long run, not after it
    run = _run(args, registry, select(registry, args.ids, args.paper))
    if args.json:
        _write_json(Path(args.json), run)
    print(terminal.report(run.shown(), terminal.Paint.wanted(args.color, sys.stdout), run.results, registry.rows), end="")
    return _judge(args, run)


def _write_json(path: Path, run: Run) -> None:
    """Certificates are named from where the report lies, so that no path of this machine gets into it."""
    here = os.path.relpath(run.home.build, path.resolve().parent)
    results = []
    for result in run.shown():
        evidence = []
        for item in result["evidence"]:
            held = item["artefact"]
            if held and held["file"]:
                item = item | {"artefact": held | {"file": Path(os.path.normpath(os.path.join(here, held["file"]))).as_posix()}}
            evidence.append(item)
        results.append(result | {"evidence": evidence})
    write_text(path, to_json(report_json(results)))


def do_report(args) -> int:
    from wellposed import figures
    from wellposed.report import markdown, page

    registry = load(args.papers)
    gate.require_rows(registry)
    if _home(args).lock.exists():
        lock.read(_home(args).lock)
    run = _run(args, registry, select(registry, [], args.paper))
    _write_json(run.home.build / "report.json", run)
    if args.json:
        _write_json(Path(args.json), run)
    write_text(run.home.build / "report.md", markdown.page(run.shown(), registry.rows))
    pictures = figures.drawn(run.home, sorted({r["paper"] for r in run.shown()}), warn)
    write_text(run.home.build / "report.html", page.page(run.shown(), registry.rows, pictures))
    print(terminal.report(run.shown(), terminal.Paint.wanted(args.color, sys.stdout), run.results, registry.rows), end="")
    written = _write_findings(run)
    print(f"\nwritten to {_short(run.home.build)}: report.json, report.md, report.html; and {_short(written)}")
    return _judge(args, run)


def _write_findings(run: Run) -> Path:
    from wellposed.report import findings

    path = run.home.folder / "docs" / "findings.md"
    write_text(path, findings.page(run.shown()))
    return path


def do_findings(args) -> int:
    registry = load(args.papers)
    run = _run(args, registry, select(registry, [], args.paper))
    print(f"written: {_short(_write_findings(run))}")
    return 0


def do_graph(args) -> int:
    from wellposed.report import diagram

    registry = load(args.papers)
    run = _run(args, registry, select(registry, [], args.paper))
    shown = {r["id"]: r for r in run.shown()}
    if args.svg:
        write_text(Path(args.svg), diagram.svg(shown, standalone=True) + "\n")
    elif args.dot:
        print(diagram.dot(shown), end="")
    else:
        print("\n".join(terminal.clean(line) for line in diagram.text(shown)))
    return 0


def do_impact(args) -> int:
    registry = load(args.papers)
    if not args.ids:
        raise ClaimError("impact needs the id of a claim; see `wellposed list`")
    names = select(registry, args.ids)
    above = {n for name in names for n in graph.dependents(name, registry.claims)}
    run = _run(args, registry, [*names, *above])
    paint = terminal.Paint.wanted(args.color, sys.stdout)
    for k, name in enumerate(names):
        found = graph.impact(name, run.results, registry.claims)
        print(("\n" if k else "") + terminal.impact(found, run.results, paint), end="")
    return 0


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def do_list(args) -> int:
    registry, home = load(args.papers), _home(args)
    locked = lock.read(home.lock) if home.lock.exists() else {}
    wanted = set(select(registry, args.ids))
    paint = terminal.Paint.wanted(args.color, sys.stdout)
    for name in graph.reading_order(registry.claims, registry.rows):
        if name in wanted:
            claim = registry.claims[name]
            verdict = locked[name].verdict if name in locked else "-"
            rows = " ".join(claim.covers) if claim.amends is None else "amendment"
            tail = f"{rows or '-'}; {claim.location}"[:80 - 36 - 13]
            print(f"{name:<35} {paint(verdict.ljust(12), verdict)} {terminal.clean(tail)}")
    return 0


def do_show(args) -> int:
    registry = load(args.papers)
    if not args.ids:
        raise ClaimError("show needs the id of a claim; see `wellposed list`")
    ids = select(registry, args.ids)
    if args.sympy:
        return _show_sympy([registry.claims[name] for name in ids])
    run = _run(args, registry, ids)
    paint = terminal.Paint.wanted(args.color, sys.stdout)
    for k, result in enumerate(run.shown()):
        print("\n" + "-" * terminal.WIDTH + "\n" if k else "", end="")
        print(terminal.show(result, run.results, graph.dependents(result["id"], registry.claims), paint), end="")
    return 0


def _show_sympy(claims) -> int:
    import sympy

    from theory.to_sympy import statement

    for claim in claims:
        print(claim.id)
        for label, formula in statement(claim):
            short, full = (terminal.labelled(x, y, 0, 6) for x, y in ((label, str(formula)), ("", sympy.srepr(formula))))
            print("\n".join(["", *short, *full]))
    return 0


def do_lock(args) -> int:
    registry = load(args.papers)
    gate.require_rows(registry)
    home = _home(args)
    was = lock.read(home.lock) if home.lock.exists() else {}
    run = _run(args, registry, select(registry))
    lock.write(home.lock, run.shown())
    changes = lock.differences(run.shown(), was)
    for line in changes:
        print(terminal.clean(line))
    print(f"{facts.count(len(run.shown()), 'claim')} locked, {len(changes)} changed")
    return 0


def do_gate(args) -> int:
    registry, home = load(args.papers), _home(args)
    gate.require_rows(registry)
    locked = lock.read(home.lock)
    run = _run(args, registry, select(registry))
    result = gate.pass_through(run, locked, args.jobs or os.cpu_count() or 1)
    for line in result.lines():
        print(terminal.clean(line))
    print(
        f"{facts.count(len(run.shown()), 'claim')}: {facts.count(len(result.differences), 'difference')} from {home.lock.name}, "
        f"{facts.count(len(result.survivors), 'surviving mutant')}"
    )
    print(f"{facts.count(result.replayed, 'certificate')} replayed, {len(result.rejected)} not confirmed")
    print("gate passed" if result.code == 0 else "gate FAILED")
    return result.code


def do_replay(args) -> int:
    home = _home(args)
    paths = [Path(x) for x in args.ids if x.endswith(".json") or os.sep in x]
    for path in paths:
        read_json(path, "certificate")
    patterns = [x for x in args.ids if Path(x) not in paths]
    if patterns or not args.ids:
        stored = sorted(home.certificates.glob("*.json"))
        registry = load(args.papers)
        for name in select(registry, patterns):
            mine = [
                p
                for p in stored
                if p.name.startswith(f"{name}.") and p.name[len(name) + 1 :].split(".")[0] in ROUTES
            ]
            paths += mine
    if not paths:
        raise StoreError(f"no certificate is stored in {home.certificates}: run `wellposed verify` first")
    code, lines = certificates.replay(paths, os.cpu_count() or 1)
    for line in lines:
        print(terminal.clean(line), file=sys.stderr if line.startswith("unreadable") else sys.stdout)
    return code


def do_mutants(args) -> int:
    from theory.mutants import kill, mutants  # here: they need the engines, which a warm run does not pay for

    registry = load(args.papers)
    if not args.ids:
        raise ClaimError("mutants needs the id of a claim; see `wellposed list`")
    code = 0
    for name in select(registry, args.ids):
        claim = registry.claims[name]
        print(name)
        for mutant in mutants(claim):
            fate = kill(claim, mutant)
            code = max(code, int(fate == "survivor"))
            print("\n".join(terminal.labelled(fate, mutant.description)))
    return code
