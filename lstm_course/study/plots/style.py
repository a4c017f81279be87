"""One style for all figures.

The colours are Okabe and Ito's, which colour-blind readers can tell apart; beside each
stands a dash or a marker, so that a colour never stands alone.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lstm_course.system.files import atomic_write

BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
GREY = "#666666"

# Color, linestyle and marker, as matplotlib's functions take them.
Look = dict[str, Any]

_LINES = cycler(
    color=[BLUE, ORANGE, GREEN, PURPLE, GREY],
    linestyle=["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1))],
)
_LOOKS: list[Look] = list(_LINES + cycler(marker="os^Dv"))
_CELL_LOOKS = dict(zip(("LSTM", "RNN", "GRU"), _LOOKS, strict=False))

STYLE: dict[Any, Any] = {
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "font.size": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.prop_cycle": _LINES,
    "grid.alpha": 0.3,
    "legend.fontsize": 10,
    "legend.frameon": False,
}

# A slide has 1280 × 720 pixels: this many are left for a picture below the title, and
# no text in it may have fewer.
PICTURE_ON_SLIDE, TEXT_ON_SLIDE = (1180, 560), 24
_ON_SLIDES = {"figure.dpi": 175}  # a legend's 10 points are 24 pixels
_INCH_ON_SLIDES = 0.72  # so that a figure of 9 inches is as wide as the slide


def use_slide_style() -> None:
    """Draw all figures from now on for slides: as large as these, with larger text."""
    STYLE.update(_ON_SLIDES)


def is_slide_style() -> bool:
    """Tell whether figures are drawn for slides."""
    return STYLE.items() >= _ON_SLIDES.items()


def looks(names: Iterable[str]) -> dict[str, Look]:
    """Return a colour, a dash and a marker for each name.

    "LSTM", "RNN" and "GRU" look the same in every figure; other names take in turn
    what is left.

    Raises:
        ValueError: there are more names than looks, which are five.
    """
    names = list(names)
    if len(names) > len(_LOOKS):
        raise ValueError(f"{len(names)} names, and {len(_LOOKS)} looks to tell apart")
    found = {name: _CELL_LOOKS[name] for name in names if name in _CELL_LOOKS}
    left = iter([look for look in _LOOKS if look not in found.values()])
    return {name: dict(found.get(name) or next(left)) for name in names}


def new_figure(
    columns: int = 1, *, rows: int = 1, width: float = 9, height: float = 4
) -> tuple[Figure, Sequence[Axes]]:
    """Return a figure and its axes, row by row, in the style of the course.

    The style stays in force, as after ``plt.style.use``: legends and texts take
    theirs when they are drawn.

    Args:
        columns: how many axes side by side.
        rows: how many below one another; they share the horizontal axis.
        width: of the figure in inches; on slides it is drawn in proportion.
        height: of the figure in inches.
    """
    mpl.rcParams.update(STYLE)
    inch = _INCH_ON_SLIDES if is_slide_style() else 1
    size = (width * inch, height * inch)
    figure, axes = plt.subplots(
        rows, columns, figsize=size, sharex=rows > 1, squeeze=False
    )
    return figure, list(axes.flat)


def name_lines(ax: Axes) -> None:
    """Write each line's label beyond the right edge, at the height where it ends.

    Names that would overlap are moved apart; that of a line which leaves the picture
    stands at the edge. Lines without a label stay without a name.
    """
    ax.autoscale_view()
    to_axes = ax.transScale + ax.transLimits  # from data to shares of the axes
    lines = [line for line in ax.lines if not str(line.get_label()).startswith("_")]
    last = [np.asarray(line.get_xydata())[-1] for line in lines]
    ends = to_axes.transform(last)[:, 1]
    order = np.argsort(ends, kind="stable")
    step = 0.2 * STYLE["figure.dpi"] / ax.bbox.height  # 0.2 inches, for a name
    heights = np.sort(ends)
    lowest = step / 2
    for n in range(len(heights)):  # upwards, then back down from the upper edge
        heights[n] = max(heights[n], lowest)
        lowest = heights[n] + step
    highest = 1 - step / 2
    for n in reversed(range(len(heights))):
        heights[n] = min(heights[n], highest)
        highest = heights[n] - step
    for n, height in zip(order, heights, strict=True):
        ax.annotate(
            str(lines[n].get_label()),
            (1, height),
            (4, 0),
            "axes fraction",
            "offset points",
            color=lines[n].get_color(),
            va="center",
            fontsize=11,
        )


def save_svg(draw: Callable[[], Figure], path: Path, **about: str) -> None:
    """Draw a figure into an SVG file, with the same bytes on every run and machine.

    Text becomes outlines of the font that matplotlib brings along, so that a reader
    needs no font; neither a date nor a random name is written.

    Args:
        draw: makes the figure. It is called in the style of the course, whatever the
            reader's own settings of matplotlib.
        path: of the file, which appears whole or not at all.
        about: metadata, such as ``Description``.
    """
    reproducible = {"svg.fonttype": "path", "svg.hashsalt": "lstm_course"}
    with mpl.style.context("default"), mpl.rc_context(STYLE | reproducible):
        figure = draw()
        with atomic_write(path) as file:
            metadata = {"Date": None, "Creator": None, **about}
            figure.savefig(file, format="svg", metadata=metadata)
        plt.close(figure)
