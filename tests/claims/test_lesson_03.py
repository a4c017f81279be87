"""Lesson 03: gradients vanish and explode in a plain RNN; what clipping does."""

import numpy as np
import pytest

from lstm_course import rnn_forward, rnn_init
from lstm_course.arrays.trees import tree_map
from lstm_course.study.gradient_flow import gradient_reach
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.optimizers import clip_by_global_norm
from lstm_course.training.regression import (
    regression_backward,
    regression_forward,
    regression_init,
)

B, T, D, H = 20, 100, 4, 16


def make_rnn(times):
    params = rnn_init(np.random.default_rng(2), D, H, dtype=np.float64)
    return params._replace(recurrent_kernel=times * params.recurrent_kernel)


@pytest.fixture
def inputs():
    return np.random.default_rng(0).normal(size=(B, T, D))


def test_c01_a_change_of_the_first_step_does_not_reach_the_end(inputs):
    changed = inputs.copy()
    changed[:, 0] += 1
    outputs = [rnn_forward(x, make_rnn(0.9))[0] for x in (inputs, changed)]
    apart = np.linalg.norm(outputs[1] - outputs[0], axis=-1).mean(axis=0)
    assert apart[0] > 1
    assert 0.01 < apart[9] < 0.1
    assert 1e-9 < apart[49] < 1e-7
    assert apart[99] < 1e-14


@pytest.mark.parametrize("times", [0.9, 1.0])
def test_c20_the_radius_and_the_slopes_predict_how_it_vanishes(inputs, times):
    params = make_rnn(times)
    radius = np.abs(np.linalg.eigvals(params.recurrent_kernel)).max()
    silent = gradient_reach(np.zeros_like(inputs), params)
    assert silent == pytest.approx(radius ** np.arange(T + 1), rel=1e-9)
    h, _, _ = rnn_forward(inputs, params)
    slope = np.sqrt(np.mean((1 - h**2) ** 2))
    reach = gradient_reach(inputs, params)
    for k in (10, 50, 99):
        assert 0.1 < reach[k] / (radius * slope) ** k < 1.5


def test_c20_the_gradient_at_radius_09(inputs):
    reach = gradient_reach(inputs, make_rnn(0.9))
    assert reach[[10, 50, 99]] == pytest.approx([1.6e-2, 1.3e-9, 2.4e-18], rel=0.05)


def descend(seed, clip_norm, steps=400):
    rng = np.random.default_rng(seed)
    params = regression_init(rng, "rnn", 1, 16, dtype=np.float64)
    layer = params.recurrent
    layer = layer._replace(recurrent_kernel=1.5 * layer.recurrent_kernel)
    params, losses = params._replace(recurrent=layer), []
    for _ in range(steps):
        x = rng.random((32, 30, 1))
        predictions, trace = regression_forward(x, params)
        loss, d_predictions = mean_squared_error(predictions, x[:, 0])
        grads = regression_backward(d_predictions, trace)
        grads = clip_by_global_norm(grads, clip_norm)
        params = tree_map(lambda w, dw: w - 0.1 * dw, params, grads)
        losses.append(loss)
        if not loss < 1e6:
            break
    return losses


def test_c21_an_exploding_gradient_diverges_and_clipping_cures_it():
    # Of 25 times six seeds, each time with the weights' last bits changed, four or
    # more of the six always diverged, and clipped all ended below 0.036.
    diverged = sum(not descend(seed, np.inf)[-1] < 1e6 for seed in range(6))
    assert diverged >= 3
    for seed in range(6):
        assert np.mean(descend(seed, 1.0)[-20:]) < 0.06 < 1 / 12  # that is guessing
