"""The pages: whole, linked, readable by all, and asking nothing of other machines."""

import re
import tomllib
from pathlib import Path

import pytest
from in_browser import typeset, violations, watched_tab
from typer.testing import CliRunner

from lstm_course import cli
from lstm_course.commands import site
from lstm_course.commands.run import read
from lstm_course.commands.site import REPOSITORY_VARIABLE, SiteError, write_site
from lstm_course.system.paths import NOTEBOOKS, ROOT

PAGES = sorted(
    path for path in NOTEBOOKS.rglob("*.ipynb") if path.parent.name != "lectures"
)
FIVE = [
    "index",
    "notebooks/04_lstm_gates",
    "notebooks/solutions/04_lstm_gates",
    "notebooks/glossary",
    "reference",
]
MEGABYTES_25 = 25_000_000


# What is built --------------------------------------------------------------------


@pytest.fixture
def tab(browser):
    with watched_tab(browser) as tab:
        yield tab


READ_PAGE = """html => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const all = (selector, take) => [...page.querySelectorAll(selector)].map(take);
  const attribute = name => all(`[${name}]`, one => one.getAttribute(name));
  return {
    ids: attribute("id"),
    links: attribute("href"),
    sources: attribute("src"),
    lesson: all("script[data-lesson]", one => one.dataset.lesson),
    cells: all("div.cell", cell => {
      const output = cell.querySelector(".cell_output");
      const fold = output?.closest("details");
      return {
        id: cell.id,
        classes: cell.className,
        source: cell.querySelector(".cell_input pre").textContent,
        output: output?.textContent ?? "",
        folded: Boolean(fold && !fold.open && fold.querySelector("summary")),
      };
    }),
  };
}"""


@pytest.fixture(scope="module")
def pages(browser, built_site):
    """What each page consists of, by its path; nothing that it names is loaded."""
    with watched_tab(browser) as tab:
        return {
            path.relative_to(built_site).as_posix(): tab.evaluate(
                READ_PAGE, path.read_text("utf-8")
            )
            for path in built_site.rglob("*.html")
            if not {"_static", "slides"} & {*path.relative_to(built_site).parts[:-1]}
        }


def page_of(pages, notebook):
    return pages[notebook.relative_to(ROOT).with_suffix(".html").as_posix()]


@pytest.mark.slow
class TestBuilt:
    def test_every_page_is_there(self, pages):
        others = {"index.html", "reference.html", "decks.html", "solutions.html"}
        texts = NOTEBOOKS.rglob("*.md")
        wanted = {path.relative_to(ROOT).with_suffix(".html") for path in texts}
        wanted |= {path.relative_to(ROOT).with_suffix(".html") for path in PAGES}
        assert {path.as_posix() for path in wanted} | others <= {*pages}

    def test_every_link_and_anchor_inside_leads_somewhere(self, built_site, pages):
        broken = []
        for name, page in pages.items():
            for link in {*page["links"], *page["sources"]}:
                if re.match(r"(https?|data|mailto):", link):
                    continue
                file, _, anchor = link.partition("#")
                file = file.partition("?")[0]
                target = (
                    (built_site / name).parent / file if file else built_site / name
                )
                target = target.resolve()
                if not target.is_file():
                    broken.append(f"{name}: {link}")
                elif anchor and target.suffix == ".html":
                    there = pages[target.relative_to(built_site).as_posix()]
                    if anchor not in there["ids"]:
                        broken.append(f"{name}: {link}")
        assert broken == []

    def test_nothing_is_loaded_from_elsewhere(self, built_site, pages):
        loaded = [source for page in pages.values() for source in page["sources"]]
        assert [
            one for one in loaded if not one.startswith("data:") and ":" in one
        ] == []
        address = re.compile(r"(@import|url\()[\s\"']*(https?:)?//")
        styles = [
            path.relative_to(built_site).as_posix()
            for path in built_site.rglob("*.css")
            if address.search(path.read_text("utf-8"))
        ]
        assert [one for one in styles if not one.startswith("slides/")] == []

    @pytest.mark.parametrize("notebook", PAGES, ids=lambda path: path.stem)
    def test_each_code_cell_is_there_to_the_letter(self, pages, notebook):
        cells = [cell for cell in read(notebook).cells if cell.cell_type == "code"]
        shown = page_of(pages, notebook)["cells"]
        assert [cell["source"] for cell in shown] == [f"{c.source}\n" for c in cells]
        assert [cell["id"] for cell in shown] == [f"cell-{c.id}" for c in cells]
        for cell in shown:
            assert f"tag_{cell['id']}" in cell["classes"].split()

    @pytest.mark.parametrize("notebook", PAGES, ids=lambda path: path.stem)
    def test_what_a_cell_prints_is_there_and_folded_below_a_prediction(
        self, pages, notebook
    ):
        shown = iter(page_of(pages, notebook)["cells"])
        text = ""
        for cell in read(notebook).cells:
            if cell.cell_type == "markdown":
                text = cell.source
            if cell.cell_type != "code":
                continue
            there = next(shown)
            printed = [out.text for out in cell.outputs if "text" in out]
            for lines in printed:
                assert lines.strip() in there["output"]
            asked = re.search(r"\*\*Predict(:\*\*|\*\*| )", text)
            assert there["folded"] == bool(asked and cell.outputs), there["id"]

    def test_predictions_are_asked_for(self, pages):
        folded = [cell["folded"] for page in pages.values() for cell in page["cells"]]
        assert sum(folded) > 100

    def test_a_page_with_cells_can_run_them_and_says_which_it_is(self, pages):
        for notebook in PAGES:
            name = notebook.relative_to(NOTEBOOKS).with_suffix("").as_posix()
            assert page_of(pages, notebook)["lesson"] == [name]
        assert pages["notebooks/claims.html"]["lesson"] == []

    def test_the_reference_has_every_public_name(self, pages):
        import lstm_course

        missing = {
            name
            for name in dir(lstm_course)
            if not {f"lstm_course.{name}", name, f"module-lstm_course.{name}"}
            & {*pages["reference.html"]["ids"]}
        }
        assert missing == set()

    def test_no_file_is_too_large_for_a_code_host(self, built_site):
        sizes = {path: path.stat().st_size for path in built_site.rglob("*")}
        assert max(sizes.values()) < MEGABYTES_25


