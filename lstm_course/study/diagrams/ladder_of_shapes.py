"""A stack of LSTMs, step by step and layer by layer, with the shape on each rung."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lstm_course.layers.parameters import count_parameters
from lstm_course.study.diagrams.toolkit import (
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

STEPS, FEATURES, UNITS, LAYERS, CLASSES = 300, 100, 32, 3, 10

_DRAWN = {1: 262, 2: 344, 3: 426, STEPS - 1: 590, STEPS: 672}  # step → its middle
_GAP = 508  # where the other steps are left out
_WIDE, _HIGH = 52, 52  # of a cell
_STATES: dict[str, Style] = {
    "c": {"color": PURPLE, "line": 3, "linestyle": (0, (3, 1.2))},
    "h": {"color": BLUE, "line": 2.4},
}


def ladder_of_shapes() -> Figure:
    """Draw the notes' stack, the input at the bottom, the shapes at the right."""
    figure, ax = new_page(546)
    rng = np.random.default_rng(8)

    y = 516.0  # going up: the lower edge of what comes next
    for step, x in _DRAWN.items():
        write(ax, x, y + 14, f"t = {step}", size=13, color=GREY)
    y = _rung(ax, y, rng, FEATURES, GREEN, f"(None, {STEPS}, {FEATURES})", _DRAWN)
    write(ax, 20, y + 40, "input", size=17, ha="left", weight="bold")

    inputs = FEATURES
    for layer in range(1, LAYERS + 1):
        last = layer == LAYERS
        count = count_parameters("lstm", inputs, UNITS)
        y = _draw_layer(ax, y, "LSTM" + "₁₂₃"[layer - 1])
        write(ax, 20, y + 8, f"LSTM({UNITS})", size=17, ha="left", weight="bold")
        option = "" if last else "return_sequences=True"
        family = "DejaVu Sans Mono"
        write(ax, 20, y + 31, option, size=13, ha="left", family=family)
        level = y + (31 if last else 51)
        write(ax, 20, level, f"{count:,} parameters", size=13, ha="left")
        steps = {STEPS: _DRAWN[STEPS]} if last else _DRAWN
        for x in steps.values():
            arrow(ax, (x, y), (x, y - 20), **_STATES["h"])
        shape = f"(None, {UNITS})" if last else f"(None, {STEPS}, {UNITS})"
        y = _rung(ax, y - 22, rng, UNITS, BLUE, shape, steps)
        inputs = UNITS

    x = _DRAWN[STEPS]
    arrow(ax, (x, y - 1), (x, y - 19))
    y -= 50
    style: Style = {"color": ORANGE, "fill": tint(ORANGE, 0.2), "line": 2, "corner": 8}
    box(ax, x - 40, y, 80, 30, **style)
    write(ax, x, y + 15, "Dense", size=15, weight="bold")
    write(ax, 20, y + 4, f"Dense({CLASSES})", size=17, ha="left", weight="bold")
    count = (UNITS + 1) * CLASSES
    write(ax, 20, y + 27, f"{count} parameters", size=13, ha="left")
    arrow(ax, (x, y - 1), (x, y - 19))
    _rung(ax, y - 21, rng, CLASSES, ORANGE, f"(None, {CLASSES})", {STEPS: x})

    for level, (state, note) in zip(
        (70, 96),
        {"c": "stays in its layer", "h": "goes on, and up"}.items(),
        strict=True,
    ):
        arrow(ax, (262, level), (302, level), **_STATES[state])
        write(ax, 316, level, state, style="italic")
        write(ax, 332, level, note, size=14, ha="left")
    return figure


def _rung(
    ax: Axes,
    bottom: float,
    rng: np.random.Generator,
    size: int,
    color: str,
    shape: str,
    steps: dict[int, int],
) -> float:
    """Draw a vector a step, as high as it is long; return its upper edge."""
    high = 0.66 * size
    top = bottom - high
    parts = max(size // 8, 2)
    for x in steps.values():
        values = rng.uniform(0.1, 0.8, parts)
        cell = (24, high / parts)
        vector(ax, x - 12, top, values, cell=cell, color=color, down=True)
    if len(steps) > 1:
        write(ax, _GAP, (top + bottom) / 2, "· · ·", size=17, weight="bold")
    write(ax, 884, (top + bottom) / 2, shape, size=16, ha="right")
    return top


def _draw_layer(ax: Axes, below: float, name: str) -> float:
    """Draw a layer's cells, fed from below; return their upper edge."""
    top = below - 20 - _HIGH
    levels = {"c": top + 14, "h": top + 38}
    before = None
    for x in _DRAWN.values():
        arrow(ax, (x, below - 1), (x, below - 19))
        style: Style = {"color": BLUE, "fill": tint(BLUE, 0.2), "line": 2, "corner": 8}
        box(ax, x - _WIDE / 2, top, _WIDE, _HIGH, **style)
        write(ax, x, top + _HIGH / 2, name, size=13, weight="bold")
        for state, y in levels.items():
            if before is not None and x - before < 100:
                ends = [(before + _WIDE / 2, y), (x - _WIDE / 2, y)]
                arrow(ax, *ends, **_STATES[state])
            elif before is not None:  # the steps that are left out
                write(ax, _GAP, y, "· · ·", size=17, weight="bold")
                arrow(ax, (before + _WIDE / 2, y), (_GAP - 24, y), **_STATES[state])
                arrow(ax, (_GAP + 24, y), (x - _WIDE / 2, y), **_STATES[state])
        before = x
    return top


PICTURE = Picture(
    ladder_of_shapes,
    "A ladder of shapes, to be read upwards. The input, (None, 300, 100), is a vector "
    "of 100 numbers at each of 300 steps. A first and a second LSTM with 32 units, "
    "both with return_sequences=True, hand a vector of 32 up at every step: "
    "(None, 300, 32), twice. The third hands up its last hidden state alone, "
    "(None, 32), and a dense layer makes 10 numbers of it, (None, 10). Within a layer "
    "the hidden state h and the cell state c go from step to step; only h goes up. "
    "Parameters: 17,024, 8,320, 8,320 and 330.",
)
