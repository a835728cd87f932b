"""The work is in C, called by one function."""

import hashlib
import time


def digest():
    end, whole = time.process_time() + 0.2, hashlib.sha256()
    while time.process_time() < end:
        whole.update(bytes(1_000_000))
    return whole.digest_size


if __name__ == "__main__":
    print(digest())
