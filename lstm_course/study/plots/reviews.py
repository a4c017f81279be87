"""Plots of what was measured on the film reviews, from the measurements as stored."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

from lstm_course.arrays.shapes import Array
from lstm_course.study.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE, new_figure

Runs = Mapping[str, Mapping[str, Any]]  # seed → result, one case of a measurement


def gap_at(level: float, train_loss: Array, val_loss: Array) -> float:
    """Return validation loss minus training loss where the latter is at a level.

    Both come epoch by epoch. Between the two epochs whose training losses are the
    nearest above and below the level, the gap is interpolated. (Both losses of an
    epoch come from the same weights and rise and fall together, so the gap is the
    steadier quantity.)

    Raises:
        ValueError: the training loss was never on both sides of the level.
    """
    train_loss, val_loss = np.asarray(train_loss), np.asarray(val_loss)
    if not train_loss.min() <= level <= train_loss.max():
        raise ValueError(
            f"level is {level}; the training loss went from {train_loss.max():.3f} "
            f"to {train_loss.min():.3f}"
        )
    order = np.argsort(train_loss)
    gaps = val_loss - train_loss
    return float(np.interp(level, train_loss[order], gaps[order]))


def mask_grids(masks: Mapping[str, Array]) -> Figure:
    """Return each mask (T, D) as a grid, a column a step, with what is dropped dark."""
    figure, axes = new_figure(len(masks), height=2.6)
    for ax, (title, mask) in zip(axes, masks.items(), strict=True):
        ax.imshow(mask.T == 0, cmap="Greys", vmax=1.4, aspect="auto")
        ax.set(title=title, xlabel="time step", ylabel="feature")
        ax.grid(visible=False)
    return figure


def gap_curves(cases: Mapping[str, Runs]) -> Figure:
    """Return how far training and validation loss are apart, as read and as measured.

    Left, the curves as Keras prints them, means over the seeds. Right, for every epoch
    of every run, the gap between the losses measured alike, by the training loss.

    Args:
        cases: name → runs with running_loss, train_loss and val_loss; at most two.
    """
    figure, (curves, gaps) = new_figure(2, height=4.2)
    looks = ((BLUE, "o"), (ORANGE, "^"))
    for (name, runs), (color, marker) in zip(cases.items(), looks, strict=False):
        running, train, validation = (
            np.array([run[key] for run in runs.values()])
            for key in ("running_loss", "train_loss", "val_loss")
        )
        epochs = np.arange(1, running.shape[1] + 1)
        for dash, losses in (("--", running), ("-", validation)):
            mean = losses.mean(axis=0)
            curves.plot(epochs, mean, dash, color=color, marker=marker, ms=5)
        gap = (validation - train).ravel()
        gaps.plot(train.ravel(), gap, marker, color=color, alpha=0.6, label=name)
    for dash, part in (("--", "training, as printed"), ("-", "validation")):
        curves.plot([], [], dash, color=GREY, label=part)
    curves.legend(frameon=False)
    curves.set(xlabel="epoch", ylabel="loss", title="as it is usually read")
    curves.xaxis.set_major_locator(MaxNLocator(integer=True))
    gaps.legend(frameon=False)
    gaps.invert_xaxis()  # from left to right, as training goes
    gaps.xaxis.set_major_locator(MaxNLocator(5))
    gaps.set(
        xlabel="training loss, without dropout",
        ylabel="validation loss − training loss",
        title="at the same training loss",
    )
    return figure


def accuracy_by_size(
    results: Mapping[str, Runs], networks: Mapping[str, str], sizes: Sequence[int]
) -> Figure:
    """Return test accuracy by the number of reviews learned from: dots, and means.

    Args:
        results: "network size" → runs with test_accuracy.
        networks: name in the results → name to show; at most four.
        sizes: how many reviews, in rising order.
    """
    figure, (ax,) = new_figure(height=4.4)
    looks = (
        (PURPLE, "D", ":"),
        (GREEN, "s", "-."),
        (BLUE, "o", "-"),
        (ORANGE, "^", "--"),
    )
    for place, ((key, name), (color, marker, dash)) in enumerate(
        zip(networks.items(), looks, strict=False)
    ):
        accuracy = np.array(
            [
                [run["test_accuracy"] for run in results[f"{key} {size}"].values()]
                for size in sizes
            ]
        )
        beside = np.array(sizes) * 1.05 ** (place - (len(networks) - 1) / 2)
        ax.plot(beside, accuracy, marker, color=color, ms=5, alpha=0.45)
        ax.plot(
            beside, accuracy.mean(axis=1), dash, marker=marker, color=color, label=name
        )
    ax.set_xscale("log")
    ax.set_xticks(sizes, [f"{size:,}" for size in sizes])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set(xlabel="reviews to learn from", ylabel="test accuracy")
    ax.legend(frameon=False, loc="lower right")
    return figure
