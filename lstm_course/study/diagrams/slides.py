"""The pictures of the decks: parts of the diagrams, and diagrams step by step.

They lie in figures/slides/. Each fits a slide of 1280 × 720 pixels below its title, and
has no text below 24 pixels.
"""

from collections.abc import Callable
from functools import partial

from matplotlib.figure import Figure

from lstm_course.study.diagrams.blocks_of_a_step import blocks_of_a_step
from lstm_course.study.diagrams.course_map import course_map
from lstm_course.study.diagrams.gru_cell import gru_cell
from lstm_course.study.diagrams.ladder_of_shapes import ladder_of_shapes
from lstm_course.study.diagrams.lstm_cell import lstm_cell_with, one_step
from lstm_course.study.diagrams.lstm_cell_back import lstm_cell_back_with
from lstm_course.study.diagrams.reading_machine import reading_machine
from lstm_course.study.diagrams.sentence_to_tensor import (
    ids_to_rows,
    rows_to_tensor,
    sentence_to_tensor,
)
from lstm_course.study.diagrams.sentiment_model import sentiment_model
from lstm_course.study.diagrams.toolkit import zoom_in
from lstm_course.study.diagrams.two_cells import two_cells
from lstm_course.study.diagrams.unrolled_rnn import unrolled_rnn
from lstm_course.study.diagrams.unrolled_rnn_back import unrolled_rnn_back
from lstm_course.study.diagrams.weight_blocks import weight_blocks_on_a_slide

LSTM_CELL = 4, 8, 680, 450  # on its page, without the equations
CELL_BACK = -14, 8, 716, 450  # without the equations, too
RNN_STEPS = 205, 38, 900, 420  # the four of them, without the loop
RNN_BACK = 104, 44, 900, 398  # without its title
WEIGHTS = 0, 0, 900, 428  # all of the page
way_back = partial(unrolled_rnn_back, steps_above=True)

SLIDE_PICTURES: dict[str, Callable[[], Figure]] = {
    "blocks_of_a_step.svg": lambda: zoom_in(blocks_of_a_step(), 140, 8, 900, 304),
    "course_map_1.svg": lambda: zoom_in(course_map(), 222, 10, 892, 228),
    "course_map_2.svg": lambda: zoom_in(course_map(), 222, 246, 983, 582),
    "gru_cell.svg": lambda: zoom_in(gru_cell(), 0, 12, 900, 282),
    "lstm_cell_1.svg": lambda: zoom_in(lstm_cell_with("g"), *LSTM_CELL),
    "lstm_cell_2.svg": lambda: zoom_in(lstm_cell_with("ig"), *LSTM_CELL),
    "lstm_cell_3.svg": lambda: zoom_in(lstm_cell_with("fig"), *LSTM_CELL),
    "lstm_cell_4.svg": lambda: zoom_in(lstm_cell_with("figo"), *LSTM_CELL),
    "lstm_cell_5.svg": lambda: zoom_in(lstm_cell_with("figo", one_step()), *LSTM_CELL),
    "lstm_cell_back_1.svg": lambda: zoom_in(lstm_cell_back_with(2), *CELL_BACK),
    "lstm_cell_back_2.svg": lambda: zoom_in(lstm_cell_back_with(3), *CELL_BACK),
    "lstm_cell_back_3.svg": lambda: zoom_in(lstm_cell_back_with(5), *CELL_BACK),
    "reading_machine.svg": lambda: zoom_in(reading_machine(), 0, 0, 900, 196),
    "sentence_to_ids.svg": lambda: zoom_in(sentence_to_tensor(), 0, 4, 706, 313),
    "ids_to_rows.svg": lambda: zoom_in(ids_to_rows(), 225, 88, 885, 350),
    "rows_to_tensor.svg": lambda: zoom_in(rows_to_tensor(), 150, 355, 830, 630),
    "review_through_lstm.svg": lambda: zoom_in(sentiment_model(), 180, 4, 784, 341),
    "review_to_probability.svg": lambda: zoom_in(sentiment_model(), 288, 248, 900, 578),
    "two_cells.svg": lambda: zoom_in(two_cells(), -60, 8, 960, 452),
    "unrolled_rnn_loop.svg": lambda: zoom_in(unrolled_rnn(0), 0, 40, 210, 395),
    "unrolled_rnn_1.svg": lambda: zoom_in(unrolled_rnn(1), *RNN_STEPS),
    "unrolled_rnn_2.svg": lambda: zoom_in(unrolled_rnn(2), *RNN_STEPS),
    "unrolled_rnn_3.svg": lambda: zoom_in(unrolled_rnn(3), *RNN_STEPS),
    "unrolled_rnn_4.svg": lambda: zoom_in(unrolled_rnn(4), *RNN_STEPS),
    "unrolled_rnn_back_1.svg": lambda: zoom_in(way_back(1), *RNN_BACK),
    "unrolled_rnn_back_2.svg": lambda: zoom_in(way_back(2), *RNN_BACK),
    "unrolled_rnn_back_3.svg": lambda: zoom_in(way_back(3), *RNN_BACK),
    "unrolled_rnn_back_4.svg": lambda: zoom_in(way_back(5), *RNN_BACK),
    "unrolled_rnn_back_5.svg": lambda: zoom_in(way_back(13), *RNN_BACK),
    "unrolled_rnn_back_6.svg": lambda: zoom_in(way_back(), *RNN_BACK),
    "ladder_1.svg": lambda: zoom_in(ladder_of_shapes(), 226, 334, 892, 546),
    "ladder_2.svg": lambda: zoom_in(ladder_of_shapes(), 226, 0, 892, 316),
    "weights_rnn_lstm.svg": lambda: zoom_in(
        weight_blocks_on_a_slide("rnn", "lstm"), *WEIGHTS
    ),
    "weights_all.svg": lambda: zoom_in(
        weight_blocks_on_a_slide("rnn", "gru", "lstm"), *WEIGHTS
    ),
}
