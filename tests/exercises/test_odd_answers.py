"""Whatever goes wrong in an answer, the check says something, soon, and stays whole."""

import builtins
import collections
import contextlib
import ctypes
import decimal
import fractions
import gc
import io
import itertools
import logging
import multiprocessing
import os
import re
import subprocess
import sys
import threading
import time

import numpy as np
import psutil
import pytest

import lstm_course
from lstm_course.checker import attempt, guard, in_place, limits, recognition
from lstm_course.checker.exercise import Quiz
from lstm_course.exercises.check import check, quiz, verdict_on
from lstm_course.exercises.contents import LESSON_OF, find_exercise

pytestmark = pytest.mark.slow

LINUX = pytest.mark.skipif(not guard._COPIES, reason="answers run in this process")
FUNCTIONS = [name for name in LESSON_OF if find_exercise(name).cases][::3]
VALUES = [name for name in LESSON_OF if not find_exercise(name).cases][::3]
MODULES = [builtins, os, np, np.random, attempt, guard, lstm_course.layers.lstm]


def surroundings():
    """What an answer must leave as it is."""
    names = [dict(vars(module)) for module in MODULES]
    drawn = np.random.get_state()[1].tolist()  # noqa: NPY002 - it is there to be changed
    return names, drawn, os.getcwd(), sys.getrecursionlimit(), sys.stdout


@pytest.fixture(autouse=True)
def unharmed():
    """Look round before an answer and after it."""
    before = surroundings()
    yield
    after = surroundings()
    for module, ours, theirs in zip(MODULES, before[0], after[0], strict=True):
        changed = [name for name in ours if theirs.get(name) is not ours[name]]
        assert not changed, (module.__name__, changed)
    assert after[1:] == before[1:]
    assert not sys.stdout.closed
    assert not multiprocessing.active_children()


def told(name, answer):
    """What is said of an answer that is not right."""
    exercise = find_exercise(name)
    cases = None
    if isinstance(exercise, Quiz):
        cases = {"": exercise.draw(np.random.default_rng(1))}
    verdict = verdict_on(name, answer, cases)
    assert verdict.outcome in ("failed", "not started")
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


@pytest.fixture
def without_threads(monkeypatch):
    """As in a page."""
    monkeypatch.setattr(guard, "IN_WEB_PAGE", True)


@pytest.fixture(params=[pytest.param("copy", marks=LINUX), "thread", "place"])
def each_way(request, monkeypatch):
    """In a copy, in a thread, in place."""
    monkeypatch.setattr(guard, "_COPIES", request.param == "copy")
    monkeypatch.setattr(guard, "IN_WEB_PAGE", request.param == "place")
    return request.param


# Values -------------------------------------------------------------------------


def nested(depth):
    value = [1.0]
    for _ in range(depth):
        value = [value]
    return value


def within_itself():
    value = [1.5]
    value.append(value)
    return value


class Raising:
    """An object of which something raises, as may happen in a class half written."""

    def __array__(self, *_, **__):
        raise ValueError("no array yet")


ODD = {
    "int far too large": 10**400,
    "complex": 1j * 98765,
    "nan": float("nan"),
    "inf": float("inf"),
    "text": "an odd answer",
    "text beyond Unicode": "\ud800 \x00 \x1b[2J",
    "bytes": b"123",
    "set": {1.5, 2.5},
    "empty list": [],
    "empty tuple": (),
    "empty dict": {},
    "lists of nothing": [[], []],
    "dict": {"h": 1e9, "c": "text"},
    "deque": collections.deque([1.5]),
    "range": range(10**9),
    "module": np,
    "class": dict,
    "an exception": ValueError("not raised"),
    "builtin": len,
    "ufunc": np.tanh,
    "lambda": lambda: 1.5,
    "generator": (x for x in [1.5]),
    "map": map(float, "12"),
    "zip": zip([1.5], [1.5], strict=True),
    "file": io.StringIO("1"),
    "lock": threading.Lock(),
    "decimal": decimal.Decimal("1.5"),
    "pointer": ctypes.c_double(1.5),
    "random generator": np.random.default_rng(1),
    "dtype": np.dtype(float),
    "numpy's text": np.str_("odd"),
    "numpy's date": np.datetime64("2026-11-22"),
    "half": np.float16(6e4) * np.ones((3, 2), np.float16),
    "long": np.full((3, 2), np.longdouble(9)),
    "whole numbers": np.full((3, 2), 2**64 - 1, np.uint64),
    "array of nan": np.full((3, 2), np.nan),
    "arrays of inf": (np.full((3, 2), np.inf), np.full((3, 2), -np.inf)),
    "array of objects": np.array([1.5, None, "a"], object),
    "array of dots": np.array([..., ...]),
    "array of texts": np.array(["odd", "odder"]),
    "structured array": np.zeros(3, [("h", float), ("c", "U3")]),
    "masked array": np.ma.masked_all((3, 2)),
    "matrix": np.asmatrix(np.full((3, 2), 9e9)),
    "array of no rows": np.zeros((0, 2)),
    "a strided array of many": np.broadcast_to(9e9, (1000, 1000, 1000)),
    "two million numbers": np.zeros(2_000_000),
    "many arrays": [np.zeros(3), np.zeros(2)] * 10_000,
    "list of a million and one": [9e9] * 1_000_001,
    "ragged": [[1.5], [1.5, 2.5]],
    "numbers and texts": [1.5, "a", None],
    "nested 9": nested(9),
    "nested 2,000": nested(2_000),
    "list with itself": within_itself(),
    "raising": Raising(),
    "LSTM's parameters": lstm_course.LSTMParams("a", None, {}),
    "parameters of dots within": lstm_course.LSTMParams([...], 1, 2),
    "the exercise itself": find_exercise("gate_settings"),
}


