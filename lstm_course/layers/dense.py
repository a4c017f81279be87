"""A dense layer: every output is a weighted sum of every input."""

from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_course.arrays.initializers import glorot_uniform
from lstm_course.arrays.shapes import Array, check_shapes


class DenseParams(NamedTuple):
    """The weights."""

    kernel: Array  # (D, K)
    bias: Array  # (K,)


class DenseTrace(NamedTuple):
    """What backward needs."""

    params: DenseParams
    inputs: Array  # (B, D)


def dense_init(
    rng: np.random.Generator,
    input_dim: int,
    units: int,
    *,
    dtype: DTypeLike = np.float32,
) -> DenseParams:
    """Return weights drawn as Keras draws them, for D = input_dim and K = units."""
    kernel = glorot_uniform(rng, (input_dim, units), dtype)
    return DenseParams(kernel, np.zeros(units, dtype))


def dense_forward(inputs: Array, params: DenseParams) -> tuple[Array, DenseTrace]:
    """Return inputs (B, D) @ kernel (D, K) + bias, (B, K), and the trace.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    check_shapes(
        kernel=(params.kernel, "D K"), bias=(params.bias, "K"), inputs=(inputs, "B D")
    )
    return inputs @ params.kernel + params.bias, DenseTrace(params, inputs)


def dense_backward(d_outputs: Array, trace: DenseTrace) -> tuple[Array, DenseParams]:
    """Return the gradients of the inputs (B, D) and of the weights.

    Args:
        d_outputs: (B, K) gradient of the outputs.
        trace: of the forward pass.
    """
    params, inputs = trace
    check_shapes(
        kernel=(params.kernel, "D K"),
        inputs=(inputs, "B D"),
        d_outputs=(d_outputs, "B K"),
    )
    d_params = DenseParams(inputs.T @ d_outputs, d_outputs.sum(axis=0))
    return d_outputs @ params.kernel.T, d_params
