"""The command that helps most after a comparison. One run suggests one: no other line names a budget."""

from __future__ import annotations

import ast
import itertools
import math
import shlex
from collections.abc import Sequence

from perfkit.equivalence import with_headroom
from perfkit.grammar import is_function
from perfkit.report.suggest import with_catalogs
from perfkit.result import WRONG, Document, Result
from perfkit.schedule import SLOW_CALL_NS
from perfkit.settings import Settings
from perfkit.stats.advice import Remedy, halving
from perfkit.stats.verdict import MIN_PROCESSES, by_intervals

__all__ = ["next_words"]

_USUAL = Settings()
_VALUED = ("--budget", "--processes", "--json", "--save", "--markdown")  # options that a finer run does without
_DROPPED = ("--quick", "--stack")  # and flags
_FLAGS = (*_DROPPED, "--no-proof")  # which no value follows
_RULES = ("--close", "--ulp", "--equal", "--no-proof")  # which a tolerance replaces
_FINER = 4.0  # times the budget, where it is not known what it gives


def next_words(document: Document) -> str:
    """Explain what is wrong, sharpen what is undecided, or look further; in the catalogues that were compared."""
    suggested = with_catalogs(_next(document), _words_of(document))
    return f"{_place(document)}{suggested}" if suggested else ""


def _next(document: Document) -> str:
    named = [r for r in document.results if r.recipes]
    first = named[0]
    profile = shlex.join(["perfkit", "profile", first.cell.target])
    wrong = next((r for r in named if r.verdict in WRONG), None)
    if is_function(first.cell.target):
        return _next_of_functions(document, named, wrong)
    if wrong is not None:
        return shlex.join(["perfkit", "explain", wrong.recipes[0]])
    if (open_ := next(filter(_is_open, named), None)) and (finer := _finer(document, open_)):
        return finer
    if len({r.recipes for r in named}) > 1:
        return f"{profile} · {shlex.join(['perfkit', 'explain', first.recipes[0]])}"
    return f"{profile} · {shlex.join(['perfkit', 'compare', first.cell.target, '--all'])}"


def _next_of_functions(document: Document, rows: Sequence[Result], wrong: Result | None) -> str:
    """Let pass what differs in the last bits, sharpen what is undecided, or see where the time goes now."""
    if wrong is not None:
        wider = with_headroom((wrong.proof.first_difference or {}).get("would_pass"))
        bounds = ",".join(f"{name}={value:g}" for name, value in wider.items())
        words = _without(_own_command(document, wrong)[0], _RULES)
        return shlex.join([*words, "--close", bounds]) if bounds else ""
    open_ = next(filter(_is_open, rows), None)
    if open_ is not None and (finer := _finer(document, open_)):
        return finer
    words = _own_command(document, rows[0])[0]
    given = _valued(words, "--inputs") or [_last_call(word) for word in _valued(words, "--args")]
    return shlex.join(["perfkit", "profile", rows[0].recipes[0], *given])


def _last_call(text: str) -> str:
    """Of the literals of several calls those of the last one: a profile is of one."""
    try:
        call = ast.parse(f"f({text}\n)", mode="eval").body
    except (SyntaxError, ValueError):  # the option's own name; or a file, which may say anything
        return text
    if not isinstance(call, ast.Call) or text == "--args":
        return text
    values = [*call.args, *(word.value for word in call.keywords)]
    names = [""] * len(call.args) + [f"{word.arg}=" for word in call.keywords]
    last = [value.elts[-1] if isinstance(value, ast.List) and value.elts else value for value in values]
    return ", ".join(f"{name}{ast.unparse(value)}" for name, value in zip(names, last, strict=True))


def _valued(words: Sequence[str], option: str) -> list[str]:
    """An option of a command, with its value."""
    for word, following in itertools.pairwise([*words, ""]):
        if word.startswith(f"{option}="):
            return [option, word.partition("=")[2]]
        if word == option:
            return [option, following]
    return []


def _is_open(r: Result) -> bool:
    """Whether a narrower interval may tell more: of the whole workload, or of a claim that nothing else keeps open."""
    claimed = r.claim is not None and r.claim.outcome == "undecided" and not r.claim.why
    return claimed or (r.cell.kind == "macro" and r.verdict == "undecided" and not _is_narrow(r))


