"""N-grams: against the formula counted by hand, slowly, and sums of probabilities."""

from collections import Counter, defaultdict

import numpy as np
import pytest

from lstm_course.data.ngrams import fit_ngrams, ngram_probabilities, ngrams_next

K = 5
rng = np.random.default_rng(0)


def chain(length, seed):
    """Draw a text in which a character depends on the two before it."""
    rng = np.random.default_rng(seed)
    table = rng.dirichlet([0.3] * (K - 1), (K, K))  # the last never occurs
    ids = [0, 1]
    while len(ids) < length:
        ids.append(int(rng.choice(K - 1, p=table[ids[-2], ids[-1]])))
    return np.array(ids)


def by_hand(text, order):
    """Return p(w, h), written after the formulas, with tuples for counts."""
    padded = [text[0]] * order + list(text)
    highest = Counter(
        tuple(padded[end - order : end]) for end in range(order + 1, len(padded) + 1)
    )
    counts = {order: highest}
    for n in range(order - 1, 0, -1):
        counts[n] = Counter(gram[1:] for gram in counts[n + 1])
    off = {}
    for n, of_order in counts.items():
        times = Counter(of_order.values())
        if all(times[k] for k in (1, 2, 3, 4)):
            y = times[1] / (times[1] + 2 * times[2])
            ds = [k - (k + 1) * y * times[k + 1] / times[k] for k in (1, 2, 3)]
            off[n] = [min(max(d, 0), k) for k, d in enumerate(ds, 1)]
        else:
            off[n] = [0.5] * 3
    after = {n: defaultdict(list) for n in counts}
    for n, of_order in counts.items():
        for gram, count in of_order.items():
            after[n][gram[:-1]].append(count)

    def p(w, h):
        n = len(h) + 1
        lower = p(w, h[1:]) if n > 1 else 1 / K
        if not after[n][h]:
            return lower
        back = sum(off[n][min(count, 3) - 1] for count in after[n][h])
        count = counts[n][(*h, w)]
        kept = count - off[n][min(count, 3) - 1] if count else 0
        return (kept + back * lower) / sum(after[n][h])

    return p


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("length", [12, 400])
def test_they_are_the_formula_s(order, length):
    text, other = chain(length, 1), rng.integers(0, K, 60)
    model = fit_ngrams(text, K, order)
    p = by_hand(text, order)
    padded = [other[0]] * order + list(other)
    expected = [
        p(other[t], tuple(padded[t + 1 : t + order])) for t in range(1, len(other))
    ]
    found = ngram_probabilities(other, model)
    assert found == pytest.approx(expected, rel=1e-12)
    last = tuple(padded[len(padded) - order + 1 :])
    assert ngrams_next(other, model) == pytest.approx(
        [p(w, last) for w in range(K)], rel=1e-12
    )


@pytest.mark.parametrize("order", [1, 3, 6])
def test_probabilities_sum_to_one_and_none_is_zero(order):
    model = fit_ngrams(chain(300, 2), K, order)
    for _ in range(30):
        p = ngrams_next(rng.integers(0, K, 7), model)
        assert p.sum() == pytest.approx(1, abs=1e-12)
        assert p.min() > 0


def test_next_is_what_follows():
    model, text = fit_ngrams(chain(300, 2), K, 4), chain(40, 3)
    foretold = ngram_probabilities(text, model)
    for t in (1, 2, 5, 39):
        assert ngrams_next(text[:t], model)[text[t]] == pytest.approx(foretold[t - 1])


def test_a_longer_memory_pays_as_far_as_the_text_reaches_back():
    whole = chain(50_000, 4)
    text, other = whole[:30_000], whole[30_000:]
    bits = [
        -np.log2(ngram_probabilities(other, fit_ngrams(text, K, order))).mean()
        for order in (1, 2, 3)
    ]
    assert bits[0] > bits[1] + 0.1
    assert bits[1] > bits[2] + 0.1
    counts = fit_ngrams(text, K, 3).counts
    assert counts == sum(
        len({*zip(*(t[k:] for k in range(n)), strict=False)})
        for n, t in ((n, np.append([0] * (n - 1), text)) for n in (1, 2, 3))
    )


@pytest.mark.parametrize(
    ("ids", "order", "error", "message"),
    [
        (np.array([0, 5]), 2, ValueError, "ids go from 0 to 5; expected 0 to 4"),
        (np.array([0, -1]), 2, ValueError, "ids go from -1 to 0; expected 0 to 4"),
        (np.array([], int), 2, ValueError, "ids is empty; expected one character"),
        (np.array([0.0]), 2, TypeError, "ids holds float64; expected int"),
        (np.array([[0]]), 2, ValueError, r"ids has shape \(1, 1\), 2 axes"),
        (np.array([0, 1]), 0, ValueError, "order is 0; expected at least 1"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(ids, order, error, message):
    with pytest.raises(error, match=f"^{message}"):
        fit_ngrams(ids, K, order)


def test_a_text_of_other_characters_is_refused():
    model = fit_ngrams(chain(30, 1), K, 2)
    for function in (ngram_probabilities, ngrams_next):
        with pytest.raises(ValueError, match="ids go from 1 to 7; expected 0 to 4"):
            function(np.array([1, 7]), model)
