"""The adding problem at four lengths: nothing but the distance grows.

All take the same number of steps, enough for the LSTM at each of the lengths.
"""

from typing import Any

import numpy as np

from lstm_course.data.tasks import adding_batch
from lstm_course.experiments.checks import Again, Drawn
from lstm_course.experiments.experiment import Experiment
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.regression import (
    regression_forward,
    regression_init,
    train_regression,
)

RECIPE: dict[str, Any] = {
    "lengths": [10, 25, 50, 100],
    "units": 16,
    "batch_size": 64,
    "clip_norm": 1.0,
    "learning_rate": {"rnn": 1e-2, "rnn, slower": 3e-3, "lstm": 1e-2},
    "steps": 1500,
    "test_sequences": 500,
}


def run(recipe: dict[str, Any], case: str, seed: int) -> dict[str, Any]:
    """Train for the given number of steps; return the error on unseen sequences."""
    name, length = case.rsplit(" ", 1)
    cell = name.split(",")[0]
    rng = np.random.default_rng(seed)
    *_, last = train_regression(
        regression_init(rng, cell, input_dim=2, units=recipe["units"]),
        lambda: adding_batch(rng, recipe["batch_size"], int(length)),
        steps=recipe["steps"],
        learning_rate=recipe["learning_rate"][name],
        clip_norm=recipe["clip_norm"],
    )
    test = np.random.default_rng(0)
    inputs, targets = adding_batch(test, recipe["test_sequences"], int(length))
    predictions, _ = regression_forward(inputs, last.params)
    return {"error": mean_squared_error(predictions, targets)[0]}


EXPERIMENT = Experiment(
    name="distance",
    question="How far apart may the two numbers be, for an RNN and for an LSTM?",
    recipe=RECIPE,
    cases=tuple(
        f"{name} {length}"
        for length in RECIPE["lengths"]
        for name in RECIPE["learning_rate"]
    ),
    seeds=(1, 2, 3, 4, 5),
    run=run,
    watched="error",
    checks=(
        Again(runs=(("lstm 10", 1), ("lstm 10", 3)), within={"error": 1e-2}),
        Drawn(case="rnn, slower 10", seeds=(6, 7, 8, 9), key="error"),
    ),
)
