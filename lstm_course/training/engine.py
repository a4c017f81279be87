"""The engines of the sentiment model: what both share, and the one in NumPy."""

import io
import json
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from numbers import Real
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.shapes import (
    Array,
    Ids,
    check_at_least,
    check_ids_below,
    check_shapes,
)
from lstm_course.arrays.trees import tree_from_leaves, tree_leaves
from lstm_course.system.files import atomic_write
from lstm_course.system.process import tune_process
from lstm_course.training.history import History
from lstm_course.training.loop import fit
from lstm_course.training.losses import binary_cross_entropy
from lstm_course.training.optimizers import OPTIMIZERS, OptimizerState, optimizer_init
from lstm_course.training.progress_bar import Progress
from lstm_course.training.sentiment import (
    SentimentConfig,
    SentimentParams,
    sentiment_form,
    sentiment_forward,
    sentiment_gradients,
    sentiment_init,
)


class LabelledIds(Protocol):
    """Padded reviews and their labels, such as a split of ``load_imdb()``."""

    @property
    def ids(self) -> Ids:
        """Word ids, (N, T)."""

    @property
    def labels(self) -> Array:
        """0 or 1, (N,)."""


class SentimentModel(ABC):
    """What both engines share: a sentiment model to train, use and save."""

    engine: ClassVar[str]
    suffix: ClassVar[str]  # of the names of its files
    params: SentimentParams

    def __init__(
        self, config: SentimentConfig, params: SentimentParams | None = None
    ) -> None:
        self.config = config.check()
        self._rng = np.random.default_rng(config.seed)
        self.params = params or sentiment_init(self._rng, self.config)

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
            checkpoint: a file that always holds the best model yet; it ends in .npz
                for NumPy, in .keras for Keras.

        Returns:
            The history. Ctrl-C ends the training and keeps the best model.

        Raises:
            TypeError, ValueError: an argument makes no sense; nothing was trained.
        """
        for name, split in (("train", train), ("validation", validation)):
            _check_split(name, split, self.config.num_words)
        check_at_least("epochs", epochs, 1)
        check_at_least("batch_size", batch_size, 1)
        if patience is not None:
            check_at_least("patience", patience, 1)
        if optimizer not in OPTIMIZERS:
            expected = f"expected one of {[*OPTIMIZERS]}"
            raise ValueError(f"optimizer is {optimizer!r}; {expected}")
        if not (isinstance(learning_rate, Real) and 0 < learning_rate < np.inf):
            raise ValueError(
                f"learning_rate is {learning_rate!r}; expected a number, more than 0"
            )
        if checkpoint is not None:
            self._check_suffix("checkpoint", checkpoint)
        tune_process()
        self._begin(optimizer, learning_rate)
        bar = Progress(epochs, -(-len(train.labels) // batch_size))

        def run_epoch(_: SentimentParams) -> tuple[SentimentParams, float, float]:
            order = self._rng.permutation(len(train.labels))
            ids, labels = train.ids[order], train.labels[order]
            loss, accuracy = self._run_epoch(ids, labels, batch_size, bar.advance)
            return self.params, loss, accuracy

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
        return sigmoid(self._logits(ids)) if len(ids) else np.zeros(0, np.float32)

    def save(self, path: str | Path) -> None:
        """Write the model to ``path``, whole or not at all.

        Args:
            path: it ends in .npz for NumPy, in .keras for Keras.
        """
        self._check_suffix("path", path)
        self._write(Path(path))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Return a model that ``save`` wrote.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file holds something else.
        """
        content = io.BytesIO(Path(path).read_bytes())
        try:
            with zipfile.ZipFile(content) as archive:
                for part in archive.infolist():  # it could unpack to any size
                    if part.compress_type != zipfile.ZIP_STORED:
                        raise ValueError(
                            f"its part {part.filename} is compressed; "
                            "expected it as it is"
                        )
            model = cls._read(content, Path(path))
            for name, array in tree_leaves(model.params):
                if not np.isfinite(array).all():
                    raise ValueError(f"{name} holds numbers that are not finite")
        except _NO_MODEL as error:
            raise ValueError(
                f"{path} holds no model of this course: {error}"
            ) from error
        return model

    @abstractmethod
    def evaluate(self, split: LabelledIds) -> tuple[float, float]:
        """Return the mean loss and the accuracy on labelled reviews."""

    @abstractmethod
    def _begin(self, optimizer: str, learning_rate: float) -> None:
        """Get ready to train with a new optimizer."""

    @abstractmethod
    def _run_epoch(
        self, ids: Ids, labels: Array, batch_size: int, advance: Callable[[], None]
    ) -> tuple[float, float]:
        """Train on all reviews in this order; return the mean loss and the accuracy."""

    @abstractmethod
    def _logits(self, ids: Ids) -> Array: ...

    @abstractmethod
    def _write(self, path: Path) -> None: ...

    @classmethod
    @abstractmethod
    def _read(cls, content: io.BytesIO, path: Path) -> Self:
        """Return the model of a file, given its content; raise one of _NO_MODEL."""

    def _check_suffix(self, name: str, path: str | Path) -> None:
        if Path(path).suffix != self.suffix:
            raise ValueError(
                f"{name} is {str(path)!r}; expected a name ending in {self.suffix}"
            )


