"""One session: a scout that counts and proves, then the measuring processes, round by round.

Everything that decides how long to measure stands here and in `perfkit.session.budget`, in the parent; workers only do
as told. Every round is reported when it is done, so an interruption loses at most the round under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any, Protocol

from perfkit import schedule
from perfkit.cell import IN_PROCESS
from perfkit.errors import PerfkitError, RecipeConflict, WorkFailed
from perfkit.machine.environment import worker_environment
from perfkit.result import Sample
from perfkit.session.blame import Blame, rejected_on
from perfkit.session.budget import Budget, StoppingRule, common_loops
from perfkit.session.outcome import Candidate, Failure, Group, GroupOutcome, Outcome, no_proof
from perfkit.session.process import Heard, RejectedOutput, WorkerHandle, WorkerProcess
from perfkit.session.slow_baseline import Company
from perfkit.settings import Settings

__all__ = ["Session", "StartWorker"]

_SCOUT_CALLS = 200
_ENOUGH_NS = 100_000_000  # the counting pass clocks calls for this long; one longer call must do
# a whole workload is noisier than one seam, and matters more
_WEIGHTS = {"cold": 0.5, "warm": 1.0, "micro": 1.0, "macro": 3.0, "stack": 3.0}


class StartWorker(Protocol):
    """Starts a worker: a process of its own, or in tests one that is none."""

    def __call__(self, environment: Mapping[str, str], /, *, timeout_s: float, heard: Heard) -> WorkerHandle: ...


Report = Callable[[str, float], None]  # what is being done, and the fraction of the session that is over


class Session:
    """Runs groups of one target under one set of settings. `outcome` is valid at any moment."""

    def __init__(
        self,
        target: str,
        settings: Settings,
        report: Report,
        keep: Callable[[], None] = lambda: None,
        *,
        installed: bool = True,
        start: StartWorker = WorkerProcess,
    ) -> None:
        """`report` hears what is being done; `keep` is called whenever samples of one more group are in.

        `installed`: whether workers look for catalogues of installed packages, which takes each of them a while.
        `start` makes a worker from its environment.
        """
        self._start = start
        self._installed = installed
        self._target = target
        self._settings = settings
        self._report = report
        self._keep = keep
        self.outcome = Outcome(threads=settings.threads)
        self._blame = Blame(self.outcome, settings.seed, self.worker)
        self._company = Company(self.outcome, settings.seed, self.worker)

    def worker(self, process: int, *, describe: bool = False, threads: int | None = None) -> WorkerHandle:
        """A fresh interpreter with the target loaded; `threads` of BLAS where not as the settings say."""
        environment = worker_environment(threads or self._settings.threads)
        worker = self._start(environment, timeout_s=self._settings.timeout_s, heard=self.outcome.thread_raised)
        try:
            opened = worker.ask(
                "open",
                about=f"importing {self._target}",
                catalogs=[str(c) for c in self._settings.catalogs],
                installed=self._installed,
                target=self._target,
                seed=self._settings.seed,
                process=process,
                describe=describe,
            )
        except RejectedOutput as rejected:
            worker.close()
            raise WorkFailed(f"{rejected.report['during']}: {rejected.report['error']}") from None
        except BaseException:
            worker.close()
            raise
        self.outcome.resolution_ns = opened["resolution_ns"]
        if describe:
            self.outcome.environment = opened["environment"]
        return worker

    # -- the scout ------------------------------------------------------------------------------------------

    def inspect(
        self, worker: WorkerHandle, workload: str, size: str, recipes: Sequence[str], *, calls: int = _SCOUT_CALLS
    ) -> dict[str, Any]:
        """Calls and shares of every seam of one variant on one workload; remembered."""
        key = (workload, tuple(recipes))
        if key not in self.outcome.seams:
            self._report(f"counting the seams of {workload}", 0.0)
            first = workload not in self.outcome.stateful
            self.outcome.seams[key] = self._asked(
                worker,
                "inspect",
                about=workload,
                role=schedule.BASELINE,
                quiet=False,
                declared=first,
                workload=workload,
                size=size,
                recipes=list(recipes),
                calls=calls,
                enough_ns=_ENOUGH_NS,
            )
            if first:
                self.outcome.stateful[workload] = self.outcome.seams[key]["stateful"]
        return self.outcome.seams[key]

    def scout(self, worker: WorkerHandle, workload: str, size: str, on: tuple[str, ...], key: tuple[str, ...]) -> bool:
        """As `inspect`, of the recipes that a candidate stands on: where they fail the candidate cannot be measured."""
        if not on:
            self.inspect(worker, workload, size, on)
        else:
            with self._noting(key):
                self.inspect(worker, workload, size, on)
        return key not in self.outcome.failures

    def limits(self, sizes: Mapping[str, str]) -> None:
        """Note how fast this machine is at best, and the least that calls of these workloads (name: size) must do."""
        with self.worker(0) as worker:
            found = self._asked(worker, "limits", about="the limits of this machine", sizes=dict(sizes))
        self.outcome.environment["limits"] = found

    @staticmethod
    def _asked(worker: WorkerHandle, do: str, *, about: str, **request: Any) -> dict[str, Any]:
        """As `worker.ask`, where nothing but the baseline runs: what it raises ends the session."""
        try:
            return worker.ask(do, about=about, **request)
        except RejectedOutput as rejected:
            raise WorkFailed(f"{about}, {rejected.report['during']}: {rejected.report['error']}") from None

    def examine(
        self,
        candidate: Candidate,
        places: Sequence[tuple[str, str, tuple[str, ...]]],
        touched: Sequence[str],
        proofs: Sequence[dict[str, Any]],
    ) -> None:
        """See that a candidate is called, and prove it, in a worker of its own; note what was found.

        `places`: (workload, size, recipes already on) to look for calls of the seams it touches; where there are none
        it is not exercised. Each proof is a request: `do` is "prove" (a workload) or "prove_seam" (a seam alone).
        """
        recipes = candidate.recipes
        found = self.outcome.proofs.setdefault(candidate.key, no_proof())
        names = "+".join(r.rpartition("/")[2] for r in recipes)
        quiet = not any(seen["busy"] for seen in self.outcome.seams.values())
        with self._noting(candidate.key), self.worker(0) as worker:
            for workload, size, on in places:
                self._report(f"counting what {names} replaces in {workload}", 0.0)
                with rejected_on(workload):
                    seen = worker.ask(
                        "inspect",
                        about=f"{', '.join(recipes)} on {workload}",
                        role=schedule.CANDIDATE,
                        quiet=quiet,
                        workload=workload,
                        size=size,
                        recipes=[*on, *recipes],
                        calls=0,
                        enough_ns=0,
                    )
                if not any(seen["seams"][seam]["calls"] for seam in touched):
                    words = f"{workload} never calls what it replaces"
                    if any(seen["seams"][seam]["in_build"] for seam in touched):
                        words = f"{workload} calls what it replaces only while it is built, which is not timed"
                    self.outcome.not_exercised[workload, on, recipes] = words
            if all((workload, on, recipes) in self.outcome.not_exercised for workload, _, on in places):
                return
            for proof in proofs:
                what = proof.get("seam") or proof["workload"]
                self._report(f"proving {names} on {what}", 0.0)
                with rejected_on(what):
                    answer = worker.ask(about=f"proof of {names} on {what}", recipes=list(recipes), **proof)
                found["checked_calls"] += answer["checked_calls"]
                found["calls_of_one_instance"] = max(found["calls_of_one_instance"], answer["calls_of_one_instance"])
                if "awkward" in answer:
                    found.setdefault("awkward", {})[what] = answer["awkward"]
            called = next((w, o) for w, _, o in places if (w, o, recipes) not in self.outcome.not_exercised)
            request: dict[str, Any] = {
                "workload": called[0],
                "on": list(called[1]),
                "recipes": list(recipes),
            }
            left = worker.ask("settle", about=", ".join(recipes), quiet=quiet, **request)["left"]
            found["passed"] = True
            self.outcome.warnings += [f"{names} {words}" for words in left]

    @contextmanager
    def _noting(self, key: tuple[str, ...]) -> Iterator[None]:
        """Turn whatever goes wrong with a candidate into its trouble; the others go on."""
        try:
            yield
        except RejectedOutput as rejected:
            self._blame.trouble(key, rejected.report)
        except RecipeConflict as conflict:
            self.outcome.failures[key] = Failure(verdict="rejected", reason="conflict", text=conflict.message)
        except PerfkitError as error:
            reason = error.reason if isinstance(error, WorkFailed) else "exception"
            self.outcome.failures[key] = Failure(verdict="failed", reason=reason, text=error.message)

    # -- measuring ------------------------------------------------------------------------------------------

    def measure(self, groups: Sequence[Group], budget_s: float | None = None) -> None:
        """Sample every group in its number of fresh processes, within the budget (by default the session's)."""
        groups = [replace(g, stateful=self.outcome.stateful.get(g.cell.workload, False)) for g in groups]
        visits = [
            [g for g in groups if process < g.processes]
            for process in range(max((g.processes for g in groups), default=0))
        ]
        settings = self._settings if budget_s is None else replace(self._settings, budget_s=budget_s)
        budget = Budget(settings, [[_WEIGHTS[g.cell.state or g.cell.kind] for g in members] for members in visits])
        measured_s = self.outcome.measuring_s
        for group in groups:
            self.outcome.groups[group.id] = GroupOutcome(group=group)
        for process, members in enumerate(visits):
            with ExitStack() as stack:
                shared: dict[int | None, WorkerHandle] = {}  # by their number of threads
                for group in members:
                    self._report(group.cell.title, budget.fraction())
                    stopping = budget.stopping()
                    inside, threads = group.cell.layout == IN_PROCESS, group.cell.threads
                    if inside and threads not in shared:
                        shared[threads] = stack.enter_context(self.worker(process, threads=threads))
                    host = shared[threads] if inside else None
                    if not self._measure_group(group, process, host, stopping) and inside:
                        del shared[threads]  # dead, or spoilt; the next group gets a fresh one
                    self.outcome.measuring_s = measured_s + budget.spent_s
                    self._keep()
        if budget.exhausted:
            self.outcome.status = "budget"

    def _measure_group(self, group: Group, process: int, shared: WorkerHandle | None, stopping: StoppingRule) -> bool:
        """Sample one group in one process; answers whether its workers are still fit for others."""
        group = self._blame.alive(group)
        if not group.candidates:
            return True
        outcome = self.outcome.groups[group.id]
        with ExitStack() as stack:
            hosts = {
                role: shared or stack.enter_context(self.worker(process, threads=group.cell.threads))
                for role in schedule.build_order(self._settings.seed, process, group.id, group.roles)
            }
            try:
                with rejected_on(group.cell.part):
                    self._rounds(group, process, hosts, stopping, outcome)
                if shared:
                    self._company.check(group, process)
                return True
            except RejectedOutput as rejected:
                self._blame.attribute_failure(group, process, rejected.report)
            except PerfkitError as error:
                failed = error if isinstance(error, WorkFailed) else WorkFailed(error.message)
                self._blame.died(group, process, failed)
                if len(self._blame.alive(group).candidates) == len(group.candidates):
                    return False  # nobody is to blame; another try might end as this one did
        # the others start afresh in this process; what was taken beside the rejected one is kept, but not counted
        outcome.samples[:] = [replace(s, phase="aborted") if s.process == process else s for s in outcome.samples]
        with ExitStack() as stack:
            fresh = stack.enter_context(self.worker(process, threads=group.cell.threads)) if shared else None
            self._measure_group(group, process, fresh, stopping)
        return False

    def _rounds(
        self,
        group: Group,
        process: int,
        hosts: Mapping[str, WorkerHandle],
        stopping: StoppingRule,
        outcome: GroupOutcome,
    ) -> None:
        about = f"{group.cell.title}, process {process}"
        by_worker = _by_worker(hosts)
        piloted: dict[str, dict[str, Any]] = {}
        for worker, roles in by_worker:
            built = worker.ask(
                "build",
                about=about,
                roles=roles,
                resolution_ns=self.outcome.resolution_ns,
                **group.request(),
            )
            piloted.update(built["roles"])
            self.outcome.warnings += [w for w in built["warnings"] if w not in self.outcome.warnings]
        loops = common_loops(piloted)
        outcome.loops.update(loops)
        for role, one in piloted.items():
            outcome.ready_ns.setdefault(role, []).append(one["ready_ns"])
            if "build_ns" in one:
                outcome.build_ns.setdefault(role, []).append(one["build_ns"])
        outcome.units = next((tuple(one["units"]) for one in piloted.values() if one.get("units")), outcome.units)
        outcome.natural.update(flag for one in piloted.values() for flag in one["natural"])
        stopping.start()
        number = 0
        while stopping.goes_on():
            order = schedule.round_order(self._settings.seed, process, group.id, number, group.roles)
            # in one process a round is one request; in several, each role's sample is one, in the same order
            asked = [(by_worker[0][0], list(order))] if len(by_worker) == 1 else [(hosts[r], [r]) for r in order]
            taken: list[dict[str, Any]] = []
            for worker, roles in asked:
                taken += worker.ask("round", about=about, round=number, order=roles, loops=loops)["samples"]
            outcome.samples += [_sample(group, process, number, position, one) for position, one in enumerate(taken)]
            stopping.note({s["role"]: s["elapsed_ns"] / s["loops"] for s in taken})
            number += 1
        outcome.stopped_by = stopping.stopped_by
        for worker, _ in by_worker:
            finished = worker.ask("finish", about=about)
            outcome.recorded += [finished["recorded"]] if "recorded" in finished else []
            for role, calls in finished["checked_calls"].items():
                outcome.checked[role] = outcome.checked.get(role, 0) + calls
            for role, calls in finished["calls"].items():
                outcome.calls[role] = max(outcome.calls.get(role, 0), calls)
            for role, each_ns in finished["tails_ns"].items():
                outcome.tails_ns.setdefault(role, []).extend(each_ns)
            for role, ratios in finished["ratios"].items():
                own = outcome.ratios.setdefault(role, {})
                for name, (one, other) in ratios.items():
                    before = own.get(name, (0.0, 0.0))
                    own[name] = (before[0] + one, before[1] + other)


def _by_worker(hosts: Mapping[str, WorkerHandle]) -> list[tuple[WorkerHandle, list[str]]]:
    roles: dict[int, tuple[WorkerHandle, list[str]]] = {}
    for role, worker in hosts.items():
        roles.setdefault(id(worker), (worker, []))[1].append(role)
    return list(roles.values())


def _sample(group: Group, process: int, number: int, position: int, one: Mapping[str, Any]) -> Sample:
    return Sample(
        group=group.id,
        role=one["role"],
        process=process,
        round=number,
        position=position,
        loops=one["loops"],
        elapsed_ns=one["elapsed_ns"],
        flags=tuple(one["flags"]),
    )
