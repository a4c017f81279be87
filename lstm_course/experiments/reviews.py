"""What the experiments on film reviews share: parts, steps, and when to stop."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.data.imdb import Split, load_imdb
from lstm_course.experiments.experiment import Learned, Run
from lstm_course.training.engine import LabelledIds, NumpySentimentModel
from lstm_course.training.optimizers import adam_update, optimizer_init
from lstm_course.training.sentiment import (
    SentimentConfig,
    SentimentParams,
    sentiment_gradients,
    sentiment_init,
)

Judge = Callable[[Split], dict[str, Any]]
Learn = Callable[
    [dict[str, Any], str, int, Split, Split], tuple[dict[str, Any], Judge | None]
]


def run_on_reviews(
    learn: Learn, words_and_length: Callable[[dict[str, Any], str], tuple[int, int]]
) -> Run:
    """Return the ``run`` of an experiment that learns from film reviews.

    What learns has no way to the test part: the runner has the judge open it, when
    every choice was made. (A test makes sure that no experiment opens the reviews by
    itself.)

    Args:
        learn: (recipe, case, seed, training part, validation part) -> its numbers, and
            the judge: (test part) -> more numbers; None where the test part is not
            asked.
        words_and_length: (recipe, case) -> the size of the vocabulary, and the
            length of the reviews.
    """

    def run(recipe: dict[str, Any], case: str, seed: int) -> Learned:
        num_words, maxlen = words_and_length(recipe, case)
        data = load_imdb(num_words=num_words, maxlen=maxlen)
        numbers, judge = learn(recipe, case, seed, data.train, data.validation)
        return Learned(numbers, lambda: judge(data.test) if judge else {})

    return run


def by_recipe(recipe: dict[str, Any], case: str) -> tuple[int, int]:
    """Return the vocabulary's size and the reviews' length, alike for all cases."""
    return recipe["num_words"], recipe["maxlen"]


def judge_by(model: Any) -> Judge:
    """Return a judge that gives a model's loss, accuracy and hits on the test part."""

    def judge(test: Split) -> dict[str, Any]:
        loss, _ = model.evaluate(test)
        return {"test_loss": loss} | hits(model.predict(test.ids) > 0.5, test)

    return judge


def hits(answers: Array, test: Split) -> dict[str, Any]:
    """Return the accuracy of yes and no (N,), and which of them are right.

    ``test_hits`` has a bit for each review, four to a hexadecimal digit: two models are
    compared by the reviews on which they disagree.
    """
    right = answers == (test.labels > 0)
    return {
        "test_accuracy": right.mean(),
        "test_hits": np.packbits(right).tobytes().hex(),
        "test_reviews": len(right),
    }


def train_in_pieces(
    config: SentimentConfig,
    train: LabelledIds,
    *,
    steps: int,
    every: int,
    batch_size: int,
    learning_rate: float,
) -> Iterator[tuple[SentimentParams, float]]:
    """Train with Adam, and hand out the weights as they are after every few steps.

    The same steps as ``NumpySentimentModel.fit`` takes, seed for seed; but a piece may
    be shorter than an epoch, whose length depends on the size of the training set.

    Args:
        config: what the model is made of, with its seed.
        train: what to learn from; shuffled anew whenever all of it was read.
        steps: how many to take in all.
        every: steps of a piece; divides ``steps``.
        batch_size: reviews a step; fewer in the last one of an epoch.
        learning_rate: Adam's.

    Yields:
        The weights after a piece, and its mean loss while they changed, with dropout.
    """
    rng = np.random.default_rng(config.seed)
    params = sentiment_init(rng, config)
    state = optimizer_init(params)
    labels = train.labels.astype(np.float32)
    rest = np.zeros(0, np.intp)
    total_loss = reviews = 0.0
    for step in range(1, steps + 1):
        if not len(rest):
            rest = rng.permutation(len(labels))
        chosen, rest = rest[:batch_size], rest[batch_size:]
        loss, _, grads = sentiment_gradients(
            train.ids[chosen], labels[chosen], params, config, dropout_rng=rng
        )
        params, state = adam_update(params, grads, state, learning_rate=learning_rate)
        total_loss += loss * len(chosen)
        reviews += len(chosen)
        if step % every == 0:
            yield params, total_loss / reviews
            total_loss = reviews = 0.0


def train_with_patience(
    config: SentimentConfig,
    train: LabelledIds,
    validation: LabelledIds,
    *,
    learning_rate: float,
    steps: int,
    every: int,
    patience: int,
    batch_size: int,
) -> tuple[NumpySentimentModel, dict[str, Any]]:
    """Train until the validation loss no longer falls; keep the best weights.

    The arguments are those of ``train_in_pieces``, with an evaluation after each piece
    and ``steps`` the most to take. Training stops after ``patience`` evaluations
    without a lower loss.

    Returns:
        The model, and its numbers: steps, validation_loss, validation_accuracy,
        first_validation_loss, that of the first evaluation; and at_the_edge: "first" or
        "last" where the best evaluation is the first or the last there can be, so that
        the stopping rule has not found an end of its own, or "".
    """
    pieces = train_in_pieces(
        config,
        train,
        steps=steps,
        every=every,
        batch_size=batch_size,
        learning_rate=learning_rate,
    )
    losses: list[float] = []
    for params, _ in pieces:
        model = NumpySentimentModel(config, params)
        loss, accuracy = model.evaluate(validation)
        losses.append(loss)
        since_best = len(losses) - 1 - losses.index(min(losses))
        if since_best == 0:
            best, best_accuracy = model, accuracy
        if since_best == patience:
            break
    best_look = 1 + losses.index(min(losses))
    edges = {1: "first", steps // every: "last"}
    return best, {
        "steps": every * best_look,
        "at_the_edge": edges.get(best_look, ""),
        "validation_loss": min(losses),
        "validation_accuracy": best_accuracy,
        "first_validation_loss": losses[0],
    }
