"""What a learner sees who calls check, quiz and solution."""

import json

import numpy as np
import pytest

import lstm_course
from lstm_course.checker.draws import draw_numbers
from lstm_course.checker.exercise import Quiz
from lstm_course.checker.judge import judge
from lstm_course.exercises import check as module
from lstm_course.exercises.check import check, quiz, solution
from lstm_course.exercises.contents import LESSON_OF, find_exercise
from lstm_course.exercises.progress import PROGRESS_VARIABLE, read_progress


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    """A learner who has just begun."""
    monkeypatch.setenv(PROGRESS_VARIABLE, str(tmp_path / "progress.jsonl"))
    monkeypatch.setattr(module, "_failures", type(module._failures)())
    monkeypatch.setattr(module, "_shown", {})
    return tmp_path / "progress.jsonl"


@pytest.fixture
def told(capsys):
    """What was printed since it was asked last, on one line."""
    return lambda: " ".join(capsys.readouterr().out.split())


def step(x_t, state, params):
    after, _ = lstm_course.lstm_step(x_t, state, params)
    return after.h, after.c


def upside_down(x_t, state, params):
    _, gates = lstm_course.lstm_step(x_t, state, params)
    c = (1 - gates.f) * state.c + gates.i * gates.g
    return gates.o * np.tanh(c), c


def test_a_stub_is_no_try(told, file):
    def stub(x_t, state, params):
        """Return h and c."""

    def dots(x_t, state, params):
        rows = len(x_t)
        return ... if rows else None

    def later(x_t, state, params):
        raise NotImplementedError

    for answer in (..., None, stub, dots, later, lambda *_: ...):
        check("lstm_step", answer)
        assert told().startswith("○ lstm_step: not started yet")
    assert not file.exists()


def test_a_forgotten_return_is_no_stub(told):
    def answer(x_t, state, params):
        c = state.c * 2
        c + 1

    check("lstm_step", answer)
    assert told().startswith("✗ lstm_step: Your function returns None")


def test_hints_come_with_the_second_and_the_third_failure(told):
    small, large = find_exercise("lstm_step").hints
    check("lstm_step", upside_down)
    first = told()
    assert first.startswith("✗ lstm_step: Your forget gate is upside down")
    assert "Hint" not in first
    check("lstm_step", upside_down)
    second = told()
    assert small in second
    assert large not in second
    check("lstm_step", upside_down)
    third = told()
    assert large in third
    assert 'from lstm_course import solution; solution("lstm_step")' in third
    check("lstm_step", upside_down)
    fourth = told()
    assert large not in fourth, "it was read"
    assert 'solution("lstm_step")' in fourth
    check("lstm_step", step)
    assert told().startswith("✓ lstm_step: Right: h and c agree")
    check("lstm_step", upside_down)
    assert "Hint" not in told(), "it counts afresh"
    assert read_progress()["lstm_step"].tries == 5


def test_what_was_verified_is_said_with_its_precision(told):
    def rough(x_t, state, params):
        return [array + 1e-9 for array in step(x_t, state, params)]

    check("lstm_step", rough)
    cases = len(find_exercise("lstm_step").cases())
    expected = f"h and c agree with the course's own to 1e-09, in {cases} cases."
    assert told() == f"✓ lstm_step: Right: {expected}"


def test_the_courses_own_is_right_and_does_not_count(told, file):
    check("lstm_step", lstm_course.lstm_step)
    assert "Right: h and c agree" in told()
    assert not file.exists()


def test_printing_is_allowed_and_remarked_on(told):
    def chatty(x_t, state, params):
        print("shape of z:", x_t.shape)
        return step(x_t, state, params)

    check("lstm_step", chatty)
    text = told()
    assert text.startswith("✓ lstm_step: Right")
    assert "It prints, too ('shape of z: (3, 4)')" in text


def test_changing_the_arguments_is_not(told):
    def careless(x_t, state, params):
        after = step(x_t, state, params)
        state.c[...] = after[1]
        return after

    check("lstm_step", careless)
    assert told().startswith("✗ lstm_step: Your function changes its arguments")


def test_an_error_is_told_with_its_line(told):
    def answer(x_t, state, params):
        return x_t @ params.recurrent_kernel, state.c

    check("lstm_step", answer)
    text = told()
    assert "Your function raises ValueError in the line" in text
    assert "return x_t @ params.recurrent_kernel, state.c" in text


def test_an_unknown_mistake_is_narrowed_down(told):
    def answer(x_t, state, params):
        z = x_t @ params.kernel + state.h @ params.recurrent_kernel + params.bias
        i, f, g, o = np.split(z, 4, axis=1)
        i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
        c = f * state.c + i * np.tanh(g) ** 3
        return o * np.tanh(c), c

    check("lstm_step", answer)
    text = told()
    assert (
        "With random numbers everywhere: c departs first at sequence 0, unit 0" in text
    )
    assert "It is right with the weights of g all 0." in text


def test_gates_that_are_returned_too_tell_which_one_departs(told):
    def answer(x_t, state, params):
        after, gates = lstm_course.lstm_step(x_t, state, params)
        return after, gates._replace(o=gates.o**2)

    check("lstm_step", answer)
    assert "o departs first at sequence 0, unit 0" in told()


QUIZZES = [name for name in LESSON_OF if isinstance(find_exercise(name), Quiz)]


@pytest.mark.parametrize("name", QUIZZES)
def test_a_quiz_draws_from_its_seed(name, told):
    quiz(name, seed=1)
    first = told()
    assert f"○ {name}: not started yet" in first
    quiz(name, seed=1)
    assert told() == first


