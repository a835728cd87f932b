"""Rows that share the rounds of one baseline, and which of these groups a budget has room for. Pure."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from perfkit import numbers
from perfkit.cell import IN_PROCESS, Cell
from perfkit.comparison.planned_rows import Row
from perfkit.schedule import SLOW_CALL_NS, candidate_role
from perfkit.session.outcome import Candidate, Group, Outcome
from perfkit.settings import Settings
from perfkit.stats.verdict import MIN_PROCESSES

__all__ = ["LONG_NS", "MAX_CANDIDATES", "MAX_LONG", "Fitted", "Remedy", "budget_words", "fit", "groups_of"]
__all__ += ["more_budget", "needed_s", "set_up_s", "slow_rounds_s", "stretched", "within_budget", "without_long_seams"]

MAX_CANDIDATES, MAX_LONG = 6, 24  # of a group: as many as one round is soon over with, and where no round is anyway
LONG_NS = 1_000_000_000  # a call
_BUILD_S = 0.3  # the instances of a group, and what is asked and answered between
_END_S = 0.05  # the last checks of a group in one process, which no other is busy beside
_SPARE = 1.5  # times what the first rounds of slow calls take
_BASELINES = 2  # of a round: the baseline and its control


def groups_of(
    rows: Sequence[Row], call_ns: Mapping[Row, float], processes: int, taken: Collection[str] = ()
) -> list[Group]:
    """Rows of one cell become one group of at most six candidates; cheap ones first.

    Where a call takes more than a second a group may have 24. Those that are measured in each are candidates of every
    group of their cell. `taken`: the ids of groups that were measured before.
    """
    by_cell: dict[Cell, list[Row]] = {}
    for row in rows:
        if not row.remark:
            by_cell.setdefault(row.cell, []).append(row)
    groups = []
    for cell, members in by_cell.items():
        ids = _free_ids(cell, members[0].recipes, taken)
        for part in _parts(members, MAX_LONG if call_ns[members[0]] > LONG_NS else MAX_CANDIDATES):
            slow, brief = call_ns[part[0]] > SLOW_CALL_NS, all(row.brief for row in part)
            group = Group(
                id=next(ids),
                cell=cell,
                # a call this long has little noise of its own; fewer processes leave time for rounds
                processes=min(processes, MIN_PROCESSES) if slow or brief else processes,
                candidates=tuple(
                    Candidate(role=candidate_role(i), recipes=row.recipes, apart=row.apart)
                    for i, row in enumerate([row for row in part if row.recipes], 1)
                ),
                alone=not all(row.recipes for row in part),
                brief=brief,
            )
            groups.append((call_ns[part[0]], group))
    # first calls come first: in a process that has called nothing yet
    return [group for _, group in sorted(groups, key=lambda pair: (not _is_first_call(pair[1].cell), pair[0]))]


def _parts(members: Sequence[Row], most: int) -> Iterator[list[Row]]:
    """Rows in the groups that they are measured in, of `most` at most."""
    in_each, once = [row for row in members if row.in_each], [row for row in members if not row.in_each]
    room = most - len(in_each)
    for start in range(0, max(1, len(once)), room):
        yield [*in_each, *once[start : start + room]]


def without_long_seams(rows: Sequence[Row], outcome: Outcome) -> list[Row]:
    """Rows for a session that is short of time: the seams of workloads that take long are not measured alone.

    What they are called with is recorded in some five runs of the workload, in each process.
    """
    return [
        replace(
            row,
            remark=f"skipped: {row.cell.workload} takes too long to record its calls; compare the recipe without --all",
        )
        if row.cell.kind == "micro" and not row.remark and _is_long(row.cell, outcome)
        else row
        for row in rows
    ]


def _is_long(cell: Cell, outcome: Outcome) -> bool:
    counted = outcome.counted(cell)
    return counted is not None and counted.call_ns > LONG_NS


def _is_first_call(cell: Cell) -> bool:
    return cell.state == "cold" and cell.kind != "micro"


def _free_ids(cell: Cell, recipes: Sequence[str], taken: Collection[str]) -> Iterator[str]:
    words = list(cell.words)
    words += [f"{len(recipes)} together"] if cell.kind == "stack" and not cell.on else []
    for part in itertools.count(1):
        group_id = " / ".join([*words, f"part {part}"] if part > 1 else words)
        if group_id not in taken:
            yield group_id


def within_budget(
    groups: Sequence[Group],
    call_ns: Mapping[str, float],
    budget_s: float,
    known_ns: Mapping[tuple[str, tuple[str, ...]], float] = MappingProxyType({}),
) -> tuple[list[Group], list[tuple[Group, float]]]:
    """Split groups into those whose first round fits the budget and those (with the seconds they need) that do not.

    Only slow calls are weighed; the cheapest go in first. Of a group that does not fit whole its first candidates are
    kept, as many as do; a stack is whole or nothing. `call_ns` by group id. `known_ns`: what a call of a whole workload
    with recipes on takes, by workload and recipes, where that was clocked; else it is taken to be as long as the
    baseline's.
    """
    kept: list[Group] = []
    dropped, used_s = [], 0.0
    for group in groups:
        plain_ns, cell = call_ns[group.id], group.cell
        if plain_ns <= SLOW_CALL_NS:
            kept.append(group)
            continue
        known = {} if cell.kind == "micro" else known_ns
        on = [known.get((cell.workload, (*cell.on, *c.recipes)), plain_ns) for c in group.candidates]
        need_s = [group.processes * (_BASELINES * plain_ns + ns) / 1e9 for ns in itertools.accumulate(on, initial=0.0)]
        fitting = sum(used_s + need <= budget_s for need in need_s[1:])
        if fitting == len(on) and used_s + need_s[-1] <= budget_s:
            kept.append(group)
            used_s += need_s[-1]
        elif fitting and cell.kind != "stack":
            kept.append(replace(group, candidates=group.candidates[:fitting]))
            dropped.append((replace(group, candidates=group.candidates[fitting:]), need_s[-1]))
            used_s += need_s[fitting]
        else:
            dropped.append((group, need_s[-1]))
    return kept, dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """The groups that a budget has room for, what a call of each takes (by id), and all rows, with remarks."""

    groups: list[Group]
    call_ns: dict[str, float]
    rows: list[Row]


Remedy = Callable[[Row, float], str]  # for a row that does not fit, and the seconds that all slow ones here need


def more_budget(times: float = 1) -> Remedy:
    """The user's own command with a budget that suffices, where `times` what there is here would be that budget."""
    return lambda row, need_s: f"needs {budget_words(times * need_s)}"


