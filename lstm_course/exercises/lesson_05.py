"""The exercises of lesson 05: what guessing costs, a test, its verdict, five fates."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator

from lstm_course.arrays.shapes import Array
from lstm_course.checker.exercise import Cases, Exercise, Quiz
from lstm_course.checker.planting import Mistake
from lstm_course.data.tasks import adding_batch
from lstm_course.layers.cells import CELLS
from lstm_course.study.gradient_flow import gradient_reach

# errors_without_memory ----------------------------------------------------------


def errors_without_memory(
    low: float, high: float, marks: int
) -> tuple[float, float, float]:
    """Return the best guess, its error, and the error if one number is known."""
    mean = (low + high) / 2
    variance = (high - low) ** 2 / 12
    return marks * mean, marks * variance, (marks - 1) * variance


def draw_task(rng: Generator) -> tuple[float, float, int]:
    """Draw an adding problem with other numbers, and more of them marked."""
    marks = int(rng.integers(3, 8))
    # Neither begins at 0 nor has the mean 0, where slips come out right.
    low = float(rng.choice([n / 2 for n in range(-8, 9) if n]))
    high = low + float(rng.choice([n / 2 for n in range(2, 13) if n != -4 * low]))
    return low, high, marks


def ask_for_errors(low: float, high: float, marks: int) -> str:
    """Return the question."""
    return (
        f"In this adding problem the numbers lie anywhere between {low:g} and "
        f"{high:g}, and {marks} steps are marked. A network without memory always "
        f"says the same. Another remembers the last marked number, and guesses the "
        f"other {marks - 1}.\nWhat is best to say always, what mean squared error has "
        "that, and what has the other at best? (guess, error, the other's error)"
    )


def derive_errors(low: float, high: float, marks: int) -> str:
    """Return the mean and the variances."""
    guess, nothing, one = errors_without_memory(low, high, marks)
    variance = (high - low) ** 2 / 12
    return (
        f"Best is the mean of the sums: {marks} * ({low:g} + {high:g}) / 2 = "
        f"{guess:.2f}.\nThe variance of one number is (high - low)² / 12 = "
        f"{variance:.3f}. Each number that has to be guessed costs that much: {marks} "
        f"of them {nothing:.3f}, {marks - 1} of them {one:.3f}."
    )


ERRORS_WITHOUT_MEMORY = Quiz(
    able="test any recurrent network for long memory",
    solution=errors_without_memory,
    draw=draw_task,
    question=ask_for_errors,
    derivation=derive_errors,
    parts={"the guess": "", "the error": "", "the other's error": ""},
    tolerance=0.0051,
    mistakes={
        "guess-of-one-number": Mistake(
            right="return marks * mean",
            wrong="return mean",
            hint="Your guess is the mean of one number: the target is a sum of "
            "all the marked ones.",
        ),
        "half-the-width-for-the-mean": Mistake(
            right="return marks * mean",
            wrong="return marks * (high - low) / 2",
            hint="Your guess is made of half the width: the mean of a number lies "
            "in the middle between its bounds.",
        ),
        "variance-of-numbers-from-0-to-1": Mistake(
            right="(high - low) ** 2 / 12",
            wrong="1 / 12",
            hint="Your variance is that of numbers between 0 and 1: here they "
            "spread wider. How does a variance grow with the width?",
        ),
        "width-not-squared": Mistake(
            right="(high - low) ** 2 / 12",
            wrong="(high - low) / 12",
            hint="Your variance grows like the width of the numbers: it is a mean "
            "of squares.",
        ),
        "sum-as-one-wide-number": Mistake(
            right="return marks * mean, marks * variance, (marks - 1) * variance",
            wrong="return marks * mean, marks**2 * variance, (marks - 1) ** 2 * "
            "variance",
            hint="Your variance is that of one number so many times as wide. A "
            "sum of different numbers seldom comes near its ends: their variances "
            "add up.",
        ),
        "numbers-from-0-to-1": Mistake(
            right="mean = (low + high) / 2\n    variance = (high - low) ** 2 / 12",
            wrong="mean, variance = 1 / 2, 1 / 12",
            hint="Your numbers lie between 0 and 1, as the lesson's do: here the "
            "bounds are others.",
        ),
        "variance-of-two": Mistake(
            right="(high - low) ** 2 / 12",
            wrong="(high - low) ** 2 / 6",
            hint="Your variance of one number is a sixth of the square of its width: "
            "a sixth was the error of two numbers in the lesson.",
        ),
        "errors-swapped": Mistake(
            right="marks * variance, (marks - 1) * variance",
            wrong="(marks - 1) * variance, marks * variance",
            hint="Your two errors have changed places: who remembers a number has the "
            "smaller one.",
        ),
        "errors-averaged-over-the-marks": Mistake(
            right="marks * variance, (marks - 1) * variance",
            wrong="variance, (marks - 1) / marks * variance",
            hint="Your errors are means over the marked numbers: the target is "
            "their sum, and the variances add up.",
        ),
        "roots-for-squares": Mistake(
            right="return marks * mean, marks * variance, (marks - 1) * variance",
            wrong="return (marks * mean, (marks * variance) ** 0.5, "
            "((marks - 1) * variance) ** 0.5)",
            hint="Your errors are roots, standard deviations: a mean squared "
            "error is the variance itself.",
        ),
        "deviations-added-up": Mistake(
            right="return marks * mean, marks * variance, (marks - 1) * variance",
            wrong="return (marks * mean, marks * variance**0.5, "
            "(marks - 1) * variance**0.5)",
            hint="Your errors are standard deviations, added up: it is the variances "
            "that add up, and a mean squared error is a variance.",
        ),
        "the-lessons-errors": Mistake(
            right="marks * variance, (marks - 1) * variance",
            wrong="1 / 6, 1 / 12",
            hint="Your errors are the lesson's, of two numbers between 0 and 1: "
            "here there are more of them, and they spread wider.",
        ),
        "error-of-one-number": Mistake(
            right="marks * variance, (marks - 1)",
            wrong="variance, (marks - 1)",
            hint="Your first error counts one marked number: each of them has to "
            "be guessed.",
        ),
        "the-others-error-of-one-number": Mistake(
            right="(marks - 1) * variance",
            wrong="variance",
            hint="Your second error counts one number: the one that is known costs "
            "nothing, each of the others does.",
        ),
        "a-known-number-saves-nothing": Mistake(
            right="(marks - 1) * variance",
            wrong="marks * variance",
            hint="Your second error is that of remembering nothing: a number that "
            "is known costs nothing.",
        ),
        "sum-of-the-bounds-for-the-mean": Mistake(
            right="return marks * mean",
            wrong="return marks * (low + high)",
            hint="Your mean of a number is low + high: it lies in the middle, at half "
            "of that.",
        ),
        "width-over-12-of-the-sum": Mistake(
            right="(high - low) ** 2 / 12",
            wrong="(high + low) ** 2 / 12",
            hint="Your variance is made of low + high: it grows with the width, high - "
            "low.",
        ),
        "bounds-squared-one-by-one": Mistake(
            right="(high - low) ** 2 / 12",
            wrong="(high**2 - low**2) / 12",
            hint="Your width is high² - low²: take the difference first, then its "
            "square.",
        ),
        "variance-not-divided": Mistake(
            right="(high - low) ** 2 / 12",
            wrong="(high - low) ** 2",
            hint="Your variance is the square of the width: its mean over all places "
            "between the bounds is a twelfth of that.",
        ),
        "mean-square-for-variance": Mistake(
            right="(high - low) ** 2 / 12",
            wrong="(low**2 + low * high + high**2) / 3",
            hint="Your error is that of always saying 0: the best guess is the mean, "
            "and what counts is the distance from it.",
        ),
        "two-numbers-known": Mistake(
            right="(marks - 1) * variance",
            wrong="(marks - 2) * variance",
            hint="Your second error counts one number too few: the other network knows "
            "one of them.",
        ),
        "errors-rounded-to-one-decimal": Mistake(
            right="return marks * mean, marks * variance, (marks - 1) * variance",
            wrong="return tuple(\n"
            "        round(n, 1)\n"
            "        for n in (marks * mean, marks * variance, (marks - 1) * "
            "variance)\n    )",
            hint="Your numbers are rounded to one decimal: give two.",
        ),
    },
    hints=(
        "Take one number first: where is its mean, and what is its variance, if it "
        "lies anywhere between the bounds? (Between 0 and 1 it is 1/12; twice the "
        "width, four times the variance.) Means and variances of independent numbers "
        "add up, and a number that is known costs nothing.",
        "",
    ),
    reasoning="A test needs the two numbers that say *nothing remembered* and "
    "*a part remembered*: a network that stands on the second one has learned "
    "something, though it is far from solving the task. The variances add up, for "
    "the numbers have nothing to do with each other.",
)


# subtracting_batch --------------------------------------------------------------


def subtracting_batch(
    numbers: Array, first: Array, second: Array
) -> tuple[Array, Array]:
    """Return inputs (B, T, 2) and targets (B, 1): the first marked minus the second.

    Args:
        numbers: (B, T).
        first: (B,) the step of each sequence that is marked first.
        second: (B,) the step that is marked second.
    """
    rows = np.arange(len(numbers))
    marks = np.zeros_like(numbers)
    for steps in (first, second):
        marks[rows, steps] = 1
    targets = numbers[rows, first] - numbers[rows, second]
    return np.stack([numbers, marks], axis=-1), targets[:, None]


def batch_cases() -> Cases:
    """Return numbers, and which steps are marked."""
    rng = np.random.default_rng(5)

    def at(batch: int, steps: int) -> tuple[Array, Array, Array]:
        half = steps // 2
        first = rng.integers(0, half, batch)
        return rng.random((batch, steps)), first, rng.integers(half, steps, batch)

    numbers, first, second = at(5, 8)
    return {
        "5 sequences of 8 steps": (numbers, first, second),
        "the same steps marked in each": (numbers, 0 * first + 2, 0 * second + 6),
        "all numbers alike": (0 * numbers + 0.5, first, second),
        "one sequence": at(1, 6),
        "2 steps": at(3, 2),
        "as many sequences as steps": at(6, 6),
    }


SUBTRACTING_BATCH = Exercise(
    able="test any recurrent network for long memory",
    solution=subtracting_batch,
    cases=batch_cases,
    parts={"inputs": "B T D", "targets": "B K"},
    mistakes={
        "marked-in-every-sequence": Mistake(
            right="marks[rows, steps] = 1",
            wrong="marks[:, steps] = 1",
            hint="Your marks stand in every sequence at the steps of all: [:, "
            "steps] means all rows. Each row has a step of its own.",
        ),
        "second-mark-negative": Mistake(
            right="marks[rows, steps] = 1",
            wrong="marks[rows, steps] = 1 if steps is first else -1",
            hint="Your second mark is -1, and gives the order away: both are 1, "
            "so that the network has to remember which came first.",
        ),
        "second-mark-2": Mistake(
            right="marks[rows, steps] = 1",
            wrong="marks[rows, steps] = 1 if steps is first else 2",
            hint="Your second mark is 2, and gives the order away: both are 1, so "
            "that the network has to remember which came first.",
        ),
        "steps-counted-from-1": Mistake(
            right="rows = np.arange(len(numbers))",
            wrong="rows, first, second = np.arange(len(numbers)), first - 1, "
            "second - 1",
            hint="Your steps are counted from 1: the first step is numbers[:, 0].",
        ),
        "all-rows-everywhere": Mistake(
            right="marks = np.zeros_like(numbers)",
            wrong="marks = np.zeros_like(numbers)\n"
            "    marks[:, first] = marks[:, second] = 1\n"
            "    targets = numbers[:, first] - numbers[:, second]\n"
            "    return np.stack([numbers, marks], axis=-1), targets",
            hint="Your [:, first] takes the steps of all sequences in every "
            "sequence: each row has a step of its own, so the rows need an index "
            "as well.",
        ),
        "targets-flat": Mistake(
            right="targets[:, None]",
            wrong="targets",
            hint="Your targets have shape (B,), predictions have (B, 1): NumPy "
            "makes (B, B) of their difference, and a wrong error without a "
            "complaint.",
        ),
        "targets-each-with-each": Mistake(
            right="targets[:, None]",
            wrong="numbers[rows, first][:, None] - numbers[rows, second]",
            hint="Your difference has (B, 1) on one side and (B,) on the other, "
            "so that NumPy takes each with each, (B, B).",
        ),
        "sum-for-difference": Mistake(
            right="numbers[rows, first] - numbers",
            wrong="numbers[rows, first] + numbers",
            hint="Your targets are sums, as in the adding problem: here the second "
            "number is subtracted.",
        ),
        "second-minus-first": Mistake(
            right="numbers[rows, first] - numbers[rows, second]",
            wrong="numbers[rows, second] - numbers[rows, first]",
            hint="Your targets have the wrong sign: the first marked number minus "
            "the second.",
        ),
        "steps-for-numbers": Mistake(
            right="numbers[rows, first] - numbers[rows, second]",
            wrong="1.0 * first - second",
            hint="Your targets are made of the steps, not of the numbers that "
            "stand there.",
        ),
        "inputs-reshaped": Mistake(
            right="np.stack([numbers, marks], axis=-1)",
            wrong="np.stack([numbers, marks], axis=1).reshape(*numbers.shape, 2)",
            hint="Your inputs are (B, 2, T) reshaped: the shape is right, but numbers "
            "and marks are stirred. To swap two axes, use swapaxes, or stack along the "
            "last.",
        ),
        "inputs-joined-and-reshaped": Mistake(
            right="np.stack([numbers, marks], axis=-1)",
            wrong="np.stack([numbers, marks]).reshape(*numbers.shape, 2)",
            hint="Your inputs are (2, B, T) reshaped: the shape is right, but numbers "
            "and marks are stirred. Stack along the last axis.",
        ),
        "inputs-one-beside-the-other": Mistake(
            right="np.stack([numbers, marks], axis=-1)",
            wrong="np.concatenate([numbers, marks], axis=-1)",
            hint="Your inputs have no axis of features: concatenate puts the marks "
            "after the numbers, stack lays them side by side on a new axis.",
        ),
        "first-mark-alone": Mistake(
            right="for steps in (first, second):",
            wrong="for steps in (first,):",
            hint="Your second step is not marked: both are.",
        ),
        "second-mark-alone": Mistake(
            right="for steps in (first, second):",
            wrong="for steps in (second,):",
            hint="Your first step is not marked: both are.",
        ),
        "first-mark-negative": Mistake(
            right="marks[rows, steps] = 1",
            wrong="marks[rows, steps] = -1 if steps is first else 1",
            hint="Your first mark is -1, and gives the order away: both are 1, so "
            "that the network has to remember which came first.",
        ),
        "targets-without-a-sign": Mistake(
            right="targets = numbers[rows, first] - numbers[rows, second]",
            wrong="targets = np.abs(numbers[rows, first] - numbers[rows, second])",
            hint="Your targets have lost their sign: the first minus the second may be "
            "below 0.",
        ),
        "features-before-time": Mistake(
            right="axis=-1",
            wrong="axis=1",
            hint="Your inputs have the features on the second axis: it is (B, T, "
            "D), the two features last.",
        ),
        "features-first-of-all": Mistake(
            right="axis=-1",
            wrong="axis=0",
            hint="Your inputs have the features on the first axis: it is (B, T, "
            "D), the two features last.",
        ),
        "mark-before-number": Mistake(
            right="[numbers, marks]",
            wrong="[marks, numbers]",
            hint="Your two features have changed places: the number comes first, "
            "its mark second.",
        ),
        "noise-left-out": Mistake(
            right="[numbers, marks]",
            wrong="[numbers * marks, marks]",
            hint="Your inputs are 0 where nothing is marked. Without the noise "
            "nothing has to be kept out of memory, and the test is far easier.",
        ),
    },
    hints=(
        "To mark one step in each sequence you need an index for the rows, too: "
        "rows = np.arange(len(numbers)), then marks[rows, first] = 1.",
        "np.stack([numbers, marks], axis=-1) are the inputs, and the targets are "
        "numbers[rows, first] - numbers[rows, second], with [:, None] at the end.",
    ),
    reasoning="`marks[rows, first]` takes one step of each row; `marks[:, first]` "
    "would take them all. The targets keep an axis of size 1, as the predictions "
    "do. The order counts here, so a network must remember not only the numbers "
    "but which came first; guessing costs 1/6, as in the adding problem.",
)


# giving_up ----------------------------------------------------------------------


def giving_up(errors: Array, lengths: Array, limit: float) -> tuple[Array, int]:
    """Return how many seeds solve each length, and the first that none does; or 0.

    Args:
        errors: (seeds, lengths) on unseen sequences, after training; NaN if it ran off.
        lengths: of the sequences, ascending.
        limit: an error below it is called solved.
    """
    solved = errors < limit
    none_does = ~solved.any(axis=0)
    length = lengths[none_does.argmax()] if none_does.any() else 0
    return solved.sum(axis=0), length


def verdict_cases() -> Cases:
    """Return errors, lengths and a limit, such as a measurement gives, and odd ones."""
    lengths = np.array([20, 40, 80, 160])
    some = np.array(
        [
            [0.004, 0.002, 0.160, 0.17],
            [0.014, 0.120, 0.009, 0.18],
            [0.002, 0.005, 0.200, 0.16],
        ]
    )
    ran_off = np.where(some == some[2, 3], np.nan, some)
    each_by_one = np.where(np.eye(4), 0.003, 0.16 + some[:1])
    none_then_one = some[:, [0, 3, 3, 2]]
    return {
        "three seeds": (some, lengths, 0.01),
        "limit 0.1": (some, lengths, 0.1),
        "errors of just the limit": (some, lengths, 0.002),
        "each length solved by one seed": (each_by_one, lengths, 0.01),
        "each length solved by all": (some / 100, lengths, 0.02),
        "a length that one seed solves after one that none does": (
            none_then_one,
            lengths,
            0.01,
        ),
        "a run that ended in NaN": (ran_off, lengths, 0.01),
        "nothing solved at all": (10 * some, np.array([5, 10, 15, 20]), 0.01),
    }


GIVING_UP = Exercise(
    able="say at which distance a plain RNN gives up",
    solution=giving_up,
    cases=verdict_cases,
    parts={"solved": "length", "where it gives up": ""},
    mistakes={
        "argmax-of-nothing": Mistake(
            right=" if none_does.any() else 0",
            wrong="",
            hint="Your network gives up at the first length though it never gives "
            "up: argmax is 0 also where nothing is True.",
        ),
        "never-is-an-error": Mistake(
            right="lengths[none_does.argmax()] if none_does.any() else 0",
            wrong="lengths[list(none_does).index(True)]",
            hint="Your function raises an error where each length is solved by "
            "some seed: then 0 is to be returned.",
        ),
        "one-failure-is-enough": Mistake(
            right="~solved.any(axis=0)",
            wrong="~solved.all(axis=0)",
            hint="Your network gives up as soon as one seed fails: here it does "
            "where all of them fail.",
        ),
        "last-length-for-first": Mistake(
            right="lengths[none_does.argmax()]",
            wrong="lengths[none_does][-1]",
            hint="Your length is the longest that nobody solves: the first is wanted.",
        ),
        "longest-solved": Mistake(
            right="lengths[none_does.argmax()] if none_does.any() else 0",
            wrong="lengths[~none_does][-1] if not none_does.all() else 0",
            hint="Your length is the longest that somebody still solves: wanted "
            "is the shortest that nobody does.",
        ),
        "length-before": Mistake(
            right="lengths[none_does.argmax()]",
            wrong="lengths[max(none_does.argmax() - 1, 0)]",
            hint="Your length is the one before, which somebody still solves.",
        ),
        "index-for-length": Mistake(
            right="lengths[none_does.argmax()]",
            wrong="none_does.argmax()",
            hint="You return the place in the list; expected the length that "
            "stands there.",
        ),
        "seeds-for-lengths": Mistake(
            right="solved = errors < limit",
            wrong="solved = (errors < limit).T",
            hint="Your counts are one a seed: errors is (seeds, lengths), so count "
            "along the first axis.",
        ),
        "seeds-for-lengths-in-both": Mistake(
            right="solved = errors < limit\n"
            "    none_does = ~solved.any(axis=0)\n"
            "    length = lengths[none_does.argmax()] if none_does.any() else 0\n"
            "    return solved.sum(axis=0), length",
            wrong="solved = (errors < limit).sum(axis=1)\n"
            "    length = lengths[solved == 0][0] if (solved == 0).any() else 0\n"
            "    return solved, length",
            hint="Your counts are one a seed: errors is (seeds, lengths), so count "
            "along the first axis.",
        ),
        "counts-of-the-seeds": Mistake(
            right="solved.sum(axis=0)",
            wrong="solved.sum(axis=1)",
            hint="Your counts are one a seed: errors is (seeds, lengths), so count "
            "along the first axis.",
        ),
        "worse-than-limit-counts": Mistake(
            right="solved = errors < limit",
            wrong="solved = errors > limit",
            hint="Your counts are those of the failures: solved is an error below "
            "the limit.",
        ),
        "limit-of-the-lesson": Mistake(
            right="errors < limit",
            wrong="errors < 0.01",
            hint="Your limit is 0.01, whatever limit is given.",
        ),
        "guessing-for-solving": Mistake(
            right="errors < limit",
            wrong="errors < 1 / 6",
            hint="Your limit is what guessing costs, whatever limit is given. On "
            "a few hundred sequences even guessing may fall below 1/6.",
        ),
        "limit-itself-counts": Mistake(
            right="errors < limit",
            wrong="errors <= limit",
            hint="Your count takes an error of just the limit for solved: it has to "
            "be below.",
        ),
        "length-after": Mistake(
            right="lengths[none_does.argmax()]",
            wrong="lengths[min(none_does.argmax() + 1, len(lengths) - 1)]",
            hint="Your length is the one after the first that nobody solves.",
        ),
        "all-that-is-not-solved-counted": Mistake(
            right="return solved.sum(axis=0)",
            wrong="return (~solved).sum(axis=0)",
            hint="Your counts are those of the failures: solved is an error below the "
            "limit.",
        ),
        "nan-for-solved": Mistake(
            right="solved = errors < limit",
            wrong="solved = ~(errors >= limit)",
            hint="Your count takes a run that ended in NaN for solved: no "
            "comparison with NaN is true, so ask for what you want, errors < "
            "limit.",
        ),
        "mean-of-the-seeds": Mistake(
            right="~solved.any(axis=0)",
            wrong="errors.mean(axis=0) >= limit",
            hint="Your network is judged by the mean of its seeds. One that fails "
            "hides all that solve; here each seed is judged by itself.",
        ),
        "median-of-the-seeds": Mistake(
            right="~solved.any(axis=0)",
            wrong="~(np.median(errors, axis=0) < limit)",
            hint="Your network is judged by its middle seed, and gives up where most "
            "fail. Here it gives up where not even the best one solves the task.",
        ),
        "failures-counted": Mistake(
            right="return solved.sum(axis=0)",
            wrong="return (errors > limit).sum(axis=0)",
            hint="Your counts are those of the failures: solved is an error below "
            "the limit.",
        ),
        "one-count-for-all": Mistake(
            right="solved.sum(axis=0)",
            wrong="solved.sum()",
            hint="Your count is of all lengths together: each length has its own, "
            "along the first axis.",
        ),
        "yes-or-no-for-count": Mistake(
            right="solved.sum(axis=0)",
            wrong="solved.any(axis=0)",
            hint="Your counts say only whether any seed has solved it: how many is "
            "asked for.",
        ),
        "share-for-count": Mistake(
            right="solved.sum(axis=0)",
            wrong="solved.mean(axis=0)",
            hint="Your counts are shares of the seeds, between 0 and 1: how many "
            "is asked for.",
        ),
    },
    hints=(
        "Make a table of True and False first, errors < limit. Its sums along one "
        "axis are the counts; the length is the first whose count is 0.",
        "counts = (errors < limit).sum(axis=0). Then go through zip(lengths, "
        "counts), and return at the first 0; after the loop, return 0.",
    ),
    reasoning="Each seed is judged by itself, before anything is averaged: a mean "
    "or a median would hide who solved it. And the length depends on the limit: so "
    "always say by which limit.",
)


# five_fates ---------------------------------------------------------------------


class Network(NamedTuple):
    """A new network: how it departs from what Keras would begin with."""

    cell: str
    times: float = 1  # so many times the recurrent kernel
    forget_bias: float = 1


FIVE = (
    Network("lstm", forget_bias=0),
    Network("lstm", forget_bias=5, times=0.5),
    Network("lstm", forget_bias=-5, times=20),
    Network("rnn", times=3),
    Network("rnn", times=100),
)


@cache
def fate(network: Network) -> str:
    """Return what becomes of a new network's gradient 99 steps back, as it reads."""
    inputs, _ = adding_batch(np.random.default_rng(0), 8, 100, dtype=np.float64)
    init = CELLS[network.cell].init
    params = init(np.random.default_rng(1), 2, 16, dtype=np.float64)
    bias = params.bias.copy()
    bias[16:32] = network.forget_bias  # an RNN's bias ends before
    params = params._replace(
        recurrent_kernel=network.times * params.recurrent_kernel, bias=bias
    )
    length = gradient_reach(inputs, params)[99]
    if length < 1e-3:
        return "vanishes"
    return "explodes" if length > 10 else "survives"


