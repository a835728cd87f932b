"""A fork works, its parent waits."""

import os
import time


def in_child():
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass


if __name__ == "__main__":
    child = os.fork()
    if child == 0:
        in_child()
        os._exit(7)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
