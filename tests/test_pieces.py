"""Reviews as pieces, held against counting by plain Python."""

import numpy as np
import pytest

from lstm_course.data.pieces import count_in_pieces, telling_words


def test_pieces_are_counted_as_a_loop_counts_them():
    rng = np.random.default_rng(3)
    ids = rng.integers(0, 9, (5, 12)).astype(np.int32)
    words = np.array([7, 3, 11, 4])
    counts = count_in_pieces(ids, words, 3)
    assert counts.shape == (5, 3, 4)
    assert counts.dtype == np.float32
    for n, piece, k in np.ndindex(counts.shape):
        part = ids[n].tolist()[4 * piece : 4 * piece + 4]
        assert counts[n, piece, k] == part.count(words[k])
    assert counts.sum() > 10


def test_the_telling_words_come_first():
    # 5 stands in all the positive reviews and in no other; 4 in all but one; 3 in all.
    ids = np.array([[1, 3, 5, 5, 4], [0, 1, 3, 5, 3], [1, 3, 4, 2, 4], [1, 3, 4, 4, 0]])
    labels = np.array([1, 1, 0, 0], np.int8)
    assert telling_words(ids, labels, 3).tolist() == [5, 4, 3]
    assert telling_words(ids, 1 - labels, 3).tolist() == [5, 4, 3]
    # twice in a review tells no more than once
    assert telling_words(ids, labels, 1).tolist() == [5]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda ids: count_in_pieces(ids, np.array([3]), 4),
            "pieces is 4; expected a divisor of T = 6",
        ),
        (
            lambda ids: count_in_pieces(ids, np.array([3]), 0),
            "pieces is 0; expected at least 1",
        ),
        (
            lambda ids: telling_words(ids, np.array([0, 1]), 3),
            "count is 3; there are 2 words in ids",
        ),
    ],
)
def test_nonsense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.array([[0, 0, 1, 3, 4, 2], [1, 3, 3, 3, 4, 4]]))
