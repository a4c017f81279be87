"""The exercises of lesson 08: what a layer hands on, and stacks of layers."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator

from lstm_course.arrays.shapes import Array
from lstm_course.checker.exercise import Cases, Exercise, Quiz
from lstm_course.checker.plain_form import Refusal, Untouched
from lstm_course.checker.planting import Mistake
from lstm_course.layers.fused.lstm import LSTMTrace
from lstm_course.layers.lstm import LSTMParams, LSTMState, lstm_forward
from lstm_course.layers.parameters import count_parameters
from lstm_course.layers.unroll import PlainTrace

# choose_outputs -----------------------------------------------------------------

_ABOVE = {
    "lstm": "Another LSTM stands above it.",
    "dense once": "Above it a dense layer is to give one answer for each sequence.",
    "dense always": "Above it a dense layer is to give an answer at each step.",
}


def choose_outputs(
    above: str, goes_on: bool, batch: int, steps: int, units: int
) -> tuple[bool, bool, tuple[int, ...]]:
    """Return return_sequences and return_state, by who needs what, and the shape."""
    sequences = above in {"lstm", "dense always"}
    state = goes_on
    shape = (batch, steps, units) if sequences else (batch, units)
    return sequences, state, shape


def draw_wish(rng: Generator) -> tuple[str, bool, int, int, int]:
    """Draw what stands above a layer, whether its reading goes on later, and sizes."""
    wishes = [(above, goes_on) for above in _ABOVE for goes_on in (False, True)]
    above, goes_on = wishes[int(rng.permutation(6)[0])]
    units, steps = (int(size) for size in rng.permutation(range(5, 13))[:2])
    return above, goes_on, int(rng.choice([16, 32, 64])), steps, units


def ask_for_outputs(
    above: str, goes_on: bool, batch: int, steps: int, units: int
) -> str:
    """Return the question."""
    later = "Another time the layer is to read on from where it stopped."
    only = "Nothing else is wanted of it."
    return (
        f"An LSTM({units}) reads {batch} sequences of {steps} steps.\n"
        f"{_ABOVE[above]} {later if goes_on else only}\n"
        "Choose, and say what comes: (return_sequences, return_state, shape of the "
        "outputs), the first two True or False."
    )


def derive_outputs(
    above: str, goes_on: bool, batch: int, steps: int, units: int
) -> str:
    """Return why, and what comes out."""
    sequences, state, shape = choose_outputs(above, goes_on, batch, steps, units)
    reader = {
        "lstm": "An LSTM reads all steps",
        "dense once": "A single answer comes of the last h alone",
        "dense always": "Answers at each step need h at each step",
    }[above]
    going_on = (
        f"To read on, both states are needed, h and c, ({batch}, {units}) each"
        if state
        else "Nobody asks for the states: without them there is a single result"
    )
    return (
        f"{reader}, {shape}: return_sequences={sequences}.\n"
        f"{going_on}: return_state={state}."
    )


def shape_in_words(answer: Any) -> Any:
    """Return the third part, a shape, as text, so that it is compared as a whole."""
    if isinstance(answer, tuple | list) and len(answer) == 3:
        return [*answer[:2], _in_words(answer[2])]
    return answer


CHOOSE_OUTPUTS = Quiz(
    able="choose `return_sequences` and `return_state`",
    solution=choose_outputs,
    draw=draw_wish,
    question=ask_for_outputs,
    derivation=derive_outputs,
    view=shape_in_words,
    parts={"return_sequences": "", "return_state": "", "the shape": ""},
    hints=(
        "Who reads what the layer hands up: every step of it, or the last? And does "
        "anybody need the states, to go on from them?",
        "",
    ),
    mistakes={
        "outputs-too-few-for-an-lstm": Mistake(
            right='in {"lstm", "dense always"}',
            wrong='in {"dense always"}',
            hint="Your layer hands its last step up alone, and the LSTM above has "
            "no time to walk along.",
        ),
        "outputs-too-few-for-each-step": Mistake(
            right='in {"lstm", "dense always"}',
            wrong='in {"lstm"}',
            hint="Your layer hands its last step up alone, but an answer is "
            "wanted at each step.",
        ),
        "outputs-too-many-for-one-answer": Mistake(
            right='in {"lstm", "dense always"}',
            wrong='in {"lstm", "dense always", "dense once"}',
            hint="Your layer hands all steps up, so the dense layer answers at "
            "each of them, not once.",
        ),
        "outputs-state-forgotten": Mistake(
            right="state = goes_on",
            wrong="state = False",
            hint="Your layer keeps its state to itself: c cannot be had from the "
            "outputs, and to read on it is needed.",
        ),
        "outputs-state-for-nobody": Mistake(
            right="state = goes_on",
            wrong="state = True",
            hint="Your layer hands out its state, and nobody wants it: to go up, "
            "the outputs are enough.",
        ),
        "outputs-of-the-other-choice": Mistake(
            right="if sequences else (batch, units)",
            wrong="if not sequences else (batch, units)",
            hint="Your shape does not go with return_sequences: with it, h of every "
            "step comes out, without it the last h alone.",
        ),
        "outputs-steps-first": Mistake(
            right="(batch, steps, units) if sequences",
            wrong="(steps, batch, units) if sequences",
            hint="Your steps stand before the batch: in Keras the batch comes first.",
        ),
        "outputs-both-upside-down": Mistake(
            right="return sequences, state, shape",
            wrong="return not sequences, not state, (batch, units) if sequences else "
            "(batch, steps, units)",
            hint="Your choices are both the wrong way round. Ask first who reads "
            "the outputs, then who goes on from the state; return_sequences comes "
            "first.",
        ),
    },
    reasoning="Two questions, and they have nothing to do with each other. Does "
    "what stands above read every step, or the last one? And does anybody go on "
    "from the state?",
)


# stack_shapes -------------------------------------------------------------------


class Sizes(NamedTuple):
    """Of a stack: embedding, two LSTMs, dense layer."""

    batch: int
    steps: int
    features: int  # of the embedding
    lower: int
    lower_hands_up_all: bool
    upper: int
    upper_hands_up_all: bool
    outputs: int


Shape = tuple[int, ...] | str


def stack_shapes(sizes: Sizes) -> tuple[Shape, Shape, Shape, Shape]:
    """Return the shape of each layer's output; "error" from where it cannot go on."""
    B, T, D, H_1, lower_all, H_2, upper_all, K = sizes
    batch, steps = (B,), (B, T)
    embedding = (*steps, D)
    if not lower_all:
        first: Shape = (*batch, H_1)
        return embedding, first, "error", "error"
    first = (*steps, H_1)
    second = (*steps, H_2) if upper_all else (*batch, H_2)
    dense = (*second[:-1], K)
    return embedding, first, second, dense


