"""perfkit from Python: `perfkit.compare(old, new, inputs=make)`, `perfkit.profile(f, inputs=make)`, also in a notebook.

The functions are measured in fresh interpreters, which import them by name: what stands in `__main__`, in another
function, or is a lambda cannot be imported, and is refused with what to do about it.
"""

from __future__ import annotations

import io
import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from perfkit.errors import UsageError
from perfkit.result import Document, Result, Speedup, Verdict
from perfkit.settings import Settings

if TYPE_CHECKING:
    from rich.console import RenderableType

    from perfkit.comparison.functions import Functions
    from perfkit.profilers.analysis.whole import HotLine
    from perfkit.profilers.common.profile import HotSpot
    from perfkit.profiling.run import Profiled

__all__ = ["Compared", "FunctionProfile", "bench", "compare", "profile"]

_WIDTH = 100
_TOP = 15  # functions of a table
_IN_A_FILE = "put it into a file and import it from there; in a notebook, %%writefile mine.py, then from mine import …"


class _Drawn:
    """What has a table: as text, and in a notebook."""

    def __rich__(self) -> RenderableType:
        raise NotImplementedError

    def table(self, width: int = _WIDTH) -> str:
        """The table as the command prints it, as plain text."""
        from rich.console import Console

        text = io.StringIO()
        Console(file=text, width=width, no_color=True, highlight=False, markup=False, emoji=False).print(
            self.__rich__()
        )
        return "\n".join(line.rstrip() for line in text.getvalue().splitlines())

    def __str__(self) -> str:
        return self.table()

    def _repr_html_(self) -> str:
        """The table in a notebook."""
        from rich.console import Console

        screen = Console(file=io.StringIO(), width=_WIDTH, record=True, force_jupyter=False, highlight=False)
        screen.print(self.__rich__())
        pre = '<pre style="font-family:monospace;line-height:1.3;white-space:pre">{code}</pre>'
        return screen.export_html(inline_styles=True, code_format=pre)


@dataclass(frozen=True)
class Compared(_Drawn):
    """What a comparison found: of one candidate its verdict and speed-up, of all a row each in `results`.

    Of a benchmark, whose rows have the verdict `measured`, the times of one function by itself.
    """

    document: Document

    @property
    def results(self) -> tuple[Result, ...]:
        """A row for each candidate and each set of arguments, as in the table."""
        return self.document.results

    @property
    def verdict(self) -> Verdict:
        """faster, slower, equivalent, undecided, rejected, failed …; of the first row."""
        return self.results[0].verdict

    @property
    def speedup(self) -> Speedup | None:
        """Before/after, above 1 is faster, with its 95 % interval; of the first row. None where it has none."""
        return self.results[0].speedup

    @property
    def interval(self) -> Speedup | None:
        """The interval that the table prints: the one that decides the verdict. None where no interval did."""
        from perfkit.stats.deciding_interval import deciding

        return deciding(self.results[0])

    def to_json(self) -> str:
        """The document that `--json` writes, with all samples."""
        from perfkit.report.document import to_json

        return to_json(self.document)

    def __rich__(self) -> RenderableType:
        from perfkit.report.choice import report_of

        return report_of(self.document, {}, {})


@dataclass(frozen=True)
class FunctionProfile(_Drawn):
    """Where the time of a function goes: its hot spots and hot lines, the most expensive first."""

    profiled: Profiled

    @property
    def hotspots(self) -> tuple[HotSpot, ...]:
        """Every function that was seen, as the profiler that tells most has it: the largest own time first."""
        from perfkit.profilers.analysis.side_by_side import main_of

        main = main_of(self.profiled.profiles)
        return main.hotspots if main is not None else ()

    @property
    def lines(self) -> tuple[HotLine, ...]:
        """The lines that are hot, of the hottest functions."""
        return self.profiled.lines

    def to_json(self) -> str:
        """The document that `perfkit profile --json` writes."""
        from perfkit.report.data.profile import profile_data
        from perfkit.report.document import to_json

        return to_json(profile_data(self.profiled))

    def __rich__(self) -> RenderableType:
        from perfkit.report.profiles.profile import profile_report

        return profile_report(self.profiled, _TOP)


Named = Callable[..., Any] | str


def compare(
    old: Named,
    *new: Named,
    inputs: Named | None = None,
    args: str | None = None,
    close: Mapping[str, float] | None = None,
    equal: Named | None = None,
    check_printed: bool = False,
    proof: bool = True,
    quick: bool = False,
    settings: Settings | None = None,
) -> Compared:
    """Prove that functions give what `old` gives, and measure them against it.

    Functions are given as they are or by name, `pkg.mod:func`. `inputs(rng)` returns the arguments of one call, a tuple
    or `perfkit.args(x, n=3)`; `args` has them in literals, `"n=[10, 1000]"`. `close`: the arguments of
    `perfkit.equivalence.close`, such as `{"rtol": 1e-6}`; `equal(expected, got)` decides on its own. `proof=False`
    compares nothing. `quick`: a first look, 5 processes and 2.5 s.

    Raises UsageError where the functions cannot be called like this or a fresh interpreter cannot import them, and
    WorkFailed where `old` fails. A candidate that is wrong, raises or crashes is a row of the result. Any error after
    the first sample is a `perfkit.result.CutShort`, whose `document` holds what was measured.
    """
    from perfkit import api
    from perfkit.comparison.arguments import read_arguments, read_tolerance
    from perfkit.comparison.functions import Functions

    bounds = ",".join(f"{name}={value}" for name, value in (close or {}).items() if name != "ulp")
    ulp = (close or {}).get("ulp")
    asked = Functions(
        baseline=_name(old),
        candidates=tuple(map(_name, new)),
        make=_name(inputs) if inputs is not None else None,
        calls=read_arguments(args) if args is not None else {},
        folder=os.getcwd(),
        path=_own_path(),
        close=read_tolerance(bounds or None, None if ulp is None else int(ulp)),
        equal=_name(equal) if equal is not None else None,
        unproven=not proof,
        printed=check_printed,
    )
    settings = settings or replace(Settings.first_look() if quick else Settings(), seed=api.fresh_seed())
    command = _command(asked, args)
    return Compared(api.compare_functions(asked, quick=quick, settings=settings, command=command))


