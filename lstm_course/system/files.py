"""Write a file whole or not at all."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl

_RANDOM = 8  # the characters that tempfile puts between prefix and suffix


@contextmanager
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file beside ``path`` that takes its place when all went well.

    An interruption or an error leaves what stood there before, and nothing else.
    Only a kill can leave the new file behind; the next write to ``path`` removes it.
    Missing folders are made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    clear_leftovers(path)
    file, temporary = _open_locked(path)
    try:
        with file:
            yield file
            file.flush()
            umask = os.umask(0)
            os.umask(umask)
            temporary.chmod(0o666 & ~umask)  # mkstemp lets nobody else read it
            if sys.platform == "win32":
                file.close()  # what is open cannot be moved there
            temporary.replace(path)  # elsewhere still locked, so nobody clears it
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def clear_leftovers(path: Path) -> None:
    """Remove what killed writers of ``path`` left beside it.

    A writer keeps its new file locked, and the system lifts the lock when the writer
    is gone, however it ended. Windows has no need of the lock: a file that is open
    cannot be removed there. What may not be removed stays.
    """
    with suppress(OSError):
        pattern = f".{escape(path.name)}.{'?' * _RANDOM}.tmp"
        for temporary in path.parent.glob(pattern):
            with suppress(OSError):
                if sys.platform == "win32":
                    temporary.unlink()
                    continue
                with temporary.open("r+b") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    temporary.unlink()


def _open_locked(path: Path) -> tuple[IO[bytes], Path]:
    """Return a new file for ``path``, open and locked, and where it is."""
    while True:
        descriptor, name = tempfile.mkstemp(
            prefix=f".{path.name}.", suffix=".tmp", dir=path.parent
        )
        temporary = Path(name)
        try:
            file = os.fdopen(descriptor, "wb")
        except BaseException:
            os.close(descriptor)
            temporary.unlink()
            raise
        if sys.platform == "win32":
            return file, temporary
        with suppress(OSError):  # a disk without locks, where nothing is cleared either
            fcntl.flock(file, fcntl.LOCK_EX)
        # Someone who cleared may have locked it first, for a leftover, and removed it.
        if temporary.exists():
            return file, temporary
        file.close()