def draw_sizes(rng: Generator) -> tuple[Sizes]:
    """Draw the sizes of a stack, no two of them alike."""
    B, T = int(rng.choice([16, 32, 64])), int(rng.choice([20, 50, 100]))
    D, H_1, H_2 = (int(size) for size in rng.permutation([4, 6, 8, 10, 12])[:3])
    choices = [(True, True), (False, False), (False, True), (True, False)]
    lower_all, upper_all = choices[int(rng.permutation(4)[0])]
    return (Sizes(B, T, D, H_1, lower_all, H_2, upper_all, int(rng.integers(2, 4))),)


def ask_for_shapes(sizes: Sizes) -> str:
    """Return the question."""
    B, T, D, H_1, lower_all, H_2, upper_all, K = sizes
    return (
        f"A batch of {B} reviews, {T} words each, goes into:\n"
        f"  Embedding(500, {D})\n"
        f"  LSTM({H_1}{', return_sequences=True' * lower_all})\n"
        f"  LSTM({H_2}{', return_sequences=True' * upper_all})\n"
        f"  Dense({K})\n"
        'The shape of each layer\'s output? Where none can come out: "error".'
    )


def derive_shapes(sizes: Sizes) -> str:
    """Return the shapes, each with the reason."""
    B, T, _, H_1, lower_all, _, upper_all, _ = sizes
    embedding, first, second, dense = stack_shapes(sizes)

    def steps(all_steps: bool) -> str:
        return "h of every step" if all_steps else "the last h alone"

    lines = [
        f"Embedding  {embedding}: a vector for each word",
        f"LSTM       {first}: {steps(lower_all)}",
    ]
    if lower_all:
        answers = "an answer at each step" if upper_all else "one answer a sequence"
        lines += [
            f"LSTM       {second}: {steps(upper_all)}",
            f"Dense      {dense}: {answers}",
        ]
    else:
        lines += [
            f"LSTM       error: it wants 3 axes, such as ({B}, {T}, {H_1}), gets 2",
            "Dense      error: nothing reaches it",
        ]
    return "\n".join(lines)


