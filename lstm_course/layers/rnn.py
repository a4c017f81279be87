"""The vanilla RNN: one equation, and the whole sequence forward and backward.

    h = tanh(x W + h' U + b)         hidden state, the output

with x (B, D) the input of a step and h' (B, H) the hidden state before it. W is
``kernel`` (D, H), U ``recurrent_kernel`` (H, H), b ``bias`` (H,): Keras' names and
shapes, so that ``RNNParams(*layer.get_weights())`` is the whole conversion. Letters:
B sequences, T steps, D features, H units.

Source: Elman (1990).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_course.arrays.initializers import glorot_uniform, orthogonal
from lstm_course.arrays.shapes import Array, Mask
from lstm_course.layers.columns import (
    Columns,
    Forms,
    backward_through_columns,
    check_step,
    fill_columns,
    read_outputs,
    turn_gradients,
)


class RNNParams(NamedTuple):
    """The weights."""

    kernel: Array  # (D, H)
    recurrent_kernel: Array  # (H, H)
    bias: Array  # (H,)


class RNNState(NamedTuple):
    """What one step hands to the next."""

    h: Array  # (B, H) hidden state


_FORMS = Forms(
    RNNParams("D H", "H H", "H"),  # type: ignore[arg-type]
    RNNState("B H"),  # type: ignore[arg-type]
)


class RNNGates(NamedTuple):
    """Nothing: a vanilla RNN has no gates."""


class RNNTrace(NamedTuple):
    """Every value of a forward pass, steps in the order of processing."""

    params: RNNParams
    columns: Columns

    @property
    def h(self) -> Array:
        """The hidden state after each step, (B, T, H)."""
        return self.columns.h


def rnn_init(
    rng: np.random.Generator,
    input_dim: int,
    units: int,
    *,
    dtype: DTypeLike = np.float32,
) -> RNNParams:
    """Return weights drawn as Keras draws them, for D = input_dim and H = units."""
    return RNNParams(
        glorot_uniform(rng, (input_dim, units), dtype),
        orthogonal(rng, (units, units), dtype),
        np.zeros(units, dtype),
    )


def rnn_step(
    x_t: Array, state: RNNState, params: RNNParams
) -> tuple[RNNState, RNNGates]:
    """Take one step.

    Args:
        x_t: (B, D) the input of this step.
        state: h (B, H) after the step before.
        params: the weights.

    Returns:
        The state after this step, and its gates: none.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    check_step(_FORMS, x_t, state, params)
    z = x_t @ params.kernel + state.h @ params.recurrent_kernel + params.bias
    return RNNState(np.tanh(z)), RNNGates()


def rnn_forward(
    inputs: Array,
    params: RNNParams,
    *,
    initial_state: RNNState | None = None,
    mask: Mask | None = None,
    go_backwards: bool = False,
) -> tuple[Array, RNNState, RNNTrace]:
    """Run the RNN over whole sequences.

    Arguments, results and errors as of ``lstm_forward``, with h alone as state.
    """
    columns = fill_columns(_FORMS, inputs, params, initial_state, mask, go_backwards)
    carried, hidden = columns.carried, columns.hidden
    weights = np.vstack(params).T.astype(hidden.dtype)
    for t, (column, h) in enumerate(zip(columns.values, hidden[1:], strict=False)):
        np.matmul(weights, column, out=h)
        np.tanh(h, out=h)
        if carried is not None:
            np.copyto(h, hidden[t], where=carried[t])
    return (
        read_outputs(columns),
        RNNState(hidden[-1].T.copy()),
        RNNTrace(params, columns),
    )


def rnn_backward(
    d_outputs: Array | None,
    trace: RNNTrace,
    *,
    d_final_state: RNNState | None = None,
) -> tuple[Array, RNNParams, RNNState]:
    """Carry the gradient of a loss back through the whole sequence.

    Arguments, results and errors as of ``lstm_backward``, with h alone as state.
    """
    params, columns = trace
    d_h, (dh,) = turn_gradients(_FORMS, columns, d_outputs, d_final_state)
    h = columns.hidden[1:]
    d_slabs = 1 - h * h  # the slope of tanh; the loop scales it by dh
    if columns.carried is not None:
        d_slabs *= ~columns.carried[:, None, :]
    for t in reversed(range(len(h))):
        if d_h is not None:
            dh += d_h[t]
        d_slabs[t] *= dh
        carried = None if columns.carried is None else dh * columns.carried[t]
        np.matmul(params.recurrent_kernel, d_slabs[t], out=dh)
        if carried is not None:
            dh += carried
    d_inputs, *d_weights = backward_through_columns(d_slabs, columns, params.kernel)
    return d_inputs, RNNParams(*d_weights), RNNState(dh.T.copy())
