"""The exercises of lesson 15: a rung's price, pooling, hidden words, a rate, folds."""

import numpy as np
from numpy.random import Generator

from lstm_course.arrays.shapes import Array, Ids, Mask
from lstm_course.checker.exercise import Cases, Exercise, Quiz
from lstm_course.checker.planting import Mistake
from lstm_course.data.text import UNKNOWN
from lstm_course.layers.pooling import max_pool_forward, mean_pool_forward
from lstm_course.training.batches import drop_words
from lstm_course.training.schedules import warmup_cosine

# price_of_a_rung ----------------------------------------------------------------

Rung = tuple[float, ...]  # the accuracy of each seed, in points


def price_of_a_rung(
    below: Rung, above: Rung, half: float, seconds: tuple[int, int]
) -> tuple[float, float, bool]:
    """Return what a rung is worth, that for each CPU minute, and whether it is settled.

    Args:
        below: accuracies without the change, in points, seed by seed.
        above: likewise with it.
        half: half of the width of the interval of what it is worth.
        seconds: what a run costs without the change and with it.
    """
    worth = (np.array(above) - np.array(below)).mean()
    minutes = (seconds[1] - seconds[0]) / 60
    settled = worth > half
    return float(worth), float(worth / minutes), bool(settled)


def draw_rung(rng: Generator) -> tuple[Rung, Rung, float, tuple[int, int]]:
    """Draw two rungs, the one above better or no better, and their cost."""
    worth = int(rng.integers(5, 16)) * int(rng.choice([1, 1, 1, -1]))
    apart = rng.permutation([-2, -1, 0, 1, 2]) + worth
    below = 845 + rng.integers(0, 25) + rng.permutation([-3, -2, 0, 1, 4])
    half = abs(worth) * float(rng.choice([0.6, 0.8, 1.3, 1.6]))
    before = int(rng.integers(11, 40))
    more = int(rng.choice([12, 15, 20, 24, 30, 40, 45, 75, 90]))
    first, second = (
        tuple(int(tenths) / 10 for tenths in rung) for rung in (below, below + apart)
    )
    return first, second, round(half) / 10 + 0.05, (before, before + more)


def ask_for_price(
    below: Rung, above: Rung, half: float, seconds: tuple[int, int]
) -> str:
    """Return the question."""
    rows = [
        f"{name:8}" + "".join(f"{points:6.1f}" for points in rung) + f"{cost:12} s"
        for name, rung, cost in zip(
            ("without", "with"), (below, above), seconds, strict=True
        )
    ]
    return (
        "Five seeds, without a change and with it: accuracy on other films in points, "
        "and the CPU seconds of a run.\n" + "\n".join(rows) + "\n"
        "The interval of what the change is worth reaches "
        f"{half:.2f} points to either side.\n"
        "How many points is the change worth, how many is that for each CPU minute "
        "that it adds, and can one tell that it helps? "
        "(points, points per minute, True or False), to two decimals"
    )


def derive_price(
    below: Rung, above: Rung, half: float, seconds: tuple[int, int]
) -> str:
    """Return the difference, what it costs, and the bound of its interval."""
    worth, rate, settled = price_of_a_rung(below, above, half, seconds)
    each = ", ".join(f"{b - a:.1f}" for a, b in zip(below, above, strict=True))
    more = seconds[1] - seconds[0]
    return (
        f"Seed by seed, with minus without: {each}; the mean is {worth:.2f}.\n"
        f"It adds {seconds[1]} - {seconds[0]} = {more} CPU seconds, "
        f"{more / 60:.2f} minutes: {worth:.2f} / {more / 60:.2f} = {rate:.2f}.\n"
        f"The interval begins at {worth:.2f} - {half:.2f} = {worth - half:.2f}, "
        f"{'above 0' if settled else 'not above 0'}: {settled}."
    )


