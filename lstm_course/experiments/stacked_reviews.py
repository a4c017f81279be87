"""Reviews in 24 pieces, read by two LSTMs, by one, and by no LSTM at all.

The study notes build 64 units under 32, for inputs of shape (24, 100). Here each step
is a piece of a review: how often each of 100 telling words occurs in it. The seed
draws the reviews to learn from, 6,000 of 20,000, and the first weights. No choice is
made after a look at a result: all networks train for four epochs, enough for the
validation loss to level off.
"""

from typing import Any

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.data.imdb import Split
from lstm_course.data.pieces import count_in_pieces, telling_words
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment
from lstm_course.experiments.reviews import Judge, by_recipe, hits, run_on_reviews
from lstm_course.system.keras_import import import_keras

RECIPE: dict[str, Any] = {
    "num_words": 2000,
    "maxlen": 240,
    "pieces": 24,
    "words": 100,
    "reviews": 6000,
    "units": {"stack": [64, 32], "shuffled": [64, 32], "one layer": [32], "counts": []},
    "dense": 16,
    "dropout": 0.5,
    "epochs": 4,
    "batch_size": 64,
    "optimizer": "adam",
}


def learn(
    recipe: dict[str, Any], case: str, seed: int, train: Split, validation: Split
) -> tuple[dict[str, Any], Judge]:
    """Return the accuracies of one kind of reader.

    Cases: "stack" and "one layer" read the pieces in their order, "shuffled" is the
    stack with the pieces of each review in an order of its own, and "counts" is a
    logistic regression on the counts of the whole review.
    """
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(train.labels))[: recipe["reviews"]]
    train = Split(train.ids[rows], train.labels[rows], None)
    words = telling_words(train.ids, train.labels, recipe["words"])

    def pieces(part: Split) -> Array:
        inputs = count_in_pieces(part.ids, words, recipe["pieces"])
        return _shuffle(rng, inputs) if case == "shuffled" else inputs

    inputs, unseen = pieces(train), pieces(validation)
    model = (
        _read_in_order(recipe, case, seed, inputs, train.labels)
        if recipe["units"][case]
        else _add_up(inputs, train.labels)
    )

    right = (model(unseen) > 0.5) == validation.labels
    return (
        {"validation_accuracy": right.mean()},
        lambda test: hits(model(pieces(test)) > 0.5, test),
    )


def _shuffle(rng: np.random.Generator, inputs: Array) -> Array:
    """Return inputs (N, T, D) with the steps of each row in a random order."""
    order = rng.permuted(np.tile(np.arange(inputs.shape[1]), (len(inputs), 1)), axis=1)
    return np.take_along_axis(inputs, order[:, :, np.newaxis], axis=1)


def _read_in_order(
    recipe: dict[str, Any], case: str, seed: int, inputs: Array, labels: Array
) -> Any:
    """Return the trained network: inputs (N, T, D) to probabilities (N,)."""
    keras = import_keras()
    layers = keras.layers
    keras.utils.set_random_seed(seed)
    units = recipe["units"][case]
    model = keras.Sequential(
        [
            keras.Input(inputs.shape[1:]),
            *(layers.LSTM(size, return_sequences=True) for size in units[:-1]),
            layers.LSTM(units[-1]),
            layers.Dense(recipe["dense"], activation="relu"),
            layers.Dropout(recipe["dropout"]),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(loss="binary_crossentropy", optimizer=recipe["optimizer"])
    model.fit(
        inputs,
        labels,
        epochs=recipe["epochs"],
        batch_size=recipe["batch_size"],
        verbose=0,
    )
    return lambda unseen: model.predict(unseen, batch_size=256, verbose=0)[:, 0]


def _add_up(inputs: Array, labels: Array) -> Any:
    """Return a logistic regression on what all pieces have together."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=1000).fit(inputs.sum(axis=1), labels)
    return lambda unseen: model.predict_proba(unseen.sum(axis=1))[:, 1]


run = run_on_reviews(learn, by_recipe)

EXPERIMENT = Experiment(
    name="stacked_reviews",
    question="Does a second LSTM read the pieces of a review better than one, or none?",
    recipe=RECIPE,
    cases=("stack", "shuffled", "one layer", "counts"),
    seeds=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    run=run,
    watched="test_accuracy",
    checks=(
        Again(
            runs=(("counts", 1), ("one layer", 1)),
            within={"validation_accuracy": 5e-3, "test_accuracy": 5e-3},
        ),
    ),
)
