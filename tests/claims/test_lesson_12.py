"""The verdicts of lesson 12, on the model that it looks into."""

import numpy as np
import pytest

from lstm_course import LSTMState, load_imdb, lstm_forward
from lstm_course.layers.embedding import embedding_forward
from lstm_course.study.reading import forward_with, read_review, running_logits
from lstm_course.study.stored_models import read_model

REVIEWS = 1000


@pytest.fixture(scope="module")
def data():
    return load_imdb(num_words=10_000, maxlen=100)


@pytest.fixture(scope="module")
def model():
    return read_model("reader")


@pytest.fixture(scope="module")
def reviews(data):
    """Whole reviews, as ids, and whether they are positive."""
    whole = (data.validation.ids > 0).all(axis=1)
    return (
        data.validation.ids[whole][:REVIEWS],
        data.validation.labels[whole][:REVIEWS] > 0,
    )


def test_c05_zero_erases_the_cell_and_one_keeps_it_but_h_remembers_too(model, reviews):
    embedding, (lstm,), head = model.params
    ids, positive = reviews
    x, _ = embedding_forward(ids, embedding)
    outputs, _, trace = lstm_forward(x, lstm)

    def accuracy(h):
        return np.mean((running_logits(h, head) > 0) == positive)

    half = x.shape[1] // 2

    def keep(t, gates):
        one, zero = np.ones_like(gates.f), np.zeros_like(gates.i)
        return gates._replace(f=one, i=zero) if t >= half else gates

    def erase(t, gates):
        return gates._replace(f=np.zeros_like(gates.f)) if t == half else gates

    _, kept = forward_with(x, lstm, keep)
    assert np.array_equal(kept[:, -1], kept[:, half - 1])
    _, erased = forward_with(x, lstm, erase)
    written = trace.gates.i[:, half] * trace.gates.g[:, half]
    np.testing.assert_allclose(erased[:, half], written, atol=1e-5)

    # The cell is not the whole memory. What it held ten words ago counts for far more
    # than f alone would leave of it; and a candidate that does not
    # hear h' loses much of the accuracy, gates that do not hear it none.
    h, c = trace.h[:, -11], trace.c[:, -11]
    ends = [
        lstm_forward(x[:, -10:], lstm, initial_state=LSTMState(*state))[1].h
        for state in ((h, 0 * c), (0 * h, 0 * c))
    ]
    logits = running_logits(outputs[:, -1], head)
    without_c = running_logits(ends[0], head)
    changed = np.abs(without_c - logits).mean() / np.abs(logits).mean()
    left = np.prod(trace.gates.f[:, -10:], axis=1).mean()
    assert changed > 4 * left
    assert accuracy(outputs[:, -1]) > 0.82
    assert accuracy(ends[0]) > accuracy(ends[1]) + 0.04

    units = lstm.recurrent_kernel.shape[0]
    candidate = np.repeat([False, False, True, False], units)  # i, f, g, o
    lost = [
        accuracy(outputs[:, -1]) - accuracy(lstm_forward(x, deaf)[1].h)
        for deaf in (
            lstm._replace(recurrent_kernel=np.where(zero, 0, lstm.recurrent_kernel))
            for zero in (candidate, ~candidate)
        )
    ]
    assert lost[0] > 0.08
    assert abs(lost[1]) < 0.01


def test_c15_the_order_of_work_gives_every_step_of_a_trained_trace(model, data):
    reading = read_review(data.test.texts[2494], data.vocabulary, model.params)
    before = np.zeros_like(reading.c[0])
    for t in range(len(reading.words)):
        i, f, g, o = (gate[t] for gate in reading.gates)
        c = f * before + i * g
        np.testing.assert_allclose(reading.c[t], c, atol=1e-5)
        np.testing.assert_allclose(reading.h[t], o * np.tanh(c), atol=1e-5)
        before = c


def test_c25_a_value_at_each_step_shows_where_the_verdict_is_made(model, data):
    review = read_review(data.test.texts[2494], data.vocabulary, model.params)
    assert review.verdicts[-1] == pytest.approx(
        model.predict(data.test.ids[2494:2495])[0], abs=1e-5
    )
    beginnings = [
        model.predict(review.ids[np.newaxis, : t + 1])[0]
        for t in range(len(review.ids))
    ]
    np.testing.assert_allclose(review.verdicts, beginnings, atol=1e-5)
    # "But" turns nothing, single strong words do.
    at = {word: t for t, word in enumerate(review.words)}
    steps = np.diff(review.verdicts, prepend=0.5)
    assert abs(steps[at["but"]]) < 0.1
    assert review.verdicts[at["doesn't"]] < 0.4
    assert review.verdicts[at["great"]] > 0.8
    assert (
        read_review("not bad at all", data.vocabulary, model.params).verdicts[-1] < 0.5
    )
