"""The exercises of lesson 06: counts of layers and of a model, and the way back."""

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator

from lstm_course.checker.exercise import Cases, Exercise, Quiz
from lstm_course.checker.planting import Mistake
from lstm_course.layers.parameters import count_parameters

_NAMES = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU in Keras' default form"}


# count_parameters ---------------------------------------------------------------


def layer_parameters(cell: str, features: int, units: int) -> int:
    """Return the number of parameters of a layer, as Keras builds it by default."""
    blocks = {"rnn": 1, "gru": 3, "lstm": 4}[cell]
    biases = 2 if cell == "gru" else 1
    return blocks * units * (features + units + biases)


def draw_layer(rng: Generator) -> tuple[str, int, int]:
    """Draw a cell, its inputs D and its units H; D is not H."""
    *_, cell = rng.permutation(["rnn", "gru", "lstm"])
    D, H = rng.permutation(np.arange(3, 19))[:2].tolist()
    return str(cell), D, H


def ask_for_parameters(cell: str, features: int, units: int) -> str:
    """Return the question."""
    return (
        f"A layer: {_NAMES[cell]}, {units} units. It reads sequences of 20 steps, "
        f"{features} features a step.\n"
        "How many parameters does it have?"
    )


def derive_parameters(cell: str, features: int, units: int) -> str:
    """Return the count, block by block."""
    D, H = features, units
    block = D * H + H * H + H
    total = count_parameters(cell, D, H)
    lines = [f"One block: D H + H H + H = {D} * {H} + {H} * {H} + {H} = {block}."]
    if cell == "rnn":
        lines += ["A SimpleRNN has one block."]
    if cell == "lstm":
        lines += [f"An LSTM has four, i, f, g and o: 4 * {block} = {total}."]
    if cell == "gru":
        lines += [
            f"A GRU has three, z, r and n: 3 * {block} = {3 * block}.",
            "Keras' default form has a second row of biases, 3 H more: "
            f"{3 * block} + {3 * H} = {total}.",
        ]
    return "\n".join([*lines, "The 20 steps use the same weights: they add none."])


