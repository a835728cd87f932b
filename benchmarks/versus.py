"""The byte-spectral model, the causal form of it, and the traditional transformer, side by side.

    python benchmarks/versus.py --epochs 20 --save FILE    what the notes trained; cut off, goes on with --resume
    python benchmarks/versus.py [--epochs 4] [--seeds 3] [--input FILE] [--save FILE] [--picture FILE.svg]
    python benchmarks/versus.py --quick                    one epoch of one seed, and few rounds
    python benchmarks/versus.py --part train               training alone; the others: time, floor, moves
    python benchmarks/versus.py --show FILE...             saved tables again, as benchmarks/data/versus.json
    python benchmarks/versus.py --show FILE --page docs/spectral.md    the tables and figures of that page, written anew

One thread. The same text, the same windows in the same order, the same number of steps: an epoch is 48 steps of 4 x 128
fixed bytes, Adam at 1e-3. Held out is the other half of the text. Models take turns, epoch by epoch and call by call.
`--save` writes after every epoch, and after every other part; what FILE holds of other parts stays. With `--resume`
what it holds is not run again, and training goes on after the last epoch that was finished. Ctrl-C prints the table so
far. Part `floor` is the fastest form beside its matrix products alone; `moves`, what a later byte moves, and a shift.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from support.arguments import Arguments
from support.bytemodels import MODELS
from support.bytepage import refreshed
from support.byteresults import Measured, Results, load, merged
from support.bytetables import picture, show
from support.bytetraining import Checkpoints, Plan, train
from support.versus import CLOCKS, LENGTH, moves, own_peak, peak_memory, sweep, time_batches, time_floors
from threadpoolctl import threadpool_limits

from perfkit.machine.environment import describe
from perfkit.sample_targets.spectral.model import parameter_count
from perfkit.sample_targets.spectral.text import seen, unseen

LENGTHS = (64, 128, 256, 512, 1024, 2048)
PARTS = ("moves", "floor", "time", "train")  # in the order in which they run: what is quick first


def halves(path: str | None) -> tuple[bytes, bytes]:
    """The text to train on and the text held out. Exits with a line that says what is wrong."""
    if path is None:
        return seen(), unseen()
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        sys.exit(f"versus: cannot read {path}: {error.strerror}")
    half = len(data) // 2
    if half < LENGTH + 1:
        sys.exit(f"versus: {path} has {len(data)} bytes; half must hold a window of {LENGTH} and the byte after it")
    return data[:half], data[half:]


def begun(chosen: Any, text: tuple[bytes, bytes]) -> Results:
    """What `--save` holds already, or nothing. Exits where that is of another text."""
    digest = hashlib.blake2b(text[0] + text[1], digest_size=6).hexdigest()
    results = load(chosen.save) if chosen.save and chosen.save.exists() else Results(text=digest)
    if results.text != digest:
        sys.exit(f"versus: {chosen.save} holds figures of another text; name another file")
    for m in MODELS:
        results.models.setdefault(m.name, Measured(m.name, m.causal, parameter_count(m.new(0))))
    return results


class Runner:
    """One command: what it is to measure, into `results`, and where that is kept."""

    def __init__(self, chosen: Any, results: Results, text: tuple[bytes, bytes]) -> None:
        self.chosen, self.results, self.text = chosen, results, text
        self.clock = CLOCKS[chosen.clock]
        self.kept = 0  # times
        self.few = chosen.smoke or chosen.quick
        self.rounds = 1 if chosen.smoke else 5 if chosen.quick else 15

    def keep(self) -> None:
        self.kept += 1
        if self.chosen.save and not self.chosen.smoke:
            self.results.save(self.chosen.save)

    def run(self) -> None:
        """Every part that was asked for, and that is not there already."""
        steps: dict[str, Callable[[], None]] = {
            "moves": self._moves, "floor": self._floor, "time": self._time, "train": self._train,
        }  # fmt: skip
        wanted = [part for part in PARTS if self.chosen.part in (part, "all")]
        for part in () if self.chosen.resume else wanted:
            self.results.taken.pop(part, None)  # so that one who is cut off and resumes does not take it for done
        for part in wanted:
            # training knows by itself what it has: more epochs or seeds may be asked for than there are
            if part in self.results.taken and part != "train":
                continue
            before = self.kept
            steps[part]()
            if part not in self.results.taken or self.kept > before:
                self.results.taken[part] = self._how()
                self.keep()

    def _how(self) -> str:
        clock = "processor time of the thread" if self.chosen.clock == "cpu" else "wall clock"
        return f"{datetime.now(UTC):%d %B %Y}, one thread of {describe()['cpu']}, torch {torch.__version__}, {clock}"

    def _moves(self) -> None:
        self.results.moves = moves(self.text[1])

    def _floor(self) -> None:
        self.results.floor = time_floors(unseen(), 1 if self.chosen.smoke else 5 if self.few else 40, self.clock)

    def _time(self) -> None:
        measured, data = self.results.models, self.text[1]
        lengths = [n for n in LENGTHS[: 2 if self.chosen.smoke else 4 if self.few else None] if n < len(data)]
        time_batches(measured, data, self.rounds, self.clock)
        runs = [(m, what) for m in MODELS for what in ("infer", "train")]
        peak_memory(measured, __file__, runs[:1] if self.chosen.smoke else runs)
        sweep(measured, data, lengths, max(1, self.rounds // 3), self.clock)

    def _train(self) -> None:
        chosen = self.chosen
        epochs, seeds = (1, 1) if self.few else (chosen.epochs, chosen.seeds)
        plan = Plan(epochs, range(seeds), *((1, 4) if chosen.smoke else ()))
        checkpoints = Checkpoints(None if chosen.smoke else chosen.save)
        if not chosen.resume:
            checkpoints.clear()
            for m in self.results.models.values():
                m.trained.clear()
        train(self.results.models, MODELS, self.text, plan, self.clock, checkpoints, self.keep)


def write(results: Results, chosen: Any) -> Iterator[tuple[Path, str]]:
    """The files that were asked for, each with what belongs into it."""
    if chosen.picture:
        yield chosen.picture, picture(results.models)
    if chosen.page:
        yield chosen.page, refreshed(chosen.page.read_text(encoding="utf-8"), results)


def options() -> Any:
    parser = Arguments(__doc__)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--input", help="a file to train on, and to hold half of out")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--save", type=Path, help="keep what is found, as it is found")
    parser.add_argument("--resume", action="store_true", help="what --save names is not measured again")
    parser.add_argument("--part", choices=("all", *PARTS), default="all")
    parser.add_argument("--show", type=Path, nargs="+", help="what --save wrote; of several parts, all of it")
    parser.add_argument("--clock", choices=CLOCKS, default="wall", help="cpu: on a machine that others use too")
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--page", type=Path, help="write the figures of that page anew")
    parser.add_argument("--memory", nargs=2, help="(its own: one model's peak, in a process of its own)")
    chosen = parser.chosen()
    if min(chosen.epochs, chosen.seeds) < 1:
        parser.error("--epochs and --seeds begin at 1")
    if chosen.resume and not chosen.save:
        parser.error("--resume goes on from what --save names")
    for path in (chosen.save, chosen.picture):
        if path and not path.parent.is_dir():
            parser.error(f"there is no folder {path.parent}")
    if chosen.page and not chosen.page.is_file():
        parser.error(f"there is no page {chosen.page}")
    return chosen


def main() -> None:
    chosen = options()
    torch.set_num_threads(1)
    with threadpool_limits(1):
        if chosen.memory:
            print(own_peak(*chosen.memory, unseen()))
            return
        if chosen.show:
            results = merged([load(path) for path in chosen.show])
        else:
            text = halves(chosen.input)
            results = begun(chosen, text)
            runner = Runner(chosen, results, text)
            try:
                runner.run()
            except KeyboardInterrupt:
                print("\nstopped: what follows is what there is so far", file=sys.stderr)
            runner.keep()
    show(results)
    for path, content in write(results, chosen) if not chosen.smoke else ():
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
