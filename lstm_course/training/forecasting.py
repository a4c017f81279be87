"""Forecasts of a series' next value, each made by a function of the windows before.

A forecast takes windows (B, T, 1) and returns what comes next, (B, 1); to fit one is to
make such a function from windows and the values that followed them.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from lstm_course.arrays.shapes import Array, check_at_least
from lstm_course.training.regression import (
    regression_forward,
    regression_init,
    train_regression,
)

Forecast = Callable[[Array], Array]
Fit = Callable[[Array, Array], Forecast]


def last_value(windows: Array) -> Array:
    """Forecast that nothing changes: the last of each window (B, T, 1), as (B, 1)."""
    return windows[:, -1]


def fit_least_squares(inputs: Array, targets: Array) -> Forecast:
    """Fit the best weighted sum of a window's values, and 1 (linear autoregression).

    Args:
        inputs: (N, T, 1).
        targets: (N, 1).
    """

    def columns(windows: Array) -> Array:
        return np.column_stack([windows[..., 0], np.ones(len(windows))])

    weights, *_ = np.linalg.lstsq(columns(inputs), targets, rcond=None)
    return lambda windows: columns(windows) @ weights


def fit_lstm(
    inputs: Array,
    targets: Array,
    *,
    seed: int,
    units: int = 16,
    steps: int = 800,
    batch_size: int = 64,
    learning_rate: float = 1e-2,
) -> Forecast:
    """Train an LSTM and a dense layer on the squared error, in float32.

    The last fifth of the steps are taken at a tenth of the learning rate.

    Args:
        inputs: (N, T, 1), scaled to a mean near 0 and a spread near 1.
        targets: (N, 1), scaled likewise.
        seed: decides the weights to start from, and the batches.
        units: H, of the LSTM.
        steps: how many batches to learn from.
        batch_size: windows a batch, drawn from all, with repeats.
        learning_rate: Adam's.
    """
    check_at_least("batch_size", batch_size, 1)
    rng = np.random.default_rng(seed)
    known, following = inputs.astype(np.float32), targets.astype(np.float32)

    def draw() -> tuple[Array, Array]:
        rows = rng.integers(len(known), size=batch_size)
        return known[rows], following[rows]

    params = regression_init(rng, "lstm", 1, units)
    fine = steps // 5
    for rate, count in ((learning_rate, steps - fine), (learning_rate / 10, fine)):
        for step in train_regression(params, draw, steps=count, learning_rate=rate):
            params = step.params

    def forecast(windows: Array) -> Array:
        values = windows.astype(np.float32)
        return regression_forward(values, params)[0].astype(np.float64)

    return forecast


def fit_changes(fit: Fit, inputs: Array, targets: Array) -> Forecast:
    """Fit a forecast of the change, from windows that all end at 0.

    What is fitted never sees the level of the series, so it forecasts equally well at
    any level. ``fit`` is a function such as ``fit_least_squares``; inputs (N, T, 1) and
    targets (N, 1) are as there.
    """
    change = fit(inputs - inputs[:, -1:], targets - inputs[:, -1])
    return lambda windows: windows[:, -1] + change(windows - windows[:, -1:])


def roll_out(forecast: Forecast, windows: Array, steps: int) -> Array:
    """Forecast step after step, each from the forecasts before.

    Args:
        forecast: of the next value.
        windows: (B, T, 1) to start from.
        steps: S, how far, 1 or more.

    Returns:
        (B, S).

    Raises:
        TypeError, ValueError: ``steps`` is no integer, or below 1.
    """
    check_at_least("steps", steps, 1)
    found = []
    for _ in range(steps):
        found.append(forecast(windows))
        windows = np.concatenate([windows[:, 1:], found[-1][:, np.newaxis]], axis=1)
    return np.concatenate(found, axis=1)


def rms_error(forecasts: Any, truth: Any) -> float:
    """Return the root of the mean squared difference of two arrays of one shape.

    Raises:
        ValueError: their shapes differ; NumPy would compare all with all.
    """
    forecasts, truth = np.asarray(forecasts), np.asarray(truth)
    if forecasts.shape != truth.shape:
        raise ValueError(f"forecasts {forecasts.shape} and truth {truth.shape} differ")
    return float(np.sqrt(np.mean((forecasts - truth) ** 2)))
