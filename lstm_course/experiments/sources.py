"""The hash of the code that measures, stored with what it measured.

Hashed are the module of an experiment and those beside it that it imports, as syntax:
docstrings, comments, layout, annotations and import statements don't count, so that
moving a module elsewhere does not make hours of measuring stale. Nor does what decides
no result: the question, the cases and seeds, how a quick check is made.

The floors below (layers, training, data) are not in the hash: they are held by tests
of their own, and by the quick checks, which compute stored numbers again.
"""

import ast
import hashlib
from pathlib import Path

_PACKAGE = "lstm_course.experiments."
# Experiments import them all the same.
_DECIDE_NO_RESULT = {"runner", "experiment", "checks"}


def code_hash(name: str, folder: Path = Path(__file__).parent) -> str:
    """Return the SHA-256 of the code of an experiment, whatever the Python version.

    Args:
        name: of the experiment and its module.
        folder: where the modules are.
    """
    waiting, found = [name], dict[str, str]()
    while waiting:
        name = waiting.pop()
        if name not in found and name not in _DECIDE_NO_RESULT:
            tree = ast.parse((folder / f"{name}.py").read_text("utf-8"))
            found[name] = _outline(tree)
            waiting += _neighbours(tree, folder)
    return hashlib.sha256("\n".join(sorted(found.values())).encode()).hexdigest()


def _neighbours(tree: ast.Module, folder: Path) -> list[str]:
    """Return the modules of the experiments' package that a module imports."""
    imported = list[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported.append(node.module)
            imported += [f"{node.module}.{alias.name}" for alias in node.names]
    names = [p.removeprefix(_PACKAGE) for p in imported if p.startswith(_PACKAGE)]
    return [name for name in names if (folder / f"{name}.py").is_file()]


def _outline(node: object) -> str:
    """Return a syntax tree as text that is the same in every version of Python.

    ``ast.dump`` is not: versions differ in the empty fields, which are left out here.
    """
    if isinstance(node, list):
        return "[" + ",".join(_outline(item) for item in node if _counts(item)) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, ast.AnnAssign) and node.value:
        node = ast.Assign([node.target], node.value)  # without its annotation
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Experiment":
        node.keywords = [word for word in node.keywords if word.arg == "run"]
    fields = [
        f"{field}={_outline(value)}"
        for field, value in ast.iter_fields(node)
        if value not in (None, []) and field not in ("annotation", "returns")
    ]
    return f"{type(node).__name__}({','.join(fields)})"


def _counts(node: object) -> bool:
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return not (docstring or isinstance(node, ast.Import | ast.ImportFrom))
