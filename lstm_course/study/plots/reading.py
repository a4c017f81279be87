"""Figures over the words of a text: the running verdict, and maps of gates."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lstm_course.arrays.shapes import Array
from lstm_course.study.plots.style import GREY, looks, new_figure

LONGEST = 50  # words side by side that can still be read


def verdict_curves(
    words: Sequence[str],
    curves: Mapping[str, Array],
    *,
    marked: Sequence[int] = (),
) -> Figure:
    """Return the verdict after each word, one line a reading, the words below.

    Args:
        words: T of them; no more than `LONGEST` are shown.
        curves: name → probability after each word, (T,); five at the most. One curve
            goes without its name.
        marked: steps to mark by an upright line.
    """
    figure, (ax,) = new_figure()
    ax.axhline(0.5, color=GREY, linewidth=1)
    for step in marked:
        ax.axvline(step, color=GREY, linewidth=1.2, linestyle=":")
    for name, look in looks(curves).items():
        ax.plot(curves[name][:LONGEST], ms=4, label=name, **look)
    if len(curves) > 1:
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4)
    ax.set(ylim=(-0.03, 1.03), ylabel="P(positive), so far")
    _name_the_words(ax, words[:LONGEST])
    return figure


def word_maps(
    words: Sequence[str],
    maps: Mapping[str, Array],
    *,
    stretched: bool = False,
) -> Figure:
    """Return a map for each quantity, a column a word, a row a unit.

    Gates, from 0 to 1, run evenly from dark blue to bright yellow. What has negative
    values is purple below 0, white at 0, orange above. Colour-blind readers can tell
    these colours apart; a scale stands beside each map.

    Args:
        words: T of them; no more than `LONGEST` are shown.
        maps: name → values (T, H).
        stretched: give a gate's least and greatest value the full range of colours,
            rather than 0 and 1.
    """
    units = sum(values.shape[1] for values in maps.values())
    height = 1.2 + 0.13 * units + 0.25 * len(maps)
    figure, axes = new_figure(rows=len(maps), height=height)
    for ax, (name, values) in zip(axes, maps.items(), strict=True):
        values = values[:LONGEST]
        if values.min() < 0:
            full = np.abs(values).max()
            low, high, colors = -full, full, "PuOr_r"
        elif stretched:
            low, high, colors = values.min(), values.max(), "cividis"
        else:
            low, high, colors = 0.0, 1.0, "cividis"
        image = ax.imshow(values.T, cmap=colors, vmin=low, vmax=high, aspect="auto")
        figure.colorbar(image, ax=ax, ticks=[low, high], format="%.2g", pad=0.01)
        ax.set_yticks(range(values.shape[1])[::-2])  # every other unit, and the last
        ax.set_ylabel(name)
    _name_the_words(axes[-1], words[:LONGEST])
    for ax in axes:
        ax.grid(visible=False)
        ax.tick_params(length=0)
    return figure


def _name_the_words(ax: Axes, words: Sequence[str]) -> None:
    size = 10 if len(words) > LONGEST / 2 else 12
    ax.set_xticks(range(len(words)), words, rotation=90, fontsize=size)
    ax.set_xlim(-0.6, len(words) - 0.4)
