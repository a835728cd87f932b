"""What is measured of perfkit itself, fixed before it is: every session, its seed, and their order.

A plan has a name, and each record of `data/trust.jsonl` names its plan and which of its sessions it belongs to. What
is not in the data yet is measured; nothing is measured twice, whatever came out. Another plan gets another name.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from trials import catalogue

__all__ = [
    "RIVALS",
    "SESSIONS",
    "SHOWN_RIVALS",
    "SHOWN_SESSIONS",
    "Planned",
    "Trial",
    "sessions",
    "trials",
]

SESSIONS = "sessions-1"
RIVALS = "rivals-1"
# the plan whose records the tables of docs/trust.md show; None stands for what was measured before there were plans
SHOWN_SESSIONS: str | None = SESSIONS
SHOWN_RIVALS: str | None = None

_OWN = tuple(f"{kind}work run" for kind in catalogue.KINDS)
_PASSES = ("glassboxpasses forward", "glassboxpasses decode", "compressorpasses predict", "compressorpasses coder")
_REAL = (
    *("glassbox forward-small", "glassbox decode", "glassbox decode-4"),
    *("compressor predict", "compressor predict-64", "compressor predict-1", "compressor coder"),
)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Sessions of one sort: `times` of each kind, in each of which `changed` of six candidates are slower."""

    kinds: Sequence[str]
    effect: str
    budget_s: float  # of sampling, for one candidate with its baseline and control
    times: int = 1
    changed: int = 5
    load: bool = False


_PARTS = (
    Part(kinds=_OWN, effect="0.2", budget_s=30, times=2),
    Part(kinds=_OWN, effect="0.5", budget_s=15),
    Part(kinds=_OWN, effect="0.5", budget_s=15, load=True),
    Part(kinds=_OWN, effect="1", budget_s=5),
    Part(kinds=_OWN, effect="1", budget_s=5, load=True),
    Part(kinds=_OWN, effect="5", budget_s=2),
    Part(kinds=_OWN, effect="5", budget_s=2, load=True),
    Part(kinds=_PASSES, effect="0.2", budget_s=30),
    Part(kinds=_PASSES, effect="0.5", budget_s=15),
    Part(kinds=_PASSES, effect="1", budget_s=5),
    Part(kinds=_OWN, effect="same", budget_s=2, changed=0, times=11),
    Part(kinds=_OWN, effect="same", budget_s=2, changed=0, times=4, load=True),
    Part(kinds=_PASSES, effect="same", budget_s=2, changed=0, times=2),
    Part(kinds=_REAL, effect="same", budget_s=2, changed=0, times=6),
)
_OVERHEAD_S = {"pythonwork": 2.5, "numpywork": 2.5, "glassbox": 8.0, "glassboxpasses": 5.0}
_TORCH_OVERHEAD_S = 15.0  # every process imports it


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One session."""

    number: int
    seed: int
    target: str
    workload: str
    size: str | None  # the workload's first where it is not said
    effect: str  # percent of the candidates that are slower; `same`: none is
    changed: int
    budget_s: float
    load: bool

    @property
    def kind(self) -> str:
        """What is measured, as records name it: own work by its kind, all else by target and workload."""
        return self.target.removesuffix("work") if self.target.endswith("work") else f"{self.target} {self.workload}"

    @property
    def candidates(self) -> list[tuple[str, str]]:
        """Recipe and effect of the six."""
        effects = [self.effect] * self.changed + ["same"] * (catalogue.COPIES - self.changed)
        return [(self._recipe(effect, copy), effect) for copy, effect in enumerate(effects)]

    def _recipe(self, effect: str, copy: int) -> str:
        if self.target.endswith("work"):
            return catalogue.full_id(self.target.removesuffix("work"), effect, copy)
        if self.target.endswith("passes"):
            return catalogue.passes_id(self.target, int(effect != "same"), copy)
        return catalogue.same_id(self.target, copy)

    @property
    def expected_s(self) -> float:
        """About how long it takes: six candidates share eight roles, and every process has to start."""
        return self.budget_s * 8 / 3 + _OVERHEAD_S.get(self.target, _TORCH_OVERHEAD_S)

    def shortened(self) -> Planned:
        """The same with next to no sampling."""
        return replace(self, budget_s=0.1)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One question that every tool is asked: are `kind`'s work and work with `effect` more of it different?"""

    number: int
    seed: int
    kind: str
    effect: str


def sessions() -> list[Planned]:
    """All sessions of the plan, shuffled: no kind has an hour of its own."""
    found = [planned for part in _PARTS for planned in _of(part)]
    random.Random(SESSIONS).shuffle(found)
    return [Planned(number=n, seed=1_000_000 + n, **session) for n, session in enumerate(found)]


def _of(part: Part) -> Iterator[dict[str, object]]:
    for kind in part.kinds:
        target, _, workload = kind.partition(" ")
        passes = catalogue.PASSES.get(part.effect, min(catalogue.PASSES.values()))
        for _ in range(part.times):
            yield {
                "target": target,
                "workload": workload,
                "size": f"passes-{passes}" if target.endswith("passes") else None,
                "effect": part.effect,
                "changed": part.changed,
                "budget_s": float(part.budget_s),
                "load": part.load,
            }


def trials() -> list[Trial]:
    """What the rivals are asked: each question once for each kind of work, shuffled."""
    found = [(kind, effect) for kind in ("python", "numpy") for effect in ("same", "2", "5")]
    random.Random(RIVALS).shuffle(found)
    return [Trial(number=n, seed=2_000_000 + n, kind=kind, effect=effect) for n, (kind, effect) in enumerate(found)]
