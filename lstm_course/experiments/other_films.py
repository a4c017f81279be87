"""Reviews for an experiment whose test part is of films that nobody trained on."""

from collections.abc import Callable
from typing import Any

from lstm_course.data.imdb import load_imdb
from lstm_course.experiments.experiment import Learned, Run
from lstm_course.experiments.reviews import Learn


def run_on_other_films(
    learn: Learn, words_and_length: Callable[[dict[str, Any], str], tuple[int, int]]
) -> Run:
    """Return the ``run`` of an experiment; as ``run_on_reviews``, split by films."""

    def run(recipe: dict[str, Any], case: str, seed: int) -> Learned:
        num_words, maxlen = words_and_length(recipe, case)
        data = load_imdb(num_words=num_words, maxlen=maxlen, split="films")
        numbers, judge = learn(recipe, case, seed, data.train, data.validation)
        return Learned(numbers, lambda: judge(data.test) if judge else {})

    return run
