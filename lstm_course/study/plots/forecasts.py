"""Forecasts: beside what came, and beyond the range that was learned from."""

from collections.abc import Mapping

from matplotlib.figure import Figure

from lstm_course.arrays.shapes import Array
from lstm_course.study.plots.style import BLUE, GREY, looks, new_figure


def forecasts_beyond(
    right: Array, forecasts: Mapping[str, Array], learned: tuple[float, float]
) -> Figure:
    """Return forecasts against what would be right, one panel a group.

    Args:
        right: (W,) the right answer of each window.
        forecasts: name → (runs, W), one thin line a run.
        learned: the smallest and the largest answer that was learned from.
    """
    figure, axes = new_figure(len(forecasts), height=4.2)
    for ax, (name, lines) in zip(axes, forecasts.items(), strict=True):
        ax.axvspan(*learned, color=GREY, alpha=0.2, lw=0, label="answers learned")
        ax.plot(right, right, "--", color=GREY, label="what should come", zorder=3)
        drawn = ax.plot(right, lines.T, "-", color=BLUE, lw=0.8, alpha=0.7)
        drawn[0].set_label("a trained network")
        limits = (1.5 * right.min(), 1.6 * right.max())
        ax.set(xlabel="what should come", ylim=limits, title=name)
    axes[0].set_ylabel("forecast")
    axes[-1].legend(loc="upper left")
    return figure


def forecasts_beside(
    truth: Array,
    forecasts: Mapping[str, Array],
    *,
    learned: tuple[float, float] | None = None,
    marks: Mapping[int, str] | None = None,
) -> Figure:
    """Return forecasts as lines beside the values that came, as dots.

    Args:
        truth: (S,) what came.
        forecasts: name → (S,), up to five.
        learned: the smallest and the largest value that was learned from: a band.
        marks: step → what begins there, written beside an upright line.
    """
    figure, (ax,) = new_figure(height=3.6)
    if learned:
        ax.axhspan(*learned, color=GREY, alpha=0.15, lw=0, label="range learned from")
    ax.plot(truth, "o", color=GREY, ms=4, label="what came")
    for name, look in looks(forecasts).items():
        ax.plot(forecasts[name], label=name, **look | {"marker": ""})
    for step, text in (marks or {}).items():
        ax.axvline(step, color=GREY, lw=1)
        ax.annotate(
            text, (step, 1), (4, -14), ("data", "axes fraction"), "offset points"
        )
    ax.set(xlabel="step", ylabel="value, scaled")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure
