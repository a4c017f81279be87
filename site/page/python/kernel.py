"""Run a lesson's cells in the page, and tell what comes of them as Jupyter does.

The page writes a cell to ``CELL`` and calls ``run_cell``. All that is to be seen goes
to ``CHANNEL``, one line of JSON each, in nbformat's words for outputs. The last line
says how the cell ended.
"""

import ast
import builtins
import codeop
import io
import itertools
import json
import linecache
import os
import re
import symtable
import sys
import traceback
import types

ROOTS = ("/course", "/kernel")
LIBRARY = "/usr/local/lib/python315.zip"
OWN = {__file__, "/kernel/IPython/display.py"}
CELL = "/io/cell.json"
CHANNEL = "/io/channel"
RECORD = "/io/progress.jsonl"
MOST = 200_000  # characters that a cell prints, or a value is described by

os.environ.update(
    LSTM_COURSE_PROGRESS=RECORD,
    MPLBACKEND="module://page_figures",
    MPLCONFIGDIR="/scratch",
    XDG_CACHE_HOME="/cache",
)
os.getuid = lambda: 1000  # platformdirs asks, and there are no users here
os.chdir("/scratch")
sys.path[:0] = ROOTS
sys.ps1 = ">>> "

_CAUSE = "The above exception was the direct cause of the following exception"
_CONTEXT = "During handling of the above exception, another exception occurred"
_compile = codeop.Compile()  # remembers what cells import from __future__
_channel = open(CHANNEL, "wb", buffering=0)  # noqa: SIM115 - open as long as Python is
_brought_by = {}  # module: the part that brings it, or None
_not_made = {}  # name: the module that a cell would have needed to make it
_awaiting = {}  # the same, of a cell that runs again if the part with the module comes


def send(message):
    """Send one message to the page, after all that was printed before."""
    for stream in _streams:
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


_streams = _Stream("stdout"), _Stream("stderr")


def start(brought_by):
    """Make the process ready for cells."""
    from IPython.display import display

    _brought_by.update(brought_by)
    sys.stdout, sys.stderr = _streams
    sys.modules["__main__"] = types.ModuleType("__main__")
    builtins.display = display
    builtins.input = _input
    builtins.exit = builtins.quit = sys.exit


def _input(prompt=""):
    raise EOFError("a page cannot wait for input: write the value into the cell")


def part_came(library=None):
    """Know that a part is there; import from it from now on if it is a library."""
    _awaiting.clear()
    if library and library not in sys.path:
        sys.path.append(library)


def run_cell():
    """Run the cell that the page has written, and send how it ended."""
    with open(CELL, encoding="utf-8") as file:
        cell = json.load(file)
    code, name = cell["code"], cell["name"]
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    space = sys.modules["__main__"].__dict__
    _lose(_awaiting, space)
    _awaiting.clear()
    for stream in _streams:
        stream.begin_cell()
    try:
        try:
            missing = _execute(code, name, space)
        finally:
            if figures := sys.modules.get("page_figures"):
                figures.show()
    except BaseException as error:
        message = {"output_type": "error", "traceback": _traceback(error)}
        send(message | {"ename": type(error).__name__, "evalue": _text(error)})
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
    shown = _shown(tree, code)
    steps = [  # all before the first runs: one that is no Python stops the cell
        _compile(ast.Expression(one.value), name, "eval")
        if one is shown
        else _compile(ast.Module([one], []), name, "exec")
        for one in tree.body
    ]
    for k, (statement, step) in enumerate(zip(tree.body, steps, strict=True)):
        try:
            value = eval(step, space)  # of a statement: None
            if value is not None:
                _show(value, space)
        except BaseException as error:
            module = _missing_module(error)
            if module is None and missing is None:
                raise
            if module and _brought_by[module]:
                for one in tree.body[k:]:
                    _awaiting.update(dict.fromkeys(_changed_by(one, space), module))
                return module
            missing = missing or module
            _lose(dict.fromkeys(_changed_by(statement, space), missing), space)
    return missing


def _lose(names, space):
    """Forget what statements that did not run would have made or changed."""
    for name, module in names.items():
        if not isinstance(space.get(name), types.ModuleType):
            _not_made[name] = module
            space.pop(name, None)