COUNT_PARAMETERS = Quiz(
    able="derive 200, 480, 624, 800, 17,024 and 33,994 on paper",
    solution=layer_parameters,
    draw=draw_layer,
    question=ask_for_parameters,
    derivation=derive_parameters,
    parts={"the count": ""},
    mistakes={
        "counted-without-recurrent-kernel": Mistake(
            right="(features + units + biases)",
            wrong="(features + biases)",
            hint="Your count leaves out the recurrent kernel: H × H for each block.",
        ),
        "counted-one-block": Mistake(
            right="blocks * units",
            wrong="units",
            hint="Your count is that of one block: an LSTM has four and a GRU three.",
        ),
        "counted-without-bias": Mistake(
            right="features + units + biases",
            wrong="features + units",
            hint="Your count leaves out the biases: H for each block.",
        ),
        "counted-gru-with-one-bias": Mistake(
            right='2 if cell == "gru" else 1',
            wrong="1",
            hint="Your count has one bias for the GRU: in its default form it has two.",
        ),
        "count-squares-the-inputs": Mistake(
            right="blocks * units * (",
            wrong="blocks * features * (",
            hint="Your count squares the features: what is squared is the units, "
            "for the state is fed back to itself.",
        ),
        "count-of-every-step": Mistake(
            right="return blocks",
            wrong="return 20 * blocks",
            hint="Your count is multiplied by the steps: all of them use the same "
            "weights.",
        ),
        "count-always-of-four-blocks": Mistake(
            right="blocks * units",
            wrong="4 * units",
            hint="Your count has four blocks: those are the LSTM's, and this is none.",
        ),
        "count-second-biases-for-all": Mistake(
            right='2 if cell == "gru" else 1',
            wrong="2",
            hint="Your count has a second row of biases: in Keras only the GRU "
            "has one.",
        ),
        "count-second-biases-of-one-block": Mistake(
            right="blocks * units * (features + units + biases)",
            wrong="units * (blocks * (features + units + 1) + biases - 1)",
            hint="Your second row of biases is that of a single block: it is as "
            "long as the first.",
        ),
        "count-blocks-of-the-kernel-alone": Mistake(
            right="blocks * units * (features + units + biases)",
            wrong="units * (blocks * features + units + biases)",
            hint="Your kernel has all blocks, the rest has one: each block has the "
            "three arrays.",
        ),
        "count-bias-of-one-block": Mistake(
            right="blocks * units * (features + units + biases)",
            wrong="blocks * units * (features + units) + units * biases",
            hint="Your count has the bias of a single block: each block has its own.",
        ),
        "count-bias-of-one-number": Mistake(
            right="blocks * units * (features + units + biases)",
            wrong="blocks * (units * (features + units) + biases)",
            hint="Your bias is one number for a whole block: each unit has its own.",
        ),
        "count-steps-for-features": Mistake(
            right="(features + units + biases)",
            wrong="(20 + units + biases)",
            hint="Your D is 20, the number of steps: D is what comes in at one step.",
        ),
        "count-steps-besides-features": Mistake(
            right="(features + units + biases)",
            wrong="(20 * features + units + biases)",
            hint="Your D is all features of all 20 steps: D is what comes in at one "
            "step.",
        ),
        "count-of-three-blocks": Mistake(
            right="blocks * units",
            wrong="3 * units",
            hint="Your count has three blocks: those are the GRU's, and this is none.",
        ),
        "count-of-the-kernel-alone": Mistake(
            right="(features + units + biases)",
            wrong="features",
            hint="Your count is that of the kernel alone: each block has a recurrent "
            "kernel, H × H, and biases, too.",
        ),
        "count-features-squared-besides": Mistake(
            right="units * (features + units + biases)",
            wrong="(features + units) ** 2",
            hint="Your count squares D + H: each of the H units reads D features, H "
            "states and a bias.",
        ),
        "count-without-the-kernel": Mistake(
            right="(features + units + biases)",
            wrong="(units + biases)",
            hint="Your count leaves out the kernel: D × H for each block.",
        ),
    },
    hints=(
        "Ask of one block: D numbers come in, and H units read them, each with a "
        "weight for every number; they read the state h' as well, and have a bias "
        "each. How many blocks has this cell? And has it a second row of biases?",
        "",
    ),
    reasoning="The product fixes the shapes: $(B, D)(D, H)$ and $(B, H)(H, H)$ "
    "both give $(B, H)$. The number of blocks does the rest. $T$ and $B$ are in no "
    "shape of a weight.",
)


# stack_ledger -------------------------------------------------------------------


class Model(NamedTuple):
    """The sizes of a model of four layers, from the input upwards."""

    words: int  # rows of the embedding
    features: int  # numbers a word
    lower: str  # the cell of the first recurrent layer
    lower_units: int
    upper: str  # the cell of the second
    upper_units: int
    outputs: int  # of the dense layer


def stack_ledger(model: Model) -> tuple[int, int, int, int, int]:
    """Return the parameters of each layer, from the input upwards, and of the model."""
    V, D, lower, H_1, upper, H_2, K = model
    embedding = V * D
    first = count_parameters(lower, D, H_1)
    second = count_parameters(upper, H_1, H_2)
    dense = (H_2 + 1) * K
    return embedding, first, second, dense, embedding + first + second + dense


def draw_stack(rng: Generator) -> tuple[Model]:
    """Draw the sizes of a model, no two layers' alike; and two cells."""
    V = int(rng.choice([50, 100, 200, 500]))
    D, H_1, H_2 = (int(size) for size in rng.permutation([3, 6, 9, 12])[:3])
    lower, upper = (str(cell) for cell in rng.permutation(["lstm", "gru", "rnn"])[:2])
    return (Model(V, D, lower, H_1, upper, H_2, int(rng.integers(2, 4))),)


def ask_for_ledger(model: Model) -> str:
    """Return the question."""
    return (
        "A model reads reviews of 40 words. From the input upwards:\n"
        f"  Embedding, {model.words} words, {model.features} numbers a word\n"
        f"  {_NAMES[model.lower]}, {model.lower_units} units, all steps handed up\n"
        f"  {_NAMES[model.upper]}, {model.upper_units} units, its last step handed up\n"
        f"  Dense, {model.outputs} outputs\n"
        "How many parameters do the four layers have, and the model?"
    )


