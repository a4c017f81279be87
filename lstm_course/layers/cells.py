"""The recurrent layers by name, with one contract."""

from collections.abc import Callable
from typing import Any, NamedTuple

from lstm_course.arrays.shapes import Array
from lstm_course.layers import gru, lstm, rnn
from lstm_course.layers.fused import gru as fused_gru
from lstm_course.layers.fused import lstm as fused_lstm
from lstm_course.layers.fused import rnn as fused_rnn


class Cell(NamedTuple):
    """The functions of one kind of recurrent layer, and its named tuples."""

    init: Callable[..., Any]
    forward: Callable[..., Any]
    backward: Callable[..., Any]
    params: type[Any]
    state: type[Any]


CELLS = {
    "rnn": Cell(
        rnn.rnn_init, fused_rnn.rnn_forward, fused_rnn.rnn_backward, *rnn.FORMS[:2]
    ),
    "lstm": Cell(
        lstm.lstm_init,
        fused_lstm.lstm_forward,
        fused_lstm.lstm_backward,
        *lstm.FORMS[:2],
    ),
    "gru": Cell(
        gru.gru_init, fused_gru.gru_forward, fused_gru.gru_backward, *gru.FORMS[:2]
    ),
}


def find_cell(name: str) -> Cell:
    """Return a cell by its name: "rnn", "lstm" or "gru".

    Raises:
        ValueError: there is none of this name.
    """
    if name not in [*CELLS]:  # it may be anything, a list too
        raise ValueError(f"cell is {name!r}; expected one of {[*CELLS]}")
    return CELLS[name]


def cell_of(*params: object) -> Cell:
    """Return the cell that all these params belong to.

    Raises:
        TypeError: they are no params, or not all of one cell.
    """
    for cell in CELLS.values():
        if all(isinstance(each, cell.params) for each in params):
            return cell
    kinds = " and ".join(type(each).__name__ for each in params)
    if len(params) > 1:
        raise TypeError(
            f"params are {kinds}; expected two of one cell, such as LSTMParams"
        )
    raise TypeError(
        f"params is a {kinds}; expected those of a cell, such as LSTMParams"
    )


def state_of(h: Array, cell: Cell) -> Any:
    """Return a state, or a state's gradient, of h (B, H) alone: other fields are 0."""
    others = [0 * h] * (len(cell.state._fields) - 1)
    return cell.state(h, *others)
