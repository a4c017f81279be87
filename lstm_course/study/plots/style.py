"""The figures of the lessons, drawn from measurements.

One palette throughout (Okabe and Ito's, which colour-blind readers can tell apart),
and a second sign beside every colour: a dash, a marker or a label.
"""

from collections.abc import Container, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from lstm_course.arrays.shapes import Array
from lstm_course.training.history import History

BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
GREY = "#666666"

STYLE: dict[Any, Any] = {
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "font.size": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "lines.linewidth": 2,
    "legend.frameon": False,
}


def new_figure(
    columns: int = 1, *, width: float = 9, height: float = 4
) -> tuple[Figure, Sequence[Axes]]:
    """Return a figure with its axes side by side, in the style of the course.

    Args:
        columns: how many axes.
        width: of the figure in inches.
        height: of the figure in inches.
    """
    with mpl.rc_context(STYLE):
        figure, axes = plt.subplots(1, columns, figsize=(width, height), squeeze=False)
    return figure, list(axes[0])


def learning_curves(history: History, title: str) -> Figure:
    """Return loss and accuracy by epoch, the epoch that was kept marked."""
    figure, axes = new_figure(2)
    epochs = range(1, history.epochs + 1)
    curves = (
        ("loss", history.loss, history.val_loss),
        ("accuracy", history.accuracy, history.val_accuracy),
    )
    for ax, (name, train, validation) in zip(axes, curves, strict=True):
        ax.plot(epochs, train, "--", color=GREY, label="training")
        ax.plot(epochs, validation, "-", color=BLUE, label="validation")
        if best := history.best_epoch:
            ax.plot(best, validation[best - 1], "o", color=ORANGE, label="kept")
        ax.set(xlabel="epoch", ylabel=name)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes[0].legend(frameon=False)
    figure.suptitle(title)
    return figure


def blanked_text(
    words: Sequence[str], known: Container[str], *, line_length: int = 64
) -> Figure:
    """Return a text in which a grey box, as long as the word, hides what is not known.

    Args:
        words: the text, word by word.
        known: the words to show.
        line_length: characters a line.
    """
    places = []
    line = column = 0
    for word in words:
        if column and column + len(word) > line_length:
            line, column = line + 1, 0
        places.append((word, line, column))
        column += len(word) + 1

    size, line_height = 13, 0.3  # points, inches
    character = 0.602 * size / 72  # inches: how wide the fixed-width letters are
    figure = plt.figure(
        figsize=(line_length * character, (line + 1) * line_height), layout="none"
    )
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, line_length), ylim=(line + 1, 0))
    ax.set_axis_off()
    letters = FontProperties(family="DejaVu Sans Mono", size=size)  # always there
    for word, line, column in places:
        if word in known:
            ax.text(column, line + 0.7, word, font=letters, parse_math=False)
        else:
            box = Rectangle((column, line + 0.2), len(word), 0.6, color=GREY, lw=0)
            ax.add_patch(box)
    return figure


def seed_dots(
    groups: Mapping[str, Array], parts: Sequence[str], standard_error: float
) -> Figure:
    """Return a dot for each training run, one row a group, one panel a part.

    Args:
        groups: name → accuracies (runs, parts); NaN where a run has none. The first
            is drawn at the top.
        parts: names of the parts of the data, such as "validation" and "test".
        standard_error: of one accuracy, by the number of reviews alone; drawn as a
            bar to measure distances with.
    """
    figure, axes = new_figure(len(parts), height=1.6 + 0.5 * len(groups))
    signs = zip("os^DvP", (BLUE, ORANGE, GREEN, PURPLE, GREY, BLUE), strict=True)
    rows = list(zip(groups.items(), signs, strict=False))
    accuracies = np.concatenate([runs.ravel() for runs in groups.values()])
    low, high = np.nanmin(accuracies), np.nanmax(accuracies)
    middle, half = (low + high) / 2, max(high - low, 2 * standard_error) / 2
    for panel, (ax, part) in enumerate(zip(axes, parts, strict=True)):
        for y, ((_, runs), (marker, color)) in enumerate(rows):
            at = np.full(len(runs), y)
            ax.plot(runs[:, panel], at, marker, color=color, ms=9, alpha=0.7)
        ax.errorbar(middle, -1, xerr=standard_error, color=GREY, capsize=4)
        ax.annotate("± one standard error", (middle, -1.2), ha="center", fontsize=10)
        ax.set(xlabel=f"accuracy, {part}", ylim=(len(rows) - 0.5, -1.8))
        ax.set_yticks(range(len(rows)), groups if panel == 0 else [""] * len(rows))
        ax.set_xlim(middle - 1.15 * half, middle + 1.15 * half)
    return figure
