"""Other right answers to the exercises of lesson 10, and wrong ones that are named."""

import math
import statistics

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from variants import assert_all_pass, assert_named, assert_told

from lstm_course.exercises.check import verdict_on
from lstm_course.exercises.lesson_10 import (
    accuracy,
    loss,
    put_it_beside,
    step,
)
from lstm_course.exercises.limits import T_LIMIT
from lstm_course.experiments.verdict import (
    NOT_SETTLED,
    Comparison,
    paired_difference,
    review_difference,
)
from lstm_course.training.loop import fit

pytestmark = pytest.mark.usefixtures("in_this_process")

# read_the_curve

CURVE = [0.66, 0.60, 0.64, 0.62, 0.57, 0.59, 0.62, 0.61, 0.64, 0.55]


def told_of_the_curve(answer):
    return verdict_on("read_the_curve", answer, {"": (CURVE, 3)})


def test_read_the_curve():
    for answer in [(8, 5), [8, 5], np.array([8.0, 5.0])]:
        assert told_of_the_curve(answer).outcome == "passed"


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ((8, 8), "curve-last-epoch-kept"),
        ((8, 10), "curve-lowest-of-all-kept"),
        ((6, 5), "curve-patience-not-renewed"),
        ((9, 5), "curve-stops-one-later"),
        ((4, 2), "curve-stops-one-earlier"),
        ((7, 5), "curve-last-epoch-not-counted"),
        ((7, 4), "curve-counted-from-zero"),
        ((5, 8), "curve-epochs-swapped"),
    ],
)
def test_misread_curves(answer, mistake):
    assert told_of_the_curve(answer).mistakes == (mistake,)


def test_two_ways_to_the_end_of_the_curve():
    verdict = told_of_the_curve((10, 10))
    assert verdict.mistakes == (
        "curve-never-stopped",
        "curve-against-the-epoch-before",
    )
    assert verdict.text.startswith("It may be one of 2 mistakes. Your run goes on")
    assert "Or: Your epochs are compared" in verdict.text


# keep_the_best


def fit_by_lists(start, train, measure, epochs, patience):
    """All losses and all weights in lists; the decision from the lists."""
    w = np.array(start)
    losses, snapshots = [], []
    while len(losses) < epochs:
        train(w)
        losses.append(measure(w))
        snapshots.append(w.tolist())
        best = losses.index(min(losses))
        if len(losses) - 1 - best >= patience:
            break
    return snapshots[best], len(losses), best + 1


def fit_by_the_epoch_number(start, train, measure, epochs, patience):
    """No counter: how far the best epoch lies back. A dictionary."""
    weights, best_epoch, best_loss, kept = start + 0, 0, None, start
    epoch = 0
    while epoch < epochs and (epoch - best_epoch < patience or epoch == 0):
        epoch += 1
        train(weights)
        now = measure(weights)
        if best_loss is None or now < best_loss:
            best_loss, best_epoch, kept = now, epoch, np.copy(weights)
    return {"best": kept.astype(np.float32), "last": epoch, "epoch": best_epoch}


def fit_by_the_course(start, train, measure, epochs, patience):
    """The package's own loop, with an epoch that makes new weights."""

    def run_epoch(weights):
        weights = weights.copy()
        train(weights)
        return weights, 0.0, 0.0

    best, history = fit(
        start,
        run_epoch,
        lambda weights: (measure(weights), 0.0),
        epochs=epochs,
        patience=patience,
    )
    return best, history.epochs, history.best_epoch


def fit_from_the_start(start, train, measure, epochs, patience):
    """The weights before any training are measured, too."""
    weights, waited = start.copy(), 0
    best, best_epoch, lowest = start, 0, measure(start)
    for epoch in range(1, epochs + 1):
        train(weights)
        waited += 1
        if measure(weights) < lowest:
            best, best_epoch, lowest = weights.copy(), epoch, measure(weights)
            waited = 0
        if waited == patience:
            return best, epoch, best_epoch
    return best, epochs, best_epoch


def test_keep_the_best():
    assert_all_pass(
        "keep_the_best",
        [fit_by_lists, fit_by_the_epoch_number, fit_by_the_course],
    )


def test_the_start_is_no_epoch():
    assert_named("keep_the_best", fit_from_the_start, "start-counted-as-an-epoch")


