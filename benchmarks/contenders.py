"""The contenders: the same work by three libraries, a process for each.

So no thread that spins and no setting of malloc in one can touch another: NumPy's
process alone is tuned as the course tunes a training.
"""

import importlib
import os
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, Protocol

import numpy as np

from lstm_course.arrays.activations import sigmoid
from lstm_course.arrays.initializers import glorot_uniform, orthogonal, uniform
from lstm_course.arrays.shapes import Array, Ids
from lstm_course.system.keras_import import import_keras
from lstm_course.system.process import tune_process

FEATURES = 16
_WORDS, _RATE, _RHO, _EPSILON = 500, 1e-4, 0.9, 1e-7  # the last three are RMSprop's


class Size(NamedTuple):
    """How large an LSTM is, and what it reads; FEATURES wide."""

    units: int  # H
    steps: int  # T
    batch: int  # B


REFERENCE = Size(units=8, steps=100, batch=64)


class Model(NamedTuple):
    """The reference model, as a library runs it."""

    train: Callable[[int], object]  # on so many reviews, in shuffled batches
    predict: Callable[[], Array]  # the probabilities of the first batch
    weights: Callable[[], list[Array]]  # in Keras' order and forms


class Layer(NamedTuple):
    """The LSTM alone, forward and backward, as a library runs it."""

    compute: Callable[[], Any]
    read: Callable[[Any], list[Array]]  # outputs, gradients of inputs and weights


class Proof(NamedTuple):
    """An array that comes out alike wherever the same work is done."""

    name: str
    array: Array
    tolerance: float  # of the difference, as a part of the whole


class Engine(Protocol):
    """A library with its settings. Weights come in Keras' order and forms."""

    def model(self, weights: list[Array], ids: Ids, labels: Array) -> Model:
        """Return embedding, LSTM and dense output, with a loss and RMSprop."""

    def layer(self, x: Array, d_outputs: Array, weights: list[Array]) -> Layer:
        """Return an LSTM that reads x, and the gradient of its outputs."""


Pieces = dict[str, Callable[[int], object]]  # each does its work so many times


class _NumPy:
    """This course, in a process tuned as for its trainings."""

    def __init__(self) -> None:
        tune_process()

    def model(self, weights: list[Array], ids: Ids, labels: Array) -> Model:
        """Train as the body of the course's fit does; predict by its predict."""
        from lstm_course.arrays.trees import tree_from_leaves, tree_leaves
        from lstm_course.system.process import tune_process
        from lstm_course.training.engine import NumpySentimentModel
        from lstm_course.training.optimizers import optimizer_init, rmsprop_update
        from lstm_course.training.sentiment import SentimentConfig, sentiment_gradients

        tune_process()
        model = NumpySentimentModel(SentimentConfig())
        model.params = tree_from_leaves(model.params, weights)
        state = optimizer_init(model.params)
        rng = np.random.default_rng(0)

        def train(reviews: int) -> None:
            nonlocal state
            params, order = model.params, rng.permutation(reviews)
            for start in range(0, reviews, REFERENCE.batch):
                chosen = order[start : start + REFERENCE.batch]
                _, _, grads = sentiment_gradients(
                    ids[chosen], labels[chosen], params, model.config
                )
                params, state = rmsprop_update(
                    params, grads, state, learning_rate=_RATE
                )
            model.params = params

        return Model(
            train,
            lambda: model.predict(ids[: REFERENCE.batch]),
            lambda: [array for _, array in tree_leaves(model.params)],
        )

    def layer(self, x: Array, d_outputs: Array, weights: list[Array]) -> Layer:
        from lstm_course.layers.fused.lstm import lstm_backward, lstm_forward
        from lstm_course.layers.lstm import LSTMParams
        from lstm_course.system.process import tune_process

        tune_process()

        params = LSTMParams(*weights)

        def compute() -> list[Array]:
            outputs, _, trace = lstm_forward(x, params)
            d_x, d_params, _ = lstm_backward(d_outputs, trace)
            return [outputs, d_x, *d_params]

        return Layer(compute, list)


