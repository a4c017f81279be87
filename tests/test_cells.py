"""What holds for every recurrent layer: its meaning, gradients, masks and manners."""

import re
from functools import partial

import numpy as np
import pytest
from fixtures import (
    BOTH_WAYS,
    FUSED,
    KINDS,
    LAYERS,
    MASKS,
    B,
    D,
    H,
    Stack,
    T,
    assert_close,
    assert_equal,
    dtypes_of,
    make_example,
    run,
)

import lstm_course
from lstm_course.arrays.gradcheck import (
    central_difference_gradient,
    complex_step_gradient,
)
from lstm_course.arrays.trees import tree_leaves, tree_map
from lstm_course.layers.bidirectional import BothWays
from lstm_course.layers.cells import CELLS

kinds = pytest.mark.parametrize("kind", KINDS)
one_layer = pytest.mark.parametrize("kind", KINDS | BOTH_WAYS)
layers = pytest.mark.parametrize("kind", LAYERS)
directions = pytest.mark.parametrize(
    "go_backwards", [False, True], ids=["forwards", "backwards"]
)


def zero_state(example):
    return tree_map(np.zeros_like, example.d_final_state)


def loop(step, inputs, params, state, mask, go_backwards):
    """Run the lesson's step in a plain loop, mask and direction in sight."""
    order = range(inputs.shape[1])
    output, outputs = np.zeros_like(state.h), []
    for t in reversed(order) if go_backwards else order:
        after, _ = step(inputs[:, t], state, params)
        counts = mask[:, t, None]
        pairs = zip(after, state, strict=True)
        state = type(state)(*(np.where(counts, *pair) for pair in pairs))
        output = np.where(counts, after.h, output)
        outputs.append(output)
    return np.stack(outputs, axis=1), state


def loop_of_steps(example, inputs, params, state):
    """Run a layer as one plain loop, or as two where it is made of two."""
    step = getattr(lstm_course, f"{LAYERS[example.kind].name}_step")
    mask = np.ones(inputs.shape[:2], bool) if example.mask is None else example.mask
    back = example.go_backwards
    in_order = mask[:, ::-1] if back else mask
    if isinstance(params, BothWays):
        there, first = loop(step, inputs, params.forward, state.forward, mask, back)
        here, second = loop(
            step, inputs, params.backward, state.backward, mask, not back
        )
        outputs = np.concatenate([there, here[:, ::-1]], axis=2)
        return outputs * in_order[:, :, None], BothWays(first, second)
    if isinstance(params, Stack):
        hidden, first = loop(step, inputs, params.lower, state.lower, mask, back)
        outputs, second = loop(step, hidden, params.upper, state.upper, in_order, back)
        return outputs, Stack(first, second)
    return loop(step, inputs, params, state, mask, back)


def whole_sequence(example, inputs, params, state):
    options = example.options | {"initial_state": state}
    return example.cell.forward(inputs, params, **options)[:2]


def weighted_sum(layer, example):
    """Return a scalar function of all that goes in, whose gradient is ``run``'s."""

    def loss(tree):
        outputs, state = layer(example, *tree)
        finals = tree_map(np.multiply, state, example.d_final_state)
        return np.sum(outputs * example.d_outputs) + sum(
            np.sum(array) for _, array in tree_leaves(finals)
        )

    return loss


def test_every_cell_is_among_the_kinds():
    assert {kind.name for kind in KINDS.values()} == set(CELLS)


@pytest.mark.parametrize("kind", [kind for kind in LAYERS if LAYERS[kind].plain])
@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("initial_state", [True, False], ids=["state", "no state"])
@directions
def test_plain_is_fused(kind, mask, initial_state, go_backwards):
    example = make_example(
        kind, mask, initial_state=initial_state, go_backwards=go_backwards
    )
    fused = example._replace(kind=kind.removeprefix("plain "))
    assert_close(run(example), run(fused), 1e-13)


