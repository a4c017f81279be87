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


IMPORT = """async () => {
  const { runtime } = await import(new URL("../page/runtime.js", location))
  runtime.addEventListener("notice", (event) => window.notice(event.detail))
  window.runtime = runtime
}"""


@pytest.fixture(scope="module")
def open_page(browser, site_address):
    """Open the page of lesson 02 anew, after what a script does to the browser."""

    def open_(script=""):
        tab = browser.new_context().new_page()
        tab.notices = []
        tab.expose_function("notice", lambda said: tab.notices.append(said))
        tab.add_init_script(script)
        tab.goto(f"{site_address}/notebooks/02_vanilla_rnn.html")
        tab.evaluate(IMPORT)
        return tab

    return open_


@pytest.fixture(scope="module")
def tab(open_page):
    tab = open_page()
    assert tab.evaluate(BOOT) == "ready"
    return tab


def altered(change):
    """Answer a request by what is on the server, changed."""

    def answer(route):
        response = route.fetch()
        route.fulfill(response=response, body=change(response.body()))

    return answer


class TestParts:
    def one_sentence_then_a_second_try(self, tab, pattern, answer):
        tab.route(pattern, answer)
        said = tab.evaluate(BOOT)
        tab.unroute(pattern)
        assert tab.locator("article h1").is_visible()  # reading goes on
        assert tab.evaluate(BOOT) == "ready"
        return said

    @pytest.mark.parametrize("part", ["python", "course"])
    def test_a_flipped_bit(self, open_page, part):
        def flip(body):
            return body[:5000] + bytes([body[5000] ^ 1]) + body[5001:]

        said = self.one_sentence_then_a_second_try(
            open_page(), f"**/{part}-*.zst", altered(flip)
        )
        assert said.startswith(f"{part}-")
        assert "arrived damaged" in said

    @pytest.mark.parametrize(
        "change",
        [lambda body: body[:-1], lambda body: body + b"\0"],
        ids=["short", "long"],
    )
    def test_another_length(self, open_page, change):
        said = self.one_sentence_then_a_second_try(
            open_page(), "**/course-*.zst", altered(change)
        )
        assert "arrived damaged" in said

    def test_a_missing_part(self, open_page):
        said = self.one_sentence_then_a_second_try(
            open_page(), "**/library-*.zst", lambda route: route.fulfill(status=404)
        )
        assert "is not on the server (404)" in said

    def test_a_missing_list(self, open_page):
        said = self.one_sentence_then_a_second_try(
            open_page(), "**/parts.json", lambda route: route.fulfill(status=404)
        )
        assert said == "The list of Python's parts is not on the server (404)."

    @pytest.mark.parametrize("part", ["parts.json", "python-*.zst"])
    def test_no_connection(self, open_page, part):
        said = self.one_sentence_then_a_second_try(
            open_page(), f"**/{part}", lambda route: route.abort()
        )
        assert (
            said == "The server does not answer. Check the connection, and try again."
        )

    def test_a_connection_lost_midway(self, open_page):
        cut = """
          const { prototype } = ReadableStreamDefaultReader
          const read = prototype.read
          let count = 0
          prototype.read = function () {
            if (++count === 20) return Promise.reject(new TypeError("lost"))
            return read.call(this)
          }"""
        tab = open_page(cut)
        said = tab.evaluate(BOOT)
        assert "The connection was lost after" in said
        assert "the parts that came whole are kept" in said
        assert tab.evaluate(BOOT) == "ready"

    def test_what_came_whole_is_not_fetched_again(self, open_page):
        tab = open_page()
        tab.route("**/python-*.zst", lambda route: route.abort())
        tab.evaluate(BOOT)
        tab.unroute("**/python-*.zst")
        asked = []
        tab.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
        assert tab.evaluate(BOOT) == "ready"
        assert [name.split("-")[0] for name in asked if name.endswith(".zst")] == [
            "python"
        ]

    def test_a_full_cache(self, open_page):
        tab = open_page("""
          const full = new DOMException("", "QuotaExceededError")
          Cache.prototype.put = () => Promise.reject(full)
        """)
        assert tab.evaluate(BOOT) == "ready"
        (said,) = {*tab.notices}
        assert "storage is full: Python runs, but is fetched again next time" in said

    def test_no_cache_at_all(self, open_page):
        tab = open_page("delete Window.prototype.caches; delete window.caches")
        assert tab.evaluate("typeof caches") == "undefined"
        assert tab.evaluate(BOOT) == "ready"

    def test_a_damaged_cache_is_mended(self, open_page):
        tab = open_page()
        assert tab.evaluate(BOOT) == "ready"
        tab.evaluate("""async () => {
          const store = await caches.open("lstm-course-parts")
          const junk = () => new Response("x")
          for (const request of await store.keys()) await store.put(request, junk())
        }""")
        tab.reload()
        tab.evaluate(IMPORT)
        assert tab.evaluate(BOOT) == "ready"

    def test_a_second_visit_fetches_the_list_alone(self, open_page):
        tab = open_page()
        assert tab.evaluate(BOOT) == "ready"
        asked = []
        tab.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
        tab.reload()
        tab.evaluate(IMPORT)
        assert tab.evaluate("runtime.toFetch()") == 0
        assert tab.evaluate(BOOT) == "ready"
        assert [name for name in asked if name.endswith(".zst")] == []

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
        assert (
            tab.evaluate("async (loop) => (await loop.end).status", loop) == "stopped"
        )
        assert tab.evaluate(RUN, "6 * 7") == {"status": "ok", "text": "42"}

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("import numpy\nnumpy.ones(2 * 10**9 // 8).sum()", "250000000"),
            ("kept = []\nwhile True: kept.append(bytes(10**8))", ""),
            ("def f(:\n", "invalid syntax"),
            ("raise ValueError('thrown')", "thrown"),
            ("def deeper(n): return deeper(n + 1)\ndeeper(0)", "recursion"),
            ("import sys\nsys.exit(3)", "3"),
            ("import os\nos._exit(1)", "Python came to an end"),
            ("import nowhere", "No module named 'nowhere'"),
            ("input()", "EOF"),
        ],
        ids=lambda text: json.dumps(text)[:30],
    )
    def test_the_page_goes_on_after(self, tab, code, said):
        assert said in tab.evaluate(RUN, code)["text"]
        assert tab.evaluate(RUN, "6 * 7") == {"status": "ok", "text": "42"}

    def test_names_last_from_cell_to_cell(self, tab):
        tab.evaluate(RUN, "import numpy as np\nx = np.arange(3)")
        assert tab.evaluate(RUN, "x + 1") == {
            "status": "ok",
            "text": "array([1, 2, 3])",
        }

    def test_what_needs_keras_leaves_the_rest_usable(self, tab):
        end = tab.evaluate(
            RUN,
            "from lstm_course import import_keras\n"
            "keras = import_keras()\n"
            "kept, found = 1, []\n"
            "found.append(keras.layers.LSTM(3))\n"
            "kept += 1",
        )
        assert end["status"] == "needs"
        assert tab.evaluate(RUN, "kept") == {"status": "ok", "text": "2"}
        # It would be empty, and that is false.
        assert tab.evaluate(RUN, "len(found)")["status"] == "needs"
        assert tab.evaluate(RUN, "len(fond)")["status"] == "error"
