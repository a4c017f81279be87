"""Call an answer on every case, and bring what it returns into one plain form."""

import copy
import dis
import inspect
import pickle
import re
import sysconfig
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import EllipsisType, FunctionType, GeneratorType
from typing import Any, NamedTuple

import numpy as np

from lstm_course.arrays.shapes import Array
from lstm_course.arrays.trees import tree_leaves
from lstm_course.checker.exercise import Cases
from lstm_course.checker.guard import overheard
from lstm_course.system.paths import ROOT

_PACKAGE = ROOT / "lstm_course"
_OTHERS = (str(_PACKAGE), sysconfig.get_path("stdlib"), "site-packages", "<frozen")
_SIGNATURE = re.compile(r", with gufunc signature \S+")  # NumPy's, of a matrix product
_MOST_ENTRIES = 1_000_000
_MOST_PARTS = 10_000
_DEEPEST = 8
_PLAIN = (bool, int, float, complex)

Leaf = Array | str | None  # what an answer is made of


class Attempt(NamedTuple):
    """What came of an answer: one outcome for each case, or why there is none."""

    outcomes: dict[str, list[Leaf] | None] = {}  # noqa: RUF012 - None where it raised
    problem: str = ""  # the first thing in its way, in words
    untouched: bool = False  # nobody has begun to write it
    printed: str = ""


def is_whole(attempt: object, cases: Cases) -> bool:
    """Tell whether an attempt is as made here: an answer may have changed anything."""
    if type(attempt) is not Attempt:
        return False
    outcomes, problem, untouched, printed = attempt
    if not (type(problem) is type(printed) is str and type(outcomes) is dict):
        return False
    lists = [outcome for outcome in outcomes.values() if outcome is not None]
    return (untouched is True or list(outcomes) == list(cases)) and all(
        type(leaves) is list
        and all(type(leaf) in (str, np.ndarray, type(None)) for leaf in leaves)
        for leaves in lists
    )


class Refusal(Exception):  # noqa: N818 - not an error of the course
    """Why an answer cannot be compared, in words."""


class Untouched(Refusal):
    """The answer still has the three dots of the lesson in it."""


def attempt_function(answer: Any, cases: Cases, view: Callable[[Any], Any]) -> Attempt:
    """Call a function on copies of the arguments of each case."""
    if is_stub(answer):
        return Attempt(untouched=True)
    _check_arguments(answer, next(iter(cases.values())))
    numpy_before = numpy_names()
    outcomes: dict[str, list[Leaf] | None] = {}
    problems = []
    with overheard() as page, np.errstate(all="ignore"):
        for label, arguments in cases.items():
            copies = copy.deepcopy(arguments)
            kept = pickle.dumps(copies)
            outcomes[label] = None
            try:
                outcomes[label] = plain(view(answer(*copies)))
            except Untouched:
                return Attempt(untouched=True)
            except NotImplementedError:
                return Attempt(untouched=True)
            except Refusal as refusal:
                problems.append(str(refusal))
            except BaseException as error:  # it may raise anything
                problems.append(in_words(error) + _shapes(error, answer, copies))
            if _pickled(copies) != kept:
                raise Refusal(
                    "Your function changes its arguments. The caller still needs them: "
                    "make new arrays (c = f * c, not c *= f; x.copy() before x[0] = …)."
                )
    if changed := [name for name in numpy_before if _differs(name, numpy_before)]:
        raise Refusal(f"Your function replaces numpy.{changed[0]}: leave NumPy alone.")
    if problems and len(problems) < len(cases):
        label = next(label for label, outcome in outcomes.items() if outcome is None)
        problems[0] = f"With {label}: {problems[0][0].lower()}{problems[0][1:]}"
    return Attempt(outcomes, (problems or [""])[0], printed=page.text)


def attempt_value(answer: Any, view: Callable[[Any], Any]) -> Attempt:
    """Bring a value into plain form."""
    with overheard() as page:
        if isinstance(answer, FunctionType):
            raise Refusal("You gave a function; expected its result: call it.")
        if isinstance(answer, tuple | list) and any(part is ... for part in answer):
            return Attempt(untouched=True)
        try:
            outcomes = {"": plain(view(answer))}
        except Untouched:
            return Attempt(untouched=True)
    return Attempt(dict(outcomes), printed=page.text)


def _pickled(arguments: object) -> bytes:
    try:
        return pickle.dumps(arguments)
    except Exception:  # there is something new in them
        return b""


def is_stub(answer: Any) -> bool:
    """Tell whether a function has no body yet: dots, ``pass``, a docstring."""
    if not isinstance(answer, FunctionType):
        return False
    trivial = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
    steps = list(dis.get_instructions(answer))
    constants = [step.argval for step in steps if "CONST" in step.opname]
    return {step.opname for step in steps} <= trivial and constants == [None]


def numpy_names() -> dict[str, object]:
    """Return what NumPy's names stand for, to see later whether they still do."""
    return dict(vars(np))


def _differs(name: str, before: dict[str, object]) -> bool:
    return vars(np).get(name) is not before[name]


_AT_IMPORT = numpy_names()


def check_numpy() -> None:
    """Raise a Refusal where NumPy is no longer itself: no number can be trusted."""
    for name in _AT_IMPORT:
        if _differs(name, _AT_IMPORT):
            raise Refusal(
                f"numpy.{name} has been replaced in this notebook, so that nothing can "
                "be checked: restart the kernel, and name your own function otherwise."
            )


# Plain form ---------------------------------------------------------------------


