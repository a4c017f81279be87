"""What the tests share: the random examples, the files under test, notebooks."""

import os
import re
import subprocess
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import nbformat
import pytest
from in_browser import served
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lstm_course.exercises.progress import PROGRESS_VARIABLE
from lstm_course.system.browser import NoBrowserError, open_browser

ROOT = Path(__file__).resolve().parents[1]
PICTURE = re.compile(r"!\[([^]]*)\]\([./]*figures/([\w/]+\.svg)\)")

KEPT_BESIDE = {"public", "runs", "slides", "wheels", "workspace"}  # as .gitignore says

os.environ[PROGRESS_VARIABLE] = os.devnull  # what a reader passed is their own

# The same examples on every machine and in every run. To look for new ones:
# pytest --hypothesis-profile=default
hypothesis.settings.register_profile("course", derandomize=True, deadline=None)
hypothesis.settings.load_profile("course")


@cache
def committed_files(root: Path = ROOT) -> list[Path]:
    """Return the files of the course, without those a reader keeps beside them."""
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-z"],
            cwd=root,
            check=True,
            capture_output=True,
            encoding="utf-8",
        )
        paths = [root / name for name in listing.stdout.split("\0")[:-1]]
    except (OSError, subprocess.CalledProcessError):  # unpacked from an archive
        paths = [
            path
            for path in root.rglob("*")
            if path.relative_to(root).parts[0] not in KEPT_BESIDE
            and not any(
                part.startswith(".") or part == "__pycache__"
                for part in path.relative_to(root).parts
            )
        ]
    return sorted(path for path in paths if path.is_file())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a ``committed_notebook`` on each of them.

    A ``committed_lesson`` is a notebook that is no page of solutions.
    """
    paths = [path for path in committed_files() if path.suffix == ".ipynb"]
    lessons = [path for path in paths if path.parent.name == "notebooks"]
    if "committed_notebook" in metafunc.fixturenames:
        ids = [f"{path.parent.name}/{path.stem}" for path in paths]
        metafunc.parametrize("committed_notebook", paths, ids=ids)
    if "committed_lesson" in metafunc.fixturenames:
        metafunc.parametrize("committed_lesson", lessons, ids=lambda path: path.stem)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the tables that tests tell of by ``record_property``: a row a test."""
    rows = {
        report.nodeid.partition("[")[2].rstrip("]"): dict(report.user_properties)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, ())
        if report.user_properties
    }
    if rows:
        names = [*next(iter(rows.values()))]
        total = sum((Counter(counts) for counts in rows.values()), Counter())
        terminalreporter.section("cells run in their page")
        terminalreporter.line(f"{'lesson':28}" + "".join(f"{n:>12}" for n in names))
        for lesson, counts in [*sorted(rows.items()), ("sum", total)]:
            counted = "".join(f"{counts[name]:12}" for name in names)
            terminalreporter.line(f"{lesson:28}{counted}")


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def list_committed() -> Callable[[Path], list[Path]]:
    return committed_files


@pytest.fixture(scope="session")
def committed() -> list[Path]:
    return committed_files()


@pytest.fixture(scope="session")
def alternative_texts(committed: list[Path]) -> dict[str, set[str]]:
    """The text alternatives of each SVG picture, wherever a page shows it."""
    found = defaultdict(set)
    for page in committed:
        if page.suffix in {".md", ".ipynb"}:
            for alt, name in PICTURE.findall(page.read_text(encoding="utf-8")):
                found[name].add(alt)
    return dict(found)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser; the test is skipped where there is none."""
    try:
        with open_browser() as browser:
            yield browser
    except NoBrowserError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as the command writes it, built once for all workers."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    out = shared / "public"
    try:
        (shared / "site.lock").mkdir()
    except FileExistsError:  # another worker builds it
        deadline = time.monotonic() + 600
        while not out.is_dir():
            assert time.monotonic() < deadline, "the site was not built"
            time.sleep(1)
    else:
        from lstm_course.commands.site import write_site  # it takes seconds to import

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Sphinx's, on its themes and extensions
            write_site(out)
    return out


@pytest.fixture(scope="module")
def site_address(built_site: Path) -> Iterator[str]:
    with served(built_site) as address:
        yield address


@pytest.fixture(scope="session")
def write_notebook() -> Callable[..., nbformat.NotebookNode]:
    """Write a notebook of code cells, and of Markdown cells where text begins "#"."""

    def write(path: Path, *sources: str) -> nbformat.NotebookNode:
        notebook = new_notebook(
            cells=[
                new_markdown_cell(source)
                if source.startswith("# ")
                else new_code_cell(source)
                for source in sources
            ]
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return notebook

    return write