@pytest.mark.parametrize("label", ODD)
def test_an_odd_value(label):
    told(VALUES[list(ODD).index(label) % len(VALUES)], ODD[label])


@pytest.mark.parametrize("label", ODD)
def test_a_function_that_returns_an_odd_value(label):
    name = FUNCTIONS[list(ODD).index(label) % len(FUNCTIONS)]
    told(name, lambda *_: ODD[label])


@pytest.mark.parametrize("label", ODD)
def test_an_odd_value_in_place_of_a_function(label, in_a_thread):
    name = FUNCTIONS[(list(ODD).index(label) + 1) % len(FUNCTIONS)]
    told(name, ODD[label])


# Exceptions ---------------------------------------------------------------------


class OwnError(Exception):
    """An error of a learner's own."""


@pytest.mark.parametrize(
    "kind",
    [ValueError, ZeroDivisionError, StopIteration, OwnError, SystemExit],
)
def test_any_exception(kind, each_way):
    def answer(*_):
        raise kind("\x1b[2J\ud800" * 10**5)

    assert f"Your function raises {kind.__name__} in the line" in told(
        "lstm_step", answer
    )


def test_the_shapes_that_come_in_are_told():
    def answer(x_t, state, params):
        return x_t @ params.recurrent_kernel

    text = told("lstm_step", answer)
    assert "(What comes in: x_t (3, 4), state.h (3, 2), state.c (3, 2), " in text
    assert "params.bias (8,).)" in text


# What never ends ----------------------------------------------------------------


def circles(*_):
    # A loop of one line: one of two may be stopped in either.
    return all(not zero for zero in iter(int, 1))


def endless_prints(*_):
    while True:
        print("odd" * 1000)


def catches_all(*_):
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(0.001)


def naps(*_):
    time.sleep(1000)


def locked(*_):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def reckons(*_):
    return 9**9**9  # no exception and no handler of Python's gets in there


ENDLESS = [circles, endless_prints, catches_all, naps, locked, reckons]


@LINUX
@pytest.mark.parametrize("answer", ENDLESS)
def test_what_never_ends_is_stopped(answer, hurry):
    assert "had not ended" in told("lstm_step", answer)


@LINUX
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (circles, ["s of computing in the line `return all(", "a loop that never"]),
        (reckons, ["s of computing in the line `return 9**9**9", "model.predict?"]),
        (naps, ["in the line `time.sleep(1000)`; it computed for 0 s", "a sleep"]),
    ],
)
def test_it_is_told_where_it_was_stopped(answer, words, monkeypatch):
    limits = {"seconds": 0.3, "longest": 1 if answer is naps else 300}
    monkeypatch.setattr(guard.guarded, "__kwdefaults__", limits)
    text = told("gru_step", answer)
    assert [word for word in words if word not in text] == []


def test_it_is_told_where_a_thread_was_stopped(in_a_thread, monkeypatch):
    limits = {"seconds": 0.1, "longest": 300}
    monkeypatch.setattr(guard.guarded, "__kwdefaults__", limits)
    assert "s of computing in the line `return all(" in told("gru_step", circles)


@pytest.mark.parametrize("answer", [circles, endless_prints])
def test_a_loop_in_a_thread_is_interrupted(answer, in_a_thread, hurry, capsys):
    threads = threading.active_count()
    assert "had not ended" in told("lstm_step", answer)
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


def keeps_on(*_):
    while True:
        with contextlib.suppress(Exception):
            np.tanh(1.0)


def in_a_called_function(*_):
    def still_waiting():
        return True

    while still_waiting(): pass  # fmt: skip  # noqa: E701