@pytest.mark.parametrize("kind", FUSED)
@pytest.mark.parametrize("mask", MASKS)
@directions
def test_both_traces_show_the_same(kind, mask, go_backwards):
    example = make_example(kind, mask, go_backwards=go_backwards)
    arguments = example.inputs, example.params
    *_, plain = KINDS[f"plain {kind}"].cell.forward(*arguments, **example.options)
    *_, fused = example.cell.forward(*arguments, **example.options)
    for name in ("h", "c", "gates"):
        if hasattr(fused, name):
            assert_close(getattr(plain, name), getattr(fused, name), 1e-13)
    given = np.ones((B, T), bool) if example.mask is None else example.mask
    expected = given[:, ::-1] if go_backwards else given
    assert np.array_equal(plain.mask, expected)
    assert fused.mask is None or np.array_equal(fused.mask, expected)


def step_of(kind, suffix=""):
    return getattr(lstm_course, f"{KINDS[kind].name}_step{suffix}")


@pytest.mark.parametrize("kind", FUSED)
def test_a_step_back_is_the_complex_step_in_every_entry(kind):
    example = make_example(kind)
    tree = x_t, params, state = (
        example.inputs[:, 0],
        example.params,
        example.d_final_state,
    )
    new_state, gates = step_of(kind)(x_t, state, params)
    d_new_state = tree_map(lambda array: array[::-1], example.initial_state)

    def loss(tree):
        x_t, params, state = tree
        new_state, _ = step_of(kind)(x_t, state, params)
        pairs = zip(new_state, d_new_state, strict=True)
        return sum(np.sum(one * other) for one, other in pairs)

    back = step_of(kind, "_backward")
    came = back(d_new_state, x_t, state, params, new_state, gates)
    assert_close(came, complex_step_gradient(loss, tree), 1e-12)


@layers
@directions
@pytest.mark.parametrize("mask", MASKS)
def test_whole_sequence_is_a_loop_of_steps(kind, mask, go_backwards):
    example = make_example(kind, mask, go_backwards=go_backwards)
    arguments = example.inputs, example.params, example.initial_state
    expected = loop_of_steps(example, *arguments)
    assert_close(whole_sequence(example, *arguments), expected, 1e-14)


@pytest.mark.parametrize(
    ("kind", "layer"),
    [
        *((kind, whole_sequence) for kind in LAYERS),
        *((kind, loop_of_steps) for kind in KINDS),
    ],
)
@directions
def test_backward_is_the_complex_step_in_every_entry(kind, go_backwards, layer):
    example = make_example(kind, go_backwards=go_backwards)
    tree = (example.inputs, example.params, example.initial_state)
    expected = complex_step_gradient(weighted_sum(layer, example), tree)
    assert_close(tuple(run(example)[2:]), expected, 1e-12)


@kinds
def test_backward_is_the_central_difference_in_every_entry(kind):
    example = make_example(kind, "a row all masked", go_backwards=True)
    tree = (example.inputs, example.params, example.initial_state)
    loss = weighted_sum(whole_sequence, example)
    expected = central_difference_gradient(loss, tree)
    assert_close(tuple(run(example)[2:]), expected, 1e-8)


@layers
def test_a_gradient_left_out_is_a_gradient_of_zero(kind):
    example = make_example(kind)
    _, forward, backward, *_ = example.cell
    *_, trace = forward(example.inputs, example.params, **example.options)
    nothing = np.zeros_like(example.d_outputs)
    final = example.d_final_state
    assert_equal(
        backward(None, trace, d_final_state=final),
        backward(nothing, trace, d_final_state=final),
    )
    assert_equal(
        backward(example.d_outputs, trace),
        backward(example.d_outputs, trace, d_final_state=zero_state(example)),
    )
    for _, array in tree_leaves(backward(None, trace)):
        assert not array.any()


