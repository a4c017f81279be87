"""The engines of the sentiment model: what both share, and the one in NumPy."""

import io
import json
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from functools import partial
from numbers import Real
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.shapes import (
    Array,
    Ids,
    check_at_least,
    check_ids_below,
    check_shapes,
)
from lstm_course.arrays.trees import tree_from_leaves, tree_leaves
from lstm_course.data.imdb import load_imdb
from lstm_course.data.text import PADDING, pad_batch
from lstm_course.layers.embedding import EmbeddingParams
from lstm_course.system.files import atomic_write
from lstm_course.system.process import tune_process
from lstm_course.training.batches import drop_words, order_by_length, trim_padding
from lstm_course.training.history import History
from lstm_course.training.loop import fit
from lstm_course.training.losses import binary_cross_entropy
from lstm_course.training.ngrams import (
    NgramParams,
    ngram_fit,
    ngram_init,
    ngram_logits,
    ngrams_from,
)
from lstm_course.training.optimizers import OPTIMIZERS, OptimizerState, optimizer_init
from lstm_course.training.progress_bar import Progress
from lstm_course.training.schedules import warmup_cosine
from lstm_course.training.sentiment import (
    SentimentConfig,
    SentimentParams,
    check_rate,
    sentiment_form,
    sentiment_forward,
    sentiment_gradients,
    sentiment_init,
)
from lstm_course.training.word_vectors import word_vectors


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
    params: SentimentParams  # of the network
    ngrams: NgramParams  # of the linear model beside it, where there is one

    def __init__(
        self, config: SentimentConfig, params: SentimentParams | None = None
    ) -> None:
        self.config = config.check()
        self.ngrams = ngram_init()
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
        schedule: Literal["constant", "warmup_cosine"] = "constant",
        by_length: bool = False,
        word_dropout: float = 0.0,
        start_from_vectors: bool = False,
    ) -> History:
        """Train, and keep the weights with the lowest validation loss.

        If there is a linear model of n-grams, it is trained first, and the network then
        by itself; the validation loss is that of both together.

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
            schedule: of the learning rate: "constant", or "warmup_cosine": up in a line
                over a tenth of all steps, then down along half a cosine.
            by_length: whether the reviews of a batch are of similar length, which saves
                NumPy the padding; for models that skip it.
            word_dropout: share of the words that are unknown ones, others each epoch.
            start_from_vectors: whether the embeddings start as ``word_vectors`` of the
                reviews to learn from, instead of as drawn.

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
        if schedule not in SCHEDULES:
            expected = f"expected one of {[*SCHEDULES]}"
            raise ValueError(f"schedule is {schedule!r}; {expected}")
        if by_length and not self.config.mask_zero:
            raise ValueError(
                "by_length is True; expected False for this model, to which padding "
                "counts: mask_zero is False"
            )
        check_rate("word_dropout", word_dropout)
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
        self.config = self.config._replace(maxlen=train.ids.shape[1])
        batches = -(-len(train.labels) // batch_size)
        steps = None if schedule == "constant" else epochs * batches
        self._begin(optimizer, learning_rate, steps)
        bar = Progress(epochs, batches)
        lengths = np.count_nonzero(train.ids != PADDING, axis=1)
        begun = False

        def run_epoch(_: SentimentParams) -> tuple[SentimentParams, float, float]:
            nonlocal begun
            if not begun:  # here, so that its time counts, and Ctrl-C ends it as well
                self._count_beforehand(train, start_from_vectors)
                begun = True
            if by_length:
                order = order_by_length(self._rng, lengths, batch_size)
            else:
                order = self._rng.permutation(len(train.labels))
            ids, labels = train.ids[order], train.labels[order]
            if word_dropout:
                ids = drop_words(self._rng, ids, word_dropout)
            loss, accuracy = self._run_epoch(
                ids, labels, batch_size, bar.advance, trim=by_length
            )
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

    def _count_beforehand(self, train: LabelledIds, start_from_vectors: bool) -> None:
        """Learn what needs no network: the linear model, and where embeddings start."""
        ids, words = train.ids, self.config.num_words
        if self.config.ngrams:
            self.ngrams = ngram_fit(
                ids, train.labels, words, longest=self.config.ngrams
            )
        if start_from_vectors:
            vectors = word_vectors(ids, words, self.config.embedding_dim)
            self.params = self.params._replace(embedding=EmbeddingParams(vectors))

    def encode(self, texts: Iterable[str]) -> NDArray[np.int32]:
        """Return the ids (N, T) of texts as the model reads them, for ``predict``.

        The words are those of ``load_imdb(num_words=…)`` for the model's number of
        words. T is the number of steps that it was trained on: a longer text loses its
        beginning, a shorter one is padded before. A model that was not trained, or is
        of a file older than this rule, gets texts whole.

        Raises:
            TypeError: ``texts`` is one string, or one of them is none.
        """
        if isinstance(texts, str):
            raise TypeError("texts is a str; expected an iterable of texts")
        vocabulary = load_imdb(num_words=self.config.num_words).vocabulary
        sequences = [vocabulary.encode(text) for text in texts]
        longest = max(map(len, sequences), default=1)
        ids, _ = pad_batch(sequences, self.config.maxlen or longest)
        return ids

    def predict(self, ids: Ids) -> Array:
        """Return the probability that each review of ids (N, T) is positive, (N,).

        T may be any number. To a model that skips padding, how much there is makes no
        difference.
        """
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
    def _begin(self, optimizer: str, learning_rate: float, steps: int | None) -> None:
        """Get ready to train with a new optimizer; its rate changes if steps is given.

        Then it goes up and down over so many steps, as ``warmup_cosine`` says.
        """

    @abstractmethod
    def _run_epoch(
        self,
        ids: Ids,
        labels: Array,
        batch_size: int,
        advance: Callable[[], None],
        *,
        trim: bool,
    ) -> tuple[float, float]:
        """Train on all reviews in this order; return the mean loss and the accuracy.

        If ``trim``, batches may be cut to their longest review.
        """

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
    _optimizer: tuple[str, Callable[[int], float]]
    _optimizer_state: OptimizerState[SentimentParams]

    def evaluate(self, split: LabelledIds) -> tuple[float, float]:
        """Return the mean loss and the accuracy on labelled reviews."""
        logits = self._logits(split.ids)
        loss, _ = binary_cross_entropy(logits, split.labels.astype(logits.dtype))
        return loss, float(np.mean((logits > 0) == (split.labels > 0)))

    def _begin(self, optimizer: str, learning_rate: float, steps: int | None) -> None:
        def constant(_: int) -> float:
            return learning_rate

        rate_at: Callable[[int], float] = constant
        if steps is not None:
            rate_at = partial(warmup_cosine, steps=steps, learning_rate=learning_rate)
        self._optimizer = optimizer, rate_at
        self._optimizer_state = optimizer_init(self.params)

    def _run_epoch(
        self,
        ids: Ids,
        labels: Array,
        batch_size: int,
        advance: Callable[[], None],
        *,
        trim: bool,
    ) -> tuple[float, float]:
        optimizer, rate_at = self._optimizer
        labels = labels.astype(np.float32)
        total_loss = correct = 0.0
        for start in range(0, len(ids), batch_size):
            batch = slice(start, start + batch_size)
            loss, logits, grads = sentiment_gradients(
                trim_padding(ids[batch]) if trim else ids[batch],
                labels[batch],
                self.params,
                self.config,
                dropout_rng=self._rng,
            )
            self.params, self._optimizer_state = OPTIMIZERS[optimizer](
                self.params,
                grads,
                self._optimizer_state,
                learning_rate=rate_at(self._optimizer_state.steps),
            )
            total_loss += loss * len(logits)
            correct += np.sum((logits > 0) == (labels[batch] > 0))
            advance()
        return total_loss / len(ids), correct / len(ids)

    def _logits(self, ids: Ids) -> Array:
        check_shapes(ids=(ids, "int N T"))
        at_once = min(_REVIEWS_AT_ONCE, max(1, _STEPS_AT_ONCE // max(1, ids.shape[1])))
        order, cut = np.arange(len(ids)), self.config.mask_zero
        if cut:  # like lengths together, so that there is padding to cut
            order = np.argsort(np.count_nonzero(ids, axis=1), kind="stable")
        logits = np.zeros(len(ids), np.float32)
        many = len(ids) > at_once
        # As in `tune_process`, but for now: on a busy machine it is ten times as quick.
        with threadpool_limits(1, "blas") if many else nullcontext():
            for start in range(0, len(ids), at_once):
                rows = order[start : start + at_once]
                batch = trim_padding(ids[rows]) if cut else ids[rows]
                logits[rows] = self._logits_of_batch(batch)
        return logits

    def _logits_of_batch(self, ids: Ids) -> Array:
        config = self.config
        logits, _ = sentiment_forward(ids, self.params, config)
        if not config.ngrams:
            return logits
        beside = ngram_logits(ids, self.ngrams, config.num_words, longest=config.ngrams)
        return config.network_share * logits + beside

    def _write(self, path: Path) -> None:
        arrays: dict[str, Any] = dict(tree_leaves(self.params))
        if self.config.ngrams:
            arrays |= tree_leaves(self.ngrams, "ngrams")
        with atomic_write(path) as file:
            np.savez(file, config=json.dumps(self.config._asdict()), **arrays)

    @classmethod
    def _read(cls, content: io.BytesIO, path: Path) -> Self:
        with np.load(content, allow_pickle=False) as file:
            config = SentimentConfig(**json.loads(str(file["config"]))).check()
            beside = len(NgramParams._fields) if config.ngrams else 0
            form = sentiment_form(config, arrays=len(file.files) - 1 - beside)
            arrays = [file[name] for name, _ in tree_leaves(form)]
            model = cls(config, tree_from_leaves(form, arrays))
            if config.ngrams:
                model.ngrams = ngrams_from(
                    [file[f"ngrams.{name}"] for name in NgramParams._fields]
                )
        return model


# Predicted together: large enough for speed, small enough for cache and memory.
_REVIEWS_AT_ONCE, _STEPS_AT_ONCE = 256, 256 * 200

SCHEDULES = ("constant", "warmup_cosine")


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
