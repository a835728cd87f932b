"""A catalogue on disk: a target with its recipes, and the subjects that a process builds from it."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from perfkit import numbers, schedule
from perfkit.axis import read_point, without_dtype
from perfkit.catalog import load_needed, load_recipe, load_target, open_catalogs
from perfkit.equivalence import Equivalence, combined
from perfkit.errors import PerfkitError
from perfkit.machine.float_mode import said_of, watching_imports
from perfkit.recipe import Recipe, compose
from perfkit.target import Cost, Seam, Target, Workload
from perfkit.worker.declared import seam_cost
from perfkit.worker.device.open_device import open_device
from perfkit.worker.device.timer import DeviceTimer
from perfkit.worker.guard import blaming, user_code
from perfkit.worker.inputs.arguments import ArgumentSpec
from perfkit.worker.inputs.recorder import SeamRecorder
from perfkit.worker.inputs.recording import Catcher, Recording, share
from perfkit.worker.lazy.consume import Lateness
from perfkit.worker.number_health import scan
from perfkit.worker.shared_state import SharedState
from perfkit.worker.subject import ColdSeamSubject, MacroSubject, SeamSubject
from perfkit.worker.timer import HostTimer, Timer

__all__ = ["CatalogSource"]


class CatalogSource:
    """Loads what it is asked for, once; every subject it builds has instances and state of its own."""

    def __init__(
        self,
        catalogs: Sequence[Path],
        target: str,
        *,
        seed: int,
        process: int = 0,
        installed: bool = True,
        timer: Timer | None = None,
    ) -> None:
        self.catalog = open_catalogs(catalogs, installed=installed, target=target)
        self.entry = self.catalog.target(target)
        with watching_imports() as switched:
            self.target: Target = user_code(
                f"importing target {target}", lambda: load_target(self.entry), whole_process=True
            )
        self.shared_state = SharedState(self.entry.module)
        self.seams: Mapping[str, Seam] = self.entry.seams
        self.timer = timer or _timer_of(self.target)
        self.seed = seed
        self.process = process
        self._recipes: dict[str, Recipe] = {}
        self._shared: dict[tuple[Callable[..., Any], str], Any] = {}
        self._specs: dict[tuple[str, ...], ArgumentSpec] = {}
        # their thread pools and weights go to the seams: they live as long as this process
        self._recorders: dict[tuple[str, ...], tuple[SeamRecorder, MacroSubject]] = {}
        self._recorded = itertools.count()  # runs of any workload: no two have one input
        # of workloads and seams, known to all roles
        self._lateness: dict[Any, Lateness] = defaultdict(partial(Lateness, device=self.timer.device))
        self.printed = False
        self.warnings = said_of(switched, target)  # and what the shared weights are found to hold

    def recipe(self, name: str) -> Recipe:
        """One recipe, imported when first asked for."""
        if name not in self._recipes:
            entry = self.catalog.recipe(name)
            user_code(f"importing what recipe {name} imports", lambda: load_needed(entry))
            self._recipes[name] = self.shared_state.loading(entry.module, name, lambda: load_recipe(entry))
        return self._recipes[name]

    def ops(self, recipes: Sequence[str]) -> Any:
        """A table of seams with `recipes` switched on, for one instance alone."""
        return self.shared_state.applying(self._composing(recipes))

    def _composing(self, recipes: Sequence[str]) -> Callable[[], Any]:
        chosen = [self.recipe(name) for name in recipes]
        return lambda: compose(self.target.ops(), chosen, self.entry.tree)

    def rule(self, recipes: Sequence[str], *, seam: bool) -> Equivalence:
        """What must be equal when `recipes` are switched on: in the workload's output, or in the seam's."""
        found = [self.recipe(name) for name in recipes]
        return combined([(r.seam_equivalence if seam else None) or r.equivalence for r in found])

    def touches(self, recipes: Sequence[str]) -> frozenset[str]:
        """The seams that the recipes declare to replace."""
        return frozenset(seam for name in recipes for seam in self.recipe(name).touches)

    def allowed(self, recipes: Sequence[str]) -> tuple[int, int]:
        """How many threads and child processes the recipes declare to keep running."""
        chosen = [self.recipe(name) for name in recipes]
        return sum(r.threads for r in chosen), sum(r.children for r in chosen)

    def workload(self, name: str) -> Workload:
        """As the target describes it."""
        return self.target.workload(name)

    def shared(self, workload: str, size: str) -> Any:
        """What all instances of a workload share, made when it is first asked for."""
        return self._shared_of(self.target.workload(workload), size)

    def proof_size(self, workload: str) -> str:
        """The size at which a workload is proven."""
        sizes = self.target.workload(workload).sizes
        return self.target.proof_size if self.target.proof_size in sizes else sizes[0]

    def macro(self, workload: str, size: str, recipes: Sequence[str]) -> MacroSubject:
        """A whole workload on an instance of its own; weights are shared by all instances of this process."""
        return self._instance(workload, size, self.ops(recipes))

    def seam(self, seam: str, recipes: Sequence[str], spec: ArgumentSpec) -> SeamSubject:
        """One seam alone, called as `spec` says."""
        lateness = self._lateness[seam]
        return SeamSubject(self.seams[seam], self.ops(recipes), spec, self._bank(seam), lateness)

    def cold_seam(self, seam: str, recipes: Sequence[str], spec: ArgumentSpec) -> ColdSeamSubject:
        """One seam alone, each call on a table of its own."""
        described, lateness, build = self.seams[seam], self._lateness[seam], self._composing(recipes)
        watched = self.shared_state.applying
        return ColdSeamSubject(described, build, spec, self._bank(seam), lateness, watched=watched)

    def recorded(
        self, workload: str, size: str, recipes: Sequence[str], *, describe: bool | Collection[str]
    ) -> tuple[SeamRecorder, MacroSubject]:
        """A workload whose seams are watched."""
        only_read = self._only_read
        recorder = SeamRecorder(
            self.ops(recipes), self.target.opaque, describe=describe, only_read=only_read, device=self.timer.device
        )
        return recorder, self._instance(workload, size, recorder.ops)

    def spec(self, workload: str, size: str, seam: str, recipes: Sequence[str]) -> ArgumentSpec:
        """The arguments of a seam's costliest kind of call in two real calls of a workload; described once a process.

        Raises PerfkitError for a seam that cannot be measured alone.
        """
        spec = self.alone(workload, size, seam, recipes)
        if spec is None:
            raise PerfkitError(f"the seam {seam} cannot be measured alone")
        return spec

    def alone(self, workload: str, size: str, seam: str, recipes: Sequence[str]) -> ArgumentSpec | None:
        """As `spec`; None for a seam that cannot be measured alone."""
        key = (workload, size, seam, *recipes)
        if key not in self._specs:
            size, dtype = without_dtype(size, self.target.workload(workload).axes)
            recorder, subject = self._recorder(workload, size, recipes, seam)
            spec = self.choice(recorder, seam)
            if spec is None or spec.obstacle:
                return None
            spec = spec.as_dtype(dtype) if dtype else spec
            if spec.recorded:
                spec = replace(spec, recording=self._recording(recorder, subject, seam))
            self._specs[key] = spec
        return self._specs[key]

    def record_together(self, workload: str, size: str, seams: Sequence[str], recipes: Sequence[str]) -> None:
        """From now on a run of the workload that one of these seams is recorded in serves the others too."""
        self._recorder(workload, without_dtype(size, self.target.workload(workload).axes)[0], recipes, *seams)
        specs = [self.alone(workload, size, seam, recipes) for seam in seams]
        recordings = [spec.recording for spec in specs if spec is not None and spec.recording is not None]
        for one in recordings:
            one.beside = [other for other in recordings if other is not one]

    def choice(self, recorder: SeamRecorder, seam: str) -> ArgumentSpec | None:
        """Whether a seam's arguments are drawn or recorded, from what was seen of it; None where it was not called."""
        calls, known = recorder.seen[seam].kinds, self.seams[seam]
        return None if calls is None else calls.spec(reused=known.reused, consumes=known.consumes)

    def _recorder(
        self, workload: str, size: str, recipes: Sequence[str], *seams: str
    ) -> tuple[SeamRecorder, MacroSubject]:
        """What records a workload, and has described the calls of these seams: of them alone at first, since describing
        all takes longer than many a workload, and of all as soon as others are wanted too."""
        key = (workload, size, *recipes)
        known = self._recorders.get(key)
        if known is None or any(known[0].seen[seam].kinds is None for seam in seams):
            stays = known is None and self.target.workload(workload).close is None  # nobody closes one that is replaced
            with blaming(schedule.BASELINE):
                describe = {*seams, *self._only_read} if stays else True
                recorder, subject = self.recorded(workload, size, recipes, describe=describe)
                for number in range(2):  # what comes again in the second was not made from an input
                    self._call(subject, schedule.stream(self.seed, "record", number))
                    recorder.reset()
            self._recorders[key] = recorder, subject
        return self._recorders[key]

    @property
    def _only_read(self) -> set[str]:
        return {name for name, seam in self.seams.items() if seam.only_read}

    def _call(self, subject: MacroSubject, stream: int) -> None:
        user_code("recording", lambda: subject.invoke(subject.prepare(subject.data(stream))))

    def _recording(self, recorder: SeamRecorder, subject: MacroSubject, seam: str) -> Recording:
        calls = recorder.seen[seam].kinds
        if calls is None:
            raise PerfkitError(f"the calls of {seam} were not described")

        def run(catchers: Mapping[str, Catcher]) -> None:
            stream = schedule.stream(self.seed, self.process, "recording", next(self._recorded))
            with blaming(schedule.BASELINE):
                recorder.catching(catchers, lambda: self._call(subject, stream))

        shared = share(self.target.opaque, type(recorder.ops), calls.lasting())
        seed = schedule.stream(self.seed, self.process, "recorded", seam)
        again = self.seams[seam].reused
        return Recording(seam, run, calls.wanted(), shared, seed, again=again)

    def least(self, seam: str, arguments: Sequence[Any]) -> Cost | None:
        """What the target's `costs` say of such a call."""
        return seam_cost(seam, self.target.costs, arguments)

    def let_go(self) -> None:
        """Forget the instances that arguments are recorded from, where they keep something running."""
        for key in [key for key, (_, recorded) in self._recorders.items() if recorded.workload.close is not None]:
            _, recorded = self._recorders.pop(key)
            recorded.close()
            self._specs = {of: spec for of, spec in self._specs.items() if (*of[:2], *of[3:]) != key}

    def _instance(self, workload: str, size: str, ops: Any) -> MacroSubject:
        described = self.target.workload(workload)
        shared, lateness = self._shared_of(described, size), self._lateness["workload", workload]
        subject: MacroSubject = user_code("building", lambda: MacroSubject(described, ops, shared, lateness))
        return subject

    def _shared_of(self, described: Workload, size: str) -> Any:
        """What all instances of a workload share, made when it is first asked for."""
        key = (described.shared, size)  # workloads that name the same function share the same weights
        if key not in self._shared:
            with blaming(schedule.BASELINE):  # the target's own code, whichever role asks first
                plain, axes = read_point(size)
                make = partial(described.shared, plain, self.seed, **dict(axes))
                self._shared[key] = user_code("building the weights", make)
            found = scan(self._shared[key])  # once: nobody writes to them
            if found.subnormal or found.nonfinite:
                subnormal, nonfinite, floats = map(numbers.count, (found.subnormal, found.nonfinite, found.floats))
                self.warnings.append(
                    f"the weights of {described.id} ({size}) hold {subnormal} subnormal and {nonfinite} "
                    f"non-finite numbers of {floats}"
                )
        return self._shared[key]

    def _bank(self, seam: str) -> int:
        return schedule.stream(self.seed, self.process, "bank", seam)


def _timer_of(target: Target) -> Timer:
    """That of the device that its calls run on. Raises PerfkitError where there is none such here."""
    device = open_device(target.device)
    return HostTimer() if device is None else DeviceTimer(device)
