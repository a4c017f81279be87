"""Other right answers to the exercises of lesson 02, and wrong ones that are named."""

import math

import numpy as np
import pytest
from variants import assert_all_pass, assert_named, assert_told

from lstm_course.exercises.check import verdict_on
from lstm_course.exercises.contents import find_exercise

pytestmark = pytest.mark.usefixtures("in_this_process")

# echo_on_paper


def test_an_echo_may_be_rounded_at_each_step():
    echo = find_exercise("echo_on_paper")
    for seed in range(30):
        numbers = echo.draw(np.random.default_rng(seed))
        w, u, b, *inputs = numbers
        h, answer = 0.0, []
        for x in inputs:
            h = round(math.tanh(round(x * w + h * u + b, 3)), 3)
            answer.append(h)
        assert verdict_on("echo_on_paper", answer, {"": numbers}).outcome == "passed", (
            seed
        )


# rnn_step


def step_in_columns(x, h, weights):
    """As the text has it, with columns, and turned round at the end."""
    W_x, W_h, b = weights
    return np.tanh(W_x @ x.T + W_h @ h.T + b[:, np.newaxis]).T


def step_in_plain_loops(x, h, weights):
    """One number after the other; nested lists."""
    W_x, W_h, b = (array.tolist() for array in weights)
    rows = []
    for sequence, state in zip(x.tolist(), h.tolist(), strict=True):
        row = []
        for unit in range(len(b)):
            z = b[unit]
            z += sum(n * w for n, w in zip(sequence, W_x[unit], strict=True))
            z += sum(n * w for n, w in zip(state, W_h[unit], strict=True))
            row.append(math.tanh(z))
        rows.append(row)
    return rows


def step_in_one_product_in_float32(x, h, weights):
    """[x, h'] beside each other; tanh from exponentials; single precision."""
    both = np.concatenate([x, h], axis=1, dtype=np.float32)
    matrix = np.concatenate(weights[:2], axis=1, dtype=np.float32)
    growth = np.exp(2 * (np.einsum("bk,hk->bh", both, matrix) + weights[2]))
    return (growth - 1) / (growth + 1)


def test_rnn_step():
    variants = [step_in_columns, step_in_plain_loops, step_in_one_product_in_float32]
    assert_all_pass("rnn_step", variants)


def test_the_step_of_the_lesson_is_not_the_step_of_the_text():
    def step(x_t, h, weights):
        W, U, b = weights
        return np.tanh(x_t @ W + h @ U + b)

    assert_named("rnn_step", step, "step-of-rows-with-columns'-matrices")


def test_a_matrix_turned_because_of_its_shape_only():
    def step(x_t, h, weights):
        W_x, W_h, b = weights
        return np.tanh(x_t @ W_x.T + h @ W_h + b)

    assert_named("rnn_step", step, "step-w-h-not-turned")


def test_two_mistakes_in_a_step():
    def step(x_t, h, weights):
        W_x, W_h, _ = weights
        return W_x @ x_t.T + W_h @ h.T

    assert_told("rnn_step", step, "h has shape (2, 3); expected (3, 2) = (B, H)")

    def rows(x_t, h, weights):
        return step(x_t, h, weights).T

    assert_named("rnn_step", rows, "step-without-bias", "step-without-tanh")


def test_an_unknown_mistake_in_a_step():
    def step(x_t, h, weights):
        W_x, W_h, b = weights
        return np.tanh(x_t @ W_x.T + h @ W_h.T + b) + 0.1 * h**3

    assert_told("rnn_step", step, "departs first at", "It is right with h' = 0.")


# rnn_layer


def layer_into_an_array(inputs, first_h, weights):
    """As in the lesson: an array that is filled."""
    W, U, b = weights
    B, T, _ = inputs.shape
    outputs = np.empty((B, T, len(b)))
    h = first_h
    for t in range(T):
        h = np.tanh(inputs[:, t] @ W + h @ U + b)
        outputs[:, t] = h
    return outputs, outputs[:, -1]


def layer_one_sequence_after_the_other(inputs, first_h, weights):
    """The loop over the batch outside; the input's part for all steps at once."""
    W, U, b = weights
    all_outputs, finals = [], []
    for sequence, h in zip(inputs @ W + b, first_h, strict=True):
        outputs = []
        for z in sequence:
            h = np.tanh(z + U.T @ h)
            outputs.append(h.tolist())
        all_outputs.append(outputs)
        finals.append(outputs[-1])
    return all_outputs, finals


def layer_time_first_in_float32(inputs, first_h, weights):
    """Turned to (T, B, D) and back; single precision; a dictionary."""
    W, U, b = (array.astype(np.float32) for array in weights)
    steps = [first_h.astype(np.float32)]
    for x in inputs.astype(np.float32).swapaxes(0, 1):
        steps.append(np.tanh(np.hstack([x, steps[-1]]) @ np.vstack([W, U]) + b))
    return {"all": np.array(steps[1:]).transpose(1, 0, 2), "last": steps[-1]}


def test_rnn_layer():
    variants = [
        layer_into_an_array,
        layer_one_sequence_after_the_other,
        layer_time_first_in_float32,
    ]
    assert_all_pass("rnn_layer", variants)


