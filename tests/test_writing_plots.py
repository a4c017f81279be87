"""What was written, each text at the height of its bits: read back from the artists."""

import matplotlib.pyplot as plt
import pytest

from lstm_course.study.plots.writing import writing_stages

STAGES = [
    {"step": 0, "validation_bits": 6.3, "text": "The $x"},
    {"step": 1200, "validation_bits": 2.5, "text": "The film is not bad $ at all"},
]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def dots_of(ax):
    return [line.get_ydata()[0] for line in ax.lines if line.get_marker() == "o"]


def test_each_text_hangs_at_the_height_of_its_bits():
    figure = writing_stages(STAGES, {"none": 4.4, "8, the best": 1.9}, line_length=12)
    (ax,) = figure.axes
    heights = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert list(heights) == [
        "none",
        "8, the best",
        "1,200 steps, 2.50 bits",
        "The film is\nnot bad $ at\nall",
        "0 steps, 6.30 bits",
        "The $x",
    ]
    assert list(heights.values()) == pytest.approx(
        [4.4, 1.9, 2.5, 2.5, 6.3, 6.3], abs=0.05
    )
    assert dots_of(ax) == [2.5, 6.3]
    figure.draw_without_rendering()  # a dollar sign begins no formula


def test_texts_of_nearly_the_same_bits_do_not_overlap():
    close = [look | {"validation_bits": 2 + k / 10} for k, look in enumerate(STAGES)]
    (ax,) = writing_stages(close, {}).axes
    assert dots_of(ax) == [2, 2.1]
    lower, _, upper, _ = (text.get_position()[1] for text in ax.texts)
    assert lower == pytest.approx(2, abs=0.05)
    assert upper > lower + 0.7
