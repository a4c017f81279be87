"""Other right answers to the exercises of lesson 04, and wrong ones that are named."""

import numpy as np
import pytest
from variants import assert_all_pass, assert_named

from lstm_course.layers.lstm import LSTMParams

pytestmark = pytest.mark.usefixtures("in_this_process")


def sigma(z):
    return 1 / (1 + np.exp(-z))


# lstm_step


def step_gate_by_gate(x, state, weights):
    """Each gate from its own columns; names of one's own; a dictionary."""
    kernel, recurrent_kernel, bias = weights
    size = len(bias) // 4
    gates = {}
    for number, name in enumerate("ifgo"):
        columns = slice(number * size, (number + 1) * size)
        z = x @ kernel[:, columns] + state[0] @ recurrent_kernel[:, columns]
        gates[name] = (np.tanh if name == "g" else sigma)(z + bias[columns])
    cell = gates["f"] * state[1] + gates["i"] * gates["g"]
    return gates["o"] * np.tanh(cell), cell


def step_in_plain_loops(x, state, weights):
    """No product of arrays at all; nested lists."""
    W, U, b = (array.tolist() for array in weights)
    h, c = (array.tolist() for array in state)
    B, D, H = len(x), len(W), len(U)
    new_h = [[0.0] * H for _ in range(B)]
    new_c = [[0.0] * H for _ in range(B)]
    for row in range(B):
        z = [
            b[k]
            + sum(float(x[row, d]) * W[d][k] for d in range(D))
            + sum(h[row][j] * U[j][k] for j in range(H))
            for k in range(4 * H)
        ]
        for j in range(H):
            i, f, o = (sigma(z[j + k * H]) for k in (0, 1, 3))
            new_c[row][j] = f * c[row][j] + i * np.tanh(z[j + 2 * H])
            new_h[row][j] = o * np.tanh(new_c[row][j])
    return new_h, new_c


def step_in_float32(x, state, weights):
    """A single precision; [x, h'] beside each other; one array for both states."""
    inputs = np.concatenate([x, state.h], axis=1).astype(np.float32)
    stacked = np.concatenate(weights[:2]).astype(np.float32)
    z = (inputs @ stacked + weights.bias.astype(np.float32)).reshape(len(x), 4, -1)
    i, f, g, o = z.swapaxes(0, 1)
    c = sigma(f) * state.c.astype(np.float32) + sigma(i) * np.tanh(g)
    return np.stack([sigma(o) * np.tanh(c), c])


def test_lstm_step():
    variants = [step_gate_by_gate, step_in_plain_loops, step_in_float32]
    assert_all_pass("lstm_step", variants)
    assert_all_pass("repair_the_cell", variants)


def test_two_mistakes_at_once():
    def step(x_t, state, params):
        W, U, b = params
        h, c = state
        f, i, g, o = np.split(x_t @ W + h @ U + b, 4, axis=1)
        c = sigma(f) * c + sigma(i) * np.tanh(g)
        return sigma(o) * c, c

    assert_named("lstm_step", step, "lstm-order-f-first", "lstm-tanh-forgotten")


def test_the_matrix_product_of_claim_c24_is_named_though_it_raises():
    def step(x_t, state, params):
        W, U, b = params
        h, c = state
        i, f, g, o = np.split(x_t @ W + h @ U + b, 4, axis=1)
        c = sigma(f) @ c + sigma(i) * np.tanh(g)
        return sigma(o) * np.tanh(c), c

    assert_named("lstm_step", step, "lstm-cell-by-matmul")


def test_other_latches():
    by_forgetting = LSTMParams(  # set opens i and shuts f; g is 1 by its bias
        np.array([[20.0, -5.0, 0.0, 0.0], [0.0, -30.0, 0.0, 0.0]]),
        np.zeros((1, 4)),
        np.array([-10.0, 10.0, 10.0, 10.0]),
    )
    by_writing = (  # reset writes a negative candidate over what is there
        [[20, -20, 10, 0], [20, -20, -10, 0]],
        [[0, 0, 0, 0]],
        [-10, 10, 0, 10],
    )
    assert_all_pass("latch_weights", [by_forgetting, by_writing])
