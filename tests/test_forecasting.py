"""Forecasts that must be exact where there is a rule, and see the window alone."""

from functools import partial

import numpy as np
import pytest

from lstm_course.data.series import cut_windows, two_waves
from lstm_course.training.forecasting import (
    fit_changes,
    fit_least_squares,
    fit_lstm,
    last_value,
    rms_error,
    roll_out,
)

SERIES = two_waves(np.random.default_rng(4), 300, noise=0)
SMALL = partial(fit_lstm, seed=3, units=4, steps=20, batch_size=8)


def test_the_last_value_is_the_last():
    inputs = np.random.default_rng(0).normal(size=(3, 5, 1))
    assert last_value(inputs).tolist() == inputs[:, 4].tolist()


def test_least_squares_finds_a_linear_rule_and_counts_on():
    learned = np.array([[1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 6]])[..., np.newaxis]
    forecast = fit_least_squares(learned, np.array([[4], [5], [6], [7]]))
    asked = np.array([[5, 6, 7], [97, 98, 99], [-3, -2, -1]])[..., np.newaxis]
    assert forecast(asked) == pytest.approx(np.array([[8], [100], [0]]))


def test_least_squares_uses_a_constant():
    inputs = np.random.default_rng(1).normal(size=(9, 2, 1))
    forecast = fit_least_squares(inputs, 3 + inputs[:, 0] - inputs[:, 1])
    assert forecast(np.zeros((1, 2, 1))) == pytest.approx(3)


def test_an_lstm_learns_and_learns_the_same_from_the_same_seed():
    inputs, targets = cut_windows(SERIES, 12)
    forecast = fit_lstm(inputs, targets, seed=3, units=6, steps=150, batch_size=16)
    error = rms_error(forecast(inputs), targets)
    assert error < 0.5 * rms_error(last_value(inputs), targets)
    again = fit_lstm(inputs, targets, seed=3, units=6, steps=150, batch_size=16)
    assert np.array_equal(forecast(inputs), again(inputs))
    other = fit_lstm(inputs, targets, seed=4, units=6, steps=150, batch_size=16)
    assert not np.array_equal(forecast(inputs), other(inputs))


@pytest.mark.parametrize("fit", [fit_least_squares, SMALL])
def test_a_forecast_of_changes_is_alike_at_any_level(fit):
    inputs, targets = cut_windows(SERIES, 6)
    forecast = fit_changes(fit, inputs, targets)
    raised = forecast(inputs + 64)  # float32 keeps steps of a power of two
    assert raised - 64 == pytest.approx(forecast(inputs), abs=1e-5)
    plain = fit(inputs, targets)
    assert np.abs(plain(inputs + 64) - 64 - plain(inputs)).max() > 1e-9


def test_rolling_out_is_forecasting_by_hand():
    forecast = fit_least_squares(*cut_windows(SERIES, 5))
    window = SERIES[:5]
    by_hand = []
    for _ in range(7):
        following = forecast(window[-5:].reshape(1, 5, 1))[0, 0]
        by_hand.append(following)
        window = np.append(window, following)
    start = np.stack([SERIES[:5], SERIES[9:14]])[..., np.newaxis]
    rolled = roll_out(forecast, start, 7)
    assert rolled.shape == (2, 7)
    assert rolled[0] == pytest.approx(by_hand)
    assert rolled[1] == pytest.approx(SERIES[14:21], abs=1e-8)  # no noise: a rule
    with pytest.raises(ValueError, match="steps is 0"):
        roll_out(forecast, start, 0)


def test_the_error_is_a_root_of_a_mean_of_squares_of_equal_shapes():
    assert rms_error([1, 2, 3], [1, 5, 7]) == pytest.approx(np.sqrt(25 / 3))
    with pytest.raises(ValueError, match=r"\(4, 1\) and truth \(4,\) differ"):
        rms_error(np.ones((4, 1)), np.ones(4))
