"""Make slips in a solution's own code: what a table of known mistakes has not foreseen.

Each slip changes one place of the syntax tree: two names change places, a term is left
out, an axis is another, and so on.
"""

import ast
import inspect
import textwrap
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import combinations, permutations
from typing import Any, NamedTuple

Change = tuple[Any, str]  # a node to stand for another, and the mistake in words

_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr)
_LONGEST_LINE = 70
_MINUS_ONE = ast.UnaryOp(ast.USub(), ast.Constant(1))
# What is often taken for one another.
_ALIKE = (
    ("sum", "mean"),
    ("max", "min"),
    ("argmax", "argmin"),
    ("std", "var"),
    ("tanh", "sigmoid"),
    ("log", "log2", "log10"),
    ("floor", "ceil"),
    ("any", "all"),
    ("zeros_like", "ones_like"),
)
_OPERATORS: dict[type, tuple[str, tuple[type[ast.operator], ...]]] = {
    ast.Add: ("plus", (ast.Sub,)),
    ast.Sub: ("minus", (ast.Add,)),
    ast.Mult: ("times", (ast.Div, ast.Add)),
    ast.Div: ("a division", (ast.Mult,)),
    ast.FloorDiv: ("a division without rest", (ast.Div,)),
    ast.MatMult: ("a matrix product", (ast.Mult,)),
}
_COMPARISONS: dict[type, tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}


class Slip(NamedTuple):
    """A solution with one place changed."""

    solve: Callable[..., Any]
    line: str  # as it stands there with the slip
    what: str  # which slip it is

    @property
    def hint(self) -> str:
        """What a learner is told whose answer does the same."""
        line = self.line
        if len(line) > _LONGEST_LINE:
            line = f"{line[: _LONGEST_LINE - 2]} …"
        return (
            f"Look at the line `{line}`, or what does the same in yours: {self.what}."
        )


def slips_in(
    function: Callable[..., Any],
    constants: Sequence[Callable[[float], float]] = (
        lambda number: number + 1,
        lambda number: number - 1,
    ),
) -> Iterator[Slip]:
    """Yield a function of ours with each slip in it.

    Args:
        function: its source is read.
        constants: what may be done to a number in it.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    [definition] = tree.body
    assert isinstance(definition, ast.FunctionDef)  # noqa: S101 - our own solution
    definition.decorator_list = []
    names = _names_in(definition)
    for block in _blocks(definition):
        for at in range(len(block)):
            for line, what in _slips_at(block, at, names, constants):
                solve = _made_of(tree, function)
                if solve is not None:
                    yield Slip(solve, line, what)


def _made_of(
    tree: ast.Module, function: Callable[..., Any]
) -> Callable[..., Any] | None:
    names = dict(function.__globals__)
    # A slip may be no Python, or odd Python.
    with suppress(SyntaxError, TypeError, ValueError), warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        exec(compile(tree, "<slip>", "exec"), names)  # noqa: S102 - our own source
        made: Callable[..., Any] = names[function.__name__]
        return made
    return None


def _names_in(definition: ast.FunctionDef) -> list[str]:
    """Return the names of arguments and of all that is assigned."""
    arguments = [argument.arg for argument in definition.args.args]
    assigned = [
        node.id
        for node in ast.walk(definition)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    return [name for name in dict.fromkeys((*arguments, *assigned)) if name != "_"]


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield each list of statements, the outer first."""
    for field in ("body", "orelse"):
        block = getattr(node, field, None)
        if isinstance(block, list):
            yield block
            for statement in block:
                yield from _blocks(statement)


def _slips_at(
    block: list[ast.stmt],
    at: int,
    names: list[str],
    constants: Sequence[Callable[[float], float]],
) -> Iterator[tuple[str, str]]:
    """Make each slip of a statement, and take it back when the next is asked for."""
    statement = block[at]
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return  # the docstring
    for parent, field, index, node in _places(statement):
        for new, what in _changes(node, parent, names, constants):
            _put(parent, field, index, ast.copy_location(new, node))
            ast.fix_missing_locations(parent)
            yield _line(statement), what
            _put(parent, field, index, node)
    yield from _exchanges(statement)
    kept = list(block)
    for others, line, what in _other_orders(block, at):
        block[:] = others
        yield line, what
        block[:] = kept


