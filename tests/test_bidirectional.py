"""Both directions by hand, what each of them owns, and what is said of arguments."""

import math
import re

import numpy as np
import pytest
from fixtures import (
    BOTH_WAYS,
    B,
    D,
    H,
    T,
    assert_close,
    assert_equal,
    dtypes_of,
    make_example,
    run,
)

from lstm_course import (
    BothWays,
    GRUParams,
    LSTMParams,
    LSTMState,
    RNNParams,
    RNNState,
    bidirectional_backward,
    bidirectional_forward,
    bidirectional_init,
)
from lstm_course.arrays.trees import tree_leaves, tree_map

kinds = pytest.mark.parametrize("kind", BOTH_WAYS)
directions = pytest.mark.parametrize(
    "go_backwards", [False, True], ids=["forwards", "backwards"]
)


def one_unit(w, u, b):
    return RNNParams(np.array([[w]]), np.array([[u]]), np.array([b]))


@directions
def test_three_steps_of_one_unit_by_hand(go_backwards):
    """Plain numbers and one equation; the step in the middle is masked."""
    x = [0.5, 7.0, -1.5]
    there = [math.tanh(0.3 * x[0] - 0.4 * 0.25 + 0.1)]
    there.append(math.tanh(0.3 * x[2] - 0.4 * there[0] + 0.1))
    back = [math.tanh(-0.8 * x[2] + 0.9 * -0.75 - 0.2)]
    back.append(math.tanh(-0.8 * x[0] + 0.9 * back[0] - 0.2))
    expected = [[there[0], back[1]], [0, 0], [there[1], back[0]]]

    ways = one_unit(0.3, -0.4, 0.1), one_unit(-0.8, 0.9, -0.2)
    start = RNNState(np.array([[0.25]])), RNNState(np.array([[-0.75]]))
    if go_backwards:  # the other one goes forwards
        ways, start = ways[::-1], start[::-1]
        expected = [pair[::-1] for pair in expected[::-1]]
    outputs, state, _ = bidirectional_forward(
        np.array(x).reshape(1, 3, 1),
        BothWays(*ways),
        initial_state=BothWays(*start),
        mask=np.array([[True, False, True]]),
        go_backwards=go_backwards,
    )
    assert outputs[0] == pytest.approx(np.array(expected), rel=1e-14)
    last = [there[1], back[1]]
    finals = [state.forward.h.item(), state.backward.h.item()]
    assert finals == pytest.approx(last[::-1] if go_backwards else last, rel=1e-14)


@kinds
@directions
def test_masked_outputs_are_zero_and_their_gradient_counts_for_nothing(
    kind, go_backwards
):
    example = make_example(kind, go_backwards=go_backwards)
    mask = example.mask[:, ::-1] if go_backwards else example.mask
    came = run(example)
    assert not came.outputs[~mask].any()
    assert came.outputs[mask].all()
    d_outputs = np.where(mask[:, :, None], example.d_outputs, np.nan)
    assert_equal(run(example._replace(d_outputs=d_outputs)), came)


@kinds
@pytest.mark.parametrize("way", BothWays._fields)
@pytest.mark.parametrize("part", ["params", "initial_state"])
def test_each_direction_has_weights_and_a_state_of_its_own(kind, way, part):
    example = make_example(kind, "no mask")
    pair = getattr(example, part)
    other = pair._replace(**{way: tree_map(lambda a: a + 0.1, getattr(pair, way))})
    outputs, moved = (
        BothWays(*np.split(run(each).outputs, 2, axis=2))
        for each in (example, example._replace(**{part: other}))
    )
    for each in BothWays._fields:
        same = getattr(moved, each) == getattr(outputs, each)
        assert (same == (each != way)).all()


@pytest.mark.parametrize(
    ("cell", "form", "gates"),
    [("rnn", RNNParams, 1), ("lstm", LSTMParams, 4), ("gru", GRUParams, 3)],
)
def test_init_draws_each_direction_anew(cell, form, gates):
    rng = np.random.default_rng(3)
    params = bidirectional_init(rng, D, H, cell=cell, dtype=np.float64)
    assert dtypes_of(params) == {np.dtype(np.float64)}
    assert [type(each) for each in params] == [form, form]
    for each in params:
        assert each.kernel.shape == (D, gates * H)
    assert (params.forward.kernel != params.backward.kernel).all()
    again = bidirectional_init(np.random.default_rng(3), D, H, cell=cell)
    assert dtypes_of(again) == {np.dtype(np.float32)}
    assert_close(again, params, 1e-6)


def test_init_passes_options_on_and_refuses_other_cells():
    rng = np.random.default_rng(3)
    assert type(bidirectional_init(rng, D, H).forward) is LSTMParams
    gru = bidirectional_init(rng, D, H, cell="gru", reset_after=False)
    assert [each.bias.shape for each in gru] == [(3 * H,)] * 2
    expected = r"^cell is 'GRU'; expected one of \['rnn', 'lstm', 'gru'\]$"
    with pytest.raises(ValueError, match=expected):
        bidirectional_init(rng, D, H, cell="GRU")


@kinds
def test_one_direction_may_start_from_nothing_and_be_read_by_nobody(kind):
    example = make_example(kind)
    start, final = example.initial_state, example.d_final_state
    zeros = tree_map(np.zeros_like, start.forward)
    none, nothing = (BothWays(None, start.backward), BothWays(zeros, start.backward))
    came = run(example._replace(initial_state=none))
    assert_equal(came, run(example._replace(initial_state=nothing)))
    came = run(example._replace(d_final_state=final._replace(backward=None)))
    zeros = final._replace(backward=zeros)
    assert_equal(came, run(example._replace(d_final_state=zeros)))


