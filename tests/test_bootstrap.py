"""The set-up from nothing, as a reader starts it, with installers that only pretend.

The modules venv, pip and uv are stood in for by small ones that note how they were
called; everything else is real: the processes, the signals, the lock, the stamp.
"""

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from lstm_course.__main__ import installed
from lstm_course.commands import environment, setup_problems
from lstm_course.commands.setup_problems import (
    DISK_FULL,
    UNREACHABLE,
    explain_failure,
    too_little_room,
    unsupported,
)

pytestmark = pytest.mark.slow

PACKAGE = Path(__file__).parent.parent / "lstm_course"
FILES = [
    "__init__.py",
    "__main__.py",
    "commands/__init__.py",
    "commands/environment.py",
    "commands/setup_problems.py",
    "system/__init__.py",
    "system/paths.py",
]
BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)
FETCH, UV, PIP, ITSELF = (
    f"pip {environment.INSTALLER.name}",
    "uv requirements.lock",
    "pip requirements.lock",
    "pip .",
)

LOCK = """\
one==1 \\
    --hash=sha256:11
uv==2 \\
    --hash=sha256:22 \\
    --hash=sha256:33
uvicorn==4 \\
    --hash=sha256:44
"""
VENV_MODULE = """
import os, subprocess, sys
with open(os.environ["CALLS"], "a") as calls: calls.write("venv\\n")
make = [sys.executable, "-I", "-m", "venv", "--without-pip", sys.argv[1]]
sys.exit(subprocess.call(make))
"""
INSTALLER_MODULE = """
import json, os, sys, time
name = os.path.basename(sys.argv[0])[:-3]
call = f"{name} {os.path.basename(sys.argv[-1])}"
with open(os.environ["CALLS"], "a") as calls:
    calls.write(" ".join([name, *sys.argv[1:]]) + "\\n")
plan = json.loads(os.environ.get("PLAN", "{}")).get(call, {})
print(plan.get("says", f"{call} is done"), flush=True)
time.sleep(plan.get("seconds", 0))
sys.exit(plan.get("code", 0))
"""
CLI_MODULE = """
import json, os, sys
def main():
    bytecode = os.environ.get("PYTHONDONTWRITEBYTECODE")
    print(json.dumps([sys.argv[1:], sys.prefix, bytecode]))
    sys.exit(int(sys.argv[-1]))
"""


