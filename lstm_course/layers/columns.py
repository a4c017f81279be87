"""What the recurrences share: a sequence as columns, one block of columns a step.

Arrays of shape (B, T, D) are turned round to (T, rows, B), so that what belongs to
one step lies together in memory. The rows are the input x, the hidden state before
the step, and a 1: then ``[kernel; recurrent_kernel; bias]`` is one matrix, a step is
one product, and the gradients of all three are one product over all steps.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_course.arrays.memory import keep_freed_memory
from lstm_course.arrays.shapes import Array, Mask

keep_freed_memory()


class Columns(NamedTuple):
    """The columns of a sequence in the order of processing, hidden states included."""

    values: Array  # (T + 1, D + H + 1, B): x, h before the step, 1
    hidden: Array  # (T + 1, H, B), a view: h before each step, and after the last
    carried: Mask | None  # (T, B): True where a masked step carries the state on
    go_backwards: bool


def fill_columns(
    inputs: Array,
    h: Array | None,
    units: int,
    mask: Mask | None,
    go_backwards: bool,
    dtype: DTypeLike,
) -> Columns:
    """Return the columns of inputs (B, T, D), their hidden states still to come.

    Args:
        inputs: (B, T, D); what stands at a masked step is replaced by 0, so that it
            cannot count, not even NaN.
        h: (B, H) before the first step; zeros if None.
        units: H.
        mask: (B, T), True where a step counts; all of them if None.
        go_backwards: put the last step first.
        dtype: of the result.
    """
    batch, steps, features = inputs.shape
    carried = None
    if mask is not None:
        inputs = np.where(mask[:, :, None], inputs, 0)
        carried = ~mask.T[::-1] if go_backwards else ~mask.T
    if go_backwards:
        inputs = inputs[:, ::-1]
    values = np.empty((steps + 1, features + units + 1, batch), dtype)
    values[:steps, :features] = inputs.transpose(1, 2, 0)
    values[steps, :features] = 0  # no step follows the last hidden state
    values[:, -1] = 1
    hidden = values[:, features:-1]
    hidden[0] = 0 if h is None else h.T
    return Columns(values, hidden, carried, go_backwards)


def _some_step_counted(carried: Mask) -> Mask:
    return np.logical_or.accumulate(~carried, axis=0)[:, None, :]  # (T, 1, B)


def read_outputs(columns: Columns) -> Array:
    """Return the outputs (B, T, H), read-only: h, but 0 before the first valid step."""
    outputs = columns.hidden[1:]
    if columns.carried is not None:
        outputs = np.where(_some_step_counted(columns.carried), outputs, 0)
    outputs = outputs.transpose(2, 0, 1)
    outputs.flags.writeable = False
    return outputs


def turn_output_gradient(d_outputs: Array, columns: Columns) -> Array:
    """Return d_outputs (B, T, H) as (T, H, B), 0 where the output was a constant."""
    turned = d_outputs.transpose(1, 2, 0)
    if columns.carried is not None:
        turned = np.where(_some_step_counted(columns.carried), turned, 0)
    return turned


def backward_through_columns(
    d_slabs: Array, columns: Columns, kernel: Array
) -> tuple[Array, Array, Array, Array]:
    """Return the gradients of inputs, kernel, recurrent kernel and bias.

    Args:
        d_slabs: (T, R, B) gradient of each step's product of weights and column.
        columns: the columns of the forward pass.
        kernel: (D, R), the part of the weights that meets the inputs.
    """
    features = len(kernel)
    d_weights = np.tensordot(columns.values[:-1], d_slabs, axes=((0, 2), (0, 2)))
    d_inputs = np.matmul(kernel, d_slabs)
    if columns.go_backwards:
        d_inputs = d_inputs[::-1]
    return (
        d_inputs.transpose(2, 0, 1),
        d_weights[:features],
        d_weights[features:-1],
        d_weights[-1],
    )
