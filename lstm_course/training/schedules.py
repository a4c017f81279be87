"""Learning rates that change from step to step, as in Keras."""

import math


def warmup_cosine(
    step: int, *, steps: int, learning_rate: float, warmup: float = 0.1
) -> float:
    """Return the learning rate of a step: up in a line, then down along half a cosine.

    The first steps are short, while Adam's means are of few gradients; the last ones
    are short, so that the weights settle. Keras' name for it is ``CosineDecay`` with a
    ``warmup_target``. Source: Loshchilov and Hutter (2017), without restarts.

    Args:
        step: counted from 0, at which the rate is 0.
        steps: of the whole training; from there on the rate is 0.
        learning_rate: the highest.
        warmup: share of the steps until there.
    """
    up = warmup_steps(steps, warmup)
    if step < up:
        return learning_rate * step / up
    done = min(1.0, (step - up) / max(1, steps - up))
    return learning_rate * 0.5 * (1 + math.cos(math.pi * done))


def warmup_steps(steps: int, warmup: float = 0.1) -> int:
    """Return after how many steps the rate is the highest, 1 at least."""
    return max(1, round(warmup * steps))
