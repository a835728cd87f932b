"""A seam whose arguments cannot be drawn, through the command line."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.slow


def test_a_seam_of_text_gets_a_row_of_its_own_and_a_memo_gains_nothing(perfkit_forked: Any, repository: Any) -> None:
    catalog = repository / "tests" / "recorded"
    quick = ("--quick", "--processes", "3", "--budget", "0.5s", "--seed", "1", "--json", "-")
    run = perfkit_forked("compare", "--catalog", catalog, "--recipe", "kept/words-memo", *quick)

    (micro,) = [row for row in run.json["results"] if row["kind"] == "micro"]
    assert run.rc == 0
    assert micro["proof"]["passed"]
    assert micro["processes"] == 3
    assert micro["speedup"]
    assert "on recorded arguments (str)" in micro["note"]
    assert micro["verdict"] != "faster"
