"""``models``: train the models that lessons look into, and say how each was made."""

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_info

from lstm_course.data.imdb import load_imdb
from lstm_course.study.stored_models import FOLDER, describe_model, sha256
from lstm_course.system.files import atomic_write
from lstm_course.training.engine import NumpySentimentModel
from lstm_course.training.sentiment import SentimentConfig

# The model of lesson 12 reads a short sentence as it stands: it skips the padding.
RECIPES: dict[str, dict[str, Any]] = {
    "reader": {
        "maxlen": 100,
        "model": {"num_words": 10_000, "mask_zero": True, "seed": 1},
        "training": {
            "epochs": 2,
            "batch_size": 64,
            "optimizer": "adam",
            "learning_rate": 5e-3,
        },
    },
}


class ModelError(Exception):
    """Why a model cannot be made, in words for the reader."""


def make_models(names: Sequence[str], folder: Path = FOLDER) -> None:
    """Train models by their recipes; write each with its description, and say so.

    Where the processor rounds otherwise, the weights come out otherwise: then the
    lessons that read the model are out of date.

    Raises:
        ModelError: an unknown name; nothing was made.
    """
    if unknown := [name for name in names if name not in RECIPES]:
        raise ModelError(
            f"there is no model {unknown[0]!r}; there are: {', '.join(RECIPES)}"
        )
    for name in names:
        path = folder / f"{name}.npz"
        before = sha256(path) if path.is_file() else None
        model, reached = train(RECIPES[name])
        model.save(path)
        description = {
            "recipe": RECIPES[name],
            "versions": {"numpy": version("numpy"), "blas": _blas()},
            "reached": reached,
            "sha256": sha256(path),
        }
        with atomic_write(folder / f"{name}.json") as file:
            file.write(f"{json.dumps(description, indent=1)}\n".encode())
        same = "the same weights as before, to the last bit"
        other = "other weights than before: refresh the lessons that read it"
        told = "" if before is None else same if before == sha256(path) else other
        print(f"{name}: {path}", *([told] if told else []), sep="\n  ")


def train(recipe: dict[str, Any]) -> tuple[NumpySentimentModel, dict[str, float]]:
    """Train a model of film reviews by a recipe; return it and what it reached."""
    config = SentimentConfig(**recipe["model"])
    data = load_imdb(num_words=config.num_words, maxlen=recipe["maxlen"])
    model = NumpySentimentModel(config)
    model.fit(data.train, data.validation, **recipe["training"])
    reached: dict[str, float] = {}
    for part in ("validation", "test"):
        loss, accuracy = model.evaluate(getattr(data, part))
        reached |= {f"{part}_loss": round(loss, 4), f"{part}_accuracy": accuracy}
    return model, reached


def _blas() -> str:
    """Name the library that multiplies matrices, and the processor it works for."""
    (blas,) = threadpool_info()[:1]
    return f"{blas['internal_api']} {blas['version']}, {blas.get('architecture')}"


def list_models(folder: Path = FOLDER) -> None:
    """Print each model, and what it reached."""
    for name in RECIPES:
        reached = describe_model(name, folder)["reached"]
        print(f"{name:10}test accuracy {reached['test_accuracy']:.4f}")
