"""Waits: asleep, and for a lock that another thread holds."""

import threading
import time


def nap():
    time.sleep(0.25)


def queue_up(lock):
    with lock:
        return "held"


def hold(lock, ready):
    with lock:
        ready.set()
        time.sleep(0.5)


if __name__ == "__main__":
    lock, ready = threading.Lock(), threading.Event()
    holder = threading.Thread(target=hold, args=(lock, ready))
    holder.start()
    ready.wait()
    nap()
    print(queue_up(lock))
    holder.join()
