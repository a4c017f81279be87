"""Forecasts of two series: inside the range they learned from, outside, and far ahead.

The series are short and the network small, so that a run takes some seconds. Errors
are divided by the spread of the part learned from: 1 is as bad as its mean.
"""

from functools import partial
from typing import Any

import numpy as np

from lstm_course.data.series import cut_windows, mackey_glass, two_waves
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment
from lstm_course.training.forecasting import (
    Fit,
    fit_changes,
    fit_least_squares,
    fit_lstm,
    last_value,
    rms_error,
    roll_out,
)

SERIES = {"two_waves": two_waves, "mackey_glass": mackey_glass}

RECIPE: dict[str, Any] = {
    "values": 2000,
    "learned": 1500,  # the first; the others are forecast
    "window": 24,
    "lstm": {"units": 16, "steps": 800, "batch_size": 64, "learning_rate": 1e-2},
    "raised": 2,  # by so many spreads is the level higher
    "ahead": 24,
}


def run(recipe: dict[str, Any], case: str, seed: int) -> dict[str, Any]:
    """Fit four forecasts to a series; return their errors under four conditions."""
    series = SERIES[case](np.random.default_rng(seed), recipe["values"])
    learned, length, ahead = recipe["learned"], recipe["window"], recipe["ahead"]
    scaled = (series - series[:learned].mean()) / series[:learned].std()
    known = cut_windows(scaled[:learned], length)
    inputs, targets = cut_windows(scaled[learned:], length)

    fit: Fit = partial(fit_lstm, seed=seed, **recipe["lstm"])
    forecasts = {
        "last": last_value,
        "least_squares": fit_least_squares(*known),
        "lstm": fit(*known),
        "lstm_changes": fit_changes(fit, *known),
    }
    errors: dict[str, float] = {}
    level = recipe["raised"]
    for name, forecast in forecasts.items():
        far = roll_out(forecast, inputs[: 1 - ahead], ahead)[:, -1:]
        errors |= {
            f"{name}_inside": rms_error(forecast(inputs), targets),
            f"{name}_raised": rms_error(forecast(inputs + level), targets + level),
            f"{name}_doubled": rms_error(forecast(2 * inputs), 2 * targets) / 2,
            f"{name}_ahead": rms_error(far, targets[ahead - 1 :]),
        }
    return errors


EXPERIMENT = Experiment(
    name="forecast",
    question="When is an LSTM's forecast better than least squares or the last value?",
    recipe=RECIPE,
    cases=tuple(SERIES),
    seeds=tuple(range(1, 6)),
    run=run,
    watched="lstm_inside",
    checks=(
        Again(
            runs=(("two_waves", 1), ("mackey_glass", 1)),
            within={
                f"{forecast}_{where}": 1e-3
                for forecast in ("last", "least_squares", "lstm", "lstm_changes")
                for where in ("inside", "raised", "doubled", "ahead")
            },
        ),
    ),
)
