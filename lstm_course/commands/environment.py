"""Make the folder ``.venv``, with all that the lock names, by the standard library.

It carries a stamp of two lines: the repository and Python that it was made for, and
a hash of what it holds, which is "unfinished" until everything is installed.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from lstm_course.commands.setup_problems import (
    AGAIN,
    DISK_FULL,
    UNREACHABLE,
    explain_failure,
    too_little_room,
    unsupported,
)
from lstm_course.system.paths import ROOT

VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "lstm-course-stamp"
LOCK = ROOT / "requirements.lock"
INSTALLER = VENV / "uv.lock"  # what LOCK says of uv, which installs all the rest
WHEELS = ROOT / "wheels"  # where it is there, nothing is taken from a network
LOG = ROOT / "runs" / "set-up.log"


class SetUpError(Exception):
    """Why the environment could not be made, in words for the reader."""


def say(text: str, end: str = "\n") -> None:
    """Print to stderr: stdout belongs to the command that follows."""
    print(text, end=end, file=sys.stderr, flush=True)


def state() -> str:
    """Tell how ``.venv`` is: ready, outdated, unusable, linked, foreign or absent."""
    if not STAMP.exists():
        return "foreign" if (VENV / "pyvenv.cfg").exists() else "absent"
    belongs, _, holds = STAMP.read_text("utf-8").strip().partition("\n")
    if VENV.is_symlink() and not belongs.startswith(f"{ROOT} "):
        return "linked"
    if not PYTHON.exists() or belongs != _belonging() or holds == "unfinished":
        return "unusable"
    return "ready" if holds == _contents() else "outdated"


def _belonging() -> str:
    """Name repository and Python: no environment survives a change of either."""
    return f"{ROOT} {os.path.realpath(PYTHON)}"


def _contents() -> str:
    files = [LOCK, ROOT / "pyproject.toml"]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _stamp(holds: str) -> None:
    VENV.mkdir(exist_ok=True)
    new = STAMP.with_suffix(".new")
    new.write_text(f"{_belonging()}\n{holds}\n", "utf-8")
    new.replace(STAMP)


def set_up() -> None:
    """Make ``.venv``, or bring it up to date, and say what is being done.

    Killed at any moment, it starts over the next time. A second one waits for the
    first to end, and then finds nothing left to do.

    Raises:
        SetUpError: if the environment cannot be made; the words say why.
    """
    with _alone() as log:
        found = state()
        if found == "ready":
            return
        start = time.monotonic()
        if found == "outdated":
            _bring_up_to_date(log)
        else:
            _begin_anew(found, log)
            _install(log)
        _stamp(_contents())
        passed = time.monotonic() - start
        say(f"Done in {passed:.0f} s. From now on the course starts at once.\n")


def _bring_up_to_date(log: IO[str]) -> None:
    say("The course has changed: bringing .venv up to date, in about a minute.")
    say("  1/4 keeping .venv")
    old = STAMP.read_text("utf-8").split("\n")[1]
    _stamp("unfinished")
    try:
        _install(log)
    except SetUpError as error:
        # Installers fetch everything before they change anything.
        if DISK_FULL not in str(error):
            _stamp(old)
        raise


def _begin_anew(found: str, log: IO[str]) -> None:
    if found == "foreign":
        raise SetUpError(
            "The folder .venv is another program's and lacks the course. Delete it, "
            f"or install the course there ({PYTHON} -m pip install -e .), "
            f"{AGAIN}."
        )
    if found == "linked":
        raise SetUpError(
            "The folder .venv is a link to the environment of another copy of the "
            f"course, which this one would take away from it. Delete the link, {AGAIN}."
        )
    _refuse(
        unsupported(
            sys.version_info[:3],
            platform.system(),
            platform.machine(),
            platform.libc_ver(),
        )
    )
    if found == "unusable":
        say("The environment in .venv is unfinished, moved or broken: starting over.")
        for entry in set(VENV.iterdir()) - {STAMP}:  # which says that .venv is ours
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
    _stamp("unfinished")
    _refuse(too_little_room(shutil.disk_usage(VENV).free))
    say("Setting up the course in .venv: once, 2 to 6 minutes, 3.7 GB of disk.")
    if WHEELS.is_dir():
        say("The packages come from the folder wheels/, and nothing from a network.")
    # Should this Python be the one in .venv, then the one that .venv was made from.
    python = getattr(sys, "_base_executable", sys.executable)
    title = f"1/4 making .venv for Python {platform.python_version()}"
    _refuse(_step(title, [python, "-m", "venv", str(VENV)], log))


def _install(log: IO[str]) -> None:
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check"]
    uv = [str(PYTHON), "-m", "uv", "pip", "install", "--python", str(PYTHON)]
    locked = ["--only-binary", ":all:", "--require-hashes", "-r"]
    if WHEELS.is_dir():
        locked[:0] = ["--no-index", "--find-links", WHEELS.name]
    itself = ["--no-build-isolation", "--no-deps", "--editable", "."]

    entries = re.split(r"\n(?=\S)", LOCK.read_text("utf-8"))
    INSTALLER.write_text("\n".join(e for e in entries if e.startswith("uv==")), "utf-8")
    fetch = [*pip, *locked, str(INSTALLER)]
    problem = _step("2/4 fetching the installer, uv", fetch, log)
    if UNREACHABLE in problem:
        _refuse(problem)  # for what pip cannot reach here it will not reach below
    if not problem:
        title = "3/4 installing the packages, in 1 to 5 minutes"
        problem = _step(title, [*uv, "--compile-bytecode", *locked, LOCK.name], log)
    if DISK_FULL in problem:
        _refuse(problem)
    if problem:  # pip heeds settings that uv does not know, such as pip.conf's mirrors
        title = "3/4 the same with pip instead, in 3 to 10 minutes"
        _refuse(_step(title, [*pip, *locked, LOCK.name], log))
    _refuse(_step("4/4 installing the course itself", [*pip, *itself], log))


def _step(title: str, command: list[str], log: IO[str]) -> str:
    """Run an installer; return "" or, if it failed, why, and where more stands."""
    start, begin, live = time.monotonic(), log.seek(0, os.SEEK_END), sys.stderr.isatty()
    say(f"  {title} ...", end="")
    with subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
    ) as installer:
        try:
            while installer.returncode is None:
                try:
                    installer.wait(0.5)
                except subprocess.TimeoutExpired:
                    if live:
                        passed = time.monotonic() - start
                        say(f"\r  {title} ... {passed:.0f} s", end="")
        except BaseException:
            installer.kill()
            raise
    passed, back = time.monotonic() - start, f"\r  {title} ..." if live else ""
    say(f"{back} {passed:.0f} s" + (", failed" if installer.returncode else ""))
    if installer.returncode == 0:
        return ""
    log.seek(begin)
    here = ""
    if WHEELS.is_dir():
        python, machine = platform.python_version(), platform.machine()
        here = f"Python {python} on {platform.system()} {machine}"
    reason = explain_failure(log.read(), wheels_for=here)
    if shutil.disk_usage(VENV).free < 5e7:  # perhaps too little for the log itself
        reason = DISK_FULL
    return f"{reason}\nAll that the installer said is in {LOG}"


def _refuse(problem: str | None) -> None:
    if problem:
        raise SetUpError(problem)


@contextmanager
def _alone() -> Iterator[IO[str]]:
    """Open the log, and wait as long as another set-up of this folder holds it.

    The system frees the lock when the last process with the file open ends: that
    may be an installer whose set-up was killed, since it writes to the log.
    """
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("a+", encoding="utf-8", errors="replace") as log:
        if not _lock(log):
            say("Another set-up of the course is running here: waiting for its end.")
            while not _lock(log):
                time.sleep(0.5)
        log.truncate(0)
        yield log


def _lock(log: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            log.seek(2**30)  # a locked byte cannot be read: one that is never written
            msvcrt.locking(log.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