# In a browser ---------------------------------------------------------------------


CUT = """() => [...document.querySelectorAll(".bd-article *")].filter(one => {
  if (one.getBoundingClientRect().right <= innerWidth + 1) return false;
  for (let box = one.parentElement; box; box = box.parentElement)
    if (/auto|scroll|hidden/.test(getComputedStyle(box).overflowX)
        && box.getBoundingClientRect().right <= innerWidth + 1
        && box.scrollWidth > box.clientWidth && box.tagName !== "BODY") return false;
  return true;
}).map(one => one.outerHTML.slice(0, 100))"""


@pytest.mark.slow
class TestInABrowser:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("page", FIVE)
    def test_axe_finds_nothing_and_nothing_leaves_the_machine(
        self, tab, site_address, page, scheme
    ):
        tab.emulate_media(color_scheme=scheme)
        tab.goto(f"{site_address}/{page}.html")
        typeset(tab)
        assert tab.evaluate("document.documentElement.dataset.theme") == scheme
        tab.evaluate(
            "document.querySelectorAll('details').forEach(one => (one.open = true))"
        )
        assert violations(tab) == []
        assert tab.outside == []

    @pytest.mark.parametrize(
        "page", [*FIVE, "notebooks/claims", "notebooks/lectures/guide"]
    )
    def test_a_phone_shows_all_of_a_page(self, tab, site_address, page):
        tab.set_viewport_size({"width": 390, "height": 844})
        tab.goto(f"{site_address}/{page}.html")
        typeset(tab)
        assert tab.evaluate("document.documentElement.scrollWidth") == 390
        assert tab.evaluate(CUT) == []

    def test_an_answer_opens_by_keyboard_and_is_open_when_printed(
        self, tab, site_address
    ):
        tab.goto(f"{site_address}/notebooks/04_lstm_gates.html")
        answer = tab.locator("#cell-lost .cell_output")
        assert not answer.is_visible()
        tab.emulate_media(media="print")
        assert answer.is_visible()
        tab.emulate_media(media="screen")
        assert not answer.is_visible()
        tab.locator("#cell-lost summary").focus()
        tab.keyboard.press("Enter")
        assert answer.is_visible()

    @pytest.mark.parametrize("way", ["served", "file"])
    def test_search_and_mathematics_need_no_server(
        self, tab, built_site, site_address, way
    ):
        root = site_address if way == "served" else built_site.as_uri()
        tab.goto(f"{root}/search.html?q=forget+gate")
        found = tab.locator("#search-results li a", has_text="gate by gate")
        found.first.wait_for()
        found.first.click()
        tab.wait_for_url("**/04_lstm_gates.html*")
        typeset(tab)
        assert tab.locator("mjx-container svg").count() > 100
        assert tab.locator("mjx-assistive-mml math").count() > 100
        assert tab.outside == []

    def test_formulas_speak_where_that_is_wanted(self, tab, site_address):
        tab.goto(f"{site_address}/index.html")
        tab.get_by_label("Let formulas speak").check()
        tab.goto(f"{site_address}/notebooks/how_a_verdict_is_reached.html")
        tab.wait_for_selector('mjx-container[aria-label*="StartRoot"]')
        assert tab.locator('mjx-container[tabindex="0"]').count() > 3
        assert tab.outside == []


