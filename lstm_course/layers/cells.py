"""The recurrent layers by name, with one contract."""

from collections.abc import Callable
from typing import Any, NamedTuple

from lstm_course.layers.lstm import LSTMState, lstm_backward, lstm_forward, lstm_init


class Cell(NamedTuple):
    """The functions of one kind of recurrent layer."""

    init: Callable[..., Any]
    forward: Callable[..., Any]
    backward: Callable[..., Any]
    state: type[Any]


CELLS = {"lstm": Cell(lstm_init, lstm_forward, lstm_backward, LSTMState)}
