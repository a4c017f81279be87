"""The gap between training and validation loss, with dropout and without (C31).

The notes' model and reviews, with Adam instead of the notes' RMSprop, so that some
seeds can be afforded; no early stopping, for the gap opens after the best epoch. At the
end of each epoch the training loss is measured twice over: the epoch's running mean, as
Keras prints it, while the weights change and with dropout switched on; and without
dropout, as the validation loss is, on a fourth of the training reviews.

So there are two gaps. The printed one is that between the curves that Keras prints,
after the last epoch. But dropout also slows learning, and whoever has learned less has
the narrower gap; so the other is taken where the training loss, without dropout, is the
same. All three rates have one learning rate and the same epochs; nothing is tuned.
"""

from typing import Any

import numpy as np

from lstm_course.data.imdb import Split
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment
from lstm_course.experiments.reviews import by_recipe, run_on_reviews, train_in_pieces
from lstm_course.study.generalization_gap import loss_gap_at
from lstm_course.training.engine import NumpySentimentModel
from lstm_course.training.sentiment import SentimentConfig

RECIPE = {
    "num_words": 500,
    "maxlen": 100,
    "embedding_dim": 16,
    "units": 8,
    "optimizer": "adam",
    "learning_rate": 3e-3,
    "batch_size": 64,
    "epochs": 12,
    "measured_on": 5000,  # training reviews
    "training_loss": 0.39,  # at which the gaps are compared
}


def learn(
    recipe: dict[str, Any], case: str, seed: int, train: Split, validation: Split
) -> tuple[dict[str, Any], None]:
    """Return the losses after each epoch, and the gaps; the case is dropout's rate."""
    few = slice(recipe["measured_on"])
    seen = Split(train.ids[few], train.labels[few], None)
    config = SentimentConfig(
        num_words=recipe["num_words"],
        embedding_dim=recipe["embedding_dim"],
        units=recipe["units"],
        dropout=float(case),
        seed=seed,
    )
    epoch = -(-len(train.labels) // recipe["batch_size"])
    running_loss, train_loss, val_loss, val_accuracy = [], [], [], []
    for params, running in train_in_pieces(
        config,
        train,
        steps=recipe["epochs"] * epoch,
        every=epoch,
        batch_size=recipe["batch_size"],
        learning_rate=recipe["learning_rate"],
    ):
        model = NumpySentimentModel(config, params)
        loss, accuracy = model.evaluate(validation)
        running_loss.append(running)
        train_loss.append(model.evaluate(seen)[0])
        val_loss.append(loss)
        val_accuracy.append(accuracy)
    level = recipe["training_loss"]
    passed = min(train_loss) <= level <= max(train_loss)
    numbers = {
        "printed_gap": val_loss[-1] - running_loss[-1],
        "gap_alike": (
            loss_gap_at(level, np.array(train_loss), np.array(val_loss))
            if passed
            else np.nan
        ),
        "lowest_val_loss": min(val_loss),
        "first_val_loss": val_loss[0],
        "running_loss": running_loss,
        "train_loss": train_loss,
        "val_loss": val_loss,
        "val_accuracy": val_accuracy,
    }
    return numbers, None


run = run_on_reviews(learn, by_recipe)


EXPERIMENT = Experiment(
    name="dropout",
    question="Does dropout narrow the gap between training and validation loss?",
    recipe=RECIPE,
    cases=("0.0", "0.3", "0.5"),
    seeds=(6, 7, 8, 9, 10, 11, 12, 13, 14, 15),  # 1 to 5 helped to write the recipe
    run=run,
    watched="gap_alike",
    checks=(
        Again(
            runs=(("0.0", 10), ("0.3", 6)),  # whose first epoch is not chaotic
            within={"running_loss": 2e-3, "train_loss": 6e-3, "val_loss": 6e-3},
            shortened={"epochs": 1},
        ),
    ),
)
