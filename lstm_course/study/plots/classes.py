"""How far a class has come."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager, get_font

from lstm_course.arrays.shapes import Array
from lstm_course.study.plots.style import BLUE, GREY, new_figure

_ROWS, _MOST_BLOCKS = 40, 5  # a block is longer only where there are five already
_LONGEST_NAME = 22
_SHARES = LinearSegmentedColormap.from_list("shares", ["#f0f0f0", BLUE])


def passed_by_lesson(
    learners: Sequence[str], passed: Array, exercises: Mapping[str, int]
) -> Figure:
    """Return a table of numbers, on a ground that is the darker the more was passed.

    Args:
        learners: their names, from top to bottom and from one block to the next.
        passed: how many exercises each has passed, (learners, lessons); NaN where none
            was tried, which stays empty.
        exercises: the name of each lesson → how many exercises it has.

    Raises:
        ValueError: there is no learner.
    """
    if not learners:
        raise ValueError("learners is empty; expected at least one name")
    blocks = min(_MOST_BLOCKS, math.ceil(len(learners) / _ROWS))
    rows = math.ceil(len(learners) / blocks)
    width = blocks * (1.8 + 0.23 * len(exercises))
    figure, axes = new_figure(blocks, width=max(width, 6), height=1.6 + 0.2 * rows)
    fonts = _fonts_for("".join(learners))
    for block, ax in enumerate(axes):
        here = slice(block * rows, (block + 1) * rows)
        _draw_block(ax, learners[here], passed[here], exercises, fonts)
        ax.set_ylim(rows - 0.5, -0.5)  # rows of the same height in each block
    number = f"{len(learners)} learner{'s' * (len(learners) > 1)}"
    figure.suptitle(f"Exercises passed: {number}, by lesson", fontsize=12)
    figure.supxlabel(
        "A number: exercises passed; the darker, the larger the share.\n"
        "0: tried, and none passed. Empty: none tried.",
        fontsize=9,
    )
    return figure


def _draw_block(
    ax: Axes,
    learners: Sequence[str],
    passed: Array,
    exercises: Mapping[str, int],
    fonts: list[str],
) -> None:
    shares = passed / list(exercises.values())
    ax.imshow(shares, cmap=_SHARES, vmin=0, vmax=1, aspect="auto")
    for row, column in np.argwhere(~np.isnan(passed)):
        color = "white" if shares[row, column] > 0.9 else "black"
        count = f"{passed[row, column]:.0f}"
        ax.text(column, row, count, ha="center", va="center", color=color, fontsize=9)
    heads = [f"{lesson}\n/{count}" for lesson, count in exercises.items()]
    ax.set_xticks(range(len(exercises)), heads, fontsize=8)
    names = [
        name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
        for name in learners
    ]
    ax.set_yticks(range(len(learners)), names, fontsize=9, family=fonts)
    for label in ax.get_yticklabels():
        label.set_parse_math(False)  # a name may have a dollar in it
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)
    ax.set_xticks(np.arange(len(exercises)) + 0.5, minor=True)
    ax.set_yticks(np.arange(len(learners)) + 0.5, minor=True)
    ax.tick_params(which="minor", length=0)
    ax.grid(which="minor", color="white", linewidth=1, alpha=1)
    for row in range(5, len(learners), 5):  # to lead the eye
        ax.axhline(row - 0.5, color=GREY, linewidth=0.7)


def _fonts_for(text: str) -> list[str]:
    """Return the style's font; behind it one that has what letters it lacks."""
    usual = "DejaVu Sans"
    letters = {ord(letter) for letter in text if not letter.isspace()}
    missing = letters - get_font(fontManager.findfont(usual)).get_charmap().keys()
    if not missing:
        return [usual]

    def lacks(path: str) -> int:
        return len(missing - get_font(path).get_charmap().keys())

    # matplotlib's last resort has a box for every letter.
    real = [font for font in fontManager.ttflist if "Last Resort" not in font.name]
    return [usual, min(real, key=lambda font: lacks(font.fname)).name]
