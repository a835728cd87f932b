"""Work at the bottom of a recursion."""

import time


def bottom():
    end = time.process_time() + 0.15
    while time.process_time() < end:
        pass
    return 1


def descend(depth):
    return bottom() if depth == 0 else descend(depth - 1) + 1


if __name__ == "__main__":
    print(descend(40))
