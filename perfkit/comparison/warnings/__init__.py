"""What makes a run worth less than it could be: one small file for each reason, listed in `registry.py`."""
