"""Leaves without ceremony, or by a signal."""

import os
import sys
import time

if __name__ == "__main__":
    print("on its way", flush=True)
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    if sys.argv[1] == "exit":
        os._exit(4)
    os.abort()
