"""What a reader does with the cells of a page, by mouse and by keyboard."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from in_browser import watched_tab
from playwright.sync_api import expect

pytestmark = pytest.mark.slow

LESSON = "04_lstm_gates"
STEP = """def my_lstm_step(x_t, state, params):
    W, U, b = params
    i, f, g, o = np.split(x_t @ W + state[0] @ U + b, 4, axis=1)
    c = sigmoid(f) * state[1] + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


check("lstm_step", my_lstm_step)"""
BOOT = 60_000  # ms: a busy machine's
COUNTS = "cells => cells.map(cell => cell.querySelector('.run-count').textContent)"


class Lesson:
    """A lesson's page, as a reader sees it."""

    def __init__(self, tab, address):
        self.tab, self.address = tab, f"{address}/notebooks/{LESSON}.html"
        self.open()

    def open(self):
        self.tab.goto(self.address)
        self.bar = self.tab.get_by_role("region", name="Running the cells")
        self.bar.wait_for()

    def cell(self, name):
        return self.tab.locator(f"#cell-{name}")

    def button(self, name, what):
        return self.cell(name).get_by_role("button", name=what)

    def note(self, name):
        return self.cell(name).locator(".run-note")

    def output(self, name):
        return self.cell(name).locator(".cell_output")

    def code(self, name):
        return self.cell(name).locator(".highlight[tabindex]").first

    def run(self, name):
        """Run a cell, fetch Python if that is asked, and wait for the end."""
        self.button(name, "Run").click()
        self.end(name)

    def end(self, name):
        done = self.cell(name).filter(
            has=self.tab.locator(".run-count", has_text=re.compile(r"In \[\d+\]"))
        )
        fetch = self.button(name, "Fetch and run")
        expect(fetch.or_(done).first).to_be_visible(timeout=BOOT)
        if fetch.is_visible():
            fetch.click()
        expect(done).to_be_visible(timeout=BOOT)

    def write(self, name, code):
        """Put code into a cell, by keyboard alone."""
        self.code(name).focus()
        self.tab.keyboard.press("Enter")
        editor = self.cell(name).locator(".cm-content")
        expect(editor).to_be_focused()
        self.tab.keyboard.press("ControlOrMeta+a")
        self.tab.keyboard.insert_text(code)

    def forget_python(self):
        self.tab.evaluate("caches.delete('lstm-course-parts')")

    def ran(self):
        """The cells that have run in this Python."""
        cells = self.tab.locator("div.cell")
        counts = cells.evaluate_all(COUNTS)
        ids = cells.evaluate_all("cells => cells.map(cell => cell.id)")
        return [
            name.removeprefix("cell-")
            for name, count in zip(ids, counts, strict=True)
            if count
        ]


