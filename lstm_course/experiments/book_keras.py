"""The recipe of the notes' book to the letter (C30), with Keras as the engine."""

from lstm_course.experiments.book import RECIPE, run
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment

EXPERIMENT = Experiment(
    name="book_keras",
    question="What does the recipe of the notes' book reach, as Keras computes it?",
    recipe=RECIPE,
    cases=("keras",),
    seeds=(42, 1),
    run=run,
    watched="test_accuracy",
    checks=(
        Again(
            runs=(("keras", 42),),
            within={"loss": 1e-4, "val_loss": 1e-4, "accuracy": 1e-3},
            shortened={"epochs": 1},
        ),
    ),
)
