"""Other right answers to the exercises of lesson 15, and wrong ones that are named."""

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GroupKFold
from variants import assert_all_pass, assert_named, assert_told

from lstm_course.exercises.check import verdict_on
from lstm_course.exercises.lesson_15 import (
    film_cases,
    folds_of_films,
    pool_over_time,
    pooling_cases,
    rate_cases,
    warmed_rates,
)
from lstm_course.system.keras_import import import_keras
from lstm_course.training.schedules import warmup_cosine

pytestmark = pytest.mark.usefixtures("in_this_process")

# price_of_a_rung

RUNGS = (
    (86.8, 87.2, 86.9, 86.5, 86.6),
    (88.0, 87.7, 87.8, 87.3, 87.7),
    0.75,
    (35, 55),
)


def told_of_the_rung(answer):
    return verdict_on("price_of_a_rung", answer, {"": RUNGS})


def test_price_of_a_rung():
    for answer in [(0.9, 2.7, True), [0.90, 2.70, 1], np.array([0.9, 2.7, 1])]:
        assert told_of_the_rung(answer).outcome == "passed"


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ((-0.9, -2.7, False), "rung-difference-the-wrong-way-round"),
        ((0.8, 2.4, True), "rung-best-runs-compared"),
        ((1.2, 3.6, True), "rung-first-seed-alone"),
        ((4.5, 13.5, True), "rung-points-added-up"),
        ((0.9, 0.98, True), "rung-price-of-the-whole-run"),
        ((0.9, 1.54, True), "rung-price-of-the-run-below"),
        ((0.9, 0.045, True), "rung-price-for-a-second"),
        ((0.9, 0.37, True), "rung-minutes-for-a-point"),
        ((0.9, 2.7, False), "rung-whole-width-asked"),
        ((1, 3, True), "rung-points-rounded-to-whole"),
        ((2.7, 0.9, True), "rung-rate-first"),
        ((1.04, 3.11, True), "rung-percent-of-what-was"),
    ],
)
def test_misread_rungs(answer, mistake):
    assert mistake in told_of_the_rung(answer).mistakes


# pool_over_time


def pool_in_loops(outputs, mask):
    """Review by review, and only the steps that count; nested lists."""
    largest, mean = [], []
    for review, counts in zip(outputs, mask, strict=True):
        kept = review[counts]
        largest.append([max(column) for column in kept.T])
        mean.append([sum(column) / len(column) for column in kept.T])
    return largest, mean


def pool_by_numpys_own_masks(outputs, mask):
    """Masked arrays, in single precision; a dictionary."""
    hidden = np.repeat(~mask[..., None], outputs.shape[2], axis=2)
    masked = np.ma.masked_array(outputs.astype(np.float32), hidden)
    return {"mean": masked.mean(axis=1).data, "largest": masked.max(axis=1).data}


def pool_by_products(outputs, mask):
    """A weighted sum for the mean; for the maximum a number far below all others."""
    share = mask / mask.sum(axis=1, keepdims=True)
    mean = np.einsum("bt,bth->bh", share, outputs)
    largest = (outputs - 1e9 * ~mask[:, :, None]).max(axis=1)
    return np.stack([largest.round(6), mean])


def pool_with_nan(outputs, mask):
    """What does not count is no number."""
    seen = np.where(mask[:, :, None], outputs, np.nan)
    return np.nanmax(seen, axis=1), np.nanmean(seen, axis=1)


def test_pool_over_time():
    assert_all_pass(
        "pool_over_time",
        [pool_in_loops, pool_by_numpys_own_masks, pool_by_products, pool_with_nan],
    )


def test_pooling_is_keras_pooling_where_keras_has_one():
    """Its mean knows masks; its maximum does not, so there all steps count."""
    layers = import_keras().layers
    for outputs, mask in pooling_cases().values():
        largest, mean = pool_over_time(outputs, mask)
        theirs = layers.GlobalAveragePooling1D()(outputs, mask=mask)
        np.testing.assert_allclose(mean, theirs, atol=1e-6)
        if mask.all():
            theirs = layers.GlobalMaxPooling1D()(outputs)
            np.testing.assert_allclose(largest, theirs, atol=1e-6)


