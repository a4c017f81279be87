"""What the recurrences share: a sequence as columns, one block of columns a step.

Arrays of shape (B, T, D) are turned round to (T, rows, B), so that what belongs to
one step lies together in memory. The rows are the input x, the hidden state before
the step, and a 1: then ``[kernel; recurrent_kernel; bias]`` is one matrix, a step is
one product, and the gradients of all three are one product over all steps.
"""

from typing import Any, NamedTuple

import numpy as np

from lstm_course.arrays.memory import keep_freed_memory
from lstm_course.arrays.shapes import Array, Mask, check_shapes, field_specs

keep_freed_memory()


class Columns(NamedTuple):
    """The columns of a sequence in the order of processing, hidden states included."""

    values: Array  # (T + 1, D + H + 1, B): x, h before the step, 1
    hidden: Array  # (T + 1, H, B), a view: h before each step, and after the last
    carried: Mask | None  # (T, B): True where a masked step carries the state on
    go_backwards: bool

    @property
    def h(self) -> Array:
        """The hidden state after each step, (B, T, H)."""
        return self.hidden[1:].transpose(2, 0, 1)


class Forms(NamedTuple):
    """The specs of a cell's arrays, in named tuples of its own kinds."""

    params: Any  # such as RNNParams("D H", "H H", "H")
    state: Any  # such as RNNState("B H")


def check_step(forms: Forms, x_t: Array, state: Any, params: Any) -> None:
    """Check the arguments of a ``*_step``.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    check_shapes(
        **field_specs("params", params, forms.params),
        x_t=(x_t, "B D"),
        **field_specs("state", state, forms.state),
    )


def fill_columns(
    forms: Forms,
    inputs: Array,
    params: Any,
    initial_state: Any,
    mask: Mask | None,
    go_backwards: bool,
) -> Columns:
    """Check the arguments of a ``*_forward``; return columns to write h into.

    What stands at a masked step is replaced by 0, so that it cannot count, not even
    NaN. The columns are of the kind of number that all arguments together call for.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    sizes = check_shapes(
        **field_specs("params", params, forms.params),
        inputs=(inputs, "B T D"),
        **field_specs("initial_state", initial_state, forms.state, optional=True),
        **({} if mask is None else {"mask": (mask, "bool B T")}),
    )
    batch, steps, features, units = (sizes[letter] for letter in "BTDH")
    carried = None
    if mask is not None:
        inputs = np.where(mask[:, :, None], inputs, 0)
        carried = ~mask.T[::-1] if go_backwards else ~mask.T
    if go_backwards:
        inputs = inputs[:, ::-1]
    dtype = np.result_type(inputs, *params, *(initial_state or ()))
    values = np.empty((steps + 1, features + units + 1, batch), dtype)
    values[:steps, :features] = inputs.transpose(1, 2, 0)
    values[steps, :features] = 0  # no step follows the last hidden state
    values[:, -1] = 1
    hidden = values[:, features:-1]
    hidden[0] = 0 if initial_state is None else initial_state.h.T
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


def turn_gradients(
    forms: Forms, columns: Columns, d_outputs: Array | None, d_final_state: Any
) -> tuple[Array | None, list[Array]]:
    """Check the arguments of a ``*_backward``; return them turned round.

    Returns:
        The gradient of h after each step, (T, H, B), or None, and that of each
        field of the final state, (H, B).

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    check_shapes(
        trace=(columns.h, "B T H"),
        **({} if d_outputs is None else {"d_outputs": (d_outputs, "B T H")}),
        **field_specs("d_final_state", d_final_state, forms.state, optional=True),
    )
    final = columns.hidden[-1]
    if d_final_state is None:
        d_states = [np.zeros_like(final, order="C") for _ in forms.state]
    else:
        d_states = [d.T.astype(final.dtype, order="C") for d in d_final_state]
    if d_outputs is None:
        return None, d_states
    d_h = d_outputs.transpose(1, 2, 0)
    if columns.carried is not None:  # a constant 0 was put out before the first step
        d_h = np.where(_some_step_counted(columns.carried), d_h, 0)
    return d_h, d_states


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
