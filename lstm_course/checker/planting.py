"""Plant a known mistake in a function of the course, to see what comes of it.

The tests do so, which have to notice it, and the check of an exercise, which names the
mistake that gives what a learner got.
"""

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import FunctionType
from typing import NamedTuple


class Mistake(NamedTuple):
    """One mistake in one function of the package.

    A table of mistakes gives the first three fields; ``in_function`` adds the others.
    """

    right: str  # a piece of the function's source that stands there once
    wrong: str  # what stands there instead
    hint: str  # to the learner: which mistake it is, and where to look
    name: str = ""  # its key in the table
    function: str = ""  # with its module in the package: "layers.lstm.lstm_step"

    @property
    def module(self) -> str:
        """The full name of the module that its function stands in."""
        return f"lstm_course.{self.function.rpartition('.')[0]}"


def in_function(function: str, mistakes: Mapping[str, Mistake]) -> tuple[Mistake, ...]:
    """Return the mistakes of one function with its name and their own."""
    return tuple(
        mistake._replace(name=name, function=function)
        for name, mistake in mistakes.items()
    )


def name_of(function: Callable[..., object]) -> str:
    """Return "layers.lstm.lstm_step" for this function of the package."""
    return f"{function.__module__}.{function.__qualname__}".removeprefix("lstm_course.")


def find_function(function: str) -> FunctionType:
    """Return a function of the package: "layers.lstm.lstm_step"."""
    module, _, name = f"lstm_course.{function}".rpartition(".")
    found: FunctionType = getattr(importlib.import_module(module), name)
    return found


_source = cache(inspect.getsource)  # hundreds of pairs of mistakes have the same


@cache
def plant(*mistakes: Mistake) -> FunctionType:
    """Return a function of the package, made anew with a mistake or several in it.

    Raises:
        ValueError: a right piece does not stand in the source, or more than once.
    """
    function = find_function(mistakes[0].function)
    source = _source(function)
    for mistake in mistakes:
        if (times := source.count(mistake.right)) != 1:
            raise ValueError(
                f"{mistake.name}: {mistake.right!r} stands {times} times in "
                f"{mistake.function}; expected once"
            )
        source = source.replace(mistake.right, mistake.wrong)
    code = compile(source, mistakes[0].name, "exec")
    names = dict(function.__globals__)
    exec(code, names)  # noqa: S102 - our own source and our own table
    planted: FunctionType = names[function.__name__]
    return planted


@contextmanager
def planted(mistake: Mistake) -> Iterator[None]:
    """Let the whole package make the mistake inside a ``with`` block.

    Other modules hold the function itself, so its code is exchanged, not its name.
    """
    function = find_function(mistake.function)
    right = function.__code__
    try:
        function.__code__ = plant(mistake).__code__
        yield
    finally:
        function.__code__ = right
