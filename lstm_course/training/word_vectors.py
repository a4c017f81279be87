"""Word vectors from the company that words keep, to start an embedding from.

    P_wc = max(0, ln(p(w, c) / (p(w) p(c))))     how much more often than by chance word
                                                 w has word c in its company
    E = U_D √S_D   of   P ≈ U_D S_D Vᵀ_D         its D strongest patterns

Words that stand in like company get like vectors, before a single label was read.
Sources: Church and Hanks (1990), for P; Levy, Goldberg and Dagan (2015), for the root
of S and the power 3/4 of p(c).
"""

import numpy as np

from lstm_course.arrays.shapes import Array, Ids, check_at_least, check_shapes
from lstm_course.data.text import PADDING, RESERVED


def word_vectors(
    ids: Ids,
    num_words: int,
    width: int,
    *,
    window: int = 5,
    contexts: int = 2_000,
    spread: float = 0.3,
) -> Array:
    """Return a vector for each id, (V, D) float32, by the words that stand near it.

    Args:
        ids: of the reviews to count in, (N, T), padded.
        num_words: V; every id is below it.
        width: D.
        window: how many words before and after a word are its company.
        contexts: how many words count as company: the most frequent.
        spread: the standard deviation of all numbers, about a mean of 0.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    check_shapes(ids=(ids, "int N T"))
    for name, value in {"width": width, "window": window}.items():
        check_at_least(name, value, 1)
    first = len(RESERVED)
    contexts = min(contexts, num_words - first)
    if width > contexts:
        raise ValueError(f"width is {width}; expected at most {contexts}, the contexts")
    counts = np.zeros((num_words, contexts), np.float32)
    for distance in range(1, window + 1):
        left, right = ids[:, :-distance].ravel(), ids[:, distance:].ravel()
        for word, company in ((left, right), (right, left)):
            counted = (company >= first) & (company < first + contexts)
            counted &= word != PADDING
            pairs = word[counted] * np.int64(contexts) + (company[counted] - first)
            counts += np.bincount(pairs, minlength=counts.size).reshape(counts.shape)
    of_word = counts.sum(axis=1, keepdims=True)
    of_company = counts.sum(axis=0) ** 0.75
    of_company /= of_company.sum()
    with np.errstate(divide="ignore", invalid="ignore"):  # what never met
        information = np.log(counts / (of_word * of_company))
    information[~(information > 0)] = 0
    squares, patterns = np.linalg.eigh(information.T @ information)
    squares, patterns = squares[-width:], patterns[:, -width:]  # the largest are last
    vectors = information @ patterns / np.maximum(squares, 1e-9) ** 0.25
    vectors -= vectors[first:].mean(axis=0)
    vectors *= spread / vectors[first:].std()
    vectors[PADDING] = 0
    # A pattern has no sign of its own; so it doesn't depend on how it was computed.
    largest = np.take_along_axis(vectors, abs(vectors).argmax(axis=0)[None], axis=0)
    signed: Array = (vectors * np.sign(largest)).astype(np.float32)
    return signed
