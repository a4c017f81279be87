"""The diagrams of the course: pictures drawn from its own code, not by hand.

Each is an SVG file, the same on every run: text is drawn as outlines of the font that
matplotlib brings along, so that a reader needs no font, and neither a date nor a
random name is written. Lengths are CSS pixels on a page 900 wide, y downwards. Colours
never stand alone: a label, a dash or a thicker line says the same.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Polygon
from matplotlib.path import Path as Outline

from lstm_course.arrays.files import atomic_write
from lstm_course.arrays.trees import tree_leaves
from lstm_course.data.text import Vocabulary, pad_batch, tokenize
from lstm_course.study.figures import BLUE, GREEN, GREY, ORANGE, PURPLE
from lstm_course.training.model import (
    SentimentConfig,
    SentimentParams,
    sentiment_init,
)

WIDTH = 900
INK, PAPER = "#222222", "#FFFFFF"

Point = tuple[float, float]
Style = dict[str, Any]

_INCH = 96  # CSS pixels
_POINT = 72 / _INCH  # points in a CSS pixel

# Laid over matplotlib's own defaults, whatever a reader's matplotlibrc says.
_RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "svg.fonttype": "path",
    "svg.hashsalt": "lstm_course",
}


# Tools ---------------------------------------------------------------------------


def new_page(height: float) -> tuple[Figure, Axes]:
    """Return an empty white page, measured in pixels from its upper left corner."""
    figure = Figure(figsize=(WIDTH / _INCH, height / _INCH), facecolor=PAPER)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, WIDTH), ylim=(height, 0))
    ax.set_axis_off()
    return figure, ax


def tint(color: str, share: float) -> str:
    """Return a colour thinned with white: 0 is white, 1 the colour itself."""
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(color))
    return to_hex((red, green, blue))


def write(
    ax: Axes, x: float, y: float, text: str, *, size: float = 14, **style: Any
) -> None:
    """Write lines of text around (x, y).

    Lines stand on baselines, so that words side by side do, whatever their letters.
    """
    lines = text.split("\n")
    spacing = 1.35 * size
    first = y + 0.36 * size - spacing * (len(lines) - 1) / 2
    for number, line in enumerate(lines):
        ax.text(
            x,
            first + spacing * number,
            line,
            fontsize=size * _POINT,
            **{"ha": "center", "va": "baseline", "color": INK} | style,
        )


def box(
    ax: Axes,
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    color: str = GREY,
    fill: str = PAPER,
    line: float = 1.5,
    corner: float = 0,
    **style: Any,
) -> None:
    """Draw a box from its upper left corner on, its corners rounded if asked for."""
    form = f"round,pad=0,rounding_size={corner}" if corner else "square,pad=0"
    ax.add_patch(
        FancyBboxPatch(
            (x, y),
            width,
            height,
            boxstyle=form,
            edgecolor=color,
            facecolor=fill,
            linewidth=line * _POINT,
            clip_on=False,
            **style,
        )
    )


def vector(
    ax: Axes,
    x: float,
    y: float,
    values: Iterable[float],
    *,
    cell: Point,
    color: str,
    down: bool = False,
) -> None:
    """Draw numbers between 0 and 1 as cells side by side, the darker the larger."""
    width, height = cell
    right, below = (0, height) if down else (width, 0)
    for n, share in enumerate(values):
        left, top = x + n * right, y + n * below
        box(ax, left, top, width, height, line=0.5, fill=tint(color, share))
    whole = n * right + width, n * below + height
    box(ax, x, y, *whole, color=color, fill="none", line=2)


class Block(NamedTuple):
    """Where a block of cells stands, seen from the front, the right and above."""

    x: float  # the upper left corner of its front
    y: float
    wide: float  # the size of a cell
    high: float
    right: float  # how far a layer stands right of the one before it, and above it
    up: float

    def corner(self, row: float, column: float, layer: float) -> Point:
        """Return the point where a row, a column and a layer begin."""
        x = self.x + self.wide * column + self.right * layer
        return x, self.y + self.high * row - self.up * layer

    def face(
        self,
        ax: Axes,
        *corners: tuple[int, int, int],
        color: str = INK,
        fill: str = PAPER,
        line: float = 1.2,
        **style: Any,
    ) -> None:
        """Draw a surface, given its corners by row, column and layer."""
        ax.add_patch(
            Polygon(
                [self.corner(*corner) for corner in corners],
                edgecolor=color,
                facecolor=fill,
                linewidth=line * _POINT,
                clip_on=False,
                **style,
            )
        )

    def draw(self, ax: Axes, rows: int, columns: int, layers: int, color: str) -> None:
        """Draw what one sees of it: the top, the right side and the front."""
        for layer in range(layers):
            back = layer + 1
            for n in range(columns):
                near = (0, n, layer), (0, n + 1, layer)
                far = (0, n + 1, back), (0, n, back)
                self.face(ax, *near, *far, fill=tint(color, 0.3))
            for n in range(rows):
                near = (n, columns, layer), (n + 1, columns, layer)
                far = (n + 1, columns, back), (n, columns, back)
                self.face(ax, *near, *far, fill=tint(color, 0.45))
        for row, column in np.ndindex(rows, columns):
            x, y = self.corner(row, column, 0)
            style: Style = {"color": INK, "fill": tint(color, 0.1), "line": 1.2}
            box(ax, x, y, self.wide, self.high, **style)


def arrow(
    ax: Axes,
    *points: Point,
    color: str = INK,
    line: float = 1.8,
    corner: float = 10,
    heads: str = "-|>",
    **style: Any,
) -> None:
    """Draw an arrow through points, its corners rounded where it turns."""
    vertices, codes = [points[0]], [Outline.MOVETO]
    for before, turn, after in zip(points, points[1:], points[2:], strict=False):
        rounded = [_towards(turn, before, corner), turn, _towards(turn, after, corner)]
        vertices += rounded
        codes += [Outline.LINETO, Outline.CURVE3, Outline.CURVE3]
    ax.add_patch(
        FancyArrowPatch(
            path=Outline([*vertices, points[-1]], [*codes, Outline.LINETO]),
            arrowstyle=heads,
            mutation_scale=10,
            color=color,
            linewidth=line * _POINT,
            clip_on=False,
            **style,
        )
    )


def _towards(start: Point, end: Point, length: float) -> Point:
    """Return the point that lies ``length`` from ``start`` on the way to ``end``."""
    way = np.subtract(end, start)
    x, y = start + way * (length / np.hypot(*way))
    return float(x), float(y)


# The map of the course -----------------------------------------------------------


def _ranks(ax: Axes, y: float) -> None:
    """Draw a number, a row, a table and a block of numbers."""
    for x, rows, columns, layers in (
        (560, 1, 1, 0),
        (612, 1, 3, 0),
        (698, 3, 3, 0),
        (784, 3, 3, 2),
    ):
        top = y - 17 * rows / 2 + 5 * layers
        Block(x, top, 17, 17, 10, 10).draw(ax, rows, columns, layers, GREY)


def _forecast(ax: Axes, y: float) -> None:
    """Draw a curve, and how it goes on."""
    x = np.linspace(0, 1, 61)
    curve = np.stack([560 + 290 * x, y - 24 * np.sin(17 * x) * (0.5 + 0.5 * x)])
    known, unknown = curve[:, :41], curve[:, 40:]
    ax.plot(*known, color=GREEN, linewidth=2.4, clip_on=False)
    ax.plot(*unknown, ":", color=INK, linewidth=2.4, clip_on=False)
    now_x, now_y = unknown[:, 0]
    box(ax, now_x - 4, now_y - 4, 8, 8, color=INK, fill=INK, corner=4, zorder=3)


def _verdicts(ax: Axes, y: float) -> None:
    """Write two reviews, and what the model says of them."""
    for level, text, verdict in (
        (y - 17, "“a great film”", "positive"),
        (y + 17, "“a waste of time”", "negative"),
    ):
        write(ax, 700, level, text, size=15, ha="right")
        arrow(ax, (710, level), (748, level))
        write(ax, 758, level, verdict, size=15, ha="left", weight="bold")


def _gates(ax: Axes, y: float) -> None:
    """Draw three gates over time, the darker the wider open."""
    for row, gate in enumerate("ifo"):
        level = y - 36 + 26 * row
        write(ax, 556, level + 10, gate, style="italic")
        angle = (0.9 + 0.3 * row) * np.arange(18) + 2 * row
        values = 0.5 + 0.45 * np.sin(angle)
        vector(ax, 570, level, values, cell=(16, 20), color=PURPLE)


class Part(NamedTuple):
    """Lessons that belong together."""

    title: str
    aim: str
    color: str
    lessons: tuple[str, ...]
    sketch: Callable[[Axes, float], None] | None = None  # beside them, around a y


PARTS = (
    Part(
        "Basis",
        "turn data into tensors,\npredict every shape",
        GREY,
        ("Start here", "Tensors and\nsequences"),
        _ranks,
    ),
    Part(
        "Inside the LSTM",
        "build the cell gate by gate,\nsee what it remembers",
        BLUE,
        (
            "Vanilla\nRNN",
            "Vanishing\ngradients",
            "LSTM\ngates",
            "Long\nmemory",
            "Counting\nparameters",
        ),
    ),
    Part(
        "Using it",
        "forecast numbers,\nstack layers",
        GREEN,
        ("A first\nforecast", "Stacked\nLSTMs"),
        _forecast,
    ),
    Part(
        "Real reviews",
        "train on 20,000 reviews,\ntell praise from blame",
        ORANGE,
        ("IMDB:\nthe reviews", "IMDB: LSTM\nand dropout"),
        _verdicts,
    ),
    Part(
        "Looking back",
        "compare the cells, read\nwhat one has learned",
        PURPLE,
        ("GRU and the\ncomparison", "Reading\nthe gates"),
        _gates,
    ),
)
WRITTEN = (0, 1, 9, 10)  # the lessons there are; the map shows the others as coming


def course_map() -> Figure:
    """Draw the lessons as one path, part by part."""
    band, gap, margin = 98, 20, 10
    width, height, step = 120, 74, 133
    figure, ax = new_page(len(PARTS) * (band + gap) - gap + 2 * margin)
    lesson = 0
    last_x = 0.0  # middle of the lesson before
    for row, part in enumerate(PARTS):
        y = margin + row * (band + gap)
        middle = y + band / 2
        top, bottom = middle - height / 2, middle + height / 2
        fill = tint(part.color, 0.1)
        box(ax, 10, y, WIDTH - 20, band, color=fill, fill=fill, corner=12)
        write(ax, 26, y + 27, part.title, size=18, ha="left", weight="bold")
        write(ax, 26, y + 63, part.aim, size=13, ha="left")
        if part.sketch:
            part.sketch(ax, middle)
        for column, title in enumerate(part.lessons):
            x = 230 + width / 2 + column * step
            style: Style = {"linestyle": (0, (4, 3))}
            number, weight = f"{lesson:02d} · coming", "normal"
            if lesson in WRITTEN:
                style = {"fill": tint(part.color, 0.3), "line": 2.2}
                number, weight = f"{lesson:02d}", "bold"
            style |= {"color": part.color, "corner": 8}
            box(ax, x - width / 2, top, width, height, **style)
            write(ax, x, top + 16, number, size=13, weight=weight)
            write(ax, x, top + 48, title)
            if column:
                arrow(ax, (last_x + width / 2, middle), (x - width / 2, middle))
            elif lesson:
                turn = y - gap / 2
                before = bottom - band - gap
                arrow(ax, (last_x, before), (last_x, turn), (x, turn), (x, top))
            last_x = x
            lesson += 1
    return figure


# From a sentence to a tensor -----------------------------------------------------

TEXTS = ("A great film!", "Great! I loved it.")
MARKED = "great"  # in both texts: the same id, and so the same vector
NUM_WORDS, STEPS, FEATURES = 9, 5, 3

_MARK: Style = {"color": ORANGE, "line": 3, "zorder": 3}
_NO_WORD: Style = {"linestyle": (0, (3, 2)), "fill": tint(GREY, 0.15)}


def sentence_to_tensor() -> Figure:
    """Draw two texts on their way to a tensor with three axes."""
    figure, ax = new_page(575)
    vocabulary = Vocabulary.build(TEXTS, NUM_WORDS)
    ids, mask = pad_batch(map(vocabulary.encode, TEXTS), STEPS)
    embeddings = np.random.default_rng(210).normal(size=(NUM_WORDS, FEATURES)).round(1)
    left, wide, high = 232, 84, 38
    right = left + STEPS * wide
    middle = right - 1.5 * wide

    def stage(y: float, name: str, made_by: str, *lines: str) -> None:
        write(ax, 20, y, name, size=18, ha="left", weight="bold")
        write(ax, 20, y + 25, made_by, size=13, ha="left", family="DejaVu Sans Mono")
        for number, line in enumerate(lines, start=2):
            write(ax, 20, y + 24 * number, line, ha="left")

    def cell(row: int, column: int, top: float, text: str, **style: Any) -> None:
        x, y = left + column * wide, top + row * high
        box(ax, x, y, wide, high, **style)
        write(ax, x + wide / 2, y + high / 2, text, size=17)

    stage(26, "texts", "str")
    for row, text in enumerate(TEXTS):
        write(ax, right - 12, 24 + row * 32, f"“{text}”", size=19, ha="right")
    arrow(ax, (middle, 76), (middle, 104), line=2.4)

    stage(130, "words", "tokenize")
    for row, words in enumerate(map(tokenize, TEXTS)):
        for column, word in enumerate(words, start=STEPS - len(words)):
            cell(row, column, 112, word, **_MARK if word == MARKED else {})
    arrow(ax, (middle, 196), (middle, 224), line=2.4)

    shape = f"(B, T) = {ids.shape}"
    stage(244, "ids", "encode, pad_batch", shape, "0 padding, 1 start")
    is_marked = ids == vocabulary.id_of[MARKED]
    for (row, column), number in np.ndenumerate(ids):
        style = {} if mask[row, column] else _NO_WORD
        cell(
            row, column, 232, str(number), **_MARK if is_marked[row, column] else style
        )
    arrow(ax, (middle, 316), (middle, 374), line=2.4)
    write(ax, middle + 12, 343, "each id picks its row", ha="left")

    # The table of vectors, a row for each id
    write(ax, 794, 114, "embeddings", size=13, family="DejaVu Sans Mono")
    write(ax, 794, 137, f"(V, D) = {embeddings.shape}")
    for (row, column), value in np.ndenumerate(embeddings):
        x, y = 716 + 52 * column, 152 + 23 * row
        box(ax, x, y, 52, 23, line=1)
        write(ax, x + 26, y + 11.5, _signed(value), size=13)
        if not column:
            write(ax, x - 8, y + 11.5, str(row), size=13, ha="right", color=GREY)
    y = 152 + 23 * vocabulary.id_of[MARKED]
    box(ax, 716, y, 52 * FEATURES, 23, fill="none", **_MARK)

    # The tensor: batch downwards, time to the right, features into the depth
    (batch, steps), depth = ids.shape, FEATURES
    shape = f"(B, T, D) = {(batch, steps, depth)}"
    stage(386, "vectors", "embedding_forward", shape)
    block = Block(left, 440, wide, high, 30, 17)
    block.draw(ax, batch, steps, depth, BLUE)
    for row, column in np.ndindex(batch, steps):
        x, y = block.corner(row, column, 0)
        value = embeddings[ids[row, column], 0]
        write(ax, x + wide / 2, y + high / 2, _signed(value), size=17)
        if is_marked[row, column]:
            box(ax, x, y, wide, high, fill="none", **_MARK)
            if row == 0:
                near = [(0, column + n, 0) for n in (0, 1)]
                far = [(0, column + n, depth) for n in (1, 0)]
                block.face(ax, *near, *far, fill="none", **_MARK)
    top, bottom = (block.corner(row, 0, 0)[1] for row in (0, batch))
    arrow(ax, (left - 12, top), (left - 12, bottom), heads="<|-|>")
    write(ax, left - 46, (top + bottom) / 2, f"batch\nB = {batch}")
    arrow(ax, (left, bottom + 14), (right, bottom + 14), heads="<|-|>")
    write(ax, (left + right) / 2, bottom + 34, f"time  T = {steps}")
    (x, y), (far_x, far_y) = (block.corner(batch, steps, n) for n in (0, depth))
    arrow(ax, (x + 10, y + 8), (far_x + 10, far_y + 8), heads="<|-|>")
    write(ax, far_x + 24, far_y + 38, f"features\nD = {depth}")
    return figure


def _signed(value: float) -> str:
    """Return a number with one decimal and a true minus sign."""
    return f"{value:.1f}".replace("-", "−")


# The sentiment model --------------------------------------------------------------

REVIEW_STEPS = 100
# The steps that are drawn, and the token of each; ids as in load_imdb().vocabulary.
REVIEW = {
    1: ("[pad]", 0),
    2: ("[start]", 1),
    3: ("what", 50),
    98: ("a", 5),
    99: ("great", 87),
    100: ("film", 21),
}


def sentiment_model() -> Figure:
    """Draw the model of the course: a review in, one probability out."""
    figure, ax = new_page(590)
    config = SentimentConfig()
    rng = np.random.default_rng(config.seed)
    params = sentiment_init(rng, config)
    _draw_ledger(ax, config, params)
    x = _draw_steps(ax, config, rng)
    _draw_head(ax, x, rng.uniform(0.05, 0.85, config.units))
    return figure


def _draw_ledger(ax: Axes, config: SentimentConfig, params: SentimentParams) -> None:
    """Draw the layers and their parameters at the left, the shapes at the right."""
    words, features, units = config.num_words, config.embedding_dim, config.units
    layers = (
        (138, f"Embedding({features})", GREEN, f"{words} × {features}"),
        (272, f"LSTM({units})", BLUE, f"4 × ({features} + {units} + 1) × {units}"),
        (456, "Dense(1)", ORANGE, f"{units} + 1"),
    )
    write(ax, 26, 36, "A review", size=17, ha="left", weight="bold")
    write(ax, 26, 74, f"its last {REVIEW_STEPS} words, as ids", size=13, ha="left")
    total = 0
    for (y, name, color, formula), weights in zip(layers, params, strict=True):
        count = sum(array.size for _, array in tree_leaves(weights))
        total += count
        box(ax, 10, y - 14, 6, 66, color=color, fill=color)
        write(ax, 26, y, name, size=17, ha="left", weight="bold")
        write(ax, 26, y + 25, formula, size=13, ha="left")
        write(ax, 26, y + 45, f"{count:,} parameters", size=13, ha="left")
    write(ax, 26, 541, f"{total:,} parameters", size=17, ha="left", weight="bold")

    write(ax, 886, 38, "B reviews:", ha="right")
    for y, sizes in (
        (74, f"{REVIEW_STEPS}"),
        (160, f"{REVIEW_STEPS}, {features}"),
        (400, f"{units}"),
        (466, "1"),
    ):
        write(ax, 886, y, f"(B, {sizes})", size=15, ha="right")


_STATES: dict[str, Style] = {
    "c": {"color": PURPLE, "line": 3, "linestyle": (0, (3, 1.2))},
    "h": {"color": BLUE, "line": 2.4},
}


def _draw_steps(ax: Axes, config: SentimentConfig, rng: np.random.Generator) -> float:
    """Draw the review and the LSTM step by step; return the middle of the last."""
    features, units = config.embedding_dim, config.units
    slot, wide, top, high = 82, 58, 250, 90
    levels = {"c": top + 24, "h": top + 66}
    x, before = 236 - slot, 0
    for step, (word, number) in REVIEW.items():
        x += slot
        if step != before + 1:  # a gap stands for the steps that are left out
            for y in (38, 74, 160, *levels.values()):
                write(ax, x, y, "· · ·", size=17, weight="bold")
            for state, y in levels.items():
                arrow(ax, (x - slot + wide / 2, y), (x - 24, y), **_STATES[state])
            x += slot
        before = step
        write(ax, x, 15, f"t = {step}", size=13, color=GREY)
        write(ax, x, 38, word, size=16)
        box(ax, x - 22, 60, 44, 28, **{} if number else _NO_WORD)
        write(ax, x, 74, str(number), size=15)
        arrow(ax, (x, 90), (x, 109))
        values = rng.uniform(0.05, 0.85, features)
        vector(ax, x - 13, 111, values, cell=(26, 6), color=GREEN, down=True)
        arrow(ax, (x, 113 + 6 * features), (x, top - 1))
        style: Style = {"color": BLUE, "fill": tint(BLUE, 0.2), "line": 2, "corner": 9}
        box(ax, x - wide / 2, top, wide, high, **style)
        write(ax, x, top + high / 2, "LSTM", size=15, weight="bold")
        for state, y in levels.items():
            arrow(ax, (x - slot + wide / 2, y), (x - wide / 2, y), **_STATES[state])
            write(ax, x - slot / 2, y - 12, state, size=13, style="italic")
    arrow(ax, (x, top + high), (x, 389), **_STATES["h"])
    write(ax, x - 50, 400, f"h at step {step}", size=13, ha="right")

    # What passes from step to step, in words
    notes = {"c": "cell state, stays inside the layer", "h": "hidden state, the output"}
    for y, (state, note) in zip((368, 392), notes.items(), strict=True):
        arrow(ax, (208, y), (248, y), **_STATES[state])
        write(ax, 262, y, state, style="italic")
        write(ax, 278, y, f"{note}: {units} numbers", ha="left", size=13)
    same = f"the same weights at each of the {REVIEW_STEPS} steps"
    write(ax, 208, 416, same, ha="left", size=13)
    return x


def _draw_head(ax: Axes, x: float, h: Iterable[float]) -> None:
    """Draw how the last hidden state becomes a probability, around an x."""
    vector(ax, x - 40, 391, h, cell=(10, 20), color=BLUE)
    arrow(ax, (x, 413), (x, 445))
    style: Style = {"color": ORANGE, "fill": tint(ORANGE, 0.2), "line": 2, "corner": 9}
    box(ax, x - 46, 447, 92, 40, **style)
    write(ax, x, 467, "Dense", size=15, weight="bold")
    arrow(ax, (x, 488), (x, 527))
    write(ax, x - 12, 506, "sigmoid", size=13, ha="right")
    left, long = x - 270, 300  # of the scale from 0 to 1
    box(ax, left, 534, long, 14, corner=7, fill=tint(GREY, 0.15))
    box(ax, left, 534, x - left, 14, corner=7, fill=tint(ORANGE, 0.6))
    box(ax, x - 7, 530, 14, 22, corner=4, fill=ORANGE, color=INK)
    write(ax, left - 14, 541, "probability that\nthe review is positive", ha="right")
    write(ax, left, 566, "0", size=13)
    write(ax, left + long, 566, "1", size=13)


# The table ------------------------------------------------------------------------


class Picture(NamedTuple):
    """A picture, and its text alternative: in words what it shows, wherever it is."""

    draw: Callable[[], Figure]
    alt: str


PICTURES = {
    "course_map.svg": Picture(
        course_map,
        "The map of the course: thirteen lessons in five groups along one path. "
        "Basis: 00 start here, 01 tensors and sequences. "
        "Inside the LSTM: 02 vanilla RNN, 03 vanishing gradients, 04 LSTM gates, "
        "05 long memory, 06 counting parameters. "
        "Using it: 07 a first forecast, 08 stacked LSTMs. "
        "Real reviews: 09 the reviews, 10 LSTM and dropout. "
        "Looking back: 11 GRU and the comparison, 12 reading the gates. "
        "The lessons with a dashed outline are still to come.",
    ),
    "sentence_to_tensor.svg": Picture(
        sentence_to_tensor,
        "Two short texts become a tensor in three stages. They are cut into words; "
        "the words become ids, padded to a table of 2 rows and 5 columns, (B, T); "
        "each id picks its row of an embedding table of 9 rows and 3 columns, which "
        "gives a block of 2 by 5 by 3 numbers: batch, time, features, (B, T, D). "
        "The word great is marked: it stands in both texts, with the same id 3 and "
        "the same 3 numbers.",
    ),
    "sentiment_model.svg": Picture(
        sentiment_model,
        "One review flows through the model, left to right: its words become 100 ids, "
        "the ids become 100 vectors of 16 numbers, an LSTM with 8 units reads them one "
        "after the other and hands a hidden state and a cell state from word to word, "
        "and a dense layer turns the last hidden state into the probability that the "
        "review is positive. 8,000 + 800 + 9 = 8,809 parameters.",
    ),
}


def draw_pictures(folder: Path) -> list[Path]:
    """Draw every picture of the course into a folder; return the files."""
    paths = []
    for name, picture in PICTURES.items():
        path = folder / name
        with mpl.style.context("default"), mpl.rc_context(_RC):
            figure = picture.draw()
            with atomic_write(path) as file:
                figure.savefig(
                    file, format="svg", metadata={"Date": None, "Creator": None}
                )
        paths.append(path)
    return paths
