"""The mistakes that people really make in recurrent networks, each with a hint.

A mistake is a line of the course's own code and what stands there instead. So it can be
planted: in the tests, which have to notice it, and to compute what a learner gets who
has made it, so that an exercise can name it.
"""

import importlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import FunctionType
from typing import Any, NamedTuple


class Mistake(NamedTuple):
    """One mistake in one function of the package."""

    name: str
    function: str  # with its module in the package: "layers.lstm.lstm_step"
    right: str  # a piece of its source that stands there once, mostly one line
    wrong: str  # what stands there instead
    hint: str  # one sentence to the learner: which mistake it is, and where to look

    @property
    def module(self) -> str:
        """The full name of the module that its function stands in."""
        return f"lstm_course.{self.function.rpartition('.')[0]}"


# function: {name: (right, wrong, hint)}
_TABLE = {
    "layers.rnn.rnn_step": {
        "rnn-state-not-carried": (
            "x_t @ params.kernel + state.h @ params.recurrent_kernel",
            "x_t @ params.kernel",
            "Your step sees the input alone: add h' @ U, the part of the step before.",
        ),
        "rnn-recurrent-kernel-transposed": (
            "state.h @ params.recurrent_kernel",
            "state.h @ params.recurrent_kernel.T",
            "Your recurrent kernel is transposed: the product is h' @ U, as U stands.",
        ),
    },
    "layers.lstm.lstm_step": {
        "lstm-order-f-first": (
            "z_i, z_f, z_g, z_o = np.split",
            "z_f, z_i, z_g, z_o = np.split",
            "Your gates begin with f, as in many figures: here i is the first block.",
        ),
        "lstm-order-i-f-o-g": (
            "z_i, z_f, z_g, z_o = np.split",
            "z_i, z_f, z_o, z_g = np.split",
            "Your candidate and output gate have changed places: g is the third block.",
        ),
        "lstm-blocks-interleaved": (
            "np.split(z, 4, axis=-1)",
            "z.reshape(len(z), -1, 4).transpose(2, 0, 1)",
            "Your gates take every fourth column of z: each takes H side by side.",
        ),
        "lstm-output-reads-input-gate": (
            "o = sigmoid(z_o)",
            "o = sigmoid(z_i)",
            "Your output gate reads the input gate's weights: take the fourth block.",
        ),
        "lstm-gates-read-cell": (
            "state.h @ params.recurrent_kernel",
            "state.c @ params.recurrent_kernel",
            "Your gates look at the cell state c: the recurrent kernel multiplies h.",
        ),
        "lstm-bias-dropped": (
            "params.recurrent_kernel + params.bias",
            "params.recurrent_kernel",
            "Your gates have no bias: add it to the sum of the two products.",
        ),
        "lstm-bias-twice": (
            "+ params.bias",
            "+ 2 * params.bias",
            "Your bias is added twice, maybe once with each product: once is enough.",
        ),
        "lstm-forget-gate-upside-down": (
            "f = sigmoid(z_f)",
            "f = 1 - sigmoid(z_f)",
            "Your forget gate is upside down: despite its name, 1 keeps and 0 erases.",
        ),
        "lstm-candidate-sigmoid": (
            "g = np.tanh(z_g)",
            "g = sigmoid(z_g)",
            "Your candidate is a sigmoid: the three gates are, but g is a tanh.",
        ),
        "lstm-gate-tanh": (
            "o = sigmoid(z_o)",
            "o = np.tanh(z_o)",
            "Your output gate is a tanh: a gate says how much, 0 to 1, by a sigmoid.",
        ),
        "lstm-cell-not-carried": (
            "c = f * state.c + i * g",
            "c = i * g",
            "Your cell begins anew at each step: add f ⊙ c', what is kept of the old.",
        ),
        "lstm-cell-matrix-product": (
            "c = f * state.c + i * g",
            "c = np.sum(f * state.c, axis=1, keepdims=True) + g",
            "Your cell takes a matrix product and no input gate: c = f ⊙ c' + i ⊙ g.",
        ),
        "lstm-input-gate-left-out": (
            "c = f * state.c + i * g",
            "c = f * state.c + g",
            "Your cell takes in the whole candidate: the input gate says how much.",
        ),
        "lstm-forget-gate-left-out": (
            "c = f * state.c + i * g",
            "c = state.c + i * g",
            "Your cell keeps all it had, as the LSTM of 1997 did: it needs f ⊙ c'.",
        ),
        "lstm-tanh-forgotten": (
            "h = o * np.tanh(c)",
            "h = o * c",
            "Your output shows the cell as it is: o multiplies tanh(c).",
        ),
        "lstm-tanh-on-cell": (
            "c = f * state.c + i * g\n    h = o * np.tanh(c)",
            "c = np.tanh(f * state.c + i * g)\n    h = o * c",
            "Your tanh squashes the cell that is handed on: only h is made of tanh(c).",
        ),
        "lstm-h-and-c-swapped": (
            "LSTMState(h, c)",
            "LSTMState(c, h)",
            "Your new state has h and c in each other's place: h comes first.",
        ),
    },
    "layers.gru.gru_step": {
        "gru-order-r-first": (
            "z = sigmoid(x_z + h @ U_z + b_z)\n    r = sigmoid(x_r + h @ U_r + b_r)",
            "r = sigmoid(x_z + h @ U_z + b_z)\n    z = sigmoid(x_r + h @ U_r + b_r)",
            "Your gates begin with r, as in some libraries: here z is the first block.",
        ),
        "gru-z-upside-down": (
            "h = z * h + (1 - z) * n",
            "h = (1 - z) * h + z * n",
            "Your update gate is upside down: here z keeps h' and 1 - z lets n in.",
        ),
        "gru-one-minus-z-forgotten": (
            "h = z * h + (1 - z) * n",
            "h = z * h + n",
            "Your new state takes in the whole candidate: weigh it with 1 - z.",
        ),
        "gru-reset-left-out": (
            "np.tanh(x_n + r * (h @ U_n + b_n))",
            "np.tanh(x_n + (h @ U_n + b_n))",
            "Your candidate never meets the reset gate: r scales what comes from h'.",
        ),
        "gru-reset-on-input": (
            "np.tanh(x_n + r * (h @ U_n + b_n))",
            "np.tanh(r * x_n + (h @ U_n + b_n))",
            "Your reset gate scales what comes from x: it scales what comes from h'.",
        ),
        "gru-second-bias-dropped": (
            "b_z, b_r, b_n = np.split(b_h, 3)",
            "b_z, b_r, b_n = np.split(0 * b_h, 3)",
            "Your GRU has one bias: the second row of the two goes with h' @ U.",
        ),
        "gru-second-bias-outside-reset": (
            "np.tanh(x_n + r * (h @ U_n + b_n))",
            "np.tanh(x_n + r * (h @ U_n) + b_n)",
            "Your second bias stands outside the reset gate: r ⊙ (h' @ U_n + b'_n).",
        ),
        "gru-reset-before-for-after": (
            "np.tanh(x_n + r * (h @ U_n + b_n))",
            "np.tanh(x_n + (r * h) @ U_n + b_n)",
            "Your reset gate acts before U_n: with a bias of two rows it acts after.",
        ),
        "gru-reset-after-for-before": (
            "np.tanh(x_n + (r * h) @ U_n)",
            "np.tanh(x_n + r * (h @ U_n))",
            "Your reset gate acts after U_n: with a bias of one row it acts before.",
        ),
    },
    "layers.fused.columns.fill": {
        "batch-and-time-reshaped": (
            "inputs.transpose(1, 2, 0)",
            "inputs.reshape(steps, batch, features).swapaxes(1, 2)",
            "Your reshape mixes the sequences up: to turn axes round, transpose.",
        ),
        "initial-state-ignored": (
            "hidden[0] = 0 if start is None else start.h.T",
            "hidden[0] = 0",
            "Your sequence begins with zeros, although an initial state is given.",
        ),
        "go-backwards-turns-the-batch": (
            "inputs = inputs[:, ::-1]",
            "inputs = inputs[::-1]",
            "Your go_backwards turns the batch round: time is the second axis.",
        ),
        "mask-ignored": (
            "if mask is not None:",
            "if False:",
            "Your layer reads the padding: where the mask is False, carry the state.",
        ),
        "mask-inverted": (
            "carried = ~mask.T",
            "carried = mask.T",
            "Your mask is read the wrong way round: True marks a step that counts.",
        ),
        "mask-zeroes-inputs-only": (
            "carried = ~mask.T[:: -1 if go_backwards else 1, None]",
            "carried = None",
            "Your masked steps read zeros but still change the state: skip them.",
        ),
    },
    "layers.fused.columns.walk": {
        "state-not-carried": (
            "np.matmul(weights, column, slab)",
            "x, one = column[: -1 - len(hidden[0])], column[-1:]\n"
            "        np.matmul(weights, np.concatenate([x, hidden[0], one]), slab)",
            "Each of your steps begins with the initial state: hand the new one on.",
        ),
    },
    "layers.fused.columns.read_outputs": {
        "masked-outputs-zero": (
            "_some_step_counted(columns.carried)",
            "~columns.carried",
            "Your masked steps put out zeros: they repeat the last output.",
        ),
    },
    "layers.fused.columns.turn_round": {
        "final-state-gradient-ignored": (
            "0 if d_final_state is None else d_final_state.h.T",
            "0",
            "Your backward pass leaves out the final state's gradient: begin with it.",
        ),
    },
    "layers.fused.columns.walk_back": {
        "gradient-through-time-overwritten": (
            "dh += d_h[t]",
            "dh[...] = d_h[t]",
            "Your gradient of h loses what the later steps sent back: add to it.",
        ),
    },
    "layers.fused.columns.read_gradients": {
        "weight-gradient-of-one-step": (
            "np.tensordot(d_slabs, columns.values[:-1], axes",
            "np.tensordot(d_slabs[:1], columns.values[:1], axes",
            "Your weight gradients are those of one step: add up all steps with +=.",
        ),
    },
    "layers.rnn.rnn_backward": {
        "rnn-tanh-slope-not-squared": (
            "1 - h * h",
            "1 - h",
            "Your slope of tanh is 1 - h: with h = tanh(z) it is 1 - h².",
        ),
    },
    "layers.lstm.lstm_init": {
        "lstm-forget-bias-missing": (
            "[0, unit_forget_bias, 0, 0]",
            "[0, 0, 0, 0]",
            "Your forget gate's bias begins at 0: let the second block begin at 1.",
        ),
    },
    "layers.lstm.lstm_forward": {
        "lstm-masked-step-clears-cell": (
            "carry = np.repeat([0, 1, 0, 0]",
            "carry = np.repeat([0, 0, 0, 0]",
            "Your masked steps clear the cell: c is carried through them, like h.",
        ),
    },
    "layers.lstm.lstm_backward": {
        "lstm-sigmoid-slope-half": (
            "np.multiply(g * i, 1 - i,",
            "np.multiply(g, 1 - i,",
            "Your slope of the input gate is 1 - i: that of a sigmoid is i (1 - i).",
        ),
        "lstm-gradient-only-through-h": (
            "dc_t += dc",
            "pass",
            "Your gradient of c comes through h alone: add what the next c sends back.",
        ),
        "lstm-forget-path-unscaled": (
            "blocks[:, 0] = f",
            "blocks[:, 0] = 1",
            "Your gradient of c goes back a step unchanged: multiply it by f.",
        ),
    },
    "layers.gru.gru_backward": {
        "gru-z-gradient-of-one-term": (
            "np.multiply((before - n) * z,",
            "np.multiply(before * z,",
            "Your gradient of z misses a term: z is in z ⊙ h' and in (1 - z) ⊙ n.",
        ),
        "gru-direct-path-forgotten": (
            "turned, d_slabs, kept=z)",
            "turned, d_slabs, kept=None)",
            "Your gradient goes through the gates alone: h' also reaches h by z ⊙ h'.",
        ),
    },
    "layers.bidirectional.bidirectional_forward": {
        "bidirectional-not-turned-back": (
            "[there, back[:, ::-1]], axis=-1",
            "[there, back], axis=-1",
            "Your second direction's outputs stand last step first: turn them back.",
        ),
        "bidirectional-stacked": (
            "np.concatenate([there, back[:, ::-1]], axis=-1)",
            "np.stack([there, back[:, ::-1]], axis=-1).reshape(*there.shape[:2], -1)",
            "Your two directions are interleaved, unit by unit: concatenate them.",
        ),
    },
    "layers.embedding.embedding_backward": {
        "embedding-gradient-assigned": (
            "[np.bincount(ids, row.ravel(), minlength=size) for row in rows]",
            "np.zeros((len(rows), size))\n"
            "    sums[:, ids] = rows.reshape(len(rows), -1)",
            "Your gradient of a word is that of one place: where an id recurs, add.",
        ),
    },
    "layers.dropout.dropout_mask": {
        "dropout-not-rescaled": (
            "kept.astype(dtype) / np.asarray(1 - rate, dtype)",
            "kept.astype(dtype)",
            "Your dropout makes the inputs smaller on average: divide by 1 - rate.",
        ),
    },
    "training.sentiment.sentiment_forward": {
        "dropout-drawn-at-each-step": (
            "batch, width, config.dropout, x.dtype)",
            "x[..., 0].size, width, config.dropout, x.dtype).reshape(x.shape)",
            "Your dropout is drawn anew at each step: one mask serves all steps.",
        ),
    },
    "training.losses.binary_cross_entropy": {
        "loss-gradient-not-averaged": (
            "(sigmoid(logits) - labels) / len(logits)",
            "sigmoid(logits) - labels",
            "Your loss is a mean over the batch but its gradient a sum: divide by B.",
        ),
    },
    "training.optimizers.adam_update": {
        "adam-bias-correction-missing": (
            "learning_rate * np.sqrt(1 - beta_2**steps) / (1 - beta_1**steps)",
            "learning_rate",
            "Your running means begin at 0 and are too small at first: correct both.",
        ),
    },
    "data.text.pad_batch": {
        "truncated-at-the-wrong-end": (
            'ids[-length:] if truncating == "pre" else ids[:length]',
            'ids[:length] if truncating == "pre" else ids[-length:]',
            "Your long sequences are cut at the wrong end: 'pre' drops the beginning.",
        ),
        "padded-at-the-wrong-end": (
            'if padding == "pre" else',
            'if padding == "post" else',
            "Your zeros stand at the wrong end: 'pre' puts them before a sequence.",
        ),
    },
    "layers.parameters.count_parameters": {
        "count-without-recurrent-kernel": (
            "(input_dim + units + biases)",
            "(input_dim + biases)",
            "Your count leaves out the recurrent kernel: H × H for each block.",
        ),
        "count-of-one-block": (
            "_BLOCKS[cell] * units",
            "units",
            "Your count is that of one block: an LSTM has four and a GRU three.",
        ),
        "count-without-bias": (
            "input_dim + units + biases",
            "input_dim + units",
            "Your count leaves out the biases: H for each block.",
        ),
        "count-gru-with-one-bias": (
            '2 if cell == "gru" and reset_after else 1',
            "1",
            "Your count has one bias for the GRU: with reset_after there are two.",
        ),
    },
}

