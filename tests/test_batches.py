"""What an epoch makes of the reviews: their order, their length, words left out."""

from itertools import pairwise

import numpy as np
import pytest
from fixtures import make_reviews

from lstm_course import build_sentiment_model
from lstm_course.training.batches import drop_words, order_by_length, trim_padding


def test_a_batch_holds_reviews_of_similar_length():
    rng = np.random.default_rng(3)
    lengths = rng.integers(1, 400, 2_005)
    first, second = (order_by_length(rng, lengths, 8) for _ in range(2))
    for order in (first, second):
        assert sorted(order) == [*range(2_005)]
        whole = lengths[order[:2_000]].reshape(-1, 8)
        spread = whole.max(axis=1) - whole.min(axis=1)
        assert spread.mean() < 25  # of reviews together by chance it is 300
        rises = [a < b for a, b in pairwise(whole.mean(axis=1))]
        assert 0.4 < np.mean(rises) < 0.6  # the batches are shuffled
    batches = [
        {frozenset(b) for b in o[:2_000].reshape(-1, 8)} for o in (first, second)
    ]
    assert not batches[0] & batches[1]  # in other company each epoch


@pytest.mark.parametrize("count", [1, 7, 8, 9])
def test_the_short_batch_is_the_last(count):
    order = order_by_length(np.random.default_rng(3), np.arange(count) % 5, 8)
    assert sorted(order) == [*range(count)]


def test_trimming_takes_padding_alone():
    ids = np.array([[0, 0, 5, 0, 3, 0], [0, 0, 0, 4, 0, 0]])
    assert trim_padding(ids).tolist() == [[5, 0, 3], [0, 4, 0]]
    assert trim_padding(ids[:, 2:5]).tolist() == [[5, 0, 3], [0, 4, 0]]
    assert trim_padding(np.zeros((2, 5), int)).tolist() == [[0], [0]]


def test_words_are_dropped_by_their_share_and_padding_stays():
    rng = np.random.default_rng(3)
    ids = rng.integers(3, 99, (200, 50), np.int32)
    ids[rng.random(ids.shape) < 0.3] = 0
    before = ids.copy()
    dropped = drop_words(rng, ids, 0.2)
    assert np.array_equal(ids, before)
    assert dropped.dtype == ids.dtype
    changed = dropped != ids
    assert set(dropped[changed].tolist()) == {2}
    assert np.array_equal(dropped == 0, ids == 0)
    words = np.count_nonzero(ids)
    assert abs(changed.sum() / words - 0.2) < 5 * np.sqrt(0.16 / words)
    assert not np.array_equal(drop_words(rng, ids, 0.2), dropped)
    assert np.array_equal(drop_words(rng, ids, 0.0), ids)


MODEL = {
    "num_words": 9,
    "embedding_dim": 4,
    "units": 5,
    "mask_zero": True,
    "bidirectional": True,
    "pooling": "max_mean",
}
HOW = {"epochs": 2, "batch_size": 8, "optimizer": "adam", "learning_rate": 0.03}


def test_trimmed_batches_train_as_padded_ones(monkeypatch):
    """To rounding: the same reviews in the same order, with and without padding."""
    reviews = make_reviews(45, words=9, steps=30)
    trimmed = build_sentiment_model(**MODEL)
    history = trimmed.fit(reviews, reviews, by_length=True, **HOW)
    steps = []

    def untouched(ids):
        steps.append(ids.shape[1])
        return ids

    monkeypatch.setattr("lstm_course.training.engine.trim_padding", untouched)
    padded = build_sentiment_model(**MODEL)
    expected = padded.fit(reviews, reviews, by_length=True, **HOW)
    assert set(steps) == {30}
    assert history.loss == pytest.approx(expected.loss, rel=1e-5)
    assert history.val_loss == pytest.approx(expected.val_loss, rel=1e-5)
    ids = make_reviews(20, words=9, steps=30, seed=6).ids
    assert trimmed.predict(ids) == pytest.approx(padded.predict(ids), rel=1e-4)


def test_the_model_reads_trimmed_batches_with_other_words_missing_each_epoch(
    monkeypatch,
):
    from lstm_course.training import engine

    real, batches = engine.sentiment_gradients, []

    def spy(ids, *arguments, **options):
        batches.append(ids)
        return real(ids, *arguments, **options)

    monkeypatch.setattr(engine, "sentiment_gradients", spy)
    reviews = make_reviews(48, words=9, steps=30)
    build_sentiment_model(**MODEL).fit(
        reviews, reviews, by_length=True, word_dropout=0.5, **HOW
    )
    assert len({ids.shape[1] for ids in batches}) > 3
    assert all((ids != 0).any(axis=0).all() for ids in batches)
    unknown = np.mean(np.concatenate([ids[ids != 0] for ids in batches]) == 2)
    assert 0.45 < unknown - np.mean(reviews.ids[reviews.ids != 0] == 2) / 2 < 0.55
    epochs = [
        {row[row != 0].tobytes() for ids in e for row in ids}
        for e in (batches[:6], batches[6:])
    ]
    assert len(epochs[0] & epochs[1]) < 10


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"schedule": "steps"},
            r"schedule is 'steps'; expected one of \['constant', '",
        ),
        ({"by_length": True}, "by_length is True; expected False for this model"),
        (
            {"word_dropout": 1.0},
            r"word_dropout is 1\.0; expected 0 <= word_dropout < 1",
        ),
        ({"word_dropout": "a"}, "word_dropout is 'a'; expected"),
    ],
)
def test_wrong_options_are_refused_by_name(options, message):
    reviews = make_reviews(9)
    with pytest.raises(ValueError, match=f"^{message}"):
        build_sentiment_model().fit(reviews, reviews, **HOW, **options)
