"""The recurrent layers by name, with one contract."""

from collections.abc import Callable
from typing import Any, NamedTuple

from lstm_course.layers import gru, lstm, rnn


class Cell(NamedTuple):
    """The functions of one kind of recurrent layer, and its named tuples."""

    init: Callable[..., Any]
    forward: Callable[..., Any]
    backward: Callable[..., Any]
    params: type[Any]
    state: type[Any]


_RNN = rnn.rnn_init, rnn.rnn_forward, rnn.rnn_backward
_LSTM = lstm.lstm_init, lstm.lstm_forward, lstm.lstm_backward
_GRU = gru.gru_init, gru.gru_forward, gru.gru_backward

CELLS = {
    "rnn": Cell(*_RNN, rnn.RNNParams, rnn.RNNState),
    "lstm": Cell(*_LSTM, lstm.LSTMParams, lstm.LSTMState),
    "gru": Cell(*_GRU, gru.GRUParams, gru.GRUState),
}
