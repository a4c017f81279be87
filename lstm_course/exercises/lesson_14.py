"""The exercises of lesson 14: bits, softmax, drawing, truncation, and counting."""

import numpy as np
from numpy.random import Generator

from lstm_course.arrays.shapes import Array, Ids
from lstm_course.checker.exercise import Cases, Exercise, Quiz
from lstm_course.checker.planting import Mistake
from lstm_course.layers.fused.lstm import lstm_backward, lstm_forward
from lstm_course.layers.lstm import LSTMParams
from lstm_course.training.language import draw_character, temper
from lstm_course.training.losses import softmax, softmax_cross_entropy

# bits_of_a_text -----------------------------------------------------------------


def bits_of_a_text(halvings: tuple[int, ...]) -> tuple[float, float]:
    """Return bits a character and perplexity, of probabilities 1 / 2^k."""
    bits = [-np.log2(0.5**k) for k in halvings]
    mean = float(np.mean(bits))
    return mean, 2**mean


def draw_probabilities(rng: Generator) -> tuple[tuple[int, ...]]:
    """Draw how often ½ is halved, for four characters."""
    return (tuple(int(k) for k in rng.choice([0, 1, 2, 3, 4, 5, 6], 4, replace=False)),)


def ask_for_bits(halvings: tuple[int, ...]) -> str:
    """Return the question."""
    given = ", ".join("1" if k == 0 else f"1/{2**k}" for k in halvings)
    return (
        "A model reads a text of four characters. Before each it said how probable "
        f"this one was:\n{given}.\n"
        "Give two numbers: (bits a character; perplexity: among how many equally "
        "likely characters a guess would cost as much).\n"
        "Two digits after the point; round at the end only."
    )


def derive_bits(halvings: tuple[int, ...]) -> str:
    """Return both numbers, and where they come from."""
    mean, perplexity = bits_of_a_text(halvings)
    sum_of = " + ".join(map(str, halvings))
    return (
        f"1/2^k costs k bits: ({sum_of}) / 4 = {mean:.2f} bits a character.\n"
        f"So many bits tell 2^{mean:.2f} = {perplexity:.2f} characters apart."
    )


BITS_OF_A_TEXT = Quiz(
    able="say what bits per character measure",
    solution=bits_of_a_text,
    draw=draw_probabilities,
    question=ask_for_bits,
    derivation=derive_bits,
    parts={"the bits a character": "", "the perplexity": ""},
    hints=(
        "A character with the probability p costs -log₂ p bits: 1/8 costs 3. Take the "
        "mean of the four. So many bits tell 2 to that power characters apart.",
        "",
    ),
    tolerance=0.0061,
    mistakes={
        "bits-and-perplexity-swapped": Mistake(
            right="return mean, 2**mean",
            wrong="return 2**mean, mean",
            hint="Your two numbers have changed places: the bits come first.",
        ),
        "nats-for-bits": Mistake(
            right="-np.log2(0.5**k)",
            wrong="-np.log(0.5**k)",
            hint="Your loss is in nats, by the natural logarithm: bits go by log₂.",
        ),
        "bits-not-shared-out": Mistake(
            right="float(np.mean(bits))",
            wrong="float(np.sum(bits))",
            hint="Your bits are those of the whole text: divide by its characters.",
        ),
        "probabilities-averaged-first": Mistake(
            right="float(np.mean(bits))",
            wrong="-float(np.log2(np.mean([0.5**k for k in halvings])))",
            hint="Your mean is one of probabilities: take the bits of each character "
            "first, then their mean.",
        ),
        "perplexity-by-e": Mistake(
            right="2**mean\n",
            wrong="float(np.exp(mean))\n",
            hint="Your perplexity is a power of e: bits are powers of 2.",
        ),
        "bits-below-zero": Mistake(
            right="-np.log2(0.5**k)",
            wrong="np.log2(0.5**k)",
            hint="Your bits are below 0: the loss is minus the logarithm.",
        ),
    },
    reasoning="Half the probability costs one bit more. A mean of bits is a mean of "
    "logarithms, so one character that the model held to be all but impossible costs "
    "more than many good guesses bring in.",
)


# loss_at_every_character --------------------------------------------------------


