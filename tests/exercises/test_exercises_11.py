"""Other right answers to the exercises of lesson 11, and wrong ones that are named."""

import statistics

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from variants import assert_all_pass, assert_named, assert_told

from lstm_course.exercises import lesson_11
from lstm_course.exercises.check import verdict_on
from lstm_course.exercises.contents import find_exercise
from lstm_course.exercises.limits import T_LIMIT
from lstm_course.experiments.verdict import paired_difference

pytestmark = pytest.mark.usefixtures("in_this_process")


def sigma(z):
    return 1 / (1 + np.exp(-z))


# gru_step


def step_gate_by_gate(x, state, weights):
    """Each gate from its own columns; z as a share of what is new."""
    W, U, b = weights
    H = len(U)
    b_x, b_h = b if b.ndim == 2 else (b, np.zeros(3 * H))

    def from_x(k):
        return x @ W[:, k * H : (k + 1) * H] + b_x[k * H : (k + 1) * H]

    def from_h(k, h):
        return h @ U[:, k * H : (k + 1) * H] + b_h[k * H : (k + 1) * H]

    new = 1 - sigma(from_x(0) + from_h(0, state.h))
    r = sigma(from_x(1) + from_h(1, state.h))
    if b.shape == (2, 3 * H):
        n = np.tanh(from_x(2) + r * from_h(2, state.h))
    else:
        n = np.tanh(from_x(2) + from_h(2, r * state.h))
    return state.h + new * (n - state.h)


def step_in_plain_loops(x, state, params):
    """No product of arrays at all; nested lists; more parts than are wanted."""
    W, U, b = (array.tolist() for array in params)
    two = isinstance(b[0], list)
    b_x, b_h = b if two else (b, [0.0] * len(b))
    hs = []
    for x_row, h in zip(x.tolist(), state.h.tolist(), strict=True):
        H = len(h)

        def product(row, matrix, column):
            return sum(a * w[column] for a, w in zip(row, matrix, strict=True))

        new = []
        r = [
            sigma(
                product(x_row, W, H + j)
                + b_x[H + j]
                + product(h, U, H + j)
                + b_h[H + j]
            )
            for j in range(H)
        ]
        for j in range(H):
            z = sigma(product(x_row, W, j) + b_x[j] + product(h, U, j) + b_h[j])
            k = 2 * H + j
            if two:
                past = r[j] * (product(h, U, k) + b_h[k])
            else:
                past = product([a * s for a, s in zip(h, r, strict=True)], U, k)
            n = np.tanh(product(x_row, W, k) + b_x[k] + past)
            new.append(z * h[j] + (1 - z) * n)
        hs.append(new)
    return hs


def step_in_float32(x, state, params):
    """A single precision; one product for all blocks; columns instead of rows."""
    h = state[0].T.astype(np.float32)
    W, U, b = (np.asarray(array, np.float32) for array in params)
    H = len(h)
    b_x, b_h = (b[0], b[1]) if len(b) == 2 and b.ndim > 1 else (b, b * 0)
    a = W.T @ x.T.astype(np.float32) + b_x[:, None]
    c = U.T @ h + b_h[:, None]
    z, r = sigma(a[:H] + c[:H]), sigma(a[H : 2 * H] + c[H : 2 * H])
    last = U[:, 2 * H :].T
    past = r * c[2 * H :] if b.ndim == 2 else last @ (r * h)
    n = np.tanh(a[2 * H :] + past)
    return {"h": (z * h + (1 - z) * n).T, "z": z.T, "r": r.T, "n": n.T}


def test_gru_step():
    assert_all_pass(
        "gru_step", [step_gate_by_gate, step_in_plain_loops, step_in_float32]
    )


def step_with(candidate, bias=None, mix=lambda z, h, n: z * h + (1 - z) * n):
    """A learner's step of which one line is their own."""

    def step(x_t, state, params):
        h = state.h
        W, U, b = params
        b_x, b_h = b if b.ndim == 2 else (b, 0)
        if bias:
            b_x, b_h = bias(b), 0
        z_x, r_x, n_x = np.split(x_t @ W + b_x, 3, axis=1)
        z_h, r_h, n_h = np.split(h @ U + b_h, 3, axis=1)
        z, r = sigma(z_x + z_h), sigma(r_x + r_h)
        last = np.split(U, 3, axis=1)[2]
        return mix(z, h, np.tanh(candidate(n_x, r, n_h, h, last)))

    return step


def test_one_form_for_both_is_named():
    after = step_with(lambda n_x, r, n_h, h, last: n_x + r * n_h)
    assert_named("gru_step", after, "gru-reset-after-for-before")


