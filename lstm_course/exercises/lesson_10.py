"""The exercises of lesson 10: stop early, drop out, compare, and train fairly."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.random import Generator

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.shapes import Array
from lstm_course.checker.exercise import Cases, Exercise, Quiz
from lstm_course.checker.planting import Mistake
from lstm_course.exercises.limits import T_LIMIT

Part = tuple[Array, Array]  # features (N, D) and labels (N,), 0 or 1


# read_the_curve -----------------------------------------------------------------


def read_the_curve(losses: Sequence[float], patience: int) -> tuple[int, int]:
    """Return the last epoch that is run and the epoch that is kept, from 1."""
    kept = waited = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[kept]:
            kept, waited = epoch, 0
        else:
            waited += 1
        if waited == patience:
            break
    return epoch + 1, kept + 1


def draw_curve(rng: Generator) -> tuple[list[float], int]:
    """Draw a curve that rises for a while before it is stopped, and falls again."""
    more, falls, alike = (int(rng.permutation(n)[0]) for n in (2, 3, 2))
    patience = 2 + more
    first = int(rng.integers(63, 70))
    falling = first - np.cumsum([0, *rng.integers(3, 7, size=falls)])
    wait = np.sort(rng.choice(np.arange(1, 6), patience - 1, replace=False))[::-1]
    lowest = falling[-1] - int(rng.integers(2, 5))
    above = np.sort(rng.choice(np.arange(1, 7), patience, replace=False))
    if alike:
        above[0] = 0  # as low as the lowest one, and no lower
    else:
        above[-2:] = above[-2:][::-1]  # lower than the epoch before, no more
    rising = lowest + np.array([*above, 7, 9])
    fall = [*falling, *(falling[-1] + wait)] if falls else []  # or the first is best
    hundredths = [*fall, lowest, *rising, lowest - 2]
    return [int(loss) / 100 for loss in hundredths], patience


def ask_for_epochs(losses: Sequence[float], patience: int) -> str:
    """Return the question."""
    epochs = "".join(f"{epoch:5}" for epoch in range(1, len(losses) + 1))
    row = "".join(f"{loss:5.2f}" for loss in losses)
    return (
        "A run without early stopping gave these validation losses:\n"
        f"epoch{epochs}\nloss {row}\n"
        f"The same run again, with patience {patience}, keeping the best weights.\n"
        "Which epoch is its last, and which one is kept? (last, kept)"
    )


def derive_epochs(losses: Sequence[float], patience: int) -> str:
    """Return what each epoch is to the one who waits."""
    last, kept = read_the_curve(losses, patience)
    without = ", ".join(str(epoch) for epoch in range(kept + 1, last + 1))
    return (
        f"Epoch {kept} has the lowest loss so far: {losses[kept - 1]:.2f}.\n"
        f"Epochs {without} are not below it. These are {patience} in a row: the end.\n"
        f"Last is {last}, kept is {kept}. What came after {last} the run never sees."
    )


READ_THE_CURVE = Quiz(
    able="stop early, and keep the best model",
    solution=read_the_curve,
    draw=draw_curve,
    question=ask_for_epochs,
    derivation=derive_epochs,
    parts={"last": "", "kept": ""},
    hints=(
        "Go from left to right, and write below each loss the lowest so far. How many "
        "epochs in a row may pass without a new lowest one?",
        "",
    ),
    mistakes={
        "curve-last-epoch-kept": Mistake(
            right="return epoch + 1, kept + 1",
            wrong="return epoch + 1, epoch + 1",
            hint="Your run keeps its last epoch: that one ended it by not being "
            "better.",
        ),
        "curve-lowest-of-all-kept": Mistake(
            right="return epoch + 1, kept + 1",
            wrong="return epoch + 1, 1 + int(np.argmin(losses))",
            hint="Your kept epoch is the lowest of the whole curve: the run was "
            "stopped before it came there.",
        ),
        "curve-never-stopped": Mistake(
            right="return epoch + 1, kept + 1",
            wrong="return len(losses), 1 + int(np.argmin(losses))",
            hint="Your run goes on to the end of the curve: it ends when the patience "
            "has run out.",
        ),
        "curve-ends-at-the-kept-epoch": Mistake(
            right="return epoch + 1, kept + 1",
            wrong="return kept + 1, kept + 1",
            hint="Your run ends with the epoch that is kept: it waits for as many "
            "epochs as the patience says before it knows.",
        ),
        "curve-patience-not-renewed": Mistake(
            right="kept, waited = epoch, 0",
            wrong="kept = epoch",
            hint="Your patience is used up over the whole curve: the epochs must "
            "follow one another, and each new lowest loss begins the count anew.",
        ),
        "curve-against-the-epoch-before": Mistake(
            right="kept, waited = epoch, 0\n        else:",
            wrong="kept, waited = epoch, 0\n"
            "        elif losses[epoch] < losses[epoch - 1]:\n"
            "            waited = 0\n        else:",
            hint="Your epochs are compared with the one before: what counts is "
            "whether a loss is below the lowest so far.",
        ),
        "curve-stops-one-later": Mistake(
            right="waited == patience",
            wrong="waited == patience + 1",
            hint="Your run waits for one epoch more than the patience: count the "
            "epochs after the best one; at the number of the patience it ends.",
        ),
        "curve-stops-one-earlier": Mistake(
            right="waited == patience",
            wrong="waited == patience - 1",
            hint="Your run waits for one epoch fewer than the patience: only the "
            "epochs after the best one are counted.",
        ),
        "curve-last-epoch-not-counted": Mistake(
            right="return epoch + 1, kept + 1",
            wrong="return epoch, kept + 1",
            hint="Your last epoch is the one before: that in which the patience "
            "runs out has been run, too.",
        ),
        "curve-epoch-before-the-last-kept": Mistake(
            right="return epoch + 1, kept + 1",
            wrong="return epoch + 1, epoch",
            hint="Your kept epoch is the one before the last: kept is the one with the "
            "lowest loss so far, however long ago that was.",
        ),
        "curve-counted-from-zero": Mistake(
            right="return epoch + 1, kept + 1",
            wrong="return epoch, kept",
            hint="Your epochs are counted from 0: the first is epoch 1.",
        ),
        "curve-ties-count": Mistake(
            right="losses[epoch] < losses[kept]",
            wrong="losses[epoch] <= losses[kept]",
            hint="Your run takes an equal loss for a better one: it has to fall below.",
        ),
        "curve-epochs-swapped": Mistake(
            right="return epoch + 1, kept + 1",
            wrong="return kept + 1, epoch + 1",
            hint="Your two epochs have changed places: the last one of the run "
            "stands first.",
        ),
    },
    reasoning="One number is carried along, the lowest loss so far, and one count, "
    "of the epochs since. Both look back only: what the curve did later cannot "
    "help a run that has ended.",
)


# keep_the_best ------------------------------------------------------------------


def keep_the_best(
    start: Array,
    train: Callable[[Array], None],
    measure: Callable[[Array], float],
    epochs: int,
    patience: int,
) -> tuple[Array, int, int]:
    """Return the best weights, the last epoch that was run, and the best one."""
    weights = start.copy()
    lowest, waited = np.inf, 0
    for epoch in range(1, epochs + 1):
        train(weights)
        loss = measure(weights)
        if loss < lowest:
            best, lowest, best_epoch = weights.copy(), loss, epoch
            waited = 0
        else:
            waited += 1
        if waited == patience:
            break
    return best, epoch, best_epoch


def one_epoch(last: int, weights: Array | None) -> None:
    """Change the weights in place, as an epoch of training does.

    Raises:
        RuntimeError: the run should have come to its end, and not just now.
        TypeError: there are no weights.
    """
    if weights is None:
        msg = "train was given None: train changes its array, and returns nothing"
        raise TypeError(msg)
    if weights[-1] > last + 1:
        raise RuntimeError("train was called again and again after the last epoch")
    weights += 1  # the last of them counts the epochs


def loss_on_a_curve(
    losses: Sequence[float], before: float, weights: Array | None
) -> float:
    """Return the loss of the epoch that the weights have come to, or before any."""
    if weights is None:
        msg = "measure was given None: train changes its array, and returns nothing"
        raise TypeError(msg)
    epochs = round(float(weights[-1]))
    return losses[min(epochs, len(losses)) - 1] if epochs else before


def curve_cases() -> Cases:
    """Return curves that end early, late or not at all."""

    def run(
        losses: list[float],
        epochs: int,
        patience: int,
        *,
        before: float = 1.0,
        size: int = 3,
    ) -> tuple[Array, Callable[[Array], None], Callable[[Array], float], int, int]:
        last, _ = read_the_curve([*losses[:epochs], 0], patience)
        train = partial(one_epoch, min(last, epochs))
        measure = partial(loss_on_a_curve, losses, before)
        return np.linspace(-0.3, 0.0, size), train, measure, epochs, patience

    uneven = [0.69, 0.55, 0.58, 0.57, 0.49, 0.53, 0.47, 0.52, 0.51, 0.48, 0.46, 0.4]
    falling = [0.9, 0.8, 0.7, 0.6, 0.6, 0.7]
    return {
        "a loss that falls and rises": run(uneven, 12, 3),
        "a loss that falls to the end": run([0.7, 0.6, 0.5, 0.45, 0.44], 5, 2),
        "a loss that only rises": run([0.4, 0.5, 0.6, 0.7, 0.8, 0.9], 6, 2),
        "two lowest losses alike": run([0.6, 0.5, 0.5, 0.55, 0.52, 0.6], 6, 3),
        "patience 1": run(uneven, 12, 1),
        "fewer epochs than patience": run([0.6, 0.5, 0.7], 3, 5),
        "a start that was better than all": run(falling, 6, 2, before=0.5),
        "one epoch, one weight": run([0.6], 1, 1, size=1),
    }


KEEP_THE_BEST = Exercise(
    able="stop early, and keep the best model",
    solution=keep_the_best,
    cases=curve_cases,
    parts={"best": "D", "the last epoch": "", "the best epoch": ""},
    order=("the last epoch", "the best epoch", "best"),
    mistakes={
        "start-counted-as-an-epoch": Mistake(
            right="lowest, waited = np.inf, 0\n    for",
            wrong="lowest, waited = measure(weights), 0\n"
            "    best, best_epoch = weights.copy(), 0\n    for",
            hint="Your loop measures before the first epoch, and holds the start "
            "against the others: compare the epochs alone.",
        ),
        "trained-to-the-end": Mistake(
            right="            break\n    return best, epoch, best_epoch",
            wrong="            for _ in range(epoch, epochs):\n"
            "                train(weights)\n"
            "            break\n    return best, epoch, best_epoch",
            hint="Your loop trains to the end and looks for the last epoch afterwards: "
            "early stopping is there to save what comes after it.",
        ),
        "weights-of-the-last-epoch": Mistake(
            right="weights.copy(), loss, epoch",
            wrong="weights, loss, epoch",
            hint="Your best weights are those of the last epoch: train changes the "
            "array in place, and best = weights is the same array. Keep a copy.",
        ),
        "patience-not-renewed": Mistake(
            right="loss, epoch\n            waited = 0",
            wrong="loss, epoch",
            hint="Your patience is never renewed: each new lowest loss begins the "
            "count of waiting epochs anew.",
        ),
        "against-the-epoch-before": Mistake(
            right="else:\n            waited += 1",
            wrong="else:\n            lowest, waited = loss, waited + 1",
            hint="Your loop compares with the epoch before: compare with the "
            "lowest loss so far.",
        ),
        "highest-loss-kept": Mistake(
            right="lowest, waited = np.inf, 0\n"
            "    for epoch in range(1, epochs + 1):\n"
            "        train(weights)\n"
            "        loss = measure(weights)\n"
            "        if loss < lowest:",
            wrong="lowest, waited = -np.inf, 0\n"
            "    for epoch in range(1, epochs + 1):\n"
            "        train(weights)\n"
            "        loss = measure(weights)\n"
            "        if loss > lowest:",
            hint="Your loop keeps the highest loss, as one would an accuracy: a "
            "loss is good when it is low.",
        ),
        "equal-loss-taken-for-better": Mistake(
            right="loss < lowest",
            wrong="loss <= lowest",
            hint="Your loop takes an equal loss for a better one: it has to be lower.",
        ),
        "patience-one-too-long": Mistake(
            right="waited == patience",
            wrong="waited > patience",
            hint="Your loop waits one epoch too long: after patience epochs in a "
            "row without a lower loss it ends.",
        ),
        "patience-one-too-short": Mistake(
            right="waited == patience",
            wrong="waited == patience - 1",
            hint="Your loop ends one epoch too soon: the best epoch itself is not "
            "one of those that are waited for.",
        ),
        "epochs-counted-from-zero": Mistake(
            right="return best, epoch, best_epoch",
            wrong="return best, epoch - 1, best_epoch - 1",
            hint="Your epochs are counted from 0: the first is epoch 1.",
        ),
        "epochs-swapped": Mistake(
            right="return best, epoch, best_epoch",
            wrong="return best, best_epoch, epoch",
            hint="Your two epochs have changed places: the last one that was run "
            "comes first.",
        ),
        "measured-before-training": Mistake(
            right="        train(weights)\n        loss = measure(weights)",
            wrong="        loss = measure(weights)\n        train(weights)",
            hint="Your loop measures before it trains: that is the loss of the "
            "epoch before.",
        ),
        "waits-while-it-rises": Mistake(
            right="else:\n            waited += 1",
            wrong="elif loss < before:\n            waited = 0\n"
            "        else:\n            waited += 1\n        before = loss",
            hint="Your count of waiting epochs begins anew whenever the loss "
            "falls: it has to fall below the lowest so far.",
        ),
        "an-epoch-too-few": Mistake(
            right="range(1, epochs + 1)",
            wrong="range(1, epochs)",
            hint="Your loop runs an epoch too few: range(1, n) ends with n - 1.",
        ),
        "epochs-until-the-end": Mistake(
            right="            break",
            wrong="            pass",
            hint="Your loop never ends early: when it has waited patience epochs, "
            "break.",
        ),
    },
    hints=(
        "Carry four things through the loop: the lowest loss so far, a copy of its "
        "weights, its epoch, and how many epochs you have waited since.",
        "if loss < lowest: keep loss, weights.copy() and epoch, and set waited to "
        "0; else waited += 1. Break when waited == patience.",
    ),
    reasoning="The last epoch and the best one are two things: the loop ends at "
    "the first and returns the weights of the second. As training changes the "
    "weights in place, what is kept must be a copy. A checkpoint on disk is one.",
)


# hide_features ------------------------------------------------------------------


def hide_features(x: Array, rate: float, seed: int, training: bool) -> Array:
    """Return x (B, T, D) with features hidden, the same at all steps of a sequence."""
    rng = np.random.default_rng(seed)
    if not training:
        return x
    kept = rng.random((len(x), 1, x.shape[2])) >= rate
    hidden: Array = x * kept / (1 - rate)
    return hidden


def dropout_cases() -> Cases:
    """Return inputs of several shapes, rates, and the model at work."""

    def at(
        shape: tuple[int, int, int], rate: float, training: bool
    ) -> tuple[Array, float, int, bool]:
        return np.random.default_rng(6).normal(size=shape), rate, 8, training

    return {
        "3 sequences of 4 steps": at((3, 4, 5), 0.3, True),
        "rate 0.5": at((3, 4, 5), 0.5, True),
        "training=False": at((3, 4, 5), 0.3, False),
        "one step": at((3, 1, 6), 0.3, True),
        "one sequence": at((1, 5, 4), 0.3, True),
        "one feature": at((5, 3, 1), 0.4, True),
        "as many sequences as steps": at((4, 4, 3), 0.3, True),
    }


HIDE_FEATURES = Exercise(
    able="say what dropout does and what it does not",
    solution=hide_features,
    cases=dropout_cases,
    parts={"the result": "B T D"},
    mistakes={
        "hidden-anew-at-each-step": Mistake(
            right="(len(x), 1, x.shape[2])",
            wrong="x.shape",
            hint="Your mask is drawn anew at each step: what is hidden now was "
            "read a moment ago. One mask serves all steps of a sequence.",
        ),
        "whole-steps-hidden": Mistake(
            right="(len(x), 1, x.shape[2])",
            wrong="(*x.shape[:2], 1)",
            hint="Your mask hides whole steps, with all their features: it is to "
            "hide features, at all steps.",
        ),
        "one-mask-for-all-sequences": Mistake(
            right="(len(x), 1, x.shape[2])",
            wrong="(1, 1, x.shape[2])",
            hint="Your sequences all lose the same features: each draws its own mask.",
        ),
        "mask-of-steps-for-all-sequences": Mistake(
            right="(len(x), 1, x.shape[2])",
            wrong="x.shape[1:]",
            hint="Your mask has an axis of steps and none of sequences: each "
            "sequence draws its own, and all its steps share it.",
        ),
        "kept-not-made-larger": Mistake(
            right="x * kept / (1 - rate)",
            wrong="x * kept",
            hint="Your inputs get smaller on average: what is kept must make up "
            "for what is hidden.",
        ),
        "rate-taken-for-what-is-kept": Mistake(
            right=">= rate\n    hidden: Array = x * kept / (1 - rate)",
            wrong="< rate\n    hidden: Array = x * kept / rate",
            hint="Your rate is the share that is kept: here, as in Keras, it is "
            "the share that is hidden.",
        ),
        "mask-upside-down": Mistake(
            right=">= rate",
            wrong="< rate",
            hint="Your mask is upside down: where the number drawn is below the "
            "rate, the feature is hidden.",
        ),
        "draws-read-from-the-other-end": Mistake(
            right=">= rate",
            wrong="< 1 - rate",
            hint="Your mask keeps what is drawn below 1 - rate. That hides as "
            "many, but others: here a number below the rate hides.",
        ),
        "divided-by-what-is-hidden": Mistake(
            right="/ (1 - rate)",
            wrong="/ rate",
            hint="Your inputs are divided by the share that is hidden: divide by "
            "the share that is kept.",
        ),
        "multiplied-by-what-is-kept": Mistake(
            right="/ (1 - rate)",
            wrong="* (1 - rate)",
            hint="Your kept features are made smaller: divided by 1 - rate they "
            "make up for what is hidden.",
        ),
        "hidden-from-the-reader-alone": Mistake(
            right="if not training:",
            wrong="if training:",
            hint="Your dropout is at work when the model predicts, and not while "
            "it trains: it is the other way round.",
        ),
        "made-larger-when-predicting": Mistake(
            right="        return x\n",
            wrong="        return x / (1 - rate)\n",
            hint="Your inputs are made larger when the model predicts: then "
            "nothing is hidden, and there is nothing to make up for.",
        ),
        "hidden-from-the-reader-too": Mistake(
            right="if not training:",
            wrong="if False:",
            hint="Your dropout goes on when the model predicts: then nothing is "
            "hidden.",
        ),
        "made-smaller-when-predicting": Mistake(
            right="        return x\n",
            wrong="        return (1 - rate) * x\n",
            hint="Your inputs are made smaller when the model predicts: the "
            "scaling was done in training, so x goes through as it is.",
        ),
    },
    hints=(
        "Which axes does the mask need? One number for each sequence and feature; "
        "the axis of the steps has length 1, and broadcasting does the rest.",
        "kept = rng.random((B, 1, D)) >= rate, and x * kept / (1 - rate). With "
        "training=False return x.",
    ),
    reasoning="The mask has no axis of steps, so a feature is hidden from the "
    "whole sequence. Dividing by $1 - p$ in training keeps the mean, and the model "
    "that predicts needs no dropout at all.",
)


# put_it_beside ------------------------------------------------------------------


def put_it_beside(
    ours: Array,
    baseline: Array,
    disagree: float,
    reviews: int,
    published: float,
    near: float,
) -> tuple[float, float, float, bool, bool]:
    """Return a lead, its errors over seeds and over reviews, and two verdicts."""
    lead = ours - baseline  # seed by seed
    ahead = lead.mean()
    over_seeds = lead.std(ddof=1) / np.sqrt(len(lead))
    over_reviews = np.sqrt((disagree - ahead**2) / reviews)
    half = np.hypot(T_LIMIT[len(lead)] * over_seeds, 1.96 * over_reviews)
    better = ahead > half
    close = abs(published - ours.mean()) <= near
    return ahead, over_seeds, over_reviews, better, close


def accuracy_cases() -> Cases:
    """Return accuracies by seed, ours and a baseline's, near and far."""
    rng = np.random.default_rng(12)

    def runs(
        ours: float,
        leads: list[float],
        disagree: float,
        reviews: int,
        published: float,
        near: float = 0.015,
    ) -> tuple[Array, Array, float, int, float, float]:
        by_seed = ours + rng.normal(scale=0.004, size=len(leads)).round(4)
        return by_seed, by_seed - leads, disagree, reviews, published, near

    even = [0.0735, 0.0741, 0.0738, 0.0746, 0.0740]
    tenth = [lead / 10 for lead in even]
    return {
        "a lead larger than both errors": runs(0.86, even, 0.16, 2500, 0.852),
        "seeds that agree, on too few reviews": runs(0.803, tenth, 0.156, 2500, 0.809),
        "a lead of 1.2 half-widths of each": runs(
            0.83, [0.012, 0.071, 0.031, 0.105, 0.046], 0.09, 170, 0.81
        ),
        "a lead of 1.6 half-widths of each": runs(
            0.83, [0.023, 0.066, 0.037, 0.091, 0.048], 0.09, 306, 0.82
        ),
        "five seeds and 2.6 standard errors": runs(
            0.84, [0.009, 0.001, 0.013, 0.002, 0.004], 0.09, 100_000, 0.87
        ),
        "four seeds and 2.9 standard errors": runs(
            0.82, [0.009, 0.002, 0.012, 0.004], 0.08, 90_000, 0.81, 0.005
        ),
        "six seeds and 2.7 standard errors": runs(
            0.82, [0.009, 0.0, 0.013, 0.001, 0.003, 0.007], 0.08, 400_000, 0.834
        ),
        "a lead of 1.7 errors over the reviews": runs(
            0.81, [0.0103, 0.0098, 0.0101, 0.0099, 0.0104], 0.0885, 2500, 0.831, 0.03
        ),
        "a lead of 2.3 errors over the reviews": runs(
            0.81, [0.0131, 0.0139, 0.0135, 0.0137, 0.0133], 0.0862, 2500, 0.792, 0.01
        ),
        "a lead of 2.9 errors over the reviews": runs(
            0.81, [0.0166, 0.0171, 0.0168, 0.0165, 0.017], 0.0842, 2500, 0.816, 0.02
        ),
        "a lead that the seeds blur": runs(
            0.83, [0.05, -0.01, 0.06, 0.01], 0.09, 100_000, 0.835
        ),
        "a lead that the seeds blur more": runs(
            0.83, [0.05, -0.03, 0.06, 0.01], 0.09, 100_000, 0.835
        ),
        "hardly a lead": runs(
            0.806, [0.0012, -0.0031, 0.0044, 0.0009, 0.0021], 0.14, 2500, 0.809
        ),
        "a figure in print far below": runs(0.81, even, 0.15, 2500, 0.75),
        "a baseline that is ahead": runs(0.71, [-0.08, -0.083, -0.078], 0.2, 900, 0.71),
    }


