"""What is said to answers that learners gave in lessons 01 to 06: a true word, or none.

Each was told something false once, or nothing of use.
"""

import math
import re
from itertools import product

import numpy as np
import pytest
from variants import assert_named

from lstm_course.checker.draws import draw_numbers
from lstm_course.data.text import Vocabulary, pad_batch
from lstm_course.exercises.check import verdict_on
from lstm_course.exercises.contents import find_exercise

pytestmark = pytest.mark.usefixtures("in_this_process")


def sigma(z):
    return 1 / (1 + np.exp(-z))


def put(name, numbers, answer):
    """What is said of an answer to a quiz."""
    return verdict_on(name, answer, {"": numbers})


# Shapes and batches (lesson 01) -------------------------------------------------


def windows(series, length):
    number = len(series) - length
    return np.stack([series[k : k + length] for k in range(number)]), series[length:, 0]


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (lambda x, y: (x.swapaxes(0, 1), y), "windows-time-first"),
        (lambda x, y: (x[..., :1], y), "windows-of-one-feature"),
        (lambda x, y: (x[:, ::-1], y), "windows-turned-round"),
        (lambda x, y: (y, x), "windows-and-targets-swapped"),
        (lambda x, y: (x, y[:, None]), "target-in-a-column"),
    ],
)
def test_windows(change, mistake):
    def answer(series, length):
        return change(*windows(series, length))

    assert_named("windows_of_features", answer, mistake)


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (lambda b: b, "mean-not-subtracted"),
        (lambda b: b - b.mean((1, 2), keepdims=True), "mean-over-time-and-features"),
        (
            lambda b: (b - b.mean(1, keepdims=True)) / b.std(1, keepdims=True),
            "log-divided-by-its-spread",
        ),
        (lambda b: (b - b.mean(1, keepdims=True)).swapaxes(1, 2), "log-time-last"),
        (lambda b: (b - b.mean(1, keepdims=True)).swapaxes(0, 1), "log-time-first"),
    ],
)
def test_a_log(change, mistake):
    def answer(log, stations):
        return change(log.reshape(-1, stations, log.shape[1]).swapaxes(0, 1))

    assert_named("repair_the_log", answer, mistake)


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (lambda ids, table, length: ids, "ids-for-vectors"),
        (lambda ids, table, length: table[ids].swapaxes(0, 1), "vectors-time-first"),
        (lambda ids, table, length: table[ids - 1], "ids-from-1"),
    ],
)
def test_sentences(change, mistake):
    def answer(texts, length, table):
        vocabulary = Vocabulary.build(texts, num_words=len(table))
        ids, _ = pad_batch([vocabulary.encode(text) for text in texts], length)
        return change(ids, table, length)

    assert_named("sentences_to_vectors", answer, mistake)


def test_a_start_that_is_kept_when_a_text_is_cut():
    def answer(texts, length, table):
        vocabulary = Vocabulary.build(texts, num_words=len(table))
        encoded = [vocabulary.encode(text) for text in texts]
        rows = [
            ids if len(ids) < length else [1, *ids[1:][1 - length :]] for ids in encoded
        ]
        return table[pad_batch(rows, length)[0]]

    assert_named("sentences_to_vectors", answer, "start-kept-when-cut")


def test_outputs_as_wide_as_four_gates():
    B, T, V, D, H = 11, 7, 30, 10, 3
    right = (B, T), (B, T, V), (B, T, D), (B, D), (B, T, H), (B, H)
    for place, shapes, mistake in [
        (4, [(B, T, 4 * H), (B, 4 * H)], "outputs-of-four-gates"),
        (5, [(H,)], "h-of-one-text"),
        (5, [(B,)], "h-of-one-number"),
        (1, [(B, V)], "one-hot-without-steps"),
        (2, [(B, T, V, D), (B, V, D)], "vectors-behind-the-one-hot"),
        (0, [shape[1:] for shape in right], "shapes-without-the-batch"),
    ]:
        answer = [*right]
        answer[place : place + len(shapes)] = shapes
        verdict = put("shapes_on_the_way", (B, T, V, D, H), answer)
        assert verdict.mistakes == (mistake,), verdict.text


