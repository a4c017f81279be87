"""Other right answers to the exercises of lesson 14, and wrong ones that are named."""

import math
from collections import Counter

import numpy as np
import pytest
from variants import assert_all_pass, assert_named, assert_told

from lstm_course import plain
from lstm_course.exercises.check import verdict_on
from lstm_course.exercises.contents import find_exercise
from lstm_course.layers.fused.lstm import lstm_backward, lstm_forward
from lstm_course.layers.lstm import LSTMState, lstm_step, lstm_step_backward
from lstm_course.training.language import draw_character, temper
from lstm_course.training.losses import softmax, softmax_cross_entropy

pytestmark = pytest.mark.usefixtures("in_this_process")


# bits_of_a_text


@pytest.mark.parametrize(
    ("halvings", "answer", "mistakes"),
    [
        ((1, 3, 2, 4), (2.5, 5.66), ()),
        ((1, 3, 2, 4), [2.5, math.sqrt(32)], ()),
        ((1, 3, 2, 4), np.array([2.5, 5.657], np.float32), ()),
        ((0, 1, 2, 6), (2.25, 4.76), ()),
        ((1, 3, 2, 4), (5.66, 2.5), ("bits-and-perplexity-swapped",)),
        ((1, 3, 2, 4), (1.73, 3.32), ("nats-for-bits",)),
        ((1, 3, 2, 4), (10, 1024), ("bits-not-shared-out",)),
        ((1, 3, 2, 4), (2.09, 4.27), ("probabilities-averaged-first",)),
        ((1, 3, 2, 4), (2.5, 12.18), ("perplexity-by-e",)),
        ((1, 3, 2, 4), (-2.5, 0.18), ("bits-below-zero",)),
    ],
)
def test_bits_of_a_text(halvings, answer, mistakes):
    verdict = verdict_on("bits_of_a_text", answer, {"": (halvings,)})
    assert verdict.outcome == ("failed" if mistakes else "passed"), verdict.text
    assert verdict.mistakes == mistakes, verdict.text


# loss_at_every_character


def loss_by_logaddexp(logits, labels):
    """The logarithm of the sum by a fold; the gradient from log probabilities."""
    log_p = logits - np.logaddexp.reduce(logits, axis=1)[:, None]
    right = np.eye(logits.shape[1])[labels]
    return -(right * log_p).sum() / len(labels), (np.exp(log_p) - right) / len(labels)


def loss_row_by_row(logits, labels):
    """Plain numbers; nested lists."""
    total, gradient = 0.0, []
    for z, y in zip(logits.tolist(), labels.tolist(), strict=True):
        largest = max(z)
        powers = [math.exp(each - largest) for each in z]
        total += math.log(sum(powers)) - (z[y] - largest)
        row = [power / sum(powers) / len(labels) for power in powers]
        row[y] -= 1 / len(labels)
        gradient.append(row)
    return total / len(labels), gradient


def loss_by_differences(logits, labels):
    """Each probability from the differences of its logit to all others."""
    apart = logits[:, None, :] - logits[:, :, None]  # z_j - z_k
    with np.errstate(over="ignore"):
        p = 1 / np.exp(apart).sum(axis=2)
    rows = np.arange(len(labels))
    of_label = apart[rows, labels]
    top = of_label.max(axis=1)
    losses = top + np.log(np.exp(of_label - top[:, None]).sum(axis=1))
    p[rows, labels] -= 1
    return np.mean(losses), p / len(rows)


def test_losses():
    assert_all_pass(
        "loss_at_every_character",
        [loss_by_logaddexp, loss_row_by_row, loss_by_differences],
    )


