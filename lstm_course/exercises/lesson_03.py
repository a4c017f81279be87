"""The exercises of lesson 03: how far back, a step back, two proofs, and a leak."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import Generator

from lstm_course.arrays.shapes import Array
from lstm_course.checker.exercise import Cases, Exercise, Quiz
from lstm_course.checker.planting import Mistake
from lstm_course.layers.rnn import RNNParams

# predict_the_reach --------------------------------------------------------------


def reach_and_clipped(radius: float, slope: float, k: int) -> tuple[float, float]:
    """Return the length of a gradient k steps back, and the same clipped at 1."""
    length = (radius * slope) ** k
    return length, min(length, 1.0)


def draw_reach(rng: Generator) -> tuple[float, float, int]:
    """Draw a radius above 1, a slope, and a few steps: it vanishes or it explodes."""
    low, high = [(0.05, 0.8), (1.3, 20)][rng.integers(2)]
    while True:
        radius, slope = rng.integers(11, 25) / 10, rng.integers(50, 96) / 100
        k = int(rng.integers(4, 9))
        if low < (radius * slope) ** k < high:  # two decimals tell, and clipping shows
            return float(radius), float(slope), k


def ask_for_reach(radius: float, slope: float, k: int) -> str:
    """Return the question."""
    return (
        f"A recurrent kernel turns a vector and makes it {radius} times as long. The "
        f"slope of tanh is {slope} in every unit at every step. A gradient of length 1 "
        f"comes into the last hidden state.\nHow long is it {k} steps back, and how "
        "long when it is clipped there at norm 1? Both to two decimals: (back, clipped)"
    )


def derive_reach(radius: float, slope: float, k: int) -> str:
    """Return the product, and what clipping makes of it."""
    length, clipped = reach_and_clipped(radius, slope, k)
    each = radius * slope
    what = "explodes" if each > 1 else "vanishes"
    return (
        f"Each step back multiplies by {radius} * {slope} = {each:.3f}: it {what}.\n"
        f"{k} steps: {each:.3f} ** {k} = {length:.2f}.\n"
        f"Clipped at 1: min({length:.2f}, 1) = {clipped:.2f}."
    )


PREDICT_THE_REACH = Quiz(
    able="predict when they vanish or explode",
    solution=reach_and_clipped,
    draw=draw_reach,
    question=ask_for_reach,
    derivation=derive_reach,
    parts={"back": "", "clipped": ""},
    tolerance=0.0051,
    mistakes={
        "slope-left-out": Mistake(
            right="(radius * slope) ** k",
            wrong="radius**k",
            hint="Your gradient meets the kernel alone. At each step back it "
            "passes the tanh, too.",
        ),
        "slope-only-once": Mistake(
            right="(radius * slope) ** k",
            wrong="radius**k * slope",
            hint="Your gradient meets the slope of tanh once: how many tanhs does "
            "it pass on its way?",
        ),
        "times-k-for-to-the-power-k": Mistake(
            right="(radius * slope) ** k",
            wrong="radius * slope * k",
            hint="Your steps are added up. Each step multiplies what the one "
            "before left.",
        ),
        "clipping-makes-longer": Mistake(
            right="min(length, 1.0)",
            wrong="1.0",
            hint="Your clipping gives every gradient the length 1. What does it "
            "do to one that is shorter?",
        ),
        "kernel-only-once": Mistake(
            right="(radius * slope) ** k",
            wrong="radius * slope**k",
            hint="Your gradient meets the kernel once: how many times is it "
            "multiplied on its way?",
        ),
        "kernel-left-out": Mistake(
            right="(radius * slope) ** k",
            wrong="slope**k",
            hint="Your gradient meets the slopes alone. Each step back multiplies "
            "by the kernel, too.",
        ),
        "a-step-too-few": Mistake(
            right="(radius * slope) ** k",
            wrong="(radius * slope) ** (k - 1)",
            hint="Your gradient goes one step too few: k steps back are k factors.",
        ),
        "a-step-too-many": Mistake(
            right="(radius * slope) ** k",
            wrong="(radius * slope) ** (k + 1)",
            hint="Your gradient goes one step too many: it has length 1 at the "
            "last state, and k steps back are k factors.",
        ),
        "not-clipped": Mistake(
            right="min(length, 1.0)",
            wrong="length",
            hint="Your clipping leaves a long gradient as it is: 1 is the limit.",
        ),
        "rounded-to-one-decimal": Mistake(
            right="return length, min(length, 1.0)",
            wrong="return round(length, 1), round(min(length, 1.0), 1)",
            hint="Your lengths are rounded to one decimal: give two.",
        ),
        "factor-rounded-too-early": Mistake(
            right="(radius * slope) ** k",
            wrong="round(radius * slope, 1) ** k",
            hint="Your factor of one step is rounded to one decimal, and its power "
            "carries the error along: round at the end.",
        ),
        "clipped-at-each-step": Mistake(
            right="return length, min(length, 1.0)",
            wrong="return min(length, 1.0), min(length, 1.0)",
            hint="Your first length is clipped already: the length before the "
            "clipping comes first.",
        ),
        "each-clipped-before-the-other": Mistake(
            right="return length, min(length, 1.0)",
            wrong="return min(length, 1.0), length",
            hint="Your two lengths have changed places: the clipped one comes second.",
        ),
    },
    hints=(
        "By what is the gradient multiplied at one step back? Two things stand in its "
        "way, the kernel and the slope of tanh, and each step meets both again. "
        "Clipping takes the smaller of the length and the limit.",
        "",
    ),
    reasoning="One factor a step, $\\rho$ times the slope, and its power decides, "
    "not the radius alone: all these radii are above 1, and some gradients vanish. "
    "Clipping takes the smaller of two lengths, so it cures an exploded gradient "
    "and does nothing for a vanished one.",
)


# rnn_step_backward --------------------------------------------------------------


def rnn_step_backward(
    d_above: Array,
    d_later: Array,
    x: Array,
    h_before: Array,
    h: Array,
    params: RNNParams,
) -> tuple[Array, ...]:
    """Return the gradients by z, W, U, b, x and h': h = tanh(z), z = x W + h' U + b.

    The gradient by h comes in two parts: what the layer above sends back, and what the
    next step does.
    """
    W, U, _ = params
    dz = (d_above + d_later) * (1 - h**2)  # (B, H)
    d_W = x.T @ dz  # (D, B) (B, H) -> (D, H)
    d_U = h_before.T @ dz  # (H, H)
    d_b = dz.sum(axis=0)  # (H,)
    return dz, d_W, d_U, d_b, dz @ W.T, dz @ U.T


def step_back_cases() -> Cases:
    """Return what a step back is tried on, and the same with less in it."""
    rng = np.random.default_rng(3)

    def normal(*shape: int) -> Array:
        return rng.normal(size=shape)

    def at(batch: int, input_dim: int, units: int) -> dict[str, Array]:
        return {
            "d_above": normal(batch, units),
            "d_later": normal(batch, units),
            "x": normal(batch, input_dim),
            "h_before": np.tanh(normal(batch, units)),
            "W": normal(input_dim, units),
            "U": normal(units, units),
            "b": normal(units),
        }

    def arguments(given: dict[str, Array], nothing: str = "") -> tuple[Any, ...]:
        here = [(name != nothing) * array for name, array in given.items()]
        d_above, d_later, x, h_before, W, U, b = here
        h = np.tanh(x @ W + h_before @ U + b)
        return d_above, d_later, x, h_before, h, RNNParams(W, U, b)

    general = at(4, 3, 2)
    return {
        "random numbers everywhere": arguments(general),
        "no gradient from above": arguments(general, "d_above"),
        "no gradient from the later step": arguments(general, "d_later"),
        "x = 0": arguments(general, "x"),
        "h' = 0": arguments(general, "h_before"),
        "U = 0": arguments(general, "U"),
        "one sequence": arguments(at(1, 3, 2)),
        "one unit": arguments(at(4, 3, 1)),
        "all sizes alike": arguments(at(2, 2, 2)),
    }


RNN_STEP_BACKWARD = Exercise(
    able="derive **backpropagation through time** line by line",
    solution=rnn_step_backward,
    cases=step_back_cases,
    parts={
        "dz": "B H",
        "dW": "D H",
        "dU": "H H",
        "db": "H",
        "dx": "B D",
        "dh'": "B H",
    },
    mistakes={
        "step-slope-not-squared": Mistake(
            right="(1 - h**2)",
            wrong="(1 - h)",
            hint="Your slope of tanh is 1 - h: write the derivative of tanh by "
            "its own value, and look at the power.",
        ),
        "step-slope-of-tanh-of-h": Mistake(
            right="(1 - h**2)",
            wrong="(1 - np.tanh(h) ** 2)",
            hint="Your slope takes the tanh of h once more: h is the tanh "
            "already, of z.",
        ),
        "step-slope-left-out": Mistake(
            right="(d_above + d_later) * (1 - h**2)",
            wrong="d_above + d_later",
            hint="Your gradient passes the tanh unchanged: h = tanh(z), so there "
            "is a slope between dh and dz.",
        ),
        "step-slope-of-the-state-before": Mistake(
            right="(1 - h**2)",
            wrong="(1 - h_before**2)",
            hint="Your slope is taken at h', the state before: which of the two "
            "came out of this step's tanh?",
        ),
        "step-gradient-from-above-left-out": Mistake(
            right="(d_above + d_later)",
            wrong="d_later",
            hint="Your dh has nothing from the layer above. Two things read h: "
            "both send a gradient back.",
        ),
        "step-gradient-from-later-left-out": Mistake(
            right="(d_above + d_later)",
            wrong="d_above",
            hint="Your dh has nothing from the later step. Two things read h: both "
            "send a gradient back.",
        ),
        "step-later-past-the-tanh": Mistake(
            right="(d_above + d_later) * (1 - h**2)",
            wrong="d_above * (1 - h**2) + d_later",
            hint="Your gradient from the later step goes past the tanh. Both "
            "gradients come to h, so both have the tanh before them.",
        ),
        "step-above-past-the-tanh": Mistake(
            right="(d_above + d_later) * (1 - h**2)",
            wrong="d_above + d_later * (1 - h**2)",
            hint="Your gradient from above goes past the tanh. Both gradients "
            "come to h, so both have the tanh before them.",
        ),
        "step-recurrent-kernel-not-transposed": Mistake(
            right="dz @ U.T",
            wrong="dz @ U",
            hint="Your way back to h' goes through U as it stands. U is square, "
            "so the shapes don't complain: forward and back are not the same "
            "product.",
        ),
        "step-dU-by-the-new-state": Mistake(
            right="h_before.T @ dz",
            wrong="h.T @ dz",
            hint="Your dU is made with h. What did U multiply in this step?",
        ),
        "step-bias-not-summed": Mistake(
            right="dz.sum(axis=0)",
            wrong="dz",
            hint="Your db has a row for each sequence. One b served all the "
            "sequences of the batch: what becomes of their shares?",
        ),
        "step-bias-averaged": Mistake(
            right="dz.sum(axis=0)",
            wrong="dz.mean(axis=0)",
            hint="Your db is a mean over the batch. dW and dU add up the sequences "
            "inside their matrix product; db does likewise.",
        ),
        "step-bias-summed-over-units": Mistake(
            right="dz.sum(axis=0)",
            wrong="dz.sum(axis=1)",
            hint="Your db is summed over the units. b has an entry for each unit; "
            "what is shared by all sequences is summed over the sequences.",
        ),
        "step-slope-squared-as-a-whole": Mistake(
            right="(1 - h**2)",
            wrong="(1 - h) ** 2",
            hint="Your slope is the square of 1 - h: the square belongs to h alone.",
        ),
        "step-later-through-U-again": Mistake(
            right="d_above + d_later",
            wrong="d_above + d_later @ U.T",
            hint="Your d_later goes through U once more: the next step has done "
            "that before it sent it back.",
        ),
        "step-later-handed-on": Mistake(
            right="dz @ U.T",
            wrong="dz @ U.T + d_later",
            hint="Your dh' has d_later in it as it came. That is a gradient by h: "
            "what goes on to h' comes through dz.",
        ),
        "step-later-alone-goes-back": Mistake(
            right="dz @ U.T",
            wrong="d_later @ U.T",
            hint="Your dh' is made of d_later. That is a gradient by h: what goes "
            "on to h' comes through dz.",
        ),
        "step-slope-before-too-soon": Mistake(
            right="dz @ U.T",
            wrong="dz @ U.T * (1 - h_before**2)",
            hint="Your dh' has the slope of h' in it: that is the work of the step "
            "before.",
        ),
        "step-dU-transposed": Mistake(
            right="h_before.T @ dz",
            wrong="dz.T @ h_before",
            hint="Your dU is transposed: a row of U belongs to a unit of h', a "
            "column to one of z.",
        ),
        "step-averaged": Mistake(
            right="d_W, d_U, d_b, dz @ W.T",
            wrong="d_W / len(x), d_U / len(x), d_b / len(x), dz @ W.T",
            hint="Your dW, dU and db are means over the batch: each sequence adds "
            "its share. (If a mean is wanted, the loss has taken it.)",
        ),
        "step-dh-through-U": Mistake(
            right="(d_above + d_later)",
            wrong="((d_above + d_later) @ U.T)",
            hint="Your dh goes through U before the tanh: both are gradients by "
            "h, and U stands inside the tanh.",
        ),
        "step-slope-of-a-sigmoid": Mistake(
            right="(1 - h**2)",
            wrong="h * (1 - h)",
            hint="Your slope is h (1 - h), a sigmoid's: h came out of tanh.",
        ),
        "step-slope-upside-down": Mistake(
            right="(d_above + d_later) * (1 - h**2)",
            wrong="(d_above + d_later) / (1 - h**2)",
            hint="Your gradient is divided by the slope of tanh: it is multiplied by "
            "it.",
        ),
        "step-slope-with-plus": Mistake(
            right="(1 - h**2)",
            wrong="(1 + h**2)",
            hint="Your slope is 1 + h²: that of tanh is at most 1.",
        ),
        "step-input-kernel-not-transposed": Mistake(
            right="dz @ W.T",
            wrong="dz @ W",
            hint="Your way back to x goes through W as it stands: dz is (B, H) and W "
            "(D, H), so turn W round.",
        ),
        "step-neither-kernel-transposed": Mistake(
            right="dz @ W.T, dz @ U.T",
            wrong="dz @ W, dz @ U",
            hint="Your way back goes through W and U as they stand: going back, both "
            "are transposed.",
        ),
        "step-dx-and-dh-swapped": Mistake(
            right="dz @ W.T, dz @ U.T",
            wrong="dz @ U.T, dz @ W.T",
            hint="Your dx and dh' have changed places: x came through W, h' through U.",
        ),
        "step-dW-transposed": Mistake(
            right="x.T @ dz",
            wrong="dz.T @ x",
            hint="Your dW is transposed: a row of W belongs to a feature of x, a "
            "column to a unit of z.",
        ),
        "step-weights-by-dh": Mistake(
            right="    d_W = x.T @ dz",
            wrong="    dh = d_above + d_later\n"
            "    return (dz, x.T @ dh, h_before.T @ dh, dh.sum(axis=0), dh @ W.T, "
            "dh @ U.T)\n"
            "    d_W = x.T @ dz",
            hint="Your dW, dU, db, dx and dh' are made of dh: W, U and b stand inside "
            "the tanh, so what comes to them is dz.",
        ),
        "step-gradients-multiplied": Mistake(
            right="(d_above + d_later)",
            wrong="(d_above * d_later)",
            hint="Your two gradients are multiplied: what two readers send back is "
            "added.",
        ),
        "step-dW-by-dh": Mistake(
            right="x.T @ dz",
            wrong="x.T @ (d_above + d_later)",
            hint="Your dW is made of dh: W stands inside the tanh, so what comes to "
            "it is dz.",
        ),
        "step-dU-by-dh": Mistake(
            right="h_before.T @ dz",
            wrong="h_before.T @ (d_above + d_later)",
            hint="Your dU is made of dh: U stands inside the tanh, so what comes to "
            "it is dz.",
        ),
        "step-db-by-dh": Mistake(
            right="dz.sum(axis=0)",
            wrong="(d_above + d_later).sum(axis=0)",
            hint="Your db is made of dh: b stands inside the tanh, so what comes to "
            "it is dz.",
        ),
        "step-dx-by-dh": Mistake(
            right="dz @ W.T",
            wrong="(d_above + d_later) @ W.T",
            hint="Your dx is made of dh: x comes in inside the tanh, so what comes to "
            "it is dz.",
        ),
        "step-dh-before-by-dh": Mistake(
            right="dz @ U.T",
            wrong="(d_above + d_later) @ U.T",
            hint="Your dh' is made of dh: h' comes in inside the tanh, so what comes "
            "to it is dz.",
        ),
        "step-above-handed-on": Mistake(
            right="dz @ U.T",
            wrong="dz @ U.T + d_above",
            hint="Your dh' has d_above in it as it came. That is a gradient by h: "
            "what goes on to h' comes through dz.",
        ),
        "step-gradients-averaged": Mistake(
            right="(d_above + d_later)",
            wrong="(d_above + d_later) / 2",
            hint="Your dh is the mean of the two gradients: what two readers send "
            "back is added.",
        ),
        "step-slope-of-z": Mistake(
            right="(1 - h**2)",
            wrong="(1 - (x @ W + h_before @ U + params.bias) ** 2)",
            hint="Your slope is 1 - z²: that of tanh is 1 minus the square of what "
            "came out, h.",
        ),
        "step-slope-left-h": Mistake(
            right="(1 - h**2)",
            wrong="h",
            hint="Your slope is h itself: write the derivative of tanh by its own "
            "value.",
        ),
    },
    hints=(
        "Go backwards through the two lines h = tanh(z) and z = x W + h' U + b. "
        "First what h gets from its two readers, then dz by the slope of tanh.",
        "dz = (d_above + d_later) * (1 - h**2). Then each gradient has the shape "
        "of its array, and dz in it once: x.T @ dz is dW, dz @ W.T is dx.",
    ),
    reasoning="$h$ has two readers, the layer above and the next step, so their "
    "gradients are added before anything else. After $dz$ each line follows from "
    "one term of $z = xW + h'U + b$: what stood on the left of a product comes "
    "transposed to the left of $dz$, what stood on the right to the right.",
)


# numeric_gradient ---------------------------------------------------------------


def numeric_gradient(f: Callable[[Array], float], w: Array, eps: float) -> Array:
    """Return the gradient of f at w by central differences, one entry at a time."""
    gradient = np.zeros_like(w)
    moved = w.copy()
    for index in np.ndindex(w.shape):
        moved[index] = w[index] + eps
        above = f(moved)
        moved[index] = w[index] - eps
        below = f(moved)
        moved[index] = w[index]
        gradient[index] = (above - below) / (2 * eps)
    return gradient


def straight(w: Array) -> float:
    """Return a sum with large weights: its gradient is the same everywhere."""
    total: float = np.sum(w * 1000 * np.cos(np.arange(w.size)).reshape(w.shape))
    return total


def squares(w: Array) -> float:
    """Return a sum of squares: no entry cares where the others stand."""
    total: float = np.sum(w**2)
    return total


def rnn_loss(recurrent_kernel: Array) -> float:
    """Return some sum of an RNN's last h after three steps, by its kernel U."""
    units = len(recurrent_kernel)
    x = np.sin(np.arange(1, 3 * 2 * units + 1)).reshape(3, 2, units)
    h = np.zeros((2, units))
    for x_t in x:
        h = np.tanh(x_t + h @ recurrent_kernel)
    total: float = np.sum(h * np.cos(np.arange(2 * units)).reshape(2, units))
    return total