def budget_words(seconds: float) -> str:
    """The option of the command line."""
    return f"--budget {math.ceil(seconds)}s"


_SAME_COMMAND = more_budget()


def fit(
    rows: Sequence[Row],
    outcome: Outcome,
    settings: Settings,
    remedy: Remedy = _SAME_COMMAND,
    rank: Callable[[Row], float] = lambda row: 0.0,
) -> Fitted:
    """Form the groups; a row whose first round does not fit the budget is kept with a remark instead.

    `remedy` says what to do about it. `rank`: of rows that do not all fit, the lowest go in first.
    """
    groups, call_ns = _groups(sorted(rows, key=rank), outcome, settings)
    kept, dropped = within_budget(groups, call_ns, settings.budget_s, _known_ns(outcome))
    need_s = needed_s(rows, outcome, settings) if dropped else 0.0
    left = {place: group.id for group, _ in dropped for place in _rows_in(group)}
    measured = {place for group in kept for place in _rows_in(group)}
    said = []
    for row in rows:
        place = row.recipes, row.cell
        if not row.remark and place not in measured and (group_id := left.get(place)):
            took = f"one call takes {numbers.time(call_ns[group_id])}"
            row = replace(row, remark=f"{took}: {remedy(row, need_s)}, or a smaller --size")
        said.append(row)
    return Fitted(groups=kept, call_ns=call_ns, rows=said)


