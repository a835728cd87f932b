"""The measuring process: forked by `perfkit.worker.supervisor`, spoken to by `perfkit.session.process`.

It reads one JSON request a line from its command descriptor and answers each with one JSON line that carries the
request's number; it is sent names and seeds, never code or pickles. Everything it is asked to time happens between two
lines, so that talking is never on the clock. When the command descriptor closes it ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import gc
import json
import os
import signal
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from perfkit import schedule
from perfkit.errors import PerfkitError
from perfkit.machine import environment
from perfkit.machine.roofline import rates
from perfkit.profilers.threads import seen
from perfkit.protocol import breadcrumb
from perfkit.worker import thread_errors
from perfkit.worker.extremes import Extremes, leave_room
from perfkit.worker.guard import Rejected, blaming, user_code
from perfkit.worker.inputs.arguments import ArgumentSpec
from perfkit.worker.inputs.recording import Recording
from perfkit.worker.loaded_target import LoadedTarget
from perfkit.worker.proof.prove import refuse_busy
from perfkit.worker.region import Region
from perfkit.worker.sampler import RoleState, Sampler
from perfkit.worker.state import random_state
from perfkit.worker.state.leftovers import busy_after
from perfkit.worker.subject import ColdSeamSubject, MacroSubject, Subject, input_bytes
from perfkit.worker.timer import perf_clock, resolution_ns, timed_loop

__all__ = ["Worker", "answer", "main", "sample_ns"]

# Disturbances of a shared machine come in spells of some milliseconds: the shorter the samples of a round, the
# likelier all of them see the same. Far above the clock's resolution still.
_MIN_SAMPLE_NS = 250_000
_FIRST_CALLS, _STOCK_S = 32, 0.5  # recorded calls that wait for a group, and how long recording those of a round takes
_ATTEMPTS = 32  # more streams than those: a sample that is taken again halves its calls each time
_REFERENCE = "reference"
_NOISE_BYTES, _NOISE_KEPT = 1_000_000, 20_000  # of what the measured code prints


class Worker:
    """Answers requests; each public method named in `_ANSWERS` is one."""

    def __init__(self) -> None:
        self._opened: LoadedTarget | None = None
        self._sampler: Sampler | None = None
        self._region: Region | None = None
        self._recording: Recording | None = None  # of the group that is measured
        self._extremes: Extremes | None = None

    def open(self, request: dict[str, Any]) -> dict[str, Any]:
        """Load the target; answer with the environment and the clock's resolution."""
        catalogs = [Path(p) for p in request["catalogs"]]
        self._opened = LoadedTarget(
            catalogs,
            request["target"],
            seed=request["seed"],
            process=request["process"],
            installed=request.get("installed", True),
        )
        answer: dict[str, Any] = {"resolution_ns": resolution_ns()}
        if request.get("describe"):
            answer["environment"] = environment.describe()
        return answer

    def inspect(self, request: dict[str, Any]) -> dict[str, Any]:
        """Count and clock the seams of one variant over a few calls of a workload, each with every seam wrapped."""
        self._loaded.acquaint(request["workload"])
        with blaming(request["role"]):
            answer = self._inspect(request)
            if request["quiet"]:
                refuse_busy("after the counting pass")
            if request.get("declared"):
                answer["stateful"] = self._loaded.stateful(request["workload"])
            return answer | {"busy": not request["quiet"] and busy_after()}

    def _inspect(self, request: dict[str, Any]) -> dict[str, Any]:
        what = request["workload"], request["size"], request["recipes"]
        described, subject = self._loaded.recorded(*what, describe=True)
        in_build = {name: seen.calls for name, seen in described.seen.items()}
        self._timed_calls(subject, range(1))  # the first call of a process also pays for what it loads
        if request.get("declared"):
            self._loaded.check_declared(request["workload"], subject)
        described.reset()
        recorder, passes, call_ns = described, 1, float(self._timed_calls(subject, range(1, 2)))
        each: dict[str, list[float]] = {name: [] for name in described.seen}  # the share in each pass
        subject.close()
        if call_ns < request["enough_ns"]:
            recorder, subject = self._loaded.recorded(*what, describe=False)
            bare = self._loaded.macro(*what)
            for warm in (bare, subject):
                self._timed_calls(warm, range(1))
            recorder.reset()
            passes = int(max(1, min(request["calls"], request["enough_ns"] // call_ns)))
            bare_ns = 0
            for number in range(1, passes + 1):
                before = {name: seen.total_ns for name, seen in recorder.seen.items()}
                self._timed_calls(subject, range(number, number + 1))
                # shares are of a bare call: the wrappers' own cost must not dilute them
                one_ns = self._timed_calls(bare, range(number, number + 1))
                bare_ns += one_ns
                for name, seen in recorder.seen.items():
                    each[name].append((seen.total_ns - before[name]) / max(1, one_ns))
            call_ns = bare_ns / passes
            subject.close()
            bare.close()
        seams = {}
        for name, seen in recorder.seen.items():
            spec = self._loaded.choice(described, name)
            seams[name] = {
                "calls": seen.calls,
                "in_build": in_build[name],
                "inclusive": seen.total_ns / passes / call_ns,
                "error": statistics.stdev(each[name]) / len(each[name]) ** 0.5 if len(each[name]) > 1 else None,
                "concurrent": seen.concurrent,
                "obstacle": spec.obstacle if spec else "",
                "shapes": spec.describe() if spec else "",
            }
        return {"call_ns": call_ns, "passes": passes, "seams": seams}

    def _timed_calls(self, subject: MacroSubject, calls: range) -> int:
        def work() -> int:
            arguments = [subject.prepare(subject.data(schedule.stream(self._loaded.seed, "inspect", c))) for c in calls]
            return timed_loop(subject.invoke, arguments, perf_clock)[0]

        elapsed_ns: int = user_code("counting pass", work)
        return elapsed_ns

    def profile_open(self, request: dict[str, Any]) -> dict[str, Any]:
        """Build what will be profiled and call it once; answer where it runs and where its seams stand."""
        subject = self._loaded.macro(request["workload"], request["size"], request["recipes"])
        self._region = Region(subject, self._loaded.seed, one_at_a_time=self._stateful(request))
        return self._region.describe()

    def profile_ready(self, request: dict[str, Any]) -> dict[str, Any]:
        """Make the inputs of the region to come."""
        return {"calls": self._profiled().ready(request["calls"])}

    def profile_run(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run the region, bare or under a profiler of this process."""
        elapsed_ns, raw, spent, ends = self._profiled().run(request["under"], request["rate"])
        return {"elapsed_ns": elapsed_ns, "raw": raw, "spent": asdict(spent), "ends": ends, "threads": seen()}

    def profile_files(self, request: dict[str, Any]) -> dict[str, Any]:
        """The source files of all modules that are loaded."""
        names = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        return {"files": [name for name in names if isinstance(name, str) and name.endswith(".py")]}

    def prove(self, request: dict[str, Any]) -> dict[str, Any]:
        """The whole proof of one variant on one workload, at the target's proof size."""
        workload, recipes = request["workload"], request["recipes"]
        self._loaded.acquaint(workload)
        size = self._loaded.proof_size(workload)
        tally = self._loaded.prove(
            workload, size, request["on"], recipes, at_size=request["at_size"], soak_s=request["soak_s"]
        )
        return {
            "checked_calls": tally.checked_calls,
            "calls_of_one_instance": tally.calls_of_one_instance,
            "awkward": self._loaded.awkward_inputs(workload, size),
        }

    def prove_seam(self, request: dict[str, Any]) -> dict[str, Any]:
        """The whole proof of one variant on one seam alone."""
        spec, recipes = self._spec(request), request["recipes"]
        tally = self._loaded.prove_seam(
            request["seam"], spec, request["on"], recipes, request["soak"], request["soak_s"]
        )
        return {"checked_calls": tally.checked_calls, "calls_of_one_instance": tally.calls_of_one_instance}

    def extremes_open(self, request: dict[str, Any]) -> dict[str, Any]:
        """Build what extremes of a workload's own input are tried on; answer their names."""
        workload, on, recipes = request["workload"], request["on"], request["recipes"]
        build = partial(self._loaded.macro, workload, self._loaded.proof_size(workload))
        rule = self._loaded.rule(recipes, seam=False)
        self._extremes = Extremes(lambda: build(on), lambda: build([*on, *recipes]), rule, self._loaded.seed)
        leave_room()
        return {"names": self._extremes.names}

    def extremes_expect(self, request: dict[str, Any]) -> dict[str, Any]:
        """What the baseline makes of one extreme."""
        return self._opened_extremes().expect(request["extreme"])

    def extremes_attempt(self, request: dict[str, Any]) -> dict[str, Any]:
        """Whether the candidate makes the same of it."""
        return self._opened_extremes().attempt(request["extreme"])

    def settle(self, request: dict[str, Any]) -> dict[str, Any]:
        """After the proofs of one variant: what it has left behind in its process. Raises Rejected."""
        left = self._loaded.check_running(request["workload"], request["on"], request["recipes"])
        self._loaded.check_modules()
        if request["quiet"]:
            refuse_busy("after the last call")
        return {"left": left}

    def limits(self, request: dict[str, Any]) -> dict[str, Any]:
        """How fast this machine is at best, and the least that calls of some workloads must do."""
        found = {name: self._loaded.cost(name, size) for name, size in request["sizes"].items()}
        costs = {name: asdict(cost) for name, cost in found.items() if cost is not None}
        return {"rates": asdict(rates()) if costs else {}, "costs": costs}

    def build(self, request: dict[str, Any]) -> dict[str, Any]:
        """Build the instances of one group, warm them up, and choose the loops. Answers per role."""
        roles = request["roles"]
        self._loaded.acquaint(request["workload"])
        states: dict[str, RoleState] = {}
        built_ns: dict[str, int] = {}
        self._recording = self._spec(request).recording if request["kind"] == "micro" else None
        self._stock(_FIRST_CALLS, keep=sys.maxsize)  # until all roles have been piloted
        for role in [*roles, *([] if schedule.BASELINE in roles else [_REFERENCE])]:
            recipes = request["variants"].get(role, request["on"])
            own = [r for r in recipes if r not in request["on"]]
            start = time.perf_counter_ns()
            with blaming(schedule.BASELINE if role == _REFERENCE else role):
                subject = self._subject(request, recipes)
            built_ns[role] = time.perf_counter_ns() - start
            states[role] = RoleState(
                role=role, subject=subject, rule=self._loaded.rule(own, seam=request["kind"] == "micro")
            )
        reference = states.pop(_REFERENCE) if _REFERENCE in states else states[schedule.BASELINE]
        for state in states.values():
            state.fresh_ns = self._recording.fresh_ns if self._recording is not None else 0
        self._sampler = Sampler(
            group=request["group"],
            seed=self._loaded.seed,
            process=self._loaded.process,
            states=states,
            reference=reference,
            clock=perf_clock,
            target_ns=sample_ns(request["resolution_ns"]),
            one_at_a_time=random_state.draws() or (request["kind"] != "micro" and self._stateful(request)),
        )
        gc.collect()
        gc.freeze()
        gc.disable()
        self._loaded.shared_state.begin()
        answer = {}
        for role in states:
            with blaming(role):
                self._sampler.pilot(role)
        for role, state in states.items():
            answer[role] = {"loops": state.loops, "call_ns": state.call_ns, "natural": list(state.natural)}
            if isinstance(state.subject, ColdSeamSubject):
                answer[role]["build_ns"] = state.subject.build_ns
            answer[role]["ready_ns"] = built_ns[role]
            if isinstance(state.subject, MacroSubject):
                answer[role]["units"] = user_code("counting the work", partial(getattr, state.subject, "units"))
            answer[role]["draws"] = self._recording is not None or input_bytes(state.last_data) > 0
        return {"roles": answer, "warnings": self._loaded.warnings}

    def round(self, request: dict[str, Any]) -> dict[str, Any]:
        """One round, with the loops that the parent chose; answers its samples."""
        for role, loops in request.get("loops", {}).items():
            if role in self._sampling().states:
                self._sampling().states[role].loops = loops
        calls = 1 + max(state.loops for state in self._sampling().states.values())
        self._stock(calls, keep=2 * calls + _ATTEMPTS)
        samples = self._sampling().round(request["round"], request["order"])
        self._loaded.check_target(f"round {request['round']}, after the clock")
        return {
            "samples": [
                {
                    "role": s.role,
                    "position": s.position,
                    "loops": s.loops,
                    "elapsed_ns": s.elapsed_ns,
                    "flags": list(s.flags),
                }
                for s in samples
            ]
        }

    def finish(self, request: dict[str, Any]) -> dict[str, Any]:
        """The last checks of a group; lets its instances go."""
        sampler = self._sampling()
        sampler.finish()
        tails = {role: sampler.tail(role) for role in sampler.states}
        checked = {role: state.checked_calls for role, state in sampler.states.items()}
        calls = {  # where each call has a table of its own, no instance is called twice
            role: 1 if isinstance(state.subject, ColdSeamSubject) else state.calls
            for role, state in sampler.states.items()
        }
        ratios = {role: state.ratios for role, state in sampler.states.items() if state.ratios}
        for state in {id(state): state for state in (*sampler.states.values(), sampler.reference)}.values():
            state.subject.close()
        self._sampler = None
        self._loaded.check_modules()
        gc.enable()
        gc.unfreeze()
        gc.collect()
        answer = {"checked_calls": checked, "calls": calls, "ratios": ratios, "tails_ns": tails}
        if self._recording is not None:
            answer["recorded"] = {"repeated": self._recording.repeated, "replayed": self._recording.replayed}
        return answer

    @property
    def _loaded(self) -> LoadedTarget:
        if self._opened is None:
            raise PerfkitError("the worker was asked to work before it was opened")
        return self._opened

    def _sampling(self) -> Sampler:
        if self._sampler is None:
            raise PerfkitError("the worker was asked for a round before it built a group")
        return self._sampler

    def _stock(self, calls: int, *, keep: int) -> None:
        """Record what the next samples need, before any of them: it would cool the caches of whoever comes next."""
        if self._recording is not None:
            self._recording.keep(keep)
            self._recording.stock(calls, _STOCK_S)

    def _profiled(self) -> Region:
        if self._region is None:
            raise PerfkitError("the worker was asked to profile before it was told what")
        return self._region

    def _opened_extremes(self) -> Extremes:
        if self._extremes is None:
            raise PerfkitError("the worker was asked to try an extreme before it was told of what")
        return self._extremes

    def _stateful(self, request: dict[str, Any]) -> bool:
        declared = self._loaded.target.workload(request["workload"]).stateful
        return bool(request.get("stateful")) if declared is None else declared

    def _spec(self, request: dict[str, Any]) -> ArgumentSpec:
        return self._loaded.spec(request["workload"], request["size"], request["seam"], request["on"])

    def _subject(self, request: dict[str, Any], recipes: list[str]) -> Subject:
        if request["kind"] != "micro":
            return self._loaded.macro(request["workload"], request["size"], recipes)
        make = self._loaded.cold_seam if request["state"] == "cold" else self._loaded.seam
        return make(request["seam"], recipes, self._spec(request))


_ANSWERS: dict[str, Callable[[Worker, dict[str, Any]], dict[str, Any]]] = {
    "open": Worker.open,
    "inspect": Worker.inspect,
    "profile_open": Worker.profile_open,
    "profile_ready": Worker.profile_ready,
    "profile_files": Worker.profile_files,
    "profile_run": Worker.profile_run,
    "prove": Worker.prove,
    "prove_seam": Worker.prove_seam,
    "extremes_open": Worker.extremes_open,
    "extremes_expect": Worker.extremes_expect,
    "extremes_attempt": Worker.extremes_attempt,
    "settle": Worker.settle,
    "limits": Worker.limits,
    "build": Worker.build,
    "round": Worker.round,
    "finish": Worker.finish,
}


def sample_ns(resolution_ns: int) -> int:
    """How long a sample is to last at least: a thousand steps of the clock, and a quarter of a millisecond."""
    return max(_MIN_SAMPLE_NS, 1000 * resolution_ns)


def _settle(descriptors: Sequence[int]) -> None:
    """What a process that runs other people's code does before it begins."""
    faulthandler.enable()

    def let_go() -> None:
        for descriptor in descriptors:
            os.close(descriptor)

    os.register_at_fork(after_in_child=let_go)  # a fork of the measured code must not answer in our name
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: end with the supervisor
        with contextlib.suppress(OSError):  # when memory runs out, this process is to be taken, and not perfkit
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def main(commands_fd: int, answers_fd: int, breadcrumb_fd: int) -> None:
    """Answer requests until the command descriptor closes."""
    _settle([commands_fd, answers_fd])
    breadcrumb.keep_in(breadcrumb.Breadcrumb(breadcrumb_fd))
    thread_errors.listen()
    worker = Worker()
    commands, out = os.fdopen(commands_fd, "r", encoding="utf-8"), os.fdopen(answers_fd, "w", encoding="utf-8")
    try:
        for line in commands:
            request = json.loads(line)
            said = {"number": request.pop("number"), **answer(worker, request), "threads": thread_errors.taken()}
            with contextlib.suppress(OSError, ValueError):  # the measured code may have closed it
                sys.stdout.flush()
                _cut_noise()
            out.write(json.dumps(said) + "\n")
            out.flush()
    except OSError:  # nobody can be answered any more
        os._exit(breadcrumb.LOST)


def _cut_noise() -> None:
    """Keep the end of what the measured code has printed: nobody reads more, and it must not fill the disk."""
    size = os.fstat(1).st_size
    if size > _NOISE_BYTES:
        end = os.pread(1, _NOISE_KEPT, size - _NOISE_KEPT)
        os.ftruncate(1, 0)
        os.lseek(1, 0, os.SEEK_SET)
        os.write(1, end)


def answer(worker: Worker, request: dict[str, Any]) -> dict[str, Any]:
    """Do as one request says; what goes wrong is an answer too."""
    try:
        return {"ok": _ANSWERS[request["do"]](worker, request)}
    except Rejected as rejected:
        return {"rejected": rejected.to_json()}
    except KeyboardInterrupt:  # the user's Ctrl-C goes to perfkit; the measured code has raised this one
        role, during = breadcrumb.here()
        return {"rejected": Rejected(during, error="KeyboardInterrupt").to_json() | {"role": role}}
    except PerfkitError as error:
        return {"error": {"message": error.message, "hint": error.hint, "code": error.code}}
