"""Errors in JupyterLab's form, and no line of the page's own in them."""

import itertools
import linecache
import re
import traceback

_FOLDERS = ("/course/", "/kernel/", "/usr/local/lib/python315.zip/")
_CAUSE = "The above exception was the direct cause of the following exception"
_CONTEXT = "During handling of the above exception, another exception occurred"


def text_of(error):
    """Return what an error says."""
    try:
        return str(error)
    except Exception:
        return "<its text cannot be made>"


def traceback_of(error):
    """Return the lines of a traceback, innermost last."""
    if isinstance(error, SyntaxError):
        lines = "".join(traceback.format_exception_only(error)).splitlines()
        lines[0] = re.sub('File "(In.*?)"', r"Cell \1", lines[0])
        return lines + _about_ipython(error)
    lines = []
    if error.__cause__ is not None:
        lines += traceback_of(error.__cause__)
        lines += ["", f"{_CAUSE}:", ""]
    elif error.__context__ is not None and not error.__suppress_context__:
        lines += traceback_of(error.__context__)
        lines += ["", f"{_CONTEXT}:", ""]
    kind = type(error).__name__
    lines.append(kind + "Traceback (most recent call last)".rjust(75 - len(kind)))
    frames = traceback.extract_tb(error.__traceback__)
    for frame, alike in itertools.groupby(frames, key=_place):
        if not frame[0].startswith("/kernel/"):
            first, *others = alike
            lines += _frame(first)
            if others:
                lines += [f"... and {len(others)} more calls at this line", ""]
    return [*lines, f"{kind}: {text_of(error)}", *getattr(error, "__notes__", [])]


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
    for folder in _FOLDERS:
        file = file.removeprefix(folder)
    where = f"Cell {file}" if file.startswith("In[") else f"File {file}"
    inside = "" if frame.name == "<module>" else f", in {frame.name}"
    lines = [f"{where}, line {frame.lineno}{inside}"]
    for number in range(max(1, frame.lineno - 2), frame.lineno + 3):
        if text := linecache.getline(frame.filename, number).rstrip("\n"):
            arrow = "---->" if number == frame.lineno else "     "
            lines.append(f"{arrow} {number:3} {text}".rstrip())
    return [*lines, ""]
