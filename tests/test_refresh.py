"""`refresh`: one form on every machine, and outputs that are held to their sources.

The lessons here belong to a small checkout of their own, with a package
``lstm_course`` of its own, so that nothing depends on the course's real sources.
"""

import json
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from lstm_course.commands import refresh as machinery
from lstm_course.commands.refresh import check, refresh, report_stale

pytestmark = pytest.mark.slow

CELL_MODULE = '''"""A module that the lesson uses."""

FORGET = 0.731


def fail():
    raise ValueError("kernel: expected (3, 8), got (3, 7)")
'''

WIDGET = {
    "text/plain": "interactive(...)",
    "application/vnd.jupyter.widget-view+json": {"model_id": "1", "version_major": 2},
}

# The code cells of the sample, numbered as in JupyterLab.
CODE = {
    1: "import sys\nimport time\nfrom pathlib import Path\n\n"
    "from IPython.display import display\n\nfrom lstm_course.layers import cell",
    2: "for gate in 'ifgo':\n    print(gate, cell.FORGET, flush=True)",
    3: "cell.FORGET / 3",
    4: "cell.fail()",
    5: f"display({WIDGET!r}, raw=True)",
    6: "display({'text/html': f'<img alt=\"gates\" "
    "src=\"data:image/png;base64,{\"QUJD\" * 30}\">', 'text/plain': 'gates'},"
    " raw=True)",
    7: "print(f'{time.process_time():.3f} s')",
    8: "print(time.time())",
    9: "figures = Path().resolve().parent / 'figures'\n"
    "len((figures / 'measured.json').read_bytes())",
    10: "sys = print = None  # a lesson may use any name",
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """The kernels of this module find the sample's own package first."""
    root = tmp_path_factory.mktemp("checkout")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(root))
        yield root


@pytest.fixture(scope="module")
def checkout(environment, write_notebook):
    """A checkout with one lesson, refreshed."""
    root = environment
    for name, text in {
        "lstm_course/__init__.py": '"""The package."""\n',
        "lstm_course/layers/__init__.py": "",
        "lstm_course/layers/cell.py": CELL_MODULE,
        "lstm_course/layers/unused.py": "UNUSED = 1\n",
        "figures/gates.png": "\x89PNG\r\n",
        "figures/other.png": "other",
        "figures/measured.json": "{}",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8", newline="")

    lesson = root / "notebooks" / "01_sample.ipynb"
    title = "# Gates\n\n![the gates](../figures/gates.png)"
    notebook = write_notebook(lesson, title, *CODE.values())
    notebook.metadata = {
        "kernelspec": {"name": "mine", "display_name": "My Python"},
        "language_info": {"name": "python", "version": "3.9.1"},
        "widgets": {"state": {}},
        "rise": {"scroll": True},
    }
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    notebook.cells[0].metadata = {"slideshow": {"slide_type": "slide"}, "editable": 1}
    cells[0].metadata = {
        "execution": {"iopub.execute_input": "2020-01-01T00:00:00Z"},
        "collapsed": False,
        "tags": ["parameters"],
        "jupyter": {"source_hidden": True, "outputs_hidden": False},
    }
    cells[3].metadata = {"tags": ["raises-exception"]}
    cells[4].metadata = {"tags": ["nbval-ignore-output"]}
    cells[7].metadata = {"tags": ["nbval-ignore-output"], "trusted": True}
    cells[8].id = cells[7].id
    cells[0].execution_count = 17
    lesson.write_text(json.dumps(notebook), encoding="utf-8")
    lesson.chmod(0o644)

    with pytest.warns(nbformat.warnings.DuplicateCellId):
        assert refresh(folder=lesson.parent) == 0
    return root


@pytest.fixture(scope="module")
def sample(checkout):
    return nbformat.read(checkout / "notebooks" / "01_sample.ipynb", as_version=4)


@pytest.fixture
def copy(checkout, tmp_path):
    """A copy of the refreshed checkout, to be changed."""
    return shutil.copytree(checkout, tmp_path / "copy")


def code_cell(notebook, number):
    return [cell for cell in notebook.cells if cell.cell_type == "code"][number - 1]


def test_the_notebook_is_valid_and_names_no_machine(sample, checkout):
    nbformat.validate(sample)
    assert sample.metadata.kernelspec == {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    assert sample.metadata.language_info == {"name": "python"}
    assert set(sample.metadata) == {
        "kernelspec",
        "language_info",
        "lstm_course",
        "rise",
    }
    lesson = checkout / "notebooks" / "01_sample.ipynb"
    assert str(checkout) not in lesson.read_text(encoding="utf-8")
    assert lesson.read_bytes().endswith(b"}\n")
    assert b"\r" not in lesson.read_bytes()


def test_of_the_metadata_of_cells_only_what_is_used_stays(sample):
    assert sample.cells[0].metadata == {"slideshow": {"slide_type": "slide"}}
    assert code_cell(sample, 1).metadata == {
        "tags": ["parameters"],
        "jupyter": {"source_hidden": True},
    }
    assert code_cell(sample, 2).metadata == {}
    assert code_cell(sample, 8).metadata == {"tags": ["nbval-ignore-output"]}


def test_the_sources_stay_and_the_cells_are_numbered(sample):
    cells = [cell for cell in sample.cells if cell.cell_type == "code"]
    assert [cell.source for cell in cells] == list(CODE.values())
    assert [cell.execution_count for cell in cells] == list(CODE)
    assert len({cell.id for cell in sample.cells}) == len(sample.cells)


def test_outputs_are_joined_and_widgets_dropped(sample):
    (joined,) = code_cell(sample, 2).outputs
    assert joined.text == "i 0.731\nf 0.731\ng 0.731\no 0.731\n"
    assert code_cell(sample, 5).outputs == []
    assert code_cell(sample, 6).outputs[0].data["text/plain"] == "gates"


def test_a_traceback_has_paths_of_the_checkout(sample):
    (error,) = code_cell(sample, 4).outputs
    text = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback))
    assert "File lstm_course/layers/cell.py:7" in text.replace("\\", "/")


