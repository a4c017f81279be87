"""Import Keras without TensorFlow's start-up messages.

They come from compiled code, straight to file descriptor 2, so that neither
Python's ``sys.stderr`` nor an environment variable silences all of them.
"""

import importlib
import os
import sys
from types import ModuleType


def import_keras() -> ModuleType:
    """Return the module ``keras``, imported on TensorFlow with nothing printed.

    The standard error stream is restored before this function returns or raises,
    so a real traceback is never lost.
    """
    if "keras" not in sys.modules:
        os.environ.setdefault("KERAS_BACKEND", "tensorflow")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        kept = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            sys.stderr.flush()
            os.dup2(nowhere, 2)
            return importlib.import_module("keras")
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)
    return importlib.import_module("keras")
