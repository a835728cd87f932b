"""The proof of equivalence on live subjects: what is called, and what must come of it."""
