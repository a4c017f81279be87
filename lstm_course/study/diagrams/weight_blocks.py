"""The weights of the three cells as blocks, to scale: a small square is a weight."""

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from lstm_course.layers.cells import CELLS
from lstm_course.layers.parameters import count_parameters
from lstm_course.study.diagrams.toolkit import Page, Style, tint
from lstm_course.study.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE

INPUT_DIM, UNITS = 16, 8

_SQUARE = 10  # side of a weight
_WIDE = _SQUARE * UNITS
_TITLES = {"rnn": "SimpleRNN(8)", "gru": "GRU(8)", "lstm": "LSTM(8)"}
_GATES = {  # letter, name and colour of each block
    "rnn": [("h", "state", GREY)],
    "gru": [("z", "update", ORANGE), ("r", "reset", BLUE), ("n", "candidate", PURPLE)],
    "lstm": [
        ("i", "input", BLUE),
        ("f", "forget", ORANGE),
        ("g", "candidate", PURPLE),
        ("o", "output", GREEN),
    ],
}


def weight_blocks() -> Figure:
    """Draw kernel, recurrent kernel and bias of an RNN, a GRU and an LSTM."""
    page = Page(512)
    page.note(20, 112, "kernel W", f"{INPUT_DIM} rows, one for", "each input")
    page.note(20, 304, "recurrent U", f"{UNITS} rows, one for", "each unit of h")
    page.note(20, 416, "bias b", "1 row; GRU 2")
    page.note(20, 484, "together")
    for cell, x in _places():
        _draw_cell(page, x, cell, letters=54, arrays=(104, 296, 408), together=484)
        for number, (_, gate, _) in enumerate(_GATES[cell]):
            page.write(x + _WIDE * (number + 0.5), 78, gate, size=13)
    return page.figure


def weight_blocks_on_a_slide(*cells: str) -> Figure:
    """Draw some of the cells, each in its place, lower and with fewer words."""
    page = Page(428)
    page.note(20, 84, "kernel W")
    page.note(20, 262, "recurrent U")
    page.note(20, 354, "bias b")
    page.note(20, 410, "together")
    for cell, x in _places():
        if cell in cells:
            _draw_cell(page, x, cell, letters=52, arrays=(72, 250, 348), together=410)
    return page.figure


def _places() -> Iterator[tuple[str, float]]:
    """Yield each cell with its left edge."""
    x = 166
    for cell, gates in _GATES.items():
        yield cell, x
        x += _WIDE * len(gates) + 36


def _draw_cell(
    page: Page,
    x: float,
    cell: str,
    *,
    letters: float,
    arrays: tuple[float, float, float],
    together: float,
) -> None:
    """Draw a cell's blocks below its name, and the sum; all but x are heights."""
    params = CELLS[cell].init(np.random.default_rng(0), INPUT_DIM, UNITS)
    middle = x + _WIDE * len(_GATES[cell]) / 2
    page.write(middle, 20, _TITLES[cell], size=17, weight="bold")
    total = count_parameters(cell, INPUT_DIM, UNITS)
    page.write(middle, together, f"{total}", size=20, weight="bold")
    for letter, _, color in _GATES[cell]:
        page.write(x + _WIDE / 2, letters, letter, size=17, style="italic")
        for y, (name, array) in zip(arrays, params._asdict().items(), strict=True):
            rows = array.size // (UNITS * len(_GATES[cell]))
            _draw_block(page, x, y, rows, color, below=name == "bias")
        x += _WIDE


def _draw_block(
    page: Page, x: float, y: float, rows: int, color: str, *, below: bool
) -> None:
    """Draw the weights that one gate has in one array, and their number."""
    high = _SQUARE * rows
    page.box(x, y, _WIDE, high, color=color, fill=tint(color, 0.25), line=2)
    style: Style = {"color": color, "lw": 0.5, "alpha": 0.45}
    page.ax.vlines(x + _SQUARE * np.arange(1, UNITS), y, y + high, **style)
    page.ax.hlines(y + _SQUARE * np.arange(1, rows), x, x + _WIDE, **style)
    level = y + (high + 15 if below else high / 2)
    page.write(x + _WIDE / 2, level, str(rows * UNITS), size=16)