PRICE_OF_A_RUNG = Quiz(
    able="say what a change is worth and what it costs",
    solution=price_of_a_rung,
    draw=draw_rung,
    question=ask_for_price,
    derivation=derive_price,
    parts={"points": "", "points per minute": "", "can one tell": ""},
    tolerance=0.0051,
    mistakes={
        "rung-difference-the-wrong-way-round": Mistake(
            right="(np.array(above) - np.array(below)).mean()",
            wrong="(np.array(below) - np.array(above)).mean()",
            hint="Your points have the wrong sign: with the change minus without.",
        ),
        "rung-sign-lost": Mistake(
            right="(np.array(above) - np.array(below)).mean()",
            wrong="abs((np.array(above) - np.array(below)).mean())",
            hint="Your points have lost their sign: this change does harm.",
        ),
        "rung-best-runs-compared": Mistake(
            right="(np.array(above) - np.array(below)).mean()",
            wrong="max(above) - max(below)",
            hint="Your points are between the two best runs, that is, between two "
            "strokes of luck: take the mean over the seeds.",
        ),
        "rung-first-seed-alone": Mistake(
            right="(np.array(above) - np.array(below)).mean()",
            wrong="above[0] - below[0]",
            hint="Your points are those of the first seed: take the mean of all five.",
        ),
        "rung-points-added-up": Mistake(
            right="(np.array(above) - np.array(below)).mean()",
            wrong="(np.array(above) - np.array(below)).sum()",
            hint="Your points are the sum over the seeds: divide by their number.",
        ),
        "rung-price-of-the-whole-run": Mistake(
            right="(seconds[1] - seconds[0]) / 60",
            wrong="seconds[1] / 60",
            hint="Your cost is that of the whole run: the change costs what it adds.",
        ),
        "rung-price-of-the-run-below": Mistake(
            right="(seconds[1] - seconds[0]) / 60",
            wrong="seconds[0] / 60",
            hint="Your cost is that of the run without the change: what does the "
            "change add to it?",
        ),
        "rung-price-for-a-second": Mistake(
            right="(seconds[1] - seconds[0]) / 60",
            wrong="seconds[1] - seconds[0]",
            hint="Your points are for each CPU second: a minute has 60.",
        ),
        "rung-minutes-for-a-point": Mistake(
            right="float(worth / minutes)",
            wrong="float(minutes / worth)",
            hint="Your rate is upside down, the minutes that a point costs: points "
            "divided by minutes.",
        ),
        "rung-any-gain-settled": Mistake(
            right="worth > half",
            wrong="worth > 0",
            hint="Your third answer takes any gain for one: can one tell it from 0?",
        ),
        "rung-harm-taken-for-help": Mistake(
            right="worth > half",
            wrong="abs(worth) > half",
            hint="Your third answer is right that it is not chance: but does it help?",
        ),
        "rung-whole-width-asked": Mistake(
            right="worth > half",
            wrong="worth > 2 * half",
            hint="Your third answer asks for the interval's whole width: it "
            "begins half of that below the mean.",
        ),
        "rung-verdict-upside-down": Mistake(
            right="worth > half",
            wrong="worth <= half",
            hint="Your third answer is upside down: one can tell if the whole interval "
            "lies above 0.",
        ),
        "rung-points-rounded-to-whole": Mistake(
            right="return float(worth), float(worth / minutes), bool(settled)",
            wrong="return round(worth), round(worth / minutes), bool(settled)",
            hint="Your points are rounded to whole ones: give two decimals.",
        ),
        "rung-rate-first": Mistake(
            right="return float(worth), float(worth / minutes), bool(settled)",
            wrong="return float(worth / minutes), float(worth), bool(settled)",
            hint="Your first two numbers have changed places: the points come first.",
        ),
        "rung-percent-of-what-was": Mistake(
            right="(np.array(above) - np.array(below)).mean()",
            wrong="100 * (sum(above) / sum(below) - 1)",
            hint="Your points are percent of the accuracy without the change: points "
            "are differences of the two accuracies.",
        ),
    },
    hints=(
        "The same seed without the change and with it makes a pair. Take the mean of "
        "the five differences; then ask what the change adds to the cost; then where "
        "the interval begins.",
        "",
    ),
    reasoning="A rung is worth what it adds, and costs what it adds: both are "
    "differences to the rung below, the first paired by seed. And an interval that "
    "reaches 0 says that the next five seeds may show nothing at all.",
)


