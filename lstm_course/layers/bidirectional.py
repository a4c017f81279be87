"""A recurrent layer that reads both ways: one cell forwards, another one backwards.

    y_t = [h→_t ; h←_t]              the outputs of both at a step, side by side

Each direction is a whole RNN, LSTM or GRU with weights of its own; the second takes the
last step first, and its outputs are turned back before they are joined. So an output
depends on the whole sequence, future included: fit for labelling and classifying, not
for forecasting. At a masked step the outputs are 0, as in Keras, since the last outputs
of the two belong to different steps. Letters: B sequences, T steps, H units of each
direction.

Source: Schuster and Paliwal (1997).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator

from lstm_course.arrays.shapes import Array, Mask, check_shapes
from lstm_course.layers.cells import cell_of, find_cell


class BothWays(NamedTuple):
    """What each direction has of its own: params, or states, or traces of one cell.

    The leaves of two params are ``get_weights()`` of Keras' Bidirectional, in order.
    """

    forward: Any
    backward: Any


def _pair(name: str, value: BothWays | None) -> BothWays:
    if not isinstance(value, BothWays):
        raise TypeError(f"{name} is a {type(value).__name__}; expected BothWays")
    return value


@contextmanager
def _naming(direction: str) -> Iterator[None]:
    """Name the direction in errors: params.kernel becomes params.forward.kernel."""
    try:
        yield
    except (TypeError, ValueError) as error:
        pairs = r"\b(params|initial_state|trace|d_final_state)\b"
        words = re.sub(pairs, rf"\1.{direction}", str(error))
        raise type(error)(words) from None


def _zero_where_masked(outputs: Array, trace: BothWays) -> Array:
    mask = trace.forward.mask
    return outputs if mask is None else np.where(mask[:, :, None], outputs, 0)


def bidirectional_init(
    rng: Generator, input_dim: int, units: int, *, cell: str = "lstm", **options: Any
) -> BothWays:
    """Return the weights of both directions; options are those of the cell's init."""
    init = partial(find_cell(cell).init, rng, input_dim, units, **options)
    return BothWays(init(), init())


def bidirectional_forward(
    inputs: Array,
    params: BothWays,
    *,
    initial_state: BothWays | None = None,
    mask: Mask | None = None,
    go_backwards: bool = False,
) -> tuple[Array, BothWays, BothWays]:
    """Run both directions over whole sequences.

    As ``lstm_forward``, but for params, states and traces in pairs, and for outputs of
    (B, T, 2H), which are 0 at masked steps.
    """
    run = partial(cell_of(*_pair("params", params)).forward, inputs, mask=mask)
    start = BothWays(None, None)
    if initial_state is not None:
        start = _pair("initial_state", initial_state)
    with _naming("forward"):
        there, *first = run(
            params.forward, initial_state=start.forward, go_backwards=go_backwards
        )
    with _naming("backward"):
        back, *second = run(
            params.backward, initial_state=start.backward, go_backwards=not go_backwards
        )
    names = "the output of params.forward", "the output of params.backward"
    check_shapes(**{names[0]: (there, "B T H"), names[1]: (back, "B T H")})
    state, trace = map(BothWays, first, second)
    outputs = np.concatenate([there, back[:, ::-1]], axis=-1)
    return _zero_where_masked(outputs, trace), state, trace


def bidirectional_backward(
    d_outputs: Array | None, trace: BothWays, *, d_final_state: BothWays | None = None
) -> tuple[Array, BothWays, BothWays]:
    """Carry the gradient of a loss back through both directions.

    As ``lstm_backward``, but for states and params in pairs, d_outputs of (B, T, 2H).
    """
    _pair("trace", trace)
    run = cell_of(trace.forward.params, trace.backward.params).backward
    final, d_there, d_back = BothWays(None, None), None, None
    if d_final_state is not None:
        final = _pair("d_final_state", d_final_state)
    if d_outputs is not None:
        check_shapes(trace=(trace.forward.h, "B T H"), d_outputs=(d_outputs, "B T 2H"))
        d_there, d_back = np.split(_zero_where_masked(d_outputs, trace), 2, axis=-1)
        d_back = d_back[:, ::-1]
    with _naming("forward"):
        d_inputs, *first = run(d_there, trace.forward, d_final_state=final.forward)
    with _naming("backward"):
        d_more, *second = run(d_back, trace.backward, d_final_state=final.backward)
    d_params, d_initial_state = map(BothWays, first, second)
    return d_inputs + d_more, d_params, d_initial_state
