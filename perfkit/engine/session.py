"""One session: a scout that counts and proves, then the measuring processes, round by round.

Everything that decides how long to measure stands here and in `perfkit.engine.pace`, in the parent; workers only do
as told. Every round is reported when it is done, so an interruption loses at most the round under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from perfkit import plan
from perfkit.engine.environment import worker_environment
from perfkit.engine.outcome import Candidate, Group, GroupOutcome, Outcome, Trouble
from perfkit.engine.pace import Pace, Watch, common_loops
from perfkit.engine.process import RejectedOutput, WorkerProcess
from perfkit.errors import RecipeConflict, WorkFailed
from perfkit.result import Sample
from perfkit.settings import Settings

__all__ = ["Session"]

_SCOUT_CALLS = 200
_ENOUGH_NS = 100_000_000  # the counting pass clocks calls for this long; one longer call must do
_RETRIED_ROUNDS = 10  # of a candidate in whose code a worker died
# a whole workload is noisier than one seam, and matters more
_WEIGHTS = {"cold": 0.5, "warm": 1.0, "micro": 1.0, "macro": 3.0}


Report = Callable[[str, float], None]  # what is being done, and the fraction of the session that is over


class Session:
    """Runs groups of one target under one set of settings. `outcome` is valid at any moment."""

    def __init__(
        self, target: str, settings: Settings, report: Report, keep: Callable[[], None] = lambda: None
    ) -> None:
        """`report` hears what is being done; `keep` is called whenever samples of one more group are in."""
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
            self.outcome.seams[key] = worker.ask(
                "inspect",
                about=workload,
                role=plan.BASELINE,
                workload=workload,
                size=size,
                recipes=list(recipes),
                calls=calls,
                enough_ns=_ENOUGH_NS,
            )
        return self.outcome.seams[key]

    def count(
        self,
        worker: WorkerProcess,
        workload: str,
        size: str,
        on: tuple[str, ...],
        recipes: tuple[str, ...],
        touched: Sequence[str],
    ) -> None:
        """See whether the workload calls the seams that a candidate replaced; note its trouble if it fails."""
        names = ", ".join(recipes)
        with self._noting(recipes):
            seen = worker.ask(
                "inspect",
                about=f"{names} on {workload}",
                role=plan.CANDIDATE,
                workload=workload,
                size=size,
                recipes=[*on, *recipes],
                calls=0,
                enough_ns=0,
            )
            if not any(seen["seams"][seam]["calls"] for seam in touched):
                self.outcome.not_exercised.add((workload, recipes))

    def prove(self, candidate: Candidate, proofs: Sequence[dict[str, Any]]) -> None:
        """Run the proofs of one candidate in a worker of its own and note what was found.

        Each proof is a request of its own: `do` is "prove" (a workload) or "prove_seam" (a seam alone).
        """
        found = self.outcome.proofs.setdefault(candidate.recipes, {"checked_calls": 0, "passed": False})
        names = "+".join(r.rpartition("/")[2] for r in candidate.recipes)
        left = 0
        with self._noting(candidate.recipes), self.worker(0) as worker:
            for proof in proofs:
                what = proof.get("seam") or proof["workload"]
                self._report(f"proving {names} on {what}", 0.0)
                answer = worker.ask(about=f"proof of {names} on {what}", recipes=list(candidate.recipes), **proof)
                found["checked_calls"] += answer["checked_calls"]
                left = max(left, answer["left"])
            found["passed"] = True
        if left:
            leaves = f"leaves {left} process{'es' * (left != 1)} running; perfkit ends them"
            self.outcome.warnings.append(f"{names} {leaves}")

    @contextmanager
    def _noting(self, recipes: tuple[str, ...]) -> Iterator[None]:
        """Turn a failure of a candidate's own code into its trouble."""
        try:
            yield
        except RejectedOutput as rejected:
            self._trouble(recipes, rejected.report)
        except RecipeConflict as conflict:
            self.outcome.troubles[recipes] = Trouble(verdict="rejected", reason="conflict", text=conflict.message)
        except WorkFailed as failed:
            self.outcome.troubles[recipes] = Trouble(verdict="failed", reason=failed.reason, text=failed.message)

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
                    try:
                        self._measure_group(group, process, shared if inside else None, watch)
                    except WorkFailed as failed:
                        shared = None  # dead; the next group gets a fresh one
                        self._blame(group, process, failed)
                    self.outcome.measuring_s = pace.spent_s
                    self._keep()
        if pace.exhausted:
            self.outcome.status = "budget"

    def _measure_group(self, group: Group, process: int, shared: WorkerProcess | None, watch: Watch) -> None:
        group = self._alive(group)
        if not group.candidates:
            return
        outcome = self.outcome.groups[group.id]
        with ExitStack() as stack:
            hosts = {
                role: shared or stack.enter_context(self.worker(process))
                for role in plan.build_order(self._settings.seed, process, group.id, group.roles)
            }
            try:
                self._rounds(group, process, hosts, watch, outcome)
                return
            except RejectedOutput as rejected:
                self._reject_role(group, rejected.report)
        # the others start afresh in this process; what was taken beside the rejected one is kept, but not counted
        outcome.samples[:] = [replace(s, phase="aborted") if s.process == process else s for s in outcome.samples]
        self._measure_group(group, process, shared, watch)

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

    def _reject_role(self, group: Group, report: dict[str, Any]) -> None:
        guilty = [c for c in group.candidates if c.role == report["role"]]
        for candidate in guilty or group.candidates:  # a baseline that fails leaves nothing to compare with
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
        if failed.role in (plan.BASELINE, plan.CONTROL) and self._dies_alone(group, process, failed, failed.role):
            for candidate in self._alive(group).candidates:
                self._failed(candidate.recipes, failed, "the baseline itself fails: ")
            return
        for candidate in suspects:
            deaths = self._deaths[candidate.recipes] = self._deaths.get(candidate.recipes, 0) + bool(failed.role)
            if failed.reason == "timeout":  # another try would take as long
                self._failed(candidate.recipes, failed)
            elif self._dies_alone(group, process, failed, candidate.role):
                self._failed(candidate.recipes, failed, again=" (and again on its own)")
            elif deaths > 1:
                self._failed(candidate.recipes, failed, again=" (and before in another process)")
        if not any(c.recipes in self.outcome.troubles for c in suspects):
            self.outcome.warnings.append(f"{failed.message}; it did not happen again on its own")

    def _dies_alone(self, group: Group, process: int, failed: WorkFailed, role: str) -> bool:
        """Whether one role, alone in a fresh process, dies (or is rejected) within as many rounds."""
        alone = replace(group, candidates=tuple(c for c in group.candidates if c.role == role))
        resolution_ns = self.outcome.resolution_ns
        try:
            with self.worker(process) as worker:
                about = f"{_title(group)}, on its own"
                worker.ask("build", about=about, roles=[role], resolution_ns=resolution_ns, **alone.request())
                for number in range(_RETRIED_ROUNDS):
                    worker.ask("round", about=about, round=number, order=[role], loops={})
        except RejectedOutput as rejected:
            self._reject_role(alone, rejected.report)
        except WorkFailed:
            return True
        return False

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
