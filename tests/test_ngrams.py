"""The linear model of n-grams: counted by hand, fitted beside a dense one, kept."""

from collections import Counter

import numpy as np
import pytest
from fixtures import assert_equal, make_reviews

from lstm_course import build_sentiment_model, load_model
from lstm_course.training.ngrams import NgramParams, ngram_fit, ngram_init, ngram_logits

WORDS = 7
REVIEWS = make_reviews(60, words=WORDS, steps=9)


def ngrams_of(row, longest):
    """Return the set of a review's n-grams, as tuples of words."""
    return {
        tuple(row[end - n + 1 : end + 1].tolist())
        for n in range(1, longest + 1)
        for end in range(n - 1, len(row))
        if all(row[end - n + 1 : end + 1])
    }


def key(ngram):
    number = 0
    for word in ngram:
        number = number * WORDS + word
    return number


@pytest.fixture(params=[1, 2, 3])
def longest(request):
    return request.param


def test_what_two_or_three_reviews_have_is_kept(longest):
    params = ngram_fit(REVIEWS.ids, REVIEWS.labels, WORDS, longest=longest)
    have = Counter(n for row in REVIEWS.ids for n in ngrams_of(row, longest))
    kept = {n for n, times in have.items() if times >= (2 if len(n) < 3 else 3)}
    assert params.keys.tolist() == sorted(map(key, kept))
    if longest == 3:
        assert len(kept) < len(have)


def test_logits_are_those_of_a_dense_logistic_regression(longest):
    """The features written out in a table, penalty and loss by their definition."""
    params = ngram_fit(
        REVIEWS.ids, REVIEWS.labels, WORDS, longest=longest, strength=2.0
    )
    has = np.array(
        [
            np.isin(params.keys, [*map(key, ngrams_of(row, longest))])
            for row in REVIEWS.ids
        ]
    ).astype(float)
    y = REVIEWS.labels > 0
    p, q = 1 + has[y].sum(axis=0), 1 + has[~y].sum(axis=0)
    lean = np.log(p / p.sum()) - np.log(q / q.sum())
    x = has * lean / np.sqrt(np.maximum(has.sum(axis=1, keepdims=True), 1))
    v = params.weights / lean
    z = x @ v + params.bias
    assert ngram_logits(REVIEWS.ids, params, WORDS, longest=longest) == pytest.approx(
        z, abs=1e-5
    )
    # At the least loss its gradient is 0.
    error = 1 / (1 + np.exp(-z)) - y
    assert v + 2.0 * x.T @ error == pytest.approx(np.zeros(len(v)), abs=2e-2)
    assert error.sum() == pytest.approx(0, abs=2e-2)
    assert np.abs(2.0 * x.T @ error).max() > 0.2  # so it says something


def test_padding_and_repetition_make_no_difference():
    params = ngram_fit(REVIEWS.ids, REVIEWS.labels, WORDS)
    row = np.array([[3, 5, 2, 4]])
    expected = ngram_logits(row, params, WORDS)
    for padding in ((0, 3), (2, 0), (5, 1)):
        padded = np.pad(row, ((0, 0), padding))
        assert ngram_logits(padded, params, WORDS) == pytest.approx(expected)
    assert ngram_logits(np.zeros((2, 4), int), params, WORDS) == pytest.approx(
        np.repeat(params.bias, 2)
    )
    once, twice = np.array([[3, 3, 3]]), np.array([[3, 3, 3, 3, 3]])
    assert ngram_logits(once, params, WORDS) == ngram_logits(twice, params, WORDS)


def test_what_was_never_met_counts_nothing():
    params = NgramParams(
        np.array([3, 5, 5 * WORDS + 3]),
        np.array([1.0, -2.0, 4.0], np.float32),
        np.array([0.5], np.float32),
    )
    ids = np.array([[5, 3, 6], [3, 5, 6], [6, 6, 6]])
    expected = [0.5 + 3 / np.sqrt(3), 0.5 - 1 / np.sqrt(2), 0.5]
    assert ngram_logits(ids, params, WORDS) == pytest.approx(expected)
    assert ngram_logits(ids, ngram_init(), WORDS).tolist() == [0, 0, 0]


