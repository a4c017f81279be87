"""The exercises of lesson 12: read a trained cell, reach into it, doubt its picture."""

import numpy as np
from numpy.random import Generator

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.shapes import Array
from lstm_course.checker.exercise import Cases, Exercise, Quiz
from lstm_course.checker.planting import Mistake
from lstm_course.layers.lstm import LSTMGates, LSTMParams, lstm_forward
from lstm_course.study.reading import forward_with

# half_life ----------------------------------------------------------------------


def half_life(f: float | None, half: int | None, words: int) -> tuple[float, float]:
    """Return the half-life that belongs to f, or the f to it, and what is left."""
    if f is not None:
        return np.log(0.5) / np.log(f), f**words
    assert half is not None  # noqa: S101 - one of the two is given
    return 0.5 ** (1 / half), 0.5 ** (words / half)


def draw_fading(rng: Generator) -> tuple[float | None, int | None, int]:
    """Draw either a forget gate's value or a half-life, and some words to go."""
    f = round(float(rng.uniform(0.55, 0.93)), 2)
    half = int(rng.integers(3, 11))
    words = int(rng.choice([5, 6, 8, 12]))
    return (f, None, words) if rng.integers(4) % 2 else (None, half, words)


def ask_for_fading(f: float | None, half: int | None, words: int) -> str:
    """Return the question."""
    given, wanted = f"Its forget gate stands at f = {f}", "half-life, in words"
    if f is None:
        given, wanted = f"Its half-life is {half} words", "f"
    return (
        f"A cell holds a number, and nothing is written any more. {given}.\n"
        f"Give two numbers: ({wanted}; share that is left after {words} words).\n"
        "Two digits after the point; round at the end only."
    )


def derive_fading(f: float | None, half: int | None, words: int) -> str:
    """Return both numbers, and where they come from."""
    first, left = half_life(f, half, words)
    if f is not None:
        how = f"f^k = 0.5 gives k = ln 0.5 / ln {f} = {first:.2f} words."
        share = f"{f}^{words}"
    else:
        how = f"f^{half} = 0.5 gives f = 0.5^(1/{half}) = {first:.2f}."
        share = f"0.5^({words}/{half})"
    return (
        "Each word multiplies by f: after k words f^k is left.\n"
        f"{how}\nAfter {words} words {share} = {left:.2f} is left.\n"
        "(Of the cell alone: what h carries on, f does not show.)"
    )


HALF_LIFE = Quiz(
    able="say what a picture of gates does not show",
    solution=half_life,
    draw=draw_fading,
    question=ask_for_fading,
    derivation=derive_fading,
    parts={"the first number": "", "the share": ""},
    hints=(
        "Each word multiplies what the cell holds by f. After how many of them is half "
        "of it left, f^k = 0.5? And after all words?",
        "",
    ),
    tolerance=0.0061,
    mistakes={
        "half-life-and-share-swapped": Mistake(
            right="np.log(0.5) / np.log(f), f**words\n",
            wrong="f**words, np.log(0.5) / np.log(f)\n",
            hint="Your two numbers have changed places: the share that is left comes "
            "second.",
        ),
        "gate-and-share-swapped": Mistake(
            right="0.5 ** (1 / half), 0.5 ** (words / half)",
            wrong="0.5 ** (words / half), 0.5 ** (1 / half)",
            hint="Your two numbers have changed places: the share that is left comes "
            "second.",
        ),
        "time-constant-for-half-life": Mistake(
            right="np.log(0.5) / np.log(f)",
            wrong="1 / (1 - f)",
            hint="Your first number is the time constant, 1 / (1 - f): after it "
            "about a third is left, not half.",
        ),
        "half-life-upside-down": Mistake(
            right="np.log(0.5) / np.log(f)",
            wrong="np.log(f) / np.log(0.5)",
            hint="Your half-life is upside down: solve f^k = 0.5 for k.",
        ),
        "fading-by-subtraction": Mistake(
            right="f**words\n",
            wrong="max(0.0, 1 - words * (1 - f))\n",
            hint="Your share falls by the same amount at each word: it is "
            "multiplied by f.",
        ),
        "lost-for-left": Mistake(
            right="f**words\n",
            wrong="1 - f**words\n",
            hint="Your share is what is lost: what is left is f^k.",
        ),
        "half-life-for-time-constant": Mistake(
            right="0.5 ** (1 / half), 0.5 ** (words / half)",
            wrong="1 - 1 / half, (1 - 1 / half) ** words",
            hint="Your f has a time constant of so many words: after it about a "
            "third is left, not half.",
        ),
        "rounded-on-the-way": Mistake(
            right="0.5 ** (words / half)",
            wrong="round(0.5 ** (1 / half), 2) ** words",
            hint="Your share is made of the rounded f: go on with all its digits.",
        ),
        "half-of-the-half-by-subtraction": Mistake(
            right="0.5 ** (words / half)",
            wrong="max(0.0, 1 - words / (2 * half))",
            hint="Your share falls by the same amount at each word: it is "
            "multiplied by f.",
        ),
        "half-shared-out-evenly": Mistake(
            right="0.5 ** (1 / half), 0.5 ** (words / half)",
            wrong="1 - 0.5 / half, (1 - 0.5 / half) ** words",
            hint="Your f takes away an equal part of the half at each word: f^k = "
            "0.5 is what it has to fulfil.",
        ),
        "lost-for-left-by-halves": Mistake(
            right="0.5 ** (words / half)",
            wrong="1 - 0.5 ** (words / half)",
            hint="Your share is what is lost: what is left is f^k.",
        ),
    },
    reasoning="Fading multiplies, so logarithms count the words. It is the right "
    "answer to a small question: how fast one cell fades where nothing is written. "
    "How long the *layer* remembers is another one, and the map of forget gates "
    "does not show it.",
)


