"""A disk with no room, for a while: the system itself then refuses to write."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

needs_limits = pytest.mark.skipif(
    sys.platform == "win32", reason="the size of files is limited by POSIX' setrlimit"
)


@contextmanager
def full_disk(room: int = 0) -> Iterator[None]:
    """Let no file grow beyond ``room`` bytes: more raises OSError, as on a full disk.

    New files and folders can be made, as they mostly can on a full disk. Print little
    inside: what pytest captures goes to a file, too.
    """
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
