"""What a lesson calls: ``check`` an answer, put a ``quiz``, show the ``solution``."""

import inspect
import re
import textwrap
from collections import Counter
from functools import cache
from typing import Any

from lstm_course.arrays.shapes import check_at_least
from lstm_course.checker.draws import draw_numbers, right_answer
from lstm_course.checker.exercise import Cases, Exercise, Quiz
from lstm_course.checker.judge import Verdict, judge
from lstm_course.checker.places import departure
from lstm_course.checker.plain_form import Leaf
from lstm_course.exercises.common_mistakes import MISTAKES
from lstm_course.exercises.contents import find_exercise
from lstm_course.exercises.progress import record

_SIGNS = {"passed": "✓", "failed": "✗", "not started": "○"}
_WIDTH = 76
# Code in backticks, what stands in brackets, and an operator with its operands.
_WHOLE = re.compile(r"`[^`]{1,70}`|\([^()]{1,40}\)| [-=*+@/⊙] ")
# The hint of a slip: the line where it is, and which it is.
_SLIP = re.compile(r"line `(.+?)`, or what does the same in yours: (.+?)\.(?=\s|$)")

_failures: Counter[str] = Counter()
# By quiz: the questions whose derivation was given, and their right answers.
_shown: dict[str, dict[str, list[Leaf]]] = {}
_RECENT = 3


def check(name: str, answer: Any) -> None:
    """Print whether an answer is right, or which mistake is in it.

    A second failure brings a hint, a third a larger one. What was tried is kept in the
    learner's own file (``lstm-course progress``); an answer not begun is no try.

    Args:
        name: which exercise: "lstm_step".
        answer: the learner's function, or value.

    Raises:
        ValueError: no exercise of this kind is called so.
    """
    exercise = find_exercise(name)
    if isinstance(exercise, Quiz):
        raise ValueError(  # noqa: TRY004
            f"name is {name!r}, a quiz: call quiz({name!r}, answer, seed=1)"
        )
    verdict = verdict_on(name, answer)
    if answer is exercise.solution:
        _say(f"{name}: {verdict.text} But it is the course's own, and does not count.")
        return
    if verdict.outcome == "failed":
        _failures[name] += 1
        verdict = verdict._replace(text=f"{verdict.text}{_hint(name, exercise)}")
    _tell(name, verdict)


def quiz(name: str, answer: Any = ..., *, seed: int) -> None:
    """Put a question with numbers drawn from a seed; say whether the answer is right.

    A first wrong answer brings a hint; a second, or a right one, the derivation. Then
    only another seed's question counts.

    Args:
        name: which quiz: "count_parameters".
        answer: a value; three dots show the question alone.
        seed: each gives other numbers.

    Raises:
        TypeError: the seed is no whole number.
        ValueError: no quiz is called so, or the seed is below 0.
    """
    exercise = find_exercise(name)
    if not isinstance(exercise, Quiz):
        raise ValueError(  # noqa: TRY004
            f"name is {name!r}, no quiz: call check({name!r}, answer)"
        )
    check_at_least("seed", seed, 0)
    numbers = _numbers(name, seed)
    question = exercise.question(*numbers)
    _say(question)
    verdict = verdict_on(name, answer, {"": numbers})
    if verdict.outcome == "not started" or verdict.form:
        _tell(name, verdict)
        return
    if verdict.outcome == "failed":
        _failures[question] += 1
        if _failures[question] == 1:
            text = verdict.text
            if not verdict.mistakes and exercise.hints[0]:
                text += f"\nHint: {exercise.hints[0]}"
            text += "\nTry again; a second wrong answer brings the derivation."
            _tell(name, verdict._replace(text=text))
            return
    right = right_answer(exercise, numbers)
    if verdict.outcome == "passed" and (
        known := _known(exercise, name, question, right)
    ):
        following = _following(exercise, name, seed)
        text = f"Right, {known}. Now try seed={following}."
        verdict = Verdict("not started", text)
    _shown.setdefault(name, {})[question] = right
    _tell(name, verdict)
    _say(exercise.derivation(*numbers))
    if verdict.outcome == "failed":
        _say(f"Try one with other numbers: seed={_following(exercise, name, seed)}.")


@cache
def _numbers(name: str, seed: int) -> tuple[Any, ...]:
    exercise = find_exercise(name)
    assert isinstance(exercise, Quiz)  # noqa: S101 - asked before
    return draw_numbers(exercise, seed)


def _known(exercise: Quiz, name: str, question: str, right: list[Leaf]) -> str:
    """Say how a right answer may have been known; nothing if it was not shown."""
    shown = _shown.get(name, {})
    if question in shown:
        return "as was shown"
    # Where there are few answers, an old one comes again before long.
    for other in list(shown.values())[-_RECENT:]:
        if not departure(exercise, right, other).text:
            return "and so it was in a question before, where it was shown"
    return ""


def _following(exercise: Quiz, name: str, seed: int) -> int:
    """Return the next seed whose answer was not shown lately."""
    for other in range(seed + 1, seed + 20):
        numbers = _numbers(name, other)
        right = right_answer(exercise, numbers)
        question = exercise.question(*numbers)
        if not _known(exercise, name, question, right):
            return other
    return seed + 1


def solution(name: str) -> None:
    """Print the source of the course's own solution, and what comes of checking it.

    Raises:
        ValueError: no exercise is called so.
    """
    exercise = find_exercise(name)
    print(inspect.getsource(exercise.solution))
    if isinstance(exercise, Quiz):
        numbers = _numbers(name, 1)
        _say(exercise.question(*numbers))
        _say(exercise.derivation(*numbers))
        return
    answer = exercise.solution() if exercise.cases is None else exercise.solution
    _say(f"{_SIGNS['passed']} {name}: {verdict_on(name, answer).text}")


def verdict_on(name: str, answer: Any, cases: Cases | None = None) -> Verdict:
    """Return what is to be said of an answer; keep nothing, print nothing."""
    return judge(find_exercise(name), answer, cases, common=MISTAKES)


def _hint(name: str, exercise: Exercise) -> str:
    small, large = exercise.hints
    if _failures[name] == 2 and small:
        return f"\nHint: {small}"
    look = f'\nThe course\'s own: from lstm_course import solution; solution("{name}")'
    if _failures[name] == 3 and large:
        return f"\nHint: {large}{look}"
    return look if _failures[name] > 3 else ""


def _tell(name: str, verdict: Verdict) -> None:
    _say(f"{_SIGNS[verdict.outcome]} {name}: {verdict.text}")
    if verdict.outcome == "not started":
        return
    if verdict.outcome == "passed":
        _failures.pop(name, None)
    passed = verdict.outcome == "passed"
    slips = _SLIP.findall(verdict.text)  # they have no other names
    mistakes = verdict.mistakes or [f"{what}, in {line}" for line, what in slips]
    try:
        record(name, passed=passed, mistakes=mistakes)
    except OSError as error:
        _say(f"(This could not be kept in the file of your progress: {error}.)")


def _say(text: str) -> None:
    """Print in lines that are not too long, and break no code or equation in two."""
    whole = _WHOLE.sub(lambda piece: piece[0].replace(" ", "\u00a0"), text)
    for line in whole.split("\n"):
        filled = textwrap.fill(
            line, _WIDTH, subsequent_indent="  ", break_on_hyphens=False
        )
        print(filled.replace("\u00a0", " "))
