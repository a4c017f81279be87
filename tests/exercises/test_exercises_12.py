"""Other right answers to the exercises of lesson 12, and wrong ones that are named."""

import math

import numpy as np
import pytest
from variants import assert_all_pass, assert_named, assert_told

from lstm_course.exercises.check import verdict_on
from lstm_course.layers.lstm import LSTMParams, LSTMState, lstm_forward, lstm_step
from lstm_course.study.reading import forward_with

pytestmark = pytest.mark.usefixtures("in_this_process")


def sigma(z):
    return 1 / (1 + np.exp(-z))


# half_life


@pytest.mark.parametrize(
    ("numbers", "answer", "mistakes"),
    [
        ((0.8, None, 6), (3.11, 0.26), ()),
        ((0.8, None, 6), [math.log(2) / -math.log(0.8), 0.8**6], ()),
        ((None, 7, 12), (0.91, 0.30), ()),
        ((None, 7, 12), np.array([0.906, 0.305], np.float32), ()),
        ((None, 9, 12), (0.93, 0.42), ("rounded-on-the-way",)),
        ((None, 4, 5), (0.75, 0.24), ("half-life-for-time-constant",)),
        ((None, 4, 5), (0.84, 0.38), ("half-of-the-half-by-subtraction",)),
        ((0.8, None, 6), (5.0, 0.26), ("time-constant-for-half-life",)),
        ((0.8, None, 6), (3.11, 0), ("fading-by-subtraction",)),
        ((None, 7, 12), (0.93, 0.41), ("half-shared-out-evenly",)),
        ((0.8, None, 6), (0.32, 0.26), ("half-life-upside-down",)),
        ((0.8, None, 6), (3.11, 0.74), ("lost-for-left",)),
    ],
)
def test_half_life(numbers, answer, mistakes):
    verdict = verdict_on("half_life", answer, {"": numbers})
    assert verdict.outcome == ("failed" if mistakes else "passed")
    assert verdict.mistakes == mistakes


# follow_the_verdict


def verdicts_in_plain_loops(h, c, w, b):
    """One word after the other; nested lists."""
    verdicts, words = [], []
    for states in h.tolist():
        row = [sigma(sum(a * v for a, v in zip(s, w, strict=True)) + b) for s in states]
        before = [sigma(b), *row[:-1]]
        moves = [abs(p - q) for p, q in zip(row, before, strict=True)]
        verdicts.append(row)
        words.append(moves.index(max(moves)))
    return verdicts, words


def verdicts_with_a_step_before(h, c, w, b):
    """A state of zeros stands before the first word."""
    B, _, H = h.shape
    longer = np.concatenate([np.zeros((B, 1, H)), h], axis=1)
    p = sigma(np.einsum("bth,h->bt", longer, w) + b)
    return p[:, 1:], np.argmax((p[:, 1:] - p[:, :-1]) ** 2, axis=1)


def verdicts_in_float32(h, c, w, b):
    """By tanh, in single precision; a dictionary."""
    z = h.astype(np.float32) @ w.astype(np.float32)[:, None] + np.float32(b)
    p = 0.5 + 0.5 * np.tanh(z[..., 0] / 2)
    start = 0.5 + 0.5 * np.tanh(b / 2)
    moves = np.abs(np.column_stack([p[:, 0] - start, np.diff(p)]))
    return {"p": p, "words": [int(np.argmax(row)) for row in moves]}


def test_follow_the_verdict():
    assert_all_pass(
        "follow_the_verdict",
        [verdicts_in_plain_loops, verdicts_with_a_step_before, verdicts_in_float32],
    )


def test_verdicts_that_are_named():
    def of_the_cell(h, c, w, b):
        return verdicts_in_plain_loops(c, h, w, b)

    def without_the_first_word(h, c, w, b):
        p = sigma(h @ w + b)
        return p, np.abs(p[:, 1:] - p[:, :-1]).argmax(axis=1)

    def by_the_logits(h, c, w, b):
        z = h @ w + b
        moves = z - np.column_stack([np.full(len(z), b), z[:, :-1]])
        return z, np.abs(moves).argmax(axis=1)

    assert_named("follow_the_verdict", of_the_cell, "head-on-the-cell")
    assert_named(
        "follow_the_verdict",
        by_the_logits,
        "sigmoid-left-out",
        "moves-of-the-logit",
    )
    assert_named("follow_the_verdict", without_the_first_word, "word-before-named")

    def from_the_second_word(h, c, w, b):
        p, words = without_the_first_word(h, c, w, b)
        return p, words + 1

    assert_named("follow_the_verdict", from_the_second_word, "first-word-left-out")


def test_the_word_is_counted_from_one_and_begins_at_zero():
    def my_verdicts(h, c, w, b):
        p = sigma(h @ w + b)
        moves = np.diff(p, axis=1, prepend=0)
        return p, [1 + np.argmax(abs(row)) for row in moves]

    assert_named(
        "follow_the_verdict", my_verdicts, "begins-at-zero", "words-counted-from-one"
    )


def test_a_verdict_for_each_unit_and_one_by_softmax():
    def for_each_unit(h, c, w, b):
        return sigma(h * w + b), np.zeros(len(h))

    def by_softmax(h, c, w, b):
        z = h @ w + b
        return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), np.zeros(len(h))

    assert_told("follow_the_verdict", for_each_unit, "expected (2, 5) = (B, T)")
    assert_told("follow_the_verdict", by_softmax, "the probability departs first at")


# hold_a_gate


