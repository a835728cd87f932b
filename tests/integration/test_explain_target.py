"""`perfkit explain TARGET` says what a target is."""

from __future__ import annotations

from typing import Any


def test_a_target_is_explained_by_its_own_words_and_its_workloads(perfkit_here: Any) -> None:
    run = perfkit_here("explain", "finite-memory")

    assert run.rc == 0
    assert run.lines[0] == "finite-memory"
    said = " ".join(run.stdout.split())
    assert "Profile-guided optimisation, which the notes list as number 10, is no recipe" in said
    assert "chat-long 2 turns of 850 tokens" in said
    assert run.lines[-1] == "perfkit compare finite-memory --all"


def test_a_name_that_nobody_has_is_still_an_error(perfkit_here: Any) -> None:
    run = perfkit_here("explain", "finite-memry")

    assert run.rc == 2
    assert "finite-memry" in run.stderr
