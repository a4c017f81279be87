"""What the experiments on reviews share: steps, when to stop, shuffled words."""

from itertools import pairwise

import numpy as np
import pytest

from lstm_course.data.imdb import Split
from lstm_course.experiments import reviews as reviews_module
from lstm_course.experiments.reviews import train_in_pieces, train_with_patience
from lstm_course.experiments.shuffled import shuffle_words
from lstm_course.training.model import NumpySentimentModel, SentimentConfig

CONFIG = SentimentConfig("gru", num_words=9, embedding_dim=3, units=2, dropout=0.4)


def some_reviews(count, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, count).astype(np.int8)
    return Split(rng.integers(0, 9, (count, 5), np.int32), labels, None)


def test_pieces_of_an_epoch_are_what_fit_does():
    train, validation = some_reviews(10), some_reviews(7, seed=1)
    history = NumpySentimentModel(CONFIG).fit(
        train,
        validation,
        epochs=3,
        batch_size=4,
        optimizer="adam",
        learning_rate=0.05,
    )
    pieces = list(
        train_in_pieces(
            CONFIG, train, steps=9, every=3, batch_size=4, learning_rate=0.05
        )
    )
    assert [running for _, running in pieces] == pytest.approx(history.loss, rel=1e-6)
    val_loss = [
        NumpySentimentModel(CONFIG, params).evaluate(validation)[0]
        for params, _ in pieces
    ]
    assert val_loss == pytest.approx(history.val_loss, rel=1e-6)


def test_shorter_pieces_are_the_same_steps():
    how = {"steps": 12, "batch_size": 4, "learning_rate": 0.05}
    train = some_reviews(10)
    each = list(train_in_pieces(CONFIG, train, every=1, **how))
    threes = list(train_in_pieces(CONFIG, train, every=3, **how))
    for number, (params, running) in enumerate(threes):
        three = each[3 * number : 3 * number + 3]
        assert np.array_equal(params.head.kernel, three[-1][0].head.kernel)
        batches = [4, 4, 2]  # an epoch's last one is short
        loss = np.average([loss for _, loss in three], weights=batches)
        assert running == pytest.approx(loss)


@pytest.mark.parametrize(
    ("losses", "best", "evaluated"),
    [
        ([5, 4, 3, 2, 1, 0.5], 6, 6),  # falls to the end
        ([5, 3, 4, 4, 1, 0.5], 2, 4),  # two in a row without a lower one
        ([5, 3, 4, 2, 4, 3], 4, 6),  # never two
        ([5, 3, 3, 3, 1, 1], 2, 4),  # as low is not lower
    ],
)
def test_training_stops_by_patience_and_keeps_the_best(
    monkeypatch, losses, best, evaluated
):
    told = []

    class Pretender:
        def __init__(self, config, params):
            self.params = params

        def evaluate(self, split):
            told.append(self.params)
            return losses[len(told) - 1], len(told) / 100

    monkeypatch.setattr(reviews_module, "NumpySentimentModel", Pretender)
    model, numbers = train_with_patience(
        CONFIG,
        some_reviews(10),
        some_reviews(7),
        learning_rate=0.05,
        steps=60,
        every=10,
        patience=2,
        batch_size=4,
    )
    assert len(told) == evaluated
    assert model.params is told[best - 1]
    assert numbers == {
        "steps": 10 * best,
        "validation_loss": losses[best - 1],
        "validation_accuracy": best / 100,
        "first_validation_loss": 5,
    }


def test_shuffled_reviews_have_the_same_words_after_the_same_padding():
    rng = np.random.default_rng(3)
    ids = np.sort(rng.integers(1, 99, (50, 40), np.int32), axis=1)
    padding = rng.integers(0, 40, 50)
    ids[np.arange(40) < padding[:, None]] = 0
    shuffled = shuffle_words(rng, ids)
    assert shuffled.dtype == ids.dtype
    assert np.array_equal(np.sort(shuffled, axis=1), ids)
    assert np.array_equal(shuffled == 0, ids == 0)
    words = [row[row > 0] for row in shuffled]
    rises = [a < b for row in words for a, b in pairwise(row)]
    assert 0.4 < np.mean(rises) < 0.6
    assert not np.array_equal(shuffled, shuffle_words(rng, ids))
