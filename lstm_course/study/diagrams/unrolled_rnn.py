"""A vanilla RNN of one unit, folded and unrolled, with the numbers of four steps."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lstm_course.layers.rnn import RNNParams, RNNState, rnn_step
from lstm_course.study.diagrams.toolkit import (
    INK,
    Picture,
    Style,
    arrow,
    box,
    new_page,
    tint,
    write,
)
from lstm_course.study.plots.style import BLUE, GREEN, GREY

W, U = 1.0, 0.5
PARAMS = RNNParams(np.array([[W]]), np.array([[U]]), np.array([0.0]))
KNOCKS = (1, 0, 0, 1)

_X: Style = {"color": GREEN, "line": 2.6}
_H: Style = {"color": BLUE, "line": 2.6}
_CELL: Style = {"color": BLUE, "fill": tint(BLUE, 0.1), "line": 2, "corner": 10}
_TOP, _HIGH, _WIDE = 130, 132, 116
_MIDDLE, _BOTTOM = _TOP + _HIGH / 2, _TOP + _HIGH


def hidden_states() -> list[float]:
    """Return h after each step."""
    state, seen = RNNState(np.zeros((1, 1))), []
    for x in KNOCKS:
        state, _ = rnn_step(np.array([[x]], float), state, PARAMS)
        seen.append(state.h.item())
    return seen


def _value(ax: Axes, x: float, y: float, text: str, color: str) -> None:
    box(ax, x - 34, y - 18, 68, 36, color=color, fill=tint(color, 0.12), line=2)
    write(ax, x, y, text, size=17, weight="bold")


def _draw_folded(ax: Axes, x: float) -> None:
    box(ax, x - 42, _TOP + 30, 84, _HIGH - 60, **_CELL)
    write(ax, x, _MIDDLE, "tanh", size=16, weight="bold")
    arrow(ax, (x, 350), (x, _BOTTOM - 29), **_X)
    write(ax, x, 374, "x", size=19, style="italic")
    arrow(ax, (x, _TOP + 30), (x, 84), **_H)
    write(ax, x, 64, "h", size=19, style="italic")
    loop = (x, 112), (x + 66, 112), (x + 66, _MIDDLE), (x + 43, _MIDDLE)
    arrow(ax, *loop, **_H)
    write(ax, x + 12, 310, f"× {W:g}", size=15, ha="left")
    write(ax, x + 72, 136, f"× {U:g}", size=15, ha="left")


def unrolled_rnn() -> Figure:
    """Draw the loop, and the same loop step by step."""
    figure, ax = new_page(440)
    write(ax, 84, 22, "the loop", size=17, weight="bold")
    _draw_folded(ax, 70)
    write(ax, 196, _MIDDLE, "=", size=30)

    first, slot, before = 336, 166, 0.0
    write(ax, first + 1.5 * slot, 22, "the loop, step by step", size=17, weight="bold")
    write(ax, first - 100, _MIDDLE - 30, "h₀ = 0", size=15)
    for n, (knock, h) in enumerate(zip(KNOCKS, hidden_states(), strict=True)):
        x = first + n * slot
        _value(ax, x, 374, str(knock), GREEN)
        write(ax, x, 408, f"t = {n + 1}", size=14, color=GREY)
        arrow(ax, (x, 355), (x, _BOTTOM + 1), **_X)
        write(ax, x + 12, 310, f"× {W:g}", size=15, ha="left")
        arrow(ax, (x - slot + _WIDE / 2, _MIDDLE), (x - _WIDE / 2, _MIDDLE), **_H)
        write(ax, x - slot / 2, _MIDDLE + 18, f"× {U:g}")
        box(ax, x - _WIDE / 2, _TOP, _WIDE, _HIGH, **_CELL)
        for y, name, number in (
            (_BOTTOM - 83, "x w", W * knock),
            (_BOTTOM - 57, "h′ u", U * before),
            (_BOTTOM - 22, "z", W * knock + U * before),
        ):
            write(ax, x - 46, y, name, size=15, ha="left", style="italic")
            write(ax, x + 48, y, f"{number:.3f}", size=15, ha="right")
        edge = _BOTTOM - 39
        ax.plot([x - 46, x + 48], [edge, edge], color=INK, linewidth=0.9)
        write(ax, x, _TOP + 22, "tanh(z)", size=16, weight="bold")
        arrow(ax, (x, _TOP), (x, 84), **_H)
        _value(ax, x, 64, f"{h:.3f}", BLUE)
        before = h
    return figure


def _alt() -> str:
    states = ", ".join(f"{h:.3f}" for h in hidden_states())
    knocks = ", ".join(map(str, KNOCKS))
    return (
        "A vanilla RNN with one unit: at the left as a loop, at the right the same "
        f"loop drawn out over four steps. The inputs {knocks} come from below, each "
        f"times w = {W:g}; the hidden state before comes from the left, times "
        f"u = {U:g}; the sum z goes through tanh. The hidden states are {states}, "
        "each handed up as the output and to the right as memory. The weights are "
        "the same at every step."
    )


PICTURE = Picture(unrolled_rnn, _alt())
