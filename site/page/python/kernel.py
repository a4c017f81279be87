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
    MPLCONFIGDIR="/scratch",
    XDG_CACHE_HOME="/cache",
)
os.getuid = lambda: 1000  # platformdirs asks, and there are no users here
os.chdir("/scratch")
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
    try:
        missing = _execute(code, name, sys.modules["__main__"].__dict__)
    except BaseException as error:
        message = {"output_type": "error", "traceback": _traceback(error)}
        send(message | {"ename": type(error).__name__, "evalue": str(error)})
        send({"status": "error"})
        return
    if missing:
        send({"status": "needs", "module": missing, "part": _brought_by[missing]})
    else:
        send({"status": "ok"})


def _execute(code, name, space):
    """Run all statements; show the value of the last one if it is an expression.

    Where a statement needs a module that is not to be had, those after it run all the
    same: a later cell may need no more than what they make. If it can be fetched, the
    cell ends there, to be run again as a whole.

    Returns:
        The missing module, or None.
    """
    missing = None
    tree = ast.parse(code, name)
    shown = not code.rstrip().endswith(";")
    for k, statement in enumerate(tree.body):
        is_shown = shown and k == len(tree.body) - 1 and isinstance(statement, ast.Expr)
        try:
            if is_shown:
                expression = ast.Expression(statement.value)
                _show(eval(compile(expression, name, "eval"), space), space)
            else:
                module = ast.Module([statement], tree.type_ignores)
                exec(compile(module, name, "exec"), space)
        except BaseException as error:
            module = _missing_module(error)
            if module is None and missing is None:
                raise
            can_come = module and _brought_by[module]
            for one in tree.body[k:] if can_come else [statement]:
                for made in {*_names_made_by(one), *_filled_by(one, space)}:
                    _not_made[made] = missing or module
                    space.pop(made, None)
            if can_come:
                return module
            missing = missing or module
    return missing


def _show(value, space):
    if value is not None:
        from IPython.display import described

        space["_"] = value
        send({"output_type": "execute_result", "data": described(value)})


def _names_made_by(statement):
    table = symtable.symtable(ast.unparse(statement), "statement", "exec")
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_imported():
            yield symbol.get_name()


def _filled_by(statement, space):
    """Yield the names of what a statement that did not run would have filled."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Subscript | ast.Attribute):
            inside = node.value
            if isinstance(inside, ast.Name) and (
                isinstance(node.ctx, ast.Store)
                or isinstance(space.get(inside.id), list | dict | set)
            ):
                yield inside.id


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
