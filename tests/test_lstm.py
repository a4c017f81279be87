"""The LSTM by hand, what its trace shows, its limits and its error messages."""

import math

import numpy as np
import pytest
from fixtures import (
    MASKS,
    B,
    D,
    H,
    T,
    assert_close,
    assert_equal,
    make_example,
    run,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course import (
    LSTMGates,
    LSTMParams,
    LSTMState,
    lstm_backward,
    lstm_forward,
    lstm_init,
    lstm_step,
)

directions = pytest.mark.parametrize(
    "go_backwards", [False, True], ids=["forwards", "backwards"]
)


def test_two_steps_of_one_unit_by_hand():
    """Plain numbers and the six equations: no array, no library."""
    x = [0.5, -1.5]
    w = {"i": 0.3, "f": -0.8, "g": 1.1, "o": 0.7}
    u = {"i": -0.4, "f": 0.9, "g": -1.3, "o": 0.2}
    b = {"i": 0.1, "f": 1.0, "g": -0.2, "o": -0.6}
    h, c = 0.25, -0.75
    expected = []
    for x_t in x:
        z = {gate: x_t * w[gate] + h * u[gate] + b[gate] for gate in "ifgo"}
        i, f, o = (1 / (1 + math.exp(-z[gate])) for gate in "ifo")
        c = f * c + i * math.tanh(z["g"])
        h = o * math.tanh(c)
        expected.append(h)

    kernel, recurrent_kernel, bias = (np.array([[*d.values()]]) for d in (w, u, b))
    outputs, state, _ = lstm_forward(
        np.array(x).reshape(1, 2, 1),
        LSTMParams(kernel, recurrent_kernel, bias[0]),
        initial_state=LSTMState(np.array([[0.25]]), np.array([[-0.75]])),
    )
    assert outputs.ravel() == pytest.approx(expected, rel=1e-14)
    assert (state.h.item(), state.c.item()) == pytest.approx((h, c), rel=1e-14)


@directions
@pytest.mark.parametrize("mask", MASKS)
def test_trace_shows_every_gate_and_state(mask, go_backwards):
    example = make_example("lstm", mask, go_backwards=go_backwards)
    state = example.initial_state
    _, final, trace = lstm_forward(example.inputs, example.params, **example.options)
    counts = np.ones((B, T), bool) if example.mask is None else example.mask
    carry = LSTMGates(i=0, f=1, g=0, o=0)
    for k in range(T):
        t = T - 1 - k if go_backwards else k
        after, gates = lstm_step(example.inputs[:, t], state, example.params)
        here = counts[:, t, None]
        shown = (np.where(here, gate, c) for gate, c in zip(gates, carry, strict=True))
        state = LSTMState(
            np.where(here, after.h, state.h), np.where(here, after.c, state.c)
        )
        assert_close(
            tuple(array[:, k] for array in (*trace.gates, trace.h, trace.c)),
            (*shown, *state),
            1e-14,
        )
    assert_equal(final, LSTMState(trace.h[:, -1], trace.c[:, -1]))
    assert isinstance(trace.gates, LSTMGates)


@given(seed=st.integers(0, 2**32 - 1), steps=st.integers(1, 60))
@settings(max_examples=20)
def test_an_open_forget_gate_and_a_shut_input_gate_keep_the_cell(seed, steps):
    """The constant error carousel: values forwards and gradients backwards."""
    example = make_example("lstm", "no mask", sizes=(B, steps, D, H), seed=seed)
    kernel, recurrent_kernel, _ = example.params
    bias = np.repeat([-400.0, 400.0, 0.0, 0.0], H)
    params = LSTMParams(kernel, recurrent_kernel, bias)
    _, state, trace = lstm_forward(
        example.inputs, params, initial_state=example.initial_state
    )
    nothing = np.zeros((B, H))
    _, _, d_state = lstm_backward(
        None, trace, d_final_state=LSTMState(nothing, example.d_final_state.c)
    )
    assert np.array_equal(state.c, example.initial_state.c)
    assert np.array_equal(d_state.c, example.d_final_state.c)


def test_init_draws_as_keras_does():
    features, units = 60, 40
    params = lstm_init(np.random.default_rng(3), features, units, dtype=np.float64)
    limit = math.sqrt(6 / (features + 4 * units))
    assert params.kernel.shape == (features, 4 * units)
    assert abs(params.kernel).max() == pytest.approx(limit, rel=1e-2)
    assert abs(params.kernel).max() <= limit
    assert params.kernel.std() == pytest.approx(limit / math.sqrt(3), rel=0.01)
    rows = params.recurrent_kernel
    assert rows.shape == (units, 4 * units)
    assert rows @ rows.T == pytest.approx(np.eye(units), abs=1e-12)
    assert params.bias.tolist() == [0] * units + [1] * units + [0] * 2 * units


def test_init_options_and_seed():
    first, again, other = (lstm_init(np.random.default_rng(s), D, H) for s in (1, 1, 2))
    assert_equal(first, again)
    assert not np.array_equal(first.kernel, other.kernel)
    assert {array.dtype for array in first} == {np.dtype(np.float32)}
    plain = lstm_init(np.random.default_rng(1), D, H, unit_forget_bias=False)
    assert not plain.bias.any()


def test_large_numbers_saturate_without_a_warning():
    example = make_example("lstm", "no mask")
    with np.errstate(all="raise"):
        came = run(example._replace(inputs=1e6 * example.inputs))
    assert all(np.isfinite(array).all() for array in (came.outputs, came.d_inputs))
    assert abs(came.outputs).max() <= 1