def test_the_sources_are_those_that_the_kernel_loaded(sample):
    assert set(sample.metadata.lstm_course.made_from) == {
        "cells",
        "outputs",
        "lstm_course/layers/__init__.py",
        "lstm_course/layers/cell.py",
        "figures/gates.png",
        "figures/measured.json",
    }


def test_a_second_refresh_changes_nothing_but_what_is_tagged(copy, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(copy))
    lesson = copy / "notebooks" / "01_sample.ipynb"

    def settled():
        notebook = nbformat.read(lesson, as_version=4)
        code_cell(notebook, 7).outputs = code_cell(notebook, 8).outputs = []
        del notebook.metadata.lstm_course.made_from["outputs"]
        return nbformat.writes(notebook)

    before = settled()
    assert refresh(["01"], folder=copy / "notebooks") == 0
    assert settled() == before
    assert list(lesson.parent.iterdir()) == [lesson]


def append(path, text="\n# changed\n"):
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def edit_cell(path, cell_type):
    notebook = nbformat.read(path, as_version=4)
    cell = [cell for cell in notebook.cells if cell.cell_type == cell_type][-1]
    cell.source += " and more"
    nbformat.write(notebook, path)


def edit_output(path):
    notebook = nbformat.read(path, as_version=4)
    ignored = code_cell(notebook, 8)
    assert "nbval-ignore-output" in ignored.metadata.tags
    ignored.outputs[0].text += "1"
    nbformat.write(notebook, path)


