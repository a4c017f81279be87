"""Freed memory is kept: the next allocation finds it, without a page fault."""

import subprocess
import sys

import pytest

COUNT = """
import resource
import numpy as np
if {keep}:
    from lstm_course.system.process import keep_freed_memory
    assert keep_freed_memory()
faults = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt
step = lambda: [np.ones(2**17) for _ in range(8)]  # 8 MB, or 2048 pages, at a time
step()
before = faults()
for _ in range(20):
    step()
print((faults() - before) / 20)
"""


def page_faults(keep):
    code = COUNT.format(keep=keep)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's malloc alone")
def test_freed_memory_is_found_warm():
    if page_faults(keep=False) < 500:
        pytest.skip("this malloc keeps what is freed, or hands out huge pages")
    assert page_faults(keep=True) < 5
