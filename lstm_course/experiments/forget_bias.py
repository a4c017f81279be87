"""The forget gate's bias at the start, as a treatment: 0, 1, 3, 5, or drawn for T.

"chrono" draws b_f = log U(1, T - 1) and sets b_i = -b_f, so that the units start with
memories of all lengths up to T (Tallec and Ollivier, 2018); "chrono, f alone" leaves
b_i at 0, which tells the two biases apart. All else is the same: the other weights, the
sequences, and how the learning rate is chosen. Beside how soon the task is solved
stands what comes back to the cell state of an earlier step from the prediction: along
all paths, and along the belt alone, c to c.
"""

from typing import Any, NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.experiments.adding_task import (
    judged,
    new_network,
    validation_sequences,
)
from lstm_course.experiments.cell_parts import RECIPE as PARTS_RECIPE
from lstm_course.experiments.cell_parts import TUNING, learned_numbers
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment, Learned
from lstm_course.layers.cells import CELLS
from lstm_course.layers.lstm import LSTMParams
from lstm_course.study.gradient_flow import state_gradients
from lstm_course.training.regression import RegressionParams

RECIPE: dict[str, Any] = PARTS_RECIPE | {
    "distances": [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99],
    "path_sequences": 32,
}


class Paths(NamedTuple):
    """Gradients of the prediction by the cell state after each step, (B, T, H)."""

    all: Array
    belt: Array  # what came from c to c alone, by the forget gates


def with_forget_bias(
    params: LSTMParams, start: str, length: int, rng: np.random.Generator
) -> LSTMParams:
    """Return these weights with b_f as ``start`` says: a number, or drawn."""
    i, f, g, o = np.split(params.bias, 4)
    if start.startswith("chrono"):
        f = np.log(rng.uniform(1, length - 1, len(f))).astype(f.dtype)
        i = i if start.endswith("f alone") else -f
    else:
        f = np.full_like(f, float(start))
    return params._replace(bias=np.concatenate([i, f, g, o]))


def paths_back(inputs: Array, params: RegressionParams) -> Paths:
    """Return what comes back to each cell state from the prediction (B, 1)."""
    cell = CELLS["lstm"]
    outputs, _, trace = cell.forward(inputs, params.recurrent)
    d_h = np.broadcast_to(params.head.kernel[:, 0], outputs[:, -1].shape)
    d_final = cell.state(d_h, 0 * d_h)
    d = state_gradients(inputs, params.recurrent, d_final)
    d_c = d.c + 0  # as the next step sends it; what h sends is added
    shown = trace.gates.o * (1 - np.tanh(trace.c) ** 2)
    d_c[:, 1:] += d.h[:, 1:] * shown
    kept = np.ones_like(trace.c)  # the product of the forget gates that follow
    kept[:, :-1] = np.cumprod(trace.gates.f[:, :0:-1], axis=1)[:, ::-1]
    return Paths(d_c[:, 1:], d_c[:, -1:] * kept)


def path_numbers(
    recipe: dict[str, Any], params: RegressionParams, when: str
) -> dict[str, Any]:
    """Return, by distance, how long both gradients still are, and the belt's share.

    Lengths are geometric means, 1 at distance 0. The share is that of the gradient's
    square: what the belt and the other paths bring adds up to 1.
    """
    inputs, _ = validation_sequences(recipe, recipe["length"])
    some = inputs[: recipe["path_sequences"]].astype(np.float64)
    paths = paths_back(some, params)
    by_distance = [-1 - k for k in recipe["distances"]]
    every, belt = (path[:, by_distance] for path in paths)
    first = np.log(np.linalg.norm(paths.all[:, -1:], axis=-1))
    with np.errstate(divide="ignore"):  # the logarithm of a gradient that is 0
        lengths = [
            np.exp(np.mean(np.log(np.linalg.norm(path, axis=-1)) - first, axis=0))
            for path in (every, belt)
        ]
    share = np.sum(belt * every, axis=(0, 2)) / np.sum(every * every, axis=(0, 2))
    _, _, trace = CELLS["lstm"].forward(some, params.recurrent)
    return {
        f"reach_{when}": lengths[0],
        f"belt_reach_{when}": lengths[1],
        f"belt_share_{when}": share,
        f"forget_{when}": np.sort(trace.gates.f.mean(axis=(0, 1))),  # of each unit
    }


def run(recipe: dict[str, Any], case: str, seed: int) -> Learned:
    """Train from this forget bias."""
    rng = np.random.default_rng(seed)
    network = new_network(rng, "lstm", recipe["units"])
    start = with_forget_bias(
        network.params.recurrent,
        case,
        recipe["length"],
        np.random.default_rng([seed, 1]),
    )
    network = network._replace(params=network.params._replace(recurrent=start))
    before = path_numbers(recipe, network.params, "before")
    numbers, network = learned_numbers(recipe, network, rng)
    after = path_numbers(recipe, network.params, "after")
    return Learned(
        numbers | before | after, lambda: judged(recipe, network, recipe["length"])
    )


CASES = ("0", "1", "3", "5", "chrono", "chrono, f alone")

EXPERIMENT = Experiment(
    name="forget_bias",
    question="What is the forget gate's starting bias worth?",
    recipe=RECIPE,
    cases=CASES,
    seeds=tuple(range(1, 11)),
    run=run,
    watched="solved_after",
    tuning=TUNING,
    checks=(
        Again(
            runs=tuple((case, 1) for case in CASES),
            within={"validation_errors": 1e-2, "reach_before": 1e-3},
            shortened={"most_steps": 25},
        ),
    ),
)
