"""Write a file whole or not at all."""

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import IO

_RANDOM = 8  # characters in the name of a new file
_LEFT = 3600  # seconds after which what is unfinished was left by a kill


@contextmanager
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file beside ``path`` that takes its place when all went well.

    An interruption or an error leaves what stood there before, and nothing else.
    Only a kill can leave the new file behind; a later write to ``path`` removes it.
    Missing folders are made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    clear_leftovers(path)
    temporary = temporary_beside(path)
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def temporary_beside(path: Path) -> Path:
    """Return a new name beside ``path``, for a file or folder that takes its place."""
    return path.with_name(f".{path.name}.{secrets.token_hex(_RANDOM // 2)}.tmp")


def clear_leftovers(path: Path) -> None:
    """Remove what killed writers of ``path`` left beside it, begun over an hour ago.

    What is younger may be somebody's who is writing; what may not be removed stays.
    """
    with suppress(OSError):
        pattern = f".{escape(path.name)}.{'?' * _RANDOM}.tmp"
        for temporary in path.parent.glob(pattern):
            with suppress(OSError):
                if temporary.stat().st_mtime < time.time() - _LEFT:
                    (shutil.rmtree if temporary.is_dir() else os.unlink)(temporary)