def in_a_library(*_):
    return all(map(fractions.Fraction, itertools.count(1)))


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (circles, "return all(not zero"),
        (endless_prints, ""),
        (keeps_on, ""),
        (in_a_called_function, ""),
        (in_a_library, "return all(map"),
    ],
)
def test_a_loop_in_place_is_interrupted_and_named(
    answer, line, without_threads, monkeypatch, capsys
):
    limits = {"seconds": 0.2, "longest": 300}
    monkeypatch.setattr(guard.guarded, "__kwdefaults__", limits)
    assert f"s of computing in the line `{line}" in told("gru_step", answer)
    assert sys.gettrace() is None
    print("still here")
    assert capsys.readouterr().out == "still here\n"


def test_work_in_place_that_catches_all_and_ends_is_told():
    def work():
        with contextlib.suppress(BaseException):
            circles()
        return "done"

    with pytest.raises(limits.TookTooLongError):
        in_place.in_place(work, 0.1, 300)


def test_the_course_s_own_work_in_place_is_not_interrupted():
    """What it exchanges between two calls of an answer is put back, however late."""

    def work():
        until = time.process_time() + 0.1
        while time.process_time() < until:
            attempt.is_stub(circles)
        return "done"

    ours = work.__code__.replace(co_filename=attempt.__file__)
    work.__code__ = ours
    assert in_place.in_place(work, 0.02, 300) == "done"


# How long is too long -----------------------------------------------------------


@LINUX
def test_time_that_an_answer_does_not_compute_is_not_counted():
    """As on a busy machine: long on the clock, little work."""
    assert guard.guarded(lambda: time.sleep(0.4) or "done", seconds=0.05) == "done"


@LINUX
def test_computing_is_counted():
    before = os.times()
    with pytest.raises(limits.TookTooLongError) as caught:
        guard.guarded(circles, seconds=0.2)
    after = os.times()
    assert not caught.value.waiting
    assert caught.value.computed >= 0.2
    assert after.children_user - before.children_user >= 0.15  # of ticks of 0.01 s


@LINUX
def test_many_processors_at_work_count_as_one(monkeypatch):
    monkeypatch.setattr(guard._Copy, "computed", lambda _: 1000.0)
    assert guard.guarded(lambda: time.sleep(0.1) or "done", seconds=5) == "done"


def test_what_waits_is_stopped_by_the_clock(each_way):
    def answer():
        while True:
            time.sleep(0.01)

    with pytest.raises(limits.TookTooLongError) as caught:
        guard.guarded(answer, longest=0.2)
    assert caught.value.waiting
    assert caught.value.passed >= 0.2
    assert caught.value.computed < caught.value.passed


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


# What comes back ----------------------------------------------------------------


def test_plain_data_come_back_as_they_were(each_way):
    arrays = [np.arange(6.0).reshape(2, 3), np.array(1 + 2j), np.zeros((0, 2), bool)]
    data = {"a": [*arrays, "\ud800 x\n", None], "b": None, "c": [], "": 2.5}
    got = guard.guarded(lambda: data)
    for ours, theirs in zip(arrays, got["a"], strict=False):
        assert ours.dtype == theirs.dtype
        assert np.array_equal(ours, theirs)
    assert got["a"][3:] == data["a"][3:]
    assert {**got, "a": None} == {**data, "a": None}


