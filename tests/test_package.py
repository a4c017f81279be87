"""``import lstm_course`` costs nothing; every public name is there, with its type."""

import ast
import subprocess
import sys
from types import ModuleType

import nbformat
import pytest

import lstm_course


def run(code, root):
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


def test_importing_the_package_needs_the_standard_library_alone(root):
    code = """
import sys
before = {name.partition(".")[0] for name in sys.modules}
import lstm_course
loaded = {name.partition(".")[0] for name in sys.modules} - before
print(*sorted(loaded - set(sys.stdlib_module_names)))
"""
    assert run(code, root) == ["lstm_course"]


def test_layers_load_neither_keras_nor_matplotlib(root):
    code = """
import sys
from lstm_course import build_sentiment_model, gru_forward, load_imdb, lstm_forward
print(*sorted({"keras", "tensorflow", "matplotlib", "pandas"} & set(sys.modules)))
"""
    assert run(code, root) == []


@pytest.mark.parametrize("name", lstm_course.__all__)
def test_every_public_name_is_there(name):
    thing = getattr(lstm_course, name)
    if callable(thing):
        assert thing.__name__ == name
        assert thing.__module__.startswith("lstm_course.")
    else:
        assert isinstance(thing, ModuleType | dict | str)


def test_public_names_are_listed_and_others_are_missing():
    assert set(dir(lstm_course)) == set(lstm_course.__all__)
    assert {"lstm_step", "load_imdb", "build_sentiment_model"} <= set(dir(lstm_course))
    with pytest.raises(AttributeError, match="'lstm_course' has no attribute 'LSTM'"):
        _ = lstm_course.LSTM


# As the design of the course lists them, for whoever calls them from outside.
PROMISED = {
    "rnn_init",
    "lstm_init",
    "gru_init",
    "rnn_step",
    "lstm_step",
    "gru_step",
    "rnn_step_backward",
    "lstm_step_backward",
    "gru_step_backward",
    "rnn_forward",
    "lstm_forward",
    "gru_forward",
    "rnn_backward",
    "lstm_backward",
    "gru_backward",
    "RNNParams",
    "LSTMParams",
    "GRUParams",
    "RNNState",
    "LSTMState",
    "GRUState",
    "LSTMGates",
    "GRUGates",
    "count_parameters",
    "load_imdb",
    "IMDB",
    "Vocabulary",
    "pad_batch",
    "build_sentiment_model",
    "load_model",
    "check",
    "quiz",
    "solution",
    "show_progress",
    "plain",
    "show",
    "sigmoid",
    "import_keras",
    "read_measurement",
    "new_figure",
}


def test_no_promised_name_is_missing():
    assert set(lstm_course.__all__) >= PROMISED


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("way", ["forward", "backward"])
def test_plain_has_the_same_names_for_other_functions(cell, way):
    name = f"{cell}_{way}"
    plain, fused = getattr(lstm_course.plain, name), getattr(lstm_course, name)
    assert plain.__module__ == f"lstm_course.layers.{cell}"
    assert fused.__module__ == f"lstm_course.layers.fused.{cell}"


def test_type_checkers_know_every_name(tmp_path, root):
    code = tmp_path / "reader.py"
    names = ", ".join(lstm_course.__all__)
    code.write_text(
        f"from lstm_course import {names}\nreveal_type(lstm_step)\n"
        "from lstm_course import lstm_stepp\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "mypy", "--strict", str(code)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    first, second, *_ = done.stdout.splitlines()
    assert "x_t: " in first
    assert "LSTMState" in first
    assert 'no attribute "lstm_stepp"' in second
    assert "Found 1 error" in done.stdout


def test_lessons_import_from_the_package_itself(committed_notebook):
    notebook = nbformat.read(committed_notebook, as_version=4)
    deeper = [
        ast.unparse(node)
        for cell in notebook.cells
        if cell.cell_type == "code" and not cell.source.startswith(("%", "!"))
        for node in ast.walk(ast.parse(cell.source))
        if (isinstance(node, ast.ImportFrom) and node.module.startswith("lstm_course."))
        or (
            isinstance(node, ast.Import)
            and any(alias.name.startswith("lstm_course.") for alias in node.names)
        )
    ]
    assert deeper == []
