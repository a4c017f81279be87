"""Does a random split of the reviews flatter a model? The same, judged in two ways.

In both, each review is answered by a model that was trained on four fifths of the
others: cross-validation, in five folds. Once the folds are of reviews, drawn at random,
so that a film's reviews stand in all of them. Once they are of whole films, as far as
the file tells which reviews belong together: then no model has seen a review of the
film that it judges. The difference is what names of actors and titles are worth.

The models are logistic regressions on tf-idf (words weighed by how few reviews have
them), for vocabularies of different sizes, and on words and pairs of neighbours. Which
words, and all weights, are of the four folds alone. C, the inverse of the penalty for
large weights, is the one of the grid that left each the lowest loss on the validation
part, trained on the training part. The 337 reviews with copies are only trained on. The
seed draws the folds.
"""

from typing import Any

import numpy as np

from lstm_course.arrays.shapes import Array, Ids
from lstm_course.data.imdb import Split
from lstm_course.data.text import tokenize
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment, Tuning
from lstm_course.experiments.reviews import Judge, hits, run_on_reviews

RECIPE: dict[str, Any] = {
    "folds": 5,
    "features": {
        "500 words": 500,
        "2000 words": 2_000,
        "10000 words": 10_000,
        "words and pairs": 200_000,
    },
}


def draw_folds(rng: np.random.Generator, groups: Ids, folds: int) -> Ids:
    """Return the fold of each review (N,); reviews of a group (N,) share one."""
    numbers, group = np.unique(groups, return_inverse=True)
    return (rng.permutation(len(numbers)) % folds)[group]


def count_terms(texts: Array, *, pairs: bool) -> Any:
    """Return how often each word, and each pair of neighbours, is in each text."""
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(
        tokenizer=tokenize,
        token_pattern=None,
        lowercase=False,
        ngram_range=(1, 2) if pairs else (1, 1),
        min_df=2,  # a term of one review tells nothing of another
        dtype=np.float32,
    )
    return counter.fit_transform(texts).tocsr()


def chances(
    counts: Any,
    labels: Array,
    trained: Array,
    judged: Array,
    size: int,
    strength: float,
) -> Array:
    """Return the probabilities of the reviews judged, by a model of those trained."""
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression

    times = np.asarray(counts[trained].sum(axis=0))[0]
    terms = np.sort(np.argsort(-times, kind="stable")[:size])
    counts = counts[:, terms]
    weigh = TfidfTransformer(sublinear_tf=True).fit(counts[trained])
    model = LogisticRegression(C=strength, solver="liblinear", random_state=0)
    model.fit(weigh.transform(counts[trained]), labels[trained])
    answers: Array = model.predict_proba(weigh.transform(counts[judged]))[:, 1]
    return answers


def learn(
    recipe: dict[str, Any], case: str, seed: int, train: Split, validation: Split
) -> tuple[dict[str, Any], Judge]:
    """Return the numbers of a model, and a judge by folds; "500 words, films"."""
    name, kind = case.rsplit(", ", 1)
    how = recipe["features"][name], recipe["strength"]
    pairs = name == "words and pairs"

    def chosen_by() -> dict[str, Any]:
        both = _together(train, validation)
        rows = np.arange(len(both.labels))
        held_out = rows >= len(train.labels)
        counts = count_terms(both.texts, pairs=pairs)
        p = chances(counts, both.labels, rows[~held_out], rows[held_out], *how)
        right = np.where(both.labels[held_out] > 0, p, 1 - p)
        return {
            "validation_loss": -np.log(right).mean(),
            "validation_accuracy": np.mean(right > 0.5),
        }

    def judge(test: Split) -> dict[str, Any]:
        whole = _together(train, validation, test)
        held_out = np.flatnonzero(whole.films >= 0)
        groups = whole.films[held_out] if kind == "films" else held_out
        fold = np.full(len(whole.labels), -1)  # of no fold: in training always
        fold[held_out] = draw_folds(
            np.random.default_rng(seed), groups, recipe["folds"]
        )
        counts = count_terms(whole.texts, pairs=pairs)
        answers = np.zeros(len(whole.labels))
        for number in range(recipe["folds"]):
            others, own = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
            answers[own] = chances(counts, whole.labels, others, own, *how)
        judged = Split(whole.ids[held_out], whole.labels[held_out], None)
        return hits(answers[held_out] > 0.5, judged)

    return chosen_by(), judge


def _together(*parts: Split) -> Any:
    """Return parts of the reviews as one; what they tell must be there."""
    return Split(*(np.concatenate(field) for field in zip(*parts, strict=True)))


run = run_on_reviews(learn, lambda recipe, case: (500, 1))  # it reads the texts alone

EXPERIMENT = Experiment(
    name="films",
    question="Does a random split flatter a model, since films are on both sides?",
    recipe=RECIPE,
    cases=tuple(f"{n}, {k}" for n in RECIPE["features"] for k in ("random", "films")),
    seeds=(1, 2, 3, 4, 5),
    run=run,
    watched="test_accuracy",
    tuning=Tuning(
        setting="strength",
        grid=(0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0),
        seeds=(6,),
        score="validation_loss",
    ),
    checks=(
        Again(
            runs=(("500 words, films", 1), ("500 words, random", 2)),
            within={"validation_loss": 1e-3, "test_accuracy": 2e-3},
        ),
    ),
)
