"""The exercises of lesson 02: an echo, the step, the layer, Keras, a blinker."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.random import Generator

from lstm_course.arrays.shapes import Array
from lstm_course.checker.exercise import Cases, Exercise, Quiz
from lstm_course.checker.plain_form import Refusal
from lstm_course.checker.planting import Mistake
from lstm_course.layers.rnn import RNNParams, rnn_forward

Weights = tuple[Array, Array, Array]


# echo_on_paper ------------------------------------------------------------------


def echo_on_paper(w: float, u: float, b: float, *inputs: float) -> tuple[float, ...]:
    """Return the hidden state after each step of an RNN with one unit."""
    h, echo = 0.0, []
    for x in inputs:
        z = x * w + h * u + b
        h = math.tanh(z)
        echo.append(h)
    return tuple(echo)


def in_a_row(answer: Any) -> Any:
    """Return the numbers of an array that has an axis of size 1 besides."""
    return answer.ravel() if isinstance(answer, np.ndarray) else answer


def draw_echo(rng: Generator) -> tuple[float, ...]:
    """Draw w, u and b, and three inputs."""
    w = rng.choice([0.5, 0.7, 0.8])
    u = rng.choice([-1.2, -0.9, 0.6, 0.9, 1.2])
    b = rng.choice([-0.3, -0.2, 0.1, 0.2])
    return float(w), float(u), float(b), *map(float, rng.permutation([-1, 0, 1, 2])[:3])


def ask_for_echo(w: float, u: float, b: float, *inputs: float) -> str:
    """Return the question."""
    return (
        f"A vanilla RNN with one unit: w = {w:g}, u = {u:g}, b = {b:g}. It begins with "
        f"h' = 0 and reads the inputs {', '.join(f'{x:g}' for x in inputs)}.\n"
        "What is h after each of the three steps, to 3 digits after the point?"
    )


def derive_echo(w: float, u: float, b: float, *inputs: float) -> str:
    """Return z and h of each step."""
    lines, before = [], 0.0
    for t, (x, h) in enumerate(
        zip(inputs, echo_on_paper(w, u, b, *inputs), strict=True), start=1
    ):
        numbers = [f"({n})" if n[0] == "-" else n for n in (f"{x:g}", f"{w:g}")]
        state, weight = (
            f"({n})" if n[0] == "-" else n for n in (f"{before:.3f}", f"{u:g}")
        )
        bias = f"- {-b:g}" if b < 0 else f"+ {b:g}"
        z = x * w + before * u + b
        lines.append(
            f"t = {t}: z = {' * '.join(numbers)} + {state} * {weight} {bias} = "
            f"{z:.3f}, h = tanh(z) = {h:.3f}"
        )
        before = h
    return "\n".join(lines)


ECHO_ON_PAPER = Quiz(
    able="follow a recurrent layer on paper",
    solution=echo_on_paper,
    draw=draw_echo,
    question=ask_for_echo,
    derivation=derive_echo,
    view=in_a_row,
    parts={f"h after step {t}": "" for t in (1, 2, 3)},
    tolerance=2e-3,  # so much comes of rounding h before it is handed on
    mistakes={
        "echo-without-tanh": Mistake(
            right="h = math.tanh(z)",
            wrong="h = float(z)",
            hint="Your h is z: it still has to go through tanh.",
        ),
        "echo-gives-z": Mistake(
            right="echo.append(h)",
            wrong="echo.append(z)",
            hint="Your numbers are z, the sum before the tanh: you hand on h rightly, "
            "and h is what is asked for.",
        ),
        "echo-without-memory": Mistake(
            right="x * w + h * u + b",
            wrong="x * w + b",
            hint="Your steps have no past: from the second on, h' * u is added.",
        ),
        "echo-without-bias": Mistake(
            right="x * w + h * u + b",
            wrong="x * w + h * u",
            hint="Your sums leave out the bias: b is added at every step.",
        ),
        "echo-hands-on-z": Mistake(
            right="h = math.tanh(z)\n        echo.append(h)",
            wrong="h = float(z)\n        echo.append(math.tanh(z))",
            hint="Your memory is z, the sum before the tanh: what is handed on is h.",
        ),
        "echo-by-sigmoid": Mistake(
            right="math.tanh(z)\n",
            wrong="1 / (1 + math.exp(-z))\n",
            hint="Your h are those of a sigmoid, from 0 to 1: here it is tanh.",
        ),
        "echo-rounded-too-early": Mistake(
            right="h = math.tanh(z)\n",
            wrong="h = round(math.tanh(z), 2)\n",
            hint="Your h are rounded to 2 digits: take 3 after the point.",
        ),
        "echo-w-and-u-swapped": Mistake(
            right="x * w + h * u + b",
            wrong="x * u + h * w + b",
            hint="Your w and u have changed places: w is for the input, u for h'.",
        ),
        "echo-bias-subtracted": Mistake(
            right="h * u + b",
            wrong="h * u - b",
            hint="Your bias is subtracted: it is added, with its sign.",
        ),
        "echo-past-subtracted": Mistake(
            right="h * u + b",
            wrong="-h * u + b",
            hint="Your h' * u is subtracted: it is added, with its sign.",
        ),
        "echo-rounded-to-one-digit": Mistake(
            right="h = math.tanh(z)\n",
            wrong="h = round(math.tanh(z), 1)\n",
            hint="Your h are rounded to one digit: take 3 after the point.",
        ),
        "echo-begins-with-1": Mistake(
            right="h, echo = 0.0, []",
            wrong="h, echo = 1.0, []",
            hint="Your first step has a past, h' = 1: it begins with h' = 0.",
        ),
        "echo-past-unweighted": Mistake(
            right="h * u + b",
            wrong="h + b",
            hint="Your h' comes in as it is: u multiplies it.",
        ),
        "echo-bias-once": Mistake(
            right="        h = math.tanh(z)\n",
            wrong="        h, b = math.tanh(z), 0\n",
            hint="Your bias is added at the first step only: it is added at each.",
        ),
    },
    hints=(
        "Three times the same: z = x w + h' u + b with the input of this step and the "
        "h of the step before, then h = tanh(z). Mind the signs, and hand on h, not z.",
        "",
    ),
    reasoning="Each step needs two things only, its input and the $h$ just "
    "computed. Nothing else is looked at, however long the sequence.",
)


# rnn_step -----------------------------------------------------------------------


def column_step(x_t: Array, h: Array, weights: Weights) -> Array:
    """Return the new hidden states (B, H), by the matrices of a text with columns."""
    W_x, W_h, b = weights
    z = x_t @ W_x.T + h @ W_h.T + b
    new_h: Array = np.tanh(z)
    return new_h


def column_step_cases() -> Cases:
    """Return what a step is tried on, and the same with less in it."""
    rng = np.random.default_rng(2)

    def at(batch: int, input_dim: int, units: int) -> tuple[Array, Array, Weights]:
        shapes = (units, input_dim), (units, units), (units,)
        W_x, W_h, b = (rng.normal(size=shape) for shape in shapes)
        x_t, h = (rng.normal(size=(batch, width)) for width in (input_dim, units))
        return x_t, h, (W_x, W_h, b)

    x_t, h, weights = at(3, 4, 2)
    W_x, W_h, b = weights
    return {
        "random numbers everywhere": (x_t, h, weights),
        "h' = 0": (x_t, 0 * h, weights),
        "x = 0": (0 * x_t, h, weights),
        "no bias": (x_t, h, (W_x, W_h, 0 * b)),
        "a W_h that is its own transpose": (x_t, h, (W_x, W_h + W_h.T, b)),
        "as many features as units": at(4, 3, 3),
        "as many sequences as features and units": at(3, 3, 3),
        "as many sequences as units": at(2, 3, 2),
        "one unit": at(3, 4, 1),
    }


RNN_STEP = Exercise(
    able="write it in five lines of NumPy",
    solution=column_step,
    cases=column_step_cases,
    parts={"h": "B H"},
    mistakes={
        "step-of-rows-with-columns'-matrices": Mistake(
            right="x_t @ W_x.T + h @ W_h.T",
            wrong="x_t @ W_x + h @ W_h",
            hint="Your matrices stand as in the text, which has x as a column. "
            "Our x is a row: which way round must the two go?",
        ),
        "step-of-columns": Mistake(
            right="x_t @ W_x.T + h @ W_h.T",
            wrong="W_x @ x_t + W_h @ h",
            hint="Your step is the text's, where x is a column. Here each row is a "
            "sequence: the row comes first, and the matrix must be turned.",
        ),
        "step-w-h-not-turned": Mistake(
            right="h @ W_h.T",
            wrong="h @ W_h",
            hint="Your W_h is the wrong way round. It is square, so it fits both "
            "ways; it must be turned just as W_x is.",
        ),
        "step-w-x-reshaped": Mistake(
            right="x_t @ W_x.T",
            wrong="x_t @ W_x.reshape(W_x.T.shape)",
            hint="Your W_x is reshaped: its shape is right now, but its numbers "
            "stand elsewhere. To turn a matrix, transpose it.",
        ),
        "step-returns-columns": Mistake(
            right="np.tanh(z)",
            wrong="np.tanh(z).T",
            hint="Your h has a column for each sequence, (H, B). The numbers are "
            "right; return a row for each, (B, H).",
        ),
        "step-without-tanh": Mistake(
            right="np.tanh(z)",
            wrong="z",
            hint="Your step returns z, the sum: h = tanh(z) is missing.",
        ),
        "step-with-sigmoid": Mistake(
            right="np.tanh(z)",
            wrong="1 / (1 + np.exp(-z))",
            hint="Your step uses the sigmoid, from 0 to 1. A vanilla RNN uses tanh.",
        ),
        "step-without-bias": Mistake(
            right="h @ W_h.T + b",
            wrong="h @ W_h.T",
            hint="Your sum leaves out the bias b.",
        ),
        "step-bias-twice": Mistake(
            right="h @ W_h.T + b",
            wrong="h @ W_h.T + 2 * b",
            hint="Your bias is added twice, maybe once with each product: once "
            "will do.",
        ),
        "step-bias-after-tanh": Mistake(
            right="h @ W_h.T + b\n    new_h: Array = np.tanh(z)",
            wrong="h @ W_h.T\n    new_h: Array = np.tanh(z) + b",
            hint="Your bias comes after the tanh: it belongs to the sum inside.",
        ),
        "step-tanh-of-the-input-alone": Mistake(
            right="z = x_t @ W_x.T + h @ W_h.T + b\n    new_h: Array = np.tanh(z)",
            wrong="new_h: Array = np.tanh(x_t @ W_x.T) + h @ W_h.T + b",
            hint="Your tanh ends too early: it goes round the whole sum, the part "
            "of h' and the bias included.",
        ),
        "step-state-twice-squashed": Mistake(
            right="h @ W_h.T",
            wrong="np.tanh(h) @ W_h.T",
            hint="Your h' goes through tanh once more: it came out of one.",
        ),
        "step-of-two-tanhs": Mistake(
            right="z = x_t @ W_x.T + h @ W_h.T + b\n    new_h: Array = np.tanh(z)",
            wrong="new_h: Array = np.tanh(x_t @ W_x.T + b) + np.tanh(h @ W_h.T)",
            hint="Your step adds two tanhs: add the products and the bias first, then "
            "take one tanh.",
        ),
        "step-of-two-tanhs-and-a-bias": Mistake(
            right="z = x_t @ W_x.T + h @ W_h.T + b\n    new_h: Array = np.tanh(z)",
            wrong="new_h: Array = np.tanh(x_t @ W_x.T) + np.tanh(h @ W_h.T) + b",
            hint="Your step adds two tanhs and the bias: add the products and the "
            "bias first, then take one tanh.",
        ),
        "step-past-outside-the-tanh": Mistake(
            right="z = x_t @ W_x.T + h @ W_h.T + b\n    new_h: Array = np.tanh(z)",
            wrong="new_h: Array = np.tanh(x_t @ W_x.T + b) + h @ W_h.T",
            hint="Your tanh ends too early: it goes round the whole sum, the part of "
            "h' included.",
        ),
        "step-with-relu": Mistake(
            right="np.tanh(z)",
            wrong="np.maximum(z, 0)",
            hint="Your step uses relu. A vanilla RNN uses tanh.",
        ),
        "step-state-before-input": Mistake(
            right="x_t @ W_x.T + h @ W_h.T",
            wrong="np.hstack([h, x_t]) @ np.hstack([W_x, W_h]).T",
            hint="[h', x] meets [W_x, W_h]: the two must stand in the same order.",
        ),
        "step-adds-the-old-state": Mistake(
            right="np.tanh(z)",
            wrong="h + np.tanh(z)",
            hint="Your new h is added to h': the tanh takes its place.",
        ),
        "step-without-state": Mistake(
            right="x_t @ W_x.T + h @ W_h.T",
            wrong="x_t @ W_x.T",
            hint="Your step looks at the input alone: the part of h' is missing.",
        ),
    },
    hints=(
        "Work out the shape of each product: (B, D) times what gives (B, H)?",
        "A row times the transpose gives what the matrix times a column gives: "
        "x_t @ W_x.T. The same for h' and W_h; then the bias, then np.tanh (math.tanh "
        "takes a single number, no array).",
    ),
    reasoning=r"$(W_x\,x)^\top = x^\top W_x^\top$: what a matrix does to a column, "
    "its transpose does to a row. For $W_x$ the shapes demand it. For $W_h$, which "
    "is square, only the formula does.",
)


# rnn_layer ----------------------------------------------------------------------


def rnn_layer(inputs: Array, first_h: Array, weights: Weights) -> tuple[Array, Array]:
    """Return h after each step, (B, T, H), and after the last, (B, H)."""
    W, U, b = weights
    h, outputs = first_h, []
    for t in range(inputs.shape[1]):
        h = np.tanh(inputs[:, t] @ W + h @ U + b)
        outputs.append(h)
    return np.stack(outputs, axis=1), h


def layer_cases() -> Cases:
    """Return what a layer is tried on, and the same with less in it."""
    rng = np.random.default_rng(3)

    def at(batch: int, steps: int) -> tuple[Array, Array, Weights]:
        D, H = 4, 2
        W, U, b = (rng.normal(size=shape) for shape in ((D, H), (H, H), (H,)))
        inputs, h = (rng.normal(size=(batch, *axes)) for axes in ((steps, D), (H,)))
        return inputs, h, (W, U, b)

    inputs, h, weights = at(3, 5)
    W, U, b = weights
    return {
        "random numbers everywhere": (inputs, h, weights),
        "a single step": (inputs[:, :1], h, weights),
        "a first h of 0": (inputs, 0 * h, weights),
        "U = 0": (inputs, h, (W, 0 * U, b)),
        "no bias": (inputs, h, (W, U, 0 * b)),
        "a U that is its own transpose": (inputs, h, (W, U + U.T, b)),
        "a single sequence": at(1, 5),
        "as many steps as sequences": at(3, 3),
    }


RNN_LAYER = Exercise(
    able="write it in five lines of NumPy",
    solution=rnn_layer,
    cases=layer_cases,
    parts={"h after each step": "B T H", "the final h": "B H"},
    mistakes={
        "layer-first-h-ignored": Mistake(
            right="h, outputs = first_h, []",
            wrong="h, outputs = 0 * first_h, []",
            hint="Your layer begins with zeros: it is to begin with first_h.",
        ),
        "layer-begins-anew-at-each-step": Mistake(
            right="h @ U",
            wrong="first_h @ U",
            hint="Your steps all begin with first_h: hand each new h on to the "
            "next step.",
        ),
        "layer-state-never-replaced": Mistake(
            right="h = np.tanh(inputs[:, t] @ W + h @ U + b)\n        "
            "outputs.append(h)",
            wrong="new = np.tanh(inputs[:, t] @ W + h @ U + b)\n"
            "        outputs.append(new)",
            hint="Your h is never replaced by the new one: every step begins with "
            "first_h, and that is also what you return as the final h.",
        ),
        "layer-results-swapped": Mistake(
            right="return np.stack(outputs, axis=1), h",
            wrong="return h, np.stack(outputs, axis=1)",
            hint="Your two results have changed places: the outputs come first, "
            "then the final h.",
        ),
        "layer-final-is-the-first": Mistake(
            right="axis=1), h",
            wrong="axis=1), first_h",
            hint="Your final h is the one that the layer began with: return the last.",
        ),
        "layer-outputs-one-step-late": Mistake(
            right="h = np.tanh(inputs[:, t] @ W + h @ U + b)\n        "
            "outputs.append(h)",
            wrong="outputs.append(h)\n        h = np.tanh(inputs[:, t] @ W + h @ "
            "U + b)",
            hint="Your outputs hold the h before each step: keep the one after it.",
        ),
        "layer-outputs-time-first": Mistake(
            right="axis=1",
            wrong="axis=0",
            hint="Your outputs have shape (T, B, H), time first: the batch comes "
            "first, and time is the second axis.",
        ),
        "layer-outputs-reshaped": Mistake(
            right="np.stack(outputs, axis=1)",
            wrong="np.stack(outputs).reshape(len(h), len(outputs), -1)",
            hint="Your outputs are reshaped from (T, B, H): the shape is right, "
            "but the sequences are stirred. To swap two axes, use swapaxes.",
        ),
        "layer-first-step-skipped": Mistake(
            right="h, outputs = first_h, []\n    for t in range(",
            wrong="h, outputs = first_h, [first_h]\n    for t in range(1, ",
            hint="Your first output is first_h itself: it is the h before the "
            "first step, and inputs[:, 0] is never read.",
        ),
        "layer-returns-inside-the-loop": Mistake(
            right="    return np.stack(",
            wrong="        return np.stack(",
            hint="Your layer returns after its first step: the return is inside "
            "the loop.",
        ),
        "layer-walks-along-the-batch": Mistake(
            right="range(inputs.shape[1]):\n        h = np.tanh(inputs[:, t]",
            wrong="range(inputs.shape[0]):\n        h = np.tanh(inputs[t]",
            hint="Your loop walks along the batch: inputs[t] is one whole "
            "sequence. Where is step t of all sequences?",
        ),
        "layer-walks-along-the-batch-of-an-array": Mistake(
            right="h, outputs = first_h, []\n"
            "    for t in range(inputs.shape[1]):\n"
            "        h = np.tanh(inputs[:, t] @ W + h @ U + b)\n"
            "        outputs.append(h)\n"
            "    return np.stack(outputs, axis=1), h",
            wrong="h, outputs = first_h, np.empty((*inputs.shape[:2], len(b)))\n"
            "    for t in range(inputs.shape[1]):\n"
            "        h = np.tanh(inputs[t] @ W + h @ U + b)\n"
            "        outputs[:, t] = h\n"
            "    return outputs, h",
            hint="Your inputs[t] is one whole sequence, (T, D): step t of all "
            "sequences stands elsewhere.",
        ),
        "layer-as-many-turns-as-sequences": Mistake(
            right="range(inputs.shape[1])",
            wrong="range(len(inputs))",
            hint="Your loop has a turn for each sequence: len(inputs) is B. How "
            "many steps are there?",
        ),
        "layer-of-one-array": Mistake(
            right="        h = np.tanh(inputs[:, t] @ W + h @ U + b)\n",
            wrong="        h = h.copy() if t == 0 else h\n"
            "        h[:] = np.tanh(inputs[:, t] @ W + h @ U + b)\n",
            hint="Your outputs are all the last h. Maybe each place holds the same "
            "array, which every step writes over: make a new one at each step, h = "
            "np.tanh(…), or keep h.copy().",
        ),
        "layer-without-the-first-step": Mistake(
            right="range(inputs.shape[1])",
            wrong="range(1, inputs.shape[1])",
            hint="Your loop begins with step 1: Python counts from 0, so inputs[:, 0] "
            "is never read.",
        ),
        "layer-first-output-left-empty": Mistake(
            right="h, outputs = first_h, []\n    for t in range(",
            wrong="h, outputs = first_h, [0 * first_h]\n    for t in range(1, ",
            hint="Your first output stays 0: the loop begins with step 1, so "
            "inputs[:, 0] is never read. Python counts from 0.",
        ),
        "layer-without-the-last-step": Mistake(
            right="range(inputs.shape[1])",
            wrong="range(inputs.shape[1] - 1)",
            hint="Your loop ends a step early: range(T) ends with T - 1, which is the "
            "last step.",
        ),
        "layer-last-output-left-empty": Mistake(
            right="        outputs.append(h)\n    return np.stack(outputs, axis=1), h",
            wrong="        outputs.append(h)\n"
            "    outputs[-1], h = 0 * h, outputs[-2] if t else first_h\n"
            "    return np.stack(outputs, axis=1), h",
            hint="Your last output stays 0: the loop ends a step early. range(T) ends "
            "with T - 1, which is the last step.",
        ),
        "layer-outputs-with-the-first-h": Mistake(
            right="np.stack(outputs, axis=1)",
            wrong="np.stack([first_h, *outputs], axis=1)",
            hint="Your outputs are T + 1: first_h, which stands before the first "
            "step, is none of them.",
        ),
        "layer-final-of-the-last-sequence": Mistake(
            right="axis=1), h",
            wrong="axis=1), np.stack(outputs, axis=1)[-1]",
            hint="Your final h is all steps of the last sequence, outputs[-1]: time "
            "is the second axis, outputs[:, -1].",
        ),
        "layer-final-with-a-time-axis": Mistake(
            right="axis=1), h",
            wrong="axis=1), h[:, np.newaxis]",
            hint="Your final h still has a time axis: outputs[:, -1:] is a slice and "
            "keeps it, outputs[:, -1] takes it away.",
        ),
        "layer-reads-one-step": Mistake(
            right="inputs[:, t]",
            wrong="inputs[:, 0]",
            hint="Your steps all read inputs[:, 0]: step t reads inputs[:, t].",
        ),
        "layer-bias-after-tanh": Mistake(
            right="np.tanh(inputs[:, t] @ W + h @ U + b)",
            wrong="np.tanh(inputs[:, t] @ W + h @ U) + b",
            hint="Your bias comes after the tanh: it belongs to the sum inside.",
        ),
        "layer-final-of-the-first-step": Mistake(
            right="axis=1), h",
            wrong="axis=1), outputs[0]",
            hint="Your final h is that of the first step: return the last.",
        ),
        "layer-walks-backwards": Mistake(
            right="range(inputs.shape[1])",
            wrong="reversed(range(inputs.shape[1]))",
            hint="Your loop walks from the last step to the first.",
        ),
        "layer-u-turned": Mistake(
            right="h @ U",
            wrong="h @ U.T",
            hint="Your U is the wrong way round: as it stands here, the product is "
            "h' @ U.",
        ),
        "layer-without-bias": Mistake(
            right="h @ U + b",
            wrong="h @ U",
            hint="Your sum leaves out the bias b.",
        ),
        "layer-without-tanh": Mistake(
            right="h = np.tanh(inputs[:, t] @ W + h @ U + b)",
            wrong="h = inputs[:, t] @ W + h @ U + b",
            hint="Your h is z, the sum: the tanh is missing.",
        ),
        "layer-with-sigmoid": Mistake(
            right="np.tanh(inputs[:, t] @ W + h @ U + b)",
            wrong="1 / (1 + np.exp(-(inputs[:, t] @ W + h @ U + b)))",
            hint="Your layer uses the sigmoid, from 0 to 1. A vanilla RNN uses tanh.",
        ),
        "layer-with-relu": Mistake(
            right="np.tanh(inputs[:, t] @ W + h @ U + b)",
            wrong="np.maximum(inputs[:, t] @ W + h @ U + b, 0)",
            hint="Your layer uses relu. A vanilla RNN uses tanh.",
        ),
        "layer-adds-the-old-state": Mistake(
            right="h = np.tanh(",
            wrong="h = h + np.tanh(",
            hint="Your new h is added to h': the tanh takes its place.",
        ),
    },
    hints=(
        "One loop over the steps t, from 0 to T - 1. What changes from one step to "
        "the next is h alone: begin with h = first_h.",
        "In the loop: h = np.tanh(inputs[:, t] @ W + h @ U + b), then put h where "
        "outputs[:, t] is. Return outputs and h.",
    ),
    reasoning="The step is one line; the loop around it hands $h$ on. A layer that "
    "can begin with any $h$ can also go on where another stopped, so that a long "
    "series may be cut.",
)


# compare_with_keras -------------------------------------------------------------


def largest_difference(weights: Sequence[Array], inputs: Array, theirs: Array) -> float:
    """Return how far the outputs of another layer are from ours, at the most."""
    ours, _, _ = rnn_forward(inputs, RNNParams(*weights))
    return float(np.max(np.abs(ours - theirs)))


def comparison_cases() -> Cases:
    """Return outputs that depart from the right ones, each time elsewhere."""
    rng = np.random.default_rng(5)
    B, T, D, H = 3, 5, 4, 2
    shapes = (D, H), (H, H), (H,)
    weights = [rng.normal(size=shape) for shape in shapes]
    inputs = rng.normal(size=(B, T, D))
    right, _, _ = rnn_forward(inputs, RNNParams(*weights))

    def apart(where: Any, differences: Array) -> tuple[list[Array], Array, Array]:
        theirs = right.copy()
        theirs[where] += differences
        return weights, inputs, theirs

    random = 0.3 * rng.normal(size=(B, T, H))
    return {
        "differences everywhere": apart(..., random),
        "no difference at all": apart(..., 0 * random),
        "all of theirs above ours": apart(..., np.abs(random)),
        "all of theirs below ours": apart(..., -np.abs(random)),
        "a difference at the first step only": apart(np.s_[:, 0], random[:, 0]),
        "a difference at the last step only": apart(np.s_[:, -1], random[:, -1]),
        "a difference in the first sequence only": apart(0, random[0]),
        "a single number apart": apart((1, 2, 0), random[1, 2, 0]),
    }


COMPARE_WITH_KERAS = Exercise(
    able="show that Keras computes the same numbers",
    solution=largest_difference,
    cases=comparison_cases,
    parts={"the largest difference": ""},
    mistakes={
        "comparison-of-last-step": Mistake(
            right="ours - theirs",
            wrong="ours[:, -1] - theirs[:, -1]",
            hint="Your comparison looks at the last step only: one that cannot "
            "miss looks at all of them.",
        ),
        "comparison-of-first-sequence": Mistake(
            right="ours - theirs",
            wrong="ours[0] - theirs[0]",
            hint="Your comparison looks at the first sequence only: take the whole "
            "batch.",
        ),
        "comparison-by-mean": Mistake(
            right="np.max(",
            wrong="np.mean(",
            hint="Your answer is the mean difference: one wrong number among a "
            "thousand would hardly show in it.",
        ),
        "comparison-with-signs": Mistake(
            right="np.max(np.abs(ours - theirs))",
            wrong="np.max(ours - theirs)",
            hint="Your differences have signs: where theirs is the larger, yours "
            "is negative, and no maximum finds it.",
        ),
        "comparison-with-signs-turned": Mistake(
            right="np.max(np.abs(ours - theirs))",
            wrong="np.max(theirs - ours)",
            hint="Your differences have signs: where theirs is the smaller, yours "
            "is negative, and no maximum finds it.",
        ),
        "comparison-sign-dropped-too-late": Mistake(
            right="np.max(np.abs(ours - theirs))",
            wrong="np.abs(np.max(ours - theirs))",
            hint="Your sign is dropped too late: first the size of each "
            "difference, then the largest.",
        ),
        "comparison-of-the-largest": Mistake(
            right="np.max(np.abs(ours - theirs))",
            wrong="np.abs(np.max(ours) - np.max(theirs))",
            hint="Your comparison is of the two largest outputs: take the "
            "differences first, each number with its own partner.",
        ),
        "comparison-of-squares": Mistake(
            right="np.max(np.abs(ours - theirs))",
            wrong="np.max((ours - theirs) ** 2)",
            hint="Your answer is the largest square: a difference of 0.001 would "
            "look like 0.000001.",
        ),
        "comparison-always-0": Mistake(
            right="float(np.max(np.abs(ours - theirs)))",
            wrong="0.0",
            hint="Your answer is 0 whatever theirs is: it does not compare them with "
            "outputs of your own.",
        ),
        "comparison-of-the-final-h": Mistake(
            right="np.max(np.abs(ours - theirs))",
            wrong="np.max(np.abs(ours[:, -1:] - theirs))",
            hint="Your final h is held against all of their steps: hold each step "
            "against its own.",
        ),
        "comparison-by-sum": Mistake(
            right="np.max(np.abs(ours - theirs))",
            wrong="np.sum(np.abs(ours - theirs))",
            hint="Your answer is the sum of the differences: it grows with the number "
            "of outputs. The largest is asked for.",
        ),
        "comparison-by-the-smallest": Mistake(
            right="np.max(np.abs(ours - theirs))",
            wrong="np.min(np.abs(ours - theirs))",
            hint="Your answer is the smallest difference: one that agrees hides all "
            "others.",
        ),
        "comparison-relative": Mistake(
            right="np.max(np.abs(ours - theirs))",
            wrong="np.max(np.abs(ours - theirs) / np.abs(theirs))",
            hint="Your differences are divided by theirs: the difference itself is "
            "asked for.",
        ),
        "comparison-by-root-mean-square": Mistake(
            right="np.max(np.abs(ours - theirs))",
            wrong="np.sqrt(np.mean((ours - theirs) ** 2))",
            hint="Your answer is the root of the mean square: one wrong number among a "
            "thousand would hardly show in it.",
        ),
        "comparison-by-norm": Mistake(
            right="np.max(np.abs(ours - theirs))",
            wrong="np.linalg.norm(ours - theirs)",
            hint="Your answer is the length of all differences together: the largest "
            "of them is asked for.",
        ),
        "comparison-by-yes-or-no": Mistake(
            right="np.max(np.abs(ours - theirs))",
            wrong="np.allclose(ours, theirs)",
            hint="Your answer is yes or no: return how large the largest "
            "difference is.",
        ),
        "comparison-with-u-turned": Mistake(
            right="RNNParams(*weights)",
            wrong="RNNParams(weights[0], weights[1].T, weights[2])",
            hint="Your recurrent kernel is turned round: Keras gives it as it is "
            "used here, h' @ U.",
        ),
    },
    hints=(
        "Three steps: your outputs, of shape (B, T, H); their differences from "
        "theirs, without signs; the largest of all.",
        "W, U, b = weights. Your outputs come from the last exercise, with a first "
        "h of zeros, (B, H). Then np.abs(outputs - theirs).max().",
    ),
    reasoning="A comparison is worth as much as the mistakes that it would show. "
    "The last step, a mean, a difference with its sign: each of them misses some; "
    "the largest of all differences misses none.",
)


# blinker ------------------------------------------------------------------------


def blinker() -> tuple[float, float, float]:
    """Return w, u and b of a unit that swings from one side to the other."""
    strength = 2.0
    return 1.0, -strength, 0.0


def follow_blinker(numbers: Any) -> Array:
    """Return which of four demands are met, in order; none counts after one is not.

    Args:
        numbers: w, u and b, one after the other or by these names.
    """
    if isinstance(numbers, dict):
        order = "wub" if set(numbers) == set("wub") else numbers
        numbers = [numbers[name] for name in order]
    try:
        w, u, b = (float(np.squeeze(number)) for number in numbers)
    except (TypeError, ValueError):
        raise Refusal(
            "Your answer is not w, u and b; expected three numbers."
        ) from None
    knock = 12
    h = np.array(echo_on_paper(w, u, b, *(t == knock for t in range(knock + 21))))
    after = h[knock:]
    met = (
        np.all(np.abs(h[:knock]) < 0.5),
        h[knock] > 0.5,
        np.all(after[1:] * after[:-1] < 0),
        np.all(np.abs(after[1:]) > 0.5),
    )
    return np.cumprod(met)


BLINKER = Exercise(
    able="follow a recurrent layer on paper",
    solution=blinker,
    view=follow_blinker,
    confirmed="quiet for 12 steps, up at the knock, then 20 times to the other "
    "side, and never nearer to 0 than 0.5",
    parts={
        "quiet before the knock": "",
        "up at the knock": "",
        "on the other side at each step": "",
        "far from 0 at each step": "",
    },
    mistakes={
        "blinker-on-its-own": Mistake(
            right="-strength, 0.0",
            wrong="-strength, 0.3",
            hint="Your unit does not wait for the knock: with x = 0 and h' = 0, "
            "which b leaves it at rest?",
        ),
        "blinker-not-up": Mistake(
            right="return 1.0",
            wrong="return -1.0",
            hint="Your unit is not above 0.5 at the knock: what is h = tanh(w + "
            "h' u + b) there?",
        ),
        "blinker-on-one-side": Mistake(
            right="-strength",
            wrong="strength",
            hint="Your unit does not change sides: in the silence h = tanh(h' u), "
            "so which u turns the sign?",
        ),
        "blinker-fades": Mistake(
            right="strength = 2.0",
            wrong="strength = 0.5",
            hint="Your unit comes nearer to 0 than 0.5 after the knock: remember "
            "which u let the echo fade, and which let it stay.",
        ),
    },
    hints=(
        "Take them one by one. The silence before the knock settles b, the knock "
        "settles w, and the silence after it settles u.",
        "With b = 0 and h' = 0 nothing stirs; w = 1 gives h = 0.762 at the knock. "
        "The echo of u = 2 stays: let it turn its sign as well.",
    ),
    reasoning="tanh keeps the sign, so a negative $u$ turns $h$ to the other side "
    "at each step. Its size decides how much is left, as for a positive $u$: with "
    "−2 the swing stays. With $b = 0$ nothing moves before the knock.",
)


EXERCISES: dict[str, Exercise] = {
    "echo_on_paper": ECHO_ON_PAPER,
    "rnn_step": RNN_STEP,
    "rnn_layer": RNN_LAYER,
    "compare_with_keras": COMPARE_WITH_KERAS,
    "blinker": BLINKER,
}
