"""How far a gradient reaches: held against Jacobians by the complex step."""

import numpy as np
import pytest
from fixtures import assert_close, make_example

from lstm_course.arrays.gradcheck import complex_step_gradient
from lstm_course.arrays.initializers import orthogonal
from lstm_course.layers.rnn import RNNParams
from lstm_course.study.gradient_flow import gradient_reach, state_gradients

kinds = pytest.mark.parametrize("kind", ["rnn", "lstm", "gru", "gru, reset before"])


def states_of(example):
    """The state after t steps, for t = 0 … T."""
    states = [example.initial_state]
    for t in range(example.inputs.shape[1]):
        x_t = example.inputs[:, t : t + 1]
        _, state, _ = example.cell.forward(
            x_t, example.params, initial_state=states[-1]
        )
        states.append(state)
    return states


@kinds
def test_state_gradients_are_those_of_the_rest_of_the_sequence(kind):
    example = make_example(kind, "no mask")
    came = state_gradients(
        example.inputs,
        example.params,
        example.d_final_state,
        initial_state=example.initial_state,
    )
    for t, state in enumerate(states_of(example)):

        def loss(start, t=t):
            last = start
            if t < example.inputs.shape[1]:
                rest = example.inputs[:, t:].astype(complex)
                _, last, _ = example.cell.forward(
                    rest, example.params, initial_state=start
                )
            pairs = zip(last, example.d_final_state, strict=True)
            return sum(np.sum(field * weight) for field, weight in pairs)

        expected = complex_step_gradient(loss, state)
        assert_close(type(came)(*(field[:, t] for field in came)), expected, 1e-12)


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_reach_is_a_product_of_jacobians(cell):
    example = make_example(cell, "no mask", initial_state=False)
    _, steps, _ = example.inputs.shape
    units = example.params.recurrent_kernel.shape[0]
    reach = gradient_reach(example.inputs, example.params, seed=4)
    assert reach.shape == (steps + 1,)
    assert reach[0] == pytest.approx(1, rel=1e-14)

    directions = np.random.default_rng(4).normal(size=(len(example.inputs), units))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    lengths = np.ones((len(example.inputs), steps + 1))
    for n, (sequence, direction) in enumerate(
        zip(example.inputs, directions, strict=True)
    ):
        alone = example._replace(inputs=sequence[None], initial_state=None)
        d_state = np.zeros(units * len(example.cell.state._fields))
        d_state[:units] = direction
        for k, jacobian in enumerate(reversed(jacobians(alone)), start=1):
            d_state = d_state @ jacobian
            lengths[n, k] = np.linalg.norm(d_state)
    assert reach == pytest.approx(np.exp(np.log(lengths).mean(axis=0)), rel=1e-12)


def jacobians(example):
    """One matrix a step: what the state after it changes by, for the state before."""
    units = example.params.recurrent_kernel.shape[0]
    form = example.cell.state
    zeros = form(*(np.zeros((1, units)) for _ in form._fields))
    size, step = units * len(form._fields), 1e-30
    state, found = zeros, []
    for t in range(example.inputs.shape[1]):
        x_t = example.inputs[:, t : t + 1].astype(complex)
        columns = []
        for n in range(size):
            flat = np.hstack(state).astype(complex)
            flat[0, n] += 1j * step
            nudged = form(*np.split(flat, len(form._fields), axis=1))
            _, after, _ = example.cell.forward(
                x_t, example.params, initial_state=nudged
            )
            columns.append(np.hstack(after)[0].imag / step)
        found.append(np.array(columns).T)
        _, after, _ = example.cell.forward(
            x_t.real, example.params, initial_state=state
        )
        state = form(*after)
    return found


@pytest.mark.parametrize("radius", [0.5, 1.0, 1.5])
def test_without_input_an_rnn_has_the_radius_to_the_power_of_the_distance(radius):
    rng = np.random.default_rng(5)
    kernel = radius * orthogonal(rng, (6, 6), np.float64)
    params = RNNParams(rng.normal(size=(2, 6)), kernel, np.zeros(6))
    reach = gradient_reach(np.zeros((3, 20, 2)), params)
    assert reach == pytest.approx(radius ** np.arange(21), rel=1e-12)


def test_a_gradient_that_is_gone_is_zero():
    params = RNNParams(np.ones((2, 3)), np.zeros((3, 3)), np.zeros(3))
    reach = gradient_reach(np.ones((1, 2, 2)), params)
    assert reach.tolist() == pytest.approx([1, 0, 0])
