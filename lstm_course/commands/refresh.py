"""``refresh``: execute the committed lessons, and write their outputs in one form.

The same sources give the same file on every machine. Each lesson keeps a hash of
every source it was made from, so that a stale one is found without executing it.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from nbformat.validator import normalize

from lstm_course.commands.run import (
    CELL_SECONDS,
    LessonError,
    Report,
    execute,
    find_lessons,
    lesson_name,
    read,
    refuse,
    work_through,
)
from lstm_course.system.files import atomic_write
from lstm_course.system.paths import NOTEBOOKS

KERNELSPEC = {
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "name": "python3",
}
LANGUAGE = {"name": "python"}

_CELLS, _OUTPUTS = "cells", "outputs"
_CHANGED = {
    _CELLS: "its code cells changed",
    _OUTPUTS: "its outputs were changed by hand",
}
_FIGURE = re.compile(r"figures/[\w./-]*\w")
_WIDGET = "application/vnd.jupyter.widget-view+json"
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_EMBEDDED = re.compile(r"base64,[A-Za-z0-9+/=\s]+")
_SITE_PACKAGES = re.compile(r"(?:~|[A-Za-z]:)?[/\\][^\s\x1b]*[/\\](?=site-packages)")


class Stale(NamedTuple):
    """A lesson whose outputs were made from other sources than those there are."""

    lesson: str
    reasons: list[str]


def refresh(
    names: Iterable[str] = (),
    *,
    folder: Path = NOTEBOOKS,
    cell_seconds: int = CELL_SECONDS,
) -> int:
    """Execute lessons and write each with its new outputs, in one normal form.

    A lesson that fails, prints to stderr or shows a path of this machine is reported
    and its file is left as it was. Paths in tracebacks are made relative instead.

    Args:
        names: lessons by number, name or path; none means all notebooks of
            ``folder`` and its subfolders.
        folder: where the lessons are; its parent is the root of the checkout.
        cell_seconds: a cell that takes longer fails its lesson.

    Returns:
        The exit code: 0, or 1 when a lesson failed, or 2 when a name is unknown.
    """
    root = folder.resolve().parent

    def renew(lesson: Path, progress: Report) -> None:
        notebook, sources = execute(lesson, progress, cell_seconds=cell_seconds)
        notebook = _normalised(notebook, root)
        if faults := _output_faults(notebook, root):
            raise LessonError("\n".join(["not written:", *faults]))
        made_from = _made_from(notebook, sources, root)
        notebook.metadata.lstm_course = {"made_from": made_from}
        nbformat.validate(notebook)
        text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
        with atomic_write(lesson) as file:
            file.write(f"{text}\n".encode())

    return work_through(names, folder, renew, subfolders=True)


def report_stale(names: Iterable[str] = (), *, folder: Path = NOTEBOOKS) -> int:
    """Print a line for each stale lesson, with what changed; execute nothing.

    Returns:
        The exit code: 0, or 1 when a lesson is stale, or 2 when a name is unknown.
    """
    try:
        stale = check(names, folder=folder)
    except LessonError as error:
        return refuse(error)
    for lesson, reasons in stale:
        print(f"{lesson}: {', '.join(reasons)}")
    return int(bool(stale))


def check(names: Iterable[str] = (), *, folder: Path = NOTEBOOKS) -> list[Stale]:
    """Return the stale ones among ``names``, or among all notebooks of ``folder``.

    Raises:
        LessonError: an unknown name, or a file that isn't a notebook.
    """
    root = folder.resolve().parent
    lessons = find_lessons(names, folder, subfolders=True)
    return [
        Stale(lesson_name(lesson, folder), reasons)
        for lesson in lessons
        if (reasons := stale_reasons(lesson, root))
    ]


def stale_reasons(lesson: Path, root: Path) -> list[str]:
    """Return what changed since a notebook was refreshed: empty when nothing did."""
    notebook = read(lesson)
    made_from = notebook.metadata.get("lstm_course", {}).get("made_from")
    if not made_from:
        return ["never refreshed"]
    code = _digest_code(notebook)
    reasons = []
    for source, digest in made_from.items():
        if source in code:
            if digest != code[source]:
                reasons.append(_CHANGED[source])
        elif not (root / source).is_file():
            reasons.append(f"{source} is gone")
        elif digest != _digest((root / source).read_bytes()):
            reasons.append(f"{source} changed")
    return reasons


def machine_paths(root: Path) -> re.Pattern[str]:
    """Return what finds a path that only makes sense on one machine.

    Args:
        root: the root of the checkout, which is such a path itself.
    """
    own = [path for path in (root, Path.home()) if path != Path(path.anchor)]
    starts = [re.escape(str(path)) for path in own] + [
        "/(?:home|root|tmp|work|workspace|builds|Users|private|mnt|opt|srv)",
        r"[A-Za-z]:\\+Users",
    ]
    return re.compile(rf"(?<![\w.~}}$<-])(?:{'|'.join(starts)})\b[^\s'\"<>)]*")


def strings(value: object) -> Iterator[str]:
    """Yield every string inside nested lists and dicts: plain, no embedded image."""
    if isinstance(value, str):
        yield _EMBEDDED.sub("", _ANSI.sub("", value))
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def _normalised(notebook: NotebookNode, root: Path) -> NotebookNode:
    """Return the notebook without anything that two machines would write otherwise."""
    slides = {key: notebook.metadata[key] for key in {"rise"} & set(notebook.metadata)}
    notebook.metadata = {"kernelspec": KERNELSPEC, "language_info": LANGUAGE} | slides
    for cell in notebook.cells:
        cell.metadata = _kept_metadata(cell.metadata)
        if cell.cell_type == "code":
            cell.outputs = [
                output
                for output in cell.outputs
                if _WIDGET not in output.get("data", {})
            ]
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [
                        _relative(line, root) for line in output.traceback
                    ]
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    # A cell that has no id of its own gets one.
    normalised: NotebookNode = normalize(notebook)[1]
    return normalised


def _kept_metadata(metadata: NotebookNode) -> dict[str, object]:
    """Return the part of a cell's metadata that a reader or a check makes use of."""
    kept = {key: metadata[key] for key in ("tags", "slideshow") if metadata.get(key)}
    if metadata.get("jupyter", {}).get("source_hidden"):
        kept["jupyter"] = {"source_hidden": True}
    return kept


