"""Quick checks of an experiment: what can be run in seconds, against what is stored.

Much of what is stored is the same on every processor: the start of a training, the
end of a smooth one, whatever is computed in float64. That is run again, with the same
seeds, and has to agree. Where a training is chaotic, roundings decide where it ends:
there other seeds are run, and have to look as if drawn with the stored ones. Times
differ on every machine, so only bounds are checked.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

FALSE_ALARM = 0.0005  # the share of faultless codes that `Drawn` objects to


class Again(NamedTuple):
    """Stored runs, done again or begun again.

    Attributes:
        runs: (case, seed) of each.
        within: by key of the result, how far it may be from the stored one, as a share
            of that: at least ten times what it was seen to move by under any rounding.
            Of a list as many numbers are compared as the new one has.
        shortened: changes to the recipe that spare work and leave these numbers alone.
    """

    runs: tuple[tuple[str, int], ...]
    within: Mapping[str, float]
    shortened: Mapping[str, Any] = {}

    def departures(self, experiment: Any, results: Mapping[str, Any]) -> list[str]:
        """Return what departs from the stored results, a sentence each."""
        return [
            f"{run}: {key} is {new[key]}; expected {stored[key]}, "
            f"give or take {share:.0e} of it"
            for run, new, stored in _run_again(self, experiment, results)
            for key, share in self.within.items()
            if not _agree(new[key], stored[key], share)
        ]


class AtLeast(NamedTuple):
    """Runs whose numbers are a machine's own, such as times: only bounds are known.

    Attributes:
        runs: (case, seed) of each.
        least: by key of the result, the least that it is on any machine.
        shortened: changes to the recipe that spare work.
    """

    runs: tuple[tuple[str, int], ...]
    least: Mapping[str, float]
    shortened: Mapping[str, Any] = {}

    def departures(self, experiment: Any, results: Mapping[str, Any]) -> list[str]:
        """Return which numbers, new or stored, are too low, a sentence each."""
        return [
            f"{run}: {key}, {origin}, is {result[key]}; expected at least {least}"
            for run, new, stored in _run_again(self, experiment, results)
            for origin, result in (("now", new), ("stored", stored))
            for key, least in self.least.items()
            if not result[key] >= least
        ]


class Drawn(NamedTuple):
    """A case that ends in chaos: seeds that are not stored, against those that are.

    The logarithms of a number that is above 0 are compared by Student's t-test with
    pooled variances, which objects to one code in 2,000 that has no fault.

    Attributes:
        case: which.
        seeds: to be run; none of the stored ones.
        key: of the number in the result.
    """

    case: str
    seeds: tuple[int, ...]
    key: str

    def departures(self, experiment: Any, results: Mapping[str, Any]) -> list[str]:
        """Return a sentence if the new seeds depart from the stored ones."""
        stored = [result[self.key] for result in results[self.case].values()]
        new = [
            experiment.result(experiment.recipe, self.case, seed)[self.key]
            for seed in self.seeds
        ]
        if same_source(new, stored) >= FALSE_ALARM:
            return []
        return [
            f"{self.case}: {self.key} is {new} with seeds {self.seeds}; expected "
            f"numbers as if drawn with the stored ones, {stored}"
        ]


Check = Again | AtLeast | Drawn


def same_source(new: list[float], stored: list[float]) -> float:
    """Return p of the t-test that both were drawn from one lognormal distribution."""
    from scipy.stats import ttest_ind

    return float(ttest_ind(np.log(new), np.log(stored)).pvalue)


def _run_again(
    check: Again | AtLeast, experiment: Any, results: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Yield the name of each run, its new result and the stored one.

    What was tuned for a case is taken from the stored result.
    """
    tuned = [experiment.tuning.setting] if experiment.tuning else []
    for case, seed in check.runs:
        stored = results[case][str(seed)]
        setting = {name: stored[name] for name in tuned}
        recipe = experiment.recipe | setting | check.shortened
        yield f"{case}, seed {seed}", experiment.result(recipe, case, seed), stored


def _agree(new: Any, stored: Any, share: float) -> bool:
    """Say whether numbers agree; a new list may be shorter, but not empty."""
    if isinstance(stored, list):
        pairs = zip(new, stored, strict=False)
        return 0 < len(new) <= len(stored) and all(
            _agree(a, b, share) for a, b in pairs
        )
    if stored is None:
        return new is None or not np.isfinite(new)
    return new is not None and bool(abs(new - stored) <= share * abs(stored))
