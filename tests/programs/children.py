"""Another interpreter works, as a child."""

import subprocess
import sys

CODE = "import time\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass\nprint('child')"


def started():
    return subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    print(started(), end="")
