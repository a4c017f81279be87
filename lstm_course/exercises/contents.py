"""Which exercises there are: a lesson's number, and its exercises with their levels.

An exercise itself stands in the module of its lesson, ``lesson_04.EXERCISES``.
"""

import difflib
import importlib
from typing import Literal

from lstm_course.exercises.exercise import Exercise

Level = Literal["warm-up", "core", "stretch"]

CONTENTS: dict[int, dict[str, Level]] = {
    4: {
        "gate_settings": "warm-up",
        "lstm_step": "core",
        "repair_the_cell": "core",
        "latch_weights": "stretch",
    },
}
LESSON_OF = {name: lesson for lesson, names in CONTENTS.items() for name in names}


def find_exercise(name: str) -> Exercise:
    """Return an exercise by its name.

    Raises:
        TypeError: the name is no text.
        ValueError: no exercise is called so; the error names those that come close.
    """
    if type(name) is not str:
        raise TypeError(
            f"name is {type(name).__name__}; expected the exercise's name in quotes"
        )
    if name not in LESSON_OF:
        close = difflib.get_close_matches(name, LESSON_OF, n=3) or list(LESSON_OF)
        raise ValueError(f"name is {name!r}; expected {' or '.join(map(repr, close))}")
    module = f"lstm_course.exercises.lesson_{LESSON_OF[name]:02d}"
    exercise: Exercise = importlib.import_module(module).EXERCISES[name]
    return exercise
