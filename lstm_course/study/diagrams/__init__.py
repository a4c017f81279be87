"""The diagrams of the course: pictures drawn from its own code, not by hand.

Each is an SVG file, the same on every run: text is drawn as outlines of the font that
matplotlib brings along, so that a reader needs no font, and neither a date nor a
random name is written. Colours never stand alone: a label, a dash or a thicker line
says the same. One file a picture; ``toolkit`` holds what they are drawn with.
"""

from pathlib import Path
from typing import Any

import matplotlib as mpl

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
from lstm_course.system.files import atomic_write

# Laid over matplotlib's own defaults, whatever a reader's matplotlibrc says.
_RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "svg.fonttype": "path",
    "svg.hashsalt": "lstm_course",
}

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
