"""Character n-grams with back-off: the next character by counting what came before.

Interpolated Kneser-Ney smoothing with three discounts an order (Kneser and Ney, 1995;
Chen and Goodman, 1999): the probability of w after the n - 1 characters h is

    p(w | h) = (count(h w) - d) / count(h) + back(h) / count(h) · p(w | h')

where h' is h without its first character, d is taken off what was seen once, twice, or
more often, and back(h) is the sum of what was taken off after h. Below the highest
order a count is not how often h w occurs but after how many different characters. Where
h was never seen, p(w | h') stands for it; after all orders comes 1 / K.

A run of n characters has a number, its place among those that occur. Its key is the
number of its first n - 1 characters, times K, plus the last.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm_course.arrays.shapes import Array, Ids, check_at_least, check_shapes

Numbers = NDArray[np.int64]  # of runs; -1: it does not occur


class Order(NamedTuple):
    """What was counted of the G runs of n characters, h w; there are C of n - 1, h."""

    keys: Numbers  # (G,) rising
    left: Array  # (G,) count(h w), less the discount
    totals: Array  # (C,) count(h)
    back: Array  # (C,) what the discounts took off after h


class NGrams(NamedTuple):
    """All orders, from single characters up."""

    characters: int  # K
    orders: tuple[Order, ...]

    @property
    def counts(self) -> int:
        """How many counts are kept."""
        return sum(len(order.keys) for order in self.orders)


def fit_ngrams(ids: Ids, characters: int, order: int) -> NGrams:
    """Count a text, before which its first character is repeated.

    Args:
        ids: (N,) of the text.
        characters: K; all ids are below it.
        order: the longest run to count, 1 or more.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    check_at_least("order", order, 1)
    _check_ids(ids, characters)
    keys, runs = [], [np.zeros(len(ids), np.int64)]  # runs by where they end
    for _ in range(order):
        found, run = np.unique(_extend(runs[-1], ids, characters), return_inverse=True)
        keys.append(found)
        runs.append(run)
    orders: list[Order] = []
    counts = np.bincount(runs[order])
    for n in range(order, 0, -1):
        context = keys[n - 1] // characters
        off = _discounts(counts)[np.minimum(counts, 3)]
        contexts = len(keys[n - 2]) if n > 1 else 1
        totals, back = (
            np.bincount(context, numbers, contexts) for numbers in (counts, off)
        )
        orders.insert(0, Order(keys[n - 1], counts - off, totals, back))
        if n > 1:  # now after how many characters each shorter run stands
            where = np.zeros(len(keys[n - 1]), np.int64)
            where[runs[n]] = np.arange(len(ids))
            counts = np.bincount(runs[n - 1][where], minlength=len(keys[n - 2]))
    return NGrams(characters, tuple(orders))


def ngram_probabilities(ids: Ids, model: NGrams) -> Array:
    """Return the probability of each character but the first, (N - 1,), in float64.

    Args:
        ids: (N,) of a text.
        model: whose K the ids are below.

    Raises:
        TypeError, ValueError: ids have the wrong kind or rank, or one is K or more.
    """
    _check_ids(ids, model.characters)
    p = np.full(len(ids), 1 / model.characters)
    run = np.zeros(len(ids), np.int64)
    for order in model.orders:
        context = _before(run)
        run = _find(order.keys, _extend(run, ids, model.characters))
        p = _interpolate(order, run, context, p)
    return p[1:]


def ngrams_next(ids: Ids, model: NGrams) -> Array:
    """Return the probabilities of what comes after a text, (K,), in float64.

    Args:
        ids: (N,) of the text.
        model: whose K the ids are below.

    Raises:
        TypeError, ValueError: ids have the wrong kind or rank, or one is K or more.
    """
    _check_ids(ids, model.characters)
    every = np.arange(model.characters)
    p = np.full(model.characters, 1 / model.characters)
    run = np.zeros(len(ids), np.int64)
    for order in model.orders:
        context = np.repeat(run[-1:], model.characters)
        keys = np.where(context < 0, -1, context * model.characters + every)
        p = _interpolate(order, _find(order.keys, keys), context, p)
        run = _find(order.keys, _extend(run, ids, model.characters))
    return p


def _check_ids(ids: Ids, characters: int) -> None:
    check_shapes(ids=(ids, "int N"))
    if not len(ids):
        raise ValueError("ids is empty; expected one character or more")
    if not (ids.min() >= 0 and ids.max() < characters):
        raise ValueError(
            f"ids go from {ids.min()} to {ids.max()}; expected 0 to {characters - 1}"
        )


def _before(run: Numbers) -> Numbers:
    """Return the run that ends one place before each; the text's start repeats."""
    return np.concatenate([run[:1], run[:-1]])


def _extend(run: Numbers, ids: Ids, characters: int) -> Numbers:
    """Return the key of each run and what follows it, where the run occurs; else -1."""
    before = _before(run)
    return np.where(before < 0, -1, before * characters + ids)


def _discounts(counts: NDArray[np.int64]) -> Array:
    """Return what is taken off a count of 0, 1, 2, and of 3 or more."""
    n = np.array([np.sum(counts == times) for times in range(5)], np.float64)
    if not n[1:].all():  # too few to estimate it from
        return np.array([0, 0.5, 0.5, 0.5])
    times = np.arange(1, 4)
    y = n[1] / (n[1] + 2 * n[2])
    off = times - (times + 1) * y * n[2:] / n[1:-1]
    return np.concatenate([[0], np.clip(off, 0, times)])


def _interpolate(order: Order, run: Numbers, context: Numbers, lower: Array) -> Array:
    """Return p(w | h) of runs with the number ``run`` after h with ``context``."""
    total = np.where(context < 0, 0, order.totals[context])
    left = np.where(run < 0, 0, order.left[run])
    mixed = (left + order.back[context] * lower) / np.maximum(total, 1)
    return np.where(total > 0, mixed, lower)


def _find(keys: Numbers, wanted: Numbers) -> Numbers:
    """Return the number of each run that is wanted, by its key; -1 where none is."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, place, -1)