PUT_IT_BESIDE = Exercise(
    able="put a training result beside its spread, its baseline and its published "
    "figures",
    solution=put_it_beside,
    cases=accuracy_cases,
    parts=dict.fromkeys(["ahead", "over_seeds", "over_reviews", "better", "close"], ""),
    mistakes={
        "best-runs-compared": Mistake(
            right="ahead = lead.mean()",
            wrong="ahead = ours.max() - baseline.max()",
            hint="Your lead is between the two best runs, that is, between two "
            "strokes of luck: take the mean over the seeds.",
        ),
        "lead-the-wrong-way-round": Mistake(
            right="lead = ours - baseline",
            wrong="lead = baseline - ours",
            hint="Your lead has the wrong sign: it is above 0 where ours is higher.",
        ),
        "lead-without-its-sign": Mistake(
            right="ahead = lead.mean()",
            wrong="ahead = np.abs(lead).mean()",
            hint="Your lead is a mean of distances: where the baseline is higher, "
            "the seed counts against ours.",
        ),
        "spread-of-one-run": Mistake(
            right="lead.std(ddof=1) / np.sqrt(len(lead))",
            wrong="lead.std(ddof=1)",
            hint="Your error is the spread of single runs: that of their mean is "
            "smaller, by the root of their number.",
        ),
        "seeds-not-paired": Mistake(
            right="lead.std(ddof=1) / np.sqrt(len(lead))",
            wrong="np.sqrt((ours.var(ddof=1) + baseline.var(ddof=1)) / len(ours))",
            hint="Your error takes the two lists apart: subtract them seed by seed "
            "first, then look how far the differences spread.",
        ),
        "spread-without-ddof": Mistake(
            right="lead.std(ddof=1)",
            wrong="lead.std()",
            hint="Your standard deviation divides by the number of seeds; ddof=1 "
            "divides by one less, for the mean was taken from the same numbers.",
        ),
        "reviews-without-root": Mistake(
            right="np.sqrt((disagree - ahead**2) / reviews)",
            wrong="(disagree - ahead**2) / reviews",
            hint="Your error over the reviews is a variance: the standard error is "
            "its root.",
        ),
        "reviews-without-the-lead": Mistake(
            right="(disagree - ahead**2)",
            wrong="disagree",
            hint="Your error over the reviews is nearly right: ahead², small as it "
            "is, goes off disagree.",
        ),
        "error-of-one-accuracy": Mistake(
            right="np.sqrt((disagree - ahead**2) / reviews)",
            wrong="np.sqrt(ours.mean() * (1 - ours.mean()) / reviews)",
            hint="Your error over the reviews is that of one accuracy. Both recipes "
            "judge the same reviews: a difference comes only from those on which "
            "they disagree.",
        ),
        "error-as-of-other-reviews": Mistake(
            right="np.sqrt((disagree - ahead**2) / reviews)",
            wrong="np.sqrt(sum(p * (1 - p) for p in (ours.mean(), baseline.mean())) "
            "/ reviews)",
            hint="Your error over the reviews is right for recipes that judge other "
            "reviews each. These judge the same: a difference comes only from those "
            "on which they disagree.",
        ),
        "reviews-of-the-seeds": Mistake(
            right="(disagree - ahead**2) / reviews",
            wrong="(disagree - ahead**2) / len(ours)",
            hint="Your error over the reviews divides by the number of seeds: divide "
            "by that of the reviews.",
        ),
        "any-lead-will-do": Mistake(
            right="better = ahead > half",
            wrong="better = ahead > 0",
            hint="Your better is True for any lead: it has to stand against both "
            "errors.",
        ),
        "ahead-either-way": Mistake(
            right="better = ahead > half",
            wrong="better = abs(ahead) > half",
            hint="Your better is True where the baseline is ahead, too: a lead "
            "has a sign.",
        ),
        "each-alone": Mistake(
            right="half = np.hypot(T_LIMIT[len(lead)] * over_seeds, "
            "1.96 * over_reviews)\n    better = ahead > half",
            wrong="better = ahead > T_LIMIT[len(lead)] * over_seeds and ahead > "
            "1.96 * over_reviews",
            hint="Your better asks each error by itself: the two kinds of luck add "
            "up, by their squares.",
        ),
        "half-widths-added": Mistake(
            right="np.hypot(T_LIMIT[len(lead)] * over_seeds, 1.96 * over_reviews)",
            wrong="T_LIMIT[len(lead)] * over_seeds + 1.96 * over_reviews",
            hint="Your better adds the two half-widths as they are: add their squares, "
            "and take the root.",
        ),
        "one-error-will-do": Mistake(
            right="np.hypot(T_LIMIT[len(lead)] * over_seeds, 1.96 * over_reviews)",
            wrong="np.hypot(over_seeds, over_reviews)",
            hint="Your better asks for one error of each kind: chance alone goes "
            "further than one in about a third of all cases.",
        ),
        "two-errors-over-seeds": Mistake(
            right="T_LIMIT[len(lead)] * over_seeds",
            wrong="2 * over_seeds",
            hint="Your better asks for about two errors over the seeds, however few "
            "they are: it takes t_limit[n], 2.78 for five.",
        ),
        "two-limits-alike": Mistake(
            right="1.96 * over_reviews",
            wrong="T_LIMIT[len(lead)] * over_reviews",
            hint="Your limit over the reviews is that of the few seeds: the reviews "
            "are many, so that 1.96 will do.",
        ),
        "either-will-do": Mistake(
            right="half = np.hypot(T_LIMIT[len(lead)] * over_seeds, "
            "1.96 * over_reviews)\n    better = ahead > half",
            wrong="better = ahead > T_LIMIT[len(lead)] * over_seeds or ahead > "
            "1.96 * over_reviews",
            hint="Your better is content with one of the two: a lead must stand "
            "against both errors.",
        ),
        "reviews-not-asked": Mistake(
            right="np.hypot(T_LIMIT[len(lead)] * over_seeds, 1.96 * over_reviews)",
            wrong="T_LIMIT[len(lead)] * over_seeds",
            hint="Your better asks the seeds alone: the held-out reviews are a "
            "draw, too, the same one for all seeds.",
        ),
        "seeds-not-asked": Mistake(
            right="np.hypot(T_LIMIT[len(lead)] * over_seeds, 1.96 * over_reviews)",
            wrong="1.96 * over_reviews",
            hint="Your better asks the held-out reviews alone: the seeds spread, too.",
        ),
        "print-by-the-errors": Mistake(
            right="<= near",
            wrong="<= 1.96 * over_reviews",
            hint="Your close asks the error of the lead, in which the figure in print "
            "has no part: how near is near was settled before, it is near.",
        ),
        "print-beside-the-best-run": Mistake(
            right="abs(published - ours.mean())",
            wrong="abs(published - ours.max())",
            hint="Your close takes the best run: hold the mean against the print.",
        ),
        "print-on-one-side-only": Mistake(
            right="abs(published - ours.mean()) <= near",
            wrong="published - ours.mean() <= near",
            hint="Your close looks at one side only: a figure in print may also "
            "lie too far below.",
        ),
        "print-far-is-close": Mistake(
            right="<= near",
            wrong="> near",
            hint="Your close is upside down: it is True where the two are near.",
        ),
    },
    hints=(
        "ours - baseline gives a lead for each seed; the first two numbers are its "
        "mean and the standard error of that mean. The third needs disagree, ahead "
        "and reviews alone.",
        "over_seeds = lead.std(ddof=1) / np.sqrt(len(lead)); over_reviews = "
        "np.sqrt((disagree - ahead**2) / reviews); better: ahead > "
        "np.hypot(t_limit[len(lead)] * over_seeds, 1.96 * over_reviews), where "
        "np.hypot(a, b) is the root of a² + b²; close: abs(published - ours.mean()) "
        "<= near.",
    ),
    reasoning="There are two kinds of luck. The seeds' shows in how the leads "
    "spread, and more seeds make it smaller; they are few, so Student's t asks for "
    "2.78 errors with five. That of the held-out reviews is the same for all seeds, "
    "and only more reviews help. A lead has to stand against both at once. They are "
    "independent, so the squares of their half-widths add up: a lead may pass each "
    "limit alone and still not be settled. Whether a figure in print is near is "
    "another question: how near is near enough was said before the runs.",
)


