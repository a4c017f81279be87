"""Which exercises there are: a lesson's number, and its exercises with their levels.

An exercise itself stands in the module of its lesson, ``lesson_04.EXERCISES``.
"""

import difflib
import importlib
from typing import Literal

from lstm_course.checker.exercise import Exercise

Level = Literal["warm-up", "core", "stretch"]

CONTENTS: dict[int, dict[str, Level]] = {
    1: {
        "shapes_on_the_way": "warm-up",
        "windows_of_features": "core",
        "repair_the_log": "core",
        "sentences_to_vectors": "stretch",
    },
    2: {
        "echo_on_paper": "warm-up",
        "rnn_step": "core",
        "rnn_layer": "core",
        "compare_with_keras": "stretch",
        "blinker": "stretch",
    },
    3: {
        "predict_the_reach": "warm-up",
        "rnn_step_backward": "core",
        "numeric_gradient": "core",
        "clip_gradients": "core",
        "leaky_backward": "stretch",
    },
    4: {
        "gate_settings": "warm-up",
        "lstm_step": "core",
        "repair_the_cell": "core",
        "latch_weights": "stretch",
    },
    5: {
        "errors_without_memory": "warm-up",
        "subtracting_batch": "core",
        "giving_up": "core",
        "five_fates": "core",
        "memory_bias": "stretch",
    },
    6: {
        "count_parameters": "warm-up",
        "stack_ledger": "core",
        "features_of": "core",
        "which_cell": "stretch",
    },
    7: {
        "forecast_ceiling": "warm-up",
        "repair_the_training": "core",
        "baseline_errors": "core",
        "roll_out": "core",
        "forecast_any_height": "stretch",
    },
    8: {
        "choose_outputs": "warm-up",
        "stack_shapes": "core",
        "stack_forward": "core",
        "repair_the_stack": "core",
        "rebuild_the_model": "stretch",
    },
    9: {
        "sentence_to_row": "warm-up",
        "is_it_a_gain": "warm-up",
        "encode_by_counting": "core",
        "pad_and_mask": "core",
        "bag_by_counting": "stretch",
    },
    10: {
        "read_the_curve": "warm-up",
        "keep_the_best": "core",
        "hide_features": "core",
        "put_it_beside": "core",
        "train_fairly": "stretch",
    },
    11: {
        "gru_gate_settings": "warm-up",
        "gru_step": "core",
        "who_is_ahead": "core",
        "carry_weights_over": "stretch",
    },
    12: {
        "half_life": "warm-up",
        "follow_the_verdict": "core",
        "hold_a_gate": "core",
        "same_picture": "stretch",
    },
}
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
