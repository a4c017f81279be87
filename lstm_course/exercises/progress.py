"""Which exercises a learner has passed: one line for each try, in a file of their own.

A line is only ever added at the end, in one write. So two notebooks may write at a
time, and whatever interrupts it, the lines before stay as they are.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_data_path

from lstm_course.exercises.contents import CONTENTS, LESSON_OF

PROGRESS_VARIABLE = "LSTM_COURSE_PROGRESS"  # another place for the file


class Progress(NamedTuple):
    """What a learner has done on one exercise."""

    tries: int = 0  # up to the first that passed
    passed: str = ""  # the day, as in 2026-11-22; empty while it is not passed


def progress_file() -> Path:
    """Return where the learner's progress is kept."""
    given = os.environ.get(PROGRESS_VARIABLE)
    return Path(given) if given else user_data_path("lstm_course") / "progress.jsonl"


def record(name: str, *, passed: bool) -> None:
    """Add a try.

    Raises:
        OSError: it cannot be written.
    """
    path = progress_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    entry = {"exercise": name, "passed": passed, "day": date.today().isoformat()}
    # It begins with a new line, in case the line before was cut off.
    line = f"\n{json.dumps(entry)}\n".encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


def read_progress() -> dict[str, Progress]:
    """Return the progress on each exercise of the course, in the course's order.

    Raises:
        OSError: the file is there, but cannot be read; says so in a sentence.
    """
    progress = dict.fromkeys(LESSON_OF, Progress())
    lines: list[bytes] = []
    with _told("read"), suppress(FileNotFoundError, NotADirectoryError):
        lines = progress_file().read_bytes().splitlines()
    for line in lines:
        try:
            entry = json.loads(line)
            name, passed, day = entry["exercise"], entry["passed"], entry["day"]
            tries, before = progress[name]
        except (ValueError, TypeError, KeyError):  # empty, or cut off, or unknown
            continue
        if not before:
            progress[name] = Progress(tries + 1, day if passed else "")
    return progress


def erase_progress() -> None:
    """Forget every try.

    Raises:
        OSError: the file cannot be erased; says so in a sentence.
    """
    with _told("erased"):
        progress_file().unlink(missing_ok=True)


@contextmanager
def _told(done: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        path = progress_file()
        why = "it is a folder" if path.is_dir() else error.strerror
        raise OSError(
            f"The file of your progress, {path}, cannot be {done}: {why}."
        ) from error


def progress_as_json(learner: str | None = None) -> str:
    """Return the progress as one line of JSON, for a teacher to give feedback on.

    Not for grades: it is the learner's own file, which anybody can edit. Its keys:
    learner, passed, exercises (how many there are), and lessons: for each, its
    exercises with tries and the day on which it was passed, or null.

    Raises:
        OSError: the progress cannot be read; says so in a sentence.
    """
    progress = read_progress()

    def told(name: str) -> dict[str, int | str | None]:
        tries, passed = progress[name]
        return {"tries": tries, "passed": passed or None}

    return json.dumps(
        {
            "learner": learner,
            "passed": sum(bool(one.passed) for one in progress.values()),
            "exercises": len(progress),
            "lessons": {
                f"{lesson:02d}": {name: told(name) for name in names}
                for lesson, names in CONTENTS.items()
            },
        }
    )


def show_progress(*lessons: int) -> None:
    """Print which exercises are passed, of these lessons or of all.

    Raises:
        ValueError: there is no such lesson, or it has no exercises.
    """
    for lesson in lessons:
        if lesson not in [*CONTENTS]:
            raise ValueError(f"lesson is {lesson!r}; expected one of {[*CONTENTS]}")
    try:
        progress = read_progress()
    except OSError as error:
        print(error)
        return
    for lesson in lessons or CONTENTS:
        names = CONTENTS[lesson]
        count = sum(bool(progress[name].passed) for name in names)
        print(f"Lesson {lesson:02d}: {count} of {len(names)} exercises passed")
        for name, level in names.items():
            sign = "✓" if progress[name].passed else "○"
            print(f"  {sign} {name:28} {level}")
