"""The recurrent layers by name, with one contract."""

from collections.abc import Callable
from typing import Any, NamedTuple

from lstm_course.layers.gru import GRUState, gru_backward, gru_forward, gru_init
from lstm_course.layers.lstm import LSTMState, lstm_backward, lstm_forward, lstm_init
from lstm_course.layers.rnn import RNNState, rnn_backward, rnn_forward, rnn_init


class Cell(NamedTuple):
    """The functions of one kind of recurrent layer."""

    init: Callable[..., Any]
    forward: Callable[..., Any]
    backward: Callable[..., Any]
    state: type[Any]


CELLS = {
    "rnn": Cell(rnn_init, rnn_forward, rnn_backward, RNNState),
    "lstm": Cell(lstm_init, lstm_forward, lstm_backward, LSTMState),
    "gru": Cell(gru_init, gru_forward, gru_backward, GRUState),
}
