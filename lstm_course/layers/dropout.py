"""Dropout of a recurrent layer's inputs."""

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike

from lstm_course.arrays.shapes import Array


def dropout_mask(
    rng: Generator, batch: int, width: int, rate: float, dtype: DTypeLike = np.float32
) -> Array:
    """Return (B, 1, D): 0 with probability ``rate``, else 1 / (1 - rate).

    Inputs (B, T, D) times this mask lose the same features at every step of a
    sequence, as with Keras' ``LSTM(dropout=rate)``, and keep their mean. The gradient
    of the inputs is multiplied by the same mask. Sources: Srivastava et al. (2014);
    one mask for all steps: Gal and Ghahramani (2016).

    Raises:
        ValueError: the rate is not in [0, 1).
    """
    if not 0 <= rate < 1:
        raise ValueError(f"rate is {rate}; expected 0 <= rate < 1")
    kept = rng.random((batch, 1, width)) >= rate
    mask: Array = kept.astype(dtype) / np.asarray(1 - rate, dtype)
    return mask