# pool_over_time -----------------------------------------------------------------


def pool_over_time(outputs: Array, mask: Mask) -> tuple[Array, Array]:
    """Return the largest output and the mean output over the steps that count.

    Args:
        outputs: (B, T, H), of a recurrent layer.
        mask: (B, T), True at the steps that count; each row has one or more.

    Returns:
        Two arrays (B, H), the largest first.
    """
    counts = mask[:, :, np.newaxis]  # (B, T, 1)
    largest = np.where(counts, outputs, -np.inf).max(axis=1)
    mean = np.where(counts, outputs, 0).sum(axis=1) / counts.sum(axis=1)
    return largest, mean


def pooling_cases() -> Cases:
    """Return outputs of both signs and of one, with padding on all sides and none."""
    rng = np.random.default_rng(15)

    def outputs(*shape: int) -> Array:
        return np.round(rng.uniform(-1, 1, size=shape), 2)

    def before(steps: int, *lengths: int) -> Mask:
        return np.asarray(np.arange(steps) >= steps - np.array(lengths)[:, np.newaxis])

    some = outputs(4, 6, 3)
    short = before(6, 3, 1, 5, 2)
    holes = rng.random((4, 6)) < 0.6
    holes[:, 2] = True
    return {
        "padding before": (some, short),
        "padding after": (some, short[:, ::-1]),
        "padding in between": (outputs(4, 6, 3), holes),
        "outputs that are all negative": (-np.abs(some) - 0.1, short),
        "outputs that are all positive": (np.abs(some) + 0.1, short[::-1]),
        "no padding": (outputs(3, 5, 2), np.ones((3, 5), bool)),
        "one review of one step": (outputs(1, 1, 4), np.ones((1, 1), bool)),
        "as many steps as units": (outputs(3, 3, 3), before(3, 2, 1, 3)),
    }


