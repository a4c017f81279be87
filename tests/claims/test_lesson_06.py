"""The claims that lesson 06 settles: how many parameters there are."""

import re

import numpy as np
import pytest

from lstm_course import (
    LSTMState,
    count_parameters,
    gru_forward,
    gru_init,
    lstm_init,
    lstm_step,
)
from lstm_course.arrays.activations import sigmoid
from lstm_course.system.keras_import import import_keras


@pytest.fixture(scope="module")
def layers():
    return import_keras().layers


def test_c06_the_first_model_of_the_notes_has_33994_parameters(layers):
    keras = import_keras()
    model = keras.Sequential(
        [
            keras.Input((300, 100)),
            layers.LSTM(32, return_sequences=True),
            layers.LSTM(32, return_sequences=True),
            layers.LSTM(32),
            layers.Dense(10, activation="softmax"),
        ]
    )
    counts = [layer.count_params() for layer in model.layers]
    assert counts == [17_024, 8_320, 8_320, 330]
    assert sum(counts) == model.count_params() == 33_994
    ours = [count_parameters("lstm", features, 32) for features in (100, 32, 32)]
    assert counts == [*ours, (32 + 1) * 10]


@pytest.mark.parametrize(("features", "units"), [(1, 10), (7, 3), (16, 8), (100, 32)])
def test_c12_output_plus_input_plus_1_times_output_times_4(layers, features, units):
    layer = layers.LSTM(units, activation="relu")
    layer.build((None, 3, features))
    by_the_notes = (units + features + 1) * units * 4
    assert by_the_notes == layer.count_params()
    assert count_parameters("lstm", features, units) == by_the_notes
    assert ((features, units) == (1, 10)) == (by_the_notes == 480)


def test_c13_four_blocks_and_each_is_one_gate_or_the_candidate():
    units, features = 5, 3
    params = lstm_init(np.random.default_rng(1), features, units, dtype=np.float64)
    assert [array.shape for array in params] == [(3, 20), (5, 20), (20,)]
    params = params._replace(
        kernel=np.zeros((3, 20)), recurrent_kernel=np.zeros((5, 20))
    )
    start = LSTMState(np.ones((2, units)), np.ones((2, units)))
    for block, gate in enumerate(["i", "f", "g", "o"]):
        bias = np.where(np.arange(20) // units == block, -3.0, 0.0)
        _, gates = lstm_step(np.ones((2, 3)), start, params._replace(bias=bias))
        for name, values in gates._asdict().items():
            z = -3.0 if name == gate else 0.0
            expected = np.tanh(z) if name == "g" else sigmoid(np.float64(z))
            np.testing.assert_allclose(values, expected, err_msg=f"{gate}: {name}")
    # the third goes below zero, which no gate can
    assert np.tanh(-3.0) < 0 < sigmoid(np.float64(-3.0))


@pytest.mark.parametrize(("features", "units"), [(16, 8), (1, 10), (33, 7)])
def test_c29_an_lstm_has_four_times_an_rnn_a_gru_three_or_a_little_more(
    layers, features, units
):
    def count(layer):
        layer.build((None, None, features))
        return layer.count_params()

    rnn = count(layers.SimpleRNN(units))
    assert count(layers.LSTM(units)) == 4 * rnn
    assert count(layers.GRU(units, reset_after=False)) == 3 * rnn
    assert count(layers.GRU(units)) == 3 * rnn + 3 * units
    if (features, units) == (16, 8):
        assert (rnn, 3 * rnn, 3 * rnn + 3 * units) == (200, 600, 624)


def test_c29_of_the_second_biases_only_the_candidates_can_do_something_new():
    rng = np.random.default_rng(2)
    params = gru_init(rng, 3, 4, dtype=np.float64)
    inputs = rng.normal(size=(2, 6, 3))
    before, _, _ = gru_forward(inputs, params)
    for block, same in enumerate([True, True, False]):
        bias = params.bias.copy()
        bias[:, 4 * block : 4 * block + 4] += np.array([[-0.7], [0.7]])
        after, _, _ = gru_forward(inputs, params._replace(bias=bias))
        assert np.allclose(before, after) == same


def test_the_picture_tells_what_there_is(alternative_texts):
    (alt,) = alternative_texts["weight_blocks.svg"]
    numbers = re.findall(r"\b\d{3}\b", alt)
    counts = [count_parameters(cell, 16, 8) for cell in ("rnn", "gru", "lstm")]
    assert [int(n) for n in numbers] == [16 * 8, *counts]
