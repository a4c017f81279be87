"""The site's reference: the public names, from their docstrings, module by module."""

import ast
import importlib
import inspect
from itertools import groupby
from pathlib import Path

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


def reference_anchor(file: str) -> str | None:
    """Return the anchor of a file of the package in the reference, if it is there."""
    module = file.removesuffix(".py").replace("/", ".")
    return _anchor(module) if module in _public_names() else None


def _anchor(module: str) -> str:
    return module.replace(".", "-").replace("_", "-")


def write_reference(path: Path) -> None:
    """Write the page from which autodoc makes the reference."""
    parts = [_OPENING]
    names_of = _public_names()
    for package, modules in groupby(names_of, key=lambda module: module.split(".")[1]):
        parts.append(f"## {package}\n")
        for number, module in enumerate(modules):
            if module != f"lstm_course.{package}":
                if number == 0:
                    parts.append(f"{_first_line(f'lstm_course.{package}')}\n")
                title = module.removeprefix("lstm_course.")
                parts.append(f"({_anchor(module)})=\n### {title}\n")
                parts.append(f"{_first_line(module)}\n")
            parts += [_directive(module, name) for name in names_of[module]]
    path.write_text("\n".join(parts), encoding="utf-8")


def _first_line(module: str) -> str:
    text = inspect.getdoc(importlib.import_module(module)) or ""
    return text.partition("\n")[0]


def _directive(module: str, name: str) -> str:
    home = importlib.import_module(module)
    found = getattr(home, name, home)
    if found is home:  # the name is a module itself
        lines = [f".. automodule:: {module}"]
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
