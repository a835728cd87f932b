NAME = "random of its own"
