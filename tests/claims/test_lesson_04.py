"""The verdicts of lesson 04, held by what they were drawn from."""

import itertools

import numpy as np
import pytest

from lstm_course import (
    LSTMParams,
    LSTMState,
    lstm_backward,
    lstm_forward,
    lstm_init,
    lstm_step,
)
from lstm_course.arrays.activations import sigmoid
from lstm_course.study.diagrams.lstm_cell import BEFORE, PARAMS, X
from lstm_course.study.diagrams.toolkit import signed
from lstm_course.system.keras_import import import_keras

B, T, D, H = 3, 50, 4, 2


@pytest.fixture
def rng():
    return np.random.default_rng(4)


@pytest.fixture
def params(rng):
    params = lstm_init(rng, D, H, dtype=np.float64)
    return params._replace(bias=rng.normal(size=4 * H))


@pytest.fixture
def state(rng):
    return LSTMState(rng.normal(size=(B, H)), rng.normal(size=(B, H)))


@pytest.fixture
def inputs(rng):
    return rng.normal(size=(B, T, D))


def blocks(params):
    """W on top of U, and b, of each of the four layers."""
    stacked = np.vstack([params.kernel, params.recurrent_kernel])
    weights, biases = np.split(stacked, 4, axis=1), np.split(params.bias, 4)
    return dict(zip("ifgo", zip(weights, biases, strict=True), strict=True))


def by_hand(x_t, state, params):
    """The notes' equations, one layer at a time; also the four values."""
    both = np.hstack([x_t, state.h])
    squash = {name: np.tanh if name == "g" else sigmoid for name in "ifgo"}
    layers = blocks(params).items()
    v = {name: squash[name](both @ weights + bias) for name, (weights, bias) in layers}
    c = v["f"] * state.c + v["i"] * v["g"]
    return LSTMState(v["o"] * np.tanh(c), c), v


# Claims -------------------------------------------------------------------------


def test_c02_each_gate_is_needed_to_count_the_brackets():
    text = "(a(b?c)d?;e?"
    kinds = ["();?".find(sign) for sign in text]
    asked = [t for t, sign in enumerate(text) if sign == "?"]
    orders = 9 * np.array(
        [[1, 1, 1, -1], [1, 1, -1, -1], [-1, -1, 0, -1], [-1, 1, 0, 1], [-1, 1, 0, -1]]
    )
    noise = np.array([0, 0, 0.3, 0.3, 0.3])
    kernel = orders.astype(float)
    kernel[:, 2] += noise

    def count(*, without=None, noise=1):
        bias = np.zeros(4)
        if without is not None:
            bias["ifgo".index(without)] = 1000  # always open
        weights = kernel.copy()
        weights[2:, 2] *= noise
        counter = LSTMParams(weights, np.zeros((1, 4)), bias)
        outputs, _, trace = lstm_forward(np.eye(5)[kinds][np.newaxis], counter)
        return outputs[0, :, 0], trace.c[0, asked, 0].round(1).tolist()

    shown, counts = count()
    assert counts == [2, 1, 0]
    assert np.allclose(shown[asked], np.tanh([2, 1, 0]), atol=1e-2)
    assert np.abs(np.delete(shown, asked)).max() < 1e-3
    assert count(without="i")[1] != [2, 1, 0]
    assert count(without="i", noise=0)[1] == [2, 1, 0]  # nothing to keep out
    assert count(without="f")[1] == [2, 1, 1]
    assert np.abs(np.delete(count(without="o")[0], asked)).max() > 0.7


def test_c04_the_six_equations_are_keras_lstm(inputs, params, state):
    keras = import_keras()
    layer = keras.layers.LSTM(
        H, return_sequences=True, return_state=True, dtype="float64"
    )
    layer.build((None, T, D))
    layer.set_weights(params)
    every_h, last_h, last_c = (array.numpy() for array in layer(inputs))
    ours = LSTMState(np.zeros((B, H)), np.zeros((B, H)))
    for t in range(T):
        ours, _ = by_hand(inputs[:, t], ours, params)
        assert np.allclose(ours.h, every_h[:, t], rtol=0, atol=1e-12)
    assert np.allclose(ours.h, last_h, rtol=0, atol=1e-12)
    assert np.allclose(ours.c, last_c, rtol=0, atol=1e-12)


@pytest.mark.parametrize("forget", [-1000.0, 1000.0])
def test_c05_a_forget_gate_of_0_erases_and_of_1_keeps(forget, inputs, params, state):
    bias = np.repeat([-1000.0 if forget > 0 else 0.0, forget, 0.0, 0.0], H)
    held = params._replace(bias=bias)
    _, end, trace = lstm_forward(inputs, held, initial_state=state)
    elsewhere = state._replace(c=state.c + 5)
    _, other_end, _ = lstm_forward(inputs, held, initial_state=elsewhere)
    ones = LSTMState(np.zeros((B, H)), np.ones((B, H)))
    _, _, d_start = lstm_backward(None, trace, d_final_state=ones)
    if forget > 0:
        assert np.array_equal(end.c, state.c)
        assert np.array_equal(d_start.c, np.ones((B, H)))
    else:
        assert np.array_equal(end.c, other_end.c)
        assert not d_start.c.any()