def product_of_all(w: Array) -> float:
    """Return the product of all entries."""
    total: float = w.prod()
    return total


def gradient_cases() -> Cases:
    """Return functions, each with where its gradient is wanted, and a small step."""
    rng = np.random.default_rng(5)
    eps = 2.0**-13  # such that a step there and back leads to where it began

    def normal(*shape: int) -> Array:
        return np.round(128 * rng.normal(size=shape)) / 128

    return {
        "the loss of an RNN, by its U": (rnn_loss, normal(3, 3), eps),
        "a sum of squares": (squares, normal(2, 3), eps),
        "a product of four numbers": (product_of_all, normal(4) + 2, eps),
        "a steep straight line": (straight, normal(2, 3), eps),
        "three axes": (squares, normal(2, 3, 2), eps),
        "a single entry": (squares, np.array([1.5]), eps),
    }


NUMERIC_GRADIENT = Exercise(
    able="prove that your gradients are right",
    solution=numeric_gradient,
    cases=gradient_cases,
    parts={"the gradient": ""},
    mistakes={
        "forward-difference": Mistake(
            right="(above - below) / (2 * eps)",
            wrong="(above - f(w)) / eps",
            hint="Your difference looks to one side only, f(w + eps) - f(w): it "
            "leans by half of eps times the curvature. Look to both sides.",
        ),
        "backward-difference": Mistake(
            right="(above - below) / (2 * eps)",
            wrong="(f(w) - below) / eps",
            hint="Your difference looks to one side only, f(w) - f(w - eps): it leans "
            "by half of eps times the curvature. Look to both sides.",
        ),
        "forward-difference-halved": Mistake(
            right="(above - below)",
            wrong="(above - f(w))",
            hint="Your gradient is half as long as it should be: from w to w + "
            "eps it is one eps, not two. (Better look to both sides than divide "
            "by one.)",
        ),
        "divided-by-one-eps": Mistake(
            right="/ (2 * eps)",
            wrong="/ eps",
            hint="Your gradient is twice too long: how far apart are the two "
            "places at which you ask?",
        ),
        "two-eps-without-parentheses": Mistake(
            right="/ (2 * eps)",
            wrong="/ 2 * eps",
            hint="Your quotient is multiplied by eps: in Python a / 2 * eps is "
            "(a / 2) * eps.",
        ),
        "below-minus-above": Mistake(
            right="(above - below)",
            wrong="(below - above)",
            hint="Your gradient has the wrong sign: take what comes after the "
            "step up minus what comes after the step down.",
        ),
        "step-not-taken-back": Mistake(
            right="moved[index] = w[index]\n        gradient",
            wrong="gradient",
            hint="Your entries stay where you have moved them. Before the next "
            "one is tried, the last must go back to its place.",
        ),
        "two-names-for-one-copy": Mistake(
            right="(above - below)",
            wrong="(above - above)",
            hint="Your gradient is 0 everywhere: maybe your two places are one "
            "array. up = w makes no copy, only another name; w.copy() makes one.",
        ),
        "steps-pile-up": Mistake(
            right="return gradient",
            wrong="return np.cumsum(gradient).reshape(w.shape)",
            hint="Your steps pile up: each entry is tried with all those before it "
            "moved as well. Begin each from a fresh copy of w.",
        ),
        "all-entries-at-once": Mistake(
            right="gradient = np.zeros_like(w)",
            wrong="return (f(w + eps) - f(w - eps)) / (2 * eps)",
            hint="Your eps moves all entries at once, which gives one number: the "
            "sum of the gradient. Move one entry at a time.",
        ),
        "all-entries-at-once-in-full": Mistake(
            right="return gradient",
            wrong="return np.full(w.shape, (f(w + eps) - f(w - eps)) / (2 * eps))",
            hint="Your eps moves all entries at once: so each gets the same "
            "number, the sum of the gradient. Move one entry at a time.",
        ),
        "row-by-row": Mistake(
            right="np.ndindex(w.shape)",
            wrong="range(len(w))",
            hint="Your steps move a whole row: w[k] of a matrix is a row. An "
            "entry has one index for each axis; np.ndindex(w.shape) gives them "
            "all.",
        ),
        "moved-to-eps": Mistake(
            right="w[index] + eps\n        above = f(moved)\n"
            "        moved[index] = w[index] - eps",
            wrong="eps\n        above = f(moved)\n        moved[index] = -eps",
            hint="Your entry is moved to eps, wherever it stood: it should move "
            "by eps.",
        ),
        "not-divided": Mistake(
            right="(above - below) / (2 * eps)",
            wrong="above - below",
            hint="Your gradient is the difference itself: divide it by how far "
            "apart the two places are.",
        ),
    },
    hints=(
        "For each entry: a copy of w with this entry moved up by eps, another with "
        "it moved down, f of both. np.ndindex(w.shape) goes through all entries.",
        "gradient[index] = (f(up) - f(down)) / (2 * eps), where up = w.copy(), "
        "up[index] += eps, and down likewise, made anew for each index.",
    ),
    reasoning="It asks $f$ twice for each entry and knows nothing of the chain "
    "rule: that is why it proves something. It looks to both sides, so that the "
    "curvature cancels: the error shrinks with $\\epsilon^2$ and not with "
    "$\\epsilon$. (The complex step would pass as well.)",
)


