"""Two named threads work, the main thread waits for them."""

import threading
import time


def in_thread():
    end = time.thread_time() + 0.15
    while time.thread_time() < end:
        pass


if __name__ == "__main__":
    workers = [threading.Thread(target=in_thread, name=f"worker-{n}") for n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("joined")
