"""One part in one dtype on a GPU: its forms are proven, then those that are right are timed; rows are written at once.

Who runs this in a process of its own sees by `Now` which form is at work, and since when.
"""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from .gpuforms import COMPILED, Form, Unavailable, quiet, table_of
from .gpuparts import PARTS, Bench, Part, Wrong, inputs, precision
from .gputimer import Limits, Timer, limits_of, spread

__all__ = ["FORM_S", "NOBODY", "Contender", "Now", "Run", "TooLong", "measure", "names", "within"]

FEWEST, MOST_S = 3, 6.0  # rounds, and seconds for one part in one dtype and state
WARM_UP = 3  # calls, of which the first compile
FORM_S = 75.0  # that a form may take until it is proven and warm, and that a call may take
TIMING_S = 2 * MOST_S + 3  # before the end no form is begun
NOBODY = -1.0

Now = Any  # [the number of the form at work or NOBODY, since when by time.monotonic], in memory that processes share


class TooLong(BaseException):
    """A form has had the time that one may take. Not an Exception, which the library at work might keep to itself."""


@dataclass(frozen=True)
class Run:
    """What is measured, into which file, and until when by time.monotonic."""

    bench: Bench
    out: Path
    end_s: float
    rounds: int

    def write(self, kind: str, **row: Any) -> None:
        """Put a row into the file at once."""
        with self.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind, **row}) + "\n")

    @property
    def left_s(self) -> float:
        return self.end_s - time.monotonic()


@dataclass
class Contender:
    """A form that is right, ready to be called."""

    number: int
    form: Form
    beside: bool
    call: Callable[[Any], Any]
    given: Iterator[Any]
    seconds: list[float] = field(default_factory=list)


def names(part: Part) -> list[str]:
    """Its forms in the order of their numbers."""
    return [form.name for form in (*part.forms, *part.beside)]


def measure(run: Run, name: str, dtype: str, without: Mapping[str, str], now: Now) -> None:
    """Prove and time the forms of that part but some; `without` says why."""
    (part,) = (part for part in PARTS if part.name == name)
    torch.set_float32_matmul_precision("highest")  # also where the environment asks for TF32
    timer = Timer(run.bench.device)
    limits = limits_of(timer)
    run.write("limits", bytes_s=limits.bytes_s, operations_s=limits.operations_s)
    measuring = Measuring(run, timer, limits, part, dtype, without, now)
    with quiet():
        contenders = [*measuring.right_ones()]
        for state in ("warm", "cold") if timer.on_gpu else ("warm",):
            measuring.take_turns(state, contenders)


