"""RMSprop, Adam and clipping, with Keras' formulas, on trees of parameters."""

from collections.abc import Callable
from typing import Any, Generic, NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.arrays.trees import Tree, tree_leaves, tree_map


class OptimizerState(NamedTuple, Generic[Tree]):
    """What an optimizer remembers from step to step."""

    mean: Tree  # running mean of the gradients (Adam)
    square: Tree  # running mean of their squares
    steps: int


def optimizer_init(params: Tree) -> OptimizerState[Tree]:
    """Return the state before the first step: zeros of the form of the parameters."""
    zeros = tree_map(np.zeros_like, params)
    return OptimizerState(mean=zeros, square=zeros, steps=0)


def rmsprop_update(
    params: Tree,
    grads: Tree,
    state: OptimizerState[Tree],
    *,
    learning_rate: float,
    rho: float = 0.9,
    epsilon: float = 1e-7,
) -> tuple[Tree, OptimizerState[Tree]]:
    """Return parameters and state after one step of RMSprop (Hinton, 2012)."""
    rate = float(learning_rate)  # a Python number leaves float32 arrays in float32

    def running(square: Array, g: Array) -> Array:
        return rho * square + (1 - rho) * (g * g)

    def step(w: Array, g: Array, square: Array) -> Array:
        return w - rate * g / np.sqrt(square + epsilon)

    square = tree_map(running, state.square, grads)
    params = tree_map(step, params, grads, square)
    return params, OptimizerState(state.mean, square, state.steps + 1)


def adam_update(
    params: Tree,
    grads: Tree,
    state: OptimizerState[Tree],
    *,
    learning_rate: float,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
) -> tuple[Tree, OptimizerState[Tree]]:
    """Return parameters and state after one step of Adam (Kingma and Ba, 2015)."""
    steps = state.steps + 1
    rate = float(learning_rate * np.sqrt(1 - beta_2**steps) / (1 - beta_1**steps))

    def step(w: Array, mean: Array, square: Array) -> Array:
        return w - rate * mean / (np.sqrt(square) + epsilon)

    mean = tree_map(lambda m, g: m + (1 - beta_1) * (g - m), state.mean, grads)
    square = tree_map(lambda s, g: s + (1 - beta_2) * (g * g - s), state.square, grads)
    return tree_map(step, params, mean, square), OptimizerState(mean, square, steps)


def global_norm(grads: Tree) -> float:
    """Return the length of all gradients together, as if they were one vector."""
    squares = (np.sum(np.square(g, dtype=np.float64)) for _, g in tree_leaves(grads))
    return float(np.sqrt(sum(squares)))


def clip_by_global_norm(grads: Tree, limit: float) -> Tree:
    """Return the gradients, shortened to ``limit`` if they are longer together.

    Their direction stays: all are multiplied by the same number (Pascanu, Mikolov and
    Bengio, 2013). Keras' name for the limit is ``global_clipnorm``.

    Raises:
        ValueError: the limit is not above 0.
    """
    if not limit > 0:
        raise ValueError(f"limit is {limit!r}; expected a number above 0")
    norm = global_norm(grads)
    if norm <= limit:
        return grads
    scale = float(limit / norm)
    return tree_map(lambda g: g * scale, grads)


OPTIMIZERS: dict[str, Callable[..., Any]] = {
    "rmsprop": rmsprop_update,
    "adam": adam_update,
}
