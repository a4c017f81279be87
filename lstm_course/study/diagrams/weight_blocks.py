"""The weights of the three cells as blocks, to scale: a small square is a weight."""

import numpy as np
from matplotlib.figure import Figure

from lstm_course.layers.cells import CELLS
from lstm_course.layers.parameters import count_parameters
from lstm_course.study.diagrams.toolkit import Page, Style, tint
from lstm_course.study.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE

INPUT_DIM, UNITS = 16, 8

_SQUARE = 10  # side of a weight
_WIDE = _SQUARE * UNITS
_TOPS = {"kernel": 104, "recurrent_kernel": 296, "bias": 408}
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

    x = 166
    titles = ("SimpleRNN(8)", "GRU(8)", "LSTM(8)")
    for title, (cell, gates) in zip(titles, _GATES.items(), strict=True):
        params = CELLS[cell].init(np.random.default_rng(0), INPUT_DIM, UNITS)
        middle = x + _WIDE * len(gates) / 2
        page.write(middle, 20, title, size=17, weight="bold")
        total = count_parameters(cell, INPUT_DIM, UNITS)
        page.write(middle, 484, f"{total}", size=20, weight="bold")
        for letter, gate, color in gates:
            page.write(x + _WIDE / 2, 54, letter, size=17, style="italic")
            page.write(x + _WIDE / 2, 78, gate, size=13)
            for name, array in params._asdict().items():
                rows = array.size // (UNITS * len(gates))
                _draw_block(page, x, name, rows, color)
            x += _WIDE
        x += 36
    return page.figure


def _draw_block(page: Page, x: float, name: str, rows: int, color: str) -> None:
    """Draw the weights that one gate has in one array, and their number."""
    y, high = _TOPS[name], _SQUARE * rows
    page.box(x, y, _WIDE, high, color=color, fill=tint(color, 0.25), line=2)
    style: Style = {"color": color, "lw": 0.5, "alpha": 0.45}
    page.ax.vlines(x + _SQUARE * np.arange(1, UNITS), y, y + high, **style)
    page.ax.hlines(y + _SQUARE * np.arange(1, rows), x, x + _WIDE, **style)
    level = y + (high + 15 if name == "bias" else high / 2)
    page.write(x + _WIDE / 2, level, str(rows * UNITS), size=16)
