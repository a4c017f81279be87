"""The rules of a verdict, against scipy, simulation and counts by hand."""

import numpy as np
import pytest
from scipy import stats

from lstm_course.experiments.experiment import Tuning
from lstm_course.experiments.verdict import (
    Comparison,
    Interval,
    compare,
    compare_counts,
    flaws,
    hits_on_test,
    mcnemar,
    mean_interval,
    paired_difference,
    review_difference,
    verdict,
)


def test_five_seeds_have_the_familiar_limit_of_student_s_t():
    interval = mean_interval([1, 2, 3, 4, 5])
    error = np.sqrt(2.5 / 5)
    assert interval.mean == 3
    assert interval.high - 3 == pytest.approx(2.776445 * error, rel=1e-6)
    assert 3 - interval.low == pytest.approx(interval.high - 3)


def test_a_paired_difference_is_scipys_paired_t_test():
    rng = np.random.default_rng(0)
    first = dict(enumerate(rng.normal(0.3, 1, 10)))
    second = dict(reversed([(seed, rng.normal()) for seed in first]))
    test = stats.ttest_rel(*([side[s] for s in first] for side in (first, second)))
    for comparisons in (1, 4):
        bounds = test.confidence_interval(1 - 0.05 / comparisons)
        found = paired_difference(first, second, comparisons=comparisons)
        assert found[1:] == pytest.approx((bounds.low, bounds.high))


def test_differences_are_paired_or_refused():
    with pytest.raises(ValueError, match=r"seeds \[1, 2\] and second \[1, 3\].*paired"):
        paired_difference({1: 0.1, 2: 0.2}, {1: 0.1, 3: 0.2})


@pytest.mark.parametrize("values", [[1.0], [], [[1.0, 2.0]]])
def test_one_value_has_no_interval(values):
    with pytest.raises(ValueError, match="values has shape"):
        mean_interval(values)


def test_only_the_reviews_on_which_two_models_disagree_tell_them_apart():
    first, second = np.ones(1000, bool), np.ones(1000, bool)
    first[:30] = second[30:80] = False  # 30 for the second alone, 50 for the first
    both_wrong = np.zeros(200, bool)
    first, second = (np.concatenate([side, both_wrong]) for side in (first, second))
    difference = 20 / 1200
    error = np.sqrt((80 / 1200 - difference**2) / 1200)
    found = review_difference(first, second)
    assert found.mean == pytest.approx(difference)
    assert found.high - found.mean == pytest.approx(1.959964 * error, rel=1e-5)
    statistic = (50 - 30) ** 2 / (50 + 30)  # McNemar's, without correction
    assert (difference / error) ** 2 == pytest.approx(statistic, rel=0.01)
    assert mcnemar(first, second) == pytest.approx(0.0330, abs=1e-4)
    assert mcnemar(first, first) == 1


def test_the_interval_over_reviews_covers_as_often_as_it_says():
    rng = np.random.default_rng(1)
    hard = rng.random((2000, 500))  # the same reviews for both
    first, second = hard < 0.80, (hard + rng.normal(0, 0.1, hard.shape)) < 0.78
    truth = (first.mean() - second.mean()).item()
    intervals = [review_difference(*pair) for pair in zip(first, second, strict=True)]
    covered = np.mean([low < truth < high for _, low, high in intervals])
    assert 0.93 < covered < 0.97


def test_of_several_pairs_the_mean_on_each_review_counts():
    rng = np.random.default_rng(2)
    first, second = rng.random((2, 5, 300)) < [[[0.8]], [[0.7]]]
    found = review_difference(first, second)
    each = first.mean(0) - second.mean(0)
    assert found.mean == pytest.approx(each.mean())
    assert found.high - found.mean == pytest.approx(1.96 * stats.sem(each), rel=0.01)
    with pytest.raises(ValueError, match="same reviews"):
        review_difference(first, second[:, :299])


