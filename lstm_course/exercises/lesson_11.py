"""The exercises of lesson 11: the GRU's gates, its step, and a fair comparison."""

import numpy as np
from numpy.random import Generator

from lstm_course.arrays.shapes import Array
from lstm_course.checker.exercise import Cases, Exercise, Quiz
from lstm_course.checker.planting import Mistake
from lstm_course.exercises.limits import T_LIMIT
from lstm_course.layers.gru import GRUParams, GRUState, gru_step

# gru_gate_settings --------------------------------------------------------------


def gru_gate_settings(
    before: float, x: float, u: float, n: float, h: float
) -> tuple[int, int]:
    """Return z and r, each 0 or 1, that lead from h' = before to n and h."""
    z = int(np.isclose(h, before))
    r = int(np.isclose(n, np.tanh(x + before * u)))
    return z, r


def draw_gru_gates(rng: Generator) -> tuple[float, float, float, float, float]:
    """Draw a state, what x and h' give to the candidate, and what is to come of it."""
    while True:
        before, x = rng.permutation([-0.8, -0.5, -0.3, 0.2, 0.4, 0.6, 0.9])[-2:]
        z, r = rng.permutation([0, 1, 0, 1])[:2]
        u = rng.choice([-2.0, -1.0, 1.0, 2.0])
        deaf, listening = np.tanh(x), np.tanh(x + before * u)
        if min(abs(before - deaf), abs(before - listening)) > 0.05:
            n = listening if r else deaf
            return before, x, u, n, z * before + (1 - z) * n


def ask_for_gru_gates(before: float, x: float, u: float, n: float, h: float) -> str:
    """Return the question."""
    return (
        f"A GRU of one unit holds h' = {before:.1f}. Its x W_n + b_n is {x:.1f}, its "
        f"U_n is {u:.1f}, and it has no second bias. In this step its candidate is to "
        f"be n = {n:.2f}, and its new state h = {h:.2f}.\n"
        "Set the gates: (z, r), each 0 or 1."
    )


def derive_gru_gates(before: float, x: float, u: float, n: float, h: float) -> str:
    """Return why the gates must stand so."""
    z, r = gru_gate_settings(before, x, u, n, h)
    inside = f"{x:.1f} + {r} * {before:.1f} * {u:.1f}"
    return (
        f"n = tanh(x W_n + b_n + r h' U_n) = tanh({inside}) = {n:.2f}: "
        f"the candidate {'listens' if r else 'does not listen'} to h'.\n"
        f"h = z h' + (1 - z) n = {z} * {before:.1f} + {1 - z} * {n:.2f} = {h:.2f}: "
        f"h' is {'kept' if z else 'replaced'}."
    )


GRU_GATE_SETTINGS = Quiz(
    able="say what its two gates do",
    solution=gru_gate_settings,
    draw=draw_gru_gates,
    question=ask_for_gru_gates,
    derivation=derive_gru_gates,
    parts={"z": "", "r": ""},
    hints=(
        "Two questions, one for each gate. Is n tanh(x W_n + b_n) alone, or with "
        "h' U_n inside? And is h the old h', or n?",
        "",
    ),
    mistakes={
        "update-gate-means-replace": Mistake(
            right="return z, r",
            wrong="return 1 - z, r",
            hint="Your update gate is upside down: in this course z = 1 keeps h', "
            "and 0 replaces it by n.",
        ),
        "reset-gate-means-reset": Mistake(
            right="return z, r",
            wrong="return z, 1 - r",
            hint="Your reset gate is upside down: despite its name, at 1 the "
            "candidate listens to h', at 0 it does not.",
        ),
        "reset-gate-first": Mistake(
            right="return z, r",
            wrong="return r, z",
            hint="Your z and r have changed places: z stands first; it mixes h' and n.",
        ),
    },
    reasoning="Begin with the candidate: is $h'$ in it? That is $r$, and nothing "
    "else is. Then the new state: is it $h'$ or $n$? That is $z$. A unit may very "
    "well keep $h'$ and let its candidate listen to it, too; nobody hears of it.",
)


# gru_step -----------------------------------------------------------------------


