"""The style of the page: light and dark, phone and print."""

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1a1a1a; --faint: #5c5c5c; --line: #d8d8d8; --box: #f7f7f5;
  --link: #1f4fa3; --good: #1a6b32; --bad: #b3261e; --mid: #8a5a00; --odd: #7b2d86; --other: #4b4b6a; }
@media (prefers-color-scheme: dark) { :root { --paper: #16181b; --ink: #e8e6e1; --faint: #a6a6a6; --line: #3a3d42; --box: #1f2226;
  --link: #9dc0ff; --good: #7bd492; --bad: #ff9a91; --mid: #f0c070; --odd: #e0a3ea; --other: #b9b9d0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 75rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
nav a { margin-right: .9rem; white-space: nowrap; }
a { color: var(--link); text-underline-offset: .15em; }
a code, .verdict { color: inherit; } a:has(> .verdict) { color: inherit; }
code, pre { font-family: ui-monospace, monospace; font-size: .875rem; }
code { overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
.wide { overflow-x: auto; }
figure { margin: 1rem 0; } figcaption { color: var(--faint); font-size: .9rem; }
.picture { background: #fff; border-radius: .3rem; padding: .3rem; } .picture svg { max-width: 100%; height: auto; display: block; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-size: .85rem; color: var(--faint); font-weight: 600; }
td.number, th.number { text-align: right; }
article { border: 1px solid var(--line); border-radius: .4rem; padding: .8rem 1rem; margin: .8rem 0; background: var(--box); }
article:target { outline: 2px solid var(--link); }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1.2rem; margin: .6rem 0; }
.label { color: var(--faint); font-size: .85rem; }
.formula, .formal dd { line-height: 1.9; overflow-x: auto; overflow-y: hidden; padding: .15rem 0; }
.formal { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0 .7rem; margin: .2rem 0; }
.formal dt { color: var(--faint); font-size: .85rem; padding-top: .3rem; } .formal dd { margin: 0; }
math { font-size: 1.08em; math-style: normal;
  font-family: "STIX Two Math", "Cambria Math", "Latin Modern Math", "Noto Sans Math", math; }
.verdict { font-weight: 600; white-space: nowrap; }
.proved, .supported { color: var(--good); } .refuted, .contradicted { color: var(--bad); } .ill-posed { color: var(--odd); }
.conditional, .unsupported { color: var(--mid); } .cited, .undecided { color: var(--other); }
.mend { margin: .4rem 0; }
.evidence { padding-left: 1.1rem; } .evidence li { overflow-wrap: anywhere; margin: .2rem 0; }
.trace { border-left: 2px solid var(--line); padding-left: .7rem; margin: .2rem 0 .6rem; }
.trace ul { list-style: none; padding: 0; margin: 0; font: .8rem/1.45 ui-monospace, monospace; }
details { margin-top: .5rem; } summary { cursor: pointer; color: var(--link); overflow-wrap: anywhere; }
@media (max-width: 46rem) { body { padding: .75rem; } article { padding: .7rem; }
  .pair { grid-template-columns: minmax(0, 1fr); gap: .3rem; }
  .place, td .paper { display: none; } th, td { padding-right: .6rem; } td code { font-size: .8rem; } td { font-size: .9rem; } }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } article { break-inside: avoid-page; background: none; }
  nav { display: none; }
  a { color: inherit; text-decoration: none; } svg.graph { max-width: 100%; height: auto; } .wide { overflow: visible; }
  details::details-content { content-visibility: visible; block-size: auto; } }
"""
