"""The vanilla RNN over whole sequences, fast: ``layers/rnn.py`` in columns."""

from dataclasses import dataclass

import numpy as np

from lstm_course.arrays.shapes import Array, Mask
from lstm_course.layers.checks import check_trace
from lstm_course.layers.fused import columns as cols
from lstm_course.layers.rnn import FORMS, RNNParams, RNNState


@dataclass(frozen=True)
class RNNTrace(cols.FusedTrace):
    """Every value of a forward pass, steps in the order of processing."""


def rnn_forward(
    inputs: Array,
    params: RNNParams,
    *,
    initial_state: RNNState | None = None,
    mask: Mask | None = None,
    go_backwards: bool = False,
) -> tuple[Array, RNNState, RNNTrace]:
    """Run the RNN over whole sequences: as ``lstm_forward``, with h alone as state."""
    columns = cols.pack_sequence(
        FORMS, inputs, params, initial_state, mask, go_backwards
    )
    hidden = columns.hidden
    for _, z, h in cols.walk(columns, np.vstack(params).T, hidden[1:]):
        np.tanh(z, h)
    state = RNNState(hidden[-1].T.copy())
    return cols.read_outputs(columns), state, RNNTrace(params, columns)


def rnn_backward(
    d_outputs: Array | None, trace: RNNTrace, *, d_final_state: RNNState | None = None
) -> tuple[Array, RNNParams, RNNState]:
    """Carry a gradient back: as ``lstm_backward``, with h alone as state."""
    check_trace(trace, RNNTrace)
    params, columns = trace.params, trace.columns
    prepared = cols.prepare_backward(FORMS, trace, d_outputs, d_final_state)
    h, carried = columns.hidden[1:], columns.carried
    d_slabs = 1 - h * h  # the slope of tanh; the loop scales it by dh
    if carried is not None:
        d_slabs *= ~carried
    weights = np.vstack([params.kernel, params.recurrent_kernel])
    back = cols.walk_back(columns, weights, prepared, d_slabs, carried)
    for dh, by_z in zip(back, d_slabs[::-1], strict=True):
        by_z *= dh
    d_inputs, d_params, d_h0 = cols.read_gradients(columns, prepared, d_slabs)
    return d_inputs, RNNParams(*d_params), RNNState(d_h0)
