"""Whether this Python runs in a web page: it is built for WebAssembly there.

A page has no threads, no processes, no signals, and nothing is installed in it.
"""

import sys

IN_WEB_PAGE = sys.platform in ("wasi", "emscripten")
