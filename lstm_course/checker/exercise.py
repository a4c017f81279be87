"""What an exercise is: a solution, what to try an answer on, and the known mistakes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.random import Generator

from lstm_course.checker.planting import Mistake, in_function, name_of

Cases = Mapping[str, tuple[Any, ...]]  # what is special about a case: its arguments


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One task of a lesson. The lesson has its text; here is what holds it to account.

    Each name of ``parts`` stands for one array that the solution returns, nested or
    not, with the letters of its axes: ``{"h": "B H", "c": "B H"}``. They come in the
    order in which they are computed where that is another: a wrong answer is told the
    first that departs.
    """

    able: str  # the words of the lesson's "You will be able to" that this trains
    solution: Callable[..., Any]  # the function that solves it, or returns the value
    reasoning: str  # why it is solved so, in Markdown, for the page of solutions
    parts: Mapping[str, str] = field(default_factory=lambda: {"the answer": ""})
    tolerance: float = 1e-6  # absolute, and relative to the largest entry
    mistakes: Mapping[str, Mistake] = field(default_factory=dict)  # by name
    # What the solution is called with; None where the answer is a value.
    cases: Callable[[], Cases] | None = None
    order: tuple[str, ...] = ()  # the parts as they are computed
    enough: int = 0  # so many parts will do, when the solution returns more
    # After the second failure, and after the third; a quiz has one, after the first.
    hints: tuple[str, str] = ("", "")
    given: tuple[str, ...] = ()  # the mistakes in the code that there is to repair
    by_hand: tuple[Callable[..., Any], ...] = ()  # the course's own, not to be called
    confirmed: str = ""  # what a right value was found to be or to do
    view: Callable[[Any], Any] = lambda answer: answer  # what counts of an odd object

    def own_mistakes(self, common: Iterable[Mistake]) -> tuple[Mistake, ...]:
        """Return the mistakes that are known of the solution itself."""
        function = name_of(self.solution)
        own = in_function(function, self.mistakes)
        return *own, *(each for each in common if each.function == function)


@dataclass(frozen=True, kw_only=True)
class Quiz(Exercise):
    """A question with numbers that are drawn anew from each seed."""

    draw: Callable[[Generator], tuple[Any, ...]]  # arguments for the next three
    question: Callable[..., str]
    derivation: Callable[..., str]
