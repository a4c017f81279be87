"""What an experiment is: a question, a recipe, cases, seeds, runs and their judge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, NamedTuple

from lstm_course.experiments.checks import Check

TEST = "test_"  # how the keys begin of all that is measured on a test part


class Learned(NamedTuple):
    """What a run has learned, and how to judge it once nothing is to be chosen.

    Attributes:
        numbers: JSON-able; of training and validation alone.
        judge: () -> numbers of the test part, whose keys begin with "test_".
    """

    numbers: dict[str, Any]
    judge: Callable[[], dict[str, Any]]


Run = Callable[[dict[str, Any], str, int], dict[str, Any] | Learned]


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """How one setting is chosen before the runs: for each case alike, and by itself.

    Every value is tried with every seed, and that with the lowest mean score is taken.

    Attributes:
        setting: its key in the recipe, "learning_rate".
        grid: the values to try, rising.
        seeds: of the trials; none of the experiment's own.
        score: the key of what decides, the lower the better. It may not be of the
            test part: that is opened when the choice has been made.
    """

    setting: str
    grid: tuple[float, ...]
    seeds: tuple[int, ...]
    score: str

    def __post_init__(self) -> None:
        """Refuse a choice by the test part, and a grid without an inside."""
        if self.score.startswith(TEST):
            raise ValueError(
                f"score is {self.score!r}; expected a number of the validation part: "
                "what is chosen by the test part cannot be judged by it"
            )
        if len(self.grid) < 3 or list(self.grid) != sorted(set(self.grid)):
            raise ValueError(f"grid is {self.grid}; expected three rising values")

    def best(self, trials: Mapping[str, Mapping[str, float | None]]) -> float:
        """Return the value whose trials, {value: {seed: score}}, score lowest."""

        def mean(value: float) -> float:
            scores = [trials[str(value)][str(seed)] for seed in self.seeds]
            known = [float("inf") if score is None else score for score in scores]
            return sum(known) / len(known)

        best = min(self.grid, key=mean)
        if not isfinite(mean(best)):
            raise ValueError(f"no {self.setting} of {self.grid} gave a finite score")
        return best


class Experiment(NamedTuple):
    """A question, and the runs that answer it.

    Attributes:
        name: of its module here and of its file in figures/measurements.
        question: one sentence.
        recipe: everything that decides a result except case and seed; JSON-able.
        cases: what is compared.
        seeds: at least five where a comparison is drawn.
        run: (recipe, case, seed) -> JSON-able numbers, or what was `Learned`.
        watched: the key of the result that is printed when a run ends.
        checks: what a test runs, in seconds, and holds against what is stored.
        tuning: how a setting of the recipe is chosen for each case.
    """

    name: str
    question: str
    recipe: dict[str, Any]
    cases: tuple[str, ...]
    seeds: tuple[int, ...]
    run: Run
    watched: str
    checks: tuple[Check, ...] = ()
    tuning: Tuning | None = None

    def runs(self) -> list[tuple[str, int]]:
        """Return (case, seed) of every run, a seed of each case before the next."""
        return [(case, seed) for seed in self.seeds for case in self.cases]

    def trials(self) -> list[tuple[str, float, int]]:
        """Return (case, value, seed) of every run that only serves to choose."""
        if not self.tuning:
            return []
        return [
            (case, value, seed)
            for seed in self.tuning.seeds
            for case in self.cases
            for value in self.tuning.grid
        ]

    def whole_recipe(self) -> dict[str, Any]:
        """Return the recipe with how it is tuned."""
        return self.recipe | ({"tuning": vars(self.tuning)} if self.tuning else {})

    def result(
        self, recipe: dict[str, Any], case: str, seed: int, *, judged: bool = True
    ) -> dict[str, Any]:
        """Return what a run gives and, unless it is a trial, what the judge says of it.

        Raises:
            ValueError: the run tells a number of the test part itself, or the judge
                one of another.
        """
        learned = self.run(recipe, case, seed)
        numbers = learned.numbers if isinstance(learned, Learned) else learned
        if early := [key for key in numbers if key.startswith(TEST)]:
            raise ValueError(f"the run returns {early}: leave the test part to a judge")
        if not judged or not isinstance(learned, Learned):
            return numbers
        said = learned.judge()
        if others := [key for key in said if not key.startswith(TEST)]:
            raise ValueError(f"the judge returns {others}: expected {TEST}… alone")
        return numbers | said
