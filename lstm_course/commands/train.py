"""``train``: the sentiment model by a recipe, with what it reached and what it cost."""

import json
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from lstm_course.arrays.files import atomic_write
from lstm_course.data.imdb import CITATION, load_imdb
from lstm_course.study.figures import learning_curves
from lstm_course.training.history import History
from lstm_course.twin.models import build_sentiment_model

SUFFIX = {"numpy": ".npz", "keras": ".keras"}


class Recipe(NamedTuple):
    """How to train an LSTM(8) on 16 numbers a word."""

    num_words: int
    maxlen: int
    optimizer: str
    learning_rate: float
    epochs: int
    patience: int
    batch_size: int = 64

    def described(self) -> str:
        """Say it in a line."""
        return (
            f"{self.num_words:,} words, last {self.maxlen} tokens, {self.optimizer} "
            f"{self.learning_rate:g}, at most {self.epochs} epochs"
        )


RECIPES = {
    # The study notes' own: small, slow and steady.
    "book": Recipe(500, 100, "rmsprop", 1e-4, epochs=100, patience=3),
    # The same LSTM with more words before it and longer strides: better, in seconds.
    "quick": Recipe(10_000, 200, "adam", 3e-3, epochs=3, patience=1),
}


def train(*, engine: str, recipe: str, seed: int, out: Path) -> History:
    """Train by a recipe; write the model, its history and its learning curves.

    The best model yet is in ``out`` from the first epoch on, so that an interruption
    loses nothing but the rest.

    Args:
        engine: "numpy" or "keras".
        recipe: "book" or "quick".
        seed: of weights and shuffling.
        out: the folder to write to; made where missing.

    Raises:
        ValueError: an engine or a recipe that does not exist, or a negative seed.
        OSError: the reviews cannot be read, or ``out`` cannot be written to.
    """
    if recipe not in RECIPES:
        raise ValueError(f"recipe is {recipe!r}; expected one of {[*RECIPES]}")
    steps = RECIPES[recipe]
    model = build_sentiment_model(engine=engine, num_words=steps.num_words, seed=seed)  # type: ignore[arg-type]
    print(f"{engine}, recipe {recipe!r}, seed {seed}: {steps.described()}")
    data = load_imdb(num_words=steps.num_words, maxlen=steps.maxlen)
    print(f"{len(data.train.labels):,} reviews to learn from. Source: {CITATION}")

    out.mkdir(parents=True, exist_ok=True)  # fails now rather than after an epoch
    path = out / f"model{SUFFIX[engine]}"
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
    )
    wall = time.perf_counter() - started
    if not history.epochs:
        print("Interrupted before the first epoch was over: nothing was saved.")
        return history
    model.save(path)
    result = {
        "engine": engine,
        "recipe": recipe,
        "seed": seed,
        **steps._asdict(),
        "best_epoch": history.best_epoch,
        "wall_seconds": round(wall, 1),
        "versions": {name: version(name) for name in ("numpy", "keras", "tensorflow")},
    }
    for part in ("validation", "test"):
        loss, accuracy = model.evaluate(getattr(data, part))
        result |= {f"{part}_loss": loss, f"{part}_accuracy": accuracy}
        print(f"{part:>10}: loss {loss:.4f}, accuracy {accuracy:.4f}")
    with atomic_write(out / "history.json") as file:
        file.write(json.dumps(result | asdict(history), indent=1).encode())
    with atomic_write(out / "learning_curves.png") as file:
        figure = learning_curves(history, f"{engine}, recipe {recipe!r}, seed {seed}")
        figure.savefig(file, format="png", dpi=150)
    print(
        f"{history.epochs} epochs ({history.ended}), best {history.best_epoch}; "
        f"{history.cpu_seconds:.0f} CPU seconds, {wall:.0f} seconds\n"
        f"model, history and learning curves are in {out}"
    )
    return history