def derive_ledger(model: Model) -> str:
    """Return the ledger, a line for each layer."""
    V, D, lower, H_1, upper, H_2, K = model
    ways = [f"{V} * {D}: a row for each word"]
    for cell, below, units in [(lower, D, H_1), (upper, H_1, H_2)]:
        biases = 2 if cell == "gru" else 1
        blocks = {"rnn": "", "gru": "3 * ", "lstm": "4 * "}[cell]
        ways += [f"{blocks}{units} * ({below} + {units} + {biases}): D is {below}"]
    ways += [f"({H_2} + 1) * {K}: a bias for each output", "the sum"]
    cells = {"rnn": "SimpleRNN", "gru": "GRU", "lstm": "LSTM"}
    names = ["Embedding", cells[lower], cells[upper], "Dense", "together"]
    rows = zip(names, stack_ledger(model), ways, strict=True)
    return "\n".join(f"{name:10}{count:6,} = {way}" for name, count, way in rows)


STACK_LEDGER = Quiz(
    able="derive 200, 480, 624, 800, 17,024 and 33,994 on paper",
    solution=stack_ledger,
    draw=draw_stack,
    question=ask_for_ledger,
    derivation=derive_ledger,
    parts=dict.fromkeys(
        [
            "embedding",
            "first recurrent layer",
            "second recurrent layer",
            "dense",
            "together",
        ],
        "",
    ),
    mistakes={
        "ledger-upper-reads-the-data": Mistake(
            right="count_parameters(upper, H_1, H_2)",
            wrong="count_parameters(upper, D, H_2)",
            hint="Your second layer reads the embedding: it reads the layer below it.",
        ),
        "ledger-second-biases-for-all": Mistake(
            right="second = count_parameters(upper, H_1, H_2)",
            wrong="second = count_parameters(upper, H_1, H_2)\n"
            "    rows = {'rnn': 1, 'gru': 0, 'lstm': 4}\n"
            "    first += rows[lower] * H_1\n"
            "    second += rows[upper] * H_2",
            hint="Your layers have a second row of biases each: in Keras only the "
            "GRU has one.",
        ),
        "ledger-without-biases": Mistake(
            right="second = count_parameters(upper, H_1, H_2)\n    dense = (H_2 + "
            "1) * K",
            wrong="second = count_parameters(upper, H_1, H_2)\n"
            "    rows = {'rnn': 1, 'gru': 6, 'lstm': 4}\n"
            "    first -= rows[lower] * H_1\n"
            "    second -= rows[upper] * H_2\n"
            "    dense = H_2 * K",
            hint="Your layers have no biases: each but the embedding has them.",
        ),
        "ledger-upper-reads-itself": Mistake(
            right="count_parameters(upper, H_1, H_2)",
            wrong="count_parameters(upper, H_2, H_2)",
            hint="Your second layer reads its own units: its D is the H of the "
            "layer below.",
        ),
        "ledger-dense-reads-all-steps": Mistake(
            right="(H_2 + 1) * K",
            wrong="(40 * H_2 + 1) * K",
            hint="Your dense layer reads all 40 steps: only the last one is handed up.",
        ),
        "ledger-squares-the-inputs": Mistake(
            right="(lower, D, H_1)\n    second = count_parameters(upper, H_1, H_2)",
            wrong="(lower, H_1, D)\n    second = count_parameters(upper, H_2, H_1)",
            hint="Your recurrent layers have their inputs squared: what is "
            "squared is the units.",
        ),
        "ledger-times-the-words": Mistake(
            right="(lower, D, H_1)\n    second = count_parameters(upper, H_1, H_2)",
            wrong="(lower, D, H_1) * 40\n    second = count_parameters(upper, "
            "H_1, H_2) * 40",
            hint="Your recurrent layers are multiplied by the steps: all 40 use "
            "the same weights.",
        ),
        "ledger-embedding-of-the-text": Mistake(
            right="embedding = V * D",
            wrong="embedding = 40 * D",
            hint="Your embedding has a row for each word of a review: it has one "
            "for each word that there is.",
        ),
        "ledger-embedding-with-a-bias": Mistake(
            right="embedding = V * D",
            wrong="embedding = (V + 1) * D",
            hint="Your embedding has a bias: it is a table, and has nothing to add.",
        ),
        "ledger-dense-without-bias": Mistake(
            right="(H_2 + 1) * K",
            wrong="H_2 * K",
            hint="Your dense layer has no bias: one for each output.",
        ),
        "ledger-dense-with-one-bias": Mistake(
            right="(H_2 + 1) * K",
            wrong="H_2 * K + 1",
            hint="Your dense layer has one bias in all: each output has its own.",
        ),
        "ledger-sum-without-the-table": Mistake(
            right="dense, embedding + first",
            wrong="dense, first",
            hint="Your sum leaves out the embedding: its table is learned, too.",
        ),
        "ledger-four-blocks-for-all": Mistake(
            right="second = count_parameters(upper, H_1, H_2)",
            wrong="second = count_parameters(upper, H_1, H_2)\n"
            "    first *= 4 if lower == 'rnn' else 1\n"
            "    second *= 4 if upper == 'rnn' else 1",
            hint="Your SimpleRNN has four blocks: it has one, for it has no gates.",
        ),
        "ledger-gru-of-four-blocks": Mistake(
            right="second = count_parameters(upper, H_1, H_2)",
            wrong="second = count_parameters(upper, H_1, H_2)\n"
            "    first = first // 3 * 4 if lower == 'gru' else first\n"
            "    second = second // 3 * 4 if upper == 'gru' else second",
            hint="Your GRU has four blocks: it has three, z, r and n.",
        ),
        "ledger-steps-for-features": Mistake(
            right="count_parameters(lower, D, H_1)",
            wrong="count_parameters(lower, 40, H_1)",
            hint="Your first recurrent layer reads 40 numbers, the words of a review: "
            "at a step it reads one word, as the embedding hands it up.",
        ),
        "ledger-lower-reads-the-vocabulary": Mistake(
            right="count_parameters(lower, D, H_1)",
            wrong="count_parameters(lower, V, H_1)",
            hint="Your first recurrent layer reads a number for each word that there "
            "is: the embedding has made D numbers of it.",
        ),
        "ledger-dense-reads-the-lower": Mistake(
            right="(H_2 + 1) * K",
            wrong="(H_1 + 1) * K",
            hint="Your dense layer reads the first recurrent layer: it reads the layer "
            "below it, the second.",
        ),
        "ledger-layers-exchanged": Mistake(
            right="return embedding, first, second,",
            wrong="return embedding, second, first,",
            hint="Your two recurrent layers have changed places: from the input "
            "upwards.",
        ),
        "ledger-layers-from-the-top": Mistake(
            right="return embedding, first, second, dense,",
            wrong="return dense, second, first, embedding,",
            hint="Your ledger begins at the top: from the input upwards.",
        ),
    },
    hints=(
        "A layer at a time, and of each: how many numbers does it read at a step? The "
        "embedding is a table. A recurrent layer reads what the layer below hands up: "
        "its features, or its units. How many blocks has its cell?",
        "",
    ),
    reasoning="A layer at a time, from the input upwards. The one thing to carry "
    "along is $D$: what the layer below hands up. For a recurrent layer that is "
    "its number of units, whatever the data looked like further down.",
)


