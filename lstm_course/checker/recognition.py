"""Tell which known mistakes, or which slip, give just what a learner got."""

import copy
import sys
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from itertools import chain, combinations, islice
from typing import Any, NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.checker.attempt import Outcomes
from lstm_course.checker.exercise import Cases, Exercise
from lstm_course.checker.places import departure, is_nothing
from lstm_course.checker.plain_form import Leaf, plain
from lstm_course.checker.planting import Mistake, plant, planted
from lstm_course.checker.slips import slips_in

_MOST_COMBINATIONS = 400
_SECONDS_FOR_SLIPS = 1.0
_ENOUGH = 1.0  # evidence: see there
_SMALL = 12  # whole numbers up to here are met by chance


class Cause(NamedTuple):
    """What a wrong answer comes from."""

    names: tuple[str, ...] = ()  # of known mistakes
    either: bool = False  # one of them, and there is no telling which
    text: str = ""  # what else is to be said


def outcomes_of(
    exercise: Exercise, solve: Callable[..., Any], cases: Cases
) -> Outcomes:
    """Return what a function of ours gives for each case; None where it raises."""
    outcomes: Outcomes = {}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for label, arguments in cases.items():
            try:
                outcomes[label] = plain(exercise.view(solve(*copy.deepcopy(arguments))))
            except Exception:  # a planted mistake may break anything
                outcomes[label] = None
    return outcomes


def recognise(
    exercise: Exercise,
    cases: Cases,
    expected: Outcomes,
    outcomes: Outcomes,
    common: Sequence[Mistake],
) -> Cause:
    """Return what gives these outcomes, all of them; nothing where that is not known.

    A known mistake comes first, then a slip; several mistakes are named only where
    nothing else will do. Functions of the course are exchanged meanwhile, so it is done
    in a copy of the process; where there are no copies, they are put back before it
    ends.
    """
    if all(is_nothing(outcome) for outcome in outcomes.values()):
        return Cause()  # nothing but failures: anything may have led to them
    own = {mistake.name for mistake in exercise.own_mistakes(common)}
    names: list[str] = []
    with closing(_with_a_mistake(exercise, common)) as solutions:
        for mistake, solve in solutions:
            if names and (exercise.cases or mistake.name not in own):
                break  # only what is typed, a few numbers, may come of several
            if _gives(exercise, solve, cases, outcomes) and not _gives(
                exercise, solve, cases, expected
            ):
                names.append(mistake.name)
    trivial = _triviality(cases, expected, outcomes) if exercise.cases else ""
    if names:  # of next to nothing, too, which anybody may return
        return Cause(tuple(names), len(names) > 1, trivial)
    if trivial:
        return Cause(text=trivial)
    if exercise.cases and (text := _slip(exercise, cases, expected, outcomes)):
        return Cause(text=text)
    if exercise.cases is None and len(exercise.parts) < 3:
        return Cause()  # a number or two: too many ways lead there by chance
    return Cause(
        _several(exercise, cases, expected, outcomes, exercise.own_mistakes(common))
    )


def _with_a_mistake(
    exercise: Exercise, common: Sequence[Mistake]
) -> Generator[tuple[Mistake, Callable[..., Any]]]:
    """Yield the solution with each mistake in it, or in what it calls."""
    own = exercise.own_mistakes(common)
    for mistake in own:
        yield mistake, plant(mistake)
    for mistake in common:
        # What is not loaded, the solution does not call.
        if mistake not in own and mistake.module in sys.modules:
            with planted(mistake):
                yield mistake, exercise.solution


def _triviality(cases: Cases, expected: Outcomes, outcomes: Outcomes) -> str:
    """Say what is plain to see of an answer that does next to nothing."""
    if len(cases) < 3 or None in outcomes.values():
        return ""
    numbers = {f"{x + 0.0:g}" for x in _entries(outcomes)}  # no -0
    if len(numbers) == 1 and len(set(_entries(expected))) > 1:
        return f"Every number that you return is {numbers.pop()}, in every case."
    texts = [repr(leaves) for leaves in outcomes.values()]
    for given in zip(*cases.values(), strict=True):
        with suppress(Exception):  # it may be a function
            if [repr(plain(argument)) for argument in given] == texts:
                return "You return one of the arguments as it came in."
    return ""


