"""What one process has loaded of one target, and the subjects it builds from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from perfkit import schedule
from perfkit.catalog import load_needed, load_recipe, load_target, open_catalogs
from perfkit.equivalence import Equivalence, combined
from perfkit.errors import PerfkitError
from perfkit.recipe import Recipe, compose
from perfkit.target import Cost, Target, Workload
from perfkit.worker.declared import cost_of, ratios_of, units_of
from perfkit.worker.denormal import scan
from perfkit.worker.guard import Rejected, blaming, user_code
from perfkit.worker.inputs.arguments import ArgumentSpec, Fixed
from perfkit.worker.inputs.content import digest
from perfkit.worker.inputs.recorder import SeamRecorder
from perfkit.worker.inputs.recording import Catcher, Recording, share
from perfkit.worker.lazy.consume import Lateness
from perfkit.worker.proof.prove import Tally, call_once, compare_call, prove
from perfkit.worker.state.shared_state import SharedState
from perfkit.worker.stateful import prepare_touches
from perfkit.worker.subject import ColdSeamSubject, MacroSubject, SeamSubject

__all__ = ["LoadedTarget"]


class LoadedTarget:
    """Loads what it is asked for, once; every subject it builds has instances and state of its own."""

    def __init__(
        self, catalogs: Sequence[Path], target: str, *, seed: int, process: int = 0, installed: bool = True
    ) -> None:
        self.catalog = open_catalogs(catalogs, installed=installed)
        self.entry = self.catalog.target(target)
        self.target: Target = user_code(
            f"importing target {target}", lambda: load_target(self.entry), whole_process=True
        )
        self.shared_state = SharedState(self.entry.module)
        self.seed = seed
        self.process = process
        self._recipes: dict[str, Recipe] = {}
        self._shared: dict[tuple[Callable[[str, int], Any], str], Any] = {}
        self._specs: dict[tuple[str, ...], ArgumentSpec] = {}
        # their thread pools and weights go to the seams: they live as long as this process
        self._recorders: dict[tuple[str, ...], tuple[SeamRecorder, MacroSubject]] = {}
        self._lateness: dict[Any, Lateness] = defaultdict(Lateness)  # of workloads and seams, known to all roles
        self.warnings: list[str] = []  # what the shared weights are found to hold

    def recipe(self, name: str) -> Recipe:
        """One recipe, imported when first asked for."""
        if name not in self._recipes:
            entry = self.catalog.recipe(name)
            user_code(f"importing what recipe {name} imports", lambda: load_needed(entry))
            self._recipes[name] = self.shared_state.loading(entry.module, name, lambda: load_recipe(entry))
        return self._recipes[name]

    def ops(self, recipes: Sequence[str]) -> Any:
        """A table of seams with `recipes` switched on, for one instance alone."""
        chosen = [self.recipe(name) for name in recipes]
        return self.shared_state.applying(lambda: compose(self.target.ops(), chosen, self.entry.tree))

    def rule(self, recipes: Sequence[str], *, seam: bool) -> Equivalence:
        """What must be equal when `recipes` are switched on: in the workload's output, or in the seam's."""
        found = [self.recipe(name) for name in recipes]
        return combined([(r.seam_equivalence if seam else None) or r.equivalence for r in found])

    def proof_size(self, workload: str) -> str:
        """The size at which a workload is proven."""
        sizes = self.target.workload(workload).sizes
        return self.target.proof_size if self.target.proof_size in sizes else sizes[0]

    def macro(self, workload: str, size: str, recipes: Sequence[str]) -> MacroSubject:
        """A whole workload on an instance of its own; weights are shared by all instances of this process."""
        return self._instance(workload, size, self.ops(recipes))

    def cost(self, workload: str, size: str) -> Cost | None:
        """The least that one call of a workload must do, when the target says so."""
        described = self.target.workload(workload)
        return cost_of(described, self._shared_of(described, size)) if described.cost is not None else None

    def stateful(self, workload: str) -> bool:
        """Whether preparing an input of a workload touches the instance; tried at the small size of a proof."""
        described, size = self.target.workload(workload), self.proof_size(workload)
        return prepare_touches(described, lambda: self.macro(workload, size, []), self.seed)

    def check_declared(self, workload: str, subject: MacroSubject) -> None:
        """Raise CatalogError where units, ratios or cost of a workload are no numbers."""
        described = self.target.workload(workload)
        units_of(described, subject.shared)
        cost_of(described, subject.shared)
        if described.ratios is not None:
            data = subject.data(schedule.stream(self.seed, "declared"))
            _, seen = call_once(subject, data, "the ratios of a call")
            ratios_of(described, data, seen)

    def seam(self, seam: str, recipes: Sequence[str], spec: ArgumentSpec) -> SeamSubject:
        """One seam alone, called as `spec` says."""
        lateness = self._lateness[seam]
        return SeamSubject(self.entry.seams[seam], self.ops(recipes), spec, self._bank(seam), lateness)

    def cold_seam(self, seam: str, recipes: Sequence[str], spec: ArgumentSpec) -> ColdSeamSubject:
        """One seam alone, each call on a table of its own."""
        described, lateness = self.entry.seams[seam], self._lateness[seam]
        return ColdSeamSubject(described, lambda: self.ops(recipes), spec, self._bank(seam), lateness)

    def recorded(
        self, workload: str, size: str, recipes: Sequence[str], *, describe: bool
    ) -> tuple[SeamRecorder, MacroSubject]:
        """A workload whose seams are watched."""
        only_read = {name for name, seam in self.entry.seams.items() if seam.only_read}
        recorder = SeamRecorder(self.ops(recipes), self.target.opaque, describe=describe, only_read=only_read)
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
            recorder, subject = self._recorder(workload, size, recipes)
            spec = self.choice(recorder, seam)
            if spec is None or spec.obstacle:
                return None
            if spec.recorded:
                spec = replace(spec, recording=self._recording(recorder, subject, seam))
            self._specs[key] = spec
        return self._specs[key]

    def choice(self, recorder: SeamRecorder, seam: str) -> ArgumentSpec | None:
        """Whether a seam's arguments are drawn or recorded, from what was seen of it; None where it was not called."""
        calls, known = recorder.seen[seam].kinds, self.entry.seams[seam]
        return None if calls is None else calls.spec(reused=known.reused, consumes=known.consumes)

    def _recorder(self, workload: str, size: str, recipes: Sequence[str]) -> tuple[SeamRecorder, MacroSubject]:
        key = (workload, size, *recipes)
        if key not in self._recorders:
            with blaming(schedule.BASELINE):
                recorder, subject = self.recorded(workload, size, recipes, describe=True)
                for number in range(2):  # what comes again in the second was not made from an input
                    self._call(subject, schedule.stream(self.seed, "record", number))
                    recorder.reset()
            self._recorders[key] = recorder, subject
        return self._recorders[key]

    def _call(self, subject: MacroSubject, stream: int) -> None:
        data = user_code("recording", lambda: subject.data(stream))
        user_code("recording", lambda: subject.invoke(subject.prepare(data)))

    def _recording(self, recorder: SeamRecorder, subject: MacroSubject, seam: str) -> Recording:
        calls = recorder.seen[seam].kinds
        if calls is None:
            raise PerfkitError(f"the calls of {seam} were not described")

        def run(number: int, catcher: Catcher) -> None:
            stream = schedule.stream(self.seed, self.process, "recording", number)
            with blaming(schedule.BASELINE):
                recorder.catching(seam, catcher, lambda: self._call(subject, stream))

        shared = share(self.target.opaque, type(recorder.ops), calls.lasting())
        seed = schedule.stream(self.seed, self.process, "recorded", seam)
        again = self.entry.seams[seam].reused
        return Recording(seam, run, calls.wanted(), shared, seed, again=again)

    def prove(
        self,
        workload: str,
        size: str,
        on: Sequence[str],
        recipes: Sequence[str],
        *,
        at_size: bool = True,
        soak_s: float = 0.0,
    ) -> Tally:
        """The whole proof of `recipes` on one workload, and a call at its default size. Raises Rejected.

        Where nothing is to be measured there (no `soak_s`) and none of their seams is called, one call must do.
        """
        reference, candidate = self._pair(workload, size, on, recipes)
        if not soak_s and not self._exercised(workload, size, on, recipes):
            tally = Tally()
            stream = schedule.stream(self.seed, "proof", "first")
            rule = self.rule(recipes, seam=False)
            compare_call(reference, candidate, lambda s: s.data(stream), rule, "first call", tally)
            reference.close()
            candidate.close()
            return tally
        more: list[MacroSubject] = []

        def fresh(role: str) -> MacroSubject:
            more.append(self.macro(workload, size, on if role == schedule.BASELINE else [*on, *recipes]))
            return more[-1]

        described = self.target.workload(workload)
        awkward, change = described.awkward, described.change
        tally = prove(
            reference,
            candidate,
            self.rule(recipes, seam=False),
            self.seed,
            awkward=None if awkward is None else lambda s: iter(awkward(s.shared)),  # type: ignore[attr-defined]
            change=None if change is None else lambda s, rng: change(s.instance, rng),  # type: ignore[attr-defined]
            soak_s=soak_s,
            fresh=fresh,
        )
        for subject in (reference, candidate, *more):
            subject.close()
        largest = described.sizes[0]
        if at_size and largest != size:  # what depends on size is wrong only there
            reference, candidate = self._pair(workload, largest, on, recipes)
            stream = schedule.stream(self.seed, "proof at size")
            rule = self.rule(recipes, seam=False)
            during = f"a call at size {largest}"
            at_largest = Tally()
            compare_call(reference, candidate, lambda s: s.data(stream), rule, during, at_largest)
            tally.checked_calls += at_largest.checked_calls
            reference.close()
            candidate.close()
        return tally

    def _exercised(self, workload: str, size: str, on: Sequence[str], recipes: Sequence[str]) -> bool:
        """Whether a workload calls any seam that `recipes` replace, building included."""
        with blaming(schedule.CANDIDATE):
            recorder, subject = self.recorded(workload, size, [*on, *recipes], describe=False)
            self._call(subject, schedule.stream(self.seed, "proof", "first"))
            subject.close()
        return any(recorder.seen[seam].calls for name in recipes for seam in self.recipe(name).touches)

    def awkward_inputs(self, workload: str, size: str) -> int:
        """How many awkward inputs a workload declares, each of which a proof tries."""
        described = self.target.workload(workload)
        if described.awkward is None:
            return 0
        declared, shared = described.awkward, self._shared_of(described, size)
        count: int = user_code("counting the awkward inputs", lambda: len(list(declared(shared))))
        return count

    def prove_seam(
        self,
        seam: str,
        spec: ArgumentSpec,
        on: Sequence[str],
        recipes: Sequence[str],
        soak: int,
        soak_s: float = 0.0,
    ) -> Tally:
        """The whole proof of `recipes` on one seam alone. Raises Rejected."""
        with blaming(schedule.BASELINE):
            reference = self.seam(seam, on, spec)
        candidate = self.seam(seam, [*on, *recipes], spec)
        rule, only_read = self.rule(recipes, seam=True), self.entry.seams[seam].only_read
        weights = {p: part.value for p, part in enumerate(spec.parts) if isinstance(part, Fixed)}
        before = {position: digest(value) for position, value in weights.items()}
        tally = prove(
            reference,
            candidate,
            rule,
            self.seed,
            soak=soak,
            soak_s=soak_s,
            only_read=only_read,
            fresh=lambda role: self.seam(seam, on if role == schedule.BASELINE else [*on, *recipes], spec),
        )
        for position, value in weights.items():
            if digest(value) != before[position] and before[position] is not None:
                with blaming(schedule.CANDIDATE):
                    raise Rejected("the calls of a seam alone", error=f"writes to argument {position + 1}, a weight")
        return tally

    def acquaint(self, workload: str) -> None:
        """See what the baseline does by itself, before any candidate has run: that is no change of a recipe's."""
        if self.shared_state.knows(workload):
            return
        with blaming(schedule.BASELINE), self.shared_state.of_the_baseline(workload) as note_running:
            subject = self.macro(workload, self.proof_size(workload), [])
            for call in range(2):
                data = subject.data(schedule.stream(self.seed, "alone", call))
                call_once(subject, data, "the baseline alone")
            note_running()
            subject.close()

    def check_modules(self) -> None:
        """Raise Rejected when what all code shares is no longer what it was before the recipes were loaded."""
        with blaming(schedule.CANDIDATE):
            self.shared_state.check_random("after the last call")
            self.shared_state.check("after the last call")

    def check_target(self, during: str) -> None:
        """As `check_modules`, of the target's own functions alone: some ten microseconds."""
        with blaming(schedule.CANDIDATE):
            self.shared_state.check_target(during)

    def check_running(self, workload: str, on: Sequence[str], recipes: Sequence[str]) -> list[str]:
        """What a candidate keeps running, or leaves so, beyond what its recipes declare: in words, none if nothing."""
        for _, recorded in self._recorders.values():
            recorded.close()
        self._recorders.clear()
        self._specs.clear()
        chosen = [self.recipe(name) for name in [*on, *recipes]]
        allowed = sum(r.threads for r in chosen), sum(r.children for r in chosen)
        with blaming(schedule.CANDIDATE):
            subject = self.macro(workload, self.proof_size(workload), [*on, *recipes])
            call_once(subject, subject.data(schedule.stream(self.seed, "alone", 0)), "a last call")
            meanwhile = self.shared_state.running_beyond_baseline(workload, *allowed)
            subject.close()
        return self.shared_state.left_running(*allowed) or meanwhile

    def _pair(
        self, workload: str, size: str, on: Sequence[str], recipes: Sequence[str]
    ) -> tuple[MacroSubject, MacroSubject]:
        with blaming(schedule.BASELINE):
            reference = self.macro(workload, size, on)
        return reference, self.macro(workload, size, [*on, *recipes])

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
                self._shared[key] = user_code("building the weights", lambda: described.shared(size, self.seed))
            found = scan(self._shared[key])  # once: nobody writes to them
            if found.subnormal or found.nonfinite:
                self.warnings.append(
                    f"the weights of {described.id} ({size}) hold {found.subnormal} subnormal and {found.nonfinite} "
                    f"non-finite numbers of {found.floats}"
                )
        return self._shared[key]

    def _bank(self, seam: str) -> int:
        return schedule.stream(self.seed, self.process, "bank", seam)
