"""Where weights start: Keras' three initializers, with the same distributions."""

import os

import numpy as np
from numpy.typing import DTypeLike

from lstm_course.arrays.shapes import Array

# Set by the check that simulates other machines: see commands/testing.py.
NUDGE_VARIABLE = "LSTM_COURSE_NUDGE"


def nudged(weights: Array) -> Array:
    """Return weights as they are, or one unit in the last place up if so asked.

    A number that depends on the rounding of a training shows itself by that.
    """
    if os.environ.get(NUDGE_VARIABLE):
        return np.nextafter(weights, np.inf, dtype=weights.dtype)
    return weights


def glorot_uniform(
    rng: np.random.Generator, shape: tuple[int, int], dtype: DTypeLike = np.float32
) -> Array:
    """Return weights uniform in ±sqrt(6 / (inputs + outputs)).

    Source: Glorot and Bengio (2010), equation 16.
    """
    limit = np.sqrt(6.0 / sum(shape))
    return nudged(rng.uniform(-limit, limit, shape).astype(dtype))


def orthogonal(
    rng: np.random.Generator, shape: tuple[int, int], dtype: DTypeLike = np.float32
) -> Array:
    """Return a matrix whose rows (or columns, if there are fewer) are orthonormal.

    Source: Saxe, McClelland and Ganguli (2014). A fused recurrent kernel (H, 4H) is
    drawn as one matrix, as Keras draws it: its rows are orthonormal, its blocks not.
    """
    tall = rng.standard_normal((max(shape), min(shape)))
    q, r = np.linalg.qr(tall)
    q *= np.sign(np.diag(r))  # makes the distribution uniform over such matrices
    return nudged((q if shape[0] >= shape[1] else q.T).astype(dtype))


def uniform(
    rng: np.random.Generator, shape: tuple[int, ...], dtype: DTypeLike = np.float32
) -> Array:
    """Return weights uniform in ±0.05, where Keras starts an embedding."""
    return nudged(rng.uniform(-0.05, 0.05, shape).astype(dtype))
