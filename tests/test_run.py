"""`run`: what it executes, where, and what it tells of a failure."""

import contextlib
import io
import sys
from pathlib import Path

import psutil
import pytest

from lstm_course.commands.run import LessonError, find_lessons, read, run_lessons

pytestmark = pytest.mark.slow

BROKEN = "denominator = 0\nprint('before')\n1 / denominator"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, write_notebook):
    folder = tmp_path_factory.mktemp("course") / "notebooks"
    write_notebook(
        folder / "00_place.ipynb",
        "# A kernel of this Python, in the lesson's folder",
        "import sys\nfrom pathlib import Path",
        f"assert sys.executable == {sys.executable!r}",
        f"assert Path.cwd() == Path({str(folder)!r}).resolve()",
    )
    write_notebook(folder / "01_broken.ipynb", "# Title", "x = 1", BROKEN, "1 / 0")
    write_notebook(folder / "02_slow.ipynb", "import time", "time.sleep(60)")
    write_notebook(folder / "03_dead.ipynb", "import os", "os._exit(1)")
    write_notebook(folder / "solutions" / "01_solved.ipynb", "1 / 0")
    (folder / "04_torn.ipynb").write_text('{"cells": [')

    raising = folder / "05_raising.ipynb"
    notebook = write_notebook(raising, "1 / 0", "assert True")
    notebook.cells[0].metadata.tags = ["raises-exception"]
    notebook.metadata.kernelspec = {"name": "elsewhere", "display_name": "Elsewhere"}
    import nbformat

    nbformat.write(notebook, raising)
    return folder


@pytest.fixture(scope="module")
def result(folder):
    """The exit code and the lines printed by one run of all lessons."""
    before = {path: path.read_bytes() for path in folder.rglob("*.ipynb")}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = run_lessons(folder=folder, cell_seconds=4)
    assert before == {path: path.read_bytes() for path in folder.rglob("*.ipynb")}
    children = psutil.Process().children(recursive=True)
    assert not [child for child in children if "ipykernel_launcher" in child.cmdline()]
    return code, printed.getvalue()


def report_on(lesson, printed):
    """What was printed from a lesson's name to the next lesson's."""
    start = printed.index(lesson)
    ends = [printed.find(f"\n0{number}_", start) for number in range(6)]
    return printed[start : min((end for end in ends if end > 0), default=None)]


def test_a_failure_does_not_stop_the_rest_but_is_in_the_exit_code(result):
    code, printed = result
    assert code == 1
    names = [line.split()[0] for line in printed.splitlines() if line[:1] == "0"]
    assert names == [
        "00_place",
        "01_broken",
        "02_slow",
        "03_dead",
        "04_torn",
        "05_raising",
    ]


@pytest.mark.parametrize("lesson", ["00_place", "05_raising"], ids=str)
def test_a_lesson_that_passes_has_a_time(result, lesson):
    assert report_on(lesson, result[1]).strip().endswith(" s")


def test_a_failing_cell_is_shown_with_its_number_source_and_error(result):
    report = report_on("01_broken", result[1])
    assert "FAILED" in report
    assert "[2]" in report
    for line in BROKEN.splitlines():
        assert f"    {line}\n" in report
    assert "ZeroDivisionError: division by zero" in report
    assert "\x1b" not in report


def test_a_cell_that_takes_too_long_or_kills_the_kernel_is_named(result):
    assert "longer than 4 s" in report_on("02_slow", result[1])
    assert "time.sleep(60)" in report_on("02_slow", result[1])
    assert "kernel died" in report_on("03_dead", result[1])
    assert "os._exit(1)" in report_on("03_dead", result[1])


def test_a_file_that_is_no_notebook_is_reported(result):
    assert "can't be read as a notebook" in report_on("04_torn", result[1])


CELL_OF_NOTHING = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}]}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        '"text"',
        '{"nbformat": 4}',
        '{"nbformat": 99}',
        '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 3}',
        CELL_OF_NOTHING,
        "[" * 100_000,
    ],
    ids=lambda text: text[:20],
)
def test_json_that_is_no_notebook_is_refused_in_a_line(tmp_path, capsys, text):
    path = tmp_path / "x.ipynb"
    path.write_text(text)
    with pytest.raises(LessonError, match=r"^can't be read as a notebook: .+$"):
        read(path)
    assert run_lessons([str(path)]) == 1
    name, reason = capsys.readouterr().out.split("  FAILED  ")
    assert name == path.resolve().with_suffix("").as_posix()
    assert reason.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("1", "01_broken"),
        ("01", "01_broken"),
        ("01_broken", "01_broken"),
        ("01_broken.ipynb", "01_broken"),
        ("solutions/01_solved", "solutions/01_solved"),
    ],
)
def test_a_lesson_is_found_by_number_and_by_name(folder, name, found):
    lessons = find_lessons([name], folder, subfolders=False)
    assert lessons == [folder / f"{found}.ipynb"]


def test_a_lesson_is_found_by_path(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    path = Path("notebooks") / "02_slow.ipynb"
    lessons = find_lessons([str(path)], folder, subfolders=False)
    assert [lesson.resolve() for lesson in lessons] == [folder.resolve() / path.name]


def test_no_names_mean_all_in_order(folder):
    own = find_lessons([], folder, subfolders=False)
    assert [path.name[:2] for path in own] == ["00", "01", "02", "03", "04", "05"]
    everything = find_lessons([], folder, subfolders=True)
    assert set(everything) - set(own) == {folder / "solutions" / "01_solved.ipynb"}


@pytest.mark.parametrize("name", ["7", "broken", "01_brok", "", "nowhere/x.ipynb"])
def test_an_unknown_name_is_refused_with_those_there_are(folder, name):
    with pytest.raises(LessonError) as error:
        find_lessons(["00", name], folder, subfolders=False)
    assert repr(name) in str(error.value)
    assert "00_place" in str(error.value)
    assert "solutions/01_solved" in str(error.value)


def test_an_unknown_name_runs_nothing(folder, capsys):
    assert run_lessons(["00", "77"], folder=folder) == 2
    assert "no lesson '77'" in capsys.readouterr().out


def test_without_a_checkout_the_error_says_what_is_missing(tmp_path, capsys):
    assert run_lessons(folder=tmp_path / "notebooks") == 2
    assert f"no lessons in {tmp_path / 'notebooks'}" in capsys.readouterr().out
