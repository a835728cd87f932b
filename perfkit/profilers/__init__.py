"""Profilers, one file each, that all give one `Profile`.

A new one: a file here that makes a `Profile`, its title in `profile.PROFILERS`, and its way of running in
`perfkit.profiling.take` (an `ExternalSampler` from outside, or an entry of `perfkit.worker.region` inside the worker).
"""
