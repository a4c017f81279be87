"""The command line: what it loads, what it hands over, what it returns."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from lstm_course import cli
from lstm_course.training.history import History

COMMANDS = ["lab", "restore", "test", "run", "refresh", "train", "experiments"]
COMMANDS += ["models", "progress", "report", "class", "doctor", "wheels"]
COMMANDS += ["lecture", "slides", "site", "predict"]


def invoke(*arguments):
    return CliRunner().invoke(cli.app, arguments)


def plain(text):
    """Return one line without colours and frames, however wide the terminal is."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    return " ".join(re.sub("[─│╭╮╰╯]", " ", text).split())


@pytest.mark.parametrize("command", [["--help"], ["train", "--help"]])
def test_help_loads_nothing_heavy(root, command):
    code = f"""
import sys
from lstm_course.cli import app
try:
    app({command!r})
except SystemExit as end:
    assert not end.code
heavy = "numpy keras tensorflow matplotlib pandas sklearn jupyterlab nbformat"
print("loaded:", *sorted(set(heavy.split()) & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("loaded:\n")


def test_help_names_every_command():
    shown = invoke("--help")
    assert shown.exit_code == 0
    for command in COMMANDS:
        assert f" {command} " in plain(shown.output)
    assert plain(invoke().output) == plain(shown.output)  # no command: how to use it


PRETENDER = """
import json, os, signal, sys
told = {"module": MODULE, "arguments": sys.argv[1:], "cwd": os.getcwd()}
told["settings"] = os.environ.get("JUPYTER_CONFIG_PATH")
with open(TELL, "w") as file:
    json.dump(told, file)
if os.environ.get("PRESS_CTRL_C"):
    os.kill(os.getppid(), signal.SIGINT)