class _Keras:
    """Keras on TensorFlow as it comes, or compiled by XLA."""

    def __init__(self, *, xla: bool = False) -> None:
        self._keras: Any = import_keras()
        self._xla = xla

    def model(self, weights: list[Array], ids: Ids, labels: Array) -> Model:
        """Train by fit; predict by predict_on_batch, a tenth of predict's time here."""
        keras = self._keras
        model = keras.Sequential(
            [
                keras.Input((None,), dtype="int32"),
                keras.layers.Embedding(_WORDS, FEATURES),
                keras.layers.LSTM(REFERENCE.units),
                keras.layers.Dense(1),
            ]
        )
        model.set_weights(weights)
        model.compile(
            keras.optimizers.RMSprop(_RATE, _RHO, epsilon=_EPSILON),
            keras.losses.BinaryCrossentropy(from_logits=True),
            jit_compile=self._xla or "auto",
        )

        def train(reviews: int) -> None:
            x, y = ids[:reviews], labels[:reviews]
            model.fit(x, y, batch_size=REFERENCE.batch, verbose=0)

        def predict() -> Array:
            return sigmoid(model.predict_on_batch(ids[: REFERENCE.batch])[:, 0])

        return Model(train, predict, model.get_weights)

    def layer(self, x: Array, d_outputs: Array, weights: list[Array]) -> Layer:
        tf: Any = importlib.import_module("tensorflow")
        layer = self._keras.layers.LSTM(d_outputs.shape[-1], return_sequences=True)
        layer.build(x.shape)
        layer.set_weights(weights)

        def both_ways(x: Any, d_outputs: Any) -> list[Any]:
            with tf.GradientTape() as tape:
                tape.watch(x)
                outputs = layer(x)
            wanted = [x, *layer.trainable_variables]
            return [outputs, *tape.gradient(outputs, wanted, d_outputs)]

        # As arguments, x and d_outputs are no constants to compute ahead from.
        function = tf.function(both_ways, jit_compile=self._xla)
        compute = partial(function, tf.constant(x), tf.constant(d_outputs))
        return Layer(compute, lambda results: [result.numpy() for result in results])


class _PyTorch:
    """PyTorch, run eagerly, with so many threads."""

    def __init__(self, threads: int) -> None:
        self._torch: Any = importlib.import_module("torch")
        self._torch.set_num_threads(threads)

    def _load(self, module: Any, *arrays: Array) -> Any:
        with self._torch.no_grad():
            for parameter, array in zip(module.parameters(), arrays, strict=True):
                parameter.copy_(self._torch.tensor(array))
        return module

    def _lstm(self, w: Array, u: Array, b: Array) -> Any:
        """Return the layer: the gates are in Keras' order, but there are two biases."""
        lstm = self._torch.nn.LSTM(len(w), len(u), batch_first=True)
        return self._load(lstm, w.T, u.T, b, np.zeros_like(b))

    def model(self, weights: list[Array], ids: Ids, labels: Array) -> Model:
        """Train by the usual loop; predict in inference mode."""
        torch, nn = self._torch, self._torch.nn
        e, w, u, b, v, c = weights
        embedding = self._load(nn.Embedding(*e.shape), e)
        lstm, dense = self._lstm(w, u, b), self._load(nn.Linear(len(v), 1), v.T, c)
        modules = nn.ModuleList([embedding, lstm, dense])
        optimizer = torch.optim.RMSprop(
            modules.parameters(),
            lr=_RATE,
            alpha=_RHO,
            eps=_EPSILON**0.5,  # PyTorch adds it outside of the root
        )
        loss = nn.BCEWithLogitsLoss()
        all_ids, all_labels = torch.tensor(ids), torch.tensor(labels)

        def logits(chosen: Any) -> Any:
            _, (h, _) = lstm(embedding(chosen))
            return dense(h[-1])[:, 0]

        def train(reviews: int) -> None:
            for chosen in torch.randperm(reviews).split(REFERENCE.batch):
                optimizer.zero_grad()
                loss(logits(all_ids[chosen]), all_labels[chosen]).backward()
                optimizer.step()

        def predict() -> Any:
            with torch.inference_mode():
                return torch.sigmoid(logits(all_ids[: REFERENCE.batch])).numpy()

        def read() -> list[Array]:
            e, w, u, b, b_too, v, c = (
                parameter.detach().numpy() for parameter in modules.parameters()
            )
            return [e, w.T, u.T, b + b_too, v.T, c]

        return Model(train, predict, read)

    def layer(self, x: Array, d_outputs: Array, weights: list[Array]) -> Layer:
        torch, lstm = self._torch, self._lstm(*weights)
        inputs, gradient = torch.tensor(x, requires_grad=True), torch.tensor(d_outputs)

        def compute() -> Any:
            lstm.zero_grad()
            inputs.grad = None
            outputs, _ = lstm(inputs)
            outputs.backward(gradient)
            return outputs

        def read(outputs: Any) -> list[Array]:
            w, u, b, _ = (parameter.grad.numpy() for parameter in lstm.parameters())
            return [outputs.detach().numpy(), inputs.grad.numpy(), w.T, u.T, b]

        return Layer(compute, read)


CONTENDERS: dict[str, Callable[[], Engine]] = {
    "NumPy": _NumPy,
    "Keras": _Keras,
    "Keras, XLA": partial(_Keras, xla=True),
    "PyTorch, 1 thread": partial(_PyTorch, 1),
    "PyTorch, 2 threads": partial(_PyTorch, 2),
}


