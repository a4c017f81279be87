"""The model of the reviews, with the shapes and sizes along the way."""

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lstm_course.arrays.trees import tree_leaves
from lstm_course.study.diagrams.toolkit import (
    INK,
    NO_WORD,
    Picture,
    Style,
    arrow,
    box,
    new_page,
    tint,
    vector,
    write,
)
from lstm_course.study.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE
from lstm_course.training.sentiment import (
    SentimentConfig,
    SentimentParams,
    sentiment_init,
)

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
        box(ax, x - 22, 60, 44, 28, **{} if number else NO_WORD)
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


PICTURE = Picture(
    sentiment_model,
    "One review flows through the model, left to right: its words become 100 ids, "
    "the ids become 100 vectors of 16 numbers, an LSTM with 8 units reads them one "
    "after the other and hands a hidden state and a cell state from word to word, "
    "and a dense layer turns the last hidden state into the probability that the "
    "review is positive. 8,000 + 800 + 9 = 8,809 parameters.",
)
