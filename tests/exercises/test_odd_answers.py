"""Whatever is given as an answer, the check says something, soon, and stays whole."""

import array
import asyncio
import atexit
import builtins
import collections
import contextlib
import copy
import ctypes
import decimal
import fractions
import gc
import inspect
import io
import itertools
import logging
import mmap
import multiprocessing
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import time
import types
import unittest.mock
import warnings

import numpy as np
import psutil
import pytest

import lstm_course
from lstm_course.checker import attempt, exercise, guard, judge
from lstm_course.checker import planting as mistakes
from lstm_course.checker.exercise import Quiz
from lstm_course.exercises.check import check, quiz
from lstm_course.exercises.contents import LESSON_OF, find_exercise

pytestmark = pytest.mark.slow

LINUX = pytest.mark.skipif(not guard._COPIES, reason="answers run in this process")
FUNCTIONS = [name for name in LESSON_OF if find_exercise(name).cases][::3]
VALUES = [name for name in LESSON_OF if not find_exercise(name).cases][::3]
MODULES = [builtins, os, copy, pickle, inspect, io, time, warnings, contextlib]
MODULES += [np, np.random, np.linalg, attempt, exercise, guard, judge, mistakes]
MODULES += [lstm_course.layers.lstm, lstm_course.arrays.activations, subprocess]


def surroundings():
    """What an answer must leave as it is."""
    names = [dict(vars(module)) for module in MODULES]
    streams = sys.stdin, sys.stdout, sys.stderr
    environment = {key: os.environ[key] for key in sorted(os.environ)}
    environment.pop("PYTEST_CURRENT_TEST", None)
    return names, streams, os.getcwd(), environment, sys.getrecursionlimit()


@pytest.fixture(autouse=True)
def unharmed(request):
    """Look round before an answer and after it."""
    before = surroundings()
    drawn = np.random.get_state()[1].copy()  # noqa: NPY002 - it is there to be changed
    yield
    names, *rest = surroundings()
    for module, ours, theirs in zip(MODULES, before[0], names, strict=True):
        changed = [name for name in ours if theirs.get(name) is not ours[name]]
        assert not changed, (module.__name__, changed)
    assert rest == list(before[1:])
    assert not sys.stdout.closed
    assert not multiprocessing.active_children()
    assert (np.random.get_state()[1] == drawn).all()  # noqa: NPY002


def computed():
    """The CPU time of this process, and of those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def told(name, answer):
    """What is said of an answer that is not right, after little work."""
    exercise = find_exercise(name)
    cases = None
    if isinstance(exercise, Quiz):
        cases = {"": exercise.draw(np.random.default_rng(1))}
    before = computed()
    verdict = judge.judge(exercise, answer, cases)
    assert computed() - before < 5
    assert verdict.outcome in ("failed", "not started")
    assert type(verdict.text) is str
    assert verdict.text.replace("\n", " ").isprintable()
    assert 10 < len(verdict.text) < 1000
    return verdict.text


def soon(condition):
    """Whether it becomes true: threads take a while to go, on a busy machine longer."""
    for _ in range(1200):
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def hurry(monkeypatch):
    """For what never ends: no need to wait for all of it as long as a learner does."""
    limits = {"seconds": 0.1, "longest": 0.5}
    monkeypatch.setattr(guard.guarded, "__kwdefaults__", limits)


@pytest.fixture
def in_a_thread(monkeypatch):
    """As on Windows and macOS."""
    monkeypatch.setattr(guard, "_COPIES", False)


# Values -------------------------------------------------------------------------


class BadStringError(Exception):
    def __str__(self):
        raise ValueError("no words for it")


class WorseStringError(BaseException):
    def __str__(self):
        raise SystemExit("no words for it, and good bye")

    __repr__ = __str__


def raising(hook, error=BadStringError, base=object):
    """An object of which one hook raises."""

    def method(self, *_, **__):
        raise error

    names = {hook: property(method) if hook in PROPERTIES else method}
    kind = type(f"Raising{hook.strip('_').title()}", (base,), names)
    return base.__new__(kind)


PROPERTIES = ["__class__", "__array_interface__", "__array_struct__", "__signature__"]
PROPERTIES += ["__dict__", "__doc__", "__name__", "__wrapped__", "__code__", "shape"]
HOOKS = ["__eq__", "__len__", "__iter__", "__array__", "__bool__", "__repr__"]
HOOKS += ["__str__", "__getattr__", "__getattribute__", "__call__", "__hash__"]
HOOKS += ["__float__", "__index__", "__getitem__", "__reduce_ex__", "__del__"]
HOOKS += ["__deepcopy__", "__array_ufunc__", "__array_function__", "__format__"]
RAISING = {f"object {hook}": raising(hook) for hook in HOOKS + PROPERTIES}
for base in (list, tuple, dict, str, float):
    for hook in ("__len__", "__iter__", "__getitem__", "__getattribute__", "values"):
        RAISING[f"{base.__name__} {hook}"] = raising(hook, WorseStringError, base)


def claiming(kind):
    """An object that says that it is of another class."""
    return type("Claiming", (), {"__class__": property(lambda self: kind)})()


class Anything:
    """It has every attribute, and all of them are itself."""

    def __getattr__(self, name):
        return self

    def __call__(self, *_, **__):
        return self


class AllEqual(type):
    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return hash(float)


class OddKind(metaclass=AllEqual):
    """Its class equals any other."""


class NoName(type):
    @property
    def __name__(cls):
        raise WorseStringError


class Nameless(metaclass=NoName):
    """Its class won't say how it is called."""


