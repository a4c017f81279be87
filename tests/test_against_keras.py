"""The recurrent layers against Keras': outputs, states and gradients."""

import numpy as np
import pytest
from fixtures import (
    KINDS,
    MASKS,
    Results,
    assert_close,
    dtypes_of,
    make_example,
    run,
)

from lstm_course.arrays.quiet import import_keras
from lstm_course.twin.weights import params_from_keras, params_to_keras

kinds = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="module")
def keras():
    return import_keras()


def keras_layer(keras, kind, params, **options):
    features, units = len(params.kernel), len(params.recurrent_kernel)
    layer = getattr(keras.layers, KINDS[kind].keras)(
        units,
        return_sequences=True,
        dtype=params.kernel.dtype.name,
        **KINDS[kind].options,
        **options,
    )
    layer.build((None, None, features))
    params_to_keras(params, layer)
    return layer


def run_keras(keras, example):
    """Run Keras' layer on an example, with the gradients that its tape finds."""
    import tensorflow as tf

    state_kind = example.cell.state
    layer = keras_layer(
        keras,
        example.kind,
        example.params,
        return_state=True,
        go_backwards=example.go_backwards,
    )
    inputs = tf.constant(example.inputs)
    shape = (len(example.inputs), layer.units)
    zeros = [np.zeros(shape, example.inputs.dtype) for _ in state_kind._fields]
    start = [tf.constant(array) for array in example.initial_state or zeros]
    with tf.GradientTape() as tape:
        tape.watch([inputs, *start])
        outputs, *state = layer(inputs, mask=example.mask, initial_state=start)
        loss = tf.reduce_sum(outputs * example.d_outputs)
        for array, weights in zip(state, example.d_final_state, strict=True):
            loss += tf.reduce_sum(array * weights)
    weights = [variable.value for variable in layer.trainable_variables]
    d_inputs, d_weights, d_start = tape.gradient(loss, [inputs, weights, start])
    return Results(
        outputs.numpy(),
        state_kind(*(array.numpy() for array in state)),
        d_inputs.numpy(),
        type(example.params)(*(array.numpy() for array in d_weights)),
        state_kind(*(array.numpy() for array in d_start)),
    )


@pytest.mark.parametrize(
    ("kind", "initial_state"),
    [*((kind, True) for kind in KINDS), ("lstm", False)],
    ids=[*KINDS, "lstm, zero state"],
)
@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("go_backwards", [False, True], ids=["forwards", "backwards"])
def test_layer_is_keras_layer(keras, kind, initial_state, mask, go_backwards):
    example = make_example(
        kind, mask, initial_state=initial_state, go_backwards=go_backwards
    )
    assert_close(run(example), run_keras(keras, example), 1e-12)


@kinds
def test_a_single_step_is_kerass(keras, kind):
    example = make_example(kind, sizes=(3, 1, 4, 5))
    assert_close(run(example), run_keras(keras, example), 1e-12)


@kinds
def test_float32_stays_float32_and_near_keras(keras, kind):
    example = make_example(kind, dtype=np.float32, go_backwards=True)
    came = run(example)
    assert dtypes_of(came) == {np.dtype(np.float32)}
    assert_close(came, run_keras(keras, example), 1e-5)


def test_two_layers_are_two_of_kerass(keras):
    kind = "lstm"
    import tensorflow as tf

    lower, upper = (
        make_example(kind, initial_state=False, sizes=sizes, seed=seed)
        for seed, sizes in enumerate([(3, 6, 4, 5), (3, 6, 5, 2)])
    )
    _, forward, backward, *_ = lower.cell
    hidden, _, lower_trace = forward(lower.inputs, lower.params, mask=lower.mask)
    outputs, _, upper_trace = forward(hidden, upper.params, mask=upper.mask)
    d_hidden, d_upper, _ = backward(upper.d_outputs, upper_trace)
    d_inputs, d_lower, _ = backward(d_hidden, lower_trace)

    layers = [keras_layer(keras, each.kind, each.params) for each in (lower, upper)]
    inputs = tf.constant(lower.inputs)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        expected = inputs
        for layer in layers:
            expected = layer(expected, mask=lower.mask)
        loss = tf.reduce_sum(expected * upper.d_outputs)
    weights = [v.value for layer in layers for v in layer.trainable_variables]
    gradients = [g.numpy() for g in tape.gradient(loss, [inputs, *weights])]
    assert_close(outputs, expected.numpy(), 1e-12)
    assert_close((d_inputs, *d_lower, *d_upper), tuple(gradients), 1e-12)


@kinds
def test_weights_copy_both_ways_to_the_bit(keras, kind):
    params = make_example(kind, dtype=np.float32).params
    layer = keras_layer(keras, kind, params)
    form = type(params)(*(np.zeros_like(array) for array in params))
    back = params_from_keras(form, layer)
    assert type(back) is type(params)
    assert_close(back, params, 0)
    # The whole conversion, as the lessons write it.
    assert_close(type(params)(*layer.get_weights()), params, 0)