def test_stopping_early_saves_the_rest():
    def my_fit(start, train, measure, epochs, patience):
        weights, losses, kept = start.copy(), [], []
        for _ in range(epochs):
            train(weights)
            losses.append(measure(weights))
            kept.append(weights.copy())
        for last in range(epochs):
            best = int(np.argmin(losses[: last + 1]))
            if last - best == patience:
                break
        return kept[best], last + 1, best + 1

    assert_named("keep_the_best", my_fit, "trained-to-the-end")


def test_waiting_for_a_rise_and_a_snapshot_that_is_none():
    """The loss is held against the one before, and a slice is no copy."""

    def my_fit(start, train, measure, epochs, patience):
        weights, losses, bad = start.copy(), [], 0
        for epoch in range(1, epochs + 1):
            train(weights)
            losses.append(measure(weights))
            bad = bad + 1 if epoch > 1 and losses[-1] >= losses[-2] else 0
            if losses[-1] == min(losses) and losses.count(losses[-1]) == 1:
                best, best_epoch = weights[:], epoch
            if bad == patience:
                break
        return best, epoch, best_epoch

    assert_named(
        "keep_the_best", my_fit, "waits-while-it-rises", "weights-of-the-last-epoch"
    )


def test_a_range_that_ends_too_soon_and_epochs_in_the_other_order():
    def my_fit(start, train, measure, epochs, patience):
        best, last, best_epoch = fit_by_lists(
            start, train, measure, epochs - 1, patience
        )
        return best, best_epoch, last

    assert_named("keep_the_best", my_fit, "an-epoch-too-few", "epochs-swapped")


def test_weights_that_were_not_copied():
    def my_fit(start, train, measure, epochs, patience):
        weights = start.copy()
        losses = []
        for _ in range(epochs):
            train(weights)
            losses.append(measure(weights))
            if losses[-1] == min(losses) and losses.count(losses[-1]) == 1:
                best, best_epoch = weights, len(losses)
            if len(losses) - best_epoch == patience:
                break
        return best, len(losses), best_epoch

    assert_named("keep_the_best", my_fit, "weights-of-the-last-epoch")


def test_two_mistakes_in_one_loop():
    def my_fit(start, train, measure, epochs, patience):
        weights, best, lowest, worse = start.copy(), None, 10, 0
        for epoch in range(epochs):
            train(weights)
            now = measure(weights)
            if now < lowest:
                best, lowest, best_epoch = weights.copy(), now, epoch
            else:
                worse += 1
            if worse == patience:
                break
        return best, epoch, best_epoch

    assert_named(
        "keep_the_best", my_fit, "patience-not-renewed", "epochs-counted-from-zero"
    )


def test_weights_trained_in_place_that_belong_to_the_caller():
    def my_fit(start, train, measure, epochs, patience):
        train(start)
        return start, 1, 1

    assert_told("keep_the_best", my_fit, "changes its arguments")


def test_training_that_is_taken_to_return_weights():
    def my_fit(start, train, measure, epochs, patience):
        weights = train(start.copy())
        return weights, measure(weights), 1

    assert_told("keep_the_best", my_fit, "TypeError", "returns nothing")


def test_a_loop_that_stops_at_the_first_rise():
    def my_fit(start, train, measure, epochs, patience):
        weights, before = start.copy(), 10.0
        for epoch in range(1, epochs + 1):
            train(weights)
            now = measure(weights)
            if now > before:
                break
            before, best, best_epoch = now, weights.copy(), epoch
        return best, epoch, best_epoch

    assert_told("keep_the_best", my_fit, "the last epoch", "expected 10, got 3")


# hide_features


def dropout_by_repeating(x, rate, seed, training):
    """The mask of (B, D) is repeated along the steps."""
    if training:
        batch, steps, features = x.shape
        rng = np.random.default_rng(seed)
        mask = np.where(rng.random((batch, features)) < rate, 0, 1 / (1 - rate))
        return np.repeat(mask[:, np.newaxis], steps, axis=1) * x
    return x + 0


def dropout_in_plain_loops(x, rate, seed, training):
    """One number at a time; nested lists."""
    rng = np.random.default_rng(seed)
    result = x.tolist()
    for sequence in result if training else []:
        kept = [float(rng.random()) >= rate for _ in sequence[0]]
        for row in sequence:
            for d, keep in enumerate(kept):
                row[d] = row[d] / (1 - rate) if keep else 0.0
    return result


def dropout_in_float32(x, rate, seed, training):
    """One sequence at a time, in single precision."""
    rng = np.random.default_rng(seed)
    copy = x.astype(np.float32)
    if not training:
        return copy
    for sequence in copy:
        sequence[:, rng.random(x.shape[-1]) < rate] = 0
    return copy / np.float32(1 - rate)


