"""``class``: what a class has passed, which mistakes it makes, what to repeat.

It reads the lines that learners handed in, and writes only the files it is asked for.
"""

import csv
import io
import re
import sys
import textwrap
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lstm_course.commands.handed_in import NotCounted, Report, holds_report, read_folder
from lstm_course.exercises.common_mistakes import MISTAKES
from lstm_course.exercises.contents import CONTENTS, LESSON_OF, find_exercise
from lstm_course.exercises.progress import Progress
from lstm_course.system.files import atomic_write

_WIDTH = 80
_MOST_MISTAKES = 10
# To go through again: of at least so many who tried it, so large a share have not
# passed, or needed so many tries. The third failure brings the check's last hint.
_LEAST, _SHARE, _TRIES = 3, 0.5, 3
_FORMULA = tuple("=+-@＝＋－＠")  # what a spreadsheet would compute
_COLUMNS = ("learner", "lesson", "exercise", "level", "tries", "passed", "mistakes")


class ClassError(Exception):
    """Why there is nothing to show, or where it cannot be written, in words."""


class Learner(NamedTuple):
    """One of the class, by the name that is shown."""

    name: str
    exercises: dict[str, Progress]


def show_class(
    folder: Path,
    *,
    csv_file: Path | None = None,
    picture: Path | None = None,
    short_names: bool = False,
) -> int:
    """Print what a class has done, by the reports in a folder; return 0 if all count.

    Args:
        folder: a file for each learner, with what ``report`` printed.
        csv_file: gets a row for each learner and exercise.
        picture: gets the exercises passed by learner and lesson, as PNG.
        short_names: shows initials for names, and numbers for files.

    Raises:
        ClassError: there is no file in the folder, or one to be written cannot be.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # it may lack letters of a name
    to_write = [path for path in (csv_file, picture) if path is not None]
    _check_free(to_write)
    reports, out = read_folder(folder, date.today(), but=to_write)
    if not reports and not out:
        raise ClassError(f"There is no file in {folder}; expected one a learner.")
    learners = _learners(reports, short_names=short_names)
    _show_head(reports, out, short_names=short_names)
    if learners:
        _show_passed(learners)
        _show_mistakes(learners)
        _show_what_to_repeat(learners)
    _show_not_counted(reports, out, short_names=short_names)
    if learners and to_write:
        contents = {csv_file: _as_csv(learners)} if csv_file else {}
        if picture:
            contents[picture] = _as_picture(learners)
        _write(contents)
    elif to_write:
        print("Nothing counts, and nothing was written.")
    return 1 if out else 0


def _check_free(paths: Sequence[Path]) -> None:
    if len({path.resolve() for path in paths}) < len(paths):
        raise ClassError(f"{paths[0]} cannot be both table and picture.")
    for path in paths:
        if holds_report(path):
            raise ClassError(f"{path} holds a report; name another file to write.")


def _learners(reports: Sequence[Report], *, short_names: bool) -> list[Learner]:
    """Return the class, sorted by the names that are shown."""
    by_name = sorted(reports, key=lambda report: report.learner.casefold())
    names = [_plain(report.learner) for report in by_name]
    if short_names:
        names = _initials(names)
    pairs = zip(names, by_name, strict=True)
    learners = [Learner(name, report.exercises) for name, report in pairs]
    return sorted(learners, key=lambda learner: learner.name.casefold())


def _initials(names: Iterable[str]) -> list[str]:
    """Return the initials of each name, with a number where several share them."""
    words = [re.findall(r"[^\W\d_]+", name) for name in names]
    short = ["".join(f"{word[0].upper()}." for word in some) or "?" for some in words]
    shared = Counter(short)
    met: Counter[str] = Counter()
    unique = []
    for one in short:
        met[one] += 1
        unique.append(f"{one} {met[one]}" if shared[one] > 1 else one)
    return unique


# In the terminal ------------------------------------------------------------------


def _show_head(
    reports: Sequence[Report], out: Sequence[NotCounted], *, short_names: bool
) -> None:
    not_counted = f" Not counted: {len(out)}, listed at the end." if out else ""
    _say(f"Counted: {len(reports)} learner{'s' * (len(reports) != 1)}.{not_counted}")
    if nameless := [report for report in reports if not report.named]:
        files = ", ".join(_plain(report.place) for report in nameless)
        which = "" if short_names else f" {files}"
        _say(
            f"Without a name, so that the file's stands for it: {len(nameless)}.{which}"
        )


def _show_passed(learners: Sequence[Learner]) -> None:
    print("\nExercises passed, by lesson (-: none was tried)\n")
    last_row = "learners who passed all"
    longest = max(
        _columns(name) for name in (last_row, *(one.name for one in learners))
    )
    wide = min(longest + 2, _WIDTH - 3 * len(CONTENTS) - 5)

    def row(name: str, cells: Iterable[object], last: object) -> str:
        return f"{_fit(name, wide)}{''.join(f'{c:>3}' for c in cells)}{last:>5}"

    print(row("", (f"{lesson:02d}" for lesson in CONTENTS), "all"))
    print(row("there are", (len(names) for names in CONTENTS.values()), len(LESSON_OF)))
    for learner in learners:
        counts = _passed(learner)
        cells = ("-" if count is None else count for count in counts)
        print(row(learner.name, cells, sum(count or 0 for count in counts)))
    sizes = [len(names) for names in CONTENTS.values()]
    whole = [
        [count == size for count, size in zip(_passed(one), sizes, strict=True)]
        for one in learners
    ]
    each = (sum(column) for column in zip(*whole, strict=True))
    print(row(last_row, each, sum(all(one) for one in whole)))


def _passed(learner: Learner) -> list[int | None]:
    """Return how many exercises are passed, by lesson; None where none was tried."""
    counts: list[int | None] = []
    for names in CONTENTS.values():
        here = [learner.exercises[name] for name in names]
        tried = any(one.tries for one in here)
        counts.append(sum(bool(one.passed) for one in here) if tried else None)
    return counts


def _show_mistakes(learners: Sequence[Learner]) -> None:
    made: Counter[tuple[str, str]] = Counter()
    for name in LESSON_OF:  # in the course's order, which stays where counts are equal
        for learner in learners:
            made.update((name, each) for each in learner.exercises[name].mistakes)
    if not made:
        return
    print("\nThe most frequent mistakes, by the number of learners who made them\n")
    for (name, mistake), count in made.most_common(_MOST_MISTAKES):
        _say(f"{count:4}  {LESSON_OF[name]:02d} {name}: {_in_words(mistake)}", indent=6)
        if hint := _hint(name, mistake):
            _say(f"      {hint}", indent=6)
    if len(made) > _MOST_MISTAKES:
        print(f"      and {len(made) - _MOST_MISTAKES} others")


def _in_words(mistake: str) -> str:
    """Return a mistake's name without hyphens; what a slip is called has spaces."""
    return mistake if " " in mistake else mistake.replace("-", " ")