@one_layer
@directions
def test_no_initial_state_is_one_of_zeros(kind, go_backwards):
    example = make_example(kind, initial_state=False, go_backwards=go_backwards)
    zeros = example._replace(initial_state=zero_state(example))
    assert_equal(run(example), run(zeros))


@kinds
@directions
def test_a_masked_step_repeats_the_last_output(kind, go_backwards):
    example = make_example(kind, go_backwards=go_backwards)
    outputs, state, *_ = run(example)
    mask = example.mask[:, ::-1] if go_backwards else example.mask
    for row, counts in enumerate(mask):
        last = np.zeros(outputs.shape[2])
        for t, this_one_counts in enumerate(counts):
            if not this_one_counts:
                assert np.array_equal(outputs[row, t], last)
            last = outputs[row, t]
        assert np.array_equal(state.h[row], last)


@layers
@directions
def test_a_row_all_masked_keeps_its_state_and_gives_zeros(kind, go_backwards):
    example = make_example(kind, "a row all masked", go_backwards=go_backwards)
    outputs, state, d_inputs, _, d_initial_state = run(example)
    assert not outputs[0].any()
    assert not d_inputs[0].any()
    first_row = partial(tree_map, lambda array: array[0])
    assert_equal(first_row(state), first_row(example.initial_state))
    assert_equal(first_row(d_initial_state), first_row(example.d_final_state))


@layers
@pytest.mark.parametrize("sizes", [(3, 0, 4, 5), (0, 6, 4, 5)], ids=["T=0", "B=0"])
def test_nothing_to_process_passes_states_and_gradients_on(kind, sizes):
    example = make_example(kind, "no mask", sizes=sizes)
    came = run(example)
    assert came.outputs.shape == example.d_outputs.shape
    assert came.d_inputs.shape == example.inputs.shape
    assert_equal(came.state, example.initial_state)
    assert_equal(came.d_initial_state, example.d_final_state)
    assert_equal(came.d_params, tree_map(np.zeros_like, example.params))


def arrays_of(example):
    mask = () if example.mask is None else (example.mask,)
    floats = [part for part in example if isinstance(part, (np.ndarray, tuple))]
    return [array for part in (*floats, *mask) for _, array in tree_leaves(part)]


def stretched(array):
    """Return the same numbers, no two of them neighbours in memory."""
    room = np.full([2 * size + 1 for size in array.shape], 9).astype(array.dtype)
    view = room[tuple(slice(1, None, 2) for _ in array.shape)]
    view[...] = array
    return view


def in_other_layout(example, layout):
    def change(part):
        return tree_map(layout, part) if isinstance(part, (np.ndarray, tuple)) else part

    return type(example)(*map(change, example))


@one_layer
@pytest.mark.parametrize("layout", [np.asfortranarray, stretched])
def test_memory_layout_makes_no_difference(kind, layout):
    example = make_example(kind)
    assert_close(run(in_other_layout(example, layout)), run(example), 1e-13)


@one_layer
def test_arguments_may_be_read_only_and_results_are_no_views_of_them(kind):
    example = make_example(kind)
    before = [array.copy() for array in arrays_of(example)]
    for array in arrays_of(example):
        array.flags.writeable = False
    came = run(example)
    for array, copy in zip(arrays_of(example), before, strict=True):
        assert np.array_equal(array, copy)
        assert not any(np.shares_memory(array, each) for _, each in tree_leaves(came))


@kinds
@directions
@pytest.mark.parametrize("mask", ["no mask", "holes"])
def test_outputs_are_read_only_and_the_state_is_a_copy(kind, mask, go_backwards):
    example = make_example(kind, mask, go_backwards=go_backwards)
    _, forward, backward, *_ = example.cell
    outputs, state, trace = forward(example.inputs, example.params, **example.options)
    with pytest.raises(ValueError, match="read-only"):
        outputs[0, 0, 0] = 1
    expected = backward(example.d_outputs, trace)
    for array in state:
        array[...] = np.nan
    assert np.isfinite(trace.h).all()
    assert_equal(backward(example.d_outputs, trace), expected)


