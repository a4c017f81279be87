"""A browser without a window: Chromium, Chrome or Edge, whichever is installed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import Browser, Error, sync_playwright

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
)
_ELSEWHERE: tuple[Literal["chrome", "msedge"], ...] = ("chrome", "msedge")  # of Windows


class NoBrowserError(Exception):
    """There is no browser that can be driven, in words for the reader."""


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Open a browser, and close it at the end.

    Raises:
        NoBrowserError: none is installed.
    """
    with sync_playwright() as playwright:
        browser = None
        found = next(filter(None, map(shutil.which, _NAMES)), None)
        if found:
            browser = playwright.chromium.launch(executable_path=found)
        for channel in () if found else _ELSEWHERE:
            try:
                browser = playwright.chromium.launch(channel=channel)
                break
            except Error:  # not installed where its maker's installer puts it
                continue
        if browser is None:
            raise NoBrowserError("neither Chromium nor Chrome nor Edge is installed")
        try:
            yield browser
        finally:
            browser.close()
