"""The gap between the losses, by hand."""

import pytest

from lstm_course.study.generalization_gap import loss_gap_at


def test_a_gap_is_interpolated_between_the_nearest_training_losses():
    train = [0.6, 0.5, 0.55, 0.4]  # it need not fall all the time
    validation = [0.61, 0.53, 0.57, 0.5]
    assert loss_gap_at(0.5, train, validation) == pytest.approx(0.03)
    assert loss_gap_at(0.525, train, validation) == pytest.approx((0.03 + 0.02) / 2)
    assert loss_gap_at(0.41, train, validation) == pytest.approx(0.1 - 0.07 * 0.1)


@pytest.mark.parametrize("level", [0.39, 0.61])
def test_a_level_that_was_never_passed_has_no_gap(level):
    with pytest.raises(ValueError, match=rf"level is {level}.*0\.600 to 0\.400"):
        loss_gap_at(level, [0.6, 0.4], [0.7, 0.7])
