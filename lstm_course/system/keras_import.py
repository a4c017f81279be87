"""Import Keras without TensorFlow's start-up messages.

They come from compiled code, straight to file descriptor 2, so that neither
Python's ``sys.stderr`` nor an environment variable silences all of them.
"""

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from lstm_course.arrays.initializers import NUDGE_VARIABLE, nudged


class AbsentModule(ModuleType):
    """Stands in for Keras where it is not installed, and says so when it is used.

    A part of it, ``keras.layers``, is such a module again, so a cell that only imports
    runs. A class of it or a call raises ``ModuleNotFoundError`` with the name "keras".
    """

    def __getattr__(self, name: str) -> "AbsentModule":
        if name.startswith("__"):
            raise AttributeError(name)  # which inspection asks for
        part = AbsentModule(f"{self.__name__}.{name}")
        return part if name.islower() else part()

    def __call__(self, *_: object, **__: object) -> "AbsentModule":
        """Raise the error: this would be the first use."""
        raise ModuleNotFoundError(
            f"{self.__name__} needs Keras and TensorFlow, which are not installed "
            "here; the installed course has both.",
            name="keras",
        )


def import_keras() -> ModuleType:
    """Return the module ``keras``, imported on TensorFlow with nothing printed.

    The standard error stream is restored before this function returns or raises,
    so a real traceback is never lost. Without Keras or TensorFlow it returns an
    `AbsentModule`.
    """
    if sys.modules.get("keras") is None:
        backend = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        needed = ["keras", "tensorflow"] if backend == "tensorflow" else ["keras"]
        if None in map(importlib.util.find_spec, needed):
            return AbsentModule("keras")
        kept = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            sys.stderr.flush()
            os.dup2(nowhere, 2)
            keras = importlib.import_module("keras")
            if os.environ.get(NUDGE_VARIABLE):
                _nudge_starting_weights(keras)
            return keras
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)
    return importlib.import_module("keras")


def _nudge_starting_weights(keras: ModuleType) -> None:
    """Let Keras' random initializers start one unit in the last place higher, too."""

    def nudging(draw: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: Any, shape: Any, dtype: Any = None, **others: Any) -> Any:
            return nudged(np.asarray(draw(self, shape, dtype, **others)))

        return call

    kinds = keras.initializers
    for kind in (kinds.VarianceScaling, kinds.Orthogonal, kinds.RandomUniform):
        kind.__call__ = nudging(kind.__call__)
