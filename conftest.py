"""Let the tests reach Jupyter's kernels where no network is up at all.

Jupyter talks to its kernels over the loopback network, which some sandboxes cut off.
"""

import atexit
import itertools
import os
import shutil
import socket
import tempfile

from jupyter_client.connect import ConnectionFileMixin
from jupyter_client.manager import AsyncKernelManager, KernelManager


def pytest_configure() -> None:
    """Without loopback, let sockets in a folder of our own take its place."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        try:
            socket.create_connection(server.getsockname(), timeout=5).close()
        except OSError:
            if os.name == "nt":
                return
            folder = tempfile.mkdtemp(prefix="lstm-course-")
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            numbers = itertools.count()
            ConnectionFileMixin.transport.default_value = "ipc"
            # What is an address elsewhere is the beginning of a path here. Jupyter's
            # own is relative to the folder of whoever asks.
            for kind in (KernelManager, AsyncKernelManager):
                setattr(kind, "_ip_default", lambda _: f"{folder}/{next(numbers)}")  # noqa: B010
