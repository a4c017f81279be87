"""The three lists of packages agree: pyproject.toml, the lock and environment.yml."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from lstm_course.commands.setup_problems import NEWEST, OLDEST, unsupported

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))

PROJECT = PYPROJECT["project"]
PINS = [Requirement(pin) for pin in PROJECT["dependencies"]]
BUILD = [Requirement(pin) for pin in PYPROJECT["dependency-groups"]["build"]]
ENTRIES = re.split(r"\n(?=\S)", LOCK.strip())
LOCKED = [Requirement(entry.partition(" \\\n")[0]) for entry in ENTRIES]


def on(system: str, python: str) -> dict[str, str]:
    """Describe a machine in the terms of environment markers."""
    sys_platform, os_name = {
        "Linux": ("linux", "posix"),
        "Darwin": ("darwin", "posix"),
        "Windows": ("win32", "nt"),
    }[system]
    return {
        "platform_system": system,
        "sys_platform": sys_platform,
        "os_name": os_name,
        "python_version": python,
        "python_full_version": f"{python}.7",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "platform_machine": "x86_64",
    }


def locked_version(name: str, machine: dict[str, str]) -> Version:
    """Return the one version that the lock gives this machine."""
    versions = [
        specifier.version
        for entry in LOCKED
        if canonicalize_name(entry.name) == canonicalize_name(name)
        if entry.marker is None or entry.marker.evaluate(machine)
        for specifier in entry.specifier
    ]
    assert len(versions) == 1, (name, machine, versions)
    return Version(versions[0])


@pytest.mark.parametrize("pin", [*PINS, *BUILD], ids=str)
def test_pins_are_exact_and_carry_nothing_else(pin: Requirement) -> None:
    # The set-up reads an installed pin as NAME==VERSION, without extras or markers.
    assert re.fullmatch(r"[a-z0-9-]+==[0-9][0-9.]*", str(pin))


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("system", ["Linux", "Darwin", "Windows"])
def test_lock_satisfies_pyproject_on_every_machine(system: str, python: str) -> None:
    machine = on(system, python)
    for pin in [*PINS, *BUILD]:
        assert locked_version(pin.name, machine) in pin.specifier


def test_lock_is_universal() -> None:
    def names(system: str) -> set[str]:
        machine = on(system, "3.12")
        return {e.name for e in LOCKED if not e.marker or e.marker.evaluate(machine)}

    # What Jupyter needs on one system alone.
    assert "appnope" in names("Darwin") - names("Linux") - names("Windows")
    assert "pywinpty" in names("Windows") - names("Linux") - names("Darwin")
    assert "ptyprocess" in names("Linux") - names("Windows")


def test_lock_hashes_every_entry() -> None:
    assert len(ENTRIES) > 100
    for entry in ENTRIES:
        first, *hashes = entry.split(" \\\n")
        assert re.fullmatch(r"[a-z0-9-]+==\S+( ; .+)?", first)
        assert hashes, first
        for line in hashes:
            assert re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}", line), first


@pytest.mark.parametrize("name", ["requirements.lock", "environment.yml"])
def test_no_registry_is_named(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert not re.search(r"https?:|--(extra-)?index|--find-links|@ ", text)


def test_conda_gets_python_and_pip_gets_the_rest() -> None:
    python, pip, others = CONDA["dependencies"]
    name, _, version = python.partition("=")
    requires = SpecifierSet(PROJECT["requires-python"])
    assert name == "python"
    assert f"{version}.0" in requires  # the first patch and the last one
    assert f"{version}.99" in requires
    assert (pip, list(others)) == ("pip", ["pip"])
    *pins, editable = others["pip"]
    assert editable == "-e ."
    assert pins == PROJECT["dependencies"]
    for pin in map(Requirement, pins):
        assert pin.specifier == SpecifierSet(
            f"=={locked_version(pin.name, on('Linux', version))}"
        )


def test_python_bounds_are_the_same_everywhere() -> None:
    (major, oldest), (_, newest) = OLDEST, NEWEST
    assert PROJECT["requires-python"] == f">={major}.{oldest},<{major}.{newest + 1}"
    assert PYPROJECT["tool"]["ruff"]["target-version"] == f"py{major}{oldest}"
    refusal = unsupported((2, 7, 18), "Linux", "x86_64", ("glibc", "2.36"))
    for minor in range(oldest, newest + 1):
        assert f"{major}.{minor}" in str(refusal)


def test_build_backend_is_the_locked_one() -> None:
    # The set-up builds without isolation, so the lock has to bring the backend.
    wanted = [Requirement(pin) for pin in PYPROJECT["build-system"]["requires"]]
    for requirement in wanted:
        assert locked_version(requirement.name, on("Linux", "3.12")) in (
            requirement.specifier
        )
        assert requirement in BUILD


def test_what_is_imported_is_pinned() -> None:
    extras = chain.from_iterable(PROJECT["optional-dependencies"].values())
    pinned = {canonicalize_name(pin.name) for pin in [*PINS, *map(Requirement, extras)]}
    folders = ("lstm_course", "tests", "benchmarks")
    sources = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    own = {path.stem for path in sources} | {"lstm_course", "benchmarks"}
    distributions = packages_distributions()
    unpinned = {}
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in {name.partition(".")[0] for name in names}:
                if name in own or name in sys.stdlib_module_names:
                    continue
                packages = distributions.get(name, [name])
                if not pinned & {canonicalize_name(package) for package in packages}:
                    unpinned[name] = path.name
    assert unpinned == {}
