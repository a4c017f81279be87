"""What an exploding gradient does: an RNN, a dense head, and plain gradient descent.

The task is to repeat the first of 30 numbers; the recurrent kernel starts with the
spectral radius 1.5, and the rate is the same throughout. What is done to the gradients
before each step is what the cases differ in: which of the two parts runs away, and
which one starts it?
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from lstm_course.arrays.trees import tree_map
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment
from lstm_course.experiments.relu_cells import loss_and_gradients
from lstm_course.layers.cells import CELLS
from lstm_course.study.gradient_flow import gradient_reach
from lstm_course.training.optimizers import clip_by_global_norm, global_norm
from lstm_course.training.regression import RegressionParams, regression_init

RECIPE: dict[str, Any] = {
    "length": 30,
    "units": 16,
    "radius": 1.5,  # of the recurrent kernel, which Keras starts with 1
    "batch_size": 32,
    "learning_rate": 0.1,
    "clip_norm": 1.0,
    "steps": 400,
    "looks": [0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 40, 60, 100, 200, 399],
    "last": 20,  # steps whose mean loss says where a run ended
    "lost_above": 1e6,  # guessing gives 1/12
}

Change = Callable[[RegressionParams, float], RegressionParams]


def _clip_recurrent(grads: RegressionParams, limit: float) -> RegressionParams:
    return grads._replace(recurrent=clip_by_global_norm(grads.recurrent, limit))


def _freeze_head(grads: RegressionParams, _: float) -> RegressionParams:
    return grads._replace(head=tree_map(np.zeros_like, grads.head))


def _freeze_recurrent(grads: RegressionParams, _: float) -> RegressionParams:
    return grads._replace(recurrent=tree_map(np.zeros_like, grads.recurrent))


TREATMENTS: dict[str, Change] = {
    "nothing": lambda grads, _: grads,
    "all clipped": clip_by_global_norm,
    "recurrent clipped": _clip_recurrent,
    "head frozen": _freeze_head,
    "recurrent frozen": _freeze_recurrent,
}


def run(recipe: dict[str, Any], case: str, seed: int) -> dict[str, Any]:
    """Train; return the loss, the lengths of both gradients and the reach by step."""
    rng = np.random.default_rng(seed)
    params = regression_init(rng, "rnn", 1, recipe["units"], dtype=np.float64)
    kernel = recipe["radius"] * params.recurrent.recurrent_kernel
    recurrent = params.recurrent._replace(recurrent_kernel=kernel)
    params = params._replace(recurrent=recurrent)
    rate, losses, guesses = recipe["learning_rate"], [], []
    seen: dict[str, list[float]] = {"recurrent": [], "head": [], "reach": []}
    with np.errstate(all="ignore"):  # of what becomes of some
        for step in range(recipe["steps"]):
            x = rng.random((recipe["batch_size"], recipe["length"], 1))
            targets = x[:, 0]
            loss, grads = loss_and_gradients(CELLS["rnn"], params, x, targets)
            losses.append(loss)
            guesses.append(np.mean((targets - 0.5) ** 2))
            if step in recipe["looks"]:
                seen["recurrent"].append(global_norm(grads.recurrent))
                seen["head"].append(global_norm(grads.head))
                reach = gradient_reach(x, params.recurrent)
                seen["reach"].append(reach[recipe["length"] - 1])
            grads = TREATMENTS[case](grads, recipe["clip_norm"])
            params = tree_map(lambda w, dw: w - rate * dw, params, grads)
    lost = [not loss < recipe["lost_above"] for loss in losses]
    last = slice(-recipe["last"], None)
    return {
        "lost": int(any(lost)),
        "lost_after": lost.index(True) if any(lost) else None,
        "last_loss": np.mean(losses[last]),
        "last_guessing": np.mean(guesses[last]),
        "learned": int(np.mean(losses[last]) < np.mean(guesses[last])),
        "loss": [losses[look] for look in recipe["looks"] if look < recipe["steps"]],
        **seen,
    }


EXPERIMENT = Experiment(
    name="runaway",
    question="What runs away where a recurrent kernel starts too large, and why?",
    recipe=RECIPE,
    cases=tuple(TREATMENTS),
    seeds=tuple(range(10)),
    run=run,
    watched="last_loss",
    checks=(
        Again(
            runs=tuple((case, 0) for case in TREATMENTS),
            within={"loss": 1e-5, "recurrent": 1e-5, "head": 1e-5, "reach": 1e-5},
            shortened={"steps": 2, "last": 2},
        ),
        Again(
            runs=tuple(("recurrent frozen", seed) for seed in range(3)),
            within={"lost": 0, "last_loss": 1e-5},
        ),
    ),
)