POOL_OVER_TIME = Exercise(
    able="pool over the steps that count",
    solution=pool_over_time,
    by_hand=(max_pool_forward, mean_pool_forward),
    cases=pooling_cases,
    parts={"largest": "B H", "mean": "B H"},
    mistakes={
        "padding-may-be-largest": Mistake(
            right="np.where(counts, outputs, -np.inf)",
            wrong="outputs",
            hint="Your largest output may be one of a step that does not count.",
        ),
        "zeros-win-the-maximum": Mistake(
            right="np.where(counts, outputs, -np.inf)",
            wrong="np.where(counts, outputs, 0)",
            hint="Your steps that do not count are 0, and 0 is the largest where all "
            "others are negative: put something there that can never win.",
        ),
        "padding-in-the-sum": Mistake(
            right="np.where(counts, outputs, 0).sum(axis=1)",
            wrong="outputs.sum(axis=1)",
            hint="Your mean adds up all steps: those that do not count are 0 in the "
            "sum.",
        ),
        "mean-divided-by-t": Mistake(
            right="/ counts.sum(axis=1)",
            wrong="/ outputs.shape[1]",
            hint="Your mean divides by T: divide by the number of steps that count.",
        ),
        "sum-and-no-mean": Mistake(
            right=".sum(axis=1) / counts.sum(axis=1)",
            wrong=".sum(axis=1)",
            hint="Your mean is a sum: divide by the number of steps that count.",
        ),
        "divided-by-all-that-counts": Mistake(
            right="/ counts.sum(axis=1)",
            wrong="/ counts.sum()",
            hint="Your mean divides by the steps of the whole batch: each review has "
            "a number of its own.",
        ),
        "largest-by-size": Mistake(
            right="np.where(counts, outputs, -np.inf).max(axis=1)",
            wrong="np.where(counts, np.abs(outputs), -np.inf).max(axis=1)",
            hint="Your largest output goes by size alone: a large negative one is "
            "small.",
        ),
        "smallest-for-largest": Mistake(
            right="np.where(counts, outputs, -np.inf).max(axis=1)",
            wrong="np.where(counts, outputs, np.inf).min(axis=1)",
            hint="Your first array has the smallest outputs: the largest are wanted.",
        ),
        "pooled-over-the-batch": Mistake(
            right="largest = np.where(counts, outputs, -np.inf).max(axis=1)\n"
            "    mean = np.where(counts, outputs, 0).sum(axis=1) / counts.sum(axis=1)",
            wrong="largest = np.where(counts, outputs, -np.inf).max(axis=0)\n"
            "    mean = np.where(counts, outputs, 0).sum(axis=0) / counts.sum(axis=0)",
            hint="Your pooling runs over the reviews: time is axis 1.",
        ),
        "pooled-over-the-units": Mistake(
            right="largest = np.where(counts, outputs, -np.inf).max(axis=1)\n"
            "    mean = np.where(counts, outputs, 0).sum(axis=1) / counts.sum(axis=1)",
            wrong="largest = np.where(counts, outputs, -np.inf).max(axis=2)\n"
            "    mean = np.where(counts, outputs, 0).mean(axis=2)",
            hint="Your pooling runs over the units: time is axis 1, and each unit "
            "keeps its place.",
        ),
        "pooled-without-the-mask": Mistake(
            right="counts = mask[:, :, np.newaxis]",
            wrong="counts = np.ones((*mask.shape, 1), bool)",
            hint="Your pooling takes all steps, padding included: where the mask is "
            "False nothing counts, neither for the largest nor for the mean.",
        ),
        "pooling-mask-inverted": Mistake(
            right="counts = mask[:, :, np.newaxis]",
            wrong="counts = ~mask[:, :, np.newaxis]",
            hint="Your mask is read the wrong way round: True marks a step that "
            "counts.",
        ),
        "last-step-for-largest": Mistake(
            right="np.where(counts, outputs, -np.inf).max(axis=1)",
            wrong="outputs[:, -1]",
            hint="Your first array is the last step, which was the model before: take "
            "the largest of all that count, unit by unit.",
        ),
        "mean-before-largest": Mistake(
            right="return largest, mean",
            wrong="return mean, largest",
            hint="Your two arrays have changed places: the largest comes first.",
        ),
    },
    hints=(
        "The mask has two axes and the outputs have three: give it a third, of length "
        "1. What can stand at a step that does not count, so that it is never the "
        "largest? What, so that it adds nothing to a sum?",
        "counts = mask[:, :, None]; np.where(counts, outputs, -np.inf) for the "
        "largest; np.where(counts, outputs, 0).sum(axis=1) divided by "
        "counts.sum(axis=1) for the mean.",
    ),
    reasoning="What stands in place of a step that does not count depends on what is "
    "done with it: minus infinity never wins a maximum, 0 adds nothing to a sum. And "
    "the mean is over the steps that count, a number of each review's own.",
)


# hide_words ---------------------------------------------------------------------


def hide_words(ids: Ids, rate: float, seed: int, training: bool) -> Ids:
    """Return the ids with some words made unknown, each with a chance of ``rate``.

    Args:
        ids: (B, T); 0 is padding, and 2 an unknown word.
        rate: of the tokens to hide.
        seed: of the draws.
        training: whether the model learns; if it predicts, nothing is hidden.
    """
    rng = np.random.default_rng(seed)
    hidden = rng.random(ids.shape) < rate
    is_token = ids != 0
    if not training:
        return ids
    return np.where(hidden & is_token, UNKNOWN, ids)


def hiding_cases() -> Cases:
    """Return reviews with padding and without, to learn from and to predict."""
    rng = np.random.default_rng(4)

    def reviews(batch: int, steps: int, least: int) -> Ids:
        ids = rng.integers(2, 30, size=(batch, steps))
        start = steps - rng.integers(least, steps + 1, size=batch)
        ids[np.arange(steps) < start[:, np.newaxis]] = 0
        ids[np.arange(batch), start] = 1
        return ids

    some = reviews(5, 12, 4)
    return {
        "padded reviews, a third hidden": (some, 0.3, 7, True),
        "a tenth hidden": (reviews(7, 11, 3), 0.1, 8, True),
        "most words hidden": (reviews(4, 9, 2), 0.8, 9, True),
        "no padding": (reviews(3, 8, 8), 0.4, 2, True),
        "rate 0": (some, 0.0, 7, True),
        "a model that predicts": (some, 0.3, 7, False),
    }


