"""The cells with relu against Keras' layers, and their way back against differences."""

import numpy as np
import pytest

from lstm_course.arrays.gradcheck import central_difference_gradient, worst_entry
from lstm_course.experiments.relu_cells import (
    RELU_LSTM,
    RELU_RNN,
    loss_and_gradients,
    predict,
    train,
)
from lstm_course.layers.cells import CELLS
from lstm_course.system.keras_import import import_keras
from lstm_course.training.regression import regression_init, train_regression
from lstm_course.twin.weights import params_to_keras

RELU_CELLS = {"rnn": RELU_RNN, "lstm": RELU_LSTM}


@pytest.fixture(params=["rnn", "lstm"])
def example(request):
    """Return a cell with relu, its name, random weights, inputs and targets."""
    rng = np.random.default_rng(3)
    params = regression_init(rng, request.param, 3, 5, 2, dtype=np.float64)
    layer = params.recurrent
    bias = layer.bias + rng.normal(size=layer.bias.shape)
    params = params._replace(recurrent=layer._replace(bias=bias))
    inputs, targets = rng.normal(size=(4, 7, 3)), rng.normal(size=(4, 2))
    return RELU_CELLS[request.param], request.param, params, inputs, targets


def test_they_predict_as_keras_does(example):
    keras = import_keras()
    cell, name, params, inputs, _ = example
    kind = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM}[name]
    model = keras.Sequential(
        [
            keras.Input((7, 3), dtype="float64"),
            kind(5, activation="relu", dtype="float64"),
            keras.layers.Dense(2, dtype="float64"),
        ]
    )
    params_to_keras(params, model)
    ours = predict(cell, params, inputs)
    np.testing.assert_allclose(ours, model(inputs).numpy(), rtol=1e-12, atol=1e-12)


def test_their_gradients_are_those_of_differences(example):
    cell, _, params, inputs, targets = example

    def loss(moved):
        return loss_and_gradients(cell, moved, inputs, targets)[0]

    _, gradients = loss_and_gradients(cell, params, inputs, targets)
    differences = central_difference_gradient(loss, params)
    assert worst_entry(gradients, differences).error < 1e-6


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_other_cells_are_trained_as_train_regression_does(name):
    inputs, targets = np.random.default_rng(4).normal(size=(2, 8, 6, 1))
    params = regression_init(np.random.default_rng(5), name, 1, 3)
    batch = inputs.astype(np.float32), targets[:, 0].astype(np.float32)
    how = {"steps": 5, "learning_rate": 0.1, "clip_norm": 0.5}
    ours = [step.loss for step in train(CELLS[name], params, lambda: batch, **how)]
    theirs = [step.loss for step in train_regression(params, lambda: batch, **how)]
    assert ours == theirs
    assert ours[-1] < ours[0]
