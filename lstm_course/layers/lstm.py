"""The LSTM: one step in six equations, and the whole sequence, forward and backward.

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

Sources: Hochreiter and Schmidhuber (1997); the forget gate: Gers, Schmidhuber and
Cummins (2000). A forget bias of 1: Jozefowicz, Zaremba and Sutskever (2015).
"""

from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.initializers import glorot_uniform, orthogonal
from lstm_course.arrays.shapes import Array, Mask, check_draw
from lstm_course.layers.fused import columns as cols


class LSTMParams(NamedTuple):
    """The weights, gates side by side in the order i, f, g, o."""

    kernel: Array  # (D, 4H)
    recurrent_kernel: Array  # (H, 4H)
    bias: Array  # (4H,)


class LSTMState(NamedTuple):
    """What one step hands to the next."""

    h: Array  # (B, H) hidden state: the output, short-term
    c: Array  # (B, H) cell state: stays inside the layer, long-term


_FORMS = LSTMParams._make(["D 4H", "H 4H", "4H"]), LSTMState._make(["B H", "B H"])


class LSTMGates(NamedTuple):
    """The gates: (B, H) at one step, (B, T, H) over a sequence."""

    i: Array  # input gate
    f: Array  # forget gate
    g: Array  # candidate
    o: Array  # output gate


class LSTMTrace(NamedTuple):
    """Every value of a forward pass: what backward needs and what the lessons plot.

    Steps stand in the order of processing (last first with ``go_backwards``). At a
    masked step i = g = o = 0 and f = 1: that is how the cell is carried unchanged.
    """

    params: LSTMParams
    columns: cols.Columns  # x, h before the step, and 1, for each step
    slabs: Array  # (T + 1, 5, H, B): c before the step, i, f, g, o
    tanh_cells: Array  # (T, H, B): tanh of c after the step

    @property
    def gates(self) -> LSTMGates:
        """The four gates of every step, each (B, T, H)."""
        return LSTMGates(*self.slabs[:-1, 1:].transpose(1, 3, 0, 2))

    @property
    def h(self) -> Array:
        """The hidden state after each step, (B, T, H)."""
        return self.columns.h

    @property
    def c(self) -> Array:
        """The cell state after each step, (B, T, H)."""
        return self.slabs[1:, 0].transpose(2, 0, 1)


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
    cols.check_step(_FORMS, x_t, state, params)
    z = x_t @ params.kernel + state.h @ params.recurrent_kernel + params.bias
    z_i, z_f, z_g, z_o = np.split(z, 4, axis=-1)

    i = sigmoid(z_i)
    f = sigmoid(z_f)
    g = np.tanh(z_g)
    o = sigmoid(z_o)
    c = f * state.c + i * g
    h = o * np.tanh(c)
    return LSTMState(h, c), LSTMGates(i, f, g, o)


# The whole sequence is the same work in fewer and larger pieces. Arrays are turned
# round to (T, rows, B) and the weights are one matrix, so that a step is one product
# (layers/fused/columns.py). A slab holds five blocks of H rows: c', i, f, g, o. Since
# σ(z) = ½ + ½ tanh(z/2), one tanh serves the four gates; and one multiplication gives
# i ⊙ g and f ⊙ c', for i and f are neighbours, and g and c' are every third block.


