"""Losses and their gradients, from logits: the scores before the last sigmoid."""

import numpy as np

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.shapes import Array, check_shapes


def binary_cross_entropy(logits: Array, labels: Array) -> tuple[float, Array]:
    """Return the mean of -log p(label) and its gradient by the logits.

    With p = σ(z), -log p is softplus(-z) for label 1 and softplus(z) for label 0:
    written so, no logit overflows and no probability rounds to 0 or 1.

    Args:
        logits: (B,).
        labels: (B,) floating point, 0 or 1.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    check_shapes(logits=(logits, "B"), labels=(labels, "B"))
    loss = np.mean(np.logaddexp(0, logits) - labels * logits)
    return float(loss), (sigmoid(logits) - labels) / len(logits)
