"""``models``: train the models that lessons look into, and say how each was made."""

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info

from lstm_course.arrays.trees import tree_map
from lstm_course.data.characters import Characters, cut_streams, join_reviews
from lstm_course.data.imdb import load_imdb
from lstm_course.study.stored_models import FOLDER, describe_model, sha256
from lstm_course.system.files import atomic_write
from lstm_course.training.engine import NumpySentimentModel
from lstm_course.training.language import (
    LanguageModel,
    LanguageParams,
    language_bits,
    language_init,
    save_language_model,
    train_language,
    write_text,
)
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
# The model of lesson 14 learns from some of the training reviews: of all, n-grams
# make more than so small a network can in so short a time.
WRITERS: dict[str, dict[str, Any]] = {
    "writer": {
        "reviews": 1500,
        "validation_reviews": 400,
        "characters": 80,
        "model": {"embedding_dim": 32, "units": 320},
        "seed": 1,
        "streams": 32,
        "cycles": [  # each with a rate that rises and falls; weights are rounded after
            {
                "steps": 22_000,
                "length": 32,
                "carried": True,
                "learning_rate": 6e-3,
                "dropout": 0.2,
                "seed": 0,
            },
            {
                "steps": 8_000,
                "length": 64,
                "carried": False,
                "learning_rate": 4e-3,
                "dropout": 0.1,
                "seed": 1,
            },
        ],
        "stages": {
            "after": [0, 30, 100, 300, 1000, 3000, 8000, 22_000, 30_000],
            "prompt": "The story",
            "length": 120,
            "temperature": 0.7,
            "seed": 1,
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
    recipes = RECIPES | WRITERS
    if unknown := [name for name in names if name not in recipes]:
        raise ModelError(
            f"there is no model {unknown[0]!r}; there are: {', '.join(recipes)}"
        )
    for name in names:
        path = folder / f"{name}.npz"
        before = sha256(path) if path.is_file() else None
        reached = _train_into(path, name)
        description = {
            "recipe": recipes[name],
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


def _train_into(path: Path, name: str) -> dict[str, Any]:
    """Train a model by its recipe, and write it; return what it reached."""
    if name in WRITERS:
        writer, reached = train_writer(WRITERS[name])
        save_language_model(writer, path)
        return reached
    reader, scores = train(RECIPES[name])
    reader.save(path)
    return scores


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


def train_writer(recipe: dict[str, Any]) -> tuple[LanguageModel, dict[str, Any]]:
    """Train a language model by a recipe; return it, its bits and its stages.

    Its weights are those that its file holds: float16, in which it was judged, too.
    """
    data = load_imdb()
    parts = {
        "training": (data.train, recipe["reviews"]),
        "validation": (data.validation, recipe["validation_reviews"]),
        "test": (data.test, None),
    }
    text = {
        part: join_reviews([*split.texts][:count])  # type: ignore[misc]
        for part, (split, count) in parts.items()
    }
    characters = Characters.build(text["training"], recipe["characters"])

    def bits(params: LanguageParams, part: str) -> float:
        streams = cut_streams(characters.encode(text[part]), 64)
        return round(float(language_bits(streams, params).mean()), 4)

    how = recipe["stages"]
    stages = []

    def look(params: LanguageParams, step: int) -> None:
        if step in how["after"]:
            model = LanguageModel(characters, params)
            options = {"temperature": how["temperature"], "seed": how["seed"]}
            written = write_text(model, how["prompt"], how["length"], **options)
            reached = {"step": step, "validation_bits": bits(params, "validation")}
            stages.append(reached | {"text": written})

    rng = np.random.default_rng(recipe["seed"])
    params = language_init(rng, len(characters), **recipe["model"])
    look(params, 0)
    streams = cut_streams(characters.encode(text["training"]), recipe["streams"])
    step = 0
    for cycle in recipe["cycles"]:
        end = step + cycle["steps"]
        for taken in train_language(params, streams, **cycle):
            params, step = taken.params, step + 1
            if step < end:
                look(params, step)
        unrounded = bits(params, "validation")
        params = tree_map(lambda w: w.astype(np.float16).astype(np.float32), params)
        look(params, step)
    reached = {f"{part}_bits": bits(params, part) for part in ("validation", "test")}
    return LanguageModel(characters, params), {
        **reached,
        "validation_bits_in_float32": unrounded,
        "stages": stages,
    }


def _blas() -> str:
    """Name the library that multiplies matrices, and the processor it works for."""
    (blas,) = threadpool_info()[:1]
    return f"{blas['internal_api']} {blas['version']}, {blas.get('architecture')}"


def list_models(folder: Path = FOLDER) -> None:
    """Print each model, and what it reached."""
    for name in RECIPES:
        reached = describe_model(name, folder)["reached"]
        print(f"{name:10}test accuracy {reached['test_accuracy']:.4f}")
    for name in WRITERS:
        reached = describe_model(name, folder)["reached"]
        print(f"{name:10}test {reached['test_bits']:.4f} bits a character")
