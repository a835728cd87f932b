"""Has modules that are called as the library's: json, random, queue, enum."""

import random

import json
import queue

if __name__ == "__main__":
    print(json.NAME, random.NAME, queue.NAME)
