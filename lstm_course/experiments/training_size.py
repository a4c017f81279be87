"""Accuracy by the number of labelled reviews (C17, and a part of C18).

So many labels there are in all, to learn from *and* to stop by: of 500, 400 are
learned from, and the loss on the other 100 says when to stop. The validation part of
the reviews is not used. Every network gets the same reviews, the same 500 words, as
many steps, and stops by the same rule; and each has, at each size, the learning rate
of the grid that left the lowest loss on the reviews to stop by, in runs of their own.
The seed draws the reviews as well as the weights, so the spread is that of another
sample, too.
"""

from typing import Any

import numpy as np

from lstm_course.data.imdb import Split
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment, Tuning
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
    "learned_from": 0.8,  # of the labels; the others are to stop by
    "steps": {"500": 2000, "2000": 2000, "8000": 3000, "20000": 4000},
    "every": {"500": 5, "2000": 5, "8000": 20, "20000": 40},
    "patience": {"500": 25, "2000": 25, "8000": 15, "20000": 10},
    "batch_size": 64,
}


def learn(
    recipe: dict[str, Any], case: str, seed: int, train: Split, _: Split
) -> tuple[dict[str, Any], Judge]:
    """Return the numbers of one network with so many labels; case "lstm 500"."""
    network, size = case.split()
    rows = np.random.default_rng(seed).permutation(len(train.labels))[: int(size)]
    learned_from = round(recipe["learned_from"] * len(rows))

    def reviews(rows: Any) -> Split:
        return Split(train.ids[rows], train.labels[rows], None)

    model, numbers = train_with_patience(
        SentimentConfig(
            cell="lstm" if network == "bag" else network,
            layers=0 if network == "bag" else 1,
            num_words=recipe["num_words"],
            embedding_dim=recipe["embedding_dim"],
            units=recipe["units"],
            seed=seed,
        ),
        reviews(rows[:learned_from]),
        reviews(rows[learned_from:]),
        **{key: recipe[key][size] for key in ("steps", "every", "patience")},
        **{key: recipe[key] for key in ("learning_rate", "batch_size")},
    )
    return numbers, judge_by(model)


run = run_on_reviews(learn, by_recipe)


EXPERIMENT = Experiment(
    name="training_size",
    question="Which network reads reviews best with how many of them labelled?",
    recipe=RECIPE,
    cases=tuple(f"{network} {size}" for size in SIZES for network in NETWORKS),
    seeds=(3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
    run=run,
    watched="test_accuracy",
    tuning=Tuning(
        setting="learning_rate",
        grid=(1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1),
        seeds=(1, 2),
        score="validation_loss",
    ),
    checks=(
        Again(
            runs=tuple((f"{network} 20000", 3) for network in NETWORKS),
            within={"first_validation_loss": 1e-4},
            shortened={"steps": {"20000": 40}},
        ),
        Again(  # which are at their best before
            runs=(("bag 500", 3), ("lstm 500", 3), ("gru 500", 4), ("rnn 500", 4)),
            within={"steps": 0, "test_loss": 1e-4, "test_accuracy": 5e-3},
            shortened={"steps": {"500": 130}},
        ),
    ),
)
