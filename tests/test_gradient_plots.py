"""Lines with their spread: what is drawn, read back from the artists."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course.study.plots.gradients import spread_lines
from lstm_course.study.plots.style import new_figure


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_a_line_is_the_median_a_band_the_range_and_a_name_stands_at_the_end():
    _, (ax,) = new_figure()
    runs = np.array([[1.0, 1e-3], [4.0, 1e-5], [2.0, 1e-4]])
    spread_lines(ax, [10, 50], {"RNN": runs, "LSTM": np.array([[3.0, 0.5]])})
    rnn, lstm = ax.lines
    assert rnn.get_xydata().tolist() == [[10, 2], [50, 1e-4]]
    assert lstm.get_ydata().tolist() == [3, 0.5]
    assert rnn.get_marker() != lstm.get_marker()
    (band,) = ax.collections  # a single run has no spread
    assert band.get_datalim(ax.transData).get_points().tolist() == [
        [10, 1e-5],
        [50, 4],
    ]
    names = {text.get_text(): text.xy for text in ax.texts}
    assert names["RNN"] == pytest.approx((51.2, 1e-4))
    assert names["LSTM"] == pytest.approx((51.2, 0.5))
    assert ax.get_yscale() == "log"


def test_names_of_lines_that_end_together_keep_apart():
    figure, (ax,) = new_figure()
    ends = (1.0, 1.01, 1.02)
    groups = {str(end): np.array([[1e-9, end]]) for end in ends}
    spread_lines(ax, [0, 1], groups)
    figure.canvas.draw()
    boxes = sorted(text.get_window_extent().bounds[1::2] for text in ax.texts)
    assert len(boxes) == len(ends)
    assert max(text.xy[1] for text in ax.texts) < ax.get_ylim()[1]
    for (low, height), (following, _) in itertools.pairwise(boxes):
        assert low + height <= following + 4  # pixels; letters have room around them


def test_a_line_that_leaves_the_picture_has_its_name_at_the_edge():
    _, (ax,) = new_figure()
    lines = {"wild": np.array([[1, 1e99]]), "calm": np.array([[1, 0.1]])}
    spread_lines(ax, [0, 1], lines, limits=(1e-3, 1e9))
    assert ax.get_ylim() == (1e-3, 1e9)
    names = {text.get_text(): text.xy[1] for text in ax.texts}
    assert 1e8 < names["wild"] < 1e9
    assert names["calm"] == pytest.approx(0.1)
