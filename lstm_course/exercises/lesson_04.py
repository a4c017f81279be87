"""The exercises of lesson 04: the six equations, the gates, and a cell to repair."""

from itertools import product

import numpy as np
from numpy.random import Generator

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.shapes import Array
from lstm_course.checker.exercise import Cases, Exercise, Quiz
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
    before, g = rng.permutation([-0.8, -0.6, -0.3, 0.2, 0.4, 0.7, 0.9])[:2]
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
        "output-gate-upside-down": Mistake(
            right="return i, f, o",
            wrong="return i, f, 1 - o",
            hint="Your output gate is upside down: h = o tanh(c) is 0 where o is 0.",
        ),
    },
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


def follow_latch(params: LSTMParams) -> list[np.bool_]:
    """Return whether the latch is on at the places that LATCH names."""
    weights = LSTMParams(*(np.asarray(array, float) for array in params))

    def is_on(signs: str) -> np.bool_:
        inputs = np.array([[[sign == "s", sign == "r"] for sign in signs]], float)
        outputs, _, _ = lstm_forward(inputs, weights)
        on: np.bool_ = outputs[0, -1, 0] > 0.5
        return on

    return [is_on(signs) for signs in LATCH.values()]


LATCH = {  # s is a set, r a reset, a dot nothing
    "On at the start": ".",
    "On right after a set": ".s",
    "On one step later": ".s.",
    "On twenty steps later": ".s" + 20 * ".",
    "Still on after a second set": "..s..s..",
    "On right after a reset": "..s..r",
    "On ten steps after a reset": "..s..r" + 10 * ".",
    "On after two sets and a reset": ".s.s.r.",
    "On after two resets and a set": ".r.r.s.",
}


LATCH_WEIGHTS = Exercise(
    able="say what each gate does",
    solution=latch_weights,
    view=follow_latch,
    confirmed="it is on from a set to the next reset, for twenty steps and more",
    parts=dict.fromkeys(LATCH, ""),
    mistakes={
        "latch-does-not-stay-on": Mistake(
            right="bias=np.array([-10.0, 10.0, 0.0, 10.0])",
            wrong="bias=np.array([-10.0, 0.0, 0.0, 10.0])",
            hint="Your latch goes on, but does not stay on. Where nothing comes "
            "in, z is the bias alone: f must keep (near 1), and o must show.",
        ),
        "latch-fades": Mistake(
            right="bias=np.array([-10.0, 10.0, 0.0, 10.0])",
            wrong="bias=np.array([-10.0, 3.0, 0.0, 10.0])",
            hint="Your latch fades: f is not near enough to 1 where nothing comes in.",
        ),
        "latch-never-resets": Mistake(
            right="[0.0, -20.0, 0.0, 0.0]",
            wrong="[0.0, 0.0, 0.0, 0.0]",
            hint="Your latch does not go off: at a reset z is the bias plus the "
            "row of reset, and with it f must be near 0.",
        ),
        "latch-stays-off": Mistake(
            right="[20.0, 0.0, 10.0, 0.0]",
            wrong="[0.0, 0.0, 10.0, 0.0]",
            hint="Your latch does not go on: at a set z is the bias plus the row "
            "of set, and with it i and o must be near 1, and so must g.",
        ),
        "latch-half-open": Mistake(
            right="[20.0, 0.0, 10.0, 0.0]",
            wrong="[10.0, 0.0, 10.0, 0.0]",
            hint="Your latch does not quite go on: at a set i, g and o must each "
            "be near 1. z is the bias plus the row, and -10 + 10 is 0: a gate "
            "half open.",
        ),
        "latch-only-hides": Mistake(
            right="[0.0, -20.0, 0.0, 0.0]",
            wrong="[0.0, 0.0, 0.0, -20.0]",
            hint="Your reset hides the cell and does not erase it: it comes back "
            "when o opens again. Which gate erases?",
        ),
        "latch-always-on": Mistake(
            right="bias=np.array([-10.0, 10.0, 0.0, 10.0])",
            wrong="bias=np.array([10.0, 10.0, 10.0, 10.0])",
            hint="Your latch goes on by itself: where nothing comes in, i must be "
            "shut.",
        ),
        "latch-rows-swapped": Mistake(
            right="[[20.0, 0.0, 10.0, 0.0], [0.0, -20.0, 0.0, 0.0]]",
            wrong="[[0.0, -20.0, 0.0, 0.0], [20.0, 0.0, 10.0, 0.0]]",
            hint="Your rows have changed places: the first is set, the second is "
            "reset.",
        ),
    },
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