# clip_gradients -----------------------------------------------------------------


def clipped(grads: tuple[Array, ...], limit: float) -> tuple[Array, ...]:
    """Return the gradients, shortened to the limit if they are longer together."""
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    scale = min(1, limit / norm)
    return tuple(scale * g for g in grads)


def clip_cases() -> Cases:
    """Return gradients of a kernel, a recurrent kernel and a bias, and a limit."""
    rng = np.random.default_rng(6)
    grads = tuple(rng.normal(size=shape) for shape in ((2, 3), (3, 3), (3,)))
    length = float(np.sqrt(sum(np.sum(g**2) for g in grads)))

    def long(norm: float) -> tuple[Array, ...]:
        return tuple(norm / length * g for g in grads)

    alone = np.array([[0.0, 3.0, 0.0], [0.0, 0.0, 0.0]])
    return {
        "a gradient four times too long": (long(10.0), 2.5),
        "an exploded gradient": (long(1e6), 1.0),
        "a gradient a little too long": (long(1.5), 1.2),
        "a gradient that is short enough": (long(0.8), 1.6),
        "a vanished gradient": (long(1e-4), 0.5),
        "one entry alone that is not 0": (
            (alone, np.zeros((3, 3)), np.zeros(3)),
            2.0,
        ),
    }


