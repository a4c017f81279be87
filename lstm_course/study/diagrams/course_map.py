"""The map of the course: its lessons along one path."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lstm_course.study.diagrams.toolkit import (
    INK,
    WIDTH,
    Block,
    Picture,
    Style,
    arrow,
    box,
    new_page,
    tint,
    vector,
    write,
)
from lstm_course.study.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE


def _ranks(ax: Axes, y: float) -> None:
    """Draw a number, a row, a table and a block of numbers."""
    for x, rows, columns, layers in (
        (560, 1, 1, 0),
        (612, 1, 3, 0),
        (698, 3, 3, 0),
        (784, 3, 3, 2),
    ):
        top = y - 17 * rows / 2 + 5 * layers
        Block(x, top, 17, 17, 10, 10).draw(ax, rows, columns, layers, GREY)


def _forecast(ax: Axes, y: float) -> None:
    """Draw a curve, and how it goes on."""
    x = np.linspace(0, 1, 61)
    curve = np.stack([560 + 290 * x, y - 24 * np.sin(17 * x) * (0.5 + 0.5 * x)])
    known, unknown = curve[:, :41], curve[:, 40:]
    ax.plot(*known, color=GREEN, linewidth=2.4, clip_on=False)
    ax.plot(*unknown, ":", color=INK, linewidth=2.4, clip_on=False)
    now_x, now_y = unknown[:, 0]
    box(ax, now_x - 4, now_y - 4, 8, 8, color=INK, fill=INK, corner=4, zorder=3)


def _verdicts(ax: Axes, y: float) -> None:
    """Write two reviews, and what the model says of them."""
    for level, text, verdict in (
        (y - 17, "“a great film”", "positive"),
        (y + 17, "“a waste of time”", "negative"),
    ):
        write(ax, 700, level, text, size=15, ha="right")
        arrow(ax, (710, level), (748, level))
        write(ax, 758, level, verdict, size=15, ha="left", weight="bold")


def _gates(ax: Axes, y: float) -> None:
    """Draw three gates over time, the darker the wider open."""
    for row, gate in enumerate("ifo"):
        level = y - 36 + 26 * row
        write(ax, 556, level + 10, gate, style="italic")
        angle = (0.9 + 0.3 * row) * np.arange(18) + 2 * row
        values = 0.5 + 0.45 * np.sin(angle)
        vector(ax, 570, level, values, cell=(16, 20), color=PURPLE)


class Part(NamedTuple):
    """Lessons that belong together."""

    title: str
    aim: str
    color: str
    lessons: tuple[str, ...]
    sketch: Callable[[Axes, float], None] | None = None  # beside them, around a y


PARTS = (
    Part(
        "Basis",
        "turn data into tensors,\npredict every shape",
        GREY,
        ("Start here", "Tensors and\nsequences"),
        _ranks,
    ),
    Part(
        "Inside the LSTM",
        "build the cell gate by gate,\nsee what it remembers",
        BLUE,
        (
            "Vanilla\nRNN",
            "Vanishing\ngradients",
            "LSTM\ngates",
            "Long\nmemory",
            "Counting\nparameters",
        ),
    ),
    Part(
        "Using it",
        "forecast numbers,\nstack layers",
        GREEN,
        ("A first\nforecast", "Stacked\nLSTMs"),
        _forecast,
    ),
    Part(
        "Real reviews",
        "train on 20,000 reviews,\ntell praise from blame",
        ORANGE,
        ("IMDB:\nthe reviews", "IMDB: LSTM\nand dropout"),
        _verdicts,
    ),
    Part(
        "Looking back",
        "compare the cells, read\nwhat one has learned",
        PURPLE,
        ("GRU and the\ncomparison", "Reading\nthe gates"),
        _gates,
    ),
)


def course_map() -> Figure:
    """Draw the lessons as one path, part by part."""
    band, gap, margin = 98, 20, 10
    width, height, step = 120, 74, 133
    figure, ax = new_page(len(PARTS) * (band + gap) - gap + 2 * margin)
    lesson = 0
    last_x = 0.0  # middle of the lesson before
    for row, part in enumerate(PARTS):
        y = margin + row * (band + gap)
        middle = y + band / 2
        top, bottom = middle - height / 2, middle + height / 2
        fill = tint(part.color, 0.1)
        box(ax, 10, y, WIDTH - 20, band, color=fill, fill=fill, corner=12)
        write(ax, 26, y + 27, part.title, size=18, ha="left", weight="bold")
        write(ax, 26, y + 63, part.aim, size=13, ha="left")
        if part.sketch:
            part.sketch(ax, middle)
        for column, title in enumerate(part.lessons):
            x = 230 + width / 2 + column * step
            style: Style = {"fill": tint(part.color, 0.3), "line": 2.2, "corner": 8}
            box(ax, x - width / 2, top, width, height, color=part.color, **style)
            write(ax, x, top + 16, f"{lesson:02d}", size=13, weight="bold")
            write(ax, x, top + 48, title)
            if column:
                arrow(ax, (last_x + width / 2, middle), (x - width / 2, middle))
            elif lesson:
                turn = y - gap / 2
                before = bottom - band - gap
                arrow(ax, (last_x, before), (last_x, turn), (x, turn), (x, top))
            last_x = x
            lesson += 1
    return figure


PICTURE = Picture(
    course_map,
    "The map of the course: thirteen lessons in five groups along one path. "
    "Basis: 00 start here, 01 tensors and sequences. "
    "Inside the LSTM: 02 vanilla RNN, 03 vanishing gradients, 04 LSTM gates, "
    "05 long memory, 06 counting parameters. "
    "Using it: 07 a first forecast, 08 stacked LSTMs. "
    "Real reviews: 09 the reviews, 10 LSTM and dropout. "
    "Looking back: 11 GRU and the comparison, 12 reading the gates.",
)
