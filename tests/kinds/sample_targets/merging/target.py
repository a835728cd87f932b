"""Merges two sorted lists."""

from perfkit.target import Target, Workload

from .ops import Ops


class Model:
    """The program around the seam."""

    def __init__(self, ops, shared):
        self.ops = ops

    def run(self, pair):
        return [text for _, text in self.ops.merge(*pair)]

    @staticmethod
    def part(r, name):
        return [(int(k), f"{name}{i}") for i, k in enumerate(sorted(r.integers(0, 2000, 40)))]


TARGET = Target(
    id="merging",
    summary="merges two sorted lists",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: (Model.part(r, "a"), Model.part(r, "b")),
            call=lambda model: model.run,
            build=Model,
        ),
    ),
)
