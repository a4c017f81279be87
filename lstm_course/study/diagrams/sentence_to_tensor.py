"""From a sentence to a tensor, in three stages."""

import numpy as np
from matplotlib.figure import Figure

from lstm_course.arrays.shapes import Array
from lstm_course.data.text import Vocabulary, pad_batch, tokenize
from lstm_course.study.diagrams.toolkit import (
    MONO,
    NO_WORD,
    Block,
    Page,
    Style,
    signed,
)
from lstm_course.study.plots.style import BLUE, GREY, ORANGE

TEXTS = ("A great film!", "Great! I loved it.")
MARKED = "great"  # in both texts: the same id, and so the same vector
NUM_WORDS, STEPS, FEATURES = 9, 5, 3

_MARK: Style = {"color": ORANGE, "line": 3, "zorder": 3}
_LEFT, _WIDE, _HIGH = 232, 84, 38  # of the tables, and of a cell
_RIGHT = _LEFT + STEPS * _WIDE
_WAY = _RIGHT - 1.5 * _WIDE  # where arrows lead from stage to stage
_BLOCK = Block(_LEFT, 440, _WIDE, _HIGH, 30, 17)


def sentence_to_tensor() -> Figure:
    """Draw two texts on their way to a tensor with three axes."""
    page = Page(575)
    ids, mask, vectors, marked = _numbers()
    padded = f"(B, T) = {ids.shape}\n0 padding, 1 start"
    block = f"(B, T, D) = {(*ids.shape, FEATURES)}"
    for y, name, made_by, note in (
        (26, "texts", "str", ""),
        (130, "words", "tokenize", ""),
        (244, "ids", "encode, pad_batch", padded),
        (386, "vectors", "embedding_forward", block),
    ):
        page.write(20, y, name, size=18, ha="left", weight="bold")
        page.write(20, y + 25, made_by, size=13, ha="left", family=MONO)
        for row, line in enumerate(note.split("\n")):
            page.write(20, y + 48 + 24 * row, line, ha="left")
    for start, end in ((76, 104), (196, 224), (316, 374)):
        page.arrow((_WAY, start), (_WAY, end), line=2.4)
    page.write(_WAY + 12, 343, "each id picks its row", ha="left")
    _draw_words(page)
    _draw_ids(page, ids, mask, marked)
    _draw_rows(page, vectors, marked, 152)
    _draw_tensor(page, vectors[ids], ids == marked, _BLOCK)
    return page.figure


def ids_to_rows() -> Figure:
    """Draw the marked word's way, in both texts, to the one row of its id."""
    page = Page(575)
    ids, mask, vectors, marked = _numbers()
    page.arrow((_WAY, 196), (_WAY, 224), line=2.4)
    _draw_words(page)
    _draw_ids(page, ids, mask, marked)
    top, level = 232 - 23 * (marked + 1), 232 - 23 / 2  # its row is above the ids
    _draw_rows(page, vectors, marked, top)
    style: Style = {"color": ORANGE, "line": 2.4}
    page.arrow((_WAY + 26, 232), (_WAY + 26, level), (694, level), **style)
    below, under = 232 + 2 * _HIGH, _LEFT + 1.5 * _WIDE
    way = (under, below), (under, below + 22), (676, below + 22), (676, level)
    page.arrow(*way, heads="-", **style)
    return page.figure


def rows_to_tensor() -> Figure:
    """Draw the tensor alone, higher and deeper."""
    page = Page(575)
    ids, _, vectors, marked = _numbers()
    block = _BLOCK._replace(high=68, right=34, up=26)
    _draw_tensor(page, vectors[ids], ids == marked, block)
    return page.figure


def _numbers() -> tuple[Array, Array, Array, int]:
    """Return the texts' ids and mask, the table of vectors, and the marked id."""
    vocabulary = Vocabulary.build(TEXTS, NUM_WORDS)
    ids, mask = pad_batch(map(vocabulary.encode, TEXTS), STEPS)
    vectors = np.random.default_rng(210).normal(size=(NUM_WORDS, FEATURES)).round(1)
    return ids, mask, vectors, vocabulary.id_of[MARKED]


def _draw_words(page: Page) -> None:
    for row, text in enumerate(TEXTS):
        page.write(_RIGHT - 12, 24 + row * 32, f"“{text}”", size=19, ha="right")
        words = tokenize(text)
        for column, word in enumerate(words, start=STEPS - len(words)):
            style = _MARK if word == MARKED else {}
            _draw_cell(page, row, column, 112, word, style)


def _draw_ids(page: Page, ids: Array, mask: Array, marked: int) -> None:
    for (row, column), number in np.ndenumerate(ids):
        style = _MARK if number == marked else {} if mask[row, column] else NO_WORD
        _draw_cell(page, row, column, 232, str(number), style)


def _draw_rows(page: Page, vectors: Array, marked: int, top: float) -> None:
    """Draw the table of vectors, a row for each id."""
    page.write(794, top - 38, "embeddings", size=13, family=MONO)
    page.write(794, top - 15, f"(V, D) = {vectors.shape}")
    for (row, column), value in np.ndenumerate(vectors):
        x, y = 716 + 52 * column, top + 23 * row
        page.box(x, y, 52, 23, line=1)
        page.write(x + 26, y + 11.5, signed(value), size=13)
        if not column:
            page.write(x - 8, y + 11.5, str(row), size=13, ha="right", color=GREY)
    page.box(716, top + 23 * marked, 52 * FEATURES, 23, fill="none", **_MARK)


def _draw_cell(
    page: Page, row: int, column: int, top: float, text: str, style: Style
) -> None:
    x, y = _LEFT + column * _WIDE, top + row * _HIGH
    page.box(x, y, _WIDE, _HIGH, **style)
    page.write(x + _WIDE / 2, y + _HIGH / 2, text, size=17)


def _draw_tensor(page: Page, tensor: Array, is_marked: Array, block: Block) -> None:
    """Draw batch downwards, time to the right, features into the depth."""
    batch, steps, depth = tensor.shape
    block.draw(page, batch, steps, depth, BLUE)
    for row, column in np.ndindex(batch, steps):
        x, y = block.corner(row, column, 0)
        value = signed(tensor[row, column, 0])
        page.write(x + block.wide / 2, y + block.high / 2, value, size=17)
        if is_marked[row, column]:
            page.box(x, y, block.wide, block.high, fill="none", **_MARK)
            if row == 0:
                corners = ((0, 0), (1, 0), (1, depth), (0, depth))
                face = [block.corner(0, column + n, back) for n, back in corners]
                page.polygon(face, fill="none", **_MARK)

    top, bottom = block.y, block.y + batch * block.high
    page.arrow((_LEFT - 12, top), (_LEFT - 12, bottom), heads="<|-|>")
    page.write(_LEFT - 46, (top + bottom) / 2, f"batch\nB = {batch}")
    page.arrow((_LEFT, bottom + 14), (_RIGHT, bottom + 14), heads="<|-|>")
    page.write((_LEFT + _RIGHT) / 2, bottom + 34, f"time  T = {steps}")
    far_x, far_y = block.corner(batch, steps, depth)
    page.arrow((_RIGHT + 10, bottom + 8), (far_x + 10, far_y + 8), heads="<|-|>")
    page.write(far_x + 24, far_y + 38, f"features\nD = {depth}")
