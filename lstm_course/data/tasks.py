"""Made-up sequences, drawn anew for each batch: no model can memorize them."""

import numpy as np
from numpy.typing import DTypeLike

from lstm_course.arrays.shapes import Array, check_at_least


def adding_batch(
    rng: np.random.Generator,
    batch: int,
    steps: int,
    *,
    dtype: DTypeLike = np.float32,
) -> tuple[Array, Array]:
    """Return sequences of numbers, two of them marked, and the sum of those two.

    The adding problem of Hochreiter and Schmidhuber (1997), experiment 4, in the form
    common since: numbers uniform between 0 and 1, one mark in each half. Always
    predicting 1, the mean of the sums, gives a mean squared error of 1/6.

    Args:
        rng: draws everything.
        batch: B, how many sequences.
        steps: T, how long each is; 2 or more.
        dtype: of both arrays.

    Returns:
        inputs: (B, T, 2) the number of each step, and its mark, 1 or 0.
        targets: (B, 1) the sum of the two marked numbers.

    Raises:
        TypeError, ValueError: a size is no integer, or too small.
    """
    check_at_least("batch", batch, 1)
    check_at_least("steps", steps, 2)
    numbers = rng.random((batch, steps))
    half = steps // 2
    rows = np.arange(batch)
    marks = np.zeros((batch, steps))
    marks[rows, rng.integers(0, half, batch)] = 1
    marks[rows, rng.integers(half, steps, batch)] = 1
    targets = (numbers * marks).sum(axis=1, keepdims=True)
    return np.stack([numbers, marks], axis=-1).astype(dtype), targets.astype(dtype)
