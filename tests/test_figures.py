"""The figures: what is drawn, and where, read back from the artists."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import Rectangle

from lstm_course.study.plots.style import blanked_text, learning_curves, seed_dots
from lstm_course.training.history import History


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def drawn(figure):
    """The words and the boxes of a text, in its coordinates, as (left, width, line)."""
    figure.canvas.draw()
    (ax,) = figure.axes
    to_data = ax.transData.inverted()
    words, boxes = {}, []
    for text in ax.texts:
        (left, _), (right, _) = to_data.transform(text.get_window_extent())
        words[text.get_text()] = (left, right - left, int(text.get_position()[1]))
    for patch in ax.patches:
        assert isinstance(patch, Rectangle)
        boxes.append((patch.get_x(), patch.get_width(), int(patch.get_y())))
    return words, boxes


def test_unknown_words_are_boxes_where_and_as_long_as_the_word():
    text = ["a", "marvellous", "cat,", "isn't", "it"]
    words, boxes = drawn(blanked_text(text, {"a", "isn't", "it"}, line_length=20))
    assert boxes == [(2, len("marvellous"), 0), (13, len("cat,"), 0)]
    assert {word: line for word, (_, _, line) in words.items()} == {
        "a": 0,
        "isn't": 1,
        "it": 1,
    }


def test_letters_fill_their_columns_so_that_nothing_overlaps():
    text = ["mmmmmmmmmm", "costs$5$", "iiiii", "wwwwwwwww"]
    words, boxes = drawn(blanked_text(text, text, line_length=48))
    assert boxes == []
    starts = np.cumsum([0, *(len(word) + 1 for word in text[:-1])])
    for word, start in zip(text, starts, strict=True):
        left, width, line = words[word]
        assert (left, width, line) == pytest.approx((start, len(word), 0), abs=0.5)


def test_a_line_is_filled_to_its_last_character_and_not_beyond():
    _, exact = drawn(blanked_text(["abc", "defg"], (), line_length=8))
    _, short = drawn(blanked_text(["abc", "defg"], (), line_length=7))
    assert exact == [(0, 3, 0), (4, 4, 0)]
    assert short == [(0, 3, 0), (0, 4, 1)]


def test_learning_curves_mark_the_epoch_that_was_kept():
    history = History()
    for epoch in ((0.7, 0.5, 0.6, 0.61), (0.5, 0.7, 0.4, 0.82), (0.3, 0.9, 0.5, 0.79)):
        history.record(*epoch)
    loss, accuracy = learning_curves(history, "three epochs").axes
    curves = {line.get_label(): line.get_xydata().tolist() for line in loss.lines}
    assert curves == {
        "training": [[1, 0.7], [2, 0.5], [3, 0.3]],
        "validation": [[1, 0.6], [2, 0.4], [3, 0.5]],
        "kept": [[2, 0.4]],
    }
    assert [line.get_ydata()[-1] for line in accuracy.lines] == [0.9, 0.79, 0.82]


def test_seed_dots_has_a_dot_a_run_and_a_sign_a_group():
    groups = {
        "LSTM": np.array([[0.81, 0.79], [0.80, 0.78]]),
        "bag": np.array([[0.77, 0.76], [0.75, 0.74], [0.73, 0.72]]),
        "in print": np.array([[0.79, np.nan]]),
    }
    figure = seed_dots(groups, ("validation", "test"), standard_error=0.008)
    for panel, ax in enumerate(figure.axes):
        dots = [line for line in ax.lines if line.get_marker() in "osDv^"][:3]
        for y, (line, runs) in enumerate(zip(dots, groups.values(), strict=True)):
            np.testing.assert_array_equal(line.get_xdata(), runs[:, panel])
            assert set(line.get_ydata()) == {y}
        assert len({line.get_marker() for line in dots}) == 3
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == list(groups)
    assert figure.axes[0].yaxis_inverted()  # the first group at the top