# features_of --------------------------------------------------------------------


def features_of(cell: str, units: int, count: int) -> float:
    """Return D, the features that a layer reads, from its units and its count."""
    blocks = {"rnn": 1, "gru": 3, "lstm": 4}[cell]
    biases = 2 if cell == "gru" else 1
    return count / (blocks * units) - units - biases


def counted_layers() -> Cases:
    """Return a cell, its units and its count, for several layers."""
    sizes = {
        "a GRU": ("gru", 5, 9),
        "a GRU of 12 units": ("gru", 12, 4),
        "an LSTM": ("lstm", 7, 3),
        "a SimpleRNN": ("rnn", 11, 6),
        "an LSTM above another one": ("lstm", 24, 24),
        "an LSTM of one unit": ("lstm", 1, 2),
    }
    return {
        name: (cell, units, count_parameters(cell, features, units))
        for name, (cell, units, features) in sizes.items()
    }


FEATURES_OF = Exercise(
    able="read a model's sizes back from its counts",
    solution=features_of,
    cases=counted_layers,
    parts={"D": ""},
    mistakes={
        "features-count-put-in": Mistake(
            right="count / (blocks * units) - units - biases",
            wrong="blocks * units * (count + units + biases)",
            hint="Your function puts the count where D stands: the count is what "
            "the formula gives, D is what goes in. Turn it round.",
        ),
        "features-bias-left-in": Mistake(
            right="- units - biases",
            wrong="- units",
            hint="Your D still has the biases in it: subtract them, too.",
        ),
        "features-one-bias-left-in": Mistake(
            right="- units - biases",
            wrong="- units - biases + 1",
            hint="Your D is one too large: a row of biases is still in it.",
        ),
        "features-two-biases-for-all": Mistake(
            right='2 if cell == "gru" else 1',
            wrong="2",
            hint="Your function takes off two rows of biases for every cell: in "
            "Keras only the GRU has a second.",
        ),
        "features-units-left-in": Mistake(
            right="- units - biases",
            wrong="- biases",
            hint="Your D still has the recurrent kernel in it: subtract H.",
        ),
        "features-gru-of-one-bias": Mistake(
            right='2 if cell == "gru" else 1',
            wrong="1",
            hint="Your GRU has one bias: in Keras' default form there are two rows.",
        ),
        "features-always-four-blocks": Mistake(
            right="(blocks * units)",
            wrong="(4 * units)",
            hint="Your function has four blocks for every cell: only the LSTM has "
            "four.",
        ),
        "features-of-one-block": Mistake(
            right="(blocks * units)",
            wrong="units",
            hint="Your function leaves the blocks out: divide by them, too.",
        ),
        "features-blocks-of-gru-and-lstm-swapped": Mistake(
            right='{"rnn": 1, "gru": 3, "lstm": 4}',
            wrong='{"rnn": 1, "gru": 4, "lstm": 3}',
            hint="Your GRU has four blocks and your LSTM three: it is the other way "
            "round.",
        ),
        "features-of-three-blocks": Mistake(
            right="(blocks * units)",
            wrong="(3 * units)",
            hint="Your function has three blocks for every cell: only the GRU has "
            "three.",
        ),
        "features-two-biases-for-the-lstm": Mistake(
            right='2 if cell == "gru" else 1',
            wrong='2 if cell == "lstm" else 1',
            hint="Your LSTM has the second row of biases: it is the GRU that has one.",
        ),
        "features-biases-of-the-gru-thrice": Mistake(
            right='2 if cell == "gru" else 1',
            wrong='6 if cell == "gru" else 1',
            hint="Your GRU's biases are taken off for each block after you have "
            "divided by the blocks: two rows are 2.",
        ),
        "features-rnn-of-three-blocks": Mistake(
            right='{"rnn": 1,',
            wrong='{"rnn": 3,',
            hint="Your SimpleRNN has three blocks: it has one, for it has no gates.",
        ),
        "features-without-parentheses": Mistake(
            right="(blocks * units)",
            wrong="blocks * units",
            hint="Your function divides by the blocks and multiplies by H: a / b "
            "* c is (a / b) * c, so put parentheses.",
        ),
    },
    hints=(
        "Write the formula down with the count on the left, then solve it for D.",
        "Divide by (blocks * units), with the brackets: what is left is D + H + 1, "
        "for the GRU D + H + 2. Then subtract.",
    ),
    reasoning="The formula is $n\\,H\\,(D + H + b)$ with $n$ blocks and $b$ rows "
    "of biases. It contains $D$ once, so it can be turned round: divide by "
    "$n\\,H$, then subtract $H$ and $b$. If the result is no whole number, the "
    "count is not of such a layer.",
)