# train_fairly -------------------------------------------------------------------


def train_fairly(
    train: Part, validation: Part, test: Part, epochs: int
) -> tuple[Array, float]:
    """Return the weights of the best epoch and the accuracy to report."""
    parts = train, validation, test
    centre = np.mean(train[0], axis=0)
    train, validation, test = ((x - centre, y) for x, y in parts)

    w, lowest = np.zeros(len(centre)), np.inf
    for _ in range(epochs):
        w = step(w, *train)
        reached = loss(w, *validation)
        if reached < lowest:
            kept, lowest = w, reached
    return kept, accuracy(kept, *test)


def step(w: Array, x: Array, y: Array) -> Array:
    """Return the weights after a step down the gradient of the loss."""
    down: Array = x.T @ (y - sigmoid(x @ w))
    return w + 2 * down / len(y)


def loss(w: Array, x: Array, y: Array) -> float:
    """Return the binary cross-entropy of logits x @ w."""
    z = x @ w
    return float(np.mean(np.logaddexp(0, z) - y * z))


def accuracy(w: Array, x: Array, y: Array) -> float:
    """Return the share of labels that x @ w has on the right side."""
    return float(np.mean((x @ w > 0) == (y > 0)))


def part_cases() -> Cases:
    """Return three small parts each, and how many epochs to train; some too many."""

    def parts(seed: int, *sizes: int) -> tuple[Part, ...]:
        rng = np.random.default_rng(seed)
        drawn = []
        for size in sizes:
            x = rng.normal(1.0, size=(size, 5))
            y = (x[:, 0] - 1 + rng.normal(size=size) > 0).astype(float)
            drawn.append((x, y))
        return tuple(drawn)

    return {
        "three small parts": (*parts(171, 12, 15, 31), 40),
        "other parts": (*parts(39, 14, 11, 37), 60),
        "one epoch": (*parts(18, 14, 18, 33), 1),
    }


