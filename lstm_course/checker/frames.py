"""Where in the code something was: the learner's own lines, the course, a library."""

import os
import re
import traceback
from functools import cache

from lstm_course.system.paths import ROOT

Frames = list[traceback.FrameSummary]  # the innermost comes last, as in a traceback

# The file of os tells where the standard library is, in an archive as well.
_OTHERS = (
    str(ROOT / "lstm_course"),
    os.path.dirname(os.__file__),
    "site-packages",
    "<frozen",
    "<string>",  # what a named tuple or a data class is made of
)


@cache
def is_own(file: str) -> bool:
    """Tell whether code of this file is the learner's: no library's, nor the course's.

    Known mistakes and slips, which are compiled without a file, count as the learner's.
    """
    return not any(other in file for other in _OTHERS)


def in_line(frames: Frames) -> str:
    """Say in which line of the learner's own that is; nothing where there is none."""
    own = [frame for frame in frames if is_own(frame.filename)]
    return f" in the line `{own[-1].line}`" if own and own[-1].line else ""


def imported(frames: Frames) -> str:
    """Return which library was being imported there; nothing where none was."""
    files = [frame.filename for frame in frames]
    while files and not files[0].startswith("<frozen importlib"):
        files = files[1:]  # what has called the import
    inside = (re.split(r"site-packages[/\\]", file) for file in files)
    found = (re.split(r"[/\\.]", parts[1])[0] for parts in inside if len(parts) == 2)
    return next(found, "")
