"""What every diagram is drawn with: a page, text, boxes, arrows, blocks of numbers.

Lengths are CSS pixels on a page 900 wide, y downwards.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Polygon
from matplotlib.path import Path as Outline

from lstm_course.study.plots.style import (
    BLUE,
    GREEN,
    GREY,
    PICTURE_ON_SLIDE,
    PURPLE,
    TEXT_ON_SLIDE,
)

WIDTH = 900
INK, PAPER = "#222222", "#FFFFFF"
MONO = "DejaVu Sans Mono"

Point = tuple[float, float]
Style = dict[str, Any]

_INCH = 96  # CSS pixels
_POINT = 72 / _INCH  # points in a CSS pixel


def tint(color: str, share: float) -> str:
    """Return a colour thinned with white: 0 is white, 1 the colour itself."""
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(color))
    return to_hex((red, green, blue))


def signed(value: float, decimals: int = 1) -> str:
    """Return a number with a true minus sign."""
    return f"{value:.{decimals}f}".replace("-", "−")


NO_WORD: Style = {"linestyle": (0, (3, 2)), "fill": tint(GREY, 0.15)}  # padding
_WIRES: dict[str, Style] = {
    "x": {"color": GREEN, "line": 2.6},
    "h": {"color": BLUE, "line": 2.6},
    "c": {"color": PURPLE, "line": 3.2, "linestyle": (0, (3, 1.2))},
}


class Page:
    """A white page, measured in pixels from its upper left corner."""

    def __init__(self, height: float) -> None:
        self.figure = Figure(figsize=(WIDTH / _INCH, height / _INCH))
        self.figure.set_layout_engine("none")
        self.ax = self.figure.add_axes((0, 0, 1, 1))
        self.ax.set(xlim=(0, WIDTH), ylim=(height, 0))
        self.ax.set_axis_off()

    def write(
        self, x: float, y: float, text: str, *, size: float = 14, **style: Any
    ) -> None:
        """Write lines of text around (x, y).

        Lines stand on baselines, so that words side by side do, whatever their letters.
        """
        style = {"ha": "center", "va": "baseline", "color": INK} | style
        lines = text.split("\n")
        y += 0.36 * size - 1.35 * size * (len(lines) - 1) / 2
        for number, line in enumerate(lines):
            level = y + 1.35 * size * number
            self.ax.text(x, level, line, fontsize=size * _POINT, **style)

    def note(self, x: float, y: float, title: str, *lines: str) -> None:
        """Write a title in bold, and small lines below it, all from x on."""
        self.write(x, y, title, size=17, ha="left", weight="bold")
        for number, line in enumerate(lines, start=1):
            self.write(x, y + 5 + 20 * number, line, size=13, ha="left")

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        corner: float = 0,
        **style: Any,
    ) -> None:
        """Draw a box from its upper left corner on; ``corner`` is its rounding."""
        form = f"round,pad=0,rounding_size={corner}" if corner else "square,pad=0"
        style = _surface(**style)
        box = FancyBboxPatch((x, y), width, height, boxstyle=form, **style)
        self.ax.add_patch(box)

    def layer(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        name: str,
        *,
        color: str = BLUE,
        size: float = 15,
    ) -> None:
        """Draw a layer around (x, y): a rounded, tinted box with its name in it."""
        style: Style = {"color": color, "fill": tint(color, 0.2), "line": 2}
        left, top = x - width / 2, y - height / 2
        self.box(left, top, width, height, corner=8, **style)
        self.write(x, y, name, size=size, weight="bold")

    def polygon(self, corners: Iterable[Point], **style: Any) -> None:
        """Draw a surface, given its corners."""
        self.ax.add_patch(Polygon([*corners], **_surface(**style)))

    def vector(
        self,
        x: float,
        y: float,
        values: Iterable[float],
        *,
        cell: Point,
        color: str,
        down: bool = False,
    ) -> None:
        """Draw numbers between 0 and 1 as cells in a row, the darker the larger."""
        width, height = cell
        right, below = (0, height) if down else (width, 0)
        for n, share in enumerate(values):
            left, top = x + n * right, y + n * below
            self.box(left, top, width, height, line=0.5, fill=tint(color, share))
        whole = n * right + width, n * below + height
        self.box(x, y, *whole, color=color, fill="none", line=2)

    def wire(self, state: str, *points: Point) -> None:
        """Draw the way of x, h or c through points."""
        self.arrow(*points, **_WIRES[state])

    def arrow(
        self, *points: Point, line: float = 1.8, heads: str = "-|>", **style: Any
    ) -> None:
        """Draw an arrow through points, its corners rounded where it turns."""
        vertices, codes = [points[0]], [Outline.MOVETO]
        for before, turn, after in zip(points, points[1:], points[2:], strict=False):
            vertices += [_towards(turn, before), turn, _towards(turn, after)]
            codes += [Outline.LINETO, Outline.CURVE3, Outline.CURVE3]
        outline = Outline([*vertices, points[-1]], [*codes, Outline.LINETO])
        style = {"color": INK, "linewidth": line * _POINT, "clip_on": False, **style}
        style |= {"arrowstyle": heads, "mutation_scale": 10}
        self.ax.add_patch(FancyArrowPatch(path=outline, **style))


def _surface(
    color: str = GREY, fill: str = PAPER, line: float = 1.5, **style: Any
) -> Style:
    style |= {"edgecolor": color, "facecolor": fill, "clip_on": False}
    return style | {"linewidth": line * _POINT}


def _towards(start: Point, end: Point) -> Point:
    """Return the point 10 pixels from ``start`` on the way to ``end``."""
    way = np.subtract(end, start)
    x, y = start + way * (10 / np.hypot(*way))
    return float(x), float(y)


class Block(NamedTuple):
    """Where a block of cells stands, seen from the front, the right and above."""

    x: float  # the upper left corner of its front
    y: float
    wide: float  # the size of a cell
    high: float
    right: float  # how far a layer stands right of the one before it, and above it
    up: float

    def corner(self, row: float, column: float, layer: float) -> Point:
        """Return the point where a row, a column and a layer begin."""
        x = self.x + self.wide * column + self.right * layer
        return x, self.y + self.high * row - self.up * layer

    def draw(
        self, page: Page, rows: int, columns: int, layers: int, color: str
    ) -> None:
        """Draw what one sees of it: the top, the right side and the front."""
        style: Style = {"color": INK, "line": 1.2}
        corners = ((0, 0), (1, 0), (1, 1), (0, 1))  # of a cell, from its nearest
        for layer, n in np.ndindex(layers, columns):
            top = [self.corner(0, n + b, layer + c) for b, c in corners]
            page.polygon(top, fill=tint(color, 0.3), **style)
        for layer, n in np.ndindex(layers, rows):
            side = [self.corner(n + b, columns, layer + c) for b, c in corners]
            page.polygon(side, fill=tint(color, 0.45), **style)
        for row, column in np.ndindex(rows, columns):
            x, y = self.corner(row, column, 0)
            page.box(x, y, self.wide, self.high, fill=tint(color, 0.1), **style)


def zoom_in(
    figure: Figure, left: float, top: float, right: float, end: float
) -> Figure:
    """Cut a diagram to a part of its page, and enlarge that for a slide; return it.

    Text becomes as large as the last row of a lecture hall needs, at least.

    Args:
        figure: of a ``Page``; what lies outside is taken from it.
        left: of the part, in the page's pixels, as are all four.
        top: its upper edge.
        right: its right edge.
        end: its lower edge.
    """
    (ax,) = figure.axes
    width, height = right - left, end - top
    zoom = min(PICTURE_ON_SLIDE[0] / width, PICTURE_ON_SLIDE[1] / height)
    for text in list(ax.texts):
        x, y = text.get_position()
        if left <= x <= right and top <= y <= end:
            size = float(text.get_fontsize()) * zoom
            text.set_fontsize(max(size, TEXT_ON_SLIDE * _POINT))
        else:
            text.remove()
    for patch in ax.patches:
        patch.set_linewidth(patch.get_linewidth() * zoom)
        if isinstance(patch, FancyArrowPatch):
            patch.set_mutation_scale(patch.get_mutation_scale() * zoom)
    for lines in ax.collections:
        widths = np.atleast_1d(np.asarray(lines.get_linewidth()))
        lines.set_linewidth((widths * zoom).tolist())
    ax.set(xlim=(left, right), ylim=(end, top))
    figure.set_size_inches(width * zoom / _INCH, height * zoom / _INCH)
    return figure
