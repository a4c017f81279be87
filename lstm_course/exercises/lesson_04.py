"""The exercises of lesson 04: the six equations, the gates, and a cell to repair."""

from itertools import groupby, product
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.shapes import Array
from lstm_course.checker.exercise import Cases, Exercise, Quiz
from lstm_course.checker.plain_form import Refusal
from lstm_course.checker.planting import Mistake
from lstm_course.layers.lstm import LSTMParams, LSTMState, lstm_forward, lstm_step

# gate_settings ------------------------------------------------------------------


def gate_settings(before: float, g: float, c: float, h: float) -> tuple[int, int, int]:
    """Return i, f and o, each 0 or 1, that lead from c' = before to c and h."""
    for i, f, o in product((0, 1), repeat=3):
        if np.allclose([f * before + i * g, o * np.tanh(c)], [c, h]):
            return i, f, o
    raise ValueError(f"no gates lead from {before} to c = {c} and h = {h}")


def draw_gates(rng: Generator) -> tuple[float, float, float, float]:
    """Draw a cell state, a candidate, and what is to become of them."""
    tenths = rng.permutation([n for n in range(-9, 10) if n])
    before, g = (float(n / 10) for n in tenths[:2])
    if before == -g:  # their sum would be a cell that shows nothing
        g = float(tenths[2] / 10)
    i, f = [(0, 1), (1, 0), (1, 1)][rng.integers(3)]
    c = f * before + i * g
    return before, g, c, np.tanh(c) if rng.random() < 0.6 else 0.0


def ask_for_gates(before: float, g: float, c: float, h: float) -> str:
    """Return the question."""
    return (
        f"A cell holds c' = {before:.1f}; its candidate is g = {g:.1f}.\n"
        f"After the step it is to hold c = {c:.1f} and to show h = {h:.2f}.\n"
        "Set the gates: (i, f, o), each 0 or 1."
    )


def derive_gates(before: float, g: float, c: float, h: float) -> str:
    """Return why the gates must stand so."""
    i, f, o = gate_settings(before, g, c, h)
    return (
        f"c = f c' + i g = {f} * {before:.1f} + {i} * {g:.1f} = {c:.1f}: "
        f"c' is {'kept' if f else 'erased'}, g is {'written' if i else 'left out'}.\n"
        f"h = o tanh(c) = {o} * {np.tanh(c):.2f} = {h:.2f}: "
        f"the cell {'is shown' if o else 'stays hidden'}."
    )


GATE_SETTINGS = Quiz(
    able="say what each gate does",
    solution=gate_settings,
    draw=draw_gates,
    question=ask_for_gates,
    derivation=derive_gates,
    parts={"i": "", "f": "", "o": ""},
    mistakes={
        "forget-gate-means-forget": Mistake(
            right="return i, f, o",
            wrong="return i, 1 - f, o",
            hint="Your forget gate is upside down: despite its name, 1 keeps, 0 "
            "erases.",
        ),
        "gates-in-the-order-f-i-o": Mistake(
            right="return i, f, o",
            wrong="return f, i, o",
            hint="Your i and f have changed places: i lets g in, f keeps c'.",
        ),
        "input-gate-upside-down": Mistake(
            right="return i, f, o",
            wrong="return 1 - i, f, o",
            hint="Your input gate is upside down: 1 writes g, 0 leaves it out.",
        ),
        "output-gate-upside-down": Mistake(
            right="return i, f, o",
            wrong="return i, f, 1 - o",
            hint="Your output gate is upside down: h = o tanh(c) is 0 where o is 0.",
        ),
    },
    hints=(
        "Is c' still in c? Then f is 1. Is g in it? Then i is 1. And o is 1 where h is "
        "tanh(c), 0 where h is 0.",
        "",
    ),
    reasoning="Two questions settle $i$ and $f$: is $c'$ still in $c$, and is $g$ "
    "in it? A third settles $o$: does $h$ show anything?",
)


# lstm_step ----------------------------------------------------------------------


