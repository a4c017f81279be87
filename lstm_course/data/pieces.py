"""Reviews as short sequences of word counts: one vector a piece, not one a word."""

import numpy as np

from lstm_course.arrays.shapes import Array, Ids, check_at_least, check_shapes
from lstm_course.data.text import RESERVED


def telling_words(ids: Ids, labels: Array, count: int) -> Ids:
    """Return the ids of the words that tell most about a label, (count,).

    For each word, the share of the positive and the share of the negative reviews
    that it occurs in: the larger the difference of the two, the more it tells. Choose
    on the training part alone. Reserved ids don't count; ties are broken by id.

    Args:
        ids: word ids, (N, T).
        labels: 0 or 1, (N,), both present.
        count: how many words.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    check_shapes(ids=(ids, "int N T"), labels=(labels, "int N"))
    check_at_least("count", count, 1)
    occurs = np.zeros((len(ids), ids.max() + 1), bool)
    np.put_along_axis(occurs, ids, values=True, axis=1)
    positive, negative = (occurs[labels == label].mean(axis=0) for label in (1, 0))
    tells = np.abs(positive - negative)[len(RESERVED) :]
    if count > len(tells):
        raise ValueError(f"count is {count}; there are {len(tells)} words in ids")
    return len(RESERVED) + np.argsort(-tells, kind="stable")[:count]


def count_in_pieces(ids: Ids, words: Ids, pieces: int) -> Array:
    """Cut reviews into pieces of equal length, and count chosen words in each.

    Args:
        ids: word ids, (N, T), where T is a multiple of ``pieces``.
        words: the K ids to count, (K,).
        pieces: how many pieces a review is cut into.

    Returns:
        How often each word occurs in each piece, (N, pieces, K), float32.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    sizes = check_shapes(ids=(ids, "int N T"), words=(words, "int K"))
    check_at_least("pieces", pieces, 1)
    if sizes["T"] % pieces:
        raise ValueError(f"pieces is {pieces}; expected a divisor of T = {sizes['T']}")
    column_of = np.full(max(ids.max(), words.max()) + 1, len(words))  # none of them
    column_of[words] = np.arange(len(words))
    rows = np.arange(len(ids) * pieces).repeat(sizes["T"] // pieces)
    shape = len(ids) * pieces, len(words) + 1
    places = rows * shape[1] + column_of[ids.ravel()]
    counts = np.bincount(places, minlength=shape[0] * shape[1]).reshape(shape)
    return counts[:, :-1].reshape(len(ids), pieces, -1).astype(np.float32)
