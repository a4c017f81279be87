"""Answers that the tests know to be harmless are judged without a process each."""

import pytest

from lstm_course.checker import judge


@pytest.fixture
def in_this_process(monkeypatch):
    """A copy of a process that has TensorFlow in it takes longer than the judging."""
    monkeypatch.setattr(judge, "guarded", lambda work, **limits: work())