# follow_the_verdict -------------------------------------------------------------


def follow_the_verdict(h: Array, c: Array, w: Array, b: float) -> tuple[Array, Array]:
    """Return the verdict after each word (B, T), and which word moved it most (B,)."""
    verdicts = sigmoid(h @ w + b)
    before_any = np.full((len(h), 1), sigmoid(np.array(b)))  # where h is still 0
    moves = np.diff(verdicts, axis=1, prepend=before_any)
    return verdicts, np.abs(moves).argmax(axis=1)


def trace_cases() -> Cases:
    """Return the states of several traces, and heads to judge them by."""

    def at(
        seed: int, shape: tuple[int, int, int], bias: float, size: float = 1.0
    ) -> tuple[Array, Array, Array, float]:
        rng = np.random.default_rng(seed)
        c = size * rng.normal(size=shape)
        h = sigmoid(rng.normal(size=shape)) * np.tanh(c)
        return h, c, rng.normal(scale=2, size=shape[2]), bias

    return {
        "two texts of five words": at(7, (2, 5, 3), -0.8),
        "a head without bias": at(3, (4, 6, 3), 0.0),
        "a head that leans to one side": at(5, (6, 7, 2), 3.0),
        "large states": at(6, (3, 4, 5), 0.7, 4.0),
        "one word": at(2, (3, 1, 4), 0.5),
        "one unit": at(1, (3, 6, 1), -0.4),
        "one text": at(4, (1, 9, 3), 0.4),
    }


