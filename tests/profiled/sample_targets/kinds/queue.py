"""A module of the user's that is called as one of the standard library's."""


def get(times: int) -> None:
    """Work, and no waiting."""
    while times:
        times -= 1