class Clone:
    """A fresh clone of the course, and what was called in it."""

    def __init__(self, root: Path) -> None:
        self.root = root / "clone"
        self.venv = self.root / ".venv"
        self.stamp = self.venv / environment.STAMP.name
        self.log = self.root / "runs" / "set-up.log"
        self._calls = root / "calls"
        self._fakes = root / "fakes"
        self._fakes.mkdir()
        for name, code in {
            "venv": VENV_MODULE,
            "pip": INSTALLER_MODULE,
            "uv": INSTALLER_MODULE,
        }.items():
            (self._fakes / f"{name}.py").write_text(code)
        for file in FILES:
            copy = self.root / "lstm_course" / file
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PACKAGE / file, copy)
        (self.root / "lstm_course" / "cli.py").write_text(CLI_MODULE)
        (self.root / "requirements.lock").write_text(LOCK)
        (self.root / "pyproject.toml").write_text("[project]\n")

    def start(self, *arguments: str, **plan: object) -> subprocess.Popen[str]:
        """Start a command, in a process group of its own."""
        # -S: a Python without site-packages, as on a fresh machine.
        return subprocess.Popen(
            [BASE_PYTHON, "-S", "-m", "lstm_course", *arguments],
            cwd=self.root,
            env=os.environ
            | {
                "PYTHONPATH": str(self._fakes),
                "PYTHONDONTWRITEBYTECODE": "1",
                "CALLS": str(self._calls),
                "PLAN": json.dumps(plan),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, **plan: object) -> tuple[int, str, str]:
        """Run a command; return its exit code, stdout and stderr."""
        process = self.start(*arguments, **plan)
        out, err = process.communicate(timeout=120)
        assert "Traceback" not in err
        return process.returncode, out, err

    def new_calls(self) -> list[str]:
        """Return the installers' calls since the last time this was asked."""
        if not self._calls.exists():
            return []
        calls = self._calls.read_text().splitlines()
        self._calls.unlink()
        return calls

    def wait_for(self, call: str) -> None:
        """Wait until this installer is at work."""
        end = time.monotonic() + 60
        name, argument = call.split()
        while time.monotonic() < end:
            if self._calls.exists() and any(
                line.startswith(name) and line.endswith(argument)
                for line in self._calls.read_text().splitlines()
            ):
                return
            time.sleep(0.02)
        raise TimeoutError(call)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


@pytest.fixture
def ready(clone: Clone) -> Clone:
    assert clone.run("0")[0] == 0
    clone.new_calls()
    return clone


def brief(calls: list[str]) -> list[str]:
    """Return tool and last argument of each call."""
    return [
        " ".join(dict.fromkeys([c.split()[0], os.path.basename(c.split()[-1])]))
        for c in calls
    ]


WHOLE = ["venv", FETCH, UV, ITSELF]


def test_from_nothing(clone: Clone) -> None:
    code, out, err = clone.run("train", "--seed", "7")
    assert code == 7
    # stdout is the command's alone; it ran inside, and may write bytecode.
    assert json.loads(out) == [["train", "--seed", "7"], str(clone.venv), None]
    calls = clone.new_calls()
    assert brief(calls) == WHOLE
    assert "--compile-bytecode" in calls[2]
    assert all("--require-hashes" in call for call in calls[1:3])
    installer = (clone.venv / environment.INSTALLER.name).read_text()
    assert installer.split() == [
        *("uv==2", "\\", "--hash=sha256:22", "\\", "--hash=sha256:33")
    ]
    assert {"--no-deps", "--no-build-isolation", "--editable"} <= {*calls[3].split()}
    for step in ["1/4", "2/4", "3/4", "4/4"]:
        assert len(re.findall(rf"{step} .+ \.\.\. \d+ s\n", err)) == 1
    assert "2 to 6 minutes" in err
    assert re.search(r"Done in \d+ s", err)
    assert "is done" not in err  # the installers' chatter is in the log alone
    assert f"{UV} is done" in clone.log.read_text()


def test_second_run_installs_and_says_nothing(ready: Clone) -> None:
    code, out, err = ready.run("test", "-k", "3")
    assert (code, err, ready.new_calls()) == (3, "", [])
    assert json.loads(out) == [["test", "-k", "3"], str(ready.venv), None]


def test_pip_where_uv_fails(clone: Clone) -> None:
    code, _, err = clone.run("5", **{UV: {"code": 2, "says": "error: Failed to fetch"}})
    assert (code, "Done in" in err) == (5, True)
    calls = clone.new_calls()
    assert brief(calls) == ["venv", FETCH, UV, PIP, ITSELF]
    assert "--require-hashes" in calls[3]
    assert clone.run("0")[2] == ""


def test_pip_where_there_is_no_uv(clone: Clone) -> None:
    says = "ERROR: No matching distribution found for uv"
    assert clone.run("0", **{FETCH: {"code": 1, "says": says}})[0] == 0
    assert brief(clone.new_calls()) == ["venv", FETCH, PIP, ITSELF]


@pytest.mark.parametrize(
    ("failing", "says", "sentence", "calls"),
    [
        ([FETCH], "Failed to resolve: name resolution", UNREACHABLE, WHOLE[:2]),
        ([UV], "No space left on device (os error 28)", DISK_FULL, WHOLE[:3]),
        ([UV, PIP], "dns error", UNREACHABLE, [*WHOLE[:3], PIP]),
        ([ITSELF], "some words\nerror: it is odd\n", "it is odd", WHOLE),
    ],
)
def test_failure_is_told_in_a_sentence(
    clone: Clone, failing: list[str], says: str, sentence: str, calls: list[str]
) -> None:
    plan = {call: {"code": 1, "says": says} for call in failing}
    code, out, err = clone.run("0", **plan)
    assert (code, out) == (1, "")
    assert sentence in err.splitlines()[-2]
    assert err.splitlines()[-1].endswith(str(clone.log))
    assert says in clone.log.read_text()
    assert brief(clone.new_calls()) == calls
    # No failure leaves anything that passes for an environment.
    assert clone.run("0")[0] == 0
    assert brief(clone.new_calls()) == WHOLE


def test_reason_is_that_of_the_last_installer(clone: Clone) -> None:
    plan = {
        UV: {"code": 2, "says": "error: Hash mismatch for one==1"},
        PIP: {"code": 1, "says": "ReadTimeoutError: Read timed out."},
    }
    assert UNREACHABLE in clone.run("0", **plan)[2]


OFFLINE = "--no-index --find-links wheels"


def test_installs_from_the_folder_of_wheels_alone(clone: Clone) -> None:
    assert "wheels" not in clone.run("0")[2]
    assert not [call for call in clone.new_calls() if OFFLINE in call]
    shutil.rmtree(clone.venv)
    (clone.root / "wheels").mkdir()
    code, _, err = clone.run("0")
    assert (code, "nothing from a network" in err) == (0, True)
    calls = clone.new_calls()
    assert brief(calls) == WHOLE
    assert [OFFLINE in call for call in calls] == [False, True, True, False]
    assert all("--require-hashes" in call for call in calls[1:3])


NOT_THERE = """\
ERROR: Could not find a version that satisfies the requirement six==1.17.0
ERROR: No matching distribution found for six==1.17.0
"""
DAMAGED = """\
ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you ...
    six==1.17.0 from file:///a%20b/wheels/six-1.17.0-py3-none-any.whl (from -r x.lock):
        Expected sha256 4721f391
"""


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        (NOT_THERE, r"wheels/ has no six==1\.17\.0 for Python 3\.\d+\.\d+ on \w+ \w+:"),
        (DAMAGED, r"wheels/six-1\.17\.0-py3-none-any\.whl is damaged"),
        ("No space left on device (os error 28)", "disk is full"),
    ],
)
def test_what_is_wrong_with_the_wheels_is_told(
    clone: Clone, says: str, sentence: str
) -> None:
    (clone.root / "wheels").mkdir()
    uv = {"code": 2, "says": "Because six was not found, or has an invalid format"}
    code, _, err = clone.run("0", **{UV: uv, PIP: {"code": 1, "says": says}})
    assert code == 1
    assert re.search(sentence, err.splitlines()[-2])
    # Without the folder, the same words mean something else.
    shutil.rmtree(clone.root / "wheels")
    assert "wheels" not in clone.run("0", **{UV: uv, PIP: {"code": 1, "says": says}})[2]