HIDE_WORDS = Exercise(
    able="hide whole words",
    solution=hide_words,
    by_hand=(drop_words,),
    cases=hiding_cases,
    parts={"your array": "B T"},
    mistakes={
        "padding-becomes-a-word": Mistake(
            right="hidden & is_token",
            wrong="hidden",
            hint="Your padding turns into unknown words: id 0 stays 0.",
        ),
        "hidden-words-become-padding": Mistake(
            right="UNKNOWN",
            wrong="0",
            hint="Your hidden words become padding, as if nothing stood there: make "
            "them unknown.",
        ),
        "hidden-words-become-starts": Mistake(
            right="UNKNOWN",
            wrong="1",
            hint="Your hidden words become starts of a review: an unknown word is "
            "id 2.",
        ),
        "words-hidden-when-predicting": Mistake(
            right="if not training:\n        return ids",
            wrong="pass",
            hint="Your words are hidden while the model predicts, too: then it may "
            "read all of them.",
        ),
        "hidden-by-the-draw-alone": Mistake(
            right="if not training:\n        return ids\n"
            "    return np.where(hidden & is_token, UNKNOWN, ids)",
            wrong="return np.where(hidden, UNKNOWN, ids)",
            hint="Your words are hidden by the draw alone: padding stays 0, and a "
            "model that predicts may read all words.",
        ),
        "words-hidden-only-when-predicting": Mistake(
            right="if not training:",
            wrong="if training:",
            hint="Your training is upside down: words are hidden while the model "
            "learns.",
        ),
        "as-many-kept-as-were-to-hide": Mistake(
            right="rng.random(ids.shape) < rate",
            wrong="rng.random(ids.shape) >= rate",
            hint="Your rate is the share that is kept: it is the share that is hidden, "
            "where the number is below rate.",
        ),
        "draws-from-the-other-end": Mistake(
            right="rng.random(ids.shape) < rate",
            wrong="rng.random(ids.shape) > 1 - rate",
            hint="Your share is right, but the draws are read from the other end: "
            "hide where the number is below rate.",
        ),
        "same-places-in-all-reviews": Mistake(
            right="rng.random(ids.shape)",
            wrong="rng.random(ids.shape[1])",
            hint="Your reviews have the same places hidden: draw for each token of "
            "each review.",
        ),
        "whole-reviews-hidden": Mistake(
            right="rng.random(ids.shape)",
            wrong="rng.random((len(ids), 1))",
            hint="Your reviews are hidden as a whole or not at all: draw for each "
            "token.",
        ),
        "a-word-hidden-wherever-it-stands": Mistake(
            right="rng.random(ids.shape)",
            wrong="rng.random(30)[ids]",
            hint="Your draws are one for each id, so that a word is hidden wherever "
            "it stands: draw one for each place.",
        ),
        "draws-for-tokens-alone": Mistake(
            right="hidden = rng.random(ids.shape) < rate\n    is_token = ids != 0",
            wrong="is_token = ids != 0\n"
            "    hidden = np.zeros(ids.shape, bool)\n"
            "    hidden[is_token] = rng.random(is_token.sum()) < rate",
            hint="Your draws are for the tokens alone. That would do as well, but "
            "here they have the shape of the ids.",
        ),
        "start-never-hidden": Mistake(
            right="ids != 0",
            wrong="ids > 1",
            hint="Your start of a review is never hidden: here it is a token like any "
            "other.",
        ),
    },
    hints=(
        "Three conditions must hold for a token to be hidden: its draw is below rate, "
        "it is a token and no padding, and the model is in training.",
        "np.where((rng.random(ids.shape) < rate) & (ids != 0), 2, ids) while the "
        "model learns, and ids while it predicts.",
    ),
    reasoning="The model learns to do without any single word, for it may be gone. "
    "Padding is left as it is: a hidden word still counts as a step. And nothing "
    "is made larger in return, for a word that is hidden is not gone: an unknown word "
    "stands there, as one does in every review.",
)


