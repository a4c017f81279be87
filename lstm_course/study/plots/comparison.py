"""Three cells side by side: what they cost, what they learn, and how often."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lstm_course.arrays.shapes import Array
from lstm_course.study.plots.style import BLUE, GREEN, GREY, looks, new_figure

_ABOVE: dict[str, Any] = {
    "loc": "lower center",
    "bbox_to_anchor": (0.5, 1),
}  # for a legend


def cell_comparison(
    costs: Mapping[str, Mapping[str, float | None]],
    differences: Mapping[int, Array],
    intervals: Mapping[int, tuple[float, float, float]],
    solved: Mapping[str, Mapping[float, float]],
) -> Figure:
    """Return costs, differences in accuracy and solved runs, in three panels.

    Args:
        costs: what is counted → "RNN" and "GRU" → how many times the LSTM's; None
            where there is nothing to be had at any price.
        differences: how many reviews were labelled → points of accuracy (runs,) by
            which the GRU is ahead of the LSTM: a dot each.
        intervals: likewise → their mean, and the bounds of the bar around it.
        solved: "RNN", "GRU", "LSTM" → learning rate → share of the runs.
    """
    figure, (left, middle, right) = new_figure(3, width=13, height=4.4)
    _draw_costs(left, costs)
    _draw_differences(middle, differences, intervals)
    for cell, look in looks(solved).items():
        rates, shares = zip(*solved[cell].items(), strict=True)
        right.semilogx(rates, shares, **look, ms=9, alpha=0.8, label=cell)
        right.set_xticks(rates, [f"{rate:g}" for rate in rates], fontsize=10)
    right.minorticks_off()
    right.set(xlabel="learning rate", ylabel="share of runs that solved it")
    right.set_ylim(-0.05, 1.05)
    right.legend(ncols=3, **_ABOVE)
    return figure


def _draw_costs(ax: Axes, rows: Mapping[str, Mapping[str, float | None]]) -> None:
    ax.axvline(1, color=BLUE, linestyle="--")
    for cell, look in looks(["RNN", "GRU"]).items():
        dots = look | {"linestyle": "", "ms": 9}
        ax.plot([], [], **dots, label=cell)
        for y, costs in enumerate(rows.values()):
            if (cost := costs[cell]) is None:
                text = f"{cell}: never"
                ax.annotate(text, (1.05, y), color=look["color"], va="center")
            else:
                ax.plot(cost, y, **dots)
    ax.legend(ncols=2, **_ABOVE)
    ax.set_yticks(range(len(rows)), rows)
    ax.set(xlabel="times the LSTM's", xlim=(0, 1.65), ylim=(len(rows) - 0.5, -0.5))


def _draw_differences(
    ax: Axes,
    differences: Mapping[int, Array],
    intervals: Mapping[int, tuple[float, float, float]],
) -> None:
    ax.axhline(0, color=GREY, linewidth=1.5)
    for place, (size, points) in enumerate(differences.items()):
        beside = np.full(len(points), place - 0.15)
        ax.plot(beside, points, "o", color=GREY, ms=5, alpha=0.5)
        mean, low, high = intervals[size]
        bar: dict[str, Any] = {"color": GREEN, "ms": 8, "capsize": 5}
        ax.errorbar(place, mean, [[mean - low], [high - mean]], fmt="D", **bar)
    ax.set_xticks(range(len(differences)), [f"{size:,}" for size in differences])
    ax.set(xlabel="labelled reviews", ylabel="GRU − LSTM, points of accuracy")
    ax.set_xlim(-0.6, len(differences) - 0.4)
