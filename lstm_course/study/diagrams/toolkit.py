"""What every diagram is drawn with: a page, text, boxes, arrows, blocks of numbers.

Lengths are CSS pixels on a page 900 wide, y downwards.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Polygon
from matplotlib.path import Path as Outline

from lstm_course.study.plots.style import GREY

WIDTH = 900
INK, PAPER = "#222222", "#FFFFFF"

Point = tuple[float, float]
Style = dict[str, Any]

_INCH = 96  # CSS pixels
_POINT = 72 / _INCH  # points in a CSS pixel


class Picture(NamedTuple):
    """A picture, and its text alternative: in words what it shows, wherever it is."""

    draw: Callable[[], Figure]
    alt: str


def new_page(height: float) -> tuple[Figure, Axes]:
    """Return an empty white page, measured in pixels from its upper left corner."""
    figure = Figure(figsize=(WIDTH / _INCH, height / _INCH), facecolor=PAPER)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, WIDTH), ylim=(height, 0))
    ax.set_axis_off()
    return figure, ax


def tint(color: str, share: float) -> str:
    """Return a colour thinned with white: 0 is white, 1 the colour itself."""
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(color))
    return to_hex((red, green, blue))


NO_WORD: Style = {"linestyle": (0, (3, 2)), "fill": tint(GREY, 0.15)}  # padding


def write(
    ax: Axes, x: float, y: float, text: str, *, size: float = 14, **style: Any
) -> None:
    """Write lines of text around (x, y).

    Lines stand on baselines, so that words side by side do, whatever their letters.
    """
    lines = text.split("\n")
    spacing = 1.35 * size
    first = y + 0.36 * size - spacing * (len(lines) - 1) / 2
    for number, line in enumerate(lines):
        ax.text(
            x,
            first + spacing * number,
            line,
            fontsize=size * _POINT,
            **{"ha": "center", "va": "baseline", "color": INK} | style,
        )


def box(
    ax: Axes,
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    color: str = GREY,
    fill: str = PAPER,
    line: float = 1.5,
    corner: float = 0,
    **style: Any,
) -> None:
    """Draw a box from its upper left corner on, its corners rounded if asked for."""
    form = f"round,pad=0,rounding_size={corner}" if corner else "square,pad=0"
    ax.add_patch(
        FancyBboxPatch(
            (x, y),
            width,
            height,
            boxstyle=form,
            edgecolor=color,
            facecolor=fill,
            linewidth=line * _POINT,
            clip_on=False,
            **style,
        )
    )


def vector(
    ax: Axes,
    x: float,
    y: float,
    values: Iterable[float],
    *,
    cell: Point,
    color: str,
    down: bool = False,
) -> None:
    """Draw numbers between 0 and 1 as cells side by side, the darker the larger."""
    width, height = cell
    right, below = (0, height) if down else (width, 0)
    for n, share in enumerate(values):
        left, top = x + n * right, y + n * below
        box(ax, left, top, width, height, line=0.5, fill=tint(color, share))
    whole = n * right + width, n * below + height
    box(ax, x, y, *whole, color=color, fill="none", line=2)


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

    def face(
        self,
        ax: Axes,
        *corners: tuple[int, int, int],
        color: str = INK,
        fill: str = PAPER,
        line: float = 1.2,
        **style: Any,
    ) -> None:
        """Draw a surface, given its corners by row, column and layer."""
        ax.add_patch(
            Polygon(
                [self.corner(*corner) for corner in corners],
                edgecolor=color,
                facecolor=fill,
                linewidth=line * _POINT,
                clip_on=False,
                **style,
            )
        )

    def draw(self, ax: Axes, rows: int, columns: int, layers: int, color: str) -> None:
        """Draw what one sees of it: the top, the right side and the front."""
        for layer in range(layers):
            back = layer + 1
            for n in range(columns):
                near = (0, n, layer), (0, n + 1, layer)
                far = (0, n + 1, back), (0, n, back)
                self.face(ax, *near, *far, fill=tint(color, 0.3))
            for n in range(rows):
                near = (n, columns, layer), (n + 1, columns, layer)
                far = (n + 1, columns, back), (n, columns, back)
                self.face(ax, *near, *far, fill=tint(color, 0.45))
        for row, column in np.ndindex(rows, columns):
            x, y = self.corner(row, column, 0)
            style: Style = {"color": INK, "fill": tint(color, 0.1), "line": 1.2}
            box(ax, x, y, self.wide, self.high, **style)


def arrow(
    ax: Axes,
    *points: Point,
    color: str = INK,
    line: float = 1.8,
    corner: float = 10,
    heads: str = "-|>",
    **style: Any,
) -> None:
    """Draw an arrow through points, its corners rounded where it turns."""
    vertices, codes = [points[0]], [Outline.MOVETO]
    for before, turn, after in zip(points, points[1:], points[2:], strict=False):
        rounded = [_towards(turn, before, corner), turn, _towards(turn, after, corner)]
        vertices += rounded
        codes += [Outline.LINETO, Outline.CURVE3, Outline.CURVE3]
    ax.add_patch(
        FancyArrowPatch(
            path=Outline([*vertices, points[-1]], [*codes, Outline.LINETO]),
            arrowstyle=heads,
            mutation_scale=10,
            color=color,
            linewidth=line * _POINT,
            clip_on=False,
            **style,
        )
    )


def _towards(start: Point, end: Point, length: float) -> Point:
    """Return the point that lies ``length`` from ``start`` on the way to ``end``."""
    way = np.subtract(end, start)
    x, y = start + way * (length / np.hypot(*way))
    return float(x), float(y)


def signed(value: float) -> str:
    """Return a number with one decimal and a true minus sign."""
    return f"{value:.1f}".replace("-", "−")
