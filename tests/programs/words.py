"""Says what it was called with, and who it is."""

import os
import sys

import neighbour

if __name__ == "__main__":
    print(sys.argv[1:], os.path.basename(sys.argv[0]), os.path.basename(sys.path[0]), __name__, __spec__, __package__)
    print(os.path.basename(__file__), os.path.isabs(__file__), neighbour.NAME, sys.modules["__main__"].__doc__)
    print(sorted(name for name in globals() if not name.startswith("__")), sys.stdin.isatty(), os.getcwd())
