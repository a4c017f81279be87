"""Other right answers to the exercises of lesson 03, and wrong ones that are named."""

import math

import numpy as np
import pytest
from variants import assert_all_pass, assert_named, assert_told

from lstm_course.exercises.check import verdict_on
from lstm_course.exercises.contents import find_exercise

pytestmark = pytest.mark.usefixtures("in_this_process")

# rnn_step_backward


def step_in_plain_loops(d_above, d_later, x, h_before, h, params):
    """No product of arrays at all; nested lists; the cell's equation term by term."""
    W, U, _ = params
    B, D, H = len(x), len(W), len(U)
    dz = [
        [(d_above[r, j] + d_later[r, j]) * (1 - h[r, j] ** 2) for j in range(H)]
        for r in range(B)
    ]
    d_W = [
        [sum(x[r, d] * dz[r][j] for r in range(B)) for j in range(H)] for d in range(D)
    ]
    d_U = [
        [sum(h_before[r, i] * dz[r][j] for r in range(B)) for j in range(H)]
        for i in range(H)
    ]
    d_b = [sum(row[j] for row in dz) for j in range(H)]
    d_x = [[sum(W[d, j] * row[j] for j in range(H)) for d in range(D)] for row in dz]
    d_h = [[sum(U[i, j] * row[j] for j in range(H)) for i in range(H)] for row in dz]
    return dz, d_W, d_U, d_b, d_x, d_h


def step_stacked(d_above, d_later, x, h_before, h, params):
    """All weights in one matrix, the bias as its last row; single precision."""
    stacked = np.vstack(params).astype(np.float32)
    ones = np.ones((len(x), 1))
    inputs = np.hstack([x, h_before, ones]).astype(np.float32)
    dz = np.add(d_above, d_later, dtype=np.float32) * (1 - h) * (1 + h)
    D = x.shape[1]
    d_stacked = inputs.T @ dz
    d_W, d_U, d_b = d_stacked[:D], d_stacked[D:-1], d_stacked[-1]
    back = dz @ stacked.T
    return {
        "dz": dz,
        "W": d_W,
        "U": d_U,
        "b": d_b,
        "x": back[:, :D],
        "h": back[:, D:-1],
    }


def step_by_einsum(up, later, x, before, h, weights):
    """The slope from cosh; sums over named axes."""
    dz = (up + later) / np.cosh(np.arctanh(h)) ** 2
    return [
        dz,
        np.einsum("bd,bh->dh", x, dz),
        np.einsum("bi,bh->ih", before, dz),
        np.einsum("bh->h", dz),
        np.einsum("bh,dh->bd", dz, weights.kernel),
        np.einsum("bh,ih->bi", dz, weights.recurrent_kernel),
    ]


def test_rnn_step_backward():
    variants = [step_in_plain_loops, step_stacked, step_by_einsum]
    assert_all_pass("rnn_step_backward", variants)


def test_wrong_steps_back():
    def untransposed(d_above, d_later, x, h_before, h, params):
        W, U, _ = params
        dz = (d_above + d_later) * (1 - h * h)
        return dz, x.T @ dz, h_before.T @ dz, dz.sum(0), (W @ dz.T).T, dz @ U

    def two_mistakes(d_above, d_later, x, h_before, h, params):
        W, U, _ = params
        dh = d_above + d_later
        dz = dh - dh * h
        return dz, x.T @ dz, h_before.T @ dz, np.mean(dz, 0), dz @ W.T, dz @ U.T

    def unheard_of(d_above, d_later, x, h_before, h, params):
        W, U, _ = params
        dz = (d_above + d_later) * (1 - h * h)
        return dz, x.T @ dz, h_before.T @ dz + U, dz.sum(0), dz @ W.T, dz @ U.T

    def later_sent_back_twice(d_above, d_later, x, h_before, h, params):
        W, U, _ = params
        dz = (d_above + d_later @ U.T) * (1 - h * h)
        return dz, x.T @ dz, h_before.T @ dz, dz.sum(0), dz @ W.T, dz @ U.T

    def later_left_for_the_end(d_above, d_later, x, h_before, h, params):
        W, U, _ = params
        dz = d_above * (1 - h * h)
        back = dz @ U.T + d_later
        return dz, x.T @ dz, h_before.T @ dz, dz.sum(0), dz @ W.T, back

    def means(d_above, d_later, x, h_before, h, params):
        W, U, _ = params
        dz, B = (d_above + d_later) * (1 - h * h), len(x)
        return dz, x.T @ dz / B, h_before.T @ dz / B, dz.mean(0), dz @ W.T, dz @ U.T

    name = "rnn_step_backward"
    assert_named(name, later_sent_back_twice, "step-later-through-U-again")
    assert_named(
        name,
        later_left_for_the_end,
        "step-gradient-from-later-left-out",
        "step-later-handed-on",
    )
    assert_named(name, means, "step-averaged")
    assert_named(name, untransposed, "step-recurrent-kernel-not-transposed")
    assert_named(name, two_mistakes, "step-slope-not-squared", "step-bias-averaged")
    assert_told(name, unheard_of, "dU departs first", "It is right with U = 0")


