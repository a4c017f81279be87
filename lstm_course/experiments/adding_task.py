"""Learning to add two marked numbers: what ``adding``, ``distance``, ``tuning`` share.

Every network trains on fresh sequences with Adam and the gradient clipped. What is
chosen or stopped is decided on validation sequences; the test sequences are opened by
a judge. Both are the same for all cases and seeds of a length.
"""

import time
from typing import Any, NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.data.tasks import adding_batch
from lstm_course.experiments.relu_cells import RELU_RNN, predict, train
from lstm_course.layers.cells import CELLS, Cell
from lstm_course.training.losses import mean_squared_error
from lstm_course.training.regression import RegressionParams, regression_init

TASK: dict[str, Any] = {
    "units": 16,
    "batch_size": 64,
    "clip_norm": 1.0,
    "validation_sequences": 500,
    "test_sequences": 2000,
    "solved_below": 0.01,  # guessing gives about 1/6
}


class Network(NamedTuple):
    """A cell, and the weights that it has for now."""

    cell: Cell
    params: RegressionParams


class Training(NamedTuple):
    """How a training went, and what came of it."""

    network: Network
    errors: list[float]  # on the validation sequences, at each look
    gradients: list[float]  # their lengths before clipping, at each step
    solved: bool
    cpu_seconds: float  # of the steps alone


def new_network(rng: np.random.Generator, name: str, units: int) -> Network:
    """Return a network with Keras' starting weights, but for what the name says.

    Args:
        rng: draws the weights.
        name: a cell; "rnn, 34 units" has so many; "rnn, identity" and "relu, identity"
            (an RNN with relu) start from the identity as recurrent kernel, as Le,
            Jaitly and Hinton (2015) did with relu.
        units: of all others.
    """
    kind, _, start = name.partition(", ")
    if start.endswith("units"):
        units = int(start.split()[0])
    params = regression_init(rng, "rnn" if kind == "relu" else kind, 2, units)
    if start == "identity":
        kernel = np.eye(units, dtype=np.float32)
        recurrent = params.recurrent._replace(recurrent_kernel=kernel)
        params = params._replace(recurrent=recurrent)
    return Network(RELU_RNN if kind == "relu" else CELLS[kind], params)


def validation_sequences(recipe: dict[str, Any], length: int) -> tuple[Array, Array]:
    """Return inputs (B, T, 2) and targets (B, 1)."""
    rng = np.random.default_rng([length, 1])
    return adding_batch(rng, recipe["validation_sequences"], length)


def learn_to_add(
    recipe: dict[str, Any],
    network: Network,
    rng: np.random.Generator,
    *,
    length: int,
    steps: int,
    look_every: int,
    until_solved: bool,
) -> Training:
    """Train for the given steps, or until a look finds the task solved."""
    inputs, targets = validation_sequences(recipe, length)
    errors, gradients, cpu_seconds, solved = [], [], 0.0, False
    started = time.process_time()
    for step in train(
        network.cell,
        network.params,
        lambda: adding_batch(rng, recipe["batch_size"], length),
        steps=steps,
        learning_rate=recipe["learning_rate"],
        clip_norm=recipe["clip_norm"],
    ):
        gradients.append(step.gradient_norm)
        if len(gradients) % look_every:
            continue
        cpu_seconds += time.process_time() - started
        network = network._replace(params=step.params)
        errors.append(mean_squared_error(predict(*network, inputs), targets)[0])
        solved = errors[-1] < recipe["solved_below"]
        if solved and until_solved:
            break
        started = time.process_time()
    return Training(network, errors, gradients, solved, cpu_seconds)


def judged(recipe: dict[str, Any], network: Network, length: int) -> dict[str, float]:
    """Return the error on the test sequences, and that of always answering 1.

    1 is the mean of all sums that were learned from.
    """
    rng = np.random.default_rng([length, 2])
    inputs, targets = adding_batch(rng, recipe["test_sequences"], length)
    ones = np.ones_like(targets)
    return {
        "test_error": mean_squared_error(predict(*network, inputs), targets)[0],
        "test_guessing": mean_squared_error(ones, targets)[0],
    }
