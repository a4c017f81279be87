"""An LSTM reads a text word by word: the first picture of a machine with a memory."""

from matplotlib.figure import Figure

from lstm_course.study.diagrams.toolkit import Page

TEXT = "a film not to be missed"


def reading_machine() -> Figure:
    """Draw the machine at each word, what it hands on, and its verdict."""
    page = Page(196)
    for n, word in enumerate(TEXT.split()):
        x = 62 + 125 * n
        page.write(x, 172, word, size=20)
        page.wire("x", (x, 150), (x, 93))
        page.layer(x, 52, 86, 80, "LSTM", size=19)
        page.arrow((x + 43, 52), (x + 81, 52), line=2.6)
    page.write(x + 90, 52, "positive", size=20, ha="left", weight="bold")
    return page.figure
