"""From a sentence to a tensor, in three stages."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from lstm_course.data.text import Vocabulary, pad_batch, tokenize
from lstm_course.study.diagrams.toolkit import (
    NO_WORD,
    Block,
    Picture,
    Style,
    arrow,
    box,
    new_page,
    signed,
    write,
)
from lstm_course.study.plots.style import BLUE, GREY, ORANGE

TEXTS = ("A great film!", "Great! I loved it.")
MARKED = "great"  # in both texts: the same id, and so the same vector
NUM_WORDS, STEPS, FEATURES = 9, 5, 3

_MARK: Style = {"color": ORANGE, "line": 3, "zorder": 3}


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
        style = {} if mask[row, column] else NO_WORD
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
        write(ax, x + 26, y + 11.5, signed(value), size=13)
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
        write(ax, x + wide / 2, y + high / 2, signed(value), size=17)
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


PICTURE = Picture(
    sentence_to_tensor,
    "Two short texts become a tensor in three stages. They are cut into words; "
    "the words become ids, padded to a table of 2 rows and 5 columns, (B, T); "
    "each id picks its row of an embedding table of 9 rows and 3 columns, which "
    "gives a block of 2 by 5 by 3 numbers: batch, time, features, (B, T, D). "
    "The word great is marked: it stands in both texts, with the same id 3 and "
    "the same 3 numbers.",
)