# warmed_rates -------------------------------------------------------------------


def warmed_rates(steps: int, warmup: int, peak: float) -> Array:
    """Return the learning rate of each step, (S,): it rises, then falls towards 0.

    Args:
        steps: S, how many there are; they count from 0, as in Keras.
        warmup: the step at which the rate has risen to its peak, below S.
        peak: the highest rate.
    """
    step = np.arange(steps)
    risen = step / warmup
    fallen = (step - warmup) / (steps - warmup)  # 0 at the peak, 1 after the last step
    falling = (1 + np.cos(np.pi * fallen)) / 2
    rates: Array = peak * np.where(step < warmup, risen, falling)
    return rates


def rate_cases() -> Cases:
    """Return runs with a long and a short rise."""
    return {
        "ten steps up and thirty down": (40, 10, 3e-3),
        "three steps up and eight down": (11, 3, 0.5),
        "a rise of one step": (9, 1, 2.0),
        "one step down": (7, 6, 0.02),
    }


WARMED_RATES = Exercise(
    able="warm a learning rate up and let it down",
    solution=warmed_rates,
    by_hand=(warmup_cosine,),
    cases=rate_cases,
    parts={"your array": "S"},
    mistakes={
        "steps-counted-from-one": Mistake(
            right="np.arange(steps)",
            wrong="np.arange(1, steps + 1)",
            hint="Your steps count from 1: they count from 0, where the rate is 0.",
        ),
        "a-rate-too-many": Mistake(
            right="np.arange(steps)",
            wrong="np.arange(steps + 1)",
            hint="Your rates go on to a step S: the last is S - 1.",
        ),
        "a-rate-too-few": Mistake(
            right="np.arange(steps)",
            wrong="np.arange(1, steps)",
            hint="Your rates are one too few: there is one for each step, the first "
            "for step 0.",
        ),
        "no-warm-up": Mistake(
            right="np.where(step < warmup, risen, falling)",
            wrong="np.where(step < warmup, 1, falling)",
            hint="Your rate stands at its peak from the first step on: first it rises, "
            "in even steps.",
        ),
        "nothing-but-the-cosine": Mistake(
            right="np.where(step < warmup, risen, falling)",
            wrong="(1 + np.cos(np.pi * step / steps)) / 2",
            hint="Your rate falls along a cosine from the first step on: it rises "
            "first, and the cosine begins at the peak.",
        ),
        "nothing-but-the-rise": Mistake(
            right="np.where(step < warmup, risen, falling)",
            wrong="np.minimum(risen, 1)",
            hint="Your rate stays at its peak: it falls from there, along a cosine.",
        ),
        "fallen-counted-from-the-start": Mistake(
            right="(step - warmup) / (steps - warmup)",
            wrong="step / steps",
            hint="Your cosine counts from the first step: at the peak nothing has "
            "fallen yet.",
        ),
        "fall-spread-over-all-steps": Mistake(
            right="(step - warmup) / (steps - warmup)",
            wrong="(step - warmup) / steps",
            hint="Your rate does not come near 0: the fall has steps - warmup steps.",
        ),
        "fall-begins-late": Mistake(
            right="(step - warmup) / (steps - warmup)",
            wrong="(step - warmup - 1) / (steps - warmup)",
            hint="Your fall is a step behind: the step after the peak is its first.",
        ),
        "rise-over-all-steps": Mistake(
            right="step / warmup",
            wrong="step / steps",
            hint="Your rise is too slow: it is at the peak after warmup steps.",
        ),
        "rise-one-step-early": Mistake(
            right="step / warmup",
            wrong="(step + 1) / warmup",
            hint="Your rise is a step ahead: at step 0 the rate is 0.",
        ),
        "peak-one-step-early": Mistake(
            right="step / warmup",
            wrong="step / max(warmup - 1, 1)",
            hint="Your rise reaches the peak one step early: step / warmup.",
        ),
        "zero-at-the-last-step": Mistake(
            right="(step - warmup) / (steps - warmup)",
            wrong="(step - warmup) / max(steps - warmup - 1, 1)",
            hint="Your fall reaches 0 at the last step: it would be 0 at step `steps`.",
        ),
        "cosine-below-zero": Mistake(
            right="(1 + np.cos(np.pi * fallen)) / 2",
            wrong="np.cos(np.pi * fallen)",
            hint="Your rates fall below 0: a cosine goes from 1 to -1; lift it by 1 "
            "and halve it.",
        ),
        "cosine-not-halved": Mistake(
            right="(1 + np.cos(np.pi * fallen)) / 2",
            wrong="1 + np.cos(np.pi * fallen)",
            hint="Your fall begins at twice the peak: halve 1 + cos.",
        ),
        "quarter-of-a-cosine": Mistake(
            right="(1 + np.cos(np.pi * fallen)) / 2",
            wrong="np.cos(np.pi / 2 * fallen)",
            hint="Your fall is a quarter of a cosine, steepest at its end: take half "
            "of one, which is flat at both.",
        ),
        "whole-cosine": Mistake(
            right="np.cos(np.pi * fallen)",
            wrong="np.cos(2 * np.pi * fallen)",
            hint="Your rate falls and rises again: a whole cosine has 2 pi, half of "
            "one has pi.",
        ),
        "cosine-in-degrees": Mistake(
            right="np.cos(np.pi * fallen)",
            wrong="np.cos(180 * fallen)",
            hint="Your cosine is given degrees: np.cos takes radians, in which half a "
            "turn is pi.",
        ),
        "straight-fall": Mistake(
            right="(1 + np.cos(np.pi * fallen)) / 2",
            wrong="1 - fallen",
            hint="Your rate falls in a straight line: here it falls along a cosine.",
        ),
        "peak-left-out": Mistake(
            right="Array = peak * ",
            wrong="Array = ",
            hint="Your rates are shares of the peak: multiply by it.",
        ),
    },
    hints=(
        "Two pieces, and np.where chooses between them. The rise is a share of warmup "
        "steps. For the fall, first find how much of it is over: 0 at the peak, and 1 "
        "would be after the last step.",
        "step = np.arange(steps); the rise is step / warmup; with fallen = "
        "(step - warmup) / (steps - warmup) the fall is (1 + np.cos(np.pi * fallen)) "
        "/ 2; both times peak.",
    ),
    reasoning="Half a cosine is flat at both ends: it stays near the peak for a "
    "while, and near 0 at the end, where small steps settle what large ones left. "
    "At the peak both pieces are 1, so that it belongs to either.",
)


