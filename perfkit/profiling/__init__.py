"""Profiling: where the time of a workload goes, what aims at it, and what a recipe moves."""
