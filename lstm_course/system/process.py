"""Two settings of the process that make small training steps quick.

Importing the course changes neither. ``tune_process`` does, for good, and training
calls it: ``fit``, ``train_regression``, experiments, benchmarks. Call it yourself
before a long loop over layers: on two cores it took a third to a fifth of the CPU time.

Memory: a training step makes and frees the same few megabytes each time. glibc gives
large blocks back to the kernel at once, which then hands out fresh pages, zeroed one by
one: half the time of a step of the course's reference model. Two settings of malloc
(see ``man 3 mallopt``) make the process keep what it frees.

Threads: a step's products are too small to be shared out. A second thread of NumPy's
BLAS costs more than it brings, and many times as much on a busy machine.
"""

import ctypes
import sys

from threadpoolctl import threadpool_limits

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3


def tune_process() -> None:
    """Let this process keep what memory it frees, and BLAS work in one thread."""
    _keep_freed_memory()
    threadpool_limits(1, "blas")


def _keep_freed_memory(megabytes: int = 512) -> bool:
    """Let this process keep up to so many megabytes of freed memory for its next use.

    Returns:
        True where the settings took; False where malloc is not glibc's.
    """
    if sys.platform != "linux":
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    largest_mmap_threshold = 32 * 2**20
    return bool(
        mallopt(_M_TRIM_THRESHOLD, megabytes * 2**20)
        and mallopt(_M_MMAP_THRESHOLD, largest_mmap_threshold)
    )
