"""What every committed notebook, and every page of text, is held to.

A check takes a notebook and the place it stands at, and returns what is wrong, a line
for each fault. That a check finds what it is for is shown on the sample lesson at the
end, which has no fault until one is planted.
"""

import ast
import copy
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from markdown_it import MarkdownIt
from nbformat import NotebookNode
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from lstm_course.commands.refresh import (
    KERNELSPEC,
    LANGUAGE,
    machine_paths,
    stale_reasons,
    strings,
)

OPENING = ["**You will be able to**", "**You need**", "**Time**"]
REMEMBER, NEXT = "What to remember", "Where to go next"
THINGS_TO_REMEMBER = 3
VERDICTS = "holds|outdated|wrong|not settled"
CELL_LINES, LINE_LENGTH = 25, 88
WORDS_PER_LINE = (3, 13)
LIVE = "nbval-ignore-output"
# The cells whose output is not compared, and what it is of here and now.
LIVE_CELLS = {
    "00": {"doctor": "this machine"},
    "03": {"runaway": "training", "clip": "training", "clip-picture": "training"},
    "05": {"live": "training", "gates": "training", "sooner": "training"},
    "07": {"train": "training", "three": "training"},
    "08": {"train": "training", "jump": "training"},
    "09": {
        "bags": "training",
        "scores-plot": "training",
        "which-end": "training",
        "tfidf": "training",
        "order": "training",
        "test": "training",
    },
    "10": {
        "fit": "training",
        "quick": "progress",
        "quick-result": "training",
        "own": "training",
    },
    "11": {"cost-live": "times", "own-tune": "training", "own-judge": "training"},
    "12": {"seed-train": "training"},
    "14": {"live": "training"},
    "15": {"live": "training"},
}

MARKDOWN = MarkdownIt("commonmark").enable("table")


# Reading ------------------------------------------------------------------------


def read(path: Path) -> NotebookNode:
    """A notebook as it stands: ``nbformat.read`` would mend some of its faults."""
    return nbformat.reader.reads(path.read_text(encoding="utf-8"))


