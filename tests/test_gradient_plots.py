"""Lines with their spread: what is drawn, read back from the artists."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course.study.plots.gradients import SpreadPanel, spread_lines


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_a_line_is_the_median_a_band_the_range_and_a_name_stands_at_the_end():
    runs = np.array([[1.0, 1e-3], [4.0, 1e-5], [2.0, 1e-4]])
    groups = {"RNN": runs, "LSTM": np.array([[3.0, 0.5]])}
    (ax,) = spread_lines(SpreadPanel([10, 50], groups, "steps", guessing=0.1)).axes
    rnn, lstm, guess = ax.lines
    assert rnn.get_xydata().tolist() == [[10, 2], [50, 1e-4]]
    assert lstm.get_ydata().tolist() == [3, 0.5]
    assert guess.get_ydata().tolist() == [0.1, 0.1]
    assert rnn.get_marker() != lstm.get_marker()
    (band,) = ax.collections  # a single run has no spread
    assert band.get_datalim(ax.transData).get_points().tolist() == [
        [10, 1e-5],
        [50, 4],
    ]
    names = [text.get_text() for text in ax.texts]  # from below
    assert names == ["RNN", "guessing", "LSTM"]
    assert ax.get_yscale() == "log"


def test_a_goal_is_a_named_line_that_does_not_look_like_guessing():
    groups = {"RNN": np.array([[1.0, 1e-3]])}
    panel = SpreadPanel([10, 50], groups, "steps", guessing=0.1, goal=("solved", 0.01))
    (ax,) = spread_lines(panel).axes
    _, guess, goal = ax.lines
    assert goal.get_xydata().tolist() == [[10, 0.01], [50, 0.01]]
    assert goal.get_linestyle() != guess.get_linestyle()
    assert [text.get_text() for text in ax.texts] == ["RNN", "solved", "guessing"]


def test_a_panel_has_its_own_limits_and_labels():
    calm = {"calm": np.array([[1, 0.1]])}
    figure = spread_lines(
        SpreadPanel([0, 1], calm, "steps", "error", "left", limits=(1e-3, 1e9)),
        SpreadPanel([5, 6], calm, "words"),
    )
    left, right = figure.axes
    assert left.get_ylim() == (1e-3, 1e9)
    labels = [left.get_xlabel(), left.get_ylabel(), left.get_title()]
    assert labels == ["steps", "error", "left"]
    assert (right.get_xlabel(), right.get_title()) == ("words", "")
    assert right.lines[0].get_xdata().tolist() == [5, 6]
