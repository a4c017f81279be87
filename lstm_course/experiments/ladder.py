"""From lesson 10's LSTM to one that beats a bag of words: a change at a time.

Each rung has everything of the rung below and one change more. The lower ones train at
a constant rate, for three epochs at most, until the validation loss no longer falls;
from "a rate up and down" on, for two. The validation part shares films with the
training part, the test part has films of its own.

The changes and their sizes were chosen on 6,000 reviews in blocks of the file, held out
with their films from training on the rest, one seed each and the last rungs with three.
763 of them are among the 2,500 of the test part here, which may flatter the upper rungs
a little. No rung was tuned by itself: a part of its gain may be owed to a setting that
suits it. The baselines' C is the one that `films` chose on the validation part; for
pairs it is 30, for which `films` has 100, at the same validation loss here, 0.219. The
bag of embeddings trains as the lowest rungs do, for 12 epochs at most.

CPU seconds are of all that training takes, with a look at the validation part after
each epoch; reading and encoding the reviews are left out, but for the baselines on
terms, whose counting of terms is their encoding and a part of what they learn.
"""

import time
from typing import Any

import numpy as np

from lstm_course.data.imdb import Split
from lstm_course.experiments.checks import Again, Drawn
from lstm_course.experiments.experiment import Experiment
from lstm_course.experiments.films import chances, count_terms
from lstm_course.experiments.other_films import run_on_other_films
from lstm_course.experiments.reviews import Judge, hits, judge_by
from lstm_course.training.engine import NumpySentimentModel
from lstm_course.training.ngrams import ngram_fit, ngram_logits
from lstm_course.training.sentiment import SentimentConfig

# A rung's changes: fields of a SentimentConfig; all else is for `fit`.
RUNGS: dict[str, dict[str, Any]] = {
    "LSTM(8)": {"num_words": 500, "maxlen": 100, "embedding_dim": 16, "units": 8},
    "10,000 words": {"num_words": 10_000},
    "the last 400": {"maxlen": 400, "mask_zero": True, "by_length": True},
    "both ways": {"bidirectional": True},
    "all steps": {"pooling": "max_mean"},
    "32 units": {"embedding_dim": 64, "units": 32},
    "features dropped": {"dropout": 0.5, "head_dropout": 0.5},
    "words dropped": {"word_dropout": 0.1},
    "a rate up and down": {"schedule": "warmup_cosine", "epochs": 2},
    "word vectors": {"start_from_vectors": True},
    "n-grams beside": {"ngrams": 3, "network_share": 0.3},
}
BAG: dict[str, Any] = {
    "layers": 0,
    "num_words": 10_000,
    "maxlen": 400,
    "mask_zero": True,
    "by_length": True,
    "epochs": 12,
}

RECIPE: dict[str, Any] = {
    "rungs": RUNGS,
    "bag": BAG,
    "optimizer": "adam",
    "learning_rate": 3e-3,
    "batch_size": 32,
    "epochs": 3,
    "patience": 1,
    "strength": {"words": 10.0, "words and pairs": 30.0},
    "features": {"words": 10_000, "words and pairs": 200_000},
}


def settings(recipe: dict[str, Any], case: str) -> dict[str, Any]:
    """Return all that a network has: of the recipe, and of each rung up to its own."""
    how: dict[str, Any] = {name: recipe[name] for name in ("epochs", "batch_size")}
    if case == "bag":
        return {**how, **recipe["bag"]}
    for rung, changes in recipe["rungs"].items():
        how |= changes
        if rung == case:
            return how
    return how  # the n-grams alone read what the highest rung does


def words_and_length(recipe: dict[str, Any], case: str) -> tuple[int, int]:
    """Return the vocabulary's size and the reviews' length of a case."""
    how = settings(recipe, case)
    return how["num_words"], how["maxlen"]


def learn(
    recipe: dict[str, Any], case: str, seed: int, train: Split, validation: Split
) -> tuple[dict[str, Any], Judge]:
    """Return the numbers of a case and its judge."""
    if case in recipe["features"]:
        return count_and_weigh(recipe, case, train, validation)
    how = settings(recipe, case)
    if case == "n-grams":
        return weigh_ngrams(how, train, validation)
    of_model = {key: how.pop(key) for key in SentimentConfig._fields if key in how}
    model = NumpySentimentModel(SentimentConfig(**of_model, seed=seed))
    history = model.fit(
        train,
        validation,
        optimizer=recipe["optimizer"],
        learning_rate=recipe["learning_rate"],
        patience=None if "schedule" in how else recipe["patience"],
        **how,
    )
    best = history.best_epoch - 1
    return {
        "validation_loss": history.val_loss[best],
        "validation_accuracy": history.val_accuracy[best],
        "first_validation_loss": history.val_loss[0],
        "epochs": history.epochs,
        "cpu_seconds": history.cpu_seconds,
    }, judge_by(model)


def weigh_ngrams(
    how: dict[str, Any], train: Split, validation: Split
) -> tuple[dict[str, Any], Judge]:
    """Return the numbers of the linear model that stands beside the highest rung."""
    started, words = time.process_time(), how["num_words"]
    params = ngram_fit(train.ids, train.labels, words, longest=how["ngrams"])
    spent = time.process_time() - started

    def logits(part: Split) -> Any:
        return ngram_logits(part.ids, params, words, longest=how["ngrams"])

    return _judged(logits(validation), validation, spent), lambda test: hits(
        logits(test) > 0, test
    )


def count_and_weigh(
    recipe: dict[str, Any], case: str, train: Split, validation: Split
) -> tuple[dict[str, Any], Judge]:
    """Return the numbers of a logistic regression on tf-idf of whole reviews."""
    how = recipe["features"][case], recipe["strength"][case]

    def logits(part: Split) -> Any:
        texts = np.concatenate([train.texts, part.texts])
        labels = np.concatenate([train.labels, part.labels])
        rows, held_out = np.arange(len(texts)), len(train.labels)
        counts = count_terms(texts, pairs=case != "words")
        p = chances(counts, labels, rows[:held_out], rows[held_out:], *how)
        return np.log(p / (1 - p))

    started = time.process_time()
    told = logits(validation)
    spent = time.process_time() - started
    return _judged(told, validation, spent), lambda test: hits(logits(test) > 0, test)


def _judged(logits: Any, part: Split, spent: float) -> dict[str, Any]:
    positive = part.labels > 0
    return {
        "validation_loss": np.logaddexp(0, np.where(positive, -logits, logits)).mean(),
        "validation_accuracy": np.mean((logits > 0) == positive),
        "cpu_seconds": spent,
    }


run = run_on_other_films(learn, words_and_length)

EXPERIMENT = Experiment(
    name="ladder",
    question="What does each change add to an LSTM that reads film reviews?",
    recipe=RECIPE,
    cases=(*RUNGS, "bag", "n-grams", "words", "words and pairs"),
    seeds=(1, 2, 3, 4, 5),
    run=run,
    watched="test_accuracy",
    checks=(
        Drawn(case="LSTM(8)", seeds=(6, 7, 8), key="validation_loss"),
        Again(
            runs=(("bag", 1), ("bag", 2)),
            within={"first_validation_loss": 1e-3},
            shortened={"bag": BAG | {"epochs": 1}},
        ),
        Again(
            runs=(("n-grams", 1), ("words", 1)),
            within={"validation_loss": 1e-3, "test_accuracy": 2e-3},
        ),
    ),
)
