"""Let an answer do its work where an accident in it does little harm.

On Linux it works in a copy of this process. So an endless loop is stopped, a crash and
too much memory end the copy alone, and whatever it changes in memory goes with it. What
it returns comes back as plain data: text, numbers and arrays.

Elsewhere it works in a thread of this process: a copy is not to be had on Windows and
not safe on macOS. The same holds on Linux of what waits, in a copy, for threads that
are not there: TensorFlow does, once it was used before. In a thread a loop of Python is
interrupted; what is changed stays changed, and a crash or too much memory ends all.
Where there are no threads either, it works in place (in_place.py).

This is no prison: an answer may write files, start programs and use the network, as
any cell of a notebook may. It guards against mistakes, not against malice.

What counts is the time that it computes, so that a busy machine refuses no answer.
"""

import builtins
import contextlib
import ctypes
import faulthandler
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
from typing import Any

from lstm_course.checker.frames import Frames
from lstm_course.checker.in_place import in_place
from lstm_course.checker.limits import (
    DEEPEST_CALL,
    LONGEST,
    SECONDS,
    DiedError,
    TookTooLongError,
    ask_nobody,
)
from lstm_course.checker.message import from_bytes, to_bytes
from lstm_course.system.web_page import IN_WEB_PAGE

_STILL = 1.0  # so long without any computing, and it is asked where it waits
_EXTRA_MEMORY = 1 << 30  # bytes
_COPIES = sys.platform == "linux"
_WHERE: Any = getattr(signal, "SIGUSR1", None)  # asks a copy; Windows has none
_FRAME = re.compile(r'^  File "(.+)", line (\d+) in (.+)$', re.MULTILINE)


class _NotInACopyError(Exception):
    """The work waits for what a copy of a process hasn't got: threads of a library."""


def guarded(
    work: Callable[[], Any], *, seconds: float = SECONDS, longest: float = LONGEST
) -> Any:
    """Return what ``work()`` returns.

    Args:
        work: what is to be done. It returns plain data: None, texts, numbers, arrays,
            and lists and dicts of these; a tuple comes back as a list.
        seconds: how long it may compute. Several processors at work count as one, or
            the threads of NumPy and TensorFlow would use the time up at once.
        longest: how many seconds it may take in all.

    Raises:
        TookTooLongError: it did not end within these limits.
        DiedError: it returned nothing, for it raised, or its process came to an end.
    """
    if IN_WEB_PAGE:
        return in_place(work, seconds, longest)
    if _COPIES:
        with contextlib.suppress(_NotInACopyError):
            return _watched(_Copy, work, seconds, longest)
    return _watched(_Thread, work, seconds, longest)


def _watched(
    kind: "type[_Copy | _Thread]",
    work: Callable[[], object],
    seconds: float,
    longest: float,
) -> Any:
    """Return what a worker of a kind sends within the limits, and end it."""
    streams = sys.stdout, sys.stderr
    worker = kind(work)
    try:
        _wait(worker, seconds, longest)
        message = worker.receiver.recv_bytes()
    except EOFError:
        message = b""
    finally:
        worker.stop()
        sys.stdout, sys.stderr = streams  # a thread may still hold them
    if not message:
        raise DiedError
    return from_bytes(message)


def _wait(worker: "_Copy | _Thread", seconds: float, longest: float) -> None:
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

        def target() -> None:
            _limit_this_process(places.fileno())
            _send(sender, work)

        self._process: Any = context.Process(target=target, daemon=True)
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, [_WHERE])  # it isn't ready yet
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # a fork among threads
            self._process.start()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        places.close()
        sender.close()  # so that the copy's end is the last, and its death is noticed

    def computed(self) -> float:
        """Return the seconds that it has computed."""
        import psutil  # on Linux alone: a browser has none

        with contextlib.suppress(psutil.Error):
            times = psutil.Process(self._process.pid).cpu_times()
            return float(times.user + times.system)
        return 0.0  # it has just ended

    def frames(self) -> Frames:
        """Ask where it is; return nothing if it does not tell."""
        with contextlib.suppress(OSError):
            os.kill(self._process.pid, _WHERE)
        told = b""
        while self._places.poll(0.5):
            piece = os.read(self._places.fileno(), 1 << 16)
            if not piece:
                break
            told += piece
        return [
            traceback.FrameSummary(file, int(line), name)
            for file, line, name in reversed(_FRAME.findall(told.decode()))
        ]

    def stop(self) -> None:
        """End the process, and what it has started."""
        self._process.kill()
        with contextlib.suppress(OSError):  # it had come to its end before
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.join()


class _Thread:
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


def _limit_this_process(places: int) -> None:
    """Limit this process's memory, and cut it off from keyboard and screen.

    Args:
        places: where it writes what it is doing, when asked by a signal.
    """
    import resource

    os.setsid()  # a group of its own, which can be ended as a whole
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[5])  # its data: TensorFlow's code alone is 2 GB
    limit = pages * resource.getpagesize() + _EXTRA_MEMORY
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    if most != resource.RLIM_INFINITY:
        limit = min(limit, most)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, most))
    faulthandler.disable()  # a crash is told in the verdict
    faulthandler.register(_WHERE, file=places, all_threads=False)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [_WHERE])
    sys.setrecursionlimit(min(sys.getrecursionlimit(), DEEPEST_CALL))
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    builtins.input = ask_nobody


def _send(sender: Any, work: Callable[[], object]) -> None:
    message = b""  # so that whoever waits learns at once of an error
    with contextlib.suppress(BaseException):
        message = to_bytes(work())
    sender.send_bytes(message)
