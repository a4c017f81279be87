"""The training loop: epochs, early stopping, the best weights kept."""

import time
from collections.abc import Callable
from typing import TypeVar

from lstm_course.training.history import History

Params = TypeVar("Params")


def fit(
    params: Params,
    run_epoch: Callable[[Params], tuple[Params, float, float]],
    evaluate: Callable[[Params], tuple[float, float]],
    *,
    epochs: int,
    patience: int | None = None,
    on_epoch: Callable[[History], None] = lambda history: None,
    on_best: Callable[[Params], None] = lambda params: None,
) -> tuple[Params, History]:
    """Train until the epochs are over or the validation loss no longer falls.

    Args:
        params: the weights to start from.
        run_epoch: trains for an epoch; returns new weights, loss and accuracy.
        evaluate: returns validation loss and accuracy.
        epochs: the most epochs to run, 1 or more.
        patience: stop after so many epochs in a row without a lower validation
            loss; None never stops early.
        on_epoch: called with the history after each epoch.
        on_best: called with the weights whenever the validation loss is the lowest
            yet.

    Returns:
        The weights with the lowest validation loss, and the history. Ctrl-C ends the
        training early, and what was reached by then is returned the same way.
    """
    best, history, started = params, History(), time.process_time()
    try:
        for _ in range(epochs):
            params, loss, accuracy = run_epoch(params)
            history.record(loss, accuracy, *evaluate(params))
            if history.best_epoch == history.epochs:
                best = params
                on_best(best)
            on_epoch(history)
            if patience and history.epochs - history.best_epoch >= patience:
                history.ended = "no longer improving"
                break
    except KeyboardInterrupt:
        history.ended = "interrupted"
    history.cpu_seconds = time.process_time() - started
    return best, history