class NumpySentimentModel(SentimentModel):
    """The sentiment model with everything computed by this package."""

    engine = "numpy"
    suffix = ".npz"
    _optimizer: tuple[str, float]
    _optimizer_state: OptimizerState[SentimentParams]

    def evaluate(self, split: LabelledIds) -> tuple[float, float]:
        """Return the mean loss and the accuracy on labelled reviews."""
        logits = self._logits(split.ids)
        loss, _ = binary_cross_entropy(logits, split.labels.astype(logits.dtype))
        return loss, float(np.mean((logits > 0) == (split.labels > 0)))

    def _begin(self, optimizer: str, learning_rate: float) -> None:
        self._optimizer = optimizer, learning_rate
        self._optimizer_state = optimizer_init(self.params)

    def _run_epoch(
        self, ids: Ids, labels: Array, batch_size: int, advance: Callable[[], None]
    ) -> tuple[float, float]:
        optimizer, learning_rate = self._optimizer
        labels = labels.astype(np.float32)
        total_loss = correct = 0.0
        for start in range(0, len(ids), batch_size):
            batch = slice(start, start + batch_size)
            loss, logits, grads = sentiment_gradients(
                ids[batch],
                labels[batch],
                self.params,
                self.config,
                dropout_rng=self._rng,
            )
            self.params, self._optimizer_state = OPTIMIZERS[optimizer](
                self.params, grads, self._optimizer_state, learning_rate=learning_rate
            )
            total_loss += loss * len(logits)
            correct += np.sum((logits > 0) == (labels[batch] > 0))
            advance()
        return total_loss / len(ids), correct / len(ids)

    def _logits(self, ids: Ids) -> Array:
        check_shapes(ids=(ids, "int N T"))
        parts = [
            sentiment_forward(ids[k : k + _PREDICTED_AT_ONCE], self.params, self.config)
            for k in range(0, len(ids), _PREDICTED_AT_ONCE)
        ]
        nothing = np.zeros(0, np.float32)  # no reviews have no logits
        return np.concatenate([nothing, *(logits for logits, _ in parts)])

    def _write(self, path: Path) -> None:
        arrays: dict[str, Any] = dict(tree_leaves(self.params))
        with atomic_write(path) as file:
            np.savez(file, config=json.dumps(self.config._asdict()), **arrays)

    @classmethod
    def _read(cls, content: io.BytesIO, path: Path) -> Self:
        with np.load(content, allow_pickle=False) as file:
            config = SentimentConfig(**json.loads(str(file["config"]))).check()
            form = sentiment_form(config, arrays=len(file.files) - 1)
            arrays = [file[name] for name, _ in tree_leaves(form)]
        return cls(config, tree_from_leaves(form, arrays))


_PREDICTED_AT_ONCE = 256  # reviews: large enough for speed, small enough for the cache


# What reading a file that holds no model can raise.
_NO_MODEL = (
    ValueError,
    TypeError,
    KeyError,
    EOFError,
    RuntimeError,  # an archive of an unknown kind; JSON that is nested too deeply
    MemoryError,
    OverflowError,
    zipfile.BadZipFile,
)


def _check_split(name: str, split: LabelledIds, num_words: int) -> None:
    check_shapes(
        **{
            f"{name}.ids": (split.ids, "int N T"),
            f"{name}.labels": (split.labels, "int N"),
        }
    )
    if not len(split.labels):
        raise ValueError(f"{name} is empty; expected one review or more")
    check_ids_below(num_words, **{f"{name}.ids": split.ids})
    if not np.isin(split.labels, (0, 1)).all():
        raise ValueError(
            f"{name}.labels go from {split.labels.min()} to {split.labels.max()}; "
            "expected 0 and 1"
        )
