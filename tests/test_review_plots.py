"""The plots of the reviews' measurements, read back from the artists."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course.study.plots.reviews import (
    accuracy_by_size,
    gap_at,
    gap_curves,
    mask_grids,
)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_a_gap_is_interpolated_between_the_nearest_training_losses():
    train = [0.6, 0.5, 0.55, 0.4]  # it need not fall all the time
    validation = [0.61, 0.53, 0.57, 0.5]
    assert gap_at(0.5, train, validation) == pytest.approx(0.03)
    assert gap_at(0.525, train, validation) == pytest.approx((0.03 + 0.02) / 2)
    assert gap_at(0.41, train, validation) == pytest.approx(0.1 - 0.07 * 0.1)


@pytest.mark.parametrize("level", [0.39, 0.61])
def test_a_level_that_was_never_passed_has_no_gap(level):
    with pytest.raises(ValueError, match=rf"level is {level}.*0\.600 to 0\.400"):
        gap_at(level, [0.6, 0.4], [0.7, 0.7])


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
    curves, gaps = gap_curves(cases).axes
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
