"""``site``: the course as web pages, to read and to run.

The pages come from the committed notebooks with their outputs; Sphinx and myst-nb turn
them into HTML, and ``site/`` says how they look. No cell is executed here, and nothing
comes from other machines, neither here nor in the pages.
"""

import contextlib
import io
import os
import re
import shutil
from functools import partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from lstm_course.commands.run import read
from lstm_course.commands.site_parts import write_parts
from lstm_course.commands.site_reference import (
    REFERENCE,
    reference_anchor,
    write_reference,
)
from lstm_course.commands.slides import LECTURES, installed, write_slides
from lstm_course.system.files import clear_leftovers, temporary_beside
from lstm_course.system.paths import FIGURES, NOTEBOOKS, ROOT

SITE = ROOT / "site"
REPOSITORY_VARIABLE = "LSTM_COURSE_REPOSITORY"
GITHUB = "https://github.com/"

_LINK = re.compile(r'\[([^]\n]*)\]\(((?:\.\./)+[^)\s#]+)( "[^"\n]*")?\)')
_ADDRESS = re.compile(r"https?://[\w.:-]+(/[\w.~-]+){2,}")
_MATHJAX = ("tex-svg.js", "a11y", "input", "output", "sre", "ui")  # and no bundles


class SiteError(Exception):
    """Why the site was not built, in words for the reader."""


def write_site(out: Path, *, reviews: bool = True) -> None:
    """Build the site into a folder, which appears whole or not at all.

    Args:
        out: new, empty, or an earlier site, whose place the new one takes.
        reviews: whether the reviews lie beside the pages, for cells to run on.

    Raises:
        SiteError: it is no folder or has something else in it, the repository's
            address is none, or Sphinx has a complaint.
        OSError: something cannot be written.
    """
    out = out.resolve()
    if out.exists() and not out.is_dir():
        raise SiteError(f"{out} is no folder")
    if out.is_dir() and any(out.iterdir()) and not (out / "searchindex.js").is_file():
        raise SiteError(
            f"{out} is neither empty nor an earlier site: name a new folder"
        )
    repository()  # a wrong one is told at once
    clear_leftovers(out)
    work = temporary_beside(out)
    work.mkdir(parents=True)
    try:
        _prepare(work / "source")
        _run_sphinx(work)
        made = work / "html"
        with contextlib.redirect_stdout(io.StringIO()):  # it tells of each deck
            write_slides((), made / "slides", pdf=False)
        _write_page(made / "page", reviews=reviews)
        _replace(out, made)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def repository() -> str:
    """Return the address of the course's repository, to link to; "" where none is set.

    Raises:
        SiteError: what is set is no such address.
    """
    told = os.environ.get(REPOSITORY_VARIABLE, "")
    address = told.rstrip("/").removesuffix(".git")
    if address and not _ADDRESS.fullmatch(address):
        raise SiteError(
            f"{REPOSITORY_VARIABLE} is {told!r}: expected the address of a repository, "
            f"such as {GITHUB}OWNER/REPO"
        )
    return address


def _prepare(source: Path) -> None:
    """Lay out what Sphinx reads in the course's own folders, so that links hold."""
    shutil.copytree(SITE, source, ignore=shutil.ignore_patterns("page", "vendor"))
    shutil.copytree(FIGURES, source / "figures")
    for path in sorted(NOTEBOOKS.rglob("*")):
        if path.suffix == ".md":
            _write(source, path, _with_links(path.read_text("utf-8"), path))
        elif path.suffix == ".ipynb" and path.parent != LECTURES:
            _write(source, path, nbformat.writes(_as_page(path)))  # type: ignore[no-untyped-call]
    if address := repository():
        first = source / "index.md"
        text = first.read_text("utf-8").replace("ADDRESS", address)
        first.write_text(text, encoding="utf-8")
    write_reference(source / REFERENCE)
    mathjax = installed("sphinx-mathjax-offline", "sphinx-mathjax-offline/static")
    mathjax /= "mathjax"
    for pattern in _MATHJAX:
        for path in mathjax.glob(pattern):
            target = source / "_static" / "mathjax" / path.relative_to(mathjax)
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if path.is_dir() else shutil.copyfile)(path, target)