def gru_cases() -> Cases:
    """Return what a GRU's step is tried on in both forms, and with less in it."""
    rng = np.random.default_rng(11)
    B, D, H = 4, 3, 2

    def normal(*shape: int) -> Array:
        return rng.normal(size=shape)

    def at(
        batch: int, input_dim: int, units: int, *biases: int
    ) -> tuple[Array, GRUState, GRUParams]:
        weights = normal(input_dim, 3 * units), normal(units, 3 * units)
        params = GRUParams(*weights, normal(*biases, 3 * units))
        return normal(batch, input_dim), GRUState(normal(batch, units)), params

    x_t, state, after = at(B, D, H, 2)
    one_row = at(B, D, H)
    nothing = np.zeros_like
    silence = GRUState(nothing(state.h))

    def without(block: int) -> GRUParams:
        here = np.repeat(np.arange(3) != block, H)
        return GRUParams(*(here * array for array in after))

    return {
        "a bias of two rows": (x_t, state, after),
        "a bias of one row": one_row,
        "a bias of two rows of 0": (x_t, state, after._replace(bias=np.zeros((2, 6)))),
        "a bias of one row of 0": (*one_row[:2], one_row[2]._replace(bias=np.zeros(6))),
        "the weights of z all 0": (x_t, state, without(0)),
        "the weights of r all 0": (x_t, state, without(1)),
        "the weights of n all 0": (x_t, state, without(2)),
        "h' = 0 and two rows": (x_t, silence, after),
        "h' = 0 and one row": (one_row[0], silence, one_row[2]),
        "x = 0": (nothing(x_t), state, after),
        "one unit and two rows": at(B, D, 1, 2),
        "one unit and one row": at(B, D, 1),
        "as many sequences as units": at(2, 2, 2, 2),
    }


_IN_BOTH_FORMS = (
    "n = np.tanh(x_n + r * (h @ U_n + b_n))\n"
    "    else:\n"
    "        n = np.tanh(x_n + (r * h) @ U_n)"
)


