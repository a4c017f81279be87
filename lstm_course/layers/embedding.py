"""An embedding: one row of numbers for each word id."""

from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike

from lstm_course.arrays.initializers import uniform
from lstm_course.arrays.shapes import (
    Array,
    Ids,
    check_draw,
    check_ids_below,
    check_shapes,
)


class EmbeddingParams(NamedTuple):
    """One row for each id."""

    embeddings: Array  # (V, D)


class EmbeddingTrace(NamedTuple):
    """What backward needs."""

    ids: Ids  # (B, T)
    vocabulary_size: int


def embedding_init(
    rng: Generator, input_dim: int, output_dim: int, *, dtype: DTypeLike = np.float32
) -> EmbeddingParams:
    """Return rows drawn as Keras draws them, for V = input_dim and D = output_dim.

    Raises:
        TypeError: ``rng`` is no generator, or a size no integer.
        ValueError: a size is below 1.
    """
    check_draw(rng, input_dim=input_dim, output_dim=output_dim)
    return EmbeddingParams(uniform(rng, (input_dim, output_dim), dtype))


def embedding_forward(
    ids: Ids, params: EmbeddingParams
) -> tuple[Array, EmbeddingTrace]:
    """Return the row of each id, (B, T, D), and the trace; ids are (B, T), below V.

    Raises:
        TypeError, ValueError: ids are no integers, have another rank or no row.
    """
    check_shapes(embeddings=(params.embeddings, "V D"), ids=(ids, "int B T"))
    size = len(params.embeddings)
    check_ids_below(size, ids=ids)
    # Steps first in memory: the recurrences read them so.
    outputs = np.take(params.embeddings, ids.T, axis=0).swapaxes(0, 1)
    return outputs, EmbeddingTrace(ids, size)


def embedding_backward(d_outputs: Array, trace: EmbeddingTrace) -> EmbeddingParams:
    """Return the gradient of the rows, given that of the outputs (B, T, D).

    Where an id recurs, its gradients add up.
    """
    check_shapes(ids=(trace.ids, "int B T"), d_outputs=(d_outputs, "B T D"))
    # One sum by id for each feature: far quicker than np.add.at.
    ids = trace.ids.T.astype(np.intp).ravel()
    rows = d_outputs.transpose(2, 1, 0).astype(np.float64, order="C")
    size = trace.vocabulary_size
    sums = [np.bincount(ids, row.ravel(), minlength=size) for row in rows]
    return EmbeddingParams(np.stack(sums, axis=1).astype(d_outputs.dtype))