# folds_of_films -----------------------------------------------------------------


def folds_of_films(films: Ids, folds: int) -> Ids:
    """Return the fold of each review, (N,): whole films, and folds of like size.

    The film with the most reviews goes first, and each to the fold with the fewest
    reviews so far, of several such the first. Once the copies are left out,
    scikit-learn's GroupKFold does the same, for two folds or more.

    Args:
        films: (N,) the film of each review; -1 for copies, which are in no fold.
        folds: how many, counted from 0.

    Returns:
        (N,) from 0 on, and -1 for copies.
    """
    fold = np.full(len(films), -1)
    reviews = np.zeros(folds, int)
    names, sizes = np.unique(films[films >= 0], return_counts=True)
    for largest in np.argsort(-sizes):
        smallest = np.argmin(reviews)
        fold[films == names[largest]] = smallest
        reviews[smallest] += sizes[largest]
    return fold


def film_cases() -> Cases:
    """Return films of all sizes, no two alike, among other films' reviews and alone."""
    rng = np.random.default_rng(21)

    def reviews(*sizes: int, copies: int = 0) -> Ids:
        names = rng.permutation(30)[: len(sizes)]
        films = np.concatenate([np.repeat(names, sizes), np.full(copies, -1)])
        return rng.permutation(films)

    neighbours = np.repeat([7, 3, 12, 0, 5], [4, 9, 1, 6, 2])
    return {
        "seven films and some copies": (reviews(3, 12, 8, 1, 10, 5, 7, copies=4), 3),
        "films whose reviews are neighbours": (neighbours, 2),
        "one film larger than all others": (reviews(20, 3, 2, 5, 4, copies=2), 3),
        "a fold for each film": (reviews(6, 2, 9, 4), 4),
        "two folds": (reviews(5, 11, 1, 8, 2, 13, 3, copies=3), 2),
        "one fold": (reviews(3, 5, copies=2), 1),
    }


