"""The diagrams of the course: pictures drawn from its own code, not by hand.

Each is an SVG file, the same on every run. Colours never stand alone: a label, a dash
or a thicker line says the same. One file a picture; ``toolkit`` holds what they are
drawn with.
"""

from pathlib import Path

from lstm_course.study.diagrams import (
    course_map,
    ladder_of_shapes,
    lstm_cell,
    sentence_to_tensor,
    sentiment_model,
    two_cells,
    unrolled_rnn,
    weight_blocks,
)
from lstm_course.study.plots.style import save_svg

PICTURES = {
    "course_map.svg": course_map.PICTURE,
    "ladder_of_shapes.svg": ladder_of_shapes.PICTURE,
    "lstm_cell.svg": lstm_cell.PICTURE,
    "sentence_to_tensor.svg": sentence_to_tensor.PICTURE,
    "sentiment_model.svg": sentiment_model.PICTURE,
    "two_cells.svg": two_cells.PICTURE,
    "unrolled_rnn.svg": unrolled_rnn.PICTURE,
    "weight_blocks.svg": weight_blocks.PICTURE,
}


def draw_pictures(folder: Path) -> list[Path]:
    """Draw every picture of the course into a folder; return the files."""
    paths = [folder / name for name in PICTURES]
    for path, picture in zip(paths, PICTURES.values(), strict=True):
        save_svg(picture.draw, path)
    return paths