def step_cases() -> Cases:
    """Return what an LSTM's step is tried on, and the same with less in it."""
    rng = np.random.default_rng(4)
    B, D, H = 3, 4, 2

    def normal(*shape: int) -> Array:
        return rng.normal(size=shape)

    def at(
        batch: int, input_dim: int, units: int
    ) -> tuple[Array, LSTMState, LSTMParams]:
        state = LSTMState(normal(batch, units), normal(batch, units))
        weights = normal(input_dim, 4 * units), normal(units, 4 * units)
        params = LSTMParams(*weights, normal(4 * units))
        return normal(batch, input_dim), state, params

    x_t, state, params = at(B, D, H)
    nothing = np.zeros_like

    def without(block: int) -> LSTMParams:
        here = np.repeat(np.arange(4) != block, H)
        return LSTMParams(*(here * array for array in params))

    return {
        "random numbers everywhere": (x_t, state, params),
        "the weights of i all 0": (x_t, state, without(0)),
        "the weights of f all 0": (x_t, state, without(1)),
        "the weights of g all 0": (x_t, state, without(2)),
        "the weights of o all 0": (x_t, state, without(3)),
        "h' = 0": (x_t, state._replace(h=nothing(state.h)), params),
        "c' = 0": (x_t, state._replace(c=nothing(state.c)), params),
        "x = 0": (nothing(x_t), state, params),
        "no bias": (x_t, state, params._replace(bias=nothing(params.bias))),
        "one unit": at(B, D, 1),
        "as many sequences as units": at(2, 3, 2),
    }


LSTM_STEP = Exercise(
    able="write the six equations of the LSTM as six lines",
    solution=lstm_step,
    cases=step_cases,
    parts=dict.fromkeys(["h", "c", "i", "f", "g", "o"], "B H"),
    order=("i", "f", "g", "o", "c", "h"),
    enough=2,
    mistakes={
        "lstm-cell-by-matmul": Mistake(
            right="c = f * state.c + i * g",
            wrong="c = f @ state.c + i * g",
            hint="Your f @ c' is a matrix product, which mixes the sequences: ⊙ is *.",
        ),
        "lstm-cell-by-two-matmuls": Mistake(
            right="c = f * state.c + i * g",
            wrong="c = f @ state.c + i @ g",
            hint="Your f @ c' and i @ g are matrix products, which mix the sequences: "
            "⊙ is *.",
        ),
        "lstm-old-h-and-c-swapped": Mistake(
            right="z = x_t @",
            wrong="state = LSTMState(*state[::-1])\n    z = x_t @",
            hint="Your h' and c' have changed places: state is (h, c), h comes first.",
        ),
        "lstm-inputs-in-another-order": Mistake(
            right="x_t @ params.kernel + state.h @ params.recurrent_kernel",
            wrong="np.hstack([state.h, x_t]) @ np.vstack(params[:2])",
            hint="[h', x] meets [W on top of U]: the two must stand in the same order.",
        ),
        "lstm-weights-in-another-order": Mistake(
            right="x_t @ params.kernel + state.h @ params.recurrent_kernel",
            wrong="np.hstack([x_t, state.h]) @ np.vstack(params[1::-1])",
            hint="[x, h'] meets [U on top of W]: the two must stand in the same order.",
        ),
        "lstm-gates-coupled": Mistake(
            right="c = f * state.c + i * g",
            wrong="c = f * state.c + (1 - f) * g",
            hint="Your candidate comes in by 1 - f: that is another cell; here the "
            "input gate i decides.",
        ),
        "lstm-h-of-the-old-cell": Mistake(
            right="h = o * np.tanh(c)",
            wrong="h = o * np.tanh(state.c)",
            hint="Your h shows the cell as it was before the step: take the new c.",
        ),
        "lstm-gates-not-squashed": Mistake(
            right="i = sigmoid(z_i)\n    f = sigmoid(z_f)\n    g = np.tanh(z_g)\n"
            "    o = sigmoid(z_o)",
            wrong="i, f, g, o = z_i, z_f, np.tanh(z_g), z_o",
            hint="Your gates can be any number: i, f and o go through sigmoid.",
        ),
        "lstm-nothing-squashed": Mistake(
            right="i = sigmoid(z_i)\n    f = sigmoid(z_f)\n    g = np.tanh(z_g)\n"
            "    o = sigmoid(z_o)",
            wrong="i, f, g, o = z_i, z_f, z_g, z_o",
            hint="Your gates and candidate can be any number: i, f and o go "
            "through sigmoid, g through tanh.",
        ),
        "lstm-candidate-not-squashed": Mistake(
            right="g = np.tanh(z_g)",
            wrong="g = z_g",
            hint="Your candidate can be any number: it goes through tanh.",
        ),
        "lstm-recurrent-part-missing": Mistake(
            right=" + state.h @ params.recurrent_kernel",
            wrong="",
            hint="Your gates see the input alone: add h' @ U, the part of the step "
            "before.",
        ),
    },
    hints=(
        "First z = x W + h' U + b in one go, of shape (B, 4H); then np.split it "
        "into four along its last axis, in the order i, f, g, o.",
        "Three of the four go through sigmoid, the third through tanh. Then "
        "c = f * c' + i * g and h = o * np.tanh(c), and return both.",
    ),
    reasoning="The two products and the bias are added up once, for all four "
    "blocks. What is left are the six equations, a line each.",
)


