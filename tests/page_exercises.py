"""Cells that answer every exercise, and what is printed: for a page that runs them.

Each exercise gets its stub, three of the known mistakes of its solution, and then the
solution, as a learner would type them. The texts come of running the cells here.
"""

import importlib
import inspect
import io
import linecache
import os
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest.mock import patch

from lstm_course.checker.exercise import Exercise, Quiz
from lstm_course.exercises.common_mistakes import MISTAKES
from lstm_course.exercises.contents import LESSON_OF, find_exercise
from lstm_course.exercises.progress import PROGRESS_VARIABLE

# The names that a solution's module has, so that it can be typed anywhere.
NAMES = """\
import importlib
found = vars(importlib.import_module({module!r}))
globals().update({{name: found[name] for name in found if name[:2] != "__"}})
from lstm_course import check, quiz
"""


class Cell(NamedTuple):
    """One cell, to be run after those before it in a Python that has just begun."""

    name: str  # of its exercise, and what it answers: "lstm_step: stub"
    code: str
    text: str = ""  # what it prints


def page_exercises() -> list[Cell]:
    """Return the cells of all exercises in the course's order, with their texts."""
    module = importlib.import_module("lstm_course.exercises.check")
    names: dict[str, Any] = {"__name__": "__main__"}
    cells = []
    with (
        TemporaryDirectory() as folder,
        patch.dict(os.environ, {PROGRESS_VARIABLE: str(Path(folder, "p.jsonl"))}),
        patch.object(module, "_failures", type(module._failures)()),
        patch.object(module, "_shown", {}),
    ):
        for number, cell in enumerate(_cells(), start=1):
            file = f"In[{number}]"
            lines = cell.code.splitlines(keepends=True)
            linecache.cache[file] = (len(cell.code), None, lines, file)
            with redirect_stdout(io.StringIO()) as page:
                exec(compile(cell.code, file, "exec"), names)  # noqa: S102 - our own
            cells.append(cell._replace(text=page.getvalue()))
    return cells


def _cells() -> Iterator[Cell]:
    for name in LESSON_OF:
        exercise = find_exercise(name)
        solve = exercise.solution
        source = inspect.getsource(solve)
        head = NAMES.format(module=solve.__module__)
        stub = f"def {solve.__name__}(*arguments): ..."
        if not exercise.cases:
            call = _call(name, exercise, "...")
            yield Cell(f"{name}: stub", f"{head}{call}")
        else:
            call = _call(name, exercise, solve.__name__)
            yield Cell(f"{name}: stub", f"{head}{stub}\n{call}")
        given = f"{solve.__name__}(*draw_numbers(find_exercise({name!r}), 1))"
        if not isinstance(exercise, Quiz):
            given = solve.__name__ if exercise.cases else f"{solve.__name__}()"
        call = _call(name, exercise, given)
        for mistake in exercise.own_mistakes(MISTAKES)[:3]:
            wrong = source.replace(mistake.right, mistake.wrong)
            yield Cell(f"{name}: {mistake.name}", f"{head}{wrong}\n{call}")
        yield Cell(f"{name}: solution", f"{head}{source}\n{call}")


def _call(name: str, exercise: Exercise, answer: str) -> str:
    if not isinstance(exercise, Quiz):
        return f"check({name!r}, {answer})\n"
    return (
        "from lstm_course.checker.draws import draw_numbers\n"
        "from lstm_course.exercises.contents import find_exercise\n"
        f"quiz({name!r}, {answer}, seed=1)\n"
    )
