"""Reads all of its input."""

import sys

if __name__ == "__main__":
    numbers = [int(line) for line in sys.stdin]
    print(len(numbers), sum(numbers))
