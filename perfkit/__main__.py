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
    if not sys.flags.safe_path:
        # Python puts the current folder there, for this process but not for the workers: what lies in it (a package
        # with entry points) would be found by the one and not by the others. The `perfkit` command does without too.
        del sys.path[0]
    main()
