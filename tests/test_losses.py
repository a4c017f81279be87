"""Losses: Keras' numbers, true gradients, no overflow."""

import math

import numpy as np
import pytest
from fixtures import assert_close

from lstm_course.arrays.gradcheck import (
    central_difference_gradient,
    complex_step_gradient,
)
from lstm_course.system.keras_import import import_keras
from lstm_course.training.losses import (
    binary_cross_entropy,
    mean_squared_error,
    softmax,
    softmax_cross_entropy,
)

rng = np.random.default_rng(9)
LOGITS, LABELS = 4 * rng.normal(size=7), np.array([0.0, 1, 1, 0, 1, 0, 0])


def test_loss_is_the_mean_of_minus_log_probability():
    probabilities = [1 / (1 + math.exp(-z)) for z in LOGITS]
    expected = -sum(
        math.log(p if label else 1 - p)
        for p, label in zip(probabilities, LABELS, strict=True)
    ) / len(LABELS)
    loss, _ = binary_cross_entropy(LOGITS, LABELS)
    assert loss == pytest.approx(expected, rel=1e-14)
    assert type(loss) is float


def test_loss_is_keras_loss():
    expected = import_keras().losses.BinaryCrossentropy(
        from_logits=True, dtype="float64"
    )
    loss, _ = binary_cross_entropy(LOGITS, LABELS)
    assert loss == pytest.approx(float(expected(LABELS, LOGITS)), rel=1e-12)


def test_gradient_is_the_central_difference():
    _, d_logits = binary_cross_entropy(LOGITS, LABELS)
    expected = central_difference_gradient(
        lambda logits: binary_cross_entropy(logits, LABELS)[0], LOGITS
    )
    assert_close(d_logits, expected, 1e-9)


def test_the_largest_logits_overflow_nothing():
    logits = np.array([1e4, 1e4, -1e4, -1e4])
    with np.errstate(all="raise", under="ignore"):
        loss, d_logits = binary_cross_entropy(logits, np.array([1.0, 0, 1, 0]))
    assert loss == 5e3
    assert d_logits.tolist() == [0, 0.25, -0.25, 0]


def test_float32_stays_float32():
    loss, d_logits = binary_cross_entropy(
        LOGITS.astype(np.float32), LABELS.astype(np.float32)
    )
    assert d_logits.dtype == np.float32
    assert loss == pytest.approx(binary_cross_entropy(LOGITS, LABELS)[0], rel=1e-6)


