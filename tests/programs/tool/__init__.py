"""A package that runs."""

WHO = "tool"
