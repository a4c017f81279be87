"""Time series whose rule is known, and the windows a forecast is learned from."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from lstm_course.arrays.shapes import Array, check_at_least


def two_waves(
    rng: np.random.Generator, steps: int, *, noise: float = 0.1, level: float = 0.0
) -> Array:
    """Return a wave of 20 steps and a half as high one of 47, around a level.

    Without the noise, the next value is a weighted sum of the last four, and 1.

    Args:
        rng: draws the noise.
        steps: N, 1 or more.
        noise: its standard deviation: no forecast can have a smaller error.
        level: what the waves go up and down around.

    Returns:
        (N,) float64.

    Raises:
        TypeError, ValueError: ``steps`` is no integer, or below 1.
    """
    check_at_least("steps", steps, 1)
    t = 2 * np.pi * np.arange(steps)
    waves = np.sin(t / 20) + 0.5 * np.sin(t / 47)
    return level + waves + noise * rng.normal(size=steps)


_DELAY, _EVERY, _SETTLING = 17, 3, 600


def mackey_glass(
    rng: np.random.Generator, steps: int, *, noise: float = 0.005
) -> Array:
    """Return the series of Mackey and Glass (1977), a model of blood cells' number.

    x grows by 0.2 x' / (1 + x'^10) - 0.1 x a day, x' being the x of 17 days before;
    every third day is returned. It never repeats itself, and the next value is no
    weighted sum of the last ones.

    Args:
        rng: draws where it starts, and the noise.
        steps: N, 1 or more.
        noise: standard deviation of what is added to each value as it is measured.

    Returns:
        (N,) float64; without noise between 0.3 and 1.4.

    Raises:
        TypeError, ValueError: ``steps`` is no integer, or below 1.
    """
    check_at_least("steps", steps, 1)
    start, days = 1.2 + 0.1 * rng.normal(), _SETTLING + _EVERY * steps
    x = [start] * (_DELAY + 1)
    for _ in range(days):
        delayed = x[-1 - _DELAY]
        power_4 = delayed * delayed * delayed * delayed  # ** differs between machines,
        power_10 = power_4 * power_4 * delayed * delayed  # and chaos would show it
        x.append(0.9 * x[-1] + 0.2 * delayed / (1 + power_10))
    return np.array(x[-_EVERY * steps :: _EVERY]) + noise * rng.normal(size=steps)


def cut_windows(series: Array, length: int) -> tuple[Array, Array]:
    """Return each stretch of a series, and the value that follows it.

    Args:
        series: (N,).
        length: T, steps a window; at most N - 1.

    Returns:
        inputs: (N - T, T, 1), read-only, for it is a view of the series.
        targets: (N - T, 1).

    Raises:
        TypeError, ValueError: ``length`` is no integer, below 1, or leaves no value
            to follow.
    """
    check_at_least("length", length, 1)
    if len(series) <= length:
        raise ValueError(
            f"series has {len(series)} values; windows of {length} and a value after "
            f"them need {length + 1} or more"
        )
    stretches = sliding_window_view(series, length)[:-1]
    return stretches[:, :, np.newaxis], series[length:, np.newaxis]