def test_hide_features():
    assert_all_pass(
        "hide_features",
        [dropout_by_repeating, dropout_in_plain_loops, dropout_in_float32],
    )


def test_the_dropout_of_2012():
    """Nothing is scaled in training, and everything when the model predicts."""

    def my_dropout(x, rate, seed, training):
        rng = np.random.default_rng(seed)
        if training:
            return x * (rng.random((len(x), 1, x.shape[2])) > rate)
        return x * (1 - rate)

    assert_named(
        "hide_features",
        my_dropout,
        "kept-not-made-larger",
        "made-smaller-when-predicting",
    )


def test_a_mask_for_every_step():
    def my_dropout(x, rate, seed, training):
        rng = np.random.default_rng(seed)
        mask = rng.random(x.shape) >= rate
        return np.where(mask, x / (1 - rate), 0) if training else x

    assert_named("hide_features", my_dropout, "hidden-anew-at-each-step")


@pytest.mark.parametrize(
    ("training", "predicting", "mistakes"),
    [
        (1, 0, ["multiplied-by-what-is-kept"]),
        (-1, -1, ["made-larger-when-predicting"]),
        (0, 1, ["kept-not-made-larger", "made-smaller-when-predicting"]),
    ],
)
def test_what_is_kept_is_scaled_otherwise(training, predicting, mistakes):
    """By powers of the share that is kept; -1 and 0 would be right."""

    def my_dropout(x, rate, seed, train):
        kept = dropout_by_repeating(np.ones(x.shape), rate, seed, train) > 0
        return x * kept * (1 - rate) ** (training if train else predicting)

    assert_named("hide_features", my_dropout, *mistakes)


def test_a_mask_for_one_sequence_used_for_all():
    def my_dropout(x, rate, seed, training):
        rng = np.random.default_rng(seed)
        mask = rng.random(x[0].shape) > rate
        return x * mask / (1 - rate) if training else x

    assert_named("hide_features", my_dropout, "mask-of-steps-for-all-sequences")


def test_a_mask_that_hides_as_many_others():
    def my_dropout(x, rate, seed, training):
        rng = np.random.default_rng(seed)
        keep = 1 - rate if training else 1.0
        return x * (rng.random((len(x), 1, x.shape[2])) < keep) / keep

    assert_named("hide_features", my_dropout, "draws-read-from-the-other-end")


def test_dropout_that_rounds():
    def my_dropout(x, rate, seed, training):
        return np.round(dropout_by_repeating(x, rate, seed, training), 1)

    assert_told("hide_features", my_dropout, "the result departs first at")


# put_it_beside


def beside_with_statistics(ours, baseline, disagree, reviews, published, near):
    """The standard library and scipy; a dictionary."""
    leads = [a - b for a, b in zip(ours.tolist(), baseline.tolist(), strict=True)]
    mean = statistics.fmean(leads)
    over_seeds = statistics.stdev(leads) / math.sqrt(len(leads))
    over_reviews = math.sqrt((disagree - mean * mean) / reviews)
    limit = stats.t.ppf(0.975, len(leads) - 1)
    return {
        "better": mean > math.hypot(limit * over_seeds, 1.96 * over_reviews),
        "close": statistics.fmean(ours.tolist()) - near <= published
        and published <= statistics.fmean(ours.tolist()) + near,
        "over_seeds": over_seeds,
        "over_reviews": over_reviews,
        "ahead": mean,
    }


def beside_by_hand(ours, baseline, disagree, reviews, published, near):
    """Sums of squares; numbers 0 and 1 for the verdicts; a list."""
    K = ours.size
    lead = sum(ours) / K - sum(baseline) / K
    error = (sum((ours - baseline - lead) ** 2) / (K * (K - 1))) ** 0.5
    other = (disagree - lead**2) ** 0.5 / reviews**0.5
    better = int(lead > ((T_LIMIT[K] * error) ** 2 + (1.96 * other) ** 2) ** 0.5)
    return [lead, error, other, better, int((published - sum(ours) / K) ** 2 < near**2)]


def beside_in_float32(ours, baseline, disagree, reviews, published, near):
    """Single precision, and one array for all five."""
    ours, baseline = ours.astype(np.float32), baseline.astype(np.float32)
    lead = ours - baseline
    error = np.std(lead, ddof=1) * np.float32(len(lead)) ** -0.5
    other = np.sqrt((disagree - lead.mean() ** 2) / np.float32(reviews))
    halves = np.array([T_LIMIT[len(lead)] * error, 1.96 * other])
    better = lead.mean() > np.linalg.norm(halves)
    close = np.abs(published - ours.mean()) <= near
    return np.array([lead.mean(), error, other, better, close])


