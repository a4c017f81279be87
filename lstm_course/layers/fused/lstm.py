"""The LSTM over whole sequences, fast: the work of ``layers/lstm.py`` in larger pieces.

Arrays are rearranged as (T, rows, B) and the weights are one matrix, so that a step
is one product (columns.py). A step's slab holds five blocks of H rows: c', i, f, g, o.
Since σ(z) = ½ + ½ tanh(z/2), one tanh serves the four gates; and one multiplication
gives i ⊙ g and f ⊙ c', for i and f are neighbours, and g and c' are every third block.
"""

from dataclasses import dataclass

import numpy as np

from lstm_course.arrays.shapes import Array, Mask
from lstm_course.layers.checks import check_trace
from lstm_course.layers.fused import columns as cols
from lstm_course.layers.lstm import FORMS, LSTMGates, LSTMParams, LSTMState


@dataclass(frozen=True)
class LSTMTrace(cols.FusedTrace):
    """Every value of a forward pass: what backward needs and what the lessons plot.

    Steps stand in the order of processing (last first with ``go_backwards``). At a
    masked step i = g = o = 0 and f = 1: that is how the cell is carried unchanged.
    """

    slabs: Array  # (T + 1, 5, H, B): c before the step, i, f, g, o
    tanh_cells: Array  # (T, H, B): tanh of c after the step

    @property
    def gates(self) -> LSTMGates:
        """The four gates of every step, each (B, T, H)."""
        return LSTMGates(*self.slabs[:-1, 1:].transpose(1, 3, 0, 2))

    @property
    def c(self) -> Array:
        """The cell state after each step, (B, T, H)."""
        return self.slabs[1:, 0].transpose(2, 0, 1)


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
    columns = cols.pack_sequence(
        FORMS, inputs, params, initial_state, mask, go_backwards
    )
    steps, units, batch = columns.hidden[1:].shape
    dtype = columns.values.dtype
    slabs = np.empty((steps + 1, 5, units, batch), dtype)
    slabs[0, 0] = 0 if initial_state is None else initial_state.c.T
    tanh_cells = np.empty((steps, units, batch), dtype)

    scale = np.repeat(np.array([0.5, 0.5, 1, 0.5], dtype), units)
    # s tanh(s z) + 1 - s is σ(z) with s = ½ and tanh(z) with s = 1.
    slope = np.outer(scale, np.ones(batch, dtype))  # in full: quicker than broadcasting
    shift = 1 - slope
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
        z *= slope
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
    check_trace(trace, LSTMTrace)
    params, columns, slabs, tanh_c = (
        trace.params,
        trace.columns,
        trace.slabs,
        trace.tanh_cells,
    )
    prepared = cols.prepare_backward(FORMS, trace, d_outputs, d_final_state)
    steps, units, batch = tanh_c.shape
    dc = np.zeros((units, batch), slabs.dtype)
    if d_final_state is not None:
        dc += d_final_state.c.T

    # All that does not depend on what comes back through time, for all steps at once:
    # six blocks a step, the derivatives of c by c', z_i, z_f and z_g, then of h by z_o
    # and by c.
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
    back = cols.walk_back(columns, weights, prepared, d_slabs, columns.carried)
    last_first = blocks[::-1]
    # The last block is one of by_h, and so scaled with it: dh ⊙ o ⊙ (1 - tanh²(c)).
    by_c, by_h, dc_by_h = last_first[:, :4], last_first[:, 4:], last_first[:, 5]
    for dh, by_c_t, by_h_t, dc_t in zip(back, by_c, by_h, dc_by_h, strict=True):
        by_h_t *= dh
        dc_t += dc
        by_c_t *= dc_t
        dc = by_c_t[0]

    d_inputs, d_params, d_h0 = cols.read_gradients(columns, prepared, d_slabs)
    return d_inputs, LSTMParams(*d_params), LSTMState(d_h0, dc.T.copy())
