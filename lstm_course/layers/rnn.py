"""The vanilla RNN: one equation forward, and the way back.

    h = tanh(x W + h' U + b)         hidden state, the output

with x (B, D) the input of a step and h' (B, H) the hidden state before it. W is
``kernel`` (D, H), U ``recurrent_kernel`` (H, H), b ``bias`` (H,): Keras' names and
shapes, so that ``RNNParams(*layer.get_weights())`` is the whole conversion. Letters:
B sequences, T steps, D features, H units.

``rnn_step`` below takes a step; ``rnn_step_backward``, right after it, goes back. The
loop over time, both ways, is in unroll.py.

Source: Elman (1990).
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike

from lstm_course.arrays.initializers import glorot_uniform, orthogonal
from lstm_course.arrays.shapes import Array, Mask, check_draw
from lstm_course.layers.checks import Forms, check_step, check_step_backward
from lstm_course.layers.unroll import PlainTrace, run_steps, run_steps_backward


class RNNParams(NamedTuple):
    """The weights."""

    kernel: Annotated[Array, "D H"]
    recurrent_kernel: Annotated[Array, "H H"]
    bias: Annotated[Array, "H"]


class RNNState(NamedTuple):
    """What one step hands to the next."""

    h: Annotated[Array, "B H"]  # hidden state


class RNNGates(NamedTuple):
    """Nothing: a vanilla RNN has no gates."""


def rnn_step(
    x_t: Array, state: RNNState, params: RNNParams
) -> tuple[RNNState, RNNGates]:
    """Take one step: from x_t (B, D) and h' in ``state`` to h, and no gates.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    check_step(FORMS, x_t, state, params)
    z = x_t @ params.kernel + state.h @ params.recurrent_kernel + params.bias
    return RNNState(np.tanh(z)), RNNGates()


def rnn_step_backward(
    d_new_state: RNNState,
    x_t: Array,
    state: RNNState,
    params: RNNParams,
    new_state: RNNState,
    gates: RNNGates,
) -> tuple[Array, RNNParams, RNNState]:
    """Go one step back.

    With dh for the gradient of the loss by h, and so on; beside each line stands the
    equation that it goes back through:

        dz  = dh ⊙ (1 - h²)              h = tanh(z)
        dx  = dz Wᵀ                      z = x W + h' U + b: dx_j = Σ_k dz_k W_jk
        dh' = dz Uᵀ                      with U likewise
        dW  = xᵀ dz                      one W for the batch: xᵀ dz sums over it
        dU  = (h')ᵀ dz
        db  = dz, summed over the batch

    Args:
        d_new_state: dh, (B, H).
        x_t: (B, D), as it was given to ``rnn_step``; so are the next two.
        state: h', (B, H).
        params: the weights.
        new_state: h, (B, H), as ``rnn_step`` returned it.
        gates: none, likewise.

    Returns:
        dx (B, D), the gradients of the weights, and dh' (B, H).

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    check_step_backward(FORMS, d_new_state, x_t, state, params, new_state, gates)
    d_z = d_new_state.h * (1 - new_state.h**2)
    d_x = d_z @ params.kernel.T
    d_h_before = d_z @ params.recurrent_kernel.T
    d_params = RNNParams(x_t.T @ d_z, state.h.T @ d_z, d_z.sum(axis=0))
    return d_x, d_params, RNNState(d_h_before)


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
    recurrent_kernel = orthogonal(rng, (units, units), dtype)
    return RNNParams(kernel, recurrent_kernel, np.zeros(units, dtype))


FORMS = Forms(RNNParams, RNNState, RNNGates)


def rnn_forward(
    inputs: Array,
    params: RNNParams,
    *,
    initial_state: RNNState | None = None,
    mask: Mask | None = None,
    go_backwards: bool = False,
) -> tuple[Array, RNNState, PlainTrace]:
    """Run ``rnn_step`` in a loop, as ``plain.rnn_forward``; fused/rnn.py is faster."""
    return run_steps(
        rnn_step, FORMS, RNNGates(), inputs, params, initial_state, mask, go_backwards
    )


def rnn_backward(
    d_outputs: Array | None, trace: PlainTrace, *, d_final_state: RNNState | None = None
) -> tuple[Array, RNNParams, RNNState]:
    """Run ``rnn_step_backward`` in a loop, as ``plain.rnn_backward``."""
    return run_steps_backward(rnn_step_backward, FORMS, d_outputs, trace, d_final_state)