def lstm_forward(
    inputs: Array,
    params: LSTMParams,
    *,
    initial_state: LSTMState | None = None,
    mask: Mask | None = None,
    go_backwards: bool = False,
) -> tuple[Array, LSTMState, LSTMTrace]:
    """Run the LSTM over whole sequences.

    Args:
        inputs: (B, T, D).
        params: kernel (D, 4H), recurrent_kernel (H, 4H) and bias (4H,).
        initial_state: h and c before the first step, each (B, H); zeros if None.
        mask: (B, T) bool. A step that is False carries the state on and repeats the
            last output (0 before the first step that counts), whatever its input.
        go_backwards: process the last step first, as Keras' argument of that name.

    Returns:
        outputs: (B, T, H) the hidden state of each step, in the order of processing;
            read-only, for it may be a view of the trace.
        state: h and c after the last step, each (B, H).
        trace: every gate and state, for ``lstm_backward`` and for looking at.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    columns = cols.fill(_FORMS, inputs, params, initial_state, mask, go_backwards)
    steps, units, batch = columns.hidden[1:].shape
    dtype = columns.values.dtype
    slabs = np.empty((steps + 1, 5, units, batch), dtype)
    slabs[0, 0] = 0 if initial_state is None else initial_state.c.T
    tanh_cells = np.empty((steps, units, batch), dtype)

    scale = np.repeat(np.array([0.5, 0.5, 1, 0.5], dtype), units)
    half = np.outer(scale, np.ones(batch, dtype))  # in full: quicker than broadcasting
    shift = 1 - half
    carry = np.repeat([0, 1, 0, 0], units)[:, None]  # i, f, g, o of a masked step
    weights = (scale * np.vstack(params)).T
    gates = slabs.reshape(steps + 1, 5 * units, batch)[:-1, units:]
    products = i_g, f_c = np.empty((2, units, batch), dtype)
    walk = cols.walk(columns, weights, gates)
    i_f, g_c, o_all = slabs[:-1, 1:3], slabs[:-1, 3::-3], slabs[:-1, 4]
    for (t, z, h), i_and_f, g_and_c, o, c, tanh_c in zip(
        walk, i_f, g_c, o_all, slabs[1:, 0], tanh_cells, strict=True
    ):
        np.tanh(z, z)
        z *= half
        z += shift
        if columns.carried is not None:
            np.copyto(z, carry, where=columns.carried[t])
        np.multiply(i_and_f, g_and_c, products)
        np.add(f_c, i_g, c)
        np.tanh(c, tanh_c)
        np.multiply(o, tanh_c, h)

    state = LSTMState(columns.hidden[-1].T.copy(), slabs[-1, 0].T.copy())
    trace = LSTMTrace(params, columns, slabs, tanh_cells)
    return cols.read_outputs(columns), state, trace


def lstm_backward(
    d_outputs: Array | None, trace: LSTMTrace, *, d_final_state: LSTMState | None = None
) -> tuple[Array, LSTMParams, LSTMState]:
    """Carry the gradient of a loss back through the whole sequence.

    Args:
        d_outputs: (B, T, H) gradient of the outputs; None where the loss reads
            nothing but the final state.
        trace: of the forward pass.
        d_final_state: gradients of the final h and c, each (B, H); zeros if None.

    Returns:
        d_inputs (B, T, D), the gradients of the weights, those of the initial state.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    params, columns, slabs, tanh_c = trace
    turned = cols.turn_round(_FORMS, columns, d_outputs, d_final_state)
    steps, units, batch = tanh_c.shape
    dc = np.zeros((units, batch), slabs.dtype)
    if d_final_state is not None:
        dc += d_final_state.c.T

    # All that does not depend on what comes back through time, for all steps at once:
    # six blocks a step, the derivatives of c by c' and by the products of i, f and g,
    # then of h by the product of o and by c.
    c_before, i, f, g, o = slabs[:-1].swapaxes(0, 1)
    blocks = np.empty((steps, 6, units, batch), slabs.dtype)
    blocks[:, 0] = f
    np.multiply(g * i, 1 - i, out=blocks[:, 1])
    np.multiply(c_before * f, 1 - f, out=blocks[:, 2])
    np.multiply(i, 1 - g * g, out=blocks[:, 3])
    np.multiply(tanh_c * o, 1 - o, out=blocks[:, 4])
    np.multiply(o, 1 - tanh_c * tanh_c, out=blocks[:, 5])
    # The loop has only to scale them by dh and dc, and to step back.
    d_slabs = blocks.reshape(steps, 6 * units, batch)[:, units : 5 * units]
    weights = np.vstack([params.kernel, params.recurrent_kernel])
    back = cols.walk_back(columns, weights, turned, d_slabs, columns.carried)
    last_first = blocks[::-1]
    by_c, by_h, through_h = last_first[:, :4], last_first[:, 4:], last_first[:, 5]
    for dh, by_c_t, by_h_t, dc_t in zip(back, by_c, by_h, through_h, strict=True):
        by_h_t *= dh
        dc_t += dc
        by_c_t *= dc_t
        dc = by_c_t[0]

    d_inputs, d_params, d_h0 = cols.read_gradients(columns, turned, d_slabs)
    return d_inputs, LSTMParams(*d_params), LSTMState(d_h0, dc.T.copy())
