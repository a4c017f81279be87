"""What can keep the course from being set up, each in one sentence for the reader.

Pure functions over plain values, with the standard library alone: they are needed
before anything is installed, also by the Pythons that are turned away.
"""

from __future__ import annotations

import re

OLDEST, NEWEST = (3, 11), (3, 13)  # requires-python; TensorFlow 2.21 has no others
WHEELS = {
    "Darwin": ("arm64",),
    "Linux": ("x86_64", "aarch64"),
    "Windows": ("AMD64",),
}
GLIBC = (2, 28)  # the oldest that every package of the lock has a wheel for
GIGABYTES = 5  # 3.7 stay; the rest is room for what is being unpacked

AGAIN = "then run the same command again"
DISK_FULL = (
    "A disk is full: the one with the course, with your home folder or with temporary "
    f"files. Make {GIGABYTES} GB of room, {AGAIN}."
)
UNREACHABLE = (
    "The package registry cannot be reached: check the network connection and the "
    f"proxy settings, {AGAIN}."
)
FAILURES = {
    r"No space left|os error (28|112)\b|not enough space|quota exceeded": DISK_FULL,
    r"ensurepip\s+is\s+not|No module named '?(venv|ensurepip)": (
        "This Python lacks the standard module venv: install it (on Debian and Ubuntu "
        f"by: sudo apt install python3-venv), {AGAIN}."
    ),
    r"HASHES|[Hh]ash mismatch": (
        "A downloaded package is not the one named in requirements.lock, so it was not "
        f"installed: connect by another network, {AGAIN}."
    ),
    r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|invalid peer certificate": (
        "The package registry's certificate is not trusted here, as happens behind a "
        "firewall that has its own: name the file of that one in the variables "
        f"SSL_CERT_FILE and PIP_CERT, {AGAIN}."
    ),
    r"[Ff]ailed to fetch|error sending request|dns error|NewConnectionError|"
    r"name resolution|ProxyError|[Tt]imed out|[Cc]onnection (refused|reset|aborted)": (
        UNREACHABLE
    ),
    r"no usable wheels|No matching distribution|no wheels with a matching": (
        "The package registry has no build of some package for this Python on this "
        f"machine: install the usual 64-bit Python 3.12, {AGAIN} by it."
    ),
    r"Permission denied|os error 13\b|Access is denied|Read-only file system": (
        "A file could not be written: see to it that you may write in the course's "
        f"folder and that no program is using its .venv, {AGAIN}."
    ),
}

FAILURES_OF_WHEELS = {  # before those above, where the folder wheels/ is all there is
    r"HASHES(?s:.*?)file:\S*/(\S+\.whl)": (
        "wheels/{} is damaged, or not the file named in requirements.lock: copy the "
        f"folder wheels/ here again, {AGAIN}."
    ),
    r"No matching distribution found for (\S+)": (
        "The folder wheels/ has no {} for {machine}: copy one that was filled for it, "
        f"or delete wheels/ to use a network, {AGAIN}."
    ),
}


def unsupported(
    version: tuple[int, ...], system: str, machine: str, libc: tuple[str, str]
) -> str | None:
    """Say why TensorFlow has no wheel for this Python or machine, if it has none.

    Args:
        version: ``sys.version_info``, or its first three numbers.
        system: ``platform.system()``.
        machine: ``platform.machine()``.
        libc: ``platform.libc_ver()``, the C library's name and version.

    Returns:
        A sentence, or None where the course can be installed.
    """
    if not OLDEST <= tuple(version[:2]) <= NEWEST:
        return (
            "The course needs Python 3.11, 3.12 or 3.13, because TensorFlow has no "
            f"build for others, and this is {'.'.join(map(str, version[:3]))}: install "
            "one of them and start by its name, as in python3.12 -m lstm_course lab."
        )
    if (system, machine) == ("Darwin", "x86_64"):
        return (
            "TensorFlow has no build for Intel Macs, nor for an Intel Python on Apple "
            "silicon: use a Python made for Apple silicon, or Linux or Windows."
        )
    if machine not in WHEELS.get(system, ()):
        return f"TensorFlow has no build for {system} on {machine} processors."
    if system == "Linux":
        name, number = libc
        if name != "glibc" or tuple(map(int, number.split("."))) < GLIBC:
            return (
                "TensorFlow needs a Linux with the GNU C library 2.28 or newer, which "
                "nearly all have had since 2019; Alpine has another."
            )
    return None


def too_little_room(free: float) -> str | None:
    """Say so if ``free`` bytes are not enough to install into."""
    if free >= GIGABYTES * 1e9:
        return None
    return (
        f"The environment needs {GIGABYTES} GB of disk while it is made, and "
        f"{free / 1e9:.1f} GB are free: make room, {AGAIN}."
    )


def explain_failure(output: str, *, wheels_for: str = "") -> str:
    """Turn an installer's output, or the text of an OSError, into one sentence.

    Args:
        output: what the installer printed, or the error's text.
        wheels_for: this machine in words, where wheels/ is what is installed from.
    """
    for pattern, sentence in FAILURES_OF_WHEELS.items() if wheels_for else ():
        if found := re.search(pattern, output):
            return sentence.format(*found.groups(), machine=wheels_for)
    for pattern, sentence in FAILURES.items():
        if re.search(pattern, output):
            return sentence
    last = (output.strip() or "it printed nothing").splitlines()[-1]
    return f"The installer failed: {last.strip()}"
