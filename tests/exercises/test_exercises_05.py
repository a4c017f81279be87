"""Other right answers to the exercises of lesson 05, and wrong ones that are named."""

import math

import numpy as np
import pytest
from variants import assert_all_pass, assert_named, assert_told

from lstm_course.arrays.activations import sigmoid
from lstm_course.exercises.check import verdict_on
from lstm_course.exercises.contents import find_exercise
from lstm_course.layers.lstm import LSTMState, lstm_init, lstm_step

pytestmark = pytest.mark.usefixtures("in_this_process")

# errors_without_memory


def test_the_errors_without_memory_are_those_of_a_draw():
    """What the formulas say of 3 marked numbers between 1 and 3."""
    numbers = np.random.default_rng(0).uniform(1, 3, (200_000, 3))
    sums = numbers.sum(axis=1)
    guess, nothing, one = find_exercise("errors_without_memory").solution(1, 3, 3)
    assert abs(sums.mean() - guess) < 0.01
    assert abs(np.mean((sums - guess) ** 2) - nothing) < 0.01
    other = numbers[:, 2] + guess - 2  # the last is known
    assert abs(np.mean((sums - other) ** 2) - one) < 0.01


def test_two_decimals_are_enough():
    for answer in [(6, 1.0, 0.67), [6.0, 1, 2 / 3], np.array([6, 1, 0.667])]:
        verdict = verdict_on("errors_without_memory", answer, {"": (1, 3, 3)})
        assert verdict.outcome == "passed", verdict.text


def test_wrong_errors_without_memory():
    """Numbers between -1 and 2, 4 of them marked: right is (2, 3, 2.25)."""
    for answer, *mistakes in [
        ((2, 12, 6.75), "sum-as-one-wide-number"),
        ((2, 0.75, 0.5625), "errors-averaged-over-the-marks"),
        ((2, 1.73, 1.5), "roots-for-squares"),
        ((2, 0.167, 0.083), "the-lessons-errors"),
        ((6, 3, 2.25), "half-the-width-for-the-mean"),
        ((0.5, 0.75, 2.25), "guess-of-one-number", "error-of-one-number"),
    ]:
        verdict = verdict_on("errors_without_memory", answer, {"": (-1, 2, 4)})
        assert sorted(verdict.mistakes) == sorted(mistakes), verdict.text


def test_the_first_three_seeds_ask_for_different_things():
    draw = find_exercise("errors_without_memory").draw
    tasks = [draw(np.random.default_rng(seed)) for seed in (1, 2, 3)]
    assert len({(low, high) for low, high, _ in tasks}) == 3
    assert all(low for low, _, _ in tasks)  # where low is 0, slips come out right


# subtracting_batch


def batch_in_loops(numbers, first, second):
    """Sequence by sequence and step by step; nested lists."""
    inputs, targets = [], []
    for row, start, end in zip(numbers, first, second, strict=True):
        steps = range(len(row))
        inputs.append([[float(row[t]), int(t in (start, end))] for t in steps])
        targets.append([float(row[start] - row[end])])
    return inputs, targets


def batch_by_comparing(numbers, first, second):
    """Marks by a comparison; the target as a sum with signs; single precision."""
    step = np.arange(numbers.shape[1])
    is_first, is_second = step == first[:, None], step == second[:, None]
    inputs = np.empty((*numbers.shape, 2), np.float32)
    inputs[..., 0] = numbers
    inputs[..., 1] = is_first | is_second
    signs = is_first.astype(int) - is_second
    return inputs, (signs * numbers).sum(1, keepdims=True)


def batch_by_eye(numbers, first, second):
    """Rows of a unit matrix; take_along_axis; a dictionary."""
    one_hot = np.eye(numbers.shape[1])
    marks = one_hot[first] + one_hot[second]
    taken = [
        np.take_along_axis(numbers, steps.reshape(-1, 1), axis=1)
        for steps in (first, second)
    ]
    return {"inputs": np.dstack((numbers, marks)), "targets": taken[0] - taken[1]}


def test_subtracting_batch():
    variants = [batch_in_loops, batch_by_comparing, batch_by_eye]
    assert_all_pass("subtracting_batch", variants)


