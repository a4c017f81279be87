"""The exercises of lesson 13: the error at a cell, a step back, the belt, a part."""

from typing import Any

import numpy as np
from numpy.random import Generator

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.shapes import Array
from lstm_course.checker.exercise import Cases, Exercise, Quiz
from lstm_course.checker.planting import Mistake
from lstm_course.layers.lstm import LSTMGates, LSTMParams, LSTMState, lstm_step

DERIVE = "derive, write and check the LSTM's step back"
PATHS = "say along which paths an error travels and which gate opens each"
WORTH = "say what each part of the cell is worth"

# error_at_the_cell --------------------------------------------------------------


def error_at_the_cell(
    i: float, f: float, o: float, tanh_c: float, d_h: float, d_c_next: float
) -> tuple[float, float]:
    """Return the gradients by c and by c', of a cell of one unit."""
    d_c = d_c_next + d_h * o * (1 - tanh_c**2)
    return d_c, d_c * f


def draw_errors(rng: Generator) -> tuple[float, ...]:
    """Draw three gates that differ, what the cell shows, and what comes back to it."""
    i, f, o = (rng.permutation([2, 3, 4, 6, 7, 8, 9])[:3] / 10).tolist()
    tanh_c = float(rng.choice([-1, 1]) * rng.integers(3, 9) / 10)
    d_h = float(rng.choice([-1, 1]) * rng.integers(6, 20) / 10)
    d_c_next = float(rng.choice([-1, 1]) * rng.integers(2, 10) / 10)
    return i, f, o, tanh_c, d_h, d_c_next


def ask_for_errors(
    i: float, f: float, o: float, tanh_c: float, d_h: float, d_c_next: float
) -> str:
    """Return the question."""
    return (
        f"A cell's gates stand at i = {i}, f = {f} and o = {o}; tanh(c) = {tanh_c}.\n"
        f"To h comes back dh = {d_h}, from the next step dc_next = {d_c_next}.\n"
        "How large are the gradients by c, and by c'? Two decimals: (dc, dc')"
    )


def derive_errors(
    i: float, f: float, o: float, tanh_c: float, d_h: float, d_c_next: float
) -> str:
    """Return both, and along which ways they came."""
    d_c, d_c_before = error_at_the_cell(i, f, o, tanh_c, d_h, d_c_next)
    by_h = d_h * o * (1 - tanh_c**2)
    return (
        "c is read twice, by h = o tanh(c) and by the next step.\n"
        f"By h comes {d_h} * {o} * (1 - {abs(tanh_c)}^2) = {by_h:.3f}, and with "
        f"dc_next dc = {d_c:.3f}.\n"
        f"c' is in c with the factor f: dc' = {d_c:.3f} * {f} = {d_c_before:.3f}."
    )


ERROR_AT_THE_CELL = Quiz(
    able=PATHS,
    solution=error_at_the_cell,
    draw=draw_errors,
    question=ask_for_errors,
    derivation=derive_errors,
    parts={"dc": "", "dc'": ""},
    tolerance=0.0051,
    mistakes={
        "next-step-left-out": Mistake(
            right="d_c_next + d_h * o",
            wrong="d_h * o",
            hint="Your dc has nothing from the next step. Two things read c: h, and "
            "the next step.",
        ),
        "way-by-h-left-out": Mistake(
            right="d_c_next + d_h * o * (1 - tanh_c**2)",
            wrong="d_c_next",
            hint="Your dc is dc_next alone. h reads c as well: h = o tanh(c).",
        ),
        "slope-of-the-shown-left-out": Mistake(
            right="d_h * o * (1 - tanh_c**2)",
            wrong="d_h * o",
            hint="Your way from h to c lacks the slope of tanh: h = o tanh(c).",
        ),
        "slope-of-the-shown-not-squared": Mistake(
            right="(1 - tanh_c**2)",
            wrong="(1 - tanh_c)",
            hint="Your slope of tanh is 1 - tanh(c): look at the power.",
        ),
        "output-gate-left-out": Mistake(
            right="d_h * o * (1 - tanh_c**2)",
            wrong="d_h * (1 - tanh_c**2)",
            hint="Your way from h to c is always open: h = o tanh(c), so o opens it.",
        ),
        "shown-for-its-slope": Mistake(
            right="d_h * o * (1 - tanh_c**2)",
            wrong="d_h * tanh_c",
            hint="Your way from h leads to o, not to c: dh tanh(c) is do.",
        ),
        "next-step-by-o-too": Mistake(
            right="d_c_next + d_h * o * (1 - tanh_c**2)",
            wrong="(d_c_next + d_h) * o * (1 - tanh_c**2)",
            hint="Your dc_next goes through o and tanh. It is a gradient by c already: "
            "they stand between c and h.",
        ),
        "belt-of-the-next-step-alone": Mistake(
            right="return d_c, d_c * f",
            wrong="return d_c, d_c_next * f",
            hint="Your dc' is made of dc_next: all of dc goes on along the belt.",
        ),
        "belt-by-the-input-gate": Mistake(
            right="return d_c, d_c * f",
            wrong="return d_c, d_c * i",
            hint="Your dc' takes the input gate: c = f c' + i g. What multiplies c'?",
        ),
        "belt-unscaled": Mistake(
            right="return d_c, d_c * f",
            wrong="return d_c, d_c",
            hint="Your dc' is dc: c = f c' + i g. What multiplies c'?",
        ),
        "next-step-subtracted": Mistake(
            right="d_c_next + d_h * o",
            wrong="d_c_next - d_h * o",
            hint="Your two ways to c are subtracted: what comes back is added.",
        ),
        "errors-swapped": Mistake(
            right="return d_c, d_c * f",
            wrong="return d_c * f, d_c",
            hint="Your two gradients have changed places: dc comes first.",
        ),
    },
    hints=(
        "Where does c go? Into the next step, which has sent dc_next, and into h = "
        "o tanh(c). Add what comes back on the two ways. And c' goes into c = f c' + i "
        "g.",
        "",
    ),
    reasoning="Two ways lead back into $c$, so their gradients add up; $o$ opens one "
    "of them, and the next step's own $f$ has opened the other before it sent its "
    "share. One way leads on along the belt, and $f$ opens it. The input gate is on "
    "the ways to $g$, not on this one.",
)