GRU_STEP = Exercise(
    able="write the GRU in both of its forms",
    solution=gru_step,
    by_hand=(gru_step,),
    cases=gru_cases,
    parts=dict.fromkeys(["h", "z", "r", "n"], "B H"),
    order=("z", "r", "n", "h"),
    enough=1,
    mistakes={
        "gru-no-reset-in-either-form": Mistake(
            right=_IN_BOTH_FORMS,
            wrong="n = np.tanh(x_n + (h @ U_n + b_n))\n"
            "    else:\n"
            "        n = np.tanh(x_n + h @ U_n)",
            hint="Your reset gate has nothing to do, in either form: it scales "
            "what the candidate hears of h'.",
        ),
        "gru-no-reset-with-one-row": Mistake(
            right="np.tanh(x_n + (r * h) @ U_n)",
            wrong="np.tanh(x_n + h @ U_n)",
            hint="Your candidate never meets the reset gate when the bias has one row.",
        ),
        "gru-candidate-sigmoid": Mistake(
            right=_IN_BOTH_FORMS,
            wrong="n = sigmoid(x_n + r * (h @ U_n + b_n))\n"
            "    else:\n"
            "        n = sigmoid(x_n + (r * h) @ U_n)",
            hint="Your candidate is a sigmoid: the two gates are, but n is a tanh.",
        ),
        "gru-candidate-without-tanh": Mistake(
            right=_IN_BOTH_FORMS,
            wrong="n = x_n + r * (h @ U_n + b_n)\n"
            "    else:\n"
            "        n = x_n + (r * h) @ U_n",
            hint="Your candidate is a sum and no tanh of it: it has to stay "
            "between -1 and 1.",
        ),
        "gru-reset-on-x-too": Mistake(
            right=_IN_BOTH_FORMS,
            wrong="n = np.tanh(r * (x_n + h @ U_n + b_n))\n"
            "    else:\n"
            "        n = np.tanh(r * (x_n + h @ U_n))",
            hint="Your reset gate scales all that the candidate hears: it scales "
            "what comes from h', and leaves x alone.",
        ),
        "gru-reset-upside-down": Mistake(
            right="r = sigmoid(x_r + h @ U_r + b_r)",
            wrong="r = 1 - sigmoid(x_r + h @ U_r + b_r)",
            hint="Your reset gate is upside down: despite its name, at 1 the "
            "candidate listens to h'.",
        ),
        "gru-reset-on-kept-state": Mistake(
            right="h = z * h + (1 - z) * n",
            wrong="h = z * (r * h) + (1 - z) * n",
            hint="Your reset gate touches the state that is kept: r stands "
            "between h' and the candidate, nowhere else.",
        ),
        "gru-gates-without-second-bias": Mistake(
            right="z = sigmoid(x_z + h @ U_z + b_z)\n"
            "    r = sigmoid(x_r + h @ U_r + b_r)",
            wrong="z = sigmoid(x_z + h @ U_z)\n    r = sigmoid(x_r + h @ U_r)",
            hint="Your gates leave out the second bias: both rows go into z and "
            "r, too.",
        ),
        "gru-one-row-read-as-two": Mistake(
            right="params.bias if params.reset_after else (params.bias, 0 * "
            "params.bias)\n    U_z, U_r, U_n = np.split(params.recurrent_kernel, "
            "3, axis=1)\n    x_z, x_r, x_n = np.split(x_t @ params.kernel + b_x, "
            "3, axis=1)\n    b_z, b_r, b_n = np.split(b_h, 3)",
            wrong="params.bias[0], params.bias[1]"
            "\n    U_z, U_r, U_n = np.split(params.recurrent_kernel, 3, axis=1)"
            "\n    x_z, x_r, x_n = np.split(x_t @ params.kernel + b_x, 3, axis=1)"
            "\n    b_z, b_r, b_n = np.split(b_h * np.ones(3 * h.shape[1]), 3)"
            "\n    params = params._replace(bias=np.zeros((2, 3)))",
            hint="Your bias is always cut into b[0] and b[1]: where it has one "
            "row, those are two single numbers, and r has to act before the "
            "product.",
        ),
        "gru-bias-rows-swapped": Mistake(
            right="b_x, b_h = params.bias if",
            wrong="b_x, b_h = params.bias[::-1] if",
            hint="Your two rows of biases have changed places: the first goes with "
            "x @ W, the second with h' @ U.",
        ),
        "gru-first-bias-inside-reset": Mistake(
            right="x_z, x_r, x_n = np.split(x_t @ params.kernel + b_x, 3, axis=1)\n"
            "    b_z, b_r, b_n = np.split(b_h, 3)",
            wrong="x_z, x_r, x_n = np.split(x_t @ params.kernel, 3, axis=1)\n"
            "    b_z, b_r, b_n = np.split(b_x + b_h, 3)\n"
            "    x_n = x_n if params.reset_after else x_n + b_n",
            hint="Your first bias stands inside the reset gate: it goes with x @ "
            "W; only the second row goes with h' @ U.",
        ),
    },
    hints=(
        "Cut W, U and the bias into three along their last axis, in the order "
        "z, r, n. params.bias.ndim is 2 or 1 and tells the two forms apart.",
        "Two rows: n = tanh(x W_n + b_n + r * (h' @ U_n + b'_n)), and z and r have "
        "both their biases, too. One row: n = tanh(x W_n + b_n + (r * h') @ U_n).",
    ),
    reasoning="The two forms differ in a single line: $r$ scales what comes *out* "
    "of the product with $U_n$, or what goes *into* it. A second bias of 0 lets "
    "all the other lines serve both.",
)


# who_is_ahead -------------------------------------------------------------------


def who_is_ahead(
    first: dict[int, float], second: dict[int, float]
) -> tuple[float, float, str]:
    """Return first minus second, the standard error of that, and who is ahead.

    Args:
        first: the accuracy of each seed's run, in percent, on sequences of its own.
        second: that of another cell.
    """
    shared = [seed for seed in first if seed in second]
    points = np.array([first[seed] - second[seed] for seed in shared])
    mean = points.mean()
    error = points.std(ddof=1) / np.sqrt(len(points))
    ahead = "nobody"
    if abs(mean) > T_LIMIT[len(points)] * error:
        ahead = "first" if mean > 0 else "second"
    return mean, error, ahead