# How a page is made of a notebook -------------------------------------------------


LINKS = {
    '[05](../tests/claims/test_lesson_05.py "test_c01")': (
        "05",
        '[05](https://host/me/it/blob/main/tests/claims/test_lesson_05.py "test_c01")',
    ),
    "[`claims.py`](../lstm_course/experiments/claims.py)": (
        "`claims.py`",
        "[`claims.py`](https://host/me/it/blob/main/lstm_course/experiments/claims.py)",
    ),
    "[these](../lstm_course/experiments/)": (
        "these",
        "[these](https://host/me/it/tree/main/lstm_course/experiments)",
    ),
    "[verdict](../lstm_course/experiments/verdict.py)": (
        "[verdict](../reference.md#lstm-course-experiments-verdict)",
    )
    * 2,
    "[04](04_lstm_gates.ipynb)": ("[04](04_lstm_gates.ipynb)",) * 2,
    "![a](../figures/bench.svg)": ("![a](../figures/bench.svg)",) * 2,
}


@pytest.mark.parametrize("link", LINKS)
def test_a_link_to_a_file_without_a_page_leads_somewhere_or_is_none(monkeypatch, link):
    unknown, known = LINKS[link]
    monkeypatch.delenv(REPOSITORY_VARIABLE, raising=False)
    assert site._with_links(f"See {link}.", NOTEBOOKS / "a.md") == f"See {unknown}."
    monkeypatch.setenv(REPOSITORY_VARIABLE, "https://host/me/it")
    assert site._with_links(f"See {link}.", NOTEBOOKS / "a.md") == f"See {known}."


def test_binder_and_colab_are_offered_where_the_repository_is_known(monkeypatch):
    lesson = NOTEBOOKS / "04_lstm_gates.ipynb"
    monkeypatch.delenv(REPOSITORY_VARIABLE, raising=False)
    assert "Binder" not in site._as_page(lesson).cells[0].source
    monkeypatch.setenv(REPOSITORY_VARIABLE, "https://github.com/me/it")
    first = site._as_page(lesson).cells[0].source
    place = "notebooks/04_lstm_gates.ipynb"
    assert f"https://mybinder.org/v2/gh/me/it/main?urlpath=lab/tree/{place}" in first
    assert f"https://colab.research.google.com/github/me/it/blob/main/{place}" in first


def test_binder_and_colab_are_not_offered_for_another_host(monkeypatch):
    monkeypatch.setenv(REPOSITORY_VARIABLE, "https://host/me/it")
    first = site._as_page(NOTEBOOKS / "04_lstm_gates.ipynb").cells[0].source
    assert "JupyterLab" in first
    assert "mybinder" not in first
    assert "colab" not in first


@pytest.mark.slow
def test_the_first_page_says_what_to_clone(monkeypatch, tmp_path):
    monkeypatch.setenv(REPOSITORY_VARIABLE, "https://github.com/me/it")
    site._prepare(tmp_path / "source")
    text = (tmp_path / "source" / "index.md").read_text("utf-8")
    assert "\ngit clone https://github.com/me/it lstm-course\n" in text
    assert "ADDRESS" not in text


@pytest.mark.parametrize("end", ["", "/", ".git", ".git/"])
def test_a_repositorys_address_is_understood(monkeypatch, end):
    monkeypatch.setenv(REPOSITORY_VARIABLE, f"https://github.com/me/it{end}")
    assert site.repository() == "https://github.com/me/it"


@pytest.mark.parametrize(
    "told",
    [
        "nonsense",
        "git@github.com:me/it.git",
        "https://github.com/me",
        "https://me:secret@github.com/me/it",
        'https://github.com/me/it"><script>',
    ],
)
def test_what_is_no_address_of_a_repository_is_told(small, monkeypatch, told):
    monkeypatch.setenv(REPOSITORY_VARIABLE, told)
    done = CliRunner().invoke(cli.app, ["site", "--out", str(small)])
    assert done.exit_code == 2
    assert done.stderr == (
        f"LSTM_COURSE_REPOSITORY is {told!r}: expected the address of a repository, "
        "such as https://github.com/OWNER/REPO\n"
    )
    assert everything_in(small.parent) == []