def test_losses_that_go_wrong():
    name = "loss_at_every_character"

    def textbook(logits, labels):
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        rows = np.arange(len(labels))
        gradient = (p - np.eye(p.shape[1])[labels]) / len(rows)
        return -np.log(p[rows, labels]).mean(), gradient

    def summed(logits, labels):
        loss, gradient = loss_by_logaddexp(logits, labels)
        return loss * len(labels), gradient * len(labels)

    def bits(logits, labels):
        loss, gradient = loss_by_logaddexp(logits, labels)
        return loss / math.log(2), gradient

    def all_in_bits(logits, labels):
        loss, gradient = loss_by_logaddexp(logits, labels)
        return loss / math.log(2), gradient / math.log(2)

    def shifted_textbook(logits, labels):
        p, rows = softmax_by_hand(logits), np.arange(len(labels))
        _, gradient = loss_by_logaddexp(logits, labels)
        with np.errstate(divide="ignore"):
            return -np.log(p[rows, labels]).mean(), gradient

    def clipped(logits, labels):
        p, rows = softmax_by_hand(logits), np.arange(len(labels))
        _, gradient = loss_by_logaddexp(logits, labels)
        return -np.log(p[rows, labels].clip(1e-12)).mean(), gradient

    def only_p(logits, labels):
        loss, _ = loss_by_logaddexp(logits, labels)
        return loss, softmax_by_hand(logits) / len(labels)

    def upside_down(logits, labels):
        loss, gradient = loss_by_logaddexp(logits, labels)
        return loss, -gradient

    def softmax_by_hand(z):
        powers = np.exp(z - z.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    assert_named(name, textbook, "softmax-overflows")
    assert_named(name, shifted_textbook, "logarithm-of-a-rounded-power")
    assert_named(name, clipped, "probability-clipped")
    assert_named(name, summed, "loss-summed", "gradient-not-divided")
    assert_named(name, bits, "loss-in-bits")
    assert_named(name, all_in_bits, "loss-in-bits", "gradient-in-bits")
    assert_named(name, only_p, "gradient-without-the-label")
    assert_named(name, upside_down, "gradient-uphill")


# draw_the_next


def draw_by_searching(logits, temperature, u):
    """The first end beyond u, found by halving."""
    if not temperature:
        return np.argmax(logits)
    z = (logits - max(logits)) / temperature
    p = np.exp(z)
    return np.searchsorted(np.cumsum(p), u * p.sum(), side="right")


def draw_by_subtracting(logits, temperature, u):
    """Walk along the stretches, one after the other."""
    z = logits.tolist()
    if temperature == 0:
        return z.index(max(z))
    weights = [math.exp((each - max(z)) / temperature) for each in z]
    left = u
    for k, weight in enumerate(weights):
        left -= weight / sum(weights)
        if left < 0:
            return k
    return len(z) - 1


def draw_by_powers(logits, temperature, u):
    """The temperature as a power of the probabilities."""
    if temperature == 0:
        return logits.argsort()[-1]
    p = np.exp(logits - logits.max()) ** (1 / temperature)
    p /= p.sum()
    return next(k for k in range(len(p)) if u < p[: k + 1].sum())


def test_draws():
    assert_all_pass(
        "draw_the_next", [draw_by_searching, draw_by_subtracting, draw_by_powers]
    )


def test_draws_that_go_wrong():
    name = "draw_the_next"

    def by_the_course(logits, temperature, u):
        return draw_character(temper(logits, temperature), np.random.default_rng(0))

    def multiplied(logits, temperature, u):
        if temperature == 0:
            return logits.argmax()
        return draw_by_searching(logits, 1 / temperature, u)

    def cold_or_not_at_all(logits, temperature, u):
        return draw_by_searching(logits, min(temperature, 1), u)

    def greedy(logits, temperature, u):
        return logits.argmax()

    assert_told(name, by_the_course, "the course's own do the work")
    assert_named(name, multiplied, "multiplied-by-the-temperature")
    assert_named(name, greedy, "always-the-likeliest")
    assert_named(name, cold_or_not_at_all, "temperature-left-out")


# cut_the_way_back


def truncation_step_by_step(x, d_h, params, length):
    """Single steps, there and back; nothing comes back to the end of a piece."""
    (B, L, _), H = x.shape, params.recurrent_kernel.shape[0]
    state = LSTMState(np.zeros((B, H)), np.zeros((B, H)))
    hidden, gradient = [], 0
    for start in range(0, L, length):
        steps = range(start, min(start + length, L))
        befores = []
        for t in steps:
            before, (state, gates) = state, lstm_step(x[:, t], state, params)
            befores.append((before, gates, state))
            hidden.append(state.h)
        back = LSTMState(np.zeros((B, H)), np.zeros((B, H)))
        for t, (before, gates, after) in zip(
            reversed(steps), reversed(befores), strict=True
        ):
            back = back._replace(h=back.h + d_h[:, t])
            _, d_params, back = lstm_step_backward(
                back, x[:, t], before, params, after, gates
            )
            gradient = gradient + d_params.recurrent_kernel
    return np.stack(hidden, axis=1), gradient


def truncation_by_full_reading(x, d_h, params, length):
    """One long reading for h; then each piece from the state found there."""
    h, _, trace = plain.lstm_forward(x, params)
    c = np.asarray(trace.c)
    gradient = np.zeros(params.recurrent_kernel.shape)
    for start in range(0, x.shape[1], length):
        piece = np.s_[:, start : start + length]
        state = LSTMState(h[:, start - 1], c[:, start - 1]) if start else None
        _, _, part = lstm_forward(x[piece], params, initial_state=state)
        gradient += lstm_backward(d_h[piece], part)[1].recurrent_kernel
    return h, gradient


def truncation_by_recursion(x, d_h, params, length, state=None):
    """The first piece, and the same for the rest; lists."""
    h, state, trace = lstm_forward(x[:, :length], params, initial_state=state)
    gradient = lstm_backward(d_h[:, :length], trace)[1][1]
    if x.shape[1] <= length:
        return h.tolist(), gradient
    rest, more = truncation_by_recursion(
        x[:, length:], d_h[:, length:], params, length, state
    )
    return [a + b for a, b in zip(h.tolist(), rest, strict=True)], gradient + more


def test_truncations():
    assert_all_pass(
        "cut_the_way_back",
        [
            truncation_step_by_step,
            truncation_by_full_reading,
            truncation_by_recursion,
        ],
    )


def test_truncations_that_go_wrong():
    name = "cut_the_way_back"

    def cold(x, d_h, params, length):
        hs, total = [], 0
        for start in range(0, x.shape[1], length):
            h, _, trace = lstm_forward(x[:, start : start + length], params)
            hs.append(h)
            d_params = lstm_backward(d_h[:, start : start + length], trace)[1]
            total = total + d_params.recurrent_kernel
        return np.concatenate(hs, axis=1), total

    def whole(x, d_h, params, length):
        h, _, trace = lstm_forward(x, params)
        return h, lstm_backward(d_h, trace)[1].recurrent_kernel

    def last(x, d_h, params, length):
        state, hs = None, []
        for start in range(0, x.shape[1], length):
            piece = np.s_[:, start : start + length]
            h, state, trace = lstm_forward(x[piece], params, initial_state=state)
            hs.append(h)
        return np.hstack(hs), lstm_backward(d_h[piece], trace)[1].recurrent_kernel

    assert_named(name, cold, "each-piece-from-zeros")
    assert_named(name, whole, "way-back-not-cut")
    assert_named(name, last, "gradient-of-the-last-piece")


# count_and_back_off


def next_by_counters(ids, size, order):
    """A Counter of runs for each order; tuples."""
    ids = tuple(int(each) for each in ids)
    p = [1 / size] * size
    for n in range(1, order + 1):
        runs = Counter(ids[t : t + n] for t in range(len(ids) - n + 1))
        h = ids[len(ids) - n + 1 :]
        counts = [runs[(*h, w)] for w in range(size)]
        kinds = sum(count > 0 for count in counts)
        if kinds:
            total = sum(counts) + kinds
            p = [(c + kinds * q) / total for c, q in zip(counts, p, strict=True)]
    return p


def next_by_recursion(ids, size, order):
    """From the longest run down."""
    if order == 0:
        return np.full(size, 1 / size)
    lower = next_by_recursion(ids, size, order - 1)
    h = ids[len(ids) - (order - 1) :]
    counts = np.zeros(size)
    for t in range(order - 1, len(ids)):
        if np.array_equal(ids[t - order + 1 : t], h):
            counts[ids[t]] += 1
    kinds = (counts > 0).sum()
    return (counts + kinds * lower) / (counts.sum() + kinds) if kinds else lower


def test_counting():
    assert_all_pass("count_and_back_off", [next_by_counters, next_by_recursion])


def test_counts_that_go_wrong():
    name = "count_and_back_off"

    def shares(ids, size, order):
        counts = np.array(next_by_counters(ids, size, order)) * 0
        h = list(ids[len(ids) - order + 1 :])
        for t in range(order - 1, len(ids)):
            counts[ids[t]] += list(ids[t - order + 1 : t]) == h
        return counts / counts.sum()

    def one_too_few(ids, size, order):
        return next_by_counters(ids, size, order - 1)

    assert verdict_on(name, shares).outcome == "failed"
    assert_named(name, one_too_few, "one-order-too-few")


def test_by_hand_is_without_the_package():
    def course(logits, labels):
        assert np.isfinite(softmax(logits)).all()
        return softmax_cross_entropy(logits, labels)

    assert_told(
        "loss_at_every_character",
        course,
        "the course's own do the work: write it yourself",
    )


def test_probabilities_that_are_counted_sum_to_one():
    exercise = find_exercise("count_and_back_off")
    for arguments in exercise.cases().values():
        assert exercise.solution(*arguments).sum() == pytest.approx(1)