FOLLOW_THE_VERDICT = Exercise(
    able="follow a trained LSTM through a text word by word",
    solution=follow_the_verdict,
    cases=trace_cases,
    parts={"the probability": "B T", "the word": "B"},
    mistakes={
        "head-on-the-cell": Mistake(
            right="h @ w + b",
            wrong="c @ w + b",
            hint="Your head reads the cell state c: it was trained on h, and sees "
            "only h.",
        ),
        "sigmoid-left-out": Mistake(
            right="sigmoid(h @ w + b)",
            wrong="h @ w + b",
            hint="Your verdicts are logits: a probability is their sigmoid.",
        ),
        "head-without-bias": Mistake(
            right="h @ w + b",
            wrong="h @ w",
            hint="Your head has no bias: add b to the sum of the votes.",
        ),
        "states-added-up": Mistake(
            right="sigmoid(h @ w + b)",
            wrong="sigmoid(np.cumsum(h @ w, axis=1) + b)",
            hint="Your verdicts add up the states of all steps so far: the state "
            "of a step holds all that is left of those before.",
        ),
        "verdict-of-the-last-alone": Mistake(
            right="return verdicts, np",
            wrong="return verdicts[:, -1], np",
            hint="Your verdict is the last one alone: the head can be asked after "
            "every word.",
        ),
        "falls-overlooked": Mistake(
            right="np.abs(moves).argmax(axis=1)",
            wrong="moves.argmax(axis=1)",
            hint="Your word is the one of the largest rise: a fall moves the "
            "verdict, too.",
        ),
        "word-before-named": Mistake(
            right=", prepend=before_any)",
            wrong=")",
            hint="Your differences begin between the first word and the second, "
            "so that you name the word before: the first word moves the verdict, "
            "too, from where it stands with h = 0.",
        ),
        "first-word-left-out": Mistake(
            right="np.abs(moves).argmax(axis=1)",
            wrong="1 + np.abs(moves[:, 1:]).argmax(axis=1)",
            hint="Your first word never wins: it moves the verdict, too, from "
            "where it stands with h = 0.",
        ),
        "strongest-verdict-named": Mistake(
            right="np.abs(moves).argmax(axis=1)",
            wrong="np.abs(verdicts - 0.5).argmax(axis=1)",
            hint="Your word is the one where the verdict is most decided: wanted "
            "is the one where it changes most.",
        ),
        "begins-at-one-half": Mistake(
            right="sigmoid(np.array(b))",
            wrong="0.5",
            hint="Your verdict before any word is one half: with h = 0 the head "
            "still has its bias.",
        ),
        "begins-at-zero": Mistake(
            right="sigmoid(np.array(b))",
            wrong="0.0",
            hint="Your verdict before any word is 0, a firm no: with h = 0 the "
            "head still has its bias, and then comes the sigmoid.",
        ),
        "words-counted-from-one": Mistake(
            right="np.abs(moves).argmax(axis=1)",
            wrong="1 + np.abs(moves).argmax(axis=1)",
            hint="Your words are counted from 1: an index begins with 0.",
        ),
        "strength-for-the-word": Mistake(
            right="np.abs(moves).argmax(axis=1)",
            wrong="np.abs(moves).max(axis=1)",
            hint="Your word is told by how far it moved the verdict: wanted is "
            "which one it was.",
        ),
        "moves-of-the-logit": Mistake(
            right="prepend=before_any)",
            wrong="prepend=before_any)\n"
            "    moves = np.diff(h @ w + b, axis=1, prepend=b)",
            hint="Your moves are those of the logit: far out, a long way of the "
            "logit is a short one of the probability.",
        ),
    },
    hints=(
        "h @ w gives the sum of the votes at every step at once. For the word, "
        "compare each verdict with the one before it; before the first word h = 0.",
        "p = sigmoid(h @ w + b); moves = np.diff(p, axis=1, prepend=...), where "
        "the verdict before any word is sigmoid(b); np.abs(moves).argmax(axis=1).",
    ),
    reasoning="The head does not know at which step it is asked. Before the first "
    "word $h$ is 0, so the verdict begins at $\\sigma(b)$, and the first word is "
    "measured from there.",
)


# hold_a_gate --------------------------------------------------------------------


def hold_a_gate(
    x: Array, params: LSTMParams, unit: int, value: float, start: int
) -> Array:
    """Return h (B, T, H) with one unit's forget gate held from a step on."""

    def change(t: int, gates: LSTMGates) -> LSTMGates:
        if t < start:
            return gates
        f = gates.f.copy()
        f[:, unit] = value
        return gates._replace(f=f)

    outputs, _ = forward_with(x, params, change)
    return outputs


def gate_cases() -> Cases:
    """Return small LSTMs, and a unit of each to be held."""

    def at(
        shape: tuple[int, int, int], units: int, unit: int, value: float, start: int
    ) -> tuple[Array, LSTMParams, int, float, int]:
        rng = np.random.default_rng(12)
        weights = [
            rng.normal(size=size)
            for size in ((shape[2], 4 * units), (units, 4 * units), 4 * units)
        ]
        x = rng.normal(size=shape)
        return x, LSTMParams(*weights), unit, value, start

    return {
        "f = 0 from step 2 on": at((4, 6, 2), 3, 1, 0.0, 2),
        "f = 1 from step 2 on": at((4, 6, 2), 3, 1, 1.0, 2),
        "f = 0.4 from step 3 on": at((4, 6, 2), 3, 2, 0.4, 3),
        "a start after the end": at((2, 4, 3), 2, 1, 0.0, 4),
        "a start at step 0": at((3, 5, 2), 2, 1, 1.0, 0),
        "one unit": at((2, 5, 3), 1, 0, 1.0, 2),
        "one sequence": at((1, 5, 2), 3, 0, 1.0, 2),
    }