# numeric_gradient


def gradient_by_flat_copies(function, array, step):
    """Flat entries, copies, another step of one's own."""
    slopes = []
    for k in range(array.size):
        up, down = array.copy(), array.copy()
        up.flat[k] += 1e-5
        down.flat[k] -= 1e-5
        slopes.append((function(up) - function(down)) / 2e-5)
    return np.array(slopes).reshape(array.shape)


def gradient_in_place(f, w, eps):
    """Moves the entries of w itself and puts them back; an iterator."""
    out = np.empty(w.shape)
    places = np.nditer(w, flags=["multi_index"])
    for _ in places:
        here = places.multi_index
        old = w[here]
        w[here] = old + eps
        out[here] = f(w)
        w[here] = old - eps
        out[here] -= f(w)
        w[here] = old
    return out * (0.5 / eps)


def gradient_by_complex_step(f, w, eps):
    """No difference at all."""
    directions = np.eye(w.size).reshape(w.size, *w.shape)
    values = [f(w + 1e-30j * direction) for direction in directions]
    return (np.array(values).imag / 1e-30).reshape(w.shape)


def gradient_by_recursion(f, w, eps):
    """One axis after the other; nested lists."""

    def entries(place):
        if len(place) == w.ndim:
            unit = np.zeros_like(w)
            unit[place] = eps
            return (f(w + unit) - f(w - unit)) / eps / 2
        return [entries((*place, k)) for k in range(w.shape[len(place)])]

    return entries(())


def test_numeric_gradient():
    variants = [
        gradient_by_flat_copies,
        gradient_in_place,
        gradient_by_complex_step,
        gradient_by_recursion,
    ]
    assert_all_pass("numeric_gradient", variants)


def test_wrong_gradients():
    def one_sided(f, w, eps):
        gradient = np.zeros_like(w)
        start = f(w)
        for index in np.ndindex(*w.shape):
            moved = w.copy()
            moved[index] += eps
            gradient[index] = (f(moved) - start) / eps
        return gradient

    def never_restored(f, w, eps):
        gradient = np.zeros_like(w)
        w = w.copy()
        for index in np.ndindex(*w.shape):
            w[index] += eps
            above = f(w)
            w[index] -= 2 * eps
            gradient[index] = (above - f(w)) / (2 * eps)
        return gradient

    def copies_too_early(f, w, eps):
        gradient, up, down = np.zeros_like(w), w.copy(), w.copy()
        for index in np.ndindex(*w.shape):
            up[index] += eps
            down[index] -= eps
            gradient[index] = (f(up) - f(down)) / (2 * eps)
        return gradient

    def at_once(f, w, eps):
        return (f(w + eps) - f(w - eps)) / (2 * eps)

    def rows(f, w, eps):
        gradient = np.zeros_like(w)
        for k in range(len(w)):
            up, down = w.copy(), w.copy()
            up[k] += eps
            down[k] -= eps
            gradient[k] = (f(up) - f(down)) / (2 * eps)
        return gradient

    def unheard_of(f, w, eps):
        return gradient_by_complex_step(f, w, eps) * (1 + eps)

    def moved_to_eps(f, w, eps):
        gradient = np.zeros_like(w)
        for index in np.ndindex(*w.shape):
            up, down = w.copy(), w.copy()
            up[index], down[index] = eps, -eps
            gradient[index] = (f(up) - f(down)) / (2 * eps)
        return gradient

    name = "numeric_gradient"
    assert_named(name, moved_to_eps, "moved-to-eps")
    assert_named(name, one_sided, "forward-difference")
    assert_named(name, never_restored, "step-not-taken-back")
    assert_named(name, copies_too_early, "steps-pile-up")
    assert_named(name, at_once, "all-entries-at-once")
    assert_named(name, rows, "row-by-row")
    assert_told(name, unheard_of, "the loss of an RNN")


