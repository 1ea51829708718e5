"""LaTeX as MathML and as text: well-formed, escaped, and the source where it is not understood."""
from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from tests.wellposed.samples import NASTY
from theory.registry import load
from wellposed.report import mathml
from wellposed.report.tex import NotRead, parse


def shape(source: str) -> str:
    """The MathML without its attributes."""
    return re.sub(r"<(\w+) [^>]*>", r"<\1>", mathml.html(source))


@pytest.mark.parametrize("source, tags", [
    ("x_i^2", "<math><msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup></math>"),
    (r"\frac12", "<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>"),
    (r"\tfrac ze", "<math><mfrac><mi>z</mi><mi>e</mi></mfrac></math>"),
    (r"\sqrt{n/2}", "<math><msqrt><mrow><mi>n</mi><mo>/</mo><mn>2</mn></mrow></msqrt></math>"),
    (r"\sum_{i<d} a", "<math><munder><mo>∑</mo><mrow><mi>i</mi><mo>&lt;</mo><mi>d</mi></mrow></munder><mspace></mspace><mi>a</mi></math>"),
    (r"\int_0^r", "<math><msubsup><mo>∫</mo><mn>0</mn><mi>r</mi></msubsup></math>"),
    (r"\left.a\right|_{x=0}", "<math><msub><mrow><mi>a</mi><mo>|</mo></mrow><mrow><mi>x</mi><mo>=</mo><mn>0</mn></mrow></msub></math>"),
    (r"\mathbb{R}^{n}", "<math><msup><mi>ℝ</mi><mi>n</mi></msup></math>"),
    (r"\mathcal D", "<math><mi>𝒟</mi></math>"),
    (r"\tilde{x}'", "<math><msup><mover><mi>x</mi><mo>~</mo></mover><mrow><mo>′</mo></mrow></msup></math>"),
    (r"a\overset{(a)}{=}1\%", "<math><mi>a</mi></math> <math><mover><mo>=</mo><mrow><mo>(</mo><mi>a</mi><mo>)</mo></mrow></mover>"
                              "<mn>1</mn><mo>%</mo></math>"),
    (r"\text{if } n<2", "if <math><mi>n</mi></math> <math><mo>&lt;</mo><mn>2</mn></math>"),
])
def test_what_becomes_of_it(source, tags):
    assert shape(source) == tags


def test_a_line_may_break_before_relations_and_signs_outside_brackets_only():
    chunks = mathml.html(r"a + (b - c) \le |x - y| - \frac{a+b}{2}").split("</math> <math>")
    assert len(chunks) == 4 and 'form="infix">+' in chunks[1] and 'form="infix">−' in chunks[3]
    assert "</math> <math>" not in mathml.html(r"-a") and "</math> <math>" not in mathml.html(r"\{x: x = 1\}")


@pytest.mark.parametrize("source", ["{a", "a}", r"\left(a", r"\frac{a}", r"\unheard{a}", "x^a^b", r"\begin{cases}a\end{cases}", "a & b",
                                    r"\text{a $b$}", r"\text{a", r"\sqrt[3{a}", "#", NASTY])
def test_what_is_not_understood_is_shown_as_it_is(source):
    with pytest.raises(NotRead):
        parse(source)
    assert mathml.html(source).startswith("<code>") and "<script>" not in mathml.html(source)
    assert mathml.plain(source) == source


@pytest.mark.parametrize("source, text", [
    (r"-\log\left(\sum_{i=1}^n e^{-d(x,\rho_i)}\right)\ge 0", "−log(∑_(i = 1)^n e^(−d(x, ρ_i))) ≥ 0"),
    (r"\sqrt{2\pi z}\le\frac{a+b}{2}", "√(2πz) ≤ (a + b)/2"),
    (r"\|x\|^2:=x^{\mathsf T}x", "‖x‖^2 := x^Tx"),
    (r"\text{for }n\ge5", "for n ≥ 5"),
])
def test_as_text(source, text):
    assert mathml.plain(source) == text


CLAIMS = list(load().claims.values())


@pytest.mark.parametrize("claim", CLAIMS, ids=[c.id for c in CLAIMS])
def test_every_formal_statement_is_mathematics(claim):
    """Our own printer writes nothing that the page would show as source, and what comes out is well-formed."""
    said = claim.displayed(tex=True)
    for source in [*said.variables, *said.hypotheses, said.conclusion, *(x for pair in said.where for x in pair)]:
        parse(source)
        ET.fromstring(f"<p>{mathml.html(source)}</p>")
    ET.fromstring(f"<p>{mathml.html(claim.printed or '')}</p>")


def test_most_printed_words_are_read():
    read = 0
    printed = [c.printed for c in CLAIMS if c.printed]
    for source in printed:
        try:
            parse(source)
            read += 1
        except NotRead:
            continue
    assert read >= 0.9 * len(printed)
