"""The sentiment model in Keras, built with today's API. Loads Keras when imported."""

import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import numpy as np

from lstm_course.arrays.shapes import Array, Ids, check_ids_below
from lstm_course.arrays.trees import tree_leaves
from lstm_course.system.files import atomic_write
from lstm_course.system.keras_import import import_keras
from lstm_course.training.engine import LabelledIds, SentimentModel
from lstm_course.training.schedules import warmup_steps
from lstm_course.training.sentiment import (
    SentimentConfig,
    SentimentParams,
    sentiment_form,
    sentiment_init,
)
from lstm_course.twin.weights import params_from_keras, params_to_keras

_CONFIG = "sentiment_config.json"  # beside what Keras writes into its archive:
_KERAS_CONFIG, _KERAS_WEIGHTS = "config.json", "model.weights.h5"

keras: Any = import_keras()
layers = keras.layers

_KERAS_CELLS = {"rnn": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}
_OPTIMIZERS = {"rmsprop": keras.optimizers.RMSprop, "adam": keras.optimizers.Adam}


def build_keras_model(config: SentimentConfig) -> Any:
    """Return the untrained ``keras.Model``: ids (B, T) to logits (B, 1)."""
    pooled = config.pooling != "last"
    stack = [
        keras.Input((None,), dtype="int32"),
        layers.Embedding(
            config.num_words, config.embedding_dim, mask_zero=config.mask_zero
        ),
    ]
    for k in range(config.layers):
        cell = _KERAS_CELLS[config.cell](
            config.units,
            return_sequences=pooled or k < config.layers - 1,
            # Both ways lose the same inputs, so these are dropped before.
            dropout=0.0 if config.bidirectional else config.dropout,
            seed=config.seed + k,
        )
        if config.bidirectional:
            dropped = layers.SpatialDropout1D(config.dropout, seed=config.seed + k)
            stack += [dropped, layers.Bidirectional(cell)]
        else:
            stack.append(cell)
    if not config.layers and not pooled:
        stack.append(layers.GlobalAveragePooling1D())
    seed = config.seed + config.layers
    head = [layers.Dropout(config.head_dropout, seed=seed), layers.Dense(1)]
    if not pooled:
        return keras.Sequential([*stack, *head[not config.head_dropout :]])
    ids, *stack = stack
    outputs = ids
    for layer in stack:
        outputs = layer(outputs)
    outputs = _pooled(outputs, ids, config)
    for layer in head:
        outputs = layer(outputs)
    return keras.Model(ids, outputs)


def _pooled(outputs: Any, ids: Any, config: SentimentConfig) -> Any:
    """Return all steps of outputs (B, T, H) as one vector (B, H) or, of both, (B, 2H).

    Keras' GlobalMaxPooling1D takes no mask, and its GlobalAveragePooling1D divides by
    zero where no step counts.
    """
    ops = keras.ops
    counts = ops.not_equal(ids, 0) if config.mask_zero else ops.equal(ids, ids)
    counts = ops.expand_dims(ops.cast(counts, outputs.dtype), -1)
    parts = []
    if config.pooling != "mean":
        largest = ops.max(outputs * counts + (counts - 1) * 1e9, axis=1)
        parts.append(largest * ops.max(counts, axis=1))
    if config.pooling != "max":
        steps = ops.maximum(ops.sum(counts, axis=1), 1)
        parts.append(ops.sum(outputs * counts, axis=1) / steps)
    return parts[0] if len(parts) == 1 else layers.Concatenate()(parts)


