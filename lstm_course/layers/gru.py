"""The GRU: one step in four equations, and the whole sequence forward and backward.

    z = σ(x W_z + h' U_z + b_z)           update gate: how much of h' to keep
    r = σ(x W_r + h' U_r + b_r)           reset gate: how much of h' the candidate sees
    n = tanh(x W_n + r ⊙ (h' U_n + b'_n) + b_n)    candidate        (reset_after)
    n = tanh(x W_n + (r ⊙ h') U_n + b_n)           candidate        (before)
    h = z ⊙ h' + (1 - z) ⊙ n              hidden state, the output

with x (B, D) the input of a step, h' (B, H) the hidden state before it, and ⊙ the
product entry by entry. The three W stand side by side in ``kernel`` (D, 3H), the U in
``recurrent_kernel`` (H, 3H), in the order z, r, n, as in Keras. The shape of ``bias``
says where the reset gate acts: (2, 3H), one row for x and one for h', after the
product with U, Keras' default; (3H,) before it. Letters: B sequences, T steps, D
features, H units. Beware: some papers and libraries swap z and 1 - z.

Sources: Cho et al. (2014); the reset gate after the product, one matrix product a step
instead of two, came with cuDNN.
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


class GRUParams(NamedTuple):
    """The weights, gates side by side in the order z, r, n."""

    kernel: Array  # (D, 3H)
    recurrent_kernel: Array  # (H, 3H)
    bias: Array  # (2, 3H) with reset_after, else (3H,)

    @property
    def reset_after(self) -> bool:
        """Whether the reset gate acts after the product with the weights."""
        return self.bias.ndim == 2


class GRUState(NamedTuple):
    """What one step hands to the next."""

    h: Array  # (B, H) hidden state


def _forms(params: GRUParams) -> Forms:
    two = getattr(getattr(params, "bias", None), "ndim", 1) == 2
    return Forms(
        GRUParams("D 3H", "H 3H", "2 3H" if two else "3H"),  # type: ignore[arg-type]
        GRUState("B H"),  # type: ignore[arg-type]
    )


class GRUGates(NamedTuple):
    """The gates: (B, H) at one step, (B, T, H) over a sequence."""

    z: Array  # update gate
    r: Array  # reset gate
    n: Array  # candidate


class GRUTrace(NamedTuple):
    """Every value of a forward pass, steps in the order of processing.

    At a masked step z = 1: that is how the state is carried unchanged.
    """

    params: GRUParams
    columns: Columns  # x, h before the step, and 1, for each step
    slabs: Array  # (T, 4H, B) z, r, h' U_n (+ b'_n) and n

    @property
    def gates(self) -> GRUGates:
        """The gates of every step, each (B, T, H)."""
        z, r, _, n = np.split(self.slabs.transpose(2, 0, 1), 4, axis=-1)
        return GRUGates(z, r, n)

    @property
    def h(self) -> Array:
        """The hidden state after each step, (B, T, H)."""
        return self.columns.h


def gru_init(
    rng: np.random.Generator,
    input_dim: int,
    units: int,
    *,
    reset_after: bool = True,
    dtype: DTypeLike = np.float32,
) -> GRUParams:
    """Return weights drawn as Keras draws them, for D = input_dim and H = units."""
    return GRUParams(
        glorot_uniform(rng, (input_dim, 3 * units), dtype),
        orthogonal(rng, (units, 3 * units), dtype),
        np.zeros((2, 3 * units) if reset_after else 3 * units, dtype),
    )


def gru_step(
    x_t: Array, state: GRUState, params: GRUParams
) -> tuple[GRUState, GRUGates]:
    """Take one step: the four equations.

    Args:
        x_t: (B, D) the input of this step.
        state: h (B, H) after the step before.
        params: the weights; the shape of the bias says where the reset gate acts.

    Returns:
        The state after this step, and its gates.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    check_step(_forms(params), x_t, state, params)
    h = state.h
    b_x, b_h = params.bias if params.reset_after else (params.bias, 0 * params.bias)
    U_z, U_r, U_n = np.split(params.recurrent_kernel, 3, axis=1)
    x_z, x_r, x_n = np.split(x_t @ params.kernel + b_x, 3, axis=1)
    b_z, b_r, b_n = np.split(b_h, 3)

    z = sigmoid(x_z + h @ U_z + b_z)
    r = sigmoid(x_r + h @ U_r + b_r)
    if params.reset_after:
        n = np.tanh(x_n + r * (h @ U_n + b_n))
    else:
        n = np.tanh(x_n + (r * h) @ U_n)
    h = z * h + (1 - z) * n
    return GRUState(h), GRUGates(z, r, n)


# The whole sequence, in columns and blocks as for the LSTM (lstm.py, columns.py). The
# fused weights make four blocks of rows a step: z, r, the part of n that comes from h'
# and the part that comes from x, for the reset gate stands between the two.


def _four_blocks(weights: Array, from_h: Array | int, from_x: Array | int) -> Array:
    """Return (…, 4H) of weights (…, 3H): z, r, n times from_h, n times from_x."""
    z, r, n = np.split(weights, 3, axis=-1)
    return np.concatenate([z, r, n * from_h, n * from_x], axis=-1)


