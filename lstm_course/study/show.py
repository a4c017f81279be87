"""Show a figure in a lesson together with a description of it in words."""

import base64
import html
import io

import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.figure import Figure


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
        ValueError: ``alt`` is empty.
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
    if width is None:
        width = int.from_bytes(png[16:20]) // 2  # PNG's header begins with the width
    source = base64.b64encode(png).decode()
    image = (
        f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{source}" '
        f'style="width: {width}px; max-width: 100%; height: auto">'
    )
    display({"text/html": image, "text/plain": alt}, raw=True)  # type: ignore[no-untyped-call]
