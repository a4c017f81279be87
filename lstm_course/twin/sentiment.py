"""The sentiment model in Keras, built with today's API. Loads Keras when imported."""

import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import numpy as np

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.shapes import Array, Ids, check_ids_below, check_shapes
from lstm_course.arrays.trees import tree_leaves
from lstm_course.system.files import atomic_write
from lstm_course.system.keras_import import import_keras
from lstm_course.training.history import History
from lstm_course.training.loop import fit
from lstm_course.training.progress_bar import Progress
from lstm_course.training.sentiment import (
    NO_MODEL,
    LabelledIds,
    SentimentConfig,
    SentimentParams,
    check_archive,
    check_finite,
    check_fit_arguments,
    check_suffix,
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
    stack = [
        keras.Input((None,), dtype="int32"),
        layers.Embedding(
            config.num_words, config.embedding_dim, mask_zero=config.mask_zero
        ),
    ]
    stack += [
        _KERAS_CELLS[config.cell](
            config.units,
            return_sequences=k < config.layers - 1,
            dropout=config.dropout,
            seed=config.seed + k,
        )
        for k in range(config.layers)
    ]
    if not config.layers:
        stack.append(layers.GlobalAveragePooling1D())
    return keras.Sequential([*stack, layers.Dense(1)])


class _BatchCounter(keras.callbacks.Callback):  # type: ignore[misc]
    def __init__(self, bar: Progress) -> None:
        super().__init__()
        self._bar = bar

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        self._bar.advance()


class KerasSentimentModel:
    """The sentiment model with everything computed by Keras.

    It starts from the weights that the NumPy engine draws for the same seed, and
    shuffles alike. Yet its embedding learns a little differently: a word that occurs
    several times in a batch has several gradients, and Keras' optimizers square them
    one by one before adding them, where the formula squares their sum.
    """

    engine = "keras"

    def __init__(
        self, config: SentimentConfig, params: SentimentParams | None = None
    ) -> None:
        self.config = config = config.check()
        self._rng = np.random.default_rng(config.seed)
        self.keras_model = build_keras_model(config)
        self.params = params or sentiment_init(self._rng, config)

    @property
    def params(self) -> SentimentParams:
        """The weights, as the NumPy engine has them: a copy."""
        form = sentiment_init(np.random.default_rng(0), self.config)
        return params_from_keras(form, self.keras_model)

    @params.setter
    def params(self, params: SentimentParams) -> None:
        params_to_keras(params, self.keras_model)

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
        """Train as ``NumpySentimentModel.fit`` does; a checkpoint ends in .keras."""
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
            check_suffix("checkpoint", checkpoint, ".keras")
        self._compile(_OPTIMIZERS[optimizer](learning_rate=learning_rate))
        bar = Progress(epochs, -(-len(train.labels) // batch_size))
        counter = _BatchCounter(bar)

        def run_epoch(_: SentimentParams) -> tuple[SentimentParams, float, float]:
            order = self._rng.permutation(len(train.labels))
            result = self.keras_model.fit(
                train.ids[order],
                train.labels[order],
                batch_size=batch_size,
                shuffle=False,
                verbose=0,
                callbacks=[counter],
            ).history
            return self.params, result["loss"][0], result["accuracy"][0]

        def on_best(_: SentimentParams) -> None:
            if checkpoint is not None:
                self.save(checkpoint)

        try:
            self.params, history = fit(
                self.params,
                run_epoch,
                lambda _: self.evaluate(validation),
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
        check_shapes(ids=(ids, "int N T"))
        check_ids_below(self.config.num_words, ids=ids)
        if not len(ids):
            return np.zeros(0, np.float32)
        logits = self.keras_model.predict(ids, batch_size=256, verbose=0)
        return sigmoid(logits[:, 0])

    def evaluate(self, split: LabelledIds) -> tuple[float, float]:
        """Return the mean loss and the accuracy on labelled reviews."""
        check_ids_below(self.config.num_words, ids=split.ids)
        if not self.keras_model.compiled:
            self._compile("rmsprop")  # an optimizer that evaluation never uses
        result = self.keras_model.evaluate(
            split.ids, split.labels, batch_size=256, verbose=0, return_dict=True
        )
        return result["loss"], result["accuracy"]

    def save(self, path: str | Path) -> None:
        """Write the model to ``path``, which ends in .keras, whole or not at all."""
        check_suffix("path", path, ".keras")
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(folder, "model.keras")
            self.keras_model.save(whole, include_optimizer=False)
            with zipfile.ZipFile(whole, "a") as archive:
                archive.writestr(_CONFIG, json.dumps(self.config._asdict()))
            with atomic_write(Path(path)) as file:
                file.write(whole.read_bytes())

    @classmethod
    def load(cls, path: str | Path) -> "KerasSentimentModel":
        """Return a model that ``save`` wrote.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file holds something else.
        """
        content = io.BytesIO(Path(path).read_bytes())
        try:
            with zipfile.ZipFile(content) as archive:
                check_archive(archive)
                config = SentimentConfig(**json.loads(archive.read(_CONFIG))).check()
                archive.getinfo(_KERAS_CONFIG)  # Keras' own, which we can do without
                shapes = _shapes_in(archive.read(_KERAS_WEIGHTS))
            form = sentiment_form(config, arrays=len(shapes))
            if shapes != sorted(array.shape for _, array in tree_leaves(form)):
                raise ValueError(f"its arrays have other sizes: {shapes}")
            model = cls(config, form)
            model.keras_model.load_weights(path)
            check_finite(model.params)
        except NO_MODEL as error:
            raise ValueError(
                f"{path} holds no model of this course: {error}"
            ) from error
        return model

    def _compile(self, optimizer: Any) -> None:
        self.keras_model.compile(
            optimizer=optimizer,
            loss=keras.losses.BinaryCrossentropy(from_logits=True),
            metrics=[keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)],
        )


def _shapes_in(weights: bytes) -> list[tuple[int, ...]]:
    """Return the shapes of the layers' arrays, in order of size."""
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
