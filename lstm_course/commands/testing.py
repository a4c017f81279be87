"""``test``: what pytest is told, and the roundings under which lessons must hold.

A processor's instructions decide how sums are rounded, and a training makes a large
difference of a small one. So numbers in the lessons are tried as three machines would
compute them: this one; one that has only the oldest instructions that the libraries
can be held to; and one whose trainings start from weights that differ in the last bit.
"""

import os
import platform
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import psutil

from lstm_course.arrays.initializers import NUDGE_VARIABLE

_OLDEST_KERNELS = {"x86_64": "Nehalem", "AMD64": "Nehalem", "aarch64": "ARMV8"}
_INTERRUPTED = 2  # pytest's exit code after Ctrl-C
_BYTES_A_WORKER = 4 << 30  # pytest with TensorFlow, and a lesson's kernel beside it

# Whatever a number is printed or asserted in that a rounding might change.
ROUNDED = (
    "notebooks",
    "--ignore=notebooks/solutions",
    "tests/claims",
    "tests/test_experiments.py::TestCommitted",
)


class Rounding(NamedTuple):
    """A way to round, and the variables that make a new process round so."""

    name: str
    environment: dict[str, str]


def roundings() -> list[Rounding]:
    """Return the three roundings, this machine's own first."""
    disabled = os.environ.get("NPY_DISABLE_CPU_FEATURES", "").split()
    disabled += np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    lowest = {
        "NPY_DISABLE_CPU_FEATURES": " ".join(disabled),
        "ONEDNN_MAX_CPU_ISA": "SSE41",
    }
    if kernel := _OLDEST_KERNELS.get(platform.machine()):
        lowest["OPENBLAS_CORETYPE"] = kernel
    return [
        Rounding("this machine's own instructions", {}),
        Rounding("the oldest instructions", lowest),
        Rounding("starting weights one bit away", {NUDGE_VARIABLE: "1"}),
    ]


def pytest_command(arguments: Sequence[str], *, quick: bool = False) -> list[str]:
    """Return the call of pytest for all tests, or for some.

    Args:
        arguments: pytest's own; paths among them replace the whole suite.
        quick: without the lessons, and without the tests marked as slow.
    """
    memory = psutil.virtual_memory().total
    workers = max(1, min(os.cpu_count() or 1, memory // _BYTES_A_WORKER))
    # Lessons first, and each in one worker: its cells share a kernel.
    spread = ["-n", str(workers), "--dist=loadfile", "--no-loadscope-reorder"]
    # Outputs were made on Linux; elsewhere the lessons' assertions decide.
    compared = [] if sys.platform == "linux" else ["--nbval-lax"]
    chosen = ["-m", "not slow", "tests"] if quick else []
    return [sys.executable, "-m", "pytest", *spread, *compared, *chosen, *arguments]


def run_under_roundings(arguments: Sequence[str], run: Callable[..., int]) -> int:
    """Run the tests as this machine rounds, then as others would; sum it up.

    Args:
        arguments: pytest's own; none means all tests first, and under the other
            roundings the lessons, the claims and the experiments.
        run: runs a command with these variables; returns its exit code.

    Returns:
        The exit code: 0 if all passed, else pytest's of the first that did not.
    """
    codes: dict[str, int] = {}
    for number, (name, environment) in enumerate(roundings(), start=1):
        print(f"\nRounding {number} of 3: {name}", flush=True)
        chosen = arguments if arguments or number == 1 else ROUNDED
        codes[name] = run(pytest_command(chosen), **environment)
        if codes[name] == _INTERRUPTED:
            break
    print()
    for name, code in codes.items():
        print(f"{'passed' if code == 0 else 'FAILED'} under {name}")
    return next((code for code in codes.values() if code), 0)