@one_layer
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_dtype_is_kept(kind, dtype):
    assert dtypes_of(run(make_example(kind, dtype=dtype))) == {np.dtype(dtype)}


@one_layer
@pytest.mark.parametrize("wide", ["inputs", "params", "initial_state"])
def test_the_widest_dtype_of_the_arguments_decides(kind, wide):
    example = make_example(kind, dtype=np.float32)
    widened = tree_map(lambda a: a.astype(np.float64), getattr(example, wide))
    came = run(example._replace(**{wide: widened}))
    assert dtypes_of(came) == {np.dtype(np.float64)}
    exact = tree_map(lambda a: a.astype(np.float64), tuple(example[1:4]))
    inputs, params, initial_state = exact
    whole = run(
        example._replace(inputs=inputs, params=params, initial_state=initial_state)
    )
    assert_close(came, whole, 1e-12)


@one_layer
def test_float32_is_near_float64(kind):
    example = make_example(kind, dtype=np.float32)
    wide = in_other_layout(
        example, lambda a: a if a.dtype == bool else a.astype(np.float64)
    )
    assert_close(run(example), run(wide), 1e-5)


ones = np.ones
GATES = {"rnn": 1, "lstm": 4, "gru": 3, "gru, reset before": 3}
A_TRACE = "from trace (B, T, H) of shape (3, 6, 5)"
INPUTS = "from inputs (B, T, D) of shape (3, 6, 4)"
KERNEL = "from params.kernel (D, {w}) of shape (4, {size})"  # w is 4H for the LSTM
# name of the argument; what comes instead, made from the number of gates; the message
WRONG_FORWARD = [
    ("inputs", lambda g: ones((B, T)), "shape (3, 6), 2 axes; expected 3: (B, T, D)"),
    (
        "inputs",
        lambda g: ones((B, T, 7)),
        "shape (3, 6, 7); expected (B, T, D) with D = 4, " + KERNEL,
    ),
    ("inputs", lambda g: ones((B, T, D), int), "holds int64; expected float"),
    (
        "inputs",
        lambda g: [[[1.0]]],
        "is a list; expected a NumPy array of shape (B, T, D)",
    ),
    ("params", lambda g: (1, 2, 3), "is a tuple; expected "),
    ("params", lambda g: None, "is a NoneType; expected "),
    ("params.kernel", lambda g: ones(D), "shape (4,), 1 axes; expected 2: (D, {w})"),
    ("params.kernel", lambda g: ones((D, H * g), int), "holds int64; expected float"),
    (
        "params.recurrent_kernel",
        lambda g: ones((H + 1, H * g)),
        "shape (6, {size}); expected (H, {w}) with H = 5, " + KERNEL,
    ),
    (
        "params.recurrent_kernel",
        lambda g: ones((H, (H + 1) * g)),
        "expected (H, {w}) with H = 5, " + KERNEL,
    ),
    (
        "params.recurrent_kernel",
        lambda g: ones(H),
        "shape (5,), 1 axes; expected 2: (H, {w})",
    ),
    ("params.bias", lambda g: ones((1, 1, H * g)), "3 axes; expected 1: ({w})"),
    (
        "params.bias",
        lambda g: ones((H + 1) * g),
        "expected ({w}) with H = 5, " + KERNEL,
    ),
    ("params.bias", lambda g: ones(H * g, bool), "holds bool; expected float"),
    (
        "initial_state",
        lambda g: (ones((B, H)),),
        "is a tuple; expected {state} or None",
    ),
    (
        "initial_state.h",
        lambda g: ones((B + 1, H)),
        "shape (4, 5); expected (B, H) with B = 3, " + INPUTS,
    ),
    (
        "initial_state.h",
        lambda g: ones((B, D)),
        "shape (3, 4); expected (B, H) with H = 5, " + KERNEL,
    ),
    ("initial_state.h", lambda g: ones(H), "shape (5,), 1 axes; expected 2: (B, H)"),
    ("initial_state.h", lambda g: ones((B, H), int), "holds int64; expected float"),
    (
        "mask",
        lambda g: ones((T, B), bool),
        "shape (6, 3); expected (B, T) with B = 3, " + INPUTS,
    ),
    ("mask", lambda g: ones((B, T)), "holds float64; expected bool"),
    ("mask", lambda g: ones(T, bool), "shape (6,), 1 axes; expected 2: (B, T)"),
    ("mask", lambda g: [[True]], "is a list; expected a NumPy array of shape (B, T)"),
]
WRONG_BACKWARD = [
    ("d_outputs", lambda g: ones((B, T)), "2 axes; expected 3: (B, T, H)"),
    (
        "d_outputs",
        lambda g: ones((B, T, D)),
        "shape (3, 6, 4); expected (B, T, H) with H = 5, " + A_TRACE,
    ),
    (
        "d_outputs",
        lambda g: ones((B, T - 1, H)),
        "shape (3, 5, 5); expected (B, T, H) with T = 6, " + A_TRACE,
    ),
    ("d_outputs", lambda g: ones((B, T, H), int), "holds int64; expected float"),
    (
        "d_outputs",
        lambda g: 1.0,
        "is a float; expected a NumPy array of shape (B, T, H)",
    ),
    (
        "d_final_state",
        lambda g: ones((B, H)),
        "is a ndarray; expected {state} or None",
    ),
    (
        "d_final_state.h",
        lambda g: ones((H, B)),
        "shape (5, 3); expected (B, H) with B = 3, " + A_TRACE,
    ),
    ("d_final_state.h", lambda g: ones(H), "shape (5,), 1 axes; expected 2: (B, H)"),
    ("d_final_state.h", lambda g: None, "is a NoneType; expected a NumPy array"),
]
WRONG_STEP = [
    ("x_t", lambda g: ones((B, T, D)), "3 axes; expected 2: (B, D)"),
    ("x_t", lambda g: ones((B, 7)), "expected (B, D) with D = 4, " + KERNEL),
    ("state", lambda g: None, "is a NoneType; expected {state}"),
    # NumPy would have stretched this one.
    (
        "state.h",
        lambda g: ones((1, H)),
        "shape (1, 5); expected (B, H) with B = 3, from x_t (B, D) of shape (3, 4)",
    ),
    ("params", lambda g: [], "is a list; expected "),
]


