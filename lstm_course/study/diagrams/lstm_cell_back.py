"""The way back through the LSTM's cell: its picture with the arrows turned round."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from lstm_course.layers.lstm import LSTMState, lstm_step, lstm_step_backward
from lstm_course.study.diagrams.lstm_cell import (
    BEFORE,
    C_LEVEL,
    GATES,
    H_LEVEL,
    HEIGHT,
    LSTM_WIDTH,
    PARAMS,
    PRODUCT,
    Step,
    X,
    draw_layer,
    draw_operation,
)
from lstm_course.study.diagrams.toolkit import (
    INK,
    Page,
    Point,
    Style,
    signed,
    tint,
)
from lstm_course.study.plots.style import BLUE, GREY, ORANGE, PURPLE

# What comes in from the right: by h, and by c from the next step.
D_AFTER = LSTMState(h=np.array([[1.0]]), c=np.array([[0.4]]))

PARTS = 5  # of the picture

_BACK: Style = {"line": 2.6, "linestyle": (0, (4, 1.5))}
_ROUTES = {"c": PURPLE, "h": BLUE, "gate": ORANGE}


def one_step_back() -> Step:
    """Go back through the step of lesson 04; return the numbers to write on its wires.

    "from h" is what comes to c from h: dh ⊙ o ⊙ (1 - tanh²(c)).
    """
    after, gates = lstm_step(X, BEFORE, PARAMS)
    d_x, d_params, d_before = lstm_step_backward(
        D_AFTER, X, BEFORE, PARAMS, after, gates
    )
    i, _, g, o = gates
    tanh_c = np.tanh(after.c)
    slope = 1 - tanh_c**2
    from_h = D_AFTER.h * o * slope
    d_c = D_AFTER.c + from_h
    numbers = {
        "dh": D_AFTER.h,
        "dc_next": D_AFTER.c,
        "from h": from_h,
        "dc": d_c,
        "tanh′": slope,
    }
    numbers |= {"di": d_c * g, "df": d_c * BEFORE.c, "dg": d_c * i}
    numbers |= {"do": D_AFTER.h * tanh_c, "tanh(c)": tanh_c, "c′": BEFORE.c}
    numbers |= dict(zip(("dz_i", "dz_f", "dz_g", "dz_o"), d_params.bias, strict=True))
    numbers |= {"dx": d_x, "dh′": d_before.h, "dc′": d_before.c}
    numbers |= gates._asdict()
    return {name: signed(array.item(), 2) for name, array in numbers.items()}


def draw_lstm_back(
    page: Page, x: float, y: float, step: Step, parts: int = PARTS
) -> None:
    """Draw the cell from its upper left corner on, and what comes back through it.

    Args:
        page: to draw on.
        x: of the corner.
        y: of the corner.
        step: the numbers.
        parts: how many to draw: what comes in by h and c; what h sends on; what c
            sends on; the slopes of the four layers; what leaves for h' and x.
    """
    f, i, g, o = (x + n for n in (100, 216, 336, 456))
    middle, end, turn = (i + g) / 2, x + LSTM_WIDTH, x + LSTM_WIDTH - 26
    c_level, product, h_level = y + C_LEVEL, y + PRODUCT, y + H_LEVEL
    top, bottom = y + GATES - 21, y + GATES + 21
    frame: Style = {"color": ORANGE, "fill": tint(ORANGE, 0.05), "line": 2}
    page.box(x, y, LSTM_WIDTH, HEIGHT, corner=14, **frame)
    page.write(x + 12, y - 16, "LSTM, back", size=17, ha="left", weight="bold")
    page.write(end + 5, c_level - 38, "dc_next", size=14, ha="left", style="italic")
    page.write(end + 22, h_level - 16, "dh", size=15, style="italic")

    def back(route: str, *way: Point) -> None:
        page.arrow(*way, color=_ROUTES[route], **_BACK)

    def number(column: float, level: float, name: str, side: str = "left") -> None:
        page.write(column, level, step[name], size=15, weight="bold", ha=side)

    def factor(column: float, level: float, text: str, side: str = "left") -> None:
        page.write(column, level, text, size=13, color=GREY, ha=side)

    # What comes in
    back("c", (end + 42, c_level), (o + 16, c_level))
    back("h", (end + 42, h_level), (turn, h_level), (turn, product), (o + 15, product))
    number(end + 26, c_level - 18, "dc_next", "center")
    number(end + 28, h_level + 20, "dh", "center")
    if parts > 1:  # h = o ⊙ tanh(c)
        back("gate", (o, product + 16), (o, top))
        back("c", (o, product - 16), (o, c_level + 16))
        number(o + 8, top - 16, "do")
        factor(o + 13, product + 22, f"× {step['tanh(c)']}")
        number(o + 17, c_level + 24, "from h")
        factor(o + 30, c_level + 46, f"× {step['tanh′']}")
        factor(o + 8, product - 33, f"× o {step['o']}")
    if parts > 2:  # c = f ⊙ c' + i ⊙ g
        back("c", (o - 16, c_level), (middle + 4, c_level))
        back("c", (middle - 4, c_level), (f + 16, c_level))
        back("c", (f - 16, c_level), (x - 42, c_level))
        back("gate", (middle, c_level + 4), (middle, product - 15))
        back("gate", (middle - 16, product), (i, product), (i, top))
        back("gate", (middle + 16, product), (g, product), (g, top))
        back("gate", (f, c_level + 16), (f, top))
        page.write((middle + o) / 2 - 30, c_level - 18, "dc", size=15, style="italic")
        number((middle + o) / 2 - 14, c_level - 18, "dc")
        number((f + middle) / 2, c_level - 18, "dc", "center")
        number(middle + 8, (c_level + product) / 2 + 2, "dc")
        number(x - 27, c_level - 18, "dc′", "center")
        page.write(x - 22, c_level - 38, "dc′", size=15, style="italic")
        factor(f + 20, c_level + 22, f"× c′ {step['c′']}")
        factor(x + 48, c_level - 18, f"× f {step['f']}", "center")
        for gate, column, other, beside in (("i", i, "g", -7), ("g", g, "i", 2)):
            number(column + 8, top - 16, f"d{gate}")
            label = f"× {other} {step[other]}"
            factor(column + beside, product - 14, label, "center")
        number(f + 8, top - 16, "df")
    if parts > 3:  # the slopes of the layers
        for name, column in zip("figo", (f, i, g, o), strict=True):
            back("gate", (column, bottom), (column, h_level))
            page.write(column - 15, bottom + 17, "dz", size=15, style="italic")
            number(column + 8, bottom + 17, f"dz_{name}")
    if parts > 4:  # z = x W + h' U + b
        back("h", (o, h_level), (x - 42, h_level))
        page.arrow((x + 34, h_level), (x + 34, y + HEIGHT + 36), color=GREY, **_BACK)
        page.write(x - 22, h_level - 16, "dh′", size=15, style="italic")
        number(x - 28, h_level + 20, "dh′", "center")
        page.write(x + 30, y + HEIGHT + 48, "dx", size=15, style="italic")
        number(x + 54, y + HEIGHT + 48, "dx")

    for name, column in zip("figo", (f, i, g, o), strict=True):
        draw_layer(page, column, y + GATES, "tanh" if name == "g" else "σ")
        if parts > 1 and (parts > 2 or name == "o"):
            page.write(column - 13, top - 16, f"d{name}", size=15, style="italic")
    for column, level, sign in (
        (f, c_level, "⊙"),
        (middle, product, "⊙"),
        (o, product, "⊙"),
        (o, c_level, "+"),
        (o, c_level + 46, "tanh"),
    ):
        wide, size = (52, 14) if sign == "tanh" else (30, 19)
        draw_operation(page, column, level, sign, wide=wide, size=size)
    # Forwards a sum stood here, and the wire forked at o: they change places.
    page.ax.add_patch(Ellipse((middle, c_level), 9, 9, fc=INK, ec=INK, zorder=3))


def lstm_cell_back_with(parts: int = PARTS) -> Figure:
    """Draw the cell alone, with so many parts of the way back."""
    page = Page(455)
    draw_lstm_back(page, 62, 40, one_step_back(), parts)
    return page.figure


def lstm_cell_back() -> Figure:
    """Draw the way back, and beside it the same step line by line."""
    page = Page(455)
    step = one_step_back()
    draw_lstm_back(page, 55, 40, step)
    page.write(225, 40 + H_LEVEL + 19, "to x and h′, from all four", size=13)
    page.write(
        420, 438, "tanh′ is 1 − tanh²(c); all numbers are rounded", size=13, color=GREY
    )
    s = {name: f"({n})" if n.startswith("−") else n for name, n in step.items()}
    lines = (
        ("do", "dh ⊙ tanh(c)", f"{s['dh']} × {s['tanh(c)']} = {step['do']}"),
        (
            "dc",
            "dc_next + dh ⊙ o ⊙ tanh′",
            f"{s['dc_next']} + {s['from h']} = {step['dc']}",
        ),
        ("di", "dc ⊙ g", f"{s['dc']} × {s['g']} = {step['di']}"),
        ("dg", "dc ⊙ i", f"{s['dc']} × {s['i']} = {step['dg']}"),
        ("df", "dc ⊙ c′", f"{s['dc']} × {s['c′']} = {step['df']}"),
        ("dc′", "dc ⊙ f", f"{s['dc']} × {s['f']} = {step['dc′']}"),
        ("dz", "each by the slope", "of its own σ or tanh"),
        ("dh′", "four dz, by Uᵀ", f"= {step['dh′']}"),
        ("dx", "four dz, by Wᵀ", f"= {step['dx']}"),
    )
    for row, (name, formula, note) in enumerate(lines):
        y = 30 + 46 * row
        page.write(688, y, name, size=16, style="italic")
        page.write(704, y, f"= {formula}", size=13, ha="left")
        page.write(704, y + 20, note, size=13, ha="left", color=INK)
    return page.figure
