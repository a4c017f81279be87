"""The GRU: one step in four equations, and the way back.

    z = σ(x W_z + h' U_z + b_z)           update gate: how much of h' to keep
    r = σ(x W_r + h' U_r + b_r)           reset gate: how much of h' the candidate sees
    n = tanh(x W_n + r ⊙ (h' U_n + b'_n) + b_n)    candidate (reset_after=True)
    n = tanh(x W_n + (r ⊙ h') U_n + b_n)           candidate (reset_after=False)
    h = z ⊙ h' + (1 - z) ⊙ n              hidden state, the output

with x (B, D) the input of a step, h' (B, H) the hidden state before it, and ⊙ the
product entry by entry. The three W stand side by side in ``kernel`` (D, 3H), the U in
``recurrent_kernel`` (H, 3H), in the order z, r, n, as in Keras. The shape of ``bias``
says where the reset gate acts: (2, 3H), a row b for x and a row b' for h', after the
product with U, Keras' default (z and r add both rows); (3H,) before it. Letters: B
sequences, T steps, D features, H units. Beware: some papers and libraries swap z and
1 - z.

``gru_step`` below takes a step; ``gru_step_backward``, right after it, goes back. The
loop over time, both ways, is in unroll.py.

Sources: Cho et al. (2014); the reset gate after the product, one matrix product a step
instead of two, came with cuDNN.
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


class GRUParams(NamedTuple):
    """The weights, gates side by side in the order z, r, n."""

    kernel: Annotated[Array, "D 3H"]
    recurrent_kernel: Annotated[Array, "H 3H"]
    bias: Annotated[Array, "3H", "2 3H"]  # two rows with reset_after, else one

    @property
    def reset_after(self) -> bool:
        """Whether the reset gate acts after the product with the weights."""
        return self.bias.ndim == 2


class GRUState(NamedTuple):
    """What one step hands to the next."""

    h: Annotated[Array, "B H"]  # hidden state


class GRUGates(NamedTuple):
    """The gates: (B, H) at one step, (B, T, H) over a sequence."""

    z: Array  # update gate
    r: Array  # reset gate
    n: Array  # candidate


def gru_step(
    x_t: Array, state: GRUState, params: GRUParams
) -> tuple[GRUState, GRUGates]:
    """Take one step, as ``lstm_step``, with h alone as state: the four equations."""
    check_step(FORMS, x_t, state, params)
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


def gru_step_backward(
    d_new_state: GRUState,
    x_t: Array,
    state: GRUState,
    params: GRUParams,
    new_state: GRUState,
    gates: GRUGates,
) -> tuple[Array, GRUParams, GRUState]:
    """Go one step back; arguments and results as of ``lstm_step_backward``.

    With dh for the gradient of the loss by h, and so on. Beside each line stands the
    equation that it goes back through; a_z, a_r and a_n are what stands inside σ, σ
    and tanh: da is what the LSTM's dz is, for here z is a gate. Of the lines marked
    (after) and (before), those hold for the place where the reset gate acts.

        dz   = dh ⊙ (h' - n)              h = z ⊙ h' + (1 - z) ⊙ n
        dn   = dh ⊙ (1 - z)
        da_n = dn ⊙ (1 - n²)              n = tanh(a_n)
        du   = da_n ⊙ r     (after)       a_n = … + r ⊙ u, u = h' U_n + b'_n
        dr   = da_n ⊙ u     (after)
        dv   = da_n U_nᵀ    (before)      a_n = … + v U_n, v = r ⊙ h'
        dr   = dv ⊙ h'      (before)
        da_z = dz ⊙ z ⊙ (1 - z)           z = σ(a_z), a_z = x W_z + h' U_z + …
        da_r = dr ⊙ r ⊙ (1 - r)           r = σ(a_r)
        dx   = da Wᵀ,  dW = xᵀ da         da: da_z, da_r and da_n side by side
        dh'  = dh ⊙ z + da_z U_zᵀ + da_r U_rᵀ + { du U_nᵀ (after) or dv ⊙ r (before) }
        dU_z = (h')ᵀ da_z,  dU_r = (h')ᵀ da_r
        dU_n = (h')ᵀ du     (after)       or vᵀ da_n (before)
        db   = da           summed over the batch, as is
        db'  = da_z, da_r and du side by side (after; there is none before)
    """
    check_step_backward(FORMS, d_new_state, x_t, state, params, new_state, gates)
    d_h, h_before = d_new_state.h, state.h
    z, r, n = gates
    U_z, U_r, U_n = np.split(params.recurrent_kernel, 3, axis=1)

    d_z = d_h * (h_before - n)
    d_n = d_h * (1 - z)
    d_a_n = d_n * (1 - n**2)
    if params.reset_after:
        b_h_n = np.split(params.bias[1], 3)[2]
        d_u = d_a_n * r
        d_r = d_a_n * (h_before @ U_n + b_h_n)
        d_h_through_n = d_u @ U_n.T
        d_U_n = h_before.T @ d_u
    else:
        d_v = d_a_n @ U_n.T
        d_r = d_v * h_before
        d_h_through_n = d_v * r
        d_U_n = (r * h_before).T @ d_a_n
    d_a_z = d_z * z * (1 - z)
    d_a_r = d_r * r * (1 - r)

    d_a = np.concatenate([d_a_z, d_a_r, d_a_n], axis=-1)
    d_h_before = d_h * z + d_a_z @ U_z.T + d_a_r @ U_r.T + d_h_through_n
    d_U = np.concatenate([h_before.T @ d_a_z, h_before.T @ d_a_r, d_U_n], axis=-1)
    d_b = d_a.sum(axis=0)
    if params.reset_after:
        d_b_h = np.concatenate([d_a_z, d_a_r, d_u], axis=-1).sum(axis=0)
        d_b = np.stack([d_b, d_b_h])
    d_params = GRUParams(x_t.T @ d_a, d_U, d_b)
    return d_a @ params.kernel.T, d_params, GRUState(d_h_before)


def gru_init(
    rng: Generator,
    input_dim: int,
    units: int,
    *,
    reset_after: bool = True,
    dtype: DTypeLike = np.float32,
) -> GRUParams:
    """Return weights drawn as Keras draws them, for D = input_dim and H = units.

    Raises:
        TypeError: ``rng`` is no generator, or a size no integer.
        ValueError: a size is below 1.
    """
    check_draw(rng, input_dim=input_dim, units=units)
    kernel = glorot_uniform(rng, (input_dim, 3 * units), dtype)
    recurrent_kernel = orthogonal(rng, (units, 3 * units), dtype)
    bias = np.zeros((2, 3 * units) if reset_after else 3 * units, dtype)
    return GRUParams(kernel, recurrent_kernel, bias)


FORMS = Forms(GRUParams, GRUState, GRUGates)
# How a trace shows a masked step: h' is kept as it is, whatever r and n are.
_MASKED_GATES = GRUGates(z=1, r=None, n=None)  # type: ignore[arg-type]


def gru_forward(
    inputs: Array,
    params: GRUParams,
    *,
    initial_state: GRUState | None = None,
    mask: Mask | None = None,
    go_backwards: bool = False,
) -> tuple[Array, GRUState, PlainTrace]:
    """Run ``gru_step`` in a loop, as ``plain.gru_forward``; fused/gru.py is faster."""
    return run_steps(
        gru_step,
        FORMS,
        _MASKED_GATES,
        inputs,
        params,
        initial_state,
        mask,
        go_backwards,
    )


def gru_backward(
    d_outputs: Array | None, trace: PlainTrace, *, d_final_state: GRUState | None = None
) -> tuple[Array, GRUParams, GRUState]:
    """Run ``gru_step_backward`` in a loop, as ``plain.gru_backward``."""
    return run_steps_backward(gru_step_backward, FORMS, d_outputs, trace, d_final_state)
