"""Firefox without a window, driven by WebDriver BiDi, which it speaks itself."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

import websocket

PATIENCE = 60  # seconds that a page may take to answer: a busy machine's


class FirefoxTab:
    """One tab: it goes to pages, evaluates JavaScript in them, and takes pictures."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self._socket = socket
        self._asked = 0
        self._ask("session.new", capabilities={})
        self._context = self._ask("browsingContext.create", type="tab")["context"]

    def _ask(self, method: str, **params: object) -> Any:
        self._asked += 1
        command = {"id": self._asked, "method": method, "params": params}
        self._socket.send(json.dumps(command))
        while True:  # events may come before the answer
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._asked:
                assert answer["type"] == "success", answer
                return answer["result"]

    def goto(self, address: str) -> None:
        """Open a page, and wait until it is loaded."""
        self._ask(
            "browsingContext.navigate",
            context=self._context,
            url=address,
            wait="complete",
        )

    def evaluate(self, function: str) -> Any:
        """Call a JavaScript function; return what it, or its promise, gives."""
        answer = self._ask(
            "script.evaluate",
            expression=f"Promise.resolve(({function})()).then(JSON.stringify)",
            target={"context": self._context},
            awaitPromise=True,
            resultOwnership="none",
        )
        assert answer["type"] == "success", answer
        text = answer["result"].get("value")
        return None if text is None else json.loads(text)


@contextmanager
def open_firefox(program: str) -> Iterator[FirefoxTab]:
    """Open Firefox with a profile of its own, and close it at the end."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, "--headless", "--no-remote", "--profile", profile]
        with subprocess.Popen(
            [*command, "--remote-debugging-port=0"], stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                said = (
                    re.search(r"BiDi listening on (\S+)", line)
                    for line in process.stderr or ()
                )
                address = next(filter(None, said))[1]
                socket = websocket.create_connection(
                    f"{address}/session", suppress_origin=True, timeout=PATIENCE
                )
                yield FirefoxTab(socket)
                socket.close()
            finally:
                process.kill()


def find_firefox() -> str | None:
    """Return the path of Firefox; None where there is none."""
    return shutil.which("firefox-esr") or shutil.which("firefox")
