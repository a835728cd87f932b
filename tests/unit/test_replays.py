"""What a row on recorded arguments says, and what it must not."""

from __future__ import annotations

import pytest

from perfkit.cell import Cell
from perfkit.comparison.table_figures import _repeats, _replayed
from perfkit.protocol.measuring import Replayed
from perfkit.session.outcome import Group, GroupOutcome
from perfkit.stats.verdict import Decision, with_replays

GROUP = Group(id="g", cell=Cell(target="t", workload="w", size="s", kind="micro"), candidates=())


def found(*of_processes: tuple[float, float]) -> GroupOutcome:
    return GroupOutcome(GROUP, recorded=[Replayed(r, n) for r, n in of_processes])


@pytest.mark.parametrize(
    ("verdict", "said"), [("faster", "undecided"), ("slower", "slower"), ("equivalent", "equivalent")]
)
def test_calls_that_came_again_make_nothing_faster(verdict: str, said: str) -> None:
    decision = with_replays(Decision(verdict=verdict, note="a word"), _replayed(found((0, 0), (0, 2))))

    assert decision.verdict == said
    assert decision.note == (
        "a word; its recorded calls were replayed up to 3 times each: a cache by content would look fast"
    )


@pytest.mark.parametrize("outcome", [found(), found((0.5, 0))])
def test_a_verdict_on_fresh_calls_stands(outcome: GroupOutcome) -> None:
    assert with_replays(Decision(verdict="faster"), _replayed(outcome)) == Decision(verdict="faster")


def test_the_share_that_the_program_repeats_is_said_where_it_matters() -> None:
    assert _repeats(found((0.5, 0), (0.3, 0))) == "40.0 % of the program's own calls repeat earlier ones"
    assert _repeats(found((0.04, 0))) == _repeats(found()) == ""
