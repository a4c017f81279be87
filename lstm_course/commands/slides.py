"""``slides``: the decks as plain files that need no network, and pages to print.

A deck is its notebook, turned into HTML by nbconvert. reveal.js and MathJax come from
the packages that bring them along, and are laid beside the decks. The same file shows
slides, and with ``?handout`` or ``?script`` pages: two slides each, with room for
notes, or with what the lecturer says.
"""

import html
import re
import shutil
from collections.abc import Iterable
from importlib.metadata import distribution
from itertools import product
from pathlib import Path

from nbconvert.exporters import SlidesExporter
from nbformat import NotebookNode

from lstm_course.commands.run import LessonError, find_lessons, read, refuse
from lstm_course.system.browser import NoBrowserError, open_browser
from lstm_course.system.files import atomic_write
from lstm_course.system.paths import NOTEBOOKS, ROOT

LECTURES = NOTEBOOKS / "lectures"
_TEMPLATE = Path(__file__).parents[1] / "slide_template"
_PICTURE = re.compile(r"(?<=\.\./\.\./)figures/[\w/.-]+\w")


def write_slides(names: Iterable[str], out: Path, *, pdf: bool = True) -> int:
    """Write decks into a folder, with a page that lists them; tell what was made.

    A deck, a picture or a PDF appears whole or not at all; what else is there stays.

    Args:
        names: decks by number or name; none means all.
        out: the folder; made if it is missing.
        pdf: whether handouts and scripts are printed as well, where there is a browser.

    Returns:
        The exit code: 0, or 2 when a name is unknown, and then nothing was written.

    Raises:
        OSError: something cannot be written.
    """
    try:
        decks = find_lessons(names, LECTURES, subfolders=False)
        notebooks = [read(deck) for deck in decks]
    except LessonError as error:
        return refuse(error)
    _write_assets(out)
    pages = []
    for deck, notebook in zip(decks, notebooks, strict=True):
        pages.append(out / f"{deck.stem}.html")
        _write(pages[-1], as_html(notebook))
        for picture in sorted(set(_PICTURE.findall(str(notebook.cells)))):
            _write(out / picture, (ROOT / picture).read_bytes())
        print(pages[-1])
    _write(out / "index.html", _list_of_decks(out))
    if pdf:
        try:
            _print(pages)
        except NoBrowserError as error:
            print(
                f"No PDF: {error}. To print, open a deck in any browser with ?handout "
                "or ?script at the end of its address."
            )
    print(f"Open {out / 'index.html'}: it lists them.")
    return 0


def title(notebook: NotebookNode) -> str:
    """Return what a deck's first slide says in its heading."""
    heading: str = notebook.cells[0].source.splitlines()[0]
    return heading.removeprefix("# ")


def as_html(notebook: NotebookNode) -> str:
    """Return a deck as one page of HTML, which needs ``assets`` beside it."""
    exporter = SlidesExporter(  # type: ignore[no-untyped-call]
        template_name="lstm",
        extra_template_basedirs=[str(_TEMPLATE)],
        reveal_url_prefix="assets/reveal",
        reveal_theme="white",
    )
    resources = {"metadata": {"name": title(notebook)}}
    page: str = exporter.from_notebook_node(notebook, resources)[0]
    return page.replace("../../figures/", "figures/")


def _write_assets(out: Path) -> None:
    """Lay beside the decks what they load: their look, reveal.js and MathJax."""
    assets = out / "assets"
    for source in (LECTURES / "rise.css", *_TEMPLATE.glob("slides.*")):
        _write(assets / source.name, source.read_bytes())
    reveal = installed("sphinx-revealjs", "sphinx_revealjs/_static/revealjs")
    shutil.copytree(reveal, assets / "reveal", dirs_exist_ok=True)
    mathjax = installed("sphinx-mathjax-offline", "sphinx-mathjax-offline/static")
    script = mathjax / "mathjax" / "tex-svg.js"
    _write(assets / "mathjax" / script.name, script.read_bytes())


def installed(package: str, folder: str) -> Path:
    """Return a folder of an installed package, without loading the package."""
    return Path(str(distribution(package).locate_file(folder)))


def _list_of_decks(out: Path) -> str:
    """Return a page with links to the decks in the folder, and to their other views."""
    titles = {
        deck.stem: title(read(deck))
        for deck in find_lessons((), LECTURES, subfolders=False)
        if (out / f"{deck.stem}.html").is_file()
    }
    rows = [
        f'<li><a href="{name}.html">{name[:2]} {html.escape(title)}</a> · '
        f'<a href="{name}.html?handout">{name[:2]}: handout, with room for notes</a> · '
        f'<a href="{name}.html?script">{name[:2]}: script, with the lecturer\'s notes'
        "</a></li>"
        for name, title in titles.items()
    ]
    return f"""<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<link rel="icon" href="data:,">
<title>The LSTM course: slides</title>
<style>body {{ max-width: 45em; margin: 2em auto; font: 1.2em/1.6 sans-serif; }}</style>
<main>
<h1>The LSTM course: slides</h1>
<p>In a deck: space goes on, S opens the presenter's window, ? lists all keys.</p>
<ul>
{chr(10).join(rows)}
</ul>
</main>
</html>
"""


def _print(pages: list[Path]) -> None:
    """Print each deck's handout and script, as PDF files beside it.

    Raises:
        NoBrowserError: there is nothing to print with.
    """
    with open_browser() as browser:
        for page, view in product(pages, ("handout", "script")):
            tab = browser.new_page()
            tab.goto(f"{page.resolve().as_uri()}?{view}")
            tab.evaluate("MathJax.startup.promise")
            printed = tab.pdf(
                prefer_css_page_size=True, print_background=True, tagged=True
            )
            _write(page.with_suffix(f".{view}.pdf"), printed)
            tab.close()


def _write(path: Path, content: str | bytes) -> None:
    data = content.encode() if isinstance(content, str) else content
    with atomic_write(path) as file:
        file.write(data)
