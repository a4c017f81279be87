"""What was measured, as it is committed, with the seal that shows a later change.

A seal is no lock: whoever can run this module can make a new one. It shows numbers
that were altered by themselves, in the file or together with the recipe in the code.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.system.paths import FIGURES

FOLDER = FIGURES / "measurements"


class MeasurementError(ValueError):
    """Why a file is no measurement to build on, in words for the reader."""


def read_measurement(name: str) -> dict[str, Any]:
    """Return a measurement: its question, recipe, versions and results.

    ``["results"][case][seed]`` is what one run gave; the seed is a str there, as
    everywhere in JSON, and what was not finite is None.

    Args:
        name: of the experiment, such as "book".

    Raises:
        FileNotFoundError: it was not measured; says how to.
        MeasurementError: the file is cut short, or was changed after the measurement.
    """
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no measurement {path}; make it: lstm-course experiments {name}"
        )
    return read_sealed(path, anew=f"lstm-course experiments {name} --again")


def over_seeds(measurement: Mapping[str, Any], case: str, key: str) -> Array:
    """Return what each seed's run gave: (seeds,), or (seeds, X) of X numbers each.

    Args:
        measurement: as `read_measurement` returns it.
        case: which case of it.
        key: of a number, or of a list that is as long in each run. What was not finite
            is NaN.
    """
    runs = measurement["results"][case].values()
    return np.array([run[key] for run in runs], np.float64)


def spread(values: Array, form: str) -> str:
    """Return the median of values and their range, as "2 (1 to 5)".

    Args:
        values: (N,).
        form: how to write each, as in an f-string: ".0e".
    """
    low, middle, high = np.min(values), np.median(values), np.max(values)
    return f"{middle:{form}} ({low:{form}} to {high:{form}})"


def read_sealed(path: Path, *, anew: str) -> dict[str, Any]:
    """Return what a file of measurements holds, once its seal was found to match.

    Args:
        path: the file.
        anew: the command that measures it again, for the error.

    Raises:
        FileNotFoundError: there is none.
        MeasurementError: it holds no JSON object with a seal, or other numbers than
            those that were sealed.
    """
    instead = f"Restore the file, or measure anew: {anew}"
    try:
        document = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise MeasurementError(
            f"{path} is not whole: expected a JSON object, and reading it ends with "
            f"{str(error) or type(error).__name__!r}. {instead}"
        ) from None
    if not isinstance(document, dict) or "seal" not in document:
        raise MeasurementError(
            f"{path} is no measurement: expected a JSON object with a seal. {instead}"
        )
    if document["seal"] != seal(document):
        raise MeasurementError(
            f"{path} was changed by hand: what it holds does not match the seal that "
            f"it got when it was measured. {instead}"
        )
    return document


def seal(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a measurement: of all it holds but the question's words.

    Layout and the seal itself don't count; the order of the keys does.
    """
    numbers = {
        key: value for key, value in document.items() if key not in ("question", "seal")
    }
    return hashlib.sha256(json.dumps(numbers).encode()).hexdigest()
