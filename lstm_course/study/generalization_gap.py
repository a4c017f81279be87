"""How much worse a network does on what it has not learned from."""

import numpy as np

from lstm_course.arrays.shapes import Array


def loss_gap_at(level: float, train_loss: Array, val_loss: Array) -> float:
    """Return validation loss minus training loss where the latter is at a level.

    Between the two epochs whose training losses are the nearest above and below the
    level, the gap is interpolated. (Both losses of an epoch come from the same
    weights and rise and fall together, so the gap is the steadier quantity.)

    Args:
        level: the training loss at which to compare.
        train_loss: (epochs,).
        val_loss: (epochs,).

    Raises:
        ValueError: the training loss was never on both sides of the level.
    """
    train_loss, val_loss = np.asarray(train_loss), np.asarray(val_loss)
    if not train_loss.min() <= level <= train_loss.max():
        raise ValueError(
            f"level is {level}; the training loss went from {train_loss.max():.3f} "
            f"to {train_loss.min():.3f}"
        )
    order = np.argsort(train_loss)
    gaps = val_loss - train_loss
    return float(np.interp(level, train_loss[order], gaps[order]))
