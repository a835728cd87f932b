"""What perfkit knows of a profiler: one record for each, in the profiler's own file.

All that differs between profilers is a field here; who runs one, or reads what it saw, asks the record and never the
name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from perfkit.profilers.common.external import ExternalSampler
from perfkit.profilers.common.profile import Profile
from perfkit.profilers.common.spent import Spent
from perfkit.profilers.common.stacks import Frame, Stacks
from perfkit.profilers.common.wait_places import Place

__all__ = ["TOO_SHORT", "Collect", "InProgram", "Look", "OwnFrames", "Profiler", "Ran", "Region", "RegionProcess"]
__all__ += ["Step", "WholeProgram"]

TOO_SHORT = "the work ended before the first sample: a longer --duration, or a higher --rate"

Step = Callable[[], None]
# runs the steps with so many samples a second: nanoseconds, and what it saw, as JSON carries it
Collect = Callable[[Iterator[Step], int], tuple[int, Any]]
Line = tuple[str, int]  # file and first line of a Python function


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a profiler is asked to look; what it has no choice in it leaves alone.

    `rate`: samples a second. `native`: functions of C too. `lines`: the line that runs in each frame, and not its
    function's first. `idle`: threads that wait too. `pause`: the work stands still while it is read.
    """

    rate: int
    native: bool = False
    lines: bool = False
    idle: bool = False
    pause: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionProcess:
    """The process in which the region runs.

    `root` is the frame above all that is the target's, (file, function); `files` asks for the source files of all
    modules that are loaded by then.
    """

    pid: int
    root: tuple[str, str]
    files: Callable[[], Sequence[str]]

    def is_root(self, frame: Frame) -> bool:
        """Whether what lies below a frame is the target's."""
        return (frame[1], frame[0]) == self.root


class Ran(NamedTuple):
    """The region once: how many calls, how long, where the time went by the system's clocks, what the profiler saw.

    A sampler from outside gives `stacks` and `notes`, one inside the worker `raw`, which is its own `collect`'s.
    `ends`: how calls left the program. `threads`: their names by number.
    """

    passes: int
    elapsed_ns: int
    spent: Spent
    threads: Mapping[str, str]
    ends: tuple[str, ...]
    raw: Any = None
    stacks: Stacks = Stacks((), ())
    notes: tuple[str, ...] = ()


class Region(Protocol):
    """The region, for a profiler that has it run once more. Raises ProfilerUnavailable, and what the work raises."""

    @property
    def process(self) -> RegionProcess:
        """Where it runs."""

    def look(self, calls: int, look: Look) -> Ran:
        """So many calls under the profiler."""

    def collect(self, calls: int, name: str, rate: int) -> Ran:
        """So many calls under that one of its `also`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFrames:
    """Perfkit's own part of a program's stacks: its `files`, and the frame above all that is the program's."""

    files: Set[str]
    root: tuple[str, str]

    def is_root(self, frame: Frame) -> bool:
        """Whether what lies below a frame is the program's."""
        return (frame[1], frame[0]) == self.root


class WholeProgram(NamedTuple):
    """What a profiler saw of a program: its profile; for one that samples, the main thread's stacks by line, waits too.

    Where there are such stacks they say all of the profile but its `native` data and the number of its `samples`.
    """

    profile: Profile
    lined: Stacks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InProgram:
    """How a profiler sees a whole program from inside of its process.

    The program's interpreter runs the file `collector`, which imports nothing of perfkit: see `in_program`. `read`
    makes of a blank profile and of what the collector kept what it saw. `empty`: what it means that it saw nothing.
    """

    collector: str
    read: Callable[[Profile, bytes, OwnFrames], WholeProgram]
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiler:
    """One profiler. It either samples from outside (`sampler`) or runs inside the worker (`collect`)."""

    name: str  # as the command line has it, and every document
    title: str  # as it calls itself
    read: Callable[[Profile, Ran, RegionProcess], Profile]  # fills a blank profile with what the profiler saw
    empty: str  # what to do where it saw nothing

    # how it runs
    collect: Collect | None = None
    also: Mapping[str, Collect] = field(default_factory=dict)  # what else it runs in the worker, by name
    sampler: Callable[[RegionProcess, Look], ExternalSampler] | None = None  # raises ProfilerUnavailable
    needs: str = ""  # the package that it comes with, where perfkit does not bring it
    part: float = 1.0  # of the calls asked for: one that keeps everything needs few
    is_usual: Callable[[], bool] = lambda: True  # whether it runs here where no profiler is named
    suggested: bool = True  # in the place of one that cannot run

    # what it sees
    sees: Literal["thread", "threads", "processes"] = "thread"  # the calling one; all of the process; children too
    samples: Literal["", "evenly", "at calls"] = ""  # it clocks everything; a sample each interval; at the next call
    operations: bool = False  # of a library, and no functions
    has_stacks: bool = False  # a profile of it has `stacks`
    without_waits: bool = False  # its hot spots hold what runs alone

    # what it does after the run under it
    calmer: Callable[[Ran, Look], Look | None] | None = None  # how to look anew, where that look is not to be trusted
    follow_up: Callable[[Profile, int, Region], Profile] | None = None  # more passes; the int: calls asked for
    by_line: Callable[[Stacks, RegionProcess], Stacks] | None = None  # the region's part of stacks that have lines

    # what it tells
    advice: int | None = None  # its place among those that are asked for the share of a seam; None: it cannot tell
    waits: Callable[[Profile], Mapping[Place, float]] | None = None  # nanoseconds of one call that the thread waits
    busy: Callable[[Profile], Mapping[Line, float]] | None = None  # own time of functions, where it keeps no stacks
    hooked: Callable[[Profile], Mapping[Line, float]] | None = None  # how often its hook ran in one call, for each
    exports: Mapping[str, Callable[[Profile], bytes]] = field(default_factory=dict)  # its own formats, by file ending

    # whole programs
    attaches: bool = False  # it looks at one from outside, and at one that runs already
    in_program: InProgram | None = None

    @property
    def follows(self) -> bool:
        """Whether it can see a whole program."""
        return self.attaches or self.in_program is not None

    @property
    def counts_calls(self) -> bool:
        """Whether it counts and clocks every call of a function."""
        return not self.samples and not self.operations

    @property
    def is_outside(self) -> bool:
        """Whether it looks from outside: it takes for running what stands ready and has no processor."""
        return self.sampler is not None

    @property
    def of_program(self) -> InProgram:
        """How it sees a whole program from inside. Raises ValueError of one that does not."""
        if self.in_program is None:
            raise ValueError(f"{self.name} does not run inside of a program")
        return self.in_program