def in_words(answer: Any) -> Any:
    """Return shapes as texts, so that they are compared as a whole."""
    if not isinstance(answer, tuple | list | dict):
        return answer
    parts = answer.values() if isinstance(answer, dict) else answer
    return [_in_words(part) for part in parts]


def _in_words(shape: Any) -> Any:
    if isinstance(shape, str):
        return ", ".join(size.strip() for size in shape.split(","))
    if not isinstance(shape, tuple | list | np.ndarray):
        return shape if shape is ... else str(shape)
    if any(size is ... for size in shape):
        return ...
    whole = (
        int(size) if isinstance(size, int | np.integer) else size for size in shape
    )
    return str(tuple(whole))


STACK_SHAPES = Quiz(
    able="say every shape in a stack",
    solution=stack_shapes,
    draw=draw_sizes,
    question=ask_for_shapes,
    derivation=derive_shapes,
    view=in_words,
    parts=dict.fromkeys(["embedding", "first LSTM", "second LSTM", "dense"], ""),
    hints=(
        "Go up layer by layer. Does this one get (B, T, …), and does it hand up every "
        "step or the last one alone?",
        "",
    ),
    mistakes={
        "shapes-missing-axis-unnoticed": Mistake(
            right='first, "error", "error"',
            wrong="first, (B, H_2), (B, K)",
            hint="Your second LSTM reads what has no time axis: below an LSTM all "
            "steps are wanted.",
        ),
        "shapes-time-out-of-nothing": Mistake(
            right='first, "error", "error"',
            wrong="first, *((B, T, H_2) if upper_all else (B, H_2),"
            " (B, T, K) if upper_all else (B, K))",
            hint="Your second LSTM has all steps again, but the first one handed "
            "its last step up alone.",
        ),
        "shapes-error-in-the-wrong-layer": Mistake(
            right='first, "error", "error"',
            wrong='"error", "error", "error"',
            hint="Your first LSTM fails already: it can read the embedding well, "
            "and puts something out. Who cannot read that?",
        ),
        "shapes-dense-after-an-error": Mistake(
            right='first, "error", "error"',
            wrong='first, "error", (B, K)',
            hint="Your dense layer answers, though nothing reaches it from the "
            "layer below.",
        ),
        "shapes-first-hands-up-all-always": Mistake(
            right="if not lower_all:",
            wrong="if False:",
            hint="Your first LSTM hands all steps up: without return_sequences it "
            "is the last h alone. Can the second one read that?",
        ),
        "shapes-last-step-always": Mistake(
            right="(*steps, H_2) if upper_all else (*batch, H_2)",
            wrong="(B, H_2)",
            hint="Your second LSTM hands its last step up alone: "
            "return_sequences=True keeps the time axis.",
        ),
        "shapes-all-steps-always": Mistake(
            right="(*steps, H_2) if upper_all else (*batch, H_2)",
            wrong="(B, T, H_2)",
            hint="Your second LSTM hands all steps up: without return_sequences "
            "it is the last h alone.",
        ),
        "shapes-one-step-kept": Mistake(
            right="(*steps, H_2) if upper_all else (*batch, H_2)",
            wrong="(*steps, H_2) if upper_all else (B, 1, H_2)",
            hint="Your second LSTM keeps an axis for its single step: the last h "
            "has two axes.",
        ),
        "shapes-dense-always-once": Mistake(
            right="(*second[:-1], K)",
            wrong="(B, K)",
            hint="Your dense layer answers once, but it is given all steps: it "
            "answers at each of them.",
        ),
        "shapes-embedding-is-its-table": Mistake(
            right="embedding = (*steps, D)",
            wrong="embedding = (500, D)",
            hint="Your embedding is its table of weights: what it puts out is a "
            "vector for each word of each review.",
        ),
        "shapes-steps-before-the-batch": Mistake(
            right="(B,), (B, T)",
            wrong="(B,), (T, B)",
            hint="Your steps stand before the batch, as PyTorch has them unless "
            "told otherwise: here the batch comes first.",
        ),
        "shapes-without-the-batch": Mistake(
            right="(B,), (B, T)",
            wrong="(), (T,)",
            hint="Your shapes leave the batch out: it stands in front of each.",
        ),
        "shapes-none-for-the-batch": Mistake(
            right="(B,), (B, T)",
            wrong="(None,), (None, T)",
            hint="Your shapes have None for the batch, as a summary has: here its "
            "size is known.",
        ),
        "shapes-features-handed-through": Mistake(
            right="first = (*steps, H_1)",
            wrong="first = (*steps, D)",
            hint="Your first LSTM hands up as many numbers as it reads: it hands "
            "up its units.",
        ),
    },
    reasoning="From below, one axis after the other. $B$ never changes. $T$ lives "
    "as long as `return_sequences` keeps it, and an LSTM cannot do without it. The "
    "last axis is the size of the layer, whatever it has read.",
)