class Unpickled:
    """What would run code wherever it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("unpickled",)


@pytest.mark.parametrize("found", [Unpickled(), np.array([Unpickled()], object)])
def test_objects_do_not_come_back(found, each_way, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(limits.DiedError):
        guard.guarded(lambda: found)
    assert not list(tmp_path.iterdir())


# Deeds --------------------------------------------------------------------------


def does(*actions):
    def answer(*_):
        for action in actions:
            action()
        return {1.5}

    return answer


def recurs(*_):
    return recurs()


def prints_a_lot(*_):
    for number in range(20_000):
        print(number, "\ud800", file=sys.stderr if number % 2 else sys.stdout)
    os.write(1, b"odd")
    logging.getLogger("odd").warning("odd")
    return {1.5}


def reads(*_):
    return input("odd? ")


def yields(*_):
    yield 1.5


async def waits(*_):
    return {1.5}


def changes_x(x_t, *_):
    x_t *= 2
    return {1.5}


def replaces_tanh(*_):
    np.tanh = lambda z: z
    return {1.5}


def wants_more(x, *, odd=tuple(range(10_000)), odder="\x00"):
    return {1.5}


def only_dots(*_):
    return np.array([..., 1])


@LINUX
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (does(lambda: os._exit(0)), "ended Python itself"),
        (does(os.abort), "ended Python itself"),
        (does(lambda: ctypes.string_at(0)), "ended Python itself"),
        (does(sys.exit), "raises SystemExit"),
        (does(lambda: np.ones((10**5, 10**5))), "raises MemoryError"),
        (lambda *_: [0.0] * 10**9, "raises MemoryError"),
        (does(lambda: sys.stdout.close()), "Your answer"),
        (does(lambda: os.chdir("/")), "is a set; expected numbers"),
        (does(lambda: np.random.seed(0)), "is a set"),  # noqa: NPY002
        (does(lambda: sys.setrecursionlimit(60)), "Your "),
        (does(lambda: threading.Thread(target=circles).start()), "is a set"),
        (recurs, "raises RecursionError"),
        (prints_a_lot, "is a set"),
        (reads, "there is nobody to ask"),
        (waits, "is a coroutine"),
        (yields, "write return, not yield"),
        (changes_x, "changes its arguments"),
        (replaces_tanh, "Your function replaces numpy.tanh"),
        (wants_more, "it is called with 3 arguments"),
        (only_dots, "not started yet"),
        (lambda *_: within_itself(), "too deep"),
        (lambda *_: ODD["many arrays"], "far too many"),
        (lambda *_: ODD["two million numbers"], "far too many"),
        (lambda *_: {"h": {1.5}}, "is a set; expected numbers"),
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
        assert "raises RecursionError" in told("lstm_step", recurs)
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize("answer", [recurs, yields, wants_more])
def test_odd_deeds_in_a_thread(answer, in_a_thread):
    told("lstm_step", answer)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (does(sys.exit), "raises SystemExit"),
        (does(lambda: np.ones((10**7, 10**7))), "raises MemoryError"),
        (does(lambda: sys.setrecursionlimit(200)), "is a set"),
        (does(lambda: sys.settrace(None)), "is a set"),
        (recurs, "raises RecursionError"),
        (reads, "there is nobody to ask"),
        (changes_x, "changes its arguments"),
        (lambda *_: within_itself(), "too deep"),
    ],
)
def test_odd_deeds_in_place(answer, words, without_threads):
    assert words in told("lstm_step", answer)


def test_numpy_replaced_in_a_thread_is_told(in_a_thread, monkeypatch):
    monkeypatch.setattr(np, "tanh", np.tanh)
    assert "replaces numpy.tanh" in told("lstm_step", replaces_tanh)
    assert "restart the kernel" in told("lstm_step", lambda *_: 1.5)


@LINUX
def test_what_an_answer_has_started_ends_with_it(tmp_path, hurry):
    def answer(*_):
        program = subprocess.Popen(["sleep", "1000"])
        (tmp_path / "pid").write_text(str(program.pid))
        circles()

    def is_gone(pid):
        try:
            return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    told("lstm_step", answer)
    assert soon(lambda: is_gone(int((tmp_path / "pid").read_text())))


@LINUX
def test_nothing_is_left_behind(hurry):
    def look_round():
        gc.collect()
        return len(os.listdir("/proc/self/fd")), psutil.Process().children()

    told("lstm_step", lambda *_: {1.5})
    before = look_round()
    for answer in (does(lambda: os._exit(0)), reads, circles) * 3:
        told("lstm_step", answer)
    assert look_round() == before


@LINUX
def test_mistakes_are_planted_in_the_copy_alone(monkeypatch):
    monkeypatch.setattr(recognition, "planted", lambda _: os._exit(0))
    text = told("lstm_step", lambda x_t, state, params: (7 * state.h, 7 * state.c))
    assert "c departs first at" in text


def test_planted_mistakes_are_gone_in_the_end(each_way):
    kept = lstm_course.lstm_step.__code__, lstm_course.gru_step.__code__
    told("lstm_step", lambda x_t, state, params: (7 * state.h, 7 * state.c))
    told("gru_step", lambda x_t, state, params: 7 * state.h)
    assert (lstm_course.lstm_step.__code__, lstm_course.gru_step.__code__) == kept


# What a learner calls -----------------------------------------------------------


@pytest.mark.parametrize("label", ["text beyond Unicode", "generator", "many arrays"])
def test_check_and_quiz_say_it_in_a_line(label, capsys):
    check("lstm_step", lambda *_: ODD[label])
    check("latch_weights", ODD[label])
    quiz("gate_settings", ODD[label], seed=3)
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) < 120 for line in lines)
    for name in ("lstm_step", "latch_weights", "gate_settings"):
        assert any(re.match(f"[✗○] {name}: ", line) for line in lines)


@pytest.mark.parametrize("name", FUNCTIONS[:6] + VALUES[:6])
def test_right_is_still_right(name, each_way):
    exercise = find_exercise(name)
    cases, answer = None, exercise.solution
    if isinstance(exercise, Quiz):
        cases = {"": exercise.draw(np.random.default_rng(1))}
    if not exercise.cases:
        answer = exercise.solution(*(cases or {"": ()})[""])
    assert verdict_on(name, answer, cases).outcome == "passed"