def _rows_in(group: Group) -> Iterator[tuple[tuple[str, ...], Cell]]:
    """The rows that a group measures, by their recipes and cell: of candidates, and of the baseline by itself."""
    yield from ((candidate.recipes, group.cell) for candidate in group.candidates)
    if group.alone:
        yield (), group.cell


def stretched(rows: Sequence[Row], outcome: Outcome, settings: Settings) -> Settings:
    """As much more budget as the first rounds of slow calls need, where the user set none; and up to twice the budget,
    so that each group has a second round: a single one is half cold, and shows nothing of its own noise."""
    if not settings.stretch_s:
        return settings
    need_s = min(needed_s(rows, outcome, settings), settings.stretch_s)
    again_s = min(_second_rounds_s(*_groups(rows, outcome, settings)), 2 * settings.budget_s)
    return replace(settings, budget_s=max(settings.budget_s, need_s, again_s))


def _second_rounds_s(groups: Sequence[Group], call_ns: Mapping[str, float]) -> float:
    """A budget of which each group's part has room for two rounds in each process."""
    weights = sum(group.weight * group.processes for group in groups)
    rounds_s = {g.id: len(g.roles) * call_ns[g.id] * (1 if call_ns[g.id] > SLOW_CALL_NS else 2) / 1e9 for g in groups}
    return max((2 * rounds_s[g.id] * weights / g.weight for g in groups if not g.brief), default=0.0)


def needed_s(rows: Sequence[Row], outcome: Outcome, settings: Settings) -> float:
    """A budget in which the first rounds of all slow calls fit."""
    return slow_rounds_s(*_groups(rows, outcome, settings), _known_ns(outcome))


def slow_rounds_s(
    groups: Sequence[Group],
    call_ns: Mapping[str, float],
    known_ns: Mapping[tuple[str, tuple[str, ...]], float] = MappingProxyType({}),
) -> float:
    """What the first rounds of slow calls need, with something to spare. As for `within_budget`."""
    _, slow = within_budget(groups, call_ns, 0.0, known_ns)
    return _SPARE * sum(need_s for _, need_s in slow)


def _known_ns(outcome: Outcome) -> dict[tuple[str, tuple[str, ...]], float]:
    return {place: inspected.call_ns for place, inspected in outcome.seams.items()}


def _groups(rows: Sequence[Row], outcome: Outcome, settings: Settings) -> tuple[list[Group], dict[str, float]]:
    """The groups of all rows whose recipes are right and called, and what a call of each takes."""
    healthy = [r for r in rows if r.recipes not in outcome.failures and r.place not in outcome.not_exercised]
    row_ns = {row: outcome.call_ns(row.cell) for row in healthy if not row.remark}
    groups = groups_of(healthy, row_ns, settings.processes, outcome.groups)
    return groups, {group.id: outcome.call_ns(group.cell) for group in groups}


def set_up_s(fitted: Fitted, start_s: float, at_once: int) -> float:
    """Seconds that starting processes, building instances and warming them up will take, roughly.

    `start_s`: what opening one, or `at_once` beside each other, has taken here.
    """
    groups = fitted.groups
    starts = math.ceil(max(g.processes for g in groups) / at_once)
    starts += sum(g.processes * len(g.roles) for g in groups if g.cell.layout != IN_PROCESS)
    built = sum(math.ceil(g.processes / at_once) for g in groups)
    calls = {g.id: 1 if fitted.call_ns[g.id] > SLOW_CALL_NS else 3 for g in groups}  # before the first round
    warm_ns = sum(g.processes * len(g.roles) * calls[g.id] * fitted.call_ns[g.id] / at_once for g in groups)
    ended = sum(g.processes for g in groups)
    return starts * start_s + built * _BUILD_S + ended * _END_S + warm_ns / 1e9