def test_keras_own_maximum_reads_the_padding():
    pooling = import_keras().layers.GlobalMaxPooling1D()

    def my_pool(outputs, mask):
        return np.asarray(pooling(outputs)), pool_over_time(outputs, mask)[1]

    assert_named("pool_over_time", my_pool, "padding-may-be-largest")


def test_outputs_times_the_mask():
    def my_pool(outputs, mask):
        here = outputs * mask[:, :, None]
        return here.max(axis=1), here.mean(axis=1)

    assert_named(
        "pool_over_time", my_pool, "zeros-win-the-maximum", "mean-divided-by-t"
    )


def test_pooling_as_if_there_were_no_padding():
    def my_pool(outputs, mask):
        return outputs.max(1), outputs.mean(1)

    assert_named("pool_over_time", my_pool, "pooled-without-the-mask")


def test_a_batch_as_wide_as_a_mask():
    """A mask without its third axis does not even fit."""

    def my_pool(outputs, mask):
        return np.where(mask, outputs, -np.inf).max(axis=1), outputs.mean(axis=1)

    assert_told("pool_over_time", my_pool, "ValueError")


# hide_words


def hide_in_loops(ids, rate, seed, training):
    """One token at a time, drawn one by one; nested lists."""
    rng = np.random.default_rng(seed)
    rows = ids.tolist()
    for row in rows if training else []:
        for t, number in enumerate(row):
            draw = rng.random()
            if number and draw < rate:
                row[t] = 2
    return rows


def hide_by_assignment(ids, rate, seed, training):
    """A copy, and an index; the rate is 0 for a model that predicts."""
    rng = np.random.default_rng(seed)
    hidden = rng.random(ids.shape) < rate * training
    copy = ids.copy()
    copy[hidden & (ids > 0)] = 2
    return copy


def hide_by_arithmetic(ids, rate, seed, training):
    """Products of 0 and 1, in a data frame."""
    drawn = np.random.default_rng(seed).random(ids.shape)
    gone = (drawn < rate).astype(int) * np.sign(ids) * int(training)
    return pd.DataFrame(ids * (1 - gone) + 2 * gone)


def test_hide_words():
    assert_all_pass(
        "hide_words", [hide_in_loops, hide_by_assignment, hide_by_arithmetic]
    )


def test_all_ids_alike():
    def my_hide(ids, rate, seed, training):
        rng = np.random.default_rng(seed)
        return np.where(rng.random(ids.shape) < rate, 2, ids)

    assert_named("hide_words", my_hide, "hidden-by-the-draw-alone")


def test_hidden_by_a_product():
    def my_hide(ids, rate, seed, training):
        rng = np.random.default_rng(seed)
        return ids * (rng.random(ids.shape) >= rate) if training else ids

    assert_named("hide_words", my_hide, "hidden-words-become-padding")


def test_hidden_in_place():
    def my_hide(ids, rate, seed, training):
        hidden = np.random.default_rng(seed).random(ids.shape) < rate
        ids[hidden & (ids > 0) & training] = 2
        return ids

    assert_told("hide_words", my_hide, "changes its arguments")


# warmed_rates


def rates_in_a_loop(steps, warmup, peak):
    rates = []
    for step in range(steps):
        if step < warmup:
            rates.append(peak * step / warmup)
        else:
            done = (step - warmup) / (steps - warmup)
            rates.append(0.5 * peak * (1 + math.cos(done * math.pi)))
    return rates


def rates_in_two_pieces(steps, warmup, peak):
    """Two evenly spaced pieces, and the square of a cosine."""
    up = np.linspace(0, peak, warmup, endpoint=False)
    down = np.linspace(0, np.pi / 2, steps - warmup, endpoint=False)
    return np.concatenate([up, peak * np.cos(down) ** 2])


def rates_by_keras(steps, warmup, peak):
    """In single precision."""
    schedule = import_keras().optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        decay_steps=steps - warmup,
        warmup_target=peak,
        warmup_steps=warmup,
    )
    return np.array([schedule(step) for step in range(steps)], np.float32)


