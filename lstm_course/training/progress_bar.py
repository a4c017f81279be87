"""One progress bar for both engines: in a terminal, in a notebook, in a web page."""

import sys

from tqdm.auto import tqdm

from lstm_course.system.web_page import IN_WEB_PAGE
from lstm_course.training.history import History


class _Bar(tqdm):  # type: ignore[misc]
    monitor_interval = 0  # no thread that watches it: it is drawn often enough


class Progress:
    """A bar over the batches of all epochs, headed by the last validation result.

    It shows in a terminal, a notebook and a web page, and keeps out of logs and pipes.
    """

    def __init__(self, epochs: int, batches: int) -> None:
        # In a notebook and in a page standard output is no terminal, yet the bar
        # belongs there.
        belongs = "ipykernel" in sys.modules or IN_WEB_PAGE
        disable = False if belongs else None
        self._epochs = epochs
        self._bar = _Bar(
            total=epochs * batches, unit="batch", disable=disable, desc="epoch 1"
        )

    def advance(self) -> None:
        """Count one more batch."""
        self._bar.update()

    def end_epoch(self, history: History) -> None:
        """Show the number of the epoch that begins, and the last one's result."""
        number = min(history.epochs + 1, self._epochs)
        self._bar.set_description(
            f"epoch {number}, val_loss {history.val_loss[-1]:.4f}"
        )

    def close(self) -> None:
        """Leave the bar as it stands."""
        self._bar.close()