class Rows(np.ndarray):
    def __array_finalize__(self, other):
        if other is not None and hasattr(self, "begun"):
            raise BadStringError

    def __eq__(self, other):
        raise BadStringError

    __hash__ = None
    shape = property(lambda self: (1, 2, 3))
    size = property(lambda self: "many")


class Arrays:
    def __init__(self, result):
        self.result = result

    def __array__(self, *_, **__):
        return self.result


class NegativeLength(list):
    def __len__(self):
        return -1


class HugeLength(list):
    def __len__(self):
        return sys.maxsize


def nested(depth):
    value = [1.0]
    for _ in range(depth):
        value = [value]
    return value


def within_itself(*items):
    value = list(items)
    value.append(value)
    return value


def only_itself():
    value = []
    value.append(value)
    return value


def dict_of_itself():
    value = {}
    value["h"] = value
    return value


def object_array():
    value = np.empty(2, object)
    value[0] = value
    return value


def wide(levels=7):
    """Short to write down, 10 to the power of 7 lists to walk through."""
    value = [1.0, "a"]
    for _ in range(levels):
        value = [value] * 10
    return value


async def coroutine():
    return 1.0


class Colour(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__

    def casefold(self):
        return Anything()

    strip = casefold


ODD = {
    "int far too large": 10**400,
    "negative zero's friend": -123456.789,
    "complex": 1j * 98765,
    "nan": float("nan"),
    "inf": float("inf"),
    "text": "an odd answer",
    "long text": "x" * 3_000_000,
    "text beyond Unicode": "\ud800 \x00 \x1b[2J",
    "text of a kind": Colour("a"),
    "bytes": b"123",
    "bytearray": bytearray(3),
    "memoryview": memoryview(b"123"),
    "set": {1.5, 2.5},
    "frozenset": frozenset({1.5}),
    "set of a text": {"a"},
    "empty list": [],
    "empty tuple": (),
    "empty dict": {},
    "lists of nothing": [[], []],
    "dict": {"h": 1e9, "c": "text"},
    "dict of dicts": {"a": {"b": {"c": {}}}},
    "dict of itself": dict_of_itself(),
    "default dict": collections.defaultdict(dict),
    "deque": collections.deque([1.5]),
    "counter": collections.Counter("text"),
    "user list": collections.UserList([1.5]),
    "range": range(10**9),
    "slice": slice(3),
    "module": np,
    "class": dict,
    "type": type,
    "object": object(),
    "NotImplemented": NotImplemented,
    "an exception": ValueError("not raised"),
    "an exception's class": KeyboardInterrupt,
    "builtin": len,
    "ufunc": np.tanh,
    "method": [].append,
    "lambda": lambda: 1.5,
    "partial of nothing": unittest.mock.Mock(),
    "a mock of all": unittest.mock.MagicMock(),
    "anything": Anything(),
    "generator": (x for x in [1.5]),
    "endless generator": (x for x in itertools.count()),
    "iterator": iter([1.5]),
    "map": map(float, "12"),
    "zip": zip([1.5], [1.5], strict=True),
    "endless count": itertools.count(),
    "repeat": itertools.repeat(1.5),
    "file": io.StringIO("1"),
    "lock": threading.Lock(),
    "thread": threading.Thread(),
    "event loop's class": asyncio.AbstractEventLoop,
    "frame": inspect.currentframe(),
    "code": told.__code__,
    "cell": (lambda x: lambda: x)(1).__closure__[0],
    "namespace": types.SimpleNamespace(h=1.5),
    "proxy": types.MappingProxyType({"h": 1.5}),
    "decimal": decimal.Decimal("1.5"),
    "fraction": fractions.Fraction(3, 2),
    "array of the standard library": array.array("d", [1.5, 2.5]),
    "pointer": ctypes.c_double(1.5),
    "random generator": np.random.default_rng(1),
    "dtype": np.dtype(float),
    "numpy's nan": np.float64("nan"),
    "numpy's text": np.str_("odd"),
    "numpy's bytes": np.bytes_(b"odd"),
    "numpy's void": np.void(b"odd"),
    "numpy's date": np.datetime64("2026-11-22"),
    "numpy's long": np.longdouble("1e4000"),
    "half": np.float16(6e4) * np.ones((3, 2), np.float16),
    "whole numbers": np.full((3, 2), 2**64 - 1, np.uint64),
    "array of nan": np.full((3, 2), np.nan),
    "array of inf": (np.full((3, 2), np.inf), np.full((3, 2), -np.inf)),
    "complex array": np.full((3, 2), 9e9j),
    "array of objects": np.array([1.5, None, "a"], object),
    "array within itself": object_array(),
    "array of dots": np.array([..., ...]),
    "array of texts": np.array(["odd", "odder"]),
    "array of new texts": np.array(["odd"], np.dtypes.StringDType()),
    "array of dates": np.array(["2026-11-22"], "M8"),
    "structured array": np.zeros(3, [("h", float), ("c", "U3")]),
    "record array": np.rec.array([(1.5, "a")]),
    "masked array": np.ma.masked_all((3, 2)),
    "masked": np.ma.masked,
    "matrix": np.asmatrix(np.full((3, 2), 9e9)),
    "rows of their own": np.full((3, 2), 9e9).view(Rows),
    "array of no rows": np.zeros((0, 2)),
    "array of many axes": np.zeros((1,) * 40),
    "a strided array of many": np.broadcast_to(9e9, (1000, 1000, 1000)),
    "a broadcast of nothing": np.broadcast_to(0.0, (10**9, 0)),
    "a memory map's kind": np.lib.stride_tricks.as_strided(np.ones(1), (9,), (0,)),
    "two million numbers": np.zeros(2_000_000),
    "many arrays": [np.zeros(3), np.zeros(2)] * 10_000,
    "list of a million and one": [9e9] * 1_000_001,
    "ragged": [[1.5], [1.5, 2.5]],
    "numbers and texts": [1.5, "a", None],
    "nested 9": nested(9),
    "nested 200": nested(200),
    "nested 100,000": nested(100_000),
    "list of itself": only_itself(),
    "list with itself": within_itself(1.5),
    "list with an array and itself": within_itself(np.ones(2), {}),
    "negative length": NegativeLength([1.5]),
    "huge length": HugeLength([1.5]),
    "__array__ that is a text": Arrays("text"),
    "__array__ that is itself": Arrays(None),
    "__array__ of objects": Arrays(np.array([None])),
    "claims to be an array": claiming(np.ndarray),
    "claims to be a list": claiming(list),
    "claims to be a dict": claiming(dict),
    "claims to be a text": claiming(str),
    "claims to be a function": claiming(types.FunctionType),
    "claims to be a number": claiming(np.float64),
    "claims to be the dots": claiming(type(...)),
    "claims to be None": claiming(type(None)),
    "a class that equals all": OddKind(),
    "a class without a name": Nameless(),
    "list of a nameless": [Nameless()],
    "list of anything": [Anything(), 1.5],
    "LSTM's parameters": lstm_course.LSTMParams("a", None, {}),
    "parameters of dots within": lstm_course.LSTMParams([...], 1, 2),
    "the exercise itself": find_exercise("gate_settings"),
    **RAISING,
}
# What takes all the memory there is where nobody limits it.
LARGE = {
    "long text": lambda: "x" * 10**9,
    "zeros": lambda: np.zeros(10**9),
    "list of zeros": lambda: [0.0] * 10**9,
    "ones": lambda: np.ones((10**5, 10**5)),
    "growing list": lambda: [[0.0] * 100 for _ in itertools.count()],
    "wide": wide,
    "a list of long texts": lambda: ["y" * 10**6] * 900_000,
}


@pytest.mark.parametrize("label", ODD)
def test_an_odd_value(label):
    number = list(ODD).index(label)
    odd = [ODD[label], 12345.678] if number % 3 == 0 else ODD[label]
    told(VALUES[number % len(VALUES)], odd)


@pytest.mark.parametrize("label", ODD)
def test_a_function_that_returns_an_odd_value(label):
    name = FUNCTIONS[list(ODD).index(label) % len(FUNCTIONS)]
    told(name, lambda *_: ODD[label])


@pytest.mark.parametrize("label", ODD)
def test_an_odd_value_in_place_of_a_function(label, in_a_thread):
    name = FUNCTIONS[(list(ODD).index(label) + 1) % len(FUNCTIONS)]
    told(name, ODD[label])


@LINUX
@pytest.mark.parametrize("label", LARGE)
def test_more_than_there_is_room_for(label, hurry):
    told("lstm_step", lambda *_: LARGE[label]())


# Exceptions ---------------------------------------------------------------------

ERRORS = {
    kind.__name__: kind
    for kind in vars(builtins).values()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}
ERRORS |= {"BadStringError": BadStringError, "WorseStringError": WorseStringError}


class OddTracebackError(Exception):
    __traceback__ = property(lambda self: 1 / 0)


class NamelessError(Exception, metaclass=NoName):
    """An error that cannot be named."""


ERRORS |= {"OddTracebackError": OddTracebackError, "NamelessError": NamelessError}


@pytest.mark.parametrize("label", ERRORS)
def test_any_exception(label):
    def answer(*_):
        kind = ERRORS[label]
        if issubclass(kind, BaseExceptionGroup):
            raise kind("several", [ValueError("one")])
        raise kind.__new__(kind)

    text = told("lstm_step", answer)
    if label == "NotImplementedError":
        assert "not started yet" in text
    elif label not in ("NamelessError", "BaseExceptionGroup"):
        assert f"Your function raises {label}" in text


# Answers that do things ---------------------------------------------------------


def endless(*_):
    while True:
        pass


def stubborn(*_):
    """It won't be stopped by an exception, nor by a signal that can be ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    while True:
        try:
            while True:
                time.sleep(0.001)
        except:  # noqa: E722, S110
            pass


def endless_prints(*_):
    while True:
        print("odd" * 1000)


def growing_text(*_):
    text = "odd"
    while True:
        text += text[:1000]


def list_of_all_numbers(*_):
    return list(itertools.count())


def locked(*_):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def waiting_for_a_thread(*_):
    thread = threading.Thread(target=endless)
    thread.start()
    thread.join()


def stopped(*_):
    os.kill(os.getpid(), signal.SIGSTOP)


def two_processes_that_never_end(*_):
    os.fork()
    endless()


class Endless:
    """Whatever one asks of it takes for ever."""

    __array__ = __len__ = __iter__ = __call__ = __str__ = __bool__ = endless
    __getattr__ = __signature__ = endless


class EndlessList(list):
    def __iter__(self):
        return itertools.repeat(1.5)


class EndlessDict(dict):
    def values(self):
        return itertools.repeat([1.5])


class EndlessError(Exception):
    __str__ = endless


class EndlessSignature:
    __signature__ = property(endless)

    def __call__(self, *_):
        return 1.5


def wordless(*_):
    raise EndlessError


ENDLESS = [
    stubborn,
    endless_prints,
    growing_text,
    list_of_all_numbers,
    locked,
    waiting_for_a_thread,
    wordless,
    EndlessSignature(),
    lambda *_: sum(itertools.count()),
    lambda *_: time.sleep(1000),
    lambda *_: 9**9**9,
    lambda *_: max(itertools.repeat(1.5)),
    lambda *_: re.match(r"(x+x+)+y", "x" * 60),
    lambda *_: Endless(),
    lambda *_: [Endless()],
    lambda *_: EndlessList([None]),
    lambda *_: EndlessDict(),
    lambda *_: asyncio.run(asyncio.sleep(1000)),
    stopped,
    two_processes_that_never_end,
]


@LINUX
@pytest.mark.parametrize("number", range(len(ENDLESS)))  # pytest would look at them
def test_what_never_ends_is_stopped(number, hurry):
    text = told("lstm_step", ENDLESS[number])
    assert "had not ended" in text or "more than 10,000 parts" in text


@LINUX
def test_a_value_that_never_ends(hurry):
    assert "had not ended" in told("latch_weights", EndlessList([None]))


# How long is too long -----------------------------------------------------------


def works(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass
    return "done"


@LINUX
def test_time_that_an_answer_does_not_compute_is_not_counted():
    """As on a busy machine: long on the clock, little work."""
    assert guard.guarded(lambda: time.sleep(0.4) or "done", seconds=0.05) == "done"


@LINUX
def test_computing_is_counted():
    before = os.times()
    with pytest.raises(guard.TookTooLongError) as caught:
        guard.guarded(endless, seconds=0.2)
    after = os.times()
    assert not caught.value.waiting
    assert caught.value.computed >= 0.2
    assert after.children_user - before.children_user >= 0.15  # of ticks of 0.01 s


@LINUX
def test_what_was_started_computes_too():
    with pytest.raises(guard.TookTooLongError) as caught:
        guard.guarded(lambda: [os.fork() or works(1000), os.wait()], seconds=0.2)
    assert not caught.value.waiting
    assert caught.value.computed >= 0.2


@LINUX
def test_many_processors_at_work_count_as_one(monkeypatch):
    monkeypatch.setattr(guard._Copy, "computed", lambda _: 1000.0)
    assert guard.guarded(lambda: time.sleep(0.1) or "done", seconds=5) == "done"


@pytest.mark.parametrize("copies", [pytest.param(True, marks=LINUX), False])
def test_what_waits_is_stopped_by_the_clock(copies, monkeypatch):
    monkeypatch.setattr(guard, "_COPIES", copies)

    def answer():
        while True:
            time.sleep(0.01)

    with pytest.raises(guard.TookTooLongError) as caught:
        guard.guarded(answer, longest=0.2)
    assert caught.value.waiting
    assert caught.value.passed >= 0.2
    assert caught.value.computed < caught.value.passed


def circles(*_):
    # A loop of one line: one of two may be stopped in either.
    return all(not zero for zero in iter(int, 1))


def naps(*_):
    time.sleep(1000)


def reckons(*_):
    return 9**9**9  # no exception and no handler of Python's gets in there


@LINUX
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (circles, ["s of computing in the line `return all(", "a loop that never"]),
        (reckons, ["s of computing in the line `return 9**9**9", "model.predict?"]),
        (naps, ["in the line `time.sleep(1000)`; it computed for 0 s", "a sleep"]),
        (stopped, ["after 1 s; it computed for 0 s of them. Does it wait"]),
    ],
)
def test_it_is_told_where_it_was_stopped(answer, words, monkeypatch):
    limits = {"seconds": 0.3, "longest": 1 if answer in (naps, stopped) else 300}
    monkeypatch.setattr(guard.guarded, "__kwdefaults__", limits)
    text = told("gru_step", answer)
    assert [word for word in words if word not in text] == []


def test_it_is_told_where_a_thread_was_stopped(in_a_thread, monkeypatch):
    limits = {"seconds": 0.1, "longest": 300}
    monkeypatch.setattr(guard.guarded, "__kwdefaults__", limits)
    assert "s of computing in the line `return all(" in told("gru_step", circles)


def test_a_learner_has_time_for_an_import():
    limits = guard.guarded.__kwdefaults__
    assert limits == {"seconds": 10, "longest": 30}


@LINUX
def test_what_waits_for_threads_that_a_copy_lacks_is_done_beside(monkeypatch):
    """As TensorFlow does, which sits among the packages, when it was used before."""
    source = "def wait(ours): os.getpid() == ours or time.sleep(1000)"
    names = {"os": os, "time": time}
    exec(compile(source, "/lib/site-packages/tensorflow/execute.py", "exec"), names)
    ours = os.getpid()
    monkeypatch.setattr(guard, "_STILL", 0.1)
    assert guard.guarded(lambda: names["wait"](ours) or "done", seconds=1) == "done"


@LINUX
def test_libraries_take_no_room_that_answers_need():
    """TensorFlow maps 2 GB when it is imported, nearly all of it to be read."""

    def answer():
        with mmap.mmap(-1, 1 << 32, prot=mmap.PROT_READ, flags=mmap.MAP_PRIVATE) as m:
            return len(m)

    assert guard.guarded(answer) == 1 << 32


# Deeds --------------------------------------------------------------------------


def patches(module, name, value=lambda *_, **__: 1.5):
    def answer(*_):
        setattr(module, name, value)
        return {1.5}

    return answer


def does(*actions):
    def answer(*_):
        for action in actions:
            action()
        return {1.5}

    return answer


def patches_its_judges(*_):
    attempt.Attempt = lambda *_, **__: judge.Verdict("passed", "Right.")
    return {1.5}


def adds_a_case(*_):
    inspect.currentframe().f_back.f_locals["outcomes"]["odd"] = []


def leaves_nothing_to_say(*_):
    sys.stdout.text = Anything()


def leaves_odd_text(*_):
    sys.stdout.text = Colour("odd")


def refuses(*_):
    raise attempt.Refusal(Anything())


def refuses_at_length(*_):
    raise attempt.Refusal("\ud800\n" * 10**6)


def talks_at_length(*_):
    raise ValueError("\x1b[2J\ud800" * 10**6)


def recurs(*_):
    return recurs()


def recurs_without_end(*_):
    sys.setrecursionlimit(10**9)

    def deeper(level):
        return [deeper(level + 1)]

    return deeper(0)


def adds_what_no_pickle_takes(x_t, state, params):
    with contextlib.suppress(ValueError, TypeError):
        x_t.dtype = object
    x_t.setflags(write=False)
    state.h.resize((100, 100), refcheck=False)
    return {1.5}


def forks(*_):
    if os.getpid() == os.getsid(0):  # its child goes on as well, and does not fork
        os.fork()
    return {1.5}


def closes_everything(*_):
    os.closerange(0, 1000)
    return {1.5}


def prints_a_lot(*_):
    for number in range(20_000):
        print(number, "\ud800", file=sys.stderr if number % 2 else sys.stdout)
    sys.__stdout__.write("odd")
    os.write(1, b"odd")
    logging.getLogger("odd").warning("odd")
    return {1.5}


def reads(*_):
    return [sys.stdin.read(), open(0).read(), input("odd? ")]


def asks(*_):
    breakpoint()


async def waits(*_):
    return {1.5}


def yields(*_):
    yield 1.5


async def yields_and_waits(*_):
    yield 1.5


def two_threads(*_):
    for daemon in (True, False):
        threading.Thread(target=endless, daemon=daemon).start()
    return {1.5}


def many_defaults(*_, odd=RAISING["list __len__"]):
    return {1.5}


def wants_more(x, *, odd=tuple(range(10_000)), odder="\x00"):
    return {1.5}


def wants_an_odd_one(x, odd=RAISING["object __repr__"]):
    return {1.5}


class Answer:
    """An object that can be called, as strange as may be."""

    __signature__ = 5

    def __call__(self, *_):
        return self


class Stub:
    def __call__(self, *_): ...


class NoCode:
    __code__ = "odd"
    __class__ = types.FunctionType

    def __call__(self, *_):
        return {1.5}


DOING = {
    "exits": does(lambda: os._exit(0)),
    "exits politely": does(sys.exit),
    "quits": does(lambda: sys.exit("odd")),
    "aborts": does(os.abort),
    "kills itself": does(lambda: os.kill(os.getpid(), signal.SIGKILL)),
    "kills its group": does(lambda: os.killpg(0, signal.SIGKILL)),
    "interrupts its group": does(lambda: os.kill(0, signal.SIGINT)),
    "reads where nothing is": does(lambda: ctypes.string_at(0)),
    "forks": forks,
    "closes everything": closes_everything,
    "closes its output": does(lambda: sys.stdout.close()),
    "closes all outputs": does(sys.__stdout__.close, sys.__stderr__.close),
    "has no output": patches(sys, "stdout", None),
    "prints a lot": prints_a_lot,
    "reads": reads,
    "asks": asks,
    "leaves nothing to say": leaves_nothing_to_say,
    "leaves odd text": leaves_odd_text,
    "starts threads": two_threads,
    "starts a program": does(lambda: subprocess.Popen(["sleep", "1000"])),
    "starts a process": does(lambda: multiprocessing.Process(target=endless).start()),
    "waits": waits,
    "yields": yields,
    "yields and waits": yields_and_waits,
    "recurs": recurs,
    "recurs without end": recurs_without_end,
    "refuses": refuses,
    "refuses at length": refuses_at_length,
    "talks at length": talks_at_length,
    "wants more": wants_more,
    "wants an odd one": wants_an_odd_one,
    "many defaults": many_defaults,
    "answers with itself": Answer(),
    "does nothing": Stub(),
    "has no code": NoCode(),
    "shuffles": does(lambda: np.random.seed(0)),  # noqa: NPY002
    "moves": does(lambda: os.chdir("/")),
    "forgets the environment": does(os.environ.clear),
    "forgets all modules": does(sys.modules.clear),
    "forgets where to look": does(sys.path.clear),
    "forgets Python": does(vars(builtins).clear),
    "forgets NumPy": does(vars(np).clear),
    "forgets the course": does(vars(judge).clear, vars(attempt).clear),
    "forgets the guard": does(vars(guard).clear),
    "forgets the streams": does(vars(sys).clear),
    "collects no garbage": does(gc.disable, gc.freeze),
    "short of depth": does(lambda: sys.setrecursionlimit(60)),
    "errors for warnings": does(lambda: warnings.simplefilter("error")),
    "errors for infinity": does(lambda: np.seterr(all="raise")),
    "an alarm": does(lambda: signal.setitimer(signal.ITIMER_REAL, 1e-4), time.sleep),
    "a trace": does(lambda: sys.settrace(lambda *_: 1 / 0)),
    "a profile": does(lambda: sys.setprofile(lambda *_: 1 / 0)),
    "a last word": does(lambda: atexit.register(endless)),
    "changes x for good": adds_what_no_pickle_takes,
    "adds a case": adds_a_case,
    "patches its judges": patches_its_judges,
    "np.tanh": patches(np, "tanh"),
    "np.exp": patches(np, "exp", None),
    "np.array": patches(np, "array"),
    "np.asarray": patches(np, "asarray", endless),
    "np.ndarray": patches(np, "ndarray", object),
    "np.allclose": patches(np, "allclose", lambda *_, **__: True),
    "np.abs": patches(np, "abs", lambda array: 0 * array),
    "np.random": patches(np, "random", None),
    "np.random.default_rng": patches(np.random, "default_rng"),
    "isinstance": patches(builtins, "isinstance", lambda *_: True),
    "len": patches(builtins, "len", lambda _: 2),
    "type": patches(builtins, "type"),
    "print": patches(builtins, "print", endless),
    "open": patches(builtins, "open", None),
    "ValueError": patches(builtins, "ValueError", int),
    "BaseException": patches(builtins, "BaseException", KeyError),
    "__import__": patches(builtins, "__import__", None),
    "pickle.dumps": patches(pickle, "dumps"),
    "pickle's pickler": patches(multiprocessing.reduction.ForkingPickler, "dumps"),
    "copy.deepcopy": patches(copy, "deepcopy", lambda value: value),
    "os.write": patches(os, "write", lambda *_: 0),
    "attempt.plain": patches(attempt, "plain"),
    "attempt.plain, nothing": patches(attempt, "plain", lambda _: []),
    "attempt.plain, odd": patches(attempt, "plain", lambda _: [Anything()]),
    "attempt.in_words": patches(attempt, "in_words", None),
    "attempt.Refusal": patches(attempt, "Refusal", None),
    "judge.departure": patches(judge, "departure"),
    "exercise.Exercise": patches(exercise.Exercise, "tolerance", 1e9),
    "mistakes.plant": patches(mistakes, "plant"),
    "the solution": patches(lstm_course.layers.lstm, "lstm_step"),
}


@LINUX
@pytest.mark.parametrize("label", DOING)
def test_an_answer_that_does_odd_things(label, monkeypatch):
    limits = {"seconds": 0.5, "longest": 10}
    monkeypatch.setattr(guard.guarded, "__kwdefaults__", limits)
    told("lstm_step", DOING[label])


@LINUX
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (DOING["np.tanh"], "Your function replaces numpy.tanh"),
        (DOING["exits"], "ended Python itself"),
        (DOING["adds a case"], "changes the code that checks it"),
        (DOING["leaves nothing to say"], "changes the code that checks it"),
        (DOING["changes x for good"], "changes its arguments"),
        (DOING["yields"], "write return, not yield"),
        (DOING["recurs"], "raises RecursionError"),
        (DOING["wants more"], "it is called with 3 arguments"),
        (lambda *_: LARGE["zeros"](), "raises MemoryError"),
        (lambda *_: only_itself(), "too deep"),
        (lambda *_: ODD["many arrays"], "more than 10,000 parts"),
        (lambda *_: ODD["two million numbers"], "more than a million entries"),
        (lambda *_: {"h": {1.5}}, "is a set; expected numbers"),
        (lambda *_: np.array([..., 1]), "not started yet"),
        (lambda *_: (), "has 0 parts; expected 2: h, c"),
        (lambda *_: [], "expected 2: h, c"),
        (5, "your function itself"),
    ],
)
def test_it_is_told_what_is_odd(answer, words):
    assert words in told("lstm_step", answer)


@LINUX
def test_an_endless_recursion_is_told_whatever_the_limit():
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    try:
        assert "raises RecursionError" in told("lstm_step", DOING["recurs"])
    finally:
        sys.setrecursionlimit(limit)


@LINUX
def test_what_an_answer_has_started_ends_with_it(tmp_path, hurry):
    def answer(*_):
        program = subprocess.Popen(["sleep", "1000"])
        (tmp_path / "pids").write_text(f"{program.pid} {os.fork() or os.getpid()}")
        endless()

    def is_gone(pid):
        try:
            return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    told("lstm_step", answer)
    for pid in map(int, (tmp_path / "pids").read_text().split()):
        assert soon(lambda pid=pid: is_gone(pid))


@LINUX
def test_nothing_is_left_behind(hurry):
    def look_round():
        gc.collect()
        return len(os.listdir("/proc/self/fd")), psutil.Process().children()

    told("lstm_step", lambda *_: {1.5})
    before = look_round()
    for label in ("exits", "forks", "reads", "closes everything"):
        for _ in range(3):
            told("lstm_step", DOING[label])
    assert look_round() == before


# Beside this process ------------------------------------------------------------


@pytest.mark.parametrize("label", list(ODD)[::7])
def test_an_odd_value_in_a_thread(label, in_a_thread):
    told("latch_weights", ODD[label])
    told("lstm_step", lambda *_: ODD[label])


@pytest.mark.parametrize("label", [*list(ERRORS)[::4], "WorseStringError"])
def test_an_exception_in_a_thread(label, in_a_thread):
    def answer(*_):
        raise ERRORS[label].__new__(ERRORS[label])

    told("lstm_step", answer)


@pytest.mark.parametrize(
    "label", ["recurs", "yields", "refuses", "wants an odd one", "answers with itself"]
)
def test_odd_deeds_in_a_thread(label, in_a_thread):
    told("lstm_step", DOING[label])


def test_a_loop_in_a_thread_is_interrupted(in_a_thread, hurry, capsys):
    threads = threading.active_count()
    assert "had not ended" in told("lstm_step", endless)
    assert "had not ended" in told("lstm_step", endless_prints)
    assert soon(lambda: threading.active_count() <= threads)
    print("still here")
    assert capsys.readouterr().out == "still here\n"


def test_a_loop_that_catches_all_leaves_the_output_alone(in_a_thread, hurry, capsys):
    threads = threading.active_count()
    enough = threading.Event()

    def answer(*_):
        while not enough.is_set():
            with contextlib.suppress(BaseException):
                enough.wait(0.01)

    assert "had not ended" in told("lstm_step", answer)
    print("still here")
    enough.set()
    assert soon(lambda: threading.active_count() <= threads)
    print("here, too")
    assert capsys.readouterr().out == "still here\nhere, too\n"


def test_numpy_replaced_in_a_thread_is_told(in_a_thread, monkeypatch):
    monkeypatch.setattr(np, "tanh", np.tanh)
    assert "replaces numpy.tanh" in told("lstm_step", DOING["np.tanh"])
    assert "restart the kernel" in told("lstm_step", lambda *_: 1.5)


# What a learner calls -----------------------------------------------------------

GIVEN = ["text beyond Unicode", "list of itself", "a mock of all", "generator"]
GIVEN += ["array within itself", "object __class__", "dict values", "ragged"]
GIVEN += ["parameters of dots within", "many arrays", "claims to be None"]


@pytest.mark.parametrize("label", GIVEN)
def test_check_and_quiz_say_it_in_a_line(label, capsys):
    check("lstm_step", lambda *_: ODD[label])
    check("latch_weights", ODD[label])
    quiz("gate_settings", ODD[label], seed=3)
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) < 120 for line in lines)
    names = {"lstm_step", "latch_weights", "gate_settings"}
    for name in names:
        assert any(re.match(f"[✗○] {name}: ", line) for line in lines)


@LINUX
@pytest.mark.parametrize("label", ["exits", "forgets Python", "talks at length"])
def test_check_of_odd_deeds(label, capsys):
    check("lstm_step", DOING[label])
    assert capsys.readouterr().out.startswith("✗ lstm_step: ")


# After all that -----------------------------------------------------------------


@pytest.mark.parametrize("name", FUNCTIONS[:6] + VALUES[:6])
def test_right_is_still_right(name):
    exercise = find_exercise(name)
    cases, answer = None, exercise.solution
    if isinstance(exercise, Quiz):
        cases = {"": exercise.draw(np.random.default_rng(1))}
    if not exercise.cases:
        answer = exercise.solution(*(cases or {"": ()})[""])
    assert judge.judge(exercise, answer, cases).outcome == "passed"
