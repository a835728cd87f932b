"""The same for functions that in the library would wait."""


def wait(times: int) -> None:
    """Work, and no waiting."""
    while times:
        times -= 1


def join(times: int) -> None:
    """Work, and no waiting."""
    while times:
        times -= 1
