"""The shuffled-word test: an LSTM that reads each review's words in a random order.

Training, validation and test reviews are shuffled alike, each once; padding stays in
front. What an LSTM trained on words in order reaches beyond one trained on shuffled
words, it owes to their order. A bag of embeddings, for which order does not exist, is
the better reader of shuffled words, and stands beside them. Once with the notes' 500
words and last 100 tokens, and once with 10,000 words and the last 200. Each of the six
has the learning rate of the grid that left it the lowest validation loss, in runs of
their own.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_course.data.imdb import Split
from lstm_course.data.text import PADDING
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment, Tuning
from lstm_course.experiments.reviews import (
    Judge,
    judge_by,
    run_on_reviews,
    train_with_patience,
)
from lstm_course.training.sentiment import SentimentConfig

RECIPE = {
    "maxlen": {"500": 100, "10000": 200},
    "embedding_dim": 16,
    "units": 8,
    "optimizer": "adam",
    "steps": 4000,
    "every": 50,
    "patience": 8,
    "batch_size": 64,
}

HOW_TO_LEARN = ("learning_rate", "steps", "every", "patience", "batch_size")


def shuffle_words(
    rng: np.random.Generator, ids: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return ids (N, T) with the words of each row in random order, padding in front.

    Sorting random keys puts a row in random order; padding's key is below all others.
    """
    keys = np.where(ids == PADDING, -1.0, rng.random(ids.shape))
    return np.take_along_axis(ids, np.argsort(keys, axis=1), axis=1)


def words_and_length(recipe: dict[str, Any], case: str) -> tuple[int, int]:
    """Return the vocabulary's size and the reviews' length of a case."""
    words = case.split()[0]
    return int(words), recipe["maxlen"][words]


def learn(
    recipe: dict[str, Any], case: str, seed: int, train: Split, validation: Split
) -> tuple[dict[str, Any], Judge]:
    """Return the numbers of a network; case "500 words, shuffled", for one."""
    words, _, order = case.split(maxsplit=2)
    rng = np.random.default_rng(seed)

    def as_read(part: Split) -> Split:
        if order != "shuffled":
            return part
        return Split(shuffle_words(rng, part.ids), part.labels, None)

    train, validation = as_read(train), as_read(validation)
    model, numbers = train_with_patience(
        SentimentConfig(
            num_words=int(words),
            layers=0 if order == "bag" else 1,
            embedding_dim=recipe["embedding_dim"],
            units=recipe["units"],
            seed=seed,
        ),
        train,
        validation,
        **{key: recipe[key] for key in HOW_TO_LEARN},
    )
    judge = judge_by(model)
    return numbers, lambda test: judge(as_read(test))


run = run_on_reviews(learn, words_and_length)


EXPERIMENT = Experiment(
    name="shuffled",
    question="What does an LSTM lose when each review's words come in random order?",
    recipe=RECIPE,
    cases=(
        "500 words, in order",
        "500 words, shuffled",
        "500 words, bag",
        "10000 words, in order",
        "10000 words, shuffled",
        "10000 words, bag",
    ),
    seeds=(1, 2, 3, 4, 5, 8, 9, 10, 11, 12),
    run=run,
    watched="test_accuracy",
    tuning=Tuning(
        setting="learning_rate",
        grid=(1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1),
        seeds=(6, 7),
        score="validation_loss",
    ),
    checks=(
        Again(
            runs=(
                ("500 words, in order", 2),
                ("500 words, shuffled", 5),
                ("10000 words, bag", 2),
            ),
            within={"first_validation_loss": 1e-3},
            shortened={"steps": 50},
        ),
        Again(
            runs=(("500 words, bag", 2),),
            within={"steps": 0, "test_loss": 1e-3, "test_accuracy": 5e-3},
        ),
    ),
)
