"""The figures of a cell show the values that they were given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course.study.plots.cells import (
    curves_over_time,
    squashing_curves,
    value_table,
)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_curves_keep_their_values_and_have_names():
    curves = {"one": np.zeros(7), "two": np.linspace(1, 1e-4, 7)}
    (ax,) = curves_over_time(curves, ylabel="h", title="two").axes
    for line, (name, values) in zip(ax.lines, curves.items(), strict=True):
        assert line.get_label() == name
        assert np.array_equal(line.get_xdata(), np.arange(1, 8))
        assert np.array_equal(line.get_ydata(), values)
    assert len({line.get_linestyle() for line in ax.lines}) == 2
    assert {text.get_text() for text in ax.texts} == set(curves)


def test_marked_points_stand_on_their_curves():
    sigmoid_axes, tanh_axes = squashing_curves([-2, 0.5]).axes
    for ax, function in (
        (sigmoid_axes, lambda z: 1 / (1 + np.exp(-z))),
        (tanh_axes, np.tanh),
    ):
        points = [
            tuple(line.get_data()) for line in ax.lines if len(line.get_xdata()) == 1
        ]
        assert [x for (x,), _ in points] == [-2, 0.5]
        for (x,), (y,) in points:
            assert y == pytest.approx(function(x))
        texts = [text.get_text() for text in ax.texts]
        assert texts == [f"{function(z):.2f}".replace("-", "−") for z in (-2, 0.5)]


def test_a_table_writes_each_value_under_its_symbol():
    rows = {"i": np.array([1.0, 0.25, 1e-9]), "c": np.array([-1.0, -1e-9, 2.0])}
    (ax,) = value_table("(a)", rows).axes
    written = {
        (int(text.get_position()[1]), int(text.get_position()[0])): text.get_text()
        for text in ax.texts
    }
    assert [written[0, n] for n in range(3)] == ["1", "0.25", "0"]
    assert [written[1, n] for n in range(3)] == ["−1", "0", "2"]
    assert [label.get_text() for label in ax.get_xticklabels()] == list("(a)")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["i", "c"]
