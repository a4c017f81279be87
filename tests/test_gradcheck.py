"""The judges of gradients, judged on functions whose gradients are known."""

import numpy as np
import pytest
from fixtures import assert_close, make_example, run

from lstm_course.arrays.gradcheck import (
    central_difference_gradient,
    complex_step_gradient,
    worst_entry,
)
from lstm_course.arrays.trees import tree_map
from lstm_course.layers.dense import DenseParams

rng = np.random.default_rng(7)
TREE = (DenseParams(rng.normal(size=(2, 3)), rng.normal(size=3)), rng.normal(size=4))
WEIGHTS = tree_map(lambda array: rng.normal(size=array.shape), TREE)


def loss(tree):
    (kernel, bias), x = tree
    (w_kernel, w_bias), w_x = WEIGHTS
    return (
        np.sum(w_kernel * np.exp(kernel)) * bias[0]
        + np.sum(w_bias * np.sin(bias))
        + np.sum(w_x * x**3)
    )


def true_gradient(tree):
    (kernel, bias), x = tree
    (w_kernel, w_bias), w_x = WEIGHTS
    d_bias = w_bias * np.cos(bias)
    d_bias[0] += np.sum(w_kernel * np.exp(kernel))
    return DenseParams(w_kernel * np.exp(kernel) * bias[0], d_bias), w_x * 3 * x**2


@pytest.mark.parametrize(
    ("judge", "tolerance"),
    [(complex_step_gradient, 1e-15), (central_difference_gradient, 1e-9)],
)
def test_judges_find_the_true_gradient_and_change_nothing(judge, tolerance):
    before = tree_map(np.copy, TREE)
    got = judge(loss, TREE)
    assert isinstance(got[0], DenseParams)
    assert_close(got, true_gradient(TREE), tolerance)
    assert_close(TREE, before, 0)


def test_float32_parameters_are_judged_in_full_precision():
    single = tree_map(lambda array: array.astype(np.float32), TREE)
    double = tree_map(lambda array: array.astype(np.float64), single)
    for judge in (complex_step_gradient, central_difference_gradient):
        assert_close(judge(loss, single), true_gradient(double), 1e-9)


def test_an_array_of_no_axes_is_one_entry():
    got = complex_step_gradient(lambda w: w**2, np.array(3.0))
    assert got.shape == ()
    assert got == 6.0


def test_the_wrong_entry_of_an_lstm_gradient_is_named():
    gradients = run(make_example("lstm"))[2:]
    wrong = tree_map(np.copy, gradients)
    wrong[1].recurrent_kernel[3, 7] *= -1
    worst = worst_entry(wrong, gradients)
    assert (worst.name, worst.position) == ("1.recurrent_kernel", (3, 7))
    assert worst.expected == -worst.got == gradients[1].recurrent_kernel[3, 7]
    largest = abs(gradients[1].recurrent_kernel).max()
    assert worst.error == pytest.approx(2 * abs(worst.expected) / largest)
    assert str(worst).startswith("worst at 1.recurrent_kernel[3, 7]: expected ")
    assert worst_entry(gradients, gradients).error == 0


def test_the_error_is_in_units_of_the_largest_entry():
    expected = (np.array([1e-12, 4.0]), np.array([0.0, 0.0]))
    assert worst_entry((np.array([2e-12, 4.0]), expected[1]), expected).error < 1e-12
    worst = worst_entry((np.array([1e-12, 5.0]), np.array([0.0, -0.5])), expected)
    assert (worst.error, worst.name, worst.position) == (0.5, "1", (1,))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_no_number_is_the_worst_of_errors(bad):
    expected = (np.ones(3), np.ones(2))
    worst = worst_entry((np.array([9.0, 1, 1]), np.array([1, bad])), expected)
    assert (worst.name, worst.position) == ("1", (1,))
    assert worst.error > 1e300


def test_gradients_of_another_shape_are_refused_by_name():
    with pytest.raises(ValueError, match=r"^0 has shape \(3,\); expected \(2,\)$"):
        worst_entry((np.ones(3),), (np.ones(2),))