def _put(parent: ast.AST, field: str, index: int | None, node: Any) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _places(
    node: ast.AST,
) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Yield each expression of a statement with the place where it stands."""
    for field, value in ast.iter_fields(node):
        if field in ("body", "orelse", "annotation", "returns", "args") and isinstance(
            node, ast.stmt
        ):
            continue
        items = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, item in items:
            if isinstance(item, ast.expr | ast.keyword | ast.comprehension):
                yield node, field, index, item
                yield from _places(item)


def _line(statement: ast.stmt) -> str:
    """Return a statement as one line; of a loop or a condition, its head."""
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        plain = ast.Assign([statement.target], statement.value)
        return _line(ast.copy_location(plain, statement))
    return ast.unparse(statement).splitlines()[0]


# One expression for another -------------------------------------------------------


def _changes(
    node: ast.AST,
    parent: ast.AST,
    names: list[str],
    constants: Sequence[Callable[[float], float]],
) -> Iterator[Change]:
    """Yield what may stand for an expression, and the mistake that this is."""
    if isinstance(node, ast.Constant):
        yield from _of_constant(node, constants)
    elif isinstance(node, ast.BinOp):
        yield from _of_operation(node)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for kind in _COMPARISONS.get(type(node.ops[0]), ()):
            new: ast.expr = ast.Compare(node.left, [kind()], node.comparators)
            yield new, "the comparison is another"
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        word = type(other).__name__.lower()
        yield ast.BoolOp(other, node.values), f"it says {word} where it should not"
        for value in node.values:
            yield value, f"{ast.unparse(value)} is all that is asked"
    elif isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.USub):
            yield node.operand, "a minus is missing"
        elif isinstance(node.op, ast.Not | ast.Invert):
            yield node.operand, "it is the other way round"
    elif isinstance(node, ast.IfExp):
        new = ast.IfExp(node.test, node.orelse, node.body)
        yield new, "the two cases have changed places"
        yield node.body, f"{ast.unparse(node.orelse)} never comes up"
        yield node.orelse, f"{ast.unparse(node.body)} never comes up"
    elif isinstance(node, ast.Tuple | ast.List) and 2 <= len(node.elts) <= 4:
        for elements in permutations(node.elts):
            if list(elements) != node.elts:
                new = type(node)(list(elements), node.ctx)
                yield new, "the order should be another"
    elif isinstance(node, ast.Slice):
        yield from _of_slice(node)
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value, f"{ast.unparse(node.value)} is not transposed"
    elif isinstance(node, ast.Name) and node.id in names:
        # A list that is appended to itself has no end.
        for name in names if isinstance(node.ctx, ast.Load) else ():
            if name != node.id and not _is_method_of(parent, name):
                new = ast.Name(name, ast.Load())
                yield new, f"{name} stands where {node.id} should"
    if (
        isinstance(node, ast.expr)
        and not isinstance(node, ast.Constant | ast.Tuple | ast.List | ast.Slice)
        and isinstance(parent, ast.Assign | ast.AnnAssign | ast.Return | ast.Tuple)
        and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    ):
        yield ast.UnaryOp(ast.USub(), node), "its sign is turned round"
        absolute = ast.Call(ast.Name("abs", ast.Load()), [node], [])
        yield absolute, "its sign is lost"


def _of_constant(
    node: ast.Constant, constants: Sequence[Callable[[float], float]]
) -> Iterator[Change]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value), f"{node.value} should stand there"
    elif isinstance(node.value, int | float):
        for change in constants:
            new = change(node.value)
            if new != node.value:
                yield ast.Constant(new), f"{new} stands where another number should"


def _of_operation(node: ast.BinOp) -> Iterator[Change]:
    left, right = node.left, node.right
    yield left, f"{ast.unparse(right)} is left out"
    if not isinstance(node.op, ast.Pow):
        yield right, f"{ast.unparse(left)} is left out"
    if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult | ast.Pow | ast.FloorDiv):
        yield ast.BinOp(right, node.op, left), "the order should be another"
    word, others = _OPERATORS.get(type(node.op), ("", ()))
    for kind in others:
        yield ast.BinOp(left, kind(), right), f"{word} is missing"
    if isinstance(node.op, ast.MatMult):
        for one in (left, right):
            turned = ast.Attribute(one, "T", ast.Load())
            pair = (turned, right) if one is left else (left, turned)
            yield (
                ast.BinOp(pair[0], node.op, pair[1]),
                f"{ast.unparse(one)} is transposed",
            )


def _of_slice(node: ast.Slice) -> Iterator[Change]:
    lower, upper, step = node.lower, node.upper, node.step
    other = "it is the other end"
    if lower is not None:
        yield ast.Slice(None, upper, step), f"{ast.unparse(lower)} is left out"
    if upper is not None:
        yield ast.Slice(lower, None, step), f"{ast.unparse(upper)} is left out"
    if step is not None:
        yield ast.Slice(lower, upper, None), f"{ast.unparse(step)} is left out"
    if (lower is None) != (upper is None):
        yield ast.Slice(upper, lower, step), other
    if ast.unparse(node) == "1:":
        yield ast.Slice(None, _MINUS_ONE, None), other
    elif ast.unparse(node) == ":-1":
        yield ast.Slice(ast.Constant(1), None, None), other


def _of_call(node: ast.Call) -> Iterator[Change]:
    name = _last_name(node.func)
    for alike in _ALIKE:
        for other in alike:
            if name in alike and other != name:
                func = (
                    ast.Attribute(node.func.value, other, ast.Load())
                    if isinstance(node.func, ast.Attribute)
                    else ast.Name(other, ast.Load())
                )
                new = ast.Call(func, node.args, node.keywords)
                yield new, f"{other} stands where {name} should"
    if len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
        yield node.args[0], f"{name} is left out"
    if not node.args and isinstance(node.func, ast.Attribute):
        yield node.func.value, f"{name} is left out"
    for k, keyword in enumerate(node.keywords):
        rest = [*node.keywords[:k], *node.keywords[k + 1 :]]
        what = f"{keyword.arg}={ast.unparse(keyword.value)} is left out"
        yield ast.Call(node.func, node.args, rest), what
    if len(node.args) == 2:
        turned = ast.Call(node.func, node.args[::-1], node.keywords)
        yield turned, "the order should be another"


def _is_method_of(node: ast.AST, name: str) -> bool:
    """Tell whether this is a call of a method of the name."""
    function = getattr(node, "func", None)
    return getattr(getattr(function, "value", None), "id", "") == name


def _last_name(node: ast.expr) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "a call")))


# Two names, and whole lines -------------------------------------------------------


class _Exchange(ast.NodeTransformer):
    def __init__(self, one: str, other: str) -> None:
        self.other = {one: other, other: one}

    def visit(self, node: ast.AST) -> Any:
        if _is_atom(node) and (text := ast.unparse(node)) in self.other:
            new = ast.parse(self.other[text], mode="eval").body
            return ast.copy_location(new, node)
        return self.generic_visit(node)


def _is_atom(node: ast.AST) -> bool:
    """Tell whether this is a name that is read, or a part of one: h, state.h."""
    if isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


def _atoms(node: ast.AST) -> Iterator[str]:
    if _is_atom(node):
        yield ast.unparse(node)
        return
    for field, value in ast.iter_fields(node):
        if isinstance(node, ast.Call) and field == "func":
            value = getattr(value, "value", None)  # a method's object alone
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.AST):
                yield from _atoms(item)


def _exchanges(statement: ast.stmt) -> Iterator[tuple[str, str]]:
    """Let two names of a statement change places."""
    if not isinstance(statement, _SIMPLE) or statement.value is None:
        return
    right = statement.value
    for one, other in combinations(dict.fromkeys(_atoms(right)), 2):
        new = ast.parse(ast.unparse(right), mode="eval").body
        statement.value = ast.copy_location(_Exchange(one, other).visit(new), right)
        ast.fix_missing_locations(statement)
        yield _line(statement), f"{one} and {other} have changed places"
        statement.value = right


def _other_orders(
    block: list[ast.stmt], at: int
) -> Iterator[tuple[list[ast.stmt], str, str]]:
    """Yield the block with a statement left out, moved or weakened."""
    here, line = block[at], _line(block[at])
    before, after = block[:at], block[at + 1 :]
    if isinstance(here, ast.AugAssign):
        target = here.target
        value = here.value
        plain = ast.fix_missing_locations(
            ast.copy_location(ast.Assign([target], value), here)
        )
        yield [*before, plain, *after], _line(plain), "it forgets what was there before"
    if not isinstance(here, ast.Return):
        nothing = ast.copy_location(ast.Pass(), here)
        yield [*before, nothing, *after], line, "your result is as if it were missing"
        if after and not isinstance(after[0], ast.Return):
            turned = [*before, after[0], here, *after[1:]]
            yield turned, line, "it comes a line too late"
    if isinstance(here, ast.For) and after and isinstance(after[0], ast.Return):
        inner = ast.For(here.target, here.iter, [*here.body, after[0]], [])
        inner = ast.fix_missing_locations(ast.copy_location(inner, here))
        yield [*before, inner, *after], _line(after[0]), "it stands inside the loop"
