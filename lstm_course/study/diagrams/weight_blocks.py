"""The weights of the three cells as blocks, to scale: a small square is a weight."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lstm_course.layers.gru import gru_init
from lstm_course.layers.lstm import lstm_init
from lstm_course.layers.parameters import count_parameters
from lstm_course.layers.rnn import rnn_init
from lstm_course.study.diagrams.toolkit import (
    Picture,
    Style,
    box,
    new_page,
    tint,
    write,
)
from lstm_course.study.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE

INPUT_DIM, UNITS = 16, 8

_SQUARE = 10  # side of a weight
_TOPS = {"kernel": 104, "recurrent_kernel": 296, "bias": 408}


class _Gate(NamedTuple):
    letter: str
    name: str
    color: str


_CELLS = (
    ("rnn", "SimpleRNN(8)", rnn_init, (_Gate("h", "state", GREY),)),
    (
        "gru",
        "GRU(8)",
        gru_init,
        (
            _Gate("z", "update", ORANGE),
            _Gate("r", "reset", BLUE),
            _Gate("n", "candidate", PURPLE),
        ),
    ),
    (
        "lstm",
        "LSTM(8)",
        lstm_init,
        (
            _Gate("i", "input", BLUE),
            _Gate("f", "forget", ORANGE),
            _Gate("g", "candidate", PURPLE),
            _Gate("o", "output", GREEN),
        ),
    ),
)


def weight_blocks() -> Figure:
    """Draw kernel, recurrent kernel and bias of an RNN, a GRU and an LSTM."""
    figure, ax = new_page(512)
    for name, symbol, lines in (
        ("kernel", "kernel W", f"{INPUT_DIM} rows, one for\neach input"),
        ("recurrent_kernel", "recurrent U", f"{UNITS} rows, one for\neach unit of h"),
        ("bias", "bias b", ""),
    ):
        y = _TOPS[name]
        write(ax, 20, y + 8, symbol, size=16, ha="left", weight="bold")
        write(ax, 20, y + 42, lines, size=13, ha="left")
    write(ax, 20, _TOPS["bias"] + 32, "1 row; GRU 2", size=13, ha="left")
    write(ax, 20, 484, "together", size=16, ha="left", weight="bold")

    x = 166
    rng = np.random.default_rng(0)
    for cell, title, init, gates in _CELLS:
        params = init(rng, INPUT_DIM, UNITS)
        wide = _SQUARE * UNITS * len(gates)
        write(ax, x + wide / 2, 20, title, size=17, weight="bold")
        for number, gate in enumerate(gates):
            left = x + number * _SQUARE * UNITS
            middle = left + _SQUARE * UNITS / 2
            write(ax, middle, 54, gate.letter, size=17, style="italic")
            write(ax, middle, 78, gate.name, size=13)
            for name, array in params._asdict().items():
                rows = array.size // (UNITS * len(gates))
                _draw_block(ax, left, _TOPS[name], rows, gate.color)
                high = _SQUARE * rows
                y = _TOPS[name] + (high + 15 if name == "bias" else high / 2)
                write(ax, middle, y, str(rows * UNITS), size=16)
        total = count_parameters(cell, INPUT_DIM, UNITS)
        write(ax, x + wide / 2, 484, f"{total}", size=20, weight="bold")
        x += wide + 36
    return figure


def _draw_block(ax: Axes, left: float, top: float, rows: int, color: str) -> None:
    """Draw the weights that one gate has in one array, with room for a number."""
    wide, high = _SQUARE * UNITS, _SQUARE * rows
    box(ax, left, top, wide, high, color=color, fill=tint(color, 0.25), line=2)
    style: Style = {"color": color, "linewidth": 0.5, "alpha": 0.45, "clip_on": False}
    for n in range(1, UNITS):
        ax.plot([left + n * _SQUARE] * 2, [top, top + high], **style)
    for n in range(1, rows):
        ax.plot([left, left + wide], [top + n * _SQUARE] * 2, **style)


PICTURE = Picture(
    weight_blocks,
    "The weights of three cells with 8 units and 16 inputs, to scale, one small square "
    "a weight. A SimpleRNN has one block: 128 squares in the kernel, 64 in the "
    "recurrent kernel, 8 in the bias, together 200. A GRU has three such blocks side "
    "by side, for z, r and n, and a second row of biases: 624. An LSTM has four, for "
    "i, f, g and o: 800.",
)
