"""Say whether an answer is right; if not, which mistake it is, or where it departs."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from lstm_course.checker.attempt import Attempt, attempt
from lstm_course.checker.exercise import Cases, Exercise
from lstm_course.checker.frames import imported, in_line
from lstm_course.checker.guard import guarded
from lstm_course.checker.limits import (
    LONGEST,
    SECONDS,
    DiedError,
    TookTooLongError,
)
from lstm_course.checker.places import Departure, departure
from lstm_course.checker.planting import Mistake
from lstm_course.checker.recognition import Cause, outcomes_of, recognise

_PLAIN = (bool, int, float, str)


class Verdict(NamedTuple):
    """What is said of an answer."""

    outcome: Literal["passed", "failed", "not started"]
    text: str
    mistakes: tuple[str, ...] = ()  # those that were recognised, by name
    form: bool = False  # it failed by its form: there was nothing to compare


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
    tried_on = exercise.cases() if exercise.cases else cases or {"": ()}
    try:
        tried = Attempt(*guarded(lambda: attempt(exercise, answer, tried_on)))
    except TookTooLongError as error:
        return Verdict("failed", _one_line(_unended(error)))
    except DiedError:
        return Verdict("failed", "Your answer ended Python itself; it was run apart.")
    if tried.untouched:
        return _not_started(exercise)
    if not tried.outcomes:
        return Verdict("failed", _one_line(tried.problem), form=True)
    verdict = _compare(exercise, tried_on, tried, common)
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
    where = in_line(error.frames)
    if error.waiting:
        return (
            f"Your answer had not ended after {error.passed:.0f} s{where}; it computed "
            f"for {error.computed:.0f} s of them. Does it wait for something, such as "
            "a sleep, a lock or another process? Or is this computer busy?"
        )
    if library := imported(error.frames):
        return (
            f"Your answer had not ended after {error.computed:.0f} s of computing"
            f"{where}: it was importing {library}. Import it in a cell of its own, "
            "before your function."
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
    exercise: Exercise, cases: Cases, tried: Attempt, common: Sequence[Mistake]
) -> Verdict:
    expected = outcomes_of(exercise, exercise.solution, cases)
    departures = {
        label: departure(exercise, expected[label], tried.outcomes[label])
        for label in cases
    }
    wrong = [found for found in departures.values() if found.text]
    if not wrong:
        error = max(found.error for found in departures.values())
        what = _confirmation(exercise, len(cases), error)
        return Verdict("passed", f"Right: {what}." if what else "Right.")
    try:
        cause = Cause(
            *guarded(
                lambda: recognise(exercise, cases, expected, tried.outcomes, common),
                seconds=3 * SECONDS,
                longest=3 * LONGEST,
            )
        )
    except (TookTooLongError, DiedError):  # a planted mistake may break anything
        cause = Cause()
    if names := tuple(cause.names):
        known = (*common, *exercise.own_mistakes(common))
        hints = {mistake.name: mistake.hint for mistake in known}
        said = [hints[name] for name in names]
        text = " ".join(said)
        if cause.either:
            text = f"It may be one of {len(said)} mistakes. {' Or: '.join(said)}"
        elif len(said) > 1:
            text = f"There are {len(said)} mistakes in it. {text}"
        elif cause.text:
            text = f"{cause.text} If you computed it, then it may be this: {text}"
        return Verdict("failed", text, names)
    if tried.problem:
        return Verdict("failed", _one_line(tried.problem))
    text = " ".join(filter(None, [cause.text, _where(departures, cases)]))
    return Verdict("failed", text, form=all(found.form for found in wrong))


def _confirmation(exercise: Exercise, cases: int, error: float) -> str:
    if exercise.cases is None:
        return exercise.confirmed
    names = list(exercise.parts)[: exercise.enough or None]
    what = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    precision = "exactly" if error == 0 else f"to {error:.0e}"
    agree = "agrees" if len(names) == 1 else "agree"
    where = f"in {cases} case{'s' * (cases > 1)}"
    return f"{what} {agree} with the course's own {precision}, {where}"


def _where(departures: dict[str, Departure], cases: Cases) -> str:
    right = [name for name, found in departures.items() if not found.text]
    first = next(name for name, found in departures.items() if found.text)
    text, form = departures[first].text, departures[first].form
    if first and (right or not form):  # a wrong form is so in each case
        text = f"With {first}: {text}"
    elif form and text[:3].isalpha() and text[:3].islower():  # no symbol, such as dh
        text = text[0].upper() + text[1:]
    given = cases[first]
    if first and all(type(value) in _PLAIN for value in given):
        text += f" It was called with ({', '.join(map(repr, given))})."
    if right:
        text += f" It is right with {', and with '.join(right[:3])}."
    return text
