"""Series by their own rules, and windows that see no future."""

import numpy as np
import pytest

from lstm_course.data.series import cut_windows, mackey_glass, two_waves


def rng(seed=3):
    return np.random.default_rng(seed)


def test_two_waves_without_noise_follow_a_rule_of_four_weights():
    series = two_waves(rng(), 300, noise=0, level=5)
    assert series.shape == (300,)
    inputs, targets = cut_windows(series, 4)
    known = np.column_stack([inputs[..., 0], np.ones(len(inputs))])
    weights, *_ = np.linalg.lstsq(known, targets, rcond=None)
    assert known @ weights == pytest.approx(targets, abs=1e-9)
    half_each = np.abs(np.fft.rfft(series[:-60] - 5))[[12]]  # 240 steps: 12 of 20
    assert half_each / 120 == pytest.approx(1, abs=0.1)
    assert series.mean() == pytest.approx(5, abs=0.1)


def test_the_noise_is_what_is_added_and_as_large_as_said():
    clean, noisy = (two_waves(rng(), 20_000, noise=noise) for noise in (0, 0.3))
    assert np.std(noisy - clean) == pytest.approx(0.3, rel=0.03)
    clean, noisy = (mackey_glass(rng(), 20_000, noise=noise) for noise in (0, 0.3))
    assert np.std(noisy - clean) == pytest.approx(0.3, rel=0.03)


def test_mackey_glass_is_the_equation_of_1977_every_third_day():
    series = mackey_glass(rng(), 50, noise=0)
    days = np.full(18 + 600 + 150, 1.2 + 0.1 * rng().normal())
    for t in range(18, len(days)):
        growth = 0.2 * days[t - 18] / (1 + days[t - 18] ** 10) - 0.1 * days[t - 1]
        days[t] = days[t - 1] + growth
    assert series == pytest.approx(days[-150::3], abs=1e-9)


def test_mackey_glass_stays_in_its_range_and_does_not_repeat_itself():
    series = mackey_glass(rng(), 3_000, noise=0)
    assert 0.3 < series.min() < 0.5
    assert 1.2 < series.max() < 1.4
    assert len(np.unique(series.round(9))) > 2_990


def test_windows_are_followed_by_their_targets():
    inputs, targets = cut_windows(np.arange(1.0, 8.0), 3)
    assert inputs[:, :, 0].tolist() == [[1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 6]]
    assert targets.tolist() == [[4], [5], [6], [7]]


def test_a_window_needs_a_value_after_it():
    assert cut_windows(np.arange(4.0), 3)[1].tolist() == [[3]]
    with pytest.raises(ValueError, match="has 3 values; windows of 3 and a value"):
        cut_windows(np.arange(3.0), 3)
    with pytest.raises(ValueError, match="length is 0; expected at least 1"):
        cut_windows(np.arange(3.0), 0)
    for make in (two_waves, mackey_glass):
        with pytest.raises(ValueError, match="steps is 0; expected at least 1"):
            make(rng(), 0)
