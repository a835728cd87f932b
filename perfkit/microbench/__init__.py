"""Microbenchmarks: seams and functions by themselves, by the engine of `compare`, so that no loop fools its author."""
