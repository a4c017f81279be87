"""How a training went, epoch by epoch."""

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lstm_course.study.plots.style import BLUE, GREY, ORANGE, new_figure
from lstm_course.training.history import History


def learning_curves(history: History, title: str) -> Figure:
    """Return loss and accuracy by epoch, the epoch that was kept marked."""
    figure, axes = new_figure(2)
    epochs = range(1, history.epochs + 1)
    curves = (
        ("loss", history.loss, history.val_loss),
        ("accuracy", history.accuracy, history.val_accuracy),
    )
    for ax, (name, train, validation) in zip(axes, curves, strict=True):
        ax.plot(epochs, train, "--", color=GREY, label="training")
        ax.plot(epochs, validation, "-", color=BLUE, label="validation")
        if best := history.best_epoch:
            ax.plot(best, validation[best - 1], "o", color=ORANGE, label="kept")
        ax.set(xlabel="epoch", ylabel=name)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes[0].legend()
    figure.suptitle(title)
    return figure
