"""Tell which known mistakes give just what a learner got."""

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from itertools import chain, combinations, islice
from typing import Any

import numpy as np

from lstm_course.checker.attempt import Outcomes
from lstm_course.checker.exercise import Cases, Exercise
from lstm_course.checker.places import departure
from lstm_course.checker.plain_form import plain
from lstm_course.checker.planting import Mistake, plant, planted

_MOST_COMBINATIONS = 400


def outcomes_of(
    exercise: Exercise, solve: Callable[..., Any], cases: Cases
) -> Outcomes:
    """Return what a function of ours gives for each case; None where it raises."""
    outcomes: Outcomes = {}
    with np.errstate(all="ignore"):
        for label, arguments in cases.items():
            try:
                outcomes[label] = plain(exercise.view(solve(*arguments)))
            except Exception:  # a planted mistake may break anything
                outcomes[label] = None
    return outcomes


def recognise(
    exercise: Exercise,
    cases: Cases,
    expected: Outcomes,
    outcomes: Outcomes,
    common: Sequence[Mistake],
    only: str = "",
) -> tuple[str, ...]:
    """Return the name of the known mistake, or the few, that give these outcomes.

    With ``only``, of the one mistake that gives this part of them. Functions of the
    course are exchanged meanwhile, so it is done in a copy of the process; where there
    are no copies, they are put back before it ends.
    """
    if all(outcome is None for outcome in outcomes.values()):
        return ()  # nothing but failures: anything may have led to them
    with closing(_mistaken(exercise, common)) as solutions:
        for mistakes, solve in solutions:
            if only and len(mistakes) > 1:
                break
            if _gives(exercise, solve, cases, outcomes, only) and not _gives(
                exercise, solve, cases, expected, only
            ):
                return tuple(mistake.name for mistake in mistakes)
    return ()


def _mistaken(
    exercise: Exercise, common: Sequence[Mistake]
) -> Generator[tuple[tuple[Mistake, ...], Callable[..., Any]]]:
    """Yield the solution with each mistake in it, in what it calls, and several."""
    own = exercise.own_mistakes(common)
    for mistake in own:
        yield (mistake,), plant(mistake)
    for mistake in common:
        # What is not loaded, the solution does not call.
        if mistake not in own and mistake.module in sys.modules:
            with planted(mistake):
                yield (mistake,), exercise.solution
    if exercise.cases is None and len(exercise.parts) < 3:
        return  # a number or two: too many ways lead there by chance
    most = 2 + (len(exercise.given) > 1)  # in a repair, one more than were given
    several = (combinations(own, size) for size in range(2, most + 1))
    for some in islice(chain(*several), _MOST_COMBINATIONS):
        with suppress(ValueError):  # two of them change the same line
            yield some, plant(*some)


def _gives(
    exercise: Exercise,
    solve: Callable[..., Any],
    cases: Cases,
    outcomes: Outcomes,
    only: str,
) -> bool:
    """Tell whether a function of ours gives these; it is called until it does not."""
    for label, arguments in cases.items():
        ours = outcomes_of(exercise, solve, {label: arguments})[label]
        theirs = outcomes[label]
        if ours is None or theirs is None:
            if ours is not theirs:
                return False
        elif departure(exercise, ours, theirs, only).text:
            return False
    return True