def test_a_gradient_that_changes_its_argument():
    def careless(f, w, eps):
        w += eps
        return gradient_by_complex_step(f, w, eps)

    assert_told("numeric_gradient", careless, "changes its arguments")


# clip_gradients


def clip_by_one_long_vector(grads, limit):
    """One vector, its norm, and a comparison."""
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in grads]))
    if norm > limit:
        return [g / norm * limit for g in grads]
    return list(grads)


def clip_by_the_formula(grads, limit):
    """The formula of the lesson, as it stands."""
    g_W, g_U, g_b = grads
    norm = math.sqrt((g_W**2).sum() + (g_U**2).sum() + (g_b**2).sum())
    factor = min(1, limit / norm)
    return g_W * factor, g_U * factor, g_b * factor


def clip_in_plain_loops(grads, limit):
    """Lists, and a dictionary."""
    lists = [np.asarray(g, np.float32).tolist() for g in grads]
    flat = [w for g in (*lists[0], *lists[1], lists[2]) for w in g]
    long = max(1.0, sum(w * w for w in flat) ** 0.5 / limit)
    W, U = ([[w / long for w in row] for row in rows] for rows in lists[:2])
    return {"W": W, "U": U, "b": [w / long for w in lists[2]]}


def test_clip_gradients():
    variants = [clip_by_one_long_vector, clip_by_the_formula, clip_in_plain_loops]
    assert_all_pass("clip_gradients", variants)


def test_wrong_clipping():
    def each(grads, limit):
        return [g * min(1, limit / max(np.linalg.norm(g), 1e-12)) for g in grads]

    def entries(grads, limit):
        return [np.clip(g, -limit, limit) for g in grads]

    def always(grads, limit):
        norm = np.sqrt(sum((g**2).sum() for g in grads))
        return [g * limit / norm for g in grads]

    def squared_and_always(grads, limit):
        return [g * limit / sum((g**2).sum() for g in grads) for g in grads]

    def unheard_of(grads, limit):
        W, U, b = clip_by_the_formula(grads, limit)
        return W, U, 0.5 * b

    def upside_down(grads, limit):
        norm = np.sqrt(sum((g**2).sum() for g in grads))
        return [g * min(1, norm / limit) for g in grads]

    def singular_values(grads, limit):
        norm = math.hypot(*(np.linalg.norm(g, 2) for g in grads))
        return [g * min(1, limit / norm) for g in grads]

    def by_one_norm(grads, limit):
        return [g * min(1, limit / np.linalg.norm(grads[0])) for g in grads]

    name = "clip_gradients"
    assert_named(name, by_one_norm, "one-array-alone")
    assert_named(name, upside_down, "factor-upside-down-below-1")
    assert_named(name, singular_values, "norm-of-the-matrix")
    assert_named(name, each, "clipped-each-by-its-own-norm")
    assert_named(name, entries, "clipped-entry-by-entry")
    assert_named(name, always, "short-gradients-made-longer")
    assert_told(name, unheard_of, "db departs", "one entry alone")
    assert verdict_on(name, squared_and_always).outcome == "failed"


# leaky_backward


