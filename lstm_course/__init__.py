"""The LSTM course: the recurrences, the data and the experiments of the lessons.

Every public name can be imported from here: ``__init__.pyi`` lists them, for readers,
editors and type checkers. A name's module is loaded when the name is first used, so
that ``import lstm_course`` costs next to nothing and needs the standard library alone.
"""

from __future__ import annotations  # an old Python is to be told so in words

import ast
import importlib
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=None)  # noqa: UP033 - for the old Python
def _module_of() -> dict[str, str]:
    """Return each public name with the module that it is imported from."""
    stub = ast.parse(Path(__file__).with_suffix(".pyi").read_text("utf-8"))
    return {
        alias.name: node.module or ""
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def __getattr__(name: str) -> object:
    if name == "__all__":
        return __dir__()
    if name not in _module_of():
        raise AttributeError(f"module 'lstm_course' has no attribute {name!r}")
    module = _module_of()[name]
    if not module:  # the name is a module itself
        return importlib.import_module(f"lstm_course.{name}")
    return getattr(importlib.import_module(module), name)


def __dir__() -> list[str]:
    return sorted(_module_of())