@pytest.mark.skipif(os.name == "nt", reason="needs process groups")
@pytest.mark.parametrize("during", [FETCH, UV, ITSELF])
def test_killed_in_the_middle_starts_over(clone: Clone, during: str) -> None:
    process = clone.start("0", **{during: {"seconds": 60}})
    clone.wait_for(during)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    (clone.venv / "half").mkdir()
    (clone.venv / "half" / "unpacked").write_text("a package")
    clone.new_calls()

    code, _, err = clone.run("0")
    assert code == 0
    assert "unfinished" in err
    assert brief(clone.new_calls()) == WHOLE
    assert not (clone.venv / "half").exists()
    assert clone.run("0")[2] == ""


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """A job in the background ignores Ctrl-C, and so would all that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name == "nt", reason="needs process groups")
@pytest.mark.usefixtures("_interruptible")
@pytest.mark.parametrize("send", ["killpg", "kill"])  # with the installer, alone
def test_interrupted_by_the_reader(clone: Clone, send: str) -> None:
    process = clone.start("0", **{UV: {"seconds": 60}})
    clone.wait_for(UV)
    getattr(os, send)(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[-1].startswith("Interrupted.")
    assert "Traceback" not in err
    code, _, err = clone.run("0")
    assert (code, "waiting" in err) == (0, False)  # for an installer left over


@pytest.mark.skipif(os.name == "nt", reason="there the lock is not inherited")
def test_waits_for_an_installer_whose_set_up_was_killed(clone: Clone) -> None:
    process = clone.start("0", **{UV: {"seconds": 2}})
    clone.wait_for(UV)
    process.kill()  # the installer lives on
    start = time.monotonic()
    code, _, err = clone.run("0")
    assert (code, "waiting" in err) == (0, True)
    assert time.monotonic() - start > 1
    process.communicate(timeout=60)


def test_two_at_once_install_once(clone: Clone) -> None:
    first = clone.start("3", **{UV: {"seconds": 1}})
    clone.wait_for(FETCH)
    second = clone.start("4")
    assert (first.wait(60), second.wait(60)) == (3, 4)
    assert brief(clone.new_calls()) == WHOLE
    for process in (first, second):
        process.communicate()


def test_changed_lock_brings_up_to_date_in_place(ready: Clone) -> None:
    (ready.root / "requirements.lock").write_text(LOCK.replace("one==1", "one==2"))
    (ready.venv / "kept").touch()
    code, _, err = ready.run("0")
    assert (code, "The course has changed" in err) == (0, True)
    assert brief(ready.new_calls()) == WHOLE[1:]
    assert (ready.venv / "kept").exists()
    assert ready.run("0")[2] == ""


def test_bringing_up_to_date_without_a_network_loses_nothing(ready: Clone) -> None:
    (ready.root / "requirements.lock").write_text(LOCK.replace("one==1", "one==2"))
    (ready.venv / "kept").touch()
    offline = {"code": 1, "says": "Failed to establish a new connection: dns error"}
    code, _, err = ready.run("0", **{UV: offline, PIP: offline})
    assert (code, UNREACHABLE in err) == (1, True)
    ready.new_calls()
    # With the change taken back, what is there serves again.
    (ready.root / "requirements.lock").write_text(LOCK)
    assert ready.run("6")[0::2] == (6, "")
    assert (ready.venv / "kept").exists()
    assert ready.new_calls() == []


@pytest.mark.skipif(os.name == "nt", reason="needs process groups")
def test_killed_while_brought_up_to_date_starts_over(ready: Clone) -> None:
    (ready.root / "requirements.lock").write_text(LOCK.replace("one==1", "one==2"))
    process = ready.start("0", **{UV: {"seconds": 60}})
    ready.wait_for(UV)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    ready.new_calls()
    (ready.root / "requirements.lock").write_text(LOCK)
    assert ready.run("0")[0] == 0
    assert brief(ready.new_calls()) == WHOLE


def test_moved_folder_starts_over(ready: Clone) -> None:
    ready.root.rename(ready.root.with_name("elsewhere"))
    ready.root = ready.root.with_name("elsewhere")
    code, out, _ = ready.run("0")
    assert (code, brief(ready.new_calls())) == (0, WHOLE)
    assert json.loads(out)[1] == str(ready.root / ".venv")


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_python_that_is_gone_starts_over(ready: Clone, tmp_path: Path) -> None:
    python = ready.venv / "bin" / "python"
    python.unlink()
    python.symlink_to(tmp_path / "gone")
    _, held = ready.stamp.read_text().splitlines()
    ready.stamp.write_text(f"{ready.root} {tmp_path / 'gone'}\n{held}\n")
    assert ready.run("0")[0] == 0
    assert brief(ready.new_calls()) == WHOLE


@pytest.fixture
def foreign(clone: Clone) -> Iterator[Clone]:
    """A clone whose .venv another tool made."""
    make = [BASE_PYTHON, "-m", "venv", "--without-pip", str(clone.venv)]
    subprocess.run(make, check=True)
    yield clone
    assert clone.new_calls() == []
    assert not clone.stamp.exists()


def plant(clone: Clone, name: str, *needs: str) -> None:
    """Write the metadata of an installed package."""
    folder = "Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages"
    (packages,) = clone.venv.glob(folder)
    (packages / f"{name}-1.0.dist-info").mkdir()
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {name}",
        "Version: 1.0",
        *(f"Requires-Dist: {need}" for need in needs),
    ]
    (packages / f"{name}-1.0.dist-info" / "METADATA").write_text("\n".join(lines))


def test_environment_of_another_tool_is_used(foreign: Clone) -> None:
    extra = "torch==1.0; extra == 'bench'"  # wanted by few, and needed by none
    plant(foreign, "lstm_course", "numpy==1.0", "typer==1.0", extra)
    plant(foreign, "numpy")
    plant(foreign, "typer")
    code, out, err = foreign.run("9")
    assert (code, err) == (9, "")
    assert json.loads(out)[1] == str(foreign.venv)


@pytest.mark.parametrize("has", [[], ["lstm_course", "numpy"], ["numpy", "typer"]])
def test_environment_of_another_tool_is_never_touched(
    foreign: Clone, has: list[str]
) -> None:
    for name in has:
        plant(foreign, name, *["numpy==1", "typer==1"] * (name == "lstm_course"))
    before = sorted(foreign.venv.rglob("*"))
    code, out, err = foreign.run("0")
    assert (code, out) == (1, "")
    assert "another program's" in err
    assert sorted(foreign.venv.rglob("*")) == before


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_environment_of_another_copy_is_not_taken_through_a_link(ready: Clone) -> None:
    first, before = ready.root, sorted(ready.venv.rglob("*"))
    ready.root = first.with_name("second")
    shutil.copytree(first, ready.root, ignore=shutil.ignore_patterns(".venv"))
    (ready.root / ".venv").symlink_to(first / ".venv")
    code, out, err = ready.run("0")
    assert (code, out) == (1, "")
    assert "a link to the environment of another copy" in " ".join(err.split())
    assert sorted(ready.venv.rglob("*")) == before


def test_this_python_has_the_course() -> None:
    assert installed()


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder to set up in, for calls in this process."""
    venv = tmp_path / ".venv"
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", venv)
    monkeypatch.setattr(environment, "STAMP", venv / "stamp")
    monkeypatch.setattr(environment, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(environment, "LOG", tmp_path / "runs" / "log")
    return venv


def test_what_is_wiped_stays_ours_till_the_end(
    monkeypatch: pytest.MonkeyPatch, nothing: Path
) -> None:
    # Or else, killed meanwhile, it would look like another program's.
    environment._stamp("unfinished")
    for number in range(9):
        (nothing / f"folder{number}").mkdir()
    seen = []
    monkeypatch.setattr(
        shutil, "rmtree", lambda entry: seen.append(environment.state())
    )
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=0))
    with pytest.raises(environment.SetUpError):
        environment.set_up()
    assert seen == ["unusable"] * 9


