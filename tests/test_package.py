"""``import lstm_course`` costs nothing, and every public name is there."""

import subprocess
import sys
from importlib import import_module

import pytest

import lstm_course


def test_importing_the_package_needs_the_standard_library_alone(root):
    code = """
import sys
before = {name.partition(".")[0] for name in sys.modules}
import lstm_course
loaded = {name.partition(".")[0] for name in sys.modules} - before
print(*sorted(loaded - set(sys.stdlib_module_names)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("lstm_course\n", "")


def test_layers_load_neither_keras_nor_matplotlib(root):
    code = """
import sys
from lstm_course import build_sentiment_model, gru_forward, load_imdb, lstm_forward
print(*sorted({"keras", "tensorflow", "matplotlib", "pandas"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("\n", "")


@pytest.mark.parametrize("name", lstm_course.__all__)
def test_every_public_name_is_there(name):
    thing = getattr(lstm_course, name)
    assert thing.__name__ == name
    assert thing.__module__.startswith("lstm_course.")
    assert getattr(import_module(thing.__module__), name) is thing


def test_public_names_are_listed_and_others_are_missing():
    assert set(dir(lstm_course)) == set(lstm_course.__all__)
    assert {"lstm_step", "load_imdb", "build_sentiment_model"} <= set(dir(lstm_course))
    with pytest.raises(AttributeError, match="'lstm_course' has no attribute 'LSTM'"):
        _ = lstm_course.LSTM