def serve(pipe: Connection, make: Callable[[], Engine]) -> None:
    """Make an engine and answer requests (name, *arguments) until the pipe closes.

    An answer is (True, result), the first one None, or (False, why there is none).
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # TensorFlow's compiled code talks
    answer: Any = None
    pieces: Pieces = {}
    try:
        engine = make()
        while True:
            pipe.send((True, answer))
            request, *arguments = pipe.recv()
            if request == "model":
                answer, pieces = _prepare_model(engine, *arguments)
            elif request == "layer":
                answer, pieces = _prepare_layer(engine, *arguments)
            elif request == "measure":
                piece, warm, times = arguments
                answer = _measure(pieces[piece], warm, times)
            else:
                answer = machine_rates()
    except (EOFError, BrokenPipeError):  # the parent has ended
        pass
    except Exception as error:  # whatever a library finds to complain about
        pipe.send((False, f"{type(error).__name__}: {error}".splitlines()[0]))


def _measure(
    run: Callable[[int], object], warm: int, times: int
) -> tuple[float, float]:
    """Return wall and CPU seconds a time, after some times that do not count."""
    if warm:
        run(warm)
    wall, cpu = time.perf_counter(), time.process_time()
    run(times)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return wall / times, cpu / times


def _repeated(function: Callable[[], object]) -> Callable[[int], None]:
    def repeat(times: int) -> None:
        for _ in range(times):
            function()

    return repeat


def _draw_lstm(rng: np.random.Generator, units: int) -> list[Array]:
    bias = rng.normal(0, 0.1, 4 * units)  # not 0, so that its order shows
    bias[units : 2 * units] += 1
    return [
        glorot_uniform(rng, (FEATURES, 4 * units)),
        orthogonal(rng, (units, 4 * units)),
        bias.astype(np.float32),
    ]


def _prepare_model(engine: Engine, reviews: int) -> tuple[list[Proof], Pieces]:
    rng = np.random.default_rng(0)
    ids = rng.integers(0, _WORDS, (reviews, REFERENCE.steps), np.int32)
    labels = rng.integers(0, 2, reviews).astype(np.float32)
    weights = [
        uniform(rng, (_WORDS, FEATURES)),
        *_draw_lstm(rng, REFERENCE.units),
        glorot_uniform(rng, (REFERENCE.units, 1)),
        np.full(1, 0.1, np.float32),
    ]
    model = engine.model([array.copy() for array in weights], ids, labels)
    proofs = [Proof("probabilities", model.predict(), 1e-5)]
    # Keras' optimizers square an embedding's gradients word by word: a step goes the
    # same way as another's, but not as far. So signs are compared; 0.5 is 1 in 16.
    model.train(REFERENCE.batch)
    proofs += [
        Proof(f"direction of the first step, array {k}", np.sign(new - old), 0.5)
        for k, (old, new) in enumerate(zip(weights, model.weights(), strict=True))
    ]
    model.train(REFERENCE.batch + reviews % REFERENCE.batch)  # compiles for the rest
    return proofs, {
        "inference": _repeated(model.predict),
        "training step": lambda times: model.train(times * REFERENCE.batch),
        "epoch": _repeated(partial(model.train, reviews)),
    }


def _prepare_layer(engine: Engine, size: Size) -> tuple[list[Proof], Pieces]:
    rng = np.random.default_rng(0)
    x, d_outputs = (
        rng.standard_normal((size.batch, size.steps, width), np.float32)
        for width in (FEATURES, size.units)
    )
    layer = engine.layer(x, d_outputs, _draw_lstm(rng, size.units))
    names = ("outputs", "gradient of x", *(f"gradient of {name}" for name in "WUb"))
    proofs = [  # of large arrays some 10,000 entries, a stride apart that is odd
        Proof(name, array.ravel()[:: 1 + array.size // 20_000 * 2], tolerance)
        for name, array, tolerance in zip(
            names, layer.read(layer.compute()), [1e-5] + 4 * [1e-4], strict=True
        )
    ]
    return proofs, {"layer": _repeated(layer.compute)}


def machine_rates() -> tuple[float, float]:
    """Return the flops a second of a matrix product, and the seconds of one tanh.

    Both in float32, of arrays in the cache, and by CPU time of the one thread that is
    left to NumPy; the best of some tries: what this machine can do undisturbed.
    """

    def best(function: Callable[[], object], times: int) -> float:
        return min(_measure(_repeated(function), 1, times)[1] for _ in range(8))

    rng = np.random.default_rng(0)
    a, b, product = rng.standard_normal((3, 768, 768), np.float32)
    block, values = rng.standard_normal((2, 4096), np.float32)
    product_seconds = best(lambda: np.matmul(a, b, out=product), 8)
    tanh_seconds = best(lambda: np.tanh(block, out=values), 5000)
    return 2 * 768**3 / product_seconds, tanh_seconds / block.size
