"""Every cell of every lesson, run in its page and held against its stored output."""

import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from in_browser import watched_tab
from page_exercises import page_exercises

from lstm_course.commands.run import read
from lstm_course.system.paths import NOTEBOOKS

LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))
# How many cells of a lesson stop for want of Keras, which has no build for browsers.
NEED_KERAS = {
    **{"00": 1, "02": 1, "04": 3, "06": 4, "07": 16},
    **{"08": 19, "09": 12, "10": 4, "11": 1, "13": 1, "14": 2},
}
# Pictures of a training, which no other machine repeats to the pixel.
TRAINED_PICTURES = {"05": {8, 16, 17}, "10": {8}}
PICTURE = re.compile(r"data:image/png;base64,([\w+/=]+)")
BAR = re.compile(r"\r?[^\r\n]*batch(/s)?[^\r\n]*\n?")
ROUNDED = 2 / 255  # what one unit in the last place of a coordinate makes of a pixel

RUN = """async ([code, name]) => {
  const { runtime } = await import(new URL("../page/runtime.js", location))
  const run = () => {
    outputs = []
    return runtime.run(code, { name, output: (one) => outputs.push(one) })
  }
  let outputs
  let end = await run()
  const fetched = new Set()
  while (end.needs?.part && !fetched.has(end.needs.part.name)) {
    fetched.add(end.needs.part.name)
    await runtime.fetch(end.needs.part)
    end = await run()
  }
  return { status: end.status, outputs }
}"""
SOURCES = """() => [...document.querySelectorAll("div.cell .cell_input pre")]
  .map((pre) => pre.textContent)"""


def text(outputs):
    """Return what is printed, shown and described, one below the other.

    Of a progress bar, which JupyterLab's stored outputs have not, nothing.
    """
    parts = []
    for output in outputs:
        if output["output_type"] == "stream":
            printed = "".join(output["text"])
            parts.append(
                BAR.sub("", printed) if output["name"] == "stderr" else printed
            )
        elif output["output_type"] == "error":
            parts += output["traceback"]
        else:
            html = PICTURE.sub("", "".join(output["data"].get("text/html", "")))
            parts += [html, *output["data"]["text/plain"], "\n"]
    return "".join(parts)


def pictures(outputs):
    html = "".join("".join(one.get("data", {}).get("text/html", "")) for one in outputs)
    return [
        plt.imread(io.BytesIO(base64.b64decode(png))) for png in PICTURE.findall(html)
    ]


def look_alike(some, others):
    return len(some) == len(others) and all(
        one.shape == other.shape and np.abs(one - other).max() <= ROUNDED
        for one, other in zip(some, others, strict=True)
    )


def outcome(cell, run, is_trained):
    """Say how what a cell did in the page compares with what is stored."""
    if run["status"] == "needs":
        return "needs Keras"
    same = text(run["outputs"]) == text(cell.outputs)
    if same and look_alike(pictures(run["outputs"]), pictures(cell.outputs)):
        return "identical"
    varies = "nbval-ignore-output" in cell.metadata.get("tags", [])
    if run["status"] == "ok" and (varies or (same and is_trained)):
        return "varying"
    return "different"


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_cells_do_in_the_page_what_they_do_in_jupyterlab(
    lesson, browser, site_address, record_property
):
    cells = [cell for cell in read(lesson).cells if cell.cell_type == "code"]
    with watched_tab(browser) as tab:
        tab.set_default_timeout(300_000)
        tab.goto(f"{site_address}/notebooks/{lesson.stem}.html")
        sources = tab.evaluate(SOURCES)
        assert [source.rstrip("\n") for source in sources] == [
            cell.source for cell in cells
        ]
        trained = TRAINED_PICTURES.get(lesson.name[:2], ())
        outcomes = [
            outcome(cell, tab.evaluate(RUN, [cell.source, f"In[{n}]"]), n in trained)
            for n, cell in enumerate(cells, 1)
        ]
        assert tab.outside == []
    for kind in ("identical", "varying", "needs Keras", "different"):
        record_property(kind, outcomes.count(kind))
    different = [n for n, kind in enumerate(outcomes, 1) if kind == "different"]
    assert different == []
    assert outcomes.count("needs Keras") == NEED_KERAS.get(lesson.name[:2], 0)


@pytest.mark.slow
def test_answers_are_judged_in_the_page_as_in_the_package(browser, site_address):
    with watched_tab(browser) as tab:
        tab.set_default_timeout(120_000)
        tab.goto(f"{site_address}/notebooks/02_vanilla_rnn.html")
        wrong = {}
        for number, cell in enumerate(page_exercises(), 1):
            said = text(tab.evaluate(RUN, [cell.code, f"In[{number}]"])["outputs"])
            if said != cell.text:
                wrong[cell.name] = said
        assert wrong == {}
