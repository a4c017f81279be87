"""The exercises of lesson 01: shapes, windows of a series, a log, and sentences."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.random import Generator

from lstm_course.arrays.shapes import Array
from lstm_course.checker.exercise import Cases, Exercise, Quiz
from lstm_course.checker.planting import Mistake
from lstm_course.data.text import Vocabulary, pad_batch
from lstm_course.layers.lstm import lstm_forward, lstm_init

# shapes_on_the_way --------------------------------------------------------------


STEP = 2  # any step will do


def shapes_on_the_way(*sizes: int) -> tuple[tuple[int, ...], ...]:
    """Return the shape of each array between the ids of texts and an LSTM's h."""
    B, T, V, D, H = sizes
    ids = np.zeros((B, T), int)
    vectors = np.zeros((V, D))[ids]
    params = lstm_init(np.random.default_rng(), vectors.shape[-1], H)
    outputs, state, _ = lstm_forward(vectors, params)
    arrays = ids, np.eye(V)[ids], vectors, vectors[:, STEP], outputs, state.h
    return tuple(array.shape for array in arrays)


def draw_sizes(rng: Generator) -> tuple[int, ...]:
    """Draw B, T, V, D and H, all different."""
    B, T, D, H = rng.permutation(np.arange(3, 13))[:4].tolist()
    return B, T, 10 * int(rng.integers(2, 6)), D, H


def ask_for_shapes(*sizes: int) -> str:
    """Return the question."""
    B, T, V, D, H = sizes
    return (
        f"{B} texts are padded to {T} steps each: ids. A table has {V} rows of {D} "
        f"numbers, one row for each id: vectors = table[ids]. An LSTM with {H} units "
        "reads the vectors: outputs, and h after the last step.\n"
        f"What shapes have ids, np.eye({V})[ids], vectors, vectors[:, 2], outputs, h?"
    )


def derive_shapes(*sizes: int) -> str:
    """Return each shape and the reason for it."""
    ids, one_hot, vectors, step, outputs, h = shapes_on_the_way(*sizes)
    return (
        f"ids: a row for each text, a column for each step: (B, T) = {ids}\n"
        f"np.eye({sizes[2]})[ids]: V numbers in place of each id: (B, T, V) = "
        f"{one_hot}\n"
        f"vectors: D numbers in place of each id: (B, T, D) = {vectors}\n"
        f"vectors[:, 2]: the index removes its axis, time: (B, D) = {step}\n"
        f"outputs: features become units, step by step: (B, T, H) = {outputs}\n"
        f"h: the units after the last step, no time left: (B, H) = {h}"
    )


def as_texts(shapes: Sequence[Any]) -> tuple[str, ...]:
    """Return shapes as texts, so that their numbers of axes may differ."""
    if not np.iterable(shapes):
        return (str(shapes),)
    return tuple(
        shape if isinstance(shape, str) else str(tuple(np.atleast_1d(shape).tolist()))
        for shape in shapes
    )


