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
from numpy.typing import DTypeLike

from lstm_course.arrays.activations import sigmoid
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


class LSTMParams(NamedTuple):
    """The weights, gates side by side in the order i, f, g, o."""

    kernel: Array  # (D, 4H)
    recurrent_kernel: Array  # (H, 4H)
    bias: Array  # (4H,)


class LSTMState(NamedTuple):
    """What one step hands to the next."""

    h: Array  # (B, H) hidden state: the output, short-term
    c: Array  # (B, H) cell state: stays inside the layer, long-term


_FORMS = Forms(
    LSTMParams("D 4H", "H 4H", "4H"),  # type: ignore[arg-type]
    LSTMState("B H", "B H"),  # type: ignore[arg-type]
)


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
    columns: Columns  # x, h before the step, and 1, for each step
    slabs: Array  # (T, 4H, B) the gates i, f, g, o
    cells: Array  # (T + 1, H, B) c, the initial one first
    tanh_cells: Array  # (T, H, B)

    @property
    def gates(self) -> LSTMGates:
        """The four gates of every step, each (B, T, H)."""
        return LSTMGates(*np.split(self.slabs.transpose(2, 0, 1), 4, axis=-1))

    @property
    def h(self) -> Array:
        """The hidden state after each step, (B, T, H)."""
        return self.columns.h

    @property
    def c(self) -> Array:
        """The cell state after each step, (B, T, H)."""
        return self.cells[1:].transpose(2, 0, 1)


def lstm_init(
    rng: np.random.Generator,
    input_dim: int,
    units: int,
    *,
    unit_forget_bias: bool = True,
    dtype: DTypeLike = np.float32,
) -> LSTMParams:
    """Return weights drawn as Keras draws them, for D = input_dim and H = units.

    The kernel is Glorot uniform and the recurrent kernel orthogonal, each drawn as
    one matrix; the bias is zero, but one for the forget gate.
    """
    bias = np.zeros(4 * units, dtype)
    if unit_forget_bias:
        bias[units : 2 * units] = 1
    return LSTMParams(
        glorot_uniform(rng, (input_dim, 4 * units), dtype),
        orthogonal(rng, (units, 4 * units), dtype),
        bias,
    )


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
    check_step(_FORMS, x_t, state, params)
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
# round to (T, rows, B), each gate a block of H rows (columns.py says why); x, h and a
# 1 stand in one column and the weights in one matrix, so that a step is one product;
# and since σ(z) = ½ + ½ tanh(z/2), one tanh serves the four gates.


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
    columns = fill_columns(_FORMS, inputs, params, initial_state, mask, go_backwards)
    carried, hidden = columns.carried, columns.hidden
    steps, units, batch = hidden[1:].shape
    dtype = hidden.dtype

    half = np.repeat([0.5, 0.5, 1.0, 0.5], units)[:, None].astype(dtype)
    shift = 1 - half
    carry = np.repeat([0, 1, 0, 0], units)[:, None].astype(dtype)
    weights = half * np.vstack(params).T

    slabs = np.empty((steps, 4 * units, batch), dtype)
    cells = np.empty((steps + 1, units, batch), dtype)
    cells[0] = 0 if initial_state is None else initial_state.c.T
    tanh_cells = np.empty((steps, units, batch), dtype)
    written = np.empty((units, batch), dtype)

    for t, (column, z, i, f, g, o, c_before, c, tanh_c, h) in enumerate(
        zip(
            columns.values,
            slabs,
            *np.split(slabs, 4, axis=1),
            cells,
            cells[1:],
            tanh_cells,
            hidden[1:],
            strict=False,  # one state more than steps
        )
    ):
        np.matmul(weights, column, out=z)
        np.tanh(z, out=z)
        z *= half
        z += shift
        if carried is not None:
            np.copyto(z, carry, where=carried[t])
        np.multiply(f, c_before, out=c)
        np.multiply(i, g, out=written)
        c += written
        np.tanh(c, out=tanh_c)
        np.multiply(o, tanh_c, out=h)
        if carried is not None:
            np.copyto(h, hidden[t], where=carried[t])

    state = LSTMState(hidden[-1].T.copy(), cells[-1].T.copy())
    trace = LSTMTrace(params, columns, slabs, cells, tanh_cells)
    return read_outputs(columns), state, trace


def lstm_backward(
    d_outputs: Array | None,
    trace: LSTMTrace,
    *,
    d_final_state: LSTMState | None = None,
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
    params, columns, slabs, cells, tanh_cells = trace
    d_h, (dh, dc) = turn_gradients(_FORMS, columns, d_outputs, d_final_state)
    i, f, g, o = np.split(slabs, 4, axis=1)

    # All that does not depend on what comes back through time, for all steps at once:
    # the derivative of c by the pre-activations of i, f and g, of h by that of o, ...
    d_slabs = np.empty_like(slabs)
    by_i, by_f, by_g, by_o = np.split(d_slabs, 4, axis=1)
    np.multiply(g * i, 1 - i, out=by_i)
    np.multiply(cells[:-1] * f, 1 - f, out=by_f)
    np.multiply(i, 1 - g * g, out=by_g)
    np.multiply(tanh_cells * o, 1 - o, out=by_o)
    h_by_c = o * (1 - tanh_cells * tanh_cells)
    # ... so that the loop has only to scale it by dc or dh, and to step back.
    by_ifg = d_slabs.reshape(len(slabs), 4, *dh.shape)[:, :3]
    through_h = np.empty_like(dc)
    for t in reversed(range(len(slabs))):
        if d_h is not None:
            dh += d_h[t]
        np.multiply(dh, h_by_c[t], out=through_h)
        dc += through_h
        by_ifg[t] *= dc
        by_o[t] *= dh
        dc *= f[t]
        carried = None if columns.carried is None else dh * columns.carried[t]
        np.matmul(params.recurrent_kernel, d_slabs[t], out=dh)
        if carried is not None:
            dh += carried

    d_inputs, *d_weights = backward_through_columns(d_slabs, columns, params.kernel)
    return d_inputs, LSTMParams(*d_weights), LSTMState(dh.T.copy(), dc.T.copy())
