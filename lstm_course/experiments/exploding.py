"""Exploding gradients: the same task, recurrent kernels made larger, nothing clipped.

Each cell starts from Keras' weights with the recurrent kernel multiplied. Measured
are how long a gradient is after 99 steps back, before any training, and the lengths
of the loss's gradient in the first steps of training without clipping.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.data.tasks import adding_batch
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment
from lstm_course.study.gradient_flow import gradient_reach
from lstm_course.training.regression import regression_init, train_regression

RECIPE: dict[str, Any] = {
    "length": 100,
    "units": 16,
    "times": [1, 1.5, 2, 3, 4, 6, 8, 12],  # the recurrent kernel
    "distance": 99,
    "reach_sequences": 32,
    "trained_times": [1, 2, 4, 8],
    "steps": 100,
    "batch_size": 64,
    "learning_rate": 1e-2,
    "exploded_above": 10.0,  # a typical step at times 1 has less than 1
}


def run(recipe: dict[str, Any], cell: str, seed: int) -> dict[str, Any]:
    """Measure one cell; an infinite gradient counts as exploded."""
    length, units = recipe["length"], recipe["units"]

    def start(times: float) -> tuple[Callable[[int], tuple[Array, Array]], Any]:
        rng = np.random.default_rng(seed)
        params = regression_init(rng, cell, input_dim=2, units=units, dtype=np.float64)
        layer = params.recurrent
        kernel = times * layer.recurrent_kernel
        params = params._replace(recurrent=layer._replace(recurrent_kernel=kernel))
        return partial(adding_batch, rng, steps=length, dtype=np.float64), params

    reach = []
    for times in recipe["times"]:
        draw, params = start(times)
        inputs, _ = draw(recipe["reach_sequences"])
        lengths = gradient_reach(inputs, params.recurrent)
        reach.append(lengths[recipe["distance"]])

    middle, exploded = [], []
    for times in recipe["trained_times"]:
        draw, params = start(times)
        steps = train_regression(
            params,
            partial(draw, recipe["batch_size"]),
            steps=recipe["steps"],
            learning_rate=recipe["learning_rate"],
        )
        with np.errstate(over="ignore", invalid="ignore"):
            norms = np.array([step.gradient_norm for step in steps])
        middle.append(np.median(norms))
        exploded.append(np.mean(~(norms <= recipe["exploded_above"])))
    grown = [
        times for times, far in zip(recipe["times"], reach, strict=True) if far > 1
    ]
    return {
        "reach": reach,
        "explodes_from": grown[0] if grown else None,
        "median_gradient": middle,
        "exploded": exploded,
    }


EXPERIMENT = Experiment(
    name="exploding",
    question="How large must a recurrent kernel be for the gradient to explode?",
    recipe=RECIPE,
    cases=("rnn", "lstm", "gru"),
    seeds=(1, 2, 3, 4, 5),
    run=run,
    watched="explodes_from",
    checks=(
        Again(
            runs=(("lstm", 1), ("gru", 4)),
            within={
                "reach": 1e-3,
                "explodes_from": 0,
                "median_gradient": 1e-4,
                "exploded": 0,
            },
            shortened={"trained_times": [1]},
        ),
        Again(  # where a gradient of the RNN explodes, roundings do, too
            runs=(("rnn", 1),),
            within={"explodes_from": 0, "median_gradient": 1e-4, "exploded": 0},
            shortened={"trained_times": [1]},
        ),
    ),
)
