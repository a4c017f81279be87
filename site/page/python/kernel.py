"""Run a lesson's cells in the page, and tell what comes of them as Jupyter does.

The page writes a cell to ``CELL`` and calls ``run_cell``. All that is to be seen goes
to ``CHANNEL``, one line of JSON each, in nbformat's words for outputs. The last line
says how the cell ended.
"""

import ast
import io
import itertools
import json
import linecache
import os
import symtable
import sys
import traceback
import types

ROOTS = ("/course", "/kernel")
CELL = "/io/cell.json"
CHANNEL = "/io/channel"
RECORD = "/io/progress.jsonl"

os.environ.update(
    LSTM_COURSE_PROGRESS=RECORD,
    MPLBACKEND="agg",
    MPLCONFIGDIR="/tmp",
    XDG_CACHE_HOME="/cache",
)
os.getuid = lambda: 1000  # platformdirs asks, and there are no users here
sys.path[:0] = ROOTS
sys.ps1 = ">>> "

_channel = open(CHANNEL, "wb", buffering=0)  # noqa: SIM115 - open as long as Python is
_brought_by = {}  # module: the part that brings it, or None
_not_made = {}  # name: the module that a cell would have needed to make it


def send(message):
    """Send one message to the page, after all that was printed before."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    _channel.write(json.dumps(message).encode() + b"\n")


class _Stream(io.TextIOBase):
    """Standard output or error, sent line by line."""

    encoding = "utf-8"

    def __init__(self, name):
        self.name = name
        self._text = ""

    def writable(self):
        return True

    def write(self, text):
        self._text += text
        if "\n" in text or len(self._text) > 10_000:
            self.flush()
        return len(text)

    def flush(self):
        if self._text:
            text, self._text = self._text, ""  # before it is sent: that flushes again
            send({"output_type": "stream", "name": self.name, "text": text})


def start(brought_by):
    """Make the process ready for cells."""
    _brought_by.update(brought_by)
    sys.stdout, sys.stderr = _Stream("stdout"), _Stream("stderr")
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    try:
        import tqdm
    except ImportError:
        return
    tqdm.tqdm.monitor_interval = 0  # its monitor is a thread


def add_library(path):
    """Import from one more zip from now on."""
    sys.path.append(path)
    sys.path_importer_cache.pop(path, None)


def run_cell():
    """Run the cell that the page has written, and send how it ended."""
    with open(CELL, encoding="utf-8") as file:
        cell = json.load(file)
    code, name = cell["code"], cell["name"]
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    space = sys.modules["__main__"].__dict__
    end = {"status": "ok"}
    try:
        _execute(code, name, space)
    except BaseException as error:
        end = _told(error, code, name, space)
    send(end)


def _execute(code, name, space):
    """Run all statements; show the value of the last one if it is an expression."""
    tree = ast.parse(code, name)
    last = None
    silent = code.rstrip().endswith(";")
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not silent:
        last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, name, "exec"), space)
    if last is not None:
        value = eval(compile(last, name, "eval"), space)
        if value is not None:
            from IPython.display import described

            space["_"] = value
            send({"output_type": "execute_result", "data": described(value)})


def _told(error, code, name, space):
    """Send what an error is; return how the cell ended."""
    module = _missing_module(error)
    if module is not None:
        for symbol in symtable.symtable(code, name, "exec").get_symbols():
            made = symbol.is_assigned() or symbol.is_imported()
            if made:
                _not_made[symbol.get_name()] = module
                space.pop(symbol.get_name(), None)
        return {"status": "needs", "module": module, "part": _brought_by[module]}
    send(
        {
            "output_type": "error",
            "ename": type(error).__name__,
            "evalue": str(error),
            "traceback": _traceback(error),
        }
    )
    return {"status": "error"}


def _missing_module(error):
    """Return the module that would have to be there; None if that is not the error."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name:
            top = error.name.split(".")[0]
            if top in _brought_by:
                return top
        if isinstance(error, NameError) and error.name in _not_made:
            return _not_made[error.name]
        error = error.__cause__
    return None


def _traceback(error):
    """Return the lines of a traceback, innermost last, in JupyterLab's form."""
    if isinstance(error, SyntaxError):
        return "".join(traceback.format_exception_only(error)).splitlines()
    lines = []
    if error.__cause__ is not None:
        lines += _traceback(error.__cause__)
        lines += ["", "The above exception was the direct cause of the following:", ""]
    kind = type(error).__name__
    lines.append(kind + "Traceback (most recent call last)".rjust(75 - len(kind)))
    frames = traceback.extract_tb(error.__traceback__)
    for frame, alike in itertools.groupby(frames, key=_place):
        if frame[0] != __file__:
            first, *others = alike
            lines += _frame(first)
            if others:
                lines += [f"... and {len(others)} more calls at this line", ""]
    return [*lines, f"{kind}: {error}", *getattr(error, "__notes__", [])]


def _place(frame):
    return frame.filename, frame.lineno, frame.name


def _frame(frame):
    file = frame.filename
    for root in (*ROOTS, "/usr/local/lib/python315.zip"):
        file = file.removeprefix(f"{root}/")
    where = f"Cell {file}" if file.startswith("In[") else f"File {file}"
    inside = "" if frame.name == "<module>" else f", in {frame.name}"
    lines = [f"{where}, line {frame.lineno}{inside}"]
    for number in range(max(1, frame.lineno - 2), frame.lineno + 3):
        if text := linecache.getline(frame.filename, number).rstrip("\n"):
            arrow = "---->" if number == frame.lineno else "     "
            lines.append(f"{arrow} {number:3} {text}".rstrip())
    return [*lines, ""]
