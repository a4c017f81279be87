"""A recurrent layer and a dense one: from a sequence to a number, or to several.

inputs (B, T, D) → rnn | lstm | gru → last h (B, H) → dense → predictions (B, K)
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_course.arrays.shapes import Array
from lstm_course.layers.cells import cell_of, find_cell, state_of
from lstm_course.layers.dense import (
    DenseParams,
    DenseTrace,
    dense_backward,
    dense_forward,
    dense_init,
)
from lstm_course.system.process import tune_process
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.optimizers import (
    OPTIMIZERS,
    clip_by_global_norm,
    global_norm,
    optimizer_init,
)


class RegressionParams(NamedTuple):
    """All the weights."""

    recurrent: Any  # RNNParams, LSTMParams or GRUParams
    head: DenseParams


class RegressionTrace(NamedTuple):
    """What backward needs: the traces of the two layers."""

    recurrent: Any
    head: DenseTrace


class Step(NamedTuple):
    """One step of training."""

    params: RegressionParams  # after the step
    loss: float  # on the batch of this step, before it
    gradient_norm: float  # of all gradients together, before clipping


def regression_init(
    rng: np.random.Generator,
    cell: str,
    input_dim: int,
    units: int,
    outputs: int = 1,
    *,
    dtype: DTypeLike = np.float32,
) -> RegressionParams:
    """Return weights drawn as Keras draws them, for D, H = units and K = outputs.

    Raises:
        ValueError: ``cell`` is none of "rnn", "lstm", "gru".
    """
    return RegressionParams(
        find_cell(cell).init(rng, input_dim, units, dtype=dtype),
        dense_init(rng, units, outputs, dtype=dtype),
    )


def regression_forward(
    inputs: Array, params: RegressionParams
) -> tuple[Array, RegressionTrace]:
    """Return the predictions (B, K) for inputs (B, T, D), and the trace."""
    _, state, trace = cell_of(params.recurrent).forward(inputs, params.recurrent)
    predictions, head_trace = dense_forward(state.h, params.head)
    return predictions, RegressionTrace(trace, head_trace)


def regression_backward(
    d_predictions: Array, trace: RegressionTrace
) -> RegressionParams:
    """Return the gradients of all weights, given those of the predictions (B, K)."""
    cell = cell_of(trace.recurrent.params)
    d_h, d_head = dense_backward(d_predictions, trace.head)
    _, d_recurrent, _ = cell.backward(
        None, trace.recurrent, d_final_state=state_of(d_h, cell)
    )
    return RegressionParams(d_recurrent, d_head)


def train_regression(
    params: RegressionParams,
    draw_batch: Callable[[], tuple[Array, Array]],
    *,
    steps: int,
    optimizer: str = "adam",
    learning_rate: float = 1e-2,
    clip_norm: float | None = None,
) -> Iterator[Step]:
    """Train on fresh batches, handing out each step: stop listening, and it stops.

    Args:
        params: the weights to start from.
        draw_batch: returns the next inputs (B, T, D) and targets (B, K).
        steps: how many steps at most.
        optimizer: "rmsprop" or "adam".
        learning_rate: the optimizer's.
        clip_norm: how long the gradient may be, all weights together; None: any length.
    """
    tune_process()
    state = optimizer_init(params)
    for _ in range(steps):
        inputs, targets = draw_batch()
        predictions, trace = regression_forward(inputs, params)
        loss, d_predictions = mean_squared_error(predictions, targets)
        grads = regression_backward(d_predictions, trace)
        norm = global_norm(grads)
        if clip_norm is not None:
            grads = clip_by_global_norm(grads, clip_norm)
        params, state = OPTIMIZERS[optimizer](
            params, grads, state, learning_rate=learning_rate
        )
        yield Step(params, loss, norm)