def test_a_layer_that_begins_with_zeros_and_returns_what_it_began_with():
    def layer(inputs, first_h, weights):
        W, U, b = weights
        h = np.zeros((len(inputs), len(b)))
        outputs = []
        for t in range(inputs.shape[1]):
            h = np.tanh(inputs[:, t] @ W + h @ U + b)
            outputs.append(h)
        return np.stack(outputs, 1), first_h

    assert_named(
        "rnn_layer", layer, "layer-first-h-ignored", "layer-final-is-the-first"
    )


def test_outputs_stacked_along_time():
    def layer(inputs, first_h, weights):
        outputs, h = layer_into_an_array(inputs, first_h, weights)
        return [outputs[:, t] for t in range(inputs.shape[1])], h

    assert_named("rnn_layer", layer, "layer-outputs-time-first")


def test_a_state_that_is_never_replaced():
    def layer(inputs, h, weights):
        W, U, b = weights
        return np.tanh(inputs @ W + (h @ U)[:, np.newaxis] + b), h

    assert_named("rnn_layer", layer, "layer-state-never-replaced")


def test_unknown_mistakes_in_a_layer():
    def one_step_short(inputs, first_h, weights):
        outputs, _ = layer_into_an_array(inputs, first_h, weights)
        return outputs, outputs[:, -2 if inputs.shape[1] > 1 else -1]

    assert_told(
        "rnn_layer", one_step_short, "the final h", "It is right with a single step."
    )

    def outputs_alone(inputs, first_h, weights):
        return layer_into_an_array(inputs, first_h, weights)[0]

    assert_told("rnn_layer", outputs_alone, "1 part", "expected 2")


# compare_with_keras


def compare_step_by_step(weights, inputs, theirs):
    """A loop of one's own, the largest so far."""
    outputs, _ = layer_into_an_array(
        inputs, np.zeros((len(inputs), len(weights[2]))), weights
    )
    largest = 0
    for ours, other in zip(outputs.ravel(), theirs.ravel(), strict=True):
        largest = max(largest, abs(ours - other))
    return largest


def compare_by_a_norm(weights, inputs, theirs):
    start = np.zeros((len(inputs), len(weights[2])))
    outputs, _ = layer_time_first_in_float32(inputs, start, weights).values()
    return np.linalg.norm((theirs - outputs).ravel(), ord=np.inf)


def test_compare_with_keras():
    assert_all_pass("compare_with_keras", [compare_step_by_step, compare_by_a_norm])


@pytest.mark.parametrize(
    ("compare", "mistake"),
    [
        (lambda ours, theirs: abs(ours - theirs)[:, -1].max(), "of-last-step"),
        (lambda ours, theirs: abs(ours[0] - theirs[0]).max(), "of-first-sequence"),
        (lambda ours, theirs: abs(ours - theirs).mean(), "by-mean"),
        (lambda ours, theirs: (theirs - ours).max(), "with-signs-turned"),
        (lambda ours, theirs: abs((ours - theirs).max()), "sign-dropped-too-late"),
        (lambda ours, theirs: np.allclose(ours, theirs), "by-yes-or-no"),
    ],
)
def test_a_comparison_that_misses_something(compare, mistake):
    def how_far_apart(weights, inputs, theirs):
        start = np.zeros((len(inputs), len(weights[2])))
        return compare(layer_into_an_array(inputs, start, weights)[0], theirs)

    assert_named("compare_with_keras", how_far_apart, f"comparison-{mistake}")


def test_a_comparison_with_an_rnn_that_does_not_remember():
    def how_far_apart(weights, inputs, theirs):
        W, _, b = weights
        return np.abs(np.tanh(inputs @ W + b) - theirs).max()

    assert_named("compare_with_keras", how_far_apart, "rnn-state-not-carried")


def test_an_unknown_mistake_in_a_comparison():
    def how_far_apart(weights, inputs, theirs):
        start = np.zeros((len(inputs), len(weights[2])))
        differences = layer_into_an_array(inputs, start, weights)[0] - theirs
        return np.max(np.abs(differences)) ** 1.7

    assert_told("compare_with_keras", how_far_apart, "right with no difference at all")


# blinker


def test_other_blinkers():
    arrays = np.array([[1.0]]), np.array([[-3.0]]), np.zeros(1)
    assert_all_pass("blinker", [(1, -1.2, 0), [5, -5, 0], arrays])


@pytest.mark.parametrize(
    ("weights", "mistake"),
    [
        ((1, 2, 0), "on-one-side"),
        ((1, 0, 0), "on-one-side"),
        ((1, 0.5, 0), "on-one-side"),
        ((1, -1, 0), "fades"),
        ((0.3, -2, 0), "not-up"),
        ((-1, 2, 0), "not-up"),
        ((0, 0, 0), "not-up"),
        ((1, -2, 1), "on-its-own"),
        ((1, -3, 0.2), "on-its-own"),
    ],
)
def test_a_unit_that_does_not_blink(weights, mistake):
    """The first demand that it does not meet is the one that is named."""
    assert_named("blinker", weights, f"blinker-{mistake}")