def beside_in_pandas(*arguments):
    """A Series of numbers and yes and no: of objects."""
    return pd.Series(beside_with_statistics(*arguments))


def test_put_it_beside():
    assert_all_pass(
        "put_it_beside",
        [beside_with_statistics, beside_by_hand, beside_in_float32, beside_in_pandas],
    )


def test_its_errors_are_those_of_the_rules():
    rng = np.random.default_rng(4)
    first = rng.random(400) < 0.8
    second = np.where(rng.random(400) < 0.1, ~first, first)
    lead = review_difference(first, second)
    ours = np.array([0.81, 0.82, 0.80, 0.83, 0.84])
    _, _, over_reviews, _, _ = put_it_beside(
        ours, ours - lead.mean, np.mean(first != second), 400, 0.8, 0.1
    )
    assert np.isclose(1.96 * over_reviews, lead.high - lead.mean, rtol=1e-4)
    seeds = dict(enumerate(ours)), dict(enumerate(ours**2))
    interval = paired_difference(*seeds)
    _, over_seeds, *_ = put_it_beside(ours, ours**2, 0.5, 400, 0.8, 0.1)
    limit = T_LIMIT[5]
    assert np.isclose(limit * over_seeds, interval.high - interval.mean, rtol=1e-2)


def test_its_verdict_is_that_of_the_rules():
    """On 400 reviews, which alone ask for a lead of 0.031."""
    first = np.arange(400) >= 80
    words = set()
    for wrong in [8, 14, 16, 20, 26]:  # of the first's 320 right answers
        second = first.copy()
        second[:12], second[80 : 92 + wrong] = True, False
        over_reviews = review_difference(first, second)
        for spread in [0.0, 0.01, 0.02, 0.04]:
            lead = over_reviews.mean + spread * np.array([-1.0, 0.5, 0.0, 1.0, -0.5])
            ours = np.full(5, 0.8)
            over_seeds = paired_difference(
                dict(enumerate(ours)), dict(enumerate(ours - lead))
            )
            *_, better, _ = put_it_beside(
                ours, ours - lead, np.mean(first != second), 400, 0.8, 0.1
            )
            word = Comparison(over_seeds, over_reviews, ()).word
            assert better == (word == "higher")
            each = over_seeds.sign() > 0 and over_reviews.sign() > 0
            words.add((word, each))
    # Some are settled, some by neither, and some pass each limit alone only.
    assert words == {("higher", True), (NOT_SETTLED, True), (NOT_SETTLED, False)}


def test_the_limits_are_students():
    for number, limit in T_LIMIT.items():
        assert round(stats.t.ppf(0.975, number - 1), 2) == limit


def changed(**parts):
    """A comparison of which the learner has some parts otherwise."""

    def my_comparison(*arguments):
        result = beside_with_statistics(*arguments)
        return {**result, **{name: part(*arguments) for name, part in parts.items()}}

    return my_comparison


def test_comparisons_that_are_named():
    unpaired = changed(
        over_seeds=lambda a, b, *_: (
            np.hypot(a.std(ddof=1), b.std(ddof=1)) / len(a) ** 0.5
        )
    )
    # What is better goes by the right error then, and no mistake does so.
    assert_told("put_it_beside", unpaired, "over_seeds is not right")

    def by_one_run(*arguments):
        ours, baseline, disagree, reviews, *_ = arguments
        ahead = max(ours) - max(baseline)
        _, error, _, _, close = beside_by_hand(*arguments)
        other = math.sqrt((disagree - ahead**2) / reviews)
        better = ahead > math.hypot(T_LIMIT[len(ours)] * error, 1.96 * other)
        return ahead, error, other, better, close

    assert_named("put_it_beside", by_one_run, "best-runs-compared")

    def of_the_population(ours, baseline, disagree, reviews, published, near):
        lead = ours - baseline
        ahead, error = lead.mean(), np.std(lead) / np.sqrt(len(lead))
        other = np.sqrt((disagree - ahead**2) / len(lead))
        better = ahead > math.hypot(T_LIMIT[len(lead)] * error, 1.96 * other)
        return ahead, error, other, better, abs(ours.mean() - published) <= near

    assert_named(
        "put_it_beside",
        of_the_population,
        "spread-without-ddof",
        "reviews-of-the-seeds",
    )