def test_wrong_batches():
    def all_rows(numbers, first, second):
        marks = np.zeros(numbers.shape)
        marks[:, first] = 1
        marks[:, second] = 1
        _, targets = batch_by_eye(numbers, first, second).values()
        return np.stack([numbers, marks], axis=2), targets

    def flat(numbers, first, second):
        inputs, targets = batch_by_comparing(numbers, first, second)
        return inputs, targets[:, 0]

    def added_in_another_order_of_axes(numbers, first, second):
        inputs, _ = batch_by_comparing(numbers, first, second)
        targets = (numbers * inputs[:, :, 1]).sum(axis=1, keepdims=True)
        return inputs.transpose(0, 2, 1), targets

    def unheard_of(numbers, first, second):
        inputs, targets = batch_by_comparing(numbers, first, second)
        return inputs, targets**3

    def signs_for_marks(numbers, first, second):
        inputs, targets = batch_by_comparing(numbers, first, second)
        inputs[np.arange(len(inputs)), second, 1] = -1
        return inputs, targets

    def counted_from_1(numbers, first, second):
        return batch_by_eye(numbers, first - 1, second - 1)

    def each_with_each(numbers, first, second):
        inputs, _ = batch_by_comparing(numbers, first, second)
        rows = np.arange(len(numbers))
        return inputs, numbers[rows, first].reshape(-1, 1) - numbers[rows, second]

    name = "subtracting_batch"
    assert_named(name, each_with_each, "targets-each-with-each")
    assert_named(name, signs_for_marks, "second-mark-negative")
    assert_named(name, counted_from_1, "steps-counted-from-1")
    assert_named(name, all_rows, "marked-in-every-sequence")
    assert_named(name, flat, "targets-flat")
    assert_named(
        name,
        added_in_another_order_of_axes,
        "sum-for-difference",
        "features-before-time",
    )
    assert_told(name, unheard_of, "targets departs", "all numbers alike")


# giving_up


def giving_up_by_a_loop(errors, lengths, limit):
    """Column by column; a list and an early end."""
    counts = [sum(error < limit for error in column) for column in errors.T]
    for length, count in zip(lengths, counts, strict=True):
        if count == 0:
            return counts, length
    return counts, 0


def giving_up_by_the_smallest(errors, lengths, limit):
    """The best seed decides; a minimum with a default; whole numbers as floats."""
    best = np.nanmin(errors, axis=0)
    hopeless = [T for T, error in zip(lengths, best, strict=True) if not error < limit]
    return np.sum(errors < limit, axis=0).astype(float), float(min(hopeless, default=0))


def giving_up_by_nonzero(errors, lengths, limit):
    """The places where a count is 0; NaN made infinite."""
    errors = np.nan_to_num(errors, nan=np.inf).astype(np.float32)
    solved = np.count_nonzero(errors < limit, axis=0)
    (places,) = np.nonzero(solved == 0)
    return {"solved": solved, "length": lengths[places[0]] if len(places) else 0}


def test_giving_up():
    variants = [giving_up_by_a_loop, giving_up_by_the_smallest, giving_up_by_nonzero]
    assert_all_pass("giving_up", variants)


def test_wrong_verdicts():
    def argmax(errors, lengths, limit):
        counts = (errors < limit).sum(axis=0)
        return counts, lengths[np.argmax(counts == 0)]

    def by_the_mean(errors, lengths, limit):
        counts = (errors < limit).sum(axis=0)
        for length, mean in zip(lengths, errors.mean(axis=0), strict=True):
            if mean >= limit:
                return counts, length
        return counts, 0

    def nan_solved_and_one_failure(errors, lengths, limit):
        failed = (errors >= limit).sum(axis=0)
        for length, count in zip(lengths, failed, strict=True):
            if count > 0:
                return len(errors) - failed, length
        return len(errors) - failed, 0

    def total(errors, lengths, limit):
        return (errors < limit).sum(), giving_up_by_a_loop(errors, lengths, limit)[1]

    def failures(errors, lengths, limit):
        _, length = giving_up_by_a_loop(errors, lengths, limit)
        return [sum(error > limit for error in column) for column in errors.T], length

    def unheard_of(errors, lengths, limit):
        counts, length = giving_up_by_a_loop(errors, lengths, limit)
        return counts, length + 1

    name = "giving_up"
    assert_named(name, argmax, "argmax-of-nothing")
    assert_named(name, by_the_mean, "mean-of-the-seeds")
    assert_named(
        name, nan_solved_and_one_failure, "nan-for-solved", "one-failure-is-enough"
    )

    def as_far_as_it_gets(errors, lengths, limit):
        counts = (errors < limit).sum(axis=0)
        return counts, max(lengths[counts > 0], default=0)

    assert_named(name, as_far_as_it_gets, "longest-solved")
    assert_named(name, total, "one-count-for-all")
    assert_named(name, failures, "failures-counted")
    assert_told(name, unheard_of, "where it gives up is not right")