def assert_refused(function, arguments, kind, name, bad, message):
    """Put a wrong argument in place of the right one, and read what is said."""
    whole, _, part = name.partition(".")
    gates = GATES[kind.removeprefix("plain ")]
    value = bad(gates)
    if part:
        value = arguments[whole]._replace(**{part: value})
    w = f"{gates}H".removeprefix("1")
    state = KINDS[kind].cell.state.__name__
    message = message.format(w=w, size=H * gates, state=state)
    expected = f"^{re.escape(name)} .*{re.escape(message)}"
    with pytest.raises((TypeError, ValueError), match=expected):
        function(**arguments | {whole: value})


@kinds
@pytest.mark.parametrize("case", WRONG_FORWARD, ids=lambda case: case[0])
def test_forward_says_what_does_not_fit(kind, case):
    example = make_example(kind)
    right = {"inputs": example.inputs, "params": example.params, **example.options}
    assert_refused(example.cell.forward, right, kind, *case)


@kinds
@pytest.mark.parametrize("case", WRONG_BACKWARD, ids=lambda case: case[0])
def test_backward_says_what_does_not_fit(kind, case):
    example = make_example(kind)
    *_, trace = example.cell.forward(example.inputs, example.params)
    right = {
        "d_outputs": example.d_outputs,
        "trace": trace,
        "d_final_state": example.d_final_state,
    }
    assert_refused(example.cell.backward, right, kind, *case)


