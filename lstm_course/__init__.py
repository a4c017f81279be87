"""The LSTM course: the recurrences, the data and the experiments of the lessons.

Every public name can be imported from here; a name's module is loaded when the
name is first used, so that ``import lstm_course`` costs next to nothing and needs
the standard library alone.
"""

from __future__ import annotations  # an old Python is to be told so in words

import importlib

_MODULE_OF = {
    "arrays.gradcheck": [
        "central_difference_gradient",
        "complex_step_gradient",
        "worst_entry",
    ],
    "data.imdb": ["IMDB", "Split", "load_imdb"],
    "data.text": ["Vocabulary", "pad_batch", "tokenize"],
    "exercises.check": ["check", "quiz", "solution"],
    "exercises.progress": ["show_progress"],
    "layers.bidirectional": [
        "BothWays",
        "bidirectional_backward",
        "bidirectional_forward",
        "bidirectional_init",
    ],
    "layers.gru": [
        "GRUGates",
        "GRUParams",
        "GRUState",
        "gru_init",
        "gru_step",
        "gru_step_backward",
    ],
    "layers.fused.gru": ["GRUTrace", "gru_backward", "gru_forward"],
    "layers.lstm": [
        "LSTMGates",
        "LSTMParams",
        "LSTMState",
        "lstm_init",
        "lstm_step",
        "lstm_step_backward",
    ],
    "layers.fused.lstm": ["LSTMTrace", "lstm_backward", "lstm_forward"],
    "layers.rnn": [
        "RNNGates",
        "RNNParams",
        "RNNState",
        "rnn_init",
        "rnn_step",
        "rnn_step_backward",
    ],
    "layers.fused.rnn": ["RNNTrace", "rnn_backward", "rnn_forward"],
    "layers.parameters": ["count_parameters"],
    "training.history": ["History"],
    "twin.models": ["build_sentiment_model", "load_model"],
}
_HOME = {name: module for module, names in _MODULE_OF.items() for name in names}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'lstm_course' has no attribute {name!r}")
    return getattr(importlib.import_module(f"lstm_course.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