# lstm_step_backward -------------------------------------------------------------


def lstm_step_backward(
    d_new_state: LSTMState,
    x: Array,
    state: LSTMState,
    params: LSTMParams,
    new_state: LSTMState,
    gates: LSTMGates,
) -> tuple[Array, ...]:
    """Return the gradients by z, W, U, b, x, h' and c', of one step of an LSTM.

    ``d_new_state`` holds dh and dc_next, ``state`` h' and c', ``new_state`` h and c.
    """
    d_h, d_c_next = d_new_state
    h_before, c_before = state
    W, U, _ = params
    i, f, g, o = gates
    tanh_c = np.tanh(new_state.c)

    d_o = d_h * tanh_c
    d_c = d_c_next + d_h * o * (1 - tanh_c**2)
    d_i, d_g = d_c * g, d_c * i
    d_f, d_c_before = d_c * c_before, d_c * f
    dz_i, dz_f = d_i * i * (1 - i), d_f * f * (1 - f)
    dz_g, dz_o = d_g * (1 - g**2), d_o * o * (1 - o)
    dz = np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=1)  # (B, 4H)

    d_W = x.T @ dz  # (D, B) (B, 4H) -> (D, 4H)
    d_U = h_before.T @ dz  # (H, 4H)
    d_b = dz.sum(axis=0)  # (4H,)
    return dz, d_W, d_U, d_b, dz @ W.T, dz @ U.T, d_c_before


def lstm_back_cases() -> Cases:
    """Return what a step back is tried on, and the same with less in it."""
    rng = np.random.default_rng(13)

    def normal(*shape: int) -> Array:
        return rng.normal(size=shape)

    def at(batch: int, input_dim: int, units: int) -> dict[str, Array]:
        return {
            "d_h": normal(batch, units),
            "d_c_next": normal(batch, units),
            "x": normal(batch, input_dim),
            "h_before": np.tanh(normal(batch, units)),
            "c_before": normal(batch, units),
            "W": normal(input_dim, 4 * units),
            "U": normal(units, 4 * units),
            "b": normal(4 * units),
        }

    def arguments(given: dict[str, Array], nothing: str = "") -> tuple[Any, ...]:
        here = [(name != nothing) * array for name, array in given.items()]
        d_h, d_c_next, x, h_before, c_before, W, U, b = here
        state, params = LSTMState(h_before, c_before), LSTMParams(W, U, b)
        new_state, gates = lstm_step(x, state, params)
        return LSTMState(d_h, d_c_next), x, state, params, new_state, gates

    general = at(4, 3, 2)
    return {
        "random numbers everywhere": arguments(general),
        "no gradient by h": arguments(general, "d_h"),
        "no gradient from the next step": arguments(general, "d_c_next"),
        "x = 0": arguments(general, "x"),
        "h' = 0": arguments(general, "h_before"),
        "c' = 0": arguments(general, "c_before"),
        "U = 0": arguments(general, "U"),
        "one sequence": arguments(at(1, 3, 2)),
        "one unit": arguments(at(4, 3, 1)),
        "as many sequences as units": arguments(at(2, 3, 2)),
    }