def _write(source: Path, original: Path, text: str) -> None:
    path = source / original.relative_to(ROOT)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _as_page(path: Path) -> NotebookNode:
    """Return a notebook with what its page needs: tags, links, ways to run it.

    A code cell is tagged by its id, and as an answer where a prediction was asked for.
    """
    notebook = read(path)
    predicted = False
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            predicted = "**Predict" in cell.source
            cell.source = _with_links(cell.source, path)
            if path.parent.name == "solutions":  # no section above its tasks
                cell.source = cell.source.replace("### ", "## ", 1)
        elif cell.cell_type == "code":
            tags = cell.metadata.setdefault("tags", [])
            tags += [f"cell-{cell.id}", *["predicted"] * predicted]
    if path.parent == NOTEBOOKS:
        title, _, rest = notebook.cells[0].source.partition("\n")
        notebook.cells[0].source = f"{title}\n\n{_ways(path, notebook)}\n\n{rest}"
    return notebook


def _ways(path: Path, notebook: NotebookNode) -> str:
    """Return the row of links at a lesson's top: where it can be read and run."""
    first = next(cell.id for cell in notebook.cells if cell.cell_type == "code")
    ways = [
        f'<a href="#cell-{first}">Run it in this page</a>',
        '<a href="../index.html#on-your-own-machine">Open it in JupyterLab</a>',
    ]
    if repository().startswith(GITHUB):  # neither service takes every host
        project = repository().removeprefix(GITHUB)
        place = path.relative_to(ROOT).as_posix()
        binder = f"https://mybinder.org/v2/gh/{project}/main?urlpath=lab/tree/{place}"
        colab = f"https://colab.research.google.com/github/{project}/blob/main/{place}"
        ways += [f'<a href="{binder}">Binder</a>', f'<a href="{colab}">Colab</a>']
    links = "".join(f"<li>{way}</li>" for way in ways)
    return f'<nav class="ways" aria-label="Ways to run it"><ul>{links}</ul></nav>'


def _with_links(text: str, page: Path) -> str:
    """Return Markdown whose links to files that the site does not have lead somewhere.

    To the reference, or to the repository where its address is known; else they are
    text, and no links.
    """
    return _LINK.sub(partial(_relink, page=page), text)


def _relink(link: re.Match[str], *, page: Path) -> str:
    text, target, title = link.groups(default="")
    path = (page.parent / target).resolve()
    if path.is_relative_to(FIGURES) or path.is_relative_to(NOTEBOOKS):
        return link[0]
    name = path.relative_to(ROOT).as_posix()
    if anchor := reference_anchor(name):
        reference = os.path.relpath(ROOT / REFERENCE, page.parent)
        return f"[{text}]({Path(reference).as_posix()}#{anchor})"
    if address := repository():
        kind = "tree" if path.is_dir() else "blob"
        return f"[{text}]({address}/{kind}/main/{name}{title})"
    return text


def _run_sphinx(work: Path) -> None:
    from sphinx.cmd.build import build_main

    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        folders = [str(work / name) for name in ("doctrees", "source", "html")]
        failed = build_main(["-q", "-W", "--keep-going", "-d", *folders])
    if "Interrupted!" in told.getvalue():  # by Ctrl-C, which Sphinx catches
        raise KeyboardInterrupt
    if failed:
        raise SiteError(f"Sphinx has a complaint:\n{told.getvalue()}")


def _write_page(page: Path, *, reviews: bool) -> None:
    """Write what lies beside the pages and runs their cells."""
    # Its Python lies in a part.
    shutil.copytree(SITE / "page", page, ignore=shutil.ignore_patterns("python"))
    vendor = page / "vendor"
    vendor.mkdir()
    for path in (*(SITE / "vendor").glob("*.js"), SITE / "vendor" / "LICENSES.txt"):
        if not path.name.endswith(".entry.js"):
            shutil.copyfile(path, vendor / path.name)
    write_parts(page / "parts", reviews=reviews)


def _replace(out: Path, made: Path) -> None:
    """Put the new site in the place of the old one, which stays if that fails."""
    old = made.with_name("old")
    if out.exists():
        out.rename(old)
    try:
        made.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
