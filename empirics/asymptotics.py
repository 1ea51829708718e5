"""What Z_t = 1 asks of n and d (niu2024, Section 5): the printed bracket and the exact relation, in one table and one figure.

`python -m empirics.asymptotics --out DIR` writes asymptotics.json and asymptotics.svg. The numbers are rigorous balls of
`numerics.asymptotics`; the figure (matplotlib, of the extra `empirics`) only draws them.
"""
from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Sequence

from numerics import asymptotics

SIZES = (25, 1000, 10 ** 6, 8_789_062, 10 ** 12, 10 ** 30)      # 8,789,062: GPT-2 small, 9 * 10^9 tokens in sequences of 1024
PRINTED = "log I_n(rho), printed Eq. (13)"


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """How often each bracket holds: inside, outside, undecided."""
    out = {}
    for name in rows[0]["brackets"]:
        answers = [r["brackets"][name]["inside"] for r in rows]
        out[name] = {"inside": answers.count(True), "outside": answers.count(False), "undecided": answers.count(None)}
    return out


def build(ns: Sequence[int] | None = None, sizes: Sequence[int] = SIZES) -> dict[str, Any]:
    """The whole record: rows, counts, the first n outside the printed bracket, and n and N at given d."""
    rows = asymptotics.table(ns)
    return {"rows": rows, "counts": summary(rows), "printed_fails_from": asymptotics.first_outside(PRINTED),
            "implied": {"printed": "up to the factor e^(1/(6n)), d between sqrt(pi n) and sqrt(pi n) e^(sqrt(n/(2 pi e))); "
                                   "at the lower end n = d^2/pi, at the upper n ~ 2 pi e (log d)^2",
                        "exact": "log d = n/(2 pi e) + log(pi n)/2 + log(1 - 1/(pi e)) + O(1/n); n ~ 2 pi e log d"},
            "scaling": [asymptotics.scaling(d) for d in sizes]}


def draw(record: dict[str, Any], path: Path) -> None:
    """log d_crit against n: the printed bracket as a band, the exact relation and its leading term as lines."""
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt
    rows = record["rows"]
    n = [r["n"] for r in rows]
    with plt.rc_context({"svg.hashsalt": "wellposed", "svg.fonttype": "none"}):     # the same file for the same numbers
        figure, axes = plt.subplots(figsize=(7, 4.5))
        low, high = ([r["printed_log_d"][end] for r in rows] for end in ("low", "high"))
        axes.fill_between(n, low, high, color="tab:orange", alpha=0.35, label="printed bracket, Eq. (13)")
        axes.plot(n, low, color="tab:orange", label=r"its lower end: $\frac{1}{2}\log(\pi n)$, $n\approx d^2/\pi$")
        axes.plot(n, [r["exact_log_d"] for r in rows], color="tab:blue", label=r"exact: $-\log I_n(\varrho)$")
        axes.plot(n, [r["leading_log_d"] for r in rows], color="black", linestyle=":", label=r"$n/(2\pi e)$")
        axes.set(xscale="log", yscale="log", xlabel="n", ylabel=r"$\log d$ at which $Z_t=1$")
        axes.set_ylim(bottom=0.3)
        axes.grid(True, which="major", alpha=0.3)
        axes.legend(loc="upper left")
        figure.tight_layout()
        figure.savefig(path, format="svg", metadata={"Date": None})
        plt.close(figure)


def write(out: Path, ns: Sequence[int] | None = None, sizes: Sequence[int] = SIZES) -> dict[str, Any]:
    """Both files into `out`, which is made if need be."""
    record = build(ns, sizes)
    out.mkdir(parents=True, exist_ok=True)
    (out / "asymptotics.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    draw(record, out / "asymptotics.svg")
    return record


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 1 if a proved bracket is not certified to hold in every row."""
    parser = argparse.ArgumentParser(prog="python -m empirics.asymptotics", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for asymptotics.json and asymptotics.svg")
    record = write(parser.parse_args(argv).out)
    for name, count in record["counts"].items():
        print(f"{name}: inside {count['inside']}, outside {count['outside']}, undecided {count['undecided']}")
    print(f"the printed bracket fails from n = {record['printed_fails_from']}")
    proved = {name for r in record["rows"] for name, b in r["brackets"].items() if b["proved"]}
    return int(any(record["counts"][name]["inside"] < len(record["rows"]) for name in proved))


if __name__ == "__main__":
    sys.exit(main())