HOLD_A_GATE = Exercise(
    able="test an explanation by intervening in a gate",
    solution=hold_a_gate,
    cases=gate_cases,
    parts={"h": "B T H"},
    mistakes={
        "all-units-held": Mistake(
            right="f[:, unit] = value",
            wrong="f[...] = value",
            hint="Your intervention holds the forget gates of all units: change "
            "one thing at a time, the column of the one unit.",
        ),
        "sequence-for-unit": Mistake(
            right="f[:, unit] = value",
            wrong="f[unit] = value",
            hint="Your intervention holds a row of f, all units of one sequence: "
            "a unit is a column.",
        ),
        "held-from-the-first-step": Mistake(
            right="if t < start:",
            wrong="if False:",
            hint="Your gate is held from the first step: before start it stands "
            "as the model sets it.",
        ),
        "held-at-one-step-only": Mistake(
            right="if t < start:",
            wrong="if t != start:",
            hint="Your gate is held at one step only: hold it from start to the end.",
        ),
        "held-a-step-early": Mistake(
            right="if t < start:",
            wrong="if t < start - 1:",
            hint="Your gate is held one step early: steps count from 0, and step "
            "start is the first that is held.",
        ),
        "held-a-step-late": Mistake(
            right="if t < start:",
            wrong="if t <= start:",
            hint="Your gate is held one step late: at step start it is held already.",
        ),
        "held-until-instead-of-from": Mistake(
            right="if t < start:",
            wrong="if t >= start:",
            hint="Your gate is held until start: it is to be held from there on.",
        ),
        "held-before-the-sigmoid": Mistake(
            right="f[:, unit] = value",
            wrong="f[:, unit] = sigmoid(np.array(value))",
            hint="Your value goes through the sigmoid: hold the gate itself, not "
            "what it is made of.",
        ),
        "input-gate-held": Mistake(
            right="f = gates.f.copy()\n        f[:, unit] = value\n"
            "        return gates._replace(f=f)",
            wrong="f = gates.i.copy()\n        f[:, unit] = value\n"
            "        return gates._replace(i=f)",
            hint="Your intervention holds the input gate: the blocks stand in the "
            "order i, f, g, o.",
        ),
        "nothing-held": Mistake(
            right="f[:, unit] = value",
            wrong="pass",
            hint="Your h is that of the run without intervention: the gate must be "
            "changed before c is made of it, and change must return it changed.",
        ),
        "cell-set-instead": Mistake(
            right="f = gates.f.copy()\n        f[:, unit] = value\n"
            "        return gates._replace(f=f)",
            wrong="i, f, g, o = (gate.copy() for gate in gates)\n"
            "        i[:, unit], f[:, unit], g[:, unit] = 1, 0, value\n"
            "        return LSTMGates(i, f, g, o)",
            hint="Your intervention sets the cell itself: hold the gate f, and c "
            "follows.",
        ),
        "input-gate-shut-too": Mistake(
            right="return gates._replace(f=f)",
            wrong="return gates._replace(f=f, i=np.where("
            "np.arange(f.shape[1]) == unit, 0, gates.i))",
            hint="Your intervention shuts the input gate, too: here f alone is held.",
        ),
        "cells-returned": Mistake(
            right="outputs, _ = forward_with(x",
            wrong="_, outputs = forward_with(x",
            hint="Your result is c after every step: forward_with returns h "
            "first, then c.",
        ),
        "gates-of-the-run-before": Mistake(
            right="outputs, _ = forward_with(x, params, change)",
            wrong="_, _, run = lstm_forward(x, params)\n"
            "    outputs, _ = forward_with(x, params, lambda t, gates: "
            "change(t, LSTMGates(*(gate[:, t] for gate in run.gates))))",
            hint="Your other gates are those of the run without intervention: "
            "once h has changed, all gates must be computed from the new h.",
        ),
        "gate-multiplied": Mistake(
            right="f[:, unit] = value",
            wrong="f[:, unit] *= value",
            hint="Your gate is multiplied by the value: held at a value means set "
            "to it.",
        ),
    },
    hints=(
        "Take the loop over the steps: compute all gates from x and the present "
        "h, then change the one, then let c and h follow. With forward_with: return "
        "the gates from change at every step, also where you leave them alone.",
        "With forward_with: change(t, gates) returns gates before start, and "
        "gates._replace(f=f) afterwards, f a copy with f[:, unit] = value.",
    ),
    reasoning="The change is made after the gates are computed and before they "
    "work, at every step from `start` on. From there all else may answer: the "
    "unit's new $h$ goes through $U$ into the gates of all units, and that is part "
    "of the effect.",
)


# same_picture -------------------------------------------------------------------