def _relative(text: str, root: Path) -> str:
    """Shorten the paths in a traceback to what is the same on every machine."""
    text = _SITE_PACKAGES.sub("", text)
    shortened = [str(root)]
    if root.is_relative_to(Path.home()):
        shortened.append(str(Path("~") / root.relative_to(Path.home())))
    for prefix in shortened:
        text = text.replace(prefix + os.sep, "")
    return text


def _output_faults(notebook: NotebookNode, root: Path) -> list[str]:
    """Return what may not be committed, a line for each, with the cell's number."""
    paths = machine_paths(root)
    faults = []
    code_cells = (cell for cell in notebook.cells if cell.cell_type == "code")
    for number, cell in enumerate(code_cells, start=1):
        for output in cell.outputs:
            if output.get("name") == "stderr":
                faults.append(f"code cell [{number}] writes to stderr: {output.text}")
                continue
            found = [m[0] for text in strings(output) for m in paths.finditer(text)]
            if found:
                faults.append(
                    f"code cell [{number}] shows a path of this machine: {found[0]}"
                )
    return faults


def _made_from(
    notebook: NotebookNode, found: Iterable[Path], root: Path
) -> dict[str, str]:
    """Return the hash of every source of a notebook's outputs, by its name.

    Args:
        notebook: whose cells may show pictures of figures/ besides.
        found: the modules that it loaded, and the files of figures/ that it opened.
        root: of the checkout.
    """
    sources = set()
    for path in found:
        if path.is_relative_to(root):
            sources.add(path.relative_to(root).as_posix())
        elif path.suffix == ".py":
            raise LessonError(
                f"not written: it imported {path}, which is outside {root}; "
                "install this checkout by `pip install -e .`"
            )
    for cell in notebook.cells:
        mentioned = _FIGURE.findall(cell.source)
        sources.update(name for name in mentioned if (root / name).is_file())
    sources.discard("lstm_course/__init__.py")  # a table of names: it computes nothing
    return _digest_code(notebook) | {
        source: _digest((root / source).read_bytes()) for source in sorted(sources)
    }


def _digest_code(notebook: NotebookNode) -> dict[str, str]:
    """Return the hashes of what code cells hold, and of what they show."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    outputs = json.dumps([cell.outputs for cell in code], sort_keys=True)
    return {
        _CELLS: _digest("\0".join(cell.source for cell in code).encode()),
        _OUTPUTS: _digest(outputs.encode()),
    }


def _digest(data: bytes) -> str:
    """Return a short hash, the same whichever line endings a checkout has."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()[:16]
