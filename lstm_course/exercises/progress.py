"""Which exercises a learner has passed: one line for each try, in a file of their own.

A line is only ever added at the end, in one write. So two notebooks may write at a
time, and whatever interrupts it, the lines before stay as they are.
"""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

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
    for name, passed, day in _entries():
        tries, before = progress[name]
        if not before:
            progress[name] = Progress(tries + 1, day if passed else "")
    return progress


def _entries() -> list[tuple[str, bool, str]]:
    try:
        lines = progress_file().read_bytes().splitlines()
    except (FileNotFoundError, NotADirectoryError):  # nothing was tried so far
        return []
    except OSError as error:
        raise _in_words("read", error) from error
    entries = []
    for line in lines:
        try:
            entry: Any = json.loads(line)
            name, passed, day = entry["exercise"], entry["passed"], entry["day"]
        except (ValueError, TypeError, KeyError, RecursionError):  # empty, or cut off
            continue
        if type(name) is type(day) is str and name in LESSON_OF:
            entries.append((name, passed is True, day))
    return entries


def erase_progress() -> None:
    """Forget every try.

    Raises:
        OSError: the file cannot be erased; says so in a sentence.
    """
    try:
        progress_file().unlink(missing_ok=True)
    except OSError as error:
        raise _in_words("erased", error) from error


def _in_words(done: str, error: OSError) -> OSError:
    path = progress_file()
    why = "it is a folder" if path.is_dir() else error.strerror
    return OSError(f"The file of your progress, {path}, cannot be {done}: {why}.")


def report(learner: str | None = None) -> str:
    """Return the progress as one line of JSON.

    Its keys: learner, passed, exercises (how many there are), and lessons: for each,
    its exercises with tries and the day on which it was passed, or null.

    Raises:
        OSError: the progress cannot be read; says so in a sentence.
    """
    progress = read_progress()
    lessons = {
        f"{lesson:02d}": {
            name: {
                "tries": progress[name].tries,
                "passed": progress[name].passed or None,
            }
            for name in names
        }
        for lesson, names in CONTENTS.items()
    }
    passed = sum(bool(one.passed) for one in progress.values())
    counts = {"passed": passed, "exercises": len(progress)}
    return json.dumps({"learner": learner, **counts, "lessons": lessons})


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