MISTAKES = tuple(
    Mistake(name, function, *row)
    for function, rows in _TABLE.items()
    for name, row in rows.items()
)


def find_function(function: str) -> Any:
    """Return a function of the package: "layers.lstm.lstm_step"."""
    module, _, name = f"lstm_course.{function}".rpartition(".")
    return getattr(importlib.import_module(module), name)


_source = cache(inspect.getsource)  # hundreds of pairs of mistakes have the same


@cache
def plant(*mistakes: Mistake) -> FunctionType:
    """Return a function of the package, made anew with a mistake or several in it.

    Raises:
        ValueError: a right piece does not stand in the source, or more than once.
    """
    function = find_function(mistakes[0].function)
    source = _source(function)
    for mistake in mistakes:
        if (times := source.count(mistake.right)) != 1:
            raise ValueError(
                f"{mistake.name}: {mistake.right!r} stands {times} times in "
                f"{mistake.function}; expected once"
            )
        source = source.replace(mistake.right, mistake.wrong)
    code = compile(source, mistakes[0].name, "exec")
    names = dict(function.__globals__)
    exec(code, names)  # noqa: S102 - our own source and our own table
    planted: FunctionType = names[function.__name__]
    return planted


@contextmanager
def planted(mistake: Mistake) -> Iterator[None]:
    """Let the whole package make the mistake inside a ``with`` block.

    Other modules hold the function itself, so its code is exchanged, not its name.
    """
    function = find_function(mistake.function)
    right = function.__code__
    function.__code__ = plant(mistake).__code__
    try:
        yield
    finally:
        function.__code__ = right