@pytest.mark.parametrize("r_first", [False, True])
def test_two_rows_are_taken_for_granted(r_first):
    def step(x_t, state, params):
        W, U, b = params
        first, second, n_x = np.split(x_t @ W + b[0], 3, axis=1)
        one, two, n_h = np.split(state.h @ U + b[1], 3, axis=1)
        z, r = sigma(first + one), sigma(second + two)
        z, r = (r, z) if r_first else (z, r)
        return (1 - z) * np.tanh(n_x + r * n_h) + z * state.h

    order = ["gru-order-r-first"] * r_first
    assert_named("gru_step", step, "gru-one-row-read-as-two", *order)


def test_no_reset_in_either_form_is_one_mistake():
    deaf = step_with(lambda n_x, r, n_h, h, last: n_x + n_h)
    assert_named("gru_step", deaf, "gru-no-reset-in-either-form")


def test_biases_added_up_and_z_as_in_another_paper():
    def after_or_before(n_x, r, n_h, h, last):
        return n_x + r * n_h

    added = step_with(after_or_before, lambda b: b.sum(axis=0) if b.ndim == 2 else b)
    verdict = verdict_on("gru_step", added)
    assert set(verdict.mistakes) == {
        "gru-second-bias-outside-reset",
        "gru-reset-after-for-before",
    }
    turned = step_with(after_or_before, mix=lambda z, h, n: (1 - z) * h + z * n)
    assert_named("gru_step", turned, "gru-z-upside-down", "gru-reset-after-for-before")


def test_an_unknown_mistake_is_narrowed_down():
    def step(x_t, state, params):
        new = step_gate_by_gate(x_t, state, params)
        return new + 0.1 * state.h

    assert_told("gru_step", step, "two rows", "sequence 0, unit 0", "right with h' = 0")


# who_is_ahead


def by_statistics(first, second):
    """The standard library, and a list in pandas."""
    differences = [
        value - second[seed] for seed, value in first.items() if seed in second
    ]
    mean = statistics.mean(differences)
    error = statistics.stdev(differences) / len(differences) ** 0.5
    limit = T_LIMIT[len(differences)] * error
    who = "first" if mean > limit else "second" if -mean > limit else "nobody"
    return pd.Series([mean, error, who])


def in_plain_loops(first, second):
    total, count = 0, 0
    for seed in sorted(set(first) & set(second)):
        total += first[seed] - second[seed]
        count += 1
    mean = total / count
    squares = 0
    for seed in first:
        if seed in second:
            squares += (first[seed] - second[seed] - mean) ** 2
    error = (squares / (count * (count - 1))) ** 0.5
    names = {True: "First", False: "Second"}
    far = mean**2 > (T_LIMIT[count] * error) ** 2
    return [mean, error, names[mean > 0] if far else "Nobody"]


def by_intervals(first, second):
    """An interval that holds 0 or does not; a dictionary of results."""
    both = [*(first.keys() & second.keys())]
    points = np.subtract([first[s] for s in both], [second[s] for s in both])
    e = np.sqrt(np.cov(points) / points.size)
    reach = stats.t.ppf(0.975, len(both) - 1) * e
    low, high = points.mean() - reach, points.mean() + reach
    who = "nobody" if low <= 0 <= high else "first" if low > 0 else "second"
    return {"mean": points.mean(), "error": e, "ahead": who}


def by_a_paired_test(first, second):
    """What a library calls the same."""
    both = sorted(set(first) & set(second))
    one, two = (np.array([runs[s] for s in both]) for runs in (first, second))
    found = stats.ttest_rel(one, two)
    who = "first" if found.statistic > 0 else "second"
    mean = np.mean(one - two)
    error = stats.sem(one - two)
    return mean, error, who if found.pvalue < 0.05 else "nobody"


def test_who_is_ahead():
    variants = [by_statistics, in_plain_loops, by_intervals, by_a_paired_test]
    assert_all_pass("who_is_ahead", variants)


def test_it_agrees_with_the_rules():
    for first, second in lesson_11.measured_runs().values():
        both = sorted(set(first) & set(second))
        difference = paired_difference(
            *({seed: runs[seed] for seed in both} for runs in (first, second))
        )
        who = ["nobody", "first", "second"][difference.sign()]
        assert lesson_11.who_is_ahead(first, second)[2] == who


def verdict(points, error):
    n = len(points)
    if abs(points.mean()) <= T_LIMIT[n] * error:
        return points.mean(), error, "nobody"
    return points.mean(), error, "first" if points.mean() > 0 else "second"


