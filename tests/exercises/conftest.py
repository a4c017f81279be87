"""Answers that the tests know to be harmless are judged without a process each."""

import pytest

from lstm_course.checker import judge


@pytest.fixture(autouse=True)
def no_process_for_harmless_answers(request):
    """A copy of a process that has TensorFlow in it takes longer than the judging."""
    with pytest.MonkeyPatch.context() as patch:
        if request.module.__name__.startswith(("test_exercises_", "test_every_")):
            patch.setattr(judge, "guarded", lambda work: work())
        yield
