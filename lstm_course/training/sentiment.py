"""The sentiment model in NumPy: embedding, recurrent layers, one dense output.

    ids (B, T) → embedding (B, T, D) → LSTM (B, T, H) … → last h (B, H) → logit (B,)

Without a recurrent layer the mean of the embeddings over time takes its place: a bag
of embeddings, which cannot know the order of the words.
"""

from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array, Ids, check_at_least
from lstm_course.layers.cells import CELLS, find_cell, state_of
from lstm_course.layers.dense import (
    DenseParams,
    DenseTrace,
    dense_backward,
    dense_forward,
    dense_init,
)
from lstm_course.layers.dropout import dropout_mask
from lstm_course.layers.embedding import (
    EmbeddingParams,
    EmbeddingTrace,
    embedding_backward,
    embedding_forward,
    embedding_init,
)
from lstm_course.training.losses import binary_cross_entropy


class SentimentConfig(NamedTuple):
    """What a model is made of; the same for both engines."""

    cell: str = "lstm"
    num_words: int = 500
    embedding_dim: int = 16
    units: int = 8
    layers: int = 1  # 0: the mean of the embeddings instead
    dropout: float = 0.0  # of the inputs of each recurrent layer
    mask_zero: bool = False  # whether id 0, the padding, is skipped
    seed: int = 42

    def check(self) -> "SentimentConfig":
        """Return the same in Python's own numbers, which JSON can hold.

        Raises:
            TypeError, ValueError: a value makes no model; names the first.
        """
        find_cell(self.cell)
        least = {"num_words": 1, "embedding_dim": 1, "units": 1, "layers": 0, "seed": 0}
        for name, lowest in least.items():
            check_at_least(name, getattr(self, name), lowest)
        if not isinstance(self.dropout, Real) or not 0 <= self.dropout < 1:
            raise ValueError(f"dropout is {self.dropout!r}; expected 0 <= dropout < 1")
        if self.mask_zero not in (True, False):
            raise ValueError(f"mask_zero is {self.mask_zero!r}; expected True or False")
        whole = {name: int(getattr(self, name)) for name in least}
        dropout, mask_zero = float(self.dropout), bool(self.mask_zero)
        return self._replace(**whole, dropout=dropout, mask_zero=mask_zero)


class SentimentParams(NamedTuple):
    """All the weights, in the order of Keras' ``model.get_weights()``."""

    embedding: EmbeddingParams
    recurrent: tuple[Any, ...]  # one cell's parameters for each layer
    head: DenseParams


class SentimentTrace(NamedTuple):
    """What backward needs, layer by layer."""

    embedding: EmbeddingTrace
    dropout: tuple[Array | None, ...]
    recurrent: tuple[Any, ...]
    head: DenseTrace
    counted: Array | None  # (B, T, 1) share of each step in the mean, without layers


def sentiment_init(
    rng: np.random.Generator, config: SentimentConfig
) -> SentimentParams:
    """Return weights drawn as Keras draws them."""
    config = config.check()
    sizes = [config.embedding_dim] + [config.units] * config.layers
    return SentimentParams(
        embedding_init(rng, config.num_words, config.embedding_dim),
        tuple(
            CELLS[config.cell].init(rng, features, config.units)
            for features in sizes[:-1]
        ),
        dense_init(rng, sizes[-1], 1),
    )


