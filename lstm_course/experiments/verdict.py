"""From measurements to a verdict: which of two is ahead, if that can be told at all.

Two cases are compared by their differences: seed by seed, and on a test part review
by review. The rules stand, for readers, in notebooks/how_a_verdict_is_reached.md.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array, check_at_least

CONFIDENCE = 0.95
FEWEST_SEEDS = 5
NOT_SETTLED = "not settled"


class Interval(NamedTuple):
    """A mean, and the bounds between which it lies with the given confidence."""

    mean: float
    low: float
    high: float

    def sign(self) -> int:
        """Return 1 or -1 where 0 lies outside on that side, and 0 where it may be."""
        return int(self.low > 0) - int(self.high < 0)

    @property
    def word(self) -> str:
        """Return the sign in words: "higher", "lower" or "not settled"."""
        return {1: "higher", -1: "lower", 0: NOT_SETTLED}[self.sign()]


class Comparison(NamedTuple):
    """What two cases of a measurement say of one another.

    Attributes:
        over_seeds: the difference, first minus second, paired by seed.
        over_reviews: likewise on other reviews; None where none were judged.
        flaws: what keeps the difference from being an answer, a sentence each.
    """

    over_seeds: Interval
    over_reviews: Interval | None
    flaws: tuple[str, ...]

    @property
    def difference(self) -> Interval:
        """Return the difference with both kinds of luck, that of seeds and of reviews.

        They are independent, so the squares of their half-widths add up.
        """
        if self.over_reviews is None:
            return self.over_seeds
        halves = [
            each.high - each.mean for each in (self.over_seeds, self.over_reviews)
        ]
        return _around(self.over_seeds.mean, np.linalg.norm(halves))

    @property
    def word(self) -> str:
        """Return "higher" or "lower", of the first, or "not settled"."""
        return NOT_SETTLED if self.flaws else self.difference.word


def mean_interval(values: Sequence[float] | Array, *, comparisons: int = 1) -> Interval:
    """Return the mean of independent values with its interval by Student's t.

    Args:
        values: one a seed; two at least.
        comparisons: how many are drawn together. Each has its share of the error that
            is allowed (Bonferroni), so that all hold with the one confidence.

    Raises:
        ValueError: fewer than two values, or no comparison.
    """
    check_at_least("comparisons", comparisons, 1)
    numbers = np.asarray(values, np.float64)
    if numbers.ndim != 1 or len(numbers) < 2:
        raise ValueError(f"values has shape {numbers.shape}; expected two or more")
    from scipy.stats import t

    error = numbers.std(ddof=1) / np.sqrt(len(numbers))
    return _around(numbers.mean(), t.ppf(_upper(comparisons), len(numbers) - 1) * error)


def paired_difference(
    first: Mapping[Any, float], second: Mapping[Any, float], *, comparisons: int = 1
) -> Interval:
    """Return the mean of first − second, paired by seed, by Student's t.

    Args:
        first: one number for each seed, by seed.
        second: likewise, of the same seeds.
        comparisons: see `mean_interval`.

    Raises:
        ValueError: the seeds differ.
    """
    if set(first) != set(second):
        raise ValueError(
            f"first has the seeds {list(first)} and second {list(second)}; expected "
            "the same, since differences are paired"
        )
    differences = [first[seed] - second[seed] for seed in first]
    return mean_interval(differences, comparisons=comparisons)


def review_difference(first: Array, second: Array, *, comparisons: int = 1) -> Interval:
    """Return the difference of two accuracies on the same reviews, with its interval.

    Only the reviews on which the two disagree tell them apart, as in McNemar's test:
    for one pair of models the standard error is the square root of (the share of these
    − difference²) / N. Of several pairs, a seed each, the mean on each review counts.

    Args:
        first: which answers are right, (N,), or of several models (S, N).
        second: likewise, of the same reviews.
        comparisons: see `mean_interval`.

    Raises:
        ValueError: the shapes differ.
    """
    check_at_least("comparisons", comparisons, 1)
    if np.shape(first) != np.shape(second):
        raise ValueError(
            f"first has shape {np.shape(first)} and second {np.shape(second)}; "
            "expected the same reviews"
        )
    from scipy.stats import norm

    each = np.atleast_2d(np.asarray(first, float) - np.asarray(second, float)).mean(0)
    error = each.std() / np.sqrt(len(each))
    return _around(each.mean(), norm.ppf(_upper(comparisons)) * error)


def mcnemar(first: Array, second: Array) -> float:
    """Return p of McNemar's exact test: that two models are right equally often.

    Args:
        first: which answers of a model are right, (N,) of bool.
        second: likewise, on the same reviews.
    """
    from scipy.stats import binomtest

    only_first = int(np.sum(first & ~second))
    either = only_first + int(np.sum(second & ~first))
    return float(binomtest(only_first, either).pvalue) if either else 1.0


def compare_counts(
    first: Sequence[bool] | Array,
    second: Sequence[bool] | Array,
    *,
    comparisons: int = 1,
) -> str:
    """Say who succeeds more often, by Fisher's exact test: "higher", of the first.

    Args:
        first: whether each run succeeded.
        second: likewise.
        comparisons: see `mean_interval`.

    Returns:
        "higher" or "lower", of the first, or "not settled".
    """
    check_at_least("comparisons", comparisons, 1)
    from scipy.stats import fisher_exact

    table = [[sum(side), len(side) - sum(side)] for side in (first, second)]
    if fisher_exact(table).pvalue > (1 - CONFIDENCE) / comparisons:
        return NOT_SETTLED
    return "higher" if np.mean(first) > np.mean(second) else "lower"


def verdict(words: Sequence[str], claimed: str) -> str:
    """Return the kind of verdict on a claim from the comparisons that it rests on.

    Args:
        words: what each comparison says: "higher", "lower" or "not settled".
        claimed: what each would say if the claim held.

    Returns:
        "holds" if all say so; "holds when" if some do, under their condition; "wrong"
        if all say the opposite; else "not settled".

    Raises:
        ValueError: there is no comparison.
    """
    if not words:
        raise ValueError("words is empty; expected one for each comparison")
    agreeing = sum(word == claimed for word in words)
    if agreeing == len(words):
        return "holds"
    if agreeing:
        return "holds when"
    return NOT_SETTLED if NOT_SETTLED in words else "wrong"


def hits_on_test(measurement: Mapping[str, Any], case: str) -> Array:
    """Return which reviews of the test part were answered rightly, (seeds, N) bool."""
    return np.array([_unpacked(run) for run in measurement["results"][case].values()])


def compare(
    measurement: Mapping[str, Any],
    first: str,
    second: str,
    key: str,
    *,
    comparisons: int = 1,
) -> Comparison:
    """Compare two cases of a measurement by one number, as the rules have it.

    Args:
        measurement: as `read_measurement` gives it.
        first: a case.
        second: another.
        key: of the number. For "test_accuracy" the reviews are looked at, too.
        comparisons: how many of the kind are drawn together.

    Raises:
        ValueError: the cases were run with different seeds.
    """
    runs = measurement["results"]
    values = [
        {seed: run[key] for seed, run in runs[case].items()} for case in (first, second)
    ]
    over_reviews = None
    if key == "test_accuracy":
        hits = [hits_on_test(measurement, case) for case in (first, second)]
        over_reviews = review_difference(*hits, comparisons=comparisons)
    return Comparison(
        paired_difference(*values, comparisons=comparisons),
        over_reviews,
        (*flaws(measurement, first), *flaws(measurement, second)),
    )


def flaws(measurement: Mapping[str, Any], case: str) -> tuple[str, ...]:
    """Return what keeps a case from being compared, a sentence each.

    Too few seeds; a setting chosen at the edge of its grid, where a better one may lie
    beyond; a run that its stopping rule ended at the first look or the last.
    """
    runs = measurement["results"][case]
    found = []
    if len(runs) < FEWEST_SEEDS:
        found.append(f"{case}: {len(runs)} seeds, fewer than {FEWEST_SEEDS}")
    if tuning := measurement["recipe"].get("tuning"):
        setting, grid = tuning["setting"], tuning["grid"]
        chosen = next(iter(runs.values()))[setting]
        if chosen in (grid[0], grid[-1]):
            found.append(f"{case}: {setting} {chosen} is at the edge of its grid")
    for edge in ("first", "last"):
        at_edge = sum(run.get("at_the_edge") == edge for run in runs.values())
        if at_edge:
            found.append(
                f"{case}: {at_edge} of {len(runs)} runs ended at the {edge} look"
            )
    return tuple(found)


def _upper(comparisons: int) -> float:
    """Return the quantile of the upper bound, with the error shared out."""
    return 1 - (1 - CONFIDENCE) / 2 / comparisons


def _around(mean: Any, half: Any) -> Interval:
    return Interval(float(mean), float(mean - half), float(mean + half))


def _unpacked(run: Mapping[str, Any]) -> Array:
    packed = np.frombuffer(bytes.fromhex(run["test_hits"]), np.uint8)
    return np.unpackbits(packed, count=run["test_reviews"]).astype(bool)
