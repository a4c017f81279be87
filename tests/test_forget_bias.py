"""The forget bias as a treatment: what it changes, and what comes back on which way."""

import numpy as np
import pytest

from lstm_course.experiments.adding_task import new_network
from lstm_course.experiments.forget_bias import (
    CASES,
    RECIPE,
    path_numbers,
    paths_back,
    with_forget_bias,
)
from lstm_course.layers.lstm import LSTMParams, LSTMState, lstm_init, lstm_step

B, T, H = 3, 8, 5


@pytest.fixture
def network():
    """Weights in float64, larger than a new network's."""
    rng = np.random.default_rng(2)
    params = new_network(rng, "lstm", H).params
    layer = LSTMParams(*(w + 0.3 * rng.normal(size=w.shape) for w in params.recurrent))
    head = params.head._replace(kernel=params.head.kernel.astype(np.float64))
    return params._replace(recurrent=layer, head=head)


def nudged(inputs, params, at, unit, *, frozen):
    """The slope of each prediction by c of a unit after a step, by a complex step.

    With the gates frozen nothing but c itself hands the nudge on.
    """
    weights = LSTMParams(*(w.astype(complex) for w in params.recurrent))
    state = LSTMState(*np.zeros((2, B, H), complex))
    for t in range(T):
        new, (i, f, g, o) = lstm_step(inputs[:, t], state, weights)
        if frozen:
            i, f, g, o = (gate.real for gate in (i, f, g, o))
            c = f * state.c + i * g
            new = LSTMState(o * np.tanh(c), c)
        state = new
        if t == at:
            c = state.c.copy()
            c[:, unit] += 1e-30j
            state = LSTMState(o * np.tanh(c), c)
    return (state.h @ params.head.kernel)[:, 0].imag / 1e-30


@pytest.mark.parametrize("at", [0, 3, T - 1])
@pytest.mark.parametrize("unit", [0, H - 1])
def test_all_ways_and_the_belt_by_complex_steps(network, at, unit):
    inputs = np.random.default_rng(3).normal(size=(B, T, 2))
    every, belt = (path[:, at, unit] for path in paths_back(inputs, network))
    expected = nudged(inputs, network, at, unit, frozen=False)
    np.testing.assert_allclose(every, expected, rtol=1e-11, atol=1e-14)
    along_c = nudged(inputs, network, at, unit, frozen=True)
    np.testing.assert_allclose(belt, along_c, rtol=1e-11, atol=1e-14)
    if at < T - 1:
        assert not np.allclose(every, belt)


def test_the_numbers_by_distance(network):
    recipe = RECIPE | {"length": 20, "distances": [1, 7, 19], "path_sequences": 4}
    numbers = path_numbers(recipe, network, "before")
    assert all(key.endswith("_before") for key in numbers)
    assert [len(numbers[f"{key}_before"]) for key in ("reach", "belt_share")] == [3, 3]
    assert len(numbers["forget_before"]) == H
    assert (np.diff(numbers["forget_before"]) >= 0).all()
    open_ = network.recurrent.bias.copy()
    open_[H : 2 * H], open_[3 * H :] = 1000, -1000  # f = 1, and o = 0: the belt alone
    layer = network.recurrent._replace(bias=open_)
    with np.errstate(divide="ignore", invalid="ignore"):  # nothing is shown at the end
        shut = path_numbers(recipe, network._replace(recurrent=layer), "x")
    assert np.isnan(shut["belt_share_x"]).all()
    open_[3 * H :] = 1000  # o = 1
    open_[:H] = -1000  # i = 0: nothing is written, c stays 0
    layer = network.recurrent._replace(bias=open_)
    numbers = path_numbers(recipe, network._replace(recurrent=layer), "x")
    np.testing.assert_allclose(numbers["reach_x"], 1)
    np.testing.assert_allclose(numbers["belt_share_x"], 1)


@pytest.mark.parametrize("start", CASES)
def test_only_the_bias_is_changed(start):
    usual = lstm_init(np.random.default_rng(1), 2, 16)
    ours = with_forget_bias(usual, start, 100, np.random.default_rng(2))
    assert ours[:2] == usual[:2]  # the very arrays
    assert ours.bias.dtype == usual.bias.dtype
    (i, f, g, o), was = np.split(ours.bias, 4), np.split(usual.bias, 4)
    np.testing.assert_array_equal([g, o], [was[2], was[3]])
    if start.startswith("chrono"):
        assert 0 <= f.min() < f.max() <= np.log(99)
        assert len(set(f.tolist())) == 16
        np.testing.assert_array_equal(i, 0 * f if start.endswith("alone") else -f)
    else:
        np.testing.assert_array_equal(f, np.full(16, float(start)))
        np.testing.assert_array_equal(i, was[0])


def test_chrono_draws_the_lengths_of_memory_evenly():
    layer = LSTMParams(*np.zeros((2, 1, 16000)), np.zeros(16000))
    ours = with_forget_bias(layer, "chrono", 100, np.random.default_rng(2))
    lengths = np.exp(ours.bias[4000:8000])
    assert lengths.min() >= 1
    assert lengths.max() <= 99
    assert lengths.mean() == pytest.approx(50, abs=2)