# stack_forward ------------------------------------------------------------------


def stack_forward(
    x: Array,
    lower: LSTMParams,
    upper: LSTMParams,
    states: tuple[LSTMState, LSTMState],
) -> tuple[Array, tuple[LSTMState, LSTMState]]:
    """Return the outputs of the upper layer, and the states of both to go on from."""
    first, second = states
    h_1, first, _ = lstm_forward(x, lower, initial_state=first)
    h_2, second, _ = lstm_forward(h_1, upper, initial_state=second)
    return h_2, (first, second)


def states_apart(answer: Any) -> Any:
    """Return an answer with its states in tuples: a list may be taken for an array."""
    if isinstance(answer, dict):
        answer = tuple(answer.values())
    if not isinstance(answer, tuple | list):
        return answer
    return *answer[:1], *map(_as_tuples, answer[1:])


def _as_tuples(value: Any) -> Any:
    if isinstance(value, LSTMTrace | PlainTrace):
        raise Refusal(
            "What you return has a trace in it, the last of what lstm_forward returns. "
            "Its state, the second of the three, holds h and c already."
        )
    return tuple(map(_as_tuples, value)) if isinstance(value, tuple | list) else value


def forward_cases() -> Cases:
    """Return what a stack with states is tried on."""
    rng = np.random.default_rng(8)

    def state(B: int, H: int) -> LSTMState:
        return LSTMState(rng.normal(size=(B, H)), rng.normal(size=(B, H)))

    def at(
        batch: int, steps: int, features: int, units: int, above: int
    ) -> tuple[Array, LSTMParams, LSTMParams, tuple[LSTMState, LSTMState]]:
        x = rng.normal(size=(batch, steps, features))
        layers = _weights(rng, features, units), _weights(rng, units, above)
        return x, *layers, (state(batch, units), state(batch, above))

    x, lower, upper, (first, second) = at(2, 4, 3, 5, 6)

    def zeros(state: LSTMState) -> LSTMState:
        return LSTMState(np.zeros_like(state.h), np.zeros_like(state.c))

    first_0, second_0 = zeros(first), zeros(second)
    no_c = first._replace(c=first_0.c), second._replace(c=second_0.c)
    return {
        "random numbers everywhere": (x, lower, upper, (first, second)),
        "as many features as units": at(2, 3, 4, 4, 4),
        "both states 0": (x, lower, upper, (first_0, second_0)),
        "c = 0 at the start": (x, lower, upper, no_c),
        "a single step": (x[:, :1], lower, upper, (first, second)),
    }


def _weights(rng: Generator, features: int, units: int) -> LSTMParams:
    shapes = (features, 4 * units), (units, 4 * units), (4 * units,)
    return LSTMParams(*(rng.normal(size=shape) for shape in shapes))