def test_a_forgotten_axis_of_the_vocabulary():
    B, T, V, D, H = 11, 7, 30, 10, 3
    answer = (B, T), (B, T), (B, T, D), (B, D), (B, T, H), (B, H)
    verdict = put("shapes_on_the_way", (B, T, V, D, H), answer)
    assert verdict.mistakes == ("one-hot-without-words",), verdict.text


# The RNN (lesson 02) ------------------------------------------------------------

NUMBERS = 0.7, 0.6, 0.2, 1.0, -1.0, 0.0  # w, u, b and the inputs of an echo


def echo(step):
    w, u, b, *inputs = NUMBERS
    h, told = 0.0, []
    for x in inputs:
        h = step(x * w, h * u, b)
        told.append(h)
    return told


def test_an_echo_of_sums():
    """Right on the way, and z is given in place of h."""
    w, u, b, *inputs = NUMBERS
    h, sums = 0.0, []
    for x in inputs:
        sums.append(round(x * w + h * u + b, 3))
        h = math.tanh(sums[-1])
    verdict = put("echo_on_paper", NUMBERS, sums)
    assert verdict.mistakes == ("echo-gives-z",), verdict.text


def test_an_echo_in_an_array_with_an_axis_too_many():
    right = np.array([echo(lambda xw, hu, b: math.tanh(xw + hu + b))])
    assert right.shape == (1, 3)
    for array in (right, right.T, right.round(3)):
        assert put("echo_on_paper", NUMBERS, array).outcome == "passed"


def test_wrong_echoes():
    for step, mistake in [
        (lambda xw, hu, b: math.tanh(xw + hu - b), "echo-bias-subtracted"),
        (lambda xw, hu, b: math.tanh(xw - hu + b), "echo-past-subtracted"),
        (
            lambda xw, hu, b: round(math.tanh(xw + hu + b), 1),
            "echo-rounded-to-one-digit",
        ),
        (lambda xw, hu, b: round(math.tanh(xw + hu + b), 2), "echo-rounded-too-early"),
    ]:
        verdict = put("echo_on_paper", NUMBERS, echo(step))
        assert verdict.mistakes == (mistake,), verdict.text


def test_the_tanh_of_a_single_number_is_told_with_its_line():
    def step(x_t, h, weights):
        W_x, W_h, b = weights
        return math.tanh(x_t @ W_x.T + h @ W_h.T + b)

    verdict = verdict_on("rnn_step", step)
    assert "return math.tanh(" in verdict.text
    assert not verdict.mistakes
    assert "math.tanh takes a single number" in find_exercise("rnn_step").hints[1]


@pytest.mark.parametrize(
    ("step", "mistake"),
    [
        (lambda xW, hU, b, h: np.maximum(xW + hU + b, 0), "step-with-relu"),
        (lambda xW, hU, b, h: np.tanh(xW + b) + hU, "step-past-outside-the-tanh"),
        (lambda xW, hU, b, h: np.tanh(xW + b) + np.tanh(hU), "step-of-two-tanhs"),
        (lambda xW, hU, b, h: h + np.tanh(xW + hU + b), "step-adds-the-old-state"),
    ],
)
def test_steps(step, mistake):
    def answer(x_t, h, weights):
        W_x, W_h, b = weights
        return step(x_t @ W_x.T, h @ W_h.T, b, h)

    assert_named("rnn_step", answer, mistake)


def test_a_layer_whose_outputs_are_one_array():
    def layer(inputs, first_h, weights):
        W, U, b = weights
        h, outputs = first_h.copy(), []
        for t in range(inputs.shape[1]):
            h[...] = np.tanh(inputs[:, t] @ W + h @ U + b)
            outputs.append(h)
        return np.stack(outputs, axis=1), h

    assert_named("rnn_layer", layer, "layer-of-one-array")