CLIP_GRADIENTS = Exercise(
    able="say what clipping cures and what it does not",
    solution=clipped,
    cases=clip_cases,
    parts={"dW": "D H", "dU": "H H", "db": "H"},
    mistakes={
        "clipped-each-by-its-own-norm": Mistake(
            right="scale * g for",
            wrong="g * min(1, limit / (np.linalg.norm(g) or 1)) for",
            hint="Your arrays are clipped one by one, each by its own norm: that "
            "turns the gradient. One norm of all together, one factor for all.",
        ),
        "clipped-entry-by-entry": Mistake(
            right="scale * g for",
            wrong="np.clip(g, -limit, limit) for",
            hint="Your entries are clipped one by one: that turns the gradient. "
            "All are to be multiplied by the same number.",
        ),
        "short-gradients-made-longer": Mistake(
            right="min(1, limit / norm)",
            wrong="limit / norm",
            hint="Your clipping makes short gradients longer, up to the limit. "
            "What is short enough is left as it is: there is a min in the formula.",
        ),
        "clipping-the-wrong-way-round": Mistake(
            right="min(1,",
            wrong="max(1,",
            hint="Your clipping leaves long gradients alone and makes short ones "
            "longer: it is the wrong way round.",
        ),
        "norm-without-the-root": Mistake(
            right="norm = np.sqrt(sum(np.sum(g**2) for g in grads))",
            wrong="norm = sum(np.sum(g**2) for g in grads)",
            hint="Your norm is a sum of squares: the root is missing.",
        ),
        "norms-added-up": Mistake(
            right="norm = np.sqrt(sum(np.sum(g**2) for g in grads))",
            wrong="norm = sum(np.linalg.norm(g) for g in grads)",
            hint="Your norm is the sum of the arrays' norms. As of one long "
            "vector it is another: square first, then add, then the root.",
        ),
        "one-array-alone": Mistake(
            right="norm = np.sqrt(sum(np.sum(g**2) for g in grads))",
            wrong="norm = max(np.linalg.norm(g) for g in grads)",
            hint="Your norm is that of one array alone: all of them together are "
            "one long vector.",
        ),
        "norm-of-the-largest-entry": Mistake(
            right="norm = np.sqrt(sum(np.sum(g**2) for g in grads))",
            wrong="norm = max(np.abs(g).max() for g in grads)",
            hint="Your norm is the largest entry: take the length of all together, "
            "the root of the sum of squares.",
        ),
        "norm-of-sizes": Mistake(
            right="norm = np.sqrt(sum(np.sum(g**2) for g in grads))",
            wrong="norm = sum(np.abs(g).sum() for g in grads)",
            hint="Your norm is the sum of the sizes: square first, then add, then the "
            "root.",
        ),
        "norm-of-the-mean-square": Mistake(
            right="sum(np.sum(g**2) for g in grads)",
            wrong="sum(np.sum(g**2) for g in grads) / sum(g.size for g in grads)",
            hint="Your norm is the root of the mean square: the squares are added up, "
            "not averaged.",
        ),
        "long-gradients-thrown-away": Mistake(
            right="min(1, limit / norm)",
            wrong="float(norm <= limit)",
            hint="Your long gradients become 0: they are to be shortened.",
        ),
        "clipped-kernel-alone": Mistake(
            right="tuple(scale * g for g in grads)",
            wrong="(scale * grads[0], *grads[1:])",
            hint="Your dW alone is shortened: one factor goes to all three.",
        ),
        "norm-without-the-bias": Mistake(
            right="for g in grads))",
            wrong="for g in grads[:2]))",
            hint="Your norm leaves out db: all three arrays together are one long "
            "vector.",
        ),
        "norms-averaged": Mistake(
            right="norm = np.sqrt(sum(np.sum(g**2) for g in grads))",
            wrong="norm = np.mean([np.linalg.norm(g) for g in grads])",
            hint="Your norm is the mean of the arrays' norms: all of them together "
            "are one long vector.",
        ),
        "clipped-to-length-1": Mistake(
            right="min(1, limit / norm)",
            wrong="1 / norm",
            hint="Your gradients come out with the length 1 whatever the limit is: "
            "limit is missing in your factor.",
        ),
        "factor-upside-down": Mistake(
            right="min(1, limit / norm)",
            wrong="max(1, norm / limit)",
            hint="Your factor is norm / limit: it makes long gradients longer.",
        ),
        "factor-upside-down-below-1": Mistake(
            right="limit / norm",
            wrong="norm / limit",
            hint="Your factor is norm / limit at most 1: it leaves long gradients "
            "alone and shortens the short.",
        ),
        "norm-of-the-matrix": Mistake(
            right="norm = np.sqrt(sum(np.sum(g**2) for g in grads))",
            wrong="norm = sum(np.linalg.norm(g, 2) ** 2 for g in grads) ** 0.5",
            hint="Your norm of a matrix is its largest singular value, "
            "np.linalg.norm(g, 2): here the length of all its entries is meant, "
            "np.linalg.norm(g).",
        ),
    },
    hints=(
        "First one number: the length of all entries of all arrays, as if they "
        "were one long vector. Then one factor, the same for every array.",
        "norm = np.sqrt(sum(np.sum(g**2) for g in grads)), and each array becomes "
        "g * min(1, limit / norm).",
    ),
    reasoning="One norm of everything gives one factor, so the direction stays and "
    "the step is short: that cures an exploded gradient. A vanished one comes out "
    "as it went in, and within a gradient the far steps' share stays as small "
    "beside the near ones' as it was.",
)


