"""The gap between training and validation loss, with dropout and without (C31).

The notes' model and reviews, with Adam instead of the notes' RMSprop, so that some
seeds can be afforded; no early stopping, for the gap opens after the best epoch. At the
end of each epoch the training loss is measured twice over: the epoch's running mean, as
Keras prints it, while the weights change and with dropout switched on; and without
dropout, as the validation loss is, on a fourth of the training reviews.
"""

from typing import Any

from lstm_course.data.imdb import Split
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment
from lstm_course.experiments.reviews import by_recipe, run_on_reviews, train_in_pieces
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
    "epochs": 8,
    "measured_on": 5000,  # training reviews
}


def learn(
    recipe: dict[str, Any], case: str, seed: int, train: Split, validation: Split
) -> tuple[dict[str, Any], None]:
    """Return the losses after each epoch; the case is the rate of the dropout."""
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
    numbers = {
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
    cases=("0.0", "0.3"),
    seeds=(1, 2, 3, 4, 5),
    run=run,
    watched="first_val_loss",
    checks=(
        Again(
            runs=(("0.0", 5), ("0.3", 2)),
            within={"running_loss": 2e-3, "train_loss": 2e-3, "val_loss": 2e-3},
            shortened={"epochs": 1},
        ),
    ),
)
