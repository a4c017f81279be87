"""What a page says when Python does not come whole, and what code does to it then."""

import json

import pytest

pytestmark = pytest.mark.slow

BOOT = """() => window.runtime.boot().then(() => "ready", (error) => error.message)"""
RUN = """async (code) => {
  let text = ""
  const output = (one) => text += one.text ?? one.evalue ?? one.data["text/plain"]
  const { status } = await window.runtime.run(code, { name: "In[1]", output })
  return { status, text }
}"""
TRACEBACK = """async (code) => {
  let lines
  const output = ({ traceback }) => (lines = traceback)
  await window.runtime.run(code, { name: "In[1]", output })
  return lines.join("\\n")
}"""
HTML = """async (code) => {
  let html = ""
  const output = ({ data }) => (html += data["text/html"])
  await window.runtime.run(code, { name: "In[1]", output })
  return html
}"""
IMPORT = """async () => {
  const { runtime } = await import(new URL("../page/runtime.js", location))
  runtime.addEventListener("notice", (event) => window.notice(event.detail))
  window.runtime = runtime
}"""


@pytest.fixture(scope="module")
def context_page(site_address):
    """Open the page of lesson 02 in a browser's context, after what a script does."""

    def open_(context, script=""):
        tab = context.new_page()
        tab.notices = []
        tab.expose_function("notice", lambda said: tab.notices.append(said))
        tab.add_init_script(script)
        tab.goto(f"{site_address}/notebooks/02_vanilla_rnn.html")
        tab.evaluate(IMPORT)
        return tab

    return open_


@pytest.fixture(scope="module")
def open_page(browser, context_page):
    """Open it in a browser that has kept nothing."""

    def open_(script=""):
        return context_page(browser.new_context(), script)

    return open_


@pytest.fixture(scope="module")
def tab(open_page):
    tab = open_page()
    assert tab.evaluate(BOOT) == "ready"
    return tab


def fetched(tab):
    """Return a list that the parts which a page asks for from now on are added to."""
    asked = []

    def note(request):
        if request.url.endswith(".zst"):
            asked.append(request.url.rsplit("/", 1)[1])

    tab.on("request", note)
    return asked


def altered(change):
    """Answer a request by what is on the server, changed."""

    def answer(route):
        response = route.fetch()
        route.fulfill(response=response, body=change(response.body()))

    return answer


def flipped(body):
    return body[:5000] + bytes([body[5000] ^ 1]) + body[5001:]


def missing(route):
    route.fulfill(status=404)


def lost(route):
    route.abort()


def a_login(route):
    route.fulfill(content_type="text/html", body="<h1>Welcome to this hotel</h1>")


DAMAGED = "arrived damaged. Nothing of it was kept: try again."
SILENT = "The server does not answer. Check the connection, and try again."


@pytest.fixture(scope="module")
def empty(open_page):
    """Return a page whose Python never comes."""
    return open_page()


