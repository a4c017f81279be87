"""The map of the course: its lessons along one path."""

import numpy as np
from matplotlib.figure import Figure

from lstm_course.study.diagrams.toolkit import INK, WIDTH, Block, Page, tint
from lstm_course.study.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE

# Title, aim, colour and lessons of each part
PARTS = (
    (
        "Basis",
        "turn data into tensors,\npredict every shape",
        GREY,
        ("Start here", "Tensors and\nsequences"),
    ),
    (
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
    (
        "Using it",
        "forecast numbers,\nstack layers",
        GREEN,
        ("A first\nforecast", "Stacked\nLSTMs"),
    ),
    (
        "Real reviews",
        "train on 20,000 reviews,\ntell praise from blame",
        ORANGE,
        ("IMDB:\nthe reviews", "IMDB: LSTM\nand dropout"),
    ),
    (
        "Looking back",
        "compare the cells, read\nwhat one has learned",
        PURPLE,
        ("GRU and the\ncomparison", "Reading\nthe gates"),
    ),
    (
        "Part two",
        "go back through the gates,\nlet it write, make it win",
        BLUE,
        ("The way\nback", "A network\nthat writes", "What\nit takes"),
    ),
)

_PART, _LESSON, _NEXT = 118, 133, 60  # from part to part, lesson to lesson, to an edge


def course_map() -> Figure:
    """Draw the lessons as one path, part by part."""
    page = Page(len(PARTS) * _PART)
    lesson, last_x = 0, 0.0
    for row, (part, aim, color, titles) in enumerate(PARTS):
        y = 59 + row * _PART
        pale = tint(color, 0.1)
        page.box(10, y - 49, WIDTH - 20, 98, color=pale, fill=pale, corner=12)
        page.note(26, y - 22, part, *aim.split("\n"))
        for x, title in zip(range(290, WIDTH, _LESSON), titles, strict=False):
            page.layer(x, y, 2 * _NEXT, 74, "", color=color)
            page.write(x, y - 21, f"{lesson:02d}", size=13, weight="bold")
            page.write(x, y + 11, title)
            if x > last_x:
                if lesson:
                    page.arrow((last_x + _NEXT, y), (x - _NEXT, y))
            else:
                turn = y - 59
                way = (last_x, turn - 22), (last_x, turn), (x, turn), (x, y - 37)
                page.arrow(*way)
            lesson, last_x = lesson + 1, x
    _draw_sketches(page)
    return page.figure


def _draw_sketches(page: Page) -> None:
    """Draw, beside the lessons of a part, what they're about."""
    for x, rows, columns, layers in (  # a number, a row, a table, a block
        (560, 1, 1, 0),
        (612, 1, 3, 0),
        (698, 3, 3, 0),
        (784, 3, 3, 2),
    ):
        top = 59 - 17 * rows / 2 + 5 * layers
        Block(x, top, 17, 17, 10, 10).draw(page, rows, columns, layers, GREY)

    t = np.linspace(0, 1, 61)  # a curve, and how it goes on
    xs, ys = 560 + 290 * t, 295 - 24 * np.sin(17 * t) * (0.5 + 0.5 * t)
    page.ax.plot(xs[:41], ys[:41], "-", color=GREEN, lw=2.4)
    page.ax.plot(xs[40:], ys[40:], ":", color=INK, lw=2.4)
    page.ax.plot(xs[40], ys[40], "o", color=INK)

    for y, text, verdict in (
        (396, "“a great film”", "positive"),
        (430, "“a waste of time”", "negative"),
    ):
        page.write(700, y, text, size=15, ha="right")
        page.arrow((710, y), (748, y))
        page.write(758, y, verdict, size=15, ha="left", weight="bold")

    for row, gate in enumerate("ifo"):  # gates over time
        y = 495 + 26 * row
        page.write(556, y + 10, gate, style="italic")
        angle = (0.9 + 0.3 * row) * np.arange(18) + 2 * row
        values = 0.5 + 0.45 * np.sin(angle)
        page.vector(570, y, values, cell=(16, 20), color=PURPLE)

    page.write(762, 649, "“The film w”", size=15, ha="right")  # and what it writes
    page.arrow((772, 649), (806, 649))
    page.write(816, 649, "“as”", size=15, ha="left", weight="bold")
