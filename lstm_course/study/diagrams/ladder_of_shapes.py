"""A stack of LSTMs, step by step and layer by layer, with the shape on each rung."""

from collections.abc import Iterable

import numpy as np
from matplotlib.figure import Figure

from lstm_course.layers.parameters import count_parameters
from lstm_course.study.diagrams.toolkit import (
    MONO,
    Page,
)
from lstm_course.study.plots.style import BLUE, GREEN, GREY, ORANGE

STEPS, FEATURES, UNITS, LAYERS, CLASSES = 300, 100, 32, 3, 10

_DRAWN = {1: 262, 2: 344, 3: 426, STEPS - 1: 590, STEPS: 672}  # step → its middle
_LAST, _GAP = _DRAWN[STEPS], 508  # in the gap, the other steps are left out
_HALF = 26  # of a cell's width and height


def ladder_of_shapes() -> Figure:
    """Draw the notes' stack, the input at the bottom, the shapes at the right."""
    page = Page(546)
    rng = np.random.default_rng(8)

    y = 516.0  # going up: the lower edge of what comes next
    for step, x in _DRAWN.items():
        page.write(x, y + 14, f"t = {step}", size=13, color=GREY)
    every = _DRAWN.values()
    y = _draw_rung(page, y, rng, FEATURES, GREEN, f"{STEPS}, {FEATURES}", every)
    page.note(20, y + 40, "input")

    inputs = FEATURES
    for layer in range(1, LAYERS + 1):
        last = layer == LAYERS
        y = _draw_layer(page, y, "LSTM" + "₁₂₃"[layer - 1])
        count = f"{count_parameters('lstm', inputs, UNITS):,} parameters"
        page.note(20, y + 8, f"LSTM({UNITS})", *([count] if last else ["", count]))
        steps, shape = ([_LAST], f"{UNITS}") if last else (every, f"{STEPS}, {UNITS}")
        if not last:
            text = "return_sequences=True"
            page.write(20, y + 31, text, size=13, ha="left", family=MONO)
        for x in steps:
            page.wire("h", (x, y), (x, y - 20))
        y = _draw_rung(page, y - 22, rng, UNITS, BLUE, shape, steps)
        inputs = UNITS

    page.arrow((_LAST, y - 1), (_LAST, y - 19))
    page.layer(_LAST, y - 35, 80, 30, "Dense", color=ORANGE)
    count = f"{(UNITS + 1) * CLASSES} parameters"
    page.note(20, y - 46, f"Dense({CLASSES})", count)
    page.arrow((_LAST, y - 51), (_LAST, y - 69))
    _draw_rung(page, y - 71, rng, CLASSES, ORANGE, f"{CLASSES}", [_LAST])

    for y, state, note in (
        (70, "c", "stays in its layer"),
        (96, "h", "goes on, and up"),
    ):
        page.wire(state, (262, y), (302, y))
        page.write(316, y, state, style="italic")
        page.write(332, y, note, ha="left")
    return page.figure


def _draw_rung(
    page: Page,
    bottom: float,
    rng: np.random.Generator,
    size: int,
    color: str,
    shape: str,
    steps: Iterable[float],
) -> float:
    """Draw a vector a step, as high as it is long; return its upper edge."""
    parts = max(size // 8, 2)
    cell = (24, 0.66 * size / parts)
    top = bottom - 0.66 * size
    for x in steps:
        values = rng.uniform(0.1, 0.8, parts)
        page.vector(x - 12, top, values, cell=cell, color=color, down=True)
    middle = (top + bottom) / 2
    if len([*steps]) > 1:
        page.write(_GAP, middle, "· · ·", size=17, weight="bold")
    page.write(884, middle, f"(None, {shape})", size=16, ha="right")
    return top


def _draw_layer(page: Page, below: float, name: str) -> float:
    """Draw a layer's cells, fed from below; return their upper edge."""
    middle = below - 20 - _HALF
    for x in _DRAWN.values():
        page.arrow((x, below - 1), (x, below - 19))
        page.layer(x, middle, 2 * _HALF, 2 * _HALF, name, size=13)
    for y, state in ((middle - 12, "c"), (middle + 12, "h")):
        page.write(_GAP, y, "· · ·", size=17, weight="bold")
        edges = [edge for x in _DRAWN.values() for edge in (x - _HALF, x + _HALF)]
        edges[6:6] = [_GAP - 24, _GAP + 24]
        for start, end in zip(edges[1::2], edges[2::2], strict=False):
            page.wire(state, (start, y), (end, y))
    return middle - _HALF
