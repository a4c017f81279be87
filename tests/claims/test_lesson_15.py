"""The verdicts of lesson 15, on the figures that decide them."""

import numpy as np
import pytest

from lstm_course.experiments.verdict import NOT_SETTLED, compare
from lstm_course.study.measurements import over_seeds, read_measurement

FEATURES = ("500 words", "2000 words", "10000 words", "words and pairs")


def flattery(name):
    """How much better a model does on films that it knows."""
    return compare(
        read_measurement("films"),
        f"{name}, random",
        f"{name}, films",
        "test_accuracy",
        comparisons=len(FEATURES),
    )


def lead(first, second):
    return compare(
        read_measurement("ladder"), first, second, "test_accuracy", comparisons=4
    )


@pytest.mark.parametrize("name", FEATURES)
def test_q05_a_random_split_flatters(name):
    assert flattery(name).word == "higher"


def test_q05_the_models_were_tuned_inside_the_grid():
    measured = read_measurement("films")
    grid = measured["recipe"]["tuning"]["grid"]
    for case, runs in measured["results"].items():
        assert len(runs) == 5
        (strength,) = {run["strength"] for run in runs.values()}
        assert grid[0] < strength < grid[-1], case


def test_q05_both_kinds_of_folds_judge_the_same_reviews():
    runs = read_measurement("films")["results"].values()
    assert {run["test_reviews"] for case in runs for run in case.values()} == {24_663}


@pytest.mark.parametrize("ours", ["word vectors", "n-grams beside"])
def test_q06_that_it_beats_words_and_pairs_is_not_settled(ours):
    assert lead(ours, "words and pairs").word == NOT_SETTLED


def test_q06_with_ngrams_beside_it_the_interval_only_just_has_0_in_it():
    found = lead("n-grams beside", "words and pairs").difference
    assert -0.002 < found.low < 0 < 0.01 < found.mean


def test_q06_that_it_adds_to_the_ngrams_is_not_settled():
    found = lead("n-grams beside", "n-grams")
    assert found.word == NOT_SETTLED
    assert abs(found.difference.mean) < 0.001


def test_q06_that_it_is_ahead_of_the_bag_is_not_settled():
    assert lead("word vectors", "bag").word == NOT_SETTLED


def test_q06_what_it_costs():
    measured = read_measurement("ladder")
    cost = {
        case: over_seeds(measured, case, "cpu_seconds").mean()
        for case in ("n-grams beside", "n-grams", "words and pairs", "bag")
    }
    assert cost["n-grams beside"] < 150
    others = [seconds for case, seconds in cost.items() if case != "n-grams beside"]
    assert cost["n-grams beside"] > 3 * np.max(others)
