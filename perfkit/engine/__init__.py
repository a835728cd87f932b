"""Measuring: worker processes, rounds, the clock, the denormal guard, the environment."""