def test_a_layer_that_misses_a_step():
    def filled(steps):
        def layer(inputs, first_h, weights):
            W, U, b = weights
            h, outputs = first_h, np.zeros((*inputs.shape[:2], len(b)))
            for t in steps(inputs.shape[1]):
                h = np.tanh(inputs[:, t] @ W + h @ U + b)
                outputs[:, t] = h
            return outputs, h

        return layer

    def appended(inputs, first_h, weights):
        W, U, b = weights
        h, outputs = first_h, []
        for t in range(1, inputs.shape[1]):
            h = np.tanh(inputs[:, t] @ W + h @ U + b)
            outputs.append(h)
        return np.stack(outputs, axis=1), h

    name = "rnn_layer"
    assert_named(name, appended, "layer-without-the-first-step")
    assert_named(name, filled(lambda T: range(1, T)), "layer-first-output-left-empty")
    assert_named(name, filled(lambda T: range(T - 1)), "layer-last-output-left-empty")


def test_a_comparison_that_compares_nothing():
    """It was told "yes or no", and that the recurrent kernel is turned round."""
    assert_named(
        "compare_with_keras", lambda weights, x, theirs: 0.0, "comparison-always-0"
    )


def test_a_blinker_by_its_letters():
    for answer in ({"w": 1, "u": -2, "b": 0}, {"b": 0, "u": -2, "w": 1}):
        assert verdict_on("blinker", answer).outcome == "passed"
    verdict = verdict_on("blinker", {"w": 1, "u": 2, "b": 0})
    assert verdict.mistakes == ("blinker-on-one-side",)


# The way back (lesson 03) -------------------------------------------------------


@pytest.mark.parametrize("numbers", [(1.2, 0.72, 6), (1.3, 0.6, 4)])
def test_a_reach_that_is_rounded_too_much(numbers):
    radius, slope, k = numbers
    length = (radius * slope) ** k
    for answer, mistake in [
        ((round(length, 1),) * 2, "rounded-to-one-decimal"),
        ((k * radius * slope, 1), "times-k-for-to-the-power-k"),
        ((length, 1), "clipping-makes-longer"),
    ]:
        assert put("predict_the_reach", numbers, answer).mistakes == (mistake,)
    assert put("predict_the_reach", numbers, (round(length, 2),) * 2).text == "Right."


def step_back(change):
    """The right gradients, and what a learner makes of one of them."""

    def answer(d_above, d_later, x, h_before, h, params):
        W, U, _ = params
        dh = d_above + d_later
        dz = dh * (1 - h**2)
        parts = {
            "dz": dz,
            "dW": x.T @ dz,
            "dU": h_before.T @ dz,
            "db": dz.sum(axis=0),
            "dx": dz @ W.T,
            "dh": dz @ U.T,
        }
        return tuple((parts | change(dz, dh, x, h_before, h, W, U)).values())

    return answer


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (lambda dz, dh, x, b, h, W, U: {"dx": dz @ W}, "input-kernel-not-transposed"),
        (
            lambda dz, dh, x, b, h, W, U: {"dx": dz @ W, "dh": dz @ U},
            "neither-kernel-transposed",
        ),
        (lambda dz, dh, x, b, h, W, U: {"dW": x.T @ dh}, "dW-by-dh"),
        (lambda dz, dh, x, b, h, W, U: {"dU": b.T @ dh}, "dU-by-dh"),
        (lambda dz, dh, x, b, h, W, U: {"db": dh.sum(0)}, "db-by-dh"),
        (lambda dz, dh, x, b, h, W, U: {"dh": dh @ U.T}, "dh-before-by-dh"),
        (lambda dz, dh, x, b, h, W, U: {"db": dz.mean(0)}, "bias-averaged"),
        (
            lambda dz, dh, x, b, h, W, U: {"dW": dz.T @ x},
            "dW-transposed",
        ),
    ],
)
def test_a_step_back(change, mistake):
    """One part is wrong, and nothing is said of the others."""
    assert_named("rnn_step_backward", step_back(change), f"step-{mistake}")


def test_a_slope_that_is_a_sigmoids():
    def answer(d_above, d_later, x, h_before, h, params):
        W, U, _ = params
        dz = (d_above + d_later) * h * (1 - h)
        return dz, x.T @ dz, h_before.T @ dz, dz.sum(0), dz @ W.T, dz @ U.T

    assert_named("rnn_step_backward", answer, "step-slope-of-a-sigmoid")


