"""A small network learns 1 2 3 → 4 to 4 5 6 → 7, and is asked to count on."""

from typing import Any

import numpy as np

from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment
from lstm_course.system.keras_import import import_keras

RECIPE: dict[str, Any] = {
    "layers": [10, 5, 3, 1],  # an LSTM, then dense ones, without activation
    "learned": [[1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 6], [4, 5, 6, 7]],
    "epochs": 100,
    "batch": 1,
    "optimizer": "adam",
    "loss": "mse",
    "asked": [5, 6, 7],
    "tens": [50, 60, 70],
    "halves": [2, 2.5, 3],
    "level": [5, 5, 5],
    "starts": list(range(-10, 31)),  # of windows n, n + 1, n + 2
}


def build(recipe: dict[str, Any], activation: str, seed: int) -> Any:
    """Return the network in Keras, compiled, with the weights of a seed."""
    keras = import_keras()
    keras.utils.set_random_seed(seed)
    units, *dense = recipe["layers"]
    model = keras.Sequential(
        [
            keras.Input((len(recipe["asked"]), 1)),
            keras.layers.LSTM(units, activation=activation),
            *map(keras.layers.Dense, dense),
        ]
    )
    model.compile(loss=recipe["loss"], optimizer=recipe["optimizer"])
    return model


def train(model: Any, recipe: dict[str, Any], rng: np.random.Generator | None) -> None:
    """Do what ``fit`` does with a batch of one, in half the time.

    Args:
        model: the network.
        recipe: of the experiment.
        rng: shuffles each epoch; None: no shuffling.
    """
    learned = np.array(recipe["learned"], np.float32)
    inputs, targets = learned[:, :-1, np.newaxis], learned[:, -1:]
    order = np.arange(len(learned))
    for _ in range(recipe["epochs"]):
        for row in order if rng is None else rng.permutation(order):
            model.train_on_batch(inputs[[row]], targets[[row]])


def run(recipe: dict[str, Any], activation: str, seed: int) -> dict[str, Any]:
    """Train the network; return what it forecasts where it has not been."""
    model = build(recipe, activation, seed)
    train(model, recipe, np.random.default_rng(seed))
    others = ("asked", "tens", "halves", "level")
    counted = [[n, n + 1, n + 2] for n in recipe["starts"]]
    unseen = np.array([recipe[name] for name in others] + counted, np.float32)
    forecasts = model(unseen[:, :, np.newaxis]).numpy()[:, 0]
    return {
        **dict(zip(others, forecasts[: len(others)], strict=True)),
        "forecasts": forecasts[len(others) :],
    }


EXPERIMENT = Experiment(
    name="counting_on",
    question="Does the network that learned 1 2 3 → 4 count on, and how far?",
    recipe=RECIPE,
    cases=("relu", "tanh"),
    seeds=tuple(range(1, 21)),
    run=run,
    watched="asked",
    checks=(
        Again(
            runs=(("relu", 1), ("tanh", 1)),
            within={"asked": 1e-3, "tens": 1e-3, "halves": 1e-3, "forecasts": 1e-3},
        ),
    ),
)