@pytest.mark.parametrize("free", [0.0, 3.9e9])
def test_full_disk_is_foreseen(
    monkeypatch: pytest.MonkeyPatch, nothing: Path, free: float
) -> None:
    usage = SimpleNamespace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(environment.SetUpError, match=f"and {free / 1e9:.1f} GB are"):
        environment.set_up()
    assert [entry.name for entry in nothing.iterdir()] == ["stamp"]
    assert too_little_room(setup_problems.GIGABYTES * 1e9) is None


def test_unsupported_machine_gets_nothing_made(
    monkeypatch: pytest.MonkeyPatch, nothing: Path
) -> None:
    monkeypatch.setattr(environment, "unsupported", lambda *machine: "No builds here.")
    with pytest.raises(environment.SetUpError, match="No builds here"):
        environment.set_up()
    assert not nothing.exists()


GLIBC = ("glibc", "2.36")


@pytest.mark.parametrize(
    ("version", "system", "machine", "libc"),
    [
        ((3, 11, 0), "Linux", "x86_64", GLIBC),
        ((3, 12, 4), "Linux", "aarch64", ("glibc", "2.28")),
        ((3, 13, 9), "Darwin", "arm64", ("", "")),
        ((3, 12, 0), "Windows", "AMD64", ("", "")),
    ],
)
def test_supported(
    version: tuple[int, ...], system: str, machine: str, libc: tuple[str, str]
) -> None:
    assert unsupported(version, system, machine, libc) is None


