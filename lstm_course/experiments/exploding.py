"""Exploding gradients: the same task, recurrent kernels made larger, nothing clipped.

Each cell starts from Keras' weights. The recurrent kernel is multiplied as a whole; or
each H x H block of it is brought to one spectral radius, since Keras draws the blocks
of an LSTM or a GRU as one matrix, and each starts well below the RNN's 1. Measured are
how long a gradient is after 99 steps back, before any training; and in the first steps
of training without clipping the gradients of the recurrent part and of the head, and
how far back a gradient then reaches.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.data.tasks import adding_batch
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment
from lstm_course.experiments.relu_cells import loss_and_gradients
from lstm_course.layers.cells import CELLS
from lstm_course.study.gradient_flow import gradient_reach
from lstm_course.training.optimizers import adam_update, global_norm, optimizer_init
from lstm_course.training.regression import RegressionParams, regression_init

RECIPE: dict[str, Any] = {
    "length": 100,
    "units": 16,
    # The kernel times this; with "blocks" the spectral radius of each of its blocks.
    "times": [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32],
    "distance": 99,
    "reach_sequences": 32,
    "trained_times": [1, 2, 4, 8],
    "steps": 100,
    "looks": [0, 1, 2, 3, 5, 10, 20, 40, 70, 99],  # the steps shown one by one
    "batch_size": 64,
    "learning_rate": 1e-2,
    "exploded_above": 10.0,  # a typical step at times 1 has less than 1
}


def spectral_radius(matrix: Array) -> float:
    """Return the largest absolute value among the eigenvalues."""
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def blocks(kernel: Array) -> list[Array]:
    """Return the H x H blocks of a recurrent kernel, one for each gate."""
    return np.split(kernel, kernel.shape[1] // len(kernel), axis=1)


def start(
    recipe: dict[str, Any], case: str, seed: int, times: float
) -> tuple[Callable[[int], tuple[Array, Array]], RegressionParams]:
    """Return what draws batches, and weights with a larger recurrent kernel."""
    rng = np.random.default_rng(seed)
    cell = case.split()[0]
    params = regression_init(rng, cell, 2, recipe["units"], dtype=np.float64)
    kernel = params.recurrent.recurrent_kernel
    if case.endswith("blocks"):
        to_radius_1 = [block / spectral_radius(block) for block in blocks(kernel)]
        kernel = np.concatenate(to_radius_1, axis=1)
    larger = params.recurrent._replace(recurrent_kernel=times * kernel)
    draw = partial(adding_batch, rng, steps=recipe["length"], dtype=np.float64)
    return draw, params._replace(recurrent=larger)


def train(
    recipe: dict[str, Any], case: str, seed: int, times: float
) -> dict[str, list[float]]:
    """Return both gradients' lengths at each step, and the reach at some."""
    draw, params = start(recipe, case, seed, times)
    some, _ = draw(recipe["reach_sequences"])
    state = optimizer_init(params)
    seen: dict[str, list[float]] = {"recurrent": [], "head": [], "reach": []}
    for step in range(recipe["steps"]):
        if step in recipe["looks"]:
            reach = gradient_reach(some, params.recurrent)
            seen["reach"].append(reach[recipe["distance"]])
        cell = CELLS[case.split()[0]]
        _, grads = loss_and_gradients(cell, params, *draw(recipe["batch_size"]))
        seen["recurrent"].append(global_norm(grads.recurrent))
        seen["head"].append(global_norm(grads.head))
        rate = recipe["learning_rate"]
        params, state = adam_update(params, grads, state, learning_rate=rate)
    return seen


def run(recipe: dict[str, Any], case: str, seed: int) -> dict[str, Any]:
    """Measure one cell; an infinite gradient counts as exploded."""
    _, params = start(recipe, case, seed, 1)
    radii = [*map(spectral_radius, blocks(params.recurrent.recurrent_kernel))]
    reach = []
    for times in recipe["times"]:
        draw, params = start(recipe, case, seed, times)
        inputs, _ = draw(recipe["reach_sequences"])
        lengths = gradient_reach(inputs, params.recurrent)
        reach.append(lengths[recipe["distance"]])
    grown = [
        times for times, far in zip(recipe["times"], reach, strict=True) if far > 1
    ]
    edges = {recipe["times"][0]: "first", None: "last"}
    explodes_from = grown[0] if grown else None
    with np.errstate(over="ignore", invalid="ignore"):
        trained = [train(recipe, case, seed, n) for n in recipe["trained_times"]]

    def exploded(part: str) -> list[float]:
        above = recipe["exploded_above"]
        return [float(np.mean(~(np.array(seen[part]) <= above))) for seen in trained]

    def middle(part: str) -> list[float]:
        return [float(np.median(seen[part])) for seen in trained]

    def at_looks(part: str) -> list[list[float]]:
        looks = [look for look in recipe["looks"] if look < recipe["steps"]]
        return [[seen[part][look] for look in looks] for seen in trained]

    return {
        "radii": radii,
        "reach": reach,
        "explodes_from": explodes_from,
        "at_the_edge": edges.get(explodes_from, ""),
        "exploded_recurrent": exploded("recurrent"),
        "exploded_head": exploded("head"),
        "median_recurrent": middle("recurrent"),
        "median_head": middle("head"),
        "recurrent_by_step": at_looks("recurrent"),
        "head_by_step": at_looks("head"),
        "reach_by_step": [seen["reach"] for seen in trained],
    }


EXPERIMENT = Experiment(
    name="exploding",
    question="How large must a recurrent kernel be for the gradient to explode?",
    recipe=RECIPE,
    cases=("rnn", "lstm", "gru", "lstm blocks", "gru blocks"),
    seeds=tuple(range(1, 11)),
    run=run,
    watched="explodes_from",
    checks=(
        Again(
            runs=(("lstm", 1), ("gru blocks", 4)),
            within={
                "radii": 1e-5,
                "reach": 1e-3,
                "explodes_from": 0,
                "median_recurrent": 1e-4,
                "exploded_recurrent": 0,
                "reach_by_step": 1e-3,
            },
            shortened={"trained_times": [1], "times": RECIPE["times"][:7]},
        ),
        Again(  # where a gradient of the RNN explodes, roundings do, too
            runs=(("rnn", 1),),
            within={
                "explodes_from": 0,
                "median_recurrent": 1e-4,
                "median_head": 1e-4,
                "exploded_recurrent": 0,
            },
            shortened={"trained_times": [1], "times": RECIPE["times"][:7]},
        ),
    ),
)
