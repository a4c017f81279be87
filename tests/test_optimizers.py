"""RMSprop, Adam and clipping: the first steps by hand, twenty steps beside Keras'."""

import math

import numpy as np
import pytest
from fixtures import assert_close, assert_equal, dtypes_of

from lstm_course.arrays.trees import tree_leaves, tree_map
from lstm_course.layers.dense import DenseParams
from lstm_course.system.keras_import import import_keras
from lstm_course.training.optimizers import (
    OPTIMIZERS,
    adam_update,
    clip_by_global_norm,
    global_norm,
    optimizer_init,
    rmsprop_update,
)

KERAS = {"rmsprop": "RMSprop", "adam": "Adam"}
optimizers = pytest.mark.parametrize("name", OPTIMIZERS)


def tree(seed, dtype=np.float32):
    """Return a tree whose entries span six orders of magnitude."""
    rng = np.random.default_rng(seed)

    def entries(*shape):
        sizes = 10.0 ** rng.uniform(-5, 1, shape)
        return (sizes * rng.choice([-1, 1], shape)).astype(dtype)

    return (DenseParams(entries(3, 4), entries(4)), entries(2, 5))


@optimizers
@pytest.mark.parametrize("learning_rate", [0.1, 1e-4])
def test_twenty_steps_are_kerass(name, learning_rate):
    params, state = tree(0), optimizer_init(tree(0))
    optimizer = getattr(import_keras().optimizers, KERAS[name])(learning_rate)
    variables = [import_keras().Variable(array) for _, array in tree_leaves(params)]
    for seed in range(1, 21):
        grads = tree(seed)
        params, state = OPTIMIZERS[name](
            params, grads, state, learning_rate=learning_rate
        )
        optimizer.apply([array for _, array in tree_leaves(grads)], variables)
    assert state.steps == 20
    assert dtypes_of(params) == {np.dtype(np.float32)}
    # Keras' Adam takes 1 - 0.999 in float32, which costs it four digits of a step.
    part_of_a_step = {"rmsprop": 1e-6, "adam": 1e-4}[name]
    for (_, array), variable in zip(tree_leaves(params), variables, strict=True):
        assert array == pytest.approx(
            variable.numpy(), rel=1e-6, abs=part_of_a_step * learning_rate
        )


def test_two_steps_of_rmsprop_by_hand():
    w, g_1, g_2 = 0.5, -0.3, 2.0
    first = w - 0.01 * g_1 / math.sqrt(0.1 * g_1**2 + 1e-7)
    square = 0.9 * 0.1 * g_1**2 + 0.1 * g_2**2
    second = first - 0.01 * g_2 / math.sqrt(square + 1e-7)
    got = two_steps(rmsprop_update, w, g_1, g_2)
    assert got == pytest.approx((first, second), rel=1e-15)


def test_two_steps_of_adam_by_hand():
    w, g_1, g_2 = 0.5, -0.3, 2.0
    # Both running means are a mean of the gradients so far: weights that sum to one.
    first = w - 0.01 * g_1 / (abs(g_1) + 1e-7 / math.sqrt(0.001))
    mean = (0.9 * 0.1 * g_1 + 0.1 * g_2) / (1 - 0.9**2)
    square = (0.999 * 0.001 * g_1**2 + 0.001 * g_2**2) / (1 - 0.999**2)
    epsilon = 1e-7 / math.sqrt(1 - 0.999**2)
    second = first - 0.01 * mean / (math.sqrt(square) + epsilon)
    got = two_steps(adam_update, w, g_1, g_2)
    assert got == pytest.approx((first, second), rel=1e-13)


def two_steps(update, w, *gradients):
    params, got = (np.array([w]),), []
    state = optimizer_init(params)
    for g in gradients:
        params, state = update(params, (np.array([g]),), state, learning_rate=0.01)
        got.append(params[0].item())
    return tuple(got)


@optimizers
def test_nothing_is_changed_and_the_form_is_kept(name):
    params, grads = tree(0), tree(1)
    state = optimizer_init(params)
    before = tree_map(np.copy, (params, grads, state.mean, state.square))
    for _, array in tree_leaves((params, grads, state.mean, state.square)):
        array.flags.writeable = False
    new, new_state = OPTIMIZERS[name](params, grads, state, learning_rate=0.1)
    assert_equal((params, grads, state.mean, state.square), before)
    assert state.steps == 0
    assert isinstance(new[0], DenseParams)
    assert isinstance(new_state.square[0], DenseParams)


@optimizers
@pytest.mark.parametrize("kind", [float, np.float32, np.float64])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_kind_of_the_learning_rate_decides_no_dtype(name, kind, dtype):
    params = tree(0, dtype)
    state = optimizer_init(params)
    for _ in range(2):
        params, state = OPTIMIZERS[name](
            params, tree(1, dtype), state, learning_rate=kind(0.125)
        )
    assert dtypes_of((params, state.square, state.mean)) == {np.dtype(dtype)}


@optimizers
def test_no_gradient_moves_nothing(name):
    params = tree(0)
    zeros = tree_map(np.zeros_like, params)
    new, _ = OPTIMIZERS[name](params, zeros, optimizer_init(params), learning_rate=0.1)
    assert_close(new, params, 0)


@pytest.mark.parametrize("limit", [0.01, 1.0, 1e6])
def test_clipping_is_kerass_global_clipnorm(limit):
    grads, flat = tree(1), np.concatenate([g.ravel() for _, g in tree_leaves(tree(1))])
    assert global_norm(grads) == pytest.approx(np.linalg.norm(flat), rel=1e-6)
    clipped = clip_by_global_norm(grads, limit)

    # A step of plain gradient descent at rate 1 shows what Keras made of the gradients.
    keras = import_keras()
    optimizer = keras.optimizers.SGD(1.0, global_clipnorm=limit)
    variables = [keras.Variable(0 * array) for _, array in tree_leaves(grads)]
    optimizer.apply([array for _, array in tree_leaves(grads)], variables)
    for (_, array), variable in zip(tree_leaves(clipped), variables, strict=True):
        assert array == pytest.approx(-variable.numpy(), rel=1e-5)

    assert dtypes_of(clipped) == {np.dtype(np.float32)}
    assert isinstance(clipped[0], DenseParams)
    assert_equal(grads, tree(1))


def test_the_norm_of_large_float32_gradients_does_not_overflow():
    grads = (np.array([3e30, 4e30], np.float32),)
    assert global_norm(grads) == pytest.approx(5e30)
    assert clip_by_global_norm(grads, 1.0)[0] == pytest.approx([0.6, 0.8])


@pytest.mark.parametrize("limit", [0, -1.0, float("nan")])
def test_a_limit_that_is_none_is_refused(limit):
    with pytest.raises(ValueError, match=f"^limit is {limit}; expected a number above"):
        clip_by_global_norm(tree(0), limit)
