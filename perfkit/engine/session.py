"""One session: a scout that counts and proves, then the measuring processes, round by round.

Everything that decides how long to measure stands here and in `perfkit.engine.pace`, in the parent; workers only do
as told. Every round is reported when it is done, so an interruption loses at most the round under way.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from perfkit import plan
from perfkit.engine.environment import worker_environment
from perfkit.engine.outcome import Candidate, Group, GroupOutcome, Outcome, Trouble
from perfkit.engine.pace import Pace, Watch, common_loops
from perfkit.engine.process import RejectedOutput, WorkerProcess
from perfkit.errors import PerfkitError, RecipeConflict, WorkFailed
from perfkit.result import Sample
from perfkit.settings import Settings

__all__ = ["Session"]

_SCOUT_CALLS = 200
_ENOUGH_NS = 100_000_000  # the counting pass clocks calls for this long; one longer call must do
_RETRIED_ROUNDS, _RETRIED_S = 10, 0.5  # at least, of a candidate in whose code a worker died
# a whole workload is noisier than one seam, and matters more
_WEIGHTS = {"cold": 0.5, "warm": 1.0, "micro": 1.0, "macro": 3.0}


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
    ) -> None:
        """`report` hears what is being done; `keep` is called whenever samples of one more group are in.

        `installed`: whether workers look for catalogues of installed packages, which takes each of them a while.
        """
        self._installed = installed
        self._target = target
        self._settings = settings
        self._report = report
        self._keep = keep
        self._environment = worker_environment(settings.threads)
        self.outcome = Outcome()
        self._deaths: dict[tuple[str, ...], int] = {}  # workers that died in a candidate's own code

    def worker(self, process: int, *, describe: bool = False) -> WorkerProcess:
        """A fresh interpreter with the target loaded."""
        worker = WorkerProcess(self._environment, timeout_s=self._settings.timeout_s)
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
        self, worker: WorkerProcess, workload: str, size: str, recipes: Sequence[str], *, calls: int = _SCOUT_CALLS
    ) -> dict[str, Any]:
        """Calls and shares of every seam of one variant on one workload; remembered."""
        key = (workload, tuple(recipes))
        if key not in self.outcome.seams:
            self._report(f"counting the seams of {workload}", 0.0)
            self.outcome.seams[key] = self._asked(
                worker,
                "inspect",
                about=workload,
                role=plan.BASELINE,
                quiet=False,
                workload=workload,
                size=size,
                recipes=list(recipes),
                calls=calls,
                enough_ns=_ENOUGH_NS,
            )
        return self.outcome.seams[key]

    def scout(
        self, worker: WorkerProcess, workload: str, size: str, on: tuple[str, ...], recipes: tuple[str, ...]
    ) -> bool:
        """As `inspect`, of the recipes that a candidate stands on: where they fail the candidate cannot be measured."""
        if not on:
            self.inspect(worker, workload, size, on)
        else:
            with self._noting(recipes):
                self.inspect(worker, workload, size, on)
        return recipes not in self.outcome.troubles

    @staticmethod
    def _asked(worker: WorkerProcess, do: str, *, about: str, **request: Any) -> dict[str, Any]:
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
        found = self.outcome.proofs.setdefault(recipes, {"checked_calls": 0, "passed": False})
        names = "+".join(r.rpartition("/")[2] for r in recipes)
        left = 0
        quiet = not any(seen["busy"] for seen in self.outcome.seams.values())
        with self._noting(recipes), self.worker(0) as worker:
            for workload, size, on in places:
                self._report(f"counting what {names} replaces in {workload}", 0.0)
                seen = worker.ask(
                    "inspect",
                    about=f"{', '.join(recipes)} on {workload}",
                    role=plan.CANDIDATE,
                    quiet=quiet,
                    workload=workload,
                    size=size,
                    recipes=[*on, *recipes],
                    calls=0,
                    enough_ns=0,
                )
                if not any(seen["seams"][seam]["calls"] for seam in touched):
                    self.outcome.not_exercised.add((workload, recipes))
            if all((workload, recipes) in self.outcome.not_exercised for workload, _, _ in places):
                return
            for proof in proofs:
                what = proof.get("seam") or proof["workload"]
                self._report(f"proving {names} on {what}", 0.0)
                answer = worker.ask(about=f"proof of {names} on {what}", recipes=list(recipes), **proof)
                found["checked_calls"] += answer["checked_calls"]
            left = worker.ask("settle", about=", ".join(recipes), quiet=quiet)["left"]
            found["passed"] = True
        if left:
            leaves = f"leaves {left} process{'es' * (left != 1)} running; perfkit ends them"
            self.outcome.warnings.append(f"{names} {leaves}")

    @contextmanager
    def _noting(self, recipes: tuple[str, ...]) -> Iterator[None]:
        """Turn whatever goes wrong with a candidate into its trouble; the others go on."""
        try:
            yield
        except RejectedOutput as rejected:
            self._trouble(recipes, rejected.report)
        except RecipeConflict as conflict:
            self.outcome.troubles[recipes] = Trouble(verdict="rejected", reason="conflict", text=conflict.message)
        except PerfkitError as error:
            reason = error.reason if isinstance(error, WorkFailed) else "exception"
            self.outcome.troubles[recipes] = Trouble(verdict="failed", reason=reason, text=error.message)

    # -- measuring ------------------------------------------------------------------------------------------

    def measure(self, groups: Sequence[Group]) -> None:
        """Sample every group in its number of fresh processes, within the budget."""
        visits = [
            [g for g in groups if process < g.processes]
            for process in range(max((g.processes for g in groups), default=0))
        ]
        pace = Pace(self._settings, [[_WEIGHTS[g.state or g.kind] for g in members] for members in visits])
        for group in groups:
            self.outcome.groups[group.id] = GroupOutcome(group=group)
        for process, members in enumerate(visits):
            with ExitStack() as stack:
                shared: WorkerProcess | None = None
                for group in members:
                    self._report(_title(group), pace.fraction())
                    watch = pace.watch()
                    inside = group.layout == "in-process"
                    if inside and shared is None:
                        shared = stack.enter_context(self.worker(process))
                    if not self._measure_group(group, process, shared if inside else None, watch):
                        shared = None  # dead, or spoilt; the next group gets a fresh one
                    self.outcome.measuring_s = pace.spent_s
                    self._keep()
        if pace.exhausted:
            self.outcome.status = "budget"

    def _measure_group(self, group: Group, process: int, shared: WorkerProcess | None, watch: Watch) -> bool:
        """Sample one group in one process; answers whether its workers are still fit for others."""
        group = self._alive(group)
        if not group.candidates:
            return True
        outcome = self.outcome.groups[group.id]
        with ExitStack() as stack:
            hosts = {
                role: shared or stack.enter_context(self.worker(process))
                for role in plan.build_order(self._settings.seed, process, group.id, group.roles)
            }
            try:
                self._rounds(group, process, hosts, watch, outcome)
                return True
            except RejectedOutput as rejected:
                self._convict(group, process, rejected.report)
            except PerfkitError as error:
                failed = error if isinstance(error, WorkFailed) else WorkFailed(error.message)
                self._blame(group, process, failed)
                if len(self._alive(group).candidates) == len(group.candidates):
                    return False  # nobody is to blame; another try might end as this one did
        # the others start afresh in this process; what was taken beside the rejected one is kept, but not counted
        outcome.samples[:] = [replace(s, phase="aborted") if s.process == process else s for s in outcome.samples]
        with ExitStack() as stack:
            fresh = stack.enter_context(self.worker(process)) if shared else None
            self._measure_group(group, process, fresh, watch)
        return False

    def _rounds(
        self, group: Group, process: int, hosts: Mapping[str, WorkerProcess], watch: Watch, outcome: GroupOutcome
    ) -> None:
        about = f"{_title(group)}, process {process}"
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
        outcome.build_ns.update({role: one["build_ns"] for role, one in piloted.items() if "build_ns" in one})
        outcome.natural.update(flag for one in piloted.values() for flag in one["natural"])
        watch.start()
        number = 0
        while watch.goes_on():
            order = plan.round_order(self._settings.seed, process, group.id, number, group.roles)
            # in one process a round is one request; in several, each role's sample is one, in the same order
            asked = [(by_worker[0][0], list(order))] if len(by_worker) == 1 else [(hosts[r], [r]) for r in order]
            taken: list[dict[str, Any]] = []
            for worker, roles in asked:
                taken += worker.ask("round", about=about, round=number, order=roles, loops=loops)["samples"]
            outcome.samples += [_sample(group, process, number, position, one) for position, one in enumerate(taken)]
            watch.note({s["role"]: s["elapsed_ns"] / s["loops"] for s in taken})
            number += 1
        outcome.stopped_by = watch.stopped_by
        for worker, _ in by_worker:
            for role, calls in worker.ask("finish", about=about)["checked_calls"].items():
                outcome.checked[role] = outcome.checked.get(role, 0) + calls

    def _alive(self, group: Group) -> Group:
        """The group without the candidates that were rejected or failed."""
        return replace(group, candidates=tuple(c for c in group.candidates if c.recipes not in self.outcome.troubles))

    def _convict(self, group: Group, process: int, report: dict[str, Any]) -> None:
        """An output was refused. Where several candidates share the process, each is tried alone first: one of them
        may have spoilt what another, or the baseline, stands on."""
        named = [c for c in group.candidates if c.role == report["role"]]
        if len(group.candidates) > 1:
            for candidate in (*named, *(c for c in group.candidates if c not in named)):
                alone = self._alone(group, process, (candidate,))
                if isinstance(alone, WorkFailed):
                    self._failed(candidate.recipes, alone)
                elif alone is not None:
                    self._trouble(candidate.recipes, alone)
                if named and candidate in named and alone is not None:
                    return
            if any(c.recipes in self.outcome.troubles for c in group.candidates):
                return
        for candidate in named or group.candidates:  # a baseline that fails leaves nothing to compare with
            self._trouble(candidate.recipes, report)

    def _trouble(self, recipes: tuple[str, ...], report: dict[str, Any]) -> None:
        if report["role"] in (plan.BASELINE, plan.CONTROL):
            text = f"the {report['role']} itself fails: {_report_text(report)}"
            self.outcome.troubles[recipes] = Trouble(verdict="failed", reason="exception", text=text)
            return
        self.outcome.troubles[recipes] = Trouble(
            verdict="failed" if report["reason"] == "out-of-memory" else "rejected",
            reason=report["reason"],
            text=_report_text(report),
            difference=report["difference"],
        )

    def _blame(self, group: Group, process: int, failed: WorkFailed) -> None:
        """A worker died: one more try on its own decides whether the candidate is to blame, or the machine.

        Where the trail names the candidate, only that one is tried; where it names the baseline, nobody can be
        compared with it. A candidate whose worker dies twice is to blame even when each try succeeds.
        """
        suspects = [c for c in self._alive(group).candidates if failed.role in ("", c.role)]
        if failed.role in (plan.BASELINE, plan.CONTROL):
            suspects = list(self._alive(group).candidates)
            if self._alone(group, process, ()) is not None:
                for candidate in suspects:
                    self._failed(candidate.recipes, failed, "the baseline itself fails: ")
                return
        for candidate in suspects:
            deaths = self._deaths[candidate.recipes] = self._deaths.get(candidate.recipes, 0) + bool(failed.role)
            if failed.reason == "timeout":  # another try would take as long
                self._failed(candidate.recipes, failed)
                continue
            alone = self._alone(group, process, (candidate,))
            if isinstance(alone, WorkFailed) and failed.role == candidate.role:
                self._failed(candidate.recipes, failed, again=" (and again on its own)")
            elif isinstance(alone, WorkFailed):
                self._failed(candidate.recipes, alone)
            elif alone is not None:
                self._trouble(candidate.recipes, alone)
            elif deaths > 1 and failed.role == candidate.role:
                self._failed(candidate.recipes, failed, again=" (and before in another process)")
        if not any(c.recipes in self.outcome.troubles for c in suspects):
            self.outcome.warnings.append(f"{failed.message}; it did not happen again on its own")

    def _alone(
        self, group: Group, process: int, candidates: tuple[Candidate, ...]
    ) -> dict[str, Any] | WorkFailed | None:
        """A few rounds of some candidates, or none, in a fresh process: how they fail, or None when they do not."""
        alone = replace(group, candidates=candidates)
        about = f"{_title(group)}, on its own"
        try:
            with self.worker(process) as worker:
                request = {"roles": list(alone.roles), "resolution_ns": self.outcome.resolution_ns, **alone.request()}
                worker.ask("build", about=about, **request)
                start = time.monotonic()
                for number in itertools.count():
                    if number >= _RETRIED_ROUNDS and time.monotonic() - start >= _RETRIED_S:
                        break
                    order = plan.round_order(self._settings.seed, process, group.id, number, alone.roles)
                    worker.ask("round", about=about, round=number, order=list(order), loops={})
                worker.ask("finish", about=about)
        except RejectedOutput as rejected:
            return rejected.report
        except WorkFailed as failed:
            return failed
        except PerfkitError as error:
            return WorkFailed(error.message)
        return None

    def _failed(self, recipes: tuple[str, ...], failed: WorkFailed, prefix: str = "", *, again: str = "") -> None:
        first, _, rest = f"{prefix}{failed.message}".partition("\n")
        text = f"{first}{again}" + (f"\n{rest}" if rest else "")
        self.outcome.troubles[recipes] = Trouble(verdict="failed", reason=failed.reason, text=text)


def _title(group: Group) -> str:
    what = f"{group.seam} ({group.state})" if group.state else (group.seam or group.workload)
    return f"{group.kind} {what}"


def _by_worker(hosts: Mapping[str, WorkerProcess]) -> list[tuple[WorkerProcess, list[str]]]:
    roles: dict[int, tuple[WorkerProcess, list[str]]] = {}
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


def _report_text(report: Mapping[str, Any]) -> str:
    if report["error"]:
        return f"{report['during']}: {report['error']}"
    d = report["difference"]
    place = d["where"] + (str(d["index"]) if d["index"] else "")
    return f"{report['during']}: {d['why']} at {place}: expected {d['expected']}, got {d['got']}"
