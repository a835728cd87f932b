"""`python -m perfkit`, the same as the `perfkit` command."""

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        # Python puts the current folder there, for this process but not for the workers: what lies in it (a package
        # with entry points) would be found by the one and not by the others. The `perfkit` command does without too.
        del sys.path[0]
    from perfkit.cli.main import main

    main()
