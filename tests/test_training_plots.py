"""The figure of a training, read back from the artists."""

import matplotlib.pyplot as plt

from lstm_course.study.plots.training import learning_curves
from lstm_course.training.history import History


def test_learning_curves_mark_the_epoch_that_was_kept():
    history = History()
    for epoch in ((0.7, 0.5, 0.6, 0.61), (0.5, 0.7, 0.4, 0.82), (0.3, 0.9, 0.5, 0.79)):
        history.record(*epoch)
    loss, accuracy = learning_curves(history, "three epochs").axes
    curves = {line.get_label(): line.get_xydata().tolist() for line in loss.lines}
    assert curves == {
        "training": [[1, 0.7], [2, 0.5], [3, 0.3]],
        "validation": [[1, 0.6], [2, 0.4], [3, 0.5]],
        "kept": [[2, 0.4]],
    }
    assert [line.get_ydata()[-1] for line in accuracy.lines] == [0.9, 0.79, 0.82]
    plt.close("all")
