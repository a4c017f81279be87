"""The GRU over whole sequences, fast: the work of ``layers/gru.py`` in larger pieces.

In columns and blocks, as for the LSTM. Four blocks of rows a step: z, r, u and n, where
u is what the reset gate scales and n the rest of the candidate. With the reset gate
before the product, u is h' itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from lstm_course.arrays.shapes import Array, Mask
from lstm_course.layers.checks import check_trace
from lstm_course.layers.fused import columns as cols
from lstm_course.layers.gru import FORMS, GRUGates, GRUParams, GRUState


@dataclass(frozen=True)
class GRUTrace(cols.FusedTrace):
    """Every value of a forward pass, in the order of processing; masked: z = 1."""

    slabs: Array  # (T, 4, H, B): z, r, u, n

    @property
    def gates(self) -> GRUGates:
        """The gates of every step, each (B, T, H)."""
        return GRUGates(*self.slabs[:, [0, 1, 3]].transpose(1, 3, 0, 2))


def _one_matrix(params: GRUParams, dtype: DTypeLike) -> Array:
    """Return (D + H + 1, 4H): what x, h' and 1 give to z, r, u and n."""
    kernel, recurrent_kernel, bias = params
    units = len(recurrent_kernel)
    b_x, b_h = bias if params.reset_after else (bias, np.zeros_like(bias))
    from_x = np.vstack([kernel, np.zeros_like(recurrent_kernel), b_x], dtype=dtype)
    from_h = np.vstack([np.zeros_like(kernel), recurrent_kernel, b_h], dtype=dtype)
    zr, n = np.s_[:, : 2 * units], np.s_[:, 2 * units :]
    weights = np.hstack([from_x[zr] + from_h[zr], from_h[n], from_x[n]])
    if not params.reset_after:
        weights[len(kernel) : -1, 2 * units : 3 * units] = np.eye(units)
    return weights


def gru_forward(
    inputs: Array,
    params: GRUParams,
    *,
    initial_state: GRUState | None = None,
    mask: Mask | None = None,
    go_backwards: bool = False,
) -> tuple[Array, GRUState, GRUTrace]:
    """Run the GRU over whole sequences: as ``lstm_forward``, with h alone as state."""
    columns = cols.pack_sequence(
        FORMS, inputs, params, initial_state, mask, go_backwards
    )
    carried, hidden = columns.carried, columns.hidden
    steps, units, batch = hidden[1:].shape
    slabs = np.empty((steps, 4, units, batch), hidden.dtype)
    scale = np.repeat(np.array([0.5, 0.5, 1, 1], hidden.dtype), units)
    weights = (scale * _one_matrix(params, hidden.dtype)).T
    after, U_n = params.reset_after, params.recurrent_kernel[:, 2 * units :].T
    new = np.empty((units, batch), hidden.dtype)
    walk = cols.walk(columns, weights, slabs.reshape(steps, 4 * units, batch))
    for (t, slab, h), (z, r, u, n), before in zip(
        walk, slabs, hidden[:-1], strict=True
    ):
        gates = slab[: 2 * units]
        np.tanh(gates, gates)  # σ(z) = ½ + ½ tanh(z/2)
        gates *= 0.5
        gates += 0.5
        if carried is not None:
            np.copyto(z, 1, where=carried[t])
        if after:
            np.multiply(r, u, new)
        else:
            u *= r
            np.matmul(U_n, u, new)
        n += new
        np.tanh(n, n)
        np.multiply(z, before, h)
        np.subtract(1, z, new)
        new *= n
        h += new
    state = GRUState(hidden[-1].T.copy())
    return cols.read_outputs(columns), state, GRUTrace(params, columns, slabs)


def gru_backward(
    d_outputs: Array | None, trace: GRUTrace, *, d_final_state: GRUState | None = None
) -> tuple[Array, GRUParams, GRUState]:
    """Carry a gradient back: as ``lstm_backward``, with h alone as state."""
    check_trace(trace, GRUTrace)
    params, columns, slabs = trace.params, trace.columns, trace.slabs
    prepared = cols.prepare_backward(FORMS, trace, d_outputs, d_final_state)
    z, r, u, n = slabs.swapaxes(0, 1)
    before = columns.hidden[:-1]
    steps, units, batch = before.shape
    after, U_n = params.reset_after, params.recurrent_kernel[:, 2 * units :]

    # The derivatives of h by the products, all steps at once; the loop scales them.
    blocks = np.empty_like(slabs)
    by_z, by_r, by_u, by_n = blocks.swapaxes(0, 1)
    np.multiply((before - n) * z, 1 - z, out=by_z)
    np.multiply(1 - z, 1 - n * n, out=by_n)
    np.multiply(by_n if after else 1, r, out=by_u)
    np.multiply(by_u * (u if after else before), 1 - r, out=by_r)
    d_slabs = blocks.reshape(steps, 4 * units, batch)
    weights = _one_matrix(params, slabs.dtype)[:-1]
    back = cols.walk_back(columns, weights, prepared, d_slabs, kept=z)
    for dh, block in zip(back, blocks[::-1], strict=True):
        if after:
            block *= dh
        else:  # u and r are reached through n and U_n
            block[::3] *= dh
            block[1:3] *= U_n @ block[3]

    d_inputs, d_weights, d_h0 = cols.read_gradients(columns, prepared, d_slabs)
    d_kernel, d_recurrent, d_row = d_weights
    u_block = slice(2 * units, 3 * units)
    if not after:
        d_recurrent[:, u_block] = np.tensordot(u, by_n, axes=((0, 2), (0, 2)))
    d_bias = np.delete(d_row, u_block)
    if after:
        d_bias = np.stack([d_bias, d_row[: 3 * units]])
    d_kernel = np.delete(d_kernel, u_block, axis=1)
    d_params = GRUParams(d_kernel, d_recurrent[:, : 3 * units], d_bias)
    return d_inputs, d_params, GRUState(d_h0)
