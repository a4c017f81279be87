"""The sentiment model in NumPy: embedding, recurrent layers, one dense output.

    ids (B, T) → embedding (B, T, D) → LSTM (B, T, H) … → last h (B, H) → logit (B,)

Without a recurrent layer the mean of the embeddings over time takes its place: a bag
of embeddings, which cannot know the order of the words.
"""

import io
import json
import zipfile
from numbers import Real
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.shapes import (
    Array,
    Ids,
    check_at_least,
    check_ids_below,
    check_shapes,
    is_integer,
)
from lstm_course.arrays.trees import tree_from_leaves, tree_leaves
from lstm_course.layers.cells import CELLS
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
from lstm_course.system.files import atomic_write
from lstm_course.training.history import History
from lstm_course.training.loop import fit
from lstm_course.training.losses import binary_cross_entropy
from lstm_course.training.optimizers import OPTIMIZERS, optimizer_init
from lstm_course.training.progress_bar import Progress


class LabelledIds(Protocol):
    """Padded reviews and their labels, such as a split of ``load_imdb()``."""

    @property
    def ids(self) -> Ids:
        """Word ids, (N, T)."""

    @property
    def labels(self) -> Array:
        """0 or 1, (N,)."""


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
            ValueError: a value makes no model; names the first.
        """
        if self.cell not in [*CELLS]:
            raise ValueError(f"cell is {self.cell!r}; expected one of {[*CELLS]}")
        least = {"num_words": 1, "embedding_dim": 1, "units": 1, "layers": 0, "seed": 0}
        for name, lowest in least.items():
            if not is_integer(value := getattr(self, name)) or value < lowest:
                raise ValueError(
                    f"{name} is {value!r}; expected a whole number, {lowest} or more"
                )
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
    cell = CELLS[config.cell].init(np.random.default_rng(0), 1, 1)  # of one unit
    expected = 3 + len(cell) * config.layers
    if arrays != expected:
        raise ValueError(
            f"there are {arrays} arrays; expected {expected}, "
            f"with layers = {config.layers}"
        )

    def empty(*shape: int) -> Array:
        return np.broadcast_to(np.float32(0), shape)

    def layer(features: int) -> Any:
        width = cell.kernel.shape[1] * config.units
        return type(cell)(
            empty(features, width),
            empty(config.units, width),
            empty(*cell.bias.shape[:-1], width),
        )

    sizes = [config.embedding_dim] + [config.units] * config.layers
    return SentimentParams(
        EmbeddingParams(empty(config.num_words, config.embedding_dim)),
        tuple(map(layer, sizes[:-1])),
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
    else:
        # The head reads the last layer's final h; below it, every output is read.
        zeros = np.zeros_like(d_features)
        d_final = cell.state(d_features, *[zeros] * (len(cell.state._fields) - 1))
        for layer_trace, dropped in zip(
            reversed(trace.recurrent), reversed(trace.dropout), strict=True
        ):
            d_x, d_layer, _ = cell.backward(d_x, layer_trace, d_final_state=d_final)
            d_x, d_final = d_x if dropped is None else d_x * dropped, None
            d_recurrent.insert(0, d_layer)
    d_embedding = embedding_backward(d_x, trace.embedding)
    return SentimentParams(d_embedding, tuple(d_recurrent), d_head)


_PREDICTED_AT_ONCE = 256  # reviews: large enough for speed, small enough for the cache


def sentiment_gradients(
    ids: Ids,
    labels: Array,
    params: SentimentParams,
    config: SentimentConfig,
    *,
    dropout_rng: np.random.Generator | None = None,
) -> tuple[float, Array, SentimentParams]:
    """Return the mean loss of a batch, its logits (B,), and the loss's gradient.

    Args:
        ids: int (B, T).
        labels: (B,) 0 or 1, as floating point.
        params: the weights, whose form the gradient has.
        config: what the model is made of.
        dropout_rng: draws the dropout; None leaves it out.
    """
    logits, trace = sentiment_forward(ids, params, config, dropout_rng=dropout_rng)
    loss, d_logits = binary_cross_entropy(logits, labels)
    return loss, logits, sentiment_backward(d_logits, trace, config)


class NumpySentimentModel:
    """The sentiment model with everything computed by this package."""

    engine = "numpy"

    def __init__(
        self, config: SentimentConfig, params: SentimentParams | None = None
    ) -> None:
        self.config = config = config.check()
        self._rng = np.random.default_rng(config.seed)
        self.params = params or sentiment_init(self._rng, config)

    def fit(
        self,
        train: LabelledIds,
        validation: LabelledIds,
        *,
        epochs: int,
        batch_size: int,
        optimizer: str,
        learning_rate: float,
        patience: int | None = None,
        checkpoint: str | Path | None = None,
    ) -> History:
        """Train, and keep the weights with the lowest validation loss.

        Args:
            train: what to learn from; shuffled anew each epoch.
            validation: what early stopping watches.
            epochs: the most epochs to run.
            batch_size: reviews a step.
            optimizer: "rmsprop" or "adam".
            learning_rate: the optimizer's.
            patience: stop after so many epochs without a lower validation loss.
            checkpoint: a file that always holds the best model yet; ends in .npz.

        Returns:
            The history. Ctrl-C ends the training and keeps the best model.

        Raises:
            TypeError, ValueError: an argument makes no sense; nothing was trained.
        """
        check_fit_arguments(
            self.config,
            train,
            validation,
            epochs=epochs,
            batch_size=batch_size,
            optimizer=optimizer,
            learning_rate=learning_rate,
            patience=patience,
        )
        if checkpoint is not None:
            check_suffix("checkpoint", checkpoint, ".npz")
        update = OPTIMIZERS[optimizer]
        state = optimizer_init(self.params)
        labels = train.labels.astype(np.float32)
        bar = Progress(epochs, -(-len(labels) // batch_size))

        def run_epoch(params: SentimentParams) -> tuple[SentimentParams, float, float]:
            nonlocal state
            order = self._rng.permutation(len(labels))
            total_loss = correct = 0.0
            for start in range(0, len(order), batch_size):
                chosen = order[start : start + batch_size]
                loss, logits, grads = sentiment_gradients(
                    train.ids[chosen],
                    labels[chosen],
                    params,
                    self.config,
                    dropout_rng=self._rng,
                )
                params, state = update(
                    params, grads, state, learning_rate=learning_rate
                )
                total_loss += loss * len(chosen)
                correct += np.sum((logits > 0) == (labels[chosen] > 0))
                bar.advance()
            return params, total_loss / len(order), correct / len(order)

        def on_best(params: SentimentParams) -> None:
            if checkpoint is not None:
                _save(checkpoint, self.config, params)

        try:
            self.params, history = fit(
                self.params,
                run_epoch,
                lambda params: self._evaluate(validation, params),
                epochs=epochs,
                patience=patience,
                on_epoch=bar.end_epoch,
                on_best=on_best,
            )
        finally:
            bar.close()
        return history

    def predict(self, ids: Ids) -> Array:
        """Return the probability that each review of ids (N, T) is positive, (N,)."""
        return sigmoid(self._logits(ids, self.params))

    def evaluate(self, split: LabelledIds) -> tuple[float, float]:
        """Return the mean loss and the accuracy on labelled reviews."""
        return self._evaluate(split, self.params)

    def save(self, path: str | Path) -> None:
        """Write the model to ``path``, which ends in .npz, whole or not at all."""
        check_suffix("path", path, ".npz")
        _save(path, self.config, self.params)

    @classmethod
    def load(cls, path: str | Path) -> "NumpySentimentModel":
        """Return a model that ``save`` wrote.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file holds something else.
        """
        content = io.BytesIO(Path(path).read_bytes())
        try:
            with np.load(content, allow_pickle=False) as file:
                check_archive(file.zip)
                config = SentimentConfig(**json.loads(str(file["config"]))).check()
                form = sentiment_form(config, arrays=len(file.files) - 1)
                arrays = [file[name] for name, _ in tree_leaves(form)]
            params = tree_from_leaves(form, arrays)
            check_finite(params)
        except NO_MODEL as error:
            raise ValueError(
                f"{path} holds no model of this course: {error}"
            ) from error
        return cls(config, params)

    def _logits(self, ids: Ids, params: SentimentParams) -> Array:
        check_shapes(ids=(ids, "int N T"))
        parts = [
            sentiment_forward(ids[k : k + _PREDICTED_AT_ONCE], params, self.config)[0]
            for k in range(0, len(ids), _PREDICTED_AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def _evaluate(
        self, split: LabelledIds, params: SentimentParams
    ) -> tuple[float, float]:
        logits = self._logits(split.ids, params)
        labels = split.labels.astype(logits.dtype)
        loss, _ = binary_cross_entropy(logits, labels)
        return loss, float(np.mean((logits > 0) == (labels > 0)))


def _save(path: str | Path, config: SentimentConfig, params: SentimentParams) -> None:
    arrays: dict[str, Any] = dict(tree_leaves(params))
    with atomic_write(Path(path)) as file:
        np.savez(file, config=json.dumps(config._asdict()), **arrays)


# What reading a file that holds no model may come to.
NO_MODEL = (
    ValueError,
    TypeError,
    KeyError,
    EOFError,
    RuntimeError,  # an archive of an unknown kind; JSON that is nested too deeply
    MemoryError,
    OverflowError,
    zipfile.BadZipFile,
)


def check_archive(archive: zipfile.ZipFile) -> None:
    """Raise a ValueError if an archive may unpack to more than its own size."""
    for part in archive.infolist():
        if part.compress_type != zipfile.ZIP_STORED:
            raise ValueError(
                f"its part {part.filename} is compressed; expected it as it is"
            )


def check_finite(params: SentimentParams) -> None:
    """Raise a ValueError that names the first array with a NaN or an infinity."""
    for name, array in tree_leaves(params):
        if not np.isfinite(array).all():
            raise ValueError(f"{name} holds numbers that are not finite")


def check_suffix(name: str, path: str | Path, suffix: str) -> None:
    """Raise a ValueError unless the file's name ends in ``suffix``."""
    if Path(path).suffix != suffix:
        raise ValueError(f"{name} is {str(path)!r}; expected a name ending in {suffix}")