def measured_runs() -> Cases:
    """Return accuracies by seed; what a seed brings, it brings to both cells."""
    rng = np.random.default_rng(3)
    of_seed = dict(enumerate(rng.normal(78, 4, size=10).round(1).tolist()))

    def runs(
        seeds: list[int], others: list[int], *points: float
    ) -> tuple[dict[int, float], dict[int, float]]:
        leads = dict(zip(seeds, points, strict=True))
        first = {seed: of_seed[seed] + leads[seed] for seed in seeds}
        return first, {seed: of_seed[seed] for seed in others}

    four, five, six = [3, 0, 2, 1], [3, 0, 2, 1, 4], [*range(6)]
    return {
        "seeds of which some are in one only": runs(
            [0, 1, 2, 3, 4, 5, 6], [6, 4, 9, 2, 0, 1, 8], 1.6, 1.1, 1.8, 0.3, 1.4, 9, 1
        ),
        "the same seeds in another order": runs(
            five, [0, 1, 2, 3, 4], 1.2, 0.7, 1.4, 0.9, 0.6
        ),
        "the same seeds in the same order": runs(
            six, six, -2.2, -1.7, -2.4, -1.5, -2.1, -1.8
        ),
        "a mean of 0.2 standard errors": runs(four, four, 1.0, -1.5, 2.0, -1.0),
        "a mean of 0.6 standard errors": runs(four, four, 1.0, -0.5, 2.0, -0.9),
        "a mean of 1.2 standard errors": runs(four, four, 1.0, -0.5, 2.0, 0.1),
        "five seeds and 1.7 standard errors": runs(
            five, five, 0.9, 0.0, 1.3, -0.1, 0.2
        ),
        "five seeds and 2.6 standard errors": runs(five, five, 0.9, 0.1, 1.3, 0.2, 0.4),
        "five seeds and -2.6 standard errors": runs(
            five, five, -0.9, -0.05, -1.3, -0.3, -0.4
        ),
        "four seeds and 2.9 standard errors": runs(four, four, 0.9, 0.2, 1.2, 0.4),
        "six seeds and 2.7 standard errors": runs(
            six, [5, 3, 1, 0, 2, 4], 0.9, 0.0, 1.3, 0.1, 0.3, 0.7
        ),
        "a small lead, but in each run": runs(five, five, 0.31, 0.24, 0.35, 0.28, 0.33),
        "so small a lead of the second": runs(four, four, -0.31, -0.24, -0.35, -0.28),
        # 1.2 and 2.4 errors of groups: to tell the limits of those who do not pair
        "a large lead in each run": runs(five, five, 5.1, 4.6, 5.4, 4.9, 5.3),
        "a larger one": runs(five, five, 10.1, 9.6, 10.4, 9.9, 10.3),
        "two seeds in common": runs([5, 6, 7], [4, 7, 5], 3.1, 2.2, 2.9),
        "two seeds and 9 standard errors": runs([5, 6, 7], [4, 7, 5], 1.0, 2.2, 1.25),
    }


