"""What a variant does to all code of its process, beside its outputs: looked for around proofs and rounds."""

from __future__ import annotations

from collections.abc import Sequence

from perfkit import schedule
from perfkit.worker import printed, written_files
from perfkit.worker.guard import blaming
from perfkit.worker.proof.call import call_once
from perfkit.worker.source import Source

__all__ = ["acquaint", "check_files", "check_modules", "check_running", "check_target"]


def acquaint(source: Source, workload: str) -> None:
    """See what the baseline does by itself, before any candidate has run: that is no change of a candidate's."""
    state = source.shared_state
    if state.knows(workload):
        return
    with blaming(schedule.BASELINE), state.of_the_baseline(workload) as note_running:
        subject = source.macro(workload, source.proof_size(workload), [])
        for call in range(2):
            data = subject.data(schedule.stream(source.seed, "alone", call))
            call_once(subject, data, "the baseline alone")
        note_running()
        subject.close()


def check_modules(source: Source) -> None:
    """Raise Rejected when what all code shares is no longer what it was before the candidates were loaded."""
    with blaming(schedule.CANDIDATE):
        source.shared_state.check_random("after the last call")
        source.shared_state.check("after the last call")


def check_target(source: Source, during: str) -> None:
    """As `check_modules`, of the target's own functions alone: some ten microseconds."""
    with blaming(schedule.CANDIDATE):
        source.shared_state.check_target(during)


def check_files(source: Source, workload: str, on: Sequence[str], recipes: Sequence[str]) -> list[str]:
    """What files one call of a candidate writes, beside one of the baseline: in words, none if nothing.

    Where what calls print is compared, also whether they print past `sys.stdout`, where it is not.
    """
    files: list[written_files.Written] = []
    texts: list[bytes] = []
    for role, variant in ((schedule.BASELINE, [*on]), (schedule.CANDIDATE, [*on, *recipes])):
        with blaming(role):
            subject = source.macro(workload, source.proof_size(workload), variant)
            data = subject.data(schedule.stream(source.seed, "alone", 0))
            with written_files.watched() as written, printed.taken() as text:
                call_once(subject, data, "a last call")
                files.append(written())
                texts.append(text())
            subject.close()
    return [*written_files.in_words(*files), *(printed.in_words(*texts) if source.printed else ())]


def check_running(source: Source, workload: str, on: Sequence[str], recipes: Sequence[str]) -> list[str]:
    """What a candidate keeps running, or leaves so, beyond what it declares: in words, none if nothing."""
    source.let_go()
    variant, state = [*on, *recipes], source.shared_state
    allowed = source.allowed(variant)
    with blaming(schedule.CANDIDATE):
        subject = source.macro(workload, source.proof_size(workload), variant)
        call_once(subject, subject.data(schedule.stream(source.seed, "alone", 0)), "a last call")
        meanwhile = state.running_beyond_baseline(workload, *allowed)
        subject.close()
    return state.left_running(*allowed) or meanwhile
