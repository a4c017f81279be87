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

from lstm_course.data.imdb import Split
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment
from lstm_course.experiments.reviews import (
    Judge,
    by_recipe,
    judge_by,
    run_on_reviews,
    train_with_patience,
)
from lstm_course.training.sentiment import SentimentConfig

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


def learn(
    recipe: dict[str, Any], case: str, seed: int, train: Split, validation: Split
) -> tuple[dict[str, Any], Judge]:
    """Return the numbers of one network after so many reviews; case "lstm 500"."""
    network, size = case.split()
    rows = np.random.default_rng(seed).permutation(len(train.labels))[: int(size)]
    model, numbers = train_with_patience(
        SentimentConfig(
            cell="lstm" if network == "bag" else network,
            layers=0 if network == "bag" else 1,
            num_words=recipe["num_words"],
            embedding_dim=recipe["embedding_dim"],
            units=recipe["units"],
            seed=seed,
        ),
        Split(train.ids[rows], train.labels[rows], None),
        validation,
        learning_rate=recipe["learning_rates"][network],
        **{key: recipe[key] for key in ("steps", "every", "patience", "batch_size")},
    )
    return numbers, judge_by(model)


run = run_on_reviews(learn, by_recipe)


EXPERIMENT = Experiment(
    name="training_size",
    question="Which network reads reviews best after how many reviews to learn from?",
    recipe=RECIPE,
    cases=tuple(f"{network} {size}" for size in SIZES for network in NETWORKS),
    seeds=(2, 3, 4, 5, 6),
    run=run,
    watched="test_accuracy",
    checks=(
        Again(
            runs=tuple((f"{network} 20000", 2) for network in NETWORKS),
            within={"first_validation_loss": 1e-4},
            shortened={"steps": 50},
        ),
        Again(  # these are at their best after 50 steps
            runs=(("lstm 500", 2), ("gru 500", 2), ("rnn 2000", 3)),
            within={"steps": 0, "test_loss": 1e-4, "test_accuracy": 5e-3},
            shortened={"steps": 50},
        ),
    ),
)
