"""What the tests of a lesson's exercises say: these pass, that is named."""

from lstm_course.exercises.check import verdict_on


def assert_all_pass(name, answers):
    """Each of the answers is right, however it is written."""
    for answer in answers:
        verdict = verdict_on(name, answer)
        assert verdict.outcome == "passed", verdict.text


def assert_named(name, answer, *mistakes):
    """A wrong answer, in the learner's own words, is told these mistakes."""
    verdict = verdict_on(name, answer)
    assert verdict.outcome == "failed"
    assert sorted(verdict.mistakes) == sorted(mistakes), verdict.text


def assert_told(name, answer, *words):
    """A wrong answer that is no known mistake is told where it goes wrong."""
    verdict = verdict_on(name, answer)
    assert verdict.outcome == "failed"
    assert not verdict.mistakes, verdict.text
    for word in words:
        assert word in verdict.text
