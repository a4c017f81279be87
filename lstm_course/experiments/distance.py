"""The adding problem at four lengths: nothing but the distance grows.

All take the same number of steps, enough for the LSTM at each of the lengths, at the
learning rate that the trials chose for each network and each length.
"""

from typing import Any

import numpy as np

from lstm_course.experiments.adding_task import TASK, judged, learn_to_add, new_network
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment, Learned, Tuning

NETWORKS = ("rnn", "rnn, identity", "lstm")

RECIPE: dict[str, Any] = TASK | {"lengths": [10, 25, 50, 100], "steps": 1500}


def run(recipe: dict[str, Any], case: str, seed: int) -> Learned:
    """Train for the given number of steps; case: "rnn, identity 50"."""
    name, length = case.rsplit(" ", 1)
    rng = np.random.default_rng(seed)
    learned = learn_to_add(
        recipe,
        new_network(rng, name, recipe["units"]),
        rng,
        length=int(length),
        steps=recipe["steps"],
        look_every=recipe["steps"],
        until_solved=False,
    )
    (error,) = learned.errors
    return Learned(
        {
            "solved": int(learned.solved),
            "validation_error": error,
            "validation_log_error": np.log10(error),
        },
        lambda: judged(recipe, learned.network, int(length)),
    )


EXPERIMENT = Experiment(
    name="distance",
    question="How far apart may the two numbers be, for an RNN and for an LSTM?",
    recipe=RECIPE,
    cases=tuple(
        f"{name} {length}" for length in RECIPE["lengths"] for name in NETWORKS
    ),
    seeds=tuple(range(1, 11)),
    run=run,
    watched="test_error",
    tuning=Tuning(
        setting="learning_rate",
        grid=(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3),
        seeds=(101, 102),
        score="validation_log_error",
    ),
    checks=(Again(runs=(("lstm 10", 1), ("lstm 10", 3)), within={"test_error": 1e-2}),),
)
