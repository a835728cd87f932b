"""Never ends, and has a child that does not either."""

import subprocess
import sys


def forever():
    while True:
        pass


if __name__ == "__main__":
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print(child.pid, flush=True)
    forever()
