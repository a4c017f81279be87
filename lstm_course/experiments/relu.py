"""An LSTM with relu for tanh, forecasting from short and from long windows, in NumPy.

The series is cut in time: learned from, validated on, tested on. All cases have the
same values to forecast, the same weights to start from and the same batches; clipped
and unclipped, each at the learning rate that its own trials chose on the validation
part. An error of 1 is that of the mean of what was learned from.
"""

import time
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.data.series import cut_windows, mackey_glass
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment, Learned, Tuning
from lstm_course.experiments.relu_cells import RELU_LSTM, predict, train
from lstm_course.layers.cells import CELLS
from lstm_course.training.forecasting import rms_error
from lstm_course.training.regression import regression_init

RECIPE: dict[str, Any] = {
    "series": "mackey_glass",
    "values": 2000,
    "learned": 1200,  # the first; windows of both lengths forecast from 100 on
    "validated": 300,  # the next; the others are the test part
    "longest": 100,
    "units": 16,
    "batch_size": 64,
    "steps": 300,
    "look_every": 20,
    "clip_norm": 1.0,
}


class Parts(NamedTuple):
    """Windows (N, T, 1) and the values that follow them (N, 1)."""

    learned: tuple[Array, Array]
    validated: tuple[Array, Array]
    test: tuple[Array, Array]


def cut(recipe: dict[str, Any], length: int, seed: int) -> Parts:
    """Return the three parts; windows may begin in the part before."""
    series = mackey_glass(np.random.default_rng(seed), recipe["values"])
    learned = series[: recipe["learned"]]
    scaled = ((series - learned.mean()) / learned.std()).astype(np.float32)
    validated_to = recipe["learned"] + recipe["validated"]
    bounds = [recipe["longest"], recipe["learned"], validated_to, recipe["values"]]
    return Parts(
        *(
            cut_windows(scaled[start - length : end], length)
            for start, end in pairwise(bounds)
        )
    )


def draw_rows(recipe: dict[str, Any], seed: int, windows: int) -> Array:
    """Return which windows make each batch, (steps, batch_size), with repeats."""
    rng = np.random.default_rng([seed, 1])
    return rng.integers(windows, size=(recipe["steps"], recipe["batch_size"]))


def limit(recipe: dict[str, Any], clipping: str) -> float | None:
    """Return the length at which a case's gradient is clipped."""
    return {"clipped": float(recipe["clip_norm"]), "unclipped": None}[clipping]


def means(values: list[float], every: int) -> Any:
    """Return the mean of each ``every`` values."""
    return np.reshape(values, (-1, every)).mean(axis=1)


def judged(error: float) -> dict[str, float]:
    """Return the error, and its logarithm to base 10 by which cases are compared.

    Whoever is worse than the mean could have answered with the mean: there the
    logarithm ends, at 0, so that one run that ran off does not decide a comparison.
    """
    capped = min(error, 1.0) if np.isfinite(error) else 1.0
    return {"test_error": error, "test_log_error": float(np.log10(capped))}


def run(recipe: dict[str, Any], case: str, seed: int) -> Learned:
    """Train for the given steps; case: "relu 100 clipped"."""
    activation, length, clipping = case.split()
    parts = cut(recipe, int(length), seed)
    cell = {"tanh": CELLS["lstm"], "relu": RELU_LSTM}[activation]
    params = regression_init(np.random.default_rng(seed), "lstm", 1, recipe["units"])
    inputs, targets = parts.learned
    rows = draw_rows(recipe, seed, len(targets))
    batches = ((inputs[some], targets[some]) for some in rows)
    started = time.process_time()
    with np.errstate(over="ignore", invalid="ignore"):  # of what diverges
        steps = [
            *train(
                cell,
                params,
                lambda: next(batches),
                steps=recipe["steps"],
                learning_rate=recipe["learning_rate"],
                clip_norm=limit(recipe, clipping),
            )
        ]
        cpu_seconds = time.process_time() - started

        def error(part: tuple[Array, Array]) -> float:
            return rms_error(predict(cell, steps[-1].params, part[0]), part[1])

        return Learned(
            {
                "validation_error": error(parts.validated),
                "losses": means([step.loss for step in steps], recipe["look_every"]),
                "largest_gradient": max(step.gradient_norm for step in steps),
                "cpu_seconds": cpu_seconds,
            },
            lambda: judged(error(parts.test)),
        )


CASES = tuple(
    f"{activation} {length} {clipping}"
    for length in (24, 100)
    for clipping in ("clipped", "unclipped")
    for activation in ("tanh", "relu")
)
TUNING = Tuning(
    setting="learning_rate",
    grid=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3),
    seeds=(101, 102, 103),
    score="validation_error",
)

EXPERIMENT = Experiment(
    name="relu",
    question="Does an LSTM learn with relu where it learns with tanh?",
    recipe=RECIPE,
    cases=CASES,
    seeds=tuple(range(1, 11)),
    run=run,
    watched="test_error",
    tuning=TUNING,
    checks=(
        Again(
            runs=tuple((case, 1) for case in CASES if "24" in case),
            within={"losses": 1e-3},
            shortened={"steps": 20},
        ),
        Again(
            runs=(("tanh 100 clipped", 1),),
            within={"losses": 1e-3},
            shortened={"steps": 20},
        ),
    ),
)
