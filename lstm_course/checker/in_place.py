"""Let an answer do its work in this thread, where there is no other, as in WebAssembly.

A loop is interrupted where it runs through the learner's own lines, or through
functions of Python that these have called. What stays within one call of compiled code
(``9**9**9``), or catches every error, ends with the page's worker alone. What an answer
changes stays changed.
"""

import builtins
import sys
import time
import traceback
from collections.abc import Callable
from itertools import takewhile
from types import FrameType
from typing import Any

from lstm_course.checker.frames import is_own
from lstm_course.checker.limits import (
    DEEPEST_CALL,
    DiedError,
    TookTooLongError,
    ask_nobody,
)
from lstm_course.checker.message import from_bytes, to_bytes


def in_place(work: Callable[[], object], seconds: float, longest: float) -> Any:
    """Return what ``work()`` returns; arguments and errors are those of ``guarded``."""
    watch = _Watch(seconds, longest)
    kept = sys.stdout, sys.stderr, builtins.input
    limit = sys.getrecursionlimit()
    message = b""
    try:
        sys.setrecursionlimit(min(limit, DEEPEST_CALL))
        builtins.input = ask_nobody
        sys.settrace(watch)
        message = to_bytes(work())
    except BaseException:  # noqa: S110 - no call may come before the trace ends
        pass
    finally:
        sys.settrace(None)
        sys.setrecursionlimit(limit)
        sys.stdout, sys.stderr, builtins.input = kept
    if watch.over:
        raise watch.over
    if not message:
        raise DiedError
    return from_bytes(message)


class _Watch:
    """A trace that raises in the midst of an answer when its time is over."""

    def __init__(self, seconds: float, longest: float) -> None:
        self.over: TookTooLongError | None = None  # kept, for an answer may catch it
        self._seconds, self._longest = seconds, longest
        self._computed, self._passed = time.process_time(), time.monotonic()
        self._calls = 0  # of functions that are not the learner's

    def __call__(self, frame: FrameType, event: str, _: object) -> "_Watch | None":
        """Look at the clock; ask for the lines of a frame if it is the learner's."""
        if not is_own(frame.f_code.co_filename):
            self._calls += 1
            if self._calls % 100 == 0:  # there are many, and a look takes its time
                self._look(frame)
            return None
        self._look(frame)
        return self

    def _look(self, frame: FrameType) -> None:
        passed = time.monotonic() - self._passed
        if passed < min(self._seconds, self._longest):
            return
        computed = time.process_time() - self._computed
        enough = min(computed, passed) >= self._seconds
        if enough or passed >= self._longest:
            inside = takewhile(
                lambda pair: pair[0].f_code is not in_place.__code__,
                traceback.walk_stack(frame),
            )
            frames = list(traceback.StackSummary.extract(inside))[::-1]
            # Between two calls the course puts back what it had exchanged for them.
            if any(is_own(frame.filename) for frame in frames):
                self.over = TookTooLongError(computed, passed, not enough, frames)
                raise self.over
