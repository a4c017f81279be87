"""The cell of a vanilla RNN beside that of an LSTM: one layer, and four."""

import numpy as np
from matplotlib.figure import Figure

from lstm_course.layers.cells import CELLS
from lstm_course.study.diagrams.lstm_cell import (
    GATES,
    H_LEVEL,
    HEIGHT,
    PRODUCT,
    draw_frame,
    draw_layer,
    draw_lstm,
    draw_way_out,
)
from lstm_course.study.diagrams.toolkit import Page

_TOP = 40


def layers_inside(cell: str) -> int:
    """Return how many layers the weights of a cell belong to."""
    params = CELLS[cell].init(np.random.default_rng(0), 3, 2)
    blocks: int = params.kernel.shape[1] // params.recurrent_kernel.shape[0]
    return blocks


def two_cells() -> Figure:
    """Draw both, with the same wires at the same heights."""
    page = Page(455)
    draw_frame(page, 46, _TOP, 142, "Vanilla RNN")
    level, gates = _TOP + H_LEVEL, _TOP + GATES
    page.wire("h", (4, level), (116, level), (116, gates + 21))
    draw_way_out(page, 46, _TOP, 142, (116, gates - 21), (116, _TOP + PRODUCT))
    draw_layer(page, 116, gates, "tanh")
    draw_lstm(page, 295, _TOP)

    one, four = layers_inside("rnn"), layers_inside("lstm")
    y = _TOP + HEIGHT + 48
    page.write(104, y, f"{one} layer, no gate", size=16, ha="left")
    text = f"{four} layers: {four - 1} gates, f, i and o, and the candidate, g"
    page.write(353, y, text, size=16, ha="left")
    return page.figure