def check_fit_arguments(
    config: SentimentConfig,
    train: LabelledIds,
    validation: LabelledIds,
    *,
    epochs: int,
    batch_size: int,
    optimizer: str,
    learning_rate: float,
    patience: int | None,
) -> None:
    """Raise an error that names the first argument of ``fit`` that makes no sense."""
    for name, split in (("train", train), ("validation", validation)):
        check_shapes(
            **{
                f"{name}.ids": (split.ids, "int N T"),
                f"{name}.labels": (split.labels, "int N"),
            }
        )
        if not len(split.labels):
            raise ValueError(f"{name} is empty; expected one review or more")
        check_ids_below(config.num_words, **{f"{name}.ids": split.ids})
        if not np.isin(split.labels, (0, 1)).all():
            raise ValueError(
                f"{name}.labels go from {split.labels.min()} to {split.labels.max()}; "
                "expected 0 and 1"
            )
    check_at_least("epochs", epochs, 1)
    check_at_least("batch_size", batch_size, 1)
    if patience is not None:
        check_at_least("patience", patience, 1)
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"optimizer is {optimizer!r}; expected one of {[*OPTIMIZERS]}")
    if not (isinstance(learning_rate, Real) and 0 < learning_rate < np.inf):
        raise ValueError(
            f"learning_rate is {learning_rate!r}; expected a number, more than 0"
        )