ARGUMENTS = ["inputs", "params", "initial_state", "mask", "d_outputs", "d_final_state"]
# Every array that goes in: such as ("lstm, both ways", "params.forward.kernel", 2).
ARRAYS = [
    (kind, name, array.ndim)
    for kind in BOTH_WAYS
    for argument in ARGUMENTS
    for name, array in tree_leaves(getattr(make_example(kind), argument), argument)
]
# What is wrong with it, and how the error begins.
WRONG = {
    "rank": (lambda array: array[..., None], "has shape {shape}"),
    "dtype": (lambda array: array.astype(np.int16), "holds int16"),
    "list": (lambda array: array.tolist(), "is a list"),
    "none": (lambda _: None, "is a NoneType"),
}


def with_one_changed(kind, name, change):
    """Return an example with one of its arrays changed, and what that has become."""

    def spoil(tree, name):
        first, _, rest = name.partition(".")
        part = getattr(tree, first)
        part, came = spoil(part, rest) if rest else [change(part)] * 2
        return tree._replace(**{first: part}), came

    return spoil(make_example(kind), name)


@pytest.mark.parametrize(
    ("kind", "name", "fault"),
    [
        (kind, name, fault)
        for kind, name, _ in ARRAYS
        for fault in WRONG
        if fault != "none" or name not in {"mask", "d_outputs"}  # these may be left out
    ],
)
def test_what_is_no_such_array_is_refused_by_name(kind, name, fault):
    change, message = WRONG[fault]
    example, came = with_one_changed(kind, name, change)
    message = message.format(shape=getattr(came, "shape", None))
    expected = f"^{re.escape(f'{name} {message}')}.*; expected "
    with pytest.raises((TypeError, ValueError), match=expected):
        run(example)


@pytest.mark.parametrize(
    ("kind", "name", "axis"),
    [(kind, name, axis) for kind, name, axes in ARRAYS for axis in range(axes)],
)
def test_another_size_is_refused_by_name_or_as_the_reason(kind, name, axis):
    """Of two arrays that do not go together the later one is refused, for the other."""

    def longer(array):
        return np.concatenate([array, array.take([0], axis)], axis)

    example, came = with_one_changed(kind, name, longer)
    with pytest.raises(ValueError, match="; expected ") as error:
        run(example)
    told = rf"(^|from ){name} (\(.*\) of|has) shape {re.escape(str(came.shape))}"
    assert re.search(told, str(error.value)), error.value


ONE = LSTMState(np.ones((B, H)), np.ones((B, H)))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"params": ONE}, "params is a LSTMState; expected BothWays"),
        ({"params": None}, "params is a NoneType; expected BothWays"),
        (
            {"params": BothWays(None, None)},
            "params are NoneType and NoneType; expected two of one cell, such as "
            "LSTMParams",
        ),
        ({"initial_state": ONE}, "initial_state is a LSTMState; expected BothWays"),
        (
            {"initial_state": BothWays(ONE, RNNState(ONE.h))},
            "initial_state.backward is a RNNState; expected LSTMState or None",
        ),
        ({"d_final_state": ONE}, "d_final_state is a LSTMState; expected BothWays"),
        (
            {"d_final_state": BothWays((ONE.h, ONE.c), ONE)},
            "d_final_state.forward is a tuple; expected LSTMState or None",
        ),
    ],
)
def test_another_kind_of_tuple_is_refused(wrong, message):
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        run(make_example("lstm, both ways")._replace(**wrong))


def test_two_kinds_of_cell_are_refused():
    params = BothWays(
        make_example("gru").params, make_example("gru, reset before").params
    )
    example = make_example("gru, both ways")
    assert run(example._replace(params=params)).outputs.shape == (B, T, 2 * H)
    params = params._replace(backward=make_example("lstm").params)
    expected = "^params are GRUParams and LSTMParams; expected two of one cell"
    with pytest.raises(TypeError, match=expected):
        run(example._replace(params=params))


def test_an_error_says_which_direction_and_why():
    example = make_example("lstm, both ways")
    params = bidirectional_init(np.random.default_rng(3), 7, H, dtype=np.float64)
    mixed = example.params._replace(backward=params.backward)
    expected = (
        "inputs has shape (3, 6, 4); expected (B, T, D) with D = 7, "
        "from params.backward.kernel (D, 4H) of shape (7, 20)"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
        run(example._replace(params=mixed))
    params = bidirectional_init(np.random.default_rng(3), D, 2, dtype=np.float64)
    mixed = example.params._replace(backward=params.backward)
    expected = (
        "the output of params.backward has shape (3, 6, 2); expected (B, T, H) with "
        "H = 5, from the output of params.forward (B, T, H) of shape (3, 6, 5)"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
        bidirectional_forward(example.inputs, mixed)


def test_backward_takes_the_trace_of_both_and_their_outputs_side_by_side():
    example = make_example("lstm, both ways")
    *_, trace = bidirectional_forward(example.inputs, example.params)
    expected = "^trace is a LSTMTrace; expected BothWays$"
    with pytest.raises(TypeError, match=expected):
        bidirectional_backward(example.d_outputs, trace.forward)
    expected = (
        "d_outputs has shape (3, 6, 5); expected (B, T, 2H), but 5 is no multiple of 2"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
        bidirectional_backward(example.d_outputs[:, :, :H], trace)
    expected = (
        "d_outputs has shape (3, 6, 4); expected (B, T, 2H) with H = 5, "
        "from trace (B, T, H) of shape (3, 6, 5)"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
        bidirectional_backward(example.d_outputs[:, :, :4], trace)
