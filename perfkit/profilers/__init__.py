"""Profilers, one file each, that all give one `Profile`."""
