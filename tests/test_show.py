"""`show`: a figure that is sharp, described, and the same every time."""

import base64
import re
import zlib
from html.parser import HTMLParser

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from lstm_course.study import show as module
from lstm_course.study.plots import style

plt.switch_backend("agg")  # no window, wherever the tests run


@pytest.fixture
def displayed(monkeypatch):
    """What was displayed: a list of dicts, by kind of output."""
    calls = []
    monkeypatch.setattr(
        module, "display", lambda data, *, raw: calls.append(data) if raw else None
    )
    return calls


def draw():
    figure, axes = plt.subplots(figsize=(4, 2.5), dpi=100)
    axes.plot(np.linspace(0, 1, 7) ** 2)
    axes.set_ylabel("gradient norm")
    return figure


def attributes(html):
    """The attributes of the one tag in ``html``, unescaped."""
    tags = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append((tag, dict(attrs)))
    parser.feed(html)
    ((tag, found),) = tags
    assert tag == "img"
    return found


def chunks(png):
    """The kinds of the chunks of a PNG file, each with its contents checked."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    kinds, at = [], 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        kind = png[at + 4 : at + 8]
        contents = png[at + 4 : at + 8 + size]
        assert zlib.crc32(contents) == int.from_bytes(
            png[at + 8 + size : at + 12 + size]
        )
        kinds.append(kind.decode())
        at += 12 + size
    return kinds


def picture(html):
    prefix, encoded = attributes(html)["src"].split(",")
    assert prefix == "data:image/png;base64"
    return base64.b64decode(encoded, validate=True)


def test_the_description_goes_with_the_picture(displayed):
    alt = 'The norm falls: "vanishing", < 1e-9 & below, 망각'
    module.show(draw(), alt)
    (output,) = displayed
    assert output["text/plain"] == alt
    assert attributes(output["text/html"])["alt"] == alt


def test_two_pixels_of_the_picture_to_one_on_the_page(displayed):
    module.show(draw(), "a curve")
    html = displayed[0]["text/html"]
    pixels = int.from_bytes(picture(html)[16:20])
    style = attributes(html)["style"]
    shown = int(re.search(r"(?<!-)width: (\d+)px", style)[1])
    assert shown == pixels // 2
    assert shown == pytest.approx(400, rel=0.1)
    assert "max-width: 100%" in style


def test_the_width_can_be_chosen(displayed):
    module.show(draw(), "a curve", width=320)
    assert attributes(displayed[0]["text/html"])["style"].startswith("width: 320px;")


def test_the_same_figure_gives_the_same_bytes_without_date_or_software(displayed):
    module.show(draw(), "a curve")
    module.show(draw(), "a curve")
    assert displayed[0] == displayed[1]
    assert set(chunks(picture(displayed[0]["text/html"]))) <= {
        "IHDR",
        "pHYs",
        "IDAT",
        "IEND",
    }


def test_the_figure_is_closed_so_that_it_shows_once(displayed):
    before = plt.get_fignums()
    module.show(draw(), "a curve")
    assert plt.get_fignums() == before


def test_a_figure_that_pyplot_does_not_know_is_shown_too(displayed):
    figure = Figure(figsize=(2, 1))
    figure.subplots().bar([1, 2], [3, 4])
    module.show(figure, "two bars")
    assert len(displayed) == 1


@pytest.mark.parametrize("alt", ["", " \n"])
def test_a_figure_without_description_is_refused(displayed, alt):
    figure = draw()
    with pytest.raises(ValueError, match="alt must say what the figure shows"):
        module.show(figure, alt)
    assert displayed == []
    plt.close(figure)


# On slides


@pytest.fixture
def on_slides(monkeypatch):
    monkeypatch.setattr(style, "STYLE", style.STYLE.copy())
    style.use_slide_style()


@pytest.mark.usefixtures("on_slides")
def test_a_figure_of_the_course_is_as_wide_as_a_slide(displayed):
    figure, (ax,) = style.new_figure()
    ax.plot([0, 1], label="a line")
    ax.legend()
    module.show(figure, "a line")
    width, height = (
        int.from_bytes(picture(displayed[0]["text/html"])[n : n + 4]) // 2
        for n in (16, 20)
    )
    assert 1100 < width <= 1180
    assert 470 < height <= 560


@pytest.mark.usefixtures("on_slides")
def test_text_that_the_last_row_cannot_read_is_refused(displayed):
    figure, (ax,) = style.new_figure()
    ax.set_title("hidden", fontsize=2).set_visible(False)
    ax.text(0, 0, " ", fontsize=3)
    ax.set_xlabel("small", fontsize=9.8)  # of 175 to the inch: 23.8
    with pytest.raises(ValueError, match=r"text of 23.8 pixels, 'small'; expected 24"):
        module.show(figure, "an empty figure")
    ax.set_xlabel("large enough", fontsize=9.9)
    module.show(figure, "an empty figure")
    assert len(displayed) == 1


@pytest.mark.usefixtures("on_slides")
@pytest.mark.parametrize("size", [{"height": 5}, {"width": 10}])
def test_a_figure_that_does_not_fit_a_slide_is_refused(displayed, size):
    figure, _ = style.new_figure(**size)
    with pytest.raises(
        ValueError, match=r"figure has \d+ × \d+ pixels; expected at mo"
    ):
        module.show(figure, "an empty figure")


def test_elsewhere_any_size_is_shown(displayed):
    figure, (ax,) = style.new_figure(width=20, height=9)
    ax.set_xlabel("small", fontsize=4)
    module.show(figure, "an empty figure")
    assert len(displayed) == 1
