"""Profilers, one file each, that all give one `Profile`: `cprofile`, `pyinstrument`, `pyspy`, `sampling`, `torch_ops`.

`common/` has what they are made of and the `Profile` itself, `analysis/` what is read from finished profiles.

To add one:

1. A file here with its `Profiler`, the record of all that perfkit knows of it; `profiler.py` says what each field is.
   It takes a name, a title, what to do where it saw nothing, `read`, and one of two ways to run: inside the worker a
   function `collect`, from outside a `sampler`, which makes an `ExternalSampler`. All other fields have a default.
2. The record in `PROFILERS` of `registry.py`. Its place there is its place in every table: what sees most and disturbs
   least comes first.
3. Its name in the help of `--with` in `cli/profile.py`, which is written by hand, so that `perfkit --help` imports none
   of this; a test holds it against `PROFILERS`.

That is all for functions and targets. One that is to see whole programs from inside of their process has a file in
`in_program/` besides, which its record names.
"""
