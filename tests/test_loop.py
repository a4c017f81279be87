"""The training loop, driven by scripted losses: Keras' early stopping, Ctrl-C."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course.system.keras_import import import_keras
from lstm_course.training.history import History
from lstm_course.training.loop import fit

# Keras compares in float32: no two of these are nearer than it can tell.
losses = st.sampled_from([*(k / 8 for k in range(9)), float("inf"), float("nan")])


class Script:
    """Weights are the number of epochs trained; the validation losses are given."""

    def __init__(self, val_losses, interrupt=None):
        self.val_losses = val_losses
        self.interrupt = interrupt  # (where, in which epoch)
        self.bests, self.epochs_seen = [], []

    def stop_here(self, where, epoch):
        if self.interrupt == (where, epoch):
            raise KeyboardInterrupt

    def run_epoch(self, params):
        self.stop_here("run_epoch", params + 1)
        return params + 1, 10.0 + params, 0.5 + params / 100

    def evaluate(self, params):
        self.stop_here("evaluate", params)
        return self.val_losses[params - 1], params / 1000

    def on_best(self, params):
        self.bests.append(params)
        self.stop_here("on_best", params)

    def on_epoch(self, history):
        self.epochs_seen.append(history.epochs)
        self.stop_here("on_epoch", history.epochs)

    def fit(self, **options):
        return fit(
            0,
            self.run_epoch,
            self.evaluate,
            on_epoch=self.on_epoch,
            on_best=self.on_best,
            **{"epochs": len(self.val_losses), **options},
        )


def keras_early_stopping(val_losses, patience):
    """Return the weights and the number of epochs that Keras' callback leaves."""
    weights = SimpleNamespace(now=0)
    model = SimpleNamespace(
        stop_training=False,
        get_weights=lambda: weights.now,
        set_weights=lambda kept: setattr(weights, "now", kept),
    )
    callback = import_keras().callbacks.EarlyStopping(
        monitor="val_loss", mode="min", patience=patience, restore_best_weights=True
    )
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, loss in enumerate(val_losses):
        weights.now = epoch + 1
        callback.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            break
    callback.on_train_end()
    return weights.now, epoch + 1


@given(val_losses=st.lists(losses, min_size=1, max_size=9), patience=st.integers(1, 4))
@settings(max_examples=200)
def test_early_stopping_is_kerass(val_losses, patience):
    best, history = Script(val_losses).fit(patience=patience)
    assert (best, history.epochs) == keras_early_stopping(val_losses, patience)
    assert best == history.best_epoch


def test_patience_counts_epochs_without_a_lower_loss():
    script = Script([0.5, 0.4, 0.41, 0.4, 0.3, 0.35, 0.3, 0.31, 0.1])
    best, history = script.fit(patience=3)
    assert (best, history.best_epoch, history.epochs) == (5, 5, 8)
    assert history.ended == "no longer improving"
    assert script.bests == [1, 2, 5]
    assert script.epochs_seen == [*range(1, 9)]


def test_without_patience_every_epoch_is_run_and_recorded():
    best, history = Script([0.2, 0.9, 0.8, 0.7, 0.6]).fit()
    assert (best, history.ended) == (1, "all epochs run")
    assert history.loss == [10, 11, 12, 13, 14]
    assert history.accuracy == [0.5, 0.51, 0.52, 0.53, 0.54]
    assert history.val_loss == [0.2, 0.9, 0.8, 0.7, 0.6]
    assert history.val_accuracy == [0.001, 0.002, 0.003, 0.004, 0.005]


def test_the_cpu_time_of_the_training_is_measured(monkeypatch):
    ticks = iter([100.0, 107.5])
    monkeypatch.setattr("time.process_time", lambda: next(ticks))
    _, history = Script([0.2]).fit()
    assert history.cpu_seconds == 7.5


@pytest.mark.parametrize(
    ("where", "epoch", "best", "finished"),
    [
        ("run_epoch", 1, 0, 0),
        ("evaluate", 1, 0, 0),
        ("run_epoch", 4, 2, 3),
        ("evaluate", 4, 2, 3),
        ("on_epoch", 3, 2, 3),
        ("on_best", 4, 4, 4),  # the best is kept in memory, whatever was saved
    ],
)
def test_ctrl_c_keeps_the_best_there_was(where, epoch, best, finished):
    script = Script([0.5, 0.3, 0.4, 0.2, 0.1], interrupt=(where, epoch))
    kept, history = script.fit(patience=4)
    assert (kept, history.epochs, history.ended) == (best, finished, "interrupted")
    assert history.best_epoch == best


def test_any_other_error_is_raised():
    script = Script([0.5])
    script.evaluate = lambda params: 1 / 0
    with pytest.raises(ZeroDivisionError):
        script.fit()


def test_history_counts_from_one_and_the_first_of_equals_is_best():
    history = History()
    assert (history.epochs, history.best_epoch) == (0, 0)
    for val_loss in (0.5, 0.3, 0.3, 0.4):
        history.record(0.1, 0.2, val_loss, 0.9)
    assert (history.epochs, history.best_epoch) == (4, 2)
    assert History().loss == []  # no list is shared
