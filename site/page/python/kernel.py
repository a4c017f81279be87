"""Run a lesson's cells in the page, and tell what comes of them as Jupyter does.

The page writes a cell to ``CELL`` and calls ``run_cell``. All that is to be seen goes
through the channel; the last message says how the cell ended.
"""

import ast
import builtins
import codeop
import json
import linecache
import os
import sys
import types

import missing
from channel import send, streams
from tracebacks import text_of, traceback_of

CELL = "/io/cell.json"

os.environ.update(
    LSTM_COURSE_PROGRESS="/io/progress.jsonl",
    MPLBACKEND="module://page_figures",
    MPLCONFIGDIR="/scratch",
    XDG_CACHE_HOME="/cache",
)
os.getuid = lambda: 1000  # platformdirs asks, and there are no users here
os.chdir("/scratch")
sys.path.insert(0, "/course")

_compile = codeop.Compile()  # remembers what cells import from __future__


def start(brought_by):
    """Make the process ready for cells."""
    from IPython.display import display

    missing.brought_by.update(brought_by)
    sys.stdout, sys.stderr = streams
    sys.modules["__main__"] = types.ModuleType("__main__")
    builtins.display = display
    builtins.input = _input
    builtins.exit = builtins.quit = sys.exit


def _input(prompt=""):
    raise EOFError("a page cannot wait for input: write the value into the cell")


def part_came(library=None):
    """Know that a part is there; import from it from now on if it is a library."""
    missing.part_came()
    if library and library not in sys.path:
        sys.path.append(library)


def run_cell():
    """Run the cell that the page has written, and send how it ended."""
    with open(CELL, encoding="utf-8") as file:
        cell = json.load(file)
    code, name = cell["code"], cell["name"]
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    space = sys.modules["__main__"].__dict__
    missing.give_up_waiting(space)
    for stream in streams:
        stream.begin_cell()
    try:
        try:
            module = _execute(code, name, space)
        finally:
            if figures := sys.modules.get("page_figures"):
                figures.show()
    except BaseException as error:
        message = {"output_type": "error", "traceback": traceback_of(error)}
        send(message | {"ename": type(error).__name__, "evalue": text_of(error)})
        send({"status": "error"})
        return
    if module:
        part = missing.brought_by[module]
        send({"status": "needs", "module": module, "part": part})
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
    absent = None
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
            module = missing.missing_module(error)
            if module is None and absent is None:
                raise
            if module and missing.brought_by[module]:
                missing.await_part(tree.body[k:], module, space)
                return module
            absent = absent or module
            missing.lose(statement, absent, space)
    return absent


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