def leaky(
    x, n, h, params, a, d_last, *, add="WUb", steps=None, read="h'", mean=False,
    into=None, past=None,
):  # fmt: skip
    """A leaky RNN's way back, with room for what learners did."""
    W, U, b = params
    totals = {"W": 0 * W, "U": 0 * U, "b": 0 * b}
    into, past = (1 - a if into is None else into(a)), (a if past is None else past(a))
    T = x.shape[1]
    dh = d_last
    for t in steps(T) if steps else range(T - 1, -1, -1):
        before = h[:, t - 1] if t else 0 * h[:, 0]
        dz = into * dh * (1 - n[:, t] ** 2)
        shares = {
            "W": x[:, t].T @ dz,
            "U": (n[:, t] if read == "n" else before).T @ dz,
            "b": dz.mean(axis=0) if mean else dz.sum(axis=0),
        }
        for name, share in shares.items():
            totals[name] = totals[name] * (name in add) + share
        dh = past * dh + dz @ U.T
    return tuple(totals.values())


@pytest.mark.parametrize(
    ("done", "mistake"),
    [
        ({"add": ""}, "leaky-steps-overwritten"),
        ({"add": "Ub"}, "leaky-dW-overwritten"),
        ({"add": "Wb"}, "leaky-dU-overwritten"),
        ({"add": "WU"}, "leaky-db-overwritten"),
        ({"steps": lambda T: range(T - 1, 0, -1)}, "leaky-first-step-left-out"),
        ({"steps": range}, "loop-forward"),
        ({"into": lambda a: a}, "share-of-the-state-for-the-tanh"),
        ({"past": lambda a: 1 - a}, "leak-and-rest-past-the-tanh"),
        ({"past": lambda a: 1}, "leak-unscaled"),
        ({"past": lambda a: 0}, "leak-forgotten-on-the-way-back"),
        ({"read": "n"}, "leaky-dU-by-the-new-n"),
        ({"mean": True}, "leaky-bias-averaged"),
    ],
)
def test_a_leak(done, mistake):
    def answer(*arguments):
        return leaky(*arguments, **done)

    assert_named("leaky_backward", answer, mistake)


def test_the_leak_itself_is_right():
    assert verdict_on("leaky_backward", leaky_in_full).outcome == "passed"


def leaky_in_full(x, n, h, params, a, d_last):
    return leaky(x, n, h, params, a, d_last)


@pytest.mark.parametrize(
    ("norm", "mistake"),
    [
        (lambda g: max(np.abs(a).max() for a in g), "norm-of-the-largest-entry"),
        (lambda g: sum(np.abs(a).sum() for a in g), "norm-of-sizes"),
        (
            lambda g: np.sqrt(np.mean(np.concatenate([a.ravel() for a in g]) ** 2)),
            "norm-of-the-mean-square",
        ),
    ],
)
def test_clipping_by_another_norm(norm, mistake):
    def answer(grads, limit):
        return [g * min(1, limit / norm(grads)) for g in grads]

    assert_named("clip_gradients", answer, mistake)


# The LSTM (lesson 04) -----------------------------------------------------------


def lstm_like(order="ifgo", update=None, unpack=None, join=None):
    """A step with the blocks in some order; with other lines where they are given."""

    def step(x_t, state, params):
        h, c = unpack(state) if unpack else state
        W, U, b = params
        z = join(x_t, h, W, U) + b if join else x_t @ W + h @ U + b
        gate = dict(zip(order, np.split(z, 4, axis=1), strict=True))
        i, f, o = (sigma(gate[name]) for name in "ifo")
        g = np.tanh(gate["g"])
        c = update(i, f, g, c) if update else f * c + i * g
        return o * np.tanh(c), c

    return step


