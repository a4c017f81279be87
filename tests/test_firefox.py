"""A lesson's page in Firefox: its WebAssembly is another than Chromium's."""

import pytest
from firefox import find_firefox, open_firefox

pytestmark = pytest.mark.slow

HELPERS = """() => {
  const found = (what) => document.querySelector(what)
  window.until = async (condition) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50))
  }
  window.push = async (name, what) => {  // a button of a cell, when it is there
    const button = () => [...found(`#cell-${name}`).querySelectorAll("button")]
      .find((one) => one.textContent.includes(what) && one.checkVisibility())
    await until(button)
    button().click()
  }
  const count = (name) => found(`#cell-${name} .run-count`).textContent
  window.ran = (name) => until(() => /\\d/.test(count(name)))
  window.fetched = () => performance.getEntriesByType("resource")
    .map(({ name }) => name).filter((name) => name.endsWith(".zst"))
  return until(() => found(".run-bar"))
}"""
RUNTIME = """async () => {
  const { runtime } = await import(new URL("../page/runtime.js", location))
  window.runtime = runtime
  window.run = async (code) => {
    let text = ""
    const output = (one) => (text += one.text ?? one.evalue ?? "")
    const { status } = await runtime.run(code, { name: "In[9]", output })
    return [status, text]
  }
}"""
LOOP = """async () => {
  const end = run("while True: pass")
  await until(() => runtime.state === "running")
  runtime.stop()
  return [(await end)[0], await run("print(6 * 7)")]
}"""
MISTAKE = """() => run(
  "import numpy as np\\n" +
  "from lstm_course import check, sigmoid\\n" +
  "def step(x_t, state, params):\\n" +
  "    W, U, b = params\\n" +
  "    i, f, g, o = np.split(x_t @ W + state[0] @ U + b, 4, axis=1)\\n" +
  "    c = sigmoid(f) * state[1] + sigmoid(i) * sigmoid(g)\\n" +
  "    return sigmoid(o) * np.tanh(c), c\\n" +
  "check('lstm_step', step)"
)"""


@pytest.fixture(scope="module")
def tab(site_address):
    program = find_firefox()
    if program is None:
        pytest.skip("found no Firefox")
    with open_firefox(program) as tab:
        tab.goto(f"{site_address}/notebooks/04_lstm_gates.html")
        tab.evaluate(HELPERS)
        yield tab


def test_a_cell_runs_when_the_reader_agrees_and_draws(tab):
    tab.evaluate("() => push('squash', 'Run')")
    assert tab.evaluate("() => fetched()") == []
    tab.evaluate("() => push('squash', 'Fetch and run').then(() => ran('squash'))")
    assert len(tab.evaluate("() => fetched()")) == 3
    assert tab.evaluate("""async () => {
      const picture = document.querySelector("#cell-squash .cell_output img")
      await picture.decode()
      return picture.src.startsWith("data:image/png") && picture.naturalWidth > 300
    }""")


def test_a_loop_is_stopped(tab):
    tab.evaluate(RUNTIME)
    assert tab.evaluate(LOOP) == ["stopped", ["ok", "42\n"]]


def test_check_names_a_mistake(tab):
    tab.evaluate(RUNTIME)
    status, text = tab.evaluate(MISTAKE)
    assert status == "ok"
    assert "tanh" in text


def test_a_second_visit_fetches_nothing(tab):
    tab.goto(tab.evaluate("() => location.href"))
    tab.evaluate(HELPERS)
    tab.evaluate("() => push('squash', 'Run').then(() => ran('squash'))")
    assert tab.evaluate("() => fetched()") == []
