"""The committed pictures are what the code draws, and say what the course is."""

import re
from collections import Counter
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from lstm_course.arrays.trees import tree_leaves
from lstm_course.data.imdb import load_imdb
from lstm_course.study.diagrams import PICTURES, draw_pictures
from lstm_course.study.diagrams.course_map import PARTS
from lstm_course.study.diagrams.sentiment_model import REVIEW, REVIEW_STEPS
from lstm_course.study.diagrams.slides import SLIDE_PICTURES
from lstm_course.study.diagrams.unrolled_rnn import unrolled_rnn
from lstm_course.study.diagrams.unrolled_rnn_back import unrolled_rnn_back
from lstm_course.study.plots.style import PICTURE_ON_SLIDE, TEXT_ON_SLIDE
from lstm_course.training.sentiment import SentimentConfig, sentiment_init


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """The pictures, drawn where every setting of matplotlib is another."""
    folder = tmp_path_factory.mktemp("drawn") / "figures"
    strange = {
        "axes.facecolor": "black",
        "font.family": "monospace",
        "font.size": 31,
        "lines.linewidth": 9,
        "path.sketch": (4, 50, 9),
        "savefig.bbox": "tight",
        "svg.fonttype": "none",
        "svg.hashsalt": None,
        "text.usetex": True,
    }
    with mpl.rc_context(strange):
        before = dict(mpl.rcParams)
        paths = draw_pictures(folder)
        assert dict(mpl.rcParams) == before
    assert sorted(paths) == sorted(folder.rglob("*.svg"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_the_committed_pictures_are_what_the_code_draws(drawn, root):
    figures = root / "figures"
    committed = {
        path.relative_to(figures).as_posix(): path for path in figures.rglob("*.svg")
    }
    committed.pop("bench.svg", None)  # drawn from a measurement: see benchmarks/
    assert sorted(committed) == sorted(drawn) == sorted(PICTURES)
    for name, path in committed.items():
        # A checkout may have other line endings.
        same = path.read_bytes().replace(b"\r\n", b"\n") == drawn[name]
        assert same, f"{name} is not what the code draws: run draw_pictures"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_needs_no_font_and_names_no_time_or_place(drawn, name):
    svg = drawn[name].decode()
    assert re.search(r'<use xlink:href="#DejaVuSans-', svg)  # letters, as outlines
    for stranger in ("<text", "font-family", "<image", "dc:date", "dc:creator"):
        assert stranger not in svg


def test_each_picture_is_shown_with_one_text_alternative(alternative_texts):
    assert set(PICTURES) <= set(alternative_texts)
    for name in PICTURES:
        (alt,) = alternative_texts[name]  # the same wherever it is shown
        assert len(alt) > 100, name


@pytest.mark.parametrize("name", SLIDE_PICTURES)
def test_a_picture_for_slides_fits_and_can_be_read_from_the_last_row(name):
    figure = SLIDE_PICTURES[name]()
    size = figure.get_size_inches() * 96  # pixels of CSS
    assert (size <= np.array(PICTURE_ON_SLIDE) + 0.01).all()
    (ax,) = figure.axes
    left, right = ax.get_xlim()
    low, high = sorted(ax.get_ylim())
    texts = [text for text in figure.findobj(Text) if text.get_text().strip()]
    assert texts
    for text in texts:
        assert text.get_fontsize() * 96 / 72 >= TEXT_ON_SLIDE - 0.01, text
        x, y = text.get_position()
        assert left <= x <= right
        assert low <= y <= high
    assert no_text_is_cut(figure)


@pytest.mark.parametrize(
    ("draw", "parts"), [(unrolled_rnn, range(5)), (unrolled_rnn_back, range(1, 15))]
)
def test_a_diagram_grows_part_by_part(draw, parts):
    drawn = [
        Counter(type(each) for each in figure.axes[0].get_children())
        for figure in map(draw, parts)
    ]
    assert all(before < after for before, after in pairwise(map(Counter.total, drawn)))
    assert drawn[-1] == Counter(type(each) for each in draw().axes[0].get_children())


def no_text_is_cut(figure):
    """Whether no text leaves the picture."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    width, height = figure.bbox.width, figure.bbox.height
    boxes = [text.get_window_extent(renderer) for text in figure.axes[0].texts]
    return all(
        box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1
        for box in boxes
    )


def test_the_map_shows_which_lessons_there_are(committed):
    on_the_map = range(sum(len(titles) for *_, titles in PARTS))
    lessons = [path for path in committed if path.match("notebooks/*.ipynb")]
    assert [int(path.name[:2]) for path in lessons] == list(on_the_map)


def test_the_model_has_the_parameters_that_its_picture_tells(alternative_texts):
    params = sentiment_init(np.random.default_rng(0), SentimentConfig())
    counts = [sum(leaf.size for _, leaf in tree_leaves(layer)) for layer in params]
    terms = " + ".join(f"{count:,}" for count in counts)
    (alt,) = alternative_texts["sentiment_model.svg"]
    assert f"{terms} = {sum(counts):,} parameters" in alt


def test_the_review_on_the_picture_has_the_ids_of_the_data():
    vocabulary = load_imdb().vocabulary
    assert list(REVIEW) == sorted(REVIEW)
    assert max(REVIEW) == REVIEW_STEPS
    for word, number in REVIEW.values():
        assert vocabulary.id_of[word] == number
