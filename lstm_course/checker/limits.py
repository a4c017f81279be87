"""What an answer may use, and the errors that say what became of its work."""

from dataclasses import dataclass

from lstm_course.checker.frames import Frames

SECONDS = 10.0  # of computing: an import of Keras takes three to five
LONGEST = 30.0  # seconds on the clock, for what waits
DEEPEST_CALL = 2000  # an endless recursion is to be told as such, before it is deadly


@dataclass
class TookTooLongError(BaseException):
    """The work did not end in time.

    It is raised in the midst of an answer, whose ``except Exception`` must not have it.
    """

    computed: float  # for how many seconds it had computed
    passed: float  # how many seconds had passed
    waiting: bool  # whether these were too many, and not those
    frames: Frames  # where it was then


class DiedError(Exception):
    """The work ended its process, or an error ended the work."""


def ask_nobody(*_: object) -> str:
    """Stand in for ``input``: raise EOFError."""
    raise EOFError("there is nobody to ask: work with the arguments alone")