# repair_the_cell ----------------------------------------------------------------


def repaired_cell(
    x_t: Array, state: LSTMState, params: LSTMParams
) -> tuple[Array, Array]:
    """Return h and c, one block of the weights at a time."""
    h, c = state
    H = h.shape[1]
    z = np.hstack([x_t, h]) @ np.vstack(params[:2]) + params.bias
    i, f, g, o = (z[:, block * H : (block + 1) * H] for block in range(4))

    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return h, c


REPAIR_THE_CELL = Exercise(
    able="find the mistake in a cell that someone else wrote",
    solution=repaired_cell,
    cases=step_cases,
    parts={"h": "B H", "c": "B H"},
    order=("c", "h"),
    given=("blocks-in-another-order", "tanh-on-the-way"),
    mistakes={
        "blocks-in-another-order": Mistake(
            right="i, f, g, o = (",
            wrong="i, f, o, g = (",
            hint="The blocks are cut in another order: the third is g, the fourth "
            "is o.",
        ),
        "repaired-order-f-first": Mistake(
            right="i, f, g, o = (",
            wrong="f, i, g, o = (",
            hint="Your first two blocks have changed places: i comes first, then f.",
        ),
        "repaired-candidate-by-sigmoid": Mistake(
            right="* np.tanh(g)",
            wrong="* sigmoid(g)",
            hint="Your candidate goes through sigmoid: the three gates do, but g "
            "goes through tanh.",
        ),
        "repaired-candidate-not-squashed": Mistake(
            right="* np.tanh(g)",
            wrong="* g",
            hint="Your candidate can be any number: the tanh round g was right.",
        ),
        "tanh-on-the-way": Mistake(
            right="c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)\n"
            "    h = sigmoid(o) * np.tanh(c)",
            wrong="c = np.tanh(sigmoid(f) * c + sigmoid(i) * np.tanh(g))\n"
            "    h = sigmoid(o) * c",
            hint="The cell state is squashed on its way to the next step: only h "
            "is made of tanh(c), c itself goes on as it is.",
        ),
        "tanh-lost": Mistake(
            right="h = sigmoid(o) * np.tanh(c)",
            wrong="h = sigmoid(o) * c",
            hint="Now c goes on as it is, and that is right. But h shows it as it "
            "is, too: the tanh that you took from c belongs there.",
        ),
        "tanh-twice": Mistake(
            right="c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)",
            wrong="c = np.tanh(sigmoid(f) * c + sigmoid(i) * np.tanh(g))",
            hint="Now h is made of tanh(c), and that is right. But c is squashed "
            "before, and so goes on squashed.",
        ),
        "inputs-in-another-order": Mistake(
            right="np.hstack([x_t, h])",
            wrong="np.hstack([h, x_t])",
            hint="[h', x] meets [W on top of U]: the two must stand in the same order.",
        ),
        "weights-in-another-order": Mistake(
            right="np.vstack(params[:2])",
            wrong="np.vstack(params[1::-1])",
            hint="[x, h'] meets [U on top of W]: the two must stand in the same order.",
        ),
        "repaired-h-and-c-swapped": Mistake(
            right="return h, c",
            wrong="return c, h",
            hint="Your h and c have changed places: h is returned first.",
        ),
    },
    hints=(
        "Take the equations one by one, and lay each beside its line.",
        "Compare the order in which z is cut with i, f, g, o. Then ask where the "
        "tanh stands: what goes on as c, and what goes out as h?",
    ),
    reasoning="All shapes fit, so only the numbers can tell. The blocks stood as "
    "i, f, o, g; and the tanh that belongs to $h$ had slipped into $c$, where it "
    "squashes the memory at every step.",
)


