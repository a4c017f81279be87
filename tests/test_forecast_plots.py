"""The pictures of forecasts: what is drawn, read back from the artists."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course.study.plots.forecasts import forecasts_beside, forecasts_beyond


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_each_group_has_its_panel_and_each_run_its_line():
    right = np.arange(-7, 34)
    runs = {"relu": right + np.arange(5)[:, None], "tanh": np.tanh(right)[None]}
    figure = forecasts_beyond(right, runs, (4, 7))
    assert [ax.get_title() for ax in figure.axes] == ["relu", "tanh"]
    for ax, lines in zip(figure.axes, runs.values(), strict=True):
        dashed, *drawn = ax.get_lines()
        assert dashed.get_ydata().tolist() == right.tolist()
        assert [line.get_ydata().tolist() for line in drawn] == lines.tolist()
        (band,) = ax.patches
        assert (band.get_x(), band.get_width()) == (4, 3)
    assert figure.axes[0].get_ylim() == figure.axes[1].get_ylim()


def test_forecasts_lie_beside_what_came():
    truth = np.array([1.0, 3.0, 2.0])
    lines = {"last value": truth - 1, "LSTM": truth + 1}
    figure = forecasts_beside(truth, lines, learned=(-2, 2), marks={1: "raised"})
    (ax,) = figure.axes
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["range learned from", "what came", "last value", "LSTM"]
    came, last, lstm, mark = ax.get_lines()
    for line, values in ((came, truth), (last, truth - 1), (lstm, truth + 1)):
        assert line.get_ydata().tolist() == values.tolist()
    assert last.get_linestyle() != lstm.get_linestyle()  # not by colour alone
    assert mark.get_xdata() == [1, 1]
    assert [text.get_text() for text in ax.texts] == ["raised"]
    (band,) = ax.patches
    assert (band.get_y(), band.get_height()) == (-2, 4)
    plain = forecasts_beside(truth, lines).axes[0]
    assert (len(plain.get_lines()), len(plain.patches), len(plain.texts)) == (3, 0, 0)
