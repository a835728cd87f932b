"""Ends with a traceback of two exceptions."""


def inner():
    raise ValueError("of the program's own")


if __name__ == "__main__":
    try:
        {}["missing"]
    except KeyError:
        inner()