STACK_FORWARD = Exercise(
    able="choose `return_sequences` and `return_state`",
    solution=stack_forward,
    cases=forward_cases,
    view=states_apart,
    parts={
        "h_2": "B T H",
        "first.h": "B H",
        "first.c": "B H",
        "second.h": "B H",
        "second.c": "B H",
    },
    order=("first.h", "first.c", "h_2", "second.h", "second.c"),
    mistakes={
        "stack-without-states": Mistake(
            right="lower, initial_state=first)\n"
            "    h_2, second, _ = lstm_forward(h_1, upper, initial_state=second)",
            wrong="lower)\n    h_2, second, _ = lstm_forward(h_1, upper)",
            hint="Your stack begins with zeros: give each layer the state that it had.",
        ),
        "stack-h-alone": Mistake(
            right="first, second = states",
            wrong="first, second = [LSTMState(h, 0 * c) for h, c in states]",
            hint="Your layers go on from h alone: without c they have forgotten "
            "their long-term memory.",
        ),
        "stack-lower-begins-anew": Mistake(
            right="lower, initial_state=first",
            wrong="lower",
            hint="Your lower layer begins with zeros: it has a state to go on from.",
        ),
        "stack-upper-begins-anew": Mistake(
            right="upper, initial_state=second",
            wrong="upper",
            hint="Your upper layer begins with zeros: it has a state of its own.",
        ),
        "stack-upper-goes-on-from-below": Mistake(
            right="initial_state=second",
            wrong="initial_state=first",
            hint="Your upper layer begins with the lower one's last state: each "
            "layer goes on from its own.",
        ),
        "stack-last-step-goes-up": Mistake(
            right="lstm_forward(h_1, upper",
            wrong="lstm_forward(h_1[:, -1:], upper",
            hint="Your lower layer hands up its last step alone: the upper one "
            "reads all steps.",
        ),
        "stack-c-goes-up": Mistake(
            right="h_1, first, _ = lstm_forward(x, lower, initial_state=first)",
            wrong="_, first, trace = lstm_forward(x, lower, initial_state=first)\n"
            "    h_1 = trace.c",
            hint="Your upper layer reads c: only h goes up.",
        ),
        "stack-both-read-the-input": Mistake(
            right="lstm_forward(h_1, upper",
            wrong="lstm_forward(x, upper",
            hint="Your upper layer reads x: it reads the outputs of the lower one.",
        ),
        "stack-old-states-returned": Mistake(
            right="return h_2, (first, second)",
            wrong="return h_2, states",
            hint="Your function returns the states that it was given: those after "
            "the last step are wanted.",
        ),
        "stack-states-swapped": Mistake(
            right="return h_2, (first, second)",
            wrong="return h_2, (second, first)",
            hint="Your two states have changed places: the lower layer's comes first.",
        ),
        "stack-last-output-alone": Mistake(
            right="return h_2, (first",
            wrong="return h_2[:, -1], (first",
            hint="Your function returns the last output alone: those of all steps "
            "are wanted.",
        ),
        "stack-lower-outputs-returned": Mistake(
            right="return h_2, (first",
            wrong="return h_1, (first",
            hint="Your outputs are those of the lower layer.",
        ),
    },
    hints=(
        "Two calls of lstm_forward. Each returns its outputs, its state and a "
        "trace; each takes initial_state=…",
        "h_1, first, _ = lstm_forward(x, lower, initial_state=first). The second "
        "call is alike: which outputs does it read, which state is its own?",
    ),
    reasoning="To go *up*, all steps of $h$, and nothing else. To go *on*, each "
    "layer's own $h$ and $c$. In Keras' words: the lower layer has both "
    "`return_sequences` and `return_state`, and so has the upper one, if its "
    "outputs are wanted at each step.",
)


# repair_the_stack ---------------------------------------------------------------


def mended_stack(
    x: Array, lower: LSTMParams, upper: LSTMParams, kernel: Array, bias: Array
) -> Array:
    """Return one answer for each sequence, by two LSTMs and a dense layer."""
    h_1, _, _ = lstm_forward(x, lower)
    h_2, _, _ = lstm_forward(h_1, upper)
    answer: Array = h_2[:, -1] @ kernel + bias
    return answer


