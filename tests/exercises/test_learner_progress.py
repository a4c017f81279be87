"""The learner's own record: what is kept, what survives, what is told."""

import hashlib
import json
import multiprocessing
import re
from datetime import date

import numpy as np
import pytest
from typer.testing import CliRunner

import lstm_course
from lstm_course.checker.slips import slips_in
from lstm_course.cli import app
from lstm_course.exercises import check as check_module
from lstm_course.exercises import progress
from lstm_course.exercises.check import check, quiz
from lstm_course.exercises.contents import CONTENTS, LESSON_OF, find_exercise
from lstm_course.exercises.progress import (
    PROGRESS_VARIABLE,
    Progress,
    checksum,
    erase_progress,
    progress_as_json,
    read_progress,
    record,
    show_progress,
)

TODAY = date.today().isoformat()


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    """A learner's file, which is not there at first, nor the folder it goes to."""
    path = tmp_path / "of the learner" / "progress.jsonl"
    monkeypatch.setenv(PROGRESS_VARIABLE, str(path))
    return path


def test_without_a_variable_it_is_the_users_own(monkeypatch):
    monkeypatch.delenv(PROGRESS_VARIABLE)
    path = progress.progress_file()
    assert path.name == "progress.jsonl"
    assert path.parent.name == "lstm_course"
    assert path.is_absolute()


def test_nothing_was_tried_at_first(file):
    assert read_progress() == dict.fromkeys(LESSON_OF, Progress(0, ""))
    assert not file.exists(), "reading leaves nothing behind"


def test_tries_count_up_to_the_first_that_passes():
    for passed in (False, False, True, True, False):
        record("lstm_step", passed=passed)
    record("gate_settings", passed=False)
    found = read_progress()
    assert found["lstm_step"] == Progress(3, TODAY)
    assert found["gate_settings"] == Progress(1, "")
    assert found["latch_weights"] == Progress(0, "")
    assert list(found) == list(LESSON_OF)


def test_an_entry_of_an_older_edition_is_read(file):
    file.parent.mkdir()
    file.write_text('{"exercise": "lstm_step", "passed": false, "day": "2026-11-22"}\n')
    record("lstm_step", passed=False, mistakes=["lstm-bias-dropped"])
    record("lstm_step", passed=True)
    expected = Progress(3, TODAY, {"lstm-bias-dropped": 1})
    assert read_progress()["lstm_step"] == expected


# The mistakes ---------------------------------------------------------------------


def upside_down(x_t, state, params):
    _, gates = lstm_course.lstm_step(x_t, state, params)
    c = (1 - gates.f) * state.c + gates.i * gates.g
    return gates.o * np.tanh(c), c


def shown_as_it_is(x_t, state, params):
    after, gates = lstm_course.lstm_step(x_t, state, params)
    return gates.o * after.c, after.c


def candidate_subtracted(x_t, state, params):
    _, gates = lstm_course.lstm_step(x_t, state, params)
    c = gates.f * state.c - gates.i * gates.g
    return gates.o * np.tanh(c), c


def right(x_t, state, params):
    after, _ = lstm_course.lstm_step(x_t, state, params)
    return after.h, after.c


def test_the_mistakes_that_the_check_recognised_are_kept_by_name(capsys):
    for answer in (upside_down, shown_as_it_is, upside_down, right, shown_as_it_is):
        check("lstm_step", answer)
    assert read_progress()["lstm_step"].mistakes == {
        "lstm-forget-gate-upside-down": 2,
        "lstm-tanh-forgotten": 1,  # before it was passed
    }
    told = json.loads(progress_as_json())["lessons"]["04"]["lstm_step"]
    assert list(told["mistakes"].values()) == [2, 1]
    assert "forget gate is upside down" in capsys.readouterr().out


def test_a_slip_is_kept_with_its_line_whatever_is_said_after_it(monkeypatch):
    monkeypatch.setattr(check_module, "_failures", type(check_module._failures)())
    for _ in range(4):  # a hint comes in behind it, then a larger one
        check("lstm_step", candidate_subtracted)
    kept = read_progress()["lstm_step"].mistakes
    assert kept == {"its sign is turned round, in i = -sigmoid(z_i)": 4}


def test_every_slip_is_found_in_its_hint():
    for name in LESSON_OF:
        for slip in slips_in(find_exercise(name).solution):
            said = f"{slip.hint} With x = 0: c departs.\nHint: a line `x`, or: yes."
            [(line, what)] = check_module._SLIP.findall(said)
            assert what == slip.what
            assert f"`{line}`" in said


def test_what_was_not_recognised_is_a_try_without_a_name():
    check("lstm_step", lambda x_t, state, params: (state.h * 0.123, state.c - 7))
    quiz("gate_settings", ("up", "down"), seed=1)
    found = read_progress()
    assert found["lstm_step"] == Progress(1, "", {})
    assert found["gate_settings"] == Progress(1, "", {})


def test_a_quiz_keeps_them_too():
    i, f, o = find_exercise("gate_settings").solution(
        *check_module._numbers("gate_settings", 1)
    )
    quiz("gate_settings", (i, 1 - f, o), seed=1)
    kept = read_progress()["gate_settings"].mistakes
    assert kept == {"forget-gate-means-forget": 1}


# What survives --------------------------------------------------------------------


