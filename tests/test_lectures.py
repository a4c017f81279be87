"""The decks: written as decks, and shown whole, live and as plain files."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager, suppress
from urllib.request import urlopen

import pytest
from in_browser import typeset, violations, watched_tab

from lstm_course.commands import slides
from lstm_course.commands.run import read
from lstm_course.commands.slides import LECTURES, write_slides
from lstm_course.system.browser import NoBrowserError

DECKS = sorted(LECTURES.glob("*.ipynb"))
NOTES = re.compile(r"\*\*(\d+) min\*\* · \S")
ASKED = re.compile(r"\*\*Asked:\*\* \S.*\*\*Answer:\*\* \S", re.S)
CODE_LINES, LINE_LENGTH = 8, 72


# How a deck is written -----------------------------------------------------------


def slide_type(cell):
    return cell.metadata.get("slideshow", {}).get("slide_type", "-")


def slides_of(notebook):
    """The cells of each slide, its notes among them."""
    found = []
    for cell in notebook.cells:
        if slide_type(cell) == "slide":
            found.append([])
        found[-1].append(cell)
    return found


def heading(slide):
    return slide[0].source.splitlines()[0]


def minutes(notebook):
    """The minutes of each slide."""
    return [int(NOTES.match(slide[1].source)[1]) for slide in slides_of(notebook)]


def has_15_to_25_slides(notebook):
    count = len(slides_of(notebook))
    return [] if 15 <= count <= 25 else [f"{count} slides"]


def begins_and_ends_as_all_do(notebook):
    headings = [heading(slide) for slide in slides_of(notebook)]
    frame = [re.sub(r"^# .+", "# ", headings[0]), headings[1], *headings[-2:]]
    expected = ["# ", "## Today's tools", "## What to remember", "## Now you"]
    return [] if frame == expected else [f"opens and ends with {frame}"]


def has_a_heading_and_notes_on_each_slide(notebook):
    """The notes stand second: a fragment above would hide them from its window."""
    faults = []
    for slide in slides_of(notebook):
        if not re.match(r"##? \S", heading(slide)):
            faults.append(f"no heading: {heading(slide)}")
        kinds = [slide_type(cell) for cell in slide]
        if kinds[1:2] != ["notes"] or kinds.count("notes") != 1:
            faults.append(f"no notes below the heading: {heading(slide)}")
        elif not NOTES.match(slide[1].source):
            faults.append(f"no minutes: {heading(slide)}")
    return faults


def tells_what_students_ask(notebook):
    notes = [slide[1].source for slide in slides_of(notebook)]
    asked = sum(bool(ASKED.search(text)) for text in notes)
    return (
        [] if asked >= len(notes) / 2 else [f"{asked} questions, {len(notes)} slides"]
    )


def answers_its_polls(notebook):
    polls, faults = 0, []
    all_slides = slides_of(notebook)
    headings_after = [*map(heading, all_slides[1:]), ""]
    for slide, after in zip(all_slides, headings_after, strict=True):
        question = heading(slide)
        if not question.startswith("## Poll: "):
            continue
        polls += 1
        text = "\n".join(cell.source for cell in slide if cell is not slide[1])
        options = re.findall(r"(?m)^- \*\*([A-D])\*\*", text)
        if options != list("ABCD")[: len(options)] or len(options) < 2:
            faults.append(f"options {options}: {question}")
        answer = re.match(r"## Answer: ([A-D])\b", after)
        if not answer or answer[1] not in options:
            faults.append(f"no answer on the next slide: {question}")
        if any(cell.cell_type == "code" for cell in slide):
            faults.append(f"an output beside the question: {question}")
    return faults if polls >= 2 else [f"{polls} polls"]


def shows_little_code(notebook):
    faults = []
    for cell in notebook.cells:
        if cell.cell_type != "code" or cell.metadata.get("jupyter"):
            continue
        lines = cell.source.splitlines()
        written = [line for line in lines if line.strip()]
        if len(written) > CODE_LINES or max(map(len, lines)) > LINE_LENGTH:
            faults.append(f"{len(written)} lines: {lines[0]}")
    return faults


def shows_something_of_each_cell(notebook):
    """What is neither shown nor has an output cannot be clicked, and so not be run."""
    return [
        f"{cell.id} is hidden whole"
        for cell in notebook.cells
        if cell.metadata.get("jupyter") and not cell.outputs
    ]


def varies_nowhere(notebook):
    return [
        f"tags of {cell.id}" for cell in notebook.cells if cell.metadata.get("tags")
    ]


def has_no_link_and_no_html(notebook):
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    return re.findall(r"(?<!!)\[[^]]*\]\([^)]*\)|<(?!img )\w[^>]*>", text)


CHECKS = [
    has_15_to_25_slides,
    begins_and_ends_as_all_do,
    has_a_heading_and_notes_on_each_slide,
    tells_what_students_ask,
    answers_its_polls,
    shows_little_code,
    shows_something_of_each_cell,
    varies_nowhere,
    has_no_link_and_no_html,
]


def test_each_lesson_has_a_deck_of_its_name(root):
    lessons = sorted(path.name for path in (root / "notebooks").glob("*.ipynb"))
    assert [deck.name for deck in DECKS] == lessons


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("deck", DECKS, ids=lambda deck: deck.stem)
def test_a_deck(deck, check):
    assert check(read(deck)) == []


def test_no_letter_is_right_more_often_than_chance_would_have_it():
    texts = ["\n".join(cell.source for cell in read(deck).cells) for deck in DECKS]
    right = Counter(re.findall(r"(?m)^## Answer: ([A-D])", "\n".join(texts)))
    assert right.total() >= 26
    for letter, options in (("A", "A"), ("B", "A"), ("C", "C")):
        polls = sum(
            len(re.findall(rf"(?m)^- \*\*{options}\*\*", text)) for text in texts
        )
        assert 0.2 * polls <= right[letter] <= 0.5 * polls, (letter, right)


def test_all_decks_look_alike():
    looks = {
        json.dumps(read(deck).metadata.get("rise"), sort_keys=True) for deck in DECKS
    }
    assert len(looks) == 1
    look = json.loads(looks.pop())
    assert (look["width"], look["height"]) == (1280, 720)


# What the checks find -----------------------------------------------------------


def in_slide(title, old, new, place=0):
    """A fault planted in a cell of the slide with this heading."""

    def plant(notebook):
        (slide,) = [one for one in slides_of(notebook) if title in heading(one)]
        assert old in slide[place].source
        slide[place].source = slide[place].source.replace(old, new, 1)

    return plant


def move_notes_below(notebook):
    cells = notebook.cells
    cells[3:6] = [cells[3], cells[5], cells[4]]  # of the second slide


FAULTS = {
    "too few slides": (
        has_15_to_25_slides,
        lambda nb: nb.cells.__delitem__(slice(6, -6)),
    ),
    "no ending": (
        begins_and_ends_as_all_do,
        in_slide("Now you", "Now you", "Homework"),
    ),
    "notes below the code": (has_a_heading_and_notes_on_each_slide, move_notes_below),
    "no minutes": (
        has_a_heading_and_notes_on_each_slide,
        in_slide("A task", " min** ·", " minutes** ·", place=1),
    ),
    "few questions": (
        tells_what_students_ask,
        lambda nb: [
            cell.update(source=cell.source.replace("**Asked:**", ""))
            for cell in nb.cells
        ],
    ),
    "no answer": (answers_its_polls, in_slide("semicolon", "Answer: B", "Look")),
    "an answer that is no option": (
        answers_its_polls,
        in_slide("semicolon", "Answer: B", "Answer: D"),
    ),
    "an option twice": (answers_its_polls, in_slide("at how many", "**B**", "**A**")),
    "much code": (shows_little_code, in_slide("A task", "c = ", "1\n" * 6 + "c = ", 2)),
    "a cell that nobody sees": (
        shows_something_of_each_cell,
        lambda nb: [cell.update(outputs=[]) for cell in nb.cells],
    ),
    "a tag": (varies_nowhere, lambda nb: nb.cells[5].metadata.update(tags=["slow"])),
    "a link": (has_no_link_and_no_html, in_slide("A task", "At", "[At](../a.md)")),
    "HTML": (has_no_link_and_no_html, in_slide("A task", "At", "<b>At</b>")),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault):
    check, plant = FAULTS[fault]
    notebook = read(LECTURES / "04_lstm_gates.ipynb")
    plant(notebook)
    assert check(notebook) != []


def test_each_check_has_a_fault_that_it_finds():
    assert {check for check, _ in FAULTS.values()} == {*CHECKS}


# The guide's plans ---------------------------------------------------------------

TABLE = re.compile(r"(?m)^\| minutes \|.*\n\|[-|]+\|\n((?:\|.*\n)+)")
DECK = re.compile(r"deck (\d\d)(?:, slides (\d+)–(\d+))?$")


@pytest.fixture(scope="module")
def plans():
    """The rows of each plan: minutes, what, from where."""
    tables = TABLE.findall((LECTURES / "guide.md").read_text("utf-8"))
    return [
        [[field.strip() for field in row.strip("|").split("|")] for row in rows]
        for rows in map(str.splitlines, tables)
    ]


def test_the_minutes_of_a_plan_add_up(plans):
    assert len(plans) == 7  # two hours, a day, four weeks, a day for part two
    for *rows, total in plans:
        assert total[0] == f"**{sum(int(row[0]) for row in rows)}**"


def test_a_plan_gives_a_deck_the_minutes_of_its_notes(plans):
    decks = {deck.name[:2]: minutes(read(deck)) for deck in DECKS}
    for rows in plans:
        for said, _, source in rows:
            if found := DECK.match(source):
                first, last = int(found[2] or 1), int(found[3] or 25)
                assert int(said) == sum(decks[found[1]][first - 1 : last]), source


def test_weeks_and_part_two_have_every_deck_once_and_in_order(plans):
    weeks = [
        found[1] for rows in plans[-5:] for row in rows if (found := DECK.match(row[2]))
    ]
    assert weeks == [deck.name[:2] for deck in DECKS]


# In a browser --------------------------------------------------------------------

PAGE = {"viewport": {"width": 1280, "height": 720}}
BARE_PICTURES = (
    "[...document.images].filter(one => !one.alt.trim()).map(one => one.src)"
)


@pytest.fixture(scope="module")
def faults_of_slide(root):
    return (root / "tests" / "slide_faults.js").read_text("utf-8")


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The decks as plain files."""
    out = tmp_path_factory.mktemp("slides")
    assert write_slides((), out, pdf=False) == 0
    return out