@pytest.mark.parametrize(
    ("step", "mistake"),
    [
        (
            lstm_like(update=lambda i, f, g, c: f @ c + i @ g),
            "lstm-cell-by-two-matmuls",
        ),
        (lstm_like(update=lambda i, f, g, c: f @ c + i * g), "lstm-cell-by-matmul"),
        (lstm_like(unpack=lambda state: state[::-1]), "lstm-old-h-and-c-swapped"),
        (
            lstm_like(join=lambda x, h, W, U: np.hstack([h, x]) @ np.vstack([W, U])),
            "lstm-inputs-in-another-order",
        ),
        (lstm_like("figo"), "lstm-order-f-first"),
        (lstm_like("ifog"), "lstm-order-i-f-o-g"),
        (
            lstm_like(update=lambda i, f, g, c: f * c + (1 - f) * g),
            "lstm-gates-coupled",
        ),
    ],
)
def test_an_lstm_step(step, mistake):
    assert_named("lstm_step", step, mistake)


def test_a_cell_that_is_repaired_by_half():
    name = "repair_the_cell"
    assert_named(name, lstm_like("figo"), "repaired-order-f-first")
    assert_named(name, lstm_like("ifog"), "blocks-in-another-order")
    joined = lstm_like(join=lambda x, h, W, U: np.hstack([h, x]) @ np.vstack([W, U]))
    assert_named(name, joined, "inputs-in-another-order")


NO_STATE = [[0, 0, 0, 0]]
NOTHING_COMES = "where nothing comes in"


@pytest.mark.parametrize(
    ("kernel", "bias", "told", "not_told"),
    [
        (  # i half open in silence: it was told that its reset hides the cell
            [[10, 0, 10, 0], [0, -20, 0, 0]],
            [0, 10, 10, 10],
            ["(nothing, nothing) it ends on", "i = 0.5 lets in", NOTHING_COMES],
            ["hid", "reset"],
        ),
        (  # f half open at a reset: it was told nothing but where it departs
            [[20, 0, 10, 0], [0, -10, 0, 0]],
            [-10, 10, 0, 10],
            ["(set, set, reset) it ends on", "does not erase enough: f = 0.5"],
            ["hid", NOTHING_COMES],
        ),
        (  # the order f, i: it was told that f must keep
            [[0, 20, 10, 0], [-20, 0, 0, 0]],
            [10, -10, 0, 10],
            ["(set, nothing) it ends off", "f = 4.54e-05", "in the order f, i, g, o"],
            ["rows exchanged"],
        ),
        (
            [[20, 0, 10, 0], [0, 0, 0, -20]],
            [-10, 10, 0, 10],
            ["(set, reset, nothing) it ends on", "o alone hid the cell", "c' = 1.00"],
            ["lets in", "in the order"],
        ),
        (
            [[0, -20, 0, 0], [20, 0, 10, 0]],
            [-10, 10, 0, 10],
            ["(set) it ends off", "two rows exchanged"],
            ["in the order"],
        ),
        (
            [[10, 0, 10, 0], [0, -20, 0, 0]],
            [-10, 10, 0, 10],
            ["(set) it ends off", "i = 0.5 and g = 1", "Too little is written"],
            ["hid", "in the order"],
        ),
        (
            [[20, 0, 10, 0], [0, -20, 0, 0]],
            [-10, 5, 0, 10],
            ["(set, nothing 90 times)", "forgotten", "f = 0.9933"],
            ["erase", "in the order"],
        ),
        (
            [[20, 0, 10, 20], [0, -20, 0, 0]],
            [-10, 10, 0, -10],
            ["(set, nothing) it ends off", "The cell holds it", "o = 4.5e-05"],
            ["forgotten"],
        ),
        (
            [[20, 0, 10, 0], [20, 0, -10, 0]],
            [-10, 10, 0, 10],
            ["(reset, set) it ends off", "f = 1 keeps c' = -1.00"],
            ["Too little"],
        ),
    ],
)
def test_a_latch_that_does_not_hold(kernel, bias, told, not_told):
    verdict = verdict_on("latch_weights", (kernel, NO_STATE, bias))
    assert verdict.outcome == "failed"
    for words in told:
        assert words in verdict.text
    for words in not_told:
        assert words not in verdict.text


