"""The cases of an exercise tell each number, comparison and loop of its solution."""

import numpy as np
import pytest

from lstm_course.checker.draws import TOGETHER, draw_numbers
from lstm_course.checker.exercise import Quiz
from lstm_course.checker.places import departure
from lstm_course.checker.recognition import outcomes_of
from lstm_course.checker.slips import slips_in
from lstm_course.exercises.contents import LESSON_OF, find_exercise

OTHERS = [
    lambda number: number + 1,
    lambda number: number - 1,
    lambda number: 1.5 * number,
    lambda number: 0.75 * number,
]

TOLD = (  # the slips that have to be noticed, in their words
    "stands where another number should",
    "should stand there",
    "the comparison is another",
    "it says ",
    "is all that is asked",
    "it stands inside the loop",
    "it forgets what was there before",
)
# Other weights are as right; and what holds of the random model holds of others.
ANY_NUMBERS = {"blinker", "latch_weights", "same_picture"}

# By exercise: a line with a slip in it, and why it is as right.
EQUIVALENT: dict[str, dict[str, str]] = {
    "baseline_errors": {
        "return np.column_stack([x[:, :, -1], np.ones(len(x))])": "the only feature",
    },
    "forecast_any_height": {
        "scaled_targets = (targets - level[:, -1]) / height[:, 0]": "the only step",
        "scaled_targets = (targets - level[:, 0]) / height[:, -1]": "the only step",
        "said = level[:, -1] + height[:, 0] * rule((asked - level) / height)": "so",
        "said = level[:, 0] + height[:, -1] * rule((asked - level) / height)": "so",
    },
    "rebuild_the_model": {
        "features = 913 // (4 * 12) - 12 - 1": "the division has no rest to give",
        "lstms = zip(['LSTM'] * 3, [12, 6, 10], all_steps, strict=False)": "equal",
    },
    "is_it_a_gain": {
        "return (float(error), bool(lead >= 1.96 * error))": "none is just as large",
    },
    "keep_the_best": {
        "lowest, waited = (np.inf, 1)": "the first epoch is the best so far",
        "lowest, waited = (np.inf, -1)": "the first epoch is the best so far",
    },
    "hide_features": {
        "kept = rng.random((len(x), 1, x.shape[2])) > rate": "none is just the rate",
    },
    "put_it_beside": {
        "better = ahead >= half": "none is so",
        "close = abs(published - ours.mean()) < near": "none is just so near",
    },
    "who_is_ahead": {
        "if abs(mean) >= T_LIMIT[len(points)] * error:": "none is so",
        "ahead = 'first' if mean >= 0 else 'second'": "0 is never ahead",
    },
    "train_fairly": {"if reached <= lowest:": "no two losses are alike"},
    "price_of_a_rung": {"settled = worth >= half": "none is so"},
    "hide_words": {"hidden = rng.random(ids.shape) <= rate": "none is just the rate"},
    "warmed_rates": {
        "rates = peak * np.where(step <= warmup, risen, falling)": "both are 1",
    },
}


def all_cases(exercise):
    if isinstance(exercise, Quiz):
        return {str(s): draw_numbers(exercise, s) for s in range(TOGETHER)}
    return exercise.cases() if exercise.cases else {"": ()}


def unnoticed(name):
    """Return the lines with a slip that gives in all cases what is right."""
    exercise = find_exercise(name)
    cases = all_cases(exercise)
    expected = outcomes_of(exercise, exercise.solution, cases)
    for slip in slips_in(exercise.solution, OTHERS):
        about_input = slip.line.startswith("check_at_least(")
        if any(words in slip.what for words in TOLD) and not about_input:
            with np.errstate(all="ignore"):
                found = outcomes_of(exercise, slip.solve, cases)
            if not any(
                departure(exercise, expected[case], found[case]).text for case in cases
            ):
                yield slip.line


@pytest.mark.parametrize(
    "name", [name for name in LESSON_OF if name not in ANY_NUMBERS]
)
def test_a_solution_with_another_number_is_refused(name):
    excepted = EQUIVALENT.get(name, {})
    lines = dict.fromkeys(unnoticed(name))
    assert [line for line in lines if line not in excepted] == []
    assert [line for line in excepted if line not in lines] == []
