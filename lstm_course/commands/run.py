"""``run``: execute lessons from top to bottom, as a reader would."""

import os
import textwrap
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import nbformat
import typer
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from tqdm import tqdm

from lstm_course.exercises.progress import PROGRESS_VARIABLE
from lstm_course.system.paths import NOTEBOOKS

CELL_SECONDS = 300

Report = Callable[[int, int], object]  # told the cells done and the cells in all

# What a kernel does before a lesson's first cell: note each file of figures/ that is
# opened, by whatever code.
_WATCH = """
import os, sys
sys.lstm_course_opened = set()
def note(event, arguments):
    if event == "open" and not isinstance(arguments[0], int):
        path = os.path.abspath(os.fsdecode(arguments[0]))
        if "figures" in path.split(os.sep):
            sys.lstm_course_opened.add(path)
sys.addaudithook(note)
"""
# And after the last one: what its outputs were made from.
_LIST_SOURCES = """
import sys
for name, module in sorted(sys.modules.items()):
    if name.split(".")[0] == "lstm_course" and getattr(module, "__file__", None):
        print(module.__file__)
print(*sorted(sys.lstm_course_opened), sep="\\n")
"""


def _with_names_of_its_own(code: str) -> str:
    """Return a line that runs code, whatever a lesson calls print or sys."""
    return f"__import__('builtins').exec({code!r}, {{}})"


class LessonError(Exception):
    """What is wrong with a lesson, or with the way one was asked for."""


def run_lessons(
    names: Iterable[str] = (),
    *,
    folder: Path = NOTEBOOKS,
    cell_seconds: int = CELL_SECONDS,
) -> int:
    """Execute lessons, each in a fresh kernel of this Python; write nothing.

    Args:
        names: lessons by number ("09", "9"), name or path; none means all lessons
            of ``folder`` in order, without its subfolders.
        folder: where the lessons are.
        cell_seconds: a cell that takes longer fails its lesson.

    Returns:
        The exit code: 0, or 1 when a lesson failed, or 2 when a name is unknown.
    """
    run = partial(execute, cell_seconds=cell_seconds)
    return work_through(names, folder, run, subfolders=False)


def find_lessons(names: Iterable[str], folder: Path, *, subfolders: bool) -> list[Path]:
    """Return the notebooks that ``names`` name: by number, by name or by path.

    Args:
        names: what a reader calls them.
        folder: where the lessons are.
        subfolders: whether no names at all mean those in subfolders, too.

    Raises:
        LessonError: a name that no lesson has; the error lists those there are. Or
            ``folder`` holds no lessons, as where the package has no checkout.
    """
    lessons = {
        lesson_name(path, folder): path
        for path in sorted(folder.glob("**/*.ipynb"))
        if ".ipynb_checkpoints" not in path.parts
    }
    if not lessons:
        raise LessonError(
            f"no lessons in {folder}: work in a checkout of the course, "
            "installed by `pip install -e .`"
        )
    found = []
    for name in names:
        if name.endswith(".ipynb") and Path(name).is_file():
            found.append(Path(name))
            continue
        number = f"{int(name):02d}_" if name.isdecimal() else None
        matches = [
            path
            for title, path in lessons.items()
            if title == name.removesuffix(".ipynb")
            or (number and title.startswith(number))
        ]
        if not matches:
            there_are = textwrap.indent("\n".join(lessons), "  ")
            raise LessonError(f"no lesson {name!r}; there are:\n{there_are}")
        found += matches
    return found or [
        path for path in lessons.values() if subfolders or path.parent == folder
    ]


def refuse(error: LessonError) -> int:
    """Print what was wrong with the command itself, and return its exit code, 2."""
    print(error)
    return 2


def lesson_name(lesson: Path, folder: Path) -> str:
    """Return what a reader calls a notebook: its path in ``folder``, no suffix."""
    lesson, folder = lesson.resolve(), folder.resolve()
    if lesson.is_relative_to(folder):
        lesson = lesson.relative_to(folder)
    return lesson.with_suffix("").as_posix()