def five_fates() -> tuple[str, ...]:
    """Return what becomes of the gradient in five new networks: it is measured."""
    first, second, third, fourth, fifth = map(fate, FIVE)
    return (
        first,
        second,
        third,
        fourth,
        fifth,
    )


def in_full(answer: Any) -> Any:
    """Return the words of an answer, "vanish", "vanishing" and "v" as "vanishes"."""
    words = answer.values() if isinstance(answer, dict) else answer
    if not isinstance(answer, tuple | list | dict):
        return answer

    def spell(word: str) -> str:
        said = word.strip().casefold()
        for whole in ("vanishes", "survives", "explodes"):
            if said and (whole.startswith(said) or said.startswith(whole[:5])):
                return whole
        return word

    return [spell(word) if isinstance(word, str) else word for word in words]


FIVE_FATES = Exercise(
    able='tell how much of "the LSTM solves vanishing and exploding gradients" is true',
    solution=five_fates,
    view=in_full,
    confirmed="all five were measured just now",
    parts={f"network {number}": "" for number in range(1, 6)},
    mistakes={
        "the-sentence-believed": Mistake(
            right="return (\n",
            wrong='return "survives", "survives", "survives", "explodes", '
            '"explodes"\n    return (\n',
            hint="Your LSTMs all survive and your RNNs all explode: that is the "
            "sentence that is on trial. Look at each network's gates and at its "
            "kernel.",
        ),
        "the-kernel-decides": Mistake(
            right="return (\n",
            wrong='return "survives", "vanishes", "explodes", "explodes", '
            '"explodes"\n    return (\n',
            hint="Your five go by the size of the kernel alone. An LSTM has a way "
            "back past the kernel, and tanh has slopes: look at both.",
        ),
        "a-new-lstm-remembers": Mistake(
            right="        first,\n",
            wrong='        "survives",\n',
            hint="Your first network remembers from the start. Its forget gates "
            "stand near sigmoid(0): what is left of a gradient after 99 of them?",
        ),
        "open-gates-not-enough": Mistake(
            right="        second,\n",
            wrong='        "vanishes",\n',
            hint="Your second network loses its gradient, as an RNN with so small "
            "a kernel would. Which way back does not pass through the kernel?",
        ),
        "open-gates-explode": Mistake(
            right="        second,\n",
            wrong='        "explodes",\n',
            hint="Your second network explodes: a gate near 1 never makes a "
            "gradient longer, and its kernel is small.",
        ),
        "an-lstm-cannot-explode": Mistake(
            right="        third,\n",
            wrong='        "survives",\n',
            hint="Your third network is kept in bounds. What goes back through h "
            "and the kernel passes no forget gate at all.",
        ),
        "shut-gates-stop-everything": Mistake(
            right="        third,\n",
            wrong='        "vanishes",\n',
            hint="Your third network's shut forget gates stop everything. They "
            "stop the way along c: is it the only one?",
        ),
        "tanh-saves-the-rnn": Mistake(
            right="        fourth,\n",
            wrong='        "survives",\n',
            hint="Your fourth network stays in bounds: look at the lesson's table, "
            "at an RNN of radius 3. (Keras starts it with 1.)",
        ),
        "three-times-is-flat": Mistake(
            right="        fourth,\n",
            wrong='        "vanishes",\n',
            hint="Your fourth network is too flat already: look at the lesson's "
            "table, at an RNN of radius 3. (Keras starts it with 1.)",
        ),
        "larger-always-explodes": Mistake(
            right="        fifth,\n",
            wrong='        "explodes",\n',
            hint="Your fifth network explodes like the fourth. But the slope of "
            "tanh is a factor as well: where do its units stand with such a "
            "kernel?",
        ),
        "flat-and-steep-make-even": Mistake(
            right="        fifth,\n",
            wrong='        "survives",\n',
            hint="Your fifth network strikes a balance: the kernel grows 100 "
            "times, but the slope of tanh falls much faster than that.",
        ),
    },
    hints=(
        "There are two ways back: along c, a forget gate a step; and through h, "
        "the kernel and slopes. Ask of each network which of the two is alive.",
        "sigmoid(0) ** 99 and sigmoid(5) ** 99 settle the first two. In the third "
        "only the kernel counts. For the last, think of 1 - tanh(100) ** 2.",
    ),
    reasoning="Vanishing is cured where the forget gates are open and stay so; at "
    "the start they are not. Exploding is not cured at all: "
    "the way through $h$ passes no forget gate, and a large kernel makes it "
    "explode even with all of them shut. And in an RNN a kernel may be so large "
    "that tanh is flat everywhere, and the gradient vanishes again.",
)