WHO_IS_AHEAD = Exercise(
    able="compare cells so that the comparison means something",
    solution=who_is_ahead,
    cases=measured_runs,
    parts={"the difference": "", "its standard error": "", "who is ahead": ""},
    mistakes={
        "runs-paired-by-position": Mistake(
            right="points = np.array([first[seed] - second[seed] for seed in shared])",
            wrong="pairs = zip(first.values(), second.values(), strict=False)\n"
            "    points = np.array([one - other for one, other in pairs])",
            hint="Your pairs are made by position: the runs that belong together "
            "have the same seed.",
        ),
        "runs-paired-in-order-of-seeds": Mistake(
            right="points = np.array([first[seed] - second[seed] for seed in shared])",
            wrong="pairs = zip(sorted(first), sorted(second), strict=False)\n"
            "    points = np.array([first[a] - second[b] for a, b in pairs])",
            hint="Your seeds are sorted, and still paired by position: a seed "
            "that only one cell has moves all that follow.",
        ),
        "runs-not-paired": Mistake(
            right="mean = points.mean()\n"
            "    error = points.std(ddof=1) / np.sqrt(len(points))",
            wrong="groups = [np.array([*runs.values()]) for runs in (first, "
            "second)]\n    mean = groups[0].mean() - groups[1].mean()\n    error "
            "= np.sqrt(sum(np.var(g, ddof=1) / len(g) for g in groups))",
            hint="Your runs are not paired: you compare two groups, and what a "
            "seed does to both cells counts as chance. Take the difference seed "
            "by seed.",
        ),
        "error-of-unpaired-runs": Mistake(
            right="error = points.std(ddof=1) / np.sqrt(len(points))",
            wrong="pairs = np.array([(first[seed], second[seed]) for seed in "
            "shared])\n    error = np.sqrt(pairs.var(axis=0, ddof=1).sum() / "
            "len(points))",
            hint="Your error is that of two groups: what a seed does to both "
            "cells is still in it. Take the spread of the differences.",
        ),
        "difference-of-two-whole-means": Mistake(
            right="mean = points.mean()",
            wrong="mean = np.mean([*first.values()]) - np.mean([*second.values()])",
            hint="Your difference is that of two overall means: there are seeds in it "
            "that only one cell has. Take the mean over the seeds that both have.",
        ),
        "error-of-all-runs": Mistake(
            right="error = points.std(ddof=1) / np.sqrt(len(points))",
            wrong="groups = [np.array([*runs.values()]) for runs in (first, "
            "second)]\n    error = np.sqrt(sum(np.var(g, ddof=1) / len(g) for g in "
            "groups))",
            hint="Your error is that of two groups, of all their runs: what a seed "
            "does to both cells is still in it. Take the spread of the differences.",
        ),
        "spread-for-standard-error": Mistake(
            right="points.std(ddof=1) / np.sqrt(len(points))",
            wrong="points.std(ddof=1)",
            hint="Your standard error is the standard deviation, the spread of "
            "single runs: that of their mean is smaller, by the root of their "
            "number.",
        ),
        "half-the-interval": Mistake(
            right="return mean, error, ahead",
            wrong="return mean, T_LIMIT[len(points)] * error, ahead",
            hint="Your second number is half the interval: return the standard error "
            "itself.",
        ),
        "twice-the-standard-error": Mistake(
            right="return mean, error, ahead",
            wrong="return mean, 2 * error, ahead",
            hint="Your second number is two standard errors: return one of them.",
        ),
        "divided-by-the-number": Mistake(
            right="np.sqrt(len(points))",
            wrong="len(points)",
            hint="Your standard error is divided by the number of runs: by its root.",
        ),
        "spread-divided-by-n": Mistake(
            right="points.std(ddof=1)",
            wrong="points.std()",
            hint="Your spread is too small: the mean comes from the same few "
            "runs, so divide by n - 1 (ddof=1).",
        ),
        "second-minus-first": Mistake(
            right="first[seed] - second[seed]",
            wrong="second[seed] - first[seed]",
            hint="Your difference is second minus first: it is first minus second.",
        ),
        "minus-sign-of-the-difference": Mistake(
            right="return mean, error, ahead",
            wrong="return -mean, error, ahead",
            hint="Your difference has the wrong sign: it is first minus second.",
        ),
        "names-exchanged": Mistake(
            right='"first" if mean > 0 else "second"',
            wrong='"second" if mean > 0 else "first"',
            hint="Your winner is the one behind: these are accuracies, and a positive "
            "difference speaks for the first.",
        ),
        "larger-mean-wins": Mistake(
            right="abs(mean) > T_LIMIT[len(points)] * error",
            wrong="mean",
            hint="Your larger mean is always ahead: as long as 0 lies inside the "
            "interval, nobody is.",
        ),
        "one-standard-error": Mistake(
            right="abs(mean) > T_LIMIT[len(points)] * error",
            wrong="abs(mean) > error",
            hint="Your winner needs one standard error: that happens by chance "
            "every third time or oftener. It takes t_limit[n].",
        ),
        "two-standard-errors": Mistake(
            right="T_LIMIT[len(points)] * error",
            wrong="2 * error",
            hint="Your winner needs about two standard errors, however few the runs: "
            "few runs take more, 2.78 for five and 12.7 for two. It is t_limit[n].",
        ),
        "limit-by-degrees-of-freedom": Mistake(
            right="T_LIMIT[len(points)] * error",
            wrong="T_LIMIT.get(len(points) - 1, 99) * error",
            hint="Your limit is that of one pair fewer: t_limit has the degrees of "
            "freedom taken off already.",
        ),
        "limit-of-all-runs": Mistake(
            right="T_LIMIT[len(points)] * error",
            wrong="T_LIMIT[len(first)] * error",
            hint="Your limit is that of all runs of the first cell: count the pairs.",
        ),
        "only-one-winner": Mistake(
            right="abs(mean) > T",
            wrong="mean > T",
            hint="Your second cell never wins: a difference can be negative.",
        ),
    },
    hints=(
        "First the seeds that are in both; then one difference for each of them. "
        "The cells themselves are not needed any more.",
        "error = points.std(ddof=1) / np.sqrt(len(points)), where points holds "
        "first[seed] - second[seed]. Ahead is who is by more than "
        "t_limit[len(points)] * error.",
    ),
    reasoning="A run owes much to its seed: the sequences it saw, the weights it "
    "began with. In the difference of two runs of one seed what is common to both "
    "cancels out. So the differences are what is averaged, and their spread says how "
    "far to trust the average; the fewer they are, the less is known of the spread "
    "itself, and Student's t asks for more. As each seed is judged by sequences of "
    "its own, this holds both kinds of luck. Film reviews are the same for all seeds: "
    "there, lesson 10's second error has to be added, by its square.",
)


