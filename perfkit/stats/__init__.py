"""Arrays in, estimates and verdicts out. No I/O, no clock, no torch."""
