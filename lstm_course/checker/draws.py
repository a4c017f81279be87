"""Draw a quiz's numbers from a seed, so that one seed's question is no other's."""

from typing import Any

import numpy as np

from lstm_course.checker.exercise import Quiz
from lstm_course.checker.plain_form import Leaf, plain

TOGETHER = 21  # seeds of which no two ask the same: 0 to 20, and so on
_MOST_DRAWS = 60


def draw_numbers(quiz: Quiz, seed: int) -> tuple[Any, ...]:
    """Return what a seed asks: of several draws, what was asked the longest ago.

    So neighbouring seeds have other answers, too, where there are enough of them.
    """
    questions: list[object] = []
    answers: list[str] = []
    for each in range(seed - seed % TOGETHER, seed + 1):
        rng = np.random.default_rng(each)
        best = (-1, -1)
        for _ in range(_MOST_DRAWS):
            drawn = quiz.draw(rng)
            # The same words in another order ask the same.
            question = sorted(quiz.question(*drawn).split())
            answer = _in_words(right_answer(quiz, drawn))
            novelty = _age(question, questions), _age(answer, answers)
            if novelty > best:
                best, numbers, new = novelty, drawn, (question, answer)
            if min(best) == TOGETHER:
                break
        questions.append(new[0])
        answers.append(new[1])
    return numbers


def right_answer(quiz: Quiz, numbers: tuple[Any, ...]) -> list[Leaf]:
    """Return the answer to a question, in the plain form."""
    return plain(quiz.view(quiz.solution(*numbers)))


def _in_words(leaves: list[Leaf]) -> str:
    return str(
        [
            np.round(leaf + 0.0, 3).tolist() if isinstance(leaf, np.ndarray) else leaf
            for leaf in leaves
        ]
    )


def _age(what: object, before: list[Any]) -> int:
    """Return how long ago something was last there; of what is new, the most."""
    return before[::-1].index(what) if what in before else TOGETHER
