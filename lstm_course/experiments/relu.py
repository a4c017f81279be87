"""An LSTM with relu for tanh, learning to forecast from short and from long windows.

The task, the weights to start from and the batches are the same for both; each gets
the better of two learning rates.
"""

import time
from typing import Any

import numpy as np

from lstm_course.data.series import cut_windows, mackey_glass
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment
from lstm_course.system.keras_import import import_keras
from lstm_course.training.forecasting import rms_error

RECIPE: dict[str, Any] = {
    "series": "mackey_glass",
    "values": 2000,
    "learned": 1500,
    "units": 16,
    "batch_size": 64,
    "epochs": 8,
    "learning_rates": [0.001, 0.01],
}


def run(recipe: dict[str, Any], case: str, seed: int) -> dict[str, Any]:
    """Train at each rate; return the errors (1: no better than the mean), the cost."""
    keras = import_keras()
    activation, length = case.split("_")
    learned = recipe["learned"]
    series = mackey_glass(np.random.default_rng(seed), recipe["values"])
    scaled = (series - series[:learned].mean()) / series[:learned].std()
    scaled = scaled.astype(np.float32)
    known = cut_windows(scaled[:learned], int(length))
    inputs, targets = cut_windows(scaled[learned:], int(length))

    errors, first_losses, cpu_seconds = [], [], 0.0
    for rate in recipe["learning_rates"]:
        keras.utils.set_random_seed(seed)
        model = keras.Sequential(
            [
                keras.Input((int(length), 1)),
                keras.layers.LSTM(recipe["units"], activation=activation),
                keras.layers.Dense(1),
            ]
        )
        model.compile(loss="mse", optimizer=keras.optimizers.Adam(rate))
        sizes = {"batch_size": recipe["batch_size"], "epochs": recipe["epochs"]}
        started = time.process_time()
        history = model.fit(*known, **sizes, verbose=0)
        cpu_seconds += time.process_time() - started
        errors.append(rms_error(model(inputs), targets))
        first_losses.append(history.history["loss"][0])
    return {
        "error": np.nanmin(errors),  # nan: it diverged at that rate
        "errors": errors,
        "first_losses": first_losses,
        "cpu_seconds": cpu_seconds,
    }


EXPERIMENT = Experiment(
    name="relu",
    question="Does an LSTM learn with relu where it learns with tanh?",
    recipe=RECIPE,
    cases=("tanh_24", "relu_24", "tanh_100", "relu_100"),
    seeds=tuple(range(1, 6)),
    run=run,
    watched="error",
    checks=(
        Again(
            runs=(("tanh_24", 1), ("relu_100", 5)),
            within={"first_losses": 1e-3},
            shortened={"epochs": 1},
        ),
    ),
)