def test_binder_gets_the_courses_versions_and_no_tensorflow():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    pins = {*project["project"]["dependencies"], *project["dependency-groups"]["build"]}
    slim = (ROOT / ".binder" / "requirements.txt").read_text("utf-8").split()
    assert {*slim} <= pins
    assert not [pin for pin in slim if pin.startswith(("tensorflow", "keras"))]
    assert (ROOT / ".binder" / "runtime.txt").read_text("utf-8") == "python-3.12\n"


# The command ----------------------------------------------------------------------


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A site of one page, in a blink: what surrounds the building is tried on it."""
    monkeypatch.setattr(site, "_prepare", lambda source: source.mkdir())
    monkeypatch.setattr(site, "write_slides", lambda *_, **__: 0)
    monkeypatch.setattr(site, "_write_page", lambda page, **__: page.mkdir())

    def build(work):
        (work / "html").mkdir()
        (work / "html" / "searchindex.js").write_text("new")

    monkeypatch.setattr(site, "_run_sphinx", build)
    return tmp_path / "public"


def everything_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_an_earlier_site_is_replaced_whole(small):
    small.mkdir()
    (small / "searchindex.js").write_text("old")
    (small / "gone.html").write_text("old")
    write_site(small)
    assert everything_in(small) == ["page", "searchindex.js"]
    assert everything_in(small.parent)[0] == "public"  # nothing is left beside it
    assert (small / "searchindex.js").read_text() == "new"


@pytest.mark.parametrize(
    "step", ["_prepare", "_run_sphinx", "write_slides", "_write_page"]
)
@pytest.mark.parametrize("before", [[], ["searchindex.js"]])
def test_what_was_there_stays_if_the_building_fails(small, monkeypatch, step, before):
    def fail(*_, **__):
        raise OSError("disk full")

    for name in before:
        small.mkdir()
        (small / name).write_text("old")
    there = everything_in(small.parent)
    monkeypatch.setattr(site, step, fail)
    with pytest.raises(OSError, match="disk full"):
        write_site(small)
    assert everything_in(small.parent) == there


def test_the_old_site_returns_if_the_new_one_cannot_take_its_place(small, monkeypatch):
    rename = Path.rename

    def fail(path, target):
        if path.name == "html":
            raise OSError("in use")
        return rename(path, target)

    small.mkdir()
    (small / "searchindex.js").write_text("old")
    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="in use"):
        write_site(small)
    assert everything_in(small.parent) == ["public", "public/searchindex.js"]
    assert (small / "searchindex.js").read_text() == "old"


def test_a_folder_with_something_else_is_left_alone(small):
    small.mkdir()
    (small / "thesis.tex").write_text("mine")
    done = CliRunner().invoke(cli.app, ["site", "--out", str(small)])
    assert done.exit_code == 2
    assert (
        done.stderr
        == f"{small} is neither empty nor an earlier site: name a new folder\n"
    )
    assert everything_in(small) == ["thesis.tex"]


@pytest.mark.parametrize("out", ["", " ", __file__])
def test_what_is_no_folder_is_refused(small, out):
    done = CliRunner().invoke(cli.app, ["site", "--out", out])
    assert done.exit_code == 2
    assert "is no folder" in done.stderr.replace("\n", " ")


@pytest.mark.parametrize("option", [[], ["--without-reviews"]])
def test_the_reviews_are_left_out_if_asked(small, monkeypatch, option):
    told = []

    def write_page(page, **rest):
        page.mkdir()
        told.append(rest)

    monkeypatch.setattr(site, "_write_page", write_page)
    done = CliRunner().invoke(cli.app, ["site", "--out", str(small), *option])
    assert (done.exit_code, told) == (0, [{"reviews": not option}])
    assert "http.server" in done.stdout


@pytest.mark.slow
def test_a_warning_is_an_error_and_is_told(tmp_path):
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "conf.py").write_text("")
    (tmp_path / "source" / "index.rst").write_text("One\n===\n\n:doc:`nowhere`\n")
    with pytest.raises(SiteError, match="nowhere"):
        site._run_sphinx(tmp_path)


@pytest.mark.slow
def test_ctrl_c_is_not_taken_for_a_complaint(tmp_path):
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "conf.py").write_text("raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        site._run_sphinx(tmp_path)
