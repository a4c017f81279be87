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

_CELL: Style = {"color": BLUE, "fill": tint(BLUE, 0.1), "line": 2, "corner": 10}
_TOP, _MIDDLE, _BOTTOM = 130, 196, 262  # of a cell
_HALF = 58  # of its width


def hidden_states() -> list[float]:
    """Return h after each step."""
    state, seen = RNNState(np.zeros((1, 1))), []
    for x in KNOCKS:
        state, _ = rnn_step(np.array([[x]], float), state, PARAMS)
        seen.append(state.h.item())
    return seen


def unrolled_rnn() -> Figure:
    """Draw the loop, and the same loop step by step."""
    page = Page(440)
    page.write(84, 22, "the loop", size=17, weight="bold")
    _draw_loop(page, 70)
    page.write(196, _MIDDLE, "=", size=30)

    slot, before = 166, 0.0
    page.write(585, 22, "the loop, step by step", size=17, weight="bold")
    page.write(236, _MIDDLE - 30, "h₀ = 0", size=15)
    for n, (knock, h) in enumerate(zip(KNOCKS, hidden_states(), strict=True)):
        x = 336 + n * slot
        _draw_value(page, x, 374, str(knock), GREEN)
        page.write(x, 408, f"t = {n + 1}", size=14, color=GREY)
        page.wire("x", (x, 355), (x, _BOTTOM + 1))
        page.write(x + 12, 310, f"× {W:g}", size=15, ha="left")
        page.wire("h", (x - slot + _HALF, _MIDDLE), (x - _HALF, _MIDDLE))
        page.write(x - slot / 2, _MIDDLE + 18, f"× {U:g}")
        page.box(x - _HALF, _TOP, 2 * _HALF, _BOTTOM - _TOP, **_CELL)
        page.write(x, _TOP + 22, "tanh(z)", size=16, weight="bold")
        z = W * knock + U * before
        sums = ((179, "x w", W * knock), (205, "h′ u", U * before), (240, "z", z))
        for y, name, number in sums:
            page.write(x - 46, y, name, size=15, ha="left", style="italic")
            page.write(x + 48, y, f"{number:.3f}", size=15, ha="right")
        page.ax.hlines(223, x - 46, x + 48, color=INK, lw=0.9)
        page.wire("h", (x, _TOP), (x, 84))
        _draw_value(page, x, 64, f"{h:.3f}", BLUE)
        before = h
    return page.figure


def _draw_loop(page: Page, x: float) -> None:
    page.box(x - 42, _TOP + 30, 84, 72, **_CELL)
    page.write(x, _MIDDLE, "tanh", size=16, weight="bold")
    page.wire("x", (x, 350), (x, _BOTTOM - 29))
    page.write(x, 374, "x", size=19, style="italic")
    page.wire("h", (x, _TOP + 30), (x, 84))
    page.write(x, 64, "h", size=19, style="italic")
    loop = (x, 112), (x + 66, 112), (x + 66, _MIDDLE), (x + 43, _MIDDLE)
    page.wire("h", *loop)
    page.write(x + 12, 310, f"× {W:g}", size=15, ha="left")
    page.write(x + 72, 136, f"× {U:g}", size=15, ha="left")


def _draw_value(page: Page, x: float, y: float, text: str, color: str) -> None:
    page.box(x - 34, y - 18, 68, 36, color=color, fill=tint(color, 0.12), line=2)
    page.write(x, y, text, size=17, weight="bold")
