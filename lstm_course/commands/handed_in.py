"""Read the lines that ``report`` printed for learners, and sort out what cannot count.

It finds accidents and simple edits. Whoever computes a checksum anew is believed.
"""

import codecs
import html
import json
import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from lstm_course.exercises.contents import LESSON_OF
from lstm_course.exercises.progress import REPORT_FORMAT, Progress, checksum

BEGAN = date(2026, 11, 22)  # before this day there was no exercise to pass
_LARGEST = 1_000_000  # bytes of a file that may hold a report
_LONGEST = 300  # characters of a name, of a learner or a mistake
_BEGIN = re.compile(r'\{\s*"(?:format|learner)"\s*:')
_NOT_QUOTED = re.compile("tries[“”„]")  # as JSON is


class ReportError(Exception):
    """Why a line does not count, in words for the lecturer."""


class Report(NamedTuple):
    """What one learner handed in."""

    place: str  # the file, and which of its reports where there are several
    learner: str  # the place where no name was given
    named: bool  # whether one was given
    day: str  # on which it was made
    record: str | None  # names the learner's own file
    checksum: str
    exercises: dict[str, Progress]

    @property
    def newness(self) -> tuple[str, int, int]:
        """What is the larger, the later a report of the same record was made."""
        tries = sum(one.tries for one in self.exercises.values())
        return self.day, tries, sum(bool(one.passed) for one in self.exercises.values())


class NotCounted(NamedTuple):
    """A report, or a file without one, that does not count."""

    place: str
    why: str
    others: tuple[str, ...] = ()  # where the reports are that it doubles


def read_folder(
    folder: Path, today: date, *, but: Collection[Path] = ()
) -> tuple[list[Report], list[NotCounted]]:
    """Return the reports in a folder and below it that count, and what does not.

    Hidden files, whose names begin with a dot, are left alone.

    Args:
        folder: with a file for each learner.
        today: no report may be from later than tomorrow.
        but: files that are left alone, too.
    """
    others = {path.resolve() for path in but}
    reports: list[Report] = []
    out: list[NotCounted] = []
    unreadable: list[OSError] = []
    for inside in sorted(_files_in(folder, unreadable)):
        if (folder / inside).resolve() in others:
            continue
        try:
            found = list(_found_in(_text_of(folder / inside)))
        except ReportError as error:
            out.append(NotCounted(inside.as_posix(), str(error)))
            continue
        for number, content in enumerate(found, 1):
            part = f", report {number}" if len(found) > 1 else ""
            place = f"{inside.as_posix()}{part}"
            try:
                reports.append(_understood(content, place, today))
            except ReportError as error:
                out.append(NotCounted(place, str(error)))
            except RecursionError:
                out.append(NotCounted(place, "damaged: its brackets have no end"))
    for refusal in unreadable:
        place = Path(refusal.filename).relative_to(folder).as_posix()
        out.append(NotCounted(place, f"the folder cannot be read: {refusal.strerror}"))
    counted, doubled = _without_doubles(reports)
    return counted, sorted([*out, *doubled])


