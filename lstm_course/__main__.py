"""Run the course, from nothing: ``python3 -m lstm_course COMMAND ...``.

A Python that has the course installed runs the command itself. Any other first sees
to it that ``.venv``, beside this package, has it, and hands the command to the Python
in there. So all here needs the standard library alone.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from lstm_course.commands.environment import (
    PYTHON,
    STAMP,
    VENV,
    SetUpError,
    say,
    set_up,
    state,
)
from lstm_course.commands.setup_problems import explain_failure
from lstm_course.system.paths import ROOT


def main() -> int:
    """Run the command line in a Python that has the course; return the exit code."""
    # Without compiled bytecode every import of TensorFlow costs twice as much.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if has_the_course():
        from lstm_course.cli import main as command_line

        command_line()
        return 0
    try:
        if state() != "ready" and not _made_by_another_tool():
            set_up()
    except SetUpError as error:
        say(f"\nThe course could not be set up.\n{error}")
        return 1
    except OSError as error:
        say(f"\nThe course could not be set up.\n{explain_failure(str(error))}")
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted. Run the same command again to set up the course.")
        return 130
    return _hand_over([str(PYTHON), "-m", "lstm_course", *sys.argv[1:]])


def has_the_course() -> bool:
    """Tell whether this very Python can run the command."""
    if os.path.realpath(sys.prefix) == os.path.realpath(VENV) and STAMP.exists():
        return state() == "ready"
    return installed()


def installed() -> bool:
    """Tell whether this Python has the course, and packages by all its pins' names."""
    try:
        from importlib import metadata

        needed = metadata.requires("lstm-course") or []
        pins = [pin for pin in needed if "extra ==" not in pin]
        return all(metadata.version(pin.partition("==")[0]) for pin in pins)
    except ImportError:  # what metadata raises for a missing package is one, too
        return False


def _made_by_another_tool() -> bool:
    """Tell whether ``.venv``, without our stamp, has the course: uv's, or by hand."""
    if state() != "foreign" or not PYTHON.exists():
        return False
    ask = "import sys, lstm_course.__main__ as m; sys.exit(not m.installed())"
    asked = subprocess.run([str(PYTHON), "-c", ask], cwd=ROOT)  # noqa: S603 - our own
    return asked.returncode == 0


def _hand_over(command: list[str]) -> int:
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606 - our own command
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command to handle
    return subprocess.call(command)  # noqa: S603 - our own command


if __name__ == "__main__":
    sys.exit(main())
