"""Trained models that lessons look into: small files, the same on every machine.

A training ends with slightly different weights on each kind of processor, so what a
lesson says about one model's words and units would not hold for a new training.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from lstm_course.system.paths import FIGURES
from lstm_course.training.engine import NumpySentimentModel
from lstm_course.training.language import LanguageModel, load_language_model

FOLDER = FIGURES / "models"


def read_model(name: str, folder: Path = FOLDER) -> NumpySentimentModel:
    """Return a model of reviews as it was trained once, by ``lstm-course models NAME``.

    Args:
        name: of the model, such as "reader".
        folder: where NAME.npz is, and NAME.json, which says how it was made.

    Raises:
        FileNotFoundError: there is no such model; says how to make it.
        ValueError: the file is not the one that NAME.json describes.
    """
    return NumpySentimentModel.load(_intact(name, folder))


def read_writer(name: str = "writer", folder: Path = FOLDER) -> LanguageModel:
    """Return a language model as it was trained once, by ``lstm-course models NAME``.

    Args:
        name: of the model.
        folder: where NAME.npz is, and NAME.json, which says how it was made.

    Raises:
        FileNotFoundError: there is no such model; says how to make it.
        ValueError: the file is not the one that NAME.json describes.
    """
    return load_language_model(_intact(name, folder))


def _intact(name: str, folder: Path) -> Path:
    """Return the file of a model, once its SHA-256 was found to match."""
    path = folder / f"{name}.npz"
    try:
        path.stat()
    except FileNotFoundError as error:  # a page knows by it what to fetch
        raise FileNotFoundError(
            f"there is no model {path}; make it: lstm-course models {name}"
        ) from error
    if sha256(path) != describe_model(name, folder)["sha256"]:
        raise ValueError(
            f"{path} was changed since it was made (its SHA-256 is not the one in "
            f"{name}.json); make it again: lstm-course models {name}"
        )
    return path


def describe_model(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Return how a model was made: recipe, versions, what it reached, SHA-256.

    Raises:
        FileNotFoundError: there is no such description.
        ValueError: the file holds something else.
    """
    path = folder / f"{name}.json"
    try:
        description: dict[str, Any] = json.loads(path.read_text("utf-8"))
        description["recipe"], description["sha256"]
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{path} does not describe a model: {error!r}") from error
    return description


def sha256(path: Path) -> str:
    """Return a file's SHA-256, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
