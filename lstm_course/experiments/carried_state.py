"""What a language model gains by a state that is carried from batch to batch.

Two networks of one kind, one learning to write from batches whose state goes on where
the last one ended, the other from batches that each begin with zeros. Both see the same
characters in the same order. Each has the learning rate that its own trials chose.
"""

from itertools import islice
from typing import Any

import numpy as np

from lstm_course.data.characters import Characters, cut_streams, join_reviews
from lstm_course.data.imdb import Split
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment, Tuning
from lstm_course.experiments.reviews import Judge, run_on_reviews
from lstm_course.training.language import (
    LanguageParams,
    language_bits,
    language_init,
    train_language,
)

RECIPE: dict[str, Any] = {
    "reviews": 1500,
    "other_reviews": 200,  # of the validation part, and of the test part
    "characters": 80,
    "embedding_dim": 16,
    "units": 64,
    "streams": 32,
    "length": 32,
    "steps": 3000,
    "stop_after": 3000,
    "first_steps": 50,
    "warm_up": 100,
}

READ_AT_ONCE = 64  # streams


def learn(
    recipe: dict[str, Any], case: str, seed: int, train: Split, validation: Split
) -> tuple[dict[str, Any], Judge]:
    """Train in the one way; return bits a character on other reviews, read both ways.

    The number without a name for its way is that of the way it was trained.
    """
    text = _text(train, recipe["reviews"])
    characters = Characters.build(text, recipe["characters"])
    params = language_init(
        np.random.default_rng(seed),
        len(characters),
        recipe["embedding_dim"],
        recipe["units"],
    )
    steps = train_language(
        params,
        cut_streams(characters.encode(text), recipe["streams"]),
        carried=case == "carried",
        **{key: recipe[key] for key in ("steps", "length", "learning_rate", "warm_up")},
    )
    bits = []
    for step in islice(steps, recipe["stop_after"]):
        params = step.params
        bits.append(step.bits)

    def on(split: Split, part: str) -> dict[str, Any]:
        ids = characters.encode(_text(split, recipe["other_reviews"]))
        streams = cut_streams(ids, READ_AT_ONCE)
        return _read_both_ways(recipe, case, streams, params, part)

    first = np.mean(bits[: recipe["first_steps"]])
    return on(validation, "validation") | {"first_bits": first}, lambda test: on(
        test, "test"
    )


def _text(split: Split, reviews: int) -> str:
    return join_reviews([*split.texts][:reviews])  # type: ignore[misc]


def _read_both_ways(
    recipe: dict[str, Any], case: str, streams: Any, params: LanguageParams, part: str
) -> dict[str, Any]:
    found = {}
    for way in ("carried", "from zeros"):
        of_each = language_bits(
            streams, params, length=recipe["length"], carried=way == "carried"
        )
        found[f"{part}_bits, {way}"] = of_each.mean()
        # By how many characters of the batch were read before: T numbers.
        whole = of_each.shape[1] // recipe["length"] * recipe["length"]
        by_place = of_each[:, :whole].reshape(len(streams), -1, recipe["length"])
        found[f"{part}_bits_by_place, {way}"] = by_place.mean(axis=(0, 1))
    return {f"{part}_bits": found[f"{part}_bits, {case}"]} | found


run = run_on_reviews(learn, lambda recipe, case: (4, 1))  # word ids are not used


EXPERIMENT = Experiment(
    name="carried_state",
    question="What does a language model gain by a state that is carried on?",
    recipe=RECIPE,
    cases=("carried", "from zeros"),
    seeds=(1, 2, 3, 4, 5),
    run=run,
    watched="validation_bits",
    tuning=Tuning(
        setting="learning_rate",
        grid=(0.003, 0.01, 0.03, 0.1),
        seeds=(101,),
        score="validation_bits",
    ),
    checks=(
        Again(
            runs=(("carried", 1), ("from zeros", 1)),
            within={"first_bits": 1e-3},
            shortened={"stop_after": 50, "other_reviews": 2},
        ),
    ),
)
