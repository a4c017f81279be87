"""The way back through the unrolled RNN: the same four steps, from right to left."""

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from lstm_course.layers.rnn import RNNGates, RNNState, rnn_step, rnn_step_backward
from lstm_course.study.diagrams.toolkit import INK, Page, Style, tint
from lstm_course.study.diagrams.unrolled_rnn import (
    BOTTOM,
    FIRST,
    HALF,
    KNOCKS,
    MIDDLE,
    PARAMS,
    SLOT,
    TOP,
    U,
    draw_value,
    hidden_states,
)
from lstm_course.study.plots.style import BLUE, GREY, ORANGE

_CELL: Style = {"color": ORANGE, "fill": tint(ORANGE, 0.08), "line": 2, "corner": 10}
_TO_COME: Style = {"color": GREY, "linestyle": (0, (2, 3)), "corner": 10}
_BACK: Style = {"color": ORANGE, "line": 2.6, "linestyle": (0, (4, 1.5))}
_SHARES = 308  # the upper edge of the shares
PARTS = 2 + 3 * len(KNOCKS)  # of the picture
_EDGE = HALF - 7  # of what is written in a cell, from its middle


class StepBack(NamedTuple):
    """What is computed on the way back through one step."""

    d_h: float  # comes in from the right
    slope: float
    d_z: float
    shares: tuple[float, float, float]  # of the step in dw, du, db
    d_h_before: float  # goes on to the left


def steps_back() -> list[StepBack]:
    """Return the steps in the order of time; the loss is the last h."""
    state, way = RNNState(np.zeros((1, 1))), []
    for knock in KNOCKS:
        x = np.array([[knock]], float)
        new_state, _ = rnn_step(x, state, PARAMS)
        way.append((x, state, new_state))
        state = new_state
    d_state, steps = RNNState(np.ones((1, 1))), []
    for x, state, new_state in reversed(way):
        _, shares, before = rnn_step_backward(
            d_state, x, state, PARAMS, new_state, RNNGates()
        )
        d_w, d_u, d_z = (share.item() for share in shares)
        slope = 1 - new_state.h.item() ** 2
        steps.append(
            StepBack(d_state.h.item(), slope, d_z, (d_w, d_u, d_z), before.h.item())
        )
        d_state = before
    return steps[::-1]


def unrolled_rnn_back(parts: int = PARTS, *, steps_above: bool = False) -> Figure:
    """Draw the gradient's way from the last h to the first, and the weights' shares.

    Args:
        parts: how many to draw, in the order of the way back: the gradient that
            enters; of each step the cell, its shares, and the arrow to the step before;
            the sums. A cell to come shows what is known already, x and h.
        steps_above: number the steps above their cells, not at the foot of the page,
            where a slide has its arrows.
    """
    page = Page(430)
    steps = steps_back()
    page.write(585, 22, "the way back, step by step", size=17, weight="bold")
    if parts >= PARTS - 1:
        start = f"dh₀ = {steps[0].d_h_before:.3f}"
        page.write(218, MIDDLE, start, size=15, ha="right")
    end = FIRST + (len(steps) - 1) * SLOT
    page.arrow((end, 84), (end, TOP), **_BACK)
    draw_value(page, end, 64, f"{steps[-1].d_h:g}", ORANGE)
    page.write(end - 44, 64, f"the loss is h{'₀₁₂₃₄'[len(steps)]}, so dh =", ha="right")
    way = zip(KNOCKS, hidden_states(), steps, strict=True)
    for n, (knock, h, step) in enumerate(way):
        x = FIRST + n * SLOT
        drawn = parts - 1 - 3 * (len(steps) - 1 - n)
        if drawn > 0:
            _draw_step(page, x, step, drawn)
        else:
            page.box(x - HALF, TOP, 2 * HALF, BOTTOM - TOP, **_TO_COME)
            page.write(x, MIDDLE, f"x = {knock}\nh = {h:.3f}", size=15)
        name = f"t = {n + 1}"
        if steps_above:
            page.write(x - HALF, TOP - 14, name, size=14, color=GREY, ha="left")
        else:
            page.write(x, 408, name, size=14, color=GREY)
        if parts == PARTS:
            page.write(x - SLOT / 2, _SHARES + 42, "+" if n else "=", size=19)

    if parts == PARTS:
        shares = (step.shares for step in steps)
        sums = [sum(values) for values in zip(*shares, strict=True)]
        x = FIRST - SLOT
        page.write(x, _SHARES - 20, "added up", size=15, weight="bold")
        _draw_shares(page, x, ("dw", "du", "db"), sums, color=BLUE)
    return page.figure


def _draw_step(page: Page, x: float, step: StepBack, parts: int) -> None:
    """Draw a step's cell, then its shares, then the arrow to the step before."""
    if parts > 2:
        page.arrow((x - HALF, MIDDLE), (x - SLOT + HALF, MIDDLE), **_BACK)
        page.write(x - SLOT / 2, MIDDLE + 18, f"× {U:g}")
    page.box(x - HALF, TOP, 2 * HALF, BOTTOM - TOP, **_CELL)
    page.write(x, TOP + 22, "× (1 − h²)", size=16, weight="bold")
    rows = ("dh", step.d_h), ("1 − h²", step.slope), ("dz", step.d_z)
    for y, (name, number) in zip((179, 205, 240), rows, strict=True):
        page.write(x - _EDGE, y, name, size=15, ha="left", style="italic")
        page.write(x + _EDGE, y, f"{number:.3f}", size=15, ha="right")
    page.ax.hlines(223, x - _EDGE, x + _EDGE, color=INK, lw=0.9)
    if parts > 1:
        page.arrow((x, BOTTOM), (x, _SHARES), **_BACK)
        _draw_shares(page, x, ("x dz", "h′ dz", "dz"), step.shares)


def _draw_shares(
    page: Page,
    x: float,
    names: tuple[str, ...],
    values: tuple[float, ...] | list[float],
    color: str = GREY,
) -> None:
    style: Style = {"color": color, "fill": tint(color, 0.1), "line": 2}
    page.box(x - HALF, _SHARES, 2 * HALF, 84, **style)
    for n, (name, value) in enumerate(zip(names, values, strict=True)):
        y = _SHARES + 18 + 24 * n
        page.write(x - _EDGE, y, name, size=15, ha="left", style="italic")
        page.write(x + _EDGE, y, f"{value:.3f}", size=15, ha="right")