# which_cell ---------------------------------------------------------------------


def which_cell(
    kernel: int, recurrent_kernel: int, bias: int
) -> tuple[str, float, float]:
    """Return the cell, D and H, from how many numbers there are in each array."""
    forms = [("rnn", 1, 1), ("gru", 3, 1), ("gru", 3, 2), ("lstm", 4, 1)]
    for cell, blocks, biases in forms:
        H = bias / (blocks * biases)
        if blocks * H * H == recurrent_kernel:
            D = kernel / (blocks * H)
            return cell, D, H
    raise ValueError("no cell has such counts")


def counted_arrays() -> Cases:
    """Return the sizes of three arrays, for each form of each cell."""
    return {
        "an LSTM": (4 * 6 * 9, 4 * 9 * 9, 4 * 9),
        "a SimpleRNN": (5 * 7, 7 * 7, 7),
        "a GRU with one row of biases": (3 * 10 * 4, 3 * 4 * 4, 3 * 4),
        "a GRU in Keras' default form": (3 * 11 * 8, 3 * 8 * 8, 3 * 8 * 2),
        "an LSTM of 2 units": (4 * 13 * 2, 4 * 2 * 2, 4 * 2),
        "an RNN of 12 units": (3 * 12, 12 * 12, 12),
    }


def with_short_names(answer: Any) -> Any:
    """Return a cell, D and H with Keras' name SimpleRNN as "rnn"."""
    parts = list(answer.values()) if isinstance(answer, dict) else answer
    if not isinstance(parts, tuple | list):
        return answer
    return [
        "rnn" if isinstance(part, str) and part.casefold() == "simplernn" else part
        for part in parts
    ]