# leaky_backward -----------------------------------------------------------------


def leaky_backward(
    x: Array, n: Array, h: Array, params: RNNParams, a: float, d_last: Array
) -> RNNParams:
    """Return the gradients by W, U and b of a leaky RNN, which starts from h = 0.

    n_t = tanh(x_t W + h_{t-1} U + b), and h_t = a h_{t-1} + (1 - a) n_t.
    """
    U = params.recurrent_kernel
    before = np.concatenate([np.zeros_like(h[:, :1]), h[:, :-1]], axis=1)
    d_W, d_U, d_b = (np.zeros_like(w) for w in params)
    dh = d_last
    for t in reversed(range(x.shape[1])):
        dz = (1 - a) * dh * (1 - n[:, t] ** 2)  # (B, H)
        d_W += x[:, t].T @ dz
        d_U += before[:, t].T @ dz
        d_b += dz.sum(axis=0)
        dh = a * dh + dz @ U.T  # two ways back: past the tanh, and through it
    return RNNParams(d_W, d_U, d_b)


def leaky_cases() -> Cases:
    """Return forward passes of leaky RNNs."""
    rng = np.random.default_rng(7)

    def at(steps: int, a: float, size: float = 1.0) -> tuple[Any, ...]:
        B, D, H = 3, 4, 2
        x, d_last = rng.normal(size=(B, steps, D)), rng.normal(size=(B, H))
        W, U = rng.normal(size=(D, H)), size * rng.normal(size=(H, H))
        b = rng.normal(size=H)
        n, h = np.zeros((B, steps, H)), np.zeros((B, steps + 1, H))
        for t in range(steps):
            n[:, t] = np.tanh(x[:, t] @ W + h[:, t] @ U + b)
            h[:, t + 1] = a * h[:, t] + (1 - a) * n[:, t]
        return x, n, h[:, 1:], RNNParams(W, U, b), a, d_last

    return {
        "5 steps and a = 0.6": at(5, 0.6),
        "no leak, a = 0": at(5, 0.0),
        "U = 0": at(5, 0.6, 0.0),
        "2 steps": at(2, 0.6),
        "one step": at(1, 0.6),
        "a = 0.95": at(8, 0.95),
    }


