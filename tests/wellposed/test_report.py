"""The reports say what the results say, in 80 columns, and let no word of a claim become markup."""
from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import pytest

from tests.wellposed.samples import NASTY, entry, evidence, paper
from wellposed.report import facts, markdown, page, terminal

PLAIN = terminal.Paint(False)


def nasty() -> list[dict]:
    said = {"variables": [NASTY], "hypotheses": [NASTY], "conclusion": NASTY, "where": [[NASTY, NASTY]]}
    return [r | {"printed": NASTY, "statement": NASTY, "location": NASTY, "notes": NASTY, "reason": NASTY, "ill_posed": NASTY,
                 "evidence": [evidence(coverage=NASTY)], "covers": [NASTY], "formal": said, "latex": said} for r in paper()]


def long_names() -> list[dict]:
    name = "toy." + "long_name." * 5 + "end"
    return [entry(name, "refuted", printed="x" * 300, falls=[name + "2"], covers=[f"A{k}" for k in range(40)]),
            entry(name + "2", effective="unsupported", statement="a + " * 90 + "b")]


def test_the_terminal_report_tells_verdicts_counterexample_amendment_and_what_falls():
    text = terminal.report(paper(), PLAIN)
    assert "toy: 2 rows decided, 1 undecided; 1 of 3 claims does not hold as printed, 1" in text
    assert "toy: 2 of 9 rows" in terminal.report(paper(), PLAIN, rows={"toy": range(9)})
    lines = text.splitlines()
    assert re.search(r"refuted +1$", next(x for x in lines if x.startswith("  refuted")))
    assert [x.split() for x in lines if x[:2] in ("A2", "A3")] == [[row, "toy.prop", "proved", "unsupported"] for row in ("A2", "A3")]
    assert "  fails       at n = 1, x = (0, 1/2): left side 2, right side 1" in lines
    assert "  instead     toy.lem.mended (proved): n <= n + 1" in lines
    assert "  toy.lem (refuted) takes with it the paper's argument for toy.prop" in lines


def test_rows_come_first_and_a_reading_is_listed_only_where_it_says_more():
    readings = [entry("toy.a.other", reading_of="toy.a"), entry("toy.a.worse", "refuted", reading_of="toy.a")]
    lines = terminal.table([entry("toy.a"), *readings], PLAIN)
    assert [x.split()[:2] for x in lines[1:]] == [["A1", "toy.a"], ["reading", "toy.a.worse"]]
    assert [x.split()[:2] for x in terminal.table(readings, PLAIN)[1:]] == [["reading", "toy.a.other"], ["reading", "toy.a.worse"]]


def test_an_amendment_that_only_adds_a_hypothesis_is_told_by_it():
    mend = entry("toy.a.mended", amends="toy.a")
    mend["formal"] = mend["formal"] | {"hypotheses": ["2 <= n"]}
    bad = entry("toy.a", "conditional", amendment="toy.a.mended")
    known = {r["id"]: r for r in (bad, mend)}
    assert facts.mended_briefly(bad, known) == "toy.a.mended (proved): holds if 2 <= n"
    mend["formal"] = mend["formal"] | {"conclusion": "n < n + 1"}
    assert facts.mended_briefly(bad, known) == "toy.a.mended (proved): n < n + 1, if 2 <= n"


@pytest.mark.parametrize("left, right, relation, said", [
    ("-1.0000000000000000000", "[-1.56621916951697281 +/- 3.41e-18]", "-(a[i<d](b)) <= g(x)", "-1 <= -1.5662192 is false"),
    ("[1.00000000000000000 +/- 2.43e-19]", "0", "f(1 <= 2) = 0", "1 = 0 is false"),
    ("[0.1234567890123 +/- 1e-3]", "1/3", "a < b", "[0.1234567890123 +/- 1e-3] < 1/3 is false"),
    ("[2.000000000000001 +/- 1e-20]", "2", "a <= b", "2.000000000000001 <= 2 is false"),
    ("[5.5e-30 +/- 1e-50]", "0", "a <= b and c <= d", "left side 5.5000000e-30, right side 0"),
    ("[1.5e+40 +/- 1e+10]", "0", "a <= b", "1.5000000e+40 <= 0 is false"),
])
def test_what_fails_is_told_with_both_sides_as_short_as_tells_them_apart(left, right, relation, said):
    assert facts.failed_relation({"lhs": left, "rhs": right, "relation": relation}) == said


def test_nothing_falls_is_said_too():
    assert "No claim's argument in the paper rests on one that fails" in terminal.report([entry("toy.a")], PLAIN)
    assert "What does not hold" not in terminal.report([entry("toy.a")], PLAIN)


@pytest.mark.parametrize("results", [paper(), nasty(), long_names()], ids=["paper", "nasty", "long"])
def test_80_columns_and_no_control_characters(results):
    known = {r["id"]: r for r in results}
    for text in (terminal.report(results, PLAIN), *(terminal.show(r, known, ["toy.prop"], PLAIN) for r in results)):
        assert max(map(len, text.splitlines())) <= 80
        assert all(c.isprintable() for line in text.splitlines() for c in line)


