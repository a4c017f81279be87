"""The pictures of a ladder show the numbers that they were given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course.study.plots.ladder import accuracy_by_cost, shared_and_other_films

RUNGS = {"small": "LSTM(8)", "words": "10,000 words", "both": "both ways"}
OTHERS = {"bag": "bag of embeddings", "pairs": "words and pairs"}


@pytest.fixture(scope="module")
def results():
    rng = np.random.default_rng(3)
    return {
        case: {
            str(seed): {
                "validation_accuracy": rng.uniform(0.8, 0.9),
                "test_accuracy": rng.uniform(0.7, 0.8),
                "cpu_seconds": rng.uniform(3, 90),
            }
            for seed in range(4)
        }
        for case in (*RUNGS, *OTHERS, "something else")
    }


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def values(results, case, key):
    return np.array([run[key] for run in results[case].values()])


def cost_and_accuracy(results, case):
    return [values(results, case, k).mean() for k in ("cpu_seconds", "test_accuracy")]


def test_each_contender_stands_at_its_cost_and_its_accuracy(results):
    (ax,) = accuracy_by_cost(results, RUNGS, OTHERS).axes
    for marker, cases in (("o", RUNGS), ("s", OTHERS)):
        shown = [
            line.get_xydata()[0] for line in ax.lines if line.get_marker() == marker
        ]
        expected = [cost_and_accuracy(results, case) for case in cases]
        np.testing.assert_allclose(shown, expected)
    assert ax.get_xscale() == "log"
    low, high = ax.get_xlim()
    for case in (*RUNGS, *OTHERS):
        seconds = values(results, case, "cpu_seconds")
        assert low < seconds.min() < seconds.max() < high


def test_the_rungs_are_joined_in_their_order_and_numbered(results):
    (ax,) = accuracy_by_cost(results, RUNGS, OTHERS).axes
    (path,) = [line for line in ax.lines if len(line.get_xydata()) == len(RUNGS)]
    expected = [cost_and_accuracy(results, case) for case in RUNGS]
    np.testing.assert_allclose(path.get_xydata(), expected)
    texts = {text.get_text(): text.xy for text in ax.texts}
    for number, at in enumerate(expected):
        np.testing.assert_allclose(texts[str(number)], at)
    names = [
        f"{number}  {name} {accuracy:.3f}"
        for number, (name, (_, accuracy)) in enumerate(
            zip(RUNGS.values(), expected, strict=True)
        )
    ]
    assert "\n".join(reversed(names)) in texts
    for case, name in OTHERS.items():
        np.testing.assert_allclose(texts[name], cost_and_accuracy(results, case))


def test_bars_reach_from_the_lowest_seed_to_the_highest(results):
    (ax,) = accuracy_by_cost(results, RUNGS, OTHERS).axes
    assert len(ax.containers) == len(RUNGS) + len(OTHERS)
    for case, bars in zip((*OTHERS, *RUNGS), ax.containers, strict=True):
        along, up = (lines.get_segments()[0] for lines in bars.lines[2])
        for axis, segment, key in ((0, along, "cpu_seconds"), (1, up, "test_accuracy")):
            each = values(results, case, key)
            np.testing.assert_allclose(segment[:, axis], [each.min(), each.max()])


def test_a_row_has_a_ring_for_shared_films_and_a_dot_for_others(results):
    names = OTHERS | RUNGS
    figure = shared_and_other_films(results, names)
    (ax,) = figure.axes
    marks = [
        line for line in ax.lines if line.get_marker() == "o" and line.get_xdata().size
    ]
    bars = [line for line in ax.lines if line.get_marker() != "o"]
    keys = "validation_accuracy", "test_accuracy"
    assert len(marks) == len(bars) == 2 * len(names)
    for n, (mark, bar) in enumerate(zip(marks, bars, strict=True)):
        case, key = list(names)[n // 2], keys[n % 2]
        each = values(results, case, key)
        assert mark.get_xdata() == pytest.approx([each.mean()])
        assert bar.get_xdata() == pytest.approx([each.min(), each.max()])
        assert abs(mark.get_ydata()[0] - n // 2) < 0.2
        filled = mark.get_markerfacecolor() == mark.get_color()
        assert filled == (key == "test_accuracy")
    assert [label.get_text() for label in ax.get_yticklabels()] == list(names.values())
    assert ax.yaxis_inverted()  # the first is at the top
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["films shared with training", "other films"]


def test_names_of_two_that_reach_nearly_the_same_stand_above_and_below():
    def runs(accuracy, seconds):
        return {"1": {"test_accuracy": accuracy, "cpu_seconds": seconds}}

    close = {"rung": runs(0.8, 9), "a": runs(0.875, 3), "b": runs(0.876, 3)}
    figure = accuracy_by_cost(
        close | {"c": runs(0.9, 3)}, {"rung": "r"}, {c: c for c in "abc"}
    )
    places = {text.get_text(): text.get_position()[1] for text in figure.axes[0].texts}
    assert places["a"] < 0 < places["b"] == places["c"]
