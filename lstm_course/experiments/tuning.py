"""How much the learning rate matters to each cell, on the adding problem over 25 steps.

25 steps are few enough for the plain RNN to do better than guessing, which over 50 it
hardly does. The rates go from too small to too large for the cells with gates. Whoever
needs less luck with the rate is easier to tune. The steps are many, so that slow and
never can be told apart.
"""

from typing import Any

import numpy as np

from lstm_course.experiments.adding_task import TASK, judged, learn_to_add, new_network
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment, Learned

CELLS = ("rnn", "lstm", "gru")
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)

RECIPE: dict[str, Any] = TASK | {"length": 25, "most_steps": 3000, "look_every": 25}


def run(recipe: dict[str, Any], case: str, seed: int) -> Learned:
    """Train until it is solved or the steps are over; case: "gru 0.01"."""
    cell, rate = case.split()
    rng = np.random.default_rng(seed)
    learned = learn_to_add(
        recipe | {"learning_rate": float(rate)},
        new_network(rng, cell, recipe["units"]),
        rng,
        length=recipe["length"],
        steps=recipe["most_steps"],
        look_every=recipe["look_every"],
        until_solved=True,
    )
    steps = len(learned.gradients)
    return Learned(
        {
            "solved": int(learned.solved),
            "solved_after": steps if learned.solved else None,
            "validation_error": learned.errors[-1],
            "lowest_validation_error": min(learned.errors),
        },
        lambda: judged(recipe, learned.network, recipe["length"]),
    )


EXPERIMENT = Experiment(
    name="tuning",
    question="At which learning rates does each cell learn to add two numbers?",
    recipe=RECIPE,
    cases=tuple(f"{cell} {rate}" for rate in RATES for cell in CELLS),
    seeds=tuple(range(1, 11)),
    run=run,
    watched="solved_after",
    checks=(
        Again(
            runs=(("gru 0.03", 1), ("gru 0.1", 1), ("lstm 0.1", 1)),
            within={"solved_after": 0, "validation_error": 1e-2},
        ),
    ),
)