def loss_at_every_character(logits: Array, labels: Ids) -> tuple[float, Array]:
    """Return the mean cross-entropy in nats, and its gradient by the logits.

    Args:
        logits: (N, K).
        labels: (N,), each the number of the right character.
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    sums = powers.sum(axis=1)
    rows = np.arange(len(labels))
    losses = np.log(sums) - shifted[rows, labels]
    d_logits = powers / sums[:, np.newaxis]
    d_logits[rows, labels] -= 1
    d_logits /= len(labels)
    return losses.mean(), d_logits


def loss_cases() -> Cases:
    """Return more rows than classes, fewer, and logits that overflow or vanish."""
    rng = np.random.default_rng(14)
    large = np.array([[900.0, 897, 899, 0], [-2000, -1998, -1999, -2001]])
    rows = [0, 1, 0]  # in the last, the right character's power is 0: its loss is 900
    return {
        "five characters of three kinds": (
            rng.normal(size=(5, 3)),
            np.array([2, 0, 1, 1, 2]),
        ),
        "two characters of seven kinds": (
            2 * rng.normal(size=(2, 7)),
            np.array([6, 3]),
        ),
        "four of four": (rng.normal(size=(4, 4)), np.array([3, 1, 0, 1])),
        "logits in the thousands": (large, np.array([1, 2])),
        "a right character held impossible": (large[rows], np.array([1, 2, 3])),
    }


LOSS_AT_EVERY_CHARACTER = Exercise(
    able="derive softmax and its cross-entropy",
    solution=loss_at_every_character,
    by_hand=(softmax, softmax_cross_entropy),
    cases=loss_cases,
    parts={"the loss": "", "the gradient": "N K"},
    mistakes={
        "softmax-over-the-rows": Mistake(
            right="d_logits = powers / sums[:, np.newaxis]",
            wrong="d_logits = powers / powers.sum(axis=0)\n"
            "    losses = -np.log(d_logits[rows, labels])",
            hint="Your probabilities add up to 1 down the columns: the K of one row "
            "belong together.",
        ),
        "softmax-over-all": Mistake(
            right="sums = powers.sum(axis=1)",
            wrong="sums = np.full(len(labels), powers.sum())",
            hint="Your probabilities add up to 1 over the whole batch: each row has "
            "a sum of its own.",
        ),
        "softmax-overflows": Mistake(
            right="logits - logits.max(axis=1, keepdims=True)",
            wrong="logits",
            hint="Your exponentials overflow, or all become 0: take the largest logit "
            "of each row off first, which changes no probability.",
        ),
        "shifted-by-the-largest-of-all": Mistake(
            right="logits.max(axis=1, keepdims=True)",
            wrong="logits.max()",
            hint="Your exponentials are shifted by the largest logit of the whole "
            "batch, and a row far below it becomes 0 / 0: each row has its own.",
        ),
        "logarithm-of-a-rounded-power": Mistake(
            right="np.log(sums) - shifted[rows, labels]",
            wrong="-np.log((powers / sums[:, np.newaxis])[rows, labels])",
            hint="Your loss is the logarithm of a probability that was rounded to 0: "
            "use log Σ exp(z) - z_y.",
        ),
        "probability-clipped": Mistake(
            right="np.log(sums) - shifted[rows, labels]",
            wrong="-np.log(np.maximum(powers[rows, labels] / sums, 1e-12))",
            hint="Your loss stops where the probability is clipped: use log Σ exp(z) "
            "- z_y, which needs no clipping.",
        ),
        "loss-summed": Mistake(
            right="losses.mean()",
            wrong="losses.sum()",
            hint="Your loss is a sum: the mean is wanted.",
        ),
        "loss-in-bits": Mistake(
            right="losses.mean()",
            wrong="losses.mean() / np.log(2)",
            hint="Your loss is in bits: nats are wanted, whose gradient is p - y.",
        ),
        "gradient-in-bits": Mistake(
            right="d_logits /= len(labels)",
            wrong="d_logits /= len(labels) * np.log(2)",
            hint="Your gradient is that of a loss in bits: in nats it is p - y.",
        ),
        "loss-below-zero": Mistake(
            right="losses.mean()",
            wrong="-losses.mean()",
            hint="Your loss has the wrong sign: it is minus log p, and never below 0.",
        ),
        "loss-of-the-likeliest": Mistake(
            right="np.log(sums) - shifted[rows, labels]",
            wrong="np.log(sums) - shifted.max(axis=1)",
            hint="Your loss is that of the likeliest character: that of the right one "
            "counts.",
        ),
        "gradient-not-divided": Mistake(
            right="    d_logits /= len(labels)\n",
            wrong="",
            hint="Your gradient belongs to the sum of the losses: the mean divides by "
            "N.",
        ),
        "gradient-divided-by-all": Mistake(
            right="d_logits /= len(labels)",
            wrong="d_logits /= logits.size",
            hint="Your gradient is divided by N K: the mean is one over N characters.",
        ),
        "gradient-without-the-label": Mistake(
            right="    d_logits[rows, labels] -= 1\n",
            wrong="",
            hint="Your gradient is p: at the right character it is p - 1.",
        ),
        "gradient-uphill": Mistake(
            right="return losses.mean(), d_logits",
            wrong="return losses.mean(), -d_logits",
            hint="Your gradient has the wrong sign: where the loss falls as a logit "
            "rises, at the right character, it is below 0.",
        ),
        "gradient-at-the-label-alone": Mistake(
            right="return losses.mean(), d_logits",
            wrong="return losses.mean(), np.where(d_logits < 0, d_logits, 0)",
            hint="Your gradient is 0 but at the right character: all other logits "
            "share in the sum, and have p.",
        ),
        "columns-of-the-labels": Mistake(
            right="d_logits[rows, labels] -= 1",
            wrong="d_logits[:, labels] -= 1",
            hint="Your 1 is taken off whole columns: [:, labels] is those of every "
            "row. One row has one label: [np.arange(N), labels].",
        ),
    },
    hints=(
        "p = exp(z) / Σ exp(z) along each row, after the row's largest z was taken "
        "off. The loss reads one entry of each row: p[np.arange(N), labels].",
        "The gradient of -log p_y by z_k is p_k, less 1 where k = y; and the mean "
        "divides all by N.",
    ),
    reasoning="-log p_y = log Σ exp(z) - z_y. The first part has the gradient p, the "
    "second -1 at the label: no product of a Jacobian and a vector is needed. With "
    "the largest logit taken off, the largest power is 1: the sum lies between 1 and "
    "K, and its logarithm is safe. Writing log(powers / sums) would still fail where "
    "a power rounds to 0.",
)


# draw_the_next ------------------------------------------------------------------


def draw_the_next(logits: Array, temperature: float, u: float) -> int:
    """Return the number of the character that u falls on.

    Args:
        logits: (K,).
        temperature: 0 takes the likeliest.
        u: 0 <= u < 1; how far to go along the probabilities, laid end to end.
    """
    if temperature == 0:
        return int(logits.argmax())
    z = logits / temperature
    powers = np.exp(z - z.max())
    ends = np.cumsum(powers / powers.sum())
    return int(np.sum(ends <= u))


def drawing_cases() -> Cases:
    """Return draws at several temperatures, u all along the way."""
    logits = np.array([0.5, 2.1, -1.3, 1.9, 0.2])
    cases: dict[str, tuple[Array, float, float]] = {}
    for temperature in (1, 0.5, 2, 0):
        for u in (0.02, 0.3, 0.62, 0.9, 0.995):
            cases[f"temperature {temperature}, u = {u}"] = (logits, temperature, u)
    even = np.zeros(4)
    cases |= {
        "four alike, u = 0": (even, 1, 0.0),
        "four alike, u = 0.25": (even, 1, 0.25),
        "four alike, u = 0.74": (even, 1, 0.74),
        "logits in the thousands": (np.array([1e3, 1001.0, 999.0]), 1, 0.2),
        "a low temperature": (np.array([40.0, 41, 39]), 0.05, 0.5),
    }
    return cases


DRAW_THE_NEXT = Exercise(
    able="let a model write, with a temperature",
    solution=draw_the_next,
    by_hand=(temper, draw_character, softmax),
    cases=drawing_cases,
    parts={"the character": ""},
    mistakes={
        "multiplied-by-the-temperature": Mistake(
            right="logits / temperature",
            wrong="logits * temperature",
            hint="Your logits are multiplied by the temperature: divide. A low one "
            "makes the likely likelier.",
        ),
        "temperature-left-out": Mistake(
            right="z = logits / temperature",
            wrong="z = logits",
            hint="Your draw does not ask for the temperature: the logits are divided "
            "by it.",
        ),
        "always-the-likeliest": Mistake(
            right="int(np.sum(ends <= u))",
            wrong="int(logits.argmax())",
            hint="Your draw takes the likeliest, whatever u is: that is for "
            "temperature 0 alone.",
        ),
        "one-too-far": Mistake(
            right="np.sum(ends <= u)",
            wrong="np.sum(ends <= u) + 1",
            hint="Your character is the one after that which u falls on.",
        ),
        "one-too-few": Mistake(
            right="np.sum(ends <= u)",
            wrong="max(0, np.sum(ends <= u) - 1)",
            hint="Your character is the one before that which u falls on.",
        ),
        "ends-not-begins": Mistake(
            right="ends <= u",
            wrong="ends < u",
            hint="Your draw at the border itself goes to the character that ends "
            "there: its stretch has all u below its end, so the next one begins.",
        ),
        "laid-out-by-size": Mistake(
            right="np.cumsum(powers / powers.sum())",
            wrong="np.cumsum(np.sort(powers / powers.sum())[::-1])",
            hint="Your probabilities are sorted before they are laid end to end, and "
            "the number drawn is then a rank: leave them in the order of the "
            "characters.",
        ),
        "nearest-probability": Mistake(
            right="int(np.sum(ends <= u))",
            wrong="int(np.argmin(np.abs(powers / powers.sum() - u)))",
            hint="Your draw takes the character whose probability is nearest to u: "
            "lay the probabilities end to end (np.cumsum), and see where u falls.",
        ),
        "first-above-u": Mistake(
            right="int(np.sum(ends <= u))",
            wrong="int(np.argmax(powers / powers.sum() > u))",
            hint="Your draw takes the first character whose own probability is above "
            "u: lay them end to end (np.cumsum), and see where u falls.",
        ),
        "temperature-0-divides": Mistake(
            right="    if temperature == 0:\n        return int(logits.argmax())\n",
            wrong="",
            hint="Your draw divides by a temperature of 0: take the largest logit "
            "there.",
        ),
        "draw-overflows": Mistake(
            right="np.exp(z - z.max())",
            wrong="np.exp(z)",
            hint="Your exponentials overflow: take the largest off first.",
        ),
    },
    hints=(
        "Divide the logits by the temperature, make probabilities of them (softmax), "
        "lay these end to end from 0 to 1: on whose stretch does u lie? At "
        "temperature 0 there is nothing to draw.",
        "np.cumsum(p) are the ends of the stretches; the number of ends at or below u "
        "is the character. At temperature 0: logits.argmax().",
    ),
    reasoning="A stretch as long as its probability is hit that often by a u that is "
    "uniform: nothing more is in a draw. The temperature comes before the softmax: "
    "p^(1/temperature), made to add up to 1 again, would be the same. Divided by it "
    "*after* the softmax, the probabilities would no longer add up to 1.",
)


# cut_the_way_back ---------------------------------------------------------------


def cut_the_way_back(
    x: Array, d_h: Array, params: LSTMParams, length: int
) -> tuple[Array, Array]:
    """Return h (B, L, H), the state carried on, and the truncated gradient of U.

    Args:
        x: (B, L, D) inputs.
        d_h: (B, L, H) gradients of the loss by each h.
        params: of the LSTM.
        length: T; the gradient goes back within a piece of T steps, and no further.
    """
    pieces = []
    d_recurrent_kernel = np.zeros_like(params.recurrent_kernel)
    state = None
    for start in range(0, x.shape[1], length):
        piece = slice(start, start + length)
        h, state, trace = lstm_forward(x[:, piece], params, initial_state=state)
        _, d_params, _ = lstm_backward(d_h[:, piece], trace)
        pieces.append(h)
        d_recurrent_kernel += d_params.recurrent_kernel
    return np.concatenate(pieces, axis=1), d_recurrent_kernel


def truncation_cases() -> Cases:
    """Return streams of whole pieces, with a rest, and of one piece alone."""
    rng = np.random.default_rng(3)

    def case(B: int, L: int, D: int, H: int, length: int) -> tuple[object, ...]:
        params = LSTMParams(
            rng.normal(size=(D, 4 * H)),
            rng.normal(size=(H, 4 * H)),
            rng.normal(size=4 * H),
        )
        return rng.normal(size=(B, L, D)), rng.normal(size=(B, L, H)), params, length

    return {
        "two pieces of three steps": case(2, 6, 4, 3, 3),
        "a rest of one step": case(3, 7, 2, 4, 2),
        "a piece longer than the text": case(2, 3, 4, 5, 8),
    }


CUT_THE_WAY_BACK = Exercise(
    able="train with a state that is carried on",
    solution=cut_the_way_back,
    cases=truncation_cases,
    parts={"h": "B L H", "the gradient of U": "H 4H"},
    mistakes={
        "each-piece-from-zeros": Mistake(
            right=", initial_state=state)",
            wrong=")",
            hint="Your pieces each begin with a state of zeros: the last state of one "
            "is the first of the next.",
        ),
        "gradient-of-the-last-piece": Mistake(
            right="d_recurrent_kernel += d_params.recurrent_kernel",
            wrong="d_recurrent_kernel = d_params.recurrent_kernel",
            hint="Your gradient is that of the last piece alone: all pieces use the "
            "same U, so add them up.",
        ),
        "way-back-not-cut": Mistake(
            right="return np.concatenate(pieces, axis=1), d_recurrent_kernel",
            wrong="_, _, trace = lstm_forward(x, params)\n"
            "    d_recurrent_kernel = lstm_backward(d_h, trace)[1].recurrent_kernel\n"
            "    return np.concatenate(pieces, axis=1), d_recurrent_kernel",
            hint="Your gradient goes back through the whole text: it is to end where "
            "a piece begins. The state goes on, the gradient does not.",
        ),
        "rest-dropped": Mistake(
            right="range(0, x.shape[1], length)",
            wrong="range(0, max(1, x.shape[1] + 1 - length), length)",
            hint="Your last piece is missing where it is shorter than the others: a "
            "slice beyond the end just ends there.",
        ),
        "gradients-averaged": Mistake(
            right="return np.concatenate(pieces, axis=1), d_recurrent_kernel",
            wrong="return np.concatenate(pieces, axis=1), "
            "d_recurrent_kernel / len(pieces)",
            hint="Your gradient is a mean over the pieces: the loss is one sum, so "
            "add them up.",
        ),
        "gradient-of-the-kernel": Mistake(
            right="d_recurrent_kernel += d_params.recurrent_kernel",
            wrong="d_recurrent_kernel = d_recurrent_kernel + 0 * d_params"
            ".recurrent_kernel + np.resize(d_params.kernel, d_recurrent_kernel.shape)",
            hint="Your gradient is that of W, the kernel: that of U is wanted, "
            "d_params.recurrent_kernel.",
        ),
        "same-piece-each-time": Mistake(
            right="piece = slice(start, start + length)",
            wrong="piece = slice(0, length)",
            hint="Your pieces are all the first one: the next begins where one ends.",
        ),
    },
    hints=(
        "A loop over the pieces x[:, start : start + length]: forward, with the state "
        "that the piece before left; back at once, within this piece; add its "
        "gradient to the sum.",
        "h, state, trace = lstm_forward(x[:, piece], params, initial_state=state), "
        "then _, d_params, _ = lstm_backward(d_h[:, piece], trace): without "
        "d_final_state nothing comes back from the piece after it.",
    ),
    reasoning="The state is a number like any other input of the piece: it goes on. "
    "The gradient by it would go on too, backwards; nobody asks for it, and that is "
    "the whole truncation. It costs the paths that are longer than T, and saves the "
    "memory of all pieces but one.",
)


# count_and_back_off -------------------------------------------------------------


def count_and_back_off(ids: Ids, size: int, order: int) -> Array:
    """Return the probabilities (K,) of what comes after a text, by counting it.

    p(w | h) = (count(h w) + kinds(h) p(w | h')) / (count(h) + kinds(h)), h the last
    n - 1 characters for n = 1 … order, h' one fewer; before all stands 1 / K.

    Args:
        ids: (N,) of the text.
        size: K, of the alphabet.
        order: the longest run to count.
    """
    p = np.full(size, 1 / size)
    for before in range(order):
        h = list(ids[len(ids) - before :])
        follows = [
            ids[t + before]
            for t in range(len(ids) - before)
            if list(ids[t : t + before]) == h
        ]
        counts = np.bincount(np.array(follows, int), minlength=size)
        kinds = np.count_nonzero(counts)
        if kinds:
            p = (counts + kinds * p) / (counts.sum() + kinds)
    return p


def counting_cases() -> Cases:
    """Return texts whose ends were seen before, and one whose end is new."""
    rng = np.random.default_rng(6)
    text = rng.choice(4, size=60, p=[0.5, 0.3, 0.15, 0.05])
    return {
        "no character before": (text[:11], 5, 1),
        "one before": (text[:25], 5, 2),
        "two before": (text, 6, 3),
        "three before": (text[:50], 4, 4),
        "an end that is new": (np.array([0, 1, 0, 2, 1, 0, 3]), 4, 3),
        "a run that overlaps itself": (np.array([1, 0, 0, 0, 0, 0]), 3, 3),
    }


COUNT_AND_BACK_OFF = Exercise(
    able="set the n-grams that a language model has to beat",
    solution=count_and_back_off,
    cases=counting_cases,
    parts={"the probability": "K"},
    mistakes={
        "nothing-before-all": Mistake(
            right="p = np.full(size, 1 / size)",
            wrong="p = np.zeros(size)",
            hint="Your probabilities do not add up to 1: before the first order "
            "stands 1 / K for each character.",
        ),
        "longest-run-alone": Mistake(
            right="for before in range(order):",
            wrong="for before in range(order - 1, order):",
            hint="Your probabilities rest on the longest run and 1 / K: each shorter "
            "run has its say, from none before up.",
        ),
        "one-order-too-few": Mistake(
            right="for before in range(order):",
            wrong="for before in range(order - 1):",
            hint="Your runs stop one short: order n reads n - 1 characters before.",
        ),
        "one-order-too-many": Mistake(
            right="for before in range(order):",
            wrong="for before in range(order + 1):",
            hint="Your runs are one too long: order n reads n - 1 characters before.",
        ),
        "kinds-counted-once": Mistake(
            right="kinds = np.count_nonzero(counts)",
            wrong="kinds = min(1, np.count_nonzero(counts))",
            hint="Your weight for the shorter run is always 1: it is the number of "
            "different characters that were seen after h.",
        ),
        "kinds-are-counts": Mistake(
            right="kinds = np.count_nonzero(counts)",
            wrong="kinds = counts.sum()",
            hint="Your weight for the shorter run is how often h was seen: it is the "
            "number of different characters seen after it.",
        ),
        "kinds-are-all": Mistake(
            right="kinds = np.count_nonzero(counts)",
            wrong="kinds = size if counts.any() else 0",
            hint="Your weight for the shorter run is K: it is the number of different "
            "characters that were seen after h.",
        ),
        "shorter-run-left-out": Mistake(
            right="(counts + kinds * p) / (counts.sum() + kinds)",
            wrong="counts / counts.sum()",
            hint="Your probabilities are shares of counts alone: what was not seen "
            "after h gets 0. Mix in the shorter run, kinds(h) strong.",
        ),
        "new-end-divides-by-0": Mistake(
            right="        if kinds:\n            p = (counts",
            wrong="        if True:\n            p = (counts",
            hint="Your probabilities are 0 / 0 where h was never seen before: there "
            "the shorter run's stand.",
        ),
        "runs-do-not-overlap": Mistake(
            right="for t in range(len(ids) - before)",
            wrong="for t in range(0, len(ids) - before, max(1, before))",
            hint="Your runs are cut side by side: they overlap, one begins at each "
            "character.",
        ),
        "end-itself-counted-as-0": Mistake(
            right="        counts = np.bincount(",
            wrong="        follows.append(0)\n        counts = np.bincount(",
            hint="Your counts have one 0 too many: after the end of the text nothing "
            "follows yet.",
        ),
    },
    hints=(
        "Start with 1 / K for each. Then, for 0, 1, … order - 1 characters before: "
        "h is the text's last ones; walk through the text, and wherever h stands, "
        "count what follows.",
        "np.bincount(follows, minlength=size) are the counts, "
        "np.count_nonzero(counts) the kinds; if there are none, p stays, else "
        "p = (counts + kinds * p) / (counts.sum() + kinds).",
    ),
    reasoning="The more different characters were seen after h, the likelier is a new "
    "one, and the more is left to the shorter run (Witten and Bell, 1991). The "
    "lesson's n-grams differ in what they take off a count; they too mix all orders, "
    "and never say 0.",
)


EXERCISES: dict[str, Exercise] = {
    "bits_of_a_text": BITS_OF_A_TEXT,
    "loss_at_every_character": LOSS_AT_EVERY_CHARACTER,
    "draw_the_next": DRAW_THE_NEXT,
    "cut_the_way_back": CUT_THE_WAY_BACK,
    "count_and_back_off": COUNT_AND_BACK_OFF,
}
