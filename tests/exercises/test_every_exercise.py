"""What holds of each exercise: its solution, its stub, every mistake that applies."""

import io
import pickle
import re
import sys
from contextlib import nullcontext, redirect_stdout
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from lstm_course.checker.draws import draw_numbers
from lstm_course.checker.exercise import Quiz
from lstm_course.checker.guard import guarded
from lstm_course.checker.planting import name_of, plant, planted
from lstm_course.commands.run import read
from lstm_course.commands.solutions import solution_cells
from lstm_course.exercises.check import verdict_on
from lstm_course.exercises.common_mistakes import MISTAKES
from lstm_course.exercises.contents import CONTENTS, LESSON_OF, find_exercise

pytestmark = pytest.mark.usefixtures("in_this_process")

NAMES = list(LESSON_OF)
SEEDS = range(12)
ALIKE = {"state-not-carried", "rnn-state-not-carried"}  # where a state begins with 0


def cases_of(exercise, seed=1):
    if isinstance(exercise, Quiz):
        return {"": draw_numbers(exercise, seed)}
    return exercise.cases() if exercise.cases else {"": ()}


def answer_by(exercise, solve, cases):
    """What a learner gives who solves it like this: a function, or a value."""
    return solve if exercise.cases else solve(*cases[""])


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_passes(name):
    exercise = find_exercise(name)
    for seed in SEEDS if isinstance(exercise, Quiz) else [1]:
        cases = cases_of(exercise, seed)
        verdict = verdict_on(name, answer_by(exercise, exercise.solution, cases), cases)
        assert verdict.outcome == "passed", (seed, verdict.text)
        assert verdict.text.startswith("Right")


@pytest.mark.parametrize("name", NAMES)
def test_the_lesson_begins_with_a_stub(name, root):
    """The cell of the lesson says so, in one line, and nothing fails."""
    [lesson] = (root / "notebooks").glob(f"{LESSON_OF[name]:02d}_*.ipynb")
    [cell] = [cell for cell in read(lesson).cells if f'("{name}"' in cell.source]
    text = "".join(output.get("text", "") for output in cell.outputs)
    assert f"○ {name}: not started yet" in text
    verdict = verdict_on(name, lambda *arguments: ...)
    if find_exercise(name).cases:
        assert verdict.outcome == "not started"


@cache
def right_results(name, seed):
    """What the solution gives in each case, and the names of all that it calls."""
    exercise = find_exercise(name)
    called = set()

    def note(frame, event, _):
        if event == "call":
            called.add((frame.f_globals.get("__name__"), frame.f_code.co_name))

    cases = cases_of(exercise, seed)
    kept = sys.getprofile()
    sys.setprofile(note)
    try:
        results = [exercise.solution(*arguments) for arguments in cases.values()]
    finally:
        sys.setprofile(kept)
    return results, called


def raw_results(exercise, mistake, cases):
    """What somebody gets in each case who makes the mistake: a result, or an error."""
    own = mistake.function == name_of(exercise.solution)
    context = nullcontext() if own else planted(mistake)
    solve = plant(mistake) if own else exercise.solution
    results = []
    with context, np.errstate(all="ignore"):
        for arguments in cases.values():
            try:
                results.append(solve(*arguments))
            except Exception as error:
                results.append(error)
    return results


def replay(exercise, results):
    """An answer that gives these results, case after case."""
    if not exercise.cases:
        return results[0]
    following = iter(results)

    def answer(*_):
        result = next(following)
        if isinstance(result, Exception):
            raise result
        return result

    return answer


def verdicts(name, mistake):
    """What is said of the mistake wherever it makes a difference."""
    exercise = find_exercise(name)
    for seed in SEEDS if isinstance(exercise, Quiz) else [1]:
        right, called = right_results(name, seed)
        if (mistake.module, mistake.function.rpartition(".")[2]) not in called:
            continue  # the solution never gets there
        cases = cases_of(exercise, seed)
        results = raw_results(exercise, mistake, cases)
        if pickle.dumps(results) == pickle.dumps(right):
            continue
        if all(isinstance(result, Exception) for result in results):
            continue  # nobody gets that far: Python itself complains
        answer = replay(exercise, results)
        verdict = verdict_on(name, answer, cases)
        if verdict.outcome != "passed":
            yield verdict


def is_named(mistake, verdict):
    """Alone, or as one of a few that come to the same numbers."""
    if verdict.text.startswith("It may be one of"):
        return mistake in verdict.mistakes
    return verdict.mistakes == (mistake,)