@pytest.mark.parametrize("cut", range(1, 150))
def test_a_write_that_was_interrupted_takes_nothing_else_with_it(file, cut):
    record("lstm_step", passed=True)
    whole = file.read_bytes()
    record("gate_settings", passed=True)
    file.write_bytes(file.read_bytes()[: len(whole) + cut])
    assert read_progress()["lstm_step"] == Progress(1, TODAY)
    record("latch_weights", passed=True)
    assert read_progress()["latch_weights"] == Progress(1, TODAY)


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe\x00",
        b"[]",
        b'{"exercise":' * 3,
        b"7",
        b'{"exercise": "lstm_step"}',
        b'{"exercise": "of a later edition", "passed": true, "day": "2026-11-22"}',
        b'{"exercise": ["lstm_step"], "passed": true, "day": "2026-11-22"}',
        b'{"exercise": "lstm_step", "passed": true, "day": "", "mistakes": 7}',
        b'{"exercise": "lstm_step", "passed": true, "day": "", "mistakes": [[]]}',
    ],
)
def test_a_line_that_makes_no_sense_is_passed_over(file, line):
    record("gate_settings", passed=True)
    with file.open("ab") as end:
        end.write(line)
    record("latch_weights", passed=False)
    found = read_progress()
    assert found["gate_settings"].passed == TODAY
    assert found["latch_weights"] == Progress(1, "")
    assert found["lstm_step"] == Progress(0, "")


def many(name):
    for _ in range(200):
        record(name, passed=False)


def test_two_notebooks_may_write_at_a_time():
    names = ["lstm_step", "gate_settings", "latch_weights"]
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        pool.map(many, names)
    found = read_progress()
    assert [found[name].tries for name in names] == [200, 200, 200]


def test_it_is_easy_to_erase(file):
    record("lstm_step", passed=True)
    erase_progress()
    assert not file.exists()
    assert read_progress()["lstm_step"] == Progress()
    erase_progress()  # twice does no harm


def test_where_a_folder_stands_in_its_place_it_says_so(file, capsys):
    file.mkdir(parents=True)
    sentence = rf"^The file of your progress, {re.escape(str(file))}, cannot be "
    for use in (read_progress, progress_as_json):
        with pytest.raises(OSError, match=f"{sentence}read: it is a folder\\.$"):
            use()
    with pytest.raises(OSError, match=f"{sentence}erased: it is a folder\\.$"):
        erase_progress()
    show_progress(4)
    assert re.fullmatch(f"{sentence}read: it is a folder\\.\n", capsys.readouterr().out)
    check("lstm_step", lambda x_t, state, params: 7)
    told = " ".join(capsys.readouterr().out.split())
    assert "could not be kept in the file of your progress" in told
    assert "directory" in told or "denied" in told
    assert list(file.iterdir()) == []


@pytest.mark.parametrize("lesson", [-1, 0, 99, "4", None, [4]])
def test_a_lesson_that_does_not_exist_is_refused_with_those_there_are(lesson, capsys):
    message = f"lesson is {lesson!r}; expected one of {[*CONTENTS]}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        show_progress(4, lesson)
    assert capsys.readouterr().out == ""


def test_a_lesson_shows_its_own(capsys):
    record("lstm_step", passed=True)
    show_progress(4)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Lesson 04: 1 of {len(CONTENTS[4])} exercises passed"
    signs = {line.split()[1]: line.split()[0] for line in lines[1:]}
    assert signs["lstm_step"] == "✓"
    assert set(signs.values()) == {"✓", "○"}
    assert list(signs) == list(CONTENTS[4])


def test_the_report_is_one_line_for_a_teacher():
    record("lstm_step", passed=False)
    record("lstm_step", passed=True)
    line = progress_as_json("Kim, 김")
    assert "\n" not in line
    told = json.loads(line)
    assert told["learner"] == "Kim, 김"
    assert (told["passed"], told["exercises"]) == (1, len(LESSON_OF))
    passed = {"tries": 2, "passed": TODAY, "mistakes": {}}
    assert told["lessons"]["04"]["lstm_step"] == passed
    untried = {"tries": 0, "passed": None, "mistakes": {}}
    assert told["lessons"]["04"]["gate_settings"] == untried
    assert (told["format"], told["day"]) == (2, TODAY)
    assert json.loads(progress_as_json())["learner"] is None


def test_the_checksum_is_over_all_the_rest():
    record("lstm_step", passed=True)
    told = json.loads(progress_as_json("Kim"))
    given = told.pop("checksum")
    text = json.dumps(told, sort_keys=True).replace(", ", ",").replace(": ", ":")
    assert given == hashlib.sha256(text.encode()).hexdigest()[:16]
    for key in told:
        assert checksum(told | {key: "another"}) != given
    told["lessons"]["04"]["lstm_step"]["tries"] = 3
    assert checksum(told) != given


def test_a_record_keeps_its_name_as_it_grows_and_loses_it_when_erased(file):
    def name():
        return json.loads(progress_as_json())["record"]

    assert name() is None
    record("lstm_step", passed=False)
    first = name()
    record("lstm_step", passed=True)
    assert name() == first
    assert re.fullmatch("[0-9a-f]{16}", first)
    erase_progress()
    record("lstm_step", passed=False)
    assert name() not in {None, first}


def command(*arguments):
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_commands(file):
    record("lstm_step", passed=True)
    shown = command("progress")
    assert shown.count("Lesson ") == len(CONTENTS)
    assert shown.endswith(f"Kept in: {file}\n")
    assert json.loads(command("report"))["passed"] == 1
    assert json.loads(command("report", "--learner", "Lee"))["learner"] == "Lee"
    assert command("progress", "--erase") == f"Erased: {file}\n"
    assert json.loads(command("report"))["passed"] == 0
