"""Where weights start, and the function that squashes gates."""

import math

import numpy as np
import pytest
from fixtures import assert_equal

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.gradcheck import complex_step_gradient
from lstm_course.arrays.initializers import glorot_uniform, orthogonal, uniform


def rng(seed=5):
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    ("draw", "limit"),
    [(glorot_uniform, math.sqrt(6 / 500)), (uniform, 0.05)],
)
def test_uniform_weights_fill_their_range_evenly(draw, limit):
    weights = draw(rng(), (200, 300), np.float64)
    assert weights.shape == (200, 300)
    share, edges = np.histogram(weights, bins=10, range=(-limit, limit))
    assert share.sum() == weights.size  # none outside
    assert share / weights.size == pytest.approx(np.full(10, 0.1), abs=0.005)
    assert edges[-1] == limit


@pytest.mark.parametrize("shape", [(4, 12), (12, 4), (6, 6), (1, 5)])
def test_orthogonal_rows_or_columns_are_orthonormal(shape):
    weights = orthogonal(rng(), shape, np.float64)
    assert weights.shape == shape
    short = weights if shape[0] <= shape[1] else weights.T
    assert short @ short.T == pytest.approx(np.eye(len(short)), abs=1e-14)


def test_orthogonal_draws_favour_no_sign():
    """Without the correction by the signs of R, the first entries are mostly < 0."""
    first = [orthogonal(rng(seed), (3, 3), np.float64)[0, 0] for seed in range(400)]
    assert abs(np.mean(np.sign(first))) < 0.2


@pytest.mark.parametrize("draw", [glorot_uniform, orthogonal, uniform])
def test_a_seed_gives_the_same_weights_in_either_precision(draw):
    assert draw(rng(), (3, 5)).dtype == np.float32
    double = draw(rng(), (3, 5), np.float64)
    assert double.dtype == np.float64
    assert_equal(draw(rng(), (3, 5)), double.astype(np.float32))
    assert not np.array_equal(draw(rng(6), (3, 5), np.float64), double)


def test_sigmoid_is_the_logistic_function():
    z = np.linspace(-30, 30, 61)
    expected = [1 / (1 + math.exp(-value)) for value in z]
    assert sigmoid(z) == pytest.approx(expected, rel=1e-12, abs=1e-16)


def test_sigmoid_cannot_overflow():
    with np.errstate(all="raise"):
        assert sigmoid(np.array([-1e300, 0.0, 1e300])).tolist() == [0, 0.5, 1]


def test_sigmoid_is_analytic_and_keeps_its_dtype():
    z = np.array([-3.0, -0.1, 0.4, 5.0])
    slope = complex_step_gradient(lambda w: np.sum(sigmoid(w)), z)
    assert slope == pytest.approx(sigmoid(z) * (1 - sigmoid(z)), rel=1e-12)
    for dtype in (np.float32, np.float64, np.complex128):
        assert sigmoid(z.astype(dtype)).dtype == dtype
