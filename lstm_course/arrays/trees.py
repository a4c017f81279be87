"""Parameters come as named tuples of arrays, one inside another: trees.

``Params(kernel, bias)`` is a tree, and so is a tuple of such tuples. Optimizers,
gradient checks and files treat every model alike by walking its tree.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np

from lstm_course.arrays.shapes import Array

Tree = TypeVar("Tree")


def tree_map(function: Callable[..., Array], *trees: Tree) -> Tree:
    """Return a tree of the first one's form, each leaf made by ``function``.

    Args:
        function: takes one array from each tree, the ones at the same place.
        *trees: one tree or more, all of the same form.
    """
    first = trees[0]
    if isinstance(first, np.ndarray):
        return function(*trees)  # type: ignore[return-value]
    if not isinstance(first, tuple):
        raise TypeError(f"a tree is made of tuples and arrays; this has {first!r}")
    branches = [tree_map(function, *parts) for parts in zip(*trees, strict=True)]
    if hasattr(first, "_fields"):
        return type(first)(*branches)
    return tuple(branches)  # type: ignore[return-value]


def tree_leaves(tree: object, name: str = "") -> list[tuple[str, Array]]:
    """Return (name, array) for each leaf, with names such as ``head.bias``."""
    if isinstance(tree, np.ndarray):
        return [(name, tree)]
    if not isinstance(tree, tuple):
        raise TypeError(f"a tree is made of tuples and arrays; this has {tree!r}")
    keys = getattr(tree, "_fields", range(len(tree)))
    return [
        leaf
        for key, branch in zip(keys, tree, strict=True)
        for leaf in tree_leaves(branch, f"{name}.{key}" if name else str(key))
    ]


def tree_from_leaves(form: Tree, arrays: Iterable[Array]) -> Tree:
    """Return a tree of ``arrays``, which come in the order of ``tree_leaves``.

    Args:
        form: a tree with arrays of the same shapes, whose values do not matter.
        arrays: the leaves of the new tree.

    Raises:
        ValueError: their number, or the shape or kind of one, is another; names it.
    """
    leaves, given = tree_leaves(form), list(arrays)
    if len(given) != len(leaves):
        raise ValueError(
            f"there are {len(given)} arrays; expected {len(leaves)}: "
            f"{', '.join(name for name, _ in leaves)}"
        )
    for (name, leaf), array in zip(leaves, given, strict=True):
        if array.shape != leaf.shape or array.dtype.kind != leaf.dtype.kind:
            raise ValueError(
                f"{name} has shape {array.shape} and holds {array.dtype}; "
                f"expected {leaf.shape} and {leaf.dtype}"
            )
    following = iter(given)
    return tree_map(lambda _: next(following), form)