def sentiment_form(config: SentimentConfig, arrays: int) -> SentimentParams:
    """Return a tree of the weights' shapes, without weights: it takes no memory.

    Args:
        config: what the model is made of.
        arrays: how many there are, as in a file that is held against it.

    Raises:
        ValueError: such a model has another number of arrays.
    """
    one_unit = CELLS[config.cell].init(np.random.default_rng(0), 1, 1)
    expected = 3 + len(one_unit) * config.layers
    if arrays != expected:
        raise ValueError(
            f"there are {arrays} arrays; expected {expected}, "
            f"with layers = {config.layers}"
        )

    def empty(*shape: int) -> Array:
        return np.broadcast_to(np.float32(0), shape)

    width = one_unit.kernel.shape[1] * config.units
    recurrent_kernel = empty(config.units, width)
    bias = empty(*one_unit.bias.shape[:-1], width)
    sizes = [config.embedding_dim] + [config.units] * config.layers
    return SentimentParams(
        EmbeddingParams(empty(config.num_words, config.embedding_dim)),
        tuple(
            type(one_unit)(empty(features, width), recurrent_kernel, bias)
            for features in sizes[:-1]
        ),
        DenseParams(empty(sizes[-1], 1), empty(1)),
    )


def sentiment_forward(
    ids: Ids,
    params: SentimentParams,
    config: SentimentConfig,
    *,
    dropout_rng: np.random.Generator | None = None,
) -> tuple[Array, SentimentTrace]:
    """Return the logits (B,) of ids (B, T), and the trace.

    Args:
        ids: word ids, padded to one length.
        params: the weights.
        config: what the model is made of.
        dropout_rng: draws the dropout masks while training; None: no dropout.
    """
    cell = CELLS[config.cell]
    mask = ids != 0 if config.mask_zero else None
    x, embedding_trace = embedding_forward(ids, params.embedding)
    counted = None
    if not params.recurrent:
        valid = np.ones(ids.shape, bool) if mask is None else mask
        counted = (valid / np.maximum(valid.sum(axis=1, keepdims=True), 1))[..., None]
        counted = counted.astype(x.dtype)
        features = (x * counted).sum(axis=1)
    dropout_masks, traces = [], []
    for layer in params.recurrent:
        dropped = None
        if dropout_rng is not None and config.dropout:
            batch, _, width = x.shape
            dropped = dropout_mask(dropout_rng, batch, width, config.dropout, x.dtype)
            x = x * dropped
        x, state, trace = cell.forward(x, layer, mask=mask)
        features = state.h
        dropout_masks.append(dropped)
        traces.append(trace)
    logits, head_trace = dense_forward(features, params.head)
    trace = SentimentTrace(
        embedding_trace, tuple(dropout_masks), tuple(traces), head_trace, counted
    )
    return logits[:, 0], trace


def sentiment_backward(
    d_logits: Array, trace: SentimentTrace, config: SentimentConfig
) -> SentimentParams:
    """Return the gradients of all weights, given those of the logits (B,)."""
    cell = CELLS[config.cell]
    d_features, d_head = dense_backward(d_logits[:, None], trace.head)
    d_recurrent: list[Any] = []
    d_x: Any = None
    if trace.counted is not None:
        d_x = d_features[:, None, :] * trace.counted
    # The head reads the last layer's final h; below it, every output is read.
    d_final = state_of(d_features, cell)
    for layer_trace, dropped in zip(
        reversed(trace.recurrent), reversed(trace.dropout), strict=True
    ):
        d_x, d_layer, _ = cell.backward(d_x, layer_trace, d_final_state=d_final)
        d_x, d_final = d_x if dropped is None else d_x * dropped, None
        d_recurrent.insert(0, d_layer)
    d_embedding = embedding_backward(d_x, trace.embedding)
    return SentimentParams(d_embedding, tuple(d_recurrent), d_head)


def sentiment_gradients(
    ids: Ids,
    labels: Array,
    params: SentimentParams,
    config: SentimentConfig,
    *,
    dropout_rng: np.random.Generator | None = None,
) -> tuple[float, Array, SentimentParams]:
    """Return the mean loss of a batch, its logits (B,), and the loss's gradient.

    The labels are (B,) 0 or 1, as floating point, all else as for
    ``sentiment_forward``; the gradient has the form of ``params``.
    """
    logits, trace = sentiment_forward(ids, params, config, dropout_rng=dropout_rng)
    loss, d_logits = binary_cross_entropy(logits, labels)
    return loss, logits, sentiment_backward(d_logits, trace, config)
