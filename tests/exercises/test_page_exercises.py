"""Where there are neither processes nor threads, a learner is told the same."""

import pytest
from page_exercises import page_exercises

from lstm_course.checker import guard
from lstm_course.checker.exercise import Quiz
from lstm_course.exercises.common_mistakes import MISTAKES
from lstm_course.exercises.contents import LESSON_OF, find_exercise

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cells():
    return page_exercises()


def test_what_is_said_in_place_is_what_is_said_of_a_copy(cells, monkeypatch):
    monkeypatch.setattr(guard, "IN_WEB_PAGE", True)
    assert page_exercises() == cells


def test_each_cell_is_told_what_it_answers(cells):
    hints = {
        (name, mistake.name): mistake.hint
        for name in LESSON_OF
        for mistake in find_exercise(name).own_mistakes(MISTAKES)
    }
    for cell in cells:
        name, what = cell.name.split(": ")
        exercise = find_exercise(name)
        text = " ".join(cell.text.split())
        if what == "stub":
            assert f"○ {name}: not started yet" in text
        elif what == "solution":
            assert f"✓ {name}: Right" in text or "Right, as was shown" in text, cell
        elif what in exercise.given and len(exercise.given) == 1:
            assert f"○ {name}: not started yet" in text
        elif not isinstance(exercise, Quiz):
            assert f"✗ {name}:" in text, cell
            assert " ".join(hints[name, what].split()) in text, cell
