"""The sentiment model in NumPy: embedding, recurrent layers, one dense output.

    ids (B, T) → embedding (B, T, D) → LSTM (B, T, H) … → last h (B, H) → logit (B,)

Without a recurrent layer the mean of the embeddings over time takes its place: a bag
of embeddings, which cannot know the order of the words. With ``bidirectional`` each
layer reads both ways, and with ``pooling`` the head reads all steps of the last layer
instead of its last h: their mean, the largest of each feature, or both side by side.
"""

from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array, Ids, Mask, check_at_least
from lstm_course.layers.bidirectional import (
    BothWays,
    bidirectional_backward,
    bidirectional_forward,
    bidirectional_init,
)
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
from lstm_course.layers.pooling import (
    MaxTrace,
    MeanTrace,
    max_pool_backward,
    max_pool_forward,
    mean_pool_backward,
    mean_pool_forward,
)
from lstm_course.training.losses import binary_cross_entropy

POOLING = ("last", "mean", "max", "max_mean")


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
    bidirectional: bool = False  # whether each recurrent layer reads both ways
    pooling: str = "last"  # what the head reads; "last" without layers: the mean
    head_dropout: float = 0.0  # of the inputs of the head
    ngrams: int = 0  # words of the longest n-grams in a linear model beside it; 0: none
    network_share: float = 1.0  # of the network's logit, added to the linear model's
    maxlen: int = 0  # steps of the reviews it was trained on; 0: of none yet

    def check(self) -> "SentimentConfig":
        """Return the same in Python's own numbers, which JSON can hold.

        Raises:
            TypeError, ValueError: a value makes no model; names the first.
        """
        find_cell(self.cell)
        if self.pooling not in POOLING:
            raise ValueError(f"pooling is {self.pooling!r}; expected one of {POOLING}")
        least = {"num_words": 1, "embedding_dim": 1, "units": 1, "layers": 0, "seed": 0}
        for name, lowest in (least | {"ngrams": 0, "maxlen": 0}).items():
            check_at_least(name, getattr(self, name), lowest)
        for name in ("dropout", "head_dropout"):
            check_rate(name, getattr(self, name))
        share = self.network_share
        if not isinstance(share, Real) or not 0 <= share < float("inf"):
            raise ValueError(f"network_share is {share!r}; expected a number from 0 on")
        for name in ("mask_zero", "bidirectional"):
            value = getattr(self, name)
            if value not in (True, False):
                raise ValueError(f"{name} is {value!r}; expected True or False")
        kinds = {
            int: (*least, "ngrams", "maxlen"),
            float: ("dropout", "head_dropout", "network_share"),
            bool: ("mask_zero", "bidirectional"),
        }
        plain: dict[str, Any] = {
            name: kind(getattr(self, name))
            for kind, names in kinds.items()
            for name in names
        }
        return self._replace(**plain)

    @property
    def sizes(self) -> list[int]:
        """The width of what each layer reads: the recurrent layers, then the head."""
        width = self.units * (2 if self.bidirectional else 1)
        sizes = [self.embedding_dim] + [width] * self.layers
        return [*sizes[:-1], sizes[-1] * (2 if self.pooling == "max_mean" else 1)]


def check_rate(name: str, rate: float) -> None:
    """Raise a ValueError unless a rate is a number, and 0 <= rate < 1."""
    if not isinstance(rate, Real) or not 0 <= rate < 1:
        raise ValueError(f"{name} is {rate!r}; expected 0 <= {name} < 1")


class SentimentParams(NamedTuple):
    """All the weights, in the order of Keras' ``model.get_weights()``."""

    embedding: EmbeddingParams
    recurrent: tuple[Any, ...]  # one cell's for each layer, or BothWays of them
    head: DenseParams


class SentimentTrace(NamedTuple):
    """What backward needs, layer by layer."""

    embedding: EmbeddingTrace
    dropout: tuple[Array | None, ...]
    recurrent: tuple[Any, ...]
    head: DenseTrace
    head_dropout: Array | None  # (B, F)
    mean: MeanTrace | None
    max: MaxTrace | None