@dataclass(frozen=True)
class Measuring:
    """One part in one dtype, at work."""

    run: Run
    timer: Timer
    limits: Limits
    part: Part
    dtype: str
    without: Mapping[str, str]
    now: Now
    expected: dict[bool, Any] = field(default_factory=dict)  # of the spectral model, and of the transformer

    def write(self, kind: str, form: Form, **row: Any) -> None:
        """Put a row of a form into the file."""
        self.run.write(kind, part=self.part.name, dtype=self.dtype, form=form.name, **row)

    def right_ones(self) -> Iterator[Contender]:
        """The forms that can be had here and compute what the first of their kind does in float32."""
        first = (False, self.part.forms[:1]), (True, self.part.beside[:1])
        reference = {beside: form for beside, forms in first for form in forms}
        every = [(False, form) for form in self.part.forms] + [(True, form) for form in self.part.beside]
        # compilers last: they may take all the time that there is
        for number, (beside, form) in sorted(enumerate(every), key=lambda one: one[1][1].name in COMPILED):
            why = self.without.get(form.name) or self.without.get(reference[beside].name)
            if why or self.run.left_s < TIMING_S:
                self.write("skipped", form, why=why or "no time left")
            elif contender := self.tried(number, form, beside, reference[beside]):
                yield contender

    def tried(self, number: int, form: Form, beside: bool, reference: Form) -> Contender | None:
        """The form, proven and warm; None, and a row that says why, where it cannot be had or timed here."""
        self.now[:] = [float(number), time.monotonic()]
        try:
            with within(min(FORM_S, self.run.left_s - TIMING_S)):
                call, given = self.proven(form, beside, reference)
                if why := form.proven_only(self.run.bench.device):
                    raise Unavailable(why)
                for one in given[:WARM_UP]:
                    call(one)
                self.timer.wait()
        except Unavailable as error:
            self.write("skipped", form, why=in_a_line(error))
        except Wrong as error:
            self.write("wrong", form, why=str(error))
        except (TooLong, Exception) as error:  # of one form: the others are measured all the same
            self.write("failed", form, why=in_a_line(error))
            self.timer.wait()  # fails where the form has left the GPU in no state to go on
        else:
            self.write("ready", form, seconds=time.monotonic() - self.now[1])
            return Contender(number, form, beside, call, inputs(given))
        return None

    def proven(self, form: Form, beside: bool, reference: Form) -> tuple[Callable[[Any], Any], list[Any]]:
        """Its call and inputs, once it has computed what the reference does in float32. Raises Wrong, Unavailable."""
        bench = self.run.bench
        if beside not in self.expected:
            call, given = self.part.ready(bench, table_of(reference, bench.device), beside)
            self.expected[beside] = call(given[0])
        call, given = self.part.ready(bench, table_of(form, bench.device), beside)
        call = under(bench, self.dtype, call)
        self.timer.spoil_free_memory()
        error = self.part.prove(bench, self.expected[beside], call(given[0]), given[0], self.dtype)
        self.write("proof", form, error=error)
        return call, given

    def take_turns(self, state: str, contenders: list[Contender]) -> None:
        """Rounds in which each contender is called once, until there are enough or the time is over.

        One that fails in a call is told of in a row, and takes no further part in these rounds.
        """
        contenders = [*contenders]
        order, start_s = random.Random(f"{self.part.name} {self.dtype} {state}"), time.monotonic()
        for contender in contenders:
            contender.seconds = []
        for taken in range(self.run.rounds):
            if taken >= FEWEST and time.monotonic() - start_s > MOST_S:
                break
            for contender in order.sample(contenders, len(contenders)):
                if self.run.left_s < 0:
                    break
                try:
                    contender.seconds.append(self.seconds(contender, state))
                except (TooLong, Exception) as error:
                    self.write("failed", contender.form, state=state, why=in_a_line(error))
                    self.timer.wait()
                    contenders.remove(contender)
        for contender in contenders:
            self.write_times(state, contender)

    def seconds(self, contender: Contender, state: str) -> float:
        """Of one call."""
        self.now[:] = [float(contender.number), time.monotonic()]
        given = next(contender.given)
        with within(FORM_S):
            return self.timer.seconds(lambda: contender.call(given), cold=state == "cold")

    def write_times(self, state: str, contender: Contender) -> None:
        """Put what its calls took into the file."""
        if not contender.seconds:
            self.write("skipped", contender.form, state=state, why="no time left")
            return
        floor_s = self.limits.floor_s(*self.part.floor(self.run.bench, contender.beside), self.dtype)
        median, low, high = spread(contender.seconds)
        figures = {"median_s": median, "low_s": low, "high_s": high, "calls": len(contender.seconds)}
        self.write("time", contender.form, state=state, **figures, floor_s=floor_s, too_fast=median < floor_s)


def under(bench: Bench, dtype: str, call: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The call in that dtype. Each enters it anew: as long as it lasts, autocast keeps what it has made of weights."""

    def cast(given: Any) -> Any:
        with precision(bench, dtype):
            return call(given)

    return cast


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TooLong in what runs longer, as soon as Python's code is at work in it again."""

    def over(*_: object) -> None:
        raise TooLong(f"more than {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def in_a_line(error: BaseException) -> str:
    """Its kind, but of the benchmark's own, and the first line of what it says, if it says anything."""
    first = str(error).strip().partition("\n")[0][:300]
    if isinstance(error, (Unavailable, TooLong)):
        return first
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
