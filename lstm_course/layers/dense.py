"""A dense layer: every output is a weighted sum of every input."""

from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike

from lstm_course.arrays.initializers import glorot_uniform
from lstm_course.arrays.shapes import Array, check_draw, check_shapes


class DenseParams(NamedTuple):
    """The weights."""

    kernel: Array  # (D, K)
    bias: Array  # (K,)


class DenseTrace(NamedTuple):
    """What backward needs."""

    params: DenseParams
    inputs: Array  # (B, D)


def dense_init(
    rng: Generator, input_dim: int, units: int, *, dtype: DTypeLike = np.float32
) -> DenseParams:
    """Return weights drawn as Keras draws them, for D = input_dim and K = units.

    Raises:
        TypeError: ``rng`` is no generator, or a size no integer.
        ValueError: a size is below 1.
    """
    check_draw(rng, input_dim=input_dim, units=units)
    kernel = glorot_uniform(rng, (input_dim, units), dtype)
    return DenseParams(kernel, np.zeros(units, dtype))


def dense_forward(inputs: Array, params: DenseParams) -> tuple[Array, DenseTrace]:
    """Return inputs (B, D) @ kernel (D, K) + bias, (B, K), and the trace.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    kernel, bias = params
    check_shapes(kernel=(kernel, "D K"), bias=(bias, "K"), inputs=(inputs, "B D"))
    return inputs @ kernel + bias, DenseTrace(params, inputs)


def dense_backward(d_outputs: Array, trace: DenseTrace) -> tuple[Array, DenseParams]:
    """Return the gradients of inputs and weights, given that of the outputs (B, K)."""
    (kernel, _), inputs = trace
    sizes = {"kernel": (kernel, "D K"), "inputs": (inputs, "B D")}
    check_shapes(**sizes, d_outputs=(d_outputs, "B K"))
    d_params = DenseParams(inputs.T @ d_outputs, d_outputs.sum(axis=0))
    return d_outputs @ kernel.T, d_params