@pytest.fixture
def tab(browser):
    with watched_tab(browser, **PAGE) as tab:
        yield tab


@pytest.mark.slow
@pytest.mark.parametrize("deck", DECKS, ids=lambda deck: deck.stem)
class TestPlainFiles:
    def test_nothing_leaves_a_slide_or_is_too_small(
        self, deck, tab, plain, faults_of_slide
    ):
        open_plain(tab, plain / f"{deck.stem}.html")
        count = len(slides_of(read(deck)))
        assert tab.evaluate("Reveal.getTotalSlides()") == count
        faults = {n + 1: tab.evaluate(faults_of_slide, n) for n in range(count)}
        assert {n: found for n, found in faults.items() if found} == {}
        assert tab.evaluate(BARE_PICTURES) == []
        assert tab.outside == []

    @pytest.mark.parametrize("view", ["", "?script"])
    def test_axe_finds_no_violation(self, deck, view, tab, plain):
        open_plain(tab, plain / f"{deck.stem}.html", view)
        assert violations(tab) == []
        assert tab.outside == []


PLANTED = {
    "leaves the slide": "<p style='margin-left: 1200px'>far_too_far</p>",
    "is 20px": "<p style='font-size: 20px'>small</p>",
    "did not load": "<img src='nowhere.png' alt='nothing'>",
    "is cut": "<pre style='width: 90px; overflow: hidden'>much too long a line</pre>",
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", PLANTED)
def test_a_fault_planted_in_a_slide_is_found(tab, plain, faults_of_slide, fault):
    open_plain(tab, plain / "04_lstm_gates.html")
    assert tab.evaluate(faults_of_slide, 4) == []
    place = "document.querySelector('section.present section.present .jp-Cell')"
    add = f"html => {place}.insertAdjacentHTML('beforeend', html)"
    tab.evaluate(add, PLANTED[fault])
    tab.wait_for_timeout(200)
    assert any(fault in found for found in tab.evaluate(faults_of_slide, -1))


def open_plain(tab, page, view=""):
    tab.goto(page.as_uri() + view)
    typeset(tab)


@pytest.fixture(scope="module")
def lab(tmp_path_factory, root):
    """The address of JupyterLab in a copy of the decks and what they show."""
    folder = tmp_path_factory.mktemp("lab")
    for part in ("notebooks/lectures", "figures/slides"):
        shutil.copytree(root / part, folder / part)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    settings = {"port": port, "token": "", "root_dir": folder, "port_retries": 0}
    command += [f"--ServerApp.{name}={value}" for name, value in settings.items()]
    with (folder / "log").open("w") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        for _ in range(300):
            with suppress(OSError), urlopen(f"{address}/api"):  # noqa: S310 - our own
                break
            time.sleep(0.2)
        yield address
    finally:
        child.terminate()
        child.wait(30)


def open_live(tab, lab, deck):
    tab.goto(f"{lab}/rise/notebooks/lectures/{deck.name}")
    tab.wait_for_selector("section.present section.present", timeout=60_000)
    tab.wait_for_selector(".jp-CodeCell", state="attached", timeout=60_000)


NOW = "document.querySelector('section.present section.present').id"
SHOW_ALL = (
    "document.querySelectorAll('.fragment').forEach(e => e.classList.add('visible'))"
)


@pytest.mark.slow
class TestLive:
    @pytest.mark.parametrize("deck", DECKS, ids=lambda deck: deck.stem)
    def test_nothing_leaves_a_slide_or_is_too_small(
        self, deck, tab, lab, faults_of_slide
    ):
        open_live(tab, lab, deck)
        faults, seen = {}, []
        for _ in slides_of(read(deck)):
            seen.append(tab.evaluate(NOW))
            tab.evaluate(SHOW_ALL)
            tab.wait_for_timeout(100)
            if found := tab.evaluate(faults_of_slide, -1):
                faults[seen[-1]] = found
            for _ in range(20):  # through the fragments, on to the next slide
                tab.keyboard.press("Space")
                tab.wait_for_timeout(30)
                if tab.evaluate(NOW) != seen[-1]:
                    break
        assert len({*seen}) == len(slides_of(read(deck)))
        assert faults == {}
        assert tab.outside == []

    @pytest.mark.parametrize("size", [(1920, 1080), (1024, 768), (1366, 600)])
    def test_a_slide_fits_a_window_of_any_size(self, tab, lab, faults_of_slide, size):
        tab.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
        open_live(tab, lab, LECTURES / "04_lstm_gates.ipynb")
        tab.keyboard.press("Space")
        tab.wait_for_timeout(1000)  # RISE moves it there
        assert tab.evaluate(faults_of_slide, -1) == []
        slide = tab.locator("section.present section.present").bounding_box()
        scale = min(size[0] / 1280, size[1] / 720)
        assert slide["width"] == pytest.approx(1280 * scale, abs=10)
        assert slide["x"] == pytest.approx((size[0] - 1280 * scale) / 2, abs=10)
        assert slide["y"] == pytest.approx((size[1] - 720 * scale) / 2, abs=10)

    def test_a_cell_can_be_changed_and_run(self, tab, lab):
        open_live(tab, lab, LECTURES / "04_lstm_gates.ipynb")
        tab.keyboard.press("Space")
        tab.click("section.present section.present .jp-CodeCell .cm-content")
        tab.keyboard.press("Control+End")
        tab.keyboard.type("\nprint(lstm_step.__name__[::-1])")
        tab.keyboard.press("Control+Enter")
        tab.wait_for_selector("text=pets_mtsl", timeout=120_000)
        tab.keyboard.press("Escape")
        tab.keyboard.press("Space")
        tab.wait_for_function(f"{NOW} === 'slide-2-0'")


# The command ---------------------------------------------------------------------


def test_the_list_has_the_decks_that_are_there(tmp_path, capsys):
    for name in ("04", "02"):
        assert write_slides([name], tmp_path, pdf=False) == 0
    links = re.findall(
        r'href="(\w+)\.html"', (tmp_path / "index.html").read_text("utf-8")
    )
    assert links == ["02_vanilla_rnn", "04_lstm_gates"]


def test_an_unknown_deck_writes_nothing(tmp_path, capsys):
    assert write_slides(["04", "99"], tmp_path / "new") == 2
    assert "no lesson '99'" in capsys.readouterr().out
    assert not (tmp_path / "new").exists()


def test_without_a_browser_the_decks_are_written_all_the_same(
    tmp_path, capsys, monkeypatch
):
    @contextmanager
    def none():
        raise NoBrowserError("found no browser")
        yield

    monkeypatch.setattr(slides, "open_browser", none)
    assert write_slides(["04"], tmp_path) == 0
    assert "No PDF: found no browser. To print" in capsys.readouterr().out
    assert (tmp_path / "04_lstm_gates.html").is_file()
    assert not [*tmp_path.glob("*.pdf")]


def command(folder, **environment):
    """What the command prints, in its own process: the tests have a browser open."""
    return subprocess.run(
        [sys.executable, "-m", "lstm_course", "slides", "04", "--out", folder],
        env=os.environ | environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_a_browser_that_does_not_start_is_named(tmp_path):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    assert f"No PDF: {broken} does not start" in command(tmp_path, PATH=str(tmp_path))


@pytest.mark.slow
@pytest.mark.usefixtures("browser")  # skipped where there is none
def test_a_handout_has_two_slides_a_page(tmp_path):
    command(tmp_path)
    printed = (tmp_path / "04_lstm_gates.handout.pdf").read_bytes()
    count = len(slides_of(read(LECTURES / "04_lstm_gates.ipynb")))
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == -(-count // 2)
    assert (tmp_path / "04_lstm_gates.script.pdf").stat().st_size > 50_000
