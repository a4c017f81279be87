"""Find the first place where an answer departs from what was expected."""

from typing import NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.checker.exercise import Exercise
from lstm_course.checker.plain_form import Leaf

_AXES = {
    "B": "sequence",
    "T": "step",
    "D": "feature",
    "H": "unit",
    "N": "row",
    "V": "word",
    "K": "output",
}


class Departure(NamedTuple):
    """How far an answer is from what it should be, and where it departs first."""

    text: str = ""  # empty where it is right
    error: float = 0.0  # relative to the largest entry
    form: bool = False  # another shape, say: there is nothing to compare


def departure(
    exercise: Exercise,
    expected: list[Leaf] | None,
    got: list[Leaf] | None,
) -> Departure:
    """Return the first place where an answer departs, or its largest error."""
    if expected is None or got is None:
        return Departure("It raises an error.", form=True)
    ours = _by_name(exercise, expected)
    theirs = _by_name(exercise, got)
    nothing = is_nothing(got)
    fewest = min(exercise.enough or len(ours), len(ours))
    if nothing or len(theirs) not in {len(ours), fewest}:
        return Departure(_miscounted(exercise, len(theirs), nothing), form=True)
    found = [
        _of_part(exercise, name, ours[name], theirs[name])
        for name in dict.fromkeys((*exercise.order, *ours))  # a slip's surplus, too
        if name in ours and name in theirs
    ]
    wrong = [one for one in found if one.text]
    if not wrong:
        return Departure(error=max(one.error for one in found))
    if exercise.cases is None:  # a few numbers, or words: tell all that are wrong
        text = " ".join(one.text for one in wrong)
        return wrong[0]._replace(text=text, form=any(one.form for one in wrong))
    return wrong[0]


def is_nothing(got: list[Leaf] | None) -> bool:
    """Tell whether nothing came of a call: an error, or None alone."""
    return got is None or (len(got) == 1 and got[0] is None)


def _by_name(exercise: Exercise, leaves: list[Leaf]) -> dict[str, Leaf]:
    """Return the leaves by the names of the parts; a surplus by numbers."""
    names = list(exercise.parts)
    wanted = {len(names), exercise.enough or len(names)}
    only = leaves[0] if len(leaves) == 1 else None
    if len(names) > 1 and isinstance(only, np.ndarray) and only.ndim:
        # One array may hold all parts: a row of numbers, or states on one another.
        axes = exercise.parts[names[0]].split()
        if not axes and only.size in wanted:
            only = only.ravel()
        if only.ndim == 1 + len(axes) and (len(only) in wanted or not axes):
            leaves = [np.asarray(part) for part in only]
    surplus = [str(number) for number in range(len(names), len(leaves))]
    return dict(zip([*names, *surplus], leaves, strict=False))


def _miscounted(exercise: Exercise, count: int, nothing: bool) -> str:
    if nothing:
        return "Your function returns None: does it come to a line with return?"
    names = list(exercise.parts)[: exercise.enough or None]
    answer = "Your answer" if exercise.cases is None else "What you return"
    parts = f"{count} part{'s' * (count != 1)}"
    return f"{answer} has {parts}; expected {len(names)}: {', '.join(names)}."


def _of_part(exercise: Exercise, name: str, ours: Leaf, theirs: Leaf) -> Departure:
    if ours is None:  # of a slip
        return Departure("" if theirs is None else f"{name} is not None.")
    if isinstance(ours, str):
        if not isinstance(theirs, str):
            return Departure(f"{name} is no text; expected text in quotes.", form=True)
        if theirs.strip().casefold() == ours.strip().casefold():
            return Departure()
        said = repr(theirs[:40]) if theirs.isalnum() else theirs[:40]
        return Departure(f"{name} is not {said}.")
    if not isinstance(theirs, np.ndarray):
        what = "None" if theirs is None else f"the text {theirs[:40]!r}"
        return Departure(f"{name} is {what}; expected numbers.", form=True)
    assert isinstance(ours, np.ndarray)  # noqa: S101 - our own solution
    if theirs.shape == ours.shape or theirs.size == ours.size == 1:
        return _of_numbers(exercise, name, ours, theirs.reshape(ours.shape))
    if ours.size == 1:
        text = f"{name} has {theirs.size} numbers; expected one."
    else:
        axes = exercise.parts.get(name, "").split()
        letters = f" = ({', '.join(axes)})" if axes else ""
        text = f"{name} has shape {theirs.shape}; expected {ours.shape}{letters}."
    return Departure(text, form=True)


def _of_numbers(exercise: Exercise, name: str, ours: Array, theirs: Array) -> Departure:
    asked = ours.dtype == bool
    ours, theirs = ours + 0.0, theirs + 0.0  # no whole numbers, no True and False
    scale = max(1.0, float(np.max(np.abs(ours), initial=0)))
    with np.errstate(all="ignore"):
        errors = np.abs(theirs - ours) / scale
    same = (theirs == ours) | (np.isnan(theirs) & np.isnan(ours))
    errors = np.where(same, 0, np.where(np.isnan(errors), np.inf, errors))
    largest = float(np.max(errors, initial=0))
    if largest <= exercise.tolerance:
        return Departure(error=largest)
    letters = exercise.parts.get(name, "").split()[: ours.ndim]
    wrong = np.argwhere(errors > exercise.tolerance)
    if "T" in letters:  # the first step that departs, not the first sequence
        wrong = wrong[np.argsort(wrong[:, letters.index("T")], kind="stable")]
    first = tuple(wrong[0])
    place = ", ".join(
        f"{_AXES.get(letter, 'place')} {index}"
        for letter, index in zip(letters, first, strict=False)
    )
    got, wanted = (
        str(array[first] == 1) if asked else f"{array[first]:.6g}"
        for array in (theirs, ours)
    )
    if exercise.cases is not None:
        where = f" departs first at {place}" if place else " is not right"
        text = f"{name}{where}: expected {wanted}, got {got}."
    elif asked and not place:  # what was expected would give the answer away
        text = f"{name}? {'Yes' if theirs[first] else 'No'}."
    else:
        text = f"{name}: {got} is not right{place and f' ({place})'}."
    return Departure(text, largest)
