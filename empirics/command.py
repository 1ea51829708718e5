"""What every command line here has in common: one line on stderr in place of a traceback, and the exit status."""
from __future__ import annotations

import os
import sys
from collections.abc import Callable

from theory.claim import WellposedError


def ended(name: str, work: Callable[[], int | None], kept: str = "what was finished is kept") -> int:
    """0, or what `work` returns; 2 after an error that a user can mend, 130 after Ctrl-C."""
    try:
        status = work() or 0
        sys.stdout.flush()
        return status
    except BrokenPipeError:                 # as `head` does; nothing more can be said to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (WellposedError, OSError) as error:
        print(f"{name}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{name}: stopped; {kept}", file=sys.stderr)
        return 130