LSTM_STEP_BACKWARD = Exercise(
    able=DERIVE,
    solution=lstm_step_backward,
    cases=lstm_back_cases,
    parts={
        "dz": "B 4H",
        "dW": "D 4H",
        "dU": "H 4H",
        "db": "4H",
        "dx": "B D",
        "dh'": "B H",
        "dc'": "B H",
    },
    order=("dc'", "dz", "dW", "dU", "db", "dx", "dh'"),
    mistakes={
        # Common ones first: of these, pairs with each of the others are tried.
        "back-next-step-left-out": Mistake(
            right="d_c_next + d_h * o * (1 - tanh_c**2)",
            wrong="d_h * o * (1 - tanh_c**2)",
            hint="Your dc has nothing from the next step: dc_next is missing. Two "
            "things read c, and both send a gradient back.",
        ),
        "back-bias-not-summed": Mistake(
            right="dz.sum(axis=0)",
            wrong="dz",
            hint="Your db has a row for each sequence. One b served all the sequences "
            "of the batch: what becomes of their shares?",
        ),
        "back-bias-averaged": Mistake(
            right="dz.sum(axis=0)",
            wrong="dz.mean(axis=0)",
            hint="Your db is a mean over the batch. dW and dU add up the sequences "
            "inside their matrix product; db does likewise.",
        ),
        "back-slope-of-sigmoid-on-g": Mistake(
            right="d_g * (1 - g**2)",
            wrong="d_g * g * (1 - g)",
            hint="Your candidate has the slope of a sigmoid, g (1 - g): g came out of "
            "tanh.",
        ),
        "back-df-by-the-new-cell": Mistake(
            right="d_c * c_before",
            wrong="d_c * new_state.c",
            hint="Your df takes the new c: f multiplied c', the cell before the step.",
        ),
        "back-slope-of-shown-left-out": Mistake(
            right="d_h * o * (1 - tanh_c**2)",
            wrong="d_h * o",
            hint="Your way from h to c lacks the slope of tanh: h = o tanh(c).",
        ),
        "back-dU-by-the-new-state": Mistake(
            right="h_before.T @ dz",
            wrong="new_state.h.T @ dz",
            hint="Your dU is made with h. What did U multiply in this step?",
        ),
        "back-i-and-g-swapped": Mistake(
            right="d_i, d_g = d_c * g, d_c * i",
            wrong="d_i, d_g = d_c * i, d_c * g",
            hint="Your di and dg have changed places: in i ⊙ g each gets the other as "
            "its factor.",
        ),
        "back-way-by-h-left-out": Mistake(
            right="d_c_next + d_h * o * (1 - tanh_c**2)",
            wrong="d_c_next",
            hint="Your dc is dc_next alone. h reads c as well: h = o tanh(c).",
        ),
        "back-slope-of-shown-not-squared": Mistake(
            right="d_h * o * (1 - tanh_c**2)",
            wrong="d_h * o * (1 - tanh_c)",
            hint="Your slope of tanh(c) is 1 - tanh(c): look at the power.",
        ),
        "back-slope-by-c-itself": Mistake(
            right="d_h * o * (1 - tanh_c**2)",
            wrong="d_h * o * (1 - new_state.c**2)",
            hint="Your slope of tanh is 1 - c²: it is 1 minus the square of tanh(c). "
            "(With g it is its own square, for g came out of tanh.)",
        ),
        "back-slope-by-h": Mistake(
            right="d_h * o * (1 - tanh_c**2)",
            wrong="d_h * o * (1 - new_state.h**2)",
            hint="Your slope is 1 - h², as in the RNN: here h is o tanh(c), and the "
            "slope belongs to tanh(c) alone.",
        ),
        "back-output-gate-left-out": Mistake(
            right="d_h * o * (1 - tanh_c**2)",
            wrong="d_h * (1 - tanh_c**2)",
            hint="Your way from h to c is always open: h = o tanh(c), so o opens it.",
        ),
        "back-next-step-through-o": Mistake(
            right="d_c_next + d_h * o * (1 - tanh_c**2)",
            wrong="(d_c_next + d_h) * o * (1 - tanh_c**2)",
            hint="Your dc_next goes through o and tanh. It is a gradient by c already: "
            "they stand between c and h.",
        ),
        "back-shown-of-the-old-cell": Mistake(
            right="np.tanh(new_state.c)",
            wrong="np.tanh(c_before)",
            hint="Your tanh is that of c', the cell before the step: h shows the new "
            "c.",
        ),
        "back-do-by-the-cell": Mistake(
            right="d_o = d_h * tanh_c",
            wrong="d_o = d_h * new_state.c",
            hint="Your do takes c as it is: o multiplies tanh(c).",
        ),
        "back-do-by-h": Mistake(
            right="d_o = d_h * tanh_c",
            wrong="d_o = d_h * new_state.h",
            hint="Your do takes h: in h = o tanh(c) what stands beside o is tanh(c).",
        ),
        "back-do-from-dc": Mistake(
            right="d_o = d_h * tanh_c",
            wrong="d_o = d_c_next * tanh_c",
            hint="Your do comes from dc_next: o is read by h alone.",
        ),
        "back-f-and-c-swapped": Mistake(
            right="d_f, d_c_before = d_c * c_before, d_c * f",
            wrong="d_f, d_c_before = d_c * f, d_c * c_before",
            hint="Your df and dc' have changed places: in f ⊙ c' each gets the other "
            "as its factor.",
        ),
        "back-belt-unscaled": Mistake(
            right="d_c * c_before, d_c * f",
            wrong="d_c * c_before, d_c",
            hint="Your dc' is dc: on the belt each step multiplies by f.",
        ),
        "back-belt-by-the-input-gate": Mistake(
            right="d_c * c_before, d_c * f",
            wrong="d_c * c_before, d_c * i",
            hint="Your dc' takes the input gate: c = f ⊙ c' + i ⊙ g. What multiplies "
            "c'?",
        ),
        "back-belt-of-the-next-step-alone": Mistake(
            right="d_c * c_before, d_c * f",
            wrong="d_c * c_before, d_c_next * f",
            hint="Your dc' is made of dc_next: all of dc goes on along the belt, what "
            "came by h as well.",
        ),
        "back-gates-f-and-i-swapped": Mistake(
            right="i, f, g, o = gates",
            wrong="f, i, g, o = gates",
            hint="Your i and f have changed places: the gates come as i, f, g, o.",
        ),
        "back-gates-o-and-g-swapped": Mistake(
            right="i, f, g, o = gates",
            wrong="i, f, o, g = gates",
            hint="Your g and o have changed places: the gates come as i, f, g, o.",
        ),
        "back-slope-of-tanh-on-the-gates": Mistake(
            right="dz_i, dz_f = d_i * i * (1 - i), d_f * f * (1 - f)\n"
            "    dz_g, dz_o = d_g * (1 - g**2), d_o * o * (1 - o)",
            wrong="dz_i, dz_f = d_i * (1 - i**2), d_f * (1 - f**2)\n"
            "    dz_g, dz_o = d_g * (1 - g**2), d_o * (1 - o**2)",
            hint="Your gates have the slope of tanh: i, f and o came out of a sigmoid, "
            "and its slope is σ (1 - σ).",
        ),
        "back-slope-of-candidate-not-squared": Mistake(
            right="d_g * (1 - g**2)",
            wrong="d_g * (1 - g)",
            hint="Your slope of the candidate is 1 - g: look at the power.",
        ),
        "back-slope-of-candidate-left-out": Mistake(
            right="d_g * (1 - g**2)",
            wrong="d_g",
            hint="Your candidate passes its tanh unchanged: g = tanh(z_g).",
        ),
        "back-slope-of-tanh-of-g": Mistake(
            right="d_g * (1 - g**2)",
            wrong="d_g * (1 - np.tanh(g) ** 2)",
            hint="Your slope takes the tanh of g once more: g is the tanh already.",
        ),
        "back-slope-of-sigmoid-of-the-gate": Mistake(
            right="dz_i, dz_f = d_i * i * (1 - i), d_f * f * (1 - f)\n"
            "    dz_g, dz_o = d_g * (1 - g**2), d_o * o * (1 - o)",
            wrong="dz_i, dz_f, dz_o = (d * sigmoid(a) * (1 - sigmoid(a))\n"
            "        for d, a in ((d_i, i), (d_f, f), (d_o, o)))\n"
            "    dz_g = d_g * (1 - g**2)",
            hint="Your slopes take the sigmoid of the gates once more: i, f and o are "
            "sigmoids already.",
        ),
        "back-slopes-of-gates-left-out": Mistake(
            right="dz_i, dz_f = d_i * i * (1 - i), d_f * f * (1 - f)\n"
            "    dz_g, dz_o = d_g * (1 - g**2), d_o * o * (1 - o)",
            wrong="dz_i, dz_f, dz_g, dz_o = d_i, d_f, d_g * (1 - g**2), d_o",
            hint="Your gates pass their sigmoids unchanged: i = σ(z_i), so there is a "
            "slope between di and dz_i.",
        ),
        "back-slopes-left-out": Mistake(
            right="dz_i, dz_f = d_i * i * (1 - i), d_f * f * (1 - f)\n"
            "    dz_g, dz_o = d_g * (1 - g**2), d_o * o * (1 - o)",
            wrong="dz_i, dz_f, dz_g, dz_o = d_i, d_f, d_g, d_o",
            hint="Your dz are di, df, dg and do: between them stand σ and tanh with "
            "their slopes.",
        ),
        "back-half-the-slope-of-i": Mistake(
            right="d_i * i * (1 - i)",
            wrong="d_i * (1 - i)",
            hint="Your slope of the input gate is 1 - i: that of a sigmoid is i (1 - "
            "i).",
        ),
        "back-half-the-slope-of-f": Mistake(
            right="d_f * f * (1 - f)",
            wrong="d_f * (1 - f)",
            hint="Your slope of the forget gate is 1 - f: that of a sigmoid is f (1 - "
            "f).",
        ),
        "back-half-the-slope-of-o": Mistake(
            right="d_o * o * (1 - o)",
            wrong="d_o * (1 - o)",
            hint="Your slope of the output gate is 1 - o: that of a sigmoid is o (1 - "
            "o).",
        ),
        "back-half-the-slope-of-each-gate": Mistake(
            right="dz_i, dz_f = d_i * i * (1 - i), d_f * f * (1 - f)\n"
            "    dz_g, dz_o = d_g * (1 - g**2), d_o * o * (1 - o)",
            wrong="dz_i, dz_f = d_i * (1 - i), d_f * (1 - f)\n"
            "    dz_g, dz_o = d_g * (1 - g**2), d_o * (1 - o)",
            hint="Your slopes of the gates are 1 - σ: that of a sigmoid is σ (1 - σ).",
        ),
        "back-blocks-f-first": Mistake(
            right="[dz_i, dz_f, dz_g, dz_o], axis=1",
            wrong="[dz_f, dz_i, dz_g, dz_o], axis=1",
            hint="Your blocks of dz stand as f, i, g, o: the order is i, f, g, o, as "
            "in W.",
        ),
        "back-blocks-o-before-g": Mistake(
            right="[dz_i, dz_f, dz_g, dz_o], axis=1",
            wrong="[dz_i, dz_f, dz_o, dz_g], axis=1",
            hint="Your blocks of dz stand as i, f, o, g: the order is i, f, g, o, as "
            "in W.",
        ),
        "back-dU-by-the-cell": Mistake(
            right="h_before.T @ dz",
            wrong="c_before.T @ dz",
            hint="Your dU is made with c': the gates read x and h', never c'.",
        ),
        "back-averaged": Mistake(
            right="return dz, d_W, d_U, d_b,",
            wrong="return dz, d_W / len(x), d_U / len(x), d_b / len(x),",
            hint="Your dW, dU and db are means over the batch: each sequence adds its "
            "share. (If a mean is wanted, the loss has taken it.)",
        ),
        "back-kernels-not-transposed": Mistake(
            right="dz @ W.T, dz @ U.T",
            wrong="dz @ W.T, dz[:, : len(U)] @ U[:, : len(U)]",
            hint="Your way back to h' goes through a block of U as it stands: dz Uᵀ is "
            "a sum over all four blocks.",
        ),
        "back-one-block-alone": Mistake(
            right="dz @ W.T, dz @ U.T",
            wrong="dz @ W.T, dz_g @ U[:, 2 * len(U) : 3 * len(U)].T",
            hint="Your dh' comes through the candidate alone: all four layers read h'.",
        ),
        "back-states-swapped": Mistake(
            right="dz @ W.T, dz @ U.T, d_c_before",
            wrong="dz @ W.T, d_c_before, dz @ U.T",
            hint="Your dh' and dc' have changed places: h comes first.",
        ),
        "back-dx-and-dh-swapped": Mistake(
            right="dz @ W.T, dz @ U.T, d_c_before",
            wrong="dz @ U.T, dz @ W.T, d_c_before",
            hint="Your dx and dh' have changed places: dx comes first.",
        ),
        "back-do-from-the-cell": Mistake(
            right="d_o = d_h * tanh_c\n    d_c = d_c_next + d_h * o * (1 - tanh_c**2)",
            wrong="d_c = d_c_next + d_h * o * (1 - tanh_c**2)\n    d_o = d_c * tanh_c",
            hint="Your do comes from dc: h = o tanh(c) alone reads o, so it comes from "
            "dh.",
        ),
        "back-blocks-interleaved": Mistake(
            right="np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=1)",
            wrong="np.stack([dz_i, dz_f, dz_g, dz_o], axis=2).reshape(len(x), -1)",
            hint="Your four dz are mixed unit by unit: they stand side by side, each "
            "with all its units, as the blocks of W do.",
        ),
        "back-dh-handed-on": Mistake(
            right="dz @ U.T, d_c_before",
            wrong="dz @ U.T + d_h, d_c_before",
            hint="Your dh' has dh in it as it came. h' goes into the four z and "
            "nowhere else.",
        ),
        "back-belt-and-gates": Mistake(
            right="dz @ U.T, d_c_before",
            wrong="dz @ U.T, d_c_before + dz @ U.T",
            hint="Your dc' has the gates' share in it: the gates read h', and the step "
            "before brings that from h' to c'.",
        ),
        "back-candidate-without-input-gate": Mistake(
            right="d_i, d_g = d_c * g, d_c * i",
            wrong="d_i, d_g = d_c * g, d_c",
            hint="Your dg is dc: in i ⊙ g the input gate multiplies g.",
        ),
    },
    hints=(
        "Go through the six equations from the last to the first, and ask of each "
        "letter where it goes. c goes to two places: into h, and into the next step.",
        "do = dh tanh(c) and dc = dc_next + dh o (1 - tanh(c)²); then di = dc g, dg = "
        "dc i, df = dc c', dc' = dc f; then the slopes, and the four dz side by side. "
        "From dz on it is the RNN's step back.",
    ),
    reasoning="Each equation, from the last to the first, gives each of its letters "
    "the factor that stands beside it. Where a letter is read twice, as $c$ is, what "
    "comes back is added. From $dz$ on nothing is new: four blocks side by side, and "
    "the RNN's products.",
)


