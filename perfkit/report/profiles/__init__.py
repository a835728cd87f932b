"""Profiles as they are read: on one screen, as a flame graph, in the formats of other tools, and from a saved file."""
