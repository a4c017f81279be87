"""What the course imports from ``IPython.display``, and what else a learner may try."""

import base64
import io
import sys
from pathlib import Path

from channel import MOST, send


def display(*objects, raw=False):
    """Show objects below the cell; with ``raw``, data by their MIME types."""
    for shown in objects:
        data = shown if raw else described(shown)
        send({"output_type": "display_data", "data": data})


def described(value):
    """Return an object by MIME types, as IPython shows it."""
    plain = repr(value)
    if len(plain) > MOST:
        plain = f"{plain[:MOST]}\n... cut after {MOST:,} characters"
    data = {"text/plain": plain}
    if isinstance(value, type):
        return data
    make = getattr(value, "_repr_html_", None)
    html = make() if make else None
    if html is None and (png := _png(value)):
        html = f'<img alt="Picture" src="data:image/png;base64,{png}">'
    if html is not None:
        data["text/html"] = html
    return data


def _png(value):
    """Return a picture as text, in base 64; None if the object is none."""
    if make := getattr(value, "_repr_png_", None):
        return base64.b64encode(make()).decode()
    figure = sys.modules.get("matplotlib.figure")
    if figure and isinstance(value, figure.Figure):
        page = io.BytesIO()
        value.savefig(page, format="png", bbox_inches="tight")
        return base64.b64encode(page.getvalue()).decode()
    return None


class HTML:
    """Text that the page shows as HTML."""

    def __init__(self, data):
        self.data = data

    def _repr_html_(self):
        return self.data


class SVG(HTML):
    """A drawing."""


class Image:
    """A picture in PNG: its bytes, or the file that has them."""

    def __init__(self, data=None, filename=None):
        self.data = Path(filename).read_bytes() if data is None else data

    def _repr_png_(self):
        return self.data


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise ImportError(f"IPython.display.{name} is in JupyterLab, and not in a page")
