"""Opening a worker: what it is told, what it says of itself, and that none is left behind."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from perfkit.errors import UsageError, WorkFailed
from perfkit.protocol.opening import FromCatalog, Open, Opened
from perfkit.session.open_worker import Opener
from perfkit.session.outcome import Outcome
from perfkit.session.worker_process import RejectedOutput
from perfkit.settings import Settings
from tests.messages import FakeWorker, rejection

SETTINGS = Settings(seed=7, threads=3, timeout_s=11.0, catalogs=(Path("here"),))


class Started:
    """What starts workers, and what it was told."""

    def __init__(self, answer: Any) -> None:
        self.worker = FakeWorker({Open: answer})
        self.environment: Mapping[str, str] = {}
        self.timeout_s = 0.0

    def __call__(self, environment: Mapping[str, str], *, timeout_s: float, heard: Any) -> FakeWorker:
        self.environment, self.timeout_s = environment, timeout_s
        heard("candidate-1", "ValueError: no", 2)
        return self.worker


def test_a_worker_is_told_what_to_load_and_says_what_it_is() -> None:
    started, outcome = Started(Opened(resolution_ns=42, environment={"cpu": "one"})), Outcome()
    worker = Opener("toy", SETTINGS, outcome, installed=False, start=started)(5, describe=True)

    source = FromCatalog(catalogs=("here",), target="toy", installed=False)
    assert worker is started.worker
    assert started.worker.asked == [Open(source=source, seed=7, process=5, describe=True)]
    assert started.worker.about == ["importing toy"]
    assert (outcome.resolution_ns, outcome.environment) == (42, {"cpu": "one"})
    assert outcome.raised == {("candidate", "ValueError: no"): 2}
    assert not started.worker.closed


@pytest.mark.parametrize(("threads", "told"), [(None, "3"), (2, "2")])
def test_its_threads_are_those_of_the_settings_where_none_are_named(threads: int | None, told: str) -> None:
    started = Started(Opened(resolution_ns=1))
    Opener("toy", SETTINGS, Outcome(), start=started)(0, threads=threads)

    assert started.environment["OMP_NUM_THREADS"] == told
    assert started.timeout_s == 11.0


def test_an_environment_that_was_not_asked_for_takes_the_place_of_none() -> None:
    outcome = Outcome(environment={"cpu": "one"})
    Opener("toy", SETTINGS, outcome, start=Started(Opened(resolution_ns=1)))(1)

    assert outcome.environment == {"cpu": "one"}


@pytest.mark.parametrize(
    ("answer", "raised", "said"),
    [
        (RejectedOutput(rejection("", during="importing target toy", error="ValueError: no")), WorkFailed,
         "importing target toy: ValueError: no"),
        (UsageError("no target is called toy"), UsageError, "no target is called toy"),
        (KeyboardInterrupt("now"), KeyboardInterrupt, "now"),
    ],
)  # fmt: skip
def test_a_worker_that_cannot_be_opened_is_closed(
    answer: BaseException, raised: type[BaseException], said: str
) -> None:
    started = Started(answer)
    with pytest.raises(raised, match=said):
        Opener("toy", SETTINGS, Outcome(), start=started)(0)

    assert started.worker.closed
