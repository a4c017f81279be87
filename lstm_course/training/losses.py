"""Losses and their gradients by what the model put out."""

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


def mean_squared_error(predictions: Array, targets: Array) -> tuple[float, Array]:
    """Return the mean of (prediction - target)², and its gradient by the predictions.

    Args:
        predictions: (B, K).
        targets: (B, K).

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    check_shapes(predictions=(predictions, "B K"), targets=(targets, "B K"))
    error = predictions - targets
    return float(np.mean(error * error)), (2 / error.size) * error
