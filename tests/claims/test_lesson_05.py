"""Lesson 05: long memory, vanishing and exploding, measured for RNN and LSTM."""

import numpy as np
import pytest

from lstm_course.data.tasks import adding_batch
from lstm_course.layers.cells import CELLS
from lstm_course.study.gradient_flow import gradient_reach
from lstm_course.study.measurements import read_measurement

GUESSING = 1 / 6


@pytest.fixture(scope="module")
def adding():
    return read_measurement("adding")


@pytest.fixture(scope="module")
def exploding():
    return read_measurement("exploding")


def column(measurement, case, key):
    """One value, or one row of values, a seed."""
    return np.array([run[key] for run in measurement["results"][case].values()], float)


def test_c01_the_rnn_gives_up_between_25_and_100_steps_and_the_lstm_does_not():
    distance = read_measurement("distance")
    for case in ("rnn", "rnn, slower"):
        errors = {
            length: column(distance, f"{case} {length}", "error")
            for length in (10, 25, 50, 100)
        }
        assert errors[10].max() < 0.01
        assert 0.01 < errors[25].min() < errors[25].max() < 0.1
        assert errors[50].min() > 0.05
        assert errors[100].min() > GUESSING
    assert column(distance, "rnn 50", "error").min() > 0.95 * GUESSING
    for length in (10, 25, 50, 100):
        assert column(distance, f"lstm {length}", "error").max() < 0.001


def test_c03_the_lstm_solves_what_the_rnn_does_not(adding):
    solved = {
        case: np.isfinite(column(adding, case, "solved_after"))
        for case in adding["results"]
    }
    assert {case: int(runs.sum()) for case, runs in solved.items()} == {
        "rnn": 0,
        "rnn, slower": 0,
        "lstm": 5,
        "gru": 5,
    }
    assert column(adding, "rnn", "error").min() > GUESSING
    assert column(adding, "lstm", "error").max() < 0.01
    assert column(adding, "lstm", "solved_after").min() == 850
    assert column(adding, "lstm", "solved_after").max() == 1250
    step = {
        cell: column(adding, cell, "cpu_seconds") / column(adding, cell, "steps")
        for cell in ("rnn", "lstm")
    }
    assert 2 < np.median(step["lstm"]) / np.median(step["rnn"]) < 4


def test_c22_new_the_lstms_gradient_is_shorter_and_trained_it_reaches(adding):
    new = {c: column(adding, c, "reach_before")[:, -1] for c in ("rnn", "lstm")}
    trained = {c: column(adding, c, "reach_after")[:, -1] for c in ("rnn", "lstm")}
    assert adding["recipe"]["distances"][-1] == 99
    assert new["lstm"].max() < 1e-6
    assert new["rnn"].min() > 1e-5
    assert trained["lstm"].min() > 0.03
    assert trained["rnn"].max() < 1e-4


def test_c22_the_lstm_explodes_too_but_needs_a_larger_kernel(exploding):
    assert set(column(exploding, "rnn", "explodes_from")) == {1.5}
    assert column(exploding, "lstm", "explodes_from").min() == 4
    assert column(exploding, "lstm", "explodes_from").max() == 12
    assert exploding["recipe"]["trained_times"] == [1, 2, 4, 8]
    rnn, lstm = (column(exploding, cell, "exploded") for cell in ("rnn", "lstm"))
    assert np.median(rnn[:, 1]) > 0.9
    assert lstm[:, 1].max() <= 0.01
    assert lstm[:, 3].min() >= 0.03


@pytest.mark.parametrize(
    ("cell", "times", "low", "high"),
    [
        ("rnn", 1, 1e-6, 1e-3),
        ("rnn", 2, 1e3, 1e6),
        ("lstm", 1, 1e-11, 1e-5),
        ("lstm", 2, 1e-6, 1),
        ("lstm", 12, 1e3, 1e12),
    ],
)
def test_c22_measured_anew(cell, times, low, high):
    params = CELLS[cell].init(np.random.default_rng(1), 2, 16, dtype=np.float64)
    params = params._replace(recurrent_kernel=times * params.recurrent_kernel)
    inputs, _ = adding_batch(np.random.default_rng(0), 32, 100, dtype=np.float64)
    assert low < gradient_reach(inputs, params)[99] < high