def gru_forward(
    inputs: Array,
    params: GRUParams,
    *,
    initial_state: GRUState | None = None,
    mask: Mask | None = None,
    go_backwards: bool = False,
) -> tuple[Array, GRUState, GRUTrace]:
    """Run the GRU over whole sequences.

    Arguments, results and errors as of ``lstm_forward``, with h alone as state.
    """
    columns = fill_columns(
        _forms(params), inputs, params, initial_state, mask, go_backwards
    )
    carried, hidden = columns.carried, columns.hidden
    steps, units, batch = hidden[1:].shape
    dtype = hidden.dtype

    after = params.reset_after
    bias = params.bias.astype(dtype)
    b_x, b_h = bias if after else (bias, 0 * bias)
    weights = np.vstack(
        [
            _four_blocks(params.kernel, 0, 1),
            _four_blocks(params.recurrent_kernel, int(after), 0),
            _four_blocks(b_x, 0, 1) + _four_blocks(b_h, 1, 0),
        ]
    ).T.astype(dtype)
    weights[: 2 * units] *= 0.5  # σ(z) = ½ + ½ tanh(z/2)
    U_n = params.recurrent_kernel[:, 2 * units :].T

    slabs = np.empty((steps, 4 * units, batch), dtype)
    new = np.empty((units, batch), dtype)
    for t, (column, slab, zr, z, r, u, n, before, h) in enumerate(
        zip(
            columns.values,
            slabs,
            slabs[:, : 2 * units],
            *np.split(slabs, 4, axis=1),
            hidden,
            hidden[1:],
            strict=False,  # one hidden state more than steps
        )
    ):
        np.matmul(weights, column, out=slab)
        np.tanh(zr, out=zr)
        zr *= 0.5
        zr += 0.5
        if carried is not None:
            np.copyto(z, 1, where=carried[t])
        if after:
            np.multiply(r, u, out=new)
        else:
            np.multiply(r, before, out=u)
            np.matmul(U_n, u, out=new)
        n += new
        np.tanh(n, out=n)
        np.multiply(z, before, out=h)
        np.subtract(1, z, out=new)
        new *= n
        h += new
    state = GRUState(hidden[-1].T.copy())
    return read_outputs(columns), state, GRUTrace(params, columns, slabs)


def gru_backward(
    d_outputs: Array | None,
    trace: GRUTrace,
    *,
    d_final_state: GRUState | None = None,
) -> tuple[Array, GRUParams, GRUState]:
    """Carry the gradient of a loss back through the whole sequence.

    Arguments, results and errors as of ``lstm_backward``, with h alone as state.
    """
    params, columns, slabs = trace
    d_h, (dh,) = turn_gradients(_forms(params), columns, d_outputs, d_final_state)
    z, r, u, n = np.split(slabs, 4, axis=1)
    before = columns.hidden[:-1]
    units, after = before.shape[1], params.reset_after
    U_n = params.recurrent_kernel[:, 2 * units :]

    # The derivatives of h by the pre-activations, all steps at once; the loop scales
    # them by dh.
    d_slabs = np.empty_like(slabs)
    by_z, by_r, by_u, by_n = np.split(d_slabs, 4, axis=1)
    np.multiply((before - n) * z, 1 - z, out=by_z)
    np.multiply(1 - z, 1 - n * n, out=by_n)
    if after:
        np.multiply(by_n, r, out=by_u)
        np.multiply(by_n * u * r, 1 - r, out=by_r)
    else:  # these two go through U_n first
        by_u[:] = 0
        np.multiply(before * r, 1 - r, out=by_r)
    blocks = d_slabs.reshape(len(slabs), 4, *dh.shape)
    recurrent = _four_blocks(params.recurrent_kernel, int(after), 0)
    for t in reversed(range(len(slabs))):
        if d_h is not None:
            dh += d_h[t]
        kept = dh * z[t]
        if after:
            blocks[t] *= dh
        else:
            by_z[t] *= dh
            by_n[t] *= dh
            d_reset = U_n @ by_n[t]  # by r ⊙ h'
            by_r[t] *= d_reset
            kept += d_reset * r[t]
        np.matmul(recurrent, d_slabs[t], out=dh)
        dh += kept

    kernel = _four_blocks(params.kernel, 0, 1)
    d_inputs, d_kernel, d_recurrent, d_bias = backward_through_columns(
        d_slabs, columns, kernel
    )

    def three_blocks(gradient: Array, n: Array) -> Array:
        return np.concatenate([gradient[..., : 2 * units], n], axis=-1)

    from_h = np.s_[..., 2 * units : 3 * units]
    from_x = np.s_[..., 3 * units :]
    if after:
        d_U_n = d_recurrent[from_h]
        rows = [three_blocks(d_bias, d_bias[part]) for part in (from_x, from_h)]
        d_bias = np.stack(rows)
    else:
        d_U_n = np.tensordot(u, by_n, axes=((0, 2), (0, 2)))
        d_bias = three_blocks(d_bias, d_bias[from_x])
    d_params = GRUParams(
        three_blocks(d_kernel, d_kernel[from_x]),
        three_blocks(d_recurrent, d_U_n),
        d_bias,
    )
    return d_inputs, d_params, GRUState(dh.T.copy())
