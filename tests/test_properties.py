"""What holds for every recurrent layer, whatever the numbers, sizes and masks."""

import numpy as np
import pytest
from fixtures import (
    BOTH_WAYS,
    KINDS,
    LAYERS,
    MASKS,
    Results,
    Stack,
    assert_close,
    assert_equal,
    make_example,
    run,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lstm_course.arrays.trees import tree_map
from lstm_course.layers.bidirectional import BothWays

kinds = pytest.mark.parametrize("kind", KINDS)
both_ways = pytest.mark.parametrize("kind", BOTH_WAYS)
layers = pytest.mark.parametrize("kind", LAYERS)
few = settings(max_examples=25)


@st.composite
def examples(draw, kind, sizes=None, *, masked=None):
    """Return an example of any size, with or without mask and initial state."""
    sizes = sizes or draw(st.tuples(*[st.integers(1, 5)] * 4))
    example = make_example(
        kind,
        "no mask",
        initial_state=draw(st.booleans()),
        go_backwards=draw(st.booleans()),
        sizes=sizes,
        seed=draw(st.integers(0, 2**32 - 1)),
    )
    masked = draw(st.booleans()) if masked is None else masked
    return example._replace(mask=draw(arrays(bool, sizes[:2])) if masked else None)


def valid_steps(example):
    """Return the mask, True everywhere where there is none."""
    batch, steps, _ = example.inputs.shape
    return np.ones((batch, steps), bool) if example.mask is None else example.mask


def as_they_come_out(example, per_step):
    """Turn what is said of each step (B, T) into the order of the outputs."""
    # In a stack the upper layer turns round what the lower one has turned.
    turned = example.go_backwards and not isinstance(example.params, Stack)
    return per_step[:, ::-1] if turned else per_step


def take(tree, rows):
    return tree_map(lambda array: array[rows], tree)


def take_rows(example, rows):
    """Return an example of some sequences of the batch, in the order of ``rows``."""
    start, mask = example.initial_state, example.mask
    return example._replace(
        inputs=example.inputs[rows],
        initial_state=None if start is None else take(start, rows),
        mask=None if mask is None else mask[rows],
        d_outputs=example.d_outputs[rows],
        d_final_state=take(example.d_final_state, rows),
    )


def in_two_pieces(example, at):
    """Run the steps before ``at`` and the others apart, state and gradient handed over.

    What a piece cannot know is what the one before it put out last: it gives 0 before
    its first valid step, where the whole goes on repeating that output.
    """
    pieces = [np.s_[:, :at], np.s_[:, at:]]
    first, second = reversed(pieces) if example.go_backwards else pieces
    mask, valid = example.mask, valid_steps(example)

    def forward(piece, state):
        return example.cell.forward(
            example.inputs[piece],
            example.params,
            initial_state=state,
            mask=None if mask is None else mask[piece],
            go_backwards=example.go_backwards,
        )

    head, state, head_trace = forward(first, example.initial_state)
    tail, final, tail_trace = forward(second, state)
    counts = as_they_come_out(example, valid[second])
    still = ~np.logical_or.accumulate(counts, axis=1)[:, :, None]
    d_head, d_tail = np.split(example.d_outputs, [head.shape[1]], axis=1)
    if head.shape[1]:
        tail = np.where(still, head[:, -1:], tail)
        d_head = d_head.copy()
        d_head[:, -1] += (d_tail * still).sum(axis=1)

    backward = example.cell.backward
    d_final = example.d_final_state
    d_second, d_params, d_state = backward(d_tail, tail_trace, d_final_state=d_final)
    d_first, d_more, d_start = backward(d_head, head_trace, d_final_state=d_state)
    d_inputs = np.empty_like(example.inputs)
    d_inputs[first], d_inputs[second] = d_first, d_second
    outputs = np.concatenate([head, tail], axis=1)
    return Results(
        outputs, final, d_inputs, tree_map(np.add, d_params, d_more), d_start
    )


@kinds
@given(data=st.data())
@few
def test_two_pieces_are_the_whole(kind, data):
    example = data.draw(examples(kind))
    at = data.draw(st.integers(0, example.inputs.shape[1]), label="at")
    assert_close(in_two_pieces(example, at), run(example), 1e-12)


def row_alone(example, row):
    """Run one sequence of a batch by itself, without its masked steps.

    What a masked step puts out belongs to the last valid step before it (to none in
    a layer that reads both ways), and so does the gradient of it.
    """
    valid = valid_steps(example)[row]
    processed = as_they_come_out(example, valid[None])[0]
    owner = np.cumsum(processed) - 1
    has_owner = processed if isinstance(example.params, BothWays) else owner >= 0
    one = take_rows(example, [row])
    d_outputs = np.zeros((1, valid.sum(), one.d_outputs.shape[2]))
    np.add.at(d_outputs[0], owner[has_owner], one.d_outputs[0, has_owner])
    alone = run(
        one._replace(inputs=one.inputs[:, valid], mask=None, d_outputs=d_outputs)
    )
    outputs, d_inputs = np.zeros_like(one.d_outputs), np.zeros_like(one.inputs)
    outputs[:, has_owner] = alone.outputs[:, owner[has_owner]]
    d_inputs[:, valid] = alone.d_inputs
    return alone._replace(outputs=outputs, d_inputs=d_inputs)


@layers
@given(data=st.data())
@few
def test_a_masked_batch_is_its_rows_alone(kind, data):
    example = data.draw(examples(kind, masked=True))
    came = run(example)
    d_params = tree_map(np.zeros_like, example.params)
    for row in range(len(example.inputs)):
        alone = row_alone(example, row)
        of_row = [take(part, [row]) for part in came._replace(d_params=())]
        assert_close(tuple(of_row), tuple(alone._replace(d_params=())), 1e-12)
        d_params = tree_map(np.add, d_params, alone.d_params)
    assert_close(came.d_params, d_params, 1e-12)


@layers
@pytest.mark.parametrize("go_backwards", [False, True], ids=["forwards", "backwards"])
@pytest.mark.parametrize("padding", [0.0, 1e30, np.inf, np.nan])
@pytest.mark.parametrize("mask", [name for name in MASKS if name != "no mask"])
def test_what_stands_in_the_padding_does_not_count(kind, mask, padding, go_backwards):
    example = make_example(kind, mask, go_backwards=go_backwards)
    inputs = np.where(example.mask[:, :, None], example.inputs, padding)
    came = run(example._replace(inputs=inputs))
    assert_equal(came, run(example))
    assert not came.d_inputs[~example.mask].any()
    assert came.d_inputs[example.mask].all()


def changed_by(example, at):
    """Tell which outputs (B, T, width) change with the inputs of one step."""
    inputs = example.inputs.copy()
    inputs[:, at] += 0.5
    return run(example._replace(inputs=inputs)).outputs != run(example).outputs


def reached_from(example, at):
    """Tell which inputs (B, T, D) the gradient of the outputs at ``at`` comes to."""
    d_outputs = np.zeros_like(example.d_outputs)
    d_outputs[:, at] = example.d_outputs[:, at]
    nothing = tree_map(np.zeros_like, example.d_final_state)
    alone = example._replace(d_outputs=d_outputs, d_final_state=nothing)
    return run(alone).d_inputs != 0


@kinds
@given(data=st.data())
@few
def test_an_output_depends_on_what_came_before_and_on_nothing_else(kind, data):
    example = data.draw(examples(kind, (2, 5, 4, 3)))
    at = data.draw(st.integers(0, 4), label="at")
    valid, when = valid_steps(example), np.arange(5)
    order = when[::-1] if example.go_backwards else when
    # Outputs come in the order of processing; inputs stand in their own.
    later = valid[:, [at]] & (when >= order[at])
    assert (changed_by(example, at) == later[:, :, None]).all()
    earlier = valid & (order <= at)
    assert (reached_from(example, at) == earlier[:, :, None]).all()


@both_ways
@given(data=st.data())
@few
def test_both_ways_an_output_depends_on_all_that_counts(kind, data):
    example = data.draw(examples(kind, (2, 5, 4, 3)))
    at = data.draw(st.integers(0, 4), label="at")
    valid, when = valid_steps(example), np.arange(5)
    order = when[::-1] if example.go_backwards else when
    shown = as_they_come_out(example, valid) & valid[:, [at]]
    there, back = np.split(changed_by(example, at), 2, axis=2)
    assert (there == (shown & (when >= order[at]))[:, :, None]).all()
    assert (back == (shown & (when <= order[at]))[:, :, None]).all()
    reached = valid & as_they_come_out(example, valid)[:, [at]]
    assert (reached_from(example, at) == reached[:, :, None]).all()


@layers
@given(data=st.data())
@few
def test_permuting_the_batch_permutes_the_results(kind, data):
    example = data.draw(examples(kind))
    order = data.draw(st.permutations(range(len(example.inputs))), label="order")
    came, whole = run(take_rows(example, order)), run(example)
    expected = [take(part, order) for part in whole._replace(d_params=())]
    assert_close(tuple(came._replace(d_params=())), tuple(expected), 1e-12)
    assert_close(came.d_params, whole.d_params, 1e-12)


def permute_params(params, orders, inputs=slice(None)):
    """Permute the units of each layer within every block of a gate."""
    if isinstance(params, BothWays):
        pairs = zip(params, orders, strict=True)
        return BothWays(*(permute_params(part, [order]) for part, order in pairs))
    if isinstance(params, Stack):
        lower, upper = orders
        return Stack(
            permute_params(params.lower, [lower]),
            permute_params(params.upper, [upper], inputs=lower),
        )
    (units,) = orders
    starts = range(0, params.kernel.shape[1], len(units))
    blocks = np.concatenate([start + units for start in starts])
    return type(params)(
        params.kernel[inputs][:, blocks],
        params.recurrent_kernel[units][:, blocks],
        params.bias[..., blocks],
    )


def permute_states(state, orders):
    if isinstance(state, BothWays | Stack):
        pairs = zip(state, orders, strict=True)
        return type(state)(*(permute_states(part, [order]) for part, order in pairs))
    return tree_map(lambda array: array[:, orders[0]], state)


@layers
@given(data=st.data())
@few
def test_permuting_the_hidden_units_permutes_the_results(kind, data):
    example = data.draw(examples(kind, (3, 4, 2, 5)))
    params = example.params
    parts = params if isinstance(params, BothWays | Stack) else [params]
    sizes = [len(part.recurrent_kernel) for part in parts]
    orders = [
        np.array(data.draw(st.permutations(range(size)), label="units"))
        for size in sizes
    ]
    across = orders[-1]
    if isinstance(params, BothWays):
        across = np.concatenate([orders[0], sizes[0] + orders[1]])
    start, d_final = example.initial_state, example.d_final_state
    came = run(
        example._replace(
            params=permute_params(params, orders),
            initial_state=None if start is None else permute_states(start, orders),
            d_outputs=example.d_outputs[:, :, across],
            d_final_state=permute_states(d_final, orders),
        )
    )
    whole = run(example)
    expected = Results(
        whole.outputs[:, :, across],
        permute_states(whole.state, orders),
        whole.d_inputs,
        permute_params(whole.d_params, orders),
        permute_states(whole.d_initial_state, orders),
    )
    assert_close(came, expected, 1e-12)


@layers
@given(data=st.data())
@few
def test_gradients_are_linear_in_those_that_come_in(kind, data):
    example = data.draw(examples(kind, (3, 4, 2, 5)))
    other = make_example(kind, sizes=(3, 4, 2, 5), seed=99)
    a, b = (data.draw(st.floats(-2, 2, width=16)) for _ in range(2))
    cell = example.cell
    *_, trace = cell.forward(example.inputs, example.params, **example.options)

    def gradients(d_outputs, d_final_state):
        return cell.backward(d_outputs, trace, d_final_state=d_final_state)

    def mix(one, another):
        return tree_map(lambda x, y: a * x + b * y, one, another)

    ours, theirs = ((each.d_outputs, each.d_final_state) for each in (example, other))
    expected = mix(gradients(*ours), gradients(*theirs))
    assert_close(gradients(*mix(ours, theirs)), expected, 1e-12)


@layers
@given(data=st.data())
@few
def test_the_same_again_is_the_same_to_the_bit(kind, data):
    example, other = (data.draw(examples(kind)) for _ in range(2))
    first = run(example)
    run(other)
    assert_equal(run(example), first)
    cell = example.cell
    *_, trace = cell.forward(example.inputs, example.params, **example.options)
    for _ in range(2):  # backward leaves the trace as it was
        again = cell.backward(
            example.d_outputs, trace, d_final_state=example.d_final_state
        )
        assert_equal(again, tuple(first[2:]))
