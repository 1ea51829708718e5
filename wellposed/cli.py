"""The command line.

Exit codes: 0 as expected; 1 a verdict is not what `claims.lock` says, a mutant survives, a certificate is not confirmed, or
evidence conflicts; 2 could not run, with one line on stderr.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from theory.claim import EvidenceConflict, WellposedError
from wellposed import commands
from wellposed.report import terminal


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
    subs = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, function, parents: list, words: str) -> argparse.ArgumentParser:
        sub = subs.add_parser(name, parents=[common, *parents], help=words, description=words)
        sub.set_defaults(command=function)
        return sub

    add("verify", commands.do_verify, [running, printed_paper, printed, ids], "decide claims and print the report")
    add("report", commands.do_report, [running, printed_paper, printed],
        "verify everything; also write build/report.json, .md and .html, and docs/findings.md")
    add("list", commands.do_list, [ids], "list claims: rows, the verdict in claims.lock, the place")
    sub = add("show", commands.do_show, [running, ids], "show everything about one claim")
    sub.add_argument("--sympy", action="store_true", help="only the statement, as SymPy writes it")
    sub = add("graph", commands.do_graph, [running, printed_paper], "what rests on what, with verdicts")
    kind = sub.add_mutually_exclusive_group()
    kind.add_argument("--text", action="store_true", help="one paragraph per claim (the default)")
    kind.add_argument("--dot", action="store_true", help="for graphviz: border = kind of statement, fill = verdict")
    kind.add_argument("--svg", metavar="FILE", help="write a picture")
    add("impact", commands.do_impact, [running, ids], "what falls with a claim, and what its amendment restores")
    add("findings", commands.do_findings, [running, printed_paper], "write docs/findings.md: the gravest findings in plain words")
    add("lock", commands.do_lock, [running], "write claims.lock from what a run finds")
    add("gate", commands.do_gate, [running], "compare a run with claims.lock and replay every certificate")
    add("replay", commands.do_replay, [ids], "re-check stored certificates (ids or files) in a fresh process")
    add("mutants", commands.do_mutants, [ids], "list the mutants of a claim and what became of each")
    return parser


def _positive(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no positive whole number")
    return number