def _hint(name: str, mistake: str) -> str:
    """Return what the check says of a mistake; nothing of a slip, which says it all."""
    known = (*find_exercise(name).own_mistakes(MISTAKES), *MISTAKES)
    return next((one.hint for one in known if one.name == mistake), "")


def _show_what_to_repeat(learners: Sequence[Learner]) -> None:
    found = []
    for name in LESSON_OF:
        tried = [one for each in learners if (one := each.exercises[name]).tries]
        not_passed = sum(not one.passed for one in tried)
        late = sum(bool(one.passed) and one.tries >= _TRIES for one in tried)
        if len(tried) >= _LEAST and not_passed + late >= _SHARE * len(tried):
            share = (not_passed + late) / len(tried)
            found.append((share, name, len(tried), not_passed, late))
    print()
    _say(
        "To go through again: half of those who tried it, or more, have not passed, or "
        f"needed {_TRIES} tries or more (of at least {_LEAST} who tried)"
    )
    print()
    if not found:
        print("none")
        return
    print(f"{'':36}{'tried':>7}{'not passed':>14}{f'{_TRIES} tries or more':>18}")
    for _, name, *counts in sorted(found, key=lambda row: -row[0]):
        cells = "{:>7}{:>14}{:>18}".format(*counts)
        print(f"    {LESSON_OF[name]:02d} {name:29}{cells}")


def _show_not_counted(
    reports: Sequence[Report], out: Sequence[NotCounted], *, short_names: bool
) -> None:
    if not out:
        return
    places = sorted([*(one.place for one in reports), *(one.place for one in out)])
    number = {place: f"no. {k}" for k, place in enumerate(places, 1)}

    def shown(place: str) -> str:
        return number[place] if short_names else _plain(place)

    print(f"\nNot counted: {len(out)}\n")
    for place, why, others in out:
        also = f" ({', '.join(map(shown, others))})" if others else ""
        _say(f"  {shown(place)}: {why}{also}", indent=4)
    if short_names:
        print("The numbers follow the files' names; --short-names hides those.")


def _say(text: str, indent: int = 0) -> None:
    """Print in lines that fit, the first as it is, the others indented."""
    rest = " " * indent
    print(textwrap.fill(text, _WIDTH, subsequent_indent=rest, break_on_hyphens=False))


def _plain(text: str) -> str:
    """Return a text that a terminal only prints, whatever a file is called."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _fit(text: str, wide: int) -> str:
    """Return a text cut or filled up to so many columns of a terminal."""
    cut = text
    while _columns(cut) > wide - 1:
        cut = f"{cut.removesuffix('…')[:-1]}…"
    return cut + " " * (wide - _columns(cut))


def _columns(text: str) -> int:
    """Return how many columns a terminal needs: two for a letter of Korean."""
    return sum(
        0
        if unicodedata.combining(letter)
        else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )


# In files -------------------------------------------------------------------------


def _rows(learners: Iterable[Learner]) -> Iterator[tuple[str | int, ...]]:
    for learner in learners:
        for lesson, names in CONTENTS.items():
            for name, level in names.items():
                tries, passed, mistakes = learner.exercises[name]
                told = "; ".join(f"{mistake}: {n}" for mistake, n in mistakes.items())
                texts = _harmless(learner.name), lesson, name, level
                yield *texts, tries, passed, _harmless(told)


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _as_csv(learners: Iterable[Learner]) -> bytes:
    page = io.StringIO()
    writer = csv.writer(page, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_rows(learners))
    return page.getvalue().encode("utf-8-sig")  # so that Excel sees which letters


def _as_picture(learners: Sequence[Learner]) -> bytes:
    from lstm_course.study.plots.classes import passed_by_lesson

    counts = [_passed(learner) for learner in learners]
    figure = passed_by_lesson(
        [learner.name for learner in learners],
        np.array(counts, float),  # None becomes NaN
        {f"{lesson:02d}": len(names) for lesson, names in CONTENTS.items()},
    )
    page = io.BytesIO()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        figure.savefig(page, format="png", dpi=150, metadata={"Software": None})
    if any("missing from font" in str(one.message) for one in told):
        print("\nNo font here has all letters of the names: the picture has boxes.")
    return page.getvalue()


def _write(contents: Mapping[Path, bytes]) -> None:
    print()
    for path, content in contents.items():
        try:
            with atomic_write(path) as file:
                file.write(content)
        except OSError as error:
            raise ClassError(f"{path} cannot be written: {error.strerror}.") from error
        print(f"Written: {path}")
