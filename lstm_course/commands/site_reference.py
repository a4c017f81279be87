"""The site's reference: the public names, from their docstrings, module by module."""

import ast
import importlib
import inspect
from itertools import groupby
from pathlib import Path

import lstm_course
from lstm_course.system.paths import ROOT

REFERENCE = "reference.md"

_OPENING = """# The package's public names

Everything here can be imported from `lstm_course` itself. Shapes: $B$ sequences,
$T$ steps, $D$ features, $H$ units.
"""


def _public_names() -> dict[str, list[str]]:
    """Return the public names by their module, in the order of ``__init__.pyi``."""
    stub = ast.parse((ROOT / "lstm_course" / "__init__.pyi").read_text("utf-8"))
    found: dict[str, list[str]] = {}
    for node in stub.body:
        if isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
            found.setdefault(node.module or "lstm_course.plain", []).extend(names)
    return found


def documented(file: str) -> str | None:
    """Return the anchor of a file of the package in the reference, if it is there."""
    module = file.removesuffix(".py").replace("/", ".")
    return _anchor(module) if module in _public_names() else None


def _anchor(module: str) -> str:
    return module.replace(".", "-").replace("_", "-")


def write_reference(path: Path) -> None:
    """Write the page from which autodoc makes the reference."""
    parts = [_OPENING]
    by_package = groupby(
        _public_names().items(), key=lambda item: item[0].split(".")[1]
    )
    for package, modules in by_package:
        parts.append(f"## {package}\n\n{_first_line(f'lstm_course.{package}')}\n")
        for module, names in modules:
            if module.count(".") > 1:
                title = module.removeprefix("lstm_course.")
                parts.append(f"({_anchor(module)})=\n### {title}\n")
                parts.append(f"{_first_line(module)}\n")
            parts += [_directive(module, name) for name in names]
    path.write_text("\n".join(parts), encoding="utf-8")


def _first_line(module: str) -> str:
    text = inspect.getdoc(importlib.import_module(module)) or ""
    return text.partition("\n")[0]


def _directive(module: str, name: str) -> str:
    found = getattr(lstm_course, name)
    if inspect.ismodule(found):
        lines = [f".. automodule:: {found.__name__}"]
    elif inspect.isfunction(found):
        lines = [f".. autofunction:: lstm_course.{name}"]
    elif inspect.isclass(found):
        lines = [f".. autoclass:: lstm_course.{name}"]
        if not hasattr(found, "_fields"):
            lines += ["   :members:"]
    else:
        lines = [f".. py:data:: lstm_course.{name}"]
        if isinstance(found, str):
            lines += [f"   :value: {found!r}"]
    return "\n".join(["```{eval-rst}", *lines, "```", ""])