SHAPES_ON_THE_WAY = Quiz(
    able="say every shape on the way before you run the cell",
    solution=shapes_on_the_way,
    draw=draw_sizes,
    question=ask_for_shapes,
    derivation=derive_shapes,
    view=as_texts,
    parts=dict.fromkeys(
        ["ids", "np.eye(V)[ids]", "vectors", "vectors[:, 2]", "outputs", "h"], ""
    ),
    mistakes={
        "index-keeps-its-axis": Mistake(
            right="vectors[:, STEP]",
            wrong="vectors[:, STEP : STEP + 1]",
            hint="Your vectors[:, 2] still has a time axis: a slice keeps its "
            "axis, an index removes it.",
        ),
        "index-on-the-batch": Mistake(
            right="vectors[:, STEP]",
            wrong="vectors[STEP]",
            hint="Your vectors[:, 2] is one text at all steps: the colon stands "
            "for the batch, and the 2 is on the second axis.",
        ),
        "outputs-as-wide-as-the-input": Mistake(
            right="vectors[:, STEP], outputs",
            wrong="vectors[:, STEP], vectors",
            hint="Your outputs are as wide as the vectors: a layer turns features "
            "into units.",
        ),
        "h-at-every-step": Mistake(
            right="outputs, state.h",
            wrong="outputs, outputs",
            hint="Your h has a time axis: it is what is left after the last step.",
        ),
        "outputs-and-h-swapped": Mistake(
            right="outputs, state.h",
            wrong="state.h, outputs",
            hint="Your outputs and h have changed places: the outputs are there at "
            "every step, h after the last only.",
        ),
        "vectors-as-wide-as-the-vocabulary": Mistake(
            right="vectors, vectors[:, STEP]",
            wrong="np.eye(V)[ids], np.eye(V)[ids][:, STEP]",
            hint="Your vectors have a number for each row of the table: each id "
            "picks one row, so its length counts.",
        ),
        "index-on-the-features": Mistake(
            right="vectors[:, STEP], outputs",
            wrong="vectors[..., STEP], outputs",
            hint="Your vectors[:, 2] is one feature at all steps: the second axis "
            "is time.",
        ),
        "one-hot-without-ids": Mistake(
            right="np.eye(V)[ids], vectors",
            wrong="np.eye(V), vectors",
            hint="Your np.eye(V)[ids] is np.eye(V) itself: each id picks one of "
            "its rows.",
        ),
        "vectors-for-the-table": Mistake(
            right="vectors, vectors[:, STEP]",
            wrong="np.zeros((V, D)), vectors[:, STEP]",
            hint="Your vectors are the table: each id of each text picks one of "
            "its rows.",
        ),
        "last-output-alone": Mistake(
            right="outputs, state.h",
            wrong="state.h, state.h",
            hint="Your outputs have no time axis: there is one after each step.",
        ),
        "h-with-an-axis-in-front": Mistake(
            right="outputs, state.h",
            wrong="outputs, state.h[np.newaxis]",
            hint="Your h has an axis of size 1 in front, as in PyTorch: here it "
            "is a row for each text.",
        ),
        "outputs-of-four-gates": Mistake(
            right="outputs, state.h",
            wrong="np.tile(outputs, 4), np.tile(state.h, 4)",
            hint="Your outputs and h are 4 H wide: that is z, which the four gates "
            "share; what comes out has H numbers.",
        ),
        "h-of-one-text": Mistake(
            right="outputs, state.h",
            wrong="outputs, state.h[0]",
            hint="Your h is that of one text: there is a row for each.",
        ),
        "h-of-one-number": Mistake(
            right="outputs, state.h",
            wrong="outputs, state.h[:, 0]",
            hint="Your h is one number a text: there is one for each unit.",
        ),
        "one-hot-without-steps": Mistake(
            right="np.eye(V)[ids], vectors",
            wrong="np.eye(V)[ids][:, 0], vectors",
            hint="Your np.eye(V)[ids] has no time axis: there is a row of V numbers "
            "for each id, so for each step.",
        ),
        "one-hot-without-words": Mistake(
            right="np.eye(V)[ids], vectors",
            wrong="ids, vectors",
            hint="Your np.eye(V)[ids] has no axis of V: a row of V numbers comes in "
            "place of each id.",
        ),
        "vectors-behind-the-one-hot": Mistake(
            right="vectors, vectors[:, STEP]",
            wrong="np.zeros((B, T, V, D)), np.zeros((B, V, D))",
            hint="Your vectors have D besides V: a row of the table comes in place of "
            "the one-hot, not behind it.",
        ),
        "shapes-without-the-batch": Mistake(
            right="tuple(array.shape for array in arrays)",
            wrong="tuple(array.shape[1:] for array in arrays)",
            hint="Your shapes are those of one text: B, the batch, comes first in "
            "each.",
        ),
        "units-left-out": Mistake(
            right="vectors.shape[-1], H",
            wrong="vectors.shape[-1], D",
            hint="Your outputs and h are as wide as the vectors: a layer turns "
            "features into units.",
        ),
        "shapes-time-first": Mistake(
            right="arrays = ids, np.eye(V)[ids], vectors, vectors[:, STEP], outputs, "
            "state.h",
            wrong="turned = vectors.swapaxes(0, 1), vectors[:, STEP], "
            "outputs.swapaxes(0, 1)\n    arrays = ids.T, np.eye(V)[ids.T], "
            "*turned, state.h",
            hint="Your shapes have time first, (T, B): here a text is a row, and "
            "the batch comes first.",
        ),
    },
    hints=(
        "Write letters before numbers: which of B, T, V, D and H has each array? "
        "Indexing a table by ids puts a row in place of each id. A single number as "
        "an index takes its axis away.",
        "",
    ),
    reasoning="Letters first, numbers after: $(B, T)$, and each stage puts "
    "something at the end, or in place of the last letter. An index takes a letter "
    "away.",
)


