"""Each finding of the doctor, on this machine and with a fault planted."""

import json
import os
import platform
import py_compile
import shutil
import subprocess
import sys
from importlib import metadata
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import SimpleNamespace

import jupyter_client.kernelspec
import platformdirs
import psutil
import pytest
from full_disk import full_disk, needs_limits

from lstm_course.commands import doctor
from lstm_course.commands.doctor import Finding, examine_setup, report_setup
from lstm_course.data import imdb


def the(subject: str) -> Finding:
    """Return the one finding about the subject, by its own check alone."""
    check = doctor._CHECKS.get(subject, doctor._packages)
    (finding,) = (found for found in check() if found.subject == subject)
    return finding


def test_looks_at_everything_here_and_loads_nothing_heavy() -> None:
    code = (
        "import sys; from lstm_course.commands.doctor import examine_setup; "
        "print(*(f.subject for f in examine_setup())); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    subjects, modules = (line.split() for line in done.stdout.splitlines())
    assert {"Python", "numpy", "tensorflow", "keras", "jupyterlab"} <= set(subjects)
    assert {"cores", "memory", "disk", "reviews", "cache", "kernel"} <= set(subjects)
    assert not {"tensorflow", "keras", "pandas", "matplotlib"} & set(modules)


def test_unsupported_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert the("Python").state == "ok"
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    state, _, found, advice = the("Python")
    assert (state, "riscv64" in found, "riscv64" in advice) == ("problem", True, True)


def test_away_from_the_checkout_the_pins_come_from_the_installed_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    needs = ["numpy==1.0", "keras==3.0", "torch==2.0; extra == 'bench'"]
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    monkeypatch.setattr(metadata, "requires", lambda name: needs)
    assert doctor._pins() == {"numpy": "1.0", "keras": "3.0"}


@pytest.mark.parametrize("name", ["keras", "nbval"])
def test_missing_package(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    real = metadata.version

    def version(asked: str) -> str:
        if asked == name:
            raise metadata.PackageNotFoundError(asked)
        return real(asked)

    monkeypatch.setattr(metadata, "version", version)
    state, _, found, advice = the(name)
    assert (state, found) == ("problem", "is missing")
    assert "pip install -e ." in advice
    assert the("numpy").state == "ok"


@pytest.mark.parametrize("name", ["tensorflow", "tqdm"])
def test_other_version_than_pinned(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    real = metadata.version
    pinned = real(name)
    monkeypatch.setattr(
        metadata, "version", lambda asked: "0.0.7" if asked == name else real(asked)
    )
    state, _, found, advice = the(name)
    assert state == "warning"
    assert "0.0.7" in found
    assert pinned in found
    assert advice


def test_counts_what_differs_from_the_lock_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = metadata.version
    before = the("packages").found.partition("; ")[2]
    assert before == "" or int(before.split()[0]) > 0
    # Neither is a dependency of the course itself.
    other = {"markupsafe": "0.0.7", "zipp": "0.0.7", "jinja2": "0.0.7"}
    monkeypatch.setattr(
        metadata, "version", lambda asked: other.get(asked) or real(asked)
    )
    state, _, found, _ = the("packages")
    assert state == "ok"
    assert int(found.partition("; ")[2].split()[0]) >= 2


def test_bytecode(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = tmp_path / "tensorflow.py"
    source.write_text("version = 2.21\n")
    spec = ModuleSpec("tensorflow", None, origin=str(source))
    monkeypatch.setattr(doctor, "find_spec", lambda name: spec)
    assert the("bytecode").state == "warning"
    assert "PYTHONDONTWRITEBYTECODE" in the("bytecode").advice
    py_compile.compile(str(source))
    assert the("bytecode").state == "ok"


def test_import_that_brings_too_much(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert the("import").state == "ok"
    (tmp_path / "pandas.py").touch()
    (tmp_path / "lstm_course.py").write_text("import pandas\n")
    monkeypatch.chdir(tmp_path)
    state, _, found, advice = the("import")
    assert (state, found[-12:]) == ("problem", "loads pandas")
    assert advice


def test_slow_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_SLOW_IMPORT", 0.0)
    assert the("import").state == "warning"
    assert the("import").advice


def test_single_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {5}, raising=False)
    assert the("cores")[:3] == ("warning", "cores", "1")
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {1, 5, 6})
    assert the("cores")[:3] == ("ok", "cores", "3")


def test_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = SimpleNamespace(available=1.23e9, total=8e9)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    state, _, found, advice = the("memory")
    assert (state, found) == ("warning", "1.2 of 8.0 GB available")
    assert advice
    memory.available = 7e9
    assert the("memory").state == "ok"


def test_little_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(free=0.3e9)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    state, _, found, advice = the("disk")
    assert (state, found) == ("warning", "0.3 GB free")
    assert advice
    usage.free = 30e9
    assert the("disk").state == "ok"


def test_damaged_reviews(monkeypatch: pytest.MonkeyPatch) -> None:
    assert the("reviews").state == "ok"
    monkeypatch.setattr(imdb, "source_file_problem", lambda: "The file is damaged.")
    state, _, found, advice = the("reviews")
    assert (state, found) == ("problem", "The file is damaged.")
    assert advice


def test_cache_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setattr(platformdirs, "user_cache_path", file.joinpath)
    state, _, _, advice = the("cache")
    assert state == "warning"
    assert str(file) in advice
    monkeypatch.setattr(platformdirs, "user_cache_path", tmp_path.joinpath)
    assert the("cache").state == "ok"
    # What was looked at is where the data's cache is: it has to be there by now.
    assert (tmp_path / imdb._cache_file().parent.name).is_dir()


@needs_limits
def test_cache_on_a_full_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty file can still be made there."""
    monkeypatch.setattr(platformdirs, "user_cache_path", tmp_path.joinpath)
    with full_disk(room=1_000):
        state, _, found, advice = the("cache")
    assert (state, found) == ("warning", "not writable: File too large")
    assert "60 MB free" in advice
    assert the("cache").found == "writable"
    assert list((tmp_path / "lstm_course").iterdir()) == []


def test_kernel_of_another_python(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert the("kernel").state == "ok"
    other = tmp_path / "python"
    other.touch()
    spec = {"argv": [str(other), "-m", "ipykernel_launcher"], "display_name": "Other"}
    kernel = tmp_path / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps(spec | {"language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    state, _, found, advice = the("kernel")
    assert state == "problem"
    assert str(other) in found
    assert "ipykernel install" in advice


def test_no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise jupyter_client.kernelspec.NoSuchKernel(name)

    monkeypatch.setattr(jupyter_client.kernelspec, "get_kernel_spec", missing)
    state, _, found, advice = the("kernel")
    assert (state, "no kernel" in found, bool(advice)) == ("problem", True, True)


def test_a_check_that_fails_spoils_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("a library is broken")

    monkeypatch.setattr(imdb, "source_file_problem", broken)
    findings = {finding.subject: finding for finding in examine_setup()}
    state, _, found, advice = findings["reviews"]
    assert state == "problem"
    assert "RuntimeError: a library is broken" in found
    assert advice
    assert findings.keys() > {"Python", "tensorflow", "memory", "cache", "kernel"}


def test_report_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    findings = [
        Finding("ok", "cores", "7"),
        Finding("warning", "memory", "little of it", "Close a window."),
    ]
    assert report_setup(findings) == 0
    ok, warning, advice, _, end = capsys.readouterr().out.splitlines()
    assert ok.split() == ["ok", "cores", "7"]
    assert warning.split() == ["warning", "memory", "little", "of", "it"]
    assert advice.strip() == "To do: Close a window."
    assert end == "2 findings: 0 problems, 1 warnings."
    findings.append(Finding("problem", "disk", "full", "Make room."))
    assert report_setup(findings) == 1
    assert "problem  disk    full" in capsys.readouterr().out


def test_in_a_web_page_there_is_nothing_to_look_at(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "IN_WEB_PAGE", True)
    assert report_setup(examine_setup()) == 0
    first, _, last = capsys.readouterr().out.splitlines()
    assert first.startswith("ok       Python  ")
    assert first.endswith("in a web page: nothing is installed here")
    assert last == "1 finding: 0 problems, 0 warnings."
