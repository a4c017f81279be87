"""The adding problem over 100 steps: who solves it, how soon, and what it takes.

Beside the three cells stand an RNN with as many parameters as the LSTM, and RNNs that
start from the identity. Each has the learning rate that its own trials chose. A run
ends as soon as it has solved the task; one that has not by the last step counts as not
solved, which is an answer. Cases are compared by the number of runs that solve it.
"""

from typing import Any

import numpy as np

from lstm_course.arrays.trees import tree_leaves
from lstm_course.experiments.adding_task import (
    TASK,
    judged,
    learn_to_add,
    new_network,
    validation_sequences,
)
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment, Learned, Tuning
from lstm_course.layers.cells import CELLS
from lstm_course.study.gradient_flow import gradient_reach
from lstm_course.training.losses import mean_squared_error

RECIPE: dict[str, Any] = TASK | {
    "length": 100,
    "most_steps": 2500,
    "look_every": 50,
    "distances": [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99],
    "reach_sequences": 32,
}


def run(recipe: dict[str, Any], case: str, seed: int) -> Learned:
    """Train until it is solved or the steps are over; return how it went."""
    length, most_steps = recipe["length"], recipe["most_steps"]
    rng = np.random.default_rng(seed)
    network = new_network(rng, case, recipe["units"])
    inputs, targets = validation_sequences(recipe, length)
    some = inputs[: recipe["reach_sequences"]].astype(np.float64)

    def reach(params: Any) -> Any:
        if network.cell not in CELLS.values():  # of the others it is not measured
            return None
        return gradient_reach(some, params.recurrent)[recipe["distances"]]

    learned = learn_to_add(
        recipe,
        network,
        rng,
        length=length,
        steps=most_steps,
        look_every=recipe["look_every"],
        until_solved=True,
    )
    steps, norms = len(learned.gradients), np.array(learned.gradients)
    looks_left = (most_steps - steps) // recipe["look_every"]
    errors = learned.errors + [learned.errors[-1]] * looks_left
    return Learned(
        {
            "parameters": sum(w.size for _, w in tree_leaves(network.params)),
            "solved": int(learned.solved),
            "solved_after": steps if learned.solved else None,
            "steps": steps,
            "validation_errors": learned.errors,
            "validation_guessing": mean_squared_error(np.ones_like(targets), targets)[
                0
            ],
            # The sooner it is solved, the lower; the last error stands for the rest.
            "validation_log_error": np.mean(np.log10(errors)),
            "cpu_seconds": learned.cpu_seconds,
            "largest_gradient": norms.max(),
            "clipped": np.mean(norms > recipe["clip_norm"]),
            "reach_before": reach(network.params),
            "reach_after": reach(learned.network.params),
        },
        lambda: judged(recipe, learned.network, length),
    )


CASES = ("rnn", "rnn, 34 units", "rnn, identity", "relu, identity", "lstm", "gru")

EXPERIMENT = Experiment(
    name="adding",
    question="Who learns to add two numbers that stand up to 99 steps back?",
    recipe=RECIPE,
    cases=CASES,
    seeds=tuple(range(1, 11)),
    run=run,
    watched="solved_after",
    tuning=Tuning(
        setting="learning_rate",
        grid=(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3),
        seeds=(101, 102),
        score="validation_log_error",
    ),
    checks=(
        Again(
            runs=tuple((case, 1) for case in (*CASES[:3], "lstm")),
            within={"validation_errors": 1e-3, "reach_before": 1e-3},
            shortened={"most_steps": 50},
        ),
        Again(  # at its high rate a rounding grows within 50 steps
            runs=(("gru", 1),),
            within={"reach_before": 1e-3, "parameters": 0},
            shortened={"most_steps": 50},
        ),
    ),
)
