"""The report as one HTML file that needs nothing else: no script, no font, no picture from anywhere. Everything is escaped."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from wellposed.report import facts

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1a1a1a; --faint: #626262; --line: #d8d8d8; --box: #f6f6f4;
  --good: #1a6b32; --bad: #b3261e; --mid: #8a5a00; --other: #5b4b9a; }
@media (prefers-color-scheme: dark) { :root { --paper: #16181b; --ink: #e8e6e1; --faint: #a0a0a0; --line: #3a3d42; --box: #1f2226;
  --good: #7bd492; --bad: #ff9a91; --mid: #f0c070; --other: #b9aef0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, monospace; font-size: .875rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
a { color: inherit; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: right; }
article { border: 1px solid var(--line); border-radius: .4rem; padding: .8rem; margin: .8rem 0; background: var(--box); }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem; }
.label { color: var(--faint); font-size: .8rem; }
.verdict { font-weight: 600; white-space: nowrap; }
.proved, .supported { color: var(--good); } .refuted, .ill-posed, .contradicted { color: var(--bad); }
.conditional, .unsupported { color: var(--mid); } .cited, .undecided { color: var(--other); }
details { margin-top: .5rem; } summary { cursor: pointer; }
@media (max-width: 40rem) { .pair { grid-template-columns: 1fr; } .place { display: none; } }
@media print { body { max-width: none; } article { break-inside: avoid; background: none; }
  details::details-content { content-visibility: visible; block-size: auto; } }
"""


def page(results: Sequence[Mapping[str, Any]]) -> str:
    """The whole report."""
    known = {r["id"]: r for r in results}
    bad = facts.failing(results)
    falls = [r for r in results if r["falls"]]
    fallen = "".join(f"<li>{_link(r['id'], known)} fails, and with it the paper's argument for "
                     f"{', '.join(_link(n, known) for n in r['falls'])}</li>" for r in falls)
    body = [
        f"<h1>wellposed report</h1><p>{escape(facts.headline(results))}.</p>",
        _summary(results),
        "<h2>What does not hold as printed</h2>",
        *(_short(r, known) for r in bad),
        "" if bad else "<p>No claim was found to fail as printed.</p>",
        "<h2>What falls</h2>",
        f"<ul>{fallen}</ul>" if falls else "<p>No claim's argument in the paper rests on one that fails.</p>",
        "<h2>Claims</h2>",
        _table(results, known),
        "<h2>Evidence</h2>",
        *(_full(r, known) for r in results),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, '
        f'initial-scale=1">\n<title>wellposed report</title>\n<style>{STYLE}</style>\n</head>\n<body>\n'
        + "\n".join(filter(None, body))
        + "\n</body>\n</html>\n"
    )


def _verdict(text: str) -> str:
    return f'<span class="verdict {escape(text)}">{escape(text)}</span>'


def _link(name: str, known: Mapping[str, Any]) -> str:
    return f'<a href="#{escape(name)}"><code>{escape(name)}</code></a>' if name in known else f"<code>{escape(name)}</code>"


def _summary(results: Sequence[Mapping[str, Any]]) -> str:
    rows = "".join(f'<tr><td>{_verdict(v)}</td><td class="number">{own}</td><td class="number">{extra}</td>'
                   f'<td class="place">{escape(facts.MEANING[v])}</td></tr>' for v, own, extra in facts.counts(results))
    return ('<div class="wide"><table><tr><th>verdict</th><th class="number">printed</th><th class="number">amendments</th>'
            f'<th class="place">what it needs</th></tr>{rows}</table></div>')


def _table(results: Sequence[Mapping[str, Any]], known: Mapping[str, Any]) -> str:
    out = ['<tr><th>claim</th><th>rows</th><th class="place">place</th><th>verdict</th><th>effective</th></tr>']
    for r in results:
        rows = f"amends {_link(r['amends'], known)}" if r["amends"] else escape(facts.rows_of(r))
        out.append(f"<tr><td>{_link(r['id'], known)}</td><td>{rows}</td><td class=\"place\">{escape(r['location'])}</td>"
                   f"<td>{_verdict(r['verdict'])}</td><td>{_verdict(r['effective'])}</td></tr>")
    return f'<div class="wide"><table>{"".join(out)}</table></div>'


def _pair(r: Mapping[str, Any]) -> str:
    printed = r["printed"] or "(only a reconstruction is at hand)"
    return (f'<div class="pair"><div><div class="label">as printed (LaTeX)</div><pre>{escape(printed)}</pre></div>'
            f'<div><div class="label">as checked</div><pre>{escape(r["statement"])}</pre></div></div>')


def _failing_parts(r: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    out = []
    if r["reason"]:
        out.append(f"<p>{escape(r['reason'])}</p>")
    if r["counterexample"]:
        lines = escape("\n".join(facts.counterexample(r["counterexample"])))
        out.append(f'<div class="label">counterexample</div><pre>{lines}</pre>')
    if r["amendment"]:
        other = known.get(r["amendment"])
        words = f" {_verdict(other['verdict'])}<pre>{escape(other['statement'])}</pre>" if other else ""
        out.append(f'<div class="label">mended by</div>{_link(r["amendment"], known)}{words}')
    if r["no_amendment"]:
        out.append(f'<div class="label">none of the natural readings holds</div>{_link(r["no_amendment"], known)}')
    return "".join(out)


def _short(r: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    return (f"<article><h3>{_link(r['id'], known)} {_verdict(r['verdict'])}</h3><p class=\"label\">{escape(r['location'])}</p>"
            f"{_pair(r)}{_failing_parts(r, known)}</article>")


def _full(r: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    effective = "" if r["effective"] == r["verdict"] else f", effective {_verdict(r['effective'])}"
    parts = [f'<article id="{escape(r["id"])}"><h3><code>{escape(r["id"])}</code> {_verdict(r["verdict"])}{effective}</h3>',
             f'<p class="label">{escape(r["location"])}; rows {escape(facts.rows_of(r))}</p>', _pair(r), _failing_parts(r, known)]
    if r["notes"]:
        parts.append(f"<p>{escape(r['notes'])}</p>")
    parts.append("<ul>" + "".join(f"<li>{escape(facts.evidence(e))}</li>" for e in r["evidence"])
                 + f"<li>mutants: {escape(facts.mutants(r['mutants']))}</li>")
    for label, names in (
        ("amends", [r["amends"]] if r["amends"] else []),
        ("another reading of", [r["reading_of"]] if r["reading_of"] else []),
        ("rests on", r["rests_on"]),
    ):
        if names:
            parts.append(f"<li>{label} {', '.join(_link(n, known) for n in names)}</li>")
    parts.append(f"<li>again: <code>{escape(facts.rerun(r))}</code></li></ul>")
    for _, proof in facts.traces(r):
        lines = [*(proof.get("trace") or []), f"axioms: {', '.join(proof.get('axioms') or []) or 'none'}"]
        title = "proof of the denial" if proof.get("denial") else "proof"
        parts.append(
            f"<details><summary>{title}, {len(lines) - 1} steps</summary><pre>{escape(chr(10).join(lines))}</pre></details>"
        )
    return "".join(parts) + "</article>"
