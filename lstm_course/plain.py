"""The recurrences in their plain form, under the public names.

``plain.lstm_forward`` runs ``lstm_step`` in a loop and ``plain.lstm_backward`` runs
``lstm_step_backward``: a few lines that can be stepped through. The loop itself is in
layers/unroll.py. (Set a breakpoint below the check in ``lstm_step``. In pdb, ``p c``
shows c: c, h, n and r alone are commands.) ``lstm_forward`` and ``lstm_backward`` of
the package itself compute the same, faster. The two do not mix: a trace goes back
through the backward pass of its own kind.
"""

from lstm_course.layers.gru import gru_backward, gru_forward
from lstm_course.layers.lstm import lstm_backward, lstm_forward
from lstm_course.layers.rnn import rnn_backward, rnn_forward

__all__ = [
    "gru_backward",
    "gru_forward",
    "lstm_backward",
    "lstm_forward",
    "rnn_backward",
    "rnn_forward",
]
