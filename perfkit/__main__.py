"""`python -m perfkit`, and what the `perfkit` command runs: light, so that Ctrl-C is understood from the start."""

from __future__ import annotations

import signal
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; Ctrl-C is one line, also while Python is still importing."""
    try:
        from perfkit.cli.main import main as run

        run()
    except KeyboardInterrupt:
        print("perfkit: interrupted", file=sys.stderr)
        sys.exit(130)
    finally:  # all is said; an interpreter that is ending would answer with a traceback
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    main()
