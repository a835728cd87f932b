"""Recorded arguments: those of real calls, copied before the call, replayed as fresh copies.

Nothing is replayed twice in a process. What is used up is recorded anew, from further inputs of the workload, off the
clock: whoever remembers results by content finds no more than the program itself repeats.
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from perfkit.errors import PerfkitError
from perfkit.tree import copy
from perfkit.tree.atoms import Same
from perfkit.tree.registry import add
from perfkit.worker.inputs.content import digest, nbytes

__all__ = ["Catcher", "OpsSlot", "Recording", "Shared", "share"]

_BYTES = 64 * 2**20  # of copies that wait to be replayed
_CALLS = 256  # of one run of the workload, unless more are needed
_HASHED = 512  # calls of the first runs that are looked at for repeated contents
_HASHED_NS, _COPIED_NS = 100_000_000, 500_000_000  # of one run
_DRY = 3  # runs without a call to record, after which earlier ones are replayed again
_KEPT_FOR_AGAIN = 64
_VARIED = 8  # calls that are not too few to come again
_KEPT = 160  # streams whose arguments stay known; a proof asks for some dozens in one role, and then in the other


@dataclass(frozen=True, slots=True)
class OpsSlot:
    """Where the table of seams itself goes: each role puts its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """A value that is passed as it was, never copied: a weight, or an opaque object of the recorded instance."""

    value: Any


add(Same, Shared)  # no walk goes into it


