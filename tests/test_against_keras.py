"""The recurrent layers against Keras': outputs, states and gradients."""

from functools import cache

import numpy as np
import pytest
from fixtures import (
    BOTH_WAYS,
    KINDS,
    LAYERS,
    MASKS,
    B,
    D,
    H,
    Results,
    Stack,
    assert_close,
    dtypes_of,
    make_example,
    run,
)

from lstm_course.arrays.trees import tree_from_leaves, tree_leaves
from lstm_course.layers.bidirectional import BothWays
from lstm_course.system.keras_import import import_keras
from lstm_course.twin.weights import params_from_keras, params_to_keras

layers = pytest.mark.parametrize("kind", LAYERS)
one_layer = pytest.mark.parametrize("kind", KINDS | BOTH_WAYS)


@cache
def build(kind, go_backwards, dtype, features, units):
    """Return Keras' layer, built once for all the weights that it will be given."""
    keras = import_keras()
    one_way, other = (
        getattr(keras.layers, LAYERS[kind].keras)(
            units,
            return_sequences=True,
            return_state=True,
            go_backwards=direction,
            dtype=dtype,
            **LAYERS[kind].options,
        )
        for direction in (go_backwards, not go_backwards)
    )
    layer = one_way
    if LAYERS[kind].form is BothWays:
        # The second by name: the one that Keras makes always goes backwards.
        layer = keras.layers.Bidirectional(one_way, backward_layer=other, dtype=dtype)
    layer.build((None, None, features))
    return layer


def keras_layer(kind, params, go_backwards=False):
    """Return Keras' layer with the weights of params."""
    first = params.forward if isinstance(params, BothWays) else params
    sizes = len(first.kernel), len(first.recurrent_kernel)
    layer = build(kind, go_backwards, first.kernel.dtype.name, *sizes)
    params_to_keras(params, layer)
    return layer


def watch_own_start(layer, tape, seen):
    """Let the tape see the state that a layer makes for itself where it gets none."""

    def get_initial_state(batch_size):
        state = type(layer).get_initial_state(layer, batch_size)
        tape.watch(state)
        seen.extend(state)
        return state

    layer.get_initial_state = get_initial_state


def run_keras(example):
    """Run Keras' layers on an example, with the gradients that the tape finds.

    Each layer of a stack is called by itself, with the mask that fits the order in
    which its inputs come: turned round for the upper one if the lower goes backwards.
    (Keras by itself hands the mask on as it was, so that it covers other steps than
    those that were masked.)
    """
    import tensorflow as tf

    params, start = example.params, example.initial_state
    if not isinstance(params, Stack):
        params, start = [params], [start]
    inputs, mask = tf.constant(example.inputs), example.mask
    outputs = inputs
    starts, finals, variables = [], [], []
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        for own, given in zip(params, start or [None, None], strict=True):
            layer = keras_layer(example.kind, own, example.go_backwards)
            if given is None:
                both = isinstance(own, BothWays)
                ways = [layer.forward_layer, layer.backward_layer] if both else [layer]
                for way in ways:
                    watch_own_start(way, tape, starts)
            else:
                given = [tf.constant(array) for _, array in tree_leaves(given)]
                tape.watch(given)
                starts += given
            outputs, *state = layer(outputs, mask=mask, initial_state=given)
            finals += state
            variables += layer.trainable_variables
            if mask is not None and example.go_backwards:
                mask = mask[:, ::-1]
        loss = tf.reduce_sum(outputs * example.d_outputs)
        weights = [array for _, array in tree_leaves(example.d_final_state)]
        for array, weight in zip(finals, weights, strict=True):
            loss += tf.reduce_sum(array * weight)
    leaves = [v.value for v in variables]
    gradients = tape.gradient(loss, [inputs, *leaves, *starts])
    d_inputs, *rest = [array.numpy() for array in gradients]
    return Results(
        outputs.numpy(),
        tree_from_leaves(example.d_final_state, [array.numpy() for array in finals]),
        d_inputs,
        tree_from_leaves(example.params, rest[: len(leaves)]),
        tree_from_leaves(example.d_final_state, rest[len(leaves) :]),
    )


@layers
@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("initial_state", [True, False], ids=["state", "no state"])
@pytest.mark.parametrize("go_backwards", [False, True], ids=["forwards", "backwards"])
def test_layer_is_keras_layer(kind, mask, initial_state, go_backwards):
    example = make_example(
        kind, mask, initial_state=initial_state, go_backwards=go_backwards
    )
    assert_close(run(example), run_keras(example), 1e-12)


@layers
def test_a_single_step_is_kerass(kind):
    example = make_example(kind, sizes=(B, 1, D, H))
    assert_close(run(example), run_keras(example), 1e-12)


@layers
@pytest.mark.parametrize("go_backwards", [False, True], ids=["forwards", "backwards"])
def test_float32_stays_float32_and_near_keras(kind, go_backwards):
    example = make_example(kind, dtype=np.float32, go_backwards=go_backwards)
    came = run(example)
    assert dtypes_of(came) == {np.dtype(np.float32)}
    assert_close(came, run_keras(example), 1e-5)


@one_layer
def test_weights_copy_both_ways_to_the_bit(kind):
    params = make_example(kind, dtype=np.float32).params
    layer = keras_layer(kind, params)
    form = make_example(kind, dtype=np.float32, seed=2).params
    back = params_from_keras(form, layer)
    assert type(back) is type(params)
    assert_close(back, params, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_get_weights_is_the_whole_conversion(kind):
    params = make_example(kind, dtype=np.float32).params
    weights = keras_layer(kind, params).get_weights()
    assert_close(type(params)(*weights), params, 0)
    two = BothWays(params, make_example(kind, dtype=np.float32, seed=2).params)
    weights = keras_layer(f"{kind}, both ways", two).get_weights()
    halves = weights[: len(params)], weights[len(params) :]
    assert_close(BothWays(*(type(params)(*half) for half in halves)), two, 0)