# along_the_belt -----------------------------------------------------------------


def along_the_belt(f: Array, d_c: Array) -> tuple[Array, Array]:
    """Return what came to each c along the belt alone, and its share of all, by step.

    Args:
        f: (B, T, H) the forget gates.
        d_c: (B, T, H) the gradient by the cell state after each step, along all ways.
    """
    kept = np.ones_like(f)
    for t in reversed(range(f.shape[1] - 1)):
        kept[:, t] = kept[:, t + 1] * f[:, t + 1]
    belt = kept * d_c[:, -1:]
    share = np.sum(belt * d_c, axis=(0, 2)) / np.sum(d_c * d_c, axis=(0, 2))
    return belt, share


def belt_cases() -> Cases:
    """Return forget gates, and gradients that came along the belt and other ways."""

    def at(
        seed: int, shape: tuple[int, int, int], side: float, low: float = 0.05
    ) -> tuple[Array, Array]:
        rng = np.random.default_rng(seed)
        f = rng.uniform(low, 0.99, size=shape)
        d_c = rng.normal(size=shape)
        for t in reversed(range(shape[1] - 1)):  # the belt, and something from the side
            d_c[:, t] = d_c[:, t + 1] * f[:, t + 1] + side * d_c[:, t]
        return f, d_c

    return {
        "both ways": at(1, (3, 5, 2), 0.4),
        "the belt alone": at(2, (2, 4, 3), 0.0),
        "hardly anything forgotten": at(3, (3, 6, 2), 0.1, 0.9),
        "two steps": at(4, (3, 2, 2), 0.5),
        "one step": at(5, (2, 1, 3), 0.5),
        "one unit": at(6, (4, 5, 1), 0.3),
        "one sequence": at(7, (1, 6, 2), 0.3),
    }


