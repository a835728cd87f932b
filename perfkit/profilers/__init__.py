"""Profilers, one file each, that all give one `Profile`: `cprofile`, `pyinstrument`, `pyspy`, `sampling`, `torch_ops`.

`registry.py` lists them and says how to add one. `common/` has what they are made of and the `Profile` itself,
`analysis/` what is read from finished profiles.
"""
