"""A linear model of words, pairs and triples: what a network is up against.

    r_k = ln((p_k + 1) / Σ(p + 1)) - ln((q_k + 1) / Σ(q + 1))   how n-gram k leans: p_k
                                   positive reviews have it, and q_k negative ones
    x_k = r_k / √n                 for each of the n kept n-grams that a review has
    z   = Σ_k v_k x_k + b          v, b by logistic regression

An n-gram is one number: the ids of its words are digits, in a system with as many of
them as the vocabulary has words. Source: Wang and Manning (2012), who begin with r too.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array, Ids, check_at_least, check_shapes
from lstm_course.data.text import PADDING


class NgramParams(NamedTuple):
    """What the model keeps of each n-gram."""

    keys: Ids  # (F,) int64, rising
    weights: Array  # (F,) v_k r_k
    bias: Array  # (1,)


def ngram_init() -> NgramParams:
    """Return what is known before the first review: nothing; all logits are 0."""
    nothing = np.zeros(1, np.float32)
    return NgramParams(np.zeros(1, np.int64), nothing, nothing)  # no n-gram has key 0


def ngrams_from(arrays: Sequence[Array]) -> NgramParams:
    """Return the model of a file's arrays.

    Raises:
        TypeError, ValueError: they are none.
    """
    keys, weights, bias = arrays
    check_shapes(keys=(keys, "int F"), weights=(weights, "F"), bias=(bias, "1"))
    if not len(keys) or (np.diff(keys) <= 0).any():
        raise ValueError("keys do not rise; expected one or more, in order")
    for name, array in {"weights": weights, "bias": bias}.items():
        if not np.isfinite(array).all():
            raise ValueError(f"{name} holds numbers that are not finite")
    return NgramParams(keys, weights, bias)


def ngram_fit(
    ids: Ids,
    labels: Array,
    num_words: int,
    *,
    longest: int = 3,
    strength: float = 30.0,
) -> NgramParams:
    """Return what reviews teach, by scikit-learn's logistic regression.

    Words and pairs are kept if two reviews have them, longer n-grams if three have.

    Args:
        ids: of the reviews, (N, T), padded.
        labels: 0 or 1, (N,).
        num_words: every id is below it.
        longest: how many words the longest n-grams have.
        strength: scikit-learn's C, the inverse of the penalty for large weights.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    check_shapes(ids=(ids, "int N T"), labels=(labels, "int N"))
    check_at_least("longest", longest, 1)
    rows, found = _distinct(ids, num_words, longest)
    keys, columns, reviews = np.unique(found, return_inverse=True, return_counts=True)
    kept = reviews >= np.where(keys < num_words**2, 2, 3)
    column_of = np.cumsum(kept) - 1
    stays = kept[columns]
    rows, columns = rows[stays], column_of[columns[stays]]

    positive = labels[rows] > 0
    size = np.count_nonzero(kept)
    p, q = (
        1 + np.bincount(columns[side], minlength=size) for side in (positive, ~positive)
    )
    lean = np.log(p / p.sum()) - np.log(q / q.sum())
    x = lean[columns] * _share(rows, len(ids))[rows]
    features = csr_matrix((x, (rows, columns)), shape=(len(ids), size))
    model = LogisticRegression(C=strength, max_iter=100).fit(features, labels)
    weights = (model.coef_[0] * lean).astype(np.float32)
    return NgramParams(keys[kept], weights, model.intercept_.astype(np.float32))


def ngram_logits(
    ids: Ids, params: NgramParams, num_words: int, *, longest: int = 3
) -> Array:
    """Return the logits z of reviews (N, T), (N,) float32; else as ``ngram_fit``."""
    check_shapes(ids=(ids, "int N T"))
    rows, found = _distinct(ids, num_words, longest)
    columns = np.minimum(np.searchsorted(params.keys, found), len(params.keys) - 1)
    known = params.keys[columns] == found
    rows, weights = rows[known], params.weights[columns[known]]
    sums = np.bincount(rows, weights, minlength=len(ids))
    return (sums * _share(rows, len(ids)) + params.bias).astype(np.float32)


def _share(rows: Ids, reviews: int) -> Array:
    """Return 1 / √n for each review, if it has n n-grams."""
    return 1 / np.sqrt(np.maximum(np.bincount(rows, minlength=reviews), 1))


def _distinct(ids: Ids, num_words: int, longest: int) -> tuple[Ids, Ids]:
    """Return (row, key) of each n-gram that a review has, however often, by row."""
    word = ids.astype(np.int64)
    ending = [word]  # with the word at each step; 0 where padding is among its words
    for _ in range(longest - 1):
        before = np.zeros_like(word)
        before[:, 1:] = ending[-1][:, :-1]
        whole = (before != 0) & (word != PADDING)
        ending.append(np.where(whole, before * num_words + word, 0))
    keys = np.sort(np.concatenate(ending, axis=1), axis=1)
    new = keys != 0
    new[:, 1:] &= keys[:, 1:] != keys[:, :-1]
    return np.nonzero(new)[0], keys[new]