class KerasSentimentModel(SentimentModel):
    """The sentiment model with everything computed by Keras.

    It starts from the weights that the NumPy engine draws for the same seed, and
    shuffles alike. Yet its embedding learns a little differently: a word that occurs
    several times in a batch has several gradients, and Keras' optimizers square them
    one by one before adding them, where the formula squares their sum.
    """

    engine = "keras"
    suffix = ".keras"

    def __init__(
        self, config: SentimentConfig, params: SentimentParams | None = None
    ) -> None:
        config = config.check()
        if config.ngrams:
            raise ValueError(
                f"ngrams is {config.ngrams}; expected 0 with engine='keras': the "
                "linear model beside the network is NumPy's alone"
            )
        self.keras_model = build_keras_model(config)
        super().__init__(config, params)

    @property
    def params(self) -> SentimentParams:
        """The weights, as the NumPy engine has them: a copy."""
        form = sentiment_init(np.random.default_rng(0), self.config)
        return params_from_keras(form, self.keras_model)

    @params.setter
    def params(self, params: SentimentParams) -> None:
        params_to_keras(params, self.keras_model)

    def evaluate(self, split: LabelledIds) -> tuple[float, float]:
        """Return the mean loss and the accuracy on labelled reviews."""
        check_ids_below(self.config.num_words, ids=split.ids)
        if not self.keras_model.compiled:
            self._compile("rmsprop")  # an optimizer that evaluation never uses
        result = self.keras_model.evaluate(
            split.ids, split.labels, batch_size=256, verbose=0, return_dict=True
        )
        return result["loss"], result["accuracy"]

    def _begin(self, optimizer: str, learning_rate: float, steps: int | None) -> None:
        rate: Any = learning_rate
        if steps is not None:
            up = warmup_steps(steps)
            rate = keras.optimizers.schedules.CosineDecay(
                0.0, max(1, steps - up), warmup_target=learning_rate, warmup_steps=up
            )
        self._compile(_OPTIMIZERS[optimizer](learning_rate=rate))

    def _run_epoch(
        self,
        ids: Ids,
        labels: Array,
        batch_size: int,
        advance: Callable[[], None],
        *,
        trim: bool,  # of no use: Keras builds its graph anew for each length
    ) -> tuple[float, float]:
        count = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: advance()
        )
        result = self.keras_model.fit(
            ids,
            labels,
            batch_size=batch_size,
            shuffle=False,
            verbose=0,
            callbacks=[count],
        ).history
        return result["loss"][0], result["accuracy"][0]

    def _logits(self, ids: Ids) -> Array:
        logits: Array = self.keras_model.predict(ids, batch_size=256, verbose=0)
        return logits[:, 0]

    def _write(self, path: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(folder, "model.keras")
            self.keras_model.save(whole, include_optimizer=False)
            with zipfile.ZipFile(whole, "a") as archive:
                archive.writestr(_CONFIG, json.dumps(self.config._asdict()))
            with atomic_write(path) as file:
                file.write(whole.read_bytes())

    @classmethod
    def _read(cls, content: io.BytesIO, path: Path) -> Self:
        with zipfile.ZipFile(content) as archive:
            config = SentimentConfig(**json.loads(archive.read(_CONFIG))).check()
            archive.getinfo(_KERAS_CONFIG)  # Keras' own, which we can do without
            shapes = _shapes_in(archive.read(_KERAS_WEIGHTS))
        form = sentiment_form(config, arrays=len(shapes))
        if shapes != sorted(array.shape for _, array in tree_leaves(form)):
            raise ValueError(f"its arrays have other sizes: {shapes}")
        model = cls(config, form)
        model.keras_model.load_weights(path)
        return model

    def _compile(self, optimizer: Any) -> None:
        self.keras_model.compile(
            optimizer=optimizer,
            loss=keras.losses.BinaryCrossentropy(from_logits=True),
            metrics=[keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)],
        )


def _shapes_in(weights: bytes) -> list[tuple[int, ...]]:
    """Return the shapes of the layers' arrays, in order of size."""
    import h5py  # type: ignore[import-untyped]  # it is installed with Keras

    shapes = []

    def note(name: str, entry: object) -> None:
        if isinstance(entry, h5py.Dataset):
            shapes.append(entry.shape)

    try:
        with h5py.File(io.BytesIO(weights), "r") as file:
            file["layers"].visititems(note)  # what an optimizer kept stands elsewhere
    except OSError as error:
        raise ValueError(str(error)) from error
    return sorted(shapes)
