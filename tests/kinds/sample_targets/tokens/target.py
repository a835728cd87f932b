"""Words of lines."""

from perfkit.target import Target, Workload

from .ops import Ops


class Model:
    """The program around the seam."""

    def __init__(self, ops, shared):
        self.ops = ops

    def run(self, lines):
        counts = {}
        for line in lines:
            for word in self.ops.split(line):
                counts[word] = counts.get(word, 0) + 1
        return counts

    @staticmethod
    def line(r):
        words = r.choice(["it's", "a", "x2", "long", "day"], 8).tolist()
        return (
            (" " if r.random() < 0.9 else "\t").join(words[:5])
            + ("  " if r.random() < 0.2 else " ")
            + " ".join(words[5:])
        )


TARGET = Target(
    id="tokens",
    summary="words of lines",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: [Model.line(r) for _ in range(12)],
            call=lambda model: model.run,
            build=Model,
        ),
    ),
)