def test_warmed_rates():
    assert_all_pass(
        "warmed_rates", [rates_in_a_loop, rates_in_two_pieces, rates_by_keras]
    )


def test_it_is_the_schedule_of_the_course():
    for steps, warmup, peak in rate_cases().values():
        own = {"steps": steps, "learning_rate": peak, "warmup": warmup / steps}
        expected = [warmup_cosine(step, **own) for step in range(steps)]
        np.testing.assert_allclose(warmed_rates(steps, warmup, peak), expected)


def test_the_peak_is_reached_once():
    rates = warmed_rates(40, 10, 3e-3)
    assert rates.argmax() == 10
    assert rates[10] == 3e-3
    assert (np.diff(rates[:11]) > 0).all()
    assert (np.diff(rates[10:]) < 0).all()


def test_steps_from_one():
    def my_rates(steps, warmup, peak):
        return [*rates_in_a_loop(steps, warmup, peak)[1:], 0]

    assert_named("warmed_rates", my_rates, "steps-counted-from-one")


def test_spaced_evenly_with_both_ends():
    def my_rates(steps, warmup, peak):
        rise = np.linspace(0, peak, warmup)
        fallen = np.linspace(0, np.pi, steps - warmup)
        return np.concatenate([rise, peak * (1 + np.cos(fallen)) / 2])

    assert_named(
        "warmed_rates", my_rates, "peak-one-step-early", "zero-at-the-last-step"
    )


def test_a_cosine_alone_and_no_peak():
    def my_rates(steps, warmup, peak):
        step = np.arange(steps)
        return (1 + np.cos(np.pi * step / steps)) / 2

    assert_named("warmed_rates", my_rates, "nothing-but-the-cosine", "peak-left-out")


# folds_of_films


def folds_by_scikit_learn(films, folds):
    """GroupKFold, which wants two folds at the least."""
    if folds == 1:
        return np.minimum(films, 0)
    fold = np.full(len(films), -1)
    rows = np.flatnonzero(films >= 0)
    parts = GroupKFold(folds).split(rows, groups=films[rows])
    for number, (_, held_out) in enumerate(parts):
        fold[rows[held_out]] = number
    return fold


def folds_by_counting(films, folds):
    """A dictionary of films, and a list of reviews; a list."""
    reviews = {}
    for row, film in enumerate(films.tolist()):
        if film != -1:
            reviews.setdefault(film, []).append(row)
    answer = [-1] * len(films)
    filled = [0] * folds
    for rows in sorted(reviews.values(), key=len, reverse=True):
        fold = filled.index(min(filled))
        filled[fold] += len(rows)
        for row in rows:
            answer[row] = fold
    return answer


def folds_in_pandas(films, folds):
    """Value counts come the largest first, and a Series is mapped."""
    sizes = pd.Series(films[films >= 0]).value_counts()
    filled, home = np.zeros(folds), {-1: -1}
    for film, size in sizes.items():
        home[film] = filled.argmin()
        filled[home[film]] += size
    return pd.Series(films).map(home)


def test_folds_of_films():
    assert_all_pass(
        "folds_of_films", [folds_by_scikit_learn, folds_by_counting, folds_in_pandas]
    )


def test_no_film_is_in_two_folds():
    for films, folds in film_cases().values():
        fold = folds_of_films(films, folds)
        assert ((fold == -1) == (films == -1)).all()
        homes = {(film, n) for film, n in zip(films, fold, strict=True) if film >= 0}
        assert len(homes) == len({film for film, _ in homes})
        assert set(fold[fold >= 0]) == set(range(folds))


def test_folds_that_know_no_films():
    def my_folds(films, folds):
        return np.where(films < 0, -1, np.arange(len(films)) % folds)

    assert_named("folds_of_films", my_folds, "reviews-dealt-one-by-one")


def test_films_in_turn_by_their_number():
    def my_folds(films, folds):
        names = sorted(set(films.tolist()) - {-1})
        place = {film: n % folds for n, film in enumerate(names)}
        return [place.get(film, -1) for film in films.tolist()]

    assert_named(
        "folds_of_films", my_folds, "films-by-number", "films-counted-for-reviews"
    )