ALONG_THE_BELT = Exercise(
    able=PATHS,
    solution=along_the_belt,
    cases=belt_cases,
    parts={"the belt's gradient": "B T H", "its share": "T"},
    mistakes={
        "own-forget-gate-included": Mistake(
            right="kept = np.ones_like(f)\n"
            "    for t in reversed(range(f.shape[1] - 1)):\n"
            "        kept[:, t] = kept[:, t + 1] * f[:, t + 1]",
            wrong="kept = np.cumprod(f[:, ::-1], axis=1)[:, ::-1]",
            hint="Your product has one gate too many, that of the step itself: from "
            "the last c to that after step t lie the gates of the steps after t.",
        ),
        "a-forget-gate-too-early": Mistake(
            right="kept[:, t + 1] * f[:, t + 1]",
            wrong="kept[:, t + 1] * f[:, t]",
            hint="Your gates are each one step too early: c_t is multiplied by the "
            "forget gate of step t + 1.",
        ),
        "product-from-the-start": Mistake(
            right="kept = np.ones_like(f)\n"
            "    for t in reversed(range(f.shape[1] - 1)):\n"
            "        kept[:, t] = kept[:, t + 1] * f[:, t + 1]",
            wrong="kept = np.cumprod(f, axis=1)",
            hint="Your product begins at the first step: the gradient comes from the "
            "end.",
        ),
        "gates-not-multiplied-up": Mistake(
            right="kept[:, t + 1] * f[:, t + 1]",
            wrong="f[:, t + 1]",
            hint="Your factor is that of one step: k steps back are k forget gates, "
            "multiplied.",
        ),
        "gates-averaged": Mistake(
            right="kept[:, t + 1] * f[:, t + 1]",
            wrong="f.mean() ** (f.shape[1] - 1 - t)",
            hint="Your factor is a power of the mean gate: each unit has gates of its "
            "own, at each step.",
        ),
        "all-of-dc-on-the-belt": Mistake(
            right="belt = kept * d_c[:, -1:]",
            wrong="belt = kept * d_c",
            hint="Your belt carries the gradient of each step itself: what went in at "
            "the end is d_c of the last step, and the belt carries that.",
        ),
        "from-the-first-dc": Mistake(
            right="belt = kept * d_c[:, -1:]",
            wrong="belt = kept * d_c[:, :1]",
            hint="Your belt starts from d_c of the first step: the gradient goes in at "
            "the last.",
        ),
        "belt-of-one-step-each": Mistake(
            right="belt = kept * d_c[:, -1:]",
            wrong="belt = d_c.copy()\n    belt[:, :-1] = d_c[:, 1:] * f[:, 1:]",
            hint="Your belt starts anew from d_c at each step, which has come along "
            "all ways: what went in at the end is to go back along the belt alone.",
        ),
        "share-by-the-cosine": Mistake(
            right="share = np.sum(belt * d_c, axis=(0, 2)) / "
            "np.sum(d_c * d_c, axis=(0, 2))",
            wrong="share = np.sum(belt * d_c, axis=(0, 2)) / np.sqrt(\n"
            "        np.sum(belt * belt, axis=(0, 2)) * "
            "np.sum(d_c * d_c, axis=(0, 2)))",
            hint="Your share is a cosine, which tells directions alone: divide by the "
            "sum for the whole with itself.",
        ),
        "share-by-lengths": Mistake(
            right="share = np.sum(belt * d_c, axis=(0, 2)) / "
            "np.sum(d_c * d_c, axis=(0, 2))",
            wrong="share = np.sqrt(np.sum(belt**2, axis=(0, 2)) / "
            "np.sum(d_c**2, axis=(0, 2)))",
            hint="Your share is a ratio of lengths: these don't add up to 1. Multiply "
            "the belt's gradient by the whole, entry by entry.",
        ),
        "share-by-squares": Mistake(
            right="np.sum(belt * d_c, axis=(0, 2))",
            wrong="np.sum(belt * belt, axis=(0, 2))",
            hint="Your share is a ratio of squares: belt and the rest don't add up to "
            "1. Multiply the belt's gradient by the whole, entry by entry.",
        ),
        "share-by-sums": Mistake(
            right="share = np.sum(belt * d_c, axis=(0, 2)) / "
            "np.sum(d_c * d_c, axis=(0, 2))",
            wrong="share = belt.sum(axis=(0, 2)) / d_c.sum(axis=(0, 2))",
            hint="Your share is a ratio of plain sums, where positive and negative "
            "entries cancel.",
        ),
        "share-of-each-sequence": Mistake(
            right="share = np.sum(belt * d_c, axis=(0, 2)) / "
            "np.sum(d_c * d_c, axis=(0, 2))",
            wrong="share = np.sum(belt * d_c, axis=2) / np.sum(d_c * d_c, axis=2)",
            hint="Your share is that of each sequence: one number a step, over "
            "sequences and units.",
        ),
        "mean-of-shares": Mistake(
            right="share = np.sum(belt * d_c, axis=(0, 2)) / "
            "np.sum(d_c * d_c, axis=(0, 2))",
            wrong="share = np.mean(np.sum(belt * d_c, axis=2) / "
            "np.sum(d_c * d_c, axis=2), axis=0)",
            hint="Your share is a mean of the sequences' shares: add up above and "
            "below the line first, then divide.",
        ),
        "share-of-the-rest": Mistake(
            right="return belt, share",
            wrong="return belt, 1 - share",
            hint="Your share is what came on the other ways.",
        ),
        "share-over-time-too": Mistake(
            right="share = np.sum(belt * d_c, axis=(0, 2)) / "
            "np.sum(d_c * d_c, axis=(0, 2))",
            wrong="share = np.sum(belt * d_c) / np.sum(d_c * d_c)",
            hint="Your share is one number for all steps: wanted is one for each.",
        ),
    },
    hints=(
        "After the last step the belt holds d_c as it is, and each step back "
        "multiplies by a forget gate. By which one, to get from c after step t + 1 to "
        "c after step t?",
        "kept of the last step is 1, and kept[:, t] = kept[:, t + 1] * f[:, t + 1]; "
        "belt = kept * d_c[:, -1:]. The share: the sum of belt * d_c over sequences "
        "and units, divided by that of d_c * d_c.",
    ),
    reasoning="$c_{t+1} = f_{t+1} \\odot c_t + \\dots$, so the way from the last $c$ "
    "to the one after step $t$ leads through the gates of all *later* steps, and of no "
    "other. The share multiplies by the whole, so that the belt's and that of all "
    "other ways add up to 1.",
)


