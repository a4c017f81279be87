"""The LSTM: one step in six equations, and the way back.

    i = σ(x W_i + h' U_i + b_i)      input gate: how much of g to write
    f = σ(x W_f + h' U_f + b_f)      forget gate: how much of c' to keep
    g = tanh(x W_g + h' U_g + b_g)   candidate: what to write
    o = σ(x W_o + h' U_o + b_o)      output gate: how much of c to show
    c = f ⊙ c' + i ⊙ g               cell state
    h = o ⊙ tanh(c)                  hidden state, the output

with x (B, D) the input of a step, h' and c' (B, H) the states before it, and ⊙ the
product entry by entry. The four W stand side by side in ``kernel`` (D, 4H), the four
U in ``recurrent_kernel`` (H, 4H), the four b in ``bias`` (4H,), in the order i, f, g,
o: Keras' names, shapes and order, so that ``LSTMParams(*layer.get_weights())`` is the
whole conversion. Letters: B sequences, T steps, D features, H units.

``lstm_step`` below takes a step; ``lstm_step_backward``, right after it, goes back. The
loop over time, both ways, is in unroll.py.

Sources: Hochreiter and Schmidhuber (1997); the forget gate: Gers, Schmidhuber and
Cummins (2000). A forget bias of 1: Jozefowicz, Zaremba and Sutskever (2015).
"""

from typing import Annotated, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.initializers import glorot_uniform, orthogonal
from lstm_course.arrays.shapes import Array, Mask, check_draw
from lstm_course.layers.checks import Forms, check_step, check_step_backward
from lstm_course.layers.unroll import PlainTrace, run_steps, run_steps_backward


class LSTMParams(NamedTuple):
    """The weights, gates side by side in the order i, f, g, o."""

    kernel: Annotated[Array, "D 4H"]
    recurrent_kernel: Annotated[Array, "H 4H"]
    bias: Annotated[Array, "4H"]


class LSTMState(NamedTuple):
    """What one step hands to the next."""

    h: Annotated[Array, "B H"]  # hidden state: the output, short-term
    c: Annotated[Array, "B H"]  # cell state: stays inside the layer, long-term


class LSTMGates(NamedTuple):
    """The gates: (B, H) at one step, (B, T, H) over a sequence."""

    i: Array  # input gate
    f: Array  # forget gate
    g: Array  # candidate
    o: Array  # output gate