class Catcher:
    """Copies the arguments of up to `room` calls of one seam in one run of a workload, each call as likely as any.

    `wanted` says which calls count; `shared` which of their arguments are passed as they are.
    """

    def __init__(
        self,
        wanted: Callable[[tuple[Any, ...]], bool],
        shared: Callable[[Any], Any],
        room: int,
        rng: random.Random,
        contents: set[bytes] | None = None,
    ) -> None:
        self.kept: list[list[Any]] = []
        self.met = self.hashed = 0
        self._hashed_ns = self._copied_ns = 0
        self.error: PerfkitError | None = None
        self._wanted, self._shared, self._room, self._rng = wanted, shared, room, rng
        self._contents = contents
        self._lock = threading.Lock()

    def offer(self, args: tuple[Any, ...]) -> None:
        """A call is about to be made with these arguments."""
        if self.error is not None or not self._wanted(args):
            return
        with self._lock:
            self.met += 1
            at = len(self.kept) if len(self.kept) < self._room else self._rng.randrange(self.met)
            try:
                values = [self._shared(value) for value in args]
                if self._contents is not None and self.hashed < _HASHED and self._hashed_ns < _HASHED_NS:
                    self._hash(values, self._contents)
                if at < self._room:
                    self._keep(at, values)
            except PerfkitError as error:  # the program must not meet it: it might go on without
                self.error = error

    def _hash(self, values: list[Any], contents: set[bytes]) -> None:
        start = time.perf_counter_ns()
        contents.add(digest(values) or b"")
        self.hashed += 1
        self._hashed_ns += time.perf_counter_ns() - start

    def _keep(self, at: int, values: list[Any]) -> None:
        start = time.perf_counter_ns()
        self.kept[at : at + 1] = [copy(values, "arguments")]
        self._copied_ns += time.perf_counter_ns() - start
        if self.met == 1:
            self._room = max(1, min(self._room, _BYTES // max(1, nbytes(self.kept[0]))))
        if self._copied_ns > _COPIED_NS:
            self._room = len(self.kept)


class Recording:
    """The recorded calls of one seam in one process. Equal streams get equal arguments, different ones other calls.

    `run(catchers)` calls the workload once, on an input that none of its earlier runs had. `again`: the program passes
    the same arguments again and again, and so do replays. What is recorded `beside` has its share of each run, where it
    waits for calls: a workload that takes long runs once for all of them.
    """

    beside: Sequence[Recording] = ()

    def __init__(
        self,
        seam: str,
        run: Callable[[Mapping[str, Catcher]], None],
        wanted: Callable[[tuple[Any, ...]], bool],
        shared: Callable[[Any], Any],
        seed: int,
        *,
        again: bool = False,
    ) -> None:
        self.calls = 0  # recorded so far
        self.replayed = 0  # how often all of them had to be replayed once more
        self._seam, self._run, self._wanted, self._shared = seam, run, wanted, shared
        self._rng = random.Random(seed)
        self._again = again
        self._spare: list[list[Any]] = []
        self._given: OrderedDict[int, list[Any]] = OrderedDict()
        self._past: list[list[Any]] = []
        self._room = _KEPT
        self._dry = self._spent_ns = 0
        self._enough_ns = math.inf
        self._contents: set[bytes] = set()
        self._hashed = 0

    def take(self, stream: int) -> list[Any]:
        """Fresh copies of the arguments of one call."""
        entry = self._given.pop(stream, None)
        if entry is None:
            if not self._spare and self._spent_ns > self._enough_ns and len(self._past) >= _VARIED:
                self._once_more()
            elif not self._spare:
                self.stock(1)
            entry = self._spare.pop()
        self._given[stream] = entry
        while len(self._given) > self._room:
            self._given.popitem(last=False)
        taken: list[Any] = copy(entry, "arguments")
        return taken

    def stock(self, calls: int, limit_s: float = float("inf")) -> None:
        """Record until so many calls wait to be replayed, at most for about `limit_s`, but one at least."""
        start = time.monotonic()
        while len(self._spare) < calls and (not self._spare or time.monotonic() - start < limit_s):
            self._gather(calls - len(self._spare))

    def keep(self, calls: int) -> None:
        """For how many streams, the latest ones, the arguments stay known to roles that have not asked yet."""
        self._room = calls

    def enough_after(self, seconds: float) -> None:
        """Once recording has taken so long, and there is some variety, earlier calls come again instead of new ones.

        For proofs alone, where the number of calls matters more than that no two are alike.
        """
        self._enough_ns = seconds * 1e9

    def release(self) -> None:
        """Let go of what waits: its group is over."""
        self._spare.clear()
        self._given.clear()
        self._room = _KEPT

    @property
    def fresh_ns(self) -> int:
        """What recording one more call takes, with its share of the run that it comes from."""
        return self._spent_ns // max(1, self.calls)

    @property
    def repeated(self) -> float:
        """The share of the program's own calls whose arguments have contents that came before."""
        return 1 - len(self._contents) / self._hashed if self._hashed else 0.0

    def _gather(self, need: int) -> None:
        if (self._again and self._past) or self._dry >= _DRY:
            self._once_more()
            return
        recordings = [self, *(other for other in self.beside if not (other._spare or other._past))]
        catchers = {other._seam: other._catcher(need) for other in recordings}
        start = time.perf_counter_ns()
        self._run(catchers)
        elapsed_ns = time.perf_counter_ns() - start
        for other in recordings:
            other._note(catchers[other._seam], elapsed_ns)
        if (error := catchers[self._seam].error) is not None:
            raise error

    def _catcher(self, need: int) -> Catcher:
        contents = self._contents if self._hashed < _HASHED else None
        return Catcher(self._wanted, self._shared, max(_CALLS, need), self._rng, contents)

    def _note(self, caught: Catcher, elapsed_ns: int) -> None:
        """What one run has brought; nothing where an argument could not be copied, which is said to whoever asks."""
        if caught.error is not None:
            return
        self._rng.shuffle(caught.kept)
        self._spare = caught.kept + self._spare
        self._hashed += caught.hashed
        self._dry = 0 if caught.kept else self._dry + 1
        self.calls += len(caught.kept)
        self._past = (self._past + caught.kept)[:_KEPT_FOR_AGAIN]
        self._spent_ns += elapsed_ns

    def _once_more(self) -> None:
        if not self._past:
            raise PerfkitError(f"the seam {self._seam} is no more called as it was: it cannot be measured alone")
        self.replayed += 0 if self._again else 1
        self._spare = [*self._past]
        self._rng.shuffle(self._spare)


def share(opaque: tuple[type, ...], ops_type: type, lasting: Collection[int]) -> Callable[[Any], Any]:
    """How one argument is kept: by a slot, as it is (by its id in `lasting`, opaque, read-only), or to be copied."""

    def kept(value: Any) -> Any:
        if isinstance(value, ops_type):
            return OpsSlot()
        if isinstance(value, np.ndarray) and not value.flags.writeable:
            return Shared(value)
        return Shared(value) if id(value) in lasting or isinstance(value, opaque) else value

    return kept
