"""What the page is told: one line of JSON for each output, in nbformat's words."""

import io
import json

CHANNEL = "/io/channel"
MOST = 200_000  # characters that a cell prints, or a value is described by

_channel = open(CHANNEL, "wb", buffering=0)  # noqa: SIM115 - open as long as Python is


def send(message):
    """Send one message to the page, after all that was printed before."""
    for stream in streams:
        stream.flush()
    _channel.write(json.dumps(message).encode() + b"\n")


class _Stream(io.TextIOBase):
    """Standard output or error, sent line by line, and cut where a page would choke."""

    encoding = "utf-8"

    def __init__(self, name):
        self.name = name
        self._text = ""
        self.begin_cell()

    def begin_cell(self):
        self._left = MOST

    def writable(self):
        return True

    def write(self, text):
        if self._left < 0:
            return len(text)
        self._text += text[: self._left]
        self._left -= len(text)
        if self._left < 0:
            self._text += f"\n... cut after {MOST:,} characters\n"
        if "\n" in text or len(self._text) > 10_000 or self._left < 0:
            self.flush()
        return len(text)

    def flush(self):
        if self._text:
            text, self._text = self._text, ""  # before it is sent: that flushes again
            send({"output_type": "stream", "name": self.name, "text": text})


streams = _Stream("stdout"), _Stream("stderr")
