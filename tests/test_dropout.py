"""Dropout of inputs: its numbers, and Keras' own meaning of it."""

import numpy as np
import pytest
from fixtures import FUSED, B, D, T, assert_close, make_example

from lstm_course.layers.dropout import dropout_mask
from lstm_course.system.keras_import import import_keras
from lstm_course.twin.weights import params_to_keras


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.75])
def test_a_share_of_the_features_is_dropped_and_the_mean_is_kept(rate):
    mask = dropout_mask(np.random.default_rng(4), 400, 250, rate)
    assert mask.shape == (400, 1, 250)  # one mask for all steps of a sequence
    assert mask.dtype == np.float32
    assert set(np.unique(mask)) == {0, np.float32(1 / np.float32(1 - rate))}
    deviation = np.sqrt(rate / (1 - rate) / mask.size)
    assert mask.mean() == pytest.approx(1, abs=5 * deviation)
    # Every sequence and every feature draws for itself.
    assert (mask == 0).any(axis=0).all()
    assert (mask == 0).any(axis=2).all()
    assert not (mask == 0).all(axis=2).any()


def test_a_rate_of_zero_drops_nothing_and_every_call_draws_anew():
    rng = np.random.default_rng(4)
    assert (dropout_mask(rng, 3, 5, 0.0) == 1).all()
    first, second = (dropout_mask(rng, 3, 50, 0.5) for _ in range(2))
    assert not np.array_equal(first, second)
    again = dropout_mask(np.random.default_rng(4), 3, 50, 0.5, np.float64)
    assert again.dtype == np.float64


@pytest.mark.parametrize("rate", [-0.1, 1.0, 1.5, float("nan")])
def test_a_rate_outside_its_range_is_refused(rate):
    with pytest.raises(ValueError, match=rf"^rate is {rate}; expected 0 <= rate < 1$"):
        dropout_mask(np.random.default_rng(4), 3, 5, rate)


@pytest.mark.parametrize("kind", FUSED)
def test_inputs_times_the_mask_is_kerass_dropout(kind):
    import tensorflow as tf

    keras = import_keras()
    example = make_example(kind, initial_state=False)
    dropped = dropout_mask(np.random.default_rng(4), B, D, 0.4, np.float64)
    layer = getattr(keras.layers, FUSED[kind].keras)(
        example.d_outputs.shape[2],
        return_sequences=True,
        dropout=0.4,
        dtype="float64",
        **FUSED[kind].options,
    )
    layer.build((None, None, D))
    params_to_keras(example.params, layer)
    layer.cell.get_dropout_mask = lambda step_input: tf.constant(dropped[:, 0])
    inputs = tf.constant(example.inputs)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        expected = layer(inputs, mask=example.mask, training=True)
        loss = tf.reduce_sum(expected * example.d_outputs)
    d_expected = tape.gradient(loss, inputs)

    _, forward, backward, *_ = example.cell
    outputs, _, trace = forward(
        example.inputs * dropped, example.params, mask=example.mask
    )
    d_inputs, *_ = backward(example.d_outputs, trace)
    assert outputs.shape[1] == T
    assert_close(outputs, expected.numpy(), 1e-12)
    assert_close(d_inputs * dropped, d_expected.numpy(), 1e-12)
