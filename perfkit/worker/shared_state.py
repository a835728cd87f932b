"""Before, while and after recipes run: is what all code of the process shares still the baseline's?

`process_state` looks around every call. What takes longer to find out is found here, once a proof and
once a group: functions and values of the target and of libraries, threads and processes, and states that are dear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from perfkit.worker.guard import Rejected, user_code
from perfkit.worker.state import leftovers, process_state, random_state
from perfkit.worker.state.function_table import FunctionTable
from perfkit.worker.state.leftovers import Running
from perfkit.worker.state.origin import add_catalogue
from perfkit.worker.state.target_values import TargetValues

__all__ = ["SharedState"]


_FILES = 20  # that libraries may open for themselves; who opens one a call has hundreds by then


class SharedState:
    """As it was when the target had been loaded; what the baseline alone changes is not watched."""

    def __init__(self, module: str) -> None:
        """`module`: that of the target."""
        add_catalogue(module)
        process_state.forget_allowed()
        random_state.forget()
        package = f"{module.rpartition('.')[0]}."
        self._functions = FunctionTable(package)
        self._own_functions = FunctionTable(package, only=True)
        self._values = TargetValues(package)
        self._closely = process_state.snapshot_closely()
        self._at_first = leftovers.running()
        self._files = leftovers.open_files()
        self._of_baseline: dict[str, Running] = {}  # by workload: what its instance keeps running

    def loading(self, module: str, name: str, load: Callable[[], Any]) -> Any:
        """Load a recipe; what its file imports has been, and counts as it is now."""
        add_catalogue(module)
        self._functions.extend()
        return self._without_random(f"importing recipe {name}", load, seeds_only=False)

    def applying(self, compose: Callable[[], Any]) -> Any:
        """Apply recipes to a table of seams."""
        return self._without_random("applying the recipe", compose, seeds_only=True)

    @staticmethod
    def _without_random(during: str, work: Callable[[], Any], *, seeds_only: bool) -> Any:
        done, moved = random_state.changed_by(lambda: user_code(during, work), seeds_only=seeds_only)
        if moved:
            raise Rejected(during, error=random_state.in_words(moved))
        return done

    def knows(self, workload: str) -> bool:
        """Whether the baseline of a workload has been seen alone."""
        return workload in self._of_baseline

    @contextmanager
    def of_the_baseline(self, workload: str) -> Iterator[Callable[[], None]]:
        """While the baseline runs alone. What is given notes what its instance keeps running; call it before the end.

        What the baseline changes is not watched from then on, nor what it leaves running.
        """
        before, at_first = self._closely, leftovers.running()
        self._of_baseline[workload] = Running(frozenset(), frozenset())

        def note() -> None:
            self._of_baseline[workload] = leftovers.running().beyond(at_first)

        yield note
        self._values.leave_out(self._values.changed())
        self._closely = process_state.snapshot_closely()
        process_state.settle(before, self._closely, baseline=True)
        self._files = leftovers.open_files()
        left = leftovers.running_after(at_first)
        self._at_first = Running(self._at_first.threads | left.threads, self._at_first.processes | left.processes)

    def begin(self) -> None:
        """From here on perfkit itself has set what it needs (it freezes the garbage collector while it measures)."""
        self._closely = process_state.snapshot_closely()

    def check(self, during: str) -> None:
        """Raise Rejected naming the first change; all of them are undone as far as that is possible."""
        error = self._changed()
        if error:
            self._functions.restore()
            self._values.restore()
            raise Rejected(during, error=error)

    def _changed(self) -> str:
        replaced = self._functions.replaced()
        if replaced:
            return f"replaces {replaced}, for all code of the process"
        for words in self._values.changed().values():
            return f"changes what the target keeps: {words}"
        words = process_state.settle(self._closely, process_state.snapshot_closely(), baseline=False)
        return f"changes {words}, for all code of the process" if words else ""

    def check_target(self, during: str) -> None:
        """As `check`, of the target's own functions alone: some ten microseconds."""
        replaced = self._own_functions.replaced()
        if replaced:
            raise Rejected(during, error=f"replaces {replaced}, for all code of the process")

    def check_random(self, during: str) -> None:
        """Raise Rejected when Python's or numpy's global generator has moved since the last compared call."""
        moved = random_state.moved_since()
        if moved:
            raise Rejected(during, error=random_state.in_words(moved))

    def running_beyond_baseline(self, workload: str, threads: int, children: int) -> list[str]:
        """What runs beside an instance of a candidate, beyond what runs beside one of the baseline; in words."""
        with_it = leftovers.running().beyond(self._at_first)
        without = self._of_baseline.get(workload, Running(frozenset(), frozenset()))
        return _in_words(
            with_it, threads + len(without.threads), children + len(without.processes), "keeps", (threads, children)
        )

    def left_running(self, threads: int, children: int) -> list[str]:
        """What still runs when every instance has been closed, in words."""
        left = leftovers.running_after(self._at_first, threads, children)
        more = leftovers.open_files() - self._files
        files = [f"leaves {more} files open after its calls"] if more > _FILES else []
        return [*_in_words(left, threads, children, "leaves", (threads, children)), *files]

    def restore(self, *, checked: bool = False) -> None:
        """Put everything back as it was before the recipes, for a process that goes on, and end what they have left.

        `checked`: nothing has run since `check` has found all as it was.
        """
        if not checked:
            self._functions.restore()
            self._values.restore()
            process_state.restore(self._closely)
        leftovers.end(leftovers.running().beyond(self._at_first).processes)


def _in_words(found: Running, threads: int, children: int, verb: str, declared: tuple[int, int]) -> list[str]:
    words = []
    if len(found.threads) > threads:
        words.append(f"{verb} {leftovers.in_words(found.threads, declared[0])}")
    count = len(found.processes)
    if count > children:
        allowed = f" (it declares {declared[1]})" if declared[1] else ""
        words.append(f"{verb} {count} process{'es' * (count != 1)} running{allowed}; perfkit ends them")
    return words
