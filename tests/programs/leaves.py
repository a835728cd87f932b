"""Ends with the code or the words that it is given."""

import sys

if __name__ == "__main__":
    print("before")
    sys.exit(int(sys.argv[1]) if sys.argv[1].isdecimal() else sys.argv[1])