# latch_weights ------------------------------------------------------------------


def latch_weights() -> LSTMParams:
    """Return the weights of a latch of one unit: on after "set", off after "reset"."""
    return LSTMParams(
        # The columns are i, f, g, o; the rows are "set" and "reset".
        kernel=np.array([[20.0, 0.0, 10.0, 0.0], [0.0, -20.0, 0.0, 0.0]]),
        recurrent_kernel=np.zeros((1, 4)),
        bias=np.array([-10.0, 10.0, 0.0, 10.0]),
    )


SIGNS = {".": "nothing", "s": "set", "r": "reset"}
SHORT = ["".join(signs) for signs in product(SIGNS, repeat=6)]
LONG = [begin.ljust(1002, ".") for begin in ("", "s", "sr")]


class Moment(NamedTuple):
    """A step at which a latch is not what it should be."""

    signs: str  # all that came in, up to this step
    h_before: float
    c_before: float
    i: float
    f: float
    g: float
    o: float
    h: float
    c: float


def latch_departs(weights: LSTMParams) -> Moment | None:
    """Return the first step at which a latch is on or off and should not be so."""
    for histories in (SHORT, LONG):
        inputs = [[[sign == "s", sign == "r"] for sign in signs] for signs in histories]
        outputs, _, trace = lstm_forward(np.array(inputs, float), weights)
        should = [
            [signs[: t + 1].rstrip(".").endswith("s") for t in range(len(signs))]
            for signs in histories
        ]
        wrong = np.argwhere(((outputs[..., 0] > 0.5) != should).T)  # by steps
        if len(wrong):
            t, k = wrong[0].tolist()
            gates = [gate[k, t] for gate in trace.gates]
            states = [state[k] for at in (t, t + 1) for state in trace.states[at]]
            numbers = np.ravel([*states[:2], *gates, *states[2:]]).tolist()
            return Moment(histories[k][: t + 1], *numbers)
    return None


def in_signs(signs: str) -> str:
    """Return what came in, in words: "set, set, nothing 7 times, reset"."""
    runs = [(SIGNS[sign], len(list(run))) for sign, run in groupby(signs)]
    return ", ".join(
        f"{word} {n} times" if n > 3 else ", ".join(n * [word]) for word, n in runs
    )


def why_on(at: Moment) -> str:
    """Return why a latch is on that should be off."""
    kept, written = at.f * at.c_before, at.i * at.g
    if np.tanh(at.c_before) > 0.5 >= at.h_before and kept > written:
        return (
            f"It was off before because o alone hid the cell: c' = {at.c_before:.2f} "
            f"was still there, and with o = {at.o:.2g} it comes out. Which gate erases?"
        )
    if at.signs[-1] == "r" and kept > written:
        return (
            f"The reset does not erase enough: f = {at.f:.2g} keeps that share of c' = "
            f"{at.c_before:.2f}. With its row, f must be near 0."
        )
    where = "at a reset" if at.signs[-1] == "r" else "where nothing comes in"
    return (
        f"The cell is written to {where}: i = {at.i:.2g} lets in that share of g = "
        f"{at.g:.2g}."
    )


