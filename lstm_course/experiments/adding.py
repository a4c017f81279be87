"""The adding problem over 100 steps: who solves it, how soon, and what it takes.

Every case trains on fresh sequences with Adam and the gradient clipped, all from
Keras' starting weights. The plain RNN gets a second, smaller rate, so that it does
not fail for the strides that suit the others.
"""

import time
from typing import Any

import numpy as np

from lstm_course.data.tasks import adding_batch
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment
from lstm_course.study.gradient_flow import gradient_reach
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.regression import (
    regression_forward,
    regression_init,
    train_regression,
)

RECIPE: dict[str, Any] = {
    "length": 100,
    "units": 16,
    "batch_size": 64,
    "clip_norm": 1.0,
    "learning_rate": {"rnn": 1e-2, "rnn, slower": 3e-3, "lstm": 1e-2, "gru": 1e-2},
    "most_steps": 2500,
    "look_every": 50,
    "test_sequences": 500,
    "solved_below": 0.01,  # guessing the mean gives 1/6
    "distances": [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99],
    "reach_sequences": 32,
}


def run(recipe: dict[str, Any], case: str, seed: int) -> dict[str, Any]:
    """Train until it is solved or the steps are over; return how it went."""
    cell, length = case.split(",")[0], recipe["length"]
    rng = np.random.default_rng(seed)
    params = regression_init(rng, cell, input_dim=2, units=recipe["units"])
    test = np.random.default_rng(0)
    inputs, targets = adding_batch(test, recipe["test_sequences"], length)
    some = inputs[: recipe["reach_sequences"]].astype(np.float64)

    def reach() -> Any:
        return gradient_reach(some, params.recurrent)[recipe["distances"]]

    before, errors, norms = reach(), [], []
    started, cpu_seconds = time.process_time(), 0.0
    for step in train_regression(
        params,
        lambda: adding_batch(rng, recipe["batch_size"], length),
        steps=recipe["most_steps"],
        learning_rate=recipe["learning_rate"][case],
        clip_norm=recipe["clip_norm"],
    ):
        norms.append(step.gradient_norm)
        if len(norms) % recipe["look_every"] == 0:
            cpu_seconds += time.process_time() - started
            params = step.params
            predictions, _ = regression_forward(inputs, params)
            errors.append(mean_squared_error(predictions, targets)[0])
            if errors[-1] < recipe["solved_below"]:
                break
            started = time.process_time()
    solved = errors[-1] < recipe["solved_below"]
    return {
        "solved_after": len(norms) if solved else None,
        "steps": len(norms),
        "error": errors[-1],
        "errors": errors,
        "cpu_seconds": cpu_seconds,
        "largest_gradient": max(norms),
        "clipped": np.mean(np.array(norms) > recipe["clip_norm"]),
        "reach_before": before,
        "reach_after": reach(),
    }


EXPERIMENT = Experiment(
    name="adding",
    question="Who learns to add two numbers that stand up to 99 steps back?",
    recipe=RECIPE,
    cases=tuple(RECIPE["learning_rate"]),
    seeds=(1, 2, 3, 4, 5),
    run=run,
    watched="solved_after",
    checks=(
        Again(
            runs=tuple((case, 1) for case in RECIPE["learning_rate"]),
            within={"errors": 1e-3, "reach_before": 1e-3},
            shortened={"most_steps": 100},
        ),
        Again(runs=(("gru", 3),), within={"solved_after": 0, "errors": 1e-2}),
    ),
)
