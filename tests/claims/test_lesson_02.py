"""The verdicts of lesson 02, held by what they were drawn from."""

import numpy as np
import pytest

from lstm_course import (
    GRUGates,
    LSTMGates,
    RNNGates,
    RNNParams,
    rnn_forward,
)
from lstm_course.layers.cells import CELLS
from lstm_course.study.diagrams.two_cells import layers_inside
from lstm_course.study.diagrams.unrolled_rnn import KNOCKS, hidden_states


def test_c14_an_rnn_has_one_layer_and_an_lstm_four_three_of_them_gates():
    assert (layers_inside("rnn"), layers_inside("lstm")) == (1, 4)
    assert set(LSTMGates._fields) - {"g"} == {"i", "f", "o"}


def test_c16_gates_of_each_cell_and_a_candidate_in_the_gru_too():
    assert RNNGates._fields == ()
    assert LSTMGates._fields == ("i", "f", "g", "o")
    assert GRUGates._fields == ("z", "r", "n")
    assert layers_inside("gru") == 3


@pytest.mark.parametrize(("features", "units"), [(16, 8), (1, 10), (100, 32)])
def test_c19_a_step_of_an_rnn_takes_a_quarter_of_the_multiplications(features, units):
    def multiplications(cell):
        rng = np.random.default_rng(0)
        kernel, recurrent_kernel, _ = CELLS[cell].init(rng, features, units)
        return kernel.size + recurrent_kernel.size

    assert multiplications("rnn") == features * units + units**2
    assert 4 * multiplications("rnn") == multiplications("lstm")
    assert 3 * multiplications("rnn") == multiplications("gru")


def test_the_picture_tells_what_the_loop_computes(alternative_texts):
    w, u, h, states = 1.0, 0.5, 0.0, []
    for x in KNOCKS:
        h = np.tanh(x * w + h * u)
        states.append(h)
    assert np.allclose(states, hidden_states(), rtol=0, atol=1e-15)
    (alt,) = alternative_texts["unrolled_rnn.svg"]
    assert ", ".join(f"{h:.3f}" for h in states) in alt


@pytest.mark.parametrize(
    ("u", "left"), [(0.0, 0.0), (0.5, 0.0), (1.0, 0.217), (2, 0.958)]
)
def test_an_echo_fades_below_one_and_stays_where_u_is_large(u, left):
    knock = np.zeros((1, 30, 1))
    knock[0, 0] = 1
    params = RNNParams(np.ones((1, 1)), np.full((1, 1), float(u)), np.zeros(1))
    outputs, _, _ = rnn_forward(knock, params)
    assert outputs[0, -1, 0] == pytest.approx(left, abs=5e-4)
