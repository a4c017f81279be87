"""The cell of a vanilla RNN beside that of an LSTM: one layer, and four."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lstm_course.layers.cells import CELLS
from lstm_course.study.diagrams.lstm_cell import (
    GATES,
    H_LEVEL,
    H_WIRE,
    HEIGHT,
    PRODUCT,
    draw_lstm,
    frame,
    h_way_out,
    layer,
)
from lstm_course.study.diagrams.toolkit import Picture, arrow, new_page, write

_RNN_WIDTH = 142
_TOP = 40


def layers_inside(cell: str) -> int:
    """Return how many layers the weights of a cell belong to."""
    params = CELLS[cell].init(np.random.default_rng(0), 3, 2)
    blocks: int = params.kernel.shape[1] // params.recurrent_kernel.shape[0]
    return blocks


def _draw_rnn(ax: Axes, x: float, y: float) -> None:
    column, level = x + 70, y + H_LEVEL
    frame(ax, x, y, _RNN_WIDTH, "Vanilla RNN")
    arrow(ax, (x - 42, level), (column, level), (column, y + GATES + 21), **H_WIRE)
    up = (column, y + GATES - 21), (column, y + PRODUCT)
    h_way_out(ax, x, y, _RNN_WIDTH, *up)
    layer(ax, (column, y + GATES), "tanh")


def two_cells() -> Figure:
    """Draw both, with the same wires at the same heights."""
    figure, ax = new_page(455)
    _draw_rnn(ax, 46, _TOP)
    draw_lstm(ax, 295, _TOP)
    one, four = layers_inside("rnn"), layers_inside("lstm")
    gates = four - 1  # all but the candidate
    y = _TOP + HEIGHT + 48
    write(ax, 104, y, f"{one} layer, no gate", size=16, ha="left")
    text = f"{four} layers: {gates} gates, f, i and o, and the candidate, g"
    write(ax, 353, y, text, size=16, ha="left")
    return figure


PICTURE = Picture(
    two_cells,
    "The cell of a vanilla RNN beside that of an LSTM. In the first, x and h′ enter "
    "one layer, tanh, and its output is h. In the second, x and h′ enter four "
    "layers: the gates f, i and o, which are σ, and the candidate g, which is tanh. "
    "A second wire, the cell state, runs through the LSTM from left to right: f is "
    "multiplied with it, i ⊙ g is added to it, and o lets a part of its tanh out "
    "as h.",
)