def sentiment_init(
    rng: np.random.Generator, config: SentimentConfig
) -> SentimentParams:
    """Return weights drawn as Keras draws them."""
    config = config.check()
    embedding = embedding_init(rng, config.num_words, config.embedding_dim)
    *below, read = config.sizes

    def layer(features: int) -> Any:
        if config.bidirectional:
            return bidirectional_init(rng, features, config.units, cell=config.cell)
        return CELLS[config.cell].init(rng, features, config.units)

    return SentimentParams(
        embedding, tuple(map(layer, below)), dense_init(rng, read, 1)
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
    ways = 2 if config.bidirectional else 1
    expected = 3 + len(one_unit) * config.layers * ways
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
    *below, read = config.sizes

    def layer(features: int) -> Any:
        one_way = type(one_unit)(empty(features, width), recurrent_kernel, bias)
        return BothWays(one_way, one_way) if config.bidirectional else one_way

    return SentimentParams(
        EmbeddingParams(empty(config.num_words, config.embedding_dim)),
        tuple(map(layer, below)),
        DenseParams(empty(read, 1), empty(1)),
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
    one_way = CELLS[config.cell].forward
    forward = bidirectional_forward if config.bidirectional else one_way
    mask = ids != 0 if config.mask_zero else None
    x, embedding_trace = embedding_forward(ids, params.embedding)

    def dropped(width: int, rate: float) -> Array | None:
        if dropout_rng is None or not rate:
            return None
        return dropout_mask(dropout_rng, len(ids), width, rate, x.dtype)

    dropout_masks, traces = [], []
    state: Any = None
    for layer in params.recurrent:
        kept = dropped(x.shape[2], config.dropout)
        x, state, trace = forward(x if kept is None else x * kept, layer, mask=mask)
        dropout_masks.append(kept)
        traces.append(trace)
    features, mean_trace, max_trace = _read_steps(x, state, mask, config)
    kept = dropped(features.shape[1], config.head_dropout)
    if kept is not None:
        kept = kept[:, 0]
        features = features * kept
    logits, head_trace = dense_forward(features, params.head)
    return logits[:, 0], SentimentTrace(
        embedding_trace,
        tuple(dropout_masks),
        tuple(traces),
        head_trace,
        kept,
        mean_trace,
        max_trace,
    )


def _read_steps(
    x: Array, state: Any, mask: Mask | None, config: SentimentConfig
) -> tuple[Array, MeanTrace | None, MaxTrace | None]:
    """Return what the head reads of the steps (B, T, H), and the traces of pooling."""
    if config.pooling == "last" and config.layers:
        ways = state if config.bidirectional else (state,)
        return _side_by_side([way.h for way in ways]), None, None
    parts, mean_trace, max_trace = [], None, None
    if config.pooling in ("max", "max_mean"):
        largest, max_trace = max_pool_forward(x, mask=mask)
        parts.append(largest)
    if config.pooling != "max":
        mean, mean_trace = mean_pool_forward(x, mask=mask)
        parts.append(mean)
    return _side_by_side(parts), mean_trace, max_trace


def _side_by_side(parts: list[Array]) -> Array:
    return np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]


def sentiment_backward(
    d_logits: Array, trace: SentimentTrace, config: SentimentConfig
) -> SentimentParams:
    """Return the gradients of all weights, given those of the logits (B,)."""
    cell = CELLS[config.cell]
    backward = bidirectional_backward if config.bidirectional else cell.backward
    d_features, d_head = dense_backward(d_logits[:, None], trace.head)
    if trace.head_dropout is not None:
        d_features = d_features * trace.head_dropout
    d_x: Any = None
    d_final: Any = None
    if trace.max is not None:
        width = trace.max.shape[2]
        d_x = max_pool_backward(d_features[:, :width], trace.max)
        d_features = d_features[:, width:]
    if trace.mean is not None:
        d_mean = mean_pool_backward(d_features, trace.mean)
        d_x = d_mean if d_x is None else d_x + d_mean
    # Without pooling the head reads the last layer's final h; below it, every output
    # is read.
    if d_x is None and config.bidirectional:
        d_final = BothWays(*(state_of(d, cell) for d in np.split(d_features, 2, 1)))
    elif d_x is None:
        d_final = state_of(d_features, cell)
    d_recurrent: list[Any] = []
    for layer_trace, dropped in zip(
        reversed(trace.recurrent), reversed(trace.dropout), strict=True
    ):
        d_x, d_layer, _ = backward(d_x, layer_trace, d_final_state=d_final)
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
