"""The pictures of the decks: parts of the diagrams, and diagrams step by step.

They lie in figures/slides/. Each fits a slide of 1280 × 720 pixels below its title, and
has no text below 24 pixels.
"""

from collections.abc import Callable

from matplotlib.figure import Figure

SLIDE_PICTURES: dict[str, Callable[[], Figure]] = {}