# windows_of_features ------------------------------------------------------------


def windows_of_features(series: Array, length: int) -> tuple[Array, Array]:
    """Return windows (B, T, D), and feature 0 at the step after each, (B,)."""
    stretches = sliding_window_view(series, length, axis=0)  # (B + 1, D, T)
    inputs = stretches[:-1].swapaxes(1, 2)
    return inputs, series[length:, 0]


def window_cases() -> Cases:
    """Return series and lengths of windows."""
    rng = np.random.default_rng(1)
    series = rng.normal(size=(9, 3))
    return {
        "random numbers everywhere": (series, 4),
        "a single feature": (series[:, :1], 4),
        "windows of one step": (series, 1),
        "two windows only": (series, 7),
        "as many features as steps": (series, 3),
        "all features alike": (np.repeat(series[:, :1], 2, axis=1), 4),
    }


WINDOWS_OF_FEATURES = Exercise(
    able="turn numbers or sentences into an array of shape (batch, time, features)",
    solution=windows_of_features,
    cases=window_cases,
    parts={"the block of inputs": "B T D", "the row of targets": "B"},
    mistakes={
        "windows-with-time-last": Mistake(
            right="stretches[:-1].swapaxes(1, 2)",
            wrong="stretches[:-1]",
            hint="Your windows have their axes in the order (B, D, T): "
            "sliding_window_view puts the new axis last, and time belongs in the "
            "middle.",
        ),
        "windows-reshaped": Mistake(
            right="stretches[:-1].swapaxes(1, 2)",
            wrong="stretches[:-1].reshape(-1, length, series.shape[1])",
            hint="Your windows are reshaped where two axes should change places: "
            "the shape is right, but features and steps are stirred.",
        ),
        "window-without-a-target": Mistake(
            right="stretches[:-1]",
            wrong="stretches",
            hint="Your inputs have one window too many: nothing follows the last one.",
        ),
        "last-target-left-out": Mistake(
            right="stretches[:-1].swapaxes(1, 2)\n    return inputs, "
            "series[length:, 0]",
            wrong="stretches[:-2].swapaxes(1, 2)\n"
            "    return inputs, series[length:-1, 0]",
            hint="Your last window is missing, and its target with it: B is N - T.",
        ),
        "target-inside-the-window": Mistake(
            right="series[length:, 0]",
            wrong="series[length - 1 : -1, 0]",
            hint="Your target is the last step of its own window: it should be the "
            "step after it.",
        ),
        "target-with-all-features": Mistake(
            right="series[length:, 0]",
            wrong="series[length:]",
            hint="Your targets hold every feature: feature 0 alone is to be foretold.",
        ),
        "target-in-a-column": Mistake(
            right="series[length:, 0]",
            wrong="series[length:, :1]",
            hint="Your targets stand in a column, (B, 1): a slice keeps its axis, "
            "an index removes it.",
        ),
        "target-of-another-feature": Mistake(
            right="series[length:, 0]",
            wrong="series[length:, -1]",
            hint="Your targets are those of the last feature: feature 0 is asked for.",
        ),
        "windows-side-by-side": Mistake(
            right="stretches[:-1].swapaxes(1, 2)\n    return inputs, "
            "series[length:, 0]",
            wrong="stretches[:-1:length].swapaxes(1, 2)\n"
            "    return inputs, series[length::length, 0]",
            hint="Your windows stand side by side: each is to begin one step "
            "after the one before.",
        ),
        "target-at-the-start-of-the-window": Mistake(
            right="series[length:, 0]",
            wrong="series[:-length, 0]",
            hint="Your target is the first step of its own window: it should be "
            "the step after it.",
        ),
        "target-a-step-too-late": Mistake(
            right="series[length:, 0]",
            wrong="series[length + 1 :, 0]",
            hint="Your target stands two steps after its window: Python counts "
            "from 0, so the step after series[0:T] is series[T].",
        ),
        "windows-time-first": Mistake(
            right="stretches[:-1].swapaxes(1, 2)",
            wrong="stretches[:-1].transpose(2, 0, 1)",
            hint="Your windows have time first, (T, B, D): the batch comes first.",
        ),
        "windows-of-one-feature": Mistake(
            right="stretches[:-1].swapaxes(1, 2)",
            wrong="stretches[:-1].swapaxes(1, 2)[..., :1]",
            hint="Your windows hold feature 0 alone: it is foretold from all features.",
        ),
        "windows-turned-round": Mistake(
            right="stretches[:-1].swapaxes(1, 2)",
            wrong="stretches[:-1].swapaxes(1, 2)[:, ::-1]",
            hint="Your windows run backwards in time: the earliest step comes first.",
        ),
        "windows-and-targets-swapped": Mistake(
            right="return inputs, series[length:, 0]",
            wrong="return series[length:, 0], inputs",
            hint="Your inputs and targets have changed places: the inputs come first.",
        ),
        "windows-over-both-axes": Mistake(
            right="stretches[:-1].swapaxes(1, 2)",
            wrong="stretches[:-1].swapaxes(1, 2)[:, np.newaxis]",
            hint="Your windows have an axis of size 1 besides: sliding along the "
            "features, too, leaves it behind.",
        ),
        "first-window-left-out": Mistake(
            right="stretches[:-1]",
            wrong="stretches[1:]",
            hint="Your inputs lack the first window, so each holds its own "
            "target: it is the last window that nothing follows.",
        ),
    },
    hints=(
        "There are N - T windows: the first is series[0:T], the next "
        "series[1:T+1]. Which step follows each of them?",
        "inputs = np.stack([series[k : k + length] for k in range(len(series) - "
        "length)]), and the target of window k is series[k + length, 0].",
    ),
    reasoning="`sliding_window_view` puts the steps of a window on a new axis at "
    "the end, $(B + 1, D, T)$. Time and features have to change places, which "
    "is no case for `reshape`. The last window goes, for nothing follows it.",
)


