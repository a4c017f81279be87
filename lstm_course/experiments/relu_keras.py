"""The same LSTMs with relu and with tanh as in ``relu``, trained by Keras.

Series, windows, starting weights and batches are those of the NumPy experiment, so
that the two engines take the same training steps up to rounding.
"""

import time
from dataclasses import replace
from typing import Any

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.experiments import relu
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment, Learned
from lstm_course.system.keras_import import import_keras
from lstm_course.training.forecasting import rms_error
from lstm_course.training.regression import regression_init
from lstm_course.twin.weights import params_to_keras


def run(recipe: dict[str, Any], case: str, seed: int) -> Learned:
    """Train for the given steps; case: "relu 100 clipped"."""
    keras = import_keras()
    activation, length, clipping = case.split()
    parts = relu.cut(recipe, int(length), seed)
    model = keras.Sequential(
        [
            keras.Input((int(length), 1)),
            keras.layers.LSTM(recipe["units"], activation=activation),
            keras.layers.Dense(1),
        ]
    )
    optimizer = keras.optimizers.Adam(
        recipe["learning_rate"], global_clipnorm=relu.limit(recipe, clipping)
    )
    model.compile(loss="mse", optimizer=optimizer)
    rng = np.random.default_rng(seed)
    params_to_keras(regression_init(rng, "lstm", 1, recipe["units"]), model)
    inputs, targets = parts.learned
    rows = relu.draw_rows(recipe, seed, len(targets))
    started, losses = time.process_time(), []
    for some in rows.reshape(-1, recipe["look_every"] * recipe["batch_size"]):
        history = model.fit(
            inputs[some],
            targets[some],
            batch_size=recipe["batch_size"],
            shuffle=False,
            verbose=0,
        )
        losses.append(history.history["loss"][0])
    cpu_seconds = time.process_time() - started

    def error(part: tuple[Array, Array]) -> float:
        return rms_error(model(part[0]), part[1])

    return Learned(
        {
            "validation_error": error(parts.validated),
            "losses": losses,
            "cpu_seconds": cpu_seconds,
        },
        lambda: relu.judged(error(parts.test)),
    )


EXPERIMENT = Experiment(
    name="relu_keras",
    question="Does Keras' LSTM learn with relu where it learns with tanh?",
    recipe=relu.RECIPE,
    cases=relu.CASES,
    seeds=(1, 2, 3, 4, 5),
    run=run,
    watched="test_error",
    tuning=replace(
        relu.TUNING, grid=(0.0001, 0.0003, *relu.TUNING.grid), seeds=(101, 102)
    ),
    checks=(
        Again(
            runs=(("tanh 24 clipped", 1), ("relu 24 unclipped", 1)),
            within={"losses": 1e-3},
            shortened={"steps": 20},
        ),
    ),
)
