"""Every state of a process that a recipe may change: the change is named, and put back."""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import ctypes
import decimal
import faulthandler
import gc
import locale
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import threadpoolctl

from perfkit.schedule import BASELINE, CANDIDATE
from perfkit.worker.guard import Rejected, blaming, user_code
from perfkit.worker.state import process_state
from perfkit.worker.state.process_state import snapshot, snapshot_closely


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    process_state.forget_allowed()
    before, closely = snapshot(), snapshot_closely()
    yield
    process_state.restore(before)
    process_state.restore(closely)
    process_state.forget_allowed()


def fewer_processors() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def batch_policy() -> None:
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def nearly_two_threads() -> None:
    threadpoolctl.threadpool_limits(threadpoolctl.threadpool_info()[0]["num_threads"] + 1)


def directed_rounding() -> None:
    ctypes.CDLL(None).fesetround(0x800 if os.uname().machine == "x86_64" else 0x400000)


def call_after_collection(phase: str, info: dict[str, int]) -> None:
    """A callback of the garbage collector."""


class OwnPolicy(asyncio.DefaultEventLoopPolicy):
    """A policy somebody has set."""


def trap_inexact() -> None:
    decimal.getcontext().traps[decimal.Inexact] = True


def round_down() -> None:
    decimal.getcontext().rounding = decimal.ROUND_DOWN


def replace_stdout() -> None:
    sys.stdout = sys.__stderr__


@contextlib.contextmanager
def streams_of_its_own(tmp_path: Path) -> Iterator[None]:
    """Standard streams that a test may close."""
    kept, objects = [os.dup(number) for number in (0, 1, 2)], (sys.stdin, sys.stdout, sys.stderr)
    with (tmp_path / "taken").open("wb") as taken:
        for number in (1, 2):
            os.dup2(taken.fileno(), number)
        sys.stdout, sys.stderr = (open(n, "w", encoding="utf-8", closefd=False) for n in (1, 2))  # noqa: SIM115
        try:
            yield
        finally:
            sys.stdin, sys.stdout, sys.stderr = objects
            for number, copy in enumerate(kept):
                os.dup2(copy, number)
                os.close(copy)


def onto_null() -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    os.close(nothing)


STREAMS: dict[str, tuple[Callable[[], object], str]] = {
    "closed": (lambda: sys.stdout.close(), "a stream of the process (sys.stdout: closed)"),
    "detached": (lambda: sys.stderr.detach(), "a stream of the process (sys.stderr: detached)"),  # type: ignore[attr-defined]
    "encoding": (
        lambda: sys.stdout.reconfigure(encoding="latin-1"),  # type: ignore[union-attr]
        "a stream of the process (sys.stdout: its encoding or buffering)",
    ),
    "descriptor": (lambda: os.close(1), "a standard file descriptor (1, stdout: closed)"),
    "another file": (onto_null, "a standard file descriptor (2, stderr: another file)"),
}


@pytest.mark.parametrize("kind", STREAMS)
def test_what_becomes_of_a_standard_stream_is_named_and_put_back(kind: str, tmp_path: Path) -> None:
    deed, words = STREAMS[kind]
    with streams_of_its_own(tmp_path):
        before = snapshot()
        assert process_state.change(before, snapshot()) == ""

        deed()
        assert process_state.change(before, snapshot()).startswith(words)

        process_state.restore(before)
        names = ("a stream of the process", "a standard file descriptor")
        assert [snapshot()[name] for name in names] == [before[name] for name in names]
        print("it is heard", file=sys.stdout, flush=True)
        print("and so is this", file=sys.stderr, flush=True)
    assert (tmp_path / "taken").read_text() == "it is heard\nand so is this\n"


def test_loggers_are_looked_at_but_not_what_a_first_record_sets_up(monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.getLogger("a logger of the program")
    monkeypatch.setattr(logging.root, "handlers", [])
    librarys = logging.getLogger("numpy.first_used")
    before, closely = snapshot(), snapshot_closely()

    logging.warning("nobody has set up a handler")
    logging.getLogger("another").addHandler(logging.NullHandler())
    assert process_state.change(before, snapshot()) == ""
    assert process_state.change(closely, snapshot_closely()) == ""

    librarys.addHandler(logging.NullHandler())  # as torch._dynamo does when it is loaded
    assert process_state.change(closely, snapshot_closely()) == ""

    logger.addHandler(logging.NullHandler())
    said = process_state.change(closely, snapshot_closely())
    assert said == "the set-up of a logger (a logger of the program)"
    process_state.restore(closely)
    assert logger.handlers == []


def several_cores() -> bool:
    return hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) > 1


