"""Reach Jupyter's kernels on a machine, or in a sandbox, without any network.

pytest loads this module as a plugin, for the kernels that nbval starts.
"""

import atexit
import itertools
import os
import shutil
import socket
import tempfile

from jupyter_client.connect import ConnectionFileMixin
from jupyter_client.manager import AsyncKernelManager, KernelManager


def reach_kernels() -> None:
    """See to it that kernels can be talked to where no network is up at all.

    Jupyter talks to its kernels over the loopback network. In a sandbox that cuts
    off that, too, sockets in a folder of our own take its place (not on Windows).
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        try:
            socket.create_connection(server.getsockname(), timeout=5).close()
        except OSError:
            if os.name == "nt" or ConnectionFileMixin.transport.default_value == "ipc":
                return
            folder = tempfile.mkdtemp(prefix="lstm-course-")
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            numbers = itertools.count()
            ConnectionFileMixin.transport.default_value = "ipc"
            # What is an address elsewhere is the beginning of a path here. Jupyter's
            # own is relative to the folder of whoever asks.
            for kind in (KernelManager, AsyncKernelManager):
                setattr(kind, "_ip_default", lambda _: f"{folder}/{next(numbers)}")  # noqa: B010


def pytest_configure() -> None:
    """Do so before the first test."""
    reach_kernels()
