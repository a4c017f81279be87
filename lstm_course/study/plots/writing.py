"""A figure of a language model: what it writes, beside how well it foretells."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from lstm_course.study.plots.style import BLUE, GREY, new_figure

BLOCK = 0.75  # bits: as high as a text with its two lines


def writing_stages(
    stages: Sequence[Mapping[str, Any]],
    baselines: Mapping[str, float],
    *,
    line_length: int = 74,
) -> Figure:
    """Return what was written after so many steps, each text at the height of its bits.

    Where two would overlap, the upper one stands higher.

    Args:
        stages: each with its step, its validation_bits and its text, as the description
            of a stored model holds them.
        baselines: name → bits of what needs no network: marks on the scale.
        line_length: characters of a text side by side.
    """
    figure, (ax,) = new_figure(height=5)
    letters = FontProperties(family="DejaVu Sans Mono", size=10)  # always there
    for name, bits in baselines.items():
        ax.plot([0, 0.04], [bits, bits], color=GREY, ls="-")
        behind = {"facecolor": "white", "linewidth": 0, "pad": 1}
        ax.text(0.05, bits, name, color=GREY, fontsize=10, va="center", bbox=behind)
    height = -np.inf  # of a text: of its bits, or above the one below
    for stage in sorted(stages, key=lambda stage: float(stage["validation_bits"])):
        bits = stage["validation_bits"]
        height = max(bits, height + BLOCK)
        ax.plot([0, 0.22], [bits, height], color=BLUE, ls=":", lw=1)
        ax.plot(0, bits, "o", color=BLUE, clip_on=False)
        said = f"{stage['step']:,} steps, {bits:.2f} bits"
        ax.text(0.23, height + 0.04, said, color=BLUE, fontsize=10, va="bottom")
        lines = "\n".join(textwrap.wrap(stage["text"], line_length))
        ax.text(0.23, height - 0.04, lines, font=letters, va="top", parse_math=False)
    ax.set(xlim=(0, 1), ylim=(1.3, 6.8), ylabel="bits a character")
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.grid(visible=False)
    return figure
