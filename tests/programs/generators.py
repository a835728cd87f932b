"""A generator does the work, its consumer little."""

import time


def produced(count):
    for number in range(count):
        end = time.process_time() + 0.02
        while time.process_time() < end:
            pass
        yield number


def consumed():
    return sum(produced(8))


if __name__ == "__main__":
    print(consumed())