def test_groups_are_no_pairs():
    def groups(first, second):
        a, b = np.array(list(first.values())), np.array(list(second.values()))
        mean = a.mean() - b.mean()
        error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
        shared = len(first.keys() & second.keys())
        ahead = "first" if mean > 0 else "second"
        far = abs(mean) > T_LIMIT[shared] * error
        return mean, error, ahead if far else "nobody"

    assert_named("who_is_ahead", groups, "runs-not-paired")


def test_the_spread_of_numpy_and_no_root():
    def comparison(first, second):
        points = np.array([first[k] - second[k] for k in first if k in second])
        return verdict(points, points.std())

    assert_named(
        "who_is_ahead", comparison, "spread-for-standard-error", "spread-divided-by-n"
    )


def test_seeds_sorted_and_paired_by_position():
    def comparison(first, second):
        one, two = ([runs[k] for k in sorted(runs)] for runs in (first, second))
        points = np.array([a - b for a, b in zip(one, two, strict=False)])
        return verdict(points, points.std() / len(points) ** 0.5)

    assert_named(
        "who_is_ahead",
        comparison,
        "runs-paired-in-order-of-seeds",
        "spread-divided-by-n",
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda first, second: (0.5, 0.1), ["2 parts", "expected 3: the difference"]),
        (lambda first, second: (0.5, 0.1, "GRU"), ["the difference is not right"]),
        (lambda first, second: first[3] - second[3], ["KeyError"]),
    ],
)
def test_an_unknown_comparison_is_told_where(answer, words):
    assert_told("who_is_ahead", answer, *words)


# carry_weights_over


def by_slices(kernel, recurrent, b_x, b_h):
    H = recurrent.shape[1]
    order = [*range(H, 2 * H), *range(H), *range(2 * H, 3 * H)]
    sign = np.array([-1.0] * H + [1.0] * 2 * H)
    bias = np.array([b_x, b_h])[:, order] * sign
    return (kernel[order].T * sign, recurrent[order].T * sign, bias)


def test_carry_weights_over():
    assert_all_pass("carry_weights_over", [by_slices])


def test_the_sign_of_the_first_block_before_the_order_was_changed():
    def weights(kernel, recurrent, b_x, b_h):
        sign = np.repeat([-1, 1, 1], recurrent.shape[1])
        return kernel.T * sign, recurrent.T * sign, np.stack([b_x, b_h]) * sign

    assert_named("carry_weights_over", weights, "first-block-turned")


def carried(turn, sign, biases):
    """The weights of a learner who turns rows into columns by a way of their own."""

    def weights(kernel, recurrent, b_x, b_h):
        def ordered(array):
            r, z, n = np.split(array, 3)
            return np.concatenate([sign * z, r, n])

        bias = np.array([b_x, b_h] if biases else [ordered(b_x), ordered(b_h)])
        return turn(ordered(kernel)), turn(ordered(recurrent)), bias

    return weights


def test_weights_that_were_carried_over_by_halves():
    name = "carry_weights_over"
    assert_named(name, carried(np.transpose, -1, True), "biases-as-theirs")
    reshaped = carried(lambda rows: rows.reshape(rows.shape[::-1]), 1, False)
    assert_named(name, reshaped, "blocks-reshaped", "update-gate-not-turned")

    def blocks_side_by_side(rows):
        square = rows.shape[1] * 3 == len(rows)
        return np.hstack(np.split(rows, 3)) if square else rows.T

    untransposed = carried(blocks_side_by_side, -1, False)
    assert_named(name, untransposed, "recurrent-blocks-not-transposed")


def test_what_was_turned_by_halves():
    def weights(kernel, recurrent, b_x, b_h):
        good = by_slices(kernel, recurrent, b_x, b_h)
        return good[0], good[1], np.abs(good[2])

    assert_told("carry_weights_over", weights, "bias departs first", "biases of 0")


def test_weights_that_were_not_transposed():
    assert_told(
        "carry_weights_over",
        lambda kernel, recurrent, b_x, b_h: (kernel, recurrent, np.stack([b_x, b_h])),
        "ernel has shape (6, 4); expected (4, 6) = (D, 3H)",
    )


def test_the_quiz_takes_both_gates_together():
    numbers = find_exercise("gru_gate_settings").draw(np.random.default_rng(1))
    right = find_exercise("gru_gate_settings").solution(*numbers)
    verdict = verdict_on("gru_gate_settings", [*right], {"": numbers})
    assert verdict.outcome == "passed"
