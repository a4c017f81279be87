"""Word vectors by company: counted by hand, taken apart by NumPy's SVD."""

import numpy as np
import pytest
from fixtures import Reviews, make_reviews

from lstm_course import build_sentiment_model
from lstm_course.training.word_vectors import word_vectors

IDS = make_reviews(80, words=12, steps=15).ids


def information_by_hand(ids, num_words, window, contexts):
    counts = np.zeros((num_words, contexts))
    for row in ids:
        words = [int(w) for w in row if w]
        for here, word in enumerate(words):
            for there, other in enumerate(words):
                near = here != there and abs(here - there) <= window
                if near and 3 <= other < 3 + contexts:
                    counts[word, other - 3] += 1
    joint = counts / counts.sum()
    chance = counts.sum(axis=0) ** 0.75 / np.sum(counts.sum(axis=0) ** 0.75)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(joint / joint.sum(axis=1, keepdims=True) / chance)
    return np.where(np.isfinite(ratio), np.maximum(ratio, 0), 0)


@pytest.mark.parametrize("contexts", [9, 6])
def test_they_are_the_strongest_patterns_of_what_meets_by_more_than_chance(contexts):
    information = information_by_hand(IDS, 13, 2, contexts)
    u, s, _ = np.linalg.svd(information, full_matrices=False)
    expected = u[:, :4] * np.sqrt(s[:4])
    expected -= expected[3:].mean(axis=0)
    expected *= 0.5 / expected[3:].std()
    expected[0] = 0
    vectors = word_vectors(IDS, 13, 4, window=2, contexts=contexts, spread=0.5)
    assert (vectors.shape, vectors.dtype) == ((13, 4), np.float32)
    strongest_first = vectors[:, ::-1]
    for ours, theirs in zip(strongest_first.T, expected.T, strict=True):
        sign = np.sign(theirs[np.abs(theirs).argmax()])
        assert ours == pytest.approx(sign * theirs, abs=2e-3)
    assert vectors[3:].std() == pytest.approx(0.5, rel=1e-4)


def test_words_in_like_company_are_alike():
    """Of two words that change places at random, and one that stands elsewhere."""
    rng = np.random.default_rng(3)
    ids = rng.integers(8, 30, (400, 12))
    ids[:200, 5] = rng.integers(3, 5, 200)  # 3 or 4, between 6 and 7
    ids[:200, 4], ids[:200, 6] = 6, 7
    ids[200:, 5] = 5
    vectors = word_vectors(ids, 30, 8, window=1)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    assert vectors[3] @ vectors[4] > 0.9 > 0.5 > vectors[3] @ vectors[5]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"width": 10}, "width is 10; expected at most 9, the contexts"),
        ({"width": 0}, "width is 0; expected at least 1"),
        ({"window": 0}, "window is 0; expected at least 1"),
        ({"ids": IDS[0]}, r"ids has shape \(15,\), 1 axes"),
    ],
)
def test_wrong_arguments_are_named(change, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        word_vectors(**{"ids": IDS, "num_words": 12, "width": 4} | change)


@pytest.mark.parametrize("engine", ["numpy", "keras"])
def test_fit_starts_from_them_if_asked(engine):
    reviews = Reviews(IDS, np.arange(80, dtype=np.int8) % 2)
    model = build_sentiment_model(
        engine=engine, num_words=12, embedding_dim=4, units=2, layers=0
    )
    how = {"epochs": 1, "batch_size": 80, "optimizer": "adam", "learning_rate": 1e-7}
    before = model.params
    model.fit(reviews, reviews, **how)
    drawn = before.embedding.embeddings
    assert model.params.embedding.embeddings == pytest.approx(drawn, abs=1e-5)
    model.fit(reviews, reviews, start_from_vectors=True, **how)
    vectors = word_vectors(IDS, 12, 4)
    assert model.params.embedding.embeddings == pytest.approx(vectors, abs=1e-5)
