"""Reading a measurement: what the seeds gave, and how it is told."""

import numpy as np
import pytest

from lstm_course.study.measurements import over_seeds, spread

MEASUREMENT = {
    "results": {
        "rnn": {
            "1": {"error": 0.25, "solved_after": None, "reach": [1.0, 1e-20]},
            "2": {"error": 0.5, "solved_after": 900, "reach": [1.0, None]},
        },
        "lstm": {"1": {"error": 8.0}},
    }
}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("error", [0.25, 0.5]),
        ("solved_after", [np.nan, 900]),
        ("reach", [[1, 1e-20], [1, np.nan]]),
    ],
)
def test_over_seeds_gives_a_row_a_seed_in_the_order_of_the_runs(key, expected):
    got = over_seeds(MEASUREMENT, "rnn", key)
    assert got.dtype == np.float64
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize(
    ("values", "form", "expected"),
    [
        ([5, 1, 2], ".0f", "2 (1 to 5)"),
        ([1e-8, 3e-8], ".0e", "2e-08 (1e-08 to 3e-08)"),
        ([0.5], ".2f", "0.50 (0.50 to 0.50)"),
    ],
)
def test_spread_tells_the_median_between_the_lowest_and_the_highest(
    values, form, expected
):
    assert spread(np.array(values), form) == expected