CHANGES = {
    "nothing": (lambda root: None, []),
    "a module": (
        lambda root: append(root / "lstm_course/layers/cell.py"),
        ["lstm_course/layers/cell.py changed"],
    ),
    "a module it doesn't use": (
        lambda root: append(root / "lstm_course/layers/unused.py"),
        [],
    ),
    "a module goes": (
        lambda root: (root / "lstm_course/layers/cell.py").unlink(),
        ["lstm_course/layers/cell.py is gone"],
    ),
    "a picture": (
        lambda root: append(root / "figures/gates.png"),
        ["figures/gates.png changed"],
    ),
    "a file that it opens, however it spells the name": (
        lambda root: append(root / "figures/measured.json"),
        ["figures/measured.json changed"],
    ),
    "a picture it doesn't show": (
        lambda root: append(root / "figures/other.png"),
        [],
    ),
    "code": (
        lambda root: edit_cell(root / "notebooks/01_sample.ipynb", "code"),
        ["its code cells changed"],
    ),
    "an output that no comparison looks at": (
        lambda root: edit_output(root / "notebooks/01_sample.ipynb"),
        ["its outputs were changed by hand"],
    ),
    "prose": (
        lambda root: edit_cell(root / "notebooks/01_sample.ipynb", "markdown"),
        [],
    ),
    "line endings": (
        lambda root: (root / "lstm_course/layers/cell.py").write_text(
            CELL_MODULE, encoding="utf-8", newline="\r\n"
        ),
        [],
    ),
    "two things": (
        lambda root: (
            append(root / "lstm_course/layers/__init__.py"),
            append(root / "figures/gates.png"),
        ),
        ["figures/gates.png changed", "lstm_course/layers/__init__.py changed"],
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_check_names_the_stale_lessons_and_what_changed(copy, change, capsys):
    make, reasons = CHANGES[change]
    make(copy)
    folder = copy / "notebooks"
    assert check(folder=folder) == ([("01_sample", reasons)] if reasons else [])
    assert report_stale(folder=folder) == (1 if reasons else 0)
    printed = capsys.readouterr().out
    assert printed == (f"01_sample: {', '.join(reasons)}\n" if reasons else "")


def test_check_finds_a_lesson_never_refreshed(copy, write_notebook):
    folder = copy / "notebooks"
    write_notebook(folder / "solutions" / "01_solved.ipynb", "# Solved", "1 + 1")
    assert check(folder=folder) == [("solutions/01_solved", ["never refreshed"])]
    assert check(["01"], folder=folder) == []


def test_an_unknown_lesson_is_refused(copy, capsys):
    folder = copy / "notebooks"
    assert refresh(["77"], folder=folder) == 2
    assert report_stale(["77"], folder=folder) == 2
    assert capsys.readouterr().out.count("no lesson '77'") == 2


def test_faulty_lessons_are_left_alone_and_the_others_written(
    tmp_path, environment, write_notebook, capsys
):
    folder = tmp_path / "notebooks"
    faulty = {
        "01_warns": ("import warnings", "warnings.warn('old name')"),
        "02_shows_a_path": ("1 + 1", "from pathlib import Path", "Path.cwd()"),
        "03_fails": ("None.gate",),
        "04_imports_another": ("from lstm_course.layers import cell",),
    }
    for name, cells in faulty.items():
        write_notebook(folder / f"{name}.ipynb", *cells)
    write_notebook(folder / "05_good.ipynb", "print(6 * 7)")
    before = {name: (folder / f"{name}.ipynb").read_bytes() for name in faulty}

    assert refresh(folder=folder) == 1
    after = {name: (folder / f"{name}.ipynb").read_bytes() for name in faulty}
    assert after == before
    good = nbformat.read(folder / "05_good.ipynb", as_version=4)
    assert good.cells[0].outputs[0].text == "42\n"

    printed = capsys.readouterr().out
    assert re.search(r"\[2\] writes to stderr: .*UserWarning: old name", printed)
    assert f"[3] shows a path of this machine: {folder}" in printed
    assert "AttributeError: 'NoneType' object has no attribute 'gate'" in printed
    assert re.search(rf"it imported {re.escape(str(environment))}\S+, which", printed)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("/".join(["", "home", "ada", "course"]), True),
        ("see '{}'".format("/".join(["", "tmp", "x.csv"])), True),
        ("\\".join(["C:", "Users", "ada"]), True),
        ("/".join(["", "Users", "ada"]), True),
        ("figures/home/gates.png", False),
        ("../tmp/gates.png", False),
        ("~/.cache/lstm_course", False),
        ("https://example.org/home/index.html", False),
        ("input/output, and/or", False),
        ("</root>", False),
    ],
)
def test_a_path_of_a_machine_is_told_from_others(tmp_path, text, is_one):
    assert bool(machinery.machine_paths(tmp_path).search(text)) == is_one


def test_the_checkout_itself_is_a_path_of_a_machine(tmp_path):
    assert machinery.machine_paths(tmp_path).search(f"in {tmp_path / 'notebooks'}!")


def test_one_changed_digit_in_an_output_fails_the_comparison(copy, root):
    """pytest, as the course configures it, on a lesson and on changed copies of it."""
    lesson = copy / "notebooks" / "01_sample.ipynb"
    changes = {
        2: ("f 0.731", "f 0.732"),
        3: ("0.2436", "0.2437"),
        4: ("expected (3, 8)", "expected (3, 9)"),
        6: ("gates", "states"),
    }
    indifferent = {
        6: ("QUJDQUJD", "REVGREVG"),
        7: (r"\d\.\d{3} s", "9.876 s"),
        8: (r"\d{4}", "1234"),
    }
    for name, replacements in {"changed": changes, "indifferent": indifferent}.items():
        notebook = nbformat.read(lesson, as_version=4)
        for number, (old, new) in replacements.items():
            cell = code_cell(notebook, number)
            outputs = json.dumps(cell.outputs)
            old = old if "\\" in old else re.escape(old)
            assert re.search(old, outputs)
            cell.outputs = nbformat.from_dict(
                json.loads(re.sub(old, new, outputs, count=1))
            )
        nbformat.write(notebook, lesson.with_name(f"{name}.ipynb"))

    environment = dict(os.environ) | {"PYTHONPATH": str(copy)}
    environment.pop("PYTEST_ADDOPTS", None)
    configured = ["-c", str(root / "pyproject.toml"), "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *configured, "-q", "-rA", lesson.parent]
    run = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, encoding="utf-8"
    )
    assert run.returncode == 1, run.stdout + run.stderr
    outcomes = re.findall(r"^(\w+) \S*?(\w+)\.ipynb::Cell (\d+)", run.stdout, re.M)
    assert len(outcomes) == 3 * len(CODE)
    failed = {
        (name, int(number) + 1)
        for outcome, name, number in outcomes
        if outcome != "PASSED"
    }
    assert failed == {("changed", number) for number in changes}
