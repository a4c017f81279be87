"""How much the learning rate matters to each cell, on the adding problem over 25 steps.

25 steps are few enough for the plain RNN to do better than guessing, which over 50 it
hardly does. The rates go from too small to too large for the cells with gates. Whoever
needs less luck with the rate is easier to tune.
"""

from typing import Any

import numpy as np

from lstm_course.data.tasks import adding_batch
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.regression import (
    regression_forward,
    regression_init,
    train_regression,
)

CELLS = ("rnn", "lstm", "gru")
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)

RECIPE: dict[str, Any] = {
    "length": 25,
    "units": 16,
    "batch_size": 64,
    "clip_norm": 1.0,
    "most_steps": 800,
    "look_every": 25,
    "test_sequences": 500,
    "solved_below": 0.01,  # guessing the mean gives 1/6
}


def run(recipe: dict[str, Any], case: str, seed: int) -> dict[str, Any]:
    """Train until it is solved or the steps are over; case: "gru 0.01"."""
    cell, rate = case.split()
    rng = np.random.default_rng(seed)
    params = regression_init(rng, cell, input_dim=2, units=recipe["units"])
    test = np.random.default_rng(0)
    inputs, targets = adding_batch(test, recipe["test_sequences"], recipe["length"])
    training = train_regression(
        params,
        lambda: adding_batch(rng, recipe["batch_size"], recipe["length"]),
        steps=recipe["most_steps"],
        learning_rate=float(rate),
        clip_norm=recipe["clip_norm"],
    )
    for number, step in enumerate(training, start=1):
        if number % recipe["look_every"]:
            continue
        predictions, _ = regression_forward(inputs, step.params)
        error, _ = mean_squared_error(predictions, targets)
        if solved := error < recipe["solved_below"]:
            break
    return {"solved_after": number if solved else None, "error": error}


EXPERIMENT = Experiment(
    name="tuning",
    question="At which learning rates does each cell learn to add two numbers?",
    recipe=RECIPE,
    cases=tuple(f"{cell} {rate}" for rate in RATES for cell in CELLS),
    seeds=(1, 2, 3, 4, 5),
    run=run,
    watched="error",
    checks=(
        Again(
            runs=(("rnn 0.001", 3), ("lstm 0.1", 1), ("gru 0.03", 1), ("gru 0.1", 1)),
            within={"solved_after": 0, "error": 1e-2},
        ),
    ),
)