def bench(
    function: Named,
    *,
    inputs: Named | None = None,
    args: str | None = None,
    size: int | None = None,
    dtype: str | None = None,
    sweep: str | None = None,
    settings: Settings | None = None,
) -> Compared:
    """Measure a function by itself: its first call in a process, and later ones, each on fresh inputs.

    `function`, `inputs` and `args` are as in `compare`; `size` and `dtype` are what `inputs(rng, size=…, dtype=…)` is
    given, `sweep="size=64:4096"` measures once for each point. What is watched beside the clock, subnormals among it,
    stands in `results[0].bench`.

    Raises UsageError where the function cannot be called like this or a fresh interpreter cannot import it, and
    WorkFailed where it fails. Any error after the first sample is a `perfkit.result.CutShort`, whose `document` holds
    what was measured.
    """
    from perfkit import api
    from perfkit.microbench.functions import named_function

    asked = named_function(
        _name(function),
        folder=os.getcwd(),
        path=_own_path(),
        make=_name(inputs) if inputs is not None else None,
        args=args,
        size=None if size is None else str(size),
        dtype=dtype,
        sweep=sweep,
    )
    words = ["perfkit", "bench", asked.functions.baseline]
    for option, value in (("inputs", asked.functions.make), ("args", args), ("size", size), ("dtype", dtype)):
        words += [f"--{option}", str(value)] if value is not None else []
    words += ["--sweep", sweep] if sweep is not None else []
    settings = settings or Settings(processes=5, budget_s=5.0, seed=api.fresh_seed())
    return Compared(api.bench_function(asked, settings=settings, command=shlex.join(words)))


def profile(
    function: Named,
    *,
    inputs: Named | None = None,
    args: str | None = None,
    profilers: Sequence[str] = (),
    duration_s: float = 2.0,
    settings: Settings | None = None,
) -> FunctionProfile:
    """Run a function under profilers, by default all that suit, each for `duration_s` in a process of its own.

    `function`, `inputs` and `args` are as in `compare`; `profilers` are named as `perfkit profile --with` does.

    Raises UsageError where the function cannot be called like this or a fresh interpreter cannot import it, WorkFailed
    where it fails, and ProfilerUnavailable.
    """
    from perfkit import api
    from perfkit.comparison.arguments import read_arguments
    from perfkit.profiling.each import Wanted
    from perfkit.protocol.opening import FromCallables

    if inputs is not None and args is not None:
        raise UsageError("inputs and args do not go together", hint="use one of them")
    code = FromCallables(
        baseline=_name(function),
        candidates={},
        make=_name(inputs) if inputs is not None else "",
        calls=read_arguments(args) if args is not None else {},
        folder=os.getcwd(),
        path=_own_path(),
        recurring=True,
    )
    wanted = Wanted(profilers=tuple(profilers), duration_s=duration_s)
    return FunctionProfile(api.profile_function(code, wanted=wanted, settings=settings))


def _command(asked: Functions, args: str | None) -> str:
    """The command line that comes to the same, for what is suggested next."""
    words = ["perfkit", "compare", asked.baseline, *asked.candidates]
    words += ["--inputs", asked.make] if asked.make is not None else ["--args", args] if args is not None else []
    bounds = ",".join(f"{name}={value:g}" for name, value in asked.close.items() if name != "ulp")
    words += ["--close", bounds] if bounds else []
    words += ["--ulp", f"{asked.close['ulp']:g}"] if "ulp" in asked.close else []
    words += ["--equal", asked.equal] if asked.equal is not None else []
    words += ["--no-proof"] * asked.unproven + ["--check", "stdout"] * asked.printed
    return shlex.join(words)


def _name(function: Named) -> str:
    """How a fresh interpreter finds a function. Raises UsageError where it cannot."""
    if isinstance(function, str):
        return function
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    if not (isinstance(module, str) and isinstance(name, str)):
        raise UsageError(f"{function!r} has no name to import it by", hint="give it as 'pkg.mod:func'")
    if module == "__main__":
        raise UsageError(f"{name} is defined in __main__, which a fresh interpreter cannot import", hint=_IN_A_FILE)
    if "<" in name:
        what = "a lambda" if name.endswith("<lambda>") else "defined inside another function"
        raise UsageError(f"{name.rpartition('.')[2]} is {what}, which cannot be imported", hint=_IN_A_FILE)
    return f"{module}:{name}"


def _own_path() -> tuple[str, ...]:
    """Where this process looks for modules, which a fresh interpreter may not."""
    return tuple(os.path.abspath(folder) for folder in sys.path if os.path.isdir(folder or "."))