def run_latch(kernel, bias, signs):
    """The gates, c' and h of the last step, in plain numbers."""
    c = 0.0
    for sign in signs:
        z = bias + (sign == "set") * kernel[0] + (sign == "reset") * kernel[1]
        i, f, o = sigma(z[[0, 1, 3]])
        g, before = np.tanh(z[2]), c
        c = f * before + i * g
    return {"i": i, "f": f, "g": g, "o": o, "c'": before, "h": o * np.tanh(c)}


def signs_in(text):
    [told] = re.findall(r"With the inputs \((.+?)\) it ends", text)
    for sign in told.split(", "):
        word, *times = sign.split()
        yield from int(times[0] if times else 1) * [word]


@pytest.mark.parametrize("seed", range(40))
def test_what_a_latch_is_told_of_its_gates_is_so(seed):
    """Any weights: the inputs, how it ends, and each number that is named."""
    rng = np.random.default_rng(seed)
    kernel = rng.choice([-20.0, -10.0, 0.0, 10.0, 20.0], (2, 4))
    bias = rng.choice([-10.0, -3.0, 0.0, 3.0, 10.0], 4)
    verdict = verdict_on("latch_weights", (kernel, NO_STATE, bias))
    if verdict.outcome == "passed":
        return
    signs = [*signs_in(verdict.text)]
    so = run_latch(kernel, bias, signs)
    kept = [sign for sign in signs if sign != "nothing"]
    should_be_on = kept[-1:] == ["set"]
    assert (so["h"] > 0.5) != should_be_on
    assert f"it ends {'off' if should_be_on else 'on'}, h" in verdict.text
    named = re.findall(r"\b([ifgo]|c'|h) = (-?\d(?:[-.\de]*\d)?)", verdict.text)
    assert len(named) >= 2
    for name, number in named:
        assert float(number) == pytest.approx(so[name], rel=0.06, abs=6e-3), name


def test_a_latch_that_holds_for_long_is_needed():
    assert "1,000 steps" in find_exercise("latch_weights").confirmed
    kernel = [[20, 0, 10, 0], [0, -20, 0, 0]]
    for f, outcome in [(10, "passed"), (8, "passed"), (6, "failed"), (3, "failed")]:
        bias = [-10, f, 0, 10]
        answer = {"kernel": kernel, "recurrent_kernel": NO_STATE, "bias": bias}
        assert verdict_on("latch_weights", answer).outcome == outcome


def test_gates_upside_down():
    numbers = -0.6, -0.3, -0.3, np.tanh(-0.3)  # i = 1, f = 0, o = 1
    assert put("gate_settings", numbers, (1, 0, 1)).outcome == "passed"
    for answer, mistake in [
        ((1, 1, 1), "forget-gate-means-forget"),
        ((0, 0, 1), "input-gate-upside-down"),
        ((1, 0, 0), "output-gate-upside-down"),
        ((0, 1, 1), "gates-in-the-order-f-i-o"),
    ]:
        verdict = put("gate_settings", numbers, answer)
        assert verdict.mistakes == (mistake,), verdict.text


# Memory (lesson 05) -------------------------------------------------------------


def test_counts_along_the_wrong_axis_are_one_mistake():
    """It was told two, and that its length is the longest that nobody solves."""

    def answer(errors, lengths, limit):
        solved = (errors < limit).sum(axis=1)
        length = lengths[solved == 0][0] if (solved == 0).any() else 0
        return solved, length

    assert_named("giving_up", answer, "seeds-for-lengths-in-both")
    assert "longest" not in verdict_on("giving_up", answer).text


@pytest.mark.parametrize(
    ("decide", "mistake"),
    [
        (lambda errors, limit: errors <= limit, "limit-itself-counts"),
        (lambda errors, limit: errors < 0.01, "limit-of-the-lesson"),
        (lambda errors, limit: errors > limit, "worse-than-limit-counts"),
    ],
)
def test_another_limit(decide, mistake):
    def answer(errors, lengths, limit):
        counts = decide(errors, limit).sum(axis=0)
        return counts, next(
            (T for T, n in zip(lengths, counts, strict=True) if not n), 0
        )

    assert_named("giving_up", answer, mistake)