class TestParts:
    @pytest.mark.parametrize(
        ("part", "answer", "sentence"),
        [
            ("python-*.zst", altered(flipped), DAMAGED),
            ("course-*.zst", altered(flipped), DAMAGED),
            ("course-*.zst", altered(lambda body: body[:-1]), DAMAGED),
            ("course-*.zst", altered(lambda body: body + b"\0"), DAMAGED),
            ("course-*.zst", altered(lambda body: b""), DAMAGED),
            ("course-*.zst", a_login, DAMAGED),
            ("library-*.zst", missing, "is not on the server (404)"),
            ("python-*.zst", lost, SILENT),
            ("parts.json", missing, "parts.json is not on the server (404)"),
            ("parts.json", lost, SILENT),
            ("parts.json", a_login, "Does this network want a login?"),
            ("worker.js", missing, "does not start in this browser"),
        ],
        ids=lambda value: getattr(value, "__name__", value)[:20],
    )
    def test_what_does_not_come_is_said_in_one_sentence(
        self, empty, part, answer, sentence
    ):
        empty.evaluate("caches.delete('lstm-course-parts')")
        empty.reload()
        empty.evaluate(IMPORT)
        empty.route(f"**/{part}", answer)
        said = empty.evaluate(BOOT)
        empty.unroute(f"**/{part}")
        assert sentence in said
        assert empty.evaluate("runtime.state") == "absent"
        assert empty.locator("article h1").is_visible()  # reading goes on

    def test_a_second_try_fetches_what_is_missing_and_no_more(self, open_page):
        tab = open_page()
        tab.route("**/python-*.zst", lost)
        assert tab.evaluate(BOOT) == SILENT
        tab.unroute("**/python-*.zst")
        asked = fetched(tab)
        assert tab.evaluate(BOOT) == "ready"
        assert [name.split("-")[0] for name in asked] == ["python"]

    def test_a_second_try_reads_the_list_of_a_renewed_course(self, open_page):
        tab = open_page()
        old = altered(lambda body: body.replace(b'"file": "course-', b'"file": "gone-'))
        tab.route("**/parts.json", old)
        assert "gone-" in tab.evaluate(BOOT)
        tab.unroute("**/parts.json")
        assert tab.evaluate(BOOT) == "ready"

    def test_a_connection_lost_midway(self, open_page):
        tab = open_page("""
          const { prototype } = ReadableStreamDefaultReader
          const read = prototype.read
          let count = 0
          prototype.read = function () {
            if (++count === 20) return Promise.reject(new TypeError("lost"))
            return read.call(this)
          }""")
        said = tab.evaluate(BOOT)
        assert "The connection was lost after" in said
        assert "the parts that came whole are kept" in said

    @pytest.mark.parametrize(
        "script",
        [
            "Cache.prototype.put = () => Promise.reject(new Error('full'))",
            "CacheStorage.prototype.open = () => Promise.reject(new Error('no'))",
            "delete Window.prototype.caches; delete window.caches",
        ],
        ids=["full", "refused", "plain http"],
    )
    def test_where_nothing_is_kept_python_runs(self, open_page, script):
        tab = open_page(script)
        assert tab.evaluate(BOOT) == "ready"
        assert tab.notices == [
            "This browser keeps no copy of Python: "
            "it runs, but is fetched again next time."
        ]
        assert tab.evaluate(f"({RUN})('6 * 7')") == {"status": "ok", "text": "42"}

    def test_a_second_visit_fetches_the_list_alone(self, tab, context_page):
        second = context_page(tab.context)
        asked = fetched(second)
        assert second.evaluate("runtime.toFetch()") == 0
        assert second.evaluate(BOOT) == "ready"
        assert asked == []

    def test_a_damaged_cache_is_mended(self, open_page):
        tab = open_page()
        tab.route("**/worker.js", missing)
        tab.evaluate(BOOT)
        tab.unroute("**/worker.js")
        tab.evaluate("""async () => {
          const store = await caches.open("lstm-course-parts")
          const junk = () => new Response("x")
          for (const request of await store.keys()) await store.put(request, junk())
        }""")
        tab.reload()
        tab.evaluate(IMPORT)
        assert tab.evaluate(BOOT) == "ready"

    def test_other_courses_keep_their_parts(self, tab):
        keys = """async (other) => {
          const { keepOnly } = await import(new URL("../page/store.js", location))
          const store = await caches.open("lstm-course-parts")
          if (other) await store.put(other, new Response("x"))
          await keepOnly(new URL("../page/parts/", location), [])
          return (await store.keys()).map(({ url }) => new URL(url).pathname)
        }"""
        assert tab.evaluate(keys, "/other/page/parts/p.zst") == [
            "/other/page/parts/p.zst"
        ]

    def test_a_browser_without_exceptions_is_told_so(self, open_page):
        tab = open_page("WebAssembly.validate = () => false")
        note = tab.locator(".run-note").first
        note.wait_for()
        assert "too old" in note.inner_text()


