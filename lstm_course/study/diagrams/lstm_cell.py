"""The LSTM's cell, with the numbers of one step on its wires."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from lstm_course.layers.lstm import LSTMParams, LSTMState, lstm_step
from lstm_course.study.diagrams.toolkit import (
    INK,
    PAPER,
    Page,
    Point,
    Style,
    signed,
    tint,
)
from lstm_course.study.plots.style import BLUE, GREY, ORANGE

# One unit, one feature, a batch of one: a single number on each wire.
PARAMS = LSTMParams(
    kernel=np.array([[0.5, 0.5, -1.0, 1.0]]),
    recurrent_kernel=np.array([[-1.0, 1.0, 1.0, 1.0]]),
    bias=np.array([0.0, 1.0, 0.0, -1.0]),
)
X = np.array([[1.0]])
BEFORE = LSTMState(h=np.array([[0.5]]), c=np.array([[0.8]]))

# Heights in a cell, from its upper edge on
C_LEVEL, PRODUCT, GATES, H_LEVEL, HEIGHT = 62, 172, 252, 314, 350
LSTM_WIDTH = 560

Step = dict[str, str]  # what is on a wire → its number


def one_step() -> Step:
    """Take the step of the picture; return the numbers to write on its wires."""
    after, gates = lstm_step(X, BEFORE, PARAMS)
    numbers = {"x": X, "h′": BEFORE.h, "c′": BEFORE.c}
    numbers |= gates._asdict() | after._asdict()
    numbers |= {"f ⊙ c′": gates.f * BEFORE.c, "i ⊙ g": gates.i * gates.g}
    numbers["tanh(c)"] = np.tanh(after.c)
    return {name: signed(array.item(), 2) for name, array in numbers.items()}


def draw_layer(page: Page, x: float, y: float, name: str) -> None:
    """Draw a small layer with weights of its own, named by what it squashes with."""
    style: Style = {"color": ORANGE, "fill": tint(ORANGE, 0.25), "corner": 6}
    if name == "tanh":
        style = {"color": INK, "fill": tint(GREY, 0.25)}
    page.box(x - 30, y - 20, 60, 40, line=2, **style)
    page.write(x, y, name, size=20 if name == "σ" else 17, weight="bold")


def draw_frame(page: Page, x: float, y: float, width: float, name: str) -> None:
    """Draw the outline of a cell, its name, and the ways in for h' and x."""
    style: Style = {"color": BLUE, "fill": tint(BLUE, 0.07), "line": 2, "corner": 14}
    page.box(x, y, width, HEIGHT, **style)
    page.write(x + 12, y - 16, name, size=17, ha="left", weight="bold")
    page.wire("x", (x + 34, y + HEIGHT + 36), (x + 34, y + H_LEVEL + 2))
    page.write(x + 34, y + HEIGHT + 48, "x", size=17, style="italic")
    page.write(x - 22, y + H_LEVEL - 16, "h′", size=17, style="italic")


def draw_way_out(page: Page, x: float, y: float, width: float, *start: Point) -> None:
    """Draw the way of the hidden state out of a cell, down to where h' comes in."""
    turn, level = x + width - 26, y + H_LEVEL
    down = (turn, start[-1][1]), (turn, level)
    page.wire("h", *start, *down, (x + width + 42, level))
    page.write(x + width + 22, level - 16, "h", size=17, style="italic")


