"""`python -m empirics.question_formation [FILES]`: what a token costs, for the grammars, for finite lists, for original files."""
from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Sequence

from empirics.command import command
from empirics.question_formation.corpus import vocabulary
from empirics.question_formation.fit import unique_lines
from empirics.question_formation.grammars import CorpusError, fitted, published, read_grammar, tuned
from empirics.question_formation.lines import generate, prompts, read_lines
from empirics.question_formation.statistics import Share, Test, estimate, portrait
from numerics.entropy import GrammarError, lines_of, lines_of_list, per_position, tag

BATCH = 8                               # lines per step in the original training
LISTS = (300, 1_000, 10_000, 100_000)
TARGETS = (0.5, 1.0, 1.5)


def of_grammars() -> list[str]:
    """Exact: what a model pays that knows the grammar."""
    out = [f"nats a token, exact{'':<12} words  tokens/line   corpus  batches of {BATCH}"]
    for g in (published(), fitted(), *map(tuned, TARGETS)):
        lines = lines_of(g)
        out.append(f"  {g.name:<28} {len(vocabulary(g)):>6} {float(lines.tokens):>12.3f} {lines.per_token.value:>8.5f} "
                   f"{lines.per_token_in_batches(BATCH).value:>13.5f}")
    return out + [f"  published = {lines_of(published()).per_token.expression}"]


def of_a_grammar(path: Path) -> list[str]:
    """Of a grammar file that the user gives: a sentence of w words is taken to make a line of 2 w tokens, as here."""
    lines = lines_of(read_grammar(path))
    return ["", f"{path.name}: {lines.per_token.value:.5f} nats a token, {float(lines.tokens):.3f} tokens a line",
            f"  = {lines.per_token.expression}"]


def of_lists(seed: int) -> list[str]:
    """Exact for the lists that this seed draws: what a model pays that has learnt the list by heart; and for unique lines, what
    one pays that knows the grammar and that lines never repeat, but not the list.
    """
    out = ["", f"nats a token, N lines, seed {seed}         learnt by heart      knowing the grammar",
           f"  {'N':>8} {'different':>10} {'published':>10} {'fitted, unique':>16} {'fitted, unique':>18}"]
    for n in LISTS:
        drawn = generate(published(), n, seed)
        other = lines_of_list(generate(fitted(), n, seed, unique=True))
        out.append(f"  {n:>8,} {len(set(drawn)):>10,} {lines_of_list(drawn).per_token.value:>10.5f} "
                   f"{other.per_token.value:>16.5f} {unique_lines(fitted(), n).entropy_per_token:>18.5f}")
    return out


def of_positions() -> list[str]:
    """Exact: where in a line of the published grammar the nats are."""
    out = ["", "published, position by position   lines that have it   nats given those before"]
    found = per_position(published())
    last = max(p.position for p in found if p.entropy.value > 0)
    out += [f"  {p.position:>29} {float(p.present):>20.4f} {p.entropy.value:>24.4f}" for p in found[:last]]
    return out + [f"  from {last + 1} on 0: marker or output, which the words before determine"]


def read(path: Path) -> list[str]:
    """The lines of a file, all checked: form, words, output, template."""
    lines = read_lines(path)
    try:
        tag(published(), prompts(lines, where=f"{path}, line"))
    except GrammarError as error:
        raise CorpusError(f"{path}: {error}") from error
    return lines


def of_file(path: Path, lines: Sequence[str], details: bool) -> list[str]:
    """Estimated through the parse; and what whole lines would say."""
    found, seen = estimate(lines), portrait(lines)
    p, by = found.parts, found.parts["by"]
    out = ["", f"{path.name}: {len(lines):,} lines, {p['tokens']:.3f} tokens each, {p['templates']} templates",
           f"  nats a token       {found}, batches of {BATCH} {found.in_batches:.4f}",
           f"{'':<20} ({', '.join(f'{how} {by[how]:.4f}' for how in ('plug-in', 'Miller-Madow', 'Chao-Shen'))})",
           f"  nats a line        template {p['template']:.3f} + words {sum(p['lexical'].values()):.3f}",
           f"  learnt by heart    {lines_of_list(lines).per_token.value:.4f} (all that counting whole lines tells)",
           f"  unlike published   {len(seen.differences)} of {seen.tried} statistics; {seen.repeats} repeated lines, "
           f"{seen.expected_repeats:.0f} expected"]
    if details:
        out += [f"    {_line(d)}" for d in seen.differences]
    return out


def _line(d: Share | Test) -> str:
    if isinstance(d, Share):
        return f"{d.name:<36} {d.observed:.3f} [{d.low:.3f}, {d.high:.3f}], not {d.expected:.3f}"
    return f"{d.name:<36} chi2 {d.statistic:.1f} with {d.freedom} df, p = {d.p:.0e}"


@command("question_formation")
def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m empirics.question_formation", description=__doc__.split(": ", 1)[1])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="original files, plain or .xz (they are not shipped)")
    parser.add_argument("--grammar", type=Path, metavar="FILE", help="a grammar of your own as JSON: start, rules, lexicon; "
                        "weights that sum to 1, or \"weights\": \"relative\"")
    parser.add_argument("--details", action="store_true", help="name every statistic in which a file differs")
    parser.add_argument("--positions", action="store_true", help="the entropy along a line of the published grammar")
    parser.add_argument("--seed", type=int, default=0, help="of the generated lists")
    given = parser.parse_args(arguments)
    own = [] if given.grammar is None else of_a_grammar(given.grammar)
    files = {path: read(path) for path in given.files}          # whatever is wrong with them is said first
    blocks = [of_grammars, lambda: own, *[of_positions] * given.positions, lambda: of_lists(given.seed),
              *(lambda f=f: of_file(f, files[f], given.details) for f in files)]
    for block in blocks:
        if lines := block():
            print("\n".join(lines), flush=True)
    if not given.files:
        print("\noriginal files: none given, so nothing is estimated")


if __name__ == "__main__":
    sys.exit(main())
