"""Changes its folder, its path and its hooks, and pickles a class of its own."""

import os
import pickle
import sys
import tempfile


class Own:
    def __init__(self):
        self.value = 3


def hook(kind, error, trace):
    print("hooked", kind.__name__, trace is not None, trace.tb_frame.f_code.co_name)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        sys.path.clear()
        print(pickle.loads(pickle.dumps(Own())).value, pickle.dumps(Own()).count(b"__main__"))
        os.chdir("/")
    sys.excepthook = hook
    raise RuntimeError