def held_by_a_loop(x, params, unit, value, start):
    """The six equations, and one line between them."""
    W, U, b = params
    h = c = np.zeros((len(x), len(U)))
    outputs = []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ W + h @ U + b, 4, axis=1)
        i, f, g, o = sigma(i), sigma(f), np.tanh(g), sigma(o)
        if t >= start:
            f[:, unit] = value
        c = f * c + i * g
        h = o * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def held_by_a_mask(x, params, unit, value, start):
    """The package's step, and the cell put right after it; float32."""
    params = LSTMParams(*(array.astype(np.float32) for array in params))
    x = x.astype(np.float32)
    state = LSTMState(*np.zeros((2, len(x), len(params[1])), np.float32))
    here = np.arange(len(params[1])) == unit
    result = np.zeros((*x.shape[:2], len(params[1])), np.float32)
    for t in range(x.shape[1]):
        _, gates = lstm_step(x[:, t], state, params)
        f = np.where(here & (t >= start), np.float32(value), gates.f)
        c = f * state.c + gates.i * gates.g
        state = LSTMState(gates.o * np.tanh(c), c)
        result[:, t] = state.h
    return result


def held_in_two_halves(x, params, unit, value, start):
    """As the model is up to start, then with forward_with; a sequence at a time."""
    rows = []
    for sequence in x:

        def change(t, gates):
            f = gates.f.tolist()
            if t in range(start, len(x[0])):
                f[0][unit] = value
            return gates._replace(f=np.array(f))

        h, _ = forward_with(sequence[np.newaxis], params, change)
        rows.append(h[0].tolist())
    return rows


def test_hold_a_gate():
    assert_all_pass("hold_a_gate", [held_by_a_loop, held_by_a_mask, held_in_two_halves])


def test_a_gate_held_at_the_wrong_place():
    def my_intervention(x, params, unit, value, start):
        """All gates are read once, from the run without intervention."""
        _, _, trace = lstm_forward(x, params)
        i, f, g, o = (np.array(gate) for gate in trace.gates)
        f[:, start:, unit] = value
        c, outputs = 0, []
        for t in range(x.shape[1]):
            c = f[:, t] * c + i[:, t] * g[:, t]
            outputs.append(o[:, t] * np.tanh(c))
        return np.stack(outputs, axis=1)

    assert_named("hold_a_gate", my_intervention, "gates-of-the-run-before")


@pytest.mark.parametrize(
    ("changed", "mistake"),
    [
        (lambda f, i, held: {}, "nothing-held"),
        (lambda f, i, held: {"f": held(f), "i": 0 * held(i)}, None),
        (lambda f, i, held: {"f": held(f), "i": held(i, 0)}, "input-gate-shut-too"),
    ],
)
def test_gates_that_are_held_and_gates_that_are_not(changed, mistake):
    def my_intervention(x, params, unit, value, start):
        def held(gate, at=value):
            return np.where(np.arange(gate.shape[1]) == unit, at, gate)

        def change(t, gates):
            if t < start:
                return gates
            return gates._replace(**changed(gates.f, gates.i, held))

        return forward_with(x, params, change)[0]

    if mistake:
        assert_named("hold_a_gate", my_intervention, mistake)
    else:
        assert_told("hold_a_gate", my_intervention, "right with a start after the end")


def test_a_cell_that_is_set_instead_and_a_cell_that_is_returned():
    def set_instead(x, params, unit, value, start):
        W, U, b = params
        h = c = np.zeros((len(x), len(U)))
        outputs = []
        for t in range(x.shape[1]):
            i, f, g, o = np.split(x[:, t] @ W + h @ U + b, 4, axis=1)
            c = sigma(f) * c + sigma(i) * np.tanh(g)
            if t >= start:
                c[:, unit] = value
            h = sigma(o) * np.tanh(c)
            outputs.append(h)
        return np.stack(outputs, axis=1)

    def cells(x, params, unit, value, start):
        def change(t, gates):
            if t >= start:
                gates.f[:, unit] = value
            return gates

        _, c = forward_with(x, params, change)
        return c

    assert_named("hold_a_gate", set_instead, "cell-set-instead")
    assert_named("hold_a_gate", cells, "cells-returned")


def test_two_mistakes_in_one_intervention():
    def my_intervention(x, params, unit, value, start):
        def change(t, gates):
            return gates._replace(f=np.full_like(gates.f, value))

        return forward_with(x, params, change)[0]

    assert_named(
        "hold_a_gate", my_intervention, "all-units-held", "held-from-the-first-step"
    )


def test_another_order_of_the_gates_is_a_mistake_of_the_step():
    def my_intervention(x, params, unit, value, start):
        H = len(params[1])
        order = np.r_[H : 2 * H, :H, 2 * H : 4 * H]  # f, i, g, o
        swapped = LSTMParams(*(array[..., order] for array in params))
        return held_by_a_loop(x, swapped, unit, value, start)

    assert_named("hold_a_gate", my_intervention, "lstm-order-f-first")


def test_an_intervention_that_changes_the_output_instead():
    def my_intervention(x, params, unit, value, start):
        outputs, _, _ = lstm_forward(x, params)
        outputs = outputs.copy()
        outputs[:, start:, unit] = value
        return outputs

    assert_told(
        "hold_a_gate",
        my_intervention,
        "departs first at sequence 0, step 2, unit 1",
        "It is right with a start after the end.",
    )


# same_picture


def test_same_picture():
    assert_all_pass(
        "same_picture", ["bcad", ["b", "c", "a", "d"], ("B", "C", " a", "D")]
    )
    assert_named("same_picture", tuple("adad"), "verdict-read-off-the-picture")
    assert_named("same_picture", tuple("bdad"), "head-not-renumbered")
    assert_named("same_picture", tuple("bcbd"), "vote-of-the-turned-unit")
    assert_told("same_picture", tuple("bcab"), "change 4 is not 'b'")
    assert_told("same_picture", "bca", "expected")
    assert_told("same_picture", (2, 3, 1, 4), "hange 1 is no text")
