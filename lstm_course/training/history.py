"""What happened in a training run, epoch by epoch."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass
class History:
    """Losses and accuracies after each epoch; both engines return one.

    ``loss`` and ``accuracy`` are means over the epoch's batches while the weights
    changed (with dropout), as Keras prints them; ``val_…`` are measured at its end.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    val_loss: list[float] = field(default_factory=list)
    val_accuracy: list[float] = field(default_factory=list)
    cpu_seconds: float = 0.0
    ended: Literal["all epochs run", "no longer improving", "interrupted"] = (
        "all epochs run"
    )

    @property
    def epochs(self) -> int:
        """The number of epochs that were finished."""
        return len(self.val_loss)

    @property
    def best_epoch(self) -> int:
        """The epoch with the lowest validation loss, counted from 1; 0 if none."""
        if not self.val_loss:
            return 0
        return 1 + min(range(self.epochs), key=self.val_loss.__getitem__)

    def record(
        self, loss: float, accuracy: float, val_loss: float, val_accuracy: float
    ) -> None:
        """Add an epoch."""
        self.loss.append(float(loss))
        self.accuracy.append(float(accuracy))
        self.val_loss.append(float(val_loss))
        self.val_accuracy.append(float(val_accuracy))
