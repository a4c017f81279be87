"""What the recurrences share: a sequence as columns, one block of columns a step.

Arrays of shape (B, T, D) are rearranged as (T, rows, B), so that what belongs to
one step lies together in memory. The rows are the input x, the hidden state before
the step, and a 1: then ``[kernel; recurrent_kernel; bias]`` is one matrix, a step is
one product with it, a step back another, and its gradient one product over all steps.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array, Mask
from lstm_course.layers.checks import Forms, check_backward, check_forward


class Columns(NamedTuple):
    """The columns of a sequence in the order of processing, hidden states included."""

    values: Array  # (T + 1, D + H + 1, B): x, h before the step, 1
    hidden: Array  # (T + 1, H, B), a view: h before each step, and after the last
    carried: Mask | None  # (T, 1, B): True where a masked step carries the state on
    go_backwards: bool


@dataclass(frozen=True)
class FusedTrace:
    """Values of a forward pass, steps in the order of processing."""

    params: Any
    columns: Columns

    @property
    def h(self) -> Array:
        """The hidden state after each step, (B, T, H)."""
        return self.columns.hidden[1:].transpose(2, 0, 1)

    @property
    def mask(self) -> Mask | None:
        """False where a step is masked, (B, T); None where none is."""
        carried = self.columns.carried
        return None if carried is None else ~carried[:, 0].T


def pack_sequence(
    forms: Forms,
    inputs: Array,
    params: Any,
    start: Any,
    mask: Mask | None,
    go_backwards: bool,
) -> Columns:
    """Check the arguments of a ``*_forward``; return columns to write h into.

    What stands at a masked step is replaced by 0, so that it cannot count, not even
    NaN. The columns are of the kind of number that all arguments together call for.
    """
    sizes = check_forward(forms, inputs, params, start, mask)
    batch, steps, features, units = (sizes[letter] for letter in "BTDH")
    carried = None
    if mask is not None:
        inputs = np.where(mask[:, :, None], inputs, 0)
        carried = ~mask.T[:: -1 if go_backwards else 1, None]
    if go_backwards:
        inputs = inputs[:, ::-1]
    dtype = np.result_type(inputs, *params, *(start or ()))
    values = np.empty((steps + 1, features + units + 1, batch), dtype)
    values[:steps, :features] = inputs.transpose(1, 2, 0)
    values[steps, :features] = 0  # no step follows the last hidden state
    values[:, -1] = 1
    hidden = values[:, features:-1]
    hidden[0] = 0 if start is None else start.h.T
    return Columns(values, hidden, carried, go_backwards)


def walk(
    columns: Columns, weights: Array, slabs: Array
) -> Iterator[tuple[int, Array, Array]]:
    """Take each step's product x W + h' U + b, and let the caller make h of it.

    Yields t, the slab ``slabs[t]`` with weights (R, D + H + 1) times the column
    in it (R rows: 4H for the LSTM), and room for h after the step, (H, B), which the
    caller fills before it asks for the next.
    """
    hidden, carried = columns.hidden, columns.carried
    for t, (column, slab) in enumerate(zip(columns.values, slabs, strict=False)):
        np.matmul(weights, column, slab)
        yield t, slab, hidden[t + 1]
        if carried is not None:
            np.copyto(hidden[t + 1], hidden[t], where=carried[t])


def _some_step_counted(carried: Mask) -> Mask:
    return np.logical_or.accumulate(~carried, axis=0)


def read_outputs(columns: Columns) -> Array:
    """Return the outputs (B, T, H), read-only: h, but 0 before the first valid step."""
    outputs = columns.hidden[1:]
    if columns.carried is not None:
        outputs = np.where(_some_step_counted(columns.carried), outputs, 0)
    outputs = outputs.transpose(2, 0, 1)
    outputs.flags.writeable = False
    return outputs


def prepare_backward(
    forms: Forms, trace: FusedTrace, d_outputs: Array | None, d_final_state: Any
) -> tuple[Array | None, Array]:
    """Check the arguments of a ``*_backward``; return them in the form of columns.

    That is the gradient of the outputs, (T, H, B) or None, and room for that of x and
    h, (T + 1, D + H, B), with the gradient of the final h in its place.
    """
    check_backward(forms, trace.h, d_outputs, d_final_state)
    columns = trace.columns
    d_columns = np.empty_like(columns.values[:, :-1])
    units = columns.hidden.shape[1]
    d_columns[-1, -units:] = 0 if d_final_state is None else d_final_state.h.T
    if d_outputs is None:
        return None, d_columns
    d_h = d_outputs.transpose(1, 2, 0)
    if columns.carried is not None:  # a constant 0 was put out before the first step
        d_h = np.where(_some_step_counted(columns.carried), d_h, 0)
    return d_h, d_columns


def walk_back(
    columns: Columns,
    weights: Array,
    prepared: tuple[Array | None, Array],
    d_slabs: Array,
    kept: Array | None,
) -> Iterator[Array]:
    """Let the caller write the gradient of each step's product; take it a step back.

    Yields dh after the step, (H, B), last step first; the caller fills ``d_slabs[t]``
    before it asks for the next. Weights are (D + H, R), without the bias; ``kept``, (T,
    H or 1, B) or None, is the share of dh that goes straight to dh'.
    """
    d_h, d_columns = prepared
    d_hidden = d_columns[:, -columns.hidden.shape[1] :]
    for t in reversed(range(len(d_slabs))):
        dh, dh_before = d_hidden[t + 1], d_hidden[t]
        if d_h is not None:
            dh += d_h[t]
        yield dh
        np.dot(weights, d_slabs[t], d_columns[t])
        if kept is not None:
            dh_before += kept[t] * dh


def read_gradients(
    columns: Columns, prepared: tuple[Array | None, Array], d_slabs: Array
) -> tuple[Array, tuple[Array, Array, Array], Array]:
    """Return the gradients of inputs, of kernel, recurrent kernel, bias, and of h."""
    _, d_columns = prepared
    features = d_columns.shape[1] - columns.hidden.shape[1]
    d_weights = np.tensordot(d_slabs, columns.values[:-1], axes=((0, 2), (0, 2))).T
    d_inputs = d_columns[:-1, :features].transpose(2, 0, 1)
    if columns.go_backwards:
        d_inputs = d_inputs[:, ::-1]
    d_params = d_weights[:features], d_weights[features:-1], d_weights[-1]
    return d_inputs, d_params, d_columns[0, features:].T.copy()