TRAIN_FAIRLY = Exercise(
    able="train fairly",
    solution=train_fairly,
    cases=part_cases,
    parts={"kept": "D", "the accuracy": ""},
    given=("centred-with-all-parts", "chosen-on-the-test-part"),
    mistakes={
        "centred-with-all-parts": Mistake(
            right="np.mean(train[0], axis=0)",
            wrong="np.mean(np.concatenate([x for x, _ in parts]), axis=0)",
            hint="The centre is taken from all three parts, so the test part has "
            "had a say before it is looked at.",
        ),
        "chosen-on-the-test-part": Mistake(
            right="loss(w, *validation)",
            wrong="loss(w, *test)",
            hint="The epoch is chosen on the test part: whoever chooses there can "
            "no longer judge there.",
        ),
        "chosen-on-the-training-part": Mistake(
            right="loss(w, *validation)",
            wrong="loss(w, *train)",
            hint="The epoch is chosen on the training part, or is simply the "
            "last: the loss there goes on falling, whatever was learned.",
        ),
        "centred-with-the-validation-part": Mistake(
            right="np.mean(train[0], axis=0)",
            wrong="np.mean(np.concatenate([train[0], validation[0]]), axis=0)",
            hint="The centre is taken from two parts: what is learned, the centre "
            "too, is learned from the training part alone.",
        ),
        "each-part-centred-by-itself": Mistake(
            right="((x - centre, y) for x, y in parts)",
            wrong="((x - x.mean(axis=0), y) for x, y in parts)",
            hint="Each part is centred by itself: the centre is learned from the "
            "training part, then taken away from all three.",
        ),
        "reported-on-the-validation-part": Mistake(
            right="accuracy(kept, *test)",
            wrong="accuracy(kept, *validation)",
            hint="The accuracy reported is that of the part that chose the epoch: "
            "it is judged on the test part, once.",
        ),
    },
    hints=(
        "Go line by line, and ask each time which part it reads, and whether it "
        "learns, chooses or judges.",
        "Two lines read the test part too early: the one that makes centre, and "
        "the one that sets reached.",
    ),
    reasoning="Everything learned, the centre as well as the weights, comes from "
    "the training part; the epoch is chosen on the validation part; the test part "
    "is read in the last line, once.",
)


EXERCISES: dict[str, Exercise] = {
    "read_the_curve": READ_THE_CURVE,
    "keep_the_best": KEEP_THE_BEST,
    "hide_features": HIDE_FEATURES,
    "put_it_beside": PUT_IT_BESIDE,
    "train_fairly": TRAIN_FAIRLY,
}
