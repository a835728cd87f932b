"""What could steer a terminal, or hide in one, is written out; ordinary text is left as it is."""

from __future__ import annotations

import codecs
import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.report.document import to_json
from perfkit.report.visible import ascii_json, look_alikes, one_line, safe_json, visible, visible_fields
from perfkit.result import Proof

ANY = st.text(st.characters(exclude_categories=()), max_size=40)
ORDINARY = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cf")))
RANGES = ((0, 0x20), (0x7F, 0xA0), (0x2028, 0x202F), (0x2066, 0x206A), (0xD800, 0xD801), (0xDCFF, 0xDD00))
STEERS = [chr(n) for first, end in RANGES for n in range(first, end)]


@pytest.mark.parametrize("sign", [c for c in STEERS if c not in "\n\t"], ids=lambda c: f"{ord(c):04x}")
def test_what_steers_or_hides_is_written_out(sign: str) -> None:
    code = ord(sign)

    assert visible(f"a{sign}b") == (f"a\\x{code:02x}b" if code < 256 else f"a\\u{code:04x}b")


@given(ORDINARY)
def test_ordinary_text_is_left_as_it_is(text: str) -> None:
    assert visible(text) == one_line(text) == text


@given(ANY)
def test_what_is_visible_steers_nothing_and_stays_so(text: str) -> None:
    seen = visible(text)

    assert not set(seen) & (set(STEERS) - {"\n", "\t"})
    assert visible(seen) == seen
    seen.encode("utf-8")  # no lone surrogate is left
    assert [c for c in one_line(text) if unicodedata.category(c) in ("Cc", "Zl", "Zp") and c != "\t"] == []
    assert len(one_line(text).splitlines()) <= 1


def test_a_newline_in_a_name_forges_no_line() -> None:
    assert one_line("run.json\nperfkit: all is well") == "run.json\\nperfkit: all is well"


def test_the_texts_of_a_value_are_made_visible_at_any_depth() -> None:
    proof = Proof(
        passed=True, kind="exact", detail="\x1b[2Ja\nb", checked_calls=3, first_difference={"\x9b": ["\x07", 1.5]}
    )

    assert visible_fields(proof) == Proof(
        passed=True, kind="exact", detail="\\x1b[2Ja\nb", checked_calls=3, first_difference={"\\x9b": ["\\x07", 1.5]}
    )
    assert visible_fields(("a\nb",), one_line) == ("a\\nb",)


@given(ANY)
def test_json_says_the_same_without_a_sign_that_steers(text: str) -> None:
    text = re.sub("[\ud800-\udbff](?=[\udc00-\udfff])", "", text)  # a pair of surrogates is one sign in JSON
    plain = json.dumps([text], ensure_ascii=False)

    assert json.loads(safe_json(plain)) == json.loads(ascii_json(plain)) == [text]
    assert not set(safe_json(plain)) & set(STEERS)
    assert ascii_json(plain).isascii()
    assert "\x7f" not in ascii_json(plain)
    assert json.loads(to_json([text])) == [text]
    assert not set(to_json([text])) & (set(STEERS) - {"\n"})


def test_readable_text_stays_readable_in_json() -> None:
    assert safe_json('"größer → 1,5 µs 🙂"') == '"größer → 1,5 µs 🙂"'
    assert ascii_json('"µ🙂"') == r'"\u00b5\ud83d\ude42"'


def test_what_an_encoding_lacks_becomes_what_looks_like_it() -> None:
    codecs.register_error("perfkit-test", look_alikes)

    assert "8 × 4–7 · 1.5 µs ± 1 → …".encode("ascii", "perfkit-test") == b"8 x 4-7 . 1.5 us +- 1 -> ..."
    assert "× – é".encode("latin-1", "perfkit-test") == b"\xd7 - \xe9"
    assert "é🙂".encode("ascii", "perfkit-test") == rb"\xe9\U0001f642"
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", "perfkit-test")
