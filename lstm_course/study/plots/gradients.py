"""Lines over a distance, with the spread over seeds: how gradients and errors grow."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from lstm_course.arrays.shapes import Array
from lstm_course.study.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE

_SIGNS = list(
    zip(
        (ORANGE, BLUE, GREEN, PURPLE, GREY),
        "osD^v",
        ("-", "-", "--", "--", ":"),
        strict=True,
    )
)


def spread_lines(
    ax: Axes,
    distances: Sequence[float] | Array,
    groups: Mapping[str, Array],
    *,
    limits: tuple[float, float] | None = None,
    room: float = 0.3,
    apart: float = 0.06,
) -> None:
    """Draw a line a group on a logarithmic scale, its name at its right end.

    Args:
        ax: where to draw.
        distances: (X,) where the values were measured.
        groups: name → values (runs, X). The line is the median run, the band goes
            from the smallest to the largest; marks tell the lines apart.
        limits: of the vertical axis; a line that ends beyond has its name at the edge.
        room: share of the width to leave for the names.
        apart: how far apart names stand at least, as a share of the height.
    """
    ax.set_yscale("log")
    ends = []
    for (name, runs), (color, marker, dash) in zip(
        groups.items(), _SIGNS, strict=False
    ):
        middle = np.median(runs, axis=0)
        few = max(1, len(middle) // 8)
        ax.plot(distances, middle, dash, color=color, marker=marker, markevery=few)
        if len(runs) > 1:
            ax.fill_between(
                distances, runs.min(0), runs.max(0), color=color, alpha=0.15, lw=0
            )
        ends.append((float(middle[-1]), name, color))
    low, high = min(distances), max(distances)
    wide = high - low
    ax.set_xlim(low - 0.02 * wide, high + room * wide)
    ax.set_xticks([tick for tick in ax.get_xticks() if low <= tick <= high])
    if limits is not None:
        ax.set_ylim(limits)
    bottom, top = np.log(ax.get_ylim())
    step = apart * (top - bottom)
    ends.sort()
    places = [float(np.log(value)) for value, _, _ in ends]
    lowest = bottom + step / 2
    for n, y in enumerate(places):  # upwards, then back down from the edge
        places[n] = max(y, lowest)
        lowest = places[n] + step
    highest = top - step / 2
    for n in reversed(range(len(places))):
        places[n] = min(places[n], highest)
        highest = places[n] - step
    for y, (_, name, color) in zip(places, ends, strict=True):
        place = high + 0.03 * wide, np.exp(y)
        ax.annotate(name, place, color=color, va="center", fontsize=11)
