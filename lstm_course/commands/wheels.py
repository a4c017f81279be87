"""``wheels``: fill a folder from which the course is set up without a network.

Pip judges a lock's markers by the machine that it runs on. So they are judged here,
and pip gets the list for one kind of machine, without markers.
"""

import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from itertools import product
from pathlib import Path

from packaging.requirements import Requirement

from lstm_course.commands.environment import LOCK, WHEELS
from lstm_course.commands.setup_problems import GLIBC, explain_failure


def _manylinux(machine: str) -> list[str]:
    """Return the tags of all wheels for the oldest Linux that the course runs on."""
    major, newest = GLIBC
    tags = [f"manylinux_{major}_{minor}_{machine}" for minor in range(newest, 4, -1)]
    return [*tags, *(f"manylinux{name}_{machine}" for name in ("2014", "2010", "1"))]


MACHINES = {  # how the lock's markers see each, and which wheels it takes
    "linux-x86_64": ("linux", "Linux", "posix", "x86_64", _manylinux("x86_64")),
    "linux-arm64": ("linux", "Linux", "posix", "aarch64", _manylinux("aarch64")),
    "macos-arm64": ("darwin", "Darwin", "posix", "arm64", ["macosx_12_0_arm64"]),
    "windows": ("win32", "Windows", "nt", "AMD64", ["win_amd64"]),
}


class WheelsError(Exception):
    """Why the folder could not be filled, in words for the reader."""


def fill_wheels(
    machines: Iterable[str] = (), pythons: Iterable[str] = (), folder: Path = WHEELS
) -> None:
    """Download all that the lock names for some kinds of machines, and say so.

    What is in the folder already is kept, or downloaded again if it is damaged.

    Args:
        machines: keys of ``MACHINES``; none means this machine's.
        pythons: two numbers of each, as in "3.12"; none means this Python's.
        folder: where the wheels go; made if it is missing.

    Raises:
        WheelsError: something cannot be downloaded. What was before it stays.
    """
    machines = list(machines) or [
        name
        for name, (system, *_, processor, _tags) in MACHINES.items()
        if (system, processor) == (sys.platform, platform.machine())
    ]
    pythons = list(pythons) or ["{}.{}".format(*sys.version_info)]
    for machine, python in product(machines, pythons):
        # The lock may choose by the third number, too: between the first and the last.
        lists = {tuple(wanted(machine, f"{python}.{n}")): n for n in (0, 99)}
        for requirements, number in lists.items():
            _download(requirements, machine, f"{python}.{number}", folder)
        print(f"{machine}, Python {python}: {len(requirements)} packages", flush=True)
    wheels = list(folder.glob("*.whl"))
    size = sum(wheel.stat().st_size for wheel in wheels) / 1e9
    print(f"{folder} has {len(wheels)} files now, {size:.1f} GB.")


def wanted(machine: str, python: str) -> list[str]:
    """Return the lock's entries for a kind of machine: name, version and hashes.

    Args:
        machine: a key of ``MACHINES``.
        python: its version, with all three numbers.
    """
    system = MACHINES[machine]
    there = {
        "sys_platform": system[0],
        "platform_system": system[1],
        "os_name": system[2],
        "platform_machine": system[3],
        "python_full_version": python,
        "python_version": python.rpartition(".")[0],
    }
    entries = []
    for entry in re.split(r"\n(?=\S)", LOCK.read_text("utf-8").strip()):
        named, *hashes = entry.replace("\\\n", " ").split(" --hash=")
        package = Requirement(named)
        if package.marker is None or package.marker.evaluate(there):
            pin = f"{package.name}{package.specifier}"
            entries.append(" --hash=".join([pin, *map(str.strip, hashes)]))
    return entries


def _download(
    requirements: Iterable[str], machine: str, python: str, folder: Path
) -> None:
    platforms = [f"--platform={tag}" for tag in MACHINES[machine][-1]]
    with tempfile.TemporaryDirectory() as place:
        names = Path(place) / "requirements.txt"
        names.write_text("\n".join(requirements), "utf-8")
        done = subprocess.run(  # noqa: S603 - our own command
            [
                *(sys.executable, "-m", "pip", "download", "--quiet"),
                *("--disable-pip-version-check", "--no-deps", "--require-hashes"),
                *("--only-binary=:all:", f"--python-version={python}", *platforms),
                *("--dest", str(folder), "--requirement", str(names)),
            ],
            stderr=subprocess.PIPE,
            text=True,
        )
    if done.returncode:
        reason = explain_failure(done.stderr)
        raise WheelsError(f"{machine}, Python {python}: {reason}")
