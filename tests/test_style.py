"""The style of all figures: looks, names at the ends of lines, reproducible SVG."""

import itertools

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course.study.plots.style import (
    STYLE,
    looks,
    name_lines,
    new_figure,
    save_svg,
)


@pytest.fixture(autouse=True)
def _restore_matplotlib():
    with mpl.rc_context():
        yield
    plt.close("all")


def test_no_two_looks_share_a_colour_a_dash_or_a_marker():
    five = looks("abcde").values()
    for key in ("color", "linestyle", "marker"):
        assert len({str(look[key]) for look in five}) == 5
    with pytest.raises(ValueError, match="6 names, and 5 looks"):
        looks("abcdef")


def test_a_cell_looks_the_same_in_whatever_company():
    mixed = looks(["bag", "RNN", "x", "GRU"])
    assert list(mixed) == ["bag", "RNN", "x", "GRU"]
    alone = {name: looks([name])[name] for name in ("LSTM", "RNN", "GRU")}
    assert mixed["RNN"] == alone["RNN"]
    assert mixed["GRU"] == alone["GRU"]
    assert len({str(look["color"]) for look in mixed.values()}) == 4
    mixed["RNN"]["color"] = "black"  # the caller's own
    assert looks(["RNN"])["RNN"] == alone["RNN"]


def test_what_is_drawn_after_the_figure_has_the_style_too():
    mpl.rcdefaults()
    _, (ax,) = new_figure()
    lines = [ax.plot([0, 1], label="a")[0] for _ in range(2)]
    assert not ax.legend().get_frame_on()
    assert ax.get_legend().texts[0].get_fontsize() == STYLE["legend.fontsize"]
    assert lines[0].get_color() != lines[1].get_color()
    assert lines[0].get_linestyle() != lines[1].get_linestyle()
    figure, axes = new_figure(2, rows=3, height=5)
    assert (len(axes), figure.get_figheight()) == (6, 5)


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_names_stand_at_the_ends_of_their_lines(scale):
    figure, (ax,) = new_figure()
    for name, end in {"low": 0.2, "high": 0.9}.items():
        ax.plot([1, 2], [1, end], label=name)
    ax.plot([1, 2], [1, 1])  # without a name
    ax.set(yscale=scale, ylim=(1e-4, 2))
    name_lines(ax)
    figure.canvas.draw()
    assert [text.get_text() for text in ax.texts] == ["low", "high"]
    for line, text in zip(ax.lines, ax.texts, strict=False):
        assert text.get_color() == line.get_color()
        box = text.get_window_extent()
        end = ax.transData.transform(line.get_xydata()[-1])
        assert (box.y0 + box.y1) / 2 == pytest.approx(end[1], abs=2)
        assert box.x0 > ax.bbox.x1


def test_names_of_lines_that_end_together_keep_apart():
    figure, (ax,) = new_figure()
    for end in (1.0, 1.01, 1.02, 1e9):
        ax.plot([0, 1], [1e-9, end], label=str(end))
    ax.set(yscale="log", ylim=(1e-9, 10))
    name_lines(ax)
    figure.canvas.draw()
    boxes = sorted(text.get_window_extent().bounds[1::2] for text in ax.texts)
    for (low, height), (following, _) in itertools.pairwise(boxes):
        assert low + height <= following + 4  # pixels; letters have room around them
    assert sum(boxes[-1]) < ax.bbox.y1 + 4  # the last leaves the picture, not its name


def test_an_svg_has_the_same_bytes_whatever_the_settings(tmp_path):
    def draw():
        figure, (ax,) = new_figure()
        ax.plot(np.arange(3))
        ax.set_title("a title")
        return figure

    before = plt.get_fignums()
    save_svg(draw, tmp_path / "a.svg", Description="three dots")
    with mpl.rc_context(
        {"font.size": 31, "svg.hashsalt": None, "svg.fonttype": "none"}
    ):
        strange = dict(mpl.rcParams)
        save_svg(draw, tmp_path / "b.svg", Description="three dots")
        assert dict(mpl.rcParams) == strange
    svg = (tmp_path / "a.svg").read_bytes()
    assert svg == (tmp_path / "b.svg").read_bytes()
    assert b"three dots" in svg
    assert plt.get_fignums() == before
    for stranger in (b"<text", b"font-family", b"dc:date", b"dc:creator"):
        assert stranger not in svg
