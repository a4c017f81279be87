"""Shapes as written in the lessons, checked when a function is called.

One table of letters serves the whole course:

    B  sequences in a batch      D  features of an input vector
    T  time steps                H  units, the size of the hidden state
    V  words in the vocabulary   K  outputs of a dense layer
    N  reviews in a data set
"""

import re
import reprlib
from functools import lru_cache
from typing import Any, get_type_hints

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]  # real or complex floating point: a complex step passes through
Ids = NDArray[np.integer[Any]]
Mask = NDArray[np.bool_]

_NUMPY_KIND: dict[str, Any] = {"float": np.inexact, "int": np.integer, "bool": np.bool_}


@lru_cache
def _parse(spec: str) -> tuple[str, str, list[tuple[int, str]]]:
    """Return the kind of number, the shape to show, and each axis' (factor, letter)."""
    words = spec.split()
    kind = words.pop(0) if words[0] in _NUMPY_KIND else "float"
    axes = []
    for word in words:
        match = re.fullmatch(r"(\d*)([A-Z]?)", word)
        assert match, f"not a shape: {spec!r}"  # noqa: S101 - a slip in our own code
        axes.append((int(match[1] or 1), match[2]))
    return kind, f"({', '.join(words)})", axes


def check_shapes(**named: tuple[Array, str]) -> dict[str, int]:
    """Hold arrays against their specs and return the size that each letter has.

    Args:
        **named: name of the argument = (array, spec). A spec names the axes, as in
            ``"D 4H"``, after the kind of number where that is not floating point:
            ``"bool B T"``, ``"int B T"``. A letter has one size throughout a call;
            the argument that comes first decides it.

    Raises:
        TypeError: an argument is no NumPy array or holds another kind of number.
        ValueError: a shape does not fit; says what was expected, and why.
    """
    sizes: dict[str, int] = {}
    origin: dict[str, str] = {}
    for name, (array, spec) in named.items():
        kind, expected, axes = _parse(spec)
        if not isinstance(array, np.ndarray):
            raise TypeError(
                f"{name} is a {type(array).__name__}; "
                f"expected a NumPy array of shape {expected}"
            )
        if not np.issubdtype(array.dtype, _NUMPY_KIND[kind]):
            raise TypeError(f"{name} holds {array.dtype}; expected {kind}")
        shape = array.shape
        if len(shape) != len(axes):
            raise ValueError(
                f"{name} has shape {shape}, {len(shape)} axes; "
                f"expected {len(axes)}: {expected}"
            )
        for size, (factor, letter) in zip(shape, axes, strict=True):
            if not letter:
                if size != factor:
                    raise ValueError(f"{name} has shape {shape}; expected {expected}")
            elif size % factor:
                raise ValueError(
                    f"{name} has shape {shape}; expected {expected}, "
                    f"but {size} is no multiple of {factor}"
                )
            elif sizes.setdefault(letter, size // factor) != size // factor:
                raise ValueError(
                    f"{name} has shape {shape}; expected {expected} "
                    f"with {letter} = {sizes[letter]}, {origin[letter]}"
                )
            origin.setdefault(letter, f"from {name} {expected} of shape {shape}")
    return sizes


@lru_cache
def _specs_of(form: type[Any]) -> dict[str, tuple[str, ...]]:
    hints = get_type_hints(form, include_extras=True)
    return {field: hints[field].__metadata__ for field in form._fields}


def field_specs(
    name: str, value: object, form: type[Any], *, optional: bool = False
) -> dict[str, tuple[Any, str]]:
    """Return (array, spec) for each field of a named tuple.

    The specs stand in its class: ``kernel: Annotated[Array, "D 4H"]``. Of several, the
    one with as many axes as the array counts, or else the first.

    Args:
        name: of the argument; its fields are called ``name.field``.
        value: the named tuple that was given.
        form: the class that is expected.
        optional: whether it may be None, which has no fields.

    Raises:
        TypeError: the value is of another kind.
    """
    if value is None and optional:
        return {}
    if not isinstance(value, form):
        expected = form.__name__ + " or None" * optional
        raise TypeError(f"{name} is a {type(value).__name__}; expected {expected}")
    found = {}
    for field, specs in _specs_of(form).items():  # type: ignore[arg-type]
        array = getattr(value, field)
        fitting = [s for s in specs if len(s.split()) == getattr(array, "ndim", None)]
        found[f"{name}.{field}"] = array, (fitting or specs)[0]
    return found


def is_integer(value: object) -> bool:
    """Tell whether a value is a whole number by its kind; True and False are none."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def check_at_least(name: str, value: int, least: int) -> None:
    """Raise unless an argument is an integer and no less than ``least``."""
    if not is_integer(value):
        raise TypeError(f"{name} is {reprlib.repr(value)}; expected an integer")
    if value < least:
        raise ValueError(f"{name} is {value}; expected at least {least}")


def check_draw(rng: np.random.Generator, **sizes: int) -> None:
    """Raise unless ``rng`` draws numbers and every size is an integer, at least 1."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng is {reprlib.repr(rng)}; "
            "expected a generator, as from np.random.default_rng(42)"
        )
    for name, size in sizes.items():
        check_at_least(name, size, 1)


def check_ids_below(size: int, **named: Ids) -> None:
    """Raise a ValueError unless every id has one of ``size`` rows."""
    for name, ids in named.items():
        if ids.size and not (ids.min() >= 0 and ids.max() < size):
            raise ValueError(
                f"{name} go from {ids.min()} to {ids.max()}; "
                f"expected 0 to {size - 1}, for there are {size} rows of embeddings"
            )