def _shown(tree, code):
    """Return the last statement if its value is shown: an expression without ";"."""
    if not tree.body or not isinstance(last := tree.body[-1], ast.Expr):
        return None
    line = code.encode().splitlines()[last.end_lineno - 1]
    ends = line[last.end_col_offset :].lstrip().startswith(b";")
    return None if ends else last


def _show(value, space):
    from IPython.display import described

    space["_"] = value
    send({"output_type": "execute_result", "data": described(value)})


def _changed_by(statement, space):
    """Yield the names of what a statement that did not run would have made or changed.

    It changes in place what it assigns to a part of, and perhaps what it calls or hands
    to a call, if that can be filled or drawn from: under all of its names.
    """
    table = symtable.symtable(ast.unparse(statement), "statement", "exec")
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_imported():
            yield symbol.get_name()
    stored = {
        _root(node)
        for node in ast.walk(statement)
        if isinstance(node, ast.Subscript | ast.Attribute)
        and isinstance(node.ctx, ast.Store | ast.Del)
    }
    used = {
        _root(node)
        for call in ast.walk(statement)
        if isinstance(call, ast.Call)
        for node in (call.func, *call.args, *(one.value for one in call.keywords))
    }
    for name in stored | used:
        value = space.get(name)
        if isinstance(value, types.ModuleType | type | types.FunctionType | None):
            continue
        if name in stored or _is_changed_by_use(value):
            yield from [other for other in space if space[other] is value]


def _root(node):
    """Return the name that ``node`` begins with: "a" of ``a.b[c]``; None if none."""
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _is_changed_by_use(value):
    is_random = hasattr(value, "bit_generator") or hasattr(value, "getrandbits")
    return is_random or isinstance(value, list | dict | set)


def _missing_module(error):
    """Return the module that would have to be there; None if that is not the error."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name:
            top = error.name.split(".")[0]
            if top in _brought_by and top not in sys.modules:
                return top
        if type(error) is NameError and error.name in _not_made:
            return _not_made[error.name]
        error = error.__cause__
    return None


def _text(error):
    try:
        return str(error)
    except Exception:
        return "<its text cannot be made>"


def _traceback(error):
    """Return the lines of a traceback, innermost last, in JupyterLab's form."""
    if isinstance(error, SyntaxError):
        lines = "".join(traceback.format_exception_only(error)).splitlines()
        lines[0] = re.sub('File "(In.*?)"', r"Cell \1", lines[0])
        return lines + _about_ipython(error)
    lines = []
    if error.__cause__ is not None:
        lines += _traceback(error.__cause__)
        lines += ["", f"{_CAUSE}:", ""]
    elif error.__context__ is not None and not error.__suppress_context__:
        lines += _traceback(error.__context__)
        lines += ["", f"{_CONTEXT}:", ""]
    kind = type(error).__name__
    lines.append(kind + "Traceback (most recent call last)".rjust(75 - len(kind)))
    frames = traceback.extract_tb(error.__traceback__)
    for frame, alike in itertools.groupby(frames, key=_place):
        if frame[0] not in OWN:
            first, *others = alike
            lines += _frame(first)
            if others:
                lines += [f"... and {len(others)} more calls at this line", ""]
    return [*lines, f"{kind}: {_text(error)}", *getattr(error, "__notes__", [])]


def _about_ipython(error):
    """Return what to say to a line that IPython understands and Python does not."""
    line = (error.text or "").strip()
    if line.startswith(("%", "!")) or line.endswith("?"):
        return ["", "Commands with %, ! or ? are JupyterLab's, not Python's."]
    return []


def _place(frame):
    return frame.filename, frame.lineno, frame.name


def _frame(frame):
    file = frame.filename
    for root in (*ROOTS, LIBRARY):
        file = file.removeprefix(f"{root}/")
    where = f"Cell {file}" if file.startswith("In[") else f"File {file}"
    inside = "" if frame.name == "<module>" else f", in {frame.name}"
    lines = [f"{where}, line {frame.lineno}{inside}"]
    for number in range(max(1, frame.lineno - 2), frame.lineno + 3):
        if text := linecache.getline(frame.filename, number).rstrip("\n"):
            arrow = "---->" if number == frame.lineno else "     "
            lines.append(f"{arrow} {number:3} {text}".rstrip())
    return [*lines, ""]
