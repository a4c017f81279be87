"""What an epoch makes of the reviews: their order, their length, words left out."""

import numpy as np
from numpy.typing import NDArray

from lstm_course.arrays.shapes import Array, Ids, check_shapes
from lstm_course.data.text import PADDING, UNKNOWN

_SORTED_TOGETHER = 40  # batches: few enough to be met in another company each epoch


def order_by_length(
    rng: np.random.Generator, lengths: Array, batch_size: int
) -> NDArray[np.intp]:
    """Return a random order (N,) in which reviews of a batch are of similar length.

    Shuffled, cut into pieces of 40 batches, and sorted within each; then the batches
    are shuffled. If the last one is short, it stays the last.

    Args:
        rng: shuffles.
        lengths: words of each review, (N,).
        batch_size: reviews of a batch.
    """
    check_shapes(lengths=(lengths, "int N"))
    rows = rng.permutation(len(lengths))
    piece = batch_size * _SORTED_TOGETHER
    pieces = [rows[start : start + piece] for start in range(0, len(rows), piece)]
    rows = np.concatenate(
        [each[np.argsort(lengths[each], kind="stable")] for each in pieces]
    )
    whole = len(rows) // batch_size * batch_size
    batches = rng.permutation(rows[:whole].reshape(-1, batch_size))
    return np.concatenate([batches.ravel(), rows[whole:]])


def trim_padding(ids: Ids) -> Ids:
    """Return ids (B, T) without the steps, before and after, that are padding in all.

    For a model that skips padding they make no difference; one step is left at least.
    """
    check_shapes(ids=(ids, "int B T"))
    used = np.flatnonzero((ids != PADDING).any(axis=0))
    return ids[:, used[0] : used[-1] + 1] if len(used) else ids[:, :1]


def drop_words(rng: np.random.Generator, ids: Ids, rate: float) -> Ids:
    """Return ids (N, T), in which a share of the words was made unknown ones.

    Each word is drawn for itself, and padding stays. A model that meets every review
    with other words missing cannot rely on a few of them. Source: Iyyer et al. (2015),
    whose words are left out altogether.
    """
    check_shapes(ids=(ids, "int N T"))
    dropped = (rng.random(ids.shape, dtype=np.float32) < rate) & (ids != PADDING)
    return np.where(dropped, ids.dtype.type(UNKNOWN), ids)