def stack_cases() -> Cases:
    """Return what a stack with one answer is tried on."""
    rng = np.random.default_rng(80)

    def at(batch: int, steps: int, *sizes: int) -> tuple[Any, ...]:
        features, units, above, outputs = sizes
        return (
            rng.normal(size=(batch, steps, features)),
            _weights(rng, features, units),
            _weights(rng, units, above),
            rng.normal(size=(above, outputs)),
            rng.normal(size=outputs),
        )

    return {
        "random numbers everywhere": at(2, 4, 3, 5, 6, 1),
        "as many features as units": at(3, 5, 4, 4, 4, 2),
        "a single step": at(2, 1, 3, 5, 6, 1),
        "as many sequences as steps": at(4, 4, 3, 5, 6, 1),
    }


REPAIR_THE_STACK = Exercise(
    able="repair a broken one",
    solution=mended_stack,
    cases=stack_cases,
    parts={"the answer": "B K"},
    given=("mended-one-step-goes-up", "mended-answer-at-each-step"),
    mistakes={
        "mended-one-step-goes-up": Mistake(
            right="lstm_forward(h_1, upper)",
            wrong="lstm_forward(h_1[:, -1:], upper)",
            hint="The upper LSTM reads a single step, so that it has nothing to "
            "remember: hand all steps up to it.",
        ),
        "mended-answer-at-each-step": Mistake(
            right="h_2[:, -1] @ kernel",
            wrong="h_2 @ kernel",
            hint="The dense layer answers at each step: one answer for a sequence "
            "comes of the last step alone.",
        ),
        "mended-axis-kept": Mistake(
            right="h_2[:, -1] @ kernel",
            wrong="h_2[:, -1:] @ kernel",
            hint="The answer has an axis of size 1 left: -1: cuts a piece out, -1 "
            "takes the step itself.",
        ),
        "mended-squeezed": Mistake(
            right="answer: Array = h_2[:, -1] @ kernel + bias",
            wrong="answer: Array = (h_2[:, -1:] @ kernel + bias).squeeze()",
            hint="The answer has lost too much: squeeze takes every axis of size 1 "
            "away, also that of a single output. Take the last step itself.",
        ),
        "mended-c-answers": Mistake(
            right="h_2, _, _ = lstm_forward(h_1, upper)\n"
            "    answer: Array = h_2[:, -1] @ kernel",
            wrong="_, state, _ = lstm_forward(h_1, upper)\n"
            "    answer: Array = state.c @ kernel",
            hint="The dense layer reads c: only h goes up.",
        ),
        "mended-whole-state-answers": Mistake(
            right="h_2, _, _ = lstm_forward(h_1, upper)\n"
            "    answer: Array = h_2[:, -1] @ kernel",
            wrong="_, state, _ = lstm_forward(h_1, upper)\n"
            "    answer: Array = np.stack(state) @ kernel",
            hint="The dense layer reads the whole state, h and c: only h goes up.",
        ),
        "mended-last-step-dropped": Mistake(
            right="lstm_forward(h_1, upper)",
            wrong="lstm_forward(h_1[:, :-1], upper)",
            hint="The answer knows nothing of the last step: :-1 is all steps but "
            "the last.",
        ),
        "mended-first-step": Mistake(
            right="h_2[:, -1] @ kernel",
            wrong="h_2[:, 0] @ kernel",
            hint="The dense layer reads the first step, when hardly anything has "
            "been read yet.",
        ),
        "mended-last-sequence": Mistake(
            right="h_2[:, -1] @ kernel",
            wrong="h_2[-1] @ kernel",
            hint="The dense layer reads the last sequence of the batch: time is "
            "the second axis.",
        ),
        "mended-mean-of-the-steps": Mistake(
            right="h_2[:, -1] @ kernel",
            wrong="h_2.mean(axis=1) @ kernel",
            hint="The dense layer reads the mean of all steps: here the last one "
            "is wanted.",
        ),
        "mended-answers-averaged": Mistake(
            right="answer: Array = h_2[:, -1] @ kernel + bias",
            wrong="answer: Array = (h_2 @ kernel + bias).sum(axis=1)",
            hint="The answers of all steps are added up: the last step's is wanted.",
        ),
        "mended-lower-goes-to-the-dense": Mistake(
            right="lstm_forward(h_1, upper)",
            wrong="lstm_forward(x, upper)",
            hint="The upper LSTM reads x: it reads what the lower one hands up.",
        ),
        "mended-state-goes-up": Mistake(
            right="h_1, _, _ = lstm_forward(x, lower)\n"
            "    h_2, _, _ = lstm_forward(h_1, upper)",
            wrong="h_1, state, _ = lstm_forward(x, lower)\n"
            "    h_2, _, _ = lstm_forward(h_1, upper, initial_state=state)",
            hint="The upper LSTM begins with the state of the lower one: only h "
            "goes up, step by step; the upper one begins with zeros of its own.",
        ),
        "mended-c-goes-up": Mistake(
            right="h_1, _, _ = lstm_forward(x, lower)",
            wrong="_, _, trace = lstm_forward(x, lower)\n    h_1 = trace.c",
            hint="The upper LSTM reads c: only h goes up.",
        ),
    },
    hints=(
        "Write the shape behind each line. Where does the time axis shrink, and "
        "where should it?",
        "Below an LSTM, all steps: h_1 goes up as it is. Below a dense layer that "
        "answers once, only the last: h_2[:, -1].",
    ),
    reasoning="Two wrongs that did not even cancel: the time axis was cut below "
    "the upper LSTM, where it is needed, and kept above it, where it is not. "
    "Nothing complained, for an axis of size 1 fits everywhere.",
)


