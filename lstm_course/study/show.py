"""Show a figure in a lesson together with a description of it in words."""

import base64
import html
import io

import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.figure import Figure
from matplotlib.text import Text

from lstm_course.study.plots.style import (
    PICTURE_ON_SLIDE,
    TEXT_ON_SLIDE,
    is_slide_style,
)


def show(figure: Figure, alt: str, *, width: int | None = None) -> None:
    """Display a figure as an HTML image with a text alternative, and close it.

    JupyterLab gives no text alternative to the images that matplotlib displays by
    itself. The picture has two pixels to a CSS pixel, so it stays sharp when zoomed
    or projected, and the same figure gives the same bytes.

    Args:
        figure: the figure; closed afterwards, so that the notebook shows it once.
        alt: what the figure shows, for those who can't see it.
        width: width in CSS pixels; by default the figure's inches times its dpi.

    Raises:
        ValueError: ``alt`` is empty; or the figure is drawn for a slide, and is too
            large for it or has text too small for its last row.
    """
    if not alt.strip():
        raise ValueError(f"alt must say what the figure shows; it is {alt!r}")
    picture = io.BytesIO()
    figure.savefig(
        picture,
        format="png",
        dpi=2 * figure.dpi,
        bbox_inches="tight",
        metadata={"Software": None},
    )
    plt.close(figure)
    png = picture.getvalue()
    size = [int.from_bytes(png[n : n + 4]) // 2 for n in (16, 20)]  # PNG's header
    if is_slide_style():
        _check_for_slide(figure, size)
    if width is None:
        width = size[0]
    source = base64.b64encode(png).decode()
    image = (
        f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{source}" '
        f'style="width: {width}px; max-width: 100%; height: auto">'
    )
    display({"text/html": image, "text/plain": alt}, raw=True)  # type: ignore[no-untyped-call]


def _check_for_slide(figure: Figure, size: list[int]) -> None:
    if any(is_ > most for is_, most in zip(size, PICTURE_ON_SLIDE, strict=True)):
        raise ValueError(
            f"figure has {size[0]} × {size[1]} pixels; expected at most "
            f"{PICTURE_ON_SLIDE[0]} × {PICTURE_ON_SLIDE[1]}, to fit a slide"
        )
    texts = [text for text in figure.findobj(Text) if text.get_visible()]
    sizes = {
        text.get_text(): float(text.get_fontsize()) * figure.dpi / 72
        for text in texts
        if isinstance(text, Text) and text.get_text().strip()
    }
    small = min(sizes, key=sizes.__getitem__, default="")
    if small and sizes[small] < TEXT_ON_SLIDE:
        raise ValueError(
            f"figure has text of {sizes[small]:.1f} pixels, {small!r}; expected "
            f"{TEXT_ON_SLIDE} at least, to be read from the last row"
        )
