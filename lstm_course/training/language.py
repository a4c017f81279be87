"""A language model: after each character, the probabilities of the next.

    ids (B, T) → embedding (B, T, D) → LSTM (B, T, H) → dense → logits (B, T, K)

It learns from a text cut into B streams, T characters at a time. The state after a
batch is that before the next, so what it knows reaches further back than T; the
gradient does not (truncated backpropagation: Williams and Peng, 1990).
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_course.arrays.initializers import nudged
from lstm_course.arrays.shapes import (
    Array,
    Ids,
    check_at_least,
    check_draw,
    check_shapes,
)
from lstm_course.arrays.trees import tree_leaves, tree_map
from lstm_course.data.characters import END, Characters
from lstm_course.layers.dense import (
    DenseParams,
    DenseTrace,
    dense_backward,
    dense_forward,
    dense_init,
)
from lstm_course.layers.dropout import dropout_mask
from lstm_course.layers.embedding import (
    EmbeddingParams,
    EmbeddingTrace,
    embedding_backward,
    embedding_forward,
)
from lstm_course.layers.fused.lstm import LSTMTrace, lstm_backward, lstm_forward
from lstm_course.layers.lstm import LSTMParams, LSTMState, lstm_init, lstm_step
from lstm_course.system.files import atomic_write
from lstm_course.system.process import tune_process
from lstm_course.training.losses import softmax, softmax_cross_entropy
from lstm_course.training.optimizers import (
    adam_update,
    clip_by_global_norm,
    optimizer_init,
)


class LanguageParams(NamedTuple):
    """All the weights, in the order of Keras' ``model.get_weights()``."""

    embedding: EmbeddingParams
    recurrent: LSTMParams
    head: DenseParams


class LanguageTrace(NamedTuple):
    """What backward needs: the traces of the three layers."""

    embedding: EmbeddingTrace
    recurrent: LSTMTrace
    head: DenseTrace


class LanguageModel(NamedTuple):
    """The weights, and the characters that their ids stand for."""

    characters: Characters
    params: LanguageParams


class LanguageStep(NamedTuple):
    """One step of training."""

    params: LanguageParams  # after the step
    bits: float  # a character, on the batch of this step, before it


def language_init(
    rng: np.random.Generator,
    characters: int,
    embedding_dim: int,
    units: int,
    *,
    dtype: DTypeLike = np.float32,
) -> LanguageParams:
    """Return weights drawn as Keras draws them, but for larger embeddings.

    Keras draws them between -0.05 and 0.05: all characters look alike at first, and the
    first thousand steps of training go into telling them apart. Here they are normal
    with a standard deviation of 1, as PyTorch draws them.

    Args:
        rng: draws them.
        characters: K, how many there are.
        embedding_dim: D, numbers that a character is turned into.
        units: H, of the LSTM.
        dtype: of the weights.

    Raises:
        TypeError: ``rng`` is no generator, or a size no integer.
        ValueError: a size is below 1.
    """
    check_draw(rng, characters=characters, embedding_dim=embedding_dim)
    embeddings = nudged(rng.normal(size=(characters, embedding_dim)).astype(dtype))
    return LanguageParams(
        EmbeddingParams(embeddings),
        lstm_init(rng, embedding_dim, units, dtype=dtype),
        dense_init(rng, units, characters, dtype=dtype),
    )


def language_forward(
    ids: Ids, params: LanguageParams, *, initial_state: LSTMState | None = None
) -> tuple[Array, LSTMState, LanguageTrace]:
    """Return the logits of what follows each character, the last state, the trace.

    Args:
        ids: (B, T).
        params: the weights.
        initial_state: h and c before the first step, each (B, H); zeros if None.

    Returns:
        logits (B, T, K); h and c after the last step, each (B, H); the trace.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    x, embedding = embedding_forward(ids, params.embedding)
    h, state, recurrent = lstm_forward(x, params.recurrent, initial_state=initial_state)
    logits, head = dense_forward(h.reshape(-1, h.shape[-1]), params.head)
    trace = LanguageTrace(embedding, recurrent, head)
    return logits.reshape(*ids.shape, -1), state, trace


def language_backward(
    d_logits: Array, trace: LanguageTrace, *, d_final_state: LSTMState | None = None
) -> tuple[LanguageParams, LSTMState]:
    """Return the gradients of all weights, and of the initial state.

    Args:
        d_logits: (B, T, K) gradient of the logits.
        trace: of the forward pass.
        d_final_state: gradients of the last h and c, each (B, H); zeros if None, as
            where the gradient ends with the batch.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    check_shapes(ids=(trace.embedding.ids, "int B T"), d_logits=(d_logits, "B T K"))
    d_h, d_head = dense_backward(d_logits.reshape(-1, d_logits.shape[-1]), trace.head)
    d_x, d_recurrent, d_initial_state = lstm_backward(
        d_h.reshape(*d_logits.shape[:2], -1),
        trace.recurrent,
        d_final_state=d_final_state,
    )
    d_embedding = embedding_backward(d_x, trace.embedding)
    return LanguageParams(d_embedding, d_recurrent, d_head), d_initial_state


