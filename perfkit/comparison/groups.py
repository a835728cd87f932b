"""Rows that share the rounds of one baseline, and which of these groups a budget has room for. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from perfkit.cell import Cell
from perfkit.comparison.rows import Row
from perfkit.schedule import candidate_role
from perfkit.session.outcome import Candidate, Group, Outcome
from perfkit.settings import Settings
from perfkit.stats.verdict import MIN_PROCESSES
from perfkit.worker.sampler import SLOW_CALL_NS

__all__ = ["Fitted", "fit", "groups_of", "set_up_s", "stretched", "within_budget"]

MAX_CANDIDATES = 6
_START_S = 0.5  # an interpreter, its imports and the weights of a small model
_SPARE = 1.5  # times what the first rounds of slow calls take


def groups_of(rows: Sequence[Row], call_ns: Mapping[Row, float], processes: int) -> list[Group]:
    """Rows of one cell become one group of at most six candidates; cheap ones first."""
    by_cell: dict[Cell, list[Row]] = {}
    for row in rows:
        if not row.remark:
            by_cell.setdefault(row.cell, []).append(row)
    groups = []
    for cell, members in by_cell.items():
        for start in range(0, len(members), MAX_CANDIDATES):
            part = members[start : start + MAX_CANDIDATES]
            slow = call_ns[part[0]] > SLOW_CALL_NS
            group = Group(
                id=_group_id(cell, part[0].recipes, start // MAX_CANDIDATES),
                cell=cell,
                # a call this long has little noise of its own; fewer processes leave time for rounds
                processes=min(processes, MIN_PROCESSES) if slow else processes,
                candidates=tuple(
                    Candidate(role=candidate_role(i), recipes=row.recipes, apart=row.apart)
                    for i, row in enumerate(part, 1)
                ),
            )
            groups.append((call_ns[part[0]], group))
    # first calls come first: in a process that has called nothing yet
    return [group for _, group in sorted(groups, key=lambda pair: (not _is_first_call(pair[1].cell), pair[0]))]


def _is_first_call(cell: Cell) -> bool:
    return cell.state == "cold" and cell.kind != "micro"


def _group_id(cell: Cell, recipes: Sequence[str], part: int) -> str:
    words = list(cell.words)
    words += [f"{len(recipes)} together"] if cell.kind == "stack" and not cell.on else []
    words += [f"part {part + 1}"] if part else []
    return " / ".join(words)


def within_budget(
    groups: Sequence[Group], call_ns: Mapping[str, float], budget_s: float
) -> tuple[list[Group], list[tuple[Group, float]]]:
    """Split groups into those whose first round fits the budget and those (with the seconds they need) that do not.

    Only slow calls are weighed; the cheapest go in first. `call_ns` by group id.
    """
    kept, dropped, used_s = [], [], 0.0
    for group in groups:
        need_s = len(group.roles) * group.processes * call_ns[group.id] / 1e9
        if call_ns[group.id] > SLOW_CALL_NS and used_s + need_s > budget_s:
            dropped.append((group, need_s))
        else:
            kept.append(group)
            used_s += need_s if call_ns[group.id] > SLOW_CALL_NS else 0.0
    return kept, dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """The groups that a budget has room for, what a call of each takes (by id), and all rows, with remarks."""

    groups: list[Group]
    call_ns: dict[str, float]
    rows: list[Row]


def fit(rows: Sequence[Row], outcome: Outcome, settings: Settings, points: int = 1) -> Fitted:
    """Form the groups; a row whose first round does not fit the budget is kept with a remark instead.

    `points`: how many comparisons share the budget that the user gave.
    """
    groups, call_ns = _groups(rows, outcome, settings)
    kept, dropped = within_budget(groups, call_ns, settings.budget_s)
    remarks = {
        (candidate.recipes, group.cell): (
            f"one call takes {call_ns[group.id] / 1e9:.2g} s: needs --budget {_SPARE * points * need_s:.0f}s, "
            "or a smaller --size"
        )
        for group, need_s in dropped
        for candidate in group.candidates
    }
    said = [replace(row, remark=row.remark or remarks.get((row.recipes, row.cell), "")) for row in rows]
    return Fitted(groups=kept, call_ns=call_ns, rows=said)


def stretched(rows: Sequence[Row], outcome: Outcome, settings: Settings) -> Settings:
    """As much more budget as the first rounds of slow calls need, where the user set none."""
    if not settings.stretch_s:
        return settings
    groups, call_ns = _groups(rows, outcome, settings)
    _, slow = within_budget(groups, call_ns, 0.0)
    need_s = _SPARE * sum(need for _, need in slow)
    return replace(settings, budget_s=max(settings.budget_s, min(need_s, settings.stretch_s)))


def _groups(rows: Sequence[Row], outcome: Outcome, settings: Settings) -> tuple[list[Group], dict[str, float]]:
    """The groups of all rows whose recipes are right and called, and what a call of each takes."""
    healthy = [r for r in rows if r.recipes not in outcome.failures and r.place not in outcome.not_exercised]
    row_ns = {row: outcome.call_ns(row.cell) for row in healthy if not row.remark}
    groups = groups_of(healthy, row_ns, settings.processes)
    return groups, {group.id: outcome.call_ns(group.cell) for group in groups}


def set_up_s(fitted: Fitted) -> float:
    """Seconds that starting processes, building instances and warming them up will take, roughly."""
    groups = fitted.groups
    starts = max(g.processes for g in groups) + sum(
        g.processes * len(g.roles) for g in groups if g.cell.layout == "processes"
    )
    calls = {g.id: 1 if fitted.call_ns[g.id] > SLOW_CALL_NS else 3 for g in groups}  # before the first round
    warm_ns = sum(g.processes * len(g.roles) * calls[g.id] * fitted.call_ns[g.id] for g in groups)
    return starts * _START_S + warm_ns / 1e9