def lstm_step(
    x_t: Array, state: LSTMState, params: LSTMParams
) -> tuple[LSTMState, LSTMGates]:
    """Take one step: the six equations, one line each.

    Args:
        x_t: (B, D) the input of this step.
        state: h and c, each (B, H), after the step before.
        params: the weights.

    Returns:
        The state after this step, and its gates.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    check_step(FORMS, x_t, state, params)
    z = x_t @ params.kernel + state.h @ params.recurrent_kernel + params.bias
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)

    i = sigmoid(z_i)
    f = sigmoid(z_f)
    g = np.tanh(z_g)
    o = sigmoid(z_o)
    c = f * state.c + i * g
    h = o * np.tanh(c)
    return LSTMState(h, c), LSTMGates(i, f, g, o)


def lstm_step_backward(
    d_new_state: LSTMState,
    x_t: Array,
    state: LSTMState,
    params: LSTMParams,
    new_state: LSTMState,
    gates: LSTMGates,
) -> tuple[Array, LSTMParams, LSTMState]:
    """Go one step back, through the six equations from the last to the first.

    With dh for the gradient of the loss by h, and so on. Beside each line stands the
    equation that it goes back through; the slope of σ is σ (1 - σ), of tanh 1 - tanh².

        do   = dh ⊙ tanh(c)                  h = o ⊙ tanh(c)
        dc   = dc_next + dh ⊙ o ⊙ (1 - tanh²(c))      read by the next step, and by h
        di   = dc ⊙ g                        c = f ⊙ c' + i ⊙ g
        dg   = dc ⊙ i
        df   = dc ⊙ c'
        dc'  = dc ⊙ f
        dz_i = di ⊙ i ⊙ (1 - i)              i = σ(z_i); f and o likewise
        dz_g = dg ⊙ (1 - g²)                 g = tanh(z_g)
        dx   = dz Wᵀ                         z = x W + h' U + b, the four side by side:
        dh'  = dz Uᵀ                         dx_j = Σ_k dz_k W_jk; with U likewise
        dW   = xᵀ dz                         one W for the batch: xᵀ dz sums over it
        dU   = (h')ᵀ dz
        db   = dz, summed over the batch

    Args:
        d_new_state: each (B, H): dh, complete, and dc_next, what the next step sends.
        x_t: (B, D), as it was given to ``lstm_step``; so are the next two.
        state: h' and c', each (B, H).
        params: the weights.
        new_state: h and c, each (B, H), as ``lstm_step`` returned them.
        gates: i, f, g and o, each (B, H), likewise.

    Returns:
        dx (B, D), the gradients of the weights, and dh' and dc', each (B, H).

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    check_step_backward(FORMS, d_new_state, x_t, state, params, new_state, gates)
    d_h, d_c_next = d_new_state
    i, f, g, o = gates
    tanh_c = np.tanh(new_state.c)

    d_o = d_h * tanh_c
    d_c = d_c_next + d_h * o * (1 - tanh_c**2)
    d_i = d_c * g
    d_g = d_c * i
    d_f = d_c * state.c
    d_c_before = d_c * f
    d_z_i = d_i * i * (1 - i)
    d_z_f = d_f * f * (1 - f)
    d_z_g = d_g * (1 - g**2)
    d_z_o = d_o * o * (1 - o)

    d_z = np.concatenate([d_z_i, d_z_f, d_z_g, d_z_o], axis=-1)
    d_x = d_z @ params.kernel.T
    d_h_before = d_z @ params.recurrent_kernel.T
    d_params = LSTMParams(x_t.T @ d_z, state.h.T @ d_z, d_z.sum(axis=0))
    return d_x, d_params, LSTMState(d_h_before, d_c_before)


def lstm_init(
    rng: Generator,
    input_dim: int,
    units: int,
    *,
    unit_forget_bias: bool = True,
    dtype: DTypeLike = np.float32,
) -> LSTMParams:
    """Return weights drawn as Keras draws them, for D = input_dim and H = units.

    The bias is zero, but one for the forget gate.

    Raises:
        TypeError: ``rng`` is no generator, or a size no integer.
        ValueError: a size is below 1.
    """
    check_draw(rng, input_dim=input_dim, units=units)
    kernel = glorot_uniform(rng, (input_dim, 4 * units), dtype)
    recurrent_kernel = orthogonal(rng, (units, 4 * units), dtype)
    bias = np.repeat(np.array([0, unit_forget_bias, 0, 0], dtype), units)
    return LSTMParams(kernel, recurrent_kernel, bias)


FORMS = Forms(LSTMParams, LSTMState, LSTMGates)
# How a trace shows a masked step: nothing is written, and the cell kept as it is.
_MASKED_GATES = LSTMGates(i=0, f=1, g=0, o=0)  # type: ignore[arg-type]


def lstm_forward(
    inputs: Array,
    params: LSTMParams,
    *,
    initial_state: LSTMState | None = None,
    mask: Mask | None = None,
    go_backwards: bool = False,
) -> tuple[Array, LSTMState, PlainTrace]:
    """Run ``lstm_step`` in a loop: ``run_steps``, in unroll.py.

    Called as ``plain.lstm_forward``. The package's own ``lstm_forward`` computes the
    same, faster: fused/lstm.py, where its arguments are explained, too.
    """
    return run_steps(
        lstm_step,
        FORMS,
        _MASKED_GATES,
        inputs,
        params,
        initial_state,
        mask,
        go_backwards,
    )


def lstm_backward(
    d_outputs: Array | None,
    trace: PlainTrace,
    *,
    d_final_state: LSTMState | None = None,
) -> tuple[Array, LSTMParams, LSTMState]:
    """Run ``lstm_step_backward`` in a loop: ``run_steps_backward``, in unroll.py."""
    return run_steps_backward(
        lstm_step_backward, FORMS, d_outputs, trace, d_final_state
    )
