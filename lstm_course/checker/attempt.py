"""Call an answer on every case, and say what comes of it in plain data."""

import contextlib
import copy
import dis
import inspect
import io
import pickle
import re
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from lstm_course.checker.exercise import Cases, Exercise
from lstm_course.checker.frames import in_line
from lstm_course.checker.limits import TookTooLongError
from lstm_course.checker.plain_form import Leaf, Refusal, Untouched, plain

_SIGNATURE = re.compile(r", with gufunc signature \S+")  # NumPy's, of a matrix product
_NUMPY = dict(vars(np))
# By a piece of an error's message: what it mostly comes from.
_CAUSES = {
    "only 0-dimensional arrays can be": "math.tanh takes one number: for an array "
    "use np.tanh.",
    "NoneType": "Something there is None: a function that ends without return gives "
    "None.",
}

Outcomes = dict[str, list[Leaf] | None]  # by the cases' names; None where it raised


class Attempt(NamedTuple):
    """What comes of an answer: one outcome for each case, or why there is none."""

    outcomes: Outcomes = {}  # noqa: RUF012 - empty if nothing can be compared
    problem: str = ""  # the first thing in its way, in words
    untouched: bool = False  # nobody has begun to write it
    printed: str = ""  # the beginning of it


class _Page(io.TextIOBase):
    """Where prints go to: a page, of which the beginning is kept."""

    text = ""

    def write(self, text: str) -> int:
        self.text += text[: max(0, 1000 - len(self.text))]
        return len(text)


def attempt(exercise: Exercise, answer: Any, cases: Cases) -> Attempt:
    """Return what comes of an answer to an exercise: a function, or a value."""
    page = _Page()
    try:
        _check_numpy(
            "numpy.{} has been replaced in this notebook, so that nothing can be "
            "checked: restart the kernel, and name your own function otherwise."
        )
        with (
            contextlib.redirect_stdout(page),
            contextlib.redirect_stderr(_Page()),  # warnings and the like
            np.errstate(all="ignore"),
            _refusing(() if answer is exercise.solution else exercise.by_hand),
        ):
            if exercise.cases is None:
                outcomes, problem = _look_at(answer, exercise), ""
            else:
                outcomes, problem = _call(answer, cases, exercise)
        _check_numpy("Your function replaces numpy.{}: leave NumPy alone.")
    except (Untouched, NotImplementedError):
        return Attempt(untouched=True)
    except Refusal as refusal:
        return Attempt(problem=str(refusal))
    except BaseException as error:  # an odd object may raise, wherever it is touched
        return Attempt(problem=in_words(error, "Your answer"))
    return Attempt(outcomes, problem, printed=page.text)


@contextlib.contextmanager
def _refusing(calls: Sequence[Callable[..., Any]]) -> Iterator[None]:
    """Let functions of the course refuse their work, wherever an answer has them."""
    functions: list[Any] = [getattr(call, "__func__", call) for call in calls]
    kept = [function.__code__ for function in functions]
    try:
        for function in functions:
            function.__code__ = _refuse.__code__
        yield
    finally:
        for function, code in zip(functions, kept, strict=True):
            function.__code__ = code


def _refuse(*_: object, **__: object) -> None:
    from lstm_course.checker.plain_form import Refusal  # it runs in another's module

    raise Refusal("Your function has the course's own do the work: write it yourself.")


def _look_at(answer: Any, exercise: Exercise) -> Outcomes:
    if isinstance(answer, FunctionType):
        raise Refusal("You gave a function; expected its result: call it.")
    if isinstance(answer, tuple | list) and any(part is ... for part in answer):
        raise Untouched
    return {"": _read(answer, exercise)}


def _read(answer: Any, exercise: Exercise) -> list[Leaf]:
    """Return what counts of an answer; parts that have their names, by these."""
    value = exercise.view(answer)
    if isinstance(value, Mapping) or hasattr(value, "iloc"):  # of pandas
        by_name = {str(key): value[key] for key in value.keys()}  # noqa: SIM118
        if by_name.keys() == exercise.parts.keys():
            value = [by_name[name] for name in exercise.parts]
    return plain(value)


