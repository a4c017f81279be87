"""What no part has brought, and the names that cells could not make then."""

import ast
import os
import symtable
import sys
import types

brought_by = {}  # module or folder of the course: the part that brings it, or None
_COURSE = "/course/"
_not_made = {}  # name: the module that a cell would have needed to make it
_awaiting = {}  # the same, of a cell that runs again if the part with the module comes


def missing_module(error):
    """Return the module, or the folder of the course, that would have to be there.

    None if that is not the error.
    """
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name:
            top = error.name.split(".")[0]
            if top in brought_by and top not in sys.modules:
                return top
        if isinstance(error, FileNotFoundError) and error.filename:
            folder = os.path.dirname(str(error.filename))
            name = folder.removeprefix(_COURSE)
            if name in brought_by and not os.path.isdir(folder):
                return name
        if type(error) is NameError and error.name in _not_made:
            return _not_made[error.name]
        error = error.__cause__
    return None


def lose(statement, module, space):
    """Forget what a statement that did not run would have made or changed."""
    _forget(dict.fromkeys(_changed_by(statement, space), module), space)


def await_part(statements, module, space):
    """Note what these would have made: their cell runs again when its part comes."""
    for statement in statements:
        _awaiting.update(dict.fromkeys(_changed_by(statement, space), module))


def give_up_waiting(space):
    """Forget what a cell would have made whose part did not come."""
    _forget(_awaiting, space)
    _awaiting.clear()


def part_came():
    """Know that what was waited for is there."""
    _awaiting.clear()


def _forget(names, space):
    for name, module in names.items():
        if not isinstance(space.get(name), types.ModuleType):
            _not_made[name] = module
            space.pop(name, None)


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