# carry_weights_over -------------------------------------------------------------


def carry_weights_over(
    kernel: Array, recurrent_kernel: Array, b_x: Array, b_h: Array
) -> GRUParams:
    """Return the weights of a layer with blocks r, z, n as rows, and z turned over."""
    ours = []
    for theirs in (kernel, recurrent_kernel, b_x, b_h):
        r, z, n = np.split(theirs.T, 3, axis=-1)
        ours.append(np.concatenate([-z, r, n], axis=-1))
    return GRUParams(ours[0], ours[1], np.stack([ours[2], ours[3]]))


def foreign_weights() -> Cases:
    """Return weights as the other library keeps them."""
    rng = np.random.default_rng(12)

    def at(input_dim: int, units: int) -> tuple[Array, ...]:
        rows = 3 * units
        shapes = (rows, input_dim), (rows, units), (rows,), (rows,)
        return tuple(rng.normal(size=shape) for shape in shapes)

    W, U, b_x, b_h = at(4, 2)
    return {
        "random numbers everywhere": (W, U, b_x, b_h),
        "biases of 0": (W, U, 0 * b_x, 0 * b_h),
        "a second bias of 0": (W, U, b_x, 0 * b_h),
        "one unit": at(2, 1),
        "as many features as rows": at(6, 2),
    }