def read_in_pieces(streams: Ids, length: int) -> Iterator[tuple[Ids, Ids]]:
    """Hand out streams (B, L + 1) piece by piece, from left to right.

    Yields:
        ids (B, T) and what follows each of them (B, T): its right answer. T is
        ``length``, and less in the last piece.

    Raises:
        TypeError, ValueError: streams are no integers or have another rank, or
            ``length`` is no integer or less than 1.
    """
    check_shapes(streams=(streams, "int B L"))
    check_at_least("length", length, 1)
    ids, labels = streams[:, :-1], streams[:, 1:]
    for start in range(0, ids.shape[1], length):
        yield ids[:, start : start + length], labels[:, start : start + length]


def train_language(
    params: LanguageParams,
    streams: Ids,
    *,
    steps: int,
    length: int,
    learning_rate: float,
    warm_up: int = 100,
    clip_norm: float = 1.0,
    carried: bool = True,
    dropout: float = 0.0,
    seed: int = 0,
) -> Iterator[LanguageStep]:
    """Train with Adam, handing out each step: stop listening, and it stops.

    The learning rate rises to its peak in the first steps, then falls to 0 along half
    a cosine. At the end of the streams the reading begins again, from a state of zeros.

    Args:
        params: the weights to start from.
        streams: (B, L + 1) ids, as ``cut_streams`` returns them.
        steps: how many to take in all.
        length: T, characters a step in each stream.
        learning_rate: its peak.
        warm_up: in how many steps it is reached.
        clip_norm: how long the gradient may be, all weights together.
        carried: whether the state goes on from batch to batch; else each begins with
            zeros.
        dropout: share of the weights of the recurrent kernel, and of the head's, that
            a step leaves out (DropConnect: Merity, Keskar and Socher, 2018).
        seed: decides which.
    """
    tune_process()
    rng = np.random.default_rng(seed)
    optimizer = optimizer_init(params)
    step = 0
    while step < steps:
        state = None
        for ids, labels in read_in_pieces(streams, length):
            if step == steps:
                return
            kept = _kept(params, dropout, rng)
            thinned = tree_map(np.multiply, params, kept)
            logits, last, trace = language_forward(ids, thinned, initial_state=state)
            loss, d_logits = softmax_cross_entropy(logits, labels)
            grads, _ = language_backward(d_logits, trace)
            grads = tree_map(np.multiply, grads, kept)
            rising = min(1, (step + 1) / warm_up)
            rate = learning_rate * rising * (1 + np.cos(np.pi * step / steps)) / 2
            params, optimizer = adam_update(
                params,
                clip_by_global_norm(grads, clip_norm),
                optimizer,
                learning_rate=rate,
            )
            state = last if carried else None
            step += 1
            yield LanguageStep(params, loss / np.log(2))


def _kept(
    params: LanguageParams, dropout: float, rng: np.random.Generator
) -> LanguageParams:
    """Return 0 or 1 / (1 - dropout) for each weight of two kernels, 1 for the rest."""

    def mask(kernel: Array) -> Array:
        rows, columns = kernel.shape
        return dropout_mask(rng, rows, columns, dropout, kernel.dtype)[:, 0]

    kept = tree_map(lambda w: np.ones((), w.dtype), params)
    if not dropout:
        return kept
    recurrent_kernel = mask(params.recurrent.recurrent_kernel)
    return kept._replace(
        recurrent=kept.recurrent._replace(recurrent_kernel=recurrent_kernel),
        head=kept.head._replace(kernel=mask(params.head.kernel)),
    )


