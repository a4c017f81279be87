"""One plain loop each way: a recurrent layer over whole sequences, step by step.

    state_t, gates_t = step(x_t, state_{t-1}, params)              t = 1, 2, … T
    d_x_t, d_params, d_state_{t-1} = step_backward(d_state_t, …)   t = T, … 2, 1

All cells are run by these two. On the way back, dh after a step is what the next step
sends plus d_outputs there; dc gets nothing from above, for c is no output. After step T
``d_final_state`` stands for the next step, so a loss that reads the last h once puts
its gradient into one of the two. The gradients of the weights add up over the steps.

A masked step is passed by both ways: the state goes through unchanged, and so does its
gradient. Its output repeats the one before; until a step counts, the output is 0. The
passes in ``fused/`` compute the same, faster. Letters: B sequences, T steps, D
features, H units.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array, Mask
from lstm_course.arrays.trees import tree_map
from lstm_course.layers.checks import Forms, check_backward, check_forward, check_trace


class PlainTrace(NamedTuple):
    """Every value of a forward pass, steps in the order of processing."""

    params: Any
    inputs: Array  # (B, T, D), 0 where masked
    mask: Mask  # (B, T), False where a step is masked
    states: list[Any]  # T + 1 of them: before the first step, and after each
    gates: Any  # every gate, (B, T, H)
    go_backwards: bool

    @property
    def h(self) -> Array:
        """The hidden state after each step, (B, T, H)."""
        return np.stack([state.h for state in self.states], axis=1)[:, 1:]

    @property
    def c(self) -> Array:
        """The cell state after each step, (B, T, H), of a cell that has one."""
        return np.stack([state.c for state in self.states], axis=1)[:, 1:]


def run_steps(
    step: Callable[..., Any],
    forms: Forms,
    masked_gates: Any,
    inputs: Array,
    params: Any,
    start: Any,
    mask: Mask | None,
    go_backwards: bool,
) -> tuple[Array, Any, PlainTrace]:
    """Return outputs, final state and trace of a ``*_forward``.

    Args:
        step: the cell's.
        forms: the classes of its params and state.
        masked_gates: what a trace shows of each gate at a masked step; None: what the
            step made of it.
        inputs: (B, T, D).
        params: the weights.
        start: the initial state, or None for zeros.
        mask: (B, T), True where a step counts; or None: all count.
        go_backwards: whether the last step is processed first.
    """
    sizes = check_forward(forms, inputs, params, start, mask)
    batch, steps, units = sizes["B"], sizes["T"], sizes["H"]
    dtype = np.result_type(inputs, *params, *(start or ()))
    mask = np.ones((batch, steps), bool) if mask is None else mask
    x = np.where(mask[:, :, None], inputs, 0).astype(dtype)  # not even NaN counts
    if go_backwards:
        x, mask = x[:, ::-1], mask[:, ::-1]
    if start is None:
        start = forms.state(
            *(np.zeros((batch, units), dtype) for _ in forms.state._fields)
        )

    states = [tree_map(lambda array: array.astype(dtype), start)]
    gates = type(masked_gates)(
        *(np.zeros((batch, steps, units), dtype) for _ in masked_gates)
    )
    outputs = np.zeros((batch, steps + 1, units), dtype)  # 0 before the first step
    for t in range(steps):
        here = mask[:, t, None]
        new_state, gates_t = step(x[:, t], states[-1], params)
        states.append(_select(here, new_state, states[-1]))
        outputs[:, t + 1] = np.where(here, new_state.h, outputs[:, t])
        for gate, value, masked in zip(gates, gates_t, masked_gates, strict=True):
            gate[:, t] = value if masked is None else np.where(here, value, masked)
    outputs = outputs[:, 1:]
    outputs.flags.writeable = False
    final_state = tree_map(np.copy, states[-1])
    return (
        outputs,
        final_state,
        PlainTrace(params, x, mask, states, gates, go_backwards),
    )


def run_steps_backward(
    step_backward: Callable[..., Any],
    forms: Forms,
    d_outputs: Array | None,
    trace: PlainTrace,
    d_final_state: Any,
) -> tuple[Array, Any, Any]:
    """Return the gradients of inputs, params and initial state of a ``*_backward``."""
    check_trace(trace, PlainTrace)
    check_backward(forms, trace.h, d_outputs, d_final_state)
    params, x, mask, states, gates, go_backwards = trace
    if d_outputs is not None:  # the 0 before the first step that counts is a constant
        some_counted = np.logical_or.accumulate(mask, axis=1)
        d_outputs = np.where(some_counted[:, :, None], d_outputs, 0).astype(x.dtype)

    d_inputs = np.zeros_like(x)
    d_params = tree_map(lambda array: np.zeros(array.shape, x.dtype), params)
    d_state = zeros = tree_map(np.zeros_like, states[-1])
    if d_final_state is not None:
        d_state = tree_map(lambda array: array.astype(x.dtype), d_final_state)
    for t in reversed(range(x.shape[1])):
        if d_outputs is not None:
            d_state = d_state._replace(h=d_state.h + d_outputs[:, t])
        here = mask[:, t, None]
        d_new_state = _select(here, d_state, zeros)  # none through a masked step
        gates_t = type(gates)(*(gate[:, t] for gate in gates))
        # Here t counts from 0: states[t] is before the step, states[t + 1] after it.
        d_inputs[:, t], d_params_t, d_before = step_backward(
            d_new_state, x[:, t], states[t], params, states[t + 1], gates_t
        )
        d_params = tree_map(np.add, d_params, d_params_t)
        d_state = _select(here, d_before, d_state)  # but past it, unchanged
    if go_backwards:
        d_inputs = d_inputs[:, ::-1]
    return d_inputs, d_params, d_state


def _select(where: Mask, new: Any, old: Any) -> Any:
    """Return the new state where a step counts, else the old one."""
    return type(new)(*(np.where(where, *pair) for pair in zip(new, old, strict=True)))
