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
from perfkit.catalog import Catalog, load_recipe, load_target, open_catalogs
from perfkit.engine import environment
from perfkit.engine.clock import perf_clock, resolution_ns, walk
from perfkit.engine.prove import Rejected, prove, user_code
from perfkit.engine.record import SeamRecorder
from perfkit.engine.rounds import Lane, Taker, blaming
from perfkit.engine.subject import ColdSeamSubject, MacroSubject, SeamSubject, Subject
from perfkit.engine.template import Template
from perfkit.equivalence import Equivalence, exact
from perfkit.errors import PerfkitError
from perfkit.profilers import cprofile
from perfkit.profilers.profile import Profile
from perfkit.recipe import Recipe, compose
from perfkit.target import Target

__all__ = ["Worker", "main"]

_MIN_SAMPLE_NS = 2_000_000  # 2 ms: above the clock's resolution and a scheduler's tick of noise
_REFERENCE = "reference"


class Worker:
    """Answers requests; each public method named in `_ANSWERS` is one."""

    def __init__(self) -> None:
        self._catalog: Catalog | None = None
        self._target: Target | None = None
        self._tree: dict[str, tuple[str, ...]] = {}
        self._recipes: dict[str, Recipe] = {}
        self._shared: dict[tuple[Callable[[str, int], Any], str], Any] = {}
        self._taker: Taker | None = None
        self._recordings: list[Subject] = []
        self._templates: dict[tuple[str, ...], Template] = {}
        self._seed = 0
        self._process = 0

    # -- requests ---------------------------------------------------------------------------------------------

    def open(self, request: dict[str, Any]) -> dict[str, Any]:
        """Load the target; answer with the environment and the clock's resolution."""
        self._catalog = open_catalogs([Path(p) for p in request["catalogs"]])
        entry = self._catalog.target(request["target"])
        self._target = user_code(f"importing target {entry.id}", lambda: load_target(entry))
        self._tree = entry.tree
        self._seed, self._process = request["seed"], request["process"]
        answer: dict[str, Any] = {"resolution_ns": resolution_ns()}
        if request.get("describe"):
            answer["environment"] = environment.describe()
        return answer

    def inspect(self, request: dict[str, Any]) -> dict[str, Any]:
        """Count and clock the seams of one variant over a few calls of a workload, each with every seam wrapped."""
        described, subject = self._record(request, request["recipes"], describe=True)
        recorder, passes, call_ns = described, 1, self._timed_calls(subject, range(1))
        subject.close()
        if call_ns < request["enough_ns"]:
            recorder, subject = self._record(request, request["recipes"], describe=False)
            bare = self._macro(request["workload"], request["size"], request["recipes"], "bare")
            warm_ns = max(self._timed_calls(s, range(1)) for s in (bare, subject))
            recorder.reset()
            passes = max(1, min(request["calls"], request["enough_ns"] // warm_ns))
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
                "obstacle": template.obstacle if template else "",
                "shapes": template.describe() if template else "",
            }
        return {"call_ns": call_ns, "passes": passes, "seams": seams}

    def _timed_calls(self, subject: MacroSubject, calls: range) -> int:
        def work() -> int:
            arguments = [subject.prepare(subject.data(plan.stream(self._seed, "inspect", c))) for c in calls]
            return walk(subject.invoke, arguments, perf_clock)[0]

        elapsed_ns: int = user_code("counting pass", work)
        return elapsed_ns

    def profile(self, request: dict[str, Any]) -> dict[str, Any]:
        """cProfile over as many calls, after one to warm up; only the calls are in the profile."""
        subject = self._macro(request["workload"], request["size"], request["recipes"], "profiled")
        codes = {name: getattr(function, "__code__", None) for name, function in vars(subject.ops).items()}
        seams = {(c.co_filename, c.co_firstlineno, c.co_name): name for name, c in codes.items() if c is not None}
        streams = range(2 * request["calls"] + 1)

        def work() -> Profile:
            arguments = [subject.prepare(subject.data(plan.stream(self._seed, "profile", s))) for s in streams]
            subject.invoke(arguments.pop())
            return cprofile.collect(subject.invoke, arguments, seams)

        profile: Profile = user_code("profiling", work)
        subject.close()
        return asdict(profile)

    def prove(self, request: dict[str, Any]) -> dict[str, Any]:
        """The whole proof of one variant on one workload, at the target's proof size."""
        target = self._loaded()
        workload = target.workload(request["workload"])
        size = target.proof_size if target.proof_size in workload.sizes else workload.sizes[0]
        rule = self._rule(request["recipes"], seam=False)
        reference = self._macro(request["workload"], size, request["on"], "baseline")
        candidate = self._macro(request["workload"], size, [*request["on"], *request["recipes"]], "candidate")
        awkward, change = workload.awkward, workload.change
        tally = prove(
            reference,
            candidate,
            rule,
            self._seed,
            awkward=None if awkward is None else lambda s: iter(awkward(s.shared)),  # type: ignore[attr-defined]
            change=None if change is None else lambda s, rng: change(s.instance, rng),  # type: ignore[attr-defined]
        )
        reference.close()
        candidate.close()
        return {"checked_calls": tally.checked_calls, "kind": rule.kind}

    def prove_seam(self, request: dict[str, Any]) -> dict[str, Any]:
        """The whole proof of one variant on one seam alone."""
        rule = self._rule(request["recipes"], seam=True)
        template = self._template(request)
        on, with_recipes = request["on"], [*request["on"], *request["recipes"]]
        bank = plan.stream(self._seed, "bank", request["seam"])
        reference = SeamSubject(request["seam"], self._ops(on, "baseline"), template, bank)
        candidate = SeamSubject(request["seam"], self._ops(with_recipes, "candidate"), template, bank)
        tally = prove(reference, candidate, rule, self._seed, soak=request["soak"])
        return {"checked_calls": tally.checked_calls, "kind": rule.kind}

    def build(self, request: dict[str, Any]) -> dict[str, Any]:
        """Build the instances of one group, warm them up, and choose the loops. Answers per role."""
        group, roles = request["group"], request["roles"]
        variants: dict[str, list[str]] = request["variants"]
        template = self._template(request) if request["kind"] == "micro" else None
        lanes: dict[str, Lane] = {}
        for role in [*roles, *([] if plan.BASELINE in roles else [_REFERENCE])]:
            recipes = variants.get(role, request["on"])
            with blaming(role):
                subject = self._subject(request, template, role, recipes)
            own = [r for r in recipes if r not in request["on"]]
            lanes[role] = Lane(role=role, subject=subject, rule=self._rule(own, seam=template is not None))
        reference = lanes.pop(_REFERENCE) if _REFERENCE in lanes else lanes[plan.BASELINE]
        self._taker = Taker(
            group=group,
            seed=self._seed,
            process=self._process,
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
        if plan.BASELINE in lanes and plan.CONTROL in lanes:
            lanes[plan.CONTROL].loops = lanes[plan.BASELINE].loops
        for role, lane in lanes.items():
            answer[role] = {"loops": lane.loops, "call_ns": lane.call_ns}
        return {"roles": answer}

    def round(self, request: dict[str, Any]) -> dict[str, Any]:
        """One round; answers its samples."""
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

    # -- parts ------------------------------------------------------------------------------------------------

    def _loaded(self) -> Target:
        if self._target is None:
            raise PerfkitError("the worker was asked to work before it was opened")
        return self._target

    def _taken(self) -> Taker:
        if self._taker is None:
            raise PerfkitError("the worker was asked for a round before it built a group")
        return self._taker

    def _recipe(self, name: str) -> Recipe:
        if name not in self._recipes and self._catalog is not None:
            entry = self._catalog.recipe(name)
            self._recipes[name] = user_code(f"importing recipe {name}", lambda: load_recipe(entry))
        return self._recipes[name]

    def _ops(self, recipes: list[str], role: str) -> Any:
        chosen = [self._recipe(name) for name in recipes]
        return user_code(f"building {role}", lambda: compose(self._loaded().ops(), chosen, self._tree))

    def _rule(self, recipes: list[str], *, seam: bool) -> Equivalence:
        """The rule for a variant: the loosest of its recipes', or exact for none."""
        rules = [(r.seam_equivalence if seam else None) or r.equivalence for r in map(self._recipe, recipes)]
        return max(rules, key=lambda r: (r.atol + r.rtol, r.ulp), default=exact())

    def _shared_data(self, workload: str, size: str) -> Any:
        make = self._loaded().workload(workload).shared
        key = (make, size)  # workloads that name the same function share the same weights
        if key not in self._shared:
            self._shared[key] = user_code("building the weights", lambda: make(size, self._seed))
        return self._shared[key]

    def _macro(self, workload: str, size: str, recipes: list[str], role: str) -> MacroSubject:
        shared = self._shared_data(workload, size)
        ops = self._ops(recipes, role)
        subject: MacroSubject = user_code(
            f"building {role}", lambda: MacroSubject(self._loaded().workload(workload), ops, shared)
        )
        return subject

    def _subject(self, request: dict[str, Any], template: Template | None, role: str, recipes: list[str]) -> Subject:
        if template is None:
            return self._macro(request["workload"], request["size"], recipes, role)
        seam, bank = request["seam"], plan.stream(self._seed, self._process, "bank", request["seam"])
        if request["state"] == "cold":
            return ColdSeamSubject(seam, lambda: self._ops(recipes, role), template, bank)
        return SeamSubject(seam, self._ops(recipes, role), template, bank)

    def _record(
        self, request: dict[str, Any], recipes: list[str], *, describe: bool
    ) -> tuple[SeamRecorder, MacroSubject]:
        recorder = SeamRecorder(self._ops(recipes, "recording"), self._loaded().opaque, describe=describe)
        shared = self._shared_data(request["workload"], request["size"])
        workload = self._loaded().workload(request["workload"])
        subject: MacroSubject = user_code("counting pass", lambda: MacroSubject(workload, recorder.ops, shared))
        return recorder, subject

    def _template(self, request: dict[str, Any]) -> Template:
        """The arguments of a seam's dearest call in one real call of the workload; recorded once a process."""
        key = (request["workload"], request["size"], request["seam"], *request["on"])
        if key in self._templates:
            return self._templates[key]
        recorder, subject = self._record(request, request["on"], describe=True)
        self._recordings.append(subject)  # its thread pool is handed to the seam, so it must outlive the group
        data = subject.data(plan.stream(self._seed, "record"))
        user_code("recording", lambda: subject.invoke(subject.prepare(data)))
        template = recorder.seen[request["seam"]].dearest()
        if template is None or template.obstacle:
            raise PerfkitError(f"the seam {request['seam']} cannot be measured alone")
        self._templates[key] = template
        return template


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
