"""Accuracy by the number of reviews learned from (C17, and a part of C18).

Every network gets the same reviews, the same 500 words, as many steps, and stops by
the same rule. Every network is tuned alike: of the learning rates 0.001, 0.003, 0.01
and 0.03 it has the one whose lowest validation losses, after 500, 2,000 and 20,000
reviews, had the smallest sum in runs with seed 1. (0.03 was left out where 0.01 was
worse than 0.003 already.) The seed draws the reviews as well as the weights, so the
spread is that of another sample, too.
"""

from typing import Any

import numpy as np

from lstm_course.data.imdb import Split, load_imdb
from lstm_course.experiments.reviews import train_with_patience
from lstm_course.experiments.runner import Experiment
from lstm_course.training.model import SentimentConfig

NETWORKS = ("bag", "rnn", "lstm", "gru")
SIZES = (500, 2000, 8000, 20000)

RECIPE = {
    "num_words": 500,
    "maxlen": 100,
    "embedding_dim": 16,
    "units": 8,
    "optimizer": "adam",
    "learning_rates": {"bag": 1e-2, "rnn": 1e-3, "lstm": 3e-3, "gru": 3e-3},
    "steps": 1200,
    "every": 50,
    "patience": 6,
    "batch_size": 64,
}


def run(recipe: dict[str, Any], case: str, seed: int) -> dict[str, Any]:
    """Return the accuracies of one network, and what was numbers; case "lstm 500"."""
    network, size = case.split()
    data = load_imdb(num_words=recipe["num_words"], maxlen=recipe["maxlen"])
    rows = np.random.default_rng(seed).permutation(len(data.train.labels))[: int(size)]
    model, numbers = train_with_patience(
        SentimentConfig(
            cell="lstm" if network == "bag" else network,
            layers=0 if network == "bag" else 1,
            num_words=recipe["num_words"],
            embedding_dim=recipe["embedding_dim"],
            units=recipe["units"],
            seed=seed,
        ),
        Split(data.train.ids[rows], data.train.labels[rows], None),
        data.validation,
        learning_rate=recipe["learning_rates"][network],
        **{key: recipe[key] for key in ("steps", "every", "patience", "batch_size")},
    )
    test_loss, test_accuracy = model.evaluate(data.test)
    return numbers | {"test_loss": test_loss, "test_accuracy": test_accuracy}


EXPERIMENT = Experiment(
    name="training_size",
    question="Which network reads reviews best after how many reviews to learn from?",
    recipe=RECIPE,
    cases=tuple(f"{network} {size}" for size in SIZES for network in NETWORKS),
    seeds=(2, 3, 4, 5, 6),
    run=run,
    quick=("rnn 500", 2),
    watched="test_accuracy",
)
