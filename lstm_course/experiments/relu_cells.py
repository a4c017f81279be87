"""An RNN and an LSTM with relu in the place of tanh, and training by any cell.

Relu is max(0, z); its slope is 1 where z is above 0, and 0 elsewhere. The gates keep
their sigmoid. Weights, states and gates are those of the layers with tanh.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.shapes import Array
from lstm_course.layers import cells, lstm, rnn
from lstm_course.layers.cells import Cell, state_of
from lstm_course.layers.dense import dense_backward, dense_forward
from lstm_course.layers.lstm import LSTMGates, LSTMParams, LSTMState
from lstm_course.layers.rnn import RNNGates, RNNParams, RNNState
from lstm_course.layers.unroll import run_steps, run_steps_backward
from lstm_course.system.process import tune_process
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.optimizers import (
    adam_update,
    clip_by_global_norm,
    global_norm,
    optimizer_init,
)
from lstm_course.training.regression import RegressionParams, Step


def relu_rnn_step(
    x_t: Array, state: RNNState, params: RNNParams
) -> tuple[RNNState, RNNGates]:
    """Take a step as ``rnn_step`` does, with relu."""
    z = x_t @ params.kernel + state.h @ params.recurrent_kernel + params.bias
    return RNNState(np.maximum(z, 0)), RNNGates()


def relu_rnn_step_backward(
    d_new_state: RNNState,
    x_t: Array,
    state: RNNState,
    params: RNNParams,
    new_state: RNNState,
    gates: RNNGates,
) -> tuple[Array, RNNParams, RNNState]:
    """Go one step back; the arguments are those of ``rnn_step_backward``."""
    d_z = d_new_state.h * (new_state.h > 0)
    d_params = RNNParams(x_t.T @ d_z, state.h.T @ d_z, d_z.sum(axis=0))
    return d_z @ params.kernel.T, d_params, RNNState(d_z @ params.recurrent_kernel.T)


def relu_lstm_step(
    x_t: Array, state: LSTMState, params: LSTMParams
) -> tuple[LSTMState, LSTMGates]:
    """Take a step as ``lstm_step`` does, with relu for its two tanh."""
    z = x_t @ params.kernel + state.h @ params.recurrent_kernel + params.bias
    i, f, _, o = np.split(sigmoid(z), 4, axis=-1)
    g = np.maximum(np.split(z, 4, axis=-1)[2], 0)
    c = f * state.c + i * g
    return LSTMState(o * np.maximum(c, 0), c), LSTMGates(i, f, g, o)


def relu_lstm_step_backward(
    d_new_state: LSTMState,
    x_t: Array,
    state: LSTMState,
    params: LSTMParams,
    new_state: LSTMState,
    gates: LSTMGates,
) -> tuple[Array, LSTMParams, LSTMState]:
    """Go one step back; the arguments are those of ``lstm_step_backward``."""
    d_h, d_c_next = d_new_state
    i, f, g, o = gates
    d_c = d_c_next + d_h * o * (new_state.c > 0)
    d_z_i = d_c * g * i * (1 - i)
    d_z_f = d_c * state.c * f * (1 - f)
    d_z_g = d_c * i * (g > 0)
    d_z_o = d_h * np.maximum(new_state.c, 0) * o * (1 - o)
    d_z = np.concatenate([d_z_i, d_z_f, d_z_g, d_z_o], axis=-1)
    d_params = LSTMParams(x_t.T @ d_z, state.h.T @ d_z, d_z.sum(axis=0))
    d_before = LSTMState(d_z @ params.recurrent_kernel.T, d_c * f)
    return d_z @ params.kernel.T, d_params, d_before


def _relu_cell(layer: Any, name: str, step: Any, step_backward: Any) -> Cell:
    """Return a cell that runs these two in the plain loops, without masks."""
    forms = layer.FORMS
    gates = forms.gates(*(None for _ in forms.gates._fields))

    def forward(inputs: Array, params: Any) -> Any:
        return run_steps(step, forms, gates, inputs, params, None, None, False)

    def backward(d_outputs: Array | None, trace: Any, *, d_final_state: Any) -> Any:
        return run_steps_backward(step_backward, forms, d_outputs, trace, d_final_state)

    init = cells.CELLS[name].init
    return Cell(init, forward, backward, forms.params, forms.state)


RELU_RNN = _relu_cell(rnn, "rnn", relu_rnn_step, relu_rnn_step_backward)
RELU_LSTM = _relu_cell(lstm, "lstm", relu_lstm_step, relu_lstm_step_backward)


def predict(cell: Cell, params: RegressionParams, inputs: Array) -> Array:
    """Return the predictions (B, K) for inputs (B, T, D)."""
    _, state, _ = cell.forward(inputs, params.recurrent)
    return dense_forward(state.h, params.head)[0]


def loss_and_gradients(
    cell: Cell, params: RegressionParams, inputs: Array, targets: Array
) -> tuple[float, RegressionParams]:
    """Return the mean squared error on a batch, and its gradients by all weights."""
    _, state, trace = cell.forward(inputs, params.recurrent)
    predictions, head_trace = dense_forward(state.h, params.head)
    loss, d_predictions = mean_squared_error(predictions, targets)
    d_h, d_head = dense_backward(d_predictions, head_trace)
    d_final = state_of(d_h, cell)
    _, d_recurrent, _ = cell.backward(None, trace, d_final_state=d_final)
    return loss, RegressionParams(d_recurrent, d_head)


def train(
    cell: Cell,
    params: RegressionParams,
    draw_batch: Callable[[], tuple[Array, Array]],
    *,
    steps: int,
    learning_rate: float,
    clip_norm: float | None,
) -> Iterator[Step]:
    """Train with Adam as ``train_regression`` does, by the cell that is given."""
    tune_process()
    state = optimizer_init(params)
    for _ in range(steps):
        loss, grads = loss_and_gradients(cell, params, *draw_batch())
        norm = global_norm(grads)
        if clip_norm is not None:
            grads = clip_by_global_norm(grads, clip_norm)
        params, state = adam_update(params, grads, state, learning_rate=learning_rate)
        yield Step(params, loss, norm)