MODEL = {
    "num_words": WORDS,
    "embedding_dim": 4,
    "units": 5,
    "mask_zero": True,
    "ngrams": 2,
    "network_share": 0.3,
}
HOW = {"epochs": 1, "batch_size": 8, "optimizer": "adam", "learning_rate": 0.01}


def logit(p):
    return np.log(p / (1 - p))


def test_beside_a_network_their_logits_are_added(tmp_path):
    model = build_sentiment_model(**MODEL)
    network = build_sentiment_model(**{**MODEL, "ngrams": 0, "network_share": 1.0})
    ids = REVIEWS.ids
    before = model.predict(ids).astype(float)
    assert logit(before) == pytest.approx(0.3 * logit(network.predict(ids)), abs=1e-5)
    history = model.fit(REVIEWS, REVIEWS, **HOW)
    alone = network.fit(REVIEWS, REVIEWS, **HOW)
    assert history.loss == alone.loss  # the network learns by itself
    linear = ngram_fit(ids, REVIEWS.labels, WORDS, longest=2)
    z = ngram_logits(ids, linear, WORDS, longest=2) + 0.3 * logit(
        network.predict(ids).astype(float)
    )
    assert logit(model.predict(ids).astype(float)) == pytest.approx(z, abs=1e-4)
    loss = np.mean(np.logaddexp(0, np.where(REVIEWS.labels > 0, -z, z)))
    assert history.val_loss == pytest.approx([loss], rel=1e-4)
    path = tmp_path / "model.npz"
    model.save(path)
    loaded = load_model(path)
    assert loaded.config == model.config
    assert np.array_equal(loaded.predict(ids), model.predict(ids))


def test_ctrl_c_while_it_counts_ends_the_training_in_peace(monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    model = build_sentiment_model(**MODEL)
    before = model.params
    monkeypatch.setattr("lstm_course.training.engine.ngram_fit", interrupted)
    history = model.fit(REVIEWS, REVIEWS, **HOW)
    assert (history.epochs, history.ended) == (0, "interrupted")
    assert_equal(model.params, before)


@pytest.mark.parametrize(
    "change",
    [
        {"ngrams.keys": np.array([3, 2])},
        {"ngrams.keys": np.array([3.0, 5.0])},
        {"ngrams.keys": np.zeros(0, int), "ngrams.weights": np.zeros(0, np.float32)},
        {"ngrams.weights": np.array([1, np.nan], np.float32)},
        {"ngrams.weights": np.ones(3, np.float32)},
        {"ngrams.bias": np.ones(2, np.float32)},
        {"ngrams.bias": None},
        {"ngrams.more": np.ones(2)},
    ],
    ids=str,
)
def test_a_damaged_file_is_refused(tmp_path, change):
    model = build_sentiment_model(**MODEL)
    two = np.array([3, 5]), np.ones(2, np.float32), np.ones(1, np.float32)
    model.ngrams = NgramParams(*two)
    path = tmp_path / "model.npz"
    model.save(path)
    assert np.array_equal(load_model(path).ngrams.keys, [3, 5])
    with np.load(path) as file:
        arrays = {**file, **change}
    np.savez(path, **{name: a for name, a in arrays.items() if a is not None})
    with pytest.raises(ValueError, match="holds no model of this course"):
        load_model(path)


def test_keras_has_no_linear_model():
    with pytest.raises(ValueError, match=r"^ngrams is 2; expected 0 with engine"):
        build_sentiment_model(**MODEL, engine="keras")


def test_the_share_is_a_number():
    for share in (-0.1, float("nan"), "all"):
        with pytest.raises(ValueError, match=f"^network_share is {share!r}; expected"):
            build_sentiment_model(**{**MODEL, "network_share": share})
