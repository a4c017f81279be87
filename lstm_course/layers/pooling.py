"""Pooling over time: one vector for a sequence, from all of its steps.

    mean_j = Σ_t y_tj / n            over the n steps that count
    max_j  = max_t y_tj              each feature at the step where it is largest

The last output of a recurrent layer has to carry the whole sequence; pooled, every step
has its say. A masked step has none, as in Keras' GlobalAveragePooling1D, and unlike its
GlobalMaxPooling1D, which knows no masks: there a padding's zeros win over what is
negative. Where no step counts, the result is 0. Letters: B sequences, T steps, D
features.

Source: Collobert and Weston (2008), for the largest over time.
"""

from typing import NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array, Ids, Mask, check_shapes


class MeanTrace(NamedTuple):
    """What backward needs."""

    shares: Array  # (B, T, 1) what each step counts in the mean


class MaxTrace(NamedTuple):
    """What backward needs."""

    steps: Ids  # (B, 1, D) where each feature was largest
    shape: tuple[int, ...]  # (B, T, D)
    some_counted: Mask  # (B, 1)


def _valid(inputs: Array, mask: Mask | None) -> Mask:
    given = {} if mask is None else {"mask": (mask, "bool B T")}
    check_shapes(inputs=(inputs, "B T D"), **given)
    return np.ones(inputs.shape[:2], bool) if mask is None else mask


def mean_pool_forward(
    inputs: Array, *, mask: Mask | None = None
) -> tuple[Array, MeanTrace]:
    """Return the mean over the steps of inputs (B, T, D), (B, D), and the trace.

    Args:
        inputs: vectors of T steps.
        mask: (B, T), False where a step does not count; None: all do.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    valid = _valid(inputs, mask)
    shares = (valid / np.maximum(valid.sum(axis=1, keepdims=True), 1))[..., None]
    shares = shares.astype(inputs.dtype)
    return (inputs * shares).sum(axis=1), MeanTrace(shares)


def mean_pool_backward(d_outputs: Array, trace: MeanTrace) -> Array:
    """Return the gradient of the inputs (B, T, D), given that of the outputs (B, D)."""
    check_shapes(trace=(trace.shares, "B T 1"), d_outputs=(d_outputs, "B D"))
    # Steps first in memory: the recurrences read them so.
    return (trace.shares.transpose(1, 2, 0) * d_outputs.T).transpose(2, 0, 1)


def max_pool_forward(
    inputs: Array, *, mask: Mask | None = None
) -> tuple[Array, MaxTrace]:
    """Return the largest of each feature over the steps, (B, D), and the trace.

    Arguments and errors as for ``mean_pool_forward``. Of complex inputs the real part
    decides, so that a complex step sees the derivative.
    """
    valid = _valid(inputs, mask)
    ranked = np.where(valid[:, :, None], inputs.real, -np.inf)
    steps = ranked.argmax(axis=1)[:, None, :]
    some_counted = np.any(valid, axis=1)[:, None]
    largest = np.take_along_axis(inputs, steps, axis=1)[:, 0]
    trace = MaxTrace(steps, inputs.shape, some_counted)
    return np.where(some_counted, largest, 0).astype(inputs.dtype), trace


def max_pool_backward(d_outputs: Array, trace: MaxTrace) -> Array:
    """Return the gradient of the inputs (B, T, D), given that of the outputs (B, D).

    All of a feature's goes to the step where it was largest, the first of equal ones.
    """
    check_shapes(trace=(trace.steps, "int B 1 D"), d_outputs=(d_outputs, "B D"))
    batch, steps, width = trace.shape
    d_inputs = np.zeros((steps, width, batch), d_outputs.dtype).transpose(2, 0, 1)
    d_counted = np.where(trace.some_counted, d_outputs, 0)
    np.put_along_axis(d_inputs, trace.steps, d_counted[:, None, :], axis=1)
    return d_inputs
