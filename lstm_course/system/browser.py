"""A browser without a window: Chromium, Chrome or Edge, whichever is installed."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error, sync_playwright

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
)


class NoBrowserError(Exception):
    """There is no browser that can be driven, in words for the reader."""


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Open a browser, and close it at the end.

    Raises:
        NoBrowserError: none is installed, or what is there does not start.
    """
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    with sync_playwright() as playwright:
        try:
            if found:
                browser = playwright.chromium.launch(executable_path=found)
            else:  # perhaps where its own installer puts it
                usual = "msedge" if sys.platform == "win32" else "chrome"
                browser = playwright.chromium.launch(channel=usual)
        except Error as error:
            problem = f"{found} does not start" if found else "found no browser"
            raise NoBrowserError(
                f"{problem}; Chromium, Chrome or Edge is needed"
            ) from error
        with browser:
            yield browser
