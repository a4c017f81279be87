"""The figures that compare cells show the numbers that they were given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course.study.plots.comparison import (
    paired_differences,
    relative_costs,
    solved_by_rate,
)
from lstm_course.study.plots.style import new_figure


@pytest.fixture
def ax():
    figure, (ax,) = new_figure()
    yield ax
    plt.close(figure)


def test_costs_stand_beside_the_lstms_and_what_is_not_to_be_had_is_said(ax):
    relative_costs(ax, {"a": {"RNN": 0.25, "GRU": 0.75}, "b": {"RNN": None, "GRU": 1}})
    shown = [tuple(line.get_xydata()[0]) for line in ax.lines if len(line.get_xydata())]
    assert shown[1:] == [(0.25, 0), (0.75, 0), (1, 1)]  # after the line at 1
    (never,) = ax.texts
    assert (never.get_text(), never.xy[1]) == ("RNN: never", 1)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]


def test_a_bar_is_two_standard_errors_long_on_either_side(ax):
    points = np.array([[1.0, -2.0], [3.0, -2.5], [2.0, 0.0]])
    paired_differences(ax, (500, 20000), points)
    (bars,) = ax.containers
    assert bars.lines[0].get_ydata() == pytest.approx([2, -1.5])
    (column,) = bars.lines[2]
    ends = np.array([segment[:, 1] for segment in column.get_segments()])
    assert ends[0] == pytest.approx([2 - 2 / np.sqrt(3), 2 + 2 / np.sqrt(3)])
    dots = [line.get_ydata() for line in ax.lines if line.get_marker() == "o"]
    assert np.array_equal(np.array(dots), points)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["500", "20,000"]


def test_each_cell_has_a_line_of_its_own_look(ax):
    solved = {"RNN": [0, 0.4], "GRU": [1, 1], "LSTM": [0.2, 1]}
    solved_by_rate(ax, (0.001, 0.1), solved)
    assert {line.get_label(): [*line.get_ydata()] for line in ax.lines} == solved
    for look in ("color", "marker", "linestyle"):
        assert len({plt.getp(line, look) for line in ax.lines}) == 3
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0.001", "0.1"]
