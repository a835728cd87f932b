"""Messages as tests want them: only what a test is about is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from perfkit.protocol.counting import SeamCount
from perfkit.protocol.failing import Rejection
from perfkit.protocol.measuring import Piloted
from perfkit.protocol.record import Request
from perfkit.session.pending import Pending
from perfkit.tree import Difference

__all__ = ["DIFFERENCE", "FakeWorker", "piloted", "rejection", "seam_count"]

AnyRequest = TypeVar("AnyRequest", bound=Request[Any])

DIFFERENCE = Difference(where="output", index=None, expected="1", got="2", why="a different value")


def seam_count(**changed: Any) -> SeamCount:
    """A seam that takes half of the time in one call."""
    fields: dict[str, Any] = {"calls": 1, "in_build": 0, "inclusive": 0.5, "error": 0.01}
    fields |= {"concurrent": False, "obstacle": "", "shapes": "float32 (2,)", "recorded": ""}
    return SeamCount(**{**fields, **changed})


def piloted(**changed: Any) -> Piloted:
    """A role whose calls take a microsecond."""
    fields: dict[str, Any] = {"loops": 250, "call_ns": 1000.0, "natural": (), "ready_ns": 5, "draws": True}
    return Piloted(**{**fields, **changed})


def rejection(role: str, **changed: Any) -> Rejection:
    """What a worker says of a role that is wrong in some round."""
    fields: dict[str, Any] = {"during": "round 3", "reason": None, "error": "", "difference": None}
    return Rejection(role=role, **{**fields, **changed})


class FakeWorker:
    """A worker without a process: `answers` has by kind of request the answer, an error to raise, or what makes one."""

    def __init__(self, answers: Mapping[type[Request[Any]], Any]) -> None:
        self.answers = answers
        self.asked: list[Request[Any]] = []
        self.about: list[str] = []
        self.closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, request: Request[Any], *, about: str, within_s: float | None = None) -> Any:
        assert not self.closed, "a worker that is gone was asked"
        self.asked.append(request)
        self.about.append(about)
        answer = self.answers[type(request)]
        answer = answer(request) if callable(answer) else answer
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def send(self, request: Request[Any], *, about: str, within_s: float | None = None) -> Pending[Any]:
        return Pending(lambda: self.ask(request, about=about, within_s=within_s))

    def noise(self, lines: int = 8) -> str:
        return ""

    def end(self) -> None:
        """It ends at once."""

    def close(self) -> None:
        self.closed = True

    def of(self, kind: type[AnyRequest]) -> list[AnyRequest]:
        """What was asked of that kind."""
        return [request for request in self.asked if isinstance(request, kind)]
