"""Look over what the course stands on, and say what to do about each finding.

TensorFlow is not imported for it: versions stand in the packages' metadata. What a
check needs it imports itself, so that a broken package spoils no other finding.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Callable
from importlib import metadata
from importlib.util import cache_from_source, find_spec
from pathlib import Path
from typing import Literal, NamedTuple

from lstm_course.commands.setup_problems import unsupported
from lstm_course.system.paths import ROOT
from lstm_course.system.web_page import IN_WEB_PAGE

_FOREMOST = ("numpy", "tensorflow", "keras", "jupyterlab")
_MEMORY = 2e9  # bytes: a lesson with TensorFlow, JupyterLab and a browser tab
_DISK = 1e9  # bytes
_A_FEW = 64_000  # bytes
_SLOW_IMPORT = 1.0  # seconds
_REPAIR = (
    "Delete the folder .venv and run: python3 -m lstm_course doctor. In an environment "
    "of your own, run: pip install -e ."
)


class Finding(NamedTuple):
    """One thing looked at: ``state`` says how it is, ``advice`` what to do about it."""

    state: Literal["ok", "warning", "problem"]
    subject: str
    found: str
    advice: str = ""


def examine_setup() -> list[Finding]:
    """Return a finding or more for everything that the course stands on."""
    if IN_WEB_PAGE:
        found = f"{platform.python_version()}, in a web page: nothing is installed here"
        return [Finding("ok", "Python", found)]
    findings = []
    for subject, check in _CHECKS.items():
        try:
            findings += check()
        except Exception as error:  # whatever is broken here
            found = f"could not be looked at: {type(error).__name__}: {error}"
            findings.append(Finding("problem", subject, found, _REPAIR))
    return findings


def report_setup(findings: list[Finding]) -> int:
    """Print the findings, and return an exit code: 1 if there is a problem, else 0."""
    width = max(len(finding.subject) for finding in findings)
    for state, subject, found, advice in findings:
        print(f"{state:<8} {subject:<{width}}  {found}")
        if advice:
            print(f"{'':<8} {'':<{width}}  To do: {advice}")
    states = [finding.state for finding in findings]
    problems, warnings = states.count("problem"), states.count("warning")
    plural = "s" * (len(states) != 1)
    print(f"\n{len(states)} finding{plural}: {problems} problems, {warnings} warnings.")
    return 1 if problems else 0


def _judged(
    subject: str,
    found: str,
    advice: str | None,
    state: Literal["warning", "problem"] = "warning",
) -> list[Finding]:
    """Return a finding that is fine where there is nothing to advise."""
    return [Finding(state if advice else "ok", subject, found, advice or "")]


def _python() -> list[Finding]:
    problem = unsupported(
        sys.version_info[:3], platform.system(), platform.machine(), platform.libc_ver()
    )
    found = f"{platform.python_version()}, {platform.system()}, {platform.machine()}"
    return _judged("Python", found, problem, "problem")


def _packages() -> list[Finding]:
    """Compare what is installed with the pins, and with the lock for all the rest."""
    pins = _pins()
    findings = []
    for name, pin in pins.items():
        version = _version(name)
        if version is None:
            findings += _judged(name, "is missing", _REPAIR, "problem")
        elif version != pin:
            found = f"{version}; the course was tested with {pin}"
            findings += _judged(name, found, f"If something fails: {_REPAIR}")
        elif name in _FOREMOST:
            findings += _judged(name, pin, None)
    if any(finding.state != "ok" for finding in findings):
        return findings
    rest = f"{len(pins) - len(_FOREMOST)} more as pinned"
    others = _unlike_the_lock(but=pins)
    if others:
        rest += f"; {others} that these need are not as in requirements.lock"
    return [*findings, Finding("ok", "packages", rest)]


def _pins() -> dict[str, str]:
    """Return the version of each direct dependency that the course was tested with."""
    pyproject = ROOT / "pyproject.toml"
    if pyproject.exists():
        pins = tomllib.loads(pyproject.read_text("utf-8"))["project"]["dependencies"]
    else:
        needed = metadata.requires("lstm-course") or []
        pins = [pin for pin in needed if "extra ==" not in pin]
    return dict(pin.split("==") for pin in pins)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _unlike_the_lock(but: dict[str, str]) -> int:
    lock = ROOT / "requirements.lock"
    if not lock.exists():
        return 0
    locked = defaultdict(set)
    for name, version in re.findall(r"^(\S+)==(\S+)", lock.read_text("utf-8"), re.M):
        locked[name].add(version)
    installed = {name: _version(name) for name in locked.keys() - but.keys()}
    return sum(found not in {None, *locked[name]} for name, found in installed.items())


def _bytecode() -> list[Finding]:
    spec = find_spec("tensorflow")
    if spec is None or spec.origin is None:
        return []  # missing, as the packages' findings say
    if Path(cache_from_source(spec.origin)).exists():
        return _judged("bytecode", "TensorFlow's is compiled", None)
    return _judged(
        "bytecode",
        "TensorFlow's is not compiled: each import takes twice as long",
        "Unset the variable PYTHONDONTWRITEBYTECODE if it is set; the next import then "
        "compiles it for good.",
    )


def _import() -> list[Finding]:
    """Import the course in a fresh Python; time it, and see what comes along."""
    heavy = ("tensorflow", "keras", "matplotlib", "pandas")
    code = (
        "import sys, time; start = time.perf_counter(); import lstm_course; "
        "print(time.perf_counter() - start, *sys.modules)"
    )
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    seconds, *modules = done.stdout.split()
    found = f"import lstm_course takes {float(seconds):.2f} s"
    loaded = [name for name in heavy if name in modules]
    if loaded:
        found += f" and loads {', '.join(loaded)}"
        return _judged("import", found, "Import it where it is used.", "problem")
    advice = "Is the folder on a network drive, or read by a virus scanner?"
    return _judged("import", found, advice if float(seconds) > _SLOW_IMPORT else None)


def _cores() -> list[Finding]:
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    advice = "The lessons' times are for two: expect up to twice as long."
    return _judged("cores", f"{cores}", advice if cores == 1 else None)


def _memory() -> list[Finding]:
    import psutil

    memory = psutil.virtual_memory()
    found = f"{memory.available / 1e9:.1f} of {memory.total / 1e9:.1f} GB available"
    advice = "Close other programs, and the lessons that you are not reading."
    return _judged("memory", found, advice if memory.available < _MEMORY else None)


def _disk() -> list[Finding]:
    free = shutil.disk_usage(ROOT).free
    advice = "Make room: trained models and the data's cache go there."
    found = f"{free / 1e9:.1f} GB free"
    return _judged("disk", found, advice if free < _DISK else None)


def _reviews() -> list[Finding]:
    from lstm_course.data.imdb import source_file_problem

    problem = source_file_problem()
    if problem:
        return _judged("reviews", problem, _REPAIR, "problem")
    return _judged("reviews", "the file is there, and its SHA-256 is right", None)


def _cache() -> list[Finding]:
    from platformdirs import user_cache_path

    folder = user_cache_path("lstm_course")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_A_FEW))  # a full disk may still take an empty file
            file.flush()
            os.fsync(file.fileno())  # some disks say only now that they are full
    except OSError as error:
        advice = (
            f"Make {folder} a folder that you may write in, with 60 MB free: without "
            "it, the reviews are split into words anew each time."
        )
        return _judged("cache", f"not writable: {error.strerror}", advice)
    return _judged("cache", "writable", None)


def _kernel() -> list[Finding]:
    from jupyter_client.kernelspec import NoSuchKernel, get_kernel_spec

    try:
        program = get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        return _judged("kernel", "there is no kernel python3", _REPAIR, "problem")
    # Jupyter takes a bare "python" for the one that it runs by itself.
    if Path(program).name != program and not Path(program).samefile(sys.executable):
        advice = f"Run: {sys.executable} -m ipykernel install --sys-prefix"
        found = f"python3 is another Python: {program}"
        return _judged("kernel", found, advice, "problem")
    return _judged("kernel", "python3 is this Python", None)


_CHECKS: dict[str, Callable[[], list[Finding]]] = {
    "Python": _python,
    "packages": _packages,
    "bytecode": _bytecode,
    "import": _import,
    "cores": _cores,
    "memory": _memory,
    "disk": _disk,
    "reviews": _reviews,
    "cache": _cache,
    "kernel": _kernel,
}
