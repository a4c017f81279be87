"""The GRU's cell: one state, two gates, and a candidate that the reset gate serves."""

from matplotlib.figure import Figure

from lstm_course.study.diagrams.lstm_cell import draw_layer, draw_operation
from lstm_course.study.diagrams.toolkit import Page, Style, tint
from lstm_course.study.plots.style import BLUE

BELT, RESET, LAYERS, H_RAIL, X_RAIL = 58, 116, 186, 232, 268
Z, R, N = 230, 400, 680


def gru_cell() -> Figure:
    """Draw it, the reset gate before the product; h' comes in and goes out above."""
    page = Page(300)
    style: Style = {"color": BLUE, "fill": tint(BLUE, 0.07), "line": 2, "corner": 14}
    page.box(70, 16, 760, 236, **style)
    top, bottom, r_times_h, to_n = LAYERS - 21, LAYERS + 21, R + 100, N - 80

    # The belt: h' times z, plus what is new
    for left, right in ((10, Z - 16), (Z + 16, N - 16), (N + 16, 890)):
        page.wire("h", (left, BELT), (right, BELT))
    page.arrow((Z, top), (Z, BELT + 16), line=2)
    page.arrow((Z, RESET), (N - 16, RESET), line=2)
    page.arrow((N, top), (N, RESET + 16), line=2)
    page.arrow((N, RESET - 16), (N, BELT + 16), line=2)

    # What the layers read: h', x, and for the candidate r times h'
    rail = (120, BELT), (120, H_RAIL)
    for column in (Z - 14, R - 14):
        page.wire("h", *rail, (column, H_RAIL), (column, bottom))
    page.wire("h", *rail, (r_times_h, H_RAIL), (r_times_h, LAYERS - 29))
    page.arrow((R, top), (R, LAYERS - 44), (r_times_h - 16, LAYERS - 44), line=2)
    turn = (to_n, LAYERS - 44), (to_n, H_RAIL), (N - 14, H_RAIL)
    page.wire("h", (r_times_h + 16, LAYERS - 44), *turn, (N - 14, bottom))
    for column in (Z + 14, R + 14, N + 14):
        page.wire("x", (40, X_RAIL), (column, X_RAIL), (column, bottom))

    for column, name in ((Z, "z"), (R, "r"), (N, "n")):
        draw_layer(page, column, LAYERS, "tanh" if name == "n" else "σ")
        page.write(column - 18, top - 14, name, size=18, style="italic")
    for x, y, sign in (
        (Z, BELT, "⊙"),
        (N, BELT, "+"),
        (N, RESET, "⊙"),
        (r_times_h, LAYERS - 44, "⊙"),
        ((Z + R) / 2, RESET, "1 −"),
    ):
        draw_operation(page, x, y, sign, wide=46 if sign == "1 −" else 30)
    page.write(40, BELT - 18, "h′", size=18, style="italic")
    page.write(860, BELT - 18, "h", size=18, style="italic")
    page.write(24, X_RAIL, "x", size=18, style="italic")
    return page.figure