def why_off(at: Moment) -> str:
    """Return why a latch is off that should be on."""
    kept, written = at.f * at.c_before, at.i * at.g
    is_set = at.signs[-1] == "s"
    would_show = at.o >= 0.9 if is_set else at.o * np.tanh(at.c_before) > 0.5
    if np.tanh(at.c) > 0.5 and not would_show:
        where = "at a set" if is_set else "where nothing comes in"
        return f"The cell holds it, but {where} o = {at.o:.2g} shows too little of it."
    if is_set and (kept > -0.1 or written < 0.5):
        return (
            f"Too little is written: i = {at.i:.2g} and g = {at.g:.2g}; with the row "
            "of set both must be near 1."
        )
    if is_set:
        return (
            f"The set is written, but f = {at.f:.2g} keeps c' = {at.c_before:.2f} from "
            "before, and the two add up."
        )
    if at.c_before - kept >= -written:
        return (
            f"It is forgotten where nothing comes in: f = {at.f:.4g} keeps that share "
            "of c at each step. There f must be near 1, as sigmoid(10) is."
        )
    return (
        f"It is written over where nothing comes in: i = {at.i:.2g} lets in that "
        f"share of g = {at.g:.2g}."
    )


def remark(weights: LSTMParams) -> str:
    """Return what would make a latch of it, if that is an exchange alone."""
    if latch_departs(weights._replace(kernel=weights.kernel[::-1])) is None:
        return (
            " (With its two rows exchanged it would be a latch: the first is set, the "
            "second is reset.)"
        )
    for order in ("figo", "ifog", "fiog"):
        columns = [order.index(gate) for gate in "ifgo"]
        if latch_departs(LSTMParams(*(w[..., columns] for w in weights))) is None:
            return (
                f" (With its columns in the order {', '.join(order)} it would be a "
                "latch: here the order is i, f, g, o.)"
            )
    return ""


def as_weights(params: Any) -> LSTMParams:
    """Return the weights of one unit that reads two features, as arrays of floats."""
    if isinstance(params, dict):
        params = params.values()
    try:
        kernel, recurrent_kernel, bias = (np.asarray(each, float) for each in params)
    except (TypeError, ValueError):
        raise Refusal(
            "Your answer is no three arrays of numbers; expected LSTMParams(kernel, "
            "recurrent_kernel, bias)."
        ) from None
    weights = LSTMParams(kernel, recurrent_kernel, bias)
    for name, array, shape in zip(
        weights._fields, weights, [(2, 4), (1, 4), (4,)], strict=True
    ):
        if array.shape != shape:
            raise Refusal(f"Your {name} has shape {array.shape}; expected {shape}.")
        if not np.all(np.isfinite(array)):
            raise Refusal(f"Your {name} holds NaN or infinity; expected numbers.")
    return weights


def follow_latch(params: Any) -> str:
    """Return what the weights make, if it is a latch.

    Raises:
        Refusal: it is not; says when it is wrong first, and what its gates do there.
    """
    weights = as_weights(params)
    at = latch_departs(weights)
    if at is None:
        return "a latch"
    is_on = at.h > 0.5
    ends, should_end = ("on", "off") if is_on else ("off", "on")
    raise Refusal(
        f"With the inputs ({in_signs(at.signs)}) it ends {ends}, h = {at.h:.5g}, and "
        f"should end {should_end}. "
        + (why_on if is_on else why_off)(at)
        + remark(weights)
    )


LATCH_WEIGHTS = Exercise(
    able="say what each gate does",
    solution=latch_weights,
    view=follow_latch,
    confirmed="it is on from a set to the next reset and off from a reset to the next "
    "set, whatever came in six steps, and for 1,000 steps of nothing",
    parts={"the latch": ""},
    hints=(
        "Begin with the steps where nothing comes in, where z is the bias alone: "
        "which gates are open then? What comes in adds its row to the bias.",
        "Bias: i shut (-10), f open (10), g 0, o open (10). The row of set turns "
        "the -10 of i into +10, so it holds 20 there, and 10 for g; that of reset "
        "turns f round.",
    ),
    reasoning="Where nothing comes in, the bias decides: write nothing, keep all, "
    "show it. *Set* opens the input gate and makes the candidate 1; *reset* shuts "
    "the forget gate. Nothing need look at $h'$.",
)


EXERCISES: dict[str, Exercise] = {
    "gate_settings": GATE_SETTINGS,
    "lstm_step": LSTM_STEP,
    "repair_the_cell": REPAIR_THE_CELL,
    "latch_weights": LATCH_WEIGHTS,
}
