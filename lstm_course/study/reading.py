"""Follow a trained sentiment model through a text, word by word.

    text → ids (T,) → every gate, c and h (T, H) → votes (T, H) → verdict (T,)

The model judges by its last hidden state only. Here its head is applied to the hidden
state of every step: what it would say if the text ended there.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.shapes import Array, Ids, check_shapes
from lstm_course.data.text import Vocabulary
from lstm_course.layers.dense import DenseParams
from lstm_course.layers.embedding import embedding_forward
from lstm_course.layers.fused.lstm import lstm_forward
from lstm_course.layers.lstm import LSTMGates, LSTMParams, LSTMState, lstm_step
from lstm_course.training.sentiment import SentimentParams

Change = Callable[[int, LSTMGates], LSTMGates]  # step, gates (B, H) → other gates


class Reading(NamedTuple):
    """A text as the model reads it, one row a step."""

    words: tuple[str, ...]  # T of them, as the model sees them: [?] is one unknown
    ids: Ids  # (T,)
    gates: LSTMGates  # each (T, H)
    c: Array  # (T, H) cell state after each word
    h: Array  # (T, H) hidden state after each word
    votes: Array  # (T, H) h times the head's weights: a unit's part of the logit
    logits: Array  # (T,) votes added up, and the head's bias

    @property
    def verdicts(self) -> Array:
        """The probability, after each word, that the text is positive, (T,)."""
        return sigmoid(self.logits)


def read_review(text: str, vocabulary: Vocabulary, params: SentimentParams) -> Reading:
    """Read a text from its start to its end, without padding, whatever its length.

    The last verdict is what the model predicts for the padded text if it skips the
    padding (``mask_zero=True``); a model that reads the padding, too, starts from
    another state.

    Args:
        text: any text; words that the vocabulary does not know are read as [?].
        vocabulary: the one that the model was trained with.
        params: a trained model's ``params``, with a single LSTM layer.

    Raises:
        TypeError, ValueError: `text` is no string, the model has no LSTM or several,
            or the vocabulary has ids that the model has no row for.
    """
    kinds = [type(layer).__name__ for layer in params.recurrent]
    if kinds != [LSTMParams.__name__]:
        raise ValueError(f"params.recurrent holds {kinds}; expected ['LSTMParams']")
    ids = np.array(vocabulary.encode(text))
    inputs, _ = embedding_forward(ids[np.newaxis], params.embedding)
    outputs, _, trace = lstm_forward(inputs, params.recurrent[0])
    h = outputs[0]
    return Reading(
        tuple(vocabulary.tokens[number] for number in ids),
        ids,
        LSTMGates._make(gate[0] for gate in trace.gates),
        trace.c[0],
        h,
        h * params.head.kernel[:, 0],
        running_logits(h, params.head),
    )


def running_logits(h: Array, head: DenseParams) -> Array:
    """Return the head's logit for each hidden state of (…, H), shape (…)."""
    check_shapes(kernel=(head.kernel, "H 1"), bias=(head.bias, "1"))
    logits: Array = (h @ head.kernel + head.bias)[..., 0]
    return logits


def forward_with(
    inputs: Array, params: LSTMParams, change: Change
) -> tuple[Array, Array]:
    """Run the LSTM with gates changed before they do their work.

    Args:
        inputs: (B, T, D).
        params: the weights.
        change: gets the number of the step and the four gates, (B, H) each, as they
            are, and returns the four to work with.

    Returns:
        h and c after each step, (B, T, H) each. All steps count: there is no mask.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    check_shapes(inputs=(inputs, "B T D"))
    states = []
    start = np.zeros((len(inputs), len(params.recurrent_kernel)), inputs.dtype)
    state = LSTMState(h=start, c=start)

    for t in range(inputs.shape[1]):
        _, gates = lstm_step(inputs[:, t], state, params)
        i, f, g, o = change(t, gates)
        c = f * state.c + i * g
        h = o * np.tanh(c)
        state = LSTMState(h, c)
        states.append(state)
    return np.stack([s.h for s in states], 1), np.stack([s.c for s in states], 1)