def plain(value: Any) -> list[Leaf]:
    """Return the arrays and texts in a value, in order, whatever holds them.

    Numbers, also in nested lists and tuples, become one array where they form a
    rectangle. Named tuples, tuples, lists and dicts of arrays become their arrays.

    Raises:
        Refusal: there is something in it that is no number; says what.
        Untouched: there are three dots in it.
    """
    leaves: list[Leaf] = []
    entries = 0
    for leaf in _leaves(value):
        leaves.append(leaf)
        entries += leaf.size if isinstance(leaf, np.ndarray) else len(leaf or "")
        if entries > _MOST_ENTRIES:
            raise Refusal("Your answer has more than a million entries: far too many.")
        if len(leaves) > _MOST_PARTS:
            raise Refusal(f"Your answer has more than {_MOST_PARTS:,} parts.")
    return [np.array(leaf) if isinstance(leaf, np.ndarray) else leaf for leaf in leaves]


def _leaves(value: Any, depth: int = 0) -> Iterator[Leaf]:
    kind = type(value)
    if isinstance(value, EllipsisType):
        raise Untouched
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "UT":
        value = value.tolist()  # texts
        kind = type(value)
    if depth > _DEEPEST:
        raise Refusal("Your answer is a list inside a list inside a list, too deep.")
    if value is None or kind is str:
        yield value
    elif kind in _PLAIN or isinstance(value, np.ndarray | np.generic):
        yield _numbers(value)
    elif isinstance(value, tuple | list):
        if len(value) > _MOST_ENTRIES:
            raise Refusal("Your answer is a list of more than a million things.")
        rectangle = _rectangle(value)
        if rectangle is not None:
            yield rectangle
        else:
            for item in value:
                yield from _leaves(item, depth + 1)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item, depth + 1)
    elif isinstance(value, GeneratorType):
        raise Refusal("Your function returns a generator: write return, not yield.")
    elif hasattr(value, "__array__"):  # a tensor of TensorFlow or PyTorch
        yield _numbers(np.asarray(value))
    else:
        article = "an" if kind.__name__[:1].lower() in "aeiou" else "a"
        raise Refusal(f"Your answer is {article} {kind.__name__}; expected numbers.")


def _numbers(value: Any) -> Array:
    array = np.asarray(value)
    if array.dtype.kind == "O" and any(item is ... for item in array.flat):
        raise Untouched
    if array.dtype.kind not in "biufc":
        raise Refusal(f"Your answer holds {array.dtype}; expected numbers.")
    return array


def _rectangle(value: Any) -> Array | None:
    """Return nested lists of plain numbers, or a list of like arrays, as one array."""
    first = value
    for _ in range(_DEEPEST + 1):
        if isinstance(first, tuple | list) and len(first):
            first = first[0]
    if len({isinstance(item, bool | np.bool_) for item in value}) == 2:
        return None  # a number and a yes or no: two things
    in_list = type(value) is list and type(first) is np.ndarray  # a step each, say
    if not in_list and type(first) not in _PLAIN and not isinstance(first, np.generic):
        return None
    try:
        array = np.array(value)
    except (ValueError, TypeError):  # rows of several lengths, or something odd inside
        return None
    return array if array.dtype.kind in "biufc" else None


# Words --------------------------------------------------------------------------


def _check_arguments(answer: Any, arguments: tuple[Any, ...]) -> None:
    try:
        signature = inspect.signature(answer)
    except Exception:  # written in C, or odd: it will tell when it is called
        return
    try:
        signature.bind(*arguments)
    except TypeError:
        raise Refusal(
            f"Your function takes {str(signature)[:200]}; it is called with "
            f"{len(arguments)} argument{'s' * (len(arguments) != 1)}."
        ) from None


def in_words(error: BaseException, what: str = "Your function") -> str:
    """Say what was raised, and where in the learner's own lines."""
    kind, message, frames = "an error", "", traceback.StackSummary()
    with suppress(BaseException):  # an exception may be made to raise, too
        kind = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)
        message = _SIGNATURE.sub("", " ".join(str(error).split()))[:200]
    where = in_line(frames)
    told = f": {message}" if message else "."
    return f"{what} raises {kind}{where}{told}"


def in_line(frames: list[traceback.FrameSummary]) -> str:
    """Say in which line of the learner's own that is; nothing where there is none."""
    own = [f for f in frames if not any(other in f.filename for other in _OTHERS)]
    return f" in the line `{own[-1].line}`" if own and own[-1].line else ""


def _shapes(error: BaseException, answer: Any, arguments: tuple[Any, ...]) -> str:
    """Say which shapes come in, where that may be what is wrong."""
    if not isinstance(error, ValueError | IndexError):
        return ""
    try:
        names = list(inspect.signature(answer).parameters)
        told = [
            text
            for name, argument in zip(names, arguments, strict=True)
            if (text := _shape(name, argument))
        ]
    except Exception:  # no list of names, or something else than arrays
        return ""
    return f" (What comes in: {', '.join(told)}.)" if told else ""


def _shape(name: str, argument: Any) -> str:
    """Say the shape of an array, or of those in a named tuple, a tuple or a list."""
    if isinstance(argument, np.ndarray):
        return f"{name} {argument.shape}"
    if hasattr(argument, "_fields"):
        leaves = tree_leaves(argument, name)
        return ", ".join(f"{leaf} {array.shape}" for leaf, array in leaves)
    if isinstance(argument, tuple | list) and len(argument) < 10:
        if all(isinstance(item, np.ndarray) for item in argument):
            return f"{name}: {', '.join(str(item.shape) for item in argument)}"
        parts = (_shape(f"{name}[{k}]", item) for k, item in enumerate(argument))
        return ", ".join(filter(None, parts))
    return ""
