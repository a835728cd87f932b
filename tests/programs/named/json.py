NAME = "json of its own"
