"""What every command line here has in common: how it ends. One line on stderr in place of a traceback, and the exit status.

    @command("radius", kept="the same command goes on from here")
    def main(arguments=None) -> int: ...

is all that a command needs: whoever calls `main`, a shell or a test, gets the status.
"""
from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from theory.claim import WellposedError

OURS = ("empirics", "numerics", "theory", "wellposed")
KEPT = "what was finished is kept"


def command(name: str, kept: str = KEPT) -> Callable[[Callable[..., int | None]], Callable[..., int]]:
    """A decorator of the `main` of the command `name`: it ends as `ended` says. kept: what Ctrl-C leaves behind."""
    def of(main: Callable[..., int | None]) -> Callable[..., int]:
        @wraps(main)
        def whole(*arguments: Any, **options: Any) -> int:
            return ended(name, lambda: main(*arguments, **options), kept)
        return whole
    return of


def ended(name: str, work: Callable[[], int | None], kept: str = KEPT) -> int:
    """0, or what `work` returns; 2 after an error that a user can mend, 130 after Ctrl-C. Any other error is a bug of ours and
    keeps its traceback."""
    try:
        status = work() or 0
        sys.stdout.flush()
        return status
    except BrokenPipeError:                 # as `head` does; nothing more can be said to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (WellposedError, OSError) as error:
        return _refused(name, str(error))
    except ModuleNotFoundError as error:
        if (error.name or OURS[0]).split(".")[0] in OURS:
            raise
        return _refused(name, f"{error.name} is missing: install the extra `empirics`")
    except KeyboardInterrupt:
        print(f"{name}: stopped; {kept}", file=sys.stderr)
        return 130


def _refused(name: str, why: str) -> int:
    print(f"{name}: {' '.join(why.split())}", file=sys.stderr)
    return 2
