"""Is a gradient right? Two answers that know nothing of the chain rule.

Both nudge every entry of every parameter once and look at the loss. The complex
step, Im L(w + ih) / h, subtracts nothing, so that h may be as small as 1e-30 and
the answer is exact to rounding (Squire and Trapp, 1998).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.arrays.trees import Tree, tree_leaves, tree_map


class WorstEntry(NamedTuple):
    """The entry of a gradient that is furthest from what it should be."""

    error: float
    name: str
    position: tuple[int, ...]
    expected: float
    got: float

    def __str__(self) -> str:
        place = f"{self.name}[{', '.join(map(str, self.position))}]"
        return (
            f"worst at {place}: expected {self.expected:.12g}, got {self.got:.12g} "
            f"(error {self.error:.1e} of the largest entry)"
        )


def _entry_by_entry(
    difference: Callable[[Array, tuple[int, ...]], float], tree: Tree
) -> Tree:
    def gradient(array: Array) -> Array:
        entries = [difference(array, index) for index in np.ndindex(array.shape)]
        return np.array(entries).reshape(array.shape)

    return tree_map(gradient, tree)


def complex_step_gradient(
    loss: Callable[[Tree], Array | complex], tree: Tree, *, step: float = 1e-30
) -> Tree:
    """Return the gradient of ``loss`` at ``tree``, exact to rounding.

    Args:
        loss: takes a tree like ``tree`` in complex128 and returns a scalar; it must
            be analytic, without absolute values, maxima or complex conjugates.
        tree: where to take the gradient: arrays, or named tuples of arrays.
        step: length of the step along the imaginary axis.
    """
    point = tree_map(lambda array: array.astype(np.complex128), tree)

    def difference(array: Array, index: tuple[int, ...]) -> float:
        kept = array[index]
        array[index] = kept + 1j * step
        slope = complex(loss(point)).imag / step
        array[index] = kept
        return slope

    return _entry_by_entry(difference, point)


def central_difference_gradient(
    loss: Callable[[Tree], Array | float], tree: Tree, *, step: float = 1e-5
) -> Tree:
    """Return the gradient of ``loss`` at ``tree``, good to about ten digits.

    As ``complex_step_gradient``, but in float64, so the loss need not be analytic;
    ``step`` is half the distance between the two points compared.
    """
    point = tree_map(lambda array: array.astype(np.float64), tree)

    def difference(array: Array, index: tuple[int, ...]) -> float:
        kept = array[index]
        array[index] = kept + step
        above = float(loss(point))
        array[index] = kept - step
        below = float(loss(point))
        array[index] = kept
        return (above - below) / (2 * step)

    return _entry_by_entry(difference, point)


def worst_entry(got: Tree, expected: Tree) -> WorstEntry:
    """Return where two gradients of the same form differ most.

    The error is relative to the largest entry of the expected array, so that
    entries near zero do not blow it up. An error that is no number counts as
    infinite.
    """
    worst = WorstEntry(-1.0, "", (), 0.0, 0.0)
    for (name, a), (_, b) in zip(tree_leaves(got), tree_leaves(expected), strict=True):
        if a.shape != b.shape:
            raise ValueError(f"{name} has shape {a.shape}; expected {b.shape}")
        if not b.size:
            continue
        scale = np.max(np.abs(b)) or 1.0
        error = np.nan_to_num(np.abs(a - b) / scale, nan=np.inf)
        index = tuple(int(i) for i in np.unravel_index(np.argmax(error), b.shape))
        if error[index] > worst.error:
            worst = WorstEntry(
                float(error[index]), name, index, float(b[index]), float(a[index])
            )
    return worst