@pytest.mark.parametrize(
    ("put_together", "mistake"),
    [
        (
            lambda numbers, marks: np.stack([numbers, marks], 1).reshape(
                *numbers.shape, 2
            ),
            "inputs-reshaped",
        ),
        (
            lambda numbers, marks: np.stack([numbers, marks]).reshape(
                *numbers.shape, 2
            ),
            "inputs-joined-and-reshaped",
        ),
        (
            lambda numbers, marks: np.concatenate([numbers, marks], axis=1),
            "inputs-one-beside-the-other",
        ),
        (lambda numbers, marks: np.stack([numbers, marks], 1), "features-before-time"),
    ],
)
def test_a_batch_that_is_put_together_otherwise(put_together, mistake):
    def answer(numbers, first, second):
        rows = np.arange(len(numbers))
        marks = np.zeros(numbers.shape)
        marks[rows, first] = marks[rows, second] = 1
        targets = numbers[rows, first] - numbers[rows, second]
        return put_together(numbers, marks), targets[:, None]

    assert_named("subtracting_batch", answer, mistake)


def test_errors_of_another_task():
    low, high, marks = 0.5, 5.5, 5
    guess, error, other = find_exercise("errors_without_memory").solution(
        low, high, marks
    )
    for answer, mistake in [
        ((marks / 2, marks / 12, (marks - 1) / 12), "numbers-from-0-to-1"),
        ((guess, 2 * error, 2 * other), "variance-of-two"),
        ((guess, other, error), "errors-swapped"),
        ((2 * guess, error, other), "sum-of-the-bounds-for-the-mean"),
        (
            (
                guess,
                marks * (other / (marks - 1)) ** 0.5,
                (marks - 1) * (other / (marks - 1)) ** 0.5,
            ),
            "deviations-added-up",
        ),
    ]:
        verdict = put("errors_without_memory", (low, high, marks), answer)
        assert verdict.mistakes == (mistake,), verdict.text


@pytest.mark.parametrize(
    ("bias", "mistake"),
    [
        (lambda d, left: sigma_back(1 - left / d), "share-divided-from-1"),
        (lambda d, left: sigma_back((1 - left) ** (1 / d)), "share-lost-for-left"),
        (lambda d, left: np.log(d), "log-of-the-distance"),
        (lambda d, left: 1 + sigma_back(left ** (1 / d)), "bias-besides-1"),
    ],
)
def test_a_bias_for_another_share(bias, mistake):
    def answer(distances, left):
        nothing = 0 * distances
        return np.concatenate([nothing, bias(distances, left), nothing, nothing])

    assert_named("memory_bias", answer, mistake)


def sigma_back(f):
    return np.log(f) - np.log(1 - f)


# Counting (lesson 06) -----------------------------------------------------------


def test_counts_with_the_steps_in_them():
    lstm = "lstm", 9, 6
    for answer, mistake in [
        (4 * 6 * (20 + 6 + 1), "count-steps-for-features"),  # 648
        (4 * 6 * (20 * 9 + 6 + 1), "count-steps-besides-features"),
        (20 * 4 * 6 * (9 + 6 + 1), "count-of-every-step"),
        (3 * 6 * (9 + 6 + 1), "count-of-three-blocks"),
        (4 * (9 + 6) ** 2, "count-features-squared-besides"),
    ]:
        verdict = put("count_parameters", lstm, answer)
        assert verdict.mistakes == (mistake,), verdict.text


def test_a_ledger_that_gives_an_rnn_four_blocks():
    model = find_exercise("stack_ledger").draw(np.random.default_rng(1))[0]
    model = model._replace(lower="rnn", upper="lstm")
    embedding, first, second, dense, total = find_exercise("stack_ledger").solution(
        model
    )
    answer = embedding, 4 * first, second, dense, total + 3 * first
    verdict = put("stack_ledger", (model,), answer)
    assert verdict.mistakes == ("ledger-four-blocks-for-all",), verdict.text


