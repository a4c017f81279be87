"""The recipe of the notes' book to the letter (C30), and a bag of words beside it.

The bag of embeddings puts the mean of the words' embeddings in the LSTM's place, and
so cannot know their order. At the notes' learning rate it is not done after 100 epochs
(validation loss 0.457, still falling), so it has ten times that rate.

Keras takes four times the time; its runs have a measurement of their own, with two
seeds: they show that the two engines agree, and spread is NumPy's matter.
"""

from typing import Any

from lstm_course.data.imdb import Split
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment
from lstm_course.experiments.reviews import (
    Judge,
    by_recipe,
    judge_by,
    run_on_reviews,
)
from lstm_course.twin.models import build_sentiment_model

RECIPE = {
    "num_words": 500,
    "maxlen": 100,
    "embedding_dim": 16,
    "units": 8,
    "optimizer": "rmsprop",
    "learning_rate": {"numpy": 1e-4, "keras": 1e-4, "bag": 1e-3},
    "batch_size": 64,
    "epochs": 100,
    "patience": 3,
}


def learn(
    recipe: dict[str, Any], case: str, seed: int, train: Split, validation: Split
) -> tuple[dict[str, Any], Judge]:
    """Train until the validation loss no longer falls; the best epoch is judged."""
    model = build_sentiment_model(
        engine="keras" if case == "keras" else "numpy",
        layers=0 if case == "bag" else 1,
        seed=seed,
        **{key: recipe[key] for key in ("num_words", "embedding_dim", "units")},
    )
    how = ("optimizer", "batch_size", "epochs", "patience")
    history = model.fit(
        train,
        validation,
        learning_rate=recipe["learning_rate"][case],
        **{key: recipe[key] for key in how},
    )
    validation_loss, validation_accuracy = model.evaluate(validation)
    edges = {1: "first", recipe["epochs"]: "last"}
    numbers = {
        "best_epoch": history.best_epoch,
        "at_the_edge": edges.get(history.best_epoch, ""),
        "validation_loss": validation_loss,
        "validation_accuracy": validation_accuracy,
        "cpu_seconds": history.cpu_seconds,
        "first_val_loss": history.val_loss[0],
        "loss": history.loss,
        "accuracy": history.accuracy,
        "val_loss": history.val_loss,
        "val_accuracy": history.val_accuracy,
    }
    return numbers, judge_by(model)


run = run_on_reviews(learn, by_recipe)


EXPERIMENT = Experiment(
    name="book",
    question="What does the recipe of the notes' book reach, and a bag of embeddings?",
    recipe=RECIPE,
    cases=("numpy", "bag"),
    seeds=(42, 1, 2, 3, 4),
    run=run,
    watched="test_accuracy",
    checks=(
        Again(
            runs=(("numpy", 4), ("bag", 1)),
            within={"loss": 1e-4, "val_loss": 1e-4, "accuracy": 1e-3},
            shortened={"epochs": 1},
        ),
    ),
)