def same_picture() -> tuple[str, ...]:
    """Return a letter for each of four changes: what of an LSTM do they leave alike?

    "a": map of gates and verdict; "b": the map alone; "c": the verdict; "d": neither.
    """
    rng = np.random.default_rng(12)
    B, T, D, H = 2, 7, 3, 4
    x, w = rng.normal(size=(B, T, D)), rng.normal(size=H)
    sizes = (D, 4 * H), (H, 4 * H), 4 * H
    params = LSTMParams(*(rng.normal(size=size) for size in sizes))

    order = np.array([2, 0, 3, 1])  # the units, numbered anew
    columns = (np.arange(4)[:, None] * H + order).ravel()
    kernel, recurrent_kernel, bias = (array[..., columns] for array in params)
    renumbered = LSTMParams(kernel, recurrent_kernel[order], bias)

    sign = np.array([-1, 1, 1, 1])  # unit 0 says the opposite
    g = np.concatenate([np.ones(2 * H), sign, np.ones(H)])
    kernel, recurrent_kernel, bias = (array * g for array in params)
    turned = LSTMParams(kernel, recurrent_kernel * sign[:, None], bias)

    changed = [
        (x, params, -w),  # 1. the head turned round
        (x, renumbered, w[order]),  # 2. the units numbered anew
        (x, turned, w * sign),  # 3. one unit turned round
        (x[:, ::-1], params, w),  # 4. the words read from the end
    ]
    gates, verdict = look_at(x, params, w)
    letters = []
    for new in changed:
        new_gates, new_verdict = look_at(*new)
        picture = np.allclose(new_gates, gates)
        judged = np.allclose(new_verdict, verdict)
        letters.append("dcba"[2 * picture + judged])
    return tuple(letters)


def letter_by_letter(answer: object) -> object:
    """Return the letters of "abcd" one by one; anything else as it is."""
    return tuple(answer) if isinstance(answer, str) else answer


def look_at(x: Array, params: LSTMParams, w: Array) -> tuple[Array, Array]:
    """Return the map of i, f and o, and the verdict after the last word."""
    outputs, _, trace = lstm_forward(x, params)
    i, f, _, o = trace.gates
    return np.stack([i, f, o]), sigmoid(outputs[:, -1] @ w)


SAME_PICTURE = Exercise(
    able="say what a picture of gates does not show",
    solution=same_picture,
    confirmed="so it comes out on a small LSTM with random weights",
    view=letter_by_letter,
    parts={"change 1": "", "change 2": "", "change 3": "", "change 4": ""},
    mistakes={
        "verdict-read-off-the-picture": Mistake(
            right="2 * picture + judged",
            wrong="3 * picture",
            hint="Your answer lets the verdict go with the picture: which weights "
            "does the map not show, and what does the sum of the votes not care "
            "about?",
        ),
        "head-not-renumbered": Mistake(
            right="w[order]",
            wrong="w",
            hint="Your change 2 leaves the head as it was: its weights move along "
            "with the units, and so do the rows of U.",
        ),
        "map-without-rows": Mistake(
            right="picture = np.allclose(new_gates, gates)",
            wrong="picture = np.allclose(np.sort(new_gates), np.sort(gates))",
            hint="Your change 2 leaves the map as it was: its rows are the units, "
            "and they stand in another order now.",
        ),
        "gates-hear-the-turned-unit": Mistake(
            right="recurrent_kernel * sign[:, None]",
            wrong="recurrent_kernel",
            hint="Your change 3 lets the gates hear the unit's new sign: with its "
            "row of U turned, too, h' U is what it was.",
        ),
        "vote-of-the-turned-unit": Mistake(
            right="w * sign",
            wrong="w",
            hint="Your change 3 turns the unit's vote: its weight in the head is "
            "turned as well, and minus times minus is plus.",
        ),
    },
    hints=(
        "For each change ask twice: do i, f and o get other numbers at any place "
        "of the map? And does h w, added up over all units, change?",
        "1: the head stands outside the map. 2: the same rows in another order, "
        "the same sum. 3: each sign is turned twice on every way. 4: an LSTM reads "
        "in order.",
    ),
    reasoning="The map shows neither the head nor the candidate: the first change "
    "turns every verdict round and leaves no trace in it. The units have no order "
    "and no sign of their own: the second and the third give the same model, which "
    "is why unit 0 of another seed may say the opposite. Only the fourth is seen "
    "in both.",
)


EXERCISES: dict[str, Exercise] = {
    "half_life": HALF_LIFE,
    "follow_the_verdict": FOLLOW_THE_VERDICT,
    "hold_a_gate": HOLD_A_GATE,
    "same_picture": SAME_PICTURE,
}
