"""Which exercises there are: a lesson's number, and its exercises with their levels.

An exercise itself stands in the module of its lesson, ``lesson_04.EXERCISES``.
"""

import difflib
import importlib
from collections.abc import Iterator
from typing import Literal

from lstm_course.checker.exercise import Exercise

Level = Literal["warm-up", "core", "stretch"]

# The lesson, then the names of its exercises: warm-ups | core | stretch.
_TABLE = """\
1 shapes_on_the_way | windows_of_features repair_the_log | sentences_to_vectors
2 echo_on_paper | rnn_step rnn_layer | compare_with_keras blinker
3 predict_the_reach | rnn_step_backward numeric_gradient clip_gradients | leaky_backward
4 gate_settings | lstm_step repair_the_cell | latch_weights
5 errors_without_memory | subtracting_batch giving_up five_fates | memory_bias
6 count_parameters | stack_ledger features_of | which_cell
7 forecast_ceiling | repair_the_training baseline_errors roll_out | forecast_any_height
8 choose_outputs | stack_shapes stack_forward repair_the_stack | rebuild_the_model
9 sentence_to_row is_it_a_gain | encode_by_counting pad_and_mask | bag_by_counting
10 read_the_curve | keep_the_best hide_features put_it_beside | train_fairly
11 gru_gate_settings | gru_step who_is_ahead | carry_weights_over
12 half_life | follow_the_verdict hold_a_gate | same_picture
13 error_at_the_cell | lstm_step_backward along_the_belt worth_of_a_part | coupled_back
14 bits_of_a_text | loss_at_every_character draw_the_next cut_the_way_back | count_and_back_off
15 price_of_a_rung | pool_over_time hide_words warmed_rates | folds_of_films
"""  # noqa: E501 - a lesson a line


def _read_table() -> Iterator[tuple[int, dict[str, Level]]]:
    levels: tuple[Level, ...] = ("warm-up", "core", "stretch")
    for row in _TABLE.splitlines():
        lesson, names = row.split(maxsplit=1)
        by_level = zip(levels, names.split("|"), strict=True)
        yield int(lesson), {n: level for level, part in by_level for n in part.split()}


CONTENTS = dict(_read_table())
LESSON_OF = {name: lesson for lesson, names in CONTENTS.items() for name in names}


def find_exercise(name: str) -> Exercise:
    """Return an exercise by its name.

    Raises:
        TypeError: the name is no text.
        ValueError: no exercise is called so; the error names those that come close.
    """
    if type(name) is not str:
        raise TypeError(
            f"name is {type(name).__name__}; expected the exercise's name in quotes"
        )
    if name not in LESSON_OF:
        close = difflib.get_close_matches(name, LESSON_OF, n=3) or list(LESSON_OF)
        raise ValueError(f"name is {name!r}; expected {' or '.join(map(repr, close))}")
    module = f"lstm_course.exercises.lesson_{LESSON_OF[name]:02d}"
    exercise: Exercise = importlib.import_module(module).EXERCISES[name]
    return exercise
