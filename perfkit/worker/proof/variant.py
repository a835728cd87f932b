"""The proof of one variant of a source: on a workload, and on a seam alone."""

from __future__ import annotations

from collections.abc import Sequence

from perfkit import schedule
from perfkit.errors import PerfkitError
from perfkit.protocol.proving import Prove, ProveSeam
from perfkit.worker.guard import Rejected, blaming
from perfkit.worker.inputs.arguments import Fixed
from perfkit.worker.inputs.content import digest
from perfkit.worker.proof.call import Tally, answer, call_once, compare_call, compare_with
from perfkit.worker.proof.prove import prove
from perfkit.worker.source import Source
from perfkit.worker.subject import MacroSubject

_LOOKED_AT = 3  # calls, to see whether a seam is called: some call it now and then
_RECORDING_S = 1.5  # of a workload that takes long: two runs, or one, have calls enough for a proof

__all__ = ["compare_once", "one_call_each", "prove_seam", "prove_workload", "seams_called"]


def prove_workload(source: Source, request: Prove) -> Tally:
    """The whole proof on one workload at its proof size, and a call at its default size. Raises Rejected.

    Where nothing is to be measured (no `soak_s`) and none of the seams that it replaces is called, one call a size must
    do.
    """
    workload, on = request.workload, request.on
    size, described = source.proof_size(workload), source.workload(workload)
    if not (request.soak_s or request.called or _is_called(source, request, size)):
        tally = compare_once(source, request, size, "proof", "first")
        if request.at_size and described.sizes[0] != size:
            tally.checked_calls += compare_once(source, request, described.sizes[0], "proof at size").checked_calls
        return tally
    reference, candidate = _pair(source, request, size)
    more: list[MacroSubject] = []

    def fresh(role: str) -> MacroSubject:
        more.append(source.macro(workload, size, on if role == schedule.BASELINE else [*on, *request.recipes]))
        return more[-1]

    awkward, change = described.awkward, described.change
    tally = prove(
        reference,
        candidate,
        source.rule(request.recipes, seam=False),
        source.seed,
        awkward=None if awkward is None else lambda s: iter(awkward(s.shared)),  # type: ignore[attr-defined]
        change=None if change is None else lambda s, rng: change(s.instance, rng),  # type: ignore[attr-defined]
        soak=request.soak,
        soak_s=request.soak_s,
        only_read=any(seam.only_read and reference.is_seam(name) for name, seam in source.seams.items()),
        fresh=fresh,
        controlled=request.controlled,
    )
    for subject in (reference, candidate, *more):
        subject.close()
    if request.at_size and described.sizes[0] != size:  # what depends on size is wrong only there
        tally.checked_calls += compare_once(source, request, described.sizes[0], "proof at size").checked_calls
    return tally


def _is_called(source: Source, request: Prove, size: str) -> bool:
    """Whether the workload calls what is replaced, while it is built or in one of a few calls."""
    touched = source.touches(request.recipes)
    if touched is None:
        return True
    with blaming(schedule.CANDIDATE):
        called = seams_called(source, request.workload, size, [*request.on, *request.recipes])
    return bool(touched & called)


def seams_called(source: Source, workload: str, size: str, variant: Sequence[str]) -> frozenset[str]:
    """The seams that a variant calls while it is built, or in one of a few calls."""
    recorder, subject = source.recorded(workload, size, variant, describe=False)
    for number in range(_LOOKED_AT):
        call_once(subject, subject.data(schedule.stream(source.seed, "called", number)), "a call that is watched")
    subject.close()
    return frozenset(seam for seam, seen in recorder.seen.items() if seen.calls)


def compare_once(source: Source, request: Prove, size: str, *stream: str) -> Tally:
    """Compare one call at some size, on an input that `stream` names. Raises Rejected."""
    reference, candidate = _pair(source, request, size)
    number, tally = schedule.stream(source.seed, *stream), Tally()
    rule = source.rule(request.recipes, seam=False)
    compare_call(reference, candidate, lambda s: s.data(number), rule, f"a call at size {size}", tally)
    reference.close()
    candidate.close()
    return tally


def one_call_each(source: Source, workload: str, variants: Sequence[Sequence[str]]) -> list[Tally | None]:
    """Compare one call of each variant at the proof size with one answer of the baseline; None where it differs."""
    size, number = source.proof_size(workload), schedule.stream(source.seed, "proof", "first")
    during = f"a call at size {size}"
    with blaming(schedule.BASELINE):
        reference = source.macro(workload, size, ())
        expected = answer(reference, lambda subject: subject.data(number), during)
    found: list[Tally | None] = []
    for variant in variants:
        tally = Tally()
        try:
            candidate = source.macro(workload, size, variant)
            rule = source.rule(variant, seam=False)
            compare_with(expected, candidate, lambda subject: subject.data(number), rule, during, tally)
            candidate.close()
        except (Rejected, PerfkitError):  # a proof of its own says what
            found.append(None)
        else:
            found.append(tally)
    reference.close()
    return found


def _pair(source: Source, request: Prove, size: str) -> tuple[MacroSubject, MacroSubject]:
    with blaming(schedule.BASELINE):
        reference = source.macro(request.workload, size, request.on)
    return reference, source.macro(request.workload, size, [*request.on, *request.recipes])


def prove_seam(source: Source, request: ProveSeam) -> Tally:
    """The whole proof on one seam alone. Raises Rejected, and PerfkitError where it cannot be measured alone."""
    seam, on, both = request.seam, request.on, [*request.on, *request.recipes]
    spec = source.spec(request.workload, request.size, seam, on)
    if spec.recording is not None:
        spec.recording.enough_after(_RECORDING_S)
    with blaming(schedule.BASELINE):
        reference = source.seam(seam, on, spec)
    candidate = source.seam(seam, both, spec)
    rule, only_read = source.rule(request.recipes, seam=True), source.seams[seam].only_read
    weights = {p: part.value for p, part in enumerate(spec.parts) if isinstance(part, Fixed)}
    before = {position: digest(value) for position, value in weights.items()}
    tally = prove(
        reference,
        candidate,
        rule,
        source.seed,
        soak=request.soak,
        soak_s=request.soak_s,
        only_read=only_read,
        fresh=lambda role: source.seam(seam, on if role == schedule.BASELINE else both, spec),
    )
    for position, value in weights.items():
        if digest(value) != before[position] and before[position] is not None:
            with blaming(schedule.CANDIDATE):
                raise Rejected("the calls of a seam alone", error=f"writes to argument {position + 1}, a weight")
    return tally
