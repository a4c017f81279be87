"""The LSTM's cell, with the numbers of one step on its wires."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from lstm_course.layers.lstm import LSTMParams, LSTMState, lstm_step
from lstm_course.study.diagrams.toolkit import (
    INK,
    PAPER,
    Picture,
    Point,
    Style,
    arrow,
    box,
    new_page,
    tint,
    write,
)
from lstm_course.study.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE

# One unit, one feature, a batch of one: a single number on each wire.
PARAMS = LSTMParams(
    kernel=np.array([[0.5, 0.5, -1.0, 1.0]]),
    recurrent_kernel=np.array([[-1.0, 1.0, 1.0, 1.0]]),
    bias=np.array([0.0, 1.0, 0.0, -1.0]),
)
X = np.array([[1.0]])
BEFORE = LSTMState(h=np.array([[0.5]]), c=np.array([[0.8]]))

C_WIRE: Style = {"color": PURPLE, "line": 3.4, "linestyle": (0, (3, 1.2))}
H_WIRE: Style = {"color": BLUE, "line": 2.6}
X_WIRE: Style = {"color": GREEN, "line": 2.6}
_FRAME: Style = {"color": BLUE, "fill": tint(BLUE, 0.07), "line": 2, "corner": 14}

# Heights in a cell, from its upper edge on
C_LEVEL, PRODUCT, GATES, H_LEVEL, HEIGHT = 62, 172, 252, 314, 350
LSTM_WIDTH = 560


class Numbers(NamedTuple):
    """What one step takes and makes, as it is written on the wires."""

    x: str
    h_before: str
    c_before: str
    i: str
    f: str
    g: str
    o: str
    h: str
    c: str
    kept: str  # f ⊙ c'
    written: str  # i ⊙ g
    shown: str  # tanh(c)


def number(value: float) -> str:
    """Return a number with two decimals and a true minus sign."""
    return f"{value:.2f}".replace("-", "−")


def one_step() -> Numbers:
    """Take the step of the picture."""
    after, gates = lstm_step(X, BEFORE, PARAMS)
    within = gates.f * BEFORE.c, gates.i * gates.g, np.tanh(after.c)
    arrays = X, *BEFORE, *gates, *after, *within
    return Numbers(*(number(array.item()) for array in arrays))


def layer(ax: Axes, at: Point, name: str) -> None:
    """Draw a small layer with weights of its own, named by what it squashes with."""
    x, y = at
    style: Style = {"color": ORANGE, "fill": tint(ORANGE, 0.25), "corner": 6}
    if name == "tanh":
        style |= {"color": INK, "fill": tint(GREY, 0.25), "corner": 0}
    box(ax, x - 30, y - 20, 60, 40, line=2, **style)
    write(ax, x, y, name, size=20 if name == "σ" else 17, weight="bold")


def operation(ax: Axes, at: Point, sign: str) -> None:
    """Draw what is done entry by entry, without weights."""
    x, y = at
    short = len(sign) == 1
    form = Ellipse((x, y), 30 if short else 52, 30, facecolor=PAPER, edgecolor=INK)
    form.set(linewidth=1.4, zorder=3)
    ax.add_patch(form)
    write(ax, x, y, sign, size=19 if short else 14, zorder=4)


def frame(ax: Axes, x: float, y: float, width: float, name: str) -> None:
    """Draw the outline of a cell, its name, and the ways in for h' and x."""
    box(ax, x, y, width, HEIGHT, **_FRAME)
    write(ax, x + 12, y - 16, name, size=17, ha="left", weight="bold")
    arrow(ax, (x + 34, y + HEIGHT + 36), (x + 34, y + H_LEVEL + 2), **X_WIRE)
    write(ax, x + 34, y + HEIGHT + 48, "x", size=17, style="italic")
    write(ax, x - 22, y + H_LEVEL - 16, "h′", size=17, style="italic")


def h_way_out(ax: Axes, x: float, y: float, width: float, *start: Point) -> None:
    """Draw the way of the hidden state out of a cell, down to where h' comes in."""
    turn, level = x + width - 26, y + H_LEVEL
    down = (turn, start[-1][1]), (turn, level)
    arrow(ax, *start, *down, (x + width + 42, level), **H_WIRE)
    write(ax, x + width + 22, level - 16, "h", size=17, style="italic")


