"""The report as one HTML file that needs nothing else: no script, no font, no picture from anywhere. Everything is escaped."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from wellposed.figures import Drawn
from wellposed.report import diagram, experiments, facts, mathml
from wellposed.report.style import STYLE

Known = Mapping[str, Mapping[str, Any]]
LEGEND = ("A claim rests on those to its left; red lines leave claims that fail. Fill: verdict. Border: solid as printed, dashed "
          "another reading, thick unsupported. The dot on a corner is the amendment.")


def page(results: Sequence[Mapping[str, Any]], rows: Mapping[str, Iterable[str]] | None = None, figures: Sequence[Drawn] = ()) -> str:
    """The whole report. rows: the inventories, to tell how much of them is covered. figures: SVG that floor 3 drew, put in as it is."""
    known = {r["id"]: r for r in results}
    bad, falls = facts.failing(results), [r for r in results if r["falls"]]
    fallen = "".join(f"<li>{_link(r['id'], known)} {_verdict(r['verdict'])} takes with it the paper’s argument for "
                     f"{_links(r['falls'], known)}</li>" for r in falls)
    body = [
        f"<header><h1>Does each statement hold as printed?</h1><p>{escape(facts.headline(results, rows))}.</p>",
        '<nav><a href="#rows">rows</a> <a href="#graph">graph</a> <a href="#failing">what does not hold</a> <a href="#falls">what falls</a> '
        + ('<a href="#experiments">experiments</a> ' if any(r["experiment"] for r in results) else "")
        + ('<a href="#figures">figures</a> ' if figures else "") + '<a href="#claims">every claim</a></nav></header>',
        _summary(results),
        '<h2 id="rows">Rows of the inventory</h2>', _table(results, known),
        '<h2 id="graph">What rests on what</h2>', f'<p class="label">{LEGEND}</p><div class="wide">{diagram.svg(known)}</div>',
        '<h2 id="failing">What does not hold as printed</h2>', *(_short(r, known) for r in bad),
        "" if bad else "<p>No claim was found to fail as printed.</p>",
        '<h2 id="falls">What falls</h2>',
        f"<ul>{fallen}</ul>" if falls else "<p>No claim’s argument in the paper rests on one that fails.</p>",
        *_experiments(results, known),
        *_figures(figures),
        '<h2 id="claims">Every claim</h2>', *(_full(r, known) for r in results),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, '
        f'initial-scale=1">\n<title>wellposed report</title>\n<style>{STYLE}{diagram.STYLE}</style>\n</head>\n<body>\n'
        + "\n".join(filter(None, body))
        + "\n</body>\n</html>\n"
    )


def _experiments(results: Sequence[Mapping[str, Any]], known: Known) -> list[str]:
    told = experiments.lines(results)
    if not told:
        return []
    out = [f"<tr>{''.join(f'<th>{h}</th>' for h in experiments.HEADS)}</tr>"]
    before = None
    for x in told:
        if x.experiment != before:
            device = f' <span class="label">on {escape(x.device)}</span>' if x.device else ""
            out.append(f'<tr><td colspan="{len(experiments.HEADS)}"><b>{escape(x.experiment)}</b>{device}</td></tr>')
            before = x.experiment
        hints = {3: x.rival_words, 4: x.control_words}
        cells = "".join(f'<td title="{escape(hints.get(k, ""))}">{escape(c)}</td>' for k, c in list(enumerate(x.cells()))[1:-1])
        cells = cells if x.measured else f'<td colspan="{len(experiments.HEADS) - 2}" class="label">{escape(x.waits)}</td>'
        out.append(f"<tr><td>{_link(x.claim, known)}</td>{cells}<td>{_verdict(x.verdict)}</td></tr>")
    return ['<h2 id="experiments">Experiments</h2>',
            "<p>Ranges are computed before anything is measured; a measurement inside the predicted range counts only outside the rival's, "
            "and only where the control came out different. A cell's hint says what the rival or the control is.</p>", f'<div class="wide"><table>{"".join(out)}</table></div>']


def _figures(figures: Sequence[Drawn]) -> list[str]:
    if not figures:
        return []
    return ['<h2 id="figures">Figures</h2>',
            *(f'<figure class="wide" id="figure-{escape(f.name)}"><h3>{escape(f.title)}</h3><div class="picture">{f.svg}</div>'
              f"<figcaption>{escape(f.caption)}</figcaption></figure>" for f in figures)]


def _verdict(text: str) -> str:
    return f'<span class="verdict {escape(text)}">{escape(text)}</span>'


def _link(name: str, known: Known) -> str:
    paper, dot, rest = name.partition(".")
    shown = f'<code><span class="paper">{escape(paper)}.</span>{escape(rest)}</code>' if dot else f"<code>{escape(name)}</code>"
    return f'<a href="#{escape(name)}">{shown}</a>' if name in known else shown


def _links(names: Iterable[str], known: Known) -> str:
    return ", ".join(_link(n, known) for n in names)


def _summary(results: Sequence[Mapping[str, Any]]) -> str:
    rows = "".join(f"<tr><td>{_verdict(v)}</td>" + "".join(f'<td class="number">{n or ""}</td>' for n in numbers)
                   + f'<td class="place">{escape(facts.MEANING[v])}</td></tr>' for v, *numbers in facts.counts(results))
    heads = "".join(f'<th class="number">{h}</th>' for h in ("printed", "other readings", "amend&shy;ments"))
    return f'<div class="wide"><table><tr><th>verdict</th>{heads}<th class="place">what it needs</th></tr>{rows}</table></div>'


def _table(results: Sequence[Mapping[str, Any]], known: Known) -> str:
    """A verdict is a link to its evidence, which opens there."""
    out = ['<tr><th>row</th><th>claim</th><th>verdict</th><th>effective</th><th class="place">place</th></tr>']
    lines = facts.by_row(results) + [("amends" if r["amends"] else "reading", r) for r in facts.apart(results)]
    for row, r in lines:
        same = r["effective"] == r["verdict"]
        effective = f'<span class="label">{escape(r["effective"])}</span>' if same else _verdict(r["effective"])
        out.append(f'<tr><td>{escape(row)}</td><td>{_link(r["id"], known)}</td><td><a href="#{escape(r["id"])}--evidence">'
                   f'{_verdict(r["verdict"])}</a></td><td>{effective}</td><td class="place">{escape(r["location"])}</td></tr>')
    return f'<div class="wide"><table>{"".join(out)}</table></div>'


def _printed(r: Mapping[str, Any]) -> str:
    if not r["printed"]:
        return "<p>(only a reconstruction is at hand)</p>"
    return f'<div class="formula">{mathml.html(r["printed"])}</div>'


def _formal(r: Mapping[str, Any]) -> str:
    said = r["latex"]
    lines = [("for all", said["variables"]), *(("if" if k == 0 else "and", [h]) for k, h in enumerate(said["hypotheses"])),
             ("then" if said["hypotheses"] else "", [said["conclusion"]])]
    lines += [("where" if k == 0 else "", [f"{name} = {meaning}"]) for k, (name, meaning) in enumerate(said["where"])]
    return '<dl class="formal">' + "".join(
        f"<dt>{label}</dt><dd>{', '.join(mathml.html(x) for x in parts)}</dd>" for label, parts in lines if parts) + "</dl>"


def _pair(r: Mapping[str, Any]) -> str:
    return (f'<div class="pair"><section><div class="label">as printed</div>{_printed(r)}</section>'
            f'<section><div class="label">as checked</div>{_formal(r)}</section></div>')


def _failing_parts(r: Mapping[str, Any], known: Known) -> str:
    out = [f"<p>{escape(r[key])}</p>" for key in ("reason", "ill_posed") if r[key]]
    if r["counterexample"]:
        out.append(f'<p class="fails"><span class="label">fails</span> {escape(facts.where_it_fails(r["counterexample"]))}</p>')
    mend = known.get(r["amendment"] or "")
    if r["amendment"]:
        more = facts.added(r, mend) if mend else []
        words = f' {_verdict(mend["verdict"])}' if mend else ""
        if more:
            extra = [h for h in mend["latex"]["hypotheses"] if h not in r["latex"]["hypotheses"]]
            words += f'<div class="formula">holds if {" and ".join(map(mathml.html, extra))}</div>'
        elif mend:
            words += _formal(mend)
        out.append(f'<div class="mend"><span class="label">mended by</span> {_link(r["amendment"], known)}{words}</div>')
    if r["no_amendment"]:
        out.append(f'<p><span class="label">none of the natural readings holds</span> {_link(r["no_amendment"], known)}</p>')
    return "".join(out)


def _short(r: Mapping[str, Any], known: Known) -> str:
    why = f"<p>{escape(r['notes'])}</p>" if r["notes"] and not r["counterexample"] and not r["ill_posed"] else ""
    said = _printed(r) if r["printed"] else _formal(r)
    return (f"<article><h3>{_link(r['id'], known)} {_verdict(r['verdict'])}</h3><p class=\"label\">{escape(facts.rows_of(r))}; "
            f"{escape(r['location'])}</p>{said}{why}{_failing_parts(r, known)}</article>")


def _full(r: Mapping[str, Any], known: Known) -> str:
    effective = "" if r["effective"] == r["verdict"] else f", effective {_verdict(r['effective'])}"
    parts = [f'<article id="{escape(r["id"])}"><h3><code>{escape(r["id"])}</code> {_verdict(r["verdict"])}{effective}</h3>',
             f'<p class="label">{escape(facts.rows_of(r))}; {escape(r["location"])}</p>', _pair(r), _failing_parts(r, known)]
    if r["notes"]:
        parts.append(f"<p>{escape(r['notes'])}</p>")
    for label, names in (("amends", [r["amends"]]), ("another reading of", [r["reading_of"]]), ("rests on", r["rests_on"]),
                         ("falls with it", r["falls"])):
        if any(names):
            parts.append(f'<p><span class="label">{label}</span> {_links(names, known)}</p>')
    parts.append(_evidence(r))
    return "".join(parts) + "</article>"


def _evidence(r: Mapping[str, Any]) -> str:
    """Everything that the verdict stands on, closed until someone asks; a link to what is inside opens it."""
    shown = "".join(f"<li>{_one(e)}</li>" for e in r["evidence"])
    mutants = "" if r["mutants"] is None else f"<li>mutants: {escape(facts.mutants(r['mutants']))}</li>"
    again = escape("\n".join(facts.commands(r)))
    routes = ", ".join(f"{e['route']} {e['outcome']}" for e in r["evidence"]) or "none"
    return (f'<details><summary>evidence: {escape(routes)}</summary><div id="{escape(r["id"])}--evidence">'
            f'<ul class="evidence">{shown}{mutants}</ul><div class="label">by itself</div><pre>{again}</pre></div></details>')


def _one(e: Mapping[str, Any]) -> str:
    held = e["artefact"]
    out = f"<b>{escape(e['route'])}</b> {escape(facts.evidence(e).partition(': ')[2])}"
    if not held:
        return out
    said = held["summary"] or {}
    if held["kind"] == "proof":
        lines = [*(said.get("trace") or ["(no trace was kept)"]), f"axioms: {', '.join(said.get('axioms') or []) or 'none'}"]
        if said.get("witness"):
            lines.append("the hypotheses can be met: " + ", ".join(f"{k} = {facts.value(v)}" for k, v in said["witness"].items()))
        title = "proof of the denial" if said.get("denial") else "proof"
    else:
        lines, title = facts.counterexample(said), held["kind"]
    lines += [f"kept in {held['file']}"] if held["file"] else []
    inside = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'{out}<div class="trace"><div class="label">{title}</div><ul>{inside}</ul></div>'
