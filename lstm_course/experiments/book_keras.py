"""The recipe of the notes' book to the letter (C30), with Keras as the engine."""

from lstm_course.experiments.book import RECIPE, run
from lstm_course.experiments.runner import Experiment

EXPERIMENT = Experiment(
    name="book_keras",
    question="What does the recipe of the notes' book reach, as Keras computes it?",
    recipe=RECIPE,
    cases=("keras",),
    seeds=(42, 1),
    run=run,
    quick=("keras", 42),
    watched="first_val_loss",
    shortened={"epochs": 1},
)
