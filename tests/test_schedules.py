"""The learning rate that goes up and down: by hand, and beside Keras' own."""

import pytest
from fixtures import make_reviews

from lstm_course import build_sentiment_model
from lstm_course.system.keras_import import import_keras
from lstm_course.training import engine
from lstm_course.training.schedules import warmup_cosine, warmup_steps


def test_by_hand():
    rates = [warmup_cosine(k, steps=20, learning_rate=8.0) for k in range(22)]
    assert rates[:3] == [0, 4, 8]
    assert rates[11] == pytest.approx(4)  # half the way down
    assert rates[20:] == pytest.approx([0, 0])
    assert rates[2:] == sorted(rates[2:], reverse=True)
    longer = [warmup_cosine(k, steps=20, learning_rate=8.0, warmup=0.4) for k in (4, 8)]
    assert longer == [4, 8]


@pytest.mark.parametrize("steps", [1, 2, 3, 20, 137, 1_250])
def test_the_same_as_keras(steps):
    up = warmup_steps(steps)
    keras_rate = import_keras().optimizers.schedules.CosineDecay(
        0.0, max(1, steps - up), warmup_target=0.003, warmup_steps=up
    )
    for step in range(0, steps + 2, max(1, steps // 29)):
        expected = float(keras_rate(step))
        rate = warmup_cosine(step, steps=steps, learning_rate=0.003)
        assert rate == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_fit_takes_the_rates_of_all_epochs_together(monkeypatch):
    taken = []
    real = engine.OPTIMIZERS["adam"]

    def spy(*arguments, learning_rate):
        taken.append(learning_rate)
        return real(*arguments, learning_rate=learning_rate)

    monkeypatch.setitem(engine.OPTIMIZERS, "adam", spy)
    reviews = make_reviews(21)

    def fit(**options):
        taken.clear()
        build_sentiment_model(num_words=7, units=3).fit(
            reviews,
            reviews,
            epochs=4,
            batch_size=8,
            optimizer="adam",
            learning_rate=0.5,
            **options,
        )
        return [*taken]

    expected = [warmup_cosine(k, steps=12, learning_rate=0.5) for k in range(12)]
    assert fit(schedule="warmup_cosine") == expected
    assert fit() == [0.5] * 12
