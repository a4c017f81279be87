"""Bring whatever an answer returns into one plain form: arrays and texts in order."""

from collections.abc import Iterator
from numbers import Number
from types import EllipsisType, GeneratorType
from typing import Any

import numpy as np

from lstm_course.arrays.shapes import Array

_MOST_ENTRIES = 1_000_000
_MOST_PARTS = 10_000
_DEEPEST = 8
_PLAIN = (bool, int, float, complex)

Leaf = Array | str | None  # what an answer is made of


class Refusal(Exception):  # noqa: N818 - not an error of the course
    """Why an answer cannot be compared, in words."""


class Untouched(Refusal):
    """The answer still has the three dots of the lesson in it."""


def plain(value: Any) -> list[Leaf]:
    """Return the arrays and texts in a value, in order, whatever holds them.

    Numbers, also in nested lists and tuples, become one array where they form a
    rectangle. Named tuples, tuples, lists and dicts of arrays become their arrays, and
    what pandas has, its values.

    Raises:
        Refusal: there is something in it that is no number; says what.
        Untouched: there are three dots in it.
    """
    leaves: list[Leaf] = []
    entries = 0
    for leaf in _leaves(value):
        leaves.append(leaf)
        entries += leaf.size if isinstance(leaf, np.ndarray) else len(leaf or "")
        if entries > _MOST_ENTRIES or len(leaves) > _MOST_PARTS:
            raise Refusal("Your answer has far too many entries.")
    return [np.array(leaf) if isinstance(leaf, np.ndarray) else leaf for leaf in leaves]


def _leaves(value: Any, depth: int = 0) -> Iterator[Leaf]:
    value = _opened(value)
    if depth > _DEEPEST:
        raise Refusal("Your answer is a list inside a list inside a list, too deep.")
    if isinstance(value, EllipsisType):
        raise Untouched
    if value is None or isinstance(value, str):
        yield value
    elif isinstance(value, (*_PLAIN, np.ndarray, np.generic)):
        yield _numbers(value)
    elif isinstance(value, tuple | list):
        rectangle = _rectangle(value)
        if rectangle is not None:
            yield rectangle
        else:
            for item in value:
                yield from _leaves(item, depth + 1)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item, depth + 1)
    elif isinstance(value, GeneratorType):
        raise Refusal("Your function returns a generator: write return, not yield.")
    else:
        kind = type(value).__name__
        article = "an" if kind[:1].lower() in "aeiou" else "a"
        raise Refusal(f"Your answer is {article} {kind}; expected numbers.")


def _opened(value: Any) -> Any:
    """Return what is in an object of another library; a number of Python's as float."""
    if hasattr(value, "__array__"):  # pandas' too, and a tensor of any kind
        array = np.asarray(value)
        return array.tolist() if array.dtype.kind in "OUT" else array
    if isinstance(value, Number) and not isinstance(value, _PLAIN):
        return float(value)  # type: ignore[arg-type]  # a fraction or a decimal
    return value


def _numbers(value: Any) -> Array:
    array = np.asarray(value)
    if array.dtype.kind not in "biufc":
        raise Refusal(f"Your answer holds {array.dtype}; expected numbers.")
    return array


def _rectangle(value: Any) -> Array | None:
    """Return nested lists of plain numbers, or a list of like arrays, as one array."""
    first = value
    for _ in range(_DEEPEST + 1):
        if isinstance(first, tuple | list) and len(first):
            first = first[0]
    if len({isinstance(item, bool | np.bool_) for item in value}) == 2:
        return None  # a number and a yes or no: two things
    in_list = type(value) is list and type(first) is np.ndarray  # a step each, say
    if not in_list and not isinstance(first, Number | np.generic):
        return None
    try:
        array = np.array(value)
    except (ValueError, TypeError):  # rows of several lengths, or something odd inside
        return None
    if array.dtype.kind == "O" and all(isinstance(item, Number) for item in array.flat):
        return array.astype(float)  # fractions and decimals
    return array if array.dtype.kind in "biufc" else None
