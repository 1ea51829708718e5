"""`python -m theory.checker FILE`: print the sequent that a proof log proves. Exit 0 proved, 1 rejected, 2 unreadable."""
from __future__ import annotations

import json
import sys

from theory.checker import Rejected, verify
from theory.checker.nodes import show


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m theory.checker FILE", file=sys.stderr)
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as file:
            log = json.load(file)
    except (OSError, ValueError, RecursionError) as error:
        print(f"{arguments[0]}: unreadable: {error}", file=sys.stderr)
        return 2
    try:
        s = verify(log)
    except Rejected as error:
        print(f"{arguments[0]}: rejected: {error}")
        return 1
    print(" ".join([", ".join(sorted(map(show, s.hyps))), "|-", show(s.concl)]).strip())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