FOLDS_OF_FILMS = Exercise(
    able="hold out whole films",
    solution=folds_of_films,
    cases=film_cases,
    parts={"your array": "N"},
    mistakes={
        "reviews-dealt-one-by-one": Mistake(
            right="return fold",
            wrong="return np.where(films >= 0, np.arange(len(films)) % folds, -1)",
            hint="Your folds are dealt review by review, so that one film stands in "
            "all of them: that is a random split.",
        ),
        "cut-into-equal-pieces": Mistake(
            right="return fold",
            wrong="return np.where("
            "films >= 0, np.arange(len(films)) * folds // len(films), -1)",
            hint="Your folds are pieces of equal length, and their borders go through "
            "films.",
        ),
        "films-counted-for-reviews": Mistake(
            right="reviews[smallest] += sizes[largest]",
            wrong="reviews[smallest] += 1",
            hint="Your films are dealt in turn, so that each fold has as many of them, "
            "but not as many reviews: count these.",
        ),
        "smallest-film-first": Mistake(
            right="np.argsort(-sizes)",
            wrong="np.argsort(sizes)",
            hint="Your films begin with the smallest, and the last one, the largest, "
            "makes a fold too large: begin with it.",
        ),
        "films-by-number": Mistake(
            right="np.argsort(-sizes)",
            wrong="range(len(sizes))",
            hint="Your films go by their number: the one with the most reviews goes "
            "first.",
        ),
        "all-in-one-fold": Mistake(
            right="np.argmin(reviews)",
            wrong="np.argmax(reviews)",
            hint="Your films all go to one fold: count the reviews that each fold has "
            "already, and take the one with the fewest.",
        ),
        "copies-dealt-like-a-film": Mistake(
            right="films[films >= 0]",
            wrong="films",
            hint="Your copies are dealt like a film: they are in no fold, and their "
            "number is -1.",
        ),
        "copies-in-the-first-fold": Mistake(
            right="np.full(len(films), -1)",
            wrong="np.full(len(films), 0)",
            hint="Your copies are in fold 0: they are in no fold, and their number is "
            "-1.",
        ),
        "folds-counted-from-one": Mistake(
            right="return fold",
            wrong="return np.where(fold >= 0, fold + 1, -1)",
            hint="Your folds count from 1: the first is 0.",
        ),
    },
    hints=(
        "np.unique(films, return_counts=True) has the films and their sizes. Go "
        "through them from the largest to the smallest, and keep a count of the "
        "reviews in each fold.",
        "For each film: k = np.argmin(reviews); fold[films == film] = k; "
        "reviews[k] += its size. np.argsort(-sizes) is the order; begin with "
        "np.full(len(films), -1).",
    ),
    reasoning="A film goes as a whole, or what was learned from its other reviews "
    "would be of use. The large ones first, while there is room to make up for "
    "them. What belongs to nobody in particular, the copies, is never judged.",
)


EXERCISES: dict[str, Exercise] = {
    "price_of_a_rung": PRICE_OF_A_RUNG,
    "pool_over_time": POOL_OVER_TIME,
    "hide_words": HIDE_WORDS,
    "warmed_rates": WARMED_RATES,
    "folds_of_films": FOLDS_OF_FILMS,
}