def test_colour_changes_no_word():
    for build in (
        lambda p: terminal.report(paper(), p),
        lambda p: terminal.show(paper()[0], {r["id"]: r for r in paper()}, [], p),
    ):
        coloured = build(terminal.Paint(True))
        assert "\x1b[31m" in coloured
        assert re.sub(r"\x1b\[\d+m", "", coloured) == build(PLAIN)


class Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    "choice, stream, environment, coloured",
    [
        ("auto", Screen(), {}, True),
        ("auto", Screen(), {"NO_COLOR": "1"}, False),
        ("auto", Screen(), {"NO_COLOR": ""}, True),
        ("auto", Screen(), {"TERM": "dumb"}, False),
        ("auto", io.StringIO(), {}, False),
        ("always", io.StringIO(), {"NO_COLOR": "1"}, True),
        ("never", Screen(), {}, False),
    ],
)
def test_when_to_colour(monkeypatch, choice, stream, environment, coloured):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    assert terminal.Paint.wanted(choice, stream).on is coloured


def test_show_sets_printed_beside_checked_where_they_fit_else_above():
    known = {r["id"]: r for r in paper()}
    text = terminal.show(known["toy.lem"], known, ["toy.prop"], PLAIN)
    assert r"n \le n + 1                            | n in {1, 2, ...} |- n <= n + 1" in text.splitlines()
    assert "  where n = the size" in text.splitlines()
    assert "mended by toy.lem.mended (proved)" in text and "rests on this: toy.prop (proved)" in text
    assert "falls with it: toy.prop (proved)" in text and "wellposed verify --fresh toy.lem" in text
    stacked = terminal.show(known["toy.lem"] | {"printed": "x + " * 200}, known, [], PLAIN)
    assert " | " not in stacked and "as printed:" in stacked


def test_show_prints_the_trace_with_axioms_and_witness():
    known = {r["id"]: r for r in paper()}
    text = terminal.show(known["toy.lem.mended"], known, [], PLAIN)
    assert "  1  arithmetic: n <= n + 1" in text and "axioms: order" in text and "hypotheses can be met: n = 1" in text
    assert "amends toy.lem (refuted)" in text and "2 of 3 killed, 1 true as well" in text


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.seen, self.ids, self.links, self.open = set(), [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        attrs = dict(attrs)
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.links += [v for k, v in attrs.items() if k in ("href", "src")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("results", [paper(), nasty(), []], ids=["paper", "nasty", "empty"])
def test_the_page_stands_alone_and_is_escaped(results):
    text = page.page(results)
    tags = Tags(text)
    assert not tags.open and "script" not in tags.seen and "link" not in tags.seen and "img" not in tags.seen
    assert all(link.startswith("#") and link[1:] in tags.ids for link in tags.links)
    assert len(tags.ids) == len(set(tags.ids)) and {r["id"] for r in results} <= set(tags.ids)
    assert "http" not in text and "url(" not in text and "prefers-color-scheme: dark" in text and "@media print" in text
    if results and results[0]["printed"] == NASTY:
        assert "&lt;script&gt;alert(&#x27;x&#x27;)" in text


def test_the_page_tells_the_failure():
    text = page.page(paper())
    for words in (
        "at n = 1, x = (0, 1/2)",
        "wellposed show toy.lem\n",
        'href="#toy.lem--evidence"',
        "mended by",
        "toy.lem.mended",
        "1  arithmetic: n &lt;= n + 1",
        "no record of training",
    ):
        assert words in text
    assert facts.headline([]) == "no claims" and terminal.report([], PLAIN).startswith("no claims\n")
    assert "No claim was found to fail" in page.page([entry("toy.a")])


def test_markdown_defuses_markup_and_keeps_tables_whole():
    text = markdown.page(nasty())
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert "<script>" not in outside and "&lt;script&gt;" in outside
    for line in text.splitlines():
        if line.startswith("| `toy"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 6
    assert "toy.lem.mended" in markdown.page(paper()) and "### `toy.lem`: refuted" in markdown.page(paper())


@pytest.mark.parametrize("raw", ["a`b", "`", "``x``", "a|b", "x\ny"])
def test_code_spans_survive_backticks(raw):
    span = markdown.code(raw)
    fence = re.match("`+", span).group()
    inner = span[len(fence):-len(fence)].strip()
    assert fence not in re.findall("`+", inner) and inner == " ".join(raw.split()) and "\n" not in span


def test_counts_keep_amendments_apart_and_long_families_are_cut():
    assert facts.counts(paper()) == [("proved", 1, 0, 1), ("refuted", 1, 0, 0), ("undecided", 1, 0, 0)]
    assert facts.value(["0"] * 20).endswith("... 20 in all)")
    assert facts.counterexample({"rhs": "1", "note": None, "lhs": "2", "values": {"n": "1"}}) == [
        "at: n = 1",
        "left side: 2",
        "right side: 1",
    ]