def language_bits(
    streams: Ids, params: LanguageParams, *, length: int = 128, carried: bool = True
) -> Array:
    """Return -log₂ of the probability that each character of streams was given.

    Its mean is the text's bits per character.

    Args:
        streams: (B, L + 1) ids. Of each row the first is read, but not counted.
        params: the weights.
        length: characters that are read at a time.
        carried: whether the state goes on from piece to piece; else each begins with
            zeros.

    Returns:
        (B, L) in float64.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, rank or size.
    """
    found, state = [], None
    for ids, labels in read_in_pieces(streams, length):
        logits, last, _ = language_forward(ids, params, initial_state=state)
        p = np.take_along_axis(softmax(logits), labels[..., np.newaxis], axis=-1)
        found.append(-np.log2(p[..., 0].astype(np.float64)))
        state = last if carried else None
    return np.concatenate(found, axis=1)


def temper(logits: Array, temperature: float) -> Array:
    """Return softmax(z / temperature) along the last axis.

    Below 1 the likely becomes likelier, above 1 all become more alike; at 0 the largest
    logit has it all.

    Args:
        logits: (…, K).
        temperature: 0 or more.

    Raises:
        ValueError: the temperature is below 0.
    """
    if not temperature >= 0:
        raise ValueError(f"temperature is {temperature!r}; expected 0 or more")
    if temperature == 0:
        likeliest: Array = np.eye(logits.shape[-1])[logits.argmax(axis=-1)]
        return likeliest
    return softmax(logits / temperature)


def draw_character(probabilities: Array, rng: np.random.Generator) -> int:
    """Return k with probability p_k, of (K,), by one uniform number.

    That number says how far to go along the probabilities, laid end to end.
    """
    ends = np.cumsum(probabilities)
    return int(np.searchsorted(ends[:-1], rng.random() * ends[-1], side="right"))


def write_text(
    model: LanguageModel,
    prompt: str,
    length: int,
    *,
    temperature: float = 1.0,
    seed: int = 0,
) -> str:
    """Let a model go on with a text, one drawn character after the other.

    It computes in float64, in which a rounding changes a drawn character about once in
    10¹⁴: a seed gives the same text on every machine.

    Args:
        model: its weights, and its characters.
        prompt: how the text begins; "" leaves that, too, to the model.
        length: how many characters to add; fewer where the model ends the review.
        temperature: 0 takes the likeliest each time; 1 draws from what it learned.
        seed: decides what is drawn.

    Returns:
        The prompt and what follows.

    Raises:
        TypeError, ValueError: an argument has the wrong kind, or is out of range.
    """
    check_at_least("length", length, 0)
    params = tree_map(lambda w: w.astype(np.float64), model.params)
    rng = np.random.default_rng(seed)
    start = model.characters.encode(END + prompt)[np.newaxis]
    logits, state, _ = language_forward(start, params)
    z, written = logits[0, -1], ""
    for _ in range(length):
        k = draw_character(temper(z, temperature), rng)
        if model.characters.alphabet[k] == END:
            break
        written += model.characters.alphabet[k]
        x = params.embedding.embeddings[[k]]
        state, _ = lstm_step(x, state, params.recurrent)
        z = dense_forward(state.h, params.head)[0][0]
    return prompt + written


def save_language_model(model: LanguageModel, path: str | Path) -> None:
    """Write a model to a file, whole or not at all, in float16: half the size.

    Raises:
        ValueError: the name does not end in .npz, or a weight is beyond float16.
    """
    if Path(path).suffix != ".npz":
        raise ValueError(f"path is {str(path)!r}; expected a name ending in .npz")
    arrays: dict[str, Any] = {}
    for name, weights in tree_leaves(model.params):
        if not np.abs(weights).max() < np.finfo(np.float16).max:
            raise ValueError(f"{name} holds numbers that float16 does not")
        arrays[name] = weights.astype(np.float16)
    with atomic_write(Path(path)) as file:
        np.savez(file, alphabet=model.characters.alphabet, **arrays)


def load_language_model(path: str | Path) -> LanguageModel:
    """Return a model that ``save_language_model`` wrote, in float32.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file holds something else.
    """
    content = io.BytesIO(Path(path).read_bytes())
    try:
        with np.load(content, allow_pickle=False) as file:
            characters = Characters(str(file["alphabet"]))
            form = language_init(np.random.default_rng(0), 1, 1, 1)
            arrays = iter([file[name] for name, _ in tree_leaves(form)])
        params = tree_map(lambda _: next(arrays).astype(np.float32), form)
        logits, _, _ = language_forward(np.zeros((1, 1), int), params)
        check_shapes(  # what the pass has not held to one another
            alphabet=(np.zeros(len(characters)), "K"),
            embeddings=(params.embedding.embeddings, "K D"),
            logits=(logits, "B T K"),
        )
    except (ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} holds no language model: {error}") from error
    return LanguageModel(characters, params)