def _is_narrow(r: Result) -> bool:
    """Whether the interval is narrow enough for a verdict, so that something else has kept the row from it."""
    if r.speedup is None or r.speedup_99 is None or r.processes < MIN_PROCESSES:
        return False
    return by_intervals(r.speedup, r.speedup_99, r.noise_floor or 0.0, r.margin)[0] != "undecided"


def _finer(document: Document, r: Result) -> str:
    """The user's own command for the recipe of an open row, measured so that its interval about halves.

    All other options keep their meaning. "" where neither rounds nor processes would do it.
    """
    words, narrowed = _own_command(document, r)
    if r.speedup is None or r.processes < 2:
        return shlex.join(words)
    slow = (r.baseline_ns or 0) > SLOW_CALL_NS  # the engine gives calls this long as few processes as it may
    remedy = halving(
        r.variance,
        point=math.log(r.speedup.point),
        processes=r.processes,
        rounds=r.rounds // r.processes,
        out_of_time=(r.stopped_by or document.status) == "budget",
        more_processes=not slow,
    )
    if remedy is not None:
        return f"{_with_options(words, document, r, remedy, narrowed)}  # about halves the interval"
    if slow and r.variance is None:  # a round or two do not say what more of them give
        return _with_options(words, document, r, Remedy(processes=r.processes, budget_times=_FINER), narrowed)
    return ""


def _with_options(words: Sequence[str], document: Document, r: Result, remedy: Remedy, narrowed: bool) -> str:
    budget_s = document.timing.get("measuring_s", 0.0) * remedy.budget_times
    if narrowed:
        budget_s *= _share(document, r)
    processes = remedy.processes
    if processes == r.processes:  # as many as before, which of slow calls is fewer than was asked for
        processes = max(row.processes for row in document.results)
    if processes < MIN_PROCESSES:  # without a verdict, however narrow its interval
        budget_s *= MIN_PROCESSES / processes
        processes = MIN_PROCESSES
    more = [] if processes == _USUAL.processes else ["--processes", str(processes)]
    return shlex.join([*words, *more, "--budget", f"{max(1, round(budget_s))}s"])


def _own_command(document: Document, r: Result) -> tuple[list[str], bool]:
    """The words of the user's command, for that recipe alone; whether it was about more."""
    names = [word for name in r.recipes for word in ("--recipe", name.rpartition("/")[2])]
    words = _words_of(document)
    if words[:2] != ["perfkit", "compare"]:
        names = [*r.recipes] if is_function(r.cell.target) else names
        words = ["perfkit", "compare", r.cell.target, *names]
    kept = [name for word in _without(words, (*_DROPPED, *_VALUED)) for name in (names if word == "--all" else [word])]
    return kept, "--all" in words


def _without(words: Sequence[str], options: Sequence[str]) -> list[str]:
    """The words of a command without some options, and their values."""
    kept: list[str] = []
    skip = False
    for word in words:
        if not (skip or word in options or word.startswith(tuple(f"{option}=" for option in options))):
            kept.append(word)
        skip = not skip and word in options and word not in _FLAGS
    return kept


def _place(document: Document) -> str:
    """What a command begins with that was run for another folder than the current one."""
    before, found, _ = document.command.partition(" && perfkit ")
    return f"{before} && " if found and before.startswith("cd ") else ""


def _words_of(document: Document) -> list[str]:
    try:
        return shlex.split(document.command.removeprefix(_place(document)))
    except ValueError:  # a file may say anything
        return []


def _share(document: Document, r: Result) -> float:
    """The part of the sampling that the recipe's own rows would take without the others."""
    whole_ns = sum(sample.elapsed_ns for sample in document.samples)
    own_ns = sum(_sampled_ns(row) for row in document.results if set(row.recipes) <= set(r.recipes))
    return min(1.0, own_ns / whole_ns) if whole_ns and own_ns else 1.0


def _sampled_ns(r: Result) -> float:
    """What the samples of a row's baseline, control and candidate take."""
    per_call_ns = {"baseline": r.baseline_ns, "control": r.baseline_ns, r.role: r.candidate_ns}
    return r.rounds * sum(r.loops.get(role, 1) * (ns or 0.0) for role, ns in per_call_ns.items())
