"""The page in a real browser: every formula is drawn, nothing sticks out of a phone's screen, a link opens the evidence it names."""
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from tests.wellposed.samples import entry, paper
from theory.registry import load
from wellposed.report import page
from wellposed.run import parts

pytestmark = pytest.mark.slow
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PHONE, DESK = 390, 1280
PROBE = """<script>addEventListener("load", () => setTimeout(() => {
  const wide = innerWidth, out = [];
  for (const e of document.body.querySelectorAll("*")) {
    if (e.closest(".wide, .formula, .formal dd, svg")) continue;
    const box = e.getBoundingClientRect();
    if (box.width && box.right > wide + 1) out.push(e.tagName + "." + e.className);
  }
  const flat = [...document.querySelectorAll("article math")].filter(m => m.checkVisibility() && m.getBoundingClientRect().height < 2).length;
  const small = [...document.querySelectorAll("p, li, td, dd, summary")].filter(e => parseFloat(getComputedStyle(e).fontSize) < 12).length;
  parent.postMessage(JSON.stringify({wide, page: document.documentElement.scrollWidth, out: out.slice(0, 5), flat, small,
    maths: document.querySelectorAll("math").length, open: document.querySelectorAll("details[open]").length,
    dark: getComputedStyle(document.body).backgroundColor}), "*");
}, 50));</script>"""
# a window of a browser without a screen is at least 500 wide, a frame is as narrow as one likes
FRAME = """<!doctype html><body style="margin:0"><iframe src="{source}" width="{width}" height="900" style="border:0"></iframe>
<script>onmessage = e => {{ document.body.dataset.probe = e.data; }};</script></body>"""


@pytest.fixture(scope="module")
def browser() -> str:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI has no chromium: .ci/run installs it")
        pytest.skip("no chromium here")
    return found


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    """Every claim of the papers as it would be shown if it failed, with evidence of the sample."""
    registry = load()
    results = paper()
    for claim in registry.claims.values():
        results.append(entry(claim.id, "refuted", printed=claim.printed, formal=parts(claim.displayed()), latex=parts(claim.displayed(tex=True)),
                             covers=list(claim.covers), rests_on=list(claim.rests_on), location=claim.location, notes=claim.notes or None,
                             amends=claim.amends, reading_of=claim.reading_of))
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page.page(results, registry.rows).replace("</body>", PROBE + "</body>"), encoding="utf-8")
    return path


def probe(browser: str, path: Path, width: int, fragment: str = "", *options: str) -> dict:
    """What the probe found in a frame of this width."""
    frame = path.parent / "frame.html"
    frame.write_text(FRAME.format(source=path.name + fragment, width=width), encoding="utf-8")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    command = [browser, "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", *root, *options,
               f"--user-data-dir={path.parent / 'profile'}", "--window-size=1400,1000", "--virtual-time-budget=4000", "--dump-dom",
               f"file://{frame}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    found = re.search(r'data-probe="([^"]*)"', done.stdout)
    assert found, f"the page was not drawn: {done.stderr[-500:]}"
    return json.loads(unescape(found[1]))


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_nothing_sticks_out_and_every_formula_is_drawn(browser, report, width):
    seen = probe(browser, report, width)
    assert seen["wide"] == width and seen["page"] <= width and seen["out"] == []
    assert seen["maths"] > 500 and seen["flat"] == 0 and seen["small"] == 0 and seen["open"] == 0


def test_a_link_to_the_evidence_opens_it(browser, report):
    assert probe(browser, report, DESK, "#toy.lem--evidence")["open"] == 1


def test_dark_and_light_differ(browser, report):
    light = probe(browser, report, PHONE)["dark"]
    dark = probe(browser, report, PHONE, "", "--blink-settings=preferredColorScheme=0")["dark"]
    assert {light, dark} == {"rgb(255, 255, 255)", "rgb(22, 24, 27)"}


def test_it_prints(browser, report, tmp_path):
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    target = tmp_path / "report.pdf"
    subprocess.run([browser, "--headless", "--disable-gpu", "--disable-dev-shm-usage", *root, f"--user-data-dir={tmp_path / 'profile'}",
                    "--no-pdf-header-footer", f"--print-to-pdf={target}", f"file://{report}"], capture_output=True, timeout=120, stdin=subprocess.DEVNULL)
    assert target.read_bytes().startswith(b"%PDF") and target.stat().st_size > 100_000


def test_the_probe_sees_what_sticks_out(browser, report, tmp_path):
    path = tmp_path / "wide.html"
    path.write_text(report.read_text(encoding="utf-8").replace("<header>", '<header><p style="width:600px">wide</p>'), encoding="utf-8")
    seen = probe(browser, path, PHONE)
    assert seen["page"] > PHONE and seen["out"][0].startswith("P")