# repair_the_log -----------------------------------------------------------------


def repaired_log(log: Array, stations: int) -> Array:
    """Return a log's readings, (B, T, D), less the mean over time of each station."""
    by_time = log.reshape(len(log) // stations, stations, log.shape[1])  # (T, B, D)
    batch = by_time.swapaxes(0, 1)
    less: Array = batch - batch.mean(axis=1, keepdims=True)
    return less


def log_cases() -> Cases:
    """Return logs (T B, D), and how many stations, B, have written each."""
    rng = np.random.default_rng(2)
    T, B, D = 5, 3, 2
    offsets = np.tile(rng.normal(size=(B, D)), (T, 1))
    readings = rng.normal(size=(T * B, D))
    readings -= np.tile(readings.reshape(T, B, D).mean(axis=0), (T, 1))
    return {
        "random numbers everywhere": (readings + offsets, B),
        "means of 0": (readings, B),
        "a single station": (readings + offsets, 1),
        "a single feature": ((readings + offsets)[:, :1], B),
        "as many stations as steps": ((readings + offsets)[:9], 3),
    }


REPAIR_THE_LOG = Exercise(
    able="turn numbers or sentences into an array of shape (batch, time, features)",
    solution=repaired_log,
    cases=log_cases,
    parts={"the batch": "B T D"},
    given=("log-reshaped", "mean-over-stations"),
    mistakes={
        "log-reshaped": Mistake(
            right="log.reshape(len(log) // stations, stations, log.shape[1])  "
            "# (T, B, D)\n    batch = by_time.swapaxes(0, 1)",
            wrong="log\n    batch = log.reshape(stations, -1, log.shape[1])",
            hint="Your batch mixes the stations: reshape cuts the log in its own "
            "order, and there the station changes from line to line.",
        ),
        "mean-over-stations": Mistake(
            right="axis=1",
            wrong="axis=0",
            hint="Your mean runs over the stations, at each step: each station's "
            "own mean runs over time.",
        ),
        "mean-over-features": Mistake(
            right="axis=1",
            wrong="axis=2",
            hint="Your mean runs over the features: it mixes degrees with wind. It "
            "should run over time.",
        ),
        "one-mean-for-all": Mistake(
            right="batch.mean(axis=1, keepdims=True)",
            wrong="batch.mean()",
            hint="Your mean is one number for everything: there is one for each "
            "station and each feature.",
        ),
        "one-mean-for-all-stations": Mistake(
            right="batch.mean(axis=1, keepdims=True)",
            wrong="batch.mean(axis=(0, 1))",
            hint="Your mean is one for all stations together: each has its own.",
        ),
        "mean-over-time-and-features": Mistake(
            right="axis=1",
            wrong="axis=(1, 2)",
            hint="Your mean is one for all features of a station: it mixes degrees "
            "with wind. Each feature has its own.",
        ),
        "mean-not-subtracted": Mistake(
            right="batch - batch.mean(axis=1, keepdims=True)",
            wrong="batch",
            hint="Your batch is in order, but each station still has its mean.",
        ),
        "log-divided-by-its-spread": Mistake(
            right="batch.mean(axis=1, keepdims=True)",
            wrong="batch.mean(axis=1, keepdims=True)\n    less = less / "
            "less.std(axis=1, keepdims=True)",
            hint="Your readings are divided by their spread as well: only the mean is "
            "to go.",
        ),
        "log-time-last": Mistake(
            right="swapaxes(0, 1)\n    less: Array = batch - batch.mean(axis=1, "
            "keepdims=True)",
            wrong="transpose(1, 2, 0)\n    less = batch - batch.mean(axis=2, "
            "keepdims=True)",
            hint="Your batch is (B, D, T), time last: it belongs in the middle.",
        ),
        "mean-without-its-axis": Mistake(
            right="axis=1, keepdims=True",
            wrong="axis=1",
            hint="Your means have shape (B, D), and NumPy lines shapes up at the "
            "right: they need a time axis of size 1 to meet (B, T, D).",
        ),
        "log-time-first": Mistake(
            right="batch = by_time.swapaxes(0, 1)\n"
            "    less: Array = batch - batch.mean(axis=1, keepdims=True)",
            wrong="batch = by_time\n"
            "    less: Array = batch - batch.mean(axis=0, keepdims=True)",
            hint="Your batch is (T, B, D), time first: each station's own mean is "
            "taken away, but the batch comes first.",
        ),
        "log-transposed-at-once": Mistake(
            right="log.reshape(len(log) // stations, stations, log.shape[1])  "
            "# (T, B, D)\n    batch = by_time.swapaxes(0, 1)",
            wrong="log\n    batch = log.T.reshape(stations, -1, log.shape[1])",
            hint="Your batch is cut from log.T, a row for each feature: time and "
            "stations should change places, and they share an axis still.",
        ),
        "log-reshaped-at-the-end": Mistake(
            right="batch = by_time.swapaxes(0, 1)\n"
            "    less: Array = batch - batch.mean(axis=1, keepdims=True)",
            wrong="batch = by_time - by_time.mean(axis=0)\n"
            "    less: Array = batch.reshape(stations, -1, log.shape[1])",
            hint="Your batch is (T, B, D) reshaped: two axes should change "
            "places, and reshape leaves the numbers in their order.",
        ),
    },
    hints=(
        "Take the lesson's log of two thermometers, a line for each reading, and "
        "write down what the reshape makes of it. Then ask over which axis the "
        "mean runs.",
        "Keep the log's order at first, reshape(-1, B, D), which is (T, B, D); "
        "then swapaxes(0, 1). The mean over time is that over axis 1.",
    ),
    reasoning="A line of the log is followed by another station's, so the log is "
    "cut into times first, $(T, B, D)$, which `reshape` may do; then two axes "
    "change places. The mean runs over time, axis 1, and `keepdims` leaves an axis "
    "of size 1 there for broadcasting.",
)


# sentences_to_vectors -----------------------------------------------------------


def sentences_to_vectors(texts: Sequence[str], length: int, table: Array) -> Array:
    """Return the texts as (B, T, D), with a vocabulary as long as the table."""
    vocabulary = Vocabulary.build(texts, num_words=len(table))
    encoded = [vocabulary.encode(text) for text in texts]
    ids, _ = pad_batch(encoded, length)
    return table[ids]


def sentence_cases() -> Cases:
    """Return texts, how long they are to be, and a table for their words."""
    rng = np.random.default_rng(3)
    table = rng.normal(size=(9, 2))
    texts = [
        "The film was good, not bad.",
        "Good!",
        "The film was not at all good; I fell asleep.",
    ]
    return {
        "short texts and long ones": (texts, 6, table),
        "short texts only": (["Good film.", "Bad!", "Not a good film"], 6, table),
        "long texts only": ([texts[2], texts[0]], 5, table),
        "all texts just as long": (["A good film", "A bad film"], 4, table),
        "a row of the table for every word": (texts, 6, rng.normal(size=(20, 2))),
        "a single text": (["Not bad, not bad at all"], 8, table),
    }


SENTENCES_TO_VECTORS = Exercise(
    able="turn numbers or sentences into an array of shape (batch, time, features)",
    solution=sentences_to_vectors,
    cases=sentence_cases,
    parts={"the block": "B T D"},
    mistakes={
        "a-vocabulary-for-each-text": Mistake(
            right="[vocabulary.encode(text) for text in texts]",
            wrong="[\n        Vocabulary.build([text], num_words=len(table))"
            ".encode(text) for text in texts\n    ]",
            hint="Your texts have a vocabulary each, so that the same word has "
            "several ids: build one from all texts.",
        ),
        "vocabulary-too-large": Mistake(
            right="num_words=len(table)",
            wrong="num_words=len(table) + 3",
            hint="Your vocabulary has ids beyond the last row of the table: "
            "num_words counts all ids, those that are no words included.",
        ),
        "start-left-out": Mistake(
            right="vocabulary.encode(text) for",
            wrong="vocabulary.encode(text)[1:] for",
            hint="Your texts lack the id 1, with which each begins.",
        ),
        "padding-as-zeros": Mistake(
            right="ids, _ = pad_batch(encoded, length)\n    return table[ids]",
            wrong="ids, mask = pad_batch(encoded, length)\n"
            "    return table[ids] * mask[..., np.newaxis]",
            hint="Your padding is zeros in the last block: 0 is an id, and picks "
            "its row of the table like any other.",
        ),
        "start-twice": Mistake(
            right="vocabulary.encode(text) for",
            wrong="[1, *vocabulary.encode(text)] for",
            hint="Your texts begin with the id 1 twice: encode has put one there "
            "already.",
        ),
        "vocabulary-one-too-small": Mistake(
            right="num_words=len(table)",
            wrong="num_words=len(table) - 1",
            hint="Your vocabulary leaves the last row of the table unused: num_words "
            "is the number of ids, and ids count from 0.",
        ),
        "start-kept-when-cut": Mistake(
            right="pad_batch(encoded, length)",
            wrong="pad_batch(\n        [ids if len(ids) <= length else [1, *ids[1 - "
            "length :]] for ids in encoded],\n        length,\n    )",
            hint="Your long texts keep the id 1 where they are cut: pad_batch drops "
            "their beginning, the 1 included.",
        ),
        "ids-for-vectors": Mistake(
            right="return table[ids]",
            wrong="return ids",
            hint="Your block holds ids: each is to be replaced by its row of the "
            "table.",
        ),
        "vectors-time-first": Mistake(
            right="return table[ids]",
            wrong="return table[ids.T]",
            hint="Your block has time first, (T, B, D): the batch comes first.",
        ),
        "ids-from-1": Mistake(
            right="return table[ids]",
            wrong="return table[ids - 1]",
            hint="Your rows are one too early: id 0 is row 0 of the table.",
        ),
        "texts-turned-round": Mistake(
            right="vocabulary.encode(text) for",
            wrong="vocabulary.encode(text)[::-1] for",
            hint="Your texts are turned round, last word first.",
        ),
        "vocabulary-too-small": Mistake(
            right="num_words=len(table)",
            wrong="num_words=len(table) - 3",
            hint="Your vocabulary leaves three rows of the table unused: num_words "
            "counts all ids, those that are no words included.",
        ),
        "vocabulary-of-the-lesson": Mistake(
            right="num_words=len(table)",
            wrong="num_words=9",
            hint="Your vocabulary has 9 ids, as the lesson's: how many are there "
            "for another table?",
        ),
        "both-at-the-end": Mistake(
            right="pad_batch(encoded, length)",
            wrong='pad_batch(encoded, length, padding="post", truncating="post")',
            hint="Your texts are padded and cut at the end: pad_batch does both "
            "at the beginning by default.",
        ),
        "zeros-after-the-text": Mistake(
            right="pad_batch(encoded, length)",
            wrong='pad_batch(encoded, length, padding="post")',
            hint="Your zeros stand after the text: pad_batch puts them before it "
            "by default.",
        ),
        "end-cut-off": Mistake(
            right="pad_batch(encoded, length)",
            wrong='pad_batch(encoded, length, truncating="post")',
            hint="Your long texts lose their end: pad_batch drops their beginning "
            "by default.",
        ),
    },
    hints=(
        "Four stages: the vocabulary, the ids of each text, one block (B, T) by "
        "padding (pad_batch gives its mask besides), and a row of the table in "
        "place of each id.",
        "Vocabulary.build(texts, num_words=len(table)), then its encode for each "
        "text, then pad_batch(encoded, length), which returns ids and a mask, and "
        "table[ids].",
    ),
    reasoning="The picture of the lesson, stage by stage. The table has a row for "
    "each id, padding included, so `num_words` is its length; and indexing it with "
    "a block $(B, T)$ puts a row of $D$ numbers in place of each id.",
)


EXERCISES: dict[str, Exercise] = {
    "shapes_on_the_way": SHAPES_ON_THE_WAY,
    "windows_of_features": WINDOWS_OF_FEATURES,
    "repair_the_log": REPAIR_THE_LOG,
    "sentences_to_vectors": SENTENCES_TO_VECTORS,
}
