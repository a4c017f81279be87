"""An LSTM from which parts are taken: a gate, a tanh; or with coupled gates, or more.

    i = σ(x W_i + h' U_i + b_i + p_i ⊙ c')     without an input gate: 1
    f = σ(x W_f + h' U_f + b_f + p_f ⊙ c')     without a forget gate: 1; coupled: 1 - i
    g = tanh(x W_g + h' U_g + b_g)             without its tanh: what is in the brackets
    c = f ⊙ c' + i ⊙ g
    o = σ(x W_o + h' U_o + b_o + p_o ⊙ c)      without an output gate: 1
    h = o ⊙ tanh(c)                            without its tanh: o ⊙ c

The peepholes p are 0 and stay 0 but in the cell that has them. Weights of what was
taken out get no gradient, so that all cells start from the same weights.

Sources: without a forget gate: Hochreiter and Schmidhuber (1997); peepholes: Gers and
Schmidhuber (2000); the others: Greff et al. (2017), who took parts from the cell with
peepholes.
"""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, NamedTuple

import numpy as np

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.shapes import Array
from lstm_course.layers.cells import Cell
from lstm_course.layers.checks import Forms, check_trace
from lstm_course.layers.fused import columns as cols
from lstm_course.layers.lstm import LSTMGates, LSTMParams, LSTMState, lstm_init


class Parts(NamedTuple):
    """What a cell has."""

    input_gate: bool = True
    forget_gate: bool = True
    output_gate: bool = True
    candidate_tanh: bool = True
    output_tanh: bool = True
    coupled: bool = False  # f is 1 - i
    peepholes: bool = False


class PartsParams(NamedTuple):
    """The weights of an LSTM, and the peepholes of i, f and o."""

    kernel: Annotated[Array, "D 4H"]
    recurrent_kernel: Annotated[Array, "H 4H"]
    bias: Annotated[Array, "4H"]
    peepholes: Annotated[Array, "3 H"]


@dataclass(frozen=True)
class PartsTrace(cols.FusedTrace):
    """Every value of a forward pass."""

    gates: Array  # (T, 4, H, B): i, f, g, o
    cells: Array  # (T + 1, H, B): c before each step, and after the last
    shown: Array  # (T, H, B): tanh(c) after each step, or c


FORMS = Forms(PartsParams, LSTMState, LSTMGates)

ALL_PARTS = {
    "full": Parts(),
    "no input gate": Parts(input_gate=False),
    "no forget gate": Parts(forget_gate=False),
    "no output gate": Parts(output_gate=False),
    "coupled gates": Parts(coupled=True),
    "no candidate tanh": Parts(candidate_tanh=False),
    "no output tanh": Parts(output_tanh=False),
    "peepholes": Parts(peepholes=True),
}


def with_parts(parts: Parts, params: LSTMParams) -> PartsParams:
    """Return these weights for a cell of these parts, its peepholes still 0.

    Where f is 1 - i, b_i is minus the forget gate's bias: so f starts as elsewhere.
    """
    i, f, g, o = np.split(params.bias, 4)
    bias = np.concatenate([-f if parts.coupled else i, f, g, o])
    return PartsParams(*params[:2], bias, np.zeros((3, len(i)), bias.dtype))


def parts_init(parts: Parts, *how: Any, **more: Any) -> PartsParams:
    """Return weights as ``lstm_init`` draws them, for a cell of these parts."""
    return with_parts(parts, lstm_init(*how, **more))


