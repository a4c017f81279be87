"""How well n-grams foretell a review's characters, by how much text they counted.

Nothing is drawn: one run a size is all there is. The order is chosen on the validation
part, from 1 up to more than pays.
"""

from typing import Any

import numpy as np

from lstm_course.data.characters import Characters, join_reviews
from lstm_course.data.imdb import Split
from lstm_course.data.ngrams import fit_ngrams, ngram_probabilities
from lstm_course.experiments.checks import Again
from lstm_course.experiments.experiment import Experiment
from lstm_course.experiments.reviews import Judge, run_on_reviews

RECIPE: dict[str, Any] = {
    "validation_reviews": 400,
    "characters": 80,
    "orders": list(range(1, 13)),
}


def learn(
    recipe: dict[str, Any], case: str, seed: int, train: Split, validation: Split
) -> tuple[dict[str, Any], Judge]:
    """Count so many reviews; return bits a character of each order, and the best."""
    text = _text(train, int(case.split()[0]))
    characters = Characters.build(text, recipe["characters"])
    ids, size = characters.encode(text), len(characters)
    held_out = characters.encode(_text(validation, recipe["validation_reviews"]))

    def bits(ids: Any, model: Any) -> float:
        return float(-np.mean(np.log2(ngram_probabilities(ids, model))))

    by_order = [
        bits(held_out, fit_ngrams(ids, size, order)) for order in recipe["orders"]
    ]
    order = recipe["orders"][int(np.argmin(by_order))]
    best = fit_ngrams(ids, size, order)
    numbers = {
        "characters": len(ids) - 1,
        "validation_bits": min(by_order),
        "validation_bits_by_order": by_order,
        "order": order,
        "counts": best.counts,
    }
    return numbers, lambda test: {
        "test_bits": bits(characters.encode(_text(test, None)), best)
    }


def _text(split: Split, reviews: int | None) -> str:
    return join_reviews([*split.texts][:reviews])  # type: ignore[misc]


run = run_on_reviews(learn, lambda recipe, case: (4, 1))  # word ids are not used


EXPERIMENT = Experiment(
    name="counted_characters",
    question="How well do n-grams foretell characters, by how much text they counted?",
    recipe=RECIPE,
    cases=(
        "375 reviews",
        "750 reviews",
        "1500 reviews",
        "3000 reviews",
        "6000 reviews",
    ),
    seeds=(0,),
    run=run,
    watched="test_bits",
    checks=(
        Again(
            runs=(("375 reviews", 0),),
            within={"validation_bits": 1e-5, "test_bits": 1e-5, "counts": 0},
        ),
    ),
)
