"""The figures of the lessons, drawn from measurements.

One palette throughout (Okabe and Ito's, which colour-blind readers can tell apart),
and a second sign beside every colour: a dash, a marker or a label.
"""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

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
    axes[0].legend()
    figure.suptitle(title)
    return figure