def parts_forward(
    parts: Parts,
    inputs: Array,
    params: PartsParams,
    *,
    initial_state: LSTMState | None = None,
) -> tuple[Array, LSTMState, PartsTrace]:
    """Run a cell of these parts over whole sequences, as ``lstm_forward`` does."""
    columns = cols.pack_sequence(FORMS, inputs, params, initial_state, None, False)
    steps, units, batch = columns.hidden[1:].shape
    dtype = columns.values.dtype
    gates = np.empty((steps, 4, units, batch), dtype)
    cells = np.zeros((steps + 1, units, batch), dtype)
    if initial_state is not None:
        cells[0] = initial_state.c.T
    shown = np.empty((steps, units, batch), dtype)
    p_i, p_f, p_o = params.peepholes[:, :, None]
    walk = cols.walk(columns, np.vstack(params[:3]).T, gates.reshape(steps, -1, batch))
    for t, _, h in walk:
        i, f, g, o = gates[t]  # first what goes into each, then its value
        c_before, c = cells[t : t + 2]
        if parts.peepholes:
            i += p_i * c_before
            f += p_f * c_before
        i[:] = sigmoid(i) if parts.input_gate else 1
        f[:] = sigmoid(f) if parts.forget_gate else 1
        if parts.coupled:
            f[:] = 1 - i
        if parts.candidate_tanh:
            np.tanh(g, g)
        c[:] = f * c_before + i * g
        if parts.peepholes:
            o += p_o * c
        o[:] = sigmoid(o) if parts.output_gate else 1
        shown[t] = np.tanh(c) if parts.output_tanh else c
        np.multiply(o, shown[t], h)
    state = LSTMState(columns.hidden[-1].T.copy(), cells[-1].T.copy())
    trace = PartsTrace(params, columns, gates, cells, shown)
    return cols.read_outputs(columns), state, trace


def parts_backward(
    parts: Parts,
    d_outputs: Array | None,
    trace: PartsTrace,
    *,
    d_final_state: LSTMState | None = None,
) -> tuple[Array, PartsParams, LSTMState]:
    """Go back through the whole sequence, as ``lstm_backward`` does.

    A gate that is 1 needs no case of its own: the slope σ (1 - σ) is 0 there.
    """
    check_trace(trace, PartsTrace)
    params, columns, gates = trace.params, trace.columns, trace.gates
    prepared = cols.prepare_backward(FORMS, trace, d_outputs, d_final_state)
    steps, _, units, batch = gates.shape
    dc_next = np.zeros((units, batch), gates.dtype)
    if d_final_state is not None:
        dc_next += d_final_state.c.T
    slopes = gates * (1 - gates)
    slopes[:, 2] = 1 - gates[:, 2] ** 2 if parts.candidate_tanh else 1
    d_shown = gates[:, 3] * (1 - trace.shown**2 if parts.output_tanh else 1)
    d_z = np.empty_like(gates)
    p_i, p_f, p_o = params.peepholes[:, :, None]
    weights = np.vstack(params[:2])
    d_slabs = d_z.reshape(steps, -1, batch)
    back = cols.walk_back(columns, weights, prepared, d_slabs, None)
    for t, dh in zip(reversed(range(steps)), back, strict=True):
        i, f, g, _ = gates[t]
        s_i, s_f, s_g, s_o = slopes[t]
        dz_i, dz_f, dz_g, dz_o = d_z[t]
        dz_o[:] = dh * trace.shown[t] * s_o
        dc = dc_next + dh * d_shown[t]
        if parts.peepholes:
            dc += p_o * dz_o
        di, df = dc * g, dc * trace.cells[t]
        if parts.coupled:
            di, df = di - df, 0
        dz_i[:] = di * s_i
        dz_f[:] = df * s_f
        dz_g[:] = dc * i * s_g
        dc_next = dc * f
        if parts.peepholes:
            dc_next += p_i * dz_i + p_f * dz_f

    d_peepholes = np.zeros_like(params.peepholes, gates.dtype)
    if parts.peepholes:
        seen = (trace.cells[:-1], trace.cells[:-1], trace.cells[1:])
        for k, (gate, c) in enumerate(zip((0, 1, 3), seen, strict=True)):
            d_peepholes[k] = np.sum(d_z[:, gate] * c, axis=(0, 2))
    d_inputs, d_params, d_h0 = cols.read_gradients(columns, prepared, d_slabs)
    d_state = LSTMState(d_h0, dc_next.T.copy())
    return d_inputs, PartsParams(*d_params, d_peepholes), d_state


def cell_with(parts: Parts) -> Cell:
    """Return the cell of these parts."""
    return Cell(
        partial(parts_init, parts),
        partial(parts_forward, parts),
        partial(parts_backward, parts),
        *FORMS[:2],
    )