def draw_lstm(ax: Axes, x: float, y: float, step: Numbers | None = None) -> None:
    """Draw the cell from its upper left corner on; with a step, write its numbers."""
    f, i, g, o = (x + n for n in (100, 216, 336, 456))
    middle = (i + g) / 2
    c_level, product, h_level = y + C_LEVEL, y + PRODUCT, y + H_LEVEL
    top, bottom = y + GATES - 21, y + GATES + 21
    frame(ax, x, y, LSTM_WIDTH, "LSTM")

    # What goes in, to all four layers
    arrow(ax, (x - 42, h_level), (o, h_level), (o, bottom), **H_WIRE)
    for column in (f, i, g):
        arrow(ax, (column, h_level), (column, bottom), **H_WIRE)

    # The cell state, straight through
    for start, end in (
        (x - 42, f - 16),
        (f + 16, middle - 16),
        (middle + 16, x + LSTM_WIDTH + 42),
    ):
        arrow(ax, (start, c_level), (end, c_level), **C_WIRE)
    write(ax, x - 22, c_level - 17, "c′", size=17, style="italic")
    write(ax, x + LSTM_WIDTH + 22, c_level - 17, "c", size=17, style="italic")

    # The gates, and what they let through
    gate: Style = {"color": INK, "line": 2}
    arrow(ax, (f, top), (f, c_level + 16), **gate)
    arrow(ax, (i, top), (i, product), (middle - 16, product), **gate)
    arrow(ax, (g, top), (g, product), (middle + 16, product), **gate)
    arrow(ax, (middle, product - 15), (middle, c_level + 16), **gate)
    arrow(ax, (o, c_level), (o, product - 16), **C_WIRE)
    arrow(ax, (o, top), (o, product + 16), **gate)
    h_way_out(ax, x, y, LSTM_WIDTH, (o + 15, product))
    for column, name in ((f, "σ"), (i, "σ"), (g, "tanh"), (o, "σ")):
        layer(ax, (column, y + GATES), name)
    for place in ((f, c_level), (middle, product), (o, product)):
        operation(ax, place, "⊙")
    operation(ax, (middle, c_level), "+")
    operation(ax, (o, c_level + 46), "tanh")
    for column, name in ((f, "f"), (i, "i"), (g, "g"), (o, "o")):
        write(ax, column - 13, top - 16, name, size=17, style="italic")
    if step is None:
        return

    style: Style = {"size": 15, "weight": "bold", "ha": "left"}
    for column, value in zip((i, f, g, o), step[3:7], strict=True):
        write(ax, column + 8, top - 16, value, **style)
    write(ax, middle + 8, (c_level + product) / 2 + 2, step.written, **style)
    write(ax, o + 8, product - 33, step.shown, **style)
    style["ha"] = "center"
    write(ax, x + 42, c_level - 18, step.c_before, **style)
    write(ax, (f + middle) / 2, c_level - 18, step.kept, **style)
    write(ax, (middle + o) / 2, c_level - 18, step.c, **style)
    write(ax, x - 22, h_level + 20, step.h_before, **style)
    write(ax, x + LSTM_WIDTH + 22, h_level + 20, step.h, **style)
    write(ax, x + 66, y + HEIGHT + 48, step.x, **style)


def lstm_cell() -> Figure:
    """Draw the cell, and beside it the same step as six equations."""
    figure, ax = new_page(455)
    step = one_step()
    draw_lstm(ax, 62, 40, step)
    write(ax, 232, 40 + H_LEVEL + 19, "x and h′, to all four", size=13)
    z = (X @ PARAMS.kernel + BEFORE.h @ PARAMS.recurrent_kernel + PARAMS.bias)[0]
    z_i, z_f, z_g, z_o = map(number, z)
    c, h = f"{step.kept} + ({step.written})", f"{step.o} × {step.shown}"
    left, y = 686.0, 56.0
    for name, formula, numbers in (
        ("f", f"σ({z_f}) = {step.f}", "keep"),
        ("i", f"σ({z_i}) = {step.i}", "write"),
        ("g", f"tanh({z_g}) = {step.g}", "what to write"),
        ("c", "f ⊙ c′ + i ⊙ g", f"= {c} = {step.c}"),
        ("o", f"σ({z_o}) = {step.o}", "show"),
        ("h", "o ⊙ tanh(c)", f"= {h} = {step.h}"),
    ):
        write(ax, left, y, name, size=17, style="italic")
        write(ax, left + 14, y, f"= {formula}", size=15, ha="left")
        style: Style = {} if "=" in numbers else {"color": GREY}
        write(ax, left + 14, y + 23, numbers, size=14, ha="left", **style)
        y += 62
    write(ax, 212, 438, "in boxes: layers with weights of their own", ha="left")
    write(ax, 542, 438, "in rounds: no weights", ha="left")
    return figure


def _alt() -> str:
    step = one_step()
    return (
        "The LSTM's cell at one step, with its numbers. "
        f"From the left come the cell state, c′ = {step.c_before}, and the hidden "
        f"state, h′ = {step.h_before}; from below the input, x = {step.x}. Four "
        f"small layers read x and h′: the forget gate f = {step.f}, the input gate "
        f"i = {step.i}, the candidate g = {step.g} and the output gate o = {step.o}. "
        "Three of them are σ, the candidate is tanh. The cell state runs straight "
        f"through: it is multiplied by f, which leaves {step.kept}, and i ⊙ g = "
        f"{step.written} is added: c = {step.c}. A branch of it goes through tanh, "
        f"{step.shown}, is multiplied by o, and leaves as h = {step.h}."
    )


PICTURE = Picture(lstm_cell, _alt())