@one_layer
@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"units": -4}, ValueError, "units is -4; expected at least 1"),
        ({"units": 0}, ValueError, "units is 0; expected at least 1"),
        ({"input_dim": 0}, ValueError, "input_dim is 0; expected at least 1"),
        ({"units": 2.0}, TypeError, r"units is 2\.0; expected an integer"),
        ({"input_dim": True}, TypeError, "input_dim is True; expected an integer"),
        ({"rng": 42}, TypeError, "rng is 42; expected a generator"),
        ({"rng": np.random.RandomState(3)}, TypeError, "rng is RandomState"),
    ],
)
def test_init_says_what_makes_no_layer(kind, change, error, message):
    right = {"rng": np.random.default_rng(3), "input_dim": D, "units": H}
    init = LAYERS[kind].cell.init
    assert_equal(
        init(**right | {"units": np.int64(H)}),
        init(**right | {"rng": np.random.default_rng(3)}),
    )
    with pytest.raises(error, match=f"^{message}"):
        init(*(right | change).values())


@kinds
@pytest.mark.parametrize("case", WRONG_STEP, ids=lambda case: case[0])
def test_step_says_what_does_not_fit(kind, case):
    example = make_example(kind)
    right = {
        "x_t": example.inputs[:, 0],
        "state": example.initial_state,
        "params": example.params,
    }
    assert_refused(step_of(kind), right, kind, *case)


WRONG_STEP_BACKWARD = [
    *WRONG_STEP,
    ("new_state", lambda g: None, "is a NoneType; expected {state}"),
    ("new_state.h", lambda g: ones((B, D)), "shape (3, 4); expected (B, H) with H = 5"),
    ("d_new_state", lambda g: ones((B, H)), "is a ndarray; expected {state}"),
    ("d_new_state.h", lambda g: ones((1, H)), "shape (1, 5); expected (B, H) with B"),
    ("gates", lambda g: None, "is a NoneType; expected "),
]


@pytest.mark.parametrize("kind", FUSED)
@pytest.mark.parametrize("case", WRONG_STEP_BACKWARD, ids=lambda case: case[0])
def test_step_back_says_what_does_not_fit(kind, case):
    example = make_example(kind)
    x_t, state, params = example.inputs[:, 0], example.initial_state, example.params
    new_state, gates = step_of(kind)(x_t, state, params)
    right = {
        "d_new_state": example.d_final_state,
        "x_t": x_t,
        "state": state,
        "params": params,
        "new_state": new_state,
        "gates": gates,
    }
    assert_refused(step_of(kind, "_backward"), right, kind, *case)


def test_the_second_field_of_a_state_is_checked_too():
    example = make_example("lstm")
    wrong = example.initial_state._replace(c=ones((B, D)))
    with pytest.raises(ValueError, match=r"^initial_state.c has shape \(3, 4\); exp"):
        run(example._replace(initial_state=wrong))
    wrong = example.d_final_state._replace(c=ones((B, D)))
    with pytest.raises(ValueError, match=r"^d_final_state.c has shape \(3, 4\); exp"):
        run(example._replace(d_final_state=wrong))


@pytest.mark.parametrize("kind", FUSED)
def test_a_trace_goes_back_by_its_own_kind(kind):
    example = make_example(kind)
    fused, plain = KINDS[kind].cell, KINDS[f"plain {kind}"].cell
    *_, fused_trace = fused.forward(example.inputs, example.params)
    *_, plain_trace = plain.forward(example.inputs, example.params)
    with pytest.raises(
        TypeError, match=r"^trace is a PlainTrace; expected \w+Trace: a p"
    ):
        fused.backward(None, plain_trace)
    with pytest.raises(
        TypeError, match=r"^trace is a \w+Trace; expected PlainTrace: a p"
    ):
        plain.backward(None, fused_trace)
