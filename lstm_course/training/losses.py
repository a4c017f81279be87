"""Losses and their gradients by what the model put out."""

import numpy as np

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.shapes import Array, Ids, check_shapes


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


def softmax(logits: Array) -> Array:
    """Return exp(z) / Σ exp(z) along the last axis: K probabilities, which sum to 1.

    The largest logit of each row is subtracted first, which changes nothing but what
    could overflow.

    Args:
        logits: (…, K) floating point.
    """
    # .real: of a complex step's numbers, too, which have no order.
    powers = np.exp(logits - logits.real.max(axis=-1, keepdims=True))
    probabilities: Array = powers / powers.sum(axis=-1, keepdims=True)
    return probabilities


def softmax_cross_entropy(logits: Array, labels: Ids) -> tuple[float, Array]:
    """Return the mean of -log p(label) and its gradient by the logits.

    With p = softmax(z), the gradient of -log p(label) is p - 1 at the label and p at
    all others. Divided by log 2, the loss is in bits.

    Args:
        logits: (B, K), or (B, T, K) with a label at every step.
        labels: (B,) or (B, T), whole numbers from 0 to K - 1.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size, or a label
            has no logit.
    """
    axes = "B T" if np.ndim(logits) == 3 else "B"
    sizes = {"logits": (logits, f"{axes} K"), "labels": (labels, f"int {axes}")}
    classes = check_shapes(**sizes)["K"]
    if labels.size and not (labels.min() >= 0 and labels.max() < classes):
        raise ValueError(
            f"labels go from {labels.min()} to {labels.max()}; "
            f"expected 0 to {classes - 1}, for there are {classes} logits"
        )
    shifted = logits - logits.max(axis=-1, keepdims=True)
    powers = np.exp(shifted)
    sums = powers.sum(axis=-1, keepdims=True)
    of_labels = labels[..., np.newaxis]
    loss = np.mean(np.log(sums) - np.take_along_axis(shifted, of_labels, axis=-1))
    d_logits = powers / sums
    at_labels = np.take_along_axis(d_logits, of_labels, axis=-1)
    np.put_along_axis(d_logits, of_labels, at_labels - 1, axis=-1)
    return float(loss), d_logits / labels.size


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