def test_more_comparisons_widen_every_interval():
    values = [0.1, 0.3, 0.2, 0.4, 0.15]
    widths = [
        mean_interval(values, comparisons=m).high - np.mean(values) for m in (1, 2, 9)
    ]
    assert widths == sorted(set(widths))
    with pytest.raises(ValueError, match="comparisons is 0"):
        mean_interval(values, comparisons=0)


# Two cases of a measurement


REVIEWS = 400


def measured(lead, spread=0.01, seeds=5, **of_runs):
    """Return a measurement in which case "a" is ahead of "b" by so much."""
    rng = np.random.default_rng(3)
    results = {"a": {}, "b": {}}
    for seed in range(1, seeds + 1):
        right = rng.random(REVIEWS) < 0.7
        for case in results:
            accuracy = 0.7 + (lead + rng.normal(0, spread)) * (case == "a")
            hits = right.copy()
            hits[: round(REVIEWS * (accuracy - 0.7))] = True
            results[case][str(seed)] = {
                "loss": 1 - accuracy,
                "learning_rate": 0.01,
                "test_accuracy": accuracy,
                "test_hits": np.packbits(hits).tobytes().hex(),
                "test_reviews": REVIEWS,
            } | of_runs
    tuning = {"setting": "learning_rate", "grid": [0.001, 0.01, 0.1]}
    return {"recipe": {"tuning": tuning}, "results": results}


def test_a_clear_lead_has_its_word_in_both_directions():
    measurement = measured(lead=0.2)
    ahead = compare(measurement, "a", "b", "test_accuracy")
    assert (ahead.word, ahead.flaws) == ("higher", ())
    assert compare(measurement, "b", "a", "test_accuracy").word == "lower"
    assert compare(measurement, "a", "b", "loss").word == "lower"
    assert compare(measurement, "a", "b", "loss").over_reviews is None
    assert hits_on_test(measurement, "a").shape == (5, REVIEWS)


def test_a_lead_that_vanishes_in_its_spread_is_not_settled():
    found = compare(measured(lead=0.01, spread=0.05), "a", "b", "loss")
    assert found.over_seeds.low < 0 < found.over_seeds.high
    assert found.word == "not settled"


def with_other_hits(measurement, share):
    """Let case "b" be right on reviews of its own, not on those of case "a"."""
    for run in measurement["results"]["b"].values():
        hits = np.random.default_rng(9).random(REVIEWS) < share
        run["test_hits"] = np.packbits(hits).tobytes().hex()
    return measurement


def test_sure_of_the_seeds_but_not_of_the_reviews_is_not_settled():
    measurement = with_other_hits(measured(lead=0.02, spread=0.0001), 0.68)
    found = compare(measurement, "a", "b", "test_accuracy")
    assert found.over_seeds.sign() == 1
    assert found.over_reviews.sign() == 0
    assert found.word == "not settled"


def test_the_two_kinds_of_luck_add_up_by_their_squares():
    seeds, reviews = Interval(0.007, 0.002, 0.012), Interval(0.007, 0.001, 0.013)
    both = Comparison(seeds, reviews, ())
    half = np.sqrt(0.005**2 + 0.006**2)  # above 0.007, though neither alone is
    assert both.difference == pytest.approx((0.007, 0.007 - half, 0.007 + half))
    assert both.word == "not settled"
    assert Comparison(seeds, None, ()).difference == seeds
    assert Comparison(seeds, None, ()).word == "higher"


def test_with_both_kinds_of_luck_the_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(4)
    covered = []
    for _ in range(400):
        skill = rng.normal(0, 0.3, 300)  # of a review, for the one and for the other
        luck = rng.normal(0, 0.03, (10, 1))  # of a seed
        chances = 0.7 + luck + 0.1 * np.tanh(skill)
        pair = rng.random((2, 10, 300)) < np.stack([chances, 1.4 - chances])
        first, second = (dict(enumerate(side.mean(axis=1))) for side in pair)
        over = paired_difference(first, second), review_difference(*pair)
        _, low, high = Comparison(*over, ()).difference
        covered.append(low < 0 < high)
    assert 0.94 < np.mean(covered) < 1  # a little wider than it need be