# rebuild_the_model --------------------------------------------------------------


def rebuilt_model() -> list[tuple[Any, ...]]:
    """Return the layers: what they are, their size, and whether all steps go up."""
    features = 912 // (4 * 12) - 12 - 1
    all_steps = [True, True, False]
    lstms = zip(["LSTM"] * 3, [12, 6, 10], all_steps, strict=True)
    return [("Input", (30, features)), *lstms, ("Dense", 2)]


def summary(answer: Any) -> Any:
    """Return a line for each layer as Keras' summary has it, however it is given.

    An answer is a list of Keras' layers, a Sequential model, or what the solution
    returns. Keras is not called: only attributes are read.
    """
    layers = getattr(answer, "layers", answer)
    if not isinstance(layers, tuple | list):
        return answer
    if layers is not answer and not any(hasattr(one, "batch_shape") for one in layers):
        shape = getattr(answer, "input_shape", None)
        if shape is None:
            raise Refusal("Your model knows no input: keras.Input((…)) comes first.")
        layers = [("Input", tuple(shape)[1:]), *layers]
    return list(_lines([_plain(layer) for layer in layers]))


def _plain(layer: Any) -> tuple[Any, ...]:
    """Return a layer of Keras as the solution would give it."""
    if isinstance(layer, tuple) and isinstance(layer[0], str):
        return layer
    if layer is ...:
        raise Untouched
    if hasattr(layer, "return_sequences"):
        name = type(layer).__name__ + ", with its state" * layer.return_state
        return name, layer.units, layer.return_sequences
    if hasattr(layer, "units"):
        return type(layer).__name__, layer.units
    if hasattr(layer, "batch_shape"):  # layers.InputLayer
        return "Input", tuple(layer.batch_shape)[1:]
    if hasattr(layer, "shape"):
        return "Input", tuple(layer.shape)[1:]
    if hasattr(layer, "count_params") and not isinstance(layer, type):
        return (type(layer).__name__,)
    what = layer.__name__ if isinstance(layer, type) else repr(layer)
    raise Refusal(
        f"Your list holds {what}, no layer of Keras: it wants layers.LSTM(…)."
    )


def _lines(layers: list[tuple[Any, ...]]) -> Iterator[str]:
    shape: tuple[Any, ...] = ()  # without the batch; empty where nothing comes out
    for name, *settings in layers:
        if name == "Input":
            [shape] = settings
            yield f"Input {(None, *shape)}"
        elif not settings or not shape:
            yield f"{name} error"
            shape = ()
        elif len(settings) == 2 and len(shape) != 2:
            yield f"{name} error: it gets {(None, *shape)}"
            shape = ()
        else:
            *steps, features = shape
            units, all_steps = (*settings, True)[:2]
            kinds = {"LSTM": "lstm", "GRU": "gru", "SimpleRNN": "rnn"}
            cell = kinds.get(name.split(",")[0])
            count = (features + 1) * units
            if cell:
                count = count_parameters(cell, features, units)
            shape = (*(steps if all_steps else ()), units)
            yield f"{name} {(None, *shape)} {count}"


