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
