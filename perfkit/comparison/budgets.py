"""How many seconds of sampling recipes alone get, and how many the stacks that follow them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Budgets"]

_ALONE = 0.5  # of a budget, where stacks follow


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """Seconds of sampling: of recipes alone, and of all stacks."""

    alone_s: float
    stacks_s: float = 0.0

    @classmethod
    def of(cls, budget_s: float, *, stacks: bool) -> Budgets:
        """A budget shared out between them; all of it goes to recipes alone where no stacks follow."""
        alone_s = _ALONE * budget_s if stacks else budget_s
        return cls(alone_s=alone_s, stacks_s=budget_s - alone_s)

    @property
    def all_s(self) -> float:
        """Of both."""
        return self.alone_s + self.stacks_s
