"""A ladder of models: what each rung reaches, what it costs, and on whose films."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from lstm_course.arrays.shapes import Array
from lstm_course.study.plots.style import BLUE, GREY, ORANGE, new_figure

Runs = Mapping[str, Mapping[str, Any]]  # seed → result, one case of a measurement
_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500)  # CPU seconds
_BARS = "Bars: lowest to highest of the seeds"


def accuracy_by_cost(
    results: Mapping[str, Runs], rungs: Mapping[str, str], others: Mapping[str, str]
) -> Figure:
    """Return accuracy on other films against CPU seconds, on a logarithmic axis.

    Means over the seeds, with bars from the lowest to the highest. Rungs are numbered
    circles, joined from the lowest rung on, with a list of their names and accuracies
    beside the figure, for circles may hide one another; all others are squares with
    their names beside them.

    Args:
        results: case → runs with cpu_seconds and test_accuracy.
        rungs: case → name to show, from the lowest rung on.
        others: likewise, of what stands on no ladder.
    """
    figure, (ax,) = new_figure(width=9.3, height=5)
    thin: dict[str, Any] = {"fmt": "none", "elinewidth": 1.2, "capsize": 3}
    heights = sorted(_means(results[case])[1] for case in (*rungs, *others))
    near = (heights[-1] - heights[0]) / 9  # too near for two names
    for case, name in others.items():
        ax.errorbar(*_spread(results[case]), ecolor=GREY, **thin)
        at = _means(results[case])
        ax.plot(*at, "s", color=GREY, ms=8)
        below = any(0 < _means(results[o])[1] - at[1] < near for o in others)
        place: dict[str, Any] = {"textcoords": "offset points", "ha": "right"}
        ax.annotate(name, at, (-9, -14 if below else 4), **place)
    path = np.array([_means(results[case]) for case in rungs])
    ax.plot(*path.T, "-", color=BLUE, linewidth=1)
    for number, (case, at) in enumerate(zip(rungs, path, strict=True)):
        ax.errorbar(*_spread(results[case]), ecolor=BLUE, **thin)
        above: dict[str, Any] = {"zorder": 3 + number}  # circles may overlap
        ax.plot(*at, "o", color="white", mec=BLUE, mew=1.4, ms=13, **above)
        ax.annotate(str(number), at, ha="center", va="center", fontsize=10, **above)
    names = [
        f"{number}  {name} {accuracy:.3f}"
        for number, (name, (_, accuracy)) in enumerate(
            zip(rungs.values(), path, strict=True)
        )
    ]
    ax.annotate(
        "\n".join(reversed(names)),
        (1.03, 0.5),
        xycoords="axes fraction",
        va="center",
        fontsize=10.5,
        linespacing=1.6,
    )
    ax.set_xscale("log")
    ax.set_xticks(_TICKS, [f"{seconds:g}" for seconds in _TICKS])
    ax.xaxis.set_minor_locator(NullLocator())
    seconds = np.concatenate(
        [_values(results[case], "cpu_seconds") for case in (*rungs, *others)]
    )
    # Room on the left, where the name of the cheapest stands.
    ax.set_xlim(seconds.min() / 3.8, seconds.max() * 1.4)
    ax.set(xlabel="CPU seconds to train", ylabel="accuracy on other films")
    ax.set_title(_BARS, loc="left", fontsize=10.5, pad=14)
    return figure


def shared_and_other_films(
    results: Mapping[str, Runs], names: Mapping[str, str]
) -> Figure:
    """Return two accuracies of each case, a row each: films shared, and other films.

    A ring for the validation part, which shares films with the training part, a dot for
    the test part, which does not, each with a thin bar from the lowest seed to the
    highest.

    Args:
        results: case → runs with validation_accuracy and test_accuracy.
        names: case → name to show; the first is drawn at the top.
    """
    figure, (ax,) = new_figure(height=1.4 + 0.42 * len(names))
    looks = {
        "validation_accuracy": ("films shared with training", ORANGE, "white", -0.13),
        "test_accuracy": ("other films", BLUE, BLUE, 0.13),
    }
    for y, case in enumerate(names):
        for key, (_, color, inside, aside) in looks.items():
            values = _values(results[case], key)
            reach = [values.min(), values.max()]
            ax.plot(reach, [y + aside] * 2, "-", color=color, linewidth=1.2)
            ax.plot(
                values.mean(), y + aside, "o", color=color, mfc=inside, ms=8, mew=1.6
            )
    for label, color, inside, _ in looks.values():
        ax.plot([], [], "o", color=color, mfc=inside, ms=8, mew=1.6, label=label)
    ax.set_yticks(range(len(names)), names.values())
    ax.set(xlabel="accuracy", ylim=(len(names) - 0.5, -0.5))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, title=_BARS)
    return figure


def _values(runs: Runs, key: str) -> Array:
    return np.array([run[key] for run in runs.values()], np.float64)


def _means(runs: Runs) -> tuple[float, float]:
    """Return the mean seconds and the mean accuracy."""
    seconds, accuracy = (
        _values(runs, k).mean() for k in ("cpu_seconds", "test_accuracy")
    )
    return float(seconds), float(accuracy)


def _spread(runs: Runs) -> tuple[float, float, Array, Array]:
    """Return x, y and how far the lowest and the highest seed lie below and above."""
    x, y = _means(runs)
    accuracy, seconds = _values(runs, "test_accuracy"), _values(runs, "cpu_seconds")
    up = np.array([[y - accuracy.min()], [accuracy.max() - y]])
    along = np.array([[x - seconds.min()], [seconds.max() - x]])
    return x, y, up, along
