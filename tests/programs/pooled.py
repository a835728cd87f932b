"""A pool of threads, whose results are waited for."""

import time
from concurrent.futures import ThreadPoolExecutor


def task(number):
    end = time.thread_time() + 0.1
    while time.thread_time() < end:
        pass
    return number


if __name__ == "__main__":
    with ThreadPoolExecutor(2) as pool:
        print(sum(pool.map(task, range(3))))