def test_other_leaky_backward_passes():
    def over_all_paths(x, n, h, params, a, d_last):
        """The matrix from each step to the next, multiplied out for each sequence."""
        slope = 1 - n**2
        B, T, H = n.shape
        d_W, d_U, d_b = (np.zeros(w.shape) for w in params)
        for r in range(B):
            d = d_last[r]
            for t in range(T - 1, -1, -1):
                share = (1 - a) * slope[r, t] * d
                past = h[r, t - 1] if t else np.zeros(H)
                d_W, d_U = d_W + np.outer(x[r, t], share), d_U + np.outer(past, share)
                d_b = d_b + share
                jacobian = a * np.eye(H) + (1 - a) * params[1] * slope[r, t]
                d = jacobian @ d
        return d_W, d_U, d_b

    def proved(x, n, h, params, a, d_last):
        """Nothing derived at all: the complex step through the forward pass."""

        def loss(flat):
            W, U, b = np.split(flat, np.cumsum([w.size for w in params])[:2])
            W, U = W.reshape(params[0].shape), U.reshape(params[1].shape)
            state = np.zeros_like(d_last)
            for t in range(x.shape[1]):
                new = np.tanh(x[:, t] @ W + state @ U + b)
                state = a * state + (1 - a) * new
            return np.sum(state * d_last)

        flat = np.concatenate([w.ravel() for w in params])
        gradient = gradient_by_complex_step(loss, flat, None)
        parts = np.split(gradient, np.cumsum([w.size for w in params])[:2])
        return [p.reshape(w.shape) for p, w in zip(parts, params, strict=True)]

    assert_all_pass("leaky_backward", [over_all_paths, proved])


def test_the_lessons_own_backward_pass_forgets_the_leak():
    def as_in_the_lesson(x, n, h, params, a, d_last):
        d_W, d_U, d_b = (np.zeros_like(w) for w in params)
        before = np.roll(h, 1, axis=1)
        before[:, 0] = 0
        dh = d_last
        for t in reversed(range(x.shape[1])):
            dz = (1 - a) * dh * (1 - n[:, t] ** 2)
            d_W += x[:, t].T @ dz
            d_U += before[:, t].T @ dz
            d_b += dz.sum(axis=0)
            dh = dz @ params.recurrent_kernel.T
        return d_W, d_U, d_b

    def nothing_new(x, n, h, params, a, d_last):
        return as_in_the_lesson(x, h, h, params, 0, d_last)

    assert_named("leaky_backward", as_in_the_lesson, "leak-forgotten-on-the-way-back")
    assert_named("leaky_backward", nothing_new, "the-lessons-own-step")


def test_a_leak_scaled_in_the_wrong_line():
    def answer(x, n, h, params, a, d_last):
        d_W, d_U, d_b = (np.zeros_like(w) for w in params)
        dh = d_last
        for t in reversed(range(x.shape[1])):
            dz = dh * (1 - n[:, t] ** 2)
            d_W += x[:, t].T @ dz
            d_U += (h[:, t - 1] if t else 0 * h[:, 0]).T @ dz
            d_b += dz.sum(axis=0)
            dh = a * dh + (1 - a) * dz @ params.recurrent_kernel.T
        return d_W, d_U, d_b

    assert_named("leaky_backward", answer, "share-of-the-weights-unscaled")


@pytest.mark.parametrize(
    ("wrong", "mistake"),
    [
        (lambda r, s, k: (r**k, 1), "slope-left-out"),
        (lambda r, s, k: (s**k, s**k), "kernel-left-out"),
        (lambda r, s, k: (r * s**k, min(1, r * s**k)), "kernel-only-once"),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_reaches_that_were_guessed(seed, wrong, mistake):
    quiz = find_exercise("predict_the_reach")
    numbers = quiz.draw(np.random.default_rng(seed))
    verdict = verdict_on("predict_the_reach", wrong(*numbers), {"": numbers})
    assert verdict.mistakes == (mistake,), verdict.text


@pytest.mark.parametrize(
    "answer", [(0.77, 0.77), [0.774, 0.7738], np.array([0.77, 0.77])]
)
def test_two_decimals_are_enough(answer):
    verdict = verdict_on("predict_the_reach", answer, {"": (1.9, 0.5, 5)})
    assert verdict.outcome == "passed", verdict.text