@pytest.fixture(scope="module")
def context(browser):
    """One reader's browser: what it keeps stays from test to test."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture
def lesson(context, site_address):
    with watched_tab(context) as tab:
        tab.add_init_script(
            "if (!sessionStorage.known) {"
            "  localStorage.clear(); sessionStorage.known = true }"
        )
        yield Lesson(tab, site_address)
        assert tab.outside == []


def test_nothing_is_fetched_before_the_reader_agrees(lesson):
    lesson.forget_python()
    fetched = []
    lesson.tab.on("request", lambda one: fetched.append(one.url))
    lesson.button("belt", "Run").click()
    expect(lesson.button("belt", "Fetch and run")).to_be_focused()
    assert re.search(r"needs Python: \d\d MB, once", lesson.note("belt").inner_text())
    expect(lesson.bar).to_contain_text("Cell 3 waits for your answer")
    lesson.tab.keyboard.press("Tab")
    lesson.tab.keyboard.press("Enter")  # Not now
    expect(lesson.note("belt")).to_be_hidden()
    expect(lesson.button("belt", "Run")).to_be_focused()
    assert not [url for url in fetched if url.endswith(".zst")]
    assert lesson.ran() == []

    lesson.code("imports").focus()
    lesson.tab.keyboard.press("Shift+Enter")
    expect(lesson.button("imports", "Fetch and run")).to_be_focused()
    lesson.tab.keyboard.press("Enter")
    expect(lesson.code("lost")).to_be_focused()  # the next, as without the question
    lesson.end("imports")


def test_cells_above_run_first_and_keep_their_predictions_folded(lesson):
    stored = {name: lesson.output(name).inner_text() for name in ("belt", "input")}
    lesson.run("input")
    assert lesson.ran() == ["imports", "lost", "belt", "input"]
    assert lesson.output("input").inner_text().strip() == (
        "with i: [2. 1. 1.]  wanted: [2 1 0]"
    )
    assert stored["input"] == ""  # it was folded
    assert lesson.output("belt").inner_text() == stored["belt"] == ""
    lesson.run("forget")  # those above are not run again
    assert lesson.cell("forget").locator(".run-count").inner_text() == "In [5]"


def test_an_answer_is_judged_and_kept_with_the_progress(lesson):
    expect(lesson.tab.locator(".run-progress summary")).to_contain_text("0 of 4")
    lesson.write("exercise-5", STEP)
    changed = lesson.cell("exercise-5").get_by_text("Changed, not run yet")
    expect(changed).to_be_visible()
    lesson.tab.keyboard.press("ControlOrMeta+Enter")
    lesson.end("exercise-5")
    expect(changed).to_be_hidden()
    assert lesson.ran() == ["exercise-1", "exercise-5"]
    assert "✓ lstm_step" in lesson.output("exercise-5").inner_text()
    panel = lesson.tab.locator(".run-progress")
    expect(panel.locator("summary")).to_contain_text("1 of 4")

    lesson.open()  # another day
    expect(panel.locator("summary")).to_contain_text("1 of 4")
    expect(lesson.cell("exercise-5").locator(".cm-content")).to_contain_text("np.split")
    panel.locator("summary").click()
    expect(panel.get_by_role("listitem").nth(1)).to_contain_text("✓ Exercise 2")
    panel.get_by_label("Name in it").fill('Sofia "Ö"')
    panel.get_by_role("button", name="Copy report").click()
    expect(panel.locator(".run-note")).to_contain_text("copied", timeout=BOOT)
    report = json.loads(lesson.tab.evaluate("navigator.clipboard.readText()"))
    assert report["learner"] == 'Sofia "Ö"'
    assert report["passed"] == 1
    assert report["lessons"]["04"]["lstm_step"]["tries"] == 1

    panel.get_by_role("button", name="Erase the progress").click()
    expect(panel.get_by_role("button", name="Keep it")).to_be_focused()
    panel.get_by_role("button", name="Erase it").click()
    expect(panel.locator("summary")).to_contain_text("0 of 4")


def test_what_is_erased_in_one_tab_does_not_come_back_from_another(lesson, context):
    lesson.write("exercise-5", STEP)
    lesson.run("exercise-5")
    summary = lesson.tab.locator(".run-progress summary")
    expect(summary).to_contain_text("1 of 4")
    with watched_tab(context) as other:
        other.goto(lesson.address)
        panel = other.locator(".run-progress")
        expect(panel.locator("summary")).to_contain_text("1 of 4")
        panel.locator("summary").click()
        panel.get_by_role("button", name="Erase the progress").click()
        panel.get_by_role("button", name="Erase it").click()
        expect(panel.locator("summary")).to_contain_text("0 of 4")
    expect(summary).to_contain_text("0 of 4")
    lesson.write(
        "exercise-3",
        'from lstm_course import quiz\nquiz("gate_settings", (0, 0, 0), seed=1)',
    )
    lesson.run("exercise-3")
    assert "✗" in lesson.output("exercise-3").inner_text()
    record = lesson.tab.evaluate("localStorage.getItem('lstm_course/record')")
    assert "gate_settings" in record
    assert "lstm_step" not in record


def test_a_stopped_python_is_followed_by_a_new_one(lesson):
    lesson.run("exercise-1")
    lesson.write("exercise-3", "while True: pass")
    lesson.tab.keyboard.press("ControlOrMeta+Enter")
    expect(lesson.bar).to_contain_text("Running cell 24", timeout=BOOT)
    expect(
        lesson.output("exercise-3")
    ).to_be_empty()  # what it printed is of another run
    lesson.button("exercise-3", "Stop").click()
    expect(lesson.note("exercise-3")).to_contain_text("Stopped.")
    assert lesson.ran() == []

    lesson.write("exercise-1", "while True: print('endless')")
    lesson.tab.keyboard.press("ControlOrMeta+Enter")
    expect(lesson.output("exercise-1")).to_contain_text("endless", timeout=BOOT)
    lesson.button("exercise-1", "Stop").click()
    expect(lesson.note("exercise-1")).to_contain_text("Stopped.")

    lesson.write("exercise-1", "1 / 0")
    lesson.button("exercise-3", "Reset").click()
    lesson.button("exercise-3", "Run").click()
    note = lesson.note("exercise-3")
    expect(note).to_have_text(
        "Cell 23 stopped with an error, so this cell has not run. "
        "Mend or reset it first.",
        timeout=BOOT,
    )
    assert note.get_by_role("link").get_attribute("href") == "#cell-exercise-1"
    assert "ZeroDivisionError" in lesson.output("exercise-1").inner_text()
    lesson.button("exercise-1", "Reset").click()
    expect(lesson.button("exercise-1", "Undo")).to_be_visible()
    assert lesson.ran() == []  # what shows is no longer what the run showed
    lesson.run("exercise-3")
    assert "not started yet" in lesson.output("exercise-3").inner_text()


def test_a_cell_that_waits_is_dropped_alone(lesson):
    lesson.run("exercise-1")
    lesson.write(
        "exercise-1",
        "import time\nend = time.time() + 2\nwhile time.time() < end: pass\n'through'",
    )
    lesson.tab.keyboard.press("ControlOrMeta+Enter")
    lesson.button("exercise-3", "Run").click()
    lesson.button("exercise-3", "Stop").click()
    expect(lesson.button("exercise-3", "Run")).to_be_visible()
    lesson.end("exercise-1")
    assert lesson.output("exercise-1").inner_text().strip() == "'through'"
    assert lesson.ran() == ["exercise-1"]


def test_what_needs_keras_shows_its_stored_output(lesson):
    stored = lesson.output("keras").inner_text()
    assert stored
    lesson.run("keras")
    expect(lesson.note("keras")).to_have_text(
        "Needs Keras, which does not run in a browser. Below is its stored output."
    )
    assert lesson.output("keras").inner_text() == stored


def test_the_editor_lets_the_keyboard_out(lesson):
    lesson.write("exercise-5", "if True:\n")
    keyboard, code = (
        lesson.tab.keyboard,
        lesson.cell("exercise-5").locator(".cm-content"),
    )
    keyboard.press("Tab")  # it indents, for something was typed
    keyboard.insert_text("pass")
    assert code.inner_text() == "if True:\n    pass"
    keyboard.press("Escape")
    expect(lesson.code("exercise-5")).to_be_focused()
    keyboard.press("Tab")
    expect(lesson.button("exercise-5", "Run")).to_be_focused()
    keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    expect(code).to_be_focused()
    keyboard.press("Tab")  # it goes on, for nothing was
    expect(lesson.button("exercise-5", "Run")).to_be_focused()
    lesson.code("exercise-5").focus()
    keyboard.press("Shift+Enter")
    expect(
        lesson.button("exercise-5", "Fetch and run")
        .or_(lesson.code("exercise-7"))
        .first
    ).to_be_visible()


def test_reset_is_undone(lesson):
    source = lesson.code("exercise-5").inner_text()
    lesson.write("exercise-5", STEP)
    lesson.button("exercise-5", "Reset").click()
    code = lesson.cell("exercise-5").locator(".cm-content")
    expect(code).to_contain_text("return ...")
    assert code.inner_text().split() == source.split()
    lesson.button("exercise-5", "Undo").click()
    expect(code).to_contain_text("np.split")
    expect(lesson.button("exercise-5", "Reset")).to_be_visible()


def test_an_answer_to_what_the_lesson_no_longer_asks_is_offered(lesson):
    old = json.dumps({"text": "mine = 1", "original": "another question"})
    lesson.tab.evaluate(
        "([key, old]) => localStorage.setItem(key, old)",
        [f"lstm_course/answers/{LESSON}/cell-exercise-5", old],
    )
    lesson.open()
    expect(lesson.note("exercise-5")).to_contain_text(
        "has changed since you wrote in it"
    )
    expect(lesson.code("exercise-5")).to_contain_text("return ...")
    lesson.button("exercise-5", "Take my text").click()
    expect(lesson.cell("exercise-5").locator(".cm-content")).to_have_text("mine = 1")


def test_a_browser_that_keeps_nothing_says_so_once(lesson):
    lesson.tab.evaluate(
        "void (Storage.prototype.setItem = () => { throw new DOMException('full') })"
    )
    lesson.write("exercise-5", "1")
    expect(lesson.bar.locator(".run-note")).to_contain_text("keeps nothing more")


def test_a_file_is_read_and_says_what_running_needs(context, built_site):
    tab = context.new_page()
    tab.goto((built_site / "notebooks" / f"{LESSON}.html").as_uri())
    expect(tab.locator(".run-note")).to_contain_text("comes from a web server")
    assert tab.locator(".run-button").count() == 0
    tab.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_can_use_what_the_page_adds(lesson, scheme):
    lesson.forget_python()
    lesson.tab.emulate_media(color_scheme=scheme)
    lesson.write("exercise-5", STEP)
    lesson.tab.locator(".run-progress summary").click()
    lesson.button("belt", "Run").click()
    expect(lesson.button("belt", "Fetch and run")).to_be_focused()
    added = ["#cell-belt", "#cell-exercise-5", ".run-progress", ".run-bar"]
    found = Axe().run(lesson.tab, context={"include": [[one] for one in added]})
    assert found.response["passes"]
    assert [(one["id"], one["nodes"]) for one in found.response["violations"]] == []
