"""The film reviews: a text as the model sees it, and what was measured on them all."""

import textwrap
from collections.abc import Container, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, NullLocator

from lstm_course.arrays.shapes import Array
from lstm_course.study.plots.style import GREY, STYLE, looks, new_figure

BLANK = 6 * "█"  # in place of an unknown word
Runs = Mapping[str, Mapping[str, Any]]  # seed → result, one case of a measurement


def blanked_text(
    words: Sequence[str], known: Container[str], *, line_length: int = 64
) -> Figure:
    """Return a text in which a grey box stands for each word that is not known.

    All boxes have the same length: that of the word would say something about it.

    Args:
        words: the text, word by word.
        known: the words to show.
        line_length: characters a line.
    """
    whole: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
    shown = [word if word in known else BLANK for word in words]
    lines = textwrap.TextWrapper(line_length, **whole).wrap(" ".join(shown))
    size, line_height = 13, 0.3  # points, inches
    character = 0.602 * size / 72  # inches: how wide the fixed-width letters are
    figsize = (line_length * character, len(lines) * line_height)
    mpl.rcParams.update(STYLE)
    figure = plt.figure(figsize=figsize, layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, line_length), ylim=(len(lines), 0))
    ax.set_axis_off()
    letters = FontProperties(family="DejaVu Sans Mono", size=size)  # always there
    for row, line in enumerate(lines):
        column = 0
        for word in line.split():
            if word == BLANK:
                box = Rectangle((column, row + 0.2), len(word), 0.6, color=GREY, lw=0)
                ax.add_patch(box)
            else:
                ax.text(column, row + 0.7, word, font=letters, parse_math=False)
            column += len(word) + 1
    return figure


def seed_dots(
    groups: Mapping[str, Array], parts: Sequence[str], standard_error: float
) -> Figure:
    """Return a dot for each training run, one row a group, one panel a part.

    Args:
        groups: name → accuracies (runs, parts); NaN where a run has none. The first
            is drawn at the top; five at the most.
        parts: names of the parts of the data, such as "validation" and "test".
        standard_error: of one accuracy, by the number of reviews alone; drawn as a
            bar to measure distances with.
    """
    figure, axes = new_figure(len(parts), height=1.6 + 0.5 * len(groups))
    accuracies = np.concatenate([runs.ravel() for runs in groups.values()])
    low, high = np.nanmin(accuracies), np.nanmax(accuracies)
    middle, half = (low + high) / 2, max(high - low, 2 * standard_error) / 2
    for panel, (ax, part) in enumerate(zip(axes, parts, strict=True)):
        for y, (name, look) in enumerate(looks(groups).items()):
            dots = look | {"linestyle": "", "ms": 9, "alpha": 0.7}
            ax.plot(groups[name][:, panel], np.full(len(groups[name]), y), **dots)
        ax.errorbar(middle, -1, xerr=standard_error, color=GREY, capsize=4)
        ax.annotate("± one standard error", (middle, -1.2), ha="center", fontsize=10)
        ax.set(xlabel=f"accuracy, {part}", ylim=(len(groups) - 0.5, -1.8))
        ax.set_yticks(range(len(groups)), groups if panel == 0 else [""] * len(groups))
        ax.set_xlim(middle - 1.15 * half, middle + 1.15 * half)
    return figure


def mask_grids(masks: Mapping[str, Array]) -> Figure:
    """Return each mask (T, D) as a grid, a column a step, with what is dropped dark."""
    figure, axes = new_figure(len(masks), height=2.6)
    for ax, (title, mask) in zip(axes, masks.items(), strict=True):
        ax.imshow(mask.T == 0, cmap="Greys", vmax=1.4, aspect="auto")
        ax.set(title=title, xlabel="time step", ylabel="feature")
        ax.grid(visible=False)
    return figure


def loss_gap_curves(cases: Mapping[str, Runs]) -> Figure:
    """Return how far training and validation loss are apart, as read and as measured.

    Left, the curves as Keras prints them, means over the seeds. Right, for every epoch
    of every run, the gap between the losses measured alike, by the training loss.

    Args:
        cases: name → runs with running_loss, train_loss and val_loss.
    """
    figure, (curves, gaps) = new_figure(2, height=4.2)
    for name, look in looks(cases).items():
        running, train, validation = (
            np.array([run[key] for run in cases[name].values()])
            for key in ("running_loss", "train_loss", "val_loss")
        )
        epochs = np.arange(1, running.shape[1] + 1)
        for dash, losses in (("--", running), ("-", validation)):
            curves.plot(
                epochs, losses.mean(axis=0), **look | {"linestyle": dash, "ms": 5}
            )
        gap = (validation - train).ravel()
        dots = look | {"linestyle": "", "alpha": 0.6}
        gaps.plot(train.ravel(), gap, label=name, **dots)
    for dash, part in (("--", "training, as printed"), ("-", "validation")):
        curves.plot([], [], dash, color=GREY, label=part)
    curves.legend()
    curves.set(xlabel="epoch", ylabel="loss", title="as it is usually read")
    curves.xaxis.set_major_locator(MaxNLocator(integer=True))
    gaps.legend()
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
    """Return test accuracy by the number of labelled reviews: dots, and means.

    Args:
        results: "network size" → runs with test_accuracy.
        networks: name in the results → name to show; at most five.
        sizes: how many reviews, in rising order.
    """
    figure, (ax,) = new_figure(height=4.4)
    named = looks(networks.values())
    for place, (key, name) in enumerate(networks.items()):
        cases = [results[f"{key} {size}"].values() for size in sizes]
        accuracy = np.array([[run["test_accuracy"] for run in case] for case in cases])
        beside = np.array(sizes) * 1.05 ** (place - (len(networks) - 1) / 2)
        dots = named[name] | {"linestyle": "", "ms": 5, "alpha": 0.45}
        ax.plot(beside, accuracy, **dots)
        ax.plot(beside, accuracy.mean(axis=1), label=name, **named[name])
    ax.set_xscale("log")
    ax.set_xticks(sizes, [f"{size:,}" for size in sizes])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set(xlabel="labelled reviews", ylabel="test accuracy")
    ax.legend(loc="lower right")
    return figure
