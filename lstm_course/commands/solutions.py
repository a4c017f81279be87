"""Make the pages of solutions: a lesson's tasks, each with the course's own answer.

The tasks are taken from the lesson, the answers and the reasons from the package, which
checks the lesson's answers by them: so none of the three can contradict another.
"""

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lstm_course.commands.run import read
from lstm_course.exercises.contents import find_exercise
from lstm_course.system.files import atomic_write
from lstm_course.system.paths import NOTEBOOKS

_CALL = re.compile(r'^(?:check|quiz)\("(\w+)"', re.M)
_RELATIVE_LINK = re.compile(r"\]\((?!\w+:|#)")
_NEW_CELL: dict[str, Callable[..., NotebookNode]] = {
    "task": new_markdown_cell,
    "answer": new_code_cell,
}


def write_solutions(folder: Path = NOTEBOOKS) -> None:
    """Write the page of each lesson that has exercises, unless it stands there."""
    for lesson in sorted(folder.glob("*.ipynb")):
        cells = solution_cells(lesson)
        page = folder / "solutions" / lesson.name
        if not cells or (
            page.is_file() and _sources(read(page).cells) == _sources(cells)
        ):
            continue
        text: str = nbformat.writes(new_notebook(cells=cells))  # type: ignore[no-untyped-call]
        with atomic_write(page) as file:
            file.write(f"{text}\n".encode())


def solution_cells(lesson: Path) -> list[NotebookNode]:
    """Return the cells of a lesson's page of solutions; none without exercises."""
    notebook = read(lesson)
    title = notebook.cells[0].source.splitlines()[0].removeprefix("# ")
    pages: list[NotebookNode] = []
    task = ""
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            task = _RELATIVE_LINK.sub("](../", cell.source)  # one folder below
        for name in _CALL.findall(cell.source) if cell.cell_type == "code" else ():
            reasons = f"**Why so?** {find_exercise(name).reasoning}"
            pages.append(_cell("task", f"{task}\n\n{reasons}", number))
            pages.append(_cell("answer", f'solution("{name}")', number))
    if not pages:
        return []
    opening = (
        f"# Solutions · {title}\n\nTry [the exercises](../{lesson.name}) first: a "
        "mistake that the check has named teaches more than an answer that was read. "
        "There are many right answers; these are the ones that the checks compare with."
    )
    return [
        _cell("task", opening, 0),
        _cell("answer", "from lstm_course import solution", 0),
        *pages,
    ]


def _cell(kind: str, source: str, number: int) -> NotebookNode:
    """Return a cell whose id is the same whenever it is made."""
    return _NEW_CELL[kind](source, id=f"{kind}-{number}")


def _sources(cells: list[NotebookNode]) -> list[tuple[str, str]]:
    return [(cell.cell_type, cell.source) for cell in cells]
