"""Pooling over time: values by hand, gradients by complex step, and beside Keras'."""

import numpy as np
import pytest
from fixtures import MASKS, B, D, T, assert_close, assert_equal

from lstm_course.arrays.gradcheck import complex_step_gradient
from lstm_course.checker.planting import Mistake, planted
from lstm_course.layers.pooling import (
    max_pool_backward,
    max_pool_forward,
    mean_pool_backward,
    mean_pool_forward,
)
from lstm_course.system.keras_import import import_keras

KINDS = {
    "mean": (mean_pool_forward, mean_pool_backward),
    "max": (max_pool_forward, max_pool_backward),
}
kinds = pytest.mark.parametrize("kind", KINDS)
masks = pytest.mark.parametrize("mask", MASKS)


def numbers(*shape, seed=2, dtype=np.float64):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def test_by_hand():
    inputs = np.array([[[1.0, -9.0], [4.0, -2.0], [7.0, -4.0]]])
    mask = np.array([[True, True, False]])
    assert mean_pool_forward(inputs)[0] == pytest.approx(np.array([[4, -5]]))
    assert max_pool_forward(inputs)[0].tolist() == [[7, -2]]
    mean, mean_trace = mean_pool_forward(inputs, mask=mask)
    largest, max_trace = max_pool_forward(inputs, mask=mask)
    assert mean.tolist() == [[2.5, -5.5]]
    assert largest.tolist() == [[4, -2]]  # not 0, which padding would be
    d_outputs = np.array([[6.0, 8.0]])
    d_mean = mean_pool_backward(d_outputs, mean_trace)
    assert d_mean.tolist() == [[[3, 4], [3, 4], [0, 0]]]
    d_largest = max_pool_backward(d_outputs, max_trace)
    assert d_largest.tolist() == [[[0, 0], [6, 8], [0, 0]]]


@kinds
@masks
def test_a_masked_step_never_counts(kind, mask):
    """What stands there may be anything; a sequence without steps gives 0."""
    forward, backward = KINDS[kind]
    inputs, d_outputs, mask = numbers(B, T, D), numbers(B, D, seed=3), MASKS[mask]
    outputs, trace = forward(inputs, mask=mask)
    valid = np.ones((B, T), bool) if mask is None else mask
    for row in range(B):
        steps = inputs[row][valid[row]]
        expected = getattr(steps, kind)(axis=0) if len(steps) else np.zeros(D)
        assert outputs[row] == pytest.approx(expected, rel=1e-12)
    disturbed = np.where(valid[:, :, None], inputs, 99.0)
    assert_equal(forward(disturbed, mask=mask)[0], outputs)
    d_inputs = backward(d_outputs, trace)
    assert not d_inputs[~valid].any()
    share = d_outputs * valid.any(axis=1, keepdims=True)
    assert d_inputs.sum(axis=1) == pytest.approx(share, rel=1e-12)


@kinds
@masks
def test_backward_is_the_complex_step_in_every_entry(kind, mask):
    forward, backward = KINDS[kind]
    weights = numbers(B, D, seed=3)
    inputs = numbers(B, T, D)
    expected = complex_step_gradient(
        lambda x: np.sum(forward(x, mask=MASKS[mask])[0] * weights), inputs
    )
    _, trace = forward(inputs, mask=MASKS[mask])
    assert_close(backward(weights, trace), expected, 1e-12)


@pytest.mark.parametrize(
    ("kind", "layer", "mask"),
    [
        ("mean", "GlobalAveragePooling1D", "holes"),
        ("mean", "GlobalAveragePooling1D", "padded left"),
        ("mean", "GlobalAveragePooling1D", "no mask"),
        ("max", "GlobalMaxPooling1D", "no mask"),  # Keras' knows no masks
    ],
)
def test_the_same_as_keras(kind, layer, mask):
    import tensorflow as tf

    forward, backward = KINDS[kind]
    inputs, mask = numbers(B, T, D, dtype=np.float32), MASKS[mask]
    d_outputs = numbers(B, D, seed=3, dtype=np.float32)
    given = {} if mask is None else {"mask": tf.constant(mask)}
    with tf.GradientTape() as tape:
        watched = tf.Variable(inputs)
        expected = getattr(import_keras().layers, layer)()(watched, **given)
        loss = tf.reduce_sum(expected * d_outputs)
    outputs, trace = forward(inputs, mask=mask)
    assert outputs.dtype == np.float32
    assert_close(outputs, expected.numpy(), 1e-5)
    expected = tape.gradient(loss, watched).numpy()
    assert_close(backward(d_outputs, trace), expected, 1e-5)


@kinds
def test_nothing_is_changed_and_the_dtype_is_kept(kind):
    forward, backward = KINDS[kind]
    for dtype in (np.float32, np.float64, np.complex128):
        inputs, d_outputs = numbers(B, T, D, dtype=dtype), numbers(B, D, dtype=dtype)
        inputs.flags.writeable = d_outputs.flags.writeable = False
        outputs, trace = forward(inputs, mask=MASKS["holes"])
        d_inputs = backward(d_outputs, trace)
        assert (outputs.dtype, d_inputs.dtype) == (dtype, dtype)
        assert d_inputs.shape == inputs.shape


@kinds
@pytest.mark.parametrize(
    ("inputs", "mask", "message"),
    [
        (numbers(B, T), None, r"^inputs has shape \(3, 6\), 2 axes; expected 3: \(B"),
        (numbers(B, T, D), np.ones((B, T + 1), bool), r"^mask has shape \(3, 7\); exp"),
        (numbers(B, T, D), np.ones((B, T)), "^mask holds float64; expected bool"),
    ],
)
def test_wrong_arguments_are_named(kind, inputs, mask, message):
    forward, backward = KINDS[kind]
    with pytest.raises((TypeError, ValueError), match=message):
        forward(inputs, mask=mask)
    _, trace = forward(numbers(B, T, D))
    with pytest.raises(ValueError, match=r"^d_outputs has shape \(4, 4\); expected"):
        backward(numbers(B + 1, D), trace)


FAULTS = {
    "padding in the mean": ("mean_pool_forward", "valid / np", "1 / np"),
    "divided by all steps": (
        "mean_pool_forward",
        "valid.sum(axis=1, keepdims=True)",
        "valid.shape[1]",
    ),
    "the mean goes back to padding": (
        "mean_pool_backward",
        "trace.shares.transpose",
        "np.full_like(trace.shares, trace.shares.max()).transpose",
    ),
    "padding wins": ("max_pool_forward", "-np.inf", "0"),
    "the smallest": ("max_pool_forward", "inputs.real", "-inputs.real"),
    "the last of all": ("max_pool_forward", "ranked.argmax", "0 * ranked.argmax"),
    "nothing is padding": (
        "max_pool_forward",
        "np.where(some_counted, largest, 0)",
        "largest",
    ),
    "a sequence without steps learns": (
        "max_pool_backward",
        "np.where(trace.some_counted, d_outputs, 0)",
        "d_outputs",
    ),
    "to the step before": ("max_pool_backward", "trace.steps, d", "trace.steps - 1, d"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(fault):
    function, right, wrong = FAULTS[fault]
    mistake = Mistake(right, wrong, "", fault, f"layers.pooling.{function}")

    def noticed(check, *arguments):
        try:
            check(*arguments)
        except AssertionError:
            return True
        return False

    with planted(mistake):
        assert noticed(test_by_hand) or any(
            noticed(check, kind, mask)
            for check in (
                test_a_masked_step_never_counts,
                test_backward_is_the_complex_step_in_every_entry,
            )
            for kind in KINDS
            for mask in MASKS
        )
