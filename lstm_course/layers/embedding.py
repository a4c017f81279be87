"""An embedding: one row of numbers for each word id."""

from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_course.arrays.initializers import uniform
from lstm_course.arrays.shapes import Array, Ids, check_shapes


class EmbeddingParams(NamedTuple):
    """One row for each id."""

    embeddings: Array  # (V, D)


class EmbeddingTrace(NamedTuple):
    """What backward needs."""

    ids: Ids  # (B, T)
    vocabulary_size: int


def embedding_init(
    rng: np.random.Generator,
    input_dim: int,
    output_dim: int,
    *,
    dtype: DTypeLike = np.float32,
) -> EmbeddingParams:
    """Return rows drawn as Keras draws them, for V = input_dim and D = output_dim."""
    return EmbeddingParams(uniform(rng, (input_dim, output_dim), dtype))


def check_ids_below(size: int, **named: Ids) -> None:
    """Raise a ValueError unless every id has one of ``size`` rows."""
    for name, ids in named.items():
        if ids.size and not (ids.min() >= 0 and ids.max() < size):
            raise ValueError(
                f"{name} go from {ids.min()} to {ids.max()}; "
                f"expected 0 to {size - 1}, for there are {size} rows of embeddings"
            )


def embedding_forward(
    ids: Ids, params: EmbeddingParams
) -> tuple[Array, EmbeddingTrace]:
    """Look up the row of each id.

    Args:
        ids: (B, T) integers from 0 to V - 1.
        params: embeddings (V, D).

    Returns:
        outputs (B, T, D) and the trace.

    Raises:
        TypeError, ValueError: ids are no integers, have another rank or no row.
    """
    check_shapes(embeddings=(params.embeddings, "V D"), ids=(ids, "int B T"))
    size = len(params.embeddings)
    check_ids_below(size, ids=ids)
    # Steps first in memory: the recurrences read them so.
    outputs = params.embeddings[ids.T].swapaxes(0, 1)
    return outputs, EmbeddingTrace(ids, size)


def embedding_backward(d_outputs: Array, trace: EmbeddingTrace) -> EmbeddingParams:
    """Return the gradient of the embeddings: where an id recurs, gradients add up.

    Args:
        d_outputs: (B, T, D) gradient of the outputs.
        trace: of the forward pass.
    """
    check_shapes(ids=(trace.ids, "int B T"), d_outputs=(d_outputs, "B T D"))
    # One sum by id for each feature: far quicker than np.add.at.
    ids = trace.ids.T.ravel()
    columns = [
        np.bincount(ids, weights=column.ravel(), minlength=trace.vocabulary_size)
        for column in d_outputs.transpose(2, 1, 0)
    ]
    return EmbeddingParams(np.stack(columns, axis=1).astype(d_outputs.dtype))
