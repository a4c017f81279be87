"""The folder for a set-up without a network: pip is real, its packages are a few bytes.

No network is asked: pip finds the packages in a folder that stands for the registry.
"""

import hashlib
import re
import zipfile
from pathlib import Path

import pytest

from lstm_course import cli
from lstm_course.commands import wheels
from lstm_course.commands.wheels import MACHINES, WheelsError, fill_wheels, wanted

LOCK = """\
anywhere==1.0 \\
    --hash=sha256:{anywhere}
compiled==2.0 ; python_full_version < '3.12' \\
    --hash=sha256:{old_linux} \\
    --hash=sha256:{old_windows}
compiled==3.0 ; python_full_version >= '3.12' \\
    --hash=sha256:{new_linux}
late==1.0 ; python_full_version < '3.11.5' \\
    --hash=sha256:{late_1}
late==2.0 ; python_full_version >= '3.11.5' \\
    --hash=sha256:{late_2}
console==1.0 ; os_name == 'nt' or (sys_platform == 'win32' and python_version < '3') \\
    --hash=sha256:{console}
"""
FILES = {
    "anywhere": "anywhere-1.0-py3-none-any.whl",
    "old_linux": "compiled-2.0-cp311-cp311-manylinux_2_28_x86_64.whl",
    "old_windows": "compiled-2.0-cp311-cp311-win_amd64.whl",
    "new_linux": "compiled-3.0-cp312-abi3-manylinux2014_x86_64.whl",
    "late_1": "late-1.0-py3-none-any.whl",
    "late_2": "late-2.0-py3-none-any.whl",
    "console": "console-1.0-py3-none-any.whl",
}


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the wheels that a lock, put in the course's place, names."""
    folder = tmp_path / "registry"
    folder.mkdir()
    hashes = {}
    for key, file in FILES.items():
        name, version = file.split("-")[:2]
        with zipfile.ZipFile(folder / file, "w") as wheel:
            needs = "Requires-Python: >=3.11.5\n" if key == "late_2" else ""
            wheel.writestr(
                f"{name}-{version}.dist-info/METADATA",
                f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
            )
            wheel.writestr(f"{name}-{version}.dist-info/WHEEL", "Wheel-Version: 1.0\n")
        hashes[key] = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    lock = tmp_path / "requirements.lock"
    lock.write_text(LOCK.format(**hashes))
    monkeypatch.setattr(wheels, "LOCK", lock)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@pytest.mark.parametrize(
    ("machine", "python", "lists"),
    [
        ("linux-x86_64", "3.11.4", ["anywhere==1.0", "compiled==2.0", "late==1.0"]),
        ("linux-x86_64", "3.11.5", ["anywhere==1.0", "compiled==2.0", "late==2.0"]),
        ("macos-arm64", "3.12.0", ["anywhere==1.0", "compiled==3.0", "late==2.0"]),
        (
            "windows",
            "3.13.1",
            ["anywhere==1.0", "compiled==3.0", "late==2.0", "console==1.0"],
        ),
    ],
)
@pytest.mark.usefixtures("registry")
def test_markers_are_judged_for_the_machine_that_is_named(
    machine: str, python: str, lists: list[str]
) -> None:
    entries = wanted(machine, python)
    assert [entry.split()[0] for entry in entries] == lists
    assert all(re.search(r"( --hash=sha256:[0-9a-f]{64})+$", e) for e in entries)
    assert not [entry for entry in entries if ";" in entry]


def test_each_machine_gets_its_own_files(
    registry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "wheels"
    fill_wheels(["linux-x86_64"], ["3.11"], folder)
    # A Python 3.11 may be older or newer than the 3.11.5 that the lock asks about.
    first = {FILES[key] for key in ("anywhere", "old_linux", "late_1", "late_2")}
    assert names(folder) == first
    fill_wheels(["windows"], ["3.11"], folder)
    fill_wheels(["linux-x86_64"], ["3.12", "3.13"], folder)
    assert names(folder) == set(FILES.values())
    said = capsys.readouterr().out
    assert said.count("Python 3.11: 3 packages") == 1
    assert "windows, Python 3.11: 4 packages" in said
    assert "has 7 files now" in said
    for file in FILES.values():
        assert (folder / file).read_bytes() == (registry / file).read_bytes()


def test_a_damaged_file_is_mended(registry: Path, tmp_path: Path) -> None:
    folder = tmp_path / "wheels"
    fill_wheels(["linux-x86_64"], ["3.12"], folder)
    damaged = folder / FILES["new_linux"]
    damaged.write_bytes(damaged.read_bytes()[:-1])
    fill_wheels(["linux-x86_64"], ["3.12"], folder)
    assert damaged.read_bytes() == (registry / damaged.name).read_bytes()


def test_no_build_for_a_machine(registry: Path, tmp_path: Path) -> None:
    with pytest.raises(WheelsError, match=r"^macos-arm64, Python 3.12.*no build"):
        fill_wheels(["macos-arm64"], ["3.12"], tmp_path / "wheels")


def test_another_file_than_the_lock_names(registry: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(registry / FILES["anywhere"], "a") as wheel:
        wheel.writestr("more.py", "")
    with pytest.raises(WheelsError, match=r"not the one named in requirements\.lock"):
        fill_wheels(["windows"], ["3.11"], tmp_path / "wheels")
    assert FILES["anywhere"] not in names(tmp_path / "wheels")


def test_command_offers_all_machines() -> None:
    assert [machine.value for machine in cli.Machine] == list(MACHINES)


def test_every_entry_of_the_lock_is_for_some_machine() -> None:
    lock = wheels.LOCK.read_text("utf-8")
    pins = set(re.findall(r"^[\w.-]+==[\w.]+", lock, re.MULTILINE))
    found = {
        entry.split()[0]
        for machine in MACHINES
        for python in ("3.11.0", "3.11.99", "3.12.0", "3.13.99")
        for entry in wanted(machine, python)
    }
    assert found == pins
