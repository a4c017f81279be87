"""What each part of the LSTM is worth: the adding problem with one part changed.

Every cell starts from the weights that the whole LSTM has with the same seed, meets
the same sequences, and has the learning rate that its own trials chose. A run ends as
soon as it has solved the task. Cells are compared by the runs that solve it, and by
the steps that these take, as logarithms, so that a difference is a ratio. A run that
does not solve it counts with all the steps it had: at least so many.
"""

from typing import Any

import numpy as np

from lstm_course.experiments.adding_task import (
    TASK,
    Network,
    judged,
    learn_to_add,
    new_network,
)
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment, Learned, Tuning
from lstm_course.experiments.lstm_parts import ALL_PARTS, cell_with, with_parts

RECIPE: dict[str, Any] = TASK | {"length": 100, "most_steps": 2500, "look_every": 25}


def learned_numbers(
    recipe: dict[str, Any], network: Network, rng: np.random.Generator
) -> tuple[dict[str, Any], Network]:
    """Train until it is solved or the steps are over; return how it went."""
    with np.errstate(over="ignore", invalid="ignore"):  # of what diverges
        learned = learn_to_add(
            recipe,
            network,
            rng,
            length=recipe["length"],
            steps=recipe["most_steps"],
            look_every=recipe["look_every"],
            until_solved=True,
        )
    steps = len(learned.gradients)
    looks_left = (recipe["most_steps"] - steps) // recipe["look_every"]
    errors = learned.errors + [learned.errors[-1]] * looks_left
    numbers = {
        "solved": int(learned.solved),
        "solved_after": steps if learned.solved else None,
        "log_steps": np.log10(steps),
        "validation_errors": learned.errors,
        # The sooner it is solved, the lower; the last error stands for the rest.
        "validation_log_error": np.mean(np.log10(errors)),
        "largest_gradient": max(learned.gradients),
        "cpu_seconds": learned.cpu_seconds,
    }
    return numbers, learned.network


def run(recipe: dict[str, Any], case: str, seed: int) -> Learned:
    """Train the cell of these parts."""
    rng = np.random.default_rng(seed)
    params = new_network(rng, "lstm", recipe["units"]).params
    parts = ALL_PARTS[case]
    params = params._replace(recurrent=with_parts(parts, params.recurrent))
    numbers, network = learned_numbers(recipe, Network(cell_with(parts), params), rng)
    return Learned(numbers, lambda: judged(recipe, network, recipe["length"]))


TUNING = Tuning(
    setting="learning_rate",
    grid=(0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
    seeds=(101, 102, 103),
    score="validation_log_error",
)

EXPERIMENT = Experiment(
    name="cell_parts",
    question="What is each part of the LSTM worth, when it has to remember?",
    recipe=RECIPE,
    cases=tuple(ALL_PARTS),
    seeds=tuple(range(1, 11)),
    run=run,
    watched="solved_after",
    tuning=TUNING,
    checks=(
        Again(
            # Without a forget gate, at its high rate, a rounding grows within 25 steps.
            runs=tuple((case, 1) for case in ALL_PARTS if case != "no forget gate"),
            within={"validation_errors": 1e-2},
            shortened={"most_steps": 25},
        ),
    ),
)