@pytest.mark.parametrize(
    ("version", "system", "machine", "libc", "words"),
    [
        ((3, 10, 13), "Linux", "x86_64", GLIBC, "3.10.13"),
        ((3, 14, 0), "Darwin", "arm64", ("", ""), "3.14.0"),
        ((4, 0, 0), "Linux", "x86_64", GLIBC, "4.0.0"),
        ((3, 12, 1), "Darwin", "x86_64", ("", ""), "Intel Mac"),
        ((3, 12, 1), "Windows", "ARM64", ("", ""), "Windows on ARM64"),
        ((3, 12, 1), "Linux", "armv7l", GLIBC, "Linux on armv7l"),
        ((3, 12, 1), "FreeBSD", "amd64", ("", ""), "FreeBSD on amd64"),
        ((3, 12, 1), "Linux", "x86_64", ("", ""), "GNU C library"),
        ((3, 13, 1), "Linux", "x86_64", ("musl", "1.2.4"), "GNU C library"),
        ((3, 12, 1), "Linux", "x86_64", ("glibc", "2.17"), "GNU C library"),
        ((3, 12, 1), "Linux", "x86_64", ("glibc", "2.4"), "GNU C library"),
    ],
)
def test_unsupported(
    version: tuple[int, ...],
    system: str,
    machine: str,
    libc: tuple[str, str],
    words: str,
) -> None:
    sentence = unsupported(version, system, machine, libc)
    assert sentence is not None
    assert words in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (  # uv without a network
            "error: Request failed after 3 retries in 4.0s\n"
            "  cause: error sending request for url\n  cause: dns error\n",
            "registry cannot be reached",
        ),
        (  # pip without a network
            "WARNING: Retrying (Retry(total=0)) after connection broken by "
            "'NewConnectionError: [Errno -3] Temporary failure in name resolution'\n"
            "ERROR: Could not find a version that satisfies the requirement uv\n"
            "ERROR: No matching distribution found for uv==0.13.9\n",
            "registry cannot be reached",
        ),
        ("ReadTimeoutError: Read timed out. (read timeout=15)", "cannot be reached"),
        (
            "failed to copy file: No space left on device (os error 28)",
            "A disk is full",
        ),
        ("OSError: [Errno 28] No space left on device", "A disk is full"),
        ("There is not enough space on the disk. (os error 112)", "A disk is full"),
        (  # Debian without python3-venv
            "The virtual environment was not created successfully because ensurepip "
            "is not\navailable.  On Debian/Ubuntu systems, you need to install the",
            "python3-venv",
        ),
        ("/usr/bin/python3: No module named venv", "python3-venv"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS",
            "requirements.lock",
        ),
        ("error: Hash mismatch for `six==1.17.0`", "requirements.lock"),
        ("SSLError(SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED", "PIP_CERT"),
        ("invalid peer certificate: UnknownIssuer", "SSL_CERT_FILE"),
        ("h5py==3.14.0 has no usable wheels and you require", "no build"),
        ("ERROR: No matching distribution found for h5py", "no build"),
        ("PermissionError: [Errno 13] Permission denied: '.venv'", "written"),
        ("[WinError 5] Access is denied", "written"),
        ("one\n\nerror: the moon is full\n\n", "failed: error: the moon is full"),
        ("", "printed nothing"),
    ],
)
def test_explain_failure(output: str, words: str) -> None:
    sentence = explain_failure(output)
    assert words in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("file", FILES)
def test_turned_away_pythons_can_read_it(file: str) -> None:
    # Else they would see a SyntaxError in place of the sentence meant for them.
    ast.parse((PACKAGE / file).read_text("utf-8"), feature_version=(3, 8))