def _files_in(folder: Path, unreadable: list[OSError]) -> Iterator[Path]:
    for here, folders, names in os.walk(folder, onerror=unreadable.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith("."):
                yield (Path(here) / name).relative_to(folder)


def holds_report(path: Path) -> bool:
    """Tell whether there is a file, and a report in it."""
    try:
        return any(_found_in(_text_of(path)))
    except ReportError:
        return False


# A file's text, and the reports in it ---------------------------------------------


def _text_of(path: Path) -> str:
    if not path.is_file():
        raise ReportError("no report: a link to nowhere, or a device")
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise ReportError(f"cannot be read: {error.strerror}") from None
    if len(content) > _LARGEST:
        raise ReportError(f"no report: larger than {_LARGEST:,} bytes")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")  # PowerShell's >
    # A report is ASCII; what a mail has around it may be anything.
    text = content.decode("utf-8-sig", errors="replace")
    # Moodle keeps as HTML what was pasted into its field.
    return html.unescape(text) if path.suffix.lower() in {".html", ".htm"} else text


def _found_in(text: str) -> Iterator[dict[str, Any] | str]:
    """Yield the content of each report, or why it cannot be read.

    Raises:
        ReportError: there is none.
    """
    decoder = json.JSONDecoder()
    at = 0
    while begin := _BEGIN.search(text, at):
        try:
            content, at = decoder.raw_decode(text, begin.start())
            yield content
        except (ValueError, RecursionError) as error:
            at = begin.end()
            yield f"cut off or changed: {getattr(error, 'msg', 'it has no end')}"
    if at:
        return
    if _NOT_QUOTED.search(text):
        raise ReportError("damaged: a program has changed its quotation marks")
    if '"tries":' in text:
        raise ReportError("damaged: its beginning is missing")
    if not text.strip():
        raise ReportError("no report: it is empty")
    raise ReportError("no report: nothing in it was printed by `lstm-course report`")


# What a report says ---------------------------------------------------------------


def _understood(content: dict[str, Any] | str, place: str, today: date) -> Report:
    """Return what a report says.

    Args:
        content: of the report; or why there is none.
        place: where it was found; stands for the learner's name if it has none.
        today: no day may be later than tomorrow.

    Raises:
        ReportError: it cannot be so.
    """
    if isinstance(content, str):
        raise ReportError(f"damaged: {content}")
    if content.get("format") != REPORT_FORMAT:
        raise ReportError(
            "from another edition of the course: its format is "
            f"{_shown(content.get('format'))}, not {REPORT_FORMAT}; ask for a new one"
        )
    as_printed = content.get("checksum") == checksum(content)
    try:
        day = _day(content.get("day"), "day", today)
        learner = _learner(content.get("learner"))
        record = _record(content.get("record"))
        exercises = dict(_exercises(content.get("lessons"), min(today, day)))
        _check_sums(content, exercises)
    except ReportError as error:
        also = "" if as_printed else "; and its checksum does not match"
        raise ReportError(f"damaged: {error}{also}") from None
    if not as_printed:
        raise ReportError(
            "forged, or damaged on its way: its checksum does not match its content"
        )
    return Report(
        place=place,
        learner=learner or place,
        named=bool(learner),
        day=day.isoformat(),
        record=record,
        checksum=content["checksum"],
        exercises=exercises,
    )


def _exercises(lessons: Any, latest: date) -> Iterator[tuple[str, Progress]]:
    if not isinstance(lessons, dict):
        raise ReportError(f"lessons is {_shown(lessons)}; expected an object")
    told: dict[str, Any] = {}
    for lesson, exercises in lessons.items():
        if not isinstance(exercises, dict):
            raise ReportError(f"lesson {_shown(lesson)} is {_shown(exercises)}")
        for name, one in exercises.items():
            if name not in LESSON_OF or f"{LESSON_OF[name]:02d}" != lesson:
                raise ReportError(
                    f"there is no exercise {_shown(name)} in lesson {_shown(lesson)}"
                )
            told[name] = one
    for name in LESSON_OF:  # in the course's order
        if name not in told:
            raise ReportError(f"the exercise {name} is missing")
        yield name, _progress(name, told[name], latest)


def _progress(name: str, one: Any, latest: date) -> Progress:
    expected = {"tries", "passed", "mistakes"}
    if not isinstance(one, dict) or one.keys() != expected:
        raise ReportError(f"{name} is {_shown(one)}; expected tries, passed, mistakes")
    tries, passed, mistakes = one["tries"], one["passed"], one["mistakes"]
    if type(tries) is not int or tries < 0:
        raise ReportError(f"{name}: tries is {_shown(tries)}")
    if passed is not None:
        _day(passed, f"{name}: passed", latest)
        if not tries:
            raise ReportError(f"{name}: passed without a try")
    if not isinstance(mistakes, dict):
        raise ReportError(f"{name}: mistakes is {_shown(mistakes)}")
    failed = tries - (passed is not None)
    for mistake, times in mistakes.items():
        if not _is_text(mistake):
            raise ReportError(f"{name}: a mistake is called {_shown(mistake)}")
        if type(times) is not int or not 0 < times <= failed:
            raise ReportError(
                f"{name}: a mistake was made {_shown(times)} times in {failed} tries "
                "that failed"
            )
    return Progress(tries, passed or "", mistakes)


def _check_sums(content: dict[str, Any], exercises: dict[str, Progress]) -> None:
    passed = sum(bool(one.passed) for one in exercises.values())
    for key, count in (("passed", passed), ("exercises", len(exercises))):
        if type(content.get(key)) is not int or content[key] != count:
            raise ReportError(f"{key} is {_shown(content.get(key))}; counted: {count}")


def _day(text: Any, what: str, latest: date) -> date:
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        day = None
    if day is None or day.isoformat() != text:
        raise ReportError(f"{what} is {_shown(text)}, no day")
    if day < BEGAN:
        raise ReportError(f"{what} is {day}, before there was a course ({BEGAN})")
    if day > latest + timedelta(days=1):  # farther east it is tomorrow already
        raise ReportError(f"{what} is {day}, later than {latest}")
    return day


def _learner(name: Any) -> str:
    """Return a learner's name on one line; empty where there is none."""
    if name is None:
        return ""
    if not isinstance(name, str) or len(name) > _LONGEST:
        raise ReportError(f"learner is no name of at most {_LONGEST} characters")
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    return "".join(letter for letter in plain if letter.isprintable()).strip()


def _record(name: Any) -> str | None:
    if name is not None and not _is_text(name):
        raise ReportError(f"record is {_shown(name)}, no name")
    return name  # type: ignore[no-any-return]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable() and 0 < len(value) <= _LONGEST


def _shown(value: Any) -> str:
    """Return a value as JSON, in short."""
    text = "missing" if value is None else json.dumps(value)
    return text if len(text) <= 40 else f"{text[:38]} …"


# What was handed in twice ---------------------------------------------------------


def _without_doubles(
    reports: list[Report],
) -> tuple[list[Report], list[NotCounted]]:
    """Return the reports that count, and those that are there twice, with why.

    Of one learner's reports of one record the newest counts. Where a learner has two
    records, or two learners have the same, nobody can tell which is right: none does.
    """
    counted: list[Report] = []
    out: list[NotCounted] = []
    for same in _grouped(reports, _learner_of):
        if len({_record_of(report) for report in same} - {None}) > 1:
            out += _all_out(same, "doubled: the same learner, with another record")
            continue
        newest = max(same, key=lambda report: report.newness)
        counted.append(newest)
        for report in same:
            if report is not newest:
                alike = report.checksum == newest.checksum
                which = "the same line" if alike else "a newer report by the same"
                why = f"doubled: {which} counts"
                out.append(NotCounted(report.place, why, (newest.place,)))
    for same in _grouped(counted, _record_of):
        if len(same) > 1:
            out += _all_out(same, "doubled: the same record, under another name")
    places = {one.place for one in out}
    return [report for report in reports if report.place not in places], out


def _grouped(
    reports: list[Report], side: Callable[[Report], str | None]
) -> list[list[Report]]:
    groups: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        if (key := side(report)) is not None:
            groups[key].append(report)
    return list(groups.values())


def _all_out(same: list[Report], why: str) -> Iterator[NotCounted]:
    for report in same:
        others = tuple(other.place for other in same if other is not report)
        yield NotCounted(report.place, why, others)


def _learner_of(report: Report) -> str:
    """Return what two spellings of a learner's name have in common."""
    return report.learner.casefold() if report.named else f"in {report.place}"


def _record_of(report: Report) -> str | None:
    """Return what two reports of one record have in common; None of an empty one."""
    if report.record is not None:
        return report.record
    begun = any(one.tries for one in report.exercises.values())
    return repr(report.exercises) if begun else None  # before records had names