FLAWED = {
    "too few seeds": (measured(0.2, seeds=4), "4 seeds, fewer than 5"),
    "the edge of the grid": (
        measured(0.2, learning_rate=0.1),
        "learning_rate 0.1 is at the edge of its grid",
    ),
    "the first look": (
        measured(0.2, at_the_edge="first"),
        "5 of 5 runs ended at the first look",
    ),
    "the last look": (
        measured(0.2, at_the_edge="last"),
        "5 of 5 runs ended at the last look",
    ),
}


@pytest.mark.parametrize("flaw", FLAWED)
def test_what_settles_nothing_is_said(flaw):
    measurement, said = FLAWED[flaw]
    found = compare(measurement, "a", "b", "test_accuracy")
    assert found.difference.word == "higher"
    assert found.word == "not settled"
    assert found.flaws == (f"a: {said}", f"b: {said}")
    assert flaws(measurement, "b") == (f"b: {said}",)


def test_an_unpaired_seed_is_refused():
    measurement = measured(0.2)
    del measurement["results"]["b"]["3"]
    with pytest.raises(ValueError, match="differences are paired"):
        compare(measurement, "a", "b", "loss")


def test_the_word_of_an_interval():
    assert Interval(2, 1, 3).word == "higher"
    assert Interval(-2, -3, -1).word == "lower"
    assert Interval(0.1, -1, 1.2).word == Interval(1, 0, 2).word == "not settled"


def test_counts_are_compared_by_fishers_exact_test():
    five = [True] * 5
    assert compare_counts(five, [False] * 5) == "higher"  # p = 2/252
    assert compare_counts([False] * 5, five) == "lower"
    assert compare_counts(five, [False] * 5, comparisons=7) == "not settled"
    assert compare_counts(five, five) == "not settled"
    # The first version of the course took these for a verdict: p = 0.44 and 0.17.
    assert compare_counts(five, [True] * 3 + [False] * 2) == "not settled"
    assert compare_counts(five, [True] * 2 + [False] * 3) == "not settled"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["higher", "higher"], "holds"),
        (["higher", "not settled"], "holds when"),
        (["higher", "lower"], "holds when"),
        (["lower", "lower"], "wrong"),
        (["lower", "not settled"], "not settled"),
        (["not settled"], "not settled"),
    ],
)
def test_the_verdict_follows_from_its_comparisons(words, kind):
    assert verdict(words, "higher") == kind
    with pytest.raises(ValueError, match="words is empty"):
        verdict([], "higher")


# Choices


def test_the_lowest_mean_score_is_chosen_and_a_diverged_trial_is_no_score():
    tuning = Tuning(setting="rate", grid=(1, 2, 3), seeds=(7, 8), score="loss")
    trials = {
        "1": {"7": 0.5, "8": 0.6},
        "2": {"7": 0.1, "8": None},
        "3": {"7": 0.6, "8": 0.4},
    }
    assert tuning.best(trials) == 3
    nothing = {str(value): {"7": None, "8": 1.0} for value in tuning.grid}
    with pytest.raises(ValueError, match=r"no rate of .* gave a finite score"):
        tuning.best(nothing)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"score": "test_loss"}, "score is 'test_loss'; expected.*validation"),
        ({"grid": (0.1, 0.3)}, "expected three rising values"),
        ({"grid": (0.1, 0.3, 0.2)}, "expected three rising values"),
        ({"grid": (0.1, 0.1, 0.2)}, "expected three rising values"),
    ],
)
def test_a_choice_by_the_test_part_or_without_an_inside_is_refused(changed, words):
    how = {"setting": "rate", "grid": (0.1, 0.2, 0.3), "seeds": (9,), "score": "loss"}
    Tuning(**how)
    with pytest.raises(ValueError, match=words):
        Tuning(**how | changed)