CARRY_WEIGHTS_OVER = Exercise(
    able="say what its two gates do",
    solution=carry_weights_over,
    cases=foreign_weights,
    parts={"kernel": "D 3H", "recurrent_kernel": "H 3H", "bias": "2 3H"},
    mistakes={
        "update-gate-not-turned": Mistake(
            right="[-z, r, n]",
            wrong="[z, r, n]",
            hint="Your update gate is still theirs: at 1 it replaces. Turn z over.",
        ),
        "weights-one-minus-z": Mistake(
            right="[-z, r, n]",
            wrong="[1 - z, r, n]",
            hint="Your z is turned over as if its weights were the gate: which "
            "change of sign inside σ makes 1 - z of z?",
        ),
        "reset-gate-turned": Mistake(
            right="[-z, r, n]",
            wrong="[z, -r, n]",
            hint="Your reset gate is turned over: its meaning is the same in "
            "both; z is the one that differs.",
        ),
        "blocks-not-reordered": Mistake(
            right="[-z, r, n]",
            wrong="[r, -z, n]",
            hint="Your blocks are still in their order, r, z, n: here z comes first.",
        ),
        "first-block-turned": Mistake(
            right="[-z, r, n]",
            wrong="[-r, z, n]",
            hint="Your sign changes in the first block as theirs stand, which is "
            "r; and here z comes first.",
        ),
        "blocks-only-transposed": Mistake(
            right="[-z, r, n]",
            wrong="[r, z, n]",
            hint="Your blocks are theirs, turned on their sides: both their order "
            "and the meaning of z differ.",
        ),
        "candidate-turned-too": Mistake(
            right="[-z, r, n]",
            wrong="[-z, r, -n]",
            hint="Your candidate is turned, too: z and 1 - z change places, n stays.",
        ),
        "weights-reshaped": Mistake(
            right="theirs.T",
            wrong="theirs.reshape(theirs.shape[::-1])",
            hint="Your reshape has the right shape and mixes up the numbers: to "
            "turn rows into columns, transpose.",
        ),
        "blocks-reshaped": Mistake(
            right=", axis=-1))",
            wrong=", axis=-1).T.reshape(theirs.T.shape))",
            hint="Your reshape has the right shape and mixes up the numbers: to "
            "turn rows into columns, transpose.",
        ),
        "recurrent-blocks-not-transposed": Mistake(
            right="ours[0], ours[1],",
            wrong="ours[0], np.hstack([u.T for u in np.split(ours[1], 3, axis=1)]),",
            hint="Your blocks of U are put side by side as they are: each is (H, "
            "H), so the shape does not tell. Transpose each.",
        ),
        "recurrent-not-turned": Mistake(
            right="ours[0], ours[1],",
            wrong="ours[0], ours[1] * np.repeat([-1, 1, 1], len(b_x) // 3),",
            hint="Your z is not turned over in U: what comes from h' goes into z, too.",
        ),
        "biases-as-theirs": Mistake(
            right="np.stack([ours[2], ours[3]])",
            wrong="np.stack([b_x, b_h])",
            hint="Your biases are as they came: order and sign go for them as well.",
        ),
        "biases-not-turned": Mistake(
            right="np.stack([ours[2], ours[3]])",
            wrong="np.stack(ours[2:]) * np.repeat([-1, 1, 1], len(b_x) // 3)",
            hint="Your z is not turned over in the biases: they go into z as well.",
        ),
        "biases-added-up": Mistake(
            right="np.stack([ours[2], ours[3]])",
            wrong="ours[2] + ours[3]",
            hint="Your two biases are added up to one row: that is the other form "
            "of the GRU. Here r acts on the second one, so keep it apart.",
        ),
        "biases-added-up-as-a-row": Mistake(
            right="np.stack([ours[2], ours[3]])",
            wrong="np.stack([ours[2] + ours[3]])",
            hint="Your two biases are added up to one row: here r acts on the second "
            "one, so keep it apart, in a row of its own.",
        ),
        "biases-added-up-as-they-came": Mistake(
            right="np.stack([ours[2], ours[3]])",
            wrong="b_x + b_h",
            hint="Your two biases are added up to one row, as they came: here r acts "
            "on the second one, so keep it apart; and order and sign go for both.",
        ),
        "biases-added-up-in-the-first-row": Mistake(
            right="np.stack([ours[2], ours[3]])",
            wrong="np.stack([ours[2] + ours[3], 0 * ours[3]])",
            hint="Your two biases are added up in the first row: here r acts on the "
            "second one, so keep it apart.",
        ),
        "biases-swapped": Mistake(
            right="np.stack([ours[2], ours[3]])",
            wrong="np.stack([ours[3], ours[2]])",
            hint="Your two rows of biases have changed places: that of x comes first.",
        ),
    },
    hints=(
        "Three things differ: rows and columns, the order of the blocks, and which "
        "way round z is. np.split and np.concatenate, along the last axis.",
        "Of each of the four: r, z, n = np.split(array.T, 3, axis=-1), and then "
        "[-z, r, n], for σ(-a) = 1 - σ(a). The two biases become two rows.",
    ),
    reasoning="Transposing and reordering are bookkeeping. The update gate needs a "
    "thought: $\\sigma(-a) = 1 - \\sigma(a)$, so all that goes *into* $z$ changes "
    "its sign, weights and both biases. $r$ and $n$ mean the same in both.",
)


EXERCISES: dict[str, Exercise] = {
    "gru_gate_settings": GRU_GATE_SETTINGS,
    "gru_step": GRU_STEP,
    "who_is_ahead": WHO_IS_AHEAD,
    "carry_weights_over": CARRY_WEIGHTS_OVER,
}
