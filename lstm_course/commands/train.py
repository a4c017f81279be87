"""``train``: the sentiment model by a recipe, with what it reached and what it cost."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from itertools import chain, count
from pathlib import Path
from typing import Any, Literal, NamedTuple

from lstm_course.data.imdb import IMDB_CITATION, load_imdb
from lstm_course.study.plots.training import learning_curves
from lstm_course.system.files import atomic_write
from lstm_course.system.paths import ROOT
from lstm_course.training.history import History
from lstm_course.twin.models import build_sentiment_model

SUFFIX = {"numpy": ".npz", "keras": ".keras"}


class Recipe(NamedTuple):
    """How to train an LSTM: of 8 units on 16 numbers a word, if ``model`` is empty."""

    num_words: int
    maxlen: int
    optimizer: str
    learning_rate: float
    epochs: int
    patience: int | None
    batch_size: int
    model: dict[str, Any]  # more for build_sentiment_model
    training: dict[str, Any]  # more for fit

    def described(self) -> str:
        """Say it in a line, or in two."""
        more = [f"{k} {v}" for k, v in (self.model | self.training).items()]
        return (
            f"{self.num_words:,} words, last {self.maxlen} tokens, {self.optimizer} "
            f"{self.learning_rate:g}, at most {self.epochs} epochs"
        ) + (f"\n({', '.join(more)})" if more else "")


RECIPES = {
    # The study notes' own: small, slow and steady.
    "book": Recipe(500, 100, "rmsprop", 1e-4, 100, 3, 64, model={}, training={}),
    # The same LSTM with more words before it and longer strides: better, in seconds.
    "quick": Recipe(10_000, 200, "adam", 3e-3, 3, 1, 64, model={}, training={}),
    # The top of lesson 15's ladder.
    "best": Recipe(
        10_000,
        400,
        "adam",
        3e-3,
        2,
        None,
        32,
        model={
            "embedding_dim": 64,
            "units": 32,
            "bidirectional": True,
            "pooling": "max_mean",
            "dropout": 0.5,
            "head_dropout": 0.5,
            "mask_zero": True,
            "ngrams": 3,
            "network_share": 0.3,
        },
        training={
            "schedule": "warmup_cosine",
            "by_length": True,
            "word_dropout": 0.1,
            "start_from_vectors": True,
        },
    ),
}


def train(
    *,
    engine: Literal["numpy", "keras"],
    recipe: str,
    seed: int,
    out: Path | None = None,
) -> History:
    """Train by a recipe; write the model, its history and its learning curves.

    They appear in ``out`` together, when the run is over or was ended by Ctrl-C after
    an epoch or more. Until then they are in a folder beside it, ``out`` with
    ``.unfinished`` added to its name, where a kill leaves the best model yet.

    Args:
        engine: "numpy" or "keras".
        recipe: "book", "quick" or "best".
        seed: of weights and shuffling.
        out: the folder for it, which is empty or not there yet. None: the first of
            runs/ENGINE-RECIPE-seedN, the same with -2, -3 and so on that is free.

    Raises:
        ValueError: an engine or a recipe that does not exist, a recipe that the engine
            cannot follow, or a negative seed.
        OSError: ``out`` is taken or cannot be written to, or the reviews cannot be
            read; says so in a sentence.
    """
    if recipe not in RECIPES:
        raise ValueError(f"recipe is {recipe!r}; expected one of {[*RECIPES]}")
    steps = RECIPES[recipe]
    if engine == "keras" and steps.model.get("ngrams"):
        raise ValueError(
            f"recipe {recipe!r} has a linear model of n-grams beside the network, "
            "which NumPy alone computes: train it with --engine numpy"
        )
    if out is None:
        out = _first_free(ROOT / "runs" / f"{engine}-{recipe}-seed{seed}")
    out = Path(os.path.abspath(out))  # "." has no name to add to
    if problem := _taken(out):
        raise FileExistsError(problem)
    model = build_sentiment_model(
        engine=engine, num_words=steps.num_words, seed=seed, **steps.model
    )
    print(f"{engine}, recipe {recipe!r}, seed {seed}: {steps.described()}")
    data = load_imdb(num_words=steps.num_words, maxlen=steps.maxlen)
    print(f"{len(data.train.labels):,} reviews to learn from. Source: {IMDB_CITATION}")

    with _run_folder(out) as folder:
        path = folder / f"model{SUFFIX[engine]}"
        model.save(path)  # where there is no room for it, fail now, not after an epoch
        path.unlink()
        print(f"Until the run is over, the best model yet is in {folder}")
        started = time.perf_counter()
        history = model.fit(
            data.train,
            data.validation,
            epochs=steps.epochs,
            batch_size=steps.batch_size,
            optimizer=steps.optimizer,
            learning_rate=steps.learning_rate,
            patience=steps.patience,
            checkpoint=path,
            **steps.training,
        )
        wall = time.perf_counter() - started
        if not history.epochs:
            print("Interrupted before the first epoch was over: nothing was saved.")
            return history
        model.save(path)  # Ctrl-C may have come while it was written
        result = {
            "engine": engine,
            "recipe": recipe,
            "seed": seed,
            **steps._asdict(),
            "best_epoch": history.best_epoch,
            "wall_seconds": round(wall, 1),
            "versions": {
                name: version(name) for name in ("numpy", "keras", "tensorflow")
            },
        }
        for part in ("validation", "test"):
            loss, accuracy = model.evaluate(getattr(data, part))
            result |= {f"{part}_loss": loss, f"{part}_accuracy": accuracy}
            print(f"{part:>10}: loss {loss:.4f}, accuracy {accuracy:.4f}")
        with atomic_write(folder / "history.json") as file:
            file.write(json.dumps(result | asdict(history), indent=1).encode())
        with atomic_write(folder / "learning_curves.png") as file:
            title = f"{engine}, recipe {recipe!r}, seed {seed}"
            learning_curves(history, title).savefig(file, format="png", dpi=150)
    print(
        f"{history.epochs} epochs ({history.ended}), best {history.best_epoch}; "
        f"{history.cpu_seconds:.0f} CPU seconds, {wall:.0f} seconds\n"
        f"model, history and learning curves are in {out}"
    )
    return history


def _taken(out: Path) -> str | None:
    """Return why no run can be written to ``out`` and what to do; None if one can."""
    unfinished = Path(f"{out}.unfinished")
    if os.path.lexists(unfinished):
        names = sorted(path.name for path in unfinished.glob("[!.]*"))
        return (
            f"{unfinished} is of a run that is going on or was killed, and holds "
            f"{', '.join(names) or 'nothing'}: move it away or delete it, or name "
            "another folder with --out"
        )
    if not os.path.lexists(out) or (out.is_dir() and not any(out.iterdir())):
        return None
    found = "is not empty" if out.is_dir() else "is there already and is no folder"
    return f"{out} {found}: a run has a folder of its own; name another with --out"


def _first_free(out: Path) -> Path:
    others = (out.with_name(f"{out.name}-{number}") for number in count(2))
    return next(path for path in chain([out], others) if not _taken(path))


@contextmanager
def _run_folder(out: Path) -> Iterator[Path]:
    """Give a run a folder beside ``out`` that becomes ``out`` when all is written.

    Where nothing was written, nothing is left.

    Raises:
        OSError: a file or a folder cannot be written; says what is left, and where.
    """
    folder = Path(f"{out}.unfinished")
    was_there, written = out.exists(), False
    try:
        if was_there:
            out.rename(folder)  # rather than removing it: it is the user's
        else:
            folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            written = any(folder.iterdir())
            if was_there and not written:
                folder.rename(out)
            elif not written:
                folder.rmdir()
        if written:
            folder.rename(out)
    except OSError as error:
        kept = f"; what it reached is in {folder}" if written else ""
        raise OSError(
            f"the run cannot be written to {out}: {error.strerror or error}{kept}"
        ) from error
