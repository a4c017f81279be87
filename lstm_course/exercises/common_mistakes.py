"""The mistakes that people really make in recurrent networks, each with a hint.

A mistake is a piece of the course's own code and what stands there instead.
"""

from lstm_course.checker.planting import Mistake, in_function

# By the function that they are made in, then by name.
_TABLE = {
    "layers.rnn.rnn_step": {
        "rnn-state-not-carried": Mistake(
            right="x_t @ params.kernel + state.h @ params.recurrent_kernel",
            wrong="x_t @ params.kernel",
            hint="Your step sees the input alone: add h' @ U, the part of the step "
            "before.",
        ),
        "rnn-recurrent-kernel-transposed": Mistake(
            right="state.h @ params.recurrent_kernel",
            wrong="state.h @ params.recurrent_kernel.T",
            hint="Your recurrent kernel is transposed: the product is h' @ U, as U "
            "stands.",
        ),
    },
    "layers.lstm.lstm_step": {
        "lstm-order-f-first": Mistake(
            right="z_i, z_f, z_g, z_o = np.split",
            wrong="z_f, z_i, z_g, z_o = np.split",
            hint="Your gates begin with f, as in many figures: here i is the first "
            "block.",
        ),
        "lstm-order-i-f-o-g": Mistake(
            right="z_i, z_f, z_g, z_o = np.split",
            wrong="z_i, z_f, z_o, z_g = np.split",
            hint="Your candidate and output gate have changed places: g is the third "
            "block.",
        ),
        "lstm-blocks-interleaved": Mistake(
            right="np.split(z, 4, axis=-1)",
            wrong="z.reshape(len(z), -1, 4).transpose(2, 0, 1)",
            hint="Your gates take every fourth column of z: each takes H side by side.",
        ),
        "lstm-output-reads-input-gate": Mistake(
            right="o = sigmoid(z_o)",
            wrong="o = sigmoid(z_i)",
            hint="Your output gate reads the input gate's weights: take the fourth "
            "block.",
        ),
        "lstm-gates-read-cell": Mistake(
            right="state.h @ params.recurrent_kernel",
            wrong="state.c @ params.recurrent_kernel",
            hint="Your gates look at the cell state c: the recurrent kernel "
            "multiplies h.",
        ),
        "lstm-bias-dropped": Mistake(
            right="params.recurrent_kernel + params.bias",
            wrong="params.recurrent_kernel",
            hint="Your gates have no bias: add it to the sum of the two products.",
        ),
        "lstm-bias-twice": Mistake(
            right="+ params.bias",
            wrong="+ 2 * params.bias",
            hint="Your bias is added twice, maybe once with each product: once is "
            "enough.",
        ),
        "lstm-forget-gate-upside-down": Mistake(
            right="f = sigmoid(z_f)",
            wrong="f = 1 - sigmoid(z_f)",
            hint="Your forget gate is upside down: despite its name, 1 keeps and 0 "
            "erases.",
        ),
        "lstm-candidate-sigmoid": Mistake(
            right="g = np.tanh(z_g)",
            wrong="g = sigmoid(z_g)",
            hint="Your candidate is a sigmoid: the three gates are, but g is a tanh.",
        ),
        "lstm-gate-tanh": Mistake(
            right="o = sigmoid(z_o)",
            wrong="o = np.tanh(z_o)",
            hint="Your output gate is a tanh: a gate says how much, 0 to 1, by a "
            "sigmoid.",
        ),
        "lstm-cell-not-carried": Mistake(
            right="c = f * state.c + i * g",
            wrong="c = i * g",
            hint="Your cell begins anew at each step: add f ⊙ c', what is kept of the "
            "old.",
        ),
        "lstm-cell-matrix-product": Mistake(
            right="c = f * state.c + i * g",
            wrong="c = np.sum(f * state.c, axis=1, keepdims=True) + g",
            hint="Your cell takes a matrix product and no input gate: c = f ⊙ c' + i "
            "⊙ g.",
        ),
        "lstm-input-gate-left-out": Mistake(
            right="c = f * state.c + i * g",
            wrong="c = f * state.c + g",
            hint="Your cell takes in the whole candidate: the input gate says how "
            "much.",
        ),
        "lstm-forget-gate-left-out": Mistake(
            right="c = f * state.c + i * g",
            wrong="c = state.c + i * g",
            hint="Your cell keeps all it had, as the LSTM of 1997 did: it needs f ⊙ "
            "c'.",
        ),
        "lstm-tanh-forgotten": Mistake(
            right="h = o * np.tanh(c)",
            wrong="h = o * c",
            hint="Your output shows the cell as it is: o multiplies tanh(c).",
        ),
        "lstm-tanh-on-cell": Mistake(
            right="c = f * state.c + i * g\n    h = o * np.tanh(c)",
            wrong="c = np.tanh(f * state.c + i * g)\n    h = o * c",
            hint="Your tanh squashes the cell that is handed on: only h is made of "
            "tanh(c).",
        ),
        "lstm-h-and-c-swapped": Mistake(
            right="LSTMState(h, c)",
            wrong="LSTMState(c, h)",
            hint="Your new state has h and c in each other's place: h comes first.",
        ),
    },
    "layers.gru.gru_step": {
        "gru-order-r-first": Mistake(
            right="z = sigmoid(x_z + h @ U_z + b_z)\n    r = sigmoid(x_r + h @ U_r + "
            "b_r)",
            wrong="r = sigmoid(x_z + h @ U_z + b_z)\n    z = sigmoid(x_r + h @ U_r + "
            "b_r)",
            hint="Your gates begin with r, as in some libraries: here z is the first "
            "block.",
        ),
        "gru-z-upside-down": Mistake(
            right="h = z * h + (1 - z) * n",
            wrong="h = (1 - z) * h + z * n",
            hint="Your update gate is upside down: here z keeps h' and 1 - z lets n "
            "in.",
        ),
        "gru-one-minus-z-forgotten": Mistake(
            right="h = z * h + (1 - z) * n",
            wrong="h = z * h + n",
            hint="Your new state takes in the whole candidate: weigh it with 1 - z.",
        ),
        "gru-reset-left-out": Mistake(
            right="np.tanh(x_n + r * (h @ U_n + b_n))",
            wrong="np.tanh(x_n + (h @ U_n + b_n))",
            hint="Your candidate never meets the reset gate: r scales what comes from "
            "h'.",
        ),
        "gru-reset-on-input": Mistake(
            right="np.tanh(x_n + r * (h @ U_n + b_n))",
            wrong="np.tanh(r * x_n + (h @ U_n + b_n))",
            hint="Your reset gate scales what comes from x: it scales what comes from "
            "h'.",
        ),
        "gru-second-bias-dropped": Mistake(
            right="b_z, b_r, b_n = np.split(b_h, 3)",
            wrong="b_z, b_r, b_n = np.split(0 * b_h, 3)",
            hint="Your GRU has one bias: the second row of the two goes with h' @ U.",
        ),
        "gru-second-bias-outside-reset": Mistake(
            right="np.tanh(x_n + r * (h @ U_n + b_n))",
            wrong="np.tanh(x_n + r * (h @ U_n) + b_n)",
            hint="Your second bias stands outside the reset gate: r ⊙ (h' @ U_n + "
            "b'_n).",
        ),
        "gru-reset-before-for-after": Mistake(
            right="np.tanh(x_n + r * (h @ U_n + b_n))",
            wrong="np.tanh(x_n + (r * h) @ U_n + b_n)",
            hint="Your reset gate acts before U_n: with a bias of two rows it acts "
            "after.",
        ),
        "gru-reset-after-for-before": Mistake(
            right="np.tanh(x_n + (r * h) @ U_n)",
            wrong="np.tanh(x_n + r * (h @ U_n))",
            hint="Your reset gate acts after U_n: with a bias of one row it acts "
            "before.",
        ),
    },
    "layers.unroll.run_steps": {
        "batch-and-time-reshaped": Mistake(
            right="step(x[:, t], states[-1], params)",
            wrong="step(x.reshape(steps, batch, -1)[t], states[-1], params)",
            hint="Your reshape mixes the sequences up: to turn axes round, transpose.",
        ),
        "initial-state-ignored": Mistake(
            right="array.astype(dtype), start)",
            wrong="np.zeros_like(array, dtype), start)",
            hint="Your sequence begins with zeros, although an initial state is given.",
        ),
        "go-backwards-turns-the-batch": Mistake(
            right="x, mask = x[:, ::-1], mask[:, ::-1]",
            wrong="x, mask = x[::-1], mask[:, ::-1]",
            hint="Your go_backwards turns the batch round: time is the second axis.",
        ),
        "mask-ignored": Mistake(
            right="np.ones((batch, steps), bool) if mask is None else mask",
            wrong="np.ones((batch, steps), bool)",
            hint="Your layer reads the padding: where the mask is False, carry the "
            "state.",
        ),
        "mask-inverted": Mistake(
            right="bool) if mask is None else mask",
            wrong="bool) if mask is None else ~mask",
            hint="Your mask is read the wrong way round: True marks a step that "
            "counts.",
        ),
        "mask-zeroes-inputs-only": Mistake(
            right="here = mask[:, t, None]",
            wrong="here = np.ones((batch, 1), bool)",
            hint="Your masked steps read zeros but still change the state: skip them.",
        ),
        "state-not-carried": Mistake(
            right="step(x[:, t], states[-1]",
            wrong="step(x[:, t], states[0]",
            hint="Each of your steps begins with the initial state: hand the new one "
            "on.",
        ),
        "masked-outputs-zero": Mistake(
            right="np.where(here, new_state.h, outputs[:, t])",
            wrong="np.where(here, new_state.h, 0)",
            hint="Your masked steps put out zeros: they repeat the last output.",
        ),
        "lstm-masked-step-clears-cell": Mistake(
            right="_select(here, new_state, states[-1])",
            wrong="_select(here, new_state, type(start)(\n"
            "            states[-1].h, *(0 * c for c in start[1:])))",
            hint="Your masked steps clear the cell: c is carried through them, like h.",
        ),
    },
    "layers.unroll.run_steps_backward": {
        "final-state-gradient-ignored": Mistake(
            right="if d_final_state is not None:",
            wrong="if False:",
            hint="Your backward pass leaves out the final state's gradient: begin with "
            "it.",
        ),
        "gradient-through-time-overwritten": Mistake(
            right="h=d_state.h + d_outputs[:, t]",
            wrong="h=d_outputs[:, t]",
            hint="Your gradient of h loses what the later steps sent back: add to it.",
        ),
        "weight-gradient-of-one-step": Mistake(
            right="tree_map(np.add, d_params, d_params_t)",
            wrong="d_params_t",
            hint="Your weight gradients are those of one step: add up all steps with "
            "+=.",
        ),
    },
    "layers.rnn.rnn_step_backward": {
        "rnn-tanh-slope-not-squared": Mistake(
            right="1 - new_state.h**2",
            wrong="1 - new_state.h",
            hint="Your slope of tanh is 1 - h: with h = tanh(z) it is 1 - h².",
        ),
    },
    "layers.lstm.lstm_step_backward": {
        "lstm-sigmoid-slope-half": Mistake(
            right="d_i * i * (1 - i)",
            wrong="d_i * (1 - i)",
            hint="Your slope of the input gate is 1 - i: that of a sigmoid is i (1 - "
            "i).",
        ),
        "lstm-gradient-only-through-h": Mistake(
            right="d_c_next + d_h * o * (1 - tanh_c**2)",
            wrong="d_h * o * (1 - tanh_c**2)",
            hint="Your gradient of c comes through h alone: add what the next c sends "
            "back.",
        ),
        "lstm-forget-path-unscaled": Mistake(
            right="d_c_before = d_c * f",
            wrong="d_c_before = d_c",
            hint="Your gradient of c goes back a step unchanged: multiply it by f.",
        ),
    },
    "layers.gru.gru_step_backward": {
        "gru-z-gradient-of-one-term": Mistake(
            right="d_h * (h_before - n)",
            wrong="d_h * h_before",
            hint="Your gradient of z misses a term: z is in z ⊙ h' and in (1 - z) ⊙ n.",
        ),
        "gru-direct-path-forgotten": Mistake(
            right="d_h * z + d_a_z @ U_z.T",
            wrong="d_a_z @ U_z.T",
            hint="Your gradient goes through the gates alone: h' also reaches h by z ⊙ "
            "h'.",
        ),
    },
    "layers.lstm.lstm_init": {
        "lstm-forget-bias-missing": Mistake(
            right="[0, unit_forget_bias, 0, 0]",
            wrong="[0, 0, 0, 0]",
            hint="Your forget gate's bias begins at 0: let the second block begin at "
            "1.",
        ),
    },
    "layers.bidirectional.bidirectional_forward": {
        "bidirectional-not-turned-back": Mistake(
            right="[there, back[:, ::-1]], axis=-1",
            wrong="[there, back], axis=-1",
            hint="Your second direction's outputs stand last step first: turn them "
            "back.",
        ),
        "bidirectional-stacked": Mistake(
            right="np.concatenate([there, back[:, ::-1]], axis=-1)",
            wrong="np.stack([there, back[:, ::-1]], "
            "axis=-1).reshape(*there.shape[:2], -1)",
            hint="Your two directions are interleaved, unit by unit: concatenate them.",
        ),
    },
    "layers.embedding.embedding_backward": {
        "embedding-gradient-assigned": Mistake(
            right="[np.bincount(ids, row.ravel(), minlength=size) for row in rows]",
            wrong="np.zeros((len(rows), size))\n"
            "    sums[:, ids] = rows.reshape(len(rows), -1)",
            hint="Your gradient of a word is that of one place: where an id recurs, "
            "add.",
        ),
    },
    "layers.dropout.dropout_mask": {
        "dropout-not-rescaled": Mistake(
            right="kept.astype(dtype) / np.asarray(1 - rate, dtype)",
            wrong="kept.astype(dtype)",
            hint="Your dropout makes the inputs smaller on average: divide by 1 - "
            "rate.",
        ),
    },
    "training.sentiment.sentiment_forward": {
        "dropout-drawn-at-each-step": Mistake(
            right="kept = dropped(x.shape[2], config.dropout)",
            wrong="kept = dropped(x[0].size, config.dropout)\n"
            "        kept = None if kept is None else kept.reshape(x.shape)",
            hint="Your dropout is drawn anew at each step: one mask serves all steps.",
        ),
    },
    "training.losses.binary_cross_entropy": {
        "loss-gradient-not-averaged": Mistake(
            right="(sigmoid(logits) - labels) / len(logits)",
            wrong="sigmoid(logits) - labels",
            hint="Your loss is a mean over the batch but its gradient a sum: divide "
            "by B.",
        ),
    },
    "training.optimizers.adam_update": {
        "adam-bias-correction-missing": Mistake(
            right="learning_rate * np.sqrt(1 - beta_2**steps) / (1 - beta_1**steps)",
            wrong="learning_rate",
            hint="Your running means begin at 0 and are too small at first: correct "
            "both.",
        ),
    },
    "data.text.pad_batch": {
        "truncated-at-the-wrong-end": Mistake(
            right='ids[-length:] if truncating == "pre" else ids[:length]',
            wrong='ids[:length] if truncating == "pre" else ids[-length:]',
            hint="Your long sequences are cut at the wrong end: 'pre' drops the "
            "beginning.",
        ),
        "padded-at-the-wrong-end": Mistake(
            right='if padding == "pre" else',
            wrong='if padding == "post" else',
            hint="Your zeros stand at the wrong end: 'pre' puts them before a "
            "sequence.",
        ),
    },
    "layers.parameters.count_parameters": {
        "count-without-recurrent-kernel": Mistake(
            right="(input_dim + units + biases)",
            wrong="(input_dim + biases)",
            hint="Your count leaves out the recurrent kernel: H × H for each block.",
        ),
        "count-of-one-block": Mistake(
            right="_BLOCKS[cell] * units",
            wrong="units",
            hint="Your count is that of one block: an LSTM has four and a GRU three.",
        ),
        "count-without-bias": Mistake(
            right="input_dim + units + biases",
            wrong="input_dim + units",
            hint="Your count leaves out the biases: H for each block.",
        ),
        "count-gru-with-one-bias": Mistake(
            right='2 if cell == "gru" and reset_after else 1',
            wrong="1",
            hint="Your count has one bias for the GRU: with reset_after there are two.",
        ),
    },
}

MISTAKES = tuple(
    mistake
    for function, mistakes in _TABLE.items()
    for mistake in in_function(function, mistakes)
)
