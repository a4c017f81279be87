"""`test`: what pytest is told; and that other roundings are simulated."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output, writes

from lstm_course.arrays.initializers import (
    NUDGE_VARIABLE,
    glorot_uniform,
    orthogonal,
    uniform,
)
from lstm_course.commands import testing
from lstm_course.commands.testing import (
    ROUNDED,
    pytest_command,
    roundings,
    run_under_roundings,
)

OWN, OLDEST, NUDGED = roundings()


@pytest.mark.parametrize(
    ("memory", "cores", "workers"),
    [(24, 2, "2"), (8, 8, "2"), (2, 4, "1"), (64, 4, "4")],
)
def test_workers_have_a_core_and_memory_each(monkeypatch, memory, cores, workers):
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    total = type("Memory", (), {"total": memory << 30})
    monkeypatch.setattr(testing.psutil, "virtual_memory", lambda: total)
    command = pytest_command([])
    assert command[command.index("-n") + 1] == workers


@pytest.mark.parametrize(
    ("system", "lax"), [("linux", False), ("win32", True), ("darwin", True)]
)
def test_outputs_are_compared_where_they_were_made(monkeypatch, system, lax):
    monkeypatch.setattr(sys, "platform", system)
    assert ("--nbval-lax" in pytest_command([])) == lax


def test_quick_leaves_lessons_and_slow_tests_out():
    assert pytest_command(["-x"], quick=True)[-4:] == ["-m", "not slow", "tests", "-x"]
    assert "not slow" not in pytest_command(["-x"])


@pytest.mark.parametrize(
    ("arguments", "codes", "chosen", "code"),
    [
        ([], [0, 0, 0], [(), ROUNDED, ROUNDED], 0),
        (["notebooks/03.ipynb"], [0, 1, 0], [("notebooks/03.ipynb",)] * 3, 1),
        ([], [1, 0, 5], [(), ROUNDED, ROUNDED], 1),
        ([], [0, 2], [(), ROUNDED], 2),  # Ctrl-C
    ],
)
def test_each_rounding_has_its_turn(capsys, arguments, codes, chosen, code):
    calls = []

    def run(command, **environment):
        calls.append((command, environment))
        return codes[len(calls) - 1]

    assert run_under_roundings(arguments, run) == code
    commands, environments = zip(*calls, strict=True)
    assert commands == tuple(pytest_command(each) for each in chosen)
    assert environments == tuple(r.environment for r in roundings()[: len(codes)])
    words = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line]
    assert words[-len(codes) :] == ["FAILED" if code else "passed" for code in codes]


def in_a_new_process(code, environment):
    done = subprocess.run(
        [sys.executable, "-c", f"import json\n{code}"],
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.mark.skipif(
    "OPENBLAS_CORETYPE" not in OLDEST.environment, reason="of these processors only"
)
def test_the_oldest_instructions_are_the_oldest():
    code = """
import numpy as np, threadpoolctl
simd = np.show_config(mode="dicts")["SIMD Extensions"]
print(json.dumps([simd.get("found", []), threadpoolctl.threadpool_info()]))
"""
    found, pools = in_a_new_process(code, OLDEST.environment)
    assert found == []
    kernels = {pool["architecture"] for pool in pools if "openblas" in pool["prefix"]}
    assert {kernel.lower() for kernel in kernels} == {
        OLDEST.environment["OPENBLAS_CORETYPE"].lower()
    }


@pytest.mark.parametrize("draw", [glorot_uniform, orthogonal, uniform])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_weights_are_moved_by_one_unit_in_the_last_place(monkeypatch, draw, dtype):
    def weights():
        return draw(np.random.default_rng(3), (4, 5), dtype)

    before = weights()
    monkeypatch.setenv(NUDGE_VARIABLE, "1")
    after = weights()
    assert after.dtype == before.dtype == dtype
    np.testing.assert_array_max_ulp(after, before, maxulp=1)
    assert (after > before).all()


KERAS = """
import os
from lstm_course.system.keras_import import import_keras
keras = import_keras()

def weights():
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Embedding(4, 3), keras.layers.LSTM(2), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((5,)), *layers])
    return [array.ravel().tolist() for array in model.get_weights()]

after = weights()
del os.environ["LSTM_COURSE_NUDGE"]
print(json.dumps([weights(), after]))
"""


@pytest.mark.slow
def test_keras_weights_are_moved_as_well():
    before, after = in_a_new_process(KERAS, NUDGED.environment)
    moved = 0
    for old, new in zip(before, after, strict=True):
        old, new = np.float32(old), np.float32(new)
        np.testing.assert_array_max_ulp(new, old, maxulp=1)
        moved += not np.array_equal(old, new)
    assert moved == 4  # all but the biases


@pytest.mark.slow
def test_what_holds_for_one_rounding_only_is_named(tmp_path, root):
    """An assertion and a printed digit that lean on the last bit of a weight."""
    weight = float(glorot_uniform(np.random.default_rng(3), (4, 5))[0, 0])
    draw = "weight = float(glorot_uniform(np.random.default_rng(3), (4, 5))[0, 0])"
    imports = "from lstm_course.arrays.initializers import glorot_uniform"
    cells = [
        f"import numpy as np\n{imports}",
        f"{draw}\nprint(f'{{weight:.3f}}')",
        "print(weight)",
        f"assert weight == {weight}",
    ]
    printed = {1: f"{weight:.3f}\n", 2: f"{weight}\n"}
    notebook = new_notebook(
        cells=[
            new_code_cell(
                source,
                execution_count=number + 1,
                outputs=[new_output("stream", name="stdout", text=printed[number])]
                if number in printed
                else [],
            )
            for number, source in enumerate(cells)
        ]
    )
    path = tmp_path / "01_lean.ipynb"
    path.write_text(writes(notebook), encoding="utf-8")
    said = {}
    for rounding in (OWN, NUDGED):
        configured = ["-c", str(root / "pyproject.toml"), f"--rootdir={tmp_path}"]
        done = subprocess.run(
            pytest_command([*configured, "-n0", "-p", "no:cacheprovider", str(path)]),
            cwd=root,
            env=os.environ | rounding.environment,
            capture_output=True,
            encoding="utf-8",
        )
        said[rounding.name] = done.stdout
    assert "4 passed" in said[OWN.name]
    assert "2 failed, 2 passed" in said[NUDGED.name]
    for cell in (2, 3):
        assert f"01_lean.ipynb::Cell {cell}" in said[NUDGED.name]


def _network_can_be_cut() -> bool:
    try:
        return not subprocess.run(
            ["unshare", "-rn", "true"], capture_output=True
        ).returncode
    except OSError:
        return False


@pytest.mark.skipif(not _network_can_be_cut(), reason="needs Linux' unshare")
def test_lessons_are_compared_where_no_network_is_up_at_all(
    root, tmp_path, write_notebook
):
    shutil.copy(root / "conftest.py", tmp_path)
    write_notebook(tmp_path / "01_alone.ipynb", "assert 6 * 7 == 42")
    options = "-q --nbval --nbval-current-env --nbval-kernel-startup-timeout=30"
    done = subprocess.run(
        ["unshare", "-rn", sys.executable, "-m", "pytest", *options.split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
