"""The figure that compares cells shows the numbers that it was given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course.study.plots.comparison import cell_comparison

COSTS = {"a": {"RNN": 0.25, "GRU": 0.75}, "b": {"RNN": None, "GRU": 1}}
DIFFERENCES = {500: np.array([1.0, 3.0, 2.0]), 20000: np.array([-2.0, -2.5, 0.0])}
INTERVALS = {500: (2.0, 0.5, 3.5), 20000: (-1.5, -4.0, 0.5)}
SOLVED = {
    "RNN": {0.001: 0, 0.1: 0.4},
    "GRU": {0.001: 1, 0.1: 1},
    "LSTM": {0.001: 0.2, 0.1: 1},
}


@pytest.fixture
def panels():
    figure = cell_comparison(COSTS, DIFFERENCES, INTERVALS, SOLVED)
    yield figure.axes
    plt.close(figure)


def test_costs_stand_beside_the_lstms_and_what_is_not_to_be_had_is_said(panels):
    ax = panels[0]
    shown = [tuple(line.get_xydata()[0]) for line in ax.lines if len(line.get_xydata())]
    assert shown[1:] == [(0.25, 0), (0.75, 0), (1, 1)]  # after the line at 1
    (never,) = ax.texts
    assert (never.get_text(), never.xy[1]) == ("RNN: never", 1)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]


def test_a_bar_reaches_from_bound_to_bound_around_the_mean(panels):
    ax = panels[1]
    for bars, (mean, low, high) in zip(ax.containers, INTERVALS.values(), strict=True):
        assert bars.lines[0].get_ydata() == pytest.approx([mean])
        (bar,) = [segment[:, 1] for segment in bars.lines[2][0].get_segments()]
        assert bar == pytest.approx((low, high))
    dots = [line.get_ydata() for line in ax.lines if line.get_marker() == "o"]
    assert np.array_equal(dots, list(DIFFERENCES.values()))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["500", "20,000"]


def test_each_cell_has_a_line_of_its_own_look(panels):
    ax = panels[2]
    shown = {
        line.get_label(): dict(zip(line.get_xdata(), line.get_ydata(), strict=True))
        for line in ax.lines
    }
    assert shown == SOLVED
    for look in ("color", "marker", "linestyle"):
        assert len({plt.getp(line, look) for line in ax.lines}) == 3
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0.001", "0.1"]
