"""python -m tool"""

import os
import sys

from . import WHO

print(WHO, os.path.basename(sys.argv[0]), sys.argv[1:], __name__, __package__, __spec__.name)
print(sys.path[0] == os.getcwd())