WHICH_CELL = Exercise(
    able="read a model's sizes back from its counts",
    solution=which_cell,
    cases=counted_arrays,
    view=with_short_names,
    parts={"the cell": "", "D": "", "H": ""},
    mistakes={
        "which-default-gru-unknown": Mistake(
            right='("gru", 3, 2), ',
            wrong="",
            hint="Your function knows no GRU in Keras' default form: its bias has "
            "two rows, so 6 H numbers.",
        ),
        "which-older-gru-unknown": Mistake(
            right='("gru", 3, 1), ',
            wrong="",
            hint="Your function knows no GRU with one row of biases: 3 H numbers.",
        ),
        "which-sizes-halved": Mistake(
            right="            D = kernel / (blocks * H)",
            wrong="            D, H = kernel / bias, recurrent_kernel / bias",
            hint="Your D and H are divided by the bias: where that has two rows, "
            "both come out half.",
        ),
        "which-kernel-of-one-block": Mistake(
            right="D = kernel / (blocks * H)",
            wrong="D = kernel / H",
            hint="Your D is too large by the number of blocks: the kernel holds "
            "them all, side by side.",
        ),
        "which-gru-of-four-blocks": Mistake(
            right='("gru", 3, 1), ("gru", 3, 2), ("lstm", 4, 1)',
            wrong='("lstm", 3, 1), ("lstm", 3, 2), ("gru", 4, 1)',
            hint="Your GRU and LSTM have changed places: an LSTM has four blocks, a "
            "GRU three.",
        ),
        "which-no-gru": Mistake(
            right='("gru", 3, 1), ("gru", 3, 2), ',
            wrong="",
            hint="Your function knows no GRU: three blocks, with one row of biases or "
            "two.",
        ),
        "which-sizes-swapped": Mistake(
            right="return cell, D, H",
            wrong="return cell, H, D",
            hint="Your D and H have changed places: D comes first.",
        ),
    },
    hints=(
        "Each of the four forms says how many numbers stand in the recurrent "
        "kernel and in the bias. Suppose one of them: what is H then, by the bias? "
        "Does the recurrent kernel agree?",
        "SimpleRNN: H H and H. GRU: 3 H H and 3 H, or 3 H H and 6 H. LSTM: 4 H H "
        "and 4 H. Try each: H from the bias; the one that fits the recurrent "
        "kernel is it. Then D from the kernel.",
    ),
    reasoning="With $n$ blocks and $b$ rows of biases the recurrent kernel has "
    "$n\\,H^2$ numbers and the bias $n\\,b\\,H$. Each of the four forms, if it "
    "were the one, gives an $H$ by the bias, and only one agrees with the "
    "recurrent kernel. (Without a loop: the bias squared over the recurrent "
    "kernel is $n\\,b^2$, which is 1, 3, 12 or 4.)",
)


EXERCISES: dict[str, Exercise] = {
    "count_parameters": COUNT_PARAMETERS,
    "stack_ledger": STACK_LEDGER,
    "features_of": FEATURES_OF,
    "which_cell": WHICH_CELL,
}
