"""The plots of the reviews' measurements, read back from the artists."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import Rectangle

from lstm_course.study.plots.reviews import (
    accuracy_by_size,
    blanked_text,
    loss_gap_curves,
    mask_grids,
    seed_dots,
)


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


def test_unknown_words_are_boxes_in_their_place_and_all_of_one_length():
    text = ["a", "marvellous", "cat,", "isn't", "it"]
    words, boxes = drawn(blanked_text(text, {"a", "isn't", "it"}, line_length=17))
    assert boxes == [(2, 6, 0), (9, 6, 0)]
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
    _, exact = drawn(blanked_text(["abc", "defg"], (), line_length=13))
    _, short = drawn(blanked_text(["abc", "defg"], (), line_length=12))
    assert exact == [(0, 6, 0), (7, 6, 0)]
    assert short == [(0, 6, 0), (0, 6, 1)]


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


def test_masks_are_drawn_with_a_column_a_step_and_the_hidden_dark():
    mask = np.array([[0, 2, 2], [2, 0, 2], [2, 2, 0], [0, 2, 2]])  # (T, D) = (4, 3)
    figure = mask_grids({"one": mask, "other": 2 - mask})
    assert [ax.get_title() for ax in figure.axes] == ["one", "other"]
    for ax, dark in zip(figure.axes, (mask == 0, mask != 0), strict=True):
        (image,) = ax.images
        assert np.array_equal(image.get_array(), dark.T)
        shown = image.to_rgba(image.get_array())[..., :3].mean(axis=-1)
        assert shown[dark.T].max() < 0.6 < 0.9 < shown[~dark.T].min()


def test_gap_curves_show_means_as_printed_and_every_epoch_measured_alike():
    def run(offset):
        return {
            "running_loss": [0.6 + offset, 0.5 + offset],
            "train_loss": [0.55, 0.45 + offset],
            "val_loss": [0.58, 0.5 + 3 * offset],
        }

    cases = {
        "without": {"1": run(0), "2": run(0.02)},
        "with": {"1": run(0.1), "2": run(0.2)},
    }
    curves, gaps = loss_gap_curves(cases).axes
    drawn = [line.get_ydata() for line in curves.lines if len(line.get_xdata())]
    expected = [[0.61, 0.51], [0.58, 0.53], [0.75, 0.65], [0.58, 0.95]]
    assert np.allclose(drawn, expected)
    assert curves.lines[0].get_color() != curves.lines[2].get_color()
    assert curves.lines[0].get_linestyle() != curves.lines[1].get_linestyle()
    first, second = gaps.lines
    assert np.allclose(first.get_xdata(), [0.55, 0.45, 0.55, 0.47])
    assert np.allclose(first.get_ydata(), [0.03, 0.05, 0.03, 0.09])
    assert first.get_marker() != second.get_marker()
    left, right = gaps.get_xlim()
    assert left > right  # training goes from left to right
    assert [text.get_text() for text in gaps.get_legend().texts] == ["without", "with"]


def test_accuracy_by_size_shows_every_seed_and_the_means():
    results = {
        f"{network} {size}": {
            "1": {"test_accuracy": base + size / 1e5},
            "2": {"test_accuracy": base + 0.02 + size / 1e5},
        }
        for network, base in (("a", 0.6), ("b", 0.7))
        for size in (100, 4000)
    }
    figure = accuracy_by_size(results, {"a": "A", "b": "B"}, (100, 4000))
    (ax,) = figure.axes
    assert [text.get_text() for text in ax.get_legend().texts] == ["A", "B"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["100", "4,000"]
    lines = ax.lines
    means = [line for line in lines if line.get_label() in {"A", "B"}]
    assert np.allclose(means[0].get_ydata(), [0.611, 0.65])
    assert np.allclose(means[1].get_ydata(), [0.711, 0.75])
    assert means[0].get_marker() != means[1].get_marker()
    dots = sorted(y for line in lines if line not in means for y in line.get_ydata())
    seeds = [run["test_accuracy"] for runs in results.values() for run in runs.values()]
    assert np.allclose(dots, sorted(seeds))