def work_through(
    names: Iterable[str],
    folder: Path,
    work: Callable[[Path, Report], object],
    *,
    subfolders: bool,
) -> int:
    """Do ``work(lesson, progress)`` on the lessons named, and tell how each went.

    ``work`` calls ``progress(cells done, cells in all)`` and raises LessonError where
    a lesson fails, which doesn't keep the others from their turn.

    Returns:
        The exit code: 0, or 1 when a lesson failed, or 2 when a name is unknown.
    """
    try:
        lessons = find_lessons(names, folder, subfolders=subfolders)
    except LessonError as error:
        return refuse(error)
    failed = False
    for lesson in lessons:
        name = lesson_name(lesson, folder)
        start = time.perf_counter()
        try:
            # In a terminal; disable=None keeps it out of logs and pipes.
            with tqdm(desc=name, unit="cell", leave=False, disable=None) as bar:

                def progress(done: int, total: int, bar: tqdm = bar) -> None:
                    bar.total = total
                    bar.update(done - bar.n)

                work(lesson, progress)
        except LessonError as error:
            failed = True
            title = typer.style(f"{name}  FAILED", fg="red", bold=True)
            typer.echo(f"{title}  {error}")  # without colours where they are not shown
        else:
            typer.echo(f"{name}  {time.perf_counter() - start:.1f} s")
    return int(failed)


def execute(
    lesson: Path, progress: Report, *, cell_seconds: int
) -> tuple[NotebookNode, list[Path]]:
    """Execute a notebook in a fresh kernel, in the notebook's own folder.

    Args:
        lesson: the notebook; the file is only read.
        progress: called with the cells done and the cells in all, before each cell.
        cell_seconds: a cell that takes longer fails the lesson.

    Returns:
        The notebook with the outputs of this run, and what they were made from: the
        modules of ``lstm_course`` that the kernel had loaded at the end, and the files
        of figures/ that were opened on the way.

    Raises:
        LessonError: a cell failed. It tells which (by the number that JupyterLab
            shows beside it), its source, and the error.
    """
    notebook = read(lesson)
    total = sum(cell.cell_type == "code" for cell in notebook.cells)
    list_sources = _with_names_of_its_own(_LIST_SOURCES)
    notebook.cells.append(nbformat.v4.new_code_cell(list_sources))  # type: ignore[no-untyped-call]
    begun: list[NotebookNode] = []

    def begin(cell: NotebookNode, cell_index: int) -> None:
        progress(len(begun), total)
        begun.append(cell)

    # With no folder of kernels to look in, what is left is the running interpreter.
    kernel = AsyncKernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    client = NotebookClient(
        notebook,
        km=kernel,
        timeout=cell_seconds,
        on_cell_execute=begin,
        shutdown_kernel="immediate",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=[
            "--log-level=ERROR",
            f"--IPKernelApp.exec_lines={_with_names_of_its_own(_WATCH)}",
        ],
    )
    # What the reader has passed is neither shown in the outputs nor added to.
    env = os.environ | {PROGRESS_VARIABLE: os.devnull}
    try:
        client.execute(cwd=str(lesson.resolve().parent), env=env, cleanup_kc=True)
    except CellExecutionError:
        problem = "\n".join(
            line for output in begun[-1].outputs for line in output.get("traceback", [])
        )
    except CellTimeoutError:
        problem = f"This cell took longer than {cell_seconds} s."
    except DeadKernelError:
        problem = "The kernel died in this cell: is there enough memory?"
    else:
        outputs = notebook.cells.pop().outputs
        paths = "".join(output.text for output in outputs).split("\n")
        return notebook, [Path(path).resolve() for path in paths if path]
    source = textwrap.indent(begun[-1].source, "    ")
    raise LessonError(f"in code cell [{len(begun)}]:\n\n{source}\n\n{problem}")


def read(lesson: Path) -> NotebookNode:
    """Read a notebook.

    Raises:
        LessonError: the file can't be read, or isn't a notebook.
    """
    try:
        notebook: NotebookNode = nbformat.read(lesson, 4)  # type: ignore[no-untyped-call]
    except Exception as error:  # nbformat has many for what is JSON, but no notebook
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise LessonError(f"can't be read as a notebook: {reason}") from error
    return notebook