# memory_bias --------------------------------------------------------------------


def memory_bias(distances: Array, left: float) -> Array:
    """Return an LSTM's bias (4 H,) that lets each unit keep c over its own distance.

    Args:
        distances: (H,) so many steps later this unit has a share of its c left.
        left: the share, between 0 and 1.
    """
    H = len(distances)
    f = left ** (1 / distances)
    bias = np.zeros(4 * H)
    bias[H : 2 * H] = np.log(f / (1 - f))  # the sigmoid of this is f
    return bias


def bias_cases() -> Cases:
    """Return distances, and what is to be left after them."""
    return {
        "left = 0.5 and three units": (np.array([2.0, 10.0, 100.0]), 0.5),
        "left = 0.1": (np.array([5.0, 50.0]), 0.1),
        "a distance of one step": (np.array([1.0, 1.0]), 0.3),
        "a single unit": (np.array([1000.0]), 0.5),
    }


MEMORY_BIAS = Exercise(
    able='tell how much of "the LSTM solves vanishing and exploding gradients" is true',
    solution=memory_bias,
    cases=bias_cases,
    parts={"the bias": "4H"},
    mistakes={
        "gate-for-bias": Mistake(
            right="np.log(f / (1 - f))",
            wrong="f",
            hint="Your bias is the gate itself: the gate is the sigmoid of the "
            "bias, so it takes the way back from f.",
        ),
        "sigmoid-once-more": Mistake(
            right="np.log(f / (1 - f))",
            wrong="1 / (1 + np.exp(-f))",
            hint="Your bias is the sigmoid of f: it goes the other way, f is the "
            "sigmoid of the bias.",
        ),
        "log-without-the-rest": Mistake(
            right="np.log(f / (1 - f))",
            wrong="np.log(f)",
            hint="Your bias is the logarithm of f, which undoes exp: there is a 1 "
            "in the sigmoid as well, f = 1 / (1 + exp(-bias)).",
        ),
        "sigmoid-upside-down": Mistake(
            right="np.log(f / (1 - f))",
            wrong="np.log((1 - f) / f)",
            hint="Your sigmoid is turned round upside down: a gate near 1 needs a "
            "large positive bias.",
        ),
        "root-not-taken": Mistake(
            right="left ** (1 / distances)",
            wrong="left**distances",
            hint="Your gate goes the wrong way: f multiplies once a step, so the "
            "share is f to the power of the distance.",
        ),
        "share-left-at-each-step": Mistake(
            right="left ** (1 / distances)",
            wrong="left + 0 * distances",
            hint="Your gate leaves the share after a single step: it is to be left "
            "after as many steps as the unit's distance.",
        ),
        "share-divided": Mistake(
            right="left ** (1 / distances)",
            wrong="left / distances",
            hint="Your gate is the share divided by the steps: the share is f to "
            "the power of the distance, so f is a root. (left ** 1 / k is left / "
            "k.)",
        ),
        "the-share-plays-no-part": Mistake(
            right="left ** (1 / distances)",
            wrong="np.exp(-1 / distances)",
            hint="Your gate leaves 1/e, about 0.37, at each distance, whatever "
            "share is asked for.",
        ),
        "share-divided-from-1": Mistake(
            right="left ** (1 / distances)",
            wrong="1 - left / distances",
            hint="Your gate is 1 - left / distance. A gate multiplies once a step: "
            "the share is f to the power of the distance, so f is a root.",
        ),
        "share-lost-for-left": Mistake(
            right="left ** (1 / distances)",
            wrong="(1 - left) ** (1 / distances)",
            hint="Your unit loses the share: it is to have it left.",
        ),
        "log-without-parentheses": Mistake(
            right="np.log(f / (1 - f))",
            wrong="np.log(f) / (1 - f)",
            hint="Your logarithm ends too early: it is that of the whole quotient, f "
            "/ (1 - f).",
        ),
        "bias-besides-1": Mistake(
            right="np.log(f / (1 - f))",
            wrong="1 + np.log(f / (1 - f))",
            hint="Your bias is 1 too large: it takes the place of the 1 that Keras "
            "begins with.",
        ),
        "log-of-the-distance": Mistake(
            right="np.log(f / (1 - f))",
            wrong="np.log(distances)",
            hint="Your bias is the logarithm of the distance, whatever share is asked "
            "for.",
        ),
        "bias-of-the-last-block": Mistake(
            right="bias[H : 2 * H]",
            wrong="bias[3 * H :]",
            hint="Your bias opens the output gate: the forget gate is the second "
            "block of the four, i, f, g, o.",
        ),
        "distance-one-too-short": Mistake(
            right="1 / distances",
            wrong="1 / (distances - 1)",
            hint="Your distance is one step too short: f multiplies at each of so "
            "many steps.",
        ),
        "distance-one-too-long": Mistake(
            right="1 / distances",
            wrong="1 / (distances + 1)",
            hint="Your distance is one step too long: f multiplies at each of so many "
            "steps.",
        ),
        "forgetting-in-a-line": Mistake(
            right="left ** (1 / distances)",
            wrong="1 - (1 - left) / distances",
            hint="Your unit forgets the same amount at each step. A gate "
            "multiplies: it takes the same share.",
        ),
        "bias-of-another-block": Mistake(
            right="bias[H : 2 * H]",
            wrong="bias[:H]",
            hint="Your bias opens the input gate: the forget gate is the second "
            "block of the four, i, f, g, o.",
        ),
        "bias-of-the-third-block": Mistake(
            right="bias[H : 2 * H]",
            wrong="bias[2 * H : 3 * H]",
            hint="Your bias goes to the candidate: the forget gate is the second "
            "block of the four, i, f, g, o.",
        ),
        "bias-interleaved": Mistake(
            right="bias[H : 2 * H]",
            wrong="bias[1::4]",
            hint="Your bias is spread over the blocks: the H numbers of a gate "
            "stand side by side.",
        ),
    },
    hints=(
        "After k steps f ** k is left of c. Which f leaves the share that is "
        "wanted? Then: of which number is it the sigmoid?",
        "f = left ** (1 / distances), and the bias is log(f / (1 - f)). It goes "
        "into the second block, bias[H : 2 * H] of 4 * H zeros.",
    ),
    reasoning="Along $c$ a gradient meets $f$ once a step, so $f^k$ is left, and "
    "the bias is the inverse of the sigmoid. So memory need not wait until it is "
    "learned: it can be given, each unit for a distance of its own (Tallec and "
    "Ollivier, 2018, draw such distances at random).",
)


EXERCISES: dict[str, Exercise] = {
    "errors_without_memory": ERRORS_WITHOUT_MEMORY,
    "subtracting_batch": SUBTRACTING_BATCH,
    "giving_up": GIVING_UP,
    "five_fates": FIVE_FATES,
    "memory_bias": MEMORY_BIAS,
}
