"""Let code that may do anything do its work, and come to no harm by it.

On Linux it works in a copy of this process, which can be stopped whatever it does and
takes everything that it changed with it. Elsewhere it works in a thread beside this
one: a copy is not to be had on Windows and not safe on macOS. What it changes then
stays changed, and what won't be interrupted goes on in the background. The same holds
on Linux of what waits, in a copy, for threads that are not there: TensorFlow does, once
it was used before.

What counts is the time that it computes, so that a busy machine refuses no answer.
"""

import builtins
import contextlib
import ctypes
import faulthandler
import io
import multiprocessing
import multiprocessing.dummy
import os
import re
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from typing import Any, TypeVar, cast

Result = TypeVar("Result")
Frames = list[traceback.FrameSummary]  # the innermost comes last, as in a traceback

SECONDS = 10.0  # of computing: an import of Keras takes three to five
LONGEST = 30.0  # seconds on the clock, for what waits
_STILL = 1.0  # so long without any computing, and it is asked where it waits
_EXTRA_MEMORY = 1 << 30  # bytes
_DEEPEST_CALL = 2000  # an endless recursion is to be told as such, before it is deadly
_COPIES = sys.platform == "linux"
_WHERE: Any = getattr(signal, "SIGUSR1", None)  # asks a copy; Windows has neither
_FRAME = re.compile(r'^  File "(.+)", line (\d+) in (.+)$', re.MULTILINE)


class TookTooLongError(Exception):
    """The work did not end in time.

    Args:
        computed: for how many seconds it had computed.
        passed: how many seconds had passed.
        waiting: whether these were too many, and not those.
        frames: where it was then.
    """

    def __init__(
        self, computed: float, passed: float, waiting: bool, frames: Frames
    ) -> None:
        super().__init__(f"not ended after {passed:.1f} s, {computed:.1f} s computing")
        self.computed = computed
        self.passed = passed
        self.waiting = waiting
        self.frames = frames


class DiedError(Exception):
    """The work ended its process, or made a mess of it."""


class _NotInACopyError(Exception):
    """The work waits for what a copy of a process hasn't got: threads of a library."""


def guarded(
    work: Callable[[], Result], *, seconds: float = SECONDS, longest: float = LONGEST
) -> Result:
    """Return what ``work()`` returns: something that pickle takes.

    Args:
        work: what is to be done.
        seconds: how long it may compute. Several processors at work count as one, or
            the threads of NumPy and TensorFlow would use the time up at once.
        longest: how many seconds it may take in all.

    Raises:
        TookTooLongError: it did not end within these limits.
        DiedError: it returned nothing, for it raised, or its process came to an end.
    """
    if _COPIES:
        with contextlib.suppress(_NotInACopyError):
            return _watched(_Copy, work, seconds, longest)
    return _watched(_Beside, work, seconds, longest)


def _watched(
    kind: "type[_Copy | _Beside]",
    work: Callable[[], Result],
    seconds: float,
    longest: float,
) -> Result:
    """Let a worker of a kind do it, within the limits, and end it."""
    streams = sys.stdout, sys.stderr
    worker = kind(work)
    watch = threading.Timer(longest + 1, worker.stop)  # for what stops halfway
    watch.start()
    try:
        _wait(worker, seconds, longest)
        returned, result = worker.receiver.recv()
    except (TookTooLongError, _NotInACopyError):
        raise
    except Exception as error:
        raise DiedError(str(error)) from error
    finally:
        watch.cancel()
        worker.stop()
        sys.stdout, sys.stderr = streams  # a thread may still hold them
    if not returned:
        raise DiedError
    return cast(Result, result)


def _wait(worker: "_Copy | _Beside", seconds: float, longest: float) -> None:
    """Return when something was sent, or there is nobody left to send it."""
    begin = still_since = time.monotonic()
    computed = 0.0
    while not worker.receiver.poll(min(seconds, longest) / 20):
        before, computed = computed, worker.computed()
        now = time.monotonic()
        passed = now - begin
        enough = min(computed, passed) >= seconds
        if enough or passed >= longest:
            raise TookTooLongError(computed, passed, not enough, worker.frames())
        if computed - before > 0.01:
            still_since = now
        elif now - still_since >= _STILL:
            still_since = now
            # A fork takes no threads along: TensorFlow waits for its own for ever.
            frames = worker.frames() if isinstance(worker, _Copy) else []
            if frames and "site-packages" in frames[-1].filename:
                raise _NotInACopyError