# worth_of_a_part ----------------------------------------------------------------


def worth_of_a_part(
    without: Array, whole: Array, most: int, limit: float
) -> tuple[int, float, float, float]:
    """Return how many runs solve the task, the factor in updates, and its interval.

    Args:
        without: (seeds,) updates until a run without the part had solved the task; NaN
            where it had not after ``most``. Such a run counts with ``most``.
        whole: likewise, of the whole cell, with the same seeds in the same order.
        most: how many updates a run may take.
        limit: how many standard errors a mean of so many differences may be off.
    """
    solved = int(np.sum(~np.isnan(without)))
    logs = np.log(np.nan_to_num(without, nan=most) / np.nan_to_num(whole, nan=most))
    mean = logs.mean()
    half = limit * logs.std(ddof=1) / np.sqrt(len(logs))
    return solved, np.exp(mean), np.exp(mean - half), np.exp(mean + half)


def parts_cases() -> Cases:
    """Return the updates that two cells needed, seed by seed."""
    nan = np.nan

    def at(
        most: int, limit: float, *pairs: tuple[float, float]
    ) -> tuple[Array, Array, int, float]:
        without, whole = np.array(pairs, float).T
        return without, whole, most, limit

    return {
        "runs that all solve it": at(
            2500, 2.78, (900, 450), (700, 500), (1300, 425), (800, 600), (1500, 550)
        ),
        "two runs that do not solve it": at(
            2500,
            2.57,
            (nan, 475),
            (1200, 400),
            (2150, 525),
            (nan, 700),
            (1800, 350),
            (900, 450),
        ),
        "runs of which none solves it": at(
            2000, 2.78, (nan, 475), (nan, 400), (nan, 525), (nan, 650), (nan, 500)
        ),
        "a whole cell that fails once": at(
            2000, 3.18, (300, 475), (350, nan), (275, 500), (425, 400)
        ),
        "hardly a difference": at(
            2500,
            2.57,
            (450, 475),
            (500, 450),
            (525, 550),
            (400, 375),
            (600, 650),
            (475, 450),
        ),
        "runs that are sooner": at(
            1000, 3.18, (250, 500), (300, 425), (225, 400), (350, 600)
        ),
    }


