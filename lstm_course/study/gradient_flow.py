"""How far back a gradient reaches: what a state is worth to the loss at the end."""

from typing import Any

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.layers.cells import cell_of, state_of


def state_gradients(
    inputs: Array,
    params: Any,
    d_final_state: Any,
    *,
    initial_state: Any = None,
) -> Any:
    """Return the gradient of a loss by the state after each step.

    The sequence is run step by step, a whole forward pass each, and the gradient is
    put in at the end and carried back through one step after the other.

    Args:
        inputs: (B, T, D).
        params: the weights of the layer.
        d_final_state: the gradient of the loss by the last state, each field (B, H).
        initial_state: before the first step; zeros if None.

    Returns:
        A state whose fields are (B, T + 1, H): at position t the gradient by the state
        after t steps, 0 for the initial one. With an LSTM, h and c count as two
        separate inputs of the next step, though h depends on c as well.
    """
    cell = cell_of(params)
    traces = []
    state = initial_state
    for t in range(inputs.shape[1]):
        x_t = inputs[:, t : t + 1]
        _, state, trace = cell.forward(x_t, params, initial_state=state)
        traces.append(trace)
    gradients = [d_final_state]
    for trace in reversed(traces):
        _, _, before = cell.backward(None, trace, d_final_state=gradients[-1])
        gradients.append(before)
    fields = zip(*reversed(gradients), strict=True)
    return cell.state(*(np.stack(field, axis=1) for field in fields))


def gradient_reach(inputs: Array, params: Any, *, seed: int = 0) -> Array:
    """Return how long a gradient still is after k steps back, for k = 0 … T.

    A gradient of length 1 and of random direction is put into the last h of each
    sequence. What comes back is the length of the gradient by the whole state, h and
    (of an LSTM) c together; of all sequences the geometric mean, for lengths differ
    by orders of magnitude.

    Args:
        inputs: (B, T, D).
        params: the weights of the layer.
        seed: of the random directions.

    Returns:
        (T + 1,), by distance from the end: 1 at distance 0.
    """
    units = params.recurrent_kernel.shape[0]
    directions = np.random.default_rng(seed).normal(size=(len(inputs), units))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    d_final = state_of(directions, cell_of(params))
    gradients = state_gradients(inputs, params, d_final)
    squares = sum(np.sum(np.square(field), axis=-1) for field in gradients)
    with np.errstate(divide="ignore"):  # the logarithm of a gradient that is 0
        lengths: Array = np.exp(np.mean(np.log(squares) / 2, axis=0))
    return lengths[::-1]