def test_a_return_that_is_not_reached():
    """It was asked whether the line with return is missing, which stands there."""

    def answer(kernel, recurrent_kernel, bias):
        for cell, blocks in (("rnn", 1), ("gru", 3), ("lstm", 4)):
            H = bias / blocks
            if blocks * H * H == recurrent_kernel:
                return cell, kernel / (blocks * H), H
        return None

    def none(kernel, recurrent_kernel, bias):
        recurrent_kernel / bias

    verdict = verdict_on("which_cell", answer)
    assert verdict.mistakes == ("which-default-gru-unknown",), verdict.text
    said = verdict_on("which_cell", none).text
    assert "returns None: does it come to a line with return?" in said


def test_keras_own_name_of_an_rnn():
    names = {"rnn": "SimpleRNN", "gru": "GRU", "lstm": "LSTM"}
    right = find_exercise("which_cell").solution

    def answer(*counts):
        cell, D, H = right(*counts)
        return names[cell], D, H

    assert verdict_on("which_cell", answer).outcome == "passed"


# Quizzes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "shapes_on_the_way",
        "echo_on_paper",
        "predict_the_reach",
        "gate_settings",
        "errors_without_memory",
        "count_parameters",
        "stack_ledger",
    ],
)
def test_a_quiz_has_many_questions(name):
    """Even without looking at what was asked before, hardly two seeds ask the same."""
    quiz = find_exercise(name)
    asked = [
        quiz.question(*quiz.draw(np.random.default_rng(seed))) for seed in range(40)
    ]
    assert len(set(asked)) >= 39


def test_the_first_three_counts_are_of_three_cells():
    """As the lesson says."""
    quiz = find_exercise("count_parameters")
    assert len({draw_numbers(quiz, seed)[0] for seed in (1, 2, 3)}) == 3


@pytest.mark.parametrize("seed", range(40))
def test_gates_are_settled_by_what_is_shown(seed):
    """One setting alone leads there, by the numbers as they are printed."""
    before, g, c, h = find_exercise("gate_settings").draw(np.random.default_rng(seed))
    fitting = [
        (i, f, o)
        for i, f, o in product((0, 1), repeat=3)
        if round(f * before + i * g, 1) == round(c, 1)
        and round(o * math.tanh(c), 2) == round(h, 2)
    ]
    assert len(fitting) == 1


def test_some_gradients_vanish_and_some_explode():
    draw = find_exercise("predict_the_reach").draw
    drawn = [draw(np.random.default_rng(seed)) for seed in range(40)]
    lengths = [(radius * slope) ** k for radius, slope, k in drawn]
    assert 10 < sum(length > 1 for length in lengths) < 30
    assert all(radius > 1 for radius, *_ in drawn)


# Answers that agreed by chance with a mistake that was not in them --------------


def test_a_factor_that_forgets_the_limit():
    """It was told that its factor is norm / limit."""

    def answer(grads, limit):
        norm = np.sqrt(sum(np.sum(g**2) for g in grads))
        return [g * min(1, norm) for g in grads]

    verdict = verdict_on("clip_gradients", answer)
    assert verdict.outcome == "failed"
    assert "norm / limit" not in verdict.text


def test_a_gru_of_four_blocks():
    """It was told that its biases are taken off for each block."""

    def answer(cell, units, count):
        blocks = {"rnn": 1, "gru": 4, "lstm": 4}[cell]
        return count / (blocks * units) - units - (2 if cell == "gru" else 1)

    verdict = verdict_on("features_of", answer)
    assert verdict.outcome == "failed"
    assert "biases" not in verdict.text


def test_the_longest_of_all_lengths():
    """It was told that nobody solves it."""

    def answer(errors, lengths, limit):
        counts = (errors < limit).sum(axis=0)
        return counts, lengths.max() if not counts.all() else 0

    verdict = verdict_on("giving_up", answer)
    assert verdict.outcome == "failed"
    assert "nobody solves" not in verdict.text


def test_a_gradient_that_is_left_at_0():
    """It was told that its loop writes over what was there; maybe so."""

    def answer(*arguments):
        d_W, d_U, d_b = leaky(*arguments)
        return d_W, 0 * d_U, d_b

    assert "Your dU is 0" in verdict_on("leaky_backward", answer).text
    assert "maybe" in verdict_on("leaky_backward", answer).text
