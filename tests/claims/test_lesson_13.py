"""Lesson 13: what each part of the LSTM is worth, and the forget gate's start."""

import numpy as np
import pytest

from lstm_course.experiments.verdict import compare, compare_counts, flaws
from lstm_course.study.measurements import over_seeds, read_measurement

PARTS = (
    "no input gate",
    "no forget gate",
    "no output gate",
    "no candidate tanh",
    "no output tanh",
)
MORE = ("coupled gates", "peepholes")
PAIRS = (
    *((start, "0") for start in ("1", "3", "5", "chrono", "chrono, f alone")),
    ("chrono", "1"),
    ("chrono", "chrono, f alone"),
)


@pytest.fixture(scope="module")
def parts():
    return read_measurement("cell_parts")


@pytest.fixture(scope="module")
def bias():
    return read_measurement("forget_bias")


def solved(measurement, case):
    return over_seeds(measurement, case, "solved") == 1


def times_the_full_cell(parts, case):
    """How many times as many updates: the word, the mean, and its interval."""
    pair = case, "full", "log_steps"
    found = compare(parts, *pair, comparisons=len(PARTS) + len(MORE))
    return found.word, *(10**value for value in found.difference)


def test_no_cell_is_at_the_edge_of_its_grid_and_all_have_ten_seeds(parts, bias):
    for measurement in (parts, bias):
        for case in measurement["results"]:
            assert flaws(measurement, case) == ()
            assert solved(measurement, case).size == 10


def test_q01_without_an_input_gate_the_task_is_not_solved(parts):
    without, full = solved(parts, "no input gate"), solved(parts, "full")
    assert (without.sum(), full.sum()) == (0, 10)
    assert compare_counts(full, without, comparisons=7) == "higher"
    word, mean, low, _ = times_the_full_cell(parts, "no input gate")
    assert word == "higher"
    assert mean > low > 3
    tried = parts["trials"]["no input gate"].values()
    assert min(score for by_seed in tried for score in by_seed.values()) > -1


def test_q01_without_a_forget_gate_it_cannot_be_told(parts):
    without, full = solved(parts, "no forget gate"), solved(parts, "full")
    assert without.sum() == 6
    assert compare_counts(full, without, comparisons=7) == "not settled"
    word, _, low, high = times_the_full_cell(parts, "no forget gate")
    assert word == "not settled"
    assert low < 1 < 5 < high
    alone = compare(parts, "no forget gate", "full", "log_steps").difference
    assert 1 < 10**alone.low < 1.01  # by itself it would just leave out 1
    trials = parts["trials"]["no forget gate"]
    scores = {rate: np.mean([*trials[rate].values()]) for rate in ("0.01", "0.3")}
    assert scores["0.3"] < scores["0.01"] < scores["0.3"] + 0.05


@pytest.mark.parametrize(
    "case", ["no output gate", "no candidate tanh", "no output tanh", "peepholes"]
)
def test_q01_the_other_parts_make_no_difference_that_shows(parts, case):
    assert solved(parts, case).all()
    word, _, low, high = times_the_full_cell(parts, case)
    assert word == "not settled"
    assert 0.54 < low < 1 < high < 2.02


def test_q01_coupled_gates_solve_it_in_a_third_of_the_updates(parts):
    assert solved(parts, "coupled gates").all()
    word, mean, _, high = times_the_full_cell(parts, "coupled gates")
    assert word == "lower"
    assert mean == pytest.approx(0.32, abs=0.005)
    assert high < 0.5


def updates(measurement, case):
    return 10 ** over_seeds(measurement, case, "log_steps")


def times_as_many(bias, first, second):
    assert (first, second) in PAIRS
    found = compare(bias, first, second, "log_steps", comparisons=len(PAIRS))
    return found.word, *(10**value for value in found.difference)


def test_the_belt_wears_down_in_a_new_cell_and_not_in_a_trained_one(bias):
    distances = bias["recipe"]["distances"]
    share = {
        when: np.median(over_seeds(bias, "1", f"belt_share_{when}"), axis=0)
        for when in ("before", "after")
    }
    near, ten, fifty = (distances.index(k) for k in (1, 10, 50))
    assert share["before"][near] > 0.9
    assert 0.1 < share["before"][ten] < 0.3
    assert abs(share["before"][fifty]) < 0.01
    assert 0.85 < share["after"].min() < share["after"].max() < 0.89
    reach = over_seeds(bias, "1", "reach_after")
    assert np.median(reach[:, -1]) == pytest.approx(np.median(reach[:, 0]), rel=0.1)


def test_q02_from_0_all_seeds_learn_it_though_no_gradient_comes_that_far(bias):
    assert solved(bias, "0").all()
    assert updates(bias, "0").max() == pytest.approx(800, abs=1)
    assert np.median(over_seeds(bias, "0", "reach_before")[:, -1]) < 1e-20


@pytest.mark.parametrize(
    ("start", "solve"), [("1", 10), ("3", 10), ("5", 7), ("chrono, f alone", 8)]
)
def test_q02_a_forget_bias_alone_cannot_be_told_from_0(bias, start, solve):
    assert solved(bias, start).sum() == solve
    counts = compare_counts(solved(bias, start), solved(bias, "0"))
    assert counts == "not settled"
    word, _, low, high = times_as_many(bias, start, "0")
    assert word == "not settled"
    assert low < 1 < high


def test_q02_chrono_is_sooner_than_0_and_than_1(bias):
    assert solved(bias, "chrono").all()
    for start, factor in (("0", 0.34), ("1", 0.38)):
        word, mean, _, high = times_as_many(bias, "chrono", start)
        assert word == "lower"
        assert mean == pytest.approx(factor, abs=0.005)
        assert high < 0.55


def test_q02_it_takes_both_biases(bias):
    word, mean, _, high = times_as_many(bias, "chrono", "chrono, f alone")
    assert word == "lower"
    assert mean == pytest.approx(0.20, abs=0.005)
    assert high < 0.5


def test_q02_the_gradient_does_not_decide(bias):
    """New cells from 3 hand on more of it than from chrono, and learn later."""
    back = {
        start: np.median(over_seeds(bias, start, "reach_before")[:, -1])
        for start in ("3", "5", "chrono")
    }
    assert back["5"] > back["3"] > back["chrono"] > 0.1
    for start in ("3", "5"):
        assert np.median(updates(bias, start)) > 2 * np.median(updates(bias, "chrono"))
