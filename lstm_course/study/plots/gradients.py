"""Lines over a distance, with the spread over seeds: how gradients and errors grow."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from lstm_course.arrays.shapes import Array
from lstm_course.study.plots.style import Look, looks, name_lines, new_figure


class SpreadPanel(NamedTuple):
    """One panel of `spread_lines`."""

    x: Sequence[float] | Array  # (X,) where the values were measured
    groups: Mapping[str, Array]  # name → values (runs, X); five groups at the most
    xlabel: str
    ylabel: str = ""
    title: str = ""
    limits: tuple[float, float] | None = None  # of the vertical axis
    guessing: float | None = None  # what a guess would score: a dotted line
    goal: tuple[str, float] | None = None  # the name and height of a dash-dotted line


def spread_lines(*panels: SpreadPanel) -> Figure:
    """Return a line a group on a logarithmic scale, its name at its right end.

    The line is the median run; a band goes from the smallest to the largest.
    """
    width = 9 if len(panels) == 1 else 11
    figure, axes = new_figure(len(panels), width=width, height=4.2)
    for ax, panel in zip(axes, panels, strict=True):
        few = max(1, len(panel.x) // 8)
        for name, look in looks(panel.groups).items():
            runs = panel.groups[name]
            ax.plot(panel.x, np.median(runs, 0), markevery=few, label=name, **look)
            if len(runs) > 1:
                band: Look = {"color": look["color"], "alpha": 0.15, "lw": 0}
                ax.fill_between(panel.x, runs.min(0), runs.max(0), **band)
        if panel.guessing is not None:
            dotted: Look = {"ls": ":", "color": "black", "lw": 1.5, "label": "guessing"}
            ax.plot(panel.x, np.full(len(panel.x), panel.guessing), **dotted)
        if panel.goal is not None:
            name, height = panel.goal
            dashes: Look = {"ls": (0, (6, 2, 1, 2)), "color": "black", "lw": 1.5}
            ax.plot(panel.x, np.full(len(panel.x), height), label=name, **dashes)
        ax.set(xlabel=panel.xlabel, ylabel=panel.ylabel, title=panel.title)
        ax.set(yscale="log", ylim=panel.limits)
        ax.margins(x=0.02)
        name_lines(ax)
    return figure
