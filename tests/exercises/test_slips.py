"""Slips: each is made at its place, said in words, and taken back."""

import inspect

import numpy as np
import pytest

from lstm_course.checker.exercise import Exercise
from lstm_course.checker.places import departure
from lstm_course.checker.slips import slips_in
from lstm_course.exercises.contents import LESSON_OF, find_exercise


def weighed(x, y, weights):
    """Return something of all kinds."""
    total = 0
    for number in x:
        total += number
    part = weights[1:] @ y
    if total > 3 and len(x) > 1:
        part = part - total / 2
    return total, np.mean(part)


HINTS = {slip.hint: slip.solve for slip in slips_in(weighed)}
X, Y, WEIGHTS = np.array([1.0, 3.0]), np.array([2.0, 5.0]), np.arange(9.0).reshape(3, 3)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("total = number", "it forgets what was there before"),
        ("part = weights[:-1] @ y", "it is the other end"),
        ("part = weights[2:] @ y", "2 stands where another number should"),
        ("part = y @ weights[1:]", "the order should be another"),
        ("part = weights[1:].T @ y", "weights[1:] is transposed"),
        ("part = y[1:] @ weights", "weights and y have changed places"),
        ("if total > 3 or len(x) > 1:", "it says or where it should not"),
        ("if total >= 3 and len(x) > 1:", "the comparison is another"),
        ("part = part - total", "2 is left out"),
        ("part = total / 2 - part", "the order should be another"),
        ("part = part + total / 2", "minus is missing"),
        ("return (total, np.sum(part))", "sum stands where mean should"),
        ("return (np.mean(part), total)", "the order should be another"),
        ("return (total, -np.mean(part))", "its sign is turned round"),
        ("return (total, abs(np.mean(part)))", "its sign is lost"),
    ],
)
def test_a_slip(line, what):
    hint = f"Look at the line `{line}`, or what does the same in yours: {what}."
    assert hint in HINTS
    # It does what its line says.
    old = {"if": "if ", "re": "return ", "pa": "part = ", "to": "total += "}[line[:2]]
    source = inspect.getsource(weighed).splitlines()
    at = [n for n, text in enumerate(source) if text.strip().startswith(old)]
    at = at[-1] if "total" in line and old == "part = " else at[0]
    source[at] = source[at][: len(source[at]) - len(source[at].lstrip())] + line
    names = {"np": np}
    exec("\n".join(source), names)

    def outcome(function):
        try:
            return repr(function(X, Y[:2], WEIGHTS[:, :2]))
        except (TypeError, ValueError) as error:
            return type(error)

    assert outcome(HINTS[hint]) == outcome(names["weighed"])


def test_slips_leave_the_function_as_it_is():
    assert weighed(X, Y, WEIGHTS[:, :2])[0] == 4.0
    again = {slip.hint for slip in slips_in(weighed)}
    assert again == set(HINTS)


def test_what_a_learner_may_change_is_told_in_a_line():
    for name in LESSON_OF:
        if find_exercise(name).cases:
            for slip in slips_in(find_exercise(name).solution):
                assert "\n" not in slip.hint
                assert len(slip.hint) < 250


# What a slip returns may have other parts than the solution ---------------------

PAIR = Exercise(
    able="",
    solution=weighed,
    reasoning="",
    parts={"one": "", "other": "B"},
    order=("other", "one"),
    enough=1,
    cases=lambda: {},
)
ONE, ROW = np.array(1.0), np.array([2.0, 3.0])


@pytest.mark.parametrize(
    ("of_slip", "theirs", "alike"),
    [
        ([ONE, ROW, ROW], [ONE, ROW, ROW], True),
        ([ONE, ROW, ROW], [ONE, ROW, 2 * ROW], False),  # the surplus counts
        ([ONE, ROW, ROW], [ONE, ROW, ONE], False),
        ([ONE, ROW, ROW], [ONE, ROW], False),
        ([ONE, None], [ONE, None], True),
        ([ONE, None], [ONE, ROW], False),
        ([ONE], [ONE, ROW], False),
        ([ONE, ROW], [ONE], True),  # enough
        ([ONE, ROW], [], False),
        ([], [ONE], False),
        ([None], [ONE], False),
    ],
)
def test_a_slip_with_other_parts_is_compared(of_slip, theirs, alike):
    assert (departure(PAIR, of_slip, theirs).text == "") == alike
