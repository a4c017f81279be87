"""Let code that may do anything do its work, and come to no harm by it.

On Linux it works in a copy of this process, which can be stopped whatever it does and
takes everything that it changed with it. Elsewhere it works in a thread beside this
one: a copy is not to be had on Windows and not safe on macOS. What it changes then
stays changed, and what won't be interrupted goes on in the background.
"""

import builtins
import contextlib
import ctypes
import faulthandler
import io
import multiprocessing
import multiprocessing.dummy
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from typing import Any, TypeVar, cast

Result = TypeVar("Result")

SECONDS = 3.0
_EXTRA_MEMORY = 1 << 30  # bytes
_DEEPEST_CALL = 2000  # an endless recursion is to be told as such, before it is deadly
_COPIES = sys.platform == "linux"


class TookTooLongError(Exception):
    """The work did not end in time."""


class DiedError(Exception):
    """The work ended its process, or made a mess of it."""


def guarded(work: Callable[[], Result], *, seconds: float = SECONDS) -> Result:
    """Return what ``work()`` returns: something that pickle takes.

    Raises:
        TookTooLongError: it did not end within so many seconds.
        DiedError: it returned nothing, for it raised, or its process came to an end.
    """
    context: Any = (
        multiprocessing.get_context("fork") if _COPIES else multiprocessing.dummy
    )
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_send, args=(sender, work))
    child.daemon = True
    streams = sys.stdout, sys.stderr
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork among threads
        child.start()
    if _COPIES:
        sender.close()  # so that the child's end is the last, and its death is noticed
    stop = _kill if _COPIES else _interrupt
    watch = threading.Timer(seconds + 1, stop, [child])  # for what stops halfway
    watch.start()
    try:
        in_time = receiver.poll(seconds)
        returned, result = receiver.recv() if in_time else (False, None)
    except Exception as error:
        raise DiedError(str(error)) from error
    finally:
        watch.cancel()
        stop(child)
        sys.stdout, sys.stderr = streams  # a thread may still hold them
        if _COPIES:
            child.join()
    if not in_time:
        raise TookTooLongError
    if not returned:
        raise DiedError
    return cast(Result, result)


def _kill(child: Any) -> None:
    """End a process, and whatever it has started."""
    child.kill()
    with contextlib.suppress(OSError):  # it had come to its end before
        os.killpg(child.pid, signal.SIGKILL)


def _interrupt(child: Any) -> None:
    """End a thread where it works in Python, even one that catches a few errors."""
    error = ctypes.py_object(SystemExit)
    for _ in range(20):
        child.join(0.05)
        if not child.is_alive():
            return
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(child.ident), error)


def _send(sender: Any, work: Callable[[], object]) -> None:
    if _COPIES:
        _be_harmless()
    try:
        message = True, work()
    except BaseException:  # whoever waits is told at once
        message = False, None
    sender.send(message)


def _be_harmless() -> None:
    """Limit this process's memory, and cut it off from keyboard and screen."""
    import resource

    os.setsid()  # what is meant for its group does not reach ours
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[0])
    limit = pages * resource.getpagesize() + _EXTRA_MEMORY
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY:
        limit = min(limit, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.disable()  # a crash is told in the verdict
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