# five_fates

FATES = ("vanishes", "survives", "explodes", "explodes", "vanishes")


def test_five_fates():
    in_short = ["vanish", "SURVIVE", "explode ", "Explodes", "vanishes"]
    by_number = dict(enumerate(FATES, start=1))
    initials = ["v", "s", "E", "exploding", "v"]
    assert_all_pass("five_fates", [FATES, list(FATES), in_short, initials, by_number])


def test_each_wrong_fate_has_its_own_words():
    for k in range(5):
        for other in {"vanishes", "survives", "explodes"} - {FATES[k]}:
            answer = (*FATES[:k], other, *FATES[k + 1 :])
            verdict = verdict_on("five_fates", answer)
            if k or other == "survives":
                assert len(verdict.mistakes) == 1, answer
            ordinal = ["first", "second", "third", "fourth", "fifth"][k]
            assert ordinal in verdict.text or f"network {k + 1}" in verdict.text
    answer = ("survives", "survives", "survives", "explodes", "vanishes")
    assert_named("five_fates", answer, "a-new-lstm-remembers", "an-lstm-cannot-explode")
    believed = ("survives", "survives", "survives", "explodes", "explodes")
    assert_named("five_fates", believed, "the-sentence-believed")
    assert_told("five_fates", ("dies", *FATES[1:]), "network 1", "dies")
    assert_told("five_fates", FATES[:3], "3 parts", "5")
    assert_told("five_fates", 17, "1 part")


# memory_bias


def bias_by_logs(distances, left):
    """From the logarithm of the gate; a loop; a list."""
    forget = []
    for k in distances:
        log_f = math.log(left) / k
        forget.append(log_f - math.log(-math.expm1(log_f)))
    rest = [0.0] * len(forget)
    return rest + forget + rest + rest


def bias_by_rows(distances, left):
    """A row for each gate, and laid flat; the distances as odds."""
    rows = np.zeros((4, len(distances)))
    gate = np.exp(np.log(left) / distances)
    rows[1] = -np.log(1 / gate - 1)
    return rows.reshape(-1)


def test_memory_bias():
    assert_all_pass("memory_bias", [bias_by_logs, bias_by_rows])


def test_the_bias_keeps_so_much():
    """An LSTM with it and no other weights has a half left after each distance."""
    distances = np.array([2, 10, 100])
    params = lstm_init(np.random.default_rng(0), 1, 3, dtype=np.float64)
    params = params._make(0 * w for w in params)
    params = params._replace(bias=find_exercise("memory_bias").solution(distances, 0.5))
    state = LSTMState(np.zeros((1, 3)), np.ones((1, 3)))
    after = []
    for _ in range(100):
        state, _ = lstm_step(np.zeros((1, 1)), state, params)
        after.append(state.c[0])
    np.testing.assert_allclose([after[k - 1][j] for j, k in enumerate(distances)], 0.5)


def test_wrong_biases():
    def gate_itself(distances, left):
        f = left ** (1 / distances)
        nothing = np.zeros_like(f)
        return np.concatenate([nothing, f, nothing, nothing])

    def linear_first_block(distances, left):
        f = 1 - (1 - left) / distances
        nothing = np.zeros_like(f)
        return np.concatenate([np.log(f / (1 - f)), nothing, nothing, nothing])

    def once_more_through_the_sigmoid(distances, left):
        bias = np.zeros(4 * len(distances))
        bias[len(distances) : 2 * len(distances)] = sigmoid(left ** (1 / distances))
        return bias

    def only_undoes_exp(distances, left):
        bias = np.zeros((4, len(distances)))
        bias[1] = np.log(left ** (1 / distances))
        return bias.ravel()

    def precedence(distances, left):
        f = left**1 / distances
        nothing = np.zeros_like(f)
        return np.concatenate([nothing, np.log(f / (1 - f)), nothing, nothing])

    def unheard_of(distances, left):
        bias = np.zeros(4 * len(distances))
        bias[len(distances) : 2 * len(distances)] = np.sqrt(distances)
        return bias

    name = "memory_bias"
    assert_named(name, gate_itself, "gate-for-bias")
    assert_named(
        name, linear_first_block, "forgetting-in-a-line", "bias-of-another-block"
    )
    assert_named(name, once_more_through_the_sigmoid, "sigmoid-once-more")
    assert_named(name, only_undoes_exp, "log-without-the-rest")
    assert_named(name, precedence, "share-divided")
    assert_told(name, unheard_of, "With left = 0.5 and three units: the bias departs")