def test_c13_the_kernel_is_four_blocks_in_the_order_i_f_g_o(inputs, params, state):
    after, gates = lstm_step(inputs[:, 0], state, params)
    hand, values = by_hand(inputs[:, 0], state, params)
    for name in "ifgo":
        assert np.allclose(values[name], getattr(gates, name), rtol=0, atol=1e-14)
        other = [values[n] for n in "ifgo" if n != name]
        assert not any(np.allclose(getattr(gates, name), v) for v in other)
    assert np.allclose(hand.h, after.h, rtol=0, atol=1e-14)
    _, _, trace = lstm_forward(inputs, params._replace(bias=np.zeros(4 * H)))
    assert trace.gates.g.min() < 0  # so it is no gate


def test_c15_only_c_and_h_must_wait(inputs, params, state):
    # by_hand takes the layers in the order i, f, g, o; the notes' order is f, i, g, o.
    _, values = by_hand(inputs[:, 0], state, params)
    c = values["f"] * state.c + values["i"] * values["g"]
    after, _ = lstm_step(inputs[:, 0], state, params)
    assert np.allclose(c, after.c, rtol=0, atol=1e-14)
    assert np.allclose(values["o"] * np.tanh(c), after.h, rtol=0, atol=1e-14)


def test_c23_a_gate_in_tensorflow_needs_x_and_h(inputs, params, state):
    import_keras()
    import tensorflow as tf

    x_t = inputs[:, 0]
    weights, biases = blocks(params)["f"]
    _, gates = lstm_step(x_t, state, params)
    both = tf.concat([x_t, state.h], axis=1)
    gate = tf.sigmoid(tf.matmul(both, weights) + biases)
    assert np.allclose(gate, gates.f, rtol=0, atol=1e-14)
    alone = tf.sigmoid(tf.matmul(x_t, weights[:D]) + biases)
    assert not np.allclose(alone, gates.f)


def test_c24_the_notes_cell_state_runs_only_by_accident_and_is_wrong():
    def shape(batch, units, width):
        f, c = np.ones((batch, units)), np.ones((batch, units))
        inputs, weights = np.ones((batch, width)), np.ones((width, units))
        try:
            return (f @ c + np.tanh(inputs @ weights + weights)).shape
        except ValueError:
            return None

    runs = {
        size: form
        for size in itertools.product(range(1, 6), repeat=3)
        if (form := shape(*size))
    }
    assert runs
    assert all(batch == units for batch, units, _ in runs)
    right = [size for size, form in runs.items() if form == size[:2]]
    assert not [size for size in right if size[2] > size[1]]  # [x, h'] is wider


def test_c24_each_of_its_mistakes_changes_the_cell(rng):
    size = 3  # as many sequences as units, so that the matrix product runs
    params = lstm_init(rng, D, size, dtype=np.float64)
    x_t, h, c = (rng.normal(size=(size, n)) for n in (D, size, size))
    after, (i, f, g, _) = lstm_step(x_t, LSTMState(h, c), params)
    assert np.allclose(f * c + i * g, after.c, rtol=0, atol=1e-14)
    assert not np.allclose(f @ c + i * g, after.c)
    assert not np.allclose(f * c + g, after.c)
    other = c.copy()
    other[2] += 1
    assert np.array_equal((f * c)[0], (f * other)[0])
    assert not np.allclose((f @ c)[0], (f @ other)[0])  # sequences are mixed


def test_c28_the_layer_above_sees_h_and_never_c(inputs, params, state):
    shut = params._replace(bias=np.repeat([0.0, 1.0, 0.0, -1000.0], H))
    elsewhere = state._replace(c=state.c + 5)
    outputs, _, trace = lstm_forward(inputs, shut, initial_state=state)
    other_outputs, _, other = lstm_forward(inputs, shut, initial_state=elsewhere)
    assert np.array_equal(outputs, trace.h)
    assert not np.allclose(trace.c, other.c)
    assert np.array_equal(outputs, other_outputs)


# The picture --------------------------------------------------------------------


def test_the_picture_tells_what_the_equations_give(alternative_texts):
    after, v = by_hand(X, BEFORE, PARAMS)
    told = {**v, "c": after.c, "h": after.h}
    (alt,) = alternative_texts["lstm_cell.svg"]
    for name, value in told.items():
        assert f"{name} = {signed(value.item(), 2)}" in alt, name
    assert f"= {signed((v['i'] * v['g']).item(), 2)} is added" in alt
