"""The mistakes of exercises/common_mistakes.py once more, in the fused passes.

Those of a cell's equations are here where the fused code has a line for them.
"""

from lstm_course.checker.planting import Mistake, in_function

_TABLE = {
    "layers.fused.columns.pack_sequence": {
        "batch-and-time-reshaped": (
            "inputs.transpose(1, 2, 0)",
            "inputs.reshape(steps, batch, features).swapaxes(1, 2)",
        ),
        "initial-state-ignored": (
            "hidden[0] = 0 if start is None else start.h.T",
            "hidden[0] = 0",
        ),
        "go-backwards-turns-the-batch": (
            "inputs = inputs[:, ::-1]",
            "inputs = inputs[::-1]",
        ),
        "mask-ignored": ("if mask is not None:", "if False:"),
        "mask-inverted": ("carried = ~mask.T", "carried = mask.T"),
        "mask-zeroes-inputs-only": (
            "carried = ~mask.T[:: -1 if go_backwards else 1, None]",
            "carried = None",
        ),
    },
    "layers.fused.columns.walk": {
        "state-not-carried": (
            "np.matmul(weights, column, slab)",
            "x, one = column[: -1 - len(hidden[0])], column[-1:]\n        "
            "np.matmul(weights, np.concatenate([x, hidden[0], one]), slab)",
        ),
    },
    "layers.fused.columns.read_outputs": {
        "masked-outputs-zero": (
            "_some_step_counted(columns.carried)",
            "~columns.carried",
        ),
    },
    "layers.fused.columns.prepare_backward": {
        "final-state-gradient-ignored": (
            "0 if d_final_state is None else d_final_state.h.T",
            "0",
        ),
    },
    "layers.fused.columns.walk_back": {
        "gradient-through-time-overwritten": ("dh += d_h[t]", "dh[...] = d_h[t]"),
    },
    "layers.fused.columns.read_gradients": {
        "weight-gradient-of-one-step": (
            "np.tensordot(d_slabs, columns.values[:-1], axes",
            "np.tensordot(d_slabs[:1], columns.values[:1], axes",
        ),
    },
    "layers.fused.rnn.rnn_backward": {
        "rnn-tanh-slope-not-squared": ("1 - h * h", "1 - h"),
    },
    "layers.fused.lstm.lstm_forward": {
        "lstm-masked-step-clears-cell": (
            "carry = np.repeat([0, 1, 0, 0]",
            "carry = np.repeat([0, 0, 0, 0]",
        ),
        "lstm-order-f-first": (
            "i_f, g_c, o_all = slabs[:-1, 1:3]",
            "i_f, g_c, o_all = slabs[:-1, 2:0:-1]",
        ),
        "lstm-bias-dropped": (
            "np.vstack(params)",
            "np.vstack([*params[:2], 0 * params[2]])",
        ),
        "lstm-bias-twice": (
            "np.vstack(params)",
            "np.vstack([*params[:2], 2 * params[2]])",
        ),
        "lstm-candidate-sigmoid": (
            "np.array([0.5, 0.5, 1, 0.5], dtype)",
            "np.array([0.5, 0.5, 0.5, 0.5], dtype)",
        ),
        "lstm-gate-tanh": (
            "np.array([0.5, 0.5, 1, 0.5], dtype)",
            "np.array([0.5, 0.5, 1, 1], dtype)",
        ),
        "lstm-cell-not-carried": ("np.add(f_c, i_g, c)", "np.copyto(c, i_g)"),
        "lstm-forget-gate-upside-down": (
            "np.add(f_c, i_g, c)",
            "np.add(g_and_c[1] - f_c, i_g, c)",
        ),
        "lstm-tanh-forgotten": ("np.multiply(o, tanh_c, h)", "np.multiply(o, c, h)"),
    },
    "layers.fused.lstm.lstm_backward": {
        "lstm-sigmoid-slope-half": (
            "np.multiply(g * i, 1 - i,",
            "np.multiply(g, 1 - i,",
        ),
        "lstm-gradient-only-through-h": ("dc_t += dc", "pass"),
        "lstm-forget-path-unscaled": ("blocks[:, 0] = f", "blocks[:, 0] = 1"),
    },
    "layers.fused.gru.gru_backward": {
        "gru-z-gradient-of-one-term": (
            "np.multiply((before - n) * z,",
            "np.multiply(before * z,",
        ),
        "gru-direct-path-forgotten": (
            "prepared, d_slabs, kept=z)",
            "prepared, d_slabs, kept=None)",
        ),
    },
    "layers.fused.gru.gru_forward": {
        "gru-z-upside-down": (
            "np.multiply(z, before, h)\n        np.subtract(1, z, new)",
            "np.multiply(1 - z, before, h)\n        np.copyto(new, z)",
        ),
        "gru-one-minus-z-forgotten": ("np.subtract(1, z, new)", "new[...] = 1"),
        "gru-reset-left-out": ("np.multiply(r, u, new)", "np.copyto(new, u)"),
    },
    "layers.fused.gru._one_matrix": {
        "gru-second-bias-dropped": (
            "= bias if params.reset_after else",
            "= (bias[0], 0 * bias[1]) if params.reset_after else",
        ),
    },
    "layers.fused.rnn.rnn_forward": {
        "rnn-recurrent-kernel-transposed": (
            "np.vstack(params)",
            "np.vstack([params[0], params[1].T, params[2]])",
        ),
        "rnn-state-not-carried": (
            "np.vstack(params)",
            "np.vstack([params[0], 0 * params[1], params[2]])",
        ),
    },
}

FUSED_MISTAKES = tuple(
    mistake
    for function, rows in _TABLE.items()
    for mistake in in_function(
        function, {name: Mistake(*row, hint="") for name, row in rows.items()}
    )
)
