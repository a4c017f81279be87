"""What a training step costs with each cell, in CPU time, on either engine.

The three cells take turns on the same batch, a few steps each, so that whatever else
the machine is doing disturbs all of them alike. A ratio is the median over the rounds.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.experiments.checks import AtLeast
from lstm_course.experiments.experiment import Experiment
from lstm_course.system.keras_import import import_keras
from lstm_course.training.regression import regression_init, train_regression

CELLS = ("rnn", "gru", "lstm")

RECIPE = {
    "length": 100,
    "input_dim": 16,
    "batch_size": 64,
    "rounds": 15,
    "steps": 5,  # of a cell before it is the next one's turn
}


def numpy_steps(
    cell: str, units: int, seed: int, inputs: Array, targets: Array
) -> Iterator[Any]:
    """Return an iterator that takes a training step whenever it is asked."""
    rng = np.random.default_rng(seed)
    params = regression_init(rng, cell, inputs.shape[2], units)
    return train_regression(params, lambda: (inputs, targets), steps=10**6)


def _keras_steps(
    cell: str, units: int, seed: int, inputs: Array, targets: Array
) -> Iterator[Any]:
    keras = import_keras()
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    kind = {"rnn": layers.SimpleRNN, "gru": layers.GRU, "lstm": layers.LSTM}[cell]
    model = keras.Sequential(
        [keras.Input(inputs.shape[1:]), kind(units), layers.Dense(1)]
    )
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse")
    while True:
        yield model.train_on_batch(inputs, targets)


ENGINES: dict[str, Callable[..., Iterator[Any]]] = {
    "numpy": numpy_steps,
    "keras": _keras_steps,
}


def run(recipe: dict[str, Any], case: str, seed: int) -> dict[str, Any]:
    """Return milliseconds a step and their ratios; case: "numpy 8", engine and H."""
    engine, units = case.split()
    rng = np.random.default_rng(seed)
    shape = recipe["batch_size"], recipe["length"], recipe["input_dim"]
    inputs = rng.normal(size=shape).astype(np.float32)
    targets = rng.normal(size=(len(inputs), 1)).astype(np.float32)
    steps = {
        cell: ENGINES[engine](cell, int(units), seed, inputs, targets) for cell in CELLS
    }
    for training in steps.values():
        next(training)  # the first step sets things up
    rounds: dict[str, list[float]] = {cell: [] for cell in CELLS}
    for _ in range(recipe["rounds"]):
        for cell, training in steps.items():
            started = time.process_time()
            for _ in range(recipe["steps"]):
                next(training)
            rounds[cell].append(time.process_time() - started)
    seconds = {
        cell: np.array(times) / recipe["steps"] for cell, times in rounds.items()
    }
    rnn, gru, lstm = seconds.values()
    return {
        "milliseconds": {cell: 1e3 * np.median(each) for cell, each in seconds.items()},
        "lstm_to_rnn": np.median(lstm / rnn),
        "gru_to_rnn": np.median(gru / rnn),
        "gru_to_lstm": np.median(gru / lstm),
        "rnn_is_cheapest": int(np.median(rnn) < np.median(np.minimum(gru, lstm))),
    }


EXPERIMENT = Experiment(
    name="cell_cost",
    question="What does a training step cost with each of the three cells?",
    recipe=RECIPE,
    cases=("numpy 8", "numpy 64", "keras 8"),
    seeds=(1, 2, 3, 4, 5),
    run=run,
    watched="lstm_to_rnn",
    checks=(  # by arithmetic it is 4 and 3; the calls that each makes draw it to 1
        AtLeast(
            runs=(("numpy 8", 1), ("numpy 64", 1)),
            least={"lstm_to_rnn": 1.3, "gru_to_rnn": 1.3},
            shortened={"rounds": 7},
        ),
    ),
)
