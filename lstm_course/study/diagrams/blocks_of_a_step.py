"""The blocks that a step of an LSTM and of a GRU computes: four in either."""

from matplotlib.figure import Figure

from lstm_course.layers.gru import GRUGates
from lstm_course.layers.lstm import LSTMGates
from lstm_course.study.diagrams.toolkit import Page, tint
from lstm_course.study.plots.style import BLUE, GREEN, ORANGE, PURPLE

_SIDE, _GAP = 44, 6
_FROM_X, _FROM_H, _ADDED = 150, 392, 650
_COLORS = {"i": BLUE, "f": ORANGE, "g": PURPLE, "o": GREEN}
_COLORS |= {"z": ORANGE, "r": BLUE, "n": PURPLE}
APART = "n"  # the block whose halves wait for the reset gate


def blocks_added(gates: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the blocks that are left after adding, each with what it comes from."""
    left = [(letter, "x + h′") for letter in gates if letter != APART]
    return left + [(APART, source) for source in ("x", "h′") if APART in gates]


def blocks_of_a_step() -> Figure:
    """Draw both cells: blocks from x, blocks from h', and what is left after adding."""
    page = Page(312)
    titles = {_FROM_X: "x W", _FROM_H: "h′ U", _ADDED: "after adding"}
    for x, title in titles.items():
        page.write(x, 30, title, size=17, ha="left", weight="bold")
    rows = {"LSTM(H)": LSTMGates._fields, "GRU(H)": GRUGates._fields}
    for y, (name, gates) in zip((70, 200), rows.items(), strict=True):
        added = blocks_added(gates)
        page.note(20, y + 22, name, f"{len(added)} blocks")
        for x in (_FROM_X, _FROM_H):
            _draw_blocks(page, x, y, [(letter, "") for letter in gates])
        page.write(_FROM_H - 25, y + _SIDE / 2, "+", size=24)
        page.arrow((_ADDED - 50, y + _SIDE / 2), (_ADDED - 15, y + _SIDE / 2))
        _draw_blocks(page, _ADDED, y, added)
    last = _ADDED + 3.5 * _SIDE + 3 * _GAP
    page.write(last, 200 + _SIDE + 42, "times r, then added", size=14)
    return page.figure


def _draw_blocks(page: Page, x: float, y: float, blocks: list[tuple[str, str]]) -> None:
    for letter, source in blocks:
        color = _COLORS[letter]
        page.box(x, y, _SIDE, _SIDE, color=color, fill=tint(color, 0.25), line=2)
        middle = x + _SIDE / 2
        page.write(middle, y + _SIDE / 2, letter, size=18, style="italic")
        page.write(middle, y + _SIDE + 16, source, size=12)
        x += _SIDE + _GAP