def _entries(outcomes: Outcomes) -> Iterator[Any]:
    for leaves in outcomes.values():
        for leaf in leaves or []:
            yield from leaf.ravel().tolist() if isinstance(leaf, np.ndarray) else []


def _slip(
    exercise: Exercise, cases: Cases, expected: Outcomes, outcomes: Outcomes
) -> str:
    """Return the hint for a slip that explains the answer, if time suffices."""
    if None in outcomes.values() or _evidence(expected, outcomes) < _ENOUGH:
        return ""
    begin = time.process_time()
    for slip in slips_in(exercise.solution):
        if _gives(exercise, slip.solve, cases, outcomes):
            return slip.hint
        if time.process_time() - begin > _SECONDS_FOR_SLIPS:
            break
    return ""


def _several(
    exercise: Exercise,
    cases: Cases,
    expected: Outcomes,
    outcomes: Outcomes,
    own: Sequence[Mistake],
) -> tuple[str, ...]:
    """Return the names of the few mistakes that explain it together, and not alone."""
    if exercise.cases and _evidence(expected, outcomes) < _ENOUGH:
        return ()
    most = 2 + (len(exercise.given) > 1)  # in a repair, one more than were given
    several = (combinations(own, size) for size in range(2, most + 1))
    for some in islice(chain(*several), _MOST_COMBINATIONS):
        with suppress(ValueError):  # two of them change the same line
            if _gives(exercise, plant(*some), cases, outcomes):
                return tuple(mistake.name for mistake in some)
    return ()


def _evidence(ours: Outcomes, theirs: Outcomes) -> float:
    """Return how many numbers of theirs are others than ours, and not by chance.

    Equal ones count once; small whole numbers, yes, no and texts a third each, and once
    if all are the same.
    """
    found = [each for label in theirs for each in _strange(ours[label], theirs[label])]
    large = {each for each in found if len(each) > 1}
    small = [each for each in found if len(each) == 1]
    if len(set(found)) == 1:
        return 1.0 if large else 1 / 3
    return len(large) + len(small) / 3


def _strange(
    ours: list[Leaf] | None, theirs: list[Leaf] | None
) -> Iterator[tuple[Any, ...]]:
    """Yield what is theirs and not ours; a small number, or a text, comes alone."""
    for number, leaf in enumerate(theirs or []):
        other = ours[number] if ours and number < len(ours) else None
        if not isinstance(leaf, np.ndarray):
            if isinstance(other, np.ndarray) or leaf != other:
                yield (leaf,)
            continue
        array: Array = leaf
        alike = np.zeros(array.shape, bool)
        if isinstance(other, np.ndarray) and other.shape == array.shape:
            alike = np.isclose(array, other, rtol=1e-6, atol=1e-6, equal_nan=True)
        for value in array[~alike][:1000]:
            if value in range(-_SMALL, _SMALL + 1) or not np.isfinite(value):
                yield (str(value + 0.0),)
            else:
                yield f"{value:.6g}", "large"


def _gives(
    exercise: Exercise,
    solve: Callable[..., Any],
    cases: Cases,
    outcomes: Outcomes,
) -> bool:
    """Tell whether a function of ours gives these; it is called until it does not."""
    for label, arguments in cases.items():
        ours = outcomes_of(exercise, solve, {label: arguments})[label]
        theirs = outcomes[label]
        # Where a solution of ours raises, one of theirs may return None.
        if is_nothing(ours) or is_nothing(theirs):
            if not (is_nothing(ours) and is_nothing(theirs)):
                return False
        elif departure(exercise, ours, theirs).text:
            return False
    return True