class _Copy:
    """Work in a copy of this process."""

    def __init__(self, work: Callable[[], object]) -> None:
        context = multiprocessing.get_context("fork")
        self.receiver, sender = context.Pipe(duplex=False)
        self._places, places = context.Pipe(duplex=False)
        self._stopping = threading.Lock()

        def target() -> None:
            _be_harmless(places.fileno())
            _send(sender, work)

        self._process: Any = context.Process(target=target, daemon=True)
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, [_WHERE])  # it isn't ready yet
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # a fork among threads
            self._process.start()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        places.close()
        sender.close()  # so that the child's end is the last, and its death is noticed

    def computed(self) -> float:
        """Return the seconds that it has computed, with all that it has started."""
        import psutil  # on Linux alone: a browser has none

        seconds = 0.0
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self._process.pid)
            for one in (process, *process.children(recursive=True)):
                with contextlib.suppress(psutil.Error):  # it has ended since
                    times = one.cpu_times()
                    seconds += times.user + times.system
                    seconds += times.children_user + times.children_system
        return seconds

    def frames(self) -> Frames:
        """Ask where it is; return nothing if it does not tell."""
        with contextlib.suppress(OSError):
            os.kill(self._process.pid, _WHERE)
        told = ""
        while not re.search(r" in _send$|^  \.\.\.$", told, re.MULTILINE):
            if not self._places.poll(1):
                break
            piece = os.read(self._places.fileno(), 1 << 16)
            if not piece:
                break
            told += piece.decode(errors="replace")
        return [
            traceback.FrameSummary(file, int(line), name)
            for file, line, name in reversed(_FRAME.findall(told))
        ]

    def stop(self) -> None:
        """End the process, and whatever it has started."""
        with self._stopping:  # of two at once, one would never learn of its end
            self._process.kill()
            with contextlib.suppress(OSError):  # it had come to its end before
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.join()


class _Beside:
    """Work in a thread of this process."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.receiver, sender = multiprocessing.dummy.Pipe(duplex=False)
        self._thread = threading.Thread(target=_send, args=(sender, work), daemon=True)
        self._begin = time.process_time()
        self._thread.start()

    def computed(self) -> float:
        """Return the seconds that this process has computed since, not to ask less."""
        return time.process_time() - self._begin

    def frames(self) -> Frames:
        """Look where it is."""
        frame = sys._current_frames().get(self._thread.ident or 0)
        return list(traceback.extract_stack(frame)) if frame else []

    def stop(self) -> None:
        """End it where it works in Python, even if it catches a few errors."""
        error = ctypes.py_object(SystemExit)
        for _ in range(20):
            self._thread.join(0.05)
            if not self._thread.is_alive():
                return
            ident = ctypes.c_ulong(self._thread.ident or 0)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, error)


def _send(sender: Any, work: Callable[[], object]) -> None:
    try:
        message = True, work()
    except BaseException:  # whoever waits is told at once
        message = False, None
    sender.send(message)


def _be_harmless(places: int) -> None:
    """Limit this process's memory, and cut it off from keyboard and screen.

    Args:
        places: where it writes what it is doing, when asked by a signal.
    """
    import resource

    os.setsid()  # what is meant for its group does not reach ours
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[5])  # its data: TensorFlow's code alone is 2 GB
    limit = pages * resource.getpagesize() + _EXTRA_MEMORY
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    if most != resource.RLIM_INFINITY:
        limit = min(limit, most)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.disable()  # a crash is told in the verdict
    faulthandler.register(_WHERE, file=places, all_threads=False)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [_WHERE])
    sys.setrecursionlimit(min(sys.getrecursionlimit(), _DEEPEST_CALL))
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)

    def ask_nobody(*_: object) -> str:
        raise EOFError("there is nobody to ask: work with the arguments alone")

    builtins.input = ask_nobody


class Page(io.TextIOBase):
    """Where prints go to: a page, of which the first lines are kept."""

    def __init__(self) -> None:
        """Begin with an empty page."""
        self.text = ""

    def writable(self) -> bool:
        """Say that one can print here."""
        return True

    def write(self, text: str) -> int:
        """Keep what has room."""
        if len(self.text) < 1000:
            self.text += text[:1000]
        return len(text)


@contextlib.contextmanager
def overheard() -> Any:
    """Collect what is printed inside a ``with`` block; drop warnings and the like."""
    page = Page()
    with contextlib.redirect_stdout(page), contextlib.redirect_stderr(Page()):
        yield page
