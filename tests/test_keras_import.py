"""Keras is imported with nothing printed, and no error is lost."""

import subprocess
import sys

import pytest

NOISE = "import os; os.write(2, b'start-up noise')\n"


def import_fake_keras(folder, source, then):
    (folder / "keras.py").write_text(NOISE + source)
    code = f"""
import sys
sys.path.insert(0, {str(folder)!r})
from lstm_course.system.keras_import import import_keras
{then}
"""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_noise_is_silenced_and_standard_error_is_restored(tmp_path):
    then = "import os; print(import_keras().x); import_keras(); os.write(2, b'heard')"
    done = import_fake_keras(tmp_path, "x = 5", then)
    assert (done.returncode, done.stdout, done.stderr) == (0, "5\n", "heard")


def test_an_error_while_importing_is_not_lost(tmp_path):
    done = import_fake_keras(
        tmp_path, "raise ImportError('no backend')", "import_keras()"
    )
    assert done.returncode == 1
    assert done.stderr.endswith("ImportError: no backend\n")
    assert "noise" not in done.stderr


@pytest.mark.parametrize("chosen", [None, "jax"])
def test_tensorflow_is_the_backend_unless_another_was_chosen(
    tmp_path, monkeypatch, chosen
):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    if chosen:
        monkeypatch.setenv("KERAS_BACKEND", chosen)
    then = "import os; import_keras(); print(os.environ['KERAS_BACKEND'])"
    done = import_fake_keras(tmp_path, "", then)
    assert done.stdout == f"{chosen or 'tensorflow'}\n"


# Where Keras is not installed ---------------------------------------------------

WITHOUT = """
import sys
for name in {absent}:
    sys.modules[name] = None  # as if it were not installed
from pathlib import Path
import lstm_course
Path({model!r}).write_bytes(b"any content")
"""
ABSENT = ["keras", "tensorflow", "h5py"]


def run_without(tmp_path, code, absent=ABSENT):
    before = WITHOUT.format(absent=absent, model=str(tmp_path / "a.keras"))
    command = [sys.executable, "-c", before + code]
    return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)


def test_every_public_name_can_be_imported_without_keras(tmp_path):
    code = """
for name in lstm_course.__all__:
    getattr(lstm_course, name)
print(len(lstm_course.__all__))
"""
    done = run_without(tmp_path, code)
    assert (int(done.stdout) > 100, done.stderr) == (True, "")


@pytest.mark.parametrize("absent", [ABSENT, ["tensorflow"]])
def test_a_cell_that_only_imports_keras_runs_without_it(tmp_path, absent):
    code = """
keras = lstm_course.import_keras()
layers = keras.layers
print(keras.__name__, layers.__name__, hasattr(keras, "__path__"))
"""
    done = run_without(tmp_path, code, absent)
    assert (done.stdout, done.stderr) == ("keras keras.layers False\n", "")


@pytest.mark.parametrize(
    ("use", "what"),
    [
        ("lstm_course.import_keras().Input((3,))", "keras.Input"),
        ("lstm_course.import_keras().layers.LSTM", "keras.layers.LSTM"),
        ("lstm_course.import_keras().utils.set_random_seed(1)", "keras.utils.set_ran"),
        ("lstm_course.build_sentiment_model(engine='keras')", "keras."),
        ("lstm_course.load_imdb(source='keras')", "keras.datasets.imdb.load_data"),
        ("lstm_course.load_model('a.keras')", "keras."),
    ],
)
def test_what_uses_keras_says_that_it_is_not_there(tmp_path, use, what):
    code = f"""
try:
    {use}
except ModuleNotFoundError as error:
    print(error.name, error)
"""
    done = run_without(tmp_path, code)
    assert done.stderr == ""
    assert done.stdout.startswith(f"keras {what}")
    assert done.stdout.endswith(
        " needs Keras and TensorFlow, which are not installed here; the installed "
        "course has both.\n"
    )
