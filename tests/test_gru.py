"""The GRU by hand in both its forms, what its trace shows, and where it starts."""

import math

import numpy as np
import pytest
from fixtures import MASKS, B, D, H, T, assert_close, assert_equal, make_example, run

from lstm_course import (
    GRUGates,
    GRUParams,
    GRUState,
    gru_forward,
    gru_init,
    gru_step,
)

forms = pytest.mark.parametrize("kind", ["gru", "gru, reset before"])


@pytest.mark.parametrize("reset_after", [True, False])
def test_two_steps_of_one_unit_by_hand(reset_after):
    """Plain numbers and the four equations: no array, no library."""

    def sigmoid(number):
        return 1 / (1 + math.exp(-number))

    w = {"z": 0.3, "r": -0.8, "n": 1.1}
    u = {"z": -0.4, "r": 0.9, "n": -1.3}
    b_x = {"z": 0.1, "r": 0.6, "n": -0.2}
    b_h = {"z": -0.7, "r": 0.2, "n": 0.5} if reset_after else dict.fromkeys("zrn", 0)
    h, expected = 0.25, []
    for x in (0.5, -1.5):
        z, r = (sigmoid(x * w[k] + b_x[k] + h * u[k] + b_h[k]) for k in "zr")
        if reset_after:
            n = math.tanh(x * w["n"] + b_x["n"] + r * (h * u["n"] + b_h["n"]))
        else:
            n = math.tanh(x * w["n"] + b_x["n"] + (r * h) * u["n"])
        h = z * h + (1 - z) * n
        expected.append(h)

    kernel, recurrent_kernel, row, second = (
        np.array([[*d.values()]]) for d in (w, u, b_x, b_h)
    )
    bias = np.concatenate([row, second]) if reset_after else row[0]
    outputs, state, _ = gru_forward(
        np.array([[[0.5], [-1.5]]]),
        GRUParams(kernel, recurrent_kernel, bias),
        initial_state=GRUState(np.array([[0.25]])),
    )
    assert outputs.ravel() == pytest.approx(expected, rel=1e-14)
    assert state.h.item() == outputs[0, 1, 0]


@forms
@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("go_backwards", [False, True], ids=["forwards", "backwards"])
def test_trace_shows_every_gate_and_state(kind, mask, go_backwards):
    example = make_example(kind, mask, go_backwards=go_backwards)
    state = example.initial_state
    _, final, trace = gru_forward(example.inputs, example.params, **example.options)
    assert isinstance(trace.gates, GRUGates)
    counts = np.ones((B, T), bool) if example.mask is None else example.mask
    for k in range(T):
        t = T - 1 - k if go_backwards else k
        after, gates = gru_step(example.inputs[:, t], state, example.params)
        here = counts[:, t]
        state = GRUState(np.where(here[:, None], after.h, state.h))
        assert_close(trace.h[:, k], state.h, 1e-14)
        shown = GRUGates(*(gate[:, k] for gate in trace.gates))
        for came, expected in zip(shown, gates, strict=True):
            assert_close(came[here], expected[here], 1e-14)
        assert (shown.z[~here] == 1).all()
    assert_equal(final.h, trace.h[:, -1])


def test_the_forms_agree_where_nothing_is_reset_and_the_second_bias_is_zero():
    example = make_example("gru", "no mask")
    kernel, recurrent_kernel, bias = example.params
    bias = bias.copy()
    bias[1] = 0
    bias[0, H : 2 * H] = 400  # r = 1

    def outputs(params):
        return gru_forward(example.inputs, params)[0]

    after, before = (
        outputs(GRUParams(kernel, recurrent_kernel, b)) for b in (bias, bias[0])
    )
    assert_close(after, before, 1e-14)
    bias[1, 2 * H] = 1e-3
    moved = outputs(GRUParams(kernel, recurrent_kernel, bias))
    assert abs(moved - before).max() > 1e-5


@forms
def test_a_shut_update_gate_keeps_the_state(kind):
    """z = 1: values forwards and gradients backwards pass unchanged."""
    example = make_example(kind, "no mask")
    bias = np.zeros_like(example.params.bias)
    bias[..., :H] = 400
    params = example.params._replace(bias=bias)
    came = run(example._replace(params=params, d_outputs=np.zeros((B, T, H))))
    assert_equal(came.state, example.initial_state)
    assert_equal(came.d_initial_state, example.d_final_state)


@pytest.mark.parametrize("reset_after", [True, False])
def test_init_draws_as_keras_does(reset_after):
    params = gru_init(
        np.random.default_rng(3), 60, 40, reset_after=reset_after, dtype=np.float64
    )
    limit = math.sqrt(6 / 180)
    assert params.kernel.shape == (60, 120)
    assert 0.99 * limit < abs(params.kernel).max() <= limit
    rows = params.recurrent_kernel
    assert rows @ rows.T == pytest.approx(np.eye(40), abs=1e-12)
    assert params.bias.shape == ((2, 120) if reset_after else (120,))
    assert not params.bias.any()
    assert params.reset_after is reset_after
    assert gru_init(np.random.default_rng(3), D, H).kernel.dtype == np.float32