class TestCode:
    def test_an_endless_loop_is_stopped(self, tab):
        loop = tab.evaluate_handle(f"() => ({{ end: ({RUN})('while True: pass') }})")
        tab.wait_for_function("window.runtime.state === 'running'")
        tab.evaluate("window.runtime.stop()")
        ended = tab.evaluate("async (loop) => (await loop.end).status", loop)
        assert ended == "stopped"
        assert tab.evaluate(RUN, "6 * 7") == {"status": "ok", "text": "42"}

    def test_what_waits_is_stopped_too(self, tab):
        ends = tab.evaluate(f"""async () => {{
          const cells = ["while True: pass", "1", "2"].map({RUN})
          await new Promise((resolve) => setTimeout(resolve, 100))
          runtime.stop()
          cells.push(({RUN})("while True: pass"))  // while a new Python boots
          runtime.stop()
          return Promise.all(cells)
        }}""")
        assert ends == [{"status": "stopped", "text": ""}] * 4
        assert tab.evaluate(RUN, "6 * 7") == {"status": "ok", "text": "42"}

    def test_two_runs_at_once_come_one_after_the_other(self, tab):
        both = tab.evaluate(f"() => Promise.all(['1', '2'].map({RUN}))")
        assert both == [{"status": "ok", "text": one} for one in "12"]

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("import numpy\nnumpy.ones(2 * 10**9 // 8).sum()", "250000000"),
            ("kept = []\nwhile True: kept.append(bytes(10**9))", ""),
            ("def f(:\n", "invalid syntax"),
            ("print('begun')\nreturn 1", "'return' outside function"),
            ("raise ValueError('thrown')", "thrown"),
            ("def deeper(n): return deeper(n + 1)\ndeeper(0)", "recursion"),
            ("import sys\nsys.exit(3)", "3"),
            ("exit()", ""),
            ("import os\nos._exit(1)", "Python came to an end"),
            ("import nowhere", "No module named 'nowhere'"),
            ("input()", "write the value into the cell"),
            ("class E(Exception): __str__ = None\nraise E", "cannot be made"),
        ],
        ids=lambda text: json.dumps(text)[:30],
    )
    def test_the_page_goes_on_after(self, tab, code, said):
        text = tab.evaluate(RUN, code)["text"]
        assert said in text
        assert "begun" not in text  # a cell that is no Python does nothing
        assert tab.evaluate(RUN, "6 * 7") == {"status": "ok", "text": "42"}

    @pytest.mark.parametrize(
        ("code", "text"),
        [
            ("1;", ""),
            ("1 ; # said", ""),
            ("1 # not a semicolon;", "1"),
            ("'a;'", "'a;'"),
            ("from __future__ import annotations", ""),
            ("def f(x: Unknown): ...\nf.__annotations__", "{'x': 'Unknown'}"),
            ("class Quiet: _repr_html_ = lambda self: None", ""),
            ("repr(Quiet()) != repr(Quiet)", "True"),
        ],
    )
    def test_a_value_is_shown_as_in_jupyterlab(self, tab, code, text):
        assert tab.evaluate(RUN, code) == {"status": "ok", "text": text}

    @pytest.mark.parametrize("code", ["%matplotlib inline", "!pip install x", "len?"])
    def test_commands_of_jupyterlab_are_named(self, tab, code):
        assert "are JupyterLab's" in tab.evaluate(TRACEBACK, code)

    def test_an_error_in_answer_to_an_error_shows_both(self, tab):
        code = "try:\n    {}['key']\nexcept KeyError:\n    1 / 0"
        text = tab.evaluate(TRACEBACK, code)
        assert "KeyError: 'key'" in text
        assert "During handling of the above exception" in text
        assert text.endswith("ZeroDivisionError: division by zero")

    def test_a_million_lines_are_cut(self, tab):
        text = tab.evaluate(RUN, "for k in range(10**6): print(k)")["text"]
        assert text.startswith("0\n1\n")
        assert text.endswith("\n... cut after 200,000 characters\n")
        assert len(tab.evaluate(RUN, "list(range(10**6))")["text"]) < 201_000
        assert tab.evaluate(RUN, "print('next')")["text"] == "next\n"

    @pytest.mark.parametrize("end", ["", "\nplt.show()", "\nplt.gcf().canvas;"])
    def test_a_figure_is_shown_once_and_closed(self, tab, end):
        code = f"import matplotlib.pyplot as plt\nplt.plot([1, 2]);{end}"
        assert tab.evaluate(HTML, code).count("data:image/png;base64,") == 1
        assert tab.evaluate(RUN, "plt.get_fignums()")["text"] == "[]"

    def test_without_a_place_to_print_to_cells_run(self, tab):
        end = tab.evaluate(RUN, "import sys\nkept, sys.stdout = sys.stdout, None\n1")
        assert end == {"status": "ok", "text": "1"}
        tab.evaluate(RUN, "sys.stdout = kept")
        assert tab.evaluate(RUN, "print(2)")["text"] == "2\n"

    def test_names_last_from_cell_to_cell(self, tab):
        tab.evaluate(RUN, "import numpy as np\nx = np.arange(3)")
        assert tab.evaluate(RUN, "x + 1")["text"] == "array([1, 2, 3])"


class TestWhatNeedsKeras:
    def test_it_leaves_the_rest_usable(self, tab):
        end = tab.evaluate(
            RUN,
            "import numpy as np\n"
            "from lstm_course import import_keras\n"
            "keras = import_keras()\n"
            "kept, found = 1, []\n"
            "again = found\n"
            "rng, unused = np.random.default_rng(0), [1]\n"
            "layer = type('Layer', (), {'params': {}})()\n"
            "def fill(some, model): some.append(model)\n"
            "fill(found, keras.layers.LSTM(3))\n"
            "keras.layers.Dense(3)(rng.normal(size=3))\n"
            "layer.params['W'] = keras.layers.Dense(3)\n"
            "np.random.seed(keras.layers.Dense(3))\n"
            "kept += 1",
        )
        assert end["status"] == "needs"
        assert tab.evaluate(RUN, "kept, unused, np.ones(1)")["status"] == "ok"

    @pytest.mark.parametrize(
        "code", ["len(found)", "len(again)", "rng.normal()", "layer.params"]
    )
    def test_nothing_false_is_shown_for_want_of_it(self, tab, code):
        assert tab.evaluate(RUN, code)["status"] == "needs"

    @pytest.mark.parametrize(
        "code", ["len(fond)", "def f():\n    found\n    found = 1\nf()"]
    )
    def test_an_error_of_the_learners_own_stays_one(self, tab, code):
        assert tab.evaluate(RUN, code)["status"] == "error"

    def test_a_part_that_comes_leaves_names_to_run_the_cell_again(self, tab):
        cell = "words = ['a']\nimport scipy\nwords.append(2)\nwords"
        tab.evaluate(RUN, "old = [1]")
        cell = "import scipy\nold.append(2)\nold"
        assert tab.evaluate(RUN, cell)["status"] == "needs"
        tab.evaluate("runtime.fetch({ name: 'science' })")
        assert tab.evaluate(RUN, cell) == {"status": "ok", "text": "[1, 2]"}
        assert tab.evaluate(RUN, "import scipy.nowhere")["status"] == "error"
