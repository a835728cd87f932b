"""Text from anywhere made safe to print: what would steer a terminal, or hide there, is shown as an escape.

Names, file content, command words and whatever measured code printed go through here at every output edge. All
functions are pure, and the identity on ordinary text.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["ascii_json", "look_alikes", "one_line", "safe_json", "visible", "visible_fields"]

_Data = TypeVar("_Data")

# C1 controls steer terminals as C0 ones do; a bidirectional override shows text in another order than it is read;
# separators end a line where no newline is seen; a lone surrogate cannot be encoded
_UNSEEN = "\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_HIDDEN = re.compile(f"[\x00-\x08\x0b-\x1f{_UNSEEN}]")
_HIDDEN_IN_JSON = re.compile(f"[{_UNSEEN}]")
_BEYOND_ASCII = re.compile("[^\x00-\x7e]")
_ASCII = str.maketrans({"·": ".", "×": "x", "–": "-", "−": "-", "µ": "u", "→": "->", "…": "...", "±": "+-", "≥": ">="})


def visible(text: str) -> str:
    """`text` with every control character but newline and tab written out: \\x1b, \\u202e."""
    return _HIDDEN.sub(_escape, text)


def one_line(text: str) -> str:
    """`text` visible and on one line: a newline in a name must not forge a second line."""
    return visible(text).replace("\n", "\\n")


def visible_fields(value: _Data, how: Callable[[str], str] = visible) -> _Data:
    """The same data with every text in it made visible, at any depth of dataclasses, tuples, lists and dicts."""
    made: Any = value
    if isinstance(value, str):
        made = how(value)
    elif isinstance(value, tuple | list):
        made = type(value)(visible_fields(item, how) for item in value)
    elif isinstance(value, dict):
        made = {visible_fields(k, how): visible_fields(v, how) for k, v in value.items()}
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [f.name for f in dataclasses.fields(value)]
        made = dataclasses.replace(value, **{name: visible_fields(getattr(value, name), how) for name in names})
    return made  # type: ignore[no-any-return]


def safe_json(text: str) -> str:
    """JSON that says the same, with what a terminal obeys or hides as \\uXXXX (JSON itself lets DEL and C1 through)."""
    return _HIDDEN_IN_JSON.sub(_escape_json, text)


def ascii_json(text: str) -> str:
    """JSON that says the same in ASCII alone."""
    return _BEYOND_ASCII.sub(_escape_json, text)


def look_alikes(error: UnicodeError) -> tuple[str, int]:
    """A codec error handler: what an encoding lacks becomes what looks like it in ASCII, or an escape."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(_ASCII)
    return text.encode("ascii", "backslashreplace").decode("ascii"), error.end


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _escape_json(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass").hex()  # a sign beyond 16 bits is a pair of units
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
