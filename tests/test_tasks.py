"""The adding problem: what is in a sequence, and that nothing gives it away."""

import numpy as np
import pytest

from lstm_course.data.tasks import adding_batch


@pytest.mark.parametrize("steps", [2, 7, 50])
def test_one_mark_in_each_half_and_the_target_is_their_sum(steps):
    inputs, targets = adding_batch(np.random.default_rng(1), 200, steps)
    assert inputs.shape == (200, steps, 2)
    assert targets.shape == (200, 1)
    assert inputs.dtype == targets.dtype == np.float32
    for sequence, (target,) in zip(inputs, targets, strict=True):
        first, second = np.flatnonzero(sequence[:, 1])
        assert first < steps // 2 <= second
        assert sequence[[first, second], 1].tolist() == [1, 1]
        numbers = sequence[[first, second], 0]
        assert target == pytest.approx(numbers.sum(), rel=1e-6)


def test_every_step_can_be_marked_and_every_number_lies_between_0_and_1():
    inputs, targets = adding_batch(
        np.random.default_rng(2), 20_000, 10, dtype=np.float64
    )
    numbers, marks = inputs[..., 0], inputs[..., 1]
    assert marks.mean(axis=0) == pytest.approx([0.2] * 10, abs=0.01)
    assert 0 <= numbers.min() < 0.001
    assert 0.999 < numbers.max() < 1
    assert np.mean((targets - 1) ** 2) == pytest.approx(1 / 6, rel=0.03)


def test_the_seed_decides_and_each_batch_is_another():
    first, _ = adding_batch(np.random.default_rng(3), 4, 9)
    rng = np.random.default_rng(3)
    again, _ = adding_batch(rng, 4, 9)
    following, _ = adding_batch(rng, 4, 9)
    assert np.array_equal(first, again)
    assert not np.array_equal(again, following)


@pytest.mark.parametrize(
    ("batch", "steps", "error", "message"),
    [
        (0, 5, ValueError, "batch is 0; expected at least 1"),
        (3, 1, ValueError, "steps is 1; expected at least 2"),
        (3, 4.0, TypeError, "steps is 4.0; expected an integer"),
    ],
)
def test_sizes_that_make_no_task_are_refused(batch, steps, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        adding_batch(np.random.default_rng(0), batch, steps)