WORTH_OF_A_PART = Exercise(
    able=WORTH,
    solution=worth_of_a_part,
    cases=parts_cases,
    parts={"solved": "", "the factor": "", "its lower end": "", "its upper end": ""},
    mistakes={
        "unsolved-counted-as-solved": Mistake(
            right="int(np.sum(~np.isnan(without)))",
            wrong="len(without)",
            hint="Your count takes all runs: NaN means that a run did not solve it.",
        ),
        "unsolved-counted": Mistake(
            right="int(np.sum(~np.isnan(without)))",
            wrong="int(np.sum(np.isnan(without)))",
            hint="Your count is that of the runs which did not solve it.",
        ),
        "solved-of-the-whole-cell": Mistake(
            right="int(np.sum(~np.isnan(without)))",
            wrong="int(np.sum(~np.isnan(whole)))",
            hint="Your count is that of the whole cell: wanted is that without the "
            "part.",
        ),
        "unsolved-left-out": Mistake(
            right="logs = np.log(np.nan_to_num(without, nan=most) / "
            "np.nan_to_num(whole, nan=most))",
            wrong="logs = np.log(without / whole)\n"
            "    logs = logs[~np.isnan(logs)]\n"
            "    if len(logs) < 2:\n"
            "        return solved, np.nan, np.nan, np.nan",
            hint="Your runs that did not solve the task are left out: so the slowest "
            "are gone, and the part looks cheaper than it is. They count with most.",
        ),
        "factor-upside-down": Mistake(
            right="logs = np.log(np.nan_to_num(without, nan=most) / "
            "np.nan_to_num(whole, nan=most))",
            wrong="logs = np.log(np.nan_to_num(whole, nan=most) / "
            "np.nan_to_num(without, nan=most))",
            hint="Your factor is upside down: how many times as many does it take "
            "without the part?",
        ),
        "mean-of-ratios": Mistake(
            right="np.exp(mean), np.exp(mean - half)",
            wrong="np.exp(logs).mean(), np.exp(mean - half)",
            hint="Your factor is the mean of the ratios: twice and half would have a "
            "mean above 1. Take the mean of their logarithms.",
        ),
        "mean-of-ratios-throughout": Mistake(
            right="return solved, np.exp(mean), np.exp(mean - half), "
            "np.exp(mean + half)",
            wrong="ratios = np.exp(logs)\n"
            "    half = limit * ratios.std(ddof=1) / np.sqrt(len(ratios))\n"
            "    return solved, ratios.mean(), ratios.mean() - half, "
            "ratios.mean() + half",
            hint="Your factor is the mean of the ratios, and so is the middle of your "
            "interval: take the mean of their logarithms.",
        ),
        "ratio-of-medians": Mistake(
            right="np.exp(mean), np.exp(mean - half)",
            wrong="np.median(np.nan_to_num(without, nan=most)) / "
            "np.median(np.nan_to_num(whole, nan=most)), np.exp(mean - half)",
            hint="Your factor is a ratio of two medians: pair the runs by seed, and "
            "take the mean of the logarithms.",
        ),
        "ratio-of-means": Mistake(
            right="np.exp(mean), np.exp(mean - half)",
            wrong="np.nan_to_num(without, nan=most).mean() / "
            "np.nan_to_num(whole, nan=most).mean(), np.exp(mean - half)",
            hint="Your factor is a ratio of two means: pair the runs by seed, and take "
            "the mean of the logarithms.",
        ),
        "logs-not-undone": Mistake(
            right="return solved, np.exp(mean), np.exp(mean - half), "
            "np.exp(mean + half)",
            wrong="return solved, mean, mean - half, mean + half",
            hint="Your factor is still a logarithm: undo it by exp, and at both ends.",
        ),
        "interval-in-steps-of-the-factor": Mistake(
            right="np.exp(mean - half), np.exp(mean + half)",
            wrong="np.exp(mean) - half, np.exp(mean) + half",
            hint="Your interval is added to the factor: add it to the mean logarithm, "
            "and undo the logarithm at both ends.",
        ),
        "interval-of-unpaired-runs": Mistake(
            right="half = limit * logs.std(ddof=1) / np.sqrt(len(logs))",
            wrong="half = limit * np.sqrt(sum(\n"
            "        np.log(np.nan_to_num(runs, nan=most)).var(ddof=1) / len(runs)\n"
            "        for runs in (without, whole)))",
            hint="Your interval is that of two groups: take the spread of the "
            "differences, seed by seed.",
        ),
        "interval-by-two": Mistake(
            right="limit *",
            wrong="1.96 *",
            hint="Your interval takes 1.96 standard errors: that is for many seeds. "
            "For a few limit has the number.",
        ),
        "interval-of-one-run": Mistake(
            right=" / np.sqrt(len(logs))",
            wrong="",
            hint="Your interval is that of a single run: the mean of n is off by less, "
            "by the root of n.",
        ),
        "interval-divided-by-n": Mistake(
            right="np.sqrt(len(logs))",
            wrong="len(logs)",
            hint="Your standard error is divided by the number of runs: by its root.",
        ),
        "interval-without-ddof": Mistake(
            right="logs.std(ddof=1)",
            wrong="logs.std()",
            hint="Your spread is too small: the mean comes from the same few runs, so "
            "divide by n - 1 (ddof=1).",
        ),
        "ends-swapped": Mistake(
            right="np.exp(mean - half), np.exp(mean + half)",
            wrong="np.exp(mean + half), np.exp(mean - half)",
            hint="Your two ends have changed places: the lower one comes first.",
        ),
    },
    hints=(
        "Put most where NaN stands, in both. Then take the logarithm of the ratio for "
        "each seed: a factor is a difference of logarithms, and of differences you "
        "know the mean and its interval.",
        "With most in the place of NaN, logs = np.log(without / whole); half = limit * "
        "logs.std(ddof=1) / np.sqrt(n); and np.exp of mean, mean - half, mean + half.",
    ),
    reasoning="Steps grow by factors, so their logarithms are compared: then twice "
    "as long and half as long weigh the same. Where 1 lies between the two ends, "
    "nothing is settled. A run that never got there counts with all it had, so the "
    "factor is *at least* so large; to leave it out would reward failing.",
)


# coupled_back ----------------------------------------------------------


