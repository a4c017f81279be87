"""Draw a quiz's numbers from a seed, so that one seed's question is no other's."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from lstm_course.checker.exercise import Quiz
from lstm_course.checker.places import departure
from lstm_course.checker.plain_form import Leaf, plain

TOGETHER = 21  # seeds of which no two ask the same: 0 to 20, and so on
_MOST_DRAWS = 40


def draw_numbers(quiz: Quiz, seed: int) -> tuple[Any, ...]:
    """Return what a seed asks: of several draws, what was asked the longest ago.

    So neighbouring seeds have other answers, too, where there are enough of them.
    """
    questions: list[list[str]] = []
    answers: list[list[Leaf]] = []
    for each in range(seed - seed % TOGETHER, seed + 1):
        rng = np.random.default_rng(each)
        newest = (-1, -1)
        for _ in range(_MOST_DRAWS):
            drawn = quiz.draw(rng)
            # The same words in another order ask the same.
            question = sorted(quiz.question(*drawn).split())
            answer = right_answer(quiz, drawn)
            ages = (
                _age(question == other for other in reversed(questions)),
                _age(
                    not departure(quiz, answer, other).text
                    for other in reversed(answers)
                ),
            )
            if ages > newest:
                newest, numbers, new = ages, drawn, (question, answer)
            if min(newest) == TOGETHER:
                break
        questions.append(new[0])
        answers.append(new[1])
    return numbers


def right_answer(quiz: Quiz, numbers: tuple[Any, ...]) -> list[Leaf]:
    """Return the answer to a question, in the plain form."""
    return plain(quiz.view(quiz.solution(*numbers)))


def _age(alike: Iterable[bool]) -> int:
    """Return how long ago there was something like it; of what is new, the most."""
    return next((age for age, found in enumerate(alike) if found), TOGETHER)
