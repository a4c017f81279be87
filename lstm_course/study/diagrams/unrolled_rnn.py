"""A vanilla RNN of one unit, folded and unrolled, with the numbers of four steps."""

import numpy as np
from matplotlib.figure import Figure

from lstm_course.layers.rnn import RNNParams, RNNState, rnn_step
from lstm_course.study.diagrams.toolkit import (
    INK,
    Page,
    Style,
    tint,
)
from lstm_course.study.plots.style import BLUE, GREEN, GREY

W, U = 1.0, 0.5
PARAMS = RNNParams(np.array([[W]]), np.array([[U]]), np.array([0.0]))
KNOCKS = (1, 0, 0, 1)

CELL: Style = {"color": BLUE, "fill": tint(BLUE, 0.1), "line": 2, "corner": 10}
TOP, MIDDLE, BOTTOM = 130, 196, 262  # of a cell
HALF = 58  # of its width
FIRST, SLOT = 336, 166  # the middle of the first cell, and the way to the next


def hidden_states() -> list[float]:
    """Return h after each step."""
    state, seen = RNNState(np.zeros((1, 1))), []
    for x in KNOCKS:
        state, _ = rnn_step(np.array([[x]], float), state, PARAMS)
        seen.append(state.h.item())
    return seen


def unrolled_rnn(steps: int = len(KNOCKS)) -> Figure:
    """Draw the loop, and the same loop step by step.

    Args:
        steps: how many are drawn, from the first on; with 0 the loop stands alone.
    """
    page = Page(440)
    page.write(84, 22, "the loop", size=17, weight="bold")
    _draw_loop(page, 70)
    if steps:
        _draw_steps(page, steps)
    return page.figure


def _draw_steps(page: Page, steps: int) -> None:
    page.write(196, MIDDLE, "=", size=30)
    before = 0.0
    page.write(585, 22, "the loop, step by step", size=17, weight="bold")
    page.write(236, MIDDLE - 30, "h₀ = 0", size=15)
    taken = list(zip(KNOCKS, hidden_states(), strict=True))[:steps]
    for n, (knock, h) in enumerate(taken):
        x = FIRST + n * SLOT
        draw_value(page, x, 374, str(knock), GREEN)
        page.write(x, 408, f"t = {n + 1}", size=14, color=GREY)
        page.wire("x", (x, 355), (x, BOTTOM + 1))
        page.write(x + 12, 310, f"× {W:g}", size=15, ha="left")
        page.wire("h", (x - SLOT + HALF, MIDDLE), (x - HALF, MIDDLE))
        page.write(x - SLOT / 2, MIDDLE + 18, f"× {U:g}")
        page.box(x - HALF, TOP, 2 * HALF, BOTTOM - TOP, **CELL)
        page.write(x, TOP + 22, "tanh(z)", size=16, weight="bold")
        z = W * knock + U * before
        sums = ((179, "x w", W * knock), (205, "h′ u", U * before), (240, "z", z))
        for y, name, number in sums:
            page.write(x - 46, y, name, size=15, ha="left", style="italic")
            page.write(x + 48, y, f"{number:.3f}", size=15, ha="right")
        page.ax.hlines(223, x - 46, x + 48, color=INK, lw=0.9)
        page.wire("h", (x, TOP), (x, 84))
        draw_value(page, x, 64, f"{h:.3f}", BLUE)
        before = h


def _draw_loop(page: Page, x: float) -> None:
    page.box(x - 42, TOP + 30, 84, 72, **CELL)
    page.write(x, MIDDLE, "tanh", size=16, weight="bold")
    page.wire("x", (x, 350), (x, BOTTOM - 29))
    page.write(x, 374, "x", size=19, style="italic")
    page.wire("h", (x, TOP + 30), (x, 84))
    page.write(x, 64, "h", size=19, style="italic")
    loop = (x, 112), (x + 66, 112), (x + 66, MIDDLE), (x + 43, MIDDLE)
    page.wire("h", *loop)
    page.write(x + 12, 310, f"× {W:g}", size=15, ha="left")
    page.write(x + 72, 136, f"× {U:g}", size=15, ha="left")


def draw_value(page: Page, x: float, y: float, text: str, color: str) -> None:
    """Draw a value in its box around (x, y)."""
    page.box(x - 34, y - 18, 68, 36, color=color, fill=tint(color, 0.12), line=2)
    page.write(x, y, text, size=17, weight="bold")
