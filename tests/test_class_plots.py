"""The picture of a class shows each learner's numbers, for 1, for 30 and for 300."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.font_manager import fontManager, get_font

from lstm_course.study.plots.classes import passed_by_lesson

EXERCISES = {"01": 4, "02": 5, "03": 4}


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def numbers(learners):
    """Another number in each cell as far as there are some, and holes."""
    passed = np.arange(3.0 * learners).reshape(learners, 3) % 5 % [5, 6, 5]
    passed[::7, 1] = np.nan
    return passed


def shown(figure):
    """The picture's rows: a name, and what stands in the three cells."""
    rows = {}
    for ax in figure.axes:
        names = [label.get_text() for label in ax.get_yticklabels()]
        cells = [[""] * 3 for _ in names]
        for text in ax.texts:
            column, row = text.get_position()
            cells[row][column] = text.get_text()
        rows |= dict(zip(names, cells, strict=True))
    return rows


@pytest.mark.parametrize(("learners", "blocks"), [(1, 1), (30, 1), (41, 2), (300, 5)])
def test_every_learner_has_a_row_with_the_numbers(learners, blocks):
    names = [f"Learner {k}" for k in range(learners)]
    passed = numbers(learners)
    figure = passed_by_lesson(names, passed, EXERCISES)
    assert len(figure.axes) == blocks
    assert shown(figure) == {
        name: ["" if np.isnan(x) else str(int(x)) for x in row]
        for name, row in zip(names, passed, strict=True)
    }
    for ax in figure.axes:
        heads = [label.get_text() for label in ax.get_xticklabels()]
        assert heads == ["01\n/4", "02\n/5", "03\n/4"]
    assert f"{learners} learner" in figure.get_suptitle()


def luminance(color):
    linear = [x / 12.92 if x <= 0.04 else ((x + 0.055) / 1.055) ** 2.4 for x in color]
    return np.dot([0.2126, 0.7152, 0.0722], linear[:3])


def test_a_number_can_be_read_on_its_ground_which_darkens_with_the_share():
    passed = np.array([[k, k, min(k, 4)] for k in range(5)], float)
    figure = passed_by_lesson("abcde", passed, EXERCISES)
    (ax,) = figure.axes
    (image,) = ax.images
    ground = image.to_rgba(image.get_array())
    for text in ax.texts:
        column, row = text.get_position()
        dark, light = sorted(
            luminance(color)
            for color in (
                plt.matplotlib.colors.to_rgb(text.get_color()),
                ground[row, column],
            )
        )
        assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG, for text of any size
    assert np.all(np.diff([luminance(color) for color in ground[:, 0]]) < 0)


@pytest.mark.parametrize("learners", [30, 300])
def test_names_and_numbers_stay_in_their_places(learners):
    names = [f"Maximiliane Wolkenstein {k}" for k in range(learners)]
    exercises = {f"{k:02}": 5 for k in range(12)}
    figure = passed_by_lesson(names, np.tile(numbers(learners), 4), exercises)
    figure.draw_without_rendering()
    edge = figure.bbox.x0
    for ax in figure.axes:
        labels = ax.get_yticklabels()
        for label in labels[:3] + labels[-3:]:
            box = label.get_window_extent()
            assert edge <= box.x0 < box.x1 <= ax.bbox.x0
            assert box.height < ax.bbox.height / len(labels) + 3  # it has room inside
        for text in ax.texts[:30]:
            assert text.get_window_extent().width < ax.bbox.width / len(exercises)
        edge = ax.bbox.x1
    assert edge <= figure.bbox.x1


def test_a_name_is_no_formula_and_a_long_one_is_cut():
    names = ["$x", "A$_1$", "B" * 50]
    figure = passed_by_lesson(names, numbers(3), EXERCISES)
    figure.canvas.draw()
    assert [*shown(figure)] == ["$x", "A$_1$", f"{'B' * 21}…"]
    assert not any(label.get_parse_math() for label in figure.axes[0].get_yticklabels())


def test_letters_that_the_style_lacks_come_from_another_font(recwarn):
    usual = get_font(fontManager.findfont("DejaVu Sans")).get_charmap()
    others = get_font(fontManager.findfont("STIXGeneral")).get_charmap()
    letter = chr(min(others.keys() - usual.keys()))
    figure = passed_by_lesson([f"A{letter}"], numbers(1), EXERCISES)
    figure.canvas.draw()
    assert not [each for each in recwarn if "missing" in str(each.message)]


def test_a_class_of_nobody_is_refused():
    with pytest.raises(
        ValueError, match="learners is empty; expected at least one name"
    ):
        passed_by_lesson([], np.zeros((0, 3)), EXERCISES)
