"""Figures over words: what is drawn, read back from the artists."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course.study.plots.reading import LONGEST, verdict_curves, word_maps

WORDS = ["not", "bad", "at", "all"]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def names_below(ax):
    return [label.get_text() for label in ax.get_xticklabels()]


def curves_of(ax):
    return [line for line in ax.lines if line.get_marker() != "None"]


def test_a_verdict_after_each_word():
    figure = verdict_curves(WORDS, {"as it is": np.array([0.4, 0.1, 0.2, 0.9])})
    (ax,) = figure.axes
    (curve,) = curves_of(ax)
    assert curve.get_xydata().tolist() == [[0, 0.4], [1, 0.1], [2, 0.2], [3, 0.9]]
    assert names_below(ax) == WORDS
    assert ax.get_legend() is None


def test_several_readings_are_named_and_told_apart_without_colour():
    curves = {name: np.full(4, level) for name, level in [("a", 0.1), ("b", 0.7)]}
    (ax,) = verdict_curves(WORDS, curves, marked=[2]).axes
    first, second = curves_of(ax)
    assert first.get_marker() != second.get_marker()
    assert first.get_linestyle() != second.get_linestyle()
    assert [text.get_text() for text in ax.get_legend().texts] == ["a", "b"]
    assert [2, 2] in [list(line.get_xdata()) for line in ax.lines]


def test_of_a_long_text_the_first_part_is_shown():
    words = [str(n) for n in range(LONGEST + 20)]
    values = np.linspace(0, 1, len(words))
    (ax,) = verdict_curves(words, {"": values}, marked=[12]).axes
    assert names_below(ax) == words[:LONGEST]
    assert curves_of(ax)[0].get_ydata().tolist() == values[:LONGEST].tolist()
    assert [12, 12] in [list(line.get_xdata()) for line in ax.lines]
    maps = word_maps(words, {"f": values[:, np.newaxis]})
    assert maps.axes[0].images[0].get_array().shape == (1, LONGEST)


def test_the_words_stand_apart():
    words = ["unravel"] * LONGEST
    figure = verdict_curves(words, {"": np.full(LONGEST, 0.5)})
    figure.canvas.draw()
    boxes = [label.get_window_extent() for label in figure.axes[0].get_xticklabels()]
    assert all(box.x1 <= after.x0 for box, after in itertools.pairwise(boxes))
    assert boxes[0].width >= 13  # pixels: readable


def test_maps_have_words_across_units_down_and_a_fixed_scale():
    f = np.array([[0.2, 0.9], [0.3, 0.8], [0.4, 0.7], [0.5, 0.6]])
    votes = np.array([[-1.0, 0.5], [0, 0], [0, 0.25], [0, 0]])
    figure = word_maps(WORDS, {"forget": f, "votes": votes})
    gate, vote = (ax for ax in figure.axes if ax.get_ylabel() in {"forget", "votes"})
    assert gate.images[0].get_array().tolist() == f.T.tolist()
    assert gate.images[0].get_clim() == (0, 1)
    assert vote.images[0].get_clim() == (-1, 1)
    assert vote.images[0].get_cmap() != gate.images[0].get_cmap()
    assert names_below(vote) == WORDS


@pytest.mark.parametrize(("units", "named"), [(1, [0]), (3, [0, 2]), (8, [1, 3, 5, 7])])
def test_every_other_unit_has_its_number_the_last_one_among_them(units, named):
    figure = word_maps(WORDS, {"forget": np.full((len(WORDS), units), 0.5)})
    labels = {label.get_text() for label in figure.axes[0].get_yticklabels()}
    assert labels == {str(unit) for unit in named}


def test_a_map_is_stretched_on_demand():
    f = np.array([[0.2, 0.9], [0.3, 0.8], [0.4, 0.7], [0.5, 0.6]])
    figure = word_maps(WORDS, {"forget": f}, stretched=True)
    assert figure.axes[0].images[0].get_clim() == (0.2, 0.9)
