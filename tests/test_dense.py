"""The dense layer: sums written out, every gradient checked."""

import numpy as np
import pytest
from fixtures import assert_close, dtypes_of

from lstm_course.arrays.gradcheck import complex_step_gradient
from lstm_course.layers.dense import (
    DenseParams,
    dense_backward,
    dense_forward,
    dense_init,
)

B, D, K = 3, 4, 2
rng = np.random.default_rng(8)
INPUTS, D_OUTPUTS = rng.normal(size=(B, D)), rng.normal(size=(B, K))
PARAMS = DenseParams(rng.normal(size=(D, K)), rng.normal(size=K))


def test_every_output_is_a_weighted_sum():
    outputs, _ = dense_forward(INPUTS, PARAMS)
    for (row, k), output in np.ndenumerate(outputs):
        products = (INPUTS[row, d] * PARAMS.kernel[d, k] for d in range(D))
        assert output == pytest.approx(sum(products) + PARAMS.bias[k], rel=1e-14)


def test_gradients_are_the_complex_step():
    expected = complex_step_gradient(
        lambda tree: np.sum(dense_forward(*tree)[0] * D_OUTPUTS), (INPUTS, PARAMS)
    )
    _, trace = dense_forward(INPUTS, PARAMS)
    assert_close(dense_backward(D_OUTPUTS, trace), expected, 1e-14)


def test_float32_stays_float32():
    params = DenseParams(*(array.astype(np.float32) for array in PARAMS))
    outputs, trace = dense_forward(INPUTS.astype(np.float32), params)
    gradients = dense_backward(D_OUTPUTS.astype(np.float32), trace)
    assert dtypes_of((outputs, gradients)) == {np.dtype(np.float32)}


def test_init_draws_as_keras_does():
    kernel, bias = dense_init(np.random.default_rng(1), 300, 200)
    limit = np.sqrt(6 / 500)
    assert kernel.shape == (300, 200)
    assert 0.999 * limit < abs(kernel).max() <= limit
    assert bias.tolist() == [0] * 200
    assert dtypes_of((kernel, bias)) == {np.dtype(np.float32)}


def test_init_says_what_cannot_be_drawn():
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match=r"^units is -4; expected at least 1$"):
        dense_init(rng, 3, -4)
    with pytest.raises(TypeError, match=r"^input_dim is 3\.0; expected an integer$"):
        dense_init(rng, 3.0, 4)
    with pytest.raises(TypeError, match=r"^rng is None; expected a generator"):
        dense_init(None, 3, 4)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"inputs": INPUTS[0]}, ValueError, r"inputs has shape \(4,\), 1 axes; exp"),
        (
            {"inputs": INPUTS[:, 1:]},
            ValueError,
            r"inputs has shape \(3, 3\); expected \(B, D\) with D = 4, from kernel",
        ),
        ({"inputs": INPUTS.astype(int)}, TypeError, "inputs holds int64; expected flo"),
        (
            {"kernel": PARAMS.kernel[0]},
            ValueError,
            r"kernel has shape \(2,\), 1 axes; expected 2: \(D, K\)",
        ),
        (
            {"bias": PARAMS.bias[1:]},
            ValueError,
            r"bias has shape \(1,\); expected \(K\) with K = 2, from kernel",
        ),
    ],
)
def test_forward_says_what_does_not_fit(change, error, message):
    inputs = change.get("inputs", INPUTS)
    params = PARAMS._replace(**{k: v for k, v in change.items() if k != "inputs"})
    with pytest.raises(error, match=f"^{message}"):
        dense_forward(inputs, params)


@pytest.mark.parametrize(
    ("d_outputs", "error", "message"),
    [
        (
            D_OUTPUTS[:, 0],
            ValueError,
            r"d_outputs has shape \(3,\), 1 axes; expected 2",
        ),
        (
            D_OUTPUTS[1:],
            ValueError,
            r"d_outputs has shape \(2, 2\); expected \(B, K\) with B = 3, from inputs",
        ),
        (
            D_OUTPUTS[:, 1:],
            ValueError,
            r"d_outputs has shape \(3, 1\); expected \(B, K\) with K = 2, from kernel",
        ),
        (D_OUTPUTS > 0, TypeError, "d_outputs holds bool; expected float"),
    ],
)
def test_backward_says_what_does_not_fit(d_outputs, error, message):
    _, trace = dense_forward(INPUTS, PARAMS)
    with pytest.raises(error, match=f"^{message}"):
        dense_backward(d_outputs, trace)