PLANTED: dict[str, tuple[Callable[[], object], str]] = {
    "policy": (batch_policy, "its scheduling policy"),
    "switch interval": (lambda: sys.setswitchinterval(1.0), "the switch interval of threads (0.005 before"),
    "thresholds": (lambda: gc.set_threshold(10**5), "the thresholds of the garbage collector ("),
    "gc debug": (lambda: gc.set_debug(gc.DEBUG_UNCOLLECTABLE), "the debugging of the garbage collector"),
    "gc callback": (lambda: gc.callbacks.append(call_after_collection), "what the garbage collector calls"),
    "filters": (lambda: warnings.simplefilter("ignore"), "the filters of warnings"),
    "recursion": (lambda: sys.setrecursionlimit(12_345), "the recursion limit ("),
    "digits": (lambda: sys.set_int_max_str_digits(10_000), "the most digits of a number in text ("),
    "path": (lambda: sys.path.append("/nowhere"), "where modules are looked for (sys.path)"),
    "finders": (lambda: sys.meta_path.append(type("Finder", (), {})), "who finds modules (sys.meta_path)"),
    "path hooks": (lambda: sys.path_hooks.append(str), "who finds modules (sys.path_hooks)"),
    "hook": (lambda: setattr(sys, "excepthook", print), "a hook or stream of the interpreter (sys.excepthook)"),
    "stdout": (replace_stdout, "a hook or stream of the interpreter (sys.stdout)"),
    "threads' tracing": (lambda: threading.setprofile(print), "the tracing of calls"),
    "memory": (tracemalloc.start, "the tracing of memory (False before, True after)"),
    "rounding": (directed_rounding, "the rounding of floating-point numbers (to nearest before, up after)"),
    "pools": (nearly_two_threads, "the number of threads of BLAS or OpenMP ("),
    "precision": (lambda: setattr(decimal.getcontext(), "prec", 12), "the context of decimal numbers (precision 28"),
    "traps": (trap_inexact, "the context of decimal numbers (traps "),
    "decimal rounding": (round_down, "the context of decimal numbers (rounding ROUND_HALF_EVEN before, ROUND_DOWN"),
    "locale": (lambda: locale.setlocale(locale.LC_ALL, "C.UTF-8"), "the locale ("),
    "printing": (lambda: np.set_printoptions(precision=2), "how numpy prints arrays (precision)"),
    "errors": (lambda: np.seterrcall(print), "whom numpy calls on floating-point errors"),
    "buffers": (lambda: np.setbufsize(2 * 8192), "the size of numpy's buffers ("),
    "event loops": (lambda: asyncio.set_event_loop_policy(OwnPolicy()), "the policy of event loops (None before, Own"),
    "sockets": (lambda: socket.setdefaulttimeout(3.0), "the timeout of sockets (None before, 3.0 after)"),
    "logging": (lambda: logging.disable(logging.CRITICAL), "the set-up of logging (switched off up to"),
    "a logging handler": (
        lambda: logging.getLogger().addHandler(logging.NullHandler()),
        "the set-up of logging (handlers or filters of the root logger)",
    ),
    "a signal": (lambda: signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1}), "the signals that are blocked ("),
    "words": (lambda: sys.argv.append("x"), "the words of the command line (sys.argv) (set anew)"),
    "builtins": (lambda: setattr(builtins, "answer", 42), "the names of builtins (answer)"),
    "temporary files": (lambda: setattr(tempfile, "tempdir", "/nowhere"), "the folder of temporary files ("),
    "stacks": (lambda: threading.stack_size(1 << 20), "the stack of new threads ("),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_change_is_named_and_put_back(kind: str) -> None:
    deed, words = PLANTED[kind]
    before = snapshot()
    assert process_state.change(before, snapshot()) == ""

    deed()
    said = process_state.change(before, snapshot())
    assert said.startswith(words) or (kind == "pools" and said.startswith("torch's number of threads ("))  # is one

    process_state.restore(before)
    assert process_state.change(before, snapshot()) == ""


@pytest.mark.skipif(not several_cores(), reason="one processor cannot become fewer")
def test_fewer_processors_are_named_and_put_back() -> None:
    before = snapshot()

    fewer_processors()
    assert process_state.change(before, snapshot()).startswith("the processors it may run on (")

    process_state.restore(before)
    assert process_state.change(before, snapshot()) == ""


def test_the_dump_of_a_crash_is_watched() -> None:
    enabled = faulthandler.is_enabled()
    before = snapshot()
    (faulthandler.disable if enabled else faulthandler.enable)()

    assert process_state.change(before, snapshot()).startswith("the dump of a crash (faulthandler) (")
    (faulthandler.enable if enabled else faulthandler.disable)()