def draw_lstm(
    page: Page, x: float, y: float, step: Step | None = None, *, layers: str = "figo"
) -> None:
    """Draw the cell from its upper left corner on; with a step, write its numbers.

    Args:
        page: to draw on.
        x: of the corner.
        y: of the corner.
        step: what is on the wires.
        layers: which of f, i, g and o are there; without i, all of g is written.
    """
    f, i, g, o = (x + n for n in (100, 216, 336, 456))
    middle, end = (i + g) / 2, x + LSTM_WIDTH
    c_level, product, h_level = y + C_LEVEL, y + PRODUCT, y + H_LEVEL
    top, bottom = y + GATES - 21, y + GATES + 21
    draw_frame(page, x, y, LSTM_WIDTH, "LSTM")

    places = zip("figo", (f, i, g, o), strict=True)
    columns = {name: at for name, at in places if name in layers}

    # What goes in, to all layers
    *others, last = columns.values()
    page.wire("h", (x - 42, h_level), (last, h_level), (last, bottom))
    for column in others:
        page.wire("h", (column, h_level), (column, bottom))

    # The cell state, straight through, and a branch of it
    stops = [x - 42, f - 16, f + 16, middle - 16, middle + 16, end + 42]
    if "f" not in layers:
        stops[1:3] = []
    for left, right in zip(stops[::2], stops[1::2], strict=True):
        page.wire("c", (left, c_level), (right, c_level))
    if "o" in layers:
        page.wire("c", (o, c_level), (o, product - 16))
    page.write(x - 22, c_level - 17, "c′", size=17, style="italic")
    page.write(end + 22, c_level - 17, "c", size=17, style="italic")

    # The gates, and what they let through
    ways = {
        "f": [(f, top), (f, c_level + 16)],
        "i": [(i, top), (i, product), (middle - 16, product)],
        "g": [(g, top), (g, product), (middle + 16, product)],
        "ig": [(middle, product - 15), (middle, c_level + 16)],
        "o": [(o, top), (o, product + 16)],
    }
    if "i" not in layers:
        ways["g"] = [*ways["g"][:2], (middle, product), (middle, c_level + 16)]
    for of, way in ways.items():
        if {*of} <= {*layers}:
            page.arrow(*way, line=2)
    if "o" in layers:
        draw_way_out(page, x, y, LSTM_WIDTH, (o + 15, product))
    for name, column in columns.items():
        draw_layer(page, column, y + GATES, "tanh" if name == "g" else "σ")
        page.write(column - 13, top - 16, name, size=17, style="italic")
    for of, column, level, sign in (
        ("f", f, c_level, "⊙"),
        ("i", middle, product, "⊙"),
        ("o", o, product, "⊙"),
        ("g", middle, c_level, "+"),
        ("o", o, c_level + 46, "tanh"),
    ):
        if of in layers:
            wide, size = (52, 14) if sign == "tanh" else (30, 19)
            draw_operation(page, column, level, sign, wide=wide, size=size)
    if step is None:
        return

    for column, level, value, side in (
        (i + 8, top - 16, step["i"], "left"),
        (f + 8, top - 16, step["f"], "left"),
        (g + 8, top - 16, step["g"], "left"),
        (o + 8, top - 16, step["o"], "left"),
        (middle + 8, (c_level + product) / 2 + 2, step["i ⊙ g"], "left"),
        (o + 8, product - 33, step["tanh(c)"], "left"),
        (x + 42, c_level - 18, step["c′"], "center"),
        ((f + middle) / 2, c_level - 18, step["f ⊙ c′"], "center"),
        ((middle + o) / 2, c_level - 18, step["c"], "center"),
        (x - 28, h_level + 20, step["h′"], "center"),
        (end + 28, h_level + 20, step["h"], "center"),
        (x + 68, y + HEIGHT + 48, step["x"], "center"),
    ):
        page.write(column, level, value, size=15, weight="bold", ha=side)


def draw_operation(
    page: Page, x: float, y: float, sign: str, *, wide: float = 30, size: float = 19
) -> None:
    """Draw what has no weights: a sign in a round, around (x, y)."""
    form = Ellipse((x, y), wide, 30, fc=PAPER, ec=INK, lw=1.4, zorder=3)
    page.ax.add_patch(form)
    page.write(x, y, sign, size=size, zorder=4)


def lstm_cell_with(layers: str, step: Step | None = None) -> Figure:
    """Draw the cell alone, of its layers f, i, g and o these; and a step's numbers."""
    page = Page(455)
    draw_lstm(page, 62, 40, step, layers=layers)
    return page.figure


def lstm_cell() -> Figure:
    """Draw the cell, and beside it the same step as six equations."""
    page = Page(455)
    step = one_step()
    draw_lstm(page, 62, 40, step)
    page.write(232, 40 + H_LEVEL + 19, "x and h′, to all four", size=13)
    z = (X @ PARAMS.kernel + BEFORE.h @ PARAMS.recurrent_kernel + PARAMS.bias)[0]
    z_i, z_f, z_g, z_o = (signed(value, 2) for value in z)
    i, f, g, o, h, c, kept, written, shown = [*step.values()][3:]
    equations = (
        ("f", f"σ({z_f}) = {f}", "keep"),
        ("i", f"σ({z_i}) = {i}", "write"),
        ("g", f"tanh({z_g}) = {g}", "what to write"),
        ("c", "f ⊙ c′ + i ⊙ g", f"= {kept} + ({written}) = {c}"),
        ("o", f"σ({z_o}) = {o}", "show"),
        ("h", "o ⊙ tanh(c)", f"= {o} × {shown} = {h}"),
    )
    for row, (name, formula, note) in enumerate(equations):
        y = 56 + 62 * row
        page.write(686, y, name, size=17, style="italic")
        page.write(700, y, f"= {formula}", size=15, ha="left")
        page.write(700, y + 23, note, ha="left", color=INK if "=" in note else GREY)
    page.write(212, 438, "in boxes: layers with weights of their own", ha="left")
    page.write(542, 438, "in rounds: no weights", ha="left")
    return page.figure
