"""Say whether an answer is right; if not, which mistake it is, or where it departs."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, combinations, islice
from typing import Any, Literal, NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.checker import attempt as att
from lstm_course.checker.exercise import Cases, Exercise
from lstm_course.checker.guard import DiedError, TookTooLongError, guarded
from lstm_course.checker.planting import Mistake, plant, planted

_AXES = {
    "B": "sequence",
    "T": "step",
    "D": "feature",
    "H": "unit",
    "N": "row",
    "V": "word",
    "K": "output",
}
_PLAIN = (bool, int, float, str)
_MOST_COMBINATIONS = 400

Outcomes = dict[str, list[att.Leaf] | None]


class Verdict(NamedTuple):
    """What is said of an answer."""

    outcome: Literal["passed", "failed", "not started"]
    text: str
    mistakes: tuple[str, ...] = ()  # those that were recognised, by name
    form: bool = False  # it failed by its form: there was nothing to compare


class Departure(NamedTuple):
    """The first place where an answer is not what it should be."""

    text: str
    error: float = np.inf  # relative to the largest entry, or infinite
    part: str = ""  # which part departs first


def judge(
    exercise: Exercise,
    answer: Any,
    cases: Cases | None = None,
    *,
    common: Sequence[Mistake] = (),
) -> Verdict:
    """Hold an answer against the solution, then against every known mistake.

    Args:
        exercise: which one.
        answer: what the learner gives: a function, or a value. It may be anything.
        cases: what to try it on; by default the exercise's own cases. A quiz has one,
            its question's numbers.
        common: mistakes that may also stand in what the solution calls.
    """
    if answer is None or answer is ...:
        return _not_started(exercise)
    takes_function = exercise.cases is not None
    if exercise.cases is not None:
        cases = exercise.cases()
    cases = cases or {"": ()}

    def work() -> att.Attempt | str:
        try:
            if takes_function and callable(answer):
                return att.attempt_function(answer, cases, exercise.view)
            if takes_function:
                return (
                    f"You gave a value of the kind {type(answer).__name__}; expected "
                    "your function itself: its name alone, without parentheses."
                )
            return att.attempt_value(answer, exercise.view)
        except att.Refusal as refusal:
            return str(refusal)
        except BaseException as error:  # an odd object may, wherever it is touched
            return att.in_words(error, "Your answer")

    try:
        att.check_numpy()
        tried = guarded(work)
    except att.Refusal as refusal:
        return Verdict("failed", str(refusal))
    except TookTooLongError as error:
        return Verdict("failed", _one_line(_unended(error)))
    except DiedError:
        return Verdict("failed", "Your answer ended Python itself; it was run apart.")
    if type(tried) is str:
        return Verdict("failed", _one_line(tried), form=True)
    if not isinstance(tried, att.Attempt) or not att.is_whole(tried, cases):
        return Verdict("failed", "Your answer changes the code that checks it.")
    if tried.untouched:
        return _not_started(exercise)
    verdict = _compare(exercise, cases, tried, common)
    if exercise.given and sorted(verdict.mistakes) == sorted(exercise.given):
        return _not_started(exercise)
    if tried.printed:
        shown = tried.printed.strip().splitlines() or [""]
        remark = (
            f"It prints, too ({shown[0][:40]!r}): once it is right, let it be quiet."
        )
        return verdict._replace(text=f"{verdict.text} {remark}")
    return verdict


def _unended(error: TookTooLongError) -> str:
    where = att.in_line(error.frames)
    if error.waiting:
        return (
            f"Your answer had not ended after {error.passed:.0f} s{where}; it computed "
            f"for {error.computed:.0f} s of them. Does it wait for something, such as "
            "a sleep, a lock or another process? Or is this computer busy?"
        )
    return (
        f"Your answer had not ended after {error.computed:.0f} s of computing{where}. "
        "Is there a loop that never ends? Or something slow, such as an import, a "
        "training or model.predict?"
    )


def _one_line(text: str) -> str:
    """Return a text as it may be printed, whatever it quotes."""
    line = " ".join(text[:600].split())
    return "".join(letter if letter.isprintable() else "?" for letter in line)


def _not_started(exercise: Exercise) -> Verdict:
    what = "replace the dots and run the cell"
    if exercise.given:
        what = "the code does what it did as it was given"
    return Verdict("not started", f"not started yet: {what}.")


def _compare(
    exercise: Exercise, cases: Cases, tried: att.Attempt, common: Sequence[Mistake]
) -> Verdict:
    expected = outcomes_of(exercise, exercise.solution, cases)
    departures = {
        label: departure(exercise, expected[label], tried.outcomes[label])
        for label in cases
    }
    errors = [found.error for found in departures.values()]
    if max(errors) <= exercise.tolerance:
        what = _confirmation(exercise, len(cases), max(errors))
        text = f"Right: {what}." if what else "Right."
        return Verdict("passed", text)
    if found := recognise(exercise, cases, expected, tried.outcomes, common):
        several = f"There are {len(found)} mistakes in it. " * (len(found) > 1)
        hints = " ".join(mistake.hint for mistake in found)
        return Verdict("failed", several + hints, tuple(m.name for m in found))
    if tried.problem:
        return Verdict("failed", _one_line(tried.problem))
    form = np.isinf(min(error for error in errors if error > exercise.tolerance))
    text = _where(departures, exercise.tolerance, cases)
    part = next(found.part for found in departures.values() if found.text)
    if part and exercise.cases is not None and not form:
        # Too much is wrong to name it all; what departs first may still be known.
        some = recognise(exercise, cases, expected, tried.outcomes, common, only=part)
        text += "".join(f" As for {part}: {mistake.hint}" for mistake in some)
    return Verdict("failed", text, form=bool(form))


def _confirmation(exercise: Exercise, cases: int, error: float) -> str:
    if exercise.cases is None:
        return exercise.confirmed
    names = list(exercise.parts)[: exercise.enough or None]
    what = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    precision = "exactly" if error == 0 else f"to {error:.0e}"
    agree = "agrees" if len(names) == 1 else "agree"
    where = f"in {cases} case{'s' * (cases > 1)}"
    return f"{what} {agree} with the course's own {precision}, {where}"


def _where(departures: dict[str, Departure], tolerance: float, cases: Cases) -> str:
    right = [name for name, found in departures.items() if found.error <= tolerance]
    wrong = [name for name, found in departures.items() if found.error > tolerance]
    text, error, _ = departures[wrong[0]]
    if wrong[0] and (right or np.isfinite(error)):  # a wrong form is so in each case
        text = f"With {wrong[0]}: {text}"
    elif np.isinf(error) and re.match(r"[a-z]{3}", text):  # no symbol, such as dh
        text = text[0].upper() + text[1:]
    given = cases[wrong[0]]
    if wrong[0] and all(type(value) in _PLAIN for value in given):
        text += f" It was called with ({', '.join(map(repr, given))})."
    if right:
        text += f" It is right with {', and with '.join(right[:3])}."
    return text


def outcomes_of(
    exercise: Exercise, solve: Callable[..., Any], cases: Cases
) -> Outcomes:
    """Return what a function of ours gives for each case; None where it raises."""
    outcomes: Outcomes = {}
    with np.errstate(all="ignore"):
        for label, arguments in cases.items():
            try:
                outcomes[label] = att.plain(exercise.view(solve(*arguments)))
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
) -> tuple[Mistake, ...]:
    """Return the known mistake, or the few, that give just these outcomes.

    With ``only``, the one mistake that gives this part of them.
    """
    if all(outcome is None for outcome in outcomes.values()):
        return ()  # nothing but failures: anything may have led to them
    for mistakes, solve in _mistaken(exercise, common):
        if only and len(mistakes) > 1:
            break
        if _gives(exercise, solve, cases, outcomes, only) and not _gives(
            exercise, solve, cases, expected, only
        ):
            return mistakes
    return ()


def _mistaken(
    exercise: Exercise, common: Sequence[Mistake]
) -> Iterator[tuple[tuple[Mistake, ...], Callable[..., Any]]]:
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
        elif departure(exercise, ours, theirs, only).error > exercise.tolerance:
            return False
    return True


# Places -------------------------------------------------------------------------


def departure(
    exercise: Exercise,
    expected: list[att.Leaf] | None,
    got: list[att.Leaf] | None,
    only: str = "",
) -> Departure:
    """Return the first place where an answer departs, or the largest error.

    With ``only``, this part is looked at and no other.
    """
    if expected is None or got is None:
        return Departure("It raises an error.")
    ours = _by_name(exercise, expected)
    theirs = _by_name(exercise, got)
    nothing = len(got) == 1 and got[0] is None
    if nothing or len(theirs) not in {len(ours), exercise.enough or len(ours)}:
        return Departure(_miscounted(exercise, len(theirs), got))
    found = [
        _leaf_departure(exercise, name, ours[name], theirs[name])._replace(part=name)
        for name in exercise.order or ours
        if name in theirs and only in ("", name)
    ]
    wrong = [one for one in found if one.error > exercise.tolerance]
    if not wrong:
        return Departure("", max(one.error for one in found))
    if exercise.cases is None:  # a few numbers, or words: tell all that are wrong
        text = " ".join(one.text for one in wrong)
        return Departure(text, max(one.error for one in wrong))
    return wrong[0]


def _by_name(exercise: Exercise, leaves: list[att.Leaf]) -> dict[str, att.Leaf]:
    """Return the leaves by the names of the parts; a surplus by numbers."""
    names = list(exercise.parts)
    wanted = {len(names), exercise.enough or len(names)}
    only = leaves[0] if len(leaves) == 1 else None
    if len(names) > 1 and isinstance(only, np.ndarray) and only.ndim:
        # One array may hold all parts: a row of numbers, or states on one another.
        axes = exercise.parts[names[0]].split()
        if only.ndim == 1 + len(axes) and (len(only) in wanted or not axes):
            leaves = [np.asarray(part) for part in only]
    surplus = [str(number) for number in range(len(names), len(leaves))]
    return dict(zip([*names, *surplus], leaves, strict=False))


def _miscounted(exercise: Exercise, count: int, got: list[att.Leaf]) -> str:
    if len(got) == 1 and got[0] is None:
        return "Your function returns None: is the line with return missing?"
    names = list(exercise.parts)[: exercise.enough or None]
    answer = "Your answer" if exercise.cases is None else "What you return"
    parts = f"{count} part{'s' * (count != 1)}"
    return f"{answer} has {parts}; expected {len(names)}: {', '.join(names)}."


def _leaf_departure(
    exercise: Exercise, name: str, ours: att.Leaf, theirs: att.Leaf
) -> Departure:
    if isinstance(ours, str):
        if isinstance(theirs, str):
            same = theirs.strip().casefold() == ours.strip().casefold()
            said = repr(theirs[:40]) if theirs.isalnum() else theirs[:40]
            return Departure(f"{name} is not {said}.", 0.0 if same else 1.0)
        return Departure(f"{name} is no text; expected text in quotes.")
    if theirs is None:
        return Departure(f"{name} is None; expected numbers.")
    if isinstance(theirs, str):
        return Departure(f"{name} is the text {theirs[:40]!r}; expected numbers.")
    assert isinstance(ours, np.ndarray)  # noqa: S101 - our own solution
    if theirs.shape != ours.shape and not theirs.size == ours.size == 1:
        if ours.size == 1:
            return Departure(f"{name} has {theirs.size} numbers; expected one.")
        axes = exercise.parts[name].split()
        letters = f" = ({', '.join(axes)})" if axes else ""
        return Departure(
            f"{name} has shape {theirs.shape}; expected {ours.shape}{letters}."
        )
    return _value_departure(exercise, name, ours, theirs.reshape(ours.shape))


def _value_departure(
    exercise: Exercise, name: str, ours: Array, theirs: Array
) -> Departure:
    if not ours.size:
        return Departure("", 0.0)
    asked = ours.dtype == bool
    ours, theirs = ours + 0.0, theirs + 0.0  # no whole numbers, no True and False
    scale = max(1.0, float(np.max(np.abs(ours))))
    with np.errstate(all="ignore"):
        errors = np.abs(theirs - ours) / scale
    same = (theirs == ours) | (np.isnan(theirs) & np.isnan(ours))
    errors = np.where(same, 0, np.where(np.isnan(errors), np.inf, errors))
    largest = float(np.max(errors))
    if largest <= exercise.tolerance:
        return Departure("", largest)
    letters = exercise.parts[name].split()
    if "T" in letters:  # the first step that departs, not the first sequence
        t = letters.index("T")
        steps = np.argwhere(np.moveaxis(errors, t, 0) > exercise.tolerance)[0]
        first = tuple(np.insert(steps[1:], t, steps[0]))
    else:
        first = tuple(np.argwhere(errors > exercise.tolerance)[0])
    place = ", ".join(
        f"{_AXES.get(letter, 'place')} {index}"
        for letter, index in zip(letters, first, strict=False)
    )
    got, wanted = (
        str(array[first] == 1) if asked else f"{array[first]:.6g}"
        for array in (theirs, ours)
    )
    if exercise.cases is None and asked and not place:
        return Departure(f"{name}? {'Yes' if theirs[first] else 'No'}.", largest)
    if exercise.cases is None:  # what was expected would give the answer away
        return Departure(
            f"{name}: {got} is not right{place and f' ({place})'}.", largest
        )
    where = f" departs first at {place}" if place else " is not right"
    return Departure(f"{name}{where}: expected {wanted}, got {got}.", largest)
