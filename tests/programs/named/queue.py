NAME = "queue of its own"
