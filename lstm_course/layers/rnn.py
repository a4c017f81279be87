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
from numpy.random import Generator
from numpy.typing import DTypeLike

from lstm_course.arrays.initializers import glorot_uniform, orthogonal
from lstm_course.arrays.shapes import Array, Mask, check_draw
from lstm_course.layers.fused import columns as cols


class RNNParams(NamedTuple):
    """The weights."""

    kernel: Array  # (D, H)
    recurrent_kernel: Array  # (H, H)
    bias: Array  # (H,)


class RNNState(NamedTuple):
    """What one step hands to the next."""

    h: Array  # (B, H) hidden state


_FORMS = RNNParams._make(["D H", "H H", "H"]), RNNState._make(["B H"])


class RNNGates(NamedTuple):
    """Nothing: a vanilla RNN has no gates."""


class RNNTrace(NamedTuple):
    """Every value of a forward pass, steps in the order of processing."""

    params: RNNParams
    columns: cols.Columns

    @property
    def h(self) -> Array:
        """The hidden state after each step, (B, T, H)."""
        return self.columns.h


def rnn_init(
    rng: Generator, input_dim: int, units: int, *, dtype: DTypeLike = np.float32
) -> RNNParams:
    """Return weights drawn as Keras draws them, for D = input_dim and H = units.

    Raises:
        TypeError: ``rng`` is no generator, or a size no integer.
        ValueError: a size is below 1.
    """
    check_draw(rng, input_dim=input_dim, units=units)
    kernel = glorot_uniform(rng, (input_dim, units), dtype)
    return RNNParams(
        kernel, orthogonal(rng, (units,) * 2, dtype), np.zeros(units, dtype)
    )


def rnn_step(
    x_t: Array, state: RNNState, params: RNNParams
) -> tuple[RNNState, RNNGates]:
    """Take one step; as ``lstm_step``, with h alone as state and no gates."""
    cols.check_step(_FORMS, x_t, state, params)
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
    """Run the RNN over whole sequences: as ``lstm_forward``, with h alone as state."""
    columns = cols.fill(_FORMS, inputs, params, initial_state, mask, go_backwards)
    hidden = columns.hidden
    for _, z, h in cols.walk(columns, np.vstack(params).T, hidden[1:]):
        np.tanh(z, h)
    state = RNNState(hidden[-1].T.copy())
    return cols.read_outputs(columns), state, RNNTrace(params, columns)


def rnn_backward(
    d_outputs: Array | None, trace: RNNTrace, *, d_final_state: RNNState | None = None
) -> tuple[Array, RNNParams, RNNState]:
    """Carry a gradient back: as ``lstm_backward``, with h alone as state."""
    params, columns = trace
    turned = cols.turn_round(_FORMS, columns, d_outputs, d_final_state)
    h, carried = columns.hidden[1:], columns.carried
    d_slabs = 1 - h * h  # the slope of tanh; the loop scales it by dh
    if carried is not None:
        d_slabs *= ~carried
    weights = np.vstack([params.kernel, params.recurrent_kernel])
    back = cols.walk_back(columns, weights, turned, d_slabs, carried)
    for dh, by_z in zip(back, d_slabs[::-1], strict=True):
        by_z *= dh
    d_inputs, d_params, d_h0 = cols.read_gradients(columns, turned, d_slabs)
    return d_inputs, RNNParams(*d_params), RNNState(d_h0)