def coupled_back(
    d_h: Array, d_c_next: Array, c_before: Array, c: Array, i: Array, g: Array, o: Array
) -> tuple[Array, Array, Array, Array]:
    """Return the gradients by z_i, z_g, z_o and c' of a cell whose f is 1 - i.

    All are (B, H): c = (1 - i) ⊙ c' + i ⊙ g, and h = o ⊙ tanh(c).
    """
    d_c = d_c_next + d_h * o * (1 - np.tanh(c) ** 2)
    d_i = d_c * (g - c_before)  # i goes into c twice, once with a minus sign
    d_z_i = d_i * i * (1 - i)
    d_z_g = d_c * i * (1 - g**2)
    d_z_o = d_h * np.tanh(c) * o * (1 - o)
    return d_z_i, d_z_g, d_z_o, d_c * (1 - i)


def coupled_cases() -> Cases:
    """Return steps of cells with coupled gates."""
    rng = np.random.default_rng(31)

    def at(batch: int, units: int) -> tuple[Array, ...]:
        d_h, d_c_next, c_before = rng.normal(size=(3, batch, units))
        i, o = sigmoid(rng.normal(size=(2, batch, units)))
        g = np.tanh(rng.normal(size=(batch, units)))
        return d_h, d_c_next, c_before, (1 - i) * c_before + i * g, i, g, o

    def without(k: int) -> tuple[Array, ...]:
        return tuple((n != k) * array for n, array in enumerate(general))

    general = at(4, 3)
    return {
        "random numbers everywhere": general,
        "no gradient by h": without(0),
        "no gradient from the next step": without(1),
        "one unit": at(4, 1),
        "one sequence": at(1, 3),
    }


COUPLED_BACK = Exercise(
    able=DERIVE,
    solution=coupled_back,
    cases=coupled_cases,
    parts=dict.fromkeys(["dz_i", "dz_g", "dz_o", "dc'"], "B H"),
    mistakes={
        "coupled-forgetting-left-out": Mistake(
            right="d_c * (g - c_before)",
            wrong="d_c * g",
            hint="Your di comes from the writing alone. i stands in c a second time, "
            "in 1 - i.",
        ),
        "coupled-writing-left-out": Mistake(
            right="d_c * (g - c_before)",
            wrong="d_c * -c_before",
            hint="Your di comes from the forgetting alone. i stands in c a second "
            "time, before g.",
        ),
        "coupled-sign-lost": Mistake(
            right="d_c * (g - c_before)",
            wrong="d_c * (g + c_before)",
            hint="Your di adds c': what is the slope of 1 - i?",
        ),
        "coupled-sign-turned": Mistake(
            right="d_c * (g - c_before)",
            wrong="d_c * (c_before - g)",
            hint="Your di has its sign turned: g comes in with i, c' with 1 - i.",
        ),
        "coupled-new-cell": Mistake(
            right="d_c * (g - c_before)",
            wrong="d_c * (g - c)",
            hint="Your di takes the new c: 1 - i multiplied c', the cell before.",
        ),
        "coupled-belt-by-i": Mistake(
            right="d_c * (1 - i)",
            wrong="d_c * i",
            hint="Your dc' is multiplied by i: what is kept of c' is 1 - i.",
        ),
        "coupled-belt-unscaled": Mistake(
            right="d_z_o, d_c * (1 - i)",
            wrong="d_z_o, d_c",
            hint="Your dc' is dc: what is kept of c' is 1 - i.",
        ),
        "coupled-next-step-left-out": Mistake(
            right="d_c_next + d_h * o",
            wrong="d_h * o",
            hint="Your dc has nothing from the next step: two things read c.",
        ),
        "coupled-way-by-h-left-out": Mistake(
            right="d_c_next + d_h * o * (1 - np.tanh(c) ** 2)",
            wrong="d_c_next",
            hint="Your dc is dc_next alone. h reads c as well: h = o tanh(c).",
        ),
        "coupled-slope-of-shown-left-out": Mistake(
            right="d_h * o * (1 - np.tanh(c) ** 2)",
            wrong="d_h * o",
            hint="Your way from h to c lacks the slope of tanh: h = o tanh(c).",
        ),
        "coupled-slope-of-i-left-out": Mistake(
            right="d_z_i = d_i * i * (1 - i)",
            wrong="d_z_i = d_i",
            hint="Your dz_i is di: i = σ(z_i) has a slope.",
        ),
        "coupled-slope-of-g-left-out": Mistake(
            right="d_c * i * (1 - g**2)",
            wrong="d_c * i",
            hint="Your dz_g is dg: g = tanh(z_g) has a slope.",
        ),
        "coupled-slope-of-o-left-out": Mistake(
            right="d_h * np.tanh(c) * o * (1 - o)",
            wrong="d_h * np.tanh(c)",
            hint="Your dz_o is do: o = σ(z_o) has a slope.",
        ),
        "coupled-slope-of-sigmoid-on-g": Mistake(
            right="d_c * i * (1 - g**2)",
            wrong="d_c * i * g * (1 - g)",
            hint="Your candidate has the slope of a sigmoid: g came out of tanh.",
        ),
    },
    hints=(
        "Ask of i where it goes: into c, at two places. Each gives a term, and one of "
        "them has a minus sign.",
        "di = dc * (g - c'), and dc' = dc * (1 - i); the rest is the LSTM's step back.",
    ),
    reasoning="$c = (1 - i) \\odot c' + i \\odot g$ has $i$ in two places, so $di$ "
    "has two terms: $g$ for what is written, $-c'$ for what is given up. Where $g$ "
    "equals $c'$ it makes no difference how far the gate is open: $di$ is 0, and it "
    "learns nothing, whatever comes back. It is the GRU's "
    "update gate in other letters.",
)


EXERCISES: dict[str, Exercise] = {
    "error_at_the_cell": ERROR_AT_THE_CELL,
    "lstm_step_backward": LSTM_STEP_BACKWARD,
    "along_the_belt": ALONG_THE_BELT,
    "worth_of_a_part": WORTH_OF_A_PART,
    "coupled_back": COUPLED_BACK,
}
