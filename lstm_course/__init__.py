"""The LSTM course: the recurrences, the data and the experiments of the lessons.

Every public name can be imported from here: ``__init__.pyi`` lists them, for readers,
editors and type checkers. A name's module is loaded when the name is first used, so
that ``import lstm_course`` costs next to nothing and needs the standard library alone.
"""

from __future__ import annotations  # an old Python is to be told so in words

import ast
import importlib
from pathlib import Path


def _read_stub() -> dict[str, str]:
    """Return each public name with the module that it is imported from."""
    stub = ast.parse(Path(__file__).with_suffix(".pyi").read_text("utf-8"))
    return {
        alias.name: node.module or ""
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


_MODULE_OF = _read_stub()
__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'lstm_course' has no attribute {name!r}")
    if not _MODULE_OF[name]:  # a module of its own
        return importlib.import_module(f"lstm_course.{name}")
    return getattr(importlib.import_module(_MODULE_OF[name]), name)


def __dir__() -> list[str]:
    return __all__
