"""Goes on when the main program has ended: a thread, then what atexit calls."""

import atexit
import threading
import time


def after_main():
    end = time.thread_time() + 0.15
    while time.thread_time() < end:
        pass
    print("thread")


def at_the_end():
    print("atexit")


if __name__ == "__main__":
    atexit.register(at_the_end)
    threading.Thread(target=after_main, name="late").start()
    print("main")
