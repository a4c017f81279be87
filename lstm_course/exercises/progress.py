"""Which exercises a learner has passed: one line for each try, in a file of their own.

A line is only ever added at the end, in one write. So two notebooks may write at a
time, and whatever interrupts it, the lines before stay as they are.
"""

import hashlib
import json
import os
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from platformdirs import user_data_path

from lstm_course.exercises.contents import CONTENTS, LESSON_OF

PROGRESS_VARIABLE = "LSTM_COURSE_PROGRESS"  # another place for the file
REPORT_FORMAT = 2  # another number as soon as another key or meaning comes in


class Progress(NamedTuple):
    """What a learner has done on one exercise."""

    tries: int = 0  # up to the first that passed
    passed: str = ""  # the day, as in 2026-11-22; empty while it is not passed
    # By the name of each mistake that the check recognised: in how many tries.
    mistakes: Mapping[str, int] = {}


def progress_file() -> Path:
    """Return where the learner's progress is kept."""
    given = os.environ.get(PROGRESS_VARIABLE)
    return Path(given) if given else user_data_path("lstm_course") / "progress.jsonl"


def record(name: str, *, passed: bool, mistakes: Iterable[str] = ()) -> None:
    """Add a try.

    Args:
        name: of the exercise.
        passed: whether the answer was right.
        mistakes: the names of those that the check recognised.

    Raises:
        OSError: it cannot be written.
    """
    path = progress_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    entry = {
        "exercise": name,
        "passed": passed,
        "day": date.today().isoformat(),
        "mistakes": list(mistakes),
        "id": secrets.token_hex(8),  # the first one names the whole record
    }
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
    return _progress_in(_read_entries())


def _read_entries() -> list[dict[str, Any]]:
    lines: list[bytes] = []
    with _told("read"), suppress(FileNotFoundError, NotADirectoryError):
        lines = progress_file().read_bytes().splitlines()
    entries = []
    for line in lines:
        with suppress(ValueError):  # empty, or cut off
            if isinstance(entry := json.loads(line), dict):
                entries.append(entry)
    return entries


def _progress_in(entries: list[dict[str, Any]]) -> dict[str, Progress]:
    progress = dict.fromkeys(LESSON_OF, Progress())
    for entry in entries:
        try:
            name, passed, day = entry["exercise"], entry["passed"], entry["day"]
            tries, before, mistakes = progress[name]
            counts = Counter(mistakes)
            counts.update(entry.get("mistakes", []))  # no older entry has them
        except (TypeError, KeyError):  # unknown
            continue
        if not before:
            progress[name] = Progress(tries + 1, day if passed else "", counts)
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

    - format: 2, the number of this list of keys
    - learner: the name that was given, or null
    - day: on which the line was made
    - record: names the learner's file, whoever hands it in; null while nothing is kept
    - passed, exercises: how many were passed, and how many there are
    - lessons: for each, its exercises with tries (up to the first that passed), passed
      (the day, or null) and mistakes: in how many of the tries each was recognised
    - checksum: see there

    Raises:
        OSError: the progress cannot be read; says so in a sentence.
    """
    entries = _read_entries()
    progress = _progress_in(entries)

    def told(name: str) -> dict[str, Any]:
        tries, passed, mistakes = progress[name]
        return {"tries": tries, "passed": passed or None, "mistakes": mistakes}

    content = {
        "format": REPORT_FORMAT,
        "learner": learner,
        "day": date.today().isoformat(),
        "record": next((entry["id"] for entry in entries if "id" in entry), None),
        "passed": sum(bool(one.passed) for one in progress.values()),
        "exercises": len(progress),
        "lessons": {
            f"{lesson:02d}": {name: told(name) for name in names}
            for lesson, names in CONTENTS.items()
        },
    }
    return json.dumps(content | {"checksum": checksum(content)})


def checksum(content: Mapping[str, Any]) -> str:
    """Return 16 hexadecimal digits of the SHA-256 of all that is in a report.

    It tells of a line that was damaged on its way or changed by hand. Whoever computes
    it anew is believed.

    Args:
        content: the report's keys and values; a checksum among them does not count.
    """
    counted = {key: value for key, value in content.items() if key != "checksum"}
    text = json.dumps(counted, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


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