@pytest.mark.parametrize(
    ("better", "close", "mistake"),
    [
        (
            lambda d, e, r, n: d**2 > (T_LIMIT[n] * e) ** 2 + (1.96 * r) ** 2,
            abs,
            "ahead-either-way",
        ),
        (lambda d, e, r, n: d > max(e, r), abs, "one-error-will-do"),
        (lambda d, e, r, n: d > 2 * math.hypot(e, r), abs, "two-errors-over-seeds"),
        (lambda d, e, r, n: d > max(T_LIMIT[n] * e, 1.96 * r), abs, "each-alone"),
        (
            lambda d, e, r, n: d > math.hypot(T_LIMIT[n] * e, 1.96 * r),
            float,
            "print-on-one-side-only",
        ),
    ],
)
def test_verdicts_that_ask_for_too_little(better, close, mistake):
    def my_comparison(*arguments):
        d, e, r, _, _ = beside_by_hand(*arguments)
        ours, *_, published, near = arguments
        return (
            d,
            e,
            r,
            better(d, e, r, len(ours)),
            close(published - ours.mean()) < near,
        )

    assert_named("put_it_beside", my_comparison, mistake)


def test_a_comparison_that_is_no_known_mistake():
    far = changed(better=lambda a, b, *_: (a - b).mean() > 0.1)
    assert_told("put_it_beside", far, "better is not right")
    assert_told("put_it_beside", lambda *_: (1.0, 2.0), "2 parts; expected 5")


# train_fairly


def trained(centre_of, choose_on, judge_on):
    """A training by the names of the parts that each decision reads."""

    def my_training(train, validation, test, epochs):
        parts = {"train": train, "validation": validation, "test": test}
        centre = np.vstack([parts[name][0] for name in centre_of]).mean(axis=0)
        parts = {name: (x - centre, y) for name, (x, y) in parts.items()}
        path = [np.zeros(train[0].shape[1])]
        for _ in range(epochs):
            path.append(step(path[-1], *parts["train"]))
        losses = [loss(w, *parts[choose_on]) for w in path[1:]]
        kept = path[1 + int(np.argmin(losses))]
        return kept, accuracy(kept, *parts[judge_on])

    return my_training


def test_train_fairly():
    def in_plain_loops(train, validation, test, epochs):
        """The helpers left alone; gradients one review at a time."""
        D = train[0].shape[1]
        centre = [sum(row[d] for row in train[0]) / len(train[0]) for d in range(D)]
        w, best = np.zeros(D), (float("inf"), None)
        for _ in range(epochs):
            slope = np.zeros(D)
            for x, y in zip(train[0] - centre, train[1], strict=True):
                slope += (1 / (1 + np.exp(-x @ w)) - y) * x
            w = w - 2 * slope / len(train[1])
            now = loss(w, validation[0] - centre, validation[1])
            best = min(best, (now, w.tolist()))
        hits = ((test[0] - centre) @ best[1] > 0) == test[1].astype(bool)
        return best[1], hits.mean()

    def in_float32(train, validation, test, epochs):
        parts = [
            ((x - train[0].mean(0)).astype(np.float32), y.astype(np.float32))
            for x, y in (train, validation, test)
        ]
        w, lowest = np.zeros(train[0].shape[1], np.float32), 9.0
        for _ in range(epochs):
            w = step(w, *parts[0])
            if loss(w, *parts[1]) < lowest:
                best, lowest = w.copy(), loss(w, *parts[1])
        return best, accuracy(best, *parts[2])

    fair = trained(["train"], "validation", "test")
    assert_all_pass("train_fairly", [fair, in_plain_loops, in_float32])


def test_half_mended():
    everything = ["train", "validation", "test"]
    chosen = trained(["train"], "test", "test")
    assert_named("train_fairly", chosen, "chosen-on-the-test-part")
    centred = trained(everything, "validation", "test")
    assert_named("train_fairly", centred, "centred-with-all-parts")
    reported = trained(["train"], "validation", "validation")
    assert_named("train_fairly", reported, "reported-on-the-validation-part")
    as_given = verdict_on("train_fairly", trained(everything, "test", "test"))
    assert as_given.outcome == "not started"


def test_the_weights_of_the_last_epoch():
    def my_training(train, validation, test, epochs):
        centre = train[0].mean(axis=0)
        w = np.zeros(len(centre))
        for _ in range(epochs):
            w = step(w, train[0] - centre, train[1])
        return w, accuracy(w, test[0] - centre, test[1])

    # where the training loss falls to the end, choosing there keeps the last epoch
    assert_named("train_fairly", my_training, "chosen-on-the-training-part")
