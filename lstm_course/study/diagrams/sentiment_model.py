"""The model of the reviews, with the shapes and sizes along the way."""

from collections.abc import Iterable

import numpy as np
from matplotlib.figure import Figure

from lstm_course.arrays.trees import tree_leaves
from lstm_course.study.diagrams.toolkit import (
    INK,
    NO_WORD,
    Page,
    tint,
)
from lstm_course.study.plots.style import BLUE, GREEN, GREY, ORANGE
from lstm_course.training.sentiment import SentimentConfig, sentiment_init

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

_CONFIG = SentimentConfig()
_WORDS, _FEATURES, _UNITS = _CONFIG.num_words, _CONFIG.embedding_dim, _CONFIG.units
_LEVELS = {"c": 274, "h": 316}  # of the states in the cells


def sentiment_model() -> Figure:
    """Draw the model of the course: a review in, one probability out."""
    page = Page(590)
    rng = np.random.default_rng(_CONFIG.seed)
    _draw_ledger(page, rng)
    x = _draw_steps(page, rng)
    _draw_head(page, x, rng.uniform(0.05, 0.85, _UNITS))
    return page.figure


def _draw_ledger(page: Page, rng: np.random.Generator) -> None:
    """Draw the layers and their parameters at the left, the shapes at the right."""
    page.note(26, 36, "A review")
    page.write(26, 74, f"its last {REVIEW_STEPS} words, as ids", size=13, ha="left")
    params = sentiment_init(rng, _CONFIG)
    counts = [sum(leaf.size for _, leaf in tree_leaves(layer)) for layer in params]
    lstm = f"4 × ({_FEATURES} + {_UNITS} + 1) × {_UNITS}"
    layers = (
        (138, f"Embedding({_FEATURES})", GREEN, f"{_WORDS} × {_FEATURES}"),
        (272, f"LSTM({_UNITS})", BLUE, lstm),
        (456, "Dense(1)", ORANGE, f"{_UNITS} + 1"),
    )
    for (y, name, color, formula), count in zip(layers, counts, strict=True):
        page.box(10, y - 14, 6, 66, color=color, fill=color)
        page.note(26, y, name, formula, f"{count:,} parameters")
    page.note(26, 541, f"{sum(counts):,} parameters")

    page.write(886, 38, "B reviews:", ha="right")
    sizes = (REVIEW_STEPS, f"{REVIEW_STEPS}, {_FEATURES}", _UNITS, 1)
    for y, size in zip((74, 160, 400, 466), sizes, strict=True):
        page.write(886, y, f"(B, {size})", size=15, ha="right")


def _draw_steps(page: Page, rng: np.random.Generator) -> float:
    """Draw the review and the LSTM step by step; return the middle of the last."""
    slot, half = 82, 29  # from step to step; half a cell's width
    x, before = 236 - slot, 0
    for step, (word, number) in REVIEW.items():
        x += slot
        if step != before + 1:  # a gap stands for the steps that are left out
            for y in (38, 74, 160, *_LEVELS.values()):
                page.write(x, y, "· · ·", size=17, weight="bold")
            for state, y in _LEVELS.items():
                page.wire(state, (x - slot + half, y), (x - 24, y))
            x += slot
        before = step
        page.write(x, 15, f"t = {step}", size=13, color=GREY)
        page.write(x, 38, word, size=16)
        page.box(x - 22, 60, 44, 28, **{} if number else NO_WORD)
        page.write(x, 74, str(number), size=15)
        page.arrow((x, 90), (x, 109))
        values = rng.uniform(0.05, 0.85, _FEATURES)
        page.vector(x - 13, 111, values, cell=(26, 6), color=GREEN, down=True)
        page.arrow((x, 113 + 6 * _FEATURES), (x, 249))
        page.layer(x, 295, 2 * half, 90, "LSTM")
        for state, y in _LEVELS.items():
            page.wire(state, (x - slot + half, y), (x - half, y))
            page.write(x - slot / 2, y - 12, state, size=13, style="italic")
    page.wire("h", (x, 340), (x, 389))
    page.write(x - 50, 400, f"h at step {step}", size=13, ha="right")

    # What passes from step to step, in words
    for y, state, note in (
        (368, "c", "cell state, stays inside the layer"),
        (392, "h", "hidden state, the output"),
    ):
        page.wire(state, (208, y), (248, y))
        page.write(262, y, state, style="italic")
        page.write(278, y, f"{note}: {_UNITS} numbers", ha="left", size=13)
    same = f"the same weights at each of the {REVIEW_STEPS} steps"
    page.write(208, 416, same, ha="left", size=13)
    return x


def _draw_head(page: Page, x: float, h: Iterable[float]) -> None:
    """Draw how the last hidden state becomes a probability, around an x."""
    page.vector(x - 40, 391, h, cell=(10, 20), color=BLUE)
    page.arrow((x, 413), (x, 445))
    page.layer(x, 467, 92, 40, "Dense", color=ORANGE)
    page.arrow((x, 488), (x, 527))
    page.write(x - 12, 506, "sigmoid", size=13, ha="right")
    left, long = x - 270, 300  # of the scale from 0 to 1
    page.box(left, 534, long, 14, corner=7, fill=tint(GREY, 0.15))
    page.box(left, 534, x - left, 14, corner=7, fill=tint(ORANGE, 0.6))
    page.box(x - 7, 530, 14, 22, corner=4, fill=ORANGE, color=INK)
    text = "probability that\nthe review is positive"
    page.write(left - 14, 541, text, ha="right")
    page.write(left, 566, "0", size=13)
    page.write(left + long, 566, "1", size=13)
