"""What goes on in a cell: its squashing functions, its values over time."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.shapes import Array
from lstm_course.study.plots.style import (
    BLUE,
    GREY,
    ORANGE,
    looks,
    name_lines,
    new_figure,
)


def curves_over_time(
    curves: Mapping[str, Array], *, ylabel: str, title: str = ""
) -> Figure:
    """Return one line for each value followed over time, named at its right end.

    Args:
        curves: name → value after each step, (T,); five at the most.
        ylabel: what the values are.
        title: of the figure.
    """
    figure, (ax,) = new_figure(height=3.4)
    for name, look in looks(curves).items():
        steps = np.arange(1, len(curves[name]) + 1)
        ax.plot(steps, curves[name], label=name, **look | {"marker": ""})
    ax.set_xlim(0.5, steps[-1] + 0.5)
    ax.set(xlabel="step", ylabel=ylabel, title=title)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    name_lines(ax)
    return figure


def squashing_curves(marked: Sequence[float] = ()) -> Figure:
    """Return σ and tanh side by side, some points marked with their values."""
    figure, axes = new_figure(2, height=3.2)
    z = np.linspace(-6, 6, 241)
    functions: tuple[tuple[str, Callable[[Array], Array], str], ...] = (
        ("σ(z)", sigmoid, ORANGE),
        ("tanh(z)", np.tanh, BLUE),
    )
    for ax, (name, function, color) in zip(axes, functions, strict=True):
        ax.plot(z, function(z), color=color)
        ax.axhline(0, color=GREY, linewidth=1)
        for x in marked:
            y = function(np.array(x)).item()
            ax.plot(x, y, "o", color=color)
            ax.annotate(
                f"{y:.2f}".replace("-", "−"),
                (x, y),
                (-8 if x > 0 else 8, 10 if x < 0 else -16),
                textcoords="offset points",
                ha="right" if x < 0 else "left",
            )
        ax.set(xlabel="z", title=name, ylim=(-1.25, 1.25))
    return figure


def value_table(symbols: Sequence[str], rows: Mapping[str, Array]) -> Figure:
    """Return values step by step as a table of shaded cells, one row a name.

    Args:
        symbols: what was read at each step, T of them; they head the columns.
        rows: name → value at each step, (T,). Orange is above 0, blue is below.
    """
    table = np.stack([*rows.values()])
    full = np.abs(table).max()
    figure, (ax,) = new_figure(height=0.9 + 0.34 * len(rows))
    ax.imshow(-table, cmap="PuOr", vmin=-1.6 * full, vmax=1.6 * full, aspect="auto")
    for (row, column), value in np.ndenumerate(table):
        text = f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "−")
        ax.text(column, row, "0" if text == "−0" else text, ha="center", va="center")
    ax.set_xticks(range(len(symbols)), symbols)
    ax.set_yticks(range(len(rows)), list(rows))
    ax.xaxis.tick_top()
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    ax.set_xticks(np.arange(1, len(symbols)) - 0.5, minor=True)
    ax.set_yticks(np.arange(1, len(rows)) - 0.5, minor=True)
    ax.grid(which="minor", color="white", linewidth=2, alpha=1)
    ax.tick_params(which="both", length=0)
    return figure
