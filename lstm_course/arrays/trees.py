"""Parameters come as named tuples of arrays, one inside another: trees.

``Params(kernel, bias)`` is a tree, and so is a tuple of such tuples. Optimizers,
gradient checks and files treat every model alike by walking its tree.
"""

from collections.abc import Callable
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
