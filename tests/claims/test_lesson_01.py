"""The verdicts of lesson 01, on the figures that decide them."""

import numpy as np
import pytest

from lstm_course import (
    gru_forward,
    gru_init,
    lstm_forward,
    lstm_init,
    rnn_forward,
    rnn_init,
)
from lstm_course.system.keras_import import import_keras


@pytest.mark.parametrize(
    ("init", "forward"),
    [(rnn_init, rnn_forward), (lstm_init, lstm_forward), (gru_init, gru_forward)],
)
def test_c07_a_recurrent_layer_tells_one_order_from_another_and_a_mean_cannot(
    init, forward
):
    rng = np.random.default_rng(0)
    params = init(rng, 3, 4, dtype=np.float64)
    x = rng.normal(size=(1, 7, 3))
    swapped = x[:, [0, 1, 2, 5, 4, 3, 6]]
    assert np.allclose(x.mean(axis=1), swapped.mean(axis=1))
    _, one, _ = forward(x, params)
    _, other, _ = forward(swapped, params)
    assert np.abs(one.h - other.h).max() > 0.01


def test_c08_the_example_has_shape_2_3_and_an_array_of_any_rank_is_a_tensor():
    keras = import_keras()
    arrays = [7, [1, 2, 3], [[1, 2, 3], [4, 5, 6]], np.zeros((4, 2, 3))]
    assert np.shape(arrays[2]) == (2, 3)
    for rank, array in enumerate(arrays):
        assert np.ndim(array) == rank
        tensor = keras.ops.convert_to_tensor(array)
        assert keras.ops.is_tensor(tensor)  # a scalar's no less than a block's
        assert len(tensor.shape) == rank


def test_c09_an_lstm_takes_samples_steps_features_and_nothing_less():
    x = np.array([[1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 6]], np.float32)
    params = lstm_init(np.random.default_rng(0), 1, 10)
    keras = import_keras()
    with pytest.raises(ValueError, match=r"shape \(4, 3\).*expected 3: \(B, T, D\)"):
        lstm_forward(x, params)
    with pytest.raises(ValueError, match="expected ndim=3, found ndim=2"):
        keras.layers.LSTM(10)(x)
    outputs, _, _ = lstm_forward(x[:, :, np.newaxis], params)
    assert outputs.shape == (4, 3, 10)
    assert keras.layers.LSTM(10)(x[:, :, np.newaxis]).shape == (4, 10)
