"""What the experiments have measured, as it is committed."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "figures" / "measurements"


def read_measurement(name: str) -> dict[str, Any]:
    """Return a measurement: its question, recipe, versions and results.

    ``["results"][case][seed]`` is what one run gave; the seed is a str there, as
    everywhere in JSON, and what was not finite is None.

    Args:
        name: of the experiment, such as "book".

    Raises:
        FileNotFoundError: it was not measured; says how to.
    """
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no measurement {path}; make it: lstm-course experiments {name}"
        )
    measurement: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return measurement