FIRST_SEEDS = range(21)
FEW_ANSWERS = {  # as many answers as there are settings, shapes of curves, and so on
    "gate_settings",
    "read_the_curve",
    "gru_gate_settings",
    "bits_of_a_text",
}


@pytest.mark.parametrize("name", QUIZZES)
def test_no_seed_asks_what_another_does(name):
    """Not in another order of the numbers either."""
    exercise = find_exercise(name)
    asked = [
        tuple(sorted(exercise.question(*draw_numbers(exercise, seed)).split()))
        for seed in FIRST_SEEDS
    ]
    assert len(set(asked)) == len(FIRST_SEEDS)


@pytest.mark.parametrize("name", QUIZZES)
@pytest.mark.usefixtures("in_this_process")
def test_the_answer_of_a_seed_is_wrong_for_others(name):
    """Where there are few answers, for the next two seeds."""
    exercise = find_exercise(name)
    drawn = [draw_numbers(exercise, seed) for seed in FIRST_SEEDS]
    answers = [exercise.solution(*numbers) for numbers in drawn]
    for seed, answer in enumerate(answers):
        later = drawn[seed + 1 :][: 2 if name in FEW_ANSWERS else None]
        for numbers in later:
            verdict = judge(exercise, answer, {"": numbers})
            assert verdict.outcome == "failed", (seed, numbers)


@pytest.mark.parametrize("name", QUIZZES)
def test_a_quiz_has_a_hint_that_is_no_derivation(name):
    small, _ = find_exercise(name).hints
    assert small.endswith((".", "?")), "hints=(a sentence or two, '')"


def right(name, seed):
    exercise = find_exercise(name)
    return exercise.solution(*draw_numbers(exercise, seed))


def test_after_an_answer_the_derivation_is_shown(told):
    quiz("gate_settings", right("gate_settings", 1), seed=1)
    text = told()
    assert "✓ gate_settings: Right." in text
    assert "c = f c' + i g = " in text
    assert read_progress()["gate_settings"].passed


def test_a_first_wrong_answer_brings_a_hint_and_a_second_the_derivation(told):
    quiz("forecast_ceiling", (17.0, 18.0), seed=1)
    text = told()
    assert find_exercise("forecast_ceiling").hints[0] in text
    assert "a second wrong answer brings the derivation" in text
    assert "The sum is largest where" not in text
    quiz("forecast_ceiling", (16.0, 18.0), seed=2)
    assert "The sum is largest where" not in told(), "it counts for each question"
    quiz("forecast_ceiling", (16.0, 18.0), seed=1)
    assert "The sum is largest where" in told()


def test_a_mistake_that_is_named_is_hint_enough(told):
    quiz("forecast_ceiling", (-1.0, 1.0), seed=1)
    text = told()
    assert "Your bounds are those of h" in text
    assert find_exercise("forecast_ceiling").hints[0] not in text


def test_what_was_shown_does_not_count(told):
    quiz("gate_settings", (1, 1, 2), seed=1)
    assert "✗ gate_settings" in told()
    quiz("gate_settings", (1, 1, 2), seed=1)
    text = told()
    assert "c = f c' + i g = " in text
    assert "Try one with other numbers: seed=2." in text
    quiz("gate_settings", right("gate_settings", 1), seed=1)
    assert "Right, as was shown. Now try seed=2." in told()
    assert not read_progress()["gate_settings"].passed
    quiz("gate_settings", right("gate_settings", 2), seed=2)
    assert "✓" in told()
    assert read_progress()["gate_settings"].passed


def test_an_answer_that_was_shown_is_no_answer_to_another_question(told):
    """A setting of the gates may be right of several questions."""
    name = "gate_settings"
    first = right(name, 1)
    other = next(seed for seed in range(2, 99) if right(name, seed) == first)
    for _ in range(2):
        quiz(name, (1, 1, 2), seed=1)
    told()
    quiz(name, first, seed=other)
    text = told()
    assert "Right, and so it was in a question before, where it was shown." in text
    assert f"Now try seed={other + 1}." in text
    assert not read_progress()[name].passed


@pytest.mark.parametrize("name", LESSON_OF)
def test_solution_shows_the_source_that_checks(name, told, file):
    solution(name)
    text = told()
    exercise = find_exercise(name)
    assert f"def {exercise.solution.__name__}(" in text
    assert isinstance(exercise, Quiz) or f"✓ {name}: Right" in text
    assert not file.exists(), "a solution that was looked at is no try"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: check("lstm_stepp", 1), ValueError, "expected 'lstm_step'"),
        (lambda: check("zzz", 1), ValueError, "expected "),
        (lambda: check(3, 1), TypeError, "name is int; expected"),
        (lambda: check("gate_settings", 1), ValueError, "a quiz: call quiz("),
        (lambda: quiz("lstm_step", 1, seed=1), ValueError, "no quiz: call check("),
        (lambda: quiz("gate_settings", 1, seed=-1), ValueError, "seed is -1"),
        (lambda: quiz("gate_settings", 1, seed="a"), TypeError, "seed is 'a'"),
        (lambda: solution("nothing"), ValueError, "name is 'nothing'"),
    ],
)
def test_a_wrong_call_says_what_was_expected(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert message in str(caught.value)


def test_a_full_disk_costs_the_record_and_nothing_else(told, monkeypatch):
    monkeypatch.setenv(PROGRESS_VARIABLE, "/dev/full")
    check("lstm_step", step)
    text = told()
    assert text.startswith("✓ lstm_step: Right")
    assert "could not be kept" in text


def test_the_record_is_written_at_once(file):
    check("lstm_step", upside_down)
    [line] = [line for line in file.read_text().splitlines() if line]
    assert json.loads(line)["exercise"] == "lstm_step"
