"""What tests in a browser share: a server of files, and a page that is watched."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder of files; yield its address."""
    handler = partial(_Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def outside(url: str) -> list[str]:
    """Return an address, in a list, if it is not of this machine."""
    address = urlsplit(url)
    own = address.scheme in {"file", "data", "blob", "about"}
    return [] if own or address.hostname == "127.0.0.1" else [url]


@contextmanager
def watched_tab(browser: Browser, **options: object) -> Iterator[Page]:
    """Open a page, whose list ``outside`` has the addresses that it asked elsewhere."""
    tab = browser.new_page(**options)
    tab.outside = []
    tab.on("request", lambda request: tab.outside.extend(outside(request.url)))
    yield tab
    tab.close()


def typeset(tab: Page) -> None:
    """Wait until MathJax, where a page has it, has set all formulas."""
    tab.evaluate("globalThis.MathJax && MathJax.startup.promise")


def violations(tab: Page) -> list[tuple[str, str, str]]:
    """Return what axe-core finds: the rule, how bad that is, where first."""
    found = Axe().run(tab).response["violations"]
    return [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in found]