@pytest.mark.parametrize(
    ("logits", "labels", "error", "message"),
    [
        (
            LOGITS[:, None],
            LABELS,
            ValueError,
            r"logits has shape \(7, 1\), 2 axes; expected 1: \(B\)",
        ),
        # NumPy would have made a table of these two.
        (LOGITS, LABELS[:, None], ValueError, r"labels has shape \(7, 1\), 2 axes"),
        (
            LOGITS,
            LABELS[1:],
            ValueError,
            r"labels has shape \(6,\); expected \(B\) with B = 7, from logits",
        ),
        (LOGITS, LABELS.astype(int), TypeError, "labels holds int64; expected float"),
        (LOGITS > 0, LABELS, TypeError, "logits holds bool; expected float"),
        (LOGITS, LABELS.tolist(), TypeError, "labels is a list; expected a NumPy"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(logits, labels, error, message):
    with pytest.raises(error, match=f"^{message}"):
        binary_cross_entropy(logits, labels)


PREDICTIONS, TARGETS = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))


def test_mean_squared_error_is_kerass():
    expected = import_keras().losses.MeanSquaredError(dtype="float64")
    loss, _ = mean_squared_error(PREDICTIONS, TARGETS)
    assert type(loss) is float
    assert loss == pytest.approx(float(expected(TARGETS, PREDICTIONS)), rel=1e-14)


def test_gradient_of_mean_squared_error_is_the_central_difference():
    _, d_predictions = mean_squared_error(PREDICTIONS, TARGETS)
    expected = central_difference_gradient(
        lambda predictions: mean_squared_error(predictions, TARGETS)[0], PREDICTIONS
    )
    assert_close(d_predictions, expected, 1e-9)
    assert mean_squared_error(*[PREDICTIONS.astype(np.float32)] * 2)[1].dtype == "f4"


@pytest.mark.parametrize(
    ("predictions", "targets", "message"),
    [
        # NumPy would have compared each prediction with each target.
        (PREDICTIONS[:, :1], TARGETS[:, 0], r"targets has shape \(4,\), 1 axes"),
        (PREDICTIONS[:, :1], TARGETS, r"targets has shape \(4, 3\); expected \(B, K\)"),
    ],
)
def test_predictions_and_targets_have_one_shape(predictions, targets, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        mean_squared_error(predictions, targets)


SCORES = 3 * rng.normal(size=(4, 3, 5))  # (B, T, K)
CLASSES = np.array([[0, 4, 2], [1, 1, 3], [4, 0, 0], [2, 3, 1]])
no_steps = pytest.mark.parametrize(
    ("logits", "labels"), [(SCORES, CLASSES), (SCORES[:, 0], CLASSES[:, 0])]
)


def test_softmax_by_hand_and_without_overflow():
    expected = [math.exp(z) / sum(map(math.exp, SCORES[1, 2])) for z in SCORES[1, 2]]
    assert_close(softmax(SCORES)[1, 2], np.array(expected), 1e-15)
    with np.errstate(all="raise", under="ignore"):
        assert softmax(np.array([1e4, 0, 1e4])).tolist() == [0.5, 0, 0.5]
    assert softmax(SCORES.astype(np.float32)).dtype == np.float32


def test_softmax_passes_a_complex_step_through():
    weigh = rng.normal(size=SCORES.shape)
    exact = complex_step_gradient(lambda z: np.sum(weigh * softmax(z)), SCORES)
    p = softmax(SCORES)
    jacobian = np.einsum("btk,kl->btkl", p, np.eye(5)) - p[..., None] * p[..., None, :]
    assert_close(exact, np.einsum("btk,btkl->btl", weigh, jacobian), 1e-14)


@no_steps
def test_softmax_cross_entropy_is_minus_log_probability(logits, labels):
    loss, d_logits = softmax_cross_entropy(logits, labels)
    rows, classes = logits.reshape(-1, 5), labels.ravel()
    expected = -np.mean(
        [np.log(softmax(z)[k]) for z, k in zip(rows, classes, strict=True)]
    )
    assert type(loss) is float
    assert loss == pytest.approx(expected, rel=1e-14)

    def by_definition(z):
        at = tuple(np.indices(labels.shape))
        return -np.mean(np.log(softmax(z)[(*at, labels)]))

    assert_close(d_logits, complex_step_gradient(by_definition, logits), 1e-15)


@no_steps
def test_softmax_cross_entropy_is_keras_loss(logits, labels):
    expected = import_keras().losses.SparseCategoricalCrossentropy(
        from_logits=True, dtype="float64"
    )
    loss, _ = softmax_cross_entropy(logits, labels)
    assert loss == pytest.approx(float(expected(labels, logits)), rel=1e-12)


def test_softmax_cross_entropy_of_the_largest_logits():
    logits = np.array([[1e4, 0.0, -1e4], [-1e4, 1e4, 0]])
    with np.errstate(all="raise", under="ignore"):
        loss, d_logits = softmax_cross_entropy(logits, np.array([2, 1]))
    assert loss == 1e4
    assert d_logits.tolist() == [[0.5, 0, -0.5], [0, 0, 0]]
    single = softmax_cross_entropy(SCORES.astype(np.float32), CLASSES)
    assert single[1].dtype == np.float32
    assert single[0] == pytest.approx(softmax_cross_entropy(SCORES, CLASSES)[0])


@pytest.mark.parametrize(
    ("logits", "labels", "error", "message"),
    [
        (SCORES, CLASSES[:, 0], ValueError, r"labels has shape \(4,\), 1 axes"),
        (SCORES[0], CLASSES, ValueError, r"labels has shape \(4, 3\), 2 axes"),
        (SCORES, CLASSES.T, ValueError, r"labels has shape \(3, 4\); expected \(B, T"),
        (SCORES, CLASSES.astype(float), TypeError, "labels holds float64; expected in"),
        (SCORES[0, 0], CLASSES[0], ValueError, r"logits has shape \(5,\), 1 axes"),
        (SCORES, CLASSES + 1, ValueError, "labels go from 1 to 5; expected 0 to 4"),
        (SCORES, CLASSES - 1, ValueError, "labels go from -1 to 3; expected 0 to 4"),
    ],
)
def test_labels_are_one_a_row_and_have_a_logit(logits, labels, error, message):
    with pytest.raises(error, match=f"^{message}"):
        softmax_cross_entropy(logits, labels)
