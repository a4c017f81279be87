"""The progress bar shows where somebody looks, and stays out of logs."""

import sys
import threading
from types import ModuleType

import pytest

from lstm_course.training.history import History
from lstm_course.training.progress_bar import Progress


def train(epochs=2, batches=3):
    history = History()
    bar = Progress(epochs, batches)
    for epoch in range(epochs):
        for _ in range(batches):
            bar.advance()
        history.record(0, 0, 0.5 - epoch / 8, 0)
        bar.end_epoch(history)
    bar.close()


def test_a_log_has_no_bar(monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    train()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("where", ["notebook", "terminal"])
def test_a_notebook_and_a_terminal_have_one(monkeypatch, capsys, where):
    if where == "notebook":
        monkeypatch.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    else:
        monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    train()
    shown = capsys.readouterr().err
    assert "epoch 1:   0%" in shown
    assert "epoch 2, val_loss 0.3750: 100%" in shown
    assert "6/6" in shown
    assert "epoch 3" not in shown  # of two


@pytest.mark.filterwarnings("error")
def test_it_needs_no_thread(monkeypatch, capsys):
    """A page's Python has none."""

    def fail(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    monkeypatch.setattr(threading.Thread, "start", fail)
    train()
    assert "6/6" in capsys.readouterr().err
