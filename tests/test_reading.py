"""Following a model through a text: against steps taken one by one, and itself."""

import numpy as np
import pytest

from lstm_course.arrays.activations import sigmoid
from lstm_course.data.text import RESERVED, Vocabulary, pad_batch
from lstm_course.layers.dense import DenseParams
from lstm_course.layers.embedding import EmbeddingParams
from lstm_course.layers.lstm import (
    LSTMGates,
    LSTMParams,
    LSTMState,
    lstm_forward,
    lstm_step,
)
from lstm_course.study.reading import forward_with, read_review, running_logits
from lstm_course.training.engine import NumpySentimentModel
from lstm_course.training.sentiment import (
    SentimentConfig,
    SentimentParams,
    sentiment_init,
)

VOCABULARY = Vocabulary((*RESERVED, "not", "bad", "at", "all"))
TEXT = "Not so bad, at all"
WORDS = ("[start]", "not", "[?]", "bad", "at", "all")
B, T, D, H = 3, 6, 4, 5


@pytest.fixture
def rng():
    return np.random.default_rng(12)


@pytest.fixture
def params(rng):
    """A model of random weights, none of them zero, in float64."""
    return SentimentParams(
        EmbeddingParams(rng.normal(size=(len(VOCABULARY), D))),
        (
            LSTMParams(
                rng.normal(size=(D, 4 * H)),
                rng.normal(size=(H, 4 * H)),
                rng.normal(size=4 * H),
            ),
        ),
        DenseParams(rng.normal(size=(H, 1)), rng.normal(size=1)),
    )


def test_every_step_is_what_lstm_step_gives(params):
    reading = read_review(TEXT, VOCABULARY, params)
    assert reading.words == WORDS
    assert reading.ids.tolist() == [1, 3, 2, 4, 5, 6]
    state = LSTMState(np.zeros((1, H)), np.zeros((1, H)))
    for t, number in enumerate(reading.ids):
        x_t = params.embedding.embeddings[[number]]
        state, gates = lstm_step(x_t, state, params.recurrent[0])
        for name in LSTMGates._fields:
            mine = getattr(reading.gates, name)[t]
            np.testing.assert_allclose(mine, getattr(gates, name)[0], atol=1e-12)
        np.testing.assert_allclose(reading.h[t], state.h[0], atol=1e-12)
        np.testing.assert_allclose(reading.c[t], state.c[0], atol=1e-12)
        logit = state.h[0] @ params.head.kernel[:, 0] + params.head.bias[0]
        np.testing.assert_allclose(reading.logits[t], logit, atol=1e-12)
        np.testing.assert_allclose(reading.verdicts[t], sigmoid(logit), atol=1e-12)


def test_votes_add_up_to_the_logit(params):
    reading = read_review(TEXT, VOCABULARY, params)
    assert reading.votes.shape == (len(WORDS), H)
    np.testing.assert_allclose(
        reading.votes.sum(axis=1) + params.head.bias, reading.logits, atol=1e-12
    )


def test_the_last_verdict_is_the_prediction_for_the_padded_text(params):
    config = SentimentConfig("lstm", len(VOCABULARY), D, H, mask_zero=True)
    model = NumpySentimentModel(config, params)
    ids, _ = pad_batch([VOCABULARY.encode(TEXT)], 11)
    verdict = read_review(TEXT, VOCABULARY, params).verdicts[-1]
    np.testing.assert_allclose(model.predict(ids), [verdict], atol=1e-12)


def test_an_empty_text_is_its_start(params):
    assert read_review("", VOCABULARY, params).words == ("[start]",)


@pytest.mark.parametrize(
    ("config", "kinds"),
    [
        (SentimentConfig("gru", 7, D, H), r"\['GRUParams'\]"),
        (SentimentConfig("lstm", 7, D, H, layers=2), r"\['LSTMParams', 'LSTMParams'\]"),
        (SentimentConfig("lstm", 7, D, H, layers=0), r"\[\]"),
    ],
)
def test_a_model_without_a_single_lstm_is_refused(rng, config, kinds):
    other = sentiment_init(rng, config)
    with pytest.raises(ValueError, match=f"holds {kinds}; expected .'LSTMParams'."):
        read_review(TEXT, VOCABULARY, other)


def test_another_vocabulary_is_refused(params):
    larger = Vocabulary((*VOCABULARY.tokens, "so"))
    with pytest.raises(ValueError, match="ids"):
        read_review(TEXT, larger, params)


def test_gates_left_as_they_are_change_nothing(params, rng):
    inputs, lstm = rng.normal(size=(B, T, D)), params.recurrent[0]
    outputs, _, trace = lstm_forward(inputs, lstm)
    steps = []

    def watch(t, gates):
        steps.append(t)
        assert gates.f.shape == (B, H)
        return gates

    h, c = forward_with(inputs, lstm, watch)
    np.testing.assert_allclose(h, outputs, atol=1e-12)
    np.testing.assert_allclose(c, trace.c, atol=1e-12)
    assert steps == [*range(T)]


def test_a_changed_gate_works_at_its_step_and_for_its_unit_only(params, rng):
    inputs, lstm = rng.normal(size=(B, T, D)), params.recurrent[0]
    outputs, _, trace = lstm_forward(inputs, lstm)
    at, unit = 3, 2

    def erase(t, gates):
        f = gates.f.copy()
        f[:, unit] *= t != at
        return gates._replace(f=f)

    h, c = forward_with(inputs, lstm, erase)
    gates = trace.gates
    np.testing.assert_allclose(h[:, :at], outputs[:, :at], atol=1e-12)
    written = gates.i[:, at, unit] * gates.g[:, at, unit]
    np.testing.assert_allclose(c[:, at, unit], written, atol=1e-12)
    np.testing.assert_allclose(
        h[:, at, unit], gates.o[:, at, unit] * np.tanh(written), atol=1e-12
    )
    others = np.arange(H) != unit
    np.testing.assert_allclose(c[:, at, others], trace.c[:, at, others], atol=1e-12)
    assert (np.abs(c[:, at + 1] - trace.c[:, at + 1]) > 1e-6).all()  # through h


def test_each_changed_gate_is_heard(params, rng):
    inputs, lstm = rng.normal(size=(B, T, D)), params.recurrent[0]
    plain, _, _ = lstm_forward(inputs, lstm)
    for name in LSTMGates._fields:
        h, _ = forward_with(
            inputs,
            lstm,
            lambda t, gates, n=name: gates._replace(**{n: getattr(gates, n) / 2}),
        )
        assert (np.abs(h - plain)[:, -1] > 1e-6).all(), name


def test_running_logits_are_the_heads(params, rng):
    h, head = rng.normal(size=(B, T, H)), params.head
    logits = running_logits(h, head)
    by_hand = [
        [sum(h[b, t] * head.kernel[:, 0]) + head.bias[0] for t in range(T)]
        for b in range(B)
    ]
    np.testing.assert_allclose(logits, by_hand, atol=1e-12)
    np.testing.assert_allclose(running_logits(h[0, 0], head), by_hand[0][0], atol=1e-12)


def test_a_head_with_several_outputs_is_refused(rng):
    head = DenseParams(rng.normal(size=(H, 2)), np.zeros(2))
    with pytest.raises(ValueError, match="kernel"):
        running_logits(np.zeros((B, T, H)), head)