def _call(answer: Any, cases: Cases, exercise: Exercise) -> tuple[Outcomes, str]:
    """Return what a function returns for copies of each case's arguments."""
    if not callable(answer):
        raise Refusal(
            f"You gave a value of the kind {type(answer).__name__}; expected "
            "your function itself: its name alone, without parentheses."
        )
    if is_stub(answer):
        raise Untouched
    _check_arguments(answer, next(iter(cases.values())))
    outcomes: Outcomes = {}
    problem = ""
    for label, arguments in cases.items():
        copies = copy.deepcopy(arguments)
        before = pickle.dumps(copies)
        outcomes[label] = None
        what = ""
        try:
            outcomes[label] = _read(answer(*copies), exercise)
        except (Untouched, NotImplementedError, TookTooLongError):
            raise  # the last, in place: its trace ends with its first error
        except Refusal as refusal:
            what = str(refusal)
        except BaseException as error:  # sys.exit() as well
            what = in_words(error) + _shapes(error, answer, copies)
        if pickle.dumps(copies) != before:
            raise Refusal(
                "Your function changes its arguments. The caller still needs them: "
                "make new arrays (c = f * c, not c *= f; x.copy() before x[0] = …)."
            )
        if what and not problem:
            problem, at = what, label
    if problem and any(outcome is not None for outcome in outcomes.values()):
        problem = f"With {at}: {problem[0].lower()}{problem[1:]}"
    return outcomes, problem


def is_stub(answer: Any) -> bool:
    """Tell whether a function has no body yet: dots, ``pass``, a docstring."""
    if not isinstance(answer, FunctionType):
        return False
    trivial = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
    trivial.add("LOAD_COMMON_CONSTANT")  # of Python 3.15
    steps = list(dis.get_instructions(answer))
    constants = [step.argval for step in steps if "CONST" in step.opname]
    return {step.opname for step in steps} <= trivial and constants == [None]


def _check_numpy(told: str) -> None:
    """Raise a Refusal where NumPy is no longer itself: no number can be trusted."""
    for name, value in _NUMPY.items():
        if vars(np).get(name) is not value:
            raise Refusal(told.format(name))


def _check_arguments(answer: Any, arguments: tuple[Any, ...]) -> None:
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):  # written in C: it will tell when it is called
        return
    try:
        signature.bind(*arguments)
    except TypeError:
        raise Refusal(
            f"Your function takes {str(signature)[:200]}; it is called with "
            f"{len(arguments)} argument{'s' * (len(arguments) != 1)}."
        ) from None


# Words --------------------------------------------------------------------------


def in_words(error: BaseException, what: str = "Your function") -> str:
    """Say what was raised, and where in the learner's own lines."""
    where = in_line(traceback.extract_tb(error.__traceback__))
    message = _SIGNATURE.sub("", " ".join(str(error).split()))[:200]
    told = f": {message}" if message else "."
    known = (words for piece, words in _CAUSES.items() if piece in message)
    cause = "".join(f" ({words})" for words in known)
    return f"{what} raises {type(error).__name__}{where}{told}{cause}"


def _shapes(error: BaseException, answer: Any, arguments: tuple[Any, ...]) -> str:
    """Say which shapes come in, where that may be what is wrong."""
    if not isinstance(error, ValueError | IndexError):
        return ""
    try:
        names = list(inspect.signature(answer).parameters)
        pairs = list(zip(names, arguments, strict=True))
    except (TypeError, ValueError):  # written in C, or it takes any number of them
        return ""
    told = ", ".join(shape for pair in pairs for shape in _shapes_in(*pair))
    return f" (What comes in: {told}.)" if told else ""


def _shapes_in(name: str, argument: Any) -> Iterator[str]:
    if isinstance(argument, np.ndarray):
        yield f"{name} {argument.shape}"
    elif isinstance(argument, tuple | list) and len(argument) < 10:
        fields = getattr(argument, "_fields", None)
        for k, item in enumerate(argument):
            yield from _shapes_in(
                f"{name}.{fields[k]}" if fields else f"{name}[{k}]", item
            )
