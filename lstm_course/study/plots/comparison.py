"""Three cells side by side: what they cost, what they learn, and how often."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from lstm_course.arrays.shapes import Array
from lstm_course.study.plots.style import BLUE, GREEN, GREY, ORANGE

_LOOKS = {
    "RNN": (ORANGE, "o", "-"),
    "GRU": (GREEN, "s", "-."),
    "LSTM": (BLUE, "^", "--"),
}


def relative_costs(ax: Axes, rows: Mapping[str, Mapping[str, float | None]]) -> None:
    """Draw costs as multiples of the LSTM's, which is the line at 1.

    Args:
        ax: where to draw.
        rows: what is counted → "RNN" and "GRU" → how many times the LSTM's; None
            where there is nothing to be had at any price.
    """
    ax.axvline(1, color=BLUE, linestyle="--")
    for y, costs in enumerate(rows.values()):
        for cell, cost in costs.items():
            color, marker, _ = _LOOKS[cell]
            if cost is None:
                ax.annotate(f"{cell}: never", (1.05, y), color=color, va="center")
            else:
                ax.plot(cost, y, marker, color=color, ms=9)
    for cell in ("RNN", "GRU"):
        color, marker, _ = _LOOKS[cell]
        ax.plot([], [], marker, color=color, ms=9, label=cell)
    ax.legend(frameon=False, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1))
    ax.set_yticks(range(len(rows)), rows)
    ax.set(xlabel="times the LSTM's", xlim=(0, 1.65), ylim=(len(rows) - 0.5, -0.5))


def paired_differences(ax: Axes, sizes: Sequence[int], points: Array) -> None:
    """Draw differences between two networks that had the same reviews to learn from.

    Args:
        ax: where to draw.
        sizes: how many reviews they learned from, in rising order.
        points: (runs, sizes) the differences, in points; a dot each, and a bar of two
            standard errors to either side of the mean.
    """
    error = points.std(axis=0, ddof=1) / np.sqrt(len(points))
    middle = points.mean(axis=0)
    places = np.arange(len(sizes))
    ax.axhline(0, color=GREY, linewidth=1.5)
    ax.plot(places - 0.15, points.T, "o", color=GREY, ms=5, alpha=0.5)
    ax.errorbar(places, middle, 2 * error, fmt="D", color=GREEN, ms=8, capsize=5)
    ax.set_xticks(places, [f"{size:,}" for size in sizes])
    ax.set(xlabel="reviews to learn from", xlim=(-0.6, len(sizes) - 0.4))


def solved_by_rate(
    ax: Axes, rates: Sequence[float], solved: Mapping[str, Sequence[float]]
) -> None:
    """Draw how often each cell solved a task, by the learning rate.

    Args:
        ax: where to draw.
        rates: the learning rates.
        solved: "RNN", "GRU", "LSTM" → at each rate, the share of the runs.
    """
    for cell, shares in solved.items():
        color, marker, dash = _LOOKS[cell]
        ax.semilogx(
            rates, shares, dash, marker=marker, color=color, ms=9, alpha=0.8, label=cell
        )
    ax.set_xticks(rates, [f"{rate:g}" for rate in rates], fontsize=10)
    ax.minorticks_off()
    ax.set(xlabel="learning rate", ylim=(-0.05, 1.05))
    ax.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1))