@pytest.fixture
def nothing_frozen() -> Iterator[None]:
    """What conftest has the garbage collector pass over would stay so: only what nobody froze before is put back."""
    gc.unfreeze()
    yield
    gc.freeze()


@pytest.mark.usefixtures("nothing_frozen")
@pytest.mark.parametrize(
    ("deed", "words"),
    [
        (lambda: sys.modules.pop("locale"), "which modules are loaded (locale)"),
        (lambda: os.umask(0o077), "the permissions of new files (umask) (077)"),
        (gc.freeze, "what the garbage collector passes over (gc.freeze) ("),
    ],
)
def test_what_is_dear_to_find_out_is_found_at_the_end(deed: Callable[[], object], words: str) -> None:
    before = snapshot_closely()
    assert process_state.change(before, snapshot_closely()) == ""

    deed()
    assert process_state.change(before, snapshot_closely()).startswith(words)

    process_state.restore(before)
    assert process_state.change(before, snapshot_closely()) == ""


TORCH: dict[str, tuple[str, str]] = {
    "use_deterministic_algorithms(True)": ("use_deterministic_algorithms", "torch's deterministic algorithms ("),
    "set_default_device('meta')": ("set_default_device", "torch's default device (none before, meta after)"),
    "mkldnn": ("_C._set_mkldnn_enabled", "torch's use of oneDNN (True before, False after)"),
    "cudnn benchmark": ("_C._set_cudnn_benchmark", "torch's benchmarking of cuDNN (False before, True after)"),
    "flash": ("_C._set_sdp_use_flash", "torch's flash attention (True before, False after)"),
    "autocast": ("set_autocast_enabled", "torch's automatic precision (autocast) ("),
    "anomaly": ("autograd.set_detect_anomaly", "torch's search for anomalies ("),
    "fast path": ("backends.mha.set_fastpath_enabled", "torch's fast path of attention (True before, False after)"),
}
GIVEN = {
    "set_default_device('meta')": ("meta",),
    "mkldnn": (False,),
    "flash": (False,),
    "autocast": ("cpu", True),
    "fast path": (False,),
}


@pytest.mark.parametrize("kind", TORCH)
def test_a_switch_of_torch_is_named_and_put_back(kind: str) -> None:
    import torch

    path, words = TORCH[kind]
    before = snapshot()
    deed: object = torch
    for name in path.split("."):
        deed = getattr(deed, name)
    deed(*GIVEN.get(kind, (True,)))  # type: ignore[operator]

    assert process_state.change(before, snapshot()).startswith(words)
    process_state.restore(before)
    assert process_state.change(before, snapshot()) == ""


def test_a_hook_of_all_modules_is_named_and_put_back() -> None:
    import torch

    before = snapshot()
    torch.nn.modules.module.register_module_forward_hook(lambda *_: None)

    assert process_state.change(before, snapshot()).startswith("torch's hooks of all modules")
    process_state.restore(before)
    assert process_state.change(before, snapshot()) == ""


def within_blocks() -> None:
    import torch

    with (
        decimal.localcontext() as context,
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        np.printoptions(precision=3),
        threadpoolctl.threadpool_limits(1),
        torch.inference_mode(),
        torch.autocast("cpu", dtype=torch.bfloat16),
    ):
        context.prec = 50
        warnings.simplefilter("ignore")
        logging.getLogger("mine").warning("a record")
    asyncio.run(asyncio.sleep(0))


def test_what_a_call_sets_and_puts_back_itself_is_no_change() -> None:
    with blaming(CANDIDATE):
        user_code("a call", within_blocks)
        user_code("a call", within_blocks)


def test_what_the_baseline_changes_too_a_candidate_may_change() -> None:
    def work() -> None:
        sys.setswitchinterval(0.1 + sys.getswitchinterval())

    with blaming(CANDIDATE), pytest.raises(Rejected, match="changes the switch interval"):
        user_code("a call", work)
    with blaming(BASELINE):
        user_code("a call", work)
    with blaming(CANDIDATE):
        user_code("a call", work)


def test_what_a_library_sets_when_it_is_imported_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def first_use() -> None:
        sys.modules["a_library_that_was_not_there"] = type(sys)("a_library_that_was_not_there")
        warnings.simplefilter("ignore")

    with blaming(CANDIDATE):
        user_code("a call", first_use)
        with pytest.raises(Rejected, match="changes the filters of warnings"):  # it has no such excuse later
            user_code("a call", lambda: warnings.simplefilter("ignore"))
    with contextlib.suppress(KeyError):
        del sys.modules["a_library_that_was_not_there"]
