"""The measuring process: `python -m perfkit.engine.worker`, started and spoken to by `perfkit.engine.process`.

It reads one JSON request a line from its command descriptor and answers each with one JSON line; it is sent names
and seeds, never code or pickles. Everything it is asked to time happens between two lines, so that talking is never
on the clock. When the command descriptor closes it ends.
"""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from perfkit import plan
from perfkit.engine import environment
from perfkit.engine.clock import perf_clock, resolution_ns, walk
from perfkit.engine.prove import Rejected, blaming, user_code
from perfkit.engine.rounds import Lane, Taker
from perfkit.engine.subject import ColdSeamSubject, MacroSubject, Subject, input_bytes
from perfkit.engine.template import Template
from perfkit.engine.workbench import Workbench
from perfkit.errors import PerfkitError
from perfkit.profilers import cprofile
from perfkit.profilers.profile import Profile

__all__ = ["Worker", "main"]

_MIN_SAMPLE_NS = 2_000_000  # 2 ms: above the clock's resolution and a scheduler's tick of noise
_REFERENCE = "reference"


class Worker:
    """Answers requests; each public method named in `_ANSWERS` is one."""

    def __init__(self) -> None:
        self._opened: Workbench | None = None
        self._taker: Taker | None = None

    def open(self, request: dict[str, Any]) -> dict[str, Any]:
        """Load the target; answer with the environment and the clock's resolution."""
        catalogs = [Path(p) for p in request["catalogs"]]
        self._opened = Workbench(catalogs, request["target"], seed=request["seed"], process=request["process"])
        answer: dict[str, Any] = {"resolution_ns": resolution_ns()}
        if request.get("describe"):
            answer["environment"] = environment.describe()
        return answer

    def inspect(self, request: dict[str, Any]) -> dict[str, Any]:
        """Count and clock the seams of one variant over a few calls of a workload, each with every seam wrapped."""
        what = request["workload"], request["size"], request["recipes"]
        described, subject = self._bench.recorded(*what, describe=True)
        self._timed_calls(subject, range(1))  # the first call of a process also pays for what it loads
        described.reset()
        recorder, passes, call_ns = described, 1, float(self._timed_calls(subject, range(1, 2)))
        subject.close()
        if call_ns < request["enough_ns"]:
            recorder, subject = self._bench.recorded(*what, describe=False)
            bare = self._bench.macro(*what)
            for warm in (bare, subject):
                self._timed_calls(warm, range(1))
            recorder.reset()
            passes = int(max(1, min(request["calls"], request["enough_ns"] // call_ns)))
            self._timed_calls(subject, range(1, passes + 1))
            # shares are of a bare call: the wrappers' own cost must not dilute them
            call_ns = self._timed_calls(bare, range(1, passes + 1)) / passes
            subject.close()
            bare.close()
        seams = {}
        for name, seen in recorder.seen.items():
            template = described.seen[name].dearest()
            seams[name] = {
                "calls": seen.calls,
                "inclusive": seen.total_ns / passes / call_ns,
                "exclusive": seen.self_ns / passes / call_ns,
                "concurrent": seen.concurrent,
                "obstacle": template.obstacle if template else "",
                "shapes": template.describe() if template else "",
            }
        return {"call_ns": call_ns, "passes": passes, "seams": seams}

    def _timed_calls(self, subject: MacroSubject, calls: range) -> int:
        def work() -> int:
            arguments = [subject.prepare(subject.data(plan.stream(self._bench.seed, "inspect", c))) for c in calls]
            return walk(subject.invoke, arguments, perf_clock)[0]

        elapsed_ns: int = user_code("counting pass", work)
        return elapsed_ns

    def profile(self, request: dict[str, Any]) -> dict[str, Any]:
        """cProfile over as many calls, after one to warm up; only the calls are in the profile."""
        subject = self._bench.macro(request["workload"], request["size"], request["recipes"])
        codes = {name: getattr(function, "__code__", None) for name, function in vars(subject.ops).items()}
        seams = {(c.co_filename, c.co_firstlineno, c.co_name): name for name, c in codes.items() if c is not None}
        streams = range(2 * request["calls"] + 1)

        def work() -> Profile:
            arguments = [subject.prepare(subject.data(plan.stream(self._bench.seed, "profile", s))) for s in streams]
            subject.invoke(arguments.pop())
            return cprofile.collect(subject.invoke, arguments, seams)

        profile: Profile = user_code("profiling", work)
        subject.close()
        return asdict(profile)

    def prove(self, request: dict[str, Any]) -> dict[str, Any]:
        """The whole proof of one variant on one workload, at the target's proof size."""
        workload, recipes = request["workload"], request["recipes"]
        size = self._bench.proof_size(workload)
        tally = self._bench.prove(workload, size, request["on"], recipes, at_size=request.get("at_size", True))
        return {"checked_calls": tally.checked_calls}

    def prove_seam(self, request: dict[str, Any]) -> dict[str, Any]:
        """The whole proof of one variant on one seam alone."""
        template, recipes = self._template(request), request["recipes"]
        tally = self._bench.prove_seam(request["seam"], template, request["on"], recipes, request["soak"])
        return {"checked_calls": tally.checked_calls}

    def build(self, request: dict[str, Any]) -> dict[str, Any]:
        """Build the instances of one group, warm them up, and choose the loops. Answers per role."""
        roles = request["roles"]
        lanes: dict[str, Lane] = {}
        for role in [*roles, *([] if plan.BASELINE in roles else [_REFERENCE])]:
            recipes = request["variants"].get(role, request["on"])
            own = [r for r in recipes if r not in request["on"]]
            with blaming(role):
                subject = self._subject(request, recipes)
            lanes[role] = Lane(role=role, subject=subject, rule=self._bench.rule(own, seam=request["kind"] == "micro"))
        reference = lanes.pop(_REFERENCE) if _REFERENCE in lanes else lanes[plan.BASELINE]
        self._taker = Taker(
            group=request["group"],
            seed=self._bench.seed,
            process=self._bench.process,
            lanes=lanes,
            reference=reference,
            clock=perf_clock,
            target_ns=max(_MIN_SAMPLE_NS, 1000 * request["resolution_ns"]),
        )
        gc.collect()
        gc.freeze()
        gc.disable()
        answer = {}
        for role in lanes:
            with blaming(role):
                self._taker.pilot(role)
        for role, lane in lanes.items():
            answer[role] = {"loops": lane.loops, "call_ns": lane.call_ns, "natural": list(lane.natural)}
            if isinstance(lane.subject, ColdSeamSubject):
                answer[role]["build_ns"] = lane.subject.build_ns
            answer[role]["draws"] = input_bytes(lane.last_data) > 0
        return {"roles": answer, "warnings": self._bench.warnings}

    def round(self, request: dict[str, Any]) -> dict[str, Any]:
        """One round, with the loops that the parent chose; answers its samples."""
        for role, loops in request.get("loops", {}).items():
            if role in self._taken().lanes:
                self._taken().lanes[role].loops = loops
        samples = self._taken().round(request["round"], request["order"])
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
        taker = self._taken()
        taker.finish()
        checked = {role: lane.checked_calls for role, lane in taker.lanes.items()}
        for lane in {id(lane): lane for lane in (*taker.lanes.values(), taker.reference)}.values():
            lane.subject.close()
        self._taker = None
        gc.enable()
        gc.unfreeze()
        gc.collect()
        return {"checked_calls": checked}

    @property
    def _bench(self) -> Workbench:
        if self._opened is None:
            raise PerfkitError("the worker was asked to work before it was opened")
        return self._opened

    def _taken(self) -> Taker:
        if self._taker is None:
            raise PerfkitError("the worker was asked for a round before it built a group")
        return self._taker

    def _template(self, request: dict[str, Any]) -> Template:
        return self._bench.template(request["workload"], request["size"], request["seam"], request["on"])

    def _subject(self, request: dict[str, Any], recipes: list[str]) -> Subject:
        if request["kind"] == "macro":
            return self._bench.macro(request["workload"], request["size"], recipes)
        make = self._bench.cold_seam if request["state"] == "cold" else self._bench.seam
        return make(request["seam"], recipes, self._template(request))


_ANSWERS: dict[str, Callable[[Worker, dict[str, Any]], dict[str, Any]]] = {
    "open": Worker.open,
    "inspect": Worker.inspect,
    "profile": Worker.profile,
    "prove": Worker.prove,
    "prove_seam": Worker.prove_seam,
    "build": Worker.build,
    "round": Worker.round,
    "finish": Worker.finish,
}


def _die_with_parent() -> None:
    """Ask Linux to kill this process when its parent ends; elsewhere the closed descriptor ends it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def main(commands_fd: int, answers_fd: int) -> None:
    """Answer requests until the command descriptor closes."""
    _die_with_parent()
    faulthandler.enable()
    worker = Worker()
    with os.fdopen(commands_fd, "r", encoding="utf-8") as commands, os.fdopen(answers_fd, "w", encoding="utf-8") as out:
        for line in commands:
            request = json.loads(line)
            answer: dict[str, Any]
            try:
                answer = {"ok": _ANSWERS[request["do"]](worker, request)}
            except Rejected as rejected:
                answer = {"rejected": rejected.to_json()}
            except PerfkitError as error:
                answer = {"error": {"message": error.message, "hint": error.hint, "code": error.code}}
            sys.stdout.flush()
            out.write(json.dumps(answer) + "\n")
            out.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