def code_cells(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """Each code cell, with what to call it."""
    cells = (cell for cell in notebook.cells if cell.cell_type == "code")
    for number, cell in enumerate(cells, start=1):
        yield f"code cell [{number}]", cell


def markdown(notebook: NotebookNode) -> str:
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return "\n\n".join(cells)


def has_tag(cell: NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def headings(text: str) -> list[tuple[int, str]]:
    """The level and text of each heading."""
    tokens = MARKDOWN.parse(text)
    return [
        (int(token.tag[1]), inline.content)
        for token, inline in pairwise(tokens)
        if token.type == "heading_open"
    ]


class Tags(HTMLParser):
    """The images and links of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.images: list[dict[str, str | None]] = []
        self.targets: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "img":
            self.images.append(found)
        self.targets += [found[key] or "" for key in ("href", "src") if key in found]


def parts(text: str, kind: str) -> list:
    """The tokens of one kind in Markdown, wherever they stand."""
    tokens = MARKDOWN.parse(text)
    inside = [child for token in tokens for child in token.children or []]
    return [token for token in tokens + inside if token.type == kind]


def html_in(text: str) -> Tags:
    tokens = parts(text, "html_block") + parts(text, "html_inline")
    return Tags("\n".join(token.content for token in tokens))


def broken_links(text: str, folder: Path) -> list[str]:
    """The relative links and images of Markdown that lead nowhere."""
    targets = [
        *(str(token.attrs["href"]) for token in parts(text, "link_open")),
        *(str(token.attrs["src"]) for token in parts(text, "image")),
        *html_in(text).targets,
    ]
    faults = []
    for target in targets:
        address = urlsplit(target)
        if address.scheme in {"http", "https", "mailto", "data", "attachment"}:
            continue
        path = unquote(address.path)
        if address.scheme or path.startswith("/") or not (folder / path).exists():
            faults.append(f"the link {target!r} leads nowhere")
    return faults


def python(source: str) -> ast.Module:
    """The syntax tree of a cell, with what only IPython understands translated."""
    return ast.parse(TransformerManager().transform_cell(source))


# Checks of every notebook -------------------------------------------------------


def is_valid(notebook: NotebookNode, path: Path) -> list[str]:
    try:
        nbformat.validate(copy.deepcopy(notebook))  # it mends what it can
    except nbformat.ValidationError as error:
        return [str(error).splitlines()[0]]
    return []


def has_unique_ids(notebook: NotebookNode, path: Path) -> list[str]:
    ids = [cell.get("id") for cell in notebook.cells]
    return [] if None not in ids and len(set(ids)) == len(ids) else ["repeated ids"]


def names_the_common_kernel(notebook: NotebookNode, path: Path) -> list[str]:
    metadata = notebook.metadata
    same = metadata.get("kernelspec") == KERNELSPEC
    same &= metadata.get("language_info") == LANGUAGE
    return [] if same else ["kernelspec or language_info: refresh the lesson"]


def ran_in_order(notebook: NotebookNode, path: Path) -> list[str]:
    counts = [cell.execution_count for _, cell in code_cells(notebook)]
    expected = list(range(1, len(counts) + 1))
    return [] if counts == expected else [f"execution counts {counts}"]


def ran_without_errors(notebook: NotebookNode, path: Path) -> list[str]:
    return [
        f"{name} failed with {output.ename}"
        for name, cell in code_cells(notebook)
        for output in cell.outputs
        if output.output_type == "error" and not has_tag(cell, "raises-exception")
    ]


def has_no_stderr(notebook: NotebookNode, path: Path) -> list[str]:
    return [
        f"{name} writes to stderr"
        for name, cell in code_cells(notebook)
        for output in cell.outputs
        if output.get("name") == "stderr"
    ]


def names_no_machine(notebook: NotebookNode, path: Path) -> list[str]:
    pattern = machine_paths(Path(__file__).resolve().parents[1])
    return [
        f"the path {match[0]}"
        for cell in notebook.cells
        for text in strings([cell.source, cell.get("outputs", [])])
        for match in pattern.finditer(text)
    ]


def describes_its_pictures(notebook: NotebookNode, path: Path) -> list[str]:
    text = markdown(notebook)
    faults = [
        f"the picture {image.attrs['src']!r} has no description"
        for image in parts(text, "image")
        if not image.content.strip()
    ]
    pages = [("Markdown", html_in(text))]
    for name, cell in code_cells(notebook):
        for output in cell.outputs:
            data = output.get("data", {})
            pages.append((name, Tags("".join(data.get("text/html", "")))))
            if any(kind.startswith("image/") for kind in data):
                faults.append(f"{name} shows a bare picture: use show(figure, alt)")
    faults += [
        f"a picture of {name} has no description"
        for name, page in pages
        for image in page.images
        if not (image.get("alt") or "").strip()
    ]
    return faults


def links_lead_somewhere(notebook: NotebookNode, path: Path) -> list[str]:
    return broken_links(markdown(notebook), path.parent)


def imports_first(notebook: NotebookNode, path: Path) -> list[str]:
    """At the top, and above the exercises, which can be done by themselves.

    TensorFlow only where it is used: in a page, whatever imports it stops.
    """
    first_of_exercises = next(
        (cell.id for above, cell in pairwise(notebook.cells) if opens_exercises(above)),
        None,
    )
    return [
        f"{name} imports"
        for name, cell in list(code_cells(notebook))[1:]
        if cell.id != first_of_exercises
        and any(
            isinstance(node, ast.Import | ast.ImportFrom)
            and ast.unparse(node) != "import tensorflow as tf"
            for node in ast.walk(python(cell.source))
        )
    ]


def opens_exercises(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and cell.source.startswith("## Exercises\n")


def has_short_cells(notebook: NotebookNode, path: Path) -> list[str]:
    faults = []
    for name, cell in code_cells(notebook):
        lines = cell.source.splitlines()
        if len(lines) > CELL_LINES:
            faults.append(f"{name} has {len(lines)} lines, over {CELL_LINES}")
        longest = max(map(len, lines), default=0)
        if longest > LINE_LENGTH:
            faults.append(f"{name} has a line of {longest}, over {LINE_LENGTH}")
    return faults


# Checks of the lessons ----------------------------------------------------------


def opens_with_its_aims(notebook: NotebookNode, path: Path) -> list[str]:
    first = notebook.cells[0]
    if first.cell_type != "markdown" or not first.source.startswith("# "):
        return ["doesn't begin with its title"]
    faults = [f"opens without {part}" for part in OPENING if part not in first.source]
    titles = [title for level, title in headings(markdown(notebook)) if level == 1]
    return faults + ([] if len(titles) == 1 else [f"several titles: {titles}"])


def ends_with_what_to_remember(notebook: NotebookNode, path: Path) -> list[str]:
    text = markdown(notebook)
    sections = [title for level, title in headings(text) if level == 2]
    if sections.count(REMEMBER) != 1 or sections[-1:] != [NEXT]:
        return [f"needs one {REMEMBER!r} and, last of all, {NEXT!r}: {sections}"]
    section = re.split(rf"(?m)^## {REMEMBER}$", text)[1].split("\n## ")[0]
    items = len(parts(section, "list_item_open"))
    if items != THINGS_TO_REMEMBER:
        return [f"{items} things to remember, not {THINGS_TO_REMEMBER}"]
    return []


def explains_its_code(notebook: NotebookNode, path: Path) -> list[str]:
    if path.name.startswith("00_"):  # the tour of the tools has little code
        return []
    prose = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$", " ", markdown(notebook), flags=re.S)
    words = sum(
        len(re.findall(r"\w[\w'’-]*", token.content)) for token in parts(prose, "text")
    )
    lines = sum(
        bool(line.strip()) and not line.strip().startswith("#")
        for _, cell in code_cells(notebook)
        for line in cell.source.splitlines()
    )
    low, high = WORDS_PER_LINE
    if lines and low <= words / lines <= high:
        return []
    return [f"{words} words to {lines} lines of code, not {low} to {high} a line"]


def settles_claims_by_predictions(notebook: NotebookNode, path: Path) -> list[str]:
    if path.name.startswith("00_"):
        return []
    text = markdown(notebook)
    faults = [f"no {sign!r}" for sign in ("**Predict", "**Claim ") if sign not in text]
    claims = re.findall(r"\*\*Claim (.*)", text)
    judged = re.compile(rf"[CQ]\d\d\b.*({VERDICTS})")
    return faults + [f"no verdict on {c[:3]}" for c in claims if not judged.match(c)]


def compares_all_but_what_varies(notebook: NotebookNode, path: Path) -> list[str]:
    tagged = {cell.id for _, cell in code_cells(notebook) if has_tag(cell, LIVE)}
    lesson = path.name[:2] if path.parent.name == "notebooks" else ""
    known = set(LIVE_CELLS.get(lesson, ()))
    return [
        *(f"cell {one!r} is not compared; why?" for one in sorted(tagged - known)),
        *(f"cell {one!r} is compared after all" for one in sorted(known - tagged)),
    ]


def opens_the_test_part_last(notebook: NotebookNode, path: Path) -> list[str]:
    """What trains never gets the test part; once it is open, nothing is trained.

    Lesson 12 chooses nothing: it reads single reviews of the test part, and trains a
    second model below.
    """
    faults = []
    names = set[str]()  # what the test part is called where it has a name of its own
    is_open = False
    for name, cell in lesson_code(notebook):
        nodes = [*ast.walk(python(cell.source))]
        for node in nodes:
            if isinstance(node, ast.Assign) and is_test_part(node.value, set()):
                goals = [part for goal in node.targets for part in ast.walk(goal)]
                names |= {part.id for part in goals if isinstance(part, ast.Name)}
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        trains = [
            call for call in calls if re.match(r"(.*_)?(fit|train)", called(call))
        ]
        if any(is_test_part(part, names) for call in trains for part in ast.walk(call)):
            faults.append(f"{name} trains on the test part")
        elif trains and is_open and not path.name.startswith("12_"):
            faults.append(f"{name} trains when the test part is open")
        given = (part for call in calls for one in call.args for part in ast.walk(one))
        is_open |= any(is_test_part(part, names) for part in given)
    return faults


def lesson_code(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """The code cells above the exercises."""
    for number, cell in enumerate(notebook.cells):
        if opens_exercises(cell):
            return code_cells(new_notebook(cells=notebook.cells[:number]))
    return code_cells(notebook)


def called(call: ast.Call) -> str:
    return getattr(call.func, "attr", "") or getattr(call.func, "id", "")


def is_test_part(node: ast.AST, names: set[str]) -> bool:
    """Whether it is ``data.test``, or goes by one of these names."""
    if isinstance(node, ast.Attribute):
        return node.attr == "test"
    return isinstance(node, ast.Name) and node.id in names


OF_NOTEBOOKS = [
    is_valid,
    has_unique_ids,
    names_the_common_kernel,
    ran_in_order,
    ran_without_errors,
    has_no_stderr,
    names_no_machine,
    describes_its_pictures,
    links_lead_somewhere,
    imports_first,
    has_short_cells,
    compares_all_but_what_varies,
    opens_the_test_part_last,
]
OF_LESSONS = [
    opens_with_its_aims,
    ends_with_what_to_remember,
    explains_its_code,
    settles_claims_by_predictions,
]


# The committed files ------------------------------------------------------------


@pytest.mark.parametrize("check", OF_NOTEBOOKS, ids=lambda check: check.__name__)
def test_a_notebook(committed_notebook, check):
    notebook = read(committed_notebook)
    assert check(notebook, committed_notebook) == []


@pytest.mark.parametrize("check", OF_LESSONS, ids=lambda check: check.__name__)
def test_a_lesson(committed_lesson, check):
    assert check(read(committed_lesson), committed_lesson) == []


def test_the_outputs_were_made_from_the_sources_there_are(committed_notebook, root):
    assert stale_reasons(committed_notebook, root) == []


def test_the_links_and_pictures_of_the_pages(committed, root):
    pages = [path for path in committed if path.suffix == ".md"]
    assert "README.md" in [path.name for path in pages]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        if page.parent != root / "site":  # these hold where it is built: test_site.py
            assert broken_links(text, page.parent) == [], page
        as_notebook = new_notebook(cells=[new_markdown_cell(text)])
        assert describes_its_pictures(as_notebook, page) == [], page


# What the checks find -----------------------------------------------------------


@pytest.fixture
def path(tmp_path):
    """Where the sample lesson stands, beside a picture and another lesson."""
    for name in ("figures/gates.png", "notebooks/02_next.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path / "notebooks" / "01_gates.ipynb"


PROSE = "The forget gate decides what stays in the cell, $f = \\sigma(z)$. " * 3


@pytest.fixture
def lesson():
    """A lesson without a fault: title, imports, experiment, exercise, ending."""
    cells = [
        new_markdown_cell(
            "# Gates\n\n**You will be able to** read them.\n\n**You need** lesson 00.\n"
            "\n**Time** 15 minutes.\n\n![The four gates](../figures/gates.png)"
        ),
        new_code_cell("import numpy as np\n\nfrom lstm_course import lstm_step"),
        new_markdown_cell(
            PROSE + '<img src="../figures/gates.png" alt="Gates">\n\n'
            "**Predict:** is 0.333 left?\n\n> **Claim C05 — holds.** It was."
        ),
        new_code_cell(
            "%precision 3\nx = np.float64(1)\n" + "x = x / 3\n" * 8 + "x",
            outputs=[
                new_output(
                    "display_data",
                    {"text/html": '<img alt="Norms" src="data:image/png;base64,QUI=">'},
                ),
                new_output("stream", name="stdout", text="0.333\n"),
            ],
        ),
        new_code_cell(
            "raise NotImplementedError",
            metadata={"tags": ["raises-exception"]},
            outputs=[new_output("error", ename="NotImplementedError", evalue="")],
        ),
        new_markdown_cell(
            "## What to remember\n\n- one\n- two\n- three\n\n## Exercises\n\n1. Try.\n"
            "\n## Where to go next\n\n[Lesson 02](02_next.ipynb#gates) goes on."
        ),
    ]
    notebook = new_notebook(
        cells=cells, metadata={"kernelspec": KERNELSPEC, "language_info": LANGUAGE}
    )
    for number, (_, cell) in enumerate(code_cells(notebook), start=1):
        cell.execution_count = number
    return nbformat.from_dict(copy.deepcopy(notebook))


def in_cell(index, old, new):
    """A fault planted in the source of one cell."""

    def plant(notebook):
        cell = notebook.cells[index]
        assert old in cell.source
        cell.source = cell.source.replace(old, new, 1)

    return plant


def in_output(**output):
    """A fault planted in the output of the experiment."""
    return lambda notebook: notebook.cells[3].outputs.append(nbformat.from_dict(output))


HTML = {"output_type": "display_data", "metadata": {}}
HOME = "/".join(["", "home", "ada", "course"])


def tagged(index):
    return lambda nb: nb.cells[index].metadata.update(tags=[LIVE])


FAULTS = {
    "tags that are no list": (
        is_valid,
        lambda nb: nb.cells[0].metadata.update(tags="slide"),
    ),
    "an id twice": (
        has_unique_ids,
        lambda nb: nb.cells[2].update(id=nb.cells[1].id),
    ),
    "no id": (has_unique_ids, lambda nb: nb.cells[2].pop("id")),
    "another kernel": (
        names_the_common_kernel,
        lambda nb: nb.metadata.kernelspec.update(name="mine"),
    ),
    "a version of Python": (
        names_the_common_kernel,
        lambda nb: nb.metadata.language_info.update(version="3.11.7"),
    ),
    "no kernel": (names_the_common_kernel, lambda nb: nb.metadata.pop("kernelspec")),
    "run out of order": (
        ran_in_order,
        lambda nb: nb.cells[3].update(execution_count=7),
    ),
    "not run": (ran_in_order, lambda nb: nb.cells[3].update(execution_count=None)),
    "an error": (
        ran_without_errors,
        lambda nb: nb.cells[4].metadata.pop("tags"),
    ),
    "a warning": (
        has_no_stderr,
        in_output(output_type="stream", name="stderr", text="Warning"),
    ),
    "a path in the code": (names_no_machine, in_cell(3, "1", f"len('{HOME}')")),
    "a path in the prose": (names_no_machine, in_cell(2, "cell", HOME)),
    "a path in an output": (
        names_no_machine,
        in_output(output_type="stream", name="stdout", text=f"saved\n{HOME}\n"),
    ),
    "a picture without alt": (describes_its_pictures, in_cell(0, "The four gates", "")),
    "an HTML picture without alt": (
        describes_its_pictures,
        in_cell(2, 'alt="Gates"', ""),
    ),
    "an output with an empty alt": (
        describes_its_pictures,
        in_output(**HTML, data={"text/html": "<img src='data:,' alt=' '>"}),
    ),
    "a bare picture": (
        describes_its_pictures,
        in_output(**HTML, data={"image/png": "QUI=", "text/plain": "<Figure>"}),
    ),
    "a lesson gone": (links_lead_somewhere, in_cell(5, "02_next", "03_next")),
    "a picture gone": (links_lead_somewhere, in_cell(0, "gates.png", "gate.png")),
    "an HTML picture gone": (links_lead_somewhere, in_cell(2, "gates.png", "g.png")),
    "a path from the root": (links_lead_somewhere, in_cell(5, "02_next", "/02_next")),
    "a late import": (imports_first, in_cell(3, "x = ", "import os; x = ")),
    "a hidden import": (
        imports_first,
        in_cell(3, "x = ", "def f():\n    from os import sep\nx = "),
    ),
    "a long cell": (has_short_cells, in_cell(3, "%", "# why\n" * 15 + "%")),
    "a long line": (has_short_cells, in_cell(1, "lstm_step", "l" * 70)),
    "code before the title": (
        opens_with_its_aims,
        lambda nb: nb.cells.insert(0, new_code_cell("1", execution_count=1)),
    ),
    "two titles": (opens_with_its_aims, in_cell(2, "<img", "\n\n# Two\n\n<img")),
    "no aims": (opens_with_its_aims, in_cell(0, "**You will", "**You may")),
    "no needs": (opens_with_its_aims, in_cell(0, "**You need**", "You need")),
    "no time": (opens_with_its_aims, in_cell(0, "**Time**", "Time")),
    "no ending": (ends_with_what_to_remember, in_cell(5, "to remember", "to keep")),
    "no way on": (ends_with_what_to_remember, in_cell(5, "## Where", "### Where")),
    "more after the end": (
        ends_with_what_to_remember,
        in_cell(5, "goes on.", "goes on.\n\n## More"),
    ),
    "two to remember": (ends_with_what_to_remember, in_cell(5, "- two\n", "")),
    "four to remember": (
        ends_with_what_to_remember,
        in_cell(5, "- two\n", "- two\n- and\n"),
    ),
    "no prediction": (settles_claims_by_predictions, in_cell(2, "Predict", "Guess")),
    "no claim": (settles_claims_by_predictions, in_cell(2, "Claim C05", "Claim")),
    "no verdict": (settles_claims_by_predictions, in_cell(2, "holds", "stands")),
    "an output that nothing compares": (compares_all_but_what_varies, tagged(1)),
    "a choice by the test part": (
        opens_the_test_part_last,
        in_cell(3, "x = ", "model.fit(data.train, data.test); x = "),
    ),
    "a choice by another name": (
        opens_the_test_part_last,
        in_cell(3, "x = ", "unseen = data.test\nfit_rnn(a, given=unseen.ids)\nx = "),
    ),
    "training after the test": (
        opens_the_test_part_last,
        lambda nb: (
            in_cell(1, "import numpy", "model.evaluate(data.test)\nimport numpy")(nb),
            in_cell(3, "x = ", "train_rnn()\nx = ")(nb),
        ),
    ),
    "a wall of code": (explains_its_code, in_cell(3, "%", "1\n" * 12 + "%")),
    "a wall of words": (explains_its_code, in_cell(2, "<img", "and so on " * 40)),
    "words in a formula": (
        explains_its_code,
        in_cell(2, PROSE, "$" + "w + " * 40 + "w$ "),
    ),
}
# What is a fault in more than one way.
ALSO = {"code before the title": {ran_in_order, imports_first}}


@pytest.mark.parametrize("check", OF_NOTEBOOKS + OF_LESSONS, ids=lambda c: c.__name__)
def test_the_sample_has_no_fault(lesson, path, check):
    assert check(lesson, path) == []


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_by_its_own_check_alone(lesson, path, fault):
    check, plant = FAULTS[fault]
    plant(lesson)
    found = {check for check in OF_NOTEBOOKS + OF_LESSONS if check(lesson, path)}
    assert found - ALSO.get(fault, set()) == {check}


def test_each_check_has_a_fault_that_it_finds():
    assert {check for check, _ in FAULTS.values()} == {*OF_NOTEBOOKS, *OF_LESSONS}


def test_a_tour_of_the_tools_may_have_little_code(lesson, path):
    in_cell(2, "<img", "and so on " * 40)(lesson)
    assert explains_its_code(lesson, path.with_name("00_start_here.ipynb")) == []
