"""The command line.

Exit codes: 0 as expected; 1 a verdict is not what `claims.lock` says, a mutant survives, a certificate is not confirmed, or
evidence conflicts; 2 could not run, with one line on stderr.
"""

from __future__ import annotations

import argparse
import difflib
import fnmatch
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from theory.claim import ClaimError, EvidenceConflict, StoreError, WellposedError
from theory.registry import Registry, load
from wellposed import certificates, gate, graph, lock
from wellposed.files import Home, read_json, to_json, write_text
from wellposed.progress import Progress
from wellposed.report import facts, terminal
from wellposed.run import Run, report_json, verify


def main(argv: Sequence[str] | None = None) -> int:
    """The console script: an exit code, never a traceback for what a user can cause."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    args = _parser().parse_args(argv)
    try:
        code = args.command(args)
        sys.stdout.flush()
        return code
    except WellposedError as error:
        print(f"wellposed: {terminal.clean(str(error))}", file=sys.stderr)
        return 1 if isinstance(error, EvidenceConflict) else 2
    except KeyboardInterrupt:
        print("wellposed: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output went away, as `head` does; nothing more can be said to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--papers", metavar="DIR", action="append", default=[],
                        help="a paper (or a folder of papers) outside this repository; its lock and build/ stand beside it")
    common.add_argument(
        "--home", metavar="DIR", help="where claims.lock and build/ are (default: the repository, or the first --papers)"
    )
    common.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="auto respects NO_COLOR")
    running = argparse.ArgumentParser(add_help=False)
    running.add_argument("--jobs", metavar="N", type=_positive, help="worker processes (default: one per processor)")
    running.add_argument("--fresh", action="store_true", help="ignore what is cached")
    printed = argparse.ArgumentParser(add_help=False)
    printed_paper = argparse.ArgumentParser(add_help=False)
    printed_paper.add_argument("--paper", metavar="P", help="only the claims of this paper")
    printed.add_argument("--as-printed", action="store_true", help="exit 1 if anything asked for does not hold as printed")
    printed.add_argument("--json", metavar="FILE", help="also write the results as JSON")
    ids = argparse.ArgumentParser(add_help=False)
    ids.add_argument("ids", metavar="ID", nargs="*", help="claim ids or patterns such as 'niu2024.lem*' (default: all)")

    parser = argparse.ArgumentParser(prog="wellposed", description="Does each statement of a theory paper hold as printed?")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, function, parents: list, words: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, parents=[common, *parents], help=words, description=words)
        sub.set_defaults(command=function)
        return sub

    add("verify", _verify, [running, printed_paper, printed, ids], "decide claims and print the report")
    add("report", _report, [running, printed_paper, printed],
        "verify everything; also write build/report.json, .md and .html, and docs/findings.md")
    add("list", _list, [ids], "list claims: rows, the verdict in claims.lock, the place")
    sub = add("show", _show, [running, ids], "show everything about one claim")
    sub.add_argument("--sympy", action="store_true", help="only the statement, as SymPy writes it")
    sub = add("graph", _graph, [running, printed_paper], "what rests on what, with verdicts")
    kind = sub.add_mutually_exclusive_group()
    kind.add_argument("--text", action="store_true", help="one paragraph per claim (the default)")
    kind.add_argument("--dot", action="store_true", help="for graphviz: border = kind of statement, fill = verdict")
    kind.add_argument("--svg", metavar="FILE", help="write a picture")
    add("impact", _impact, [running, ids], "what falls with a claim, and what its amendment restores")
    add("findings", _findings, [running, printed_paper], "write docs/findings.md: the gravest findings in plain words")
    add("lock", _lock, [running], "write claims.lock from what a run finds")
    add("gate", _gate, [running], "compare a run with claims.lock and replay every certificate")
    add("replay", _replay, [ids], "re-check stored certificates (ids or files) in a fresh process")
    add("mutants", _mutants, [ids], "list the mutants of a claim and what became of each")
    return parser


def _positive(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no positive whole number")
    return number


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


def _verify(args) -> int:
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


def _report(args) -> int:
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
    write_text(run.home.build / "report.html", page.page(run.shown(), registry.rows))
    print(terminal.report(run.shown(), terminal.Paint.wanted(args.color, sys.stdout), run.results, registry.rows), end="")
    written = _write_findings(run)
    print(f"\nwritten to {_short(run.home.build)}: report.json, report.md, report.html; and {_short(written)}")
    return _judge(args, run)


def _write_findings(run: Run) -> Path:
    from wellposed.report import findings

    path = run.home.folder / "docs" / "findings.md"
    write_text(path, findings.page(run.shown()))
    return path


def _findings(args) -> int:
    registry = load(args.papers)
    run = _run(args, registry, select(registry, [], args.paper))
    print(f"written: {_short(_write_findings(run))}")
    return 0


def _graph(args) -> int:
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


def _impact(args) -> int:
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


def _list(args) -> int:
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


def _show(args) -> int:
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
            print("\n".join(["", *terminal.labelled(label, str(formula), 0, 6), *terminal.labelled("", sympy.srepr(formula), 0, 6)]))
    return 0


def _lock(args) -> int:
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


def _gate(args) -> int:
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


def _replay(args) -> int:
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
                if p.name.startswith(f"{name}.") and p.name[len(name) + 1 :].split(".")[0] in certificates.ROUTES
            ]
            paths += mine
    if not paths:
        raise StoreError(f"no certificate is stored in {home.certificates}: run `wellposed verify` first")
    code, lines = certificates.replay(paths, os.cpu_count() or 1)
    for line in lines:
        print(terminal.clean(line), file=sys.stderr if line.startswith("unreadable") else sys.stdout)
    return code


def _mutants(args) -> int:
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