REBUILD_THE_MODEL = Exercise(
    able="say every shape in a stack",
    solution=rebuilt_model,
    view=summary,
    confirmed="these layers give this summary, line by line",
    parts=dict.fromkeys(
        ["input", "first LSTM", "second LSTM", "third LSTM", "dense"], ""
    ),
    mistakes={
        "rebuilt-first-without-sequences": Mistake(
            right="[True, True, False]",
            wrong="[False, True, False]",
            hint="Your stack does not build: what does the second LSTM get to read?",
        ),
        "rebuilt-second-without-sequences": Mistake(
            right="[True, True, False]",
            wrong="[True, False, False]",
            hint="Your stack does not build: what does the third LSTM get to read?",
        ),
        "rebuilt-all-with-sequences": Mistake(
            right="[True, True, False]",
            wrong="[True, True, True]",
            hint="Your third LSTM hands all steps up: in the summary it has two axes.",
        ),
        "rebuilt-bias-counted-as-a-feature": Mistake(
            right="- 12 - 1",
            wrong="- 12",
            hint="Your input has a feature too many: the bias is no feature.",
        ),
        "rebuilt-units-counted-as-features": Mistake(
            right="- 12 - 1",
            wrong="- 1",
            hint="Your input has the units among its features: subtract them.",
        ),
        "rebuilt-nothing-subtracted": Mistake(
            right="- 12 - 1",
            wrong="+ 0",
            hint="Your input has units and bias among its features: subtract them.",
        ),
        "rebuilt-units-taken-for-features": Mistake(
            right="912 // (4 * 12) - 12 - 1",
            wrong="12",
            hint="Your input has 12 features: these are the units of the first LSTM, "
            "H. D is what the 912 leave for it: 4 H (D + H + 1) = 912.",
        ),
        "rebuilt-one-kernel-for-four": Mistake(
            right="912 // (4 * 12)",
            wrong="912 // 12",
            hint="Your input has too many features: the 912 are for three gates "
            "and a candidate, so divide by 4, too.",
        ),
        "rebuilt-steps-left-out": Mistake(
            right="(30, features)",
            wrong="(features,)",
            hint="Your input is a single step: keras.Input takes (steps, features).",
        ),
        "rebuilt-batch-in-the-input": Mistake(
            right="(30, features)",
            wrong="(None, 30, features)",
            hint="Your input has the batch in it: keras.Input takes (steps, "
            "features), and puts the batch in front by itself.",
        ),
        "rebuilt-steps-and-features-swapped": Mistake(
            right="(30, features)",
            wrong="(features, 30)",
            hint="Your input has its axes the wrong way round: (steps, features).",
        ),
    },
    hints=(
        "Which LSTMs keep the axis of 30? Their shapes tell. And the features of "
        "the input: lesson 06 reads them back from the first count.",
        "Features: count / (4 H) - H - 1. All steps go up where the summary has "
        "three axes.",
    ),
    reasoning="The shapes tell the units and where the time axis ends: the third "
    "LSTM is the first without `return_sequences=True`. The one thing that no "
    "shape tells is the features of the input; the first count does, as in "
    "lesson 06. As Keras' layers: `keras.Input((30, 6))`, `layers.LSTM(12, "
    "return_sequences=True)`, `layers.LSTM(6, return_sequences=True)`, "
    "`layers.LSTM(10)`, `layers.Dense(2)`.",
)


EXERCISES: dict[str, Exercise] = {
    "choose_outputs": CHOOSE_OUTPUTS,
    "stack_shapes": STACK_SHAPES,
    "stack_forward": STACK_FORWARD,
    "repair_the_stack": REPAIR_THE_STACK,
    "rebuild_the_model": REBUILD_THE_MODEL,
}
