"""The diagrams of the course: pictures drawn from its own code, not by hand.

Each is an SVG file, the same on every run. Colours never stand alone: a label, a dash
or a thicker line says the same. One file a picture; ``toolkit`` holds what they are
drawn with. Their text alternatives stand where they are shown.
"""

from pathlib import Path

from lstm_course.study.diagrams import (
    blocks_of_a_step,
    course_map,
    ladder_of_shapes,
    lstm_cell,
    lstm_cell_back,
    sentence_to_tensor,
    sentiment_model,
    two_cells,
    unrolled_rnn,
    unrolled_rnn_back,
    weight_blocks,
)
from lstm_course.study.diagrams.slides import SLIDE_PICTURES
from lstm_course.study.plots.style import save_svg

PICTURES = {
    "blocks_of_a_step.svg": blocks_of_a_step.blocks_of_a_step,
    "course_map.svg": course_map.course_map,
    "ladder_of_shapes.svg": ladder_of_shapes.ladder_of_shapes,
    "lstm_cell.svg": lstm_cell.lstm_cell,
    "lstm_cell_back.svg": lstm_cell_back.lstm_cell_back,
    "sentence_to_tensor.svg": sentence_to_tensor.sentence_to_tensor,
    "sentiment_model.svg": sentiment_model.sentiment_model,
    "two_cells.svg": two_cells.two_cells,
    "unrolled_rnn.svg": unrolled_rnn.unrolled_rnn,
    "unrolled_rnn_back.svg": unrolled_rnn_back.unrolled_rnn_back,
    "weight_blocks.svg": weight_blocks.weight_blocks,
} | {f"slides/{name}": draw for name, draw in SLIDE_PICTURES.items()}


def draw_pictures(folder: Path) -> list[Path]:
    """Draw every picture of the course into a folder; return the files."""
    for name, draw in PICTURES.items():
        save_svg(draw, folder / name)
    return [folder / name for name in PICTURES]