sys.exit(5)
"""


@pytest.fixture
def told(monkeypatch, tmp_path):
    """Put others in the place of pytest and JupyterLab; return what they were told."""
    tell = tmp_path / "told.json"
    for module in ("pytest", "jupyterlab"):
        source = f"MODULE, TELL = {module!r}, {str(tell)!r}\n{PRETENDER}"
        (tmp_path / f"{module}.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    ctrl_c = signal.getsignal(signal.SIGINT)
    yield lambda: json.loads(tell.read_text()) if tell.exists() else None
    signal.signal(signal.SIGINT, ctrl_c)


def test_test_hands_its_arguments_and_pytests_exit_code_on(told, root):
    arguments = ["tests/test_lstm.py", "-x", "-k", "two steps", "--lf"]
    assert invoke("test", *arguments).exit_code == 5
    assert told()["module"] == "pytest"
    assert told()["arguments"][-len(arguments) :] == arguments
    assert Path(told()["cwd"]) == root


def test_quick_and_roundings_do_not_go_together(told):
    assert invoke("test", "--quick").exit_code == 5
    assert "not slow" in told()["arguments"]
    done = invoke("test", "--quick", "--roundings")
    assert (done.exit_code, "--quick leaves out" in done.stderr) == (2, True)


@pytest.fixture
def checkout(monkeypatch, tmp_path):
    """A course of one lesson."""
    monkeypatch.setattr(cli, "ROOT", tmp_path / "course")
    lesson = tmp_path / "course" / "notebooks" / "00_start_here.ipynb"
    lesson.parent.mkdir(parents=True)
    lesson.write_text("{}")
    return tmp_path / "course"


@pytest.mark.parametrize("others", [None, "/etc/jupyter"])
@pytest.mark.parametrize("originals", [False, True])
def test_lab_opens_the_course_with_its_settings(
    told, checkout, monkeypatch, originals, others
):
    monkeypatch.delenv("JUPYTER_CONFIG_PATH", raising=False)
    if others:
        monkeypatch.setenv("JUPYTER_CONFIG_PATH", others)
    arguments = ["--originals"] * originals + ["--no-browser", "--port=9999"]
    assert invoke("lab", *arguments).exit_code == 5
    assert told()["module"] == "jupyterlab"
    *ours, no_browser, port = told()["arguments"]
    folder = "notebooks" if originals else "workspace"
    assert any(f"/tree/{folder}/00_start_here.ipynb" in argument for argument in ours)
    assert f"--ServerApp.root_dir={checkout}" in ours
    assert (checkout / "workspace").exists() == (not originals)
    assert (no_browser, port) == ("--no-browser", "--port=9999")
    assert Path(told()["cwd"]) == checkout
    settings, *rest = told()["settings"].split(os.pathsep)
    assert Path(settings).is_dir()
    assert rest == [others] * bool(others)


@pytest.fixture
def deck(checkout, monkeypatch):
    """The course of one lesson, with its deck."""
    lectures = checkout / "notebooks" / "lectures"
    lectures.mkdir()
    (lectures / "00_start_here.ipynb").write_text("{}")
    monkeypatch.setattr("lstm_course.commands.slides.LECTURES", lectures)
    return "lectures/00_start_here.ipynb"


@pytest.mark.parametrize("originals", [False, True])
def test_lecture_opens_a_deck_as_slides(told, checkout, deck, originals):
    arguments = ["--originals"] * originals + ["--no-browser"]
    assert invoke("lecture", "0", *arguments).exit_code == 5
    *ours, no_browser = told()["arguments"]
    folder = "notebooks" if originals else "workspace"
    assert f"--LabApp.default_url=/rise/{folder}/{deck}" in ours
    assert f"--ServerApp.root_dir={checkout}" in ours
    assert no_browser == "--no-browser"
    assert (checkout / "workspace" / deck).exists() == (not originals)


def test_a_lecture_that_is_not_there_is_said(told, checkout, deck):
    done = invoke("lecture", "7")
    assert (done.exit_code, done.stdout, told()) == (2, "", None)
    assert done.stderr == "no lesson '7'; there are:\n  00_start_here\n"


@pytest.mark.parametrize("out", [None, "elsewhere"])
def test_slides_are_written_where_one_says(checkout, monkeypatch, out):
    asked = []

    def pretend(lessons, folder, *, pdf):
        asked.append((lessons, folder, pdf))
        return 3

    monkeypatch.setattr("lstm_course.commands.slides.write_slides", pretend)
    options = ["--out", out, "--no-pdf"] if out else []
    assert invoke("slides", "4", *options).exit_code == 3
    assert asked == [(["4"], Path(out or checkout / "slides"), out is None)]


@pytest.mark.parametrize("command", [["lab"], ["restore", "00"]])
def test_without_a_workspace_it_says_why_and_how_else(told, checkout, command):
    (checkout / "workspace").write_text("mine")
    done = invoke(*command)
    assert (done.exit_code, done.stdout, told()) == (1, "", None)
    assert "a file is in its place" in done.stderr
    assert "lab --originals" in done.stderr
    assert done.stderr.count("\n") == 1
    assert invoke("lab", "--originals").exit_code == 5


def test_restore_hands_its_exit_code_on(checkout):
    done = invoke("restore", "7")
    assert (done.exit_code, "no lesson '7'" in done.stdout) == (2, True)
    assert invoke("restore", "0", "00_start_here").exit_code == 0
    assert (checkout / "workspace" / "00_start_here.ipynb").read_text() == "{}"
    assert invoke("restore").exit_code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_is_the_childs_to_handle(told, root, monkeypatch):
    monkeypatch.setenv("PRESS_CTRL_C", "yes")
    code = "from lstm_course.cli import app; app(['test'])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (5, "")
    assert told()["module"] == "pytest"


@pytest.mark.parametrize("command", [["lab"], ["test"], ["lecture", "4"], ["slides"]])
def test_away_from_the_lessons_it_says_where_they_are(
    told, monkeypatch, tmp_path, command
):
    monkeypatch.setattr(cli, "ROOT", tmp_path)
    done = invoke(*command)
    assert (done.exit_code, told()) == (2, None)
    assert f"no lessons at {tmp_path / 'notebooks'}" in done.stderr
    assert "Clone the course" in done.stderr


@pytest.mark.parametrize("lessons", [[], ["1", "imdb"]])
@pytest.mark.parametrize(
    ("command", "function", "code"),
    [
        (["run"], "run.run_lessons", 1),
        (["refresh"], "refresh.refresh", 0),
        (["refresh", "--check"], "refresh.report_stale", 3),
    ],
)
def test_lessons_are_handed_over(monkeypatch, command, function, code, lessons):
    handed, drawn = [], []

    def pretend(names):
        handed.append(list(names))
        return code

    monkeypatch.setattr(f"lstm_course.commands.{function}", pretend)
    monkeypatch.setattr("lstm_course.study.diagrams.draw_pictures", drawn.append)
    assert invoke(*command, *lessons).exit_code == code
    assert handed == [lessons]
    assert bool(drawn) == (command == ["refresh"])


def test_doctor_reports_what_it_found(monkeypatch):
    module = "lstm_course.commands.doctor"
    monkeypatch.setattr(f"{module}.examine_setup", lambda: ["a finding"])
    monkeypatch.setattr(f"{module}.report_setup", lambda findings: 4 * len(findings))
    assert invoke("doctor").exit_code == 4


@pytest.fixture
def trained(monkeypatch):
    """Train nothing; give the arguments, with a history to change."""
    told = SimpleNamespace(arguments=None, history=History())

    def pretend(**arguments):
        told.arguments = arguments
        return told.history

    monkeypatch.setattr("lstm_course.commands.train.train", pretend)
    return told


def test_train_has_defaults(trained):
    assert invoke("train").exit_code == 0
    assert trained.arguments == {
        "engine": "numpy",
        "recipe": "quick",
        "seed": 42,
        "out": None,  # a folder of its own in runs/
    }


def test_train_hands_its_options_over(trained, tmp_path):
    options = ["--engine", "keras", "--recipe", "book", "--seed", "7"]
    assert invoke("train", *options, "--out", str(tmp_path)).exit_code == 0
    assert trained.arguments == {
        "engine": "keras",
        "recipe": "book",
        "seed": 7,
        "out": tmp_path,
    }
    assert type(trained.arguments["engine"]) is str


@pytest.mark.parametrize("empty", ["", " "])
def test_train_refuses_a_folder_without_a_name(trained, empty):
    done = invoke("train", "--out", empty)
    assert (done.exit_code, trained.arguments) == (2, None)
    assert "'--out': it is empty; name a folder" in plain(done.stderr)


def test_what_train_cannot_write_is_told_in_a_line(monkeypatch):
    def refuse(**arguments):
        raise OSError("the run cannot be written")

    monkeypatch.setattr("lstm_course.commands.train.train", refuse)
    done = invoke("train", "--out", "runs/mine")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "the run cannot be written\n"


def test_an_interrupted_training_has_the_exit_code_of_ctrl_c(trained):
    trained.history.ended = "interrupted"
    assert invoke("train").exit_code == 130


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--engine", "torch"], "'--engine': .*'torch' is not one of 'numpy', 'keras'"),
        (["--recipe", "slow"], "'--recipe': .*'slow' is not one of 'book', 'quick'"),
        (["--seed", "-1"], "'--seed': .* greater than or equal to 0"),
        (["--seed", "one"], "'--seed': .* integer"),
        (["--speed", "9"], "No such option.* --speed"),
    ],
)
def test_options_that_do_not_exist_are_refused(trained, options, message):
    done = invoke("train", *options)
    assert (done.exit_code, trained.arguments) == (2, None)
    assert re.search(message, plain(done.stderr))


@pytest.mark.parametrize("command", [["progress"], ["progress", "--erase"], ["report"]])
def test_a_folder_in_the_place_of_the_progress_is_said(monkeypatch, tmp_path, command):
    monkeypatch.setenv("LSTM_COURSE_PROGRESS", str(tmp_path))
    done = invoke(*command)
    said = done.stdout + done.stderr
    assert str(tmp_path) in said.replace("\n", "")
    assert (done.exception is None) or isinstance(done.exception, SystemExit)
    assert tmp_path.is_dir()