LEAKY_BACKWARD = Exercise(
    able="derive **backpropagation through time** line by line",
    solution=leaky_backward,
    cases=leaky_cases,
    parts={"dW": "D H", "dU": "H H", "db": "H"},
    mistakes={
        "leak-forgotten-on-the-way-back": Mistake(
            right="dh = a * dh + dz @ U.T",
            wrong="dh = dz @ U.T",
            hint="Your gradient goes back through the tanh alone. h' is in the "
            "second equation, too: there is a way past the tanh.",
        ),
        "leak-unscaled": Mistake(
            right="a * dh + dz @ U.T",
            wrong="dh + dz @ U.T",
            hint="Your gradient goes past the tanh unchanged: what multiplies h' "
            "there?",
        ),
        "share-of-the-tanh-forgotten": Mistake(
            right="(1 - a) * dh * (1",
            wrong="dh * (1",
            hint="Your dz takes all of dh: n comes into h with the factor 1 - a only.",
        ),
        "leak-and-rest-swapped": Mistake(
            right="    dh = d_last\n",
            wrong="    dh, a = d_last, 1 - a\n",
            hint="Your a and 1 - a have changed places: a goes with h', 1 - a with n.",
        ),
        "slope-of-h-for-n": Mistake(
            right="(1 - n[:, t] ** 2)",
            wrong="(1 - h[:, t] ** 2)",
            hint="Your slope is 1 - h²: here h is not what comes out of tanh.",
        ),
        "leaky-kernel-not-transposed": Mistake(
            right="dz @ U.T",
            wrong="dz @ U",
            hint="Your way back through the tanh multiplies by U as it stands: U "
            "is square, so the shapes don't complain.",
        ),
        "leaky-dU-by-the-new-state": Mistake(
            right="before[:, t].T @ dz",
            wrong="h[:, t].T @ dz",
            hint="Your dU is made with the state after the step: U multiplied the "
            "one before it (and zeros before the first step).",
        ),
        "leaky-state-rolled-round": Mistake(
            right="np.concatenate([np.zeros_like(h[:, :1]), h[:, :-1]], axis=1)",
            wrong="np.roll(h, 1, axis=1)",
            hint="Your state before the first step is the last one of all: h[:, "
            "-1], as Python counts. Before the first step stand zeros.",
        ),
        "the-lessons-own-step": Mistake(
            right="    dh = d_last\n",
            wrong="    dh, a, n = d_last, 0, h\n",
            hint="Your step back is the one of the lesson's RNN. There h came out "
            "of tanh; here h is mixed of h' and n, and each has its own way back.",
        ),
        "leak-after-the-tanh": Mistake(
            right="a * dh + dz",
            wrong="a * dz + dz",
            hint="Your way past the tanh takes dz, which has gone through the tanh.",
        ),
        "share-of-the-tanh-twice": Mistake(
            right="dz @ U.T",
            wrong="(1 - a) * dz @ U.T",
            hint="Your way through the tanh meets 1 - a twice: dz has it already.",
        ),
        "share-of-the-weights-unscaled": Mistake(
            right="RNNParams(d_W, d_U, d_b)",
            wrong="RNNParams(*(d / (1 - a) for d in (d_W, d_U, d_b)))",
            hint="Your dW, dU and db lack the factor 1 - a: n comes into h with "
            "it, so it is in dz before the weights get their shares.",
        ),
        "leaky-dU-by-n": Mistake(
            right="h[:, :-1]]",
            wrong="n[:, :-1]]",
            hint="Your dU is made with n, what tanh gave in the step before: U "
            "multiplied h'.",
        ),
        "loop-forward": Mistake(
            right="reversed(range(x.shape[1]))",
            wrong="range(x.shape[1])",
            hint="Your loop runs from the first step to the last: the gradient "
            "comes from the end.",
        ),
        "leaky-slope-left-out-on-the-way-back": Mistake(
            right="dz @ U.T",
            wrong="(1 - a) * dh @ U.T",
            hint="Your way back through U leaves out the slope: U stands inside "
            "the tanh, so what passes it is dz.",
        ),
        "share-of-the-state-for-the-tanh": Mistake(
            right="(1 - a) * dh * (1",
            wrong="a * dh * (1",
            hint="Your dn is a dh: a goes with h', and n comes into h with the factor "
            "1 - a.",
        ),
        "leaky-steps-overwritten": Mistake(
            right="d_W += x[:, t].T @ dz\n"
            "        d_U += before[:, t].T @ dz\n"
            "        d_b += dz.sum(axis=0)",
            wrong="d_W = x[:, t].T @ dz\n"
            "        d_U = before[:, t].T @ dz\n"
            "        d_b = dz.sum(axis=0)",
            hint="Your dW, dU and db are those of the first step alone: each turn of "
            "the loop writes over the last, where += adds.",
        ),
        "leaky-dW-overwritten": Mistake(
            right="d_W += x[:, t].T @ dz",
            wrong="d_W = x[:, t].T @ dz",
            hint="Your dW is that of the first step alone: each turn of the loop "
            "writes over the last, where += adds.",
        ),
        "leaky-dU-overwritten": Mistake(
            right="d_U += before[:, t].T @ dz",
            wrong="d_U = before[:, t].T @ dz",
            hint="Your dU is 0, as that of the first step alone would be: maybe each "
            "turn of the loop writes over the last, where += adds.",
        ),
        "leaky-db-overwritten": Mistake(
            right="d_b += dz.sum(axis=0)",
            wrong="d_b = dz.sum(axis=0)",
            hint="Your db is that of the first step alone: each turn of the loop "
            "writes over the last, where += adds.",
        ),
        "leaky-first-step-left-out": Mistake(
            right="reversed(range(x.shape[1]))",
            wrong="range(x.shape[1] - 1, 0, -1)",
            hint="Your loop stops before step 0: range(T - 1, 0, -1) ends with 1, "
            "range(T - 1, -1, -1) with 0.",
        ),
        "leaky-last-step-left-out": Mistake(
            right="reversed(range(x.shape[1]))",
            wrong="reversed(range(x.shape[1] - 1))",
            hint="Your loop leaves out the last step: d_last comes into that one.",
        ),
        "leaky-bias-averaged": Mistake(
            right="dz.sum(axis=0)",
            wrong="dz.mean(axis=0)",
            hint="Your db is a mean over the batch. dW and dU add up the sequences "
            "inside their matrix product; db does likewise.",
        ),
        "leaky-bias-not-summed": Mistake(
            right="d_b += dz.sum(axis=0)",
            wrong="d_b = d_b + dz",
            hint="Your db has a row for each sequence: one b served them all, so their "
            "shares are added up.",
        ),
        "leaky-averaged": Mistake(
            right="RNNParams(d_W, d_U, d_b)",
            wrong="RNNParams(d_W / len(x), d_U / len(x), d_b / len(x))",
            hint="Your dW, dU and db are means over the batch: each sequence adds its "
            "share. (If a mean is wanted, the loss has taken it.)",
        ),
        "leaky-averaged-over-time": Mistake(
            right="RNNParams(d_W, d_U, d_b)",
            wrong="RNNParams(*(d / x.shape[1] for d in (d_W, d_U, d_b)))",
            hint="Your dW, dU and db are means over the steps: each step adds its "
            "share.",
        ),
        "leaky-slope-left-out": Mistake(
            right="(1 - a) * dh * (1 - n[:, t] ** 2)",
            wrong="(1 - a) * dh",
            hint="Your gradient passes the tanh unchanged: n = tanh(z), so there is a "
            "slope between dn and dz.",
        ),
        "leaky-slope-not-squared": Mistake(
            right="(1 - n[:, t] ** 2)",
            wrong="(1 - n[:, t])",
            hint="Your slope of tanh is 1 - n: look at the power.",
        ),
        "leaky-slope-of-a-sigmoid": Mistake(
            right="(1 - n[:, t] ** 2)",
            wrong="n[:, t] * (1 - n[:, t])",
            hint="Your slope is n (1 - n), a sigmoid's: n came out of tanh.",
        ),
        "leaky-d-last-at-each-step": Mistake(
            right="dh = a * dh + dz @ U.T",
            wrong="dh = d_last + a * dh + dz @ U.T",
            hint="Your d_last comes in at each step: the loss reads the last h only.",
        ),
        "leaky-dU-transposed": Mistake(
            right="before[:, t].T @ dz",
            wrong="dz.T @ before[:, t]",
            hint="Your dU is transposed: a row of U belongs to a unit of h', a column "
            "to one of z.",
        ),
        "leaky-dU-by-the-new-n": Mistake(
            right="before[:, t].T @ dz",
            wrong="n[:, t].T @ dz",
            hint="Your dU is made with n of the same step: U multiplied h', the state "
            "before.",
        ),
        "leak-and-rest-past-the-tanh": Mistake(
            right="a * dh + dz @ U.T",
            wrong="(1 - a) * dh + dz @ U.T",
            hint="Your way past the tanh takes 1 - a: h' comes into h with the factor "
            "a.",
        ),
        "leak-of-both-ways": Mistake(
            right="a * dh + dz @ U.T",
            wrong="a * (dh + dz @ U.T)",
            hint="Your a multiplies both ways back: it stands at h' alone.",
        ),
    },
    hints=(
        "Walk backwards as in the lesson. New is that h' comes into h on two ways: "
        "by a h', and through the tanh. Two ways forward are two terms going back.",
        "dn = (1 - a) * dh, dz = dn * (1 - n**2), and then the gradient of h' is "
        "a * dh + dz @ U.T; the weights' shares are as in the lesson.",
    ),
    reasoning="$h_{t-1}$ goes into $h_t$ on two ways, so its gradient has two "
    "terms. One meets the slope and $U$ as ever; the other is only multiplied by "
    "$a$, and with $a$ near 1 it lasts. A path that *adds*: this is half an LSTM. "
    "What is missing is that the network itself says how large $a$ is.",
)


EXERCISES: dict[str, Exercise] = {
    "predict_the_reach": PREDICT_THE_REACH,
    "rnn_step_backward": RNN_STEP_BACKWARD,
    "numeric_gradient": NUMERIC_GRADIENT,
    "clip_gradients": CLIP_GRADIENTS,
    "leaky_backward": LEAKY_BACKWARD,
}
