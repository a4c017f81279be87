"""The pictures of the decks: parts of the diagrams, and diagrams step by step.

They lie in figures/slides/. Each fits a slide of 1280 × 720 pixels below its title, and
has no text below 24 pixels.
"""

from collections.abc import Callable

from matplotlib.figure import Figure

from lstm_course.study.diagrams.lstm_cell import lstm_cell_with, one_step
from lstm_course.study.diagrams.toolkit import zoom_in

LSTM_CELL = 8, 8, 676, 450  # on its page, without the equations

SLIDE_PICTURES: dict[str, Callable[[], Figure]] = {
    "lstm_cell_1.svg": lambda: zoom_in(lstm_cell_with("g"), *LSTM_CELL),
    "lstm_cell_2.svg": lambda: zoom_in(lstm_cell_with("ig"), *LSTM_CELL),
    "lstm_cell_3.svg": lambda: zoom_in(lstm_cell_with("fig"), *LSTM_CELL),
    "lstm_cell_4.svg": lambda: zoom_in(lstm_cell_with("figo"), *LSTM_CELL),
    "lstm_cell_5.svg": lambda: zoom_in(lstm_cell_with("figo", one_step()), *LSTM_CELL),
}