@pytest.mark.parametrize("name", NAMES)
def test_each_mistake_that_applies_is_named_by_its_own_hint(name):
    """A row of the table exercises × mistakes: it changes nothing, or it is named.

    A known mistake that is one of the exercise's own in other words goes by that name;
    and in a quiz two mistakes may lead to the same number, so one question will do.
    """
    exercise = find_exercise(name)
    known = exercise.own_mistakes(MISTAKES)
    own = {mistake.name for mistake in known}
    for mistake in dict.fromkeys((*known, *MISTAKES)):
        found = list(verdicts(name, mistake))
        if mistake.name in exercise.given and len(exercise.given) == 1:
            assert {verdict.outcome for verdict in found} == {"not started"}
            continue
        assert found or mistake.name not in own, f"{mistake.name} changes nothing"
        named = [verdict for verdict in found if is_named(mistake.name, verdict)]
        others = {name for verdict in found for name in verdict.mistakes}
        if found and not named:
            assert mistake.name not in own, (mistake.name, found[0])
            assert others, (mistake.name, found[0])
            assert others <= own or {mistake.name, *others} == ALIKE
        assert all(mistake.hint in verdict.text for verdict in named)
        assert all(verdict.mistakes for verdict in found), (mistake.name, found)


# The lessons' text --------------------------------------------------------------

HEADING = re.compile(r"### Exercise (\d+) \((warm-up|core|stretch)\): \S.*")


@pytest.mark.parametrize("lesson", CONTENTS)
def test_a_lesson_has_its_exercises(lesson, root):
    """At least three, of three levels, in order, each with its task above it."""
    [path] = (root / "notebooks").glob(f"{lesson:02d}_*.ipynb")
    notebook = read(path)
    levels = CONTENTS[lesson]
    assert {"warm-up", "core", "stretch"} <= set(levels.values())
    cells = notebook.cells
    found = [
        (name, HEADING.match(above.source))
        for above, cell in pairwise(cells)
        if cell.cell_type == "code"
        for name in re.findall(r'^(?:check|quiz)\("(\w+)"', cell.source, re.M)
    ]
    assert [name for name, _ in found] == list(levels)
    for number, (name, heading) in enumerate(found, start=1):
        assert heading, f"{name} has no heading above it"
        assert heading[1] == str(number)
        assert heading[2] == levels[name], name
    assert cells[-1].source == f"show_progress({lesson})"
    text = "".join(output.get("text", "") for output in cells[-1].outputs)
    assert f"0 of {len(levels)} exercises passed" in text


@pytest.mark.parametrize("lesson", CONTENTS)
def test_the_exercises_can_be_done_by_themselves(lesson, root):
    """Whoever comes back for them need not run the lesson once more."""
    [path] = (root / "notebooks").glob(f"{lesson:02d}_*.ipynb")
    cells = iter(read(path).cells)
    for cell in cells:
        if cell.source.startswith("## Exercises\n"):
            break
    sources = [cell.source for cell in cells if cell.cell_type == "code"]

    def run():
        names = {"__name__": "__main__"}
        with redirect_stdout(io.StringIO()) as page:
            for source in sources:
                exec(source, names)
        return page.getvalue()

    # In a copy, so that Keras, which some import, makes no other test slower.
    said = guarded(run, seconds=100, longest=1000)
    assert said.count("not started") == len(CONTENTS[lesson])


# What a lesson has its reader do on the way, and none of its exercises.
ON_THE_WAY = {
    7: "train it in Keras until it wins",
    8: "find out what a second layer is worth",
    9: "set a baseline that is hard to beat",
    10: "in Keras too",
}


@pytest.mark.parametrize("lesson", CONTENTS)
def test_the_exercises_train_what_the_lesson_promises(lesson, root):
    """Each phrase of "You will be able to" is trained by some exercise."""
    [path] = (root / "notebooks").glob(f"{lesson:02d}_*.ipynb")
    opening = read(path).cells[0].source
    promise = re.search(r"\*\*You will be able to\*\*(.*)", opening)[1]
    if lesson in ON_THE_WAY:
        assert ON_THE_WAY[lesson] in promise
        promise = promise.replace(ON_THE_WAY[lesson], " ")
    for name in CONTENTS[lesson]:
        able = find_exercise(name).able
        assert able in opening, (name, able)
        promise = promise.replace(able, " ")
    left = set(re.findall(r"[^\W\d_]+", promise))
    assert left <= {"and", "to", "the", "a"}, f"no exercise trains {promise!r}"


def test_the_pages_of_solutions_are_made_from_the_lessons(root):
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        cells = [(cell.cell_type, cell.source) for cell in solution_cells(path)]
        page = path.parent / "solutions" / path.name
        assert page.is_file() == bool(cells), "lstm-course refresh"
        if cells:
            there = [(cell.cell_type, cell.source) for cell in read(page).cells]
            assert there == cells, f"{path.name}: lstm-course refresh"
