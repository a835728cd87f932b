"""Devices whose work goes on after a call has returned: what the timer and the proof need of one (docs/gpu.md).

`protocol` says what that is, `timer` times calls by it, `cuda` is one by torch, `opening` finds the one a target names.
Nothing here imports torch before a target asks for a device.
"""
