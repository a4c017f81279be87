"""The vanilla RNN by hand, and where its weights start."""

import math

import numpy as np
import pytest
from fixtures import D, H

from lstm_course import RNNGates, RNNParams, RNNState, rnn_forward, rnn_init, rnn_step


def test_two_steps_of_one_unit_by_hand():
    h, expected = 0.25, []
    for x in (0.5, -1.5):
        h = math.tanh(0.3 * x - 0.4 * h + 0.1)
        expected.append(h)
    params = RNNParams(np.array([[0.3]]), np.array([[-0.4]]), np.array([0.1]))
    start = RNNState(np.array([[0.25]]))
    outputs, state, _ = rnn_forward(
        np.array([[[0.5], [-1.5]]]), params, initial_state=start
    )
    assert outputs.ravel() == pytest.approx(expected, rel=1e-14)
    assert state.h.item() == outputs[0, 1, 0]
    after, gates = rnn_step(np.array([[0.5]]), start, params)
    assert after.h.item() == pytest.approx(expected[0], rel=1e-14)
    assert gates == RNNGates()


def test_init_draws_as_keras_does():
    kernel, recurrent_kernel, bias = rnn_init(
        np.random.default_rng(3), 60, 40, dtype=np.float64
    )
    limit = math.sqrt(6 / 100)
    assert kernel.shape == (60, 40)
    assert 0.99 * limit < abs(kernel).max() <= limit
    unit = recurrent_kernel @ recurrent_kernel.T
    assert unit == pytest.approx(np.eye(40), abs=1e-12)
    assert bias.tolist() == [0] * 40
    assert {a.dtype for a in rnn_init(np.random.default_rng(3), D, H)} == {
        np.dtype(np.float32)
    }
