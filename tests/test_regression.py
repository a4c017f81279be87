"""From a sequence to numbers: exact gradients, Keras' predictions, a task learned."""

import itertools

import numpy as np
import pytest
from fixtures import assert_close, assert_equal, dtypes_of

from lstm_course.arrays.gradcheck import central_difference_gradient
from lstm_course.arrays.trees import tree_leaves, tree_map
from lstm_course.data.tasks import adding_batch
from lstm_course.system.keras_import import import_keras
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.optimizers import adam_update, optimizer_init
from lstm_course.training.regression import (
    regression_backward,
    regression_forward,
    regression_init,
    train_regression,
)

B, T, D, H, K = 3, 6, 4, 5, 2
LAYERS = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
cells = pytest.mark.parametrize("cell", LAYERS)


@pytest.fixture
def data():
    rng = np.random.default_rng(1)
    return rng.normal(size=(B, T, D)), rng.normal(size=(B, K))


def strong_params(cell):
    rng = np.random.default_rng(2)
    form = regression_init(rng, cell, D, H, K, dtype=np.float64)
    return tree_map(lambda array: 0.7 * rng.normal(size=array.shape), form)


@cells
def test_gradients_are_central_differences(cell, data):
    inputs, targets = data
    params = strong_params(cell)

    def loss(params):
        predictions, _ = regression_forward(inputs, params)
        return mean_squared_error(predictions, targets)[0]

    predictions, trace = regression_forward(inputs, params)
    assert predictions.shape == (B, K)
    _, d_predictions = mean_squared_error(predictions, targets)
    got = regression_backward(d_predictions, trace)
    assert_close(got, central_difference_gradient(loss, params), 1e-8)


@cells
def test_predictions_are_kerass(cell, data):
    keras = import_keras()
    params = strong_params(cell)
    model = keras.Sequential(
        [
            keras.Input((T, D), dtype="float64"),
            getattr(keras.layers, LAYERS[cell])(H, dtype="float64"),
            keras.layers.Dense(K, dtype="float64"),
        ]
    )
    model.set_weights([array for _, array in tree_leaves(params)])
    predictions, _ = regression_forward(data[0], params)
    assert predictions == pytest.approx(model(data[0]).numpy(), rel=1e-12)


@pytest.mark.parametrize("clip_norm", [None, 0.01])
def test_a_step_of_training_is_adams_on_the_clipped_gradient(clip_norm, data):
    params = strong_params("lstm")
    batches = itertools.count()

    def draw_batch():
        next(batches)
        return data

    first, second = train_regression(
        params,
        draw_batch,
        steps=2,
        learning_rate=0.03,
        clip_norm=clip_norm,
    )
    assert next(batches) == 2

    predictions, trace = regression_forward(data[0], params)
    loss, d_predictions = mean_squared_error(predictions, data[1])
    grads = regression_backward(d_predictions, trace)
    norm = np.linalg.norm(np.concatenate([g.ravel() for _, g in tree_leaves(grads)]))
    assert norm > 0.01
    assert (first.loss, first.gradient_norm) == pytest.approx((loss, norm), rel=1e-12)
    if clip_norm:
        grads = tree_map(lambda g: g * (clip_norm / norm), grads)
    expected, _ = adam_update(params, grads, optimizer_init(params), learning_rate=0.03)
    assert_close(first.params, expected, 1e-12)
    assert second.loss < first.loss


def test_training_stops_when_nobody_listens_and_changes_nothing(data):
    params = strong_params("gru")
    before = tree_map(np.copy, params)
    drawn = []

    def draw_batch():
        drawn.append(1)
        return data

    for step in train_regression(params, draw_batch, steps=1000):  # noqa: B007
        if len(drawn) == 3:
            break
    assert len(drawn) == 3
    assert_equal(params, before)
    assert type(step.params) is type(params)


@cells
def test_adding_two_numbers_over_ten_steps_is_learned(cell):
    rng = np.random.default_rng(1)
    params = regression_init(rng, cell, 2, 8)
    *_, last = train_regression(
        params, lambda: adding_batch(rng, 32, 10), steps=400, clip_norm=1
    )
    assert dtypes_of(last.params) == {np.dtype(np.float32)}
    inputs, targets = adding_batch(np.random.default_rng(99), 300, 10)
    predictions, _ = regression_forward(inputs, last.params)
    loss, _ = mean_squared_error(predictions, targets)
    assert loss < 0.06  # guessing the mean gives 0.17


def test_an_unknown_cell_is_refused():
    with pytest.raises(ValueError, match=r"^cell is 'lstn'; expected one of \['rnn'"):
        regression_init(np.random.default_rng(0), "lstn", 2, 3)
